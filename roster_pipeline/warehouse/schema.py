"""The schema of `roster.duckdb` over time: a version, and the numbered steps from one to the next.

Belongs here: laying out a fresh file, upgrading an older one, refusing a newer one. Does not belong here: what
the tables are (`model/`), and opening files (`warehouse.py`).
"""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path

import duckdb

from roster_pipeline import model
from roster_pipeline.errors import RosterError
from roster_pipeline.failpoints import failpoint
from roster_pipeline.warehouse.sql import run, statement

TRUTH_SCHEMAS = ("roster", "mapping", "sync")
VERSION = 5
"""Raised when a file of the version before needs more than new columns, tables and views: they come by themselves.

A step `migrations/<version>_*.sql` does that.
"""

_STEPS = {2: ("sync_no", "pruned_at"), 3: (), 4: (), 5: ("confirmed",)}


def bring_up_to_date(connection: duckdb.DuckDBPyConnection, file: Path, search_path: str) -> None:
    """Gives the attached `truth` the tables of this release, and sets the search path.

    A fresh file is laid out, one of an older release upgraded in one transaction; when there is nothing to do it is
    two questions. Raises RosterError for a file that a newer release has written.
    """
    tables = _tables(connection)
    if not tables:
        connection.execute("".join(f"CREATE SCHEMA IF NOT EXISTS truth.{schema};" for schema in TRUTH_SCHEMAS))
    connection.execute(f"SET search_path = '{search_path}'")
    version = _version(connection, tables, file)
    if version < VERSION or not _is_of_this_model(connection):
        _upgrade(connection, tables, version)


def is_current(connection: duckdb.DuckDBPyConnection, file: Path) -> bool:
    """Whether the opened `file` has the tables of this release; raises RosterError when a newer one wrote it."""
    return _version(connection, _tables(connection, file.stem), file) == VERSION and _is_of_this_model(connection)


def stored_version(connection: duckdb.DuckDBPyConnection, file: Path) -> int:
    """The version of the tables in the opened `file`; raises RosterError when a newer release wrote it."""
    return _version(connection, _tables(connection, file.stem), file)


def read_as_current(connection: duckdb.DuckDBPyConnection, file: Path) -> None:
    """Gives a copy of an older release, attached read-only as `truth`, the tables of this one.

    What it lacks is made in memory and found first; tables that lack nothing, such as the large ones, stay where
    they are.
    """
    tables = _tables(connection)
    connection.execute("".join(f"CREATE SCHEMA memory.{schema};" for schema in TRUTH_SCHEMAS))
    in_front = ",".join(f"{database}.{schema}" for database in ("memory", "truth") for schema in TRUTH_SCHEMAS)
    connection.execute(f"SET search_path = '{in_front}'")
    version = _version(connection, tables, file)
    written = {name for name, _ in _missing_columns(connection, tables)} | tables & {model.SCHEMA_VERSIONS.full_name}
    for name in written:
        connection.execute(f"CREATE TABLE memory.{name} AS FROM truth.{name}")
    _upgrade(connection, tables, version)


def _upgrade(connection: duckdb.DuckDBPyConnection, tables: set[str], version: int) -> None:
    """Everything from `version` to this one, in one transaction; a file without tables has nothing to fill.

    Views are all made anew: of a view that has changed, an older file would keep the old text for ever.
    """
    connection.execute("BEGIN")
    views = _views(connection)
    for table in model.PUBLISHED:
        if not table.view and table.full_name not in tables:
            if table.full_name in views:  # in the older release it was one
                connection.execute(f"DROP VIEW {table.full_name}")
            connection.execute(table.ddl())
    for name, column in _missing_columns(connection, tables):
        connection.execute(f'ALTER TABLE {name} ADD COLUMN "{column.name}" {column.type}')
    for number in range(version + 1, VERSION + 1) if tables else ():
        for name in _STEPS[number]:
            run(connection, f"warehouse/migrations/{number}_{name}")
    for table in model.PUBLISHED:
        if table.view:
            run(connection, table.view)
    run(connection, "warehouse/schema_versions", version=VERSION, fingerprint=_fingerprint())
    connection.execute("COMMIT")
    failpoint("truth_laid_out")


@functools.cache
def _fingerprint() -> str:
    """Of the tables and views as the model has them now."""
    texts = (statement(table.view) if table.view else table.ddl() for table in model.PUBLISHED)
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]


def _is_of_this_model(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the file, of this version, was last brought up to date by this very model."""
    found = run(connection, "warehouse/last_fingerprint").fetchone()
    return found == (_fingerprint(),)


def _tables(connection: duckdb.DuckDBPyConnection, database: str = "truth") -> set[str]:
    query = "SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE database_name = ?"
    return {name for (name,) in connection.execute(query, [database]).fetchall()}


def _views(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """The views of the file that is being upgraded, or of its stand-in in memory."""
    query = "SELECT schema_name || '.' || view_name FROM duckdb_views() WHERE database_name = current_database()"
    return {name for (name,) in connection.execute(query).fetchall()}


def _version(connection: duckdb.DuckDBPyConnection, tables: set[str], file: Path) -> int:
    if not tables:
        return 0
    if model.SCHEMA_VERSIONS.full_name not in tables:
        return 1
    ((version,),) = connection.execute("SELECT max(version) FROM sync.schema_versions").fetchall()
    if version and version > VERSION:
        raise RosterError(
            f"{file.name} of {file.parent.name} has schema version {version}, and this release knows {VERSION}",
            do="Run the release that wrote it, or a newer one; nothing was changed",
        )
    return int(version or 1)


def _missing_columns(connection: duckdb.DuckDBPyConnection, tables: set[str]) -> list[tuple[str, model.Column]]:
    """The columns that the model has and the file's tables have not, with the table's name; they may stand anywhere."""
    query = "SELECT schema_name || '.' || table_name, column_name FROM duckdb_columns() WHERE database_name = 'truth'"
    known = set(connection.execute(query).fetchall())
    return [
        (table.full_name, column)
        for table in model.PUBLISHED
        if not table.view and table.full_name in tables
        for column in table.columns
        if (table.full_name, column.name) not in known
    ]
