"""A day passes in a district.

Belongs here: what happens on which day, and how often. Does not belong here: how it happens (the modules beside this
one), when Clever takes it over (`District.ingest`).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from math import sqrt
from typing import TypeAlias

from clever_sandbox.district.district import District
from clever_sandbox.year import rollover, schools, sections, semester, sharing, sis, students, summer, teachers
from clever_sandbox.year.calendar import is_weekday
from clever_sandbox.year.day import Day
from clever_sandbox.year.happening import Happening

Change: TypeAlias = Callable[[Day], list[Happening]]

CHANGES: dict[str, Change] = {
    change.__name__: change
    for change in (
        *(students.student_new, students.student_enrolled, students.student_left, students.student_moved),
        *(students.student_changed_section, sharing.student_unshared, sharing.student_shared_again),
        *(teachers.teacher_new, teachers.teacher_left, sections.section_teacher_changed),
        *(sections.section_new, sections.section_merged, sections.term_ended, sections.term_cleared),
        *(sharing.school_unshared, sharing.school_shared_again, sharing.contacts_unshared, sharing.contacts_shared),
        *(
            sharing.shared_by_grade,
            sharing.shared_widened,
            sharing.scope_reduced,
            sis.contact_ids_added,
            sis.sis_changed,
        ),
        *(schools.school_opened, schools.school_closed, schools.schools_merged),
        *(semester.second_semester, summer.graduation, summer.pause_began, summer.pause_ended, rollover.rollover),
    )
}

# How often on a day, in a district of 1,000 students; ten times as many students are three times as many changes.
BEFORE_SCHOOL: Mapping[str, float] = {"student_enrolled": 3, "student_left": 3, "student_moved": 1}
FIRST_WEEKS: Mapping[str, float] = {
    "student_enrolled": 4,
    "student_left": 4,
    "student_moved": 2,
    "student_changed_section": 25,
    "section_teacher_changed": 2,
    "section_new": 1,
    "section_merged": 1,
    "teacher_new": 0.2,
}
EVERY_DAY: Mapping[str, float] = {
    "student_new": 2,
    "student_left": 2,
    "student_moved": 1,
    "student_changed_section": 2,
    "section_teacher_changed": 1,
    "section_new": 0.25,
    "section_merged": 0.25,
    "teacher_new": 0.05,
    "student_shared_again": 0.5,
    "student_unshared": 0.4,
}
_OFTEN = 1000


def advance(district: District, seed: int, *, day: date, kinds: Sequence[str] | None = None) -> list[Happening]:
    """Lets a day pass in what a district uploads and shares, and returns what happened.

    The same seed on the same district does the same. With `kinds`, exactly these happen, in this order, whatever day it
    is; without, what the calendar says. A change for which there is nobody left does not happen. Raises ValueError for
    a kind that does not exist, and then nothing has changed.
    """
    unknown = set(kinds or ()) - CHANGES.keys()
    if unknown:
        raise ValueError(f"unknown kinds {', '.join(sorted(unknown))}; known: {', '.join(CHANGES)}")
    district.day += 1
    today = Day(district, day, random.Random(f"{seed}/{district.day}"))  # noqa: S311 - reproducible
    happened: list[Happening] = []
    for at, kind in enumerate(usual(today) if kinds is None else kinds):
        today.dice = random.Random(f"{seed}/{district.day}/{at}/{kind}")  # noqa: S311 - reproducible
        today.tag = f"{district.day}-{at}"
        happened += CHANGES[kind](today)
    return happened


def usual(day: Day) -> list[str]:
    """What the calendar says of a day: dates first, then what happens on every day of school."""
    year, today, kinds = day.year, day.today, []
    if today == year.rolls_over:
        kinds += ["pause_ended"] + ["rollover"] * (rollover.coming_year(day) == year)
    if today == year.pause_begins:
        kinds += ["pause_began"]
    if today == year.last_day + timedelta(days=1):
        kinds += ["graduation"]
    if today == year.first_semester_ends:
        kinds += ["second_semester"]
    if today == year.second_semester_begins + timedelta(days=14):
        kinds += ["term_cleared"] * sum("" < term[2] < today.isoformat() for term in day.timetable.terms())
    if today == year.a_school_is_unshared and len(day.upload.schools) > 1:
        kinds += ["school_unshared"]
    if today == year.a_school_is_unshared + timedelta(days=2):
        kinds += ["school_shared_again"]
    return kinds + _often(day)


def _often(day: Day) -> list[str]:
    year, today = day.year, day.today
    if year.is_school_day(today):
        rates = FIRST_WEEKS if year.is_early(today) else EVERY_DAY
    elif year.rolls_over < today < year.first_day and is_weekday(today):
        rates = BEFORE_SCHOOL
    else:
        return []
    size = sqrt(len(day.upload.students) / _OFTEN)
    # 2.3 times is twice, and on three days of ten once more.
    return [kind for kind, times in rates.items() for _ in range(int(times * size + day.dice.random()))]
