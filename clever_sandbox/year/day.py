"""One day in a district: what its changes draw from, and how they say what they did.

Belongs here: lists that are made once a day, dice, Clever ids. Does not belong here: any change (`students`,
`sections`, ...).
"""

from __future__ import annotations

import random
from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Callable, Container, Sequence
from datetime import date
from functools import cached_property
from typing import TypedDict, TypeVar, Unpack

from clever_sandbox.district.columns import STUDENTS
from clever_sandbox.district.district import District
from clever_sandbox.district.ids import clever_id
from clever_sandbox.district.people import employee_key
from clever_sandbox.district.records import Ids
from clever_sandbox.district.upload import Cells, Lines, Upload, unpack
from clever_sandbox.generator.names import pick
from clever_sandbox.year.calendar import SchoolYear, school_year_of
from clever_sandbox.year.happening import Happening
from clever_sandbox.year.timetable import Timetable

T = TypeVar("T")

_DRAWS = 40
_SCHOOL = 0  # School_id stands first in every file
_GRADE = STUDENTS.names.index("Grade")
_LISTS = ("students", "teachers_at", "timetable", "_mailboxes", "staff_by_email")


class Links(TypedDict, total=False):
    """What a happening has to do with: Clever ids."""

    before: str | None
    after: str | None
    sections: tuple[str, ...]
    succeeds: tuple[str, ...]


class Day:
    """A day of a district. `dice` and `tag` are those of the change that is under way: the tag is nowhere else.

    Whoever changes many things at once calls `forget`; the others keep the lists true.
    """

    def __init__(self, district: District, today: date, dice: random.Random) -> None:
        self.district, self.today = district, today
        self.dice, self.tag = dice, ""
        self.student_ids, self.section_ids, self.school_ids = (
            Ids(district.id, kind) for kind in ("student", "section", "school")
        )

    @property
    def upload(self) -> Upload:
        return self.district.upload

    @property
    def year(self) -> SchoolYear:
        return school_year_of(self.today)

    # --- lists ---

    @cached_property
    def students(self) -> list[str]:
        """Student_ids, ascending, whatever the order of the lines."""
        return sorted(self.upload.students)

    @cached_property
    def timetable(self) -> Timetable:
        return Timetable(self.upload)

    @cached_property
    def teachers_at(self) -> dict[str, list[str]]:
        """The Teacher_ids of each school, ascending."""
        found: dict[str, list[str]] = {}
        for teacher in sorted(self.upload.teachers):
            for school in schools_of(self.upload.teachers, teacher):
                found.setdefault(school, []).append(teacher)
        return found

    @cached_property
    def _mailboxes(self) -> dict[str, list[str]]:
        """The teachers with an e-mail, ascending: the first is known by it."""
        found: dict[str, list[str]] = {}
        for teacher in sorted(self.upload.teachers):
            found.setdefault(self.email(teacher), []).append(teacher)
        return found

    @cached_property
    def staff_by_email(self) -> dict[str, list[str]]:
        """Staff_ids by e-mail; they are never added to, and may be gone."""
        found: dict[str, list[str]] = {}
        for member in sorted(self.upload.staff):
            found.setdefault(self.upload.staff[member][0]["Staff_email"].casefold(), []).append(member)
        return found

    def forget(self) -> None:
        """The lists are made again when they are needed."""
        for name in _LISTS:
            self.__dict__.pop(name, None)

    # --- who comes and goes ---

    def email(self, teacher: str) -> str:
        return self.upload.teachers[teacher][0]["Teacher_email"].casefold()

    # A list that nobody has asked for yet must be made before the upload changes, not after.

    def add_student(self, student: str, line: Cells) -> None:
        insort(self.students, student)
        self.upload.students[student] = [line]

    def remove_student(self, student: str) -> None:
        del self.students[bisect_left(self.students, student)]
        self.upload.remove_student(student)

    def add_teacher(self, teacher: str, lines: Sequence[Cells]) -> None:
        mailboxes, teachers_at = self._mailboxes, self.teachers_at
        self.upload.teachers[teacher] = lines
        insort(mailboxes.setdefault(self.email(teacher), []), teacher)
        for school in schools_of(self.upload.teachers, teacher):
            insort(teachers_at.setdefault(school, []), teacher)

    def remove_teacher(self, teacher: str) -> None:
        for school in schools_of(self.upload.teachers, teacher):
            self.teachers_at[school].remove(teacher)
        self._mailboxes[self.email(teacher)].remove(teacher)
        del self.upload.teachers[teacher]

    # --- drawing ---

    def find(self, among: Sequence[T], fits: Callable[[T], object] = lambda _: True) -> T | None:
        """One that fits, drawn; all are looked through only where some draws find none."""
        if not among:
            return None
        for _ in range(_DRAWS):
            if fits(found := pick(self.dice, among)):
                return found
        start = int(self.dice.random() * len(among))
        return next((one for one in (*among[start:], *among[:start]) if fits(one)), None)

    def fresh(self, prefix: str, taken: Container[str], nth: int = 0) -> str:
        """An id that nobody has; `nth` tells those of one change apart."""
        found = f"{prefix}{self.tag}-{nth}" if nth else f"{prefix}{self.tag}"
        while found in taken:
            found += "x"
        return found

    # --- students and where they are ---

    def grade(self, student: str) -> str:
        return unpack(self.upload.students.packed[student][0])[_GRADE]

    def home(self, student: str) -> str:
        """The School_id of a student's primary school, as Clever chooses it."""
        homes = schools_of(self.upload.students, student)
        if len(homes) == 1:
            return homes[0]
        classes = [self.timetable.class_of[section] for section in self.upload.attended(student)]
        now = self.today.isoformat()
        at = Counter(found.school for found in classes if found.term[1] <= now)
        return min(homes, key=lambda school: (-at[school], school))

    # --- Clever ids ---

    def teacher_id(self, teacher: str) -> str:
        known_by_it = self._mailboxes[self.email(teacher)][0] == teacher
        return clever_id(
            self.district.id, *employee_key("teacher", teacher, self.email(teacher) if known_by_it else "")
        )

    def term_id(self, term: tuple[str, str, str]) -> str:
        return clever_id(self.district.id, "term", *term)

    def section_ids_of(self, sections: Sequence[str]) -> tuple[str, ...]:
        return tuple(self.section_ids[section] for section in sections)

    # --- saying what happened; all arguments but kinds and Clever ids are ids of the files ---

    def of_student(self, kind: str, student: str, school: str | None = None, **links: Unpack[Links]) -> Happening:
        return self.of(kind, self.student_ids[student], student, school, **links)

    def of_section(self, kind: str, section: str, school: str | None = None, **links: Unpack[Links]) -> Happening:
        return self.of(kind, self.section_ids[section], section, school, **links)

    def of_teacher(self, kind: str, teacher: str, school: str | None = None, **links: Unpack[Links]) -> Happening:
        return self.of(kind, self.teacher_id(teacher), teacher, school, **links)

    def of_school(self, kind: str, school: str, **links: Unpack[Links]) -> Happening:
        return self.of(kind, self.school_ids[school], school, **links)

    def of_district(self, kind: str) -> Happening:
        return self.of(kind, self.district.id)

    def of(
        self, kind: str, clever: str, sis_id: str = "", school: str | None = None, **links: Unpack[Links]
    ) -> Happening:
        where = self.school_ids[school] if school is not None else None
        return Happening(kind, self.today.isoformat(), clever, sis_id, where, **links)


def schools_of(lines: Lines, person: str) -> list[str]:
    """The School_ids in somebody's lines, ascending."""
    return sorted({unpack(line)[_SCHOOL] for line in lines.packed[person]})
