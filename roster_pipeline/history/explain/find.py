"""Who or what is meant: a person or a section by any of their ids, a course by its id or title.

Belongs here: looking for them, and what to say when there is none or more than one. Does not belong here: what is known
of them (`facts.py`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import duckdb

from roster_pipeline.errors import RosterError
from roster_pipeline.history.explain.facts import Context, Row, rows
from roster_pipeline.history.explain.people import Course

LOOKED = (
    "Looked for: our id, Clever's id (earlier ones too), e-mail and SIS id; in the roster, in what Clever shared last "
    "and in what was left out of it"
)

BY_ID = ("id", "Clever id", "earlier Clever id", "beginning")
_BEGINNING = re.compile(r"[0-9a-f]{4}[0-9a-f-]{0,31}")


@dataclass(frozen=True)
class Match:
    """A person or a section that the text names; `by` is which of their ids it is, `label` how they are called."""

    kind: str
    id: str
    clever_id: str
    by: str
    label: str
    status: str | None
    site_id: str | None


def find(connection: duckdb.DuckDBPyConnection, context: Context, asked: str) -> list[Match]:
    """The people and sections that a text names; an id of ours or of Clever's that fits counts alone."""
    wanted = asked.strip().lower()
    sections = [_section(row, context) for row in rows(connection, "find_sections", asked=wanted)]
    if any(m.by == "id" for m in sections):  # and of nobody; to look among all who are shared takes longest
        return sections
    found = [*(_person(row, context) for row in rows(connection, "find_people", asked=wanted)), *sections]
    if not found and _BEGINNING.fullmatch(wanted):
        found = [
            m for row in rows(connection, "find_beginnings", asked=wanted) for m in find(connection, context, row["id"])
        ]
        return [replace(m, by="beginning") for m in found]
    return [m for m in found if m.by in ("id", "Clever id")] or found


def find_course(connection: duckdb.DuckDBPyConnection, asked: str) -> Course:
    """The course that a text names. Raises RosterError, with the most alike, when it names none or several."""
    found = rows(connection, "find_courses", asked=asked.strip().lower())
    meant = [c for c in found if c["is_meant"]]
    by_id = [c for c in meant if c["course_id"].lower() == asked.strip().lower()]
    chosen = by_id or meant
    if len(chosen) != 1:
        alike = ", ".join(f"{c['course_id']} ({c['title']})" if c["title"] else c["course_id"] for c in chosen or found)
        said = "so are called" if chosen else "most alike are"
        raise RosterError(
            f"There is no single course {asked!r}; {said}: {alike or 'none'}",
            do="Name one by its course_id, as data/courses.csv has it",
        )
    row = chosen[0]
    ((hangs,),) = [tuple(r.values()) for r in rows(connection, "sections_with_course", course_id=row["course_id"])]
    return Course(row["course_id"], row["title"], row["active"], hangs)


def nobody(contexts: Sequence[Context]) -> RosterError:
    """What to say when nobody and nothing is found; what was asked for may be an e-mail, and is not repeated."""
    people, sections = (sum(c.last[name] for c in contexts) for name in ("people", "sections"))
    not_staged = [c.district for c in contexts if not c.staged]
    unseen = f" (what Clever shared last of {', '.join(not_staged)} could not be looked at now)" if not_staged else ""
    where = ", ".join(c.district for c in contexts)
    return RosterError(
        f"Nobody is called so, and no section, among {people:,} people and {sections:,} sections of {where}. "
        f"{LOOKED}{unseen}",
        do="Check the id, and that the person is in a school that shares with us",
    )


def _person(row: Row, context: Context) -> Match:
    names = " ".join(n for n in (row["first_name"], row["last_name"]) if n) if context.named else ""
    roles = " and ".join(row["roles"])
    label = " ".join(part for part in (names, f"({roles})" if roles else "") if part)
    return Match("person", row["id"], row["clever_id"], row["found_by"], label, row["status"], row["site_id"])


def _section(row: Row, context: Context) -> Match:
    label = row["name"] if context.named and row["name"] else ""
    return Match("section", row["id"], row["clever_id"], row["found_by"], label, row["status"], row["site_id"])
