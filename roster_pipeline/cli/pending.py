"""`roster pending`: who has never logged in, per site and section, and for how long.

Belongs here: its arguments, and how its answer is laid out. Does not belong here: the questions (`history/pending/`).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import click

from roster_pipeline.cli.common import DISTRICT, JSON, LIMIT, ask, show
from roster_pipeline.cli.terminal import Row, print_table, say
from roster_pipeline.history.words import counted


@click.command("pending")
@DISTRICT
@click.option("--site", metavar="ID", help="Of this site only, by id or name, with its sections and people.")
@click.option(
    "--days",
    type=click.IntRange(0, 100_000),
    help="Only who has been pending for more than so many days, with sections and people.",
)
@click.option("--limit", type=LIMIT, default=50, show_default=True, help="How many sections and people at most.")
@JSON
def pending_now(district: str | None, site: str | None, days: int | None, limit: int, as_json: bool) -> None:
    """Who has never logged in: Projects and Math Units cannot be assigned to them.

    Counts per site; with --site, --days or --json, sections and people too, by name.
    """
    from roster_pipeline.history import report
    from roster_pipeline.history.pending import pending
    from roster_pipeline.history.sharing.sharing import require_site

    now = datetime.now(UTC).replace(tzinfo=None)
    whole = as_json or site is not None or days is not None

    def answer(connection: Any) -> Row:
        require_site(report.sites(connection), site)
        asked: dict[str, Any] = {"site": site, "days": pending.ALL if days is None else days}
        every = pending.sites(connection, now, site=site) if days is not None else []
        return {
            "days": days,
            "pending": sum(row["pending"] for row in every),
            "sites": pending.sites(connection, now, **asked),
            "sections": pending.sections(connection, now, **asked, limit=limit) if whole else [],
            "people": pending.people(connection, now, **asked, limit=limit) if whole else [],
        }

    show(ask(district, answer), lambda row: _print(row, limit), as_json)


def _print(row: Row, limit: int) -> None:
    waiting = sum(s["pending"] for s in row["sites"])
    if row["days"] is None:
        of = counted(sum(s["people"] for s in row["sites"]), "person", "people")
        say(f"{row['district']}: {waiting:,} of {of} {_are(waiting)} pending")
    else:
        told, longer = counted(row["pending"], "person", "people"), counted(row["days"], "day")
        which = f"{waiting:,} of them" if waiting else "none of them"
        say(f"{row['district']}: {told} {_are(row['pending'])} pending, {which} for more than {longer}")
    print_table([{"site": s["site"] or "the whole district", **_counts(s)} for s in row["sites"] if s["pending"]])
    for name in ("sections", "people"):
        print_table(row[name])
        if len(row[name]) == limit:
            say(f"  no more than {limit:,} {name} are listed: `--limit`")


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def _counts(site: Row) -> Row:
    return {name: value for name, value in site.items() if name != "site"}
