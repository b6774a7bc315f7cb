"""From a landing to the staging tables.

Belongs here: running its statements in their order, and keeping what it made. Does not belong here: fetching,
and anything that knows the roster.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb

from roster_pipeline.clever.landing import Notice
from roster_pipeline.errors import RosterError
from roster_pipeline.warehouse.sql import statement
from roster_pipeline.warehouse.storage import fresh_staging

_OF_LIST = {
    "schools": ("sites",),
    "terms": ("terms",),
    "courses": ("clever_courses",),
    "sections": ("section_records", "newest_sections"),
    "users": ("user_records", "newest_users"),
}
_SUSPECT = {
    "sections": "staging.section_records WHERE students IS NULL OR len(teachers) = 0",
    "users": "staging.user_records WHERE len(roles) = 0 AND NOT is_contact OR coalesce(first_name, last_name) IS NULL",
}
"""Records that are looked at once more, for a field that is there but not what it should be."""
_OF_ALL = ("sections", "users", "user_sites", "memberships", "enrollments", "issues")
_KEPT = ("origin", "sites", "terms", "sections", "users", "user_sites", "memberships", "issues")


def read_list(connection: duckdb.DuckDBPyConnection, name: str, file: Path) -> None:
    """Reads one list of a landing into memory, once per run; what is no list of ours is left alone."""
    if name not in _OF_LIST or (name, str(file)) in _lists_read(connection):
        return
    for table in _OF_LIST[name]:
        sql = statement(f"staging/{table}")
        connection.execute(sql, {"file": str(file)} if "$file" in sql else {})
    if name in _SUSPECT and connection.execute(f"SELECT 1 FROM {_SUSPECT[name]} LIMIT 1").fetchone():
        connection.execute(statement(f"staging/wrong_types_{name}"), {"file": str(file)})
    connection.execute("INSERT INTO staging.lists_read VALUES (?, ?)", [name, str(file)])


def forget_lists(connection: duckdb.DuckDBPyConnection) -> None:
    """For a run that asks Clever once more: the lists it has read may be landed anew, under the same names."""
    connection.execute("DROP TABLE IF EXISTS staging.lists_read; DROP TABLE IF EXISTS staging.wrong_types")


def _lists_read(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    connection.execute(
        "CREATE TABLE IF NOT EXISTS staging.lists_read (name VARCHAR, file VARCHAR);"
        "CREATE TABLE IF NOT EXISTS staging.wrong_types (entity VARCHAR, record_id VARCHAR, field VARCHAR)"
    )
    return connection.execute("SELECT name, file FROM staging.lists_read").fetchall()


def stage(connection: duckdb.DuckDBPyConnection, landing: Path, warnings: Iterable[Notice] = ()) -> None:
    """Makes `staging.*` anew from the NDJSON files in `landing`, and keeps it for runs that do not ask Clever.

    `warnings` are what the extract noticed (a paused district, a list that is not shared); they become issues.
    """
    for name in _OF_LIST:
        read_list(connection, name, landing / f"{name}.ndjson")
    for name in _OF_ALL:
        connection.execute(statement(f"staging/{name}"))
    connection.execute("CREATE OR REPLACE TABLE staging.origin AS SELECT uuid() AS staged_id")
    connection.execute("DROP TABLE staging.section_records; DROP TABLE staging.user_records")
    connection.execute(
        "DROP TABLE staging.clever_courses; DROP TABLE staging.lists_read;DROP TABLE staging.wrong_types"
    )
    for warning in warnings:
        connection.execute(
            "INSERT INTO staging.issues VALUES ('warning', ?, ?, NULL, NULL, ?)",
            [warning.code, warning.endpoint or "districts", warning.message],
        )
    _keep(connection)


def require_staged(connection: duckdb.DuckDBPyConnection) -> None:
    """Raises RosterError when neither this run nor an earlier one has staged anything."""
    if connection.execute(statement("staging/is_staged")).fetchone() is None:
        raise RosterError(
            "Nothing has been staged for this district yet", do="Run a whole sync first: `roster sync` or job sync_now"
        )


def _keep(connection: duckdb.DuckDBPyConnection) -> None:
    """Copies what is staged in memory into a file that takes the place of the district's, all of it or nothing."""
    with fresh_staging(connection):
        for name in _KEPT:
            connection.execute(f"CREATE TABLE fresh.staging.{name} AS FROM memory.staging.{name}")
        connection.execute(statement("staging/enrollments").replace("VIEW staging.", "VIEW fresh.staging."))
