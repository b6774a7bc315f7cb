"""Who is where, read from what a district uploads and shares: what a synced roster must say.

Belongs here: that, in the ids of the files. Does not belong here: Clever's records. It is made without them on purpose,
so that a mistake in the one is not repeated in the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from clever_sandbox.district import values
from clever_sandbox.district.sharing import Sharing
from clever_sandbox.district.upload import Cells, Lines, Upload

_PLACES_FOR_TEACHERS = ("Teacher_id", *(f"Teacher_{n}_id" for n in range(2, 11)))

Schools: TypeAlias = Mapping[str, frozenset[str]]
"""The School_ids of each person."""


@dataclass(frozen=True)
class Truth:
    """Only what is shared. Who attends is (Section_id, Student_id), who teaches (Section_id, Teacher_id)."""

    schools: frozenset[str]
    sections: frozenset[str]
    students: Schools
    teachers: Schools
    staff: Schools
    attends: frozenset[tuple[str, str]]
    teaches: frozenset[tuple[str, str]]


def who_is_where(upload: Upload, sharing: Sharing, today: date) -> Truth:
    """The truth on a day of an upload; sections of a term that has not begun are not part of it.

    In a pause Clever goes by `District.held`.
    """
    shown = frozenset(upload.schools) - frozenset(sharing.hidden_schools)
    begun = {section: lines[0] for section, lines in upload.sections.items() if _has_begun(lines[0], today)}
    attends = [
        (cells["School_id"], section, who) for section, cells in begun.items() for who in upload.enrollments[section]
    ]
    teaches = [(cells["School_id"], section, who) for section, cells in begun.items() for who in _teachers(cells)]
    students = _at(upload.students, ((school, who) for school, _, who in attends))
    students = {
        student: at & shown
        for student, at in students.items()
        if at & shown and student not in sharing.hidden_students and _grade_is_shared(upload, sharing, student)
    }
    sections = {section for section, cells in begun.items() if cells["School_id"] in shown}
    if sharing.grades is not None:
        sections &= {section for _, section, student in attends if student in students}
    teachers = _at(upload.teachers, ((school, who) for school, _, who in teaches))
    return Truth(
        schools=shown,
        sections=frozenset(sections),
        students=students,
        teachers={teacher: at & shown for teacher, at in teachers.items() if at & shown},
        staff={member: at & shown for member, at in _at(upload.staff, ()).items() if at & shown},
        attends=frozenset((section, who) for _, section, who in attends if section in sections and who in students),
        teaches=frozenset((section, who) for _, section, who in teaches if section in sections),
    )


def _has_begun(section: Cells, today: date) -> bool:
    start = values.iso_date(section["Term_start"])
    return not start or date.fromisoformat(start) <= today


def _teachers(section: Cells) -> Iterator[str]:
    return (section[place] for place in _PLACES_FOR_TEACHERS if section[place])


def _grade_is_shared(upload: Upload, sharing: Sharing, student: str) -> bool:
    if sharing.grades is None:
        return True
    return values.grade(upload.students[student][0]["Grade"]) in sharing.grades


def _at(lines: Lines, classes: Iterator[tuple[str, str]] | tuple[()]) -> dict[str, frozenset[str]]:
    """Where people are: where their lines say, and where they have a class."""
    found = {person: {line["School_id"] for line in known} for person, known in lines.items()}
    for school, person in classes:
        found[person].add(school)
    return {person: frozenset(schools) for person, schools in found.items()}
