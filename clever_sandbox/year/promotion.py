"""Students in the summer: a grade higher, at the next school after a school's last grade, and new ones in the first.

Belongs here: which grade and school everybody has in the new year. Does not belong here: their classes (`rollover`),
seniors (`summer`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TypeAlias

from clever_sandbox.district import values
from clever_sandbox.district.upload import Cells
from clever_sandbox.generator.names import pick
from clever_sandbox.year.day import Day, schools_of
from clever_sandbox.year.happening import Happening
from clever_sandbox.year.newcomers import NO_CONTACT, new_student
from clever_sandbox.year.students import leave

Homes: TypeAlias = dict[str, str]
"""Student_id -> School_id of the primary school, in ascending order of Student_id."""

_NUMBERS = {"PreKindergarten": -1, "Kindergarten": 0, **{str(n): n for n in range(1, 13)}}
_ABOUT = 0.05


def grade_number(cell: str) -> int | None:
    """0 is Kindergarten; None is not one of a row, like `Ungraded`."""
    return _NUMBERS.get(values.grade(cell))


def next_grade(cell: str) -> str:
    """The grade above, in the district's own spelling; who has none stays."""
    number = grade_number(cell)
    if number is None or number == 12:
        return cell
    if number < 0:
        return "Kindergarten"
    return str(number + 1).zfill(len(cell)) if cell.startswith("0") else str(number + 1)


class _Ladder:
    """Which school comes after which."""

    def __init__(self, day: Day, homes: Mapping[str, str]) -> None:
        self.cohorts: dict[tuple[str, int], list[str]] = {}
        for student, school in homes.items():
            number = grade_number(day.grade(student))
            if number is not None:
                self.cohorts.setdefault((school, number), []).append(student)
        self.stated: dict[str, range] = {}
        for school in sorted(day.upload.schools):
            line = day.upload.schools[school][0]
            low, high = grade_number(line["Low_grade"]), grade_number(line["High_grade"])
            if low is not None and high is not None:
                self.stated[school] = range(low, high + 1)
        self._found: dict[tuple[str, int], str] = {}

    def has(self, school: str, number: int) -> bool:
        return number in self.stated[school] if school in self.stated else (school, number) in self.cohorts

    def anywhere(self, number: int) -> bool:
        """Whether any school has the grade; who has finished the last one of a district goes on elsewhere."""
        return any(self.has(school, number) for school in {*self.stated, *(at for at, _ in self.cohorts)})

    def school_for(self, school: str, number: int) -> str:
        """Where students of a school go for a grade; schools in their order share the next ones evenly."""
        if (school, number) not in self._found:
            known = sorted({*self.stated, *(at for at, _ in self.cohorts)})
            ahead = [at for at in known if at in self.stated and self.has(at, number)]
            ahead = ahead or [at for at in known if self.has(at, number)]
            behind = [at for at in known if not self.has(at, number) and self.has(at, number - 1)]
            stays = self.has(school, number) or not ahead or school not in behind
            self._found[school, number] = school if stays else ahead[behind.index(school) * len(ahead) // len(behind)]
        return self._found[school, number]

    def lowest(self) -> list[tuple[str, int]]:
        """The lowest grade of each school: the one that it says, else the one that it has."""
        found: dict[str, int] = {}
        for school, number in self.cohorts:
            found[school] = min(number, found.get(school, number))
        found |= {school: grades.start for school, grades in self.stated.items()}
        return sorted(found.items() & self.cohorts.keys())


def promote(day: Day, homes: Homes) -> tuple[Homes, list[Happening]]:
    """Moves everybody up and enrolls new students where nobody moved up to; returns where everybody is now."""
    ladder, happened = _Ladder(day, homes), []
    visits = _visits(day, homes)
    now, reached, leaving = dict(homes), set(), list[str]()
    for student, school in homes.items():
        lines = day.upload.students[student]
        grade = next_grade(lines[0]["Grade"])
        number = grade_number(grade)
        if number is not None and grade != lines[0]["Grade"] and not ladder.anywhere(number):
            day.upload.students.change(student, Grade=grade)
            leaving.append(student)
            del now[student]
            continue
        new = school if number is None else ladder.school_for(school, number)
        changed: Cells = {"Grade": grade} if new == school else {"Grade": grade, "School_id": new}
        day.upload.students[student] = [{**line, **changed} for line in lines]
        now[student] = new
        reached.add((new, number))
        if number is not None:
            before = day.school_ids[school] if new != school else None
            happened.append(day.of_student("student_promoted", student, new, before=before))
    for school, number in ladder.lowest():
        if (school, number) not in reached:
            happened += _admit(day, now, school, ladder.cohorts[school, number])
    happened += [leave(day, "student_left", student) for student in leaving]
    _visit_again(day, now, visits)
    return now, happened


def _admit(day: Day, now: Homes, school: str, like: list[str]) -> list[Happening]:
    """About as many new students as there were in the grade; `like` has moved up from it."""
    happened = []
    size = round(len(like) * (1 - _ABOUT + 2 * _ABOUT * day.dice.random()))
    for n in range(size):
        line = _a_year_younger(day.upload.students[like[n % len(like)]][0])
        student = day.fresh(f"E{school}-", day.upload.students, n + 1)
        day.add_student(student, new_student(day, line, student, school))
        now[student] = school
        happened.append(day.of_student("student_enrolled", student, school))
    return happened


def _a_year_younger(line: Cells) -> Cells:
    number = grade_number(line["Grade"]) or 0
    younger = {**line, "Grade": {0: "PK", 1: "0"}.get(number, str(number - 1))}
    if line["Graduation_year"].isdigit():
        younger["Graduation_year"] = str(int(line["Graduation_year"]) + 1)
    if line["DOB"]:
        month, day, year = values.date_of_birth(line["DOB"]).split("/")
        younger["DOB"] = f"{month}/{min(int(day), 28)}/{int(year) + 1}"
    return younger


# --- who goes to a second school -----------------------------------------------------------------------


def visited(day: Day, student: str, home: str) -> list[str]:
    """The other schools that a student's lines name."""
    return [school for school in schools_of(day.upload.students, student) if school != home]


def _visits(day: Day, homes: Mapping[str, str]) -> Counter[tuple[str, str]]:
    """How many students of one school go to another one too."""
    return Counter((home, other) for student, home in homes.items() for other in visited(day, student, home))


def _visit_again(day: Day, now: Homes, visits: Counter[tuple[str, str]]) -> None:
    """As many as before go from one school to another; who has left the first goes no longer."""
    missing = visits - _visits(day, now)
    at: dict[str, list[str]] = {}
    for student, school in now.items() if missing else ():
        at.setdefault(school, []).append(student)
    for (home, other), number in sorted(missing.items()):
        for _ in range(number if at.get(home) else 0):
            student = pick(day.dice, at[home])
            line = {**day.upload.students[student][0], **NO_CONTACT, "School_id": other}
            day.upload.students[student] = [*day.upload.students[student], line]
