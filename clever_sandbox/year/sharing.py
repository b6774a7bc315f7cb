"""What the district shows of itself: students, schools, contacts, grades that are unshared and shared again.

Belongs here: changes of the sharing rules. Does not belong here: what the rules mean (`district.sharing`). The upload
stays as it is. A rule may name somebody who is no longer there.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec

from clever_sandbox.district import values
from clever_sandbox.district.district import NIGHTLY
from clever_sandbox.year.day import Day
from clever_sandbox.year.happening import Happening


def _share(day: Day, changes: Mapping[str, object]) -> None:
    day.district.sharing = msgspec.structs.replace(day.district.sharing, **changes)


def _without(hidden: tuple[str, ...], one: str) -> tuple[str, ...]:
    return tuple(other for other in hidden if other != one)


def student_unshared(day: Day) -> list[Happening]:
    """Clever stops showing a student; sections go on listing the id."""
    hidden = day.district.sharing.hidden_students
    student = day.find(day.students, lambda student: student not in hidden)
    if student is None:
        return []
    _share(day, {"hidden_students": (*hidden, student)})
    return [day.of_student("student_unshared", student, before=day.school_ids[day.home(student)])]


def student_shared_again(day: Day) -> list[Happening]:
    """The student who was unshared longest ago is back."""
    hidden = day.district.sharing.hidden_students
    student = next((student for student in hidden if student in day.upload.students), None)
    if student is None:
        return []
    _share(day, {"hidden_students": _without(hidden, student)})
    return [day.of_student("student_shared_again", student, day.home(student))]


def school_unshared(day: Day) -> list[Happening]:
    """A school goes with its sections and everybody who is nowhere else."""
    hidden = day.district.sharing.hidden_schools
    school = day.find(sorted(day.upload.schools), lambda school: school not in hidden)
    if school is None:
        return []
    _share(day, {"hidden_schools": (*hidden, school)})
    return [day.of_school("school_unshared", school, sections=_shown_sections(day, school))]


def school_shared_again(day: Day) -> list[Happening]:
    """The school that was unshared longest ago is back with everybody."""
    hidden = day.district.sharing.hidden_schools
    school = next((school for school in hidden if school in day.upload.schools), None)
    if school is None:
        return []
    _share(day, {"hidden_schools": _without(hidden, school)})
    return [day.of_school("school_shared_again", school, sections=_shown_sections(day, school))]


def _shown_sections(day: Day, school: str) -> tuple[str, ...]:
    """A school's sections whose term has begun."""
    class_of, today = day.timetable.class_of, day.today.isoformat()
    here = [section for section in day.timetable.ids if class_of[section].school == school]
    return day.section_ids_of([section for section in here if class_of[section].term[1] <= today])


def contacts_unshared(day: Day) -> list[Happening]:
    """No contact is shared any more."""
    return _contacts(day, "contacts_unshared", shared=False)


def contacts_shared(day: Day) -> list[Happening]:
    """Contacts are shared again, all at once."""
    return _contacts(day, "contacts_shared", shared=True)


def _contacts(day: Day, kind: str, *, shared: bool) -> list[Happening]:
    if day.district.sharing.contacts == shared:
        return []
    _share(day, {"contacts": shared})
    return [day.of_district(kind)]


def shared_by_grade(day: Day) -> list[Happening]:
    """Only some grades are shared any more: a quarter of those that there are, next to each other."""
    grades = _grades(day)
    if day.district.sharing.grades is not None or len(grades) < 2:
        return []
    size = max(1, len(grades) // 4)
    first = int(day.dice.random() * (len(grades) - size + 1))
    _share(day, {"grades": frozenset(grades[first : first + size])})
    return [day.of_district("shared_by_grade")]


def shared_widened(day: Day) -> list[Happening]:
    """As many grades more as are shared now, until all are, whatever grades there will be."""
    shared = day.district.sharing.grades
    if shared is None:
        return []
    missing = [grade for grade in _grades(day) if grade not in shared]
    more = missing[: max(1, len(shared))]
    _share(day, {"grades": None if len(more) == len(missing) else shared.union(more)})
    return [day.of_district("shared_widened")]


def scope_reduced(day: Day) -> list[Happening]:
    """Less may be seen of a school's students: only events say so, and the lists stay as they are."""
    school = day.find(sorted(day.upload.schools))
    if school is None:
        return []
    users = day.district.tables["users"]
    at_school = [users[found] for found in users.having("school", day.school_ids[school])]
    night = datetime.combine(day.today, NIGHTLY, day.district.zone)
    day.district.feed.reduce_scope((user for user in at_school if "student" in user.keys["role"]), night.timestamp())
    return [day.of_school("scope_reduced", school)]


def _grades(day: Day) -> list[str]:
    """The grades of the students as Clever spells them, from the youngest."""
    found = {values.grade(day.grade(student)) for student in day.students}
    return sorted(found, key=lambda grade: (int(grade) if grade.isdigit() else 0, grade))


def rename_students(day: Day, renamed: Mapping[str, str]) -> None:
    """Who was hidden under an old id is under the new one too: in a pause Clever still knows the old one."""
    hidden = day.district.sharing.hidden_students
    new = (renamed[student] for student in hidden if student in renamed)
    _share(day, {"hidden_students": tuple(dict.fromkeys((*hidden, *new)))})
