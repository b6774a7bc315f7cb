"""A course that leaves the catalog, or is made inactive there, while sections have it.

Belongs here: holding that, however few sections it is. Does not belong here: courses that a file, a rule or a person
takes off a section (`catalog.py`, guard `mapping`).
"""

from __future__ import annotations

from collections.abc import Sequence

from roster_pipeline.guards import words
from roster_pipeline.guards.guard import Judging, Part
from roster_pipeline.warehouse.sql import has_rows, make, run

GUARD = "retired"
_KEY = f"{GUARD}|section_courses"


def breaches(judging: Judging) -> bool:
    """Whether a section that stays would lose a course because of data/courses.csv alone."""
    make(judging.connection, "guards/changes/retired")
    run(judging.connection, "guards/retired_breaches")
    return has_rows(judging.connection, "guards.judged")


def marks(judging: Judging) -> None:
    """Marks what would be taken away; a course in its place waits with it."""
    judging.connection.execute(
        "UPDATE plan.section_courses SET held_by = ? WHERE rowid IN (SELECT record FROM guards.judged)", [_KEY]
    )


def sentence(_judging: Judging, _key: str, parts: Sequence[Part]) -> str:
    """How many section courses go with the course."""
    counted = words.counted("section_courses", parts)
    return f"data/courses.csv has retired, renamed or lost courses, and {counted} would be taken away with them"
