"""From a landing to the staging tables.

Belongs here: running `sql/staging/` in its order. Does not belong here: fetching, and anything that
knows the roster.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb

from roster_pipeline.resources.landing import Warning_
from roster_pipeline.sql import statement

_ORDER = (
    "sites",
    "terms",
    "section_records",
    "sections",
    "user_records",
    "users",
    "user_sites",
    "section_members",
    "enrollments",
    "issues",
)


def note_warnings(connection: duckdb.DuckDBPyConnection, warnings: Iterable[Warning_]) -> None:
    """Adds what the extract noticed (a paused district, a list that is not shared) to `staging.issues`."""
    for warning in warnings:
        connection.execute(
            "INSERT INTO staging.issues VALUES ('warning', ?, ?, NULL, NULL, ?)",
            [warning.code, warning.endpoint or "districts", warning.message],
        )


def stage(connection: duckdb.DuckDBPyConnection, landing: Path) -> None:
    """Makes `staging.*` anew from the NDJSON files in `landing`."""
    files = {name: str(landing / f"{name}.ndjson") for name in ("schools", "terms", "courses", "sections", "users")}
    for name in _ORDER:
        sql = statement(f"staging/{name}")
        connection.execute(sql, {k: v for k, v in files.items() if f"${k}" in sql})
