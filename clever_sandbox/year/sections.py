"""Sections that change their teacher, are split or merged, and terms that end.

Belongs here: one section or one term at a time. Does not belong here: what follows when a term begins (`semester`,
`rollover`), teachers who come and leave (`teachers`).
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from clever_sandbox.generator.names import pick
from clever_sandbox.year.day import Day
from clever_sandbox.year.happening import Happening
from clever_sandbox.year.timetable import teachers_of, with_teachers

_PERIOD_OF_NEW = "8"
_FULL = 25


def _section_and_another_teacher(day: Day, *at_least: int) -> tuple[str, str] | None:
    """A section, and a teacher of its school who does not teach it yet.

    It has the first of these numbers of students, or the next one where no section has so many.
    """
    timetable = day.timetable

    def others(section: str) -> list[str]:
        now = teachers_of(timetable.cells(section))
        return [other for other in day.teachers_at.get(timetable.class_of[section].school, ()) if other not in now]

    def fits(section: str, size: int) -> bool:
        return len(day.upload.enrollments[section]) >= size and bool(others(section))

    for size in at_least:
        if section := day.find(timetable.ids, partial(fits, size=size)):
            return section, pick(day.dice, others(section))
    return None


def section_teacher_changed(day: Day) -> list[Happening]:
    """Another primary teacher takes over; co-teachers stay."""
    found = _section_and_another_teacher(day, 0)
    if found is None:
        return []
    section, teacher = found
    cells = day.timetable.cells(section)
    before, after = day.teacher_id(cells["Teacher_id"]), day.teacher_id(teacher)
    day.timetable.change(with_teachers(cells, [teacher, *teachers_of(cells)[1:]]))
    return [day.of_section("section_teacher_changed", section, cells["School_id"], before=before, after=after)]


def section_new(day: Day) -> list[Happening]:
    """A full class is split: every other student goes to the new section."""
    found = _section_and_another_teacher(day, _FULL, 2)
    if found is None:
        return []
    old, teacher = found
    cells, students = day.timetable.cells(old), day.upload.enrollments[old]
    section = day.fresh("S-N", day.upload.sections)
    new = with_teachers({**cells, "Section_id": section, "Period": _PERIOD_OF_NEW}, [teacher])
    day.timetable.open(new, students[::2])
    day.upload.seat(old, students[1::2])
    before, after = day.section_ids[old], day.teacher_id(teacher)
    return [
        day.of_section("section_new", section, cells["School_id"], before=before, after=after, succeeds=(before,)),
    ]


def section_merged(day: Day) -> list[Happening]:
    """Of two parallel sections, small ones if there are any, the smaller closes; its students go to the other."""
    timetable, seats = day.timetable, day.upload.enrollments

    def smallest(section: str) -> list[str]:
        return sorted(timetable.parallel(section), key=lambda section: (len(seats[section]), section))[:2]

    ids = [sections[0] for sections in timetable.classes().values() if len(sections) > 1]
    small = day.find(ids, lambda section: sum(len(seats[one]) for one in smallest(section)) <= _FULL)
    one = small or day.find(ids)
    if one is None:
        return []
    closing, staying = smallest(one)
    school = timetable.class_of[staying].school
    day.upload.seat(staying, (*seats[staying], *seats[closing]))
    timetable.close(closing)
    return [day.of_section("section_merged", staying, school, before=day.section_ids[closing])]


def term_ended(day: Day) -> list[Happening]:
    """The term that ends first turns out to have ended yesterday; a changed term has a new id."""
    running = [term for term in day.timetable.terms() if term[2] >= day.today.isoformat()]
    if not running:
        return []
    old = min(running, key=lambda term: (term[2], term))
    sections = day.timetable.terms()[old]
    end = (day.today - timedelta(days=1)).isoformat()
    new = (old[0], min(old[1], end), end)
    for section in sections:
        day.timetable.change({**day.timetable.cells(section), "Term_start": new[1], "Term_end": end})
    moved = day.section_ids_of(sections)
    return [day.of("term_ended", day.term_id(new), before=day.term_id(old), sections=moved)]


def term_cleared(day: Day) -> list[Happening]:
    """The district's upload no longer has the sections of a term that is over, nor so the term."""
    over = [term for term in day.timetable.terms() if "" < term[2] < day.today.isoformat()]
    if not over:
        return []
    term = min(over, key=lambda term: (term[2], term))
    sections = day.timetable.terms()[term]
    for section in sections:
        day.timetable.close(section)
    return [day.of("term_cleared", day.term_id(term), sections=day.section_ids_of(sections))]
