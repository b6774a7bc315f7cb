"""`roster map refuse-carried` and `accept`: many decisions at once, each after a preview.

Belongs here: choosing what is decided, showing it, and asking. Does not belong here: what a decision does
(`mapping/decide.py`), and a single one (`mapping.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from roster_pipeline.cli.common import DISTRICT, JSON, ask, show, sync_code
from roster_pipeline.cli.mapping import BY, SITE, WHY, print_mapped
from roster_pipeline.cli.terminal import Row, say, visible
from roster_pipeline.config import usable_settings
from roster_pipeline.errors import SyncRefused

if TYPE_CHECKING:
    import duckdb

_SHOWN = 20
YES = click.option("--yes", is_flag=True, help="Do not ask.")


@click.command("refuse-carried")
@DISTRICT
@SITE
@click.option("--course", metavar="COURSE_ID", help="Only this course.")
@click.option("origin", "--from", metavar="SECTION_ID", help="Only what is from this section.")
@YES
@BY
@WHY
@JSON
def refuse_carried(
    district: str | None,
    site: str | None,
    course: str | None,
    origin: str | None,
    yes: bool,
    requested_by: str,
    why: str,
    as_json: bool,
) -> None:
    """Take off what was carried over from last year, for good, after showing what that is.

    Exit 0 done, 1 failed, 3 held or refused.
    """
    from roster_pipeline.history import report

    _decide(lambda c: report.carried(c, site, course, origin), "remove", district, yes, requested_by, why, as_json)


@click.command("accept")
@click.option("--min-score", type=click.FloatRange(0, 1), required=True, help="The least score of a suggestion.")
@DISTRICT
@YES
@BY
@WHY
@JSON
def accept(min_score: float, district: str | None, yes: bool, requested_by: str, why: str, as_json: bool) -> None:
    """Hang the best suggestion on each unmapped section where its score is high enough, after showing which.

    Exit 0 done, 1 failed, 3 held or refused.
    """
    from roster_pipeline.history import report

    _decide(lambda c: report.best_suggestions(c, min_score), "add", district, yes, requested_by, why, as_json)


def _decide(
    what: Callable[[duckdb.DuckDBPyConnection], list[Row]],
    decision: str,
    district: str | None,
    yes: bool,
    requested_by: str,
    why: str,
    as_json: bool,
) -> None:
    """Decides all of it, in one sync per district; nothing when somebody says no."""
    from roster_pipeline.cli.launch import launch_mapping

    chosen = [row for row in ask(district, lambda c: {"rows": what(c)}) if row.get("rows")]
    if not chosen:
        raise SyncRefused("There is nothing of that kind", do="`roster map list` shows what hangs where")
    for row in chosen:
        _preview(row["district"], row["rows"], decision)
    if not yes and not confirmed():
        raise SyncRefused("Nothing was changed", do="Answer y, or say --yes")
    done = (
        launch_mapping(
            usable_settings(),
            row["district"],
            requested_by,
            lines=[f"{one['section_id']},{one['course_id']},{decision}" for one in row["rows"]],
            why=why,
        )
        for row in chosen
    )
    show(done, print_mapped, as_json, name="syncs", code=sync_code)


def _preview(district: str, rows: Sequence[Row], decision: str) -> None:
    seats = sum({row["section_id"]: row["students"] for row in rows}.values())
    verb = "added to" if decision == "add" else "taken off"
    say(f"{district}: {len(rows):,} section courses would be {verb} sections with {seats:,} seats", err=True)
    for row in rows[:_SHOWN]:
        where = f"{row['site']}, {row['clever_course']}, {row['students']} students"
        say(f"  {row['section_id']} {row['course_id']} ({where})", err=True)
    if len(rows) > _SHOWN:
        say(f"  and {len(rows) - _SHOWN:,} more", err=True)


def confirmed() -> bool:
    """Whether somebody says yes."""
    try:
        return click.confirm(visible("Do that?"), err=True)
    except click.Abort:  # nobody is there to answer
        return False
