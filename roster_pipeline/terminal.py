"""How answers look in a terminal.

Belongs here: tables and sentences on standard output. Does not belong here: asking, and anything about
rosters.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import click

Row = dict[str, Any]


def site_rows(sites: list[Row]) -> list[Row]:
    return [
        {
            "site": s["name"],
            "site_id": s["site_id"],
            "source": s["enrollment_source"],
            **{k: s[k] for k in ("students", "teachers", "sections", "mapped", "unmapped", "pending_students")},
            "last_synced_at": s["last_synced_at"].strftime("%Y-%m-%d %H:%M UTC") if s["last_synced_at"] else "never",
        }
        for s in sites
    ]


def print_sync(row: Row) -> None:
    if row["failure"]:
        click.echo(f"{row['district']}: {row['failure']}", err=True)
        return
    if row["error"]:
        what = f"{row['district']}: {row['status']}, the roster is as it was"
        click.echo(f"{what}. {row['error']} (sync {row['sync_id']})", err=True)
        return
    seconds = (row["finished_at"] - row["started_at"]).total_seconds()
    changed = sum(row[k] for k in ("created", "updated", "archived", "restored"))
    click.echo(f"\n{row['district']}: sync {row['sync_id']} {row['status']} in {seconds:.1f} s, {changed} changes")
    click.echo(
        f"  created {row['created']}, updated {row['updated']}, archived {row['archived']}, "
        f"restored {row['restored']}, held {row['held']}, unchanged {row['unchanged']}"
    )
    print_table(site_rows(row["sites"]))
    for code, count in sorted(Counter(issue["code"] for issue in row["issues"]).items()):
        click.echo(f"  warning {code}: {count} (`roster details` lists them)")
    for hold in row["holds"]:
        print_hold(hold)
    click.echo(f"  published: {row['published']}")


def print_details(row: Row) -> None:
    click.echo(f"{row['district']}: sync {row['sync_id']} {row['status']}")
    click.echo(f"  {row['trigger']}, asked for by {row['requested_by']}, Dagster run {row['dagster_run_id']}")
    click.echo(f"  {row['started_at']:%Y-%m-%d %H:%M:%S} to {row['finished_at']:%H:%M:%S} UTC")
    if row["error"]:
        click.echo(f"  {row['error']}")
    for line in _undo_lines(row):
        click.echo(f"  {line}")
    for title in ("counts", "changes", "issues"):
        if row.get(title):
            click.echo(f"  {title}:")
            print_table(row[title])


def _undo_lines(row: Row) -> list[str]:
    """What a sync took back, who took it back, and whether it can be taken back."""
    lines = []
    if row["undoes"]:
        lines.append(f"takes back sync {row['undoes']}" + (f": {row['reason']}" if row["reason"] else ""))
    if row["undone_by"]:
        lines.append(f"taken back by sync {row['undone_by']}")
    elif row["can_be_undone"]:
        lines.append(f"can be taken back: `roster undo {row['sync_id']}`")
    elif row["pruned_at"]:
        lines.append(f"cannot be taken back: its changes were forgotten on {row['pruned_at']:%Y-%m-%d}")
    return lines


def print_hold(hold: Row) -> None:
    """A hold, what became of it and who decided so, and its whole message."""
    state = hold["status"]
    if hold["decided_by"]:
        why = f" ({hold['reason']})" if hold["reason"] else ""
        state += f"; decided by {hold['decided_by']}{why}"
    if hold["applied_sync_id"]:
        state += f"; applied by sync {hold['applied_sync_id']}"
    elif hold["cleared_because"]:
        state += f", {hold['cleared_because']}"
    elif hold["expires_at"]:
        state += f"; for the next sync, until {hold['expires_at']:%Y-%m-%d %H:%M} UTC"
    click.echo(f"  hold {hold['hold_id']} {state}")
    click.echo(f"    {hold['message']}")


def print_table(rows: list[Row]) -> None:
    from rich.console import Console
    from rich.table import Table

    if not rows:
        return
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for name, value in rows[0].items():
        table.add_column(
            name,
            justify="right" if isinstance(value, int) else "left",
            no_wrap=not isinstance(value, str) or len(value) < 60,
        )
    for row in rows:
        table.add_row(*("" if v is None else str(v) for v in row.values()))
    width = None if sys.stdout.isatty() else 200
    Console(width=width, highlight=False).print(table)


def print_json(document: Row) -> None:
    def plain(value: Any) -> str:
        return (
            str(value) if isinstance(value, Path) else value.isoformat() if hasattr(value, "isoformat") else str(value)
        )

    click.echo(json.dumps(document, default=plain, ensure_ascii=False, indent=2))
