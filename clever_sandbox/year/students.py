"""Students who come, leave, move to another school, or to another class.

Belongs here: one student at a time, and what happens to many when a school does (`move`, `leave`, `join`). Does not
belong here: a whole grade (`promotion`).
"""

from __future__ import annotations

from collections.abc import Sequence

from clever_sandbox.generator.names import pick
from clever_sandbox.year.day import Day, schools_of
from clever_sandbox.year.happening import Happening
from clever_sandbox.year.newcomers import new_student

_PAIRS = 300


def student_new(day: Day) -> list[Happening]:
    """A newcomer joins the classes of a classmate."""
    return _come(day, "student_new")


def student_enrolled(day: Day) -> list[Happening]:
    """The same in August: somebody is enrolled for the new year."""
    return _come(day, "student_enrolled")


def _come(day: Day, kind: str) -> list[Happening]:
    classmate = day.find(day.students, day.upload.attended)
    if classmate is None:
        return []
    school, student = day.home(classmate), day.fresh("E", day.upload.students)
    line = next(line for line in day.upload.students[classmate] if line["School_id"] == school)
    day.add_student(student, new_student(day, line, student, school))
    return [day.of_student(kind, student, school, sections=join(day, student, classmate, school))]


def student_left(day: Day) -> list[Happening]:
    """Somebody leaves the district, and with the lines the contacts who have nobody left."""
    student = day.find(day.students)
    return [leave(day, "student_left", student)] if student else []


def student_moved(day: Day) -> list[Happening]:
    """Somebody changes the primary school, and with it the classes there."""
    pair = _one_and_one_elsewhere(day)
    if pair is None:
        return []
    student, classmate = pair
    old, new = day.home(student), day.home(classmate)
    move(day, student, old, new)
    joined = join(day, student, classmate, new)
    return [day.of_student("student_moved", student, new, before=day.school_ids[old], sections=joined)]


def _one_and_one_elsewhere(day: Day) -> tuple[str, str] | None:
    """A student, and a future classmate at a school where the student is not yet; of the same grade if there is one."""
    if len(day.upload.schools) < 2 or not day.students:
        return None
    usable = None
    for _ in range(_PAIRS):
        student, classmate = pick(day.dice, day.students), pick(day.dice, day.students)
        if day.home(classmate) not in _places(day, student) and day.upload.attended(classmate):
            usable = usable or (student, classmate)
            if day.grade(student) == day.grade(classmate):
                return student, classmate
    return usable


def _places(day: Day, student: str) -> set[str]:
    attended = day.upload.attended(student)
    return {*schools_of(day.upload.students, student), *(day.timetable.class_of[found].school for found in attended)}


def student_changed_section(day: Day) -> list[Happening]:
    """Drop and add: somebody goes to a parallel class."""
    seats, timetable = day.upload.enrollments, day.timetable
    old = day.find(timetable.ids, lambda section: len(seats[section]) > 1 and len(timetable.parallel(section)) > 1)
    if old is None:
        return []
    new = pick(day.dice, [other for other in timetable.parallel(old) if other != old])
    student = day.find([attending for attending in seats[old] if attending not in seats[new]])
    if student is None:
        return []
    day.upload.withdraw(student, old)
    day.upload.enroll(student, new)
    before, after = day.section_ids[old], day.section_ids[new]
    school = timetable.class_of[new].school
    return [day.of_student("student_changed_section", student, school, before=before, after=after, sections=(after,))]


# --- also for many at once ---------------------------------------------------------------------------


def join(day: Day, student: str, like: str, school: str) -> tuple[str, ...]:
    """Puts a student into the sections that a classmate attends at a school."""
    attended = day.upload.attended(like)
    return seat(day, student, [section for section in attended if day.timetable.class_of[section].school == school])


def seat(day: Day, student: str, sections: Sequence[str]) -> tuple[str, ...]:
    for section in sections:
        day.upload.enroll(student, section)
    return day.section_ids_of(sections)


def move(day: Day, student: str, old: str, new: str) -> None:
    """The lines at one school are lines at another one; the classes at the old one are left."""
    for section in day.upload.attended(student):
        if day.timetable.class_of[section].school == old:
            day.upload.withdraw(student, section)
    lines = day.upload.students[student]
    day.upload.students[student] = [{**line, "School_id": new} if line["School_id"] == old else line for line in lines]


def leave(day: Day, kind: str, student: str) -> Happening:
    """Takes a student out of the district."""
    school, sections = day.home(student), day.section_ids_of(day.upload.attended(student))
    day.remove_student(student)
    return day.of_student(kind, student, before=day.school_ids[school], sections=sections)


def classmates(day: Day, school: str) -> dict[str, list[str]]:
    """The students whose primary school it is, by grade."""
    found: dict[str, list[str]] = {}
    for student in day.students:
        if school in schools_of(day.upload.students, student) and day.home(student) == school:
            found.setdefault(day.grade(student), []).append(student)
    return found
