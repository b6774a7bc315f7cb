"""What a person decides about a section and a course: checked, and handed to the mapping of the same sync.

Belongs here: finding the section and the courses that somebody means, and a sentence for what cannot be decided. Does
not belong here: what a decision does to the mapping (this folder's SQL), and launching anything.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import duckdb
import msgspec

from roster_pipeline.errors import RosterError, SyncRefused
from roster_pipeline.mapping.cells import quoted
from roster_pipeline.mapping.inputs import write_ndjson
from roster_pipeline.mapping.load import known_ids
from roster_pipeline.warehouse.sql import empty, make, run

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


class _Said(msgspec.Struct, frozen=True, gc=False):
    """A deed as `input.deeds` has it."""

    no: int
    section: str
    course_id: str
    decision: Choice


def decide(connection: duckdb.DuckDBPyConnection, deeds: Sequence[Deed], *, by: str, why: str, at: datetime) -> None:
    """Fills `input.decisions`, from which the mapping of this sync takes them; all of them, or none.

    Needs `input.courses`. Raises RosterError for a section or a course that there is not, and when a deed contradicts
    another; SyncRefused for a section that is not active. Fifty thousand deeds take no longer than a few.
    """
    empty(connection, "input.decisions")
    courses = {
        (said, decision): find_course(connection, said, decision)
        for said, decision in sorted({(deed.course, deed.decision) for deed in deeds})
    }
    rows = [
        _Said(no, deed.section.strip().lower(), courses[deed.course, deed.decision], deed.decision)
        for no, deed in enumerate(deeds)
    ]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "deeds.ndjson"
        write_ndjson(rows, file)
        make(connection, "mapping/input/deeds", file=str(file))
    make(connection, "mapping/meant_sections")
    _refuse(connection)
    make(connection, "mapping/input/decisions", by=by, why=why or None, at=at)


def _refuse(connection: duckdb.DuckDBPyConnection) -> None:
    """Raises an error for the first of `input.deeds` that nobody can carry out."""
    for said, section_id, status, found, refused in run(connection, "mapping/refused_deeds").fetchall():
        more = f" ({refused - 1} more cannot be used either)" if refused > 1 else ""
        if not found:
            raise RosterError(
                f"There is no section {quoted(said)}{more}", do="`roster map list` lists the sections with their ids"
            )
        if found > 1:
            raise RosterError(f"More than one section begins with {quoted(said)}{more}", do="Write more of its id")
        raise SyncRefused(
            f"Section {section_id} is {status}: it keeps the courses that it had{more}",
            do="Decide about a section that is active; `roster map list` lists them",
        )
    for section_id, course_id in run(connection, "mapping/contradictory_deeds").fetchall():
        raise RosterError(
            f"Course {course_id} is to be added to section {section_id} and to be removed from it",
            do="Say one of the two; nothing was changed",
        )


def find_course(connection: duckdb.DuckDBPyConnection, said: str, decision: Choice) -> str:
    """The id of the course of the catalog, however it is capitalized; only an active one can be added.

    What has left the catalog can be removed all the same, by the id that it had.
    """
    said = said.strip()
    query = "SELECT course_id, active FROM input.courses WHERE lower(course_id) = lower($said)"
    row = connection.execute(query, {"said": said}).fetchone()
    if row is not None and (row[1] or decision == "remove"):
        return str(row[0])
    if row is None and decision == "remove" and (known := known_ids(connection).get(said.lower())):
        return known
    alike = run(connection, "mapping/titles_alike", said=said).fetchall()
    near = "; ".join(f"{course_id} ({title})" for course_id, title in alike)
    what = f"Course {quoted(said)} is retired" if row is not None else f"There is no course {quoted(said)}"
    raise RosterError(what, do=f"Name a course of data/courses.csv that is active; close to it: {near or 'none'}")
