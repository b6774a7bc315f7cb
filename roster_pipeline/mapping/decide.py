"""What a person decides about a section and a course: checked, and handed to the mapping of the same sync.

Belongs here: finding the section and the courses that somebody means, and a sentence for what cannot be decided. Does
not belong here: what a decision does to the mapping (this folder's SQL), and launching anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

import duckdb

from roster_pipeline.errors import RosterError, SyncRefused
from roster_pipeline.warehouse.sql import empty, insert, run

Choice = Literal["add", "remove"]


@dataclass(frozen=True)
class Deed:
    """One thing that somebody wants: a course on a section, or off it. Both are named as people name them."""

    section: str
    course: str
    decision: Choice


def parse_deeds(lines: Iterable[str]) -> list[Deed]:
    """Deeds from lines like `section,course,add`. Raises RosterError for another line."""
    deeds = []
    for n, line in enumerate(lines, start=1):
        match [cell.strip() for cell in line.split(",")]:
            case [section, course, ("add" | "remove") as decision] if section and course:
                deeds.append(Deed(section, course, decision))
            case _:
                raise RosterError(
                    f"Line {n} of the decisions is not `section_id,course_id,add` or `section_id,course_id,remove`",
                    do="Correct it; nothing was changed",
                )
    return deeds


def decide(connection: duckdb.DuckDBPyConnection, deeds: Sequence[Deed], *, by: str, why: str, at: datetime) -> None:
    """Fills `input.decisions`, from which the mapping of this sync takes them; all of them, or none.

    Needs `input.courses`. Raises RosterError for a section or a course that there is not, and when a deed contradicts
    another; SyncRefused for a section that is not active.
    """
    empty(connection, "input.decisions")
    if not deeds:
        raise RosterError("No course was named", do="Name the courses to add, or those to remove")
    decided: dict[tuple[str, str], Choice] = {}
    for deed in deeds:
        if deed.decision not in get_args(Choice):
            raise RosterError(f"{deed.decision!r} is no decision", do="Decide add or remove")
        key = find_section(connection, deed.section), find_course(connection, deed.course, deed.decision)
        if decided.setdefault(key, deed.decision) != deed.decision:
            raise RosterError(
                f"Course {key[1]} is to be added to section {key[0]} and to be removed from it",
                do="Say one of the two; nothing was changed",
            )
    for (section_id, course_id), decision in decided.items():
        insert(
            connection,
            "input.decisions",
            section_id=section_id,
            course_id=course_id,
            decision=decision,
            by=by,
            why=why or None,
            at=at,
        )


def find_section(connection: duckdb.DuckDBPyConnection, said: str) -> str:
    """The id of the one active section whose id, ours or Clever's, is or begins with what somebody said."""
    start = said.strip().lower()
    found = run(connection, "mapping/find_sections", start=start).fetchall() if start else []
    if not found:
        raise RosterError(f"There is no section {said!r}", do="`roster map list` lists the sections with their ids")
    section_id, status, whole = found[0]
    if len(found) > 1 and not whole:
        raise RosterError(f"More than one section begins with {said!r}", do="Write more of its id")
    if status != "active":
        raise SyncRefused(
            f"Section {section_id} is {status}: it keeps the courses that it had",
            do="Decide about a section that is active; `roster map list` lists them",
        )
    return str(section_id)


def find_course(connection: duckdb.DuckDBPyConnection, said: str, decision: Choice) -> str:
    """The id of the course of the catalog, however it is capitalized; only an active one can be added.

    What has left the catalog can be removed all the same, by the id under which it hangs somewhere.
    """
    query = "SELECT course_id, active FROM input.courses WHERE lower(course_id) = lower($said)"
    row = connection.execute(query, {"said": said.strip()}).fetchone()
    if row is not None and (row[1] or decision == "remove"):
        return str(row[0])
    if row is None and decision == "remove" and _hangs_somewhere(connection, said):
        return said
    alike = run(connection, "mapping/titles_alike", said=said).fetchall()
    near = "; ".join(f"{course_id} ({title})" for course_id, title in alike)
    what = f"Course {said!r} is retired" if row is not None else f"There is no course {said!r}"
    raise RosterError(what, do=f"Name a course of data/courses.csv that is active; close to it: {near or 'none'}")


def _hangs_somewhere(connection: duckdb.DuckDBPyConnection, course_id: str) -> bool:
    query = "SELECT 1 FROM roster.section_courses WHERE course_id = $course LIMIT 1"
    return connection.execute(query, {"course": course_id}).fetchone() is not None
