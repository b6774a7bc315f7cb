"""What overrides do to a sync: the roster should hold what they say, and it is noted what they are worth.

Belongs here: the order in which the statements of this folder run. Does not belong here: what somebody may override
(`wish.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import duckdb

from roster_pipeline.warehouse.sql import empty, make, run

_OF_PEOPLE = (
    "states_of_people",
    *(f"leave_out_{table}" for table in ("users", "user_sites", "enrollments")),
    "excluded_users",
    "stay_users",
    "stay_user_sites",
    "states_of_places",
    "stay_enrollments",
    "keep_users",
)
"""What Clever sends is looked at before it is changed; who is excluded is nowhere, who stays may be in sections."""


def begin(connection: duckdb.DuckDBPyConnection) -> None:
    """Nobody overrides anything with this sync, until they ask for it."""
    empty(connection, "input.overrides", "input.ended_overrides")


def find_standing(connection: duckdb.DuckDBPyConnection, today: date) -> None:
    """Fills `plan.overrides`: those that stand; on a day after their last they do not count."""
    make(connection, "plan/override/counting", today=today)


def respect(connection: duckdb.DuckDBPyConnection, *, without_people: bool) -> None:
    """Makes `desired.*` as the overrides say; with `without_people`, not as those about people do."""
    empty(connection, "plan.override_states")
    for name in ("states_of_sections", "keep_sections", *(() if without_people else _OF_PEOPLE)):
        run(connection, f"plan/override/{name}")
    make(connection, "plan/override/concerned")


def write_down(connection: duckdb.DuckDBPyConnection, sync_id: str, sites: Sequence[str]) -> None:
    """Notes in the truth what was overridden and ended now, and what all overrides are worth; says what is news.

    A sync of some `sites` alone says it of the overrides there.
    """
    make(connection, "plan/override/worth")
    if sites:
        run(connection, "plan/override/elsewhere", sites=list(sites))
    for name in ("settle", "issues", "end", "write_down", "write_states"):
        run(connection, f"plan/override/{name}", sync_id=sync_id)


def take_back(connection: duckdb.DuckDBPyConnection, sync_id: str, undone: str) -> None:
    """With a sync that is undone, its overrides and its ends of overrides are; an undo gives them back.

    Of several about the same, one stands.
    """
    for name in ("give_back", "undo", "reopen", "one_stands"):
        run(connection, f"plan/override/{name}", sync_id=sync_id, undoes=undone)
