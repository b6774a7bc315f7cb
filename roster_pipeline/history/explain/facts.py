"""What is known of one person, or of some sections: read once, in narrow queries.

Belongs here: running the statements of this folder, and what their rows are called together. Does not belong here: what
follows from them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from roster_pipeline.warehouse.sql import run

Row = dict[str, Any]

IN_FORCE = ("active", "pending")


def rows(connection: duckdb.DuckDBPyConnection, name: str, **values: Any) -> list[Row]:
    """What a statement of this folder answers."""
    result = run(connection, f"history/explain/{name}", **values)
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


@dataclass(frozen=True)
class Context:
    """What all answers of a district have in common.

    `named`: names and e-mails may be told. `staged`: what Clever shared last could be looked at. `last` is the last
    sync that asked Clever.
    """

    district: str
    named: bool
    staged: bool
    last: Row

    @property
    def failed(self) -> str:
        """What to say where a sync should have been."""
        return "" if self.last["status"] in ("succeeded", "held", None) else f" (the last one {self.last['status']})"


@dataclass(frozen=True)
class Section:
    """A section: its row, its courses with what mapped them, what people decided about each course last, and more.

    `suggestions` begin with the best; `overrides` are read when it is asked about by itself.
    """

    row: Row
    courses: Sequence[Row]
    decisions: Sequence[Row]
    suggestions: Sequence[Row]
    changes: Sequence[Row]
    issues: Sequence[Row]
    overrides: Sequence[Row] = ()

    @property
    def id(self) -> str:
        return str(self.row["section_id"])

    def has(self, course_id: str | None) -> bool:
        """Whether the course hangs on it; without one, any."""
        return any(course_id in (None, c["course_id"]) for c in self.courses)

    def added(self, course_id: str) -> Row | None:
        """The decision by which a person hung the course on it, when it stands."""
        return next((d for d in self.decisions if d["decision"] == "add" and d["course_id"] == course_id), None)

    def removed(self, course_id: str | None) -> Row | None:
        """The decision by which a person took the course off it, when it stands.

        Without one, the last about any that could be added again: one that the catalog lost is not what is missing.
        """
        found = [
            d
            for d in self.decisions
            if d["decision"] == "remove" and (d["active"] if course_id is None else d["course_id"] == course_id)
        ]
        return max(found, key=lambda d: d["no"], default=None)


@dataclass(frozen=True)
class Membership:
    """A person's place in a section: `row` has the role, whether the roster has it and whether Clever lists it."""

    row: Row
    section: Section

    @property
    def is_active(self) -> bool:
        return bool(self.row["enrollment"] == "active")

    @property
    def gives_access(self) -> bool:
        """Whether the person sees the courses that hang on the section."""
        return self.is_active and self.section.row["status"] == "active" and bool(self.section.courses)


@dataclass(frozen=True)
class Person:
    """A person: their row, sites, memberships, the changes of all these, issues, and what is overridden of them."""

    id: str
    clever_id: str
    row: Row
    sites: Sequence[Row]
    memberships: Sequence[Membership]
    changes: Sequence[Row]
    issues: Sequence[Row]
    overrides: Sequence[Row]

    @property
    def is_on_roster(self) -> bool:
        return self.row["status"] in IN_FORCE


def read_context(connection: duckdb.DuckDBPyConnection, district: str, *, named: bool, staged: bool) -> Context:
    (last,) = rows(connection, "last_syncs")
    return Context(district, named, staged, last)


def read_person(connection: duckdb.DuckDBPyConnection, context: Context, id_: str, clever_id: str) -> Person:
    asked = {"id": id_, "clever_id": clever_id}
    (row,) = rows(connection, "person", **asked)
    places = rows(connection, "sections_of_person", **asked)
    ids = {p["section_id"]: p["clever_id"] for p in places}
    found = {s.id: s for s in read_sections(connection, context, ids)}
    return Person(
        id_,
        clever_id,
        row,
        rows(connection, "sites_of_person", **asked),
        [Membership(p, found[p["section_id"]]) for p in places],
        rows(connection, "changes_of_person", id=id_),
        _issues(connection, context, "users", [clever_id]),
        rows(connection, "overrides", id=id_),
    )


def read_sections(connection: duckdb.DuckDBPyConnection, context: Context, ids: dict[str, str]) -> list[Section]:
    """The sections with these ids, each with Clever's."""
    if not ids:
        return []
    asked = list(ids)
    found = rows(connection, "sections", ids=asked, clever_ids=list(ids.values()))
    unmapped = [s["section_id"] for s in found if s["status"] == "active"]
    courses = rows(connection, "courses_of_sections", ids=asked)
    decisions = rows(connection, "decisions_of_sections", ids=asked)
    mapped = {c["section_id"] for c in courses}
    unmapped = [i for i in unmapped if i not in mapped]
    suggestions = rows(connection, "suggestions_of_sections", ids=unmapped) if unmapped else []
    changes = rows(connection, "changes_of_sections", ids=asked)
    issues = _issues(connection, context, "sections", [s["clever_id"] for s in found])
    return [
        Section(
            s,
            [c for c in courses if c["section_id"] == s["section_id"]],
            [d for d in decisions if d["section_id"] == s["section_id"]],
            [c for c in suggestions if c["section_id"] == s["section_id"]],
            [c for c in changes if c["entity_id"].startswith(s["section_id"])],
            [i for i in issues if i["record_id"] == s["clever_id"]],
        )
        for s in found
    ]


def _issues(
    connection: duckdb.DuckDBPyConnection, context: Context, entity: str, clever_ids: Sequence[str]
) -> list[Row]:
    """What is wrong with the records now: as they are staged, or else as the last sync noted it."""
    found = rows(connection, "issues", clever_ids=list(clever_ids))
    return [
        i
        for i in found
        if (i["entity"] == entity or entity == "sections")
        and (i["stands"] or (not context.staged and i["sync_id"] == context.last["sync_id"]))
    ]
