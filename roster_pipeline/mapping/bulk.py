"""Many decisions at once: which ones somebody means by a score, by a site, or by a spreadsheet.

Belongs here: what the terminal and the jobs both ask, as deeds. Does not belong here: carrying them out (`decide.py`),
and how a spreadsheet is read and written (`sheet_file.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from roster_pipeline.errors import RosterError, SyncRefused
from roster_pipeline.history import report
from roster_pipeline.mapping.cells import quoted
from roster_pipeline.mapping.decide import Choice, Deed
from roster_pipeline.mapping.sheet_file import SheetLine, read_sheet
from roster_pipeline.warehouse.sql import run

Row = dict[str, Any]
LISTED = 50
DECIDED = ("section_id", "decision", "course_id", "score", "site", "clever_course", "grade", "period", "students")
"""What is said of each decision: no section's name, which has a teacher's in it."""
_TOLD = 10


def suggested(connection: duckdb.DuckDBPyConnection, min_score: float, site: str = "") -> list[Deed]:
    """The best suggestion of each unmapped section, where it has this score. Raises SyncRefused when there is none."""
    report.must_know(connection, site=site)
    if not 0 <= min_score <= 1:
        raise RosterError(f"{min_score:g} is no score", do="Give one from 0 to 1")
    found = report.best_suggestions(connection, min_score, site or None)
    if not found:
        best = max((row["score"] for row in report.best_suggestions(connection, 0, site or None)), default=None)
        there = "nothing is suggested there" if best is None else f"the best has {best:.2f}"
        raise SyncRefused(
            f"No section without a course{_at(site)} has a suggestion with a score of {min_score:g} or more ({there})",
            do="`roster map list --unmapped` shows them",
        )
    return _deeds(found, "add")


def carried(connection: duckdb.DuckDBPyConnection, site: str = "", course: str = "", origin: str = "") -> list[Deed]:
    """What was carried over, to be taken off. Raises SyncRefused when there is none."""
    report.must_know(connection, site=site, course=course)
    found = report.carried(connection, site or None, course or None, origin or None)
    if not found:
        what = f"course {course}" if course else "course"
        source = f" from section {quoted(origin)}" if origin else ""
        raise SyncRefused(
            f"No {what} that was carried over{source} hangs on an active section{_at(site)}",
            do="`roster map list --by carried_over` shows what was",
        )
    return _deeds(found, "remove")


def _at(site: str) -> str:
    return f" at site {site}" if site else ""


def _deeds(rows: Sequence[Row], decision: Choice) -> list[Deed]:
    return [Deed(row["section_id"], row["course_id"], decision) for row in rows]


def deciding(connection: duckdb.DuckDBPyConnection) -> list[Row]:
    """What is being decided, `LISTED` at most, those with most students first, in the columns of `DECIDED`."""
    result = run(connection, "mapping/deciding", limit=LISTED)
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def from_sheet(connection: duckdb.DuckDBPyConnection, file: Path, district: str) -> list[Deed]:
    """What has been edited in the district's lines of a spreadsheet; nothing when it says what is so already.

    Needs `input.courses`. Raises RosterError for a file that cannot be used, with every reason, and changes nothing.
    """
    catalog = {
        course_id.lower(): course_id
        for (course_id,) in connection.execute("SELECT course_id FROM input.courses WHERE active").fetchall()
    }
    slugs = {slug for (slug,) in connection.execute("SELECT slug FROM input.districts").fetchall()}
    has = {section["section_id"]: _parts(section["courses"]) for section in report.every_section(connection)}
    deeds: list[Deed] = []
    refused: list[tuple[int, str]] = []
    lines_of_all = read_sheet(file)
    for line in lines_of_all:
        if line.district not in slugs:
            refused.append((line.line, f"there is no district {quoted(line.district)}"))
    for lines in _edited(line for line in lines_of_all if line.district == district):
        line = lines[0]
        if other := next((one for one in lines if _courses(one.courses) != _courses(line.courses)), None):
            refused.append((other.line, f"line {line.line} says something else of its section (remove one of them)"))
        elif (now := has.get(line.section_id)) is None:
            refused.append((line.line, "there is no such section, or it is not active any more (remove the line)"))
        else:
            try:
                deeds += _changes(line, now, catalog)
            except ValueError as why:
                refused.append((line.line, str(why)))
    if refused:
        raise _error(file, sorted(refused))
    return deeds


def _edited(lines: Iterable[SheetLine]) -> Iterable[list[SheetLine]]:
    """The lines about each section that one of them changes; they are several where somebody copied a line."""
    found: dict[str, list[SheetLine]] = {}
    for line in lines:
        found.setdefault(line.section_id, []).append(line)
    return [same for same in found.values() if any(map(_is_edited, same))]


def _parts(cell: str) -> dict[str, str]:
    """The courses of a cell, by their ids in small letters."""
    return {part.strip().lower(): part.strip() for part in cell.split(";") if part.strip()}


def _courses(cell: str) -> frozenset[str]:
    return frozenset(_parts(cell))


def _is_edited(line: SheetLine) -> bool:
    """Without the column that says what was exported, whatever differs from now is an edit."""
    if line.exported is None or line.exported == line.courses:
        return line.exported is None
    return _courses(line.exported) != _courses(line.courses)


def _changes(line: SheetLine, now: Mapping[str, str], catalog: Mapping[str, str]) -> Iterator[Deed]:
    """What makes the courses of a section those of its line. Raises ValueError with why that cannot be."""
    wanted = _parts(line.courses)
    if wanted.keys() == now.keys():
        return
    if unknown := sorted(wanted.keys() - now.keys() - catalog.keys()):
        raise ValueError(
            f"{quoted(wanted[unknown[0]])} is no active course of data/courses.csv (`;` is between several)"
        )
    if line.exported is not None and _courses(line.exported) != now.keys():
        raise ValueError("the courses of its section have changed since the export (export again, and edit that)")
    for course in sorted(wanted.keys() - now.keys()):
        yield Deed(line.section_id, catalog[course], "add")
    for course in sorted(now.keys() - wanted.keys()):
        yield Deed(line.section_id, now[course], "remove")


def _error(file: Path, refused: Sequence[tuple[int, str]]) -> RosterError:
    told = [f"line {line}: {why}" for line, why in refused[:_TOLD]]
    if more := len(refused) - len(told):
        told.append(f"and {more:,} more, the last of them line {refused[-1][0]}")
    what = f"{len(refused):,} {'line' if len(refused) == 1 else 'lines'} cannot be used"
    return RosterError(f"{file.name}: {what}: {'; '.join(told)}", do="Correct them; nothing was changed")
