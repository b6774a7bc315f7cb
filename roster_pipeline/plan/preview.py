"""What a sync of the mapping would change, and for how many people, before anybody lets it.

Belongs here: counting a plan that stands, and its people, who are counted as the sync itself counts them. Does not
belong here: making the plan, and showing the preview.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import duckdb

from roster_pipeline.guards import words
from roster_pipeline.guards.guard import Hold
from roster_pipeline.history import report
from roster_pipeline.history.record import SyncInfo
from roster_pipeline.plan.apply import people_concerned
from roster_pipeline.plan.difference import Plan
from roster_pipeline.warehouse.sql import run


@dataclass(frozen=True)
class Preview:
    """What would change: section courses, sections that get or lose one, and people who see other courses.

    `otherwise` hang for another reason then; `held` changes would wait for a decision, as `holds` say. Of these, most
    come with the sync, and can be decided then.
    """

    added: int
    taken_away: int
    otherwise: int
    sections: int
    people: int
    held: int
    holds: tuple[Hold, ...]
    shown: str
    """Which changes these are: when it is another by the time they are made, something else would change."""


def preview_plan(
    connection: duckdb.DuckDBPyConnection, info: SyncInfo, made: Plan, holds: tuple[Hold, ...], *, now: datetime
) -> Preview:
    """Counts the plan that stands; nothing is applied."""
    counts = dict.fromkeys(("create", "archive", "update"), 0)
    for count in made.counts:
        if count.entity == "section_courses":
            counts[count.action] += count.changes
    standing = {hold["hold_id"] for hold in report.standing(connection)}
    ((sections,),) = run(connection, "plan/sections_concerned").fetchall()
    return Preview(
        added=counts["create"],
        taken_away=counts["archive"],
        otherwise=counts["update"],
        sections=int(sections),
        people=people_concerned(connection, replace(info, trigger="mapping"), made, now=now),
        held=made.held,
        holds=tuple(h if h.hold_id in standing else replace(h, message=words.foreseen(h.message)) for h in holds),
        shown=shown_as(connection, made),
    )


def shown_as(connection: duckdb.DuckDBPyConnection, made: Plan) -> str:
    """What is decided, and which changes that makes; those that are held only by their number."""
    ((decided,),) = run(connection, "mapping/asked").fetchall()
    return f"{made.fingerprint}-{made.held}-{decided}"
