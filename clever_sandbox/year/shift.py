"""Teachers in the summer: some leave, some come, some change the school or the subject.

Belongs here: who has whose classes in the new year. Does not belong here: those classes (`rollover`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from clever_sandbox.year.day import Day, schools_of
from clever_sandbox.year.happening import Happening
from clever_sandbox.year.newcomers import new_teacher
from clever_sandbox.year.teachers import let_go

# Shares of all teachers: up to which number of a dice.
_LEAVES = 0.08
_CHANGES_SCHOOL = 0.13
_CHANGES_SUBJECT = 0.21


def shift_teachers(day: Day) -> tuple[dict[str, str], list[Happening]]:
    """Old -> new teacher of a class, where it is another one; a school year's classes must be closed."""
    instead: dict[str, str] = {}
    happened: list[Happening] = []
    movers: list[str] = []
    by_school: dict[str, list[str]] = {}
    for teacher in sorted(day.upload.teachers):
        dice, schools = day.dice.random(), schools_of(day.upload.teachers, teacher)
        if dice < _LEAVES:
            instead[teacher] = new = day.fresh("T", day.upload.teachers, len(instead) + 1)
            happened += _replace(day, teacher, new)
        elif dice < _CHANGES_SCHOOL and len(schools) == 1:
            movers.append(teacher)
        elif dice < _CHANGES_SUBJECT:
            by_school.setdefault(schools[0], []).append(teacher)
    for one, other in _pairs(movers):
        instead |= {one: other, other: one}
        happened += _swap_schools(day, one, other)
    for colleagues in by_school.values():
        for one, other in _pairs(colleagues):
            instead |= {one: other, other: one}
            happened += _swap_subjects(day, one, other)
    return instead, happened


def _pairs(teachers: Sequence[str]) -> Iterator[tuple[str, str]]:
    return zip(teachers[::2], teachers[1::2], strict=False)


def _replace(day: Day, old: str, new: str) -> list[Happening]:
    lines = day.upload.teachers[old]
    day.add_teacher(new, new_teacher(day, lines, new))
    gone, school = let_go(day, old, after=day.teacher_id(new)), lines[0]["School_id"]
    return [gone, day.of_teacher("teacher_new", new, school, before=gone.id)]


def _swap_schools(day: Day, one: str, other: str) -> list[Happening]:
    places = [(teacher, schools_of(day.upload.teachers, teacher)[0]) for teacher in (one, other)]
    (_, here), (_, there) = places
    if here == there:
        return _swap_subjects(day, one, other)
    happened = []
    for (teacher, old), new in zip(places, (there, here), strict=True):
        lines = [{**line, "School_id": new} for line in day.upload.teachers[teacher]]
        _move_staff(day, teacher, old, new)
        day.remove_teacher(teacher)
        day.add_teacher(teacher, lines)
        happened.append(day.of_teacher("teacher_moved", teacher, new, before=day.school_ids[old]))
    return happened


def _move_staff(day: Day, teacher: str, old: str, new: str) -> None:
    """Who is staff too, by the same e-mail, is so at the new school."""
    email, staff = day.email(teacher), day.upload.staff
    for member in day.staff_by_email.get(email, ()) if email else ():
        if old in schools_of(staff, member):
            staff[member] = [{**line, "School_id": new} if line["School_id"] == old else line for line in staff[member]]


def _swap_subjects(day: Day, *teachers: str) -> list[Happening]:
    return [
        day.of_teacher("teacher_changed_subject", teacher, schools_of(day.upload.teachers, teacher)[0])
        for teacher in teachers
    ]
