"""The sections of an upload, found by what is taught and by who teaches.

Belongs here: an index, made once a day and kept up with every section that opens, changes or closes. Does not belong
here: why one does (`sections`, `teachers`, `schools`).
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, repeat
from typing import NamedTuple

from clever_sandbox.district.sections import TEACHER_COLUMNS, term_of
from clever_sandbox.district.upload import Cells, Upload


class Class(NamedTuple):
    """What parallel sections have in common; the term is its name, first and last day (ISO)."""

    school: str
    course: str
    number: str
    grade: str
    term: tuple[str, str, str]

    @property
    def taught(self) -> tuple[str, str, str, str]:
        """The same without the term: it is taught again in the next one."""
        return self[:4]


def teachers_of(cells: Mapping[str, str]) -> list[str]:
    """The Teacher_ids of a section, the primary teacher first."""
    return [cells[column] for column in TEACHER_COLUMNS if cells[column]]


def with_teachers(cells: Mapping[str, str], teachers: Iterable[str]) -> Cells:
    """The section with exactly these teachers, each once."""
    return {**cells, **dict(zip(TEACHER_COLUMNS, chain(dict.fromkeys(teachers), repeat("")), strict=False))}


class Timetable:
    """`ids` are in ascending order, as are the parallel sections of a class."""

    def __init__(self, upload: Upload) -> None:
        self._upload = upload
        self.ids = sorted(upload.sections)
        self.class_of: dict[str, Class] = {}
        self._parallel: dict[Class, list[str]] = {}
        self._taught_by: dict[str, set[str]] = {}
        self._terms: dict[tuple[str, str, str], tuple[str, str, str]] = {}
        for section in self.ids:
            self._note(section, upload.sections[section][0])

    def cells(self, section: str) -> Cells:
        return self._upload.sections[section][0]

    def parallel(self, section: str) -> Sequence[str]:
        """All sections of the same class, this one among them."""
        return self._parallel[self.class_of[section]]

    def classes(self) -> Mapping[Class, Sequence[str]]:
        return self._parallel

    def taught_by(self, teacher: str) -> list[str]:
        return sorted(self._taught_by.get(teacher, ()))

    def terms(self) -> dict[tuple[str, str, str], list[str]]:
        """The sections of each term, those without one left out."""
        found: dict[tuple[str, str, str], list[str]] = {}
        for section in self.ids:
            if any(term := self.class_of[section].term):
                found.setdefault(term, []).append(section)
        return found

    # --- what changes ---

    def open(self, cells: Cells, students: Iterable[str]) -> None:
        self._upload.open_section(cells, students)
        insort(self.ids, cells["Section_id"])
        self._note(cells["Section_id"], cells)

    def change(self, cells: Cells) -> None:
        section = cells["Section_id"]
        self._forget(section)
        self._upload.sections[section] = [cells]
        self._note(section, cells)

    def close(self, section: str) -> None:
        self._forget(section)
        del self.ids[bisect_left(self.ids, section)]
        self._upload.close_section(section)

    def _note(self, section: str, cells: Cells) -> None:
        found = Class(
            cells["School_id"],
            cells["Course_name"],
            cells["Course_number"],
            cells["Grade"],
            self._term_of(cells),
        )
        self.class_of[section] = found
        insort(self._parallel.setdefault(found, []), section)
        for teacher in teachers_of(cells):
            self._taught_by.setdefault(teacher, set()).add(section)

    def _term_of(self, cells: Cells) -> tuple[str, str, str]:
        """Dates are read once for each spelling: there are few, and many sections."""
        spelled = cells["Term_name"], cells["Term_start"], cells["Term_end"]
        if spelled not in self._terms:
            self._terms[spelled] = term_of(cells)
        return self._terms[spelled]

    def _forget(self, section: str) -> None:
        parallel = self._parallel[self.class_of.pop(section)]
        parallel.remove(section)
        for teacher in teachers_of(self.cells(section)):
            self._taught_by[teacher].discard(section)
