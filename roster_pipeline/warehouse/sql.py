"""The pipeline's SQL: one statement per file, beside the Python of its step, named for the table that it makes.

Belongs here: reading these files and running them. Does not belong here: SQL text, except what is derived from the
model for every entity alike.

The first line of a file is a comment with the grain of what it makes, the second names the tables that it needs. Of
some, a third says that they change nothing unless one of these tables has a row, `-- idle without: input.logins`, and
they are not run then: in a small district a statement costs what preparing it does, ten times as much as to ask.
Parameters are bound by name; `{...}` stands for what the model says of a table's columns.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from roster_pipeline import model

STEPS = Path(__file__).parent.parent
"""The folder whose folders are the steps."""

_TARGET = re.compile(r"^(?:INSERT INTO|UPDATE|DELETE FROM) ((\w+)\.\w+)", re.MULTILINE)
_IN_MEMORY = "CREATE OR REPLACE TABLE memory."
_ANEW = {"temp": "CREATE OR REPLACE TEMP TABLE "}
"""How a table begins anew; a transaction that writes the truth may write to no other file or memory than `temp`."""

_IDLE = re.compile(r"^-- idle without: (.+)$", re.MULTILINE)

_FROM_MODEL = re.compile(
    r"\{(json_columns|carried_values|carried_names|first_before|as_it_was"
    r"|without_pii|any_pii|pii_values|pii_patch|pii_in_json) (\w+)\}"
)


@functools.cache
def statement(name: str) -> str:
    """The statement in `<name>.sql`, for example `statement("staging/users")`."""
    text = (STEPS / f"{name}.sql").read_text(encoding="utf-8")
    return _FROM_MODEL.sub(lambda found: str(getattr(model, found[1])(found[2])), text)


@functools.cache
def target(name: str) -> str:
    """The table that a statement writes, as `schema.name`; empty when it writes none."""
    found = _TARGET.search(statement(name))
    return found[1] if found else ""


def run(connection: duckdb.DuckDBPyConnection, name: str, **values: Any) -> duckdb.DuckDBPyConnection:
    """Runs a statement with those of the `values` that it names, unless it has nothing to do."""
    if is_idle(connection, name):
        return connection
    sql = statement(name)
    return _execute(connection, name, sql, {k: v for k, v in values.items() if re.search(rf"\${k}\b", sql)})


@functools.cache
def _work(name: str) -> str:
    """The question whether a statement has something to do; empty when it always may."""
    found = _IDLE.search(statement(name))
    return f"SELECT {' OR '.join(f'EXISTS (FROM {table})' for table in found[1].split(', '))}" if found else ""


def is_idle(connection: duckdb.DuckDBPyConnection, name: str) -> bool:
    """Whether none of the tables has a row without which the statement changes nothing."""
    return bool(_work(name)) and execute(connection, _work(name)).fetchone() == (False,)


def make(connection: duckdb.DuckDBPyConnection, *names: str, **values: Any) -> None:
    """Runs statements, each of which fills its scratch table anew, with the columns that the model gives it."""
    for name in names:
        empty(connection, target(name))
        run(connection, name, **values)


def empty(connection: duckdb.DuckDBPyConnection, *tables: str) -> None:
    """Makes scratch tables, given as `schema.name`, anew, without a row."""
    ddl = (model.scratch(name).ddl(_ANEW.get(name.partition(".")[0], _IN_MEMORY)) for name in tables)
    _execute(connection, "", ";".join(ddl), {})


def insert(connection: duckdb.DuckDBPyConnection, table: str, **values: Any) -> None:
    """Adds one row, by the names of its columns, to a table of ours."""
    names, marks = ", ".join(f'"{name}"' for name in values), ", ".join("?" for _ in values)
    connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(values.values()))


def has_rows(connection: duckdb.DuckDBPyConnection, source: str) -> bool:
    """Whether there is a row in a table of ours; a condition may follow its name."""
    return execute(connection, f"SELECT 1 FROM {source} LIMIT 1").fetchone() is not None


def count_rows(connection: duckdb.DuckDBPyConnection, source: str) -> int:
    """How many rows there are in a table of ours; a condition may follow its name."""
    ((rows,),) = connection.execute(f"SELECT count(*) FROM {source}").fetchall()
    return int(rows)


def execute(connection: duckdb.DuckDBPyConnection, sql: str) -> duckdb.DuckDBPyConnection:
    """Runs text that is derived from the model, and so is the same in every sync."""
    return _execute(connection, "", sql, {})


def _execute(
    connection: duckdb.DuckDBPyConnection, name: str, sql: str, values: Mapping[str, Any]
) -> duckdb.DuckDBPyConnection:
    """The one place through which every statement goes; tests watch it, and so `name` is given, of those in files."""
    del name
    return connection.execute(sql, values) if values else connection.execute(sql)
