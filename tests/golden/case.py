"""A golden case: rows in, one statement, rows out.

Belongs here: the tables of a whole district, empty and in memory, and running one statement on them. Does not belong
here: cases.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import duckdb

from roster_pipeline import model
from roster_pipeline.plan.difference import make_plan
from roster_pipeline.warehouse import sql
from roster_pipeline.warehouse.schema import TRUTH_SCHEMAS
from roster_pipeline.warehouse.warehouse import in_memory

Row = Mapping[str, Any]

NOW = datetime(2026, 11, 23, 10, 0)
ANN, BEN, CAL, DEE, TIA, TOM = (f"{c * 8}-{c * 4}-8{c * 3}-8{c * 3}-{c * 12}" for c in "abcdef")
"""Platform ids of people."""
M6, M7, S6, S7 = (f"{c * 8}-{c * 4}-8{c * 3}-8{c * 3}-{c * 12}" for c in "6789")
"""Platform ids of sections."""

_TABLES = {t.full_name: t for t in (*model.SCRATCH, *model.PUBLISHED) if not t.view}


def empty_district() -> duckdb.DuckDBPyConnection:
    """Every table of a district under its name, the truth's too, and an empty plan."""
    connection = in_memory()
    connection.execute("".join(f"CREATE SCHEMA {schema};" for schema in TRUTH_SCHEMAS))
    connection.execute(";".join(t.ddl() for t in _TABLES.values() if t.schema != "temp"))
    for name in (t.view for t in (*model.PUBLISHED, *model.STAGING) if t.view):
        sql.run(connection, name)
    sql.empty(connection, *(name for name in _TABLES if name.startswith("temp.")))
    make_plan(connection, sync_id="S2", started_at=NOW)
    return connection


@dataclass
class Case:
    """One district in memory; `end` empties what the case has touched."""

    folder: Path
    connection: duckdb.DuckDBPyConnection = field(default_factory=empty_district)
    touched: set[str] = field(default_factory=set)

    def file(self, *records: Row) -> str:
        """A file with a record per line, as a list of Clever's lands."""
        file = self.folder / "records.ndjson"
        file.write_text("".join(json.dumps(r) + "\n" for r in records))
        return str(file)

    def given(self, table: str, *rows: Row) -> None:
        """Adds rows; a column that is not named is NULL."""
        self.touched.add(table)
        types = {c.name: c.type for c in _TABLES[table].columns}
        for row in rows:
            names = ", ".join(f'"{name}"' for name in row)
            values = ", ".join(f"?::{types[name]}" for name in row)
            self.connection.execute(f"INSERT INTO {table} ({names}) VALUES ({values})", list(row.values()))

    def make(self, name: str, columns: str, **values: Any) -> list[Row]:
        """The table that the statement makes anew, in these columns."""
        sql.empty(self.connection, sql.target(name))
        return self.change(name, columns, **values)

    def change(self, name: str, columns: str, **values: Any) -> list[Row]:
        """The table that the statement adds to, changes or takes from, in these columns."""
        target = sql.target(name)
        self.touched.add(target)
        sql.run(self.connection, name, **values)
        return self.rows(target, columns)

    def answer(self, name: str, columns: str = "*", **values: Any) -> list[Row]:
        """What a query answers, in its own order."""
        found = _as_rows(sql.run(self.connection, name, **values))
        return found if columns == "*" else [{c: row[c] for c in columns.split(", ")} for row in found]

    def view(self, name: str, columns: str) -> list[Row]:
        """What the view shows, in these columns."""
        sql.run(self.connection, name)
        (shown,) = (t.full_name for t in (*model.PUBLISHED, *model.STAGING) if t.view == name)
        return self.rows(shown, columns)

    def rows(self, table: str, columns: str) -> list[Row]:
        return _as_rows(self.connection.execute(f"SELECT {columns} FROM {table} ORDER BY ALL"))

    def platform_id(self, kind: str, clever_id: str) -> str:
        """The id of whoever is first seen under this Clever id."""
        ((found,),) = self.connection.execute("SELECT platform_id(?, ?)", [kind, clever_id]).fetchall()
        return str(found)

    def end(self) -> None:
        for table in self.touched:
            kind = "TEMP TABLE" if table.startswith("temp.") else "TABLE"
            self.connection.execute(_TABLES[table].ddl(f"CREATE OR REPLACE {kind} "))
        self.touched.clear()


def _as_rows(result: duckdb.DuckDBPyConnection) -> list[Row]:
    names = [column[0] for column in result.description]
    return [
        {n: str(v) if isinstance(v, UUID) else v for n, v in zip(names, row, strict=True)} for row in result.fetchall()
    ]


def values(rows: Iterable[Row]) -> list[tuple[Any, ...]]:
    """Rows without the names of their columns, where there are many."""
    return [tuple(row.values()) for row in rows]
