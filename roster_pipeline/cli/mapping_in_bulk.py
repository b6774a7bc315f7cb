"""`roster map refuse-carried` and `accept`: many decisions at once, each after a preview.

Belongs here: showing what would be decided, and asking. Does not belong here: choosing it (`mapping/bulk.py`, by way of
the jobs that the UI has too), and a single decision (`mapping.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

import click

from roster_pipeline.cli.common import DISTRICT, JSON, each, readable, show, sync_code
from roster_pipeline.cli.mapping import BY, SITE, WHY, print_mapped
from roster_pipeline.cli.terminal import Row, say, visible
from roster_pipeline.config import usable_settings
from roster_pipeline.errors import SyncRefused
from roster_pipeline.history.words import counted

REFUSED = SyncRefused.exit_code
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
    asked = {"site": site or "", "course": course or "", "from_section": origin or "", "why": why}
    decide(slugs_of(district), "refuse_carried", yes, requested_by, as_json, **asked)


@click.command("accept")
@click.option("--min-score", type=click.FloatRange(0, 1), required=True, help="The least score of a suggestion.")
@DISTRICT
@SITE
@YES
@BY
@WHY
@JSON
def accept(
    min_score: float, district: str | None, site: str | None, yes: bool, requested_by: str, why: str, as_json: bool
) -> None:
    """Hang the best suggestion on each unmapped section where its score is high enough, after showing which.

    Exit 0 done, 1 failed, 3 held or refused.
    """
    asked = {"min_score": min_score, "site": site or "", "why": why}
    decide(slugs_of(district), "accept_suggestions", yes, requested_by, as_json, **asked)


def slugs_of(district: str | None) -> list[str]:
    """The district, or all that were ever synced."""
    return readable(district)[1]


def decide(slugs: Sequence[str], job: str, yes: bool, requested_by: str, as_json: bool, **asked: Any) -> None:
    """Shows what the job would change in each district, and lets it; nothing when somebody says no.

    What a file says is for all districts or for none; elsewhere one that cannot do it does not stop the others.
    """
    from roster_pipeline.cli.launch import launch_in_bulk, preview_in_bulk

    previews = list(each(slugs, lambda slug: preview_in_bulk(slug, requested_by, job, **asked)))
    failed = [row for row in previews if "error" in row]
    shown = {row["district"]: row["shown"] for row in previews if row.get("decisions")}
    if failed and (job == "import_mapping" or not shown):
        show(failed, print_mapped, as_json, name="syncs")
    for row in previews:
        if "error" not in row:
            _print_preview(row)
    if shown and not yes and not _confirmed():
        raise SyncRefused("Nothing was changed", do="Answer y, or say --yes")
    done = (
        launch_in_bulk(usable_settings(), slug, requested_by, job, shown=seen, **asked) for slug, seen in shown.items()
    )
    rows = chain((row for row in failed if row["exit_code"] != REFUSED), done)
    show(rows, print_mapped, as_json, name="syncs", code=sync_code)


def _print_preview(row: Row) -> None:
    if not row["decisions"]:
        say(f"{row['district']}: The file says what is so already; nothing was changed.", err=True)
        return
    say(
        f"{row['district']}: {counted(row['added'], 'section course')} would be added and {row['taken_away']:,} taken "
        f"away, on {counted(row['sections'], 'section')}; "
        f"{counted(row['people'], 'person', 'people')} would see other courses"
        + (f"; {counted(row['held'], 'change')} would be held" if row["held"] else ""),
        err=True,
    )
    for one in row["first"]:
        students = counted(one["students"], "student")
        score = None if one["score"] is None else f"score {one['score']:.2f}"
        where = ", ".join(filter(None, (score, one["site"], one["clever_course"], students)))
        say(f"  {one['section_id']} {one['decision']} {one['course_id']} ({where})", err=True)
    if (more := row["decisions"] - len(row["first"])) > 0:
        say(f"  and {more:,} more", err=True)
    for hold in row["holds"]:
        say(f"  would be held: {hold['message']}", err=True)


def _confirmed() -> bool:
    """Whether somebody says yes."""
    try:
        return click.confirm(visible("Do that?"), err=True)
    except click.Abort:  # nobody is there to answer
        return False
