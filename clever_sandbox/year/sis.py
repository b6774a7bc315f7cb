"""A district that keeps its records differently: another SIS, ids for contacts.

Belongs here: changes of ids alone; people and classes stay who and what they are. Does not belong here: anything that
happens to them.
"""

from __future__ import annotations

from collections.abc import Iterable

from clever_sandbox.district.ids import clever_id
from clever_sandbox.district.people import contact_key
from clever_sandbox.district.upload import Cells, Lines
from clever_sandbox.year import sharing
from clever_sandbox.year.day import Day
from clever_sandbox.year.happening import Happening
from clever_sandbox.year.newcomers import NO_CONTACT
from clever_sandbox.year.timetable import teachers_of, with_teachers


def sis_changed(day: Day) -> list[Happening]:
    """Every Student_id, Section_id and Teacher_id is new; for Clever that is another student and another section.

    Teachers are known by their e-mail, and stay who they are where they have one.
    """
    upload = day.upload
    if not (upload.students or upload.teachers):
        return []
    students, teachers, sections = (
        _new_ids(day, prefix, ids)
        for prefix, ids in (("P", upload.students), ("Q", upload.teachers), ("R", upload.sections))
    )
    known = {teacher: day.teacher_id(teacher) for teacher in teachers}
    seats = {sections[section]: seated for section, seated in upload.enrollments.items()}
    _rename(upload.students, students, "Student_id")
    _rename(upload.teachers, teachers, "Teacher_id")
    taught = [upload.sections[section][0] for section in sections]
    upload.close_sections()
    for cells in taught:
        named = {**cells, "Section_id": sections[cells["Section_id"]]}
        new = with_teachers(named, [teachers[teacher] for teacher in teachers_of(cells)])
        upload.open_section(new, [students[student] for student in seats[new["Section_id"]]])
    sharing.rename_students(day, students)
    day.forget()
    return [
        day.of_district("sis_changed"),
        *(day.of_student("student_id_changed", n, before=day.student_ids[o]) for o, n in students.items()),
        *(day.of_teacher("teacher_id_changed", n, before=known[o]) for o, n in teachers.items()),
        *(
            day.of_section("section_id_changed", n, before=day.section_ids[o], succeeds=(day.section_ids[o],))
            for o, n in sections.items()
        ),
    ]


def _new_ids(day: Day, prefix: str, ids: Iterable[str]) -> dict[str, str]:
    taken = frozenset(ids)
    start = day.fresh(prefix, ())
    while any(old.startswith(start) for old in taken):
        start += "0"
    return {old: f"{start}-{n}" for n, old in enumerate(sorted(taken), start=1)}


def _rename(lines: Lines, ids: dict[str, str], column: str) -> None:
    for old, new in ids.items():
        lines[new] = [{**line, column: new} for line in lines[old]]
        del lines[old]


def contact_ids_added(day: Day) -> list[Happening]:
    """Every contact who has no Contact_sis_id gets one, and with it a new Clever id."""
    district, added = day.district.id, {}
    for student in day.students:
        lines = day.upload.students[student]
        without = [line for line in lines if line["Contact_name"] and not line["Contact_sis_id"]]
        if not without:
            continue
        for line in without:
            before = clever_id(district, "contact", *_key(line))
            line["Contact_sis_id"] = f"K-{before[8:]}"
            added[before] = line["Contact_sis_id"]
        day.upload.students[student] = lines
    return [
        day.of("contact_id_added", clever_id(district, "contact", "sis_id", sis_id), sis_id, before=before)
        for before, sis_id in added.items()
    ]


def _key(line: Cells) -> tuple[str, ...]:
    return contact_key(*(line[column] for column in NO_CONTACT))
