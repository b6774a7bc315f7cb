"""The standing part of a synthetic district: schools, employees, and sections with their teachers.

Belongs here: how many of each there are, and who teaches what. Does not belong here: students (they are
streamed, see `generate`) or the spelling of CSV files.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count

from clever_sandbox.generator.catalog import EVENING, Offering, offerings
from clever_sandbox.generator.names import FIRST_NAMES, LAST_NAMES, TREES, ascii_name, pick

EVENING_SCHOOL = "90"
EVENING_STUDENTS = 20

ONE_CHARACTER_SECTION = "6"
LONG_SECTION = "6" + "0" * 77

# Most things run all year; what is taught by the semester ends before the winter break.
YEAR = ("Y1", "2026-08-10", "2027-06-04")
SEMESTER = ("S1", "2026-08-10", "2026-12-18")
_BY_SEMESTER = frozenset({"Computer Science Principles", "Spanish I", "Spanish II"})

_LEVELS = (
    ("Elementary School", range(6)),
    ("Elementary School", range(6)),
    ("Middle School", range(6, 9)),
    ("High School", range(9, 13)),
)


@dataclass(frozen=True)
class School:
    """A school and the number of people and sections that it has."""

    sis_id: str
    name: str
    grades: range
    students: int
    teachers: int
    sections: int

    @property
    def evening(self) -> bool:
        return self.sis_id == EVENING_SCHOOL


@dataclass(frozen=True)
class Employee:
    """A teacher or staff member; `sis_id` is that of the role."""

    sis_id: str
    first: str
    last: str
    email: str
    username: str


@dataclass(frozen=True, slots=True)
class Section:
    """A class: one offering, its grade (None = mixed), period, teachers and term."""

    sis_id: str
    school: str
    offering: Offering
    grade: int | None
    period: int
    teachers: tuple[str, ...]
    term: tuple[str, str, str]


@dataclass(frozen=True)
class Campus:
    """A school with everybody and everything in it but its students."""

    school: School
    teachers: Sequence[Employee]
    staff: Sequence[Employee]
    sections: Sequence[Section]
    _by_slot: dict[tuple[int, int], list[Section]] = field(default_factory=dict, repr=False)

    def choices(self, grade: int, slot: int) -> Sequence[Section]:
        """The parallel sections of one offering; those of the evening school take every grade."""
        return self._by_slot[(0, slot) if self.school.evening else (grade, slot)]

    @property
    def slots(self) -> int:
        return len(EVENING) if self.school.evening else len(offerings(self.school.grades[0]))


def plan_schools(students: int, district: str) -> list[School]:
    """Schools for a number of students: about 625 each, never fewer than five for a town of 250."""
    number = max(1, min(5, students // 50), round(students / 625))
    teachers = max(16 * number, -(-students // 15))
    sections = max(76 * number, -(-7 * students // 25))
    evening: list[School] = []
    if number >= 3:
        number -= 1
        evening_students = min(EVENING_STUDENTS, students // 50)
        students, teachers, sections = students - evening_students, teachers - 3, sections - 8
        name = f"{district.split()[0]} Evening School"
        evening = [School(EVENING_SCHOOL, name, range(9, 13), evening_students, 3, 8)]
    schools = []
    for at in range(number):
        level, grades = _LEVELS[at % len(_LEVELS)]
        ordinal = f" {at // len(TREES) + 1}" if at >= len(TREES) else ""
        schools.append(
            School(
                sis_id=str(11 + at if at < 79 else 21 + at),  # 90 is the evening school's
                name=f"{TREES[at % len(TREES)]}{ordinal} {level}",
                grades=grades,
                students=_part(students, number, at),
                teachers=_part(teachers, number, at),
                sections=_part(sections, number, at),
            )
        )
    return schools + evening


def _part(total: int, parts: int, at: int) -> int:
    return total // parts + (at < total % parts)


def plan_campuses(rng: random.Random, schools: Sequence[School], domain: str) -> list[Campus]:
    """Employees and sections of every school."""
    teacher_ids = (str(2001 + n) for n in count())
    staff_ids = (f"ST-{n}" for n in count(1))
    section_ids = _section_ids()
    campuses = []
    for school in schools:
        teachers = [_employee(rng, next(teacher_ids), domain) for _ in range(school.teachers)]
        # The last one has no class at all: somebody on leave, or a coach.
        teaching = teachers[:-1] if len(teachers) > 3 else teachers
        staff = [_employee(rng, next(staff_ids), domain) for _ in range(1 if school.evening else 3)]
        campus = Campus(school, teachers, staff, sections := [])
        for key, section in _sections(rng, school, teaching, section_ids):
            sections.append(section)
            campus._by_slot.setdefault(key, []).append(section)
        campuses.append(campus)
    return campuses


def _section_ids() -> Iterator[str]:
    yield ONE_CHARACTER_SECTION
    yield LONG_SECTION
    yield from (f"S-{n}" for n in count(4001))


def _employee(rng: random.Random, sis_id: str, domain: str) -> Employee:
    first, last = pick(rng, FIRST_NAMES), pick(rng, LAST_NAMES)
    username = f"{ascii_name(first)[0]}{ascii_name(last)}{sis_id.removeprefix('ST-')}"
    return Employee(sis_id, first, last, f"{username}@{domain}", username)


def _sections(
    rng: random.Random, school: School, teachers: Sequence[Employee], ids: Iterator[str]
) -> Iterator[tuple[tuple[int, int], Section]]:
    """Sections slot by slot, so that a teacher, who takes consecutive ones, teaches few subjects."""
    wanted = _wanted(school)
    places = [
        (grade, slot, offering, nth)
        for at, (grade, slot, offering) in enumerate(wanted)
        for nth in range(_part(school.sections, len(wanted), at))
    ]
    for at, (grade, slot, offering, nth) in enumerate(places):
        lead = at * len(teachers) // len(places)
        together = [teachers[lead].sis_id]
        if rng.random() < 0.08:
            together.append(teachers[(lead + 1) % len(teachers)].sis_id)
            if rng.random() < 0.2:
                together.append(teachers[(lead + 2) % len(teachers)].sis_id)
        yield (
            (grade, slot),
            Section(
                sis_id=next(ids),
                school=school.sis_id,
                offering=offering,
                grade=None if school.evening else grade,
                period=(slot + nth + 3 * grade) % 7 + 1,
                teachers=tuple(dict.fromkeys(together)),
                term=SEMESTER if school.evening or offering.name in _BY_SEMESTER else YEAR,
            ),
        )


def _wanted(school: School) -> list[tuple[int, int, Offering]]:
    if school.evening:
        return [(0, slot, offering) for slot, offering in enumerate(EVENING)]
    slots = range(len(offerings(school.grades[0])))
    return [(grade, slot, offerings(grade)[slot]) for slot in slots for grade in school.grades]
