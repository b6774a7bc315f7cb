"""`roster`: the same jobs from a terminal, and the questions people ask most.

Belongs here: arguments, printing and exit codes. Does not belong here: any rule about rosters. Whatever is
slow to import is imported by the command that needs it.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from roster_pipeline.config import Settings, dagster_home, load_settings
from roster_pipeline.errors import RosterError

Row = dict[str, Any]
_JSON = click.option(
    "as_json",
    "--json",
    is_flag=True,
    help="One JSON document on standard output, all else on standard error.",
)
_DISTRICT = click.option("--district", metavar="SLUG", help="This district only; without it, all of them.")


class _Commands(click.Group):
    """Turns an error a person can act on into one line and its exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except RosterError as error:
            click.echo(f"roster: {error}", err=True)
            sys.exit(error.exit_code)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Take Clever's people and classes over into the platform's roster, and say what happened."""
    os.environ.setdefault("DAGSTER_HOME", str(dagster_home()))
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    logger = logging.getLogger("roster_pipeline")
    logger.handlers = [handler]
    logger.setLevel(logging.INFO)


@main.command()
@_DISTRICT
@click.option("sites", "--site", metavar="ID", multiple=True, help="Apply changes at this site only; may be repeated.")
@click.option("requested_by", "--by", metavar="NAME", default="terminal", help="Who asks, as the history will show it.")
@_JSON
def sync(district: str | None, sites: tuple[str, ...], requested_by: str, as_json: bool) -> None:
    """Sync Now: ask Clever, and bring the roster up to date.

    Exit 0 done, 1 failed, 3 held or refused.
    """
    from roster_pipeline.launch import launch_sync

    settings = load_settings()
    done = [launch_sync(settings, slug, sites, requested_by) for slug in _districts_to_sync(settings, district, sites)]
    if as_json:
        _print_json({"syncs": done})
    else:
        for row in done:
            _print_sync(row)
    sys.exit(max({"failed": 1, "held": 3, "refused": 3}.get(row["status"], 0) for row in done) if done else 0)


@main.command()
@_DISTRICT
@_JSON
def status(district: str | None, as_json: bool) -> None:
    """Districts and sites, and when each was last synced successfully."""
    from roster_pipeline import report

    found = _ask(district, lambda c: {"sites": report.sites(c), "last_sync": report.sync(c, None)})
    if as_json:
        _print_json({"districts": found})
        return
    for row in found:
        last = row["last_sync"]
        click.echo(f"{row['district']}: last sync {last['sync_id']} {last['status']}")
        _print_table(_site_rows(row["sites"]))


@main.command()
@_DISTRICT
@click.option("--limit", default=7, show_default=True, help="How many.")
@_JSON
def recent(district: str | None, limit: int, as_json: bool) -> None:
    """The last syncs, the newest first."""
    from roster_pipeline import report

    found = _ask(district, lambda c: {"syncs": report.recent(c, limit)})
    if as_json:
        _print_json({"districts": found})
        return
    columns = (
        "sync_id",
        "trigger",
        "status",
        "requested_by",
        "created",
        "updated",
        "archived",
        "restored",
        "held",
        "unchanged",
    )
    for row in found:
        click.echo(row["district"])
        _print_table([{c: s[c] for c in columns} for s in row["syncs"]])
        for failed in (s for s in row["syncs"] if s["error"]):
            click.echo(f"  {failed['sync_id']} {failed['status']}: {failed['error']}")


@main.command()
@click.argument("sync_id", required=False)
@_DISTRICT
@click.option("--entity", metavar="NAME", help="List the records of this entity: sites, users, sections, ...")
@click.option("--action", metavar="NAME", help="List the records with this action: create, update, archive, ...")
@click.option("--limit", default=50, show_default=True, help="How many records to list at most.")
@_JSON
def details(
    sync_id: str | None,
    district: str | None,
    entity: str | None,
    action: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """One sync's changes and issues; the newest sync when none is named."""
    from roster_pipeline import report

    def ask(connection: Any) -> Row:
        one = report.sync(connection, sync_id)
        found = {
            **one,
            "counts": report.change_counts(connection, one["sync_id"]),
            "issues": report.issues(connection, one["sync_id"]),
        }
        if entity or action or as_json:
            found["changes"] = report.changes(connection, one["sync_id"], entity=entity, action=action, limit=limit)
        return found

    found = _ask(district, ask, first_that_knows=sync_id is not None)
    if as_json:
        _print_json({"districts": found})
        return
    for row in found:
        _print_details(row)


@main.command()
@click.option("--port", default=8765, show_default=True, help="The port on 127.0.0.1.")
@click.option(
    "--students",
    type=click.IntRange(min=1),
    help="Make a district of this size instead of the demo district.",
)
def sandbox(port: int, students: int | None) -> None:
    """Serve a local Clever over HTTP, with synthetic people, until Ctrl-C."""
    from roster_pipeline.sandbox.server import run_sandbox

    run_sandbox(port, students, load_settings().data)


def _districts_to_sync(settings: Settings, district: str | None, sites: Sequence[str]) -> list[str]:
    from roster_pipeline.launch import known_districts

    known = known_districts(settings)
    if district is not None and district not in known:
        raise click.UsageError(f"There is no district {district!r}; known: {', '.join(known) or 'none'}.")
    if sites and district is None and len(known) > 1:
        raise click.UsageError("--site needs --district, because there are several districts.")
    return [district] if district else known


def _ask(district: str | None, question: Callable[[Any], Row], *, first_that_knows: bool = False) -> list[Row]:
    """The answer of each district that was ever synced, with its slug."""
    from roster_pipeline.resources.warehouse import Warehouse

    warehouse = Warehouse(load_settings().warehouse)
    slugs = (
        [district]
        if district
        else [d.slug for d in warehouse.districts() if warehouse.folder(d.slug).published.exists()]
    )
    if not slugs:
        raise RosterError("Nothing has been synced yet", do="Run `roster sync`")
    answers: list[Row] = []
    for slug in slugs:
        try:
            with warehouse.read(slug) as connection:
                answers.append({"district": slug, **question(connection)})
        except RosterError:
            if not first_that_knows or (slug == slugs[-1] and not answers):
                raise
    return answers


def _site_rows(sites: list[Row]) -> list[Row]:
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


def _print_sync(row: Row) -> None:
    if row["error"]:
        click.echo(f"{row['district']}: {row['status']}. {row['error']} (sync {row['sync_id']})", err=True)
        return
    seconds = (row["finished_at"] - row["started_at"]).total_seconds()
    changed = sum(row[k] for k in ("created", "updated", "archived", "restored"))
    click.echo(f"\n{row['district']}: sync {row['sync_id']} {row['status']} in {seconds:.1f} s, {changed} changes")
    click.echo(
        f"  created {row['created']}, updated {row['updated']}, archived {row['archived']}, "
        f"restored {row['restored']}, held {row['held']}, unchanged {row['unchanged']}"
    )
    _print_table(_site_rows(row["sites"]))
    warnings: dict[str, int] = {}
    for issue in row["issues"]:
        warnings[issue["code"]] = warnings.get(issue["code"], 0) + 1
    for code, count in sorted(warnings.items()):
        click.echo(f"  warning {code}: {count} (`roster details` lists them)")
    click.echo(f"  published: {row['published']}")


def _print_details(row: Row) -> None:
    click.echo(f"{row['district']}: sync {row['sync_id']} {row['status']}")
    click.echo(f"  {row['trigger']}, asked for by {row['requested_by']}, Dagster run {row['dagster_run_id']}")
    click.echo(f"  {row['started_at']:%Y-%m-%d %H:%M:%S} to {row['finished_at']:%H:%M:%S} UTC")
    if row["error"]:
        click.echo(f"  {row['error']}")
    for title in ("counts", "changes", "issues"):
        if row.get(title):
            click.echo(f"  {title}:")
            _print_table(row[title])


def _print_table(rows: list[Row]) -> None:
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


def _print_json(document: Row) -> None:
    def plain(value: Any) -> str:
        return (
            str(value) if isinstance(value, Path) else value.isoformat() if hasattr(value, "isoformat") else str(value)
        )

    click.echo(json.dumps(document, default=plain, ensure_ascii=False, indent=2))
