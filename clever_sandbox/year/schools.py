"""Schools that open, close, or become one.

Belongs here: what that means for everybody at them. Does not belong here: a school that is only unshared (`sharing`).
"""

from __future__ import annotations

from collections.abc import Sequence

from clever_sandbox.district.upload import Lines
from clever_sandbox.generator.names import pick
from clever_sandbox.year import students
from clever_sandbox.year.day import Day, schools_of
from clever_sandbox.year.happening import Happening
from clever_sandbox.year.newcomers import new_school, new_teacher
from clever_sandbox.year.teachers import let_go
from clever_sandbox.year.timetable import Class, with_teachers

_CLASS_SIZE = 30
_CLASSES_OF_A_TEACHER = 5


def school_opened(day: Day) -> list[Happening]:
    """A third of a school's students go to a new one, where new teachers teach the same classes."""
    old = day.find(sorted(day.upload.schools), lambda school: _some_attend(day, school))
    if old is None:
        return []
    school = day.fresh("N", day.upload.schools)
    day.upload.schools[school] = [new_school(day, day.upload.schools[old][0], school)]
    movers = _third(day, old)
    taking = _by_class(day, old, movers)
    for student in movers:
        students.move(day, student, old, school)
    happened, opened = _open_classes(day, school, taking)
    moved = [
        day.of_student(
            "student_moved",
            student,
            school,
            before=day.school_ids[old],
            sections=tuple(
                day.section_ids[section] for section in opened if student in day.upload.enrollments[section]
            ),
        )
        for student in movers
    ]
    return [day.of_school("school_opened", school, sections=day.section_ids_of(opened)), *happened, *moved]


def _some_attend(day: Day, school: str) -> bool:
    return any(found.school == school and sections for found, sections in day.timetable.classes().items())


def _third(day: Day, school: str) -> list[str]:
    """Every third student of each grade."""
    return [student for grade in students.classmates(day, school).values() for student in grade[::3]]


def _by_class(day: Day, school: str, movers: Sequence[str]) -> dict[Class, list[str]]:
    """Who of some students takes what at a school."""
    found: dict[Class, list[str]] = {}
    for student in movers:
        for section in day.upload.attended(student):
            if (taken := day.timetable.class_of[section]).school == school:
                found.setdefault(taken, []).append(student)
    return dict(sorted(found.items()))


def _open_classes(day: Day, school: str, taking: dict[Class, list[str]]) -> tuple[list[Happening], list[str]]:
    """Sections of the same classes for these students; each new teacher has some of them."""
    happened: list[Happening] = []
    opened: list[str] = []
    teacher = ""
    for at, (taken, seated) in enumerate(taking.items()):
        like = day.timetable.cells(day.timetable.classes()[taken][0])
        if at % _CLASSES_OF_A_TEACHER == 0:
            teacher = day.fresh("T", day.upload.teachers, at // _CLASSES_OF_A_TEACHER + 1)
            [line, *_] = day.upload.teachers[like["Teacher_id"]]
            day.add_teacher(teacher, new_teacher(day, [{**line, "School_id": school}], teacher))
            happened.append(day.of_teacher("teacher_new", teacher, school))
        parts = -(-len(seated) // _CLASS_SIZE)
        for part in range(parts):
            section = day.fresh("S-N", day.upload.sections, len(opened) + 1)
            cells = with_teachers({**like, "School_id": school, "Section_id": section}, [teacher])
            day.timetable.open(cells, seated[part::parts])
            opened.append(section)
    return happened, opened


def school_closed(day: Day) -> list[Happening]:
    """A school and its sections are gone; its students join classmates elsewhere, its teachers leave."""
    if len(day.upload.schools) < 2:
        return []
    school = _closes(day)
    closing = [section for section in day.timetable.ids if day.timetable.class_of[section].school == school]
    for section in closing:
        day.timetable.close(section)
    moved = _send_elsewhere(day, school)
    left = [
        happening for teacher in list(day.teachers_at.get(school, ())) for happening in _dismiss(day, teacher, school)
    ]
    _remove_lines(day.upload.staff, school)
    del day.upload.schools[school]
    return [day.of_school("school_closed", school, sections=day.section_ids_of(closing)), *moved, *left]


def _closes(day: Day) -> str:
    """A school of which every grade is at another one too, if there is one."""
    schools: dict[str, set[str]] = {}
    for student in day.students:
        schools.setdefault(day.grade(student), set()).add(day.home(student))
    alone = {school for at in schools.values() if len(at) == 1 for school in at}
    known = sorted(day.upload.schools)
    return pick(day.dice, [school for school in known if school not in alone] or known)


def _send_elsewhere(day: Day, school: str) -> list[Happening]:
    """Students go to where others of their grade are; who has another school too just stays there."""
    others = [other for other in sorted(day.upload.schools) if other != school]
    by_grade: dict[str, list[str]] = {}
    for student in day.students:
        if school not in schools_of(day.upload.students, student):
            by_grade.setdefault(day.grade(student), []).append(student)
    moved = []
    for student in list(day.students):
        homes = schools_of(day.upload.students, student)
        if school not in homes:
            continue
        if elsewhere := [other for other in homes if other != school]:
            students.move(day, student, school, elsewhere[0])
            continue
        classmate = day.find(by_grade.get(day.grade(student), ()))
        new = day.home(classmate) if classmate else pick(day.dice, others)
        students.move(day, student, school, new)
        joined = students.join(day, student, classmate, new) if classmate else ()
        moved.append(day.of_student("student_moved", student, new, before=day.school_ids[school], sections=joined))
    return moved


def _dismiss(day: Day, teacher: str, school: str) -> list[Happening]:
    """A teacher of a school that closes leaves, except who is or teaches elsewhere too."""
    lines = day.upload.teachers[teacher]
    elsewhere = [line for line in lines if line["School_id"] != school]
    if not elsewhere and not (taught := day.timetable.taught_by(teacher)):
        return [let_go(day, teacher)]
    if not elsewhere:
        elsewhere = [{**line, "School_id": day.timetable.class_of[taught[0]].school} for line in lines]
    day.remove_teacher(teacher)
    day.add_teacher(teacher, elsewhere)
    return []


def _remove_lines(lines: Lines, school: str) -> None:
    for person in list(lines):
        kept = [line for line in lines[person] if line["School_id"] != school]
        if kept:
            lines[person] = kept
        else:
            del lines[person]


def schools_merged(day: Day) -> list[Happening]:
    """One school's students, teachers and sections go on at another, which has all grades of both."""
    if len(day.upload.schools) < 2:
        return []
    gone = pick(day.dice, sorted(day.upload.schools))
    grades = _grades_of(day, gone)
    others = [school for school in sorted(day.upload.schools) if school != gone]
    into = day.find([school for school in others if _grades_of(day, school) == grades]) or pick(day.dice, others)
    moving = [section for section in day.timetable.ids if day.timetable.class_of[section].school == gone]
    movers = [student for grade in students.classmates(day, gone).values() for student in grade]
    for section in moving:
        day.timetable.change({**day.timetable.cells(section), "School_id": into})
    for lines in (day.upload.students, day.upload.teachers, day.upload.staff):
        _send_lines(lines, gone, into)
    _widen(day, gone, into)
    day.forget()
    took, before = set(moving), day.school_ids[gone]
    moved = [
        day.of_student(
            "student_moved",
            student,
            into,
            before=before,
            sections=day.section_ids_of([section for section in day.upload.attended(student) if section in took]),
        )
        for student in movers
    ]
    merged = day.of_school("schools_merged", into, before=before, sections=day.section_ids_of(moving))
    return [merged, *moved]


def _grades_of(day: Day, school: str) -> tuple[str, str]:
    line = day.upload.schools[school][0]
    return line["Low_grade"], line["High_grade"]


def _send_lines(lines: Lines, old: str, new: str) -> None:
    for person, known in list(lines.items()):
        if any(line["School_id"] == old for line in known):
            lines[person] = [{**line, "School_id": new} if line["School_id"] == old else line for line in known]


def _widen(day: Day, gone: str, into: str) -> None:
    """The lowest and highest grade of both; unknown where one of them does not say."""
    lows, highs = zip(_grades_of(day, gone), _grades_of(day, into), strict=True)

    def rank(grade: str) -> int:
        return int(grade) if grade.isdigit() else 0

    low = min(lows, key=rank) if all(lows) else ""
    high = max(highs, key=rank) if all(highs) else ""
    del day.upload.schools[gone]
    day.upload.schools.change(into, Low_grade=low, High_grade=high)
