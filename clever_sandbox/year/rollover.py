"""The rollover: one school year's district becomes the next one's.

Belongs here: the order of it, and the new sections. Does not belong here: grades and schools (`promotion`), teachers
(`shift`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import TypeAlias

from clever_sandbox.district import values
from clever_sandbox.district.upload import Cells
from clever_sandbox.generator.names import pick
from clever_sandbox.year import terms
from clever_sandbox.year.calendar import SchoolYear
from clever_sandbox.year.day import Day
from clever_sandbox.year.happening import Happening
from clever_sandbox.year.promotion import Homes, promote, visited
from clever_sandbox.year.shift import shift_teachers
from clever_sandbox.year.summer import graduation
from clever_sandbox.year.timetable import Class, teachers_of, with_teachers

_EVERYBODY = 0.85
_STAYS_TOGETHER = 0.9
_ID_REUSED = 0.08

Taught: TypeAlias = tuple[str, str, str, str]
"""School_id, name and number of the course, grade."""


@dataclass(frozen=True)
class _Old:
    """What was taught, by section, and how many took it of how many that could have."""

    sections: Sequence[tuple[str, Class, Cells]]
    takers: int
    cohort: int


@dataclass
class _New:
    """A section that will open."""

    taught: Taught
    cells: Cells
    term: terms.Term
    succeeds: tuple[str, ...]
    students: list[str] = field(default_factory=list)


def coming_year(day: Day) -> SchoolYear:
    """The year that a rollover leads to: the one after that of the terms, at least the present one."""
    known = [year.starts for term in day.timetable.terms() if (year := terms.year_of(term))]
    return max(day.year, SchoolYear(max(known, default=0) + 1), key=lambda year: year.starts)


def rollover(day: Day) -> list[Happening]:
    """All terms and sections are new, grades are promoted, a first grade is enrolled, teachers shift.

    Some section numbers, and some Section_ids, are those of other classes from now on.
    """
    year, happened = coming_year(day), graduation(day)
    homes = {student: day.home(student) for student in day.students}
    taught = _taught(day, homes)
    day.upload.close_sections()
    day.forget()
    homes, promoted = promote(day, homes)
    instead, shifted = shift_teachers(day)
    sections = list(_planned(day, taught, _members(day, homes)))
    _seat_visitors(day, homes, sections)
    opened = _open(day, [new for new in sections if new.students], taught, instead, year)
    day.forget()
    return [*happened, *promoted, *shifted, *opened]


def _taught(day: Day, homes: Homes) -> dict[Taught, _Old]:
    """What is taught at the end of a year; a first semester that had a second one is over."""
    members = _members(day, homes)
    found: dict[Taught, list[tuple[str, Class, Cells]]] = {}
    for section in day.timetable.ids:
        known = day.timetable.class_of[section]
        found.setdefault(known.taught, []).append((section, known, day.timetable.cells(section)))
    taught = {}
    for key, sections in sorted(found.items()):
        later = [one for one in sections if not terms.is_first(one[1].term)] or sections
        takers = sum(len(day.upload.enrollments[section]) for section, _, _ in later)
        taught[key] = _Old(later, takers, len(_could(members, key)))
    return taught


def _members(day: Day, homes: Mapping[str, str]) -> dict[tuple[str, str], list[str]]:
    """Everybody at a school by grade as Clever spells it, and under no grade everybody."""
    found: dict[tuple[str, str], list[str]] = {}
    for student in sorted(homes):
        grade = values.grade(day.grade(student))
        for key in dict.fromkeys((grade, "")):
            found.setdefault((homes[student], key), []).append(student)
    return found


def _could(members: Mapping[tuple[str, str], list[str]], taught: Taught) -> Sequence[str]:
    """Who could take what is taught."""
    school, _, _, grade = taught
    return members.get((school, values.grade(grade)), ())


def _planned(day: Day, taught: Mapping[Taught, _Old], members: Mapping[tuple[str, str], list[str]]) -> Iterator[_New]:
    """The sections of the new year, about as large as before; about the same share of those who can takes them."""
    for key, old in taught.items():
        takers = could = _could(members, key)
        share = old.takers / old.cohort if old.cohort else 1.0
        if share < _EVERYBODY:
            takers = sorted(could, key=lambda _: day.dice.random())[: round(share * len(could))]
        before = len(old.sections)
        number = max(1, round(before * len(could) / old.cohort)) if old.cohort else before
        new = [_section_after(day, key, old.sections, nth, number) for nth in range(number)]
        for at, student in enumerate(takers):
            together = day.dice.random() < _STAYS_TOGETHER
            new[at % number if together else int(day.dice.random() * number)].students.append(student)
        yield from new


def _section_after(day: Day, taught: Taught, old: Sequence[tuple[str, Class, Cells]], nth: int, number: int) -> _New:
    """Of fewer sections each succeeds several, of more sections several succeed one."""
    before = old[nth::number] or [old[nth % len(old)]]
    _, known, cells = before[0]
    return _New(taught, cells, known.term, day.section_ids_of([section for section, _, _ in before]))


def _seat_visitors(day: Day, homes: Homes, sections: Sequence[_New]) -> None:
    """Who goes to a second school has one class there, of the own grade or of all."""
    at: dict[tuple[str, str], list[_New]] = {}
    for new in sections:
        school, _, _, grade = new.taught
        at.setdefault((school, values.grade(grade)), []).append(new)
    for student in sorted(homes):
        grade = values.grade(day.grade(student))
        for school in visited(day, student, homes[student]):
            if choice := [*at.get((school, grade), ()), *at.get((school, ""), ())]:
                pick(day.dice, choice).students.append(student)


def _open(
    day: Day, sections: Sequence[_New], taught: Mapping[Taught, _Old], instead: Mapping[str, str], year: SchoolYear
) -> list[Happening]:
    known = {section: key for key, old in taught.items() for section, _, _ in old.sections}
    reusable, unused = sorted(known), (f"{year.starts}-{n:05}" for n in count(1))
    happened = []
    for nth, new in enumerate(sections):
        section = pick(day.dice, reusable)
        if day.dice.random() < _ID_REUSED and known[section] != new.taught and section not in day.upload.sections:
            happened.append(day.of_section("section_id_reused", section, new.taught[0]))
        else:
            section = next(found for found in unused if found not in known)
        number = sections[(nth + 1) % len(sections)].cells["Section_number"]
        cells = {**new.cells, "Section_id": section, "Section_number": number}
        cells = with_teachers(cells, [instead.get(teacher, teacher) for teacher in teachers_of(cells)])
        day.upload.open_section(terms.in_term(cells, terms.next_year(new.term, year)), new.students)
        happened.append(day.of_section("section_continued", section, new.taught[0], succeeds=new.succeeds))
    return happened
