"""Students and teachers who come, leave and change: what is uploaded afterwards."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from clever_sandbox.district.district import District
from clever_sandbox.district.ids import clever_id
from clever_sandbox.district.load import load_district
from clever_sandbox.year.day import Day, schools_of
from clever_sandbox.year.timetable import teachers_of

from .districts import ENROLLMENT, SCHOOL, SECTION, STUDENT, write_district
from .years import TODAY, night, of_kind, one


@pytest.fixture
def district(demo: District) -> District:
    return demo.copy()


def section_ids(district: District, student: str) -> set[str]:
    return {clever_id(district.id, "section", section) for section in district.upload.attended(student)}


@pytest.mark.parametrize("kind", ["student_new", "student_enrolled"])
def test_a_newcomer_joins_the_classes_of_a_classmate(demo: District, district: District, kind: str) -> None:
    [new] = one(district, kind)
    assert district.upload.students.keys() - demo.upload.students.keys() == {new.sis_id}
    [line] = district.upload.students[new.sis_id]
    assert new.id == clever_id(district.id, "student", new.sis_id)
    assert new.school == clever_id(district.id, "school", line["School_id"])
    assert section_ids(district, new.sis_id) == set(new.sections) != set()
    grades = {district.upload.sections[section][0]["Grade"] for section in district.upload.attended(new.sis_id)}
    assert grades == {line["Grade"]}


def test_a_leaver_leaves_nothing_behind(demo: District, district: District) -> None:
    [left] = one(district, "student_left")
    assert demo.upload.students.keys() - district.upload.students.keys() == {left.sis_id}
    assert section_ids(demo.copy(), left.sis_id) == set(left.sections) != set()
    assert not [seats for seats in district.upload.enrollments.values() if left.sis_id in seats]


def test_a_mover_goes_to_a_school_with_the_same_grade(district: District) -> None:
    [moved] = one(district, "student_moved")
    [line] = district.upload.students[moved.sis_id]
    assert clever_id(district.id, "school", line["School_id"]) == moved.school != moved.before
    joined = [district.upload.sections[section][0] for section in district.upload.attended(moved.sis_id)]
    assert joined
    assert {(section["School_id"], section["Grade"]) for section in joined} == {(line["School_id"], line["Grade"])}
    assert section_ids(district, moved.sis_id) == set(moved.sections)


def test_who_moves_stays_at_a_second_school(tmp_path: Path) -> None:
    two, three = {"School_id": "2"}, {"School_id": "3"}
    folder = write_district(
        tmp_path,
        schools=[SCHOOL, SCHOOL | two, SCHOOL | three],
        students=[STUDENT, STUDENT | two, STUDENT | three | {"Student_id": "s2"}],
        sections=[SECTION, SECTION | three | {"Section_id": "c3"}],
        enrollments=[ENROLLMENT, ENROLLMENT | three | {"Section_id": "c3", "Student_id": "s2"}],
    )
    for seed in range(20):
        district = load_district(folder, night(TODAY))
        [moved] = one(district, "student_moved", seed=seed)
        if moved.sis_id == "s1":
            assert schools_of(district.upload.students, "s1") == ["2", "3"]
            assert district.upload.attended("s1") == ["c3"]
            return
    pytest.fail("nobody drew the student s1")


def test_somebody_goes_to_a_parallel_class(demo: District, district: District) -> None:
    [changed] = one(district, "student_changed_section")
    before, after = section_ids(demo.copy(), changed.sis_id), section_ids(district, changed.sis_id)
    assert (before - after, after - before) == ({changed.before}, {changed.after})
    [old] = set(demo.copy().upload.attended(changed.sis_id)) - set(district.upload.attended(changed.sis_id))
    [new] = set(district.upload.attended(changed.sis_id)) - set(demo.copy().upload.attended(changed.sis_id))
    same = ("School_id", "Course_name", "Course_number", "Grade", "Term_name")
    one_line, other_line = (district.upload.sections[section][0] for section in (old, new))
    assert [one_line[column] for column in same] == [other_line[column] for column in same]


def test_a_new_teacher_has_all_sections_of_who_left(demo: District, district: District) -> None:
    left, new = one(district, "teacher_new")
    assert (left.kind, new.kind) == ("teacher_left", "teacher_new")
    assert (left.after, new.before) == (new.id, left.id)
    assert demo.upload.teachers.keys() - district.upload.teachers.keys() == {left.sis_id}
    assert district.upload.teachers.keys() - demo.upload.teachers.keys() == {new.sis_id}
    assert schools_of(demo.upload.teachers, left.sis_id) == schools_of(district.upload.teachers, new.sis_id)
    taught = {section for section, [line] in demo.upload.sections.items() if left.sis_id in teachers_of(line)}
    assert {clever_id(demo.id, "section", section) for section in taught} == set(new.sections) != set()
    for section in taught:
        before = teachers_of(demo.upload.sections[section][0])
        now = [new.sis_id if teacher == left.sis_id else teacher for teacher in before]
        assert teachers_of(district.upload.sections[section][0]) == now


def test_colleagues_take_over_when_somebody_leaves(demo: District, district: District) -> None:
    [left] = one(district, "teacher_left")
    assert left.sis_id not in district.upload.teachers
    taught = [section for section, [line] in demo.upload.sections.items() if left.sis_id in teachers_of(line)]
    for section in taught:
        [line] = district.upload.sections[section]
        assert left.sis_id not in teachers_of(line)
        assert line["School_id"] in schools_of(district.upload.teachers, line["Teacher_id"])


def test_who_leaves_as_a_teacher_is_no_staff_member_any_more(demo: District) -> None:
    """2001 is also the department's chair, by the same e-mail."""
    for seed in range(200):
        district = demo.copy()
        left, _ = one(district, "teacher_new", seed=seed)
        if left.sis_id == "2001":
            assert demo.upload.staff.keys() - district.upload.staff.keys() == {"ST-T2001"}
            return
    pytest.fail("nobody drew the teacher 2001")


def test_a_teacher_without_an_email_is_known_by_the_teacher_id(demo: District, district: District) -> None:
    """2004 has no e-mail in the demo, everybody else has."""
    happened = of_kind(one(district, "sis_changed"), "teacher_id_changed")
    new = [found for found in happened if found.id != found.before]
    assert [found.before for found in new] == [clever_id(demo.id, "teacher", "2004")]
    assert [found.id for found in new] == [clever_id(demo.id, "teacher", new[0].sis_id)]
    assert len(happened) == len(demo.upload.teachers)


def test_a_list_that_is_made_late_has_everybody_once(demo: District) -> None:
    [teacher, *_], [student, *_] = demo.upload.teachers, demo.upload.students
    changes: tuple[Callable[[Day], object], ...] = (
        lambda day: day.add_teacher("T-new", day.upload.teachers[teacher]),
        lambda day: day.add_student("E-new", day.upload.students[student][0]),
        lambda day: day.remove_teacher(teacher),
        lambda day: day.remove_student(student),
    )
    for change in changes:
        district = demo.copy()
        day = Day(district, TODAY, random.Random(0))
        change(day)
        assert day.students == sorted(district.upload.students)
        assert {who for at in day.teachers_at.values() for who in at} == set(district.upload.teachers)
        assert all(len(at) == len(set(at)) for at in day.teachers_at.values())
