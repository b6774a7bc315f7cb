"""What a table is: its columns, types, key and meaning.

Belongs here: the words in which the other pages of this folder say it. Does not belong here: any table.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One column. `pii` marks personal data: it never leaves the DuckDB files and the terminal.

    `kept` columns are set by apply and never compared when a plan is made. `clever` is where Clever's record has the
    value, as a path; of several the first that is there counts.
    """

    name: str
    type: str
    meaning: str
    pii: bool = False
    kept: bool = False
    clever: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """One table; `grain` completes the sentence "one row per ..."."""

    schema: str
    name: str
    grain: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    view: str = ""
    """The statement that makes it, when it is a view or a table macro."""
    takes: str = ""
    """What a table macro is called with; a view takes nothing."""

    @property
    def full_name(self) -> str:
        return f"{self.schema}.{self.name}"

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(c.name for c in self.columns)

    @property
    def compared(self) -> tuple[str, ...]:
        """The columns in which a difference is a change of the record."""
        return tuple(c.name for c in self.columns if not c.kept and c.name not in self.key)

    def ddl(self, create: str = "CREATE TABLE IF NOT EXISTS ") -> str:
        """The statement that makes it; `create` is how it begins, up to the schema's name."""
        columns = ", ".join(f'"{c.name}" {c.type}' for c in self.columns)
        return f"{create}{self.full_name} ({columns})"


@dataclass(frozen=True)
class Entity:
    """A roster table that the plan changes record by record.

    `status` names the column that says whether the record is in force. Records of an entity that has one
    are never deleted, so their creation can be read from `since_sync_id`; the others are deleted when
    they end, and both their beginning and their end are written to the change log.
    """

    table: Table
    status: str | None
    group: str | None = None
    """Part of the key of a table so large that a plan first looks which groups have changed at all."""

    @property
    def name(self) -> str:
        return self.table.name

    def id_of(self, row: str = "") -> str:
        """SQL for the key of a record as one text, its parts joined by `/`; `row` is an alias with a dot."""
        return f"concat_ws('/', {', '.join(row + k for k in self.table.key)})"

    def in_force(self, word: str = "WHERE") -> str:
        """SQL for "is in force", after `word`; empty for an entity whose records end by being deleted."""
        return f" {word} {self.status} NOT IN ('archived', 'concluded')" if self.status else ""


def table(schema: str, name: str, grain: str, *columns: tuple[str, str, str], pii: tuple[str, ...] = ()) -> Table:
    """A table without a key whose columns are given as (name, type, meaning)."""
    return Table(schema, name, grain, tuple(Column(*c, pii=c[0] in pii) for c in columns))
