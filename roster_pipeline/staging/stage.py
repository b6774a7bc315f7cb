"""From a landing to the staging tables.

Belongs here: running the statements of this folder in their order, and keeping what they made. Does not belong
here: fetching, and anything that knows the roster.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from roster_pipeline import model
from roster_pipeline.clever.landing import Extract, Notice
from roster_pipeline.clever.today import ClockReading
from roster_pipeline.clever.tokens import API_VERSION
from roster_pipeline.errors import RosterError
from roster_pipeline.warehouse.sql import has_rows, insert, make, run, statement
from roster_pipeline.warehouse.storage import fresh_staging

_OF_LIST = {
    "schools": ("sites",),
    "terms": ("terms",),
    "courses": ("clever_courses",),
    "sections": ("section_records",),
    "users": ("user_records",),
}
_REPEATED = ("sections", "users")
"""Lists of which a record that came twice is cut down to its newest."""

_SUSPECT = {
    "sections": "staging.section_records WHERE students IS NULL OR len(teachers) = 0",
    "users": "staging.user_records WHERE len(roles) = 0 AND NOT is_contact OR coalesce(first_name, last_name) IS NULL",
}
"""Records that are looked at once more, for a field that is there but not what it should be."""
_OF_ALL = ("sections", "users", "user_sites", "memberships", "not_shared", "issues", "origin")
KEPT = ("origin", "sites", "terms", "sections", "users", "user_sites", "memberships", "not_shared", "issues")
_READ_ONLY_ONCE = ("section_records", "user_records", "clever_courses", "wrong_types", "spoken_of")


def read_landed_list(connection: duckdb.DuckDBPyConnection, name: str, file: Path) -> None:
    """Reads one list of a landing into memory; what is no list of ours is left alone."""
    connection.execute(model.scratch("staging.wrong_types").ddl())
    for table in _OF_LIST.get(name, ()):
        make(connection, f"staging/{table}", file=str(file))
    if name in _REPEATED:
        run(connection, f"staging/newest_{name}")
    if name in _SUSPECT and has_rows(connection, _SUSPECT[name]):
        run(connection, f"staging/wrong_types_{name}", file=str(file))


def forget_lists(connection: duckdb.DuckDBPyConnection) -> None:
    """Before Clever is asked once more: the lists that were read may be landed anew, under the same names."""
    connection.execute("DROP TABLE IF EXISTS memory.staging.wrong_types")


def stage_landing(
    connection: duckdb.DuckDBPyConnection,
    landing: Path,
    extract: Extract | None = None,
    read: Iterable[str] = (),
) -> None:
    """Makes `staging.*` anew from the NDJSON files in `landing`, and keeps it for runs that do not ask Clever.

    The lists that are named in `read` have been read into memory already. What the `extract` noticed (a paused
    district, a list that is not shared) becomes issues, and what it tells of Clever's clock and data is kept beside.
    """
    for name in _OF_LIST:
        if name not in read:
            read_landed_list(connection, name, landing / f"{name}.ndjson")
    make(connection, *(f"staging/{name}" for name in _OF_ALL), **origin_of(extract))
    keep(connection, extract.notices if extract else ())


def origin_of(extract: Extract | None) -> dict[str, Any]:
    """What is noted of where a staging comes from."""
    clock = extract.clock if extract else None
    data = extract.district.last_sync if extract else None
    return {
        "clevers_clock": _naive(clock.clevers) if clock else None,
        "our_clock": _naive(clock.ours) if clock else None,
        "clevers_data_at": _naive(data) if data else None,
        "api_version": API_VERSION,
    }


def keep(connection: duckdb.DuckDBPyConnection, notices: Iterable[Notice]) -> None:
    """Ends a staging: the notices become issues, and what is staged is kept for runs that do not ask Clever."""
    run(connection, "staging/enrollments")
    connection.execute(";".join(f"DROP TABLE IF EXISTS memory.staging.{name}" for name in _READ_ONLY_ONCE))
    for notice in notices:
        entity = notice.endpoint or "districts"
        insert(
            connection, "staging.issues", severity="warning", code=notice.code, entity=entity, message=notice.message
        )
    _keep(connection)


def erase_people(connection: duckdb.DuckDBPyConnection) -> None:
    """Empties what names the people of `plan.erasing` in what is staged; the file is made anew without it."""
    if run(connection, "plan/erase/staged").fetchone() is None:
        return
    for name in KEPT:
        connection.execute(f"CREATE TABLE IF NOT EXISTS memory.staging.{name} AS FROM staging.{name}")
    run(connection, "plan/erase/staged_users")
    _keep(connection)


def require_staged(connection: duckdb.DuckDBPyConnection) -> None:
    """Raises RosterError when neither this run nor an earlier one has staged anything."""
    if run(connection, "staging/is_staged").fetchone() is None:
        raise RosterError(
            "Nothing has been staged for this district yet", do="Run a whole sync first: `roster sync` or job sync_now"
        )


def clock_of_staged(connection: duckdb.DuckDBPyConnection) -> ClockReading | None:
    """What Clever's clock showed for what is staged; None when the day goes by ours."""
    row = run(connection, "staging/clock").fetchone()
    return ClockReading(*(shown.replace(tzinfo=UTC) for shown in row)) if row else None


def _naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)


def _keep(connection: duckdb.DuckDBPyConnection) -> None:
    """Copies what is staged in memory into a file that takes the place of the district's, all of it or nothing."""
    with fresh_staging(connection):
        for name in KEPT:
            table = model.scratch(f"staging.{name}")
            connection.execute(table.ddl("CREATE TABLE fresh."))
            connection.execute(f"INSERT INTO fresh.{table.full_name} BY NAME FROM memory.{table.full_name}")
        connection.execute(statement("staging/enrollments").replace("VIEW staging.", "VIEW fresh.staging."))
