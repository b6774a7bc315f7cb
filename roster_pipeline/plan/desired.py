"""The desired state: what each roster table should hold, from staging, inputs, the mapping and the roster itself.

Belongs here: the order in which `desired/` is made. Does not belong here: how it differs from the roster
(`difference.py`).
"""

from __future__ import annotations

from datetime import date

import duckdb

from roster_pipeline.plan.override import effect
from roster_pipeline.plan.start import find_waiting
from roster_pipeline.warehouse.sql import empty, has_rows, make, run

_OF_PEOPLE = ("users", "user_sites", "enrollments", "scope_issues", "login_issues")


def people_are_as_they_were(connection: duckdb.DuckDBPyConnection, today: date) -> bool:
    """Whether only the mapping can have changed since the roster was last brought in line: people need no look then.

    `today` decides which terms are over.
    """
    effect.find_standing(connection, today)
    make(connection, "plan/basis", today=today)
    return has_rows(connection, "sync.settled JOIN plan.basis USING (basis)")


def build_desired(connection: duckdb.DuckDBPyConnection, today: date, *, without_people: bool) -> None:
    """Fills `desired.*`; needs `staging`, `input`, `identity`, `mapped`, and the overrides that stand.

    With `without_people`, nothing is said about people, memberships and enrollments: they are left alone.
    """
    empty(connection, "plan.untouched", *(f"desired.{name}" for name in _OF_PEOPLE))
    find_waiting(connection, today)
    make(connection, "plan/desired/sites")
    make(connection, "plan/desired/sections", today=today)
    if without_people:
        for name in ("untouched", "scope_issues_again", "login_issues_again"):
            run(connection, f"plan/desired/{name}")
    else:
        make(connection, *(f"plan/desired/{name}" for name in _OF_PEOPLE))
    effect.respect(connection, without_people=without_people)
    make(connection, "plan/desired/section_courses", "plan/desired/last_known_issues")
