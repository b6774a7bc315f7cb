"""Teachers who come and leave in the middle of a term.

Belongs here: one teacher at a time. Does not belong here: the summer, in which many do (`shift`).
"""

from __future__ import annotations

from clever_sandbox.generator.names import pick
from clever_sandbox.year.day import Day
from clever_sandbox.year.happening import Happening
from clever_sandbox.year.newcomers import new_teacher
from clever_sandbox.year.timetable import teachers_of, with_teachers


def teacher_new(day: Day) -> list[Happening]:
    """Somebody new takes over the sections of one who leaves."""
    old = day.find(sorted(day.upload.teachers), day.timetable.taught_by)
    if old is None:
        return []
    lines, sections = day.upload.teachers[old], day.timetable.taught_by(old)
    new = day.fresh("T", day.upload.teachers)
    day.add_teacher(new, new_teacher(day, lines, new))
    for section in sections:
        replace_teacher(day, section, old, new)
    gone, school = let_go(day, old, after=day.teacher_id(new)), lines[0]["School_id"]
    taken = day.section_ids_of(sections)
    return [gone, day.of_teacher("teacher_new", new, school, before=gone.id, sections=taken)]


def teacher_left(day: Day) -> list[Happening]:
    """Somebody leaves, and colleagues take over."""
    old = day.find(sorted(day.upload.teachers), lambda teacher: _cover(day, teacher) is not None)
    if old is None:
        return []
    for section, colleagues in (_cover(day, old) or {}).items():
        replace_teacher(day, section, old, pick(day.dice, colleagues) if colleagues else None)
    return [let_go(day, old)]


def _cover(day: Day, teacher: str) -> dict[str, list[str]] | None:
    """Who could take over each section, nobody where a co-teacher is left; None if a section would have no teacher."""
    found = {}
    for section in day.timetable.taught_by(teacher):
        cells = day.timetable.cells(section)
        alone = teachers_of(cells) == [teacher]
        colleagues = [other for other in day.teachers_at.get(cells["School_id"], ()) if other != teacher]
        if alone and not colleagues:
            return None
        found[section] = colleagues if alone else []
    return found


# --- also for many at once ---------------------------------------------------------------------------


def replace_teacher(day: Day, section: str, old: str, new: str | None) -> None:
    """Somebody else in the place of a teacher, or nobody."""
    cells = day.timetable.cells(section)
    now = [new if teacher == old else teacher for teacher in teachers_of(cells)]
    day.timetable.change(with_teachers(cells, [teacher for teacher in now if teacher]))


def let_go(day: Day, teacher: str, after: str | None = None) -> Happening:
    """Takes a teacher, who teaches nothing any more, out of the district, also as a staff member of the same e-mail."""
    gone, email = day.teacher_id(teacher), day.email(teacher)
    school = day.upload.teachers[teacher][0]["School_id"]
    day.remove_teacher(teacher)
    for member in day.staff_by_email.get(email, ()) if email else ():
        if member in day.upload.staff:
            del day.upload.staff[member]
    return day.of("teacher_left", gone, teacher, before=day.school_ids[school], after=after)
