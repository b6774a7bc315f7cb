"""The schema of `roster.duckdb` over time: a version, and the numbered steps from one to the next.

Belongs here: laying out a fresh file, upgrading an older one, refusing a newer one. Does not belong here: what
the tables are (`model.py`), and opening files (`resources/warehouse.py`).
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from roster_pipeline import model
from roster_pipeline.errors import RosterError
from roster_pipeline.sql import statement

TRUTH_SCHEMAS = ("roster", "mapping", "sync")
VERSION = 2
"""Of the tables as `model.py` has them now. A step `sql/migrations/<version>_*.sql` fills what a new column needs."""

_STEPS = {2: ("sync_no", "pruned_at")}


def bring_up_to_date(connection: duckdb.DuckDBPyConnection, file: Path, search_path: str) -> None:
    """Gives the attached `truth` the tables of this release, and sets the search path.

    A fresh file is laid out, one of an older release upgraded in one transaction; when there is nothing to do it is
    two questions. Raises RosterError for a file that a newer release has written.
    """
    tables = _tables(connection)
    if not tables:
        connection.execute("".join(f"CREATE SCHEMA IF NOT EXISTS truth.{schema};" for schema in TRUTH_SCHEMAS))
    connection.execute(f"SET search_path = '{search_path}'")
    version = _version(connection, tables)
    if version > VERSION:
        raise RosterError(
            f"{file.name} of {file.parent.name} has schema version {version}, and this release knows {VERSION}",
            do="Run the release that wrote it, or a newer one; nothing was changed",
        )
    if version == VERSION:
        return
    connection.execute("BEGIN")
    _add_what_is_missing(connection, tables)
    for number in range(version + 1, VERSION + 1) if tables else ():
        for name in _STEPS[number]:
            connection.execute(statement(f"migrations/{number}_{name}"))
    for table in model.PUBLISHED:
        if table.view:
            connection.execute(statement(table.full_name.replace(".", "/")))
    connection.execute("INSERT INTO sync.schema_versions VALUES (?, now()::TIMESTAMP)", [VERSION])
    connection.execute("COMMIT")


def _tables(connection: duckdb.DuckDBPyConnection) -> set[str]:
    query = "SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE database_name = 'truth'"
    return {name for (name,) in connection.execute(query).fetchall()}


def _version(connection: duckdb.DuckDBPyConnection, tables: set[str]) -> int:
    if not tables:
        return 0
    if model.SCHEMA_VERSIONS.full_name not in tables:
        return 1
    ((version,),) = connection.execute("SELECT max(version) FROM sync.schema_versions").fetchall()
    return int(version or 1)


def _add_what_is_missing(connection: duckdb.DuckDBPyConnection, tables: set[str]) -> None:
    """Tables and columns that the model has and the file has not; a column may stand anywhere."""
    query = "SELECT schema_name || '.' || table_name, column_name FROM duckdb_columns() WHERE database_name = 'truth'"
    known = set(connection.execute(query).fetchall())
    for table in model.PUBLISHED:
        if table.view:
            continue
        if table.full_name not in tables:
            connection.execute(table.ddl())
            continue
        for column in table.columns:
            if (table.full_name, column.name) not in known:
                connection.execute(f'ALTER TABLE {table.full_name} ADD COLUMN "{column.name}" {column.type}')
