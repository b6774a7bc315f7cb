"""From a landing to the staging tables.

Belongs here: running `sql/staging/` in its order, and keeping what it made. Does not belong here: fetching,
and anything that knows the roster.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb

from roster_pipeline.errors import RosterError
from roster_pipeline.resources.landing import Warning_
from roster_pipeline.sql import statement

_ORDER = (
    "sites",
    "terms",
    "section_records",
    "newest_sections",
    "sections",
    "user_records",
    "newest_users",
    "users",
    "user_sites",
    "members",
    "enrollments",
    "issues",
)
_KEPT = ("sites", "terms", "sections", "users", "user_sites", "members", "issues")


def stage(connection: duckdb.DuckDBPyConnection, landing: Path, warnings: Iterable[Warning_] = ()) -> None:
    """Makes `staging.*` anew from the NDJSON files in `landing`, and keeps it for runs that do not ask Clever.

    `warnings` are what the extract noticed (a paused district, a list that is not shared); they become issues.
    """
    files = {name: str(landing / f"{name}.ndjson") for name in ("schools", "terms", "courses", "sections", "users")}
    for name in _ORDER:
        sql = statement(f"staging/{name}")
        connection.execute(sql, {k: v for k, v in files.items() if f"${k}" in sql})
    connection.execute("DROP TABLE staging.section_records; DROP TABLE staging.user_records")
    for warning in warnings:
        connection.execute(
            "INSERT INTO staging.issues VALUES ('warning', ?, ?, NULL, NULL, ?)",
            [warning.code, warning.endpoint or "districts", warning.message],
        )
    _keep(connection)


def require_staged(connection: duckdb.DuckDBPyConnection) -> None:
    """Raises RosterError when neither this run nor an earlier one has staged anything."""
    query = "SELECT 1 FROM duckdb_tables() WHERE schema_name = 'staging' AND table_name = 'members' LIMIT 1"
    if connection.execute(query).fetchone() is None:
        raise RosterError(
            "Nothing has been staged for this district yet", do="Run a whole sync first: `roster sync` or job sync_now"
        )


def _keep(connection: duckdb.DuckDBPyConnection) -> None:
    """Copies what is staged in memory into the district's file, all of it or nothing."""
    connection.execute("BEGIN")
    for name in _KEPT:
        connection.execute(f"CREATE OR REPLACE TABLE staged.staging.{name} AS FROM memory.staging.{name}")
    connection.execute(statement("staging/enrollments").replace("VIEW staging.", "VIEW staged.staging."))
    connection.execute("COMMIT")
