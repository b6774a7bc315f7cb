"""What people override on the roster, as people ask it.

Belongs here: the question behind `roster override list`, and the counts that the UI shows. Does not belong here: what
an override does (`plan/override/`).
"""

from __future__ import annotations

from collections import Counter

import duckdb

from roster_pipeline.history.report import Row, answer


def overrides(connection: duckdb.DuckDBPyConnection, *, every: bool = False) -> list[Row]:
    """Those that stand, first those that expire first; with `every`, also what was ended or undone."""
    return answer(connection, "history/report/overrides", every=every)


def states(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """How many that stand are in which state."""
    return dict(Counter(str(row["state"]) for row in overrides(connection)))
