"""What Clever makes of an upload, and shows of it on a day.

Belongs here: the way from lines to all records, and who is shared. Does not belong here: a single record (`people`,
`sections`), what changed since the last upload (`district`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from clever_sandbox.district import people
from clever_sandbox.district.columns import SECTIONS
from clever_sandbox.district.ids import clever_id
from clever_sandbox.district.sections import TEACHER_COLUMNS, School, Sections, term_of
from clever_sandbox.district.sharing import Sharing
from clever_sandbox.district.tables import Kind, Source
from clever_sandbox.district.upload import Lines, Upload

Sources: TypeAlias = dict[Kind, dict[str, Source]]


class Ids(dict[str, str]):
    """The Clever ids of one kind by the ids of the files, made when they are asked for and then kept."""

    def __init__(self, district: str, kind: str) -> None:
        super().__init__()
        self._district, self._kind = district, kind

    def __missing__(self, sis_id: str) -> str:
        self[sis_id] = found = clever_id(self._district, self._kind, sis_id)
        return found


@dataclass(frozen=True)
class Shown:
    """How an upload is looked at: by which rules, on which day, with which ids."""

    upload: Upload
    sharing: Sharing
    today: date
    students: Ids
    sections: Ids


def sources(shown: Shown) -> Sources:
    """Everything that Clever shows of an upload, by kind and id."""
    upload, district = shown.upload, shown.upload.profile.id
    schools = {sis_id: clever_id(district, "school", sis_id) for sis_id in upload.schools}
    hidden = frozenset(schools[school] for school in shown.sharing.hidden_schools if school in schools)
    begun = [sis_id for sis_id, [line] in upload.sections.packed.items() if _has_begun(line, shown.today)]
    attending, teaching = _attendance(upload, schools, begun)
    employees = people.Employees(district, schools)
    employees.read(upload.teachers, teaching, upload.staff, upload.profile.admins)
    students = {student.id: student for student in _students(shown, schools, attending, hidden)}
    users: dict[str, Source] = {**students}
    if shown.sharing.contacts:
        for contact in people.contacts(district, upload.students, shown.students):
            if any(tie.student in students for tie in contact.ties):
                users[contact.id] = contact
    for employee in employees.sources():
        if not _only_at(hidden, employee.keys()["school"]):
            users[employee.id] = employee
    made = Sections(district, schools, employees.teachers)
    by_grade = shown.sharing.grades is not None
    for sis_id in begun:
        [line] = upload.sections.packed[sis_id]
        row = Lines.cells(SECTIONS, line)
        seats = [shown.students[student] for student in upload.enrollments[sis_id]]
        if schools[row["School_id"]] not in hidden and not (by_grade and students.keys().isdisjoint(seats)):
            made.add(shown.sections[sis_id], line, row, seats)
    return {
        "schools": {
            found: School(found, district, *upload.schools.packed[sis_id])
            for sis_id, found in schools.items()
            if found not in hidden
        },
        "terms": {term.id: term for term in made.terms.values()},
        "courses": {course.id: course for course in made.courses.values()},
        "sections": made.sections,
        "users": users,
    }


def _has_begun(line: bytes, today: date) -> bool:
    """Whether a section's term has: what has not is not shown, nor does it bring anybody to a school."""
    return term_of(Lines.cells(SECTIONS, line))[1] <= today.isoformat()


def _attendance(
    upload: Upload, schools: people.Schools, sections: Iterable[str]
) -> tuple[people.Attendance, people.Attendance]:
    """Where students and teachers are."""
    attending, teaching = people.Attendance(upload.students, schools), people.Attendance(upload.teachers, schools)
    for sis_id in sections:
        row = Lines.cells(SECTIONS, upload.sections.packed[sis_id][0])
        attending.add(upload.enrollments[sis_id], row["School_id"])
        teaching.add((teacher for column in TEACHER_COLUMNS if (teacher := row[column])), row["School_id"])
    return attending, teaching


def _students(
    shown: Shown, schools: people.Schools, attending: people.Attendance, hidden: frozenset[str]
) -> Iterator[people.Student]:
    """The students that are shared."""
    sharing, not_shown = shown.sharing, frozenset(shown.sharing.hidden_students)
    found = people.students(shown.upload.profile.id, shown.upload.students, shown.students, schools, attending)
    for sis_id, student in found:
        if sis_id in not_shown or _only_at(hidden, student.places.schools):
            continue
        if sharing.grades is None or student.grade in sharing.grades:
            yield student


def _only_at(hidden: frozenset[str], schools: Iterable[str]) -> bool:
    """Whether somebody is at hidden schools and nowhere else; who is at no school at all is not."""
    at = set(schools)
    return bool(at) and at <= hidden
