"""Schools that open, close and merge, a district that changes its SIS, and what is shared of it."""

from __future__ import annotations

import pytest

from clever_sandbox.district.district import District
from clever_sandbox.district.ids import clever_id
from clever_sandbox.year.day import schools_of

from .years import TODAY, night, of_kind, one


@pytest.fixture
def district(demo: District) -> District:
    return demo.copy()


def at(district: District, school: str) -> set[str]:
    """Who has a line at a school."""
    return {who for who in district.upload.students if school in schools_of(district.upload.students, who)}


def sections_at(district: District, school: str) -> set[str]:
    return {section for section, [line] in district.upload.sections.items() if line["School_id"] == school}


def test_a_new_school_takes_a_third_of_the_students_of_another(demo: District, district: District) -> None:
    happened = one(district, "school_opened")
    opened, moved, hired = happened[0], of_kind(happened, "student_moved"), of_kind(happened, "teacher_new")
    [school] = district.upload.schools.keys() - demo.upload.schools.keys()
    assert opened.sis_id == school
    assert at(district, school) == {found.sis_id for found in moved}
    [old] = {found.before for found in moved}
    [was] = [known for known in demo.upload.schools if clever_id(demo.id, "school", known) == old]
    assert len(at(demo, was)) // 4 < len(moved) < len(at(demo, was)) // 2
    new = sections_at(district, school)
    assert set(opened.sections) == {clever_id(demo.id, "section", section) for section in new}
    teachers = {district.upload.sections[section][0]["Teacher_id"] for section in new}
    assert teachers == {found.sis_id for found in hired}
    # Everybody attends what they attended before, at the new school.
    for found in moved:
        before = {demo.upload.sections[s][0]["Course_name"] for s in demo.copy().upload.attended(found.sis_id)}
        now = {district.upload.sections[s][0]["Course_name"] for s in district.upload.attended(found.sis_id)}
        assert now == before


def test_a_school_that_closes_sends_everybody_elsewhere(demo: District, district: District) -> None:
    happened = one(district, "school_closed")
    [school] = demo.upload.schools.keys() - district.upload.schools.keys()
    assert happened[0].sis_id == school
    assert district.upload.sections.keys() == demo.upload.sections.keys() - sections_at(demo, school)
    assert district.upload.students.keys() == demo.upload.students.keys()
    moved = of_kind(happened, "student_moved")
    assert {found.sis_id for found in moved} == {
        who for who in at(demo, school) if schools_of(demo.upload.students, who) == [school]
    }
    assert all(found.sections for found in moved)
    left = {found.sis_id for found in of_kind(happened, "teacher_left")}
    assert left == demo.upload.teachers.keys() - district.upload.teachers.keys() != set()
    assert {school for who in left for school in schools_of(demo.upload.teachers, who)} == {school}


def test_schools_merge_with_everybody_in_them(demo: District, district: District) -> None:
    happened = one(district, "schools_merged")
    merged = happened[0]
    [gone] = demo.upload.schools.keys() - district.upload.schools.keys()
    assert merged.before == clever_id(demo.id, "school", gone)
    assert at(district, merged.sis_id) == at(demo, merged.sis_id) | at(demo, gone)
    assert sections_at(district, merged.sis_id) == sections_at(demo, merged.sis_id) | sections_at(demo, gone)
    assert district.upload.enrollments == demo.upload.enrollments
    assert {found.school for found in of_kind(happened, "student_moved")} == {merged.id}
    assert set(merged.sections) == {clever_id(demo.id, "section", section) for section in sections_at(demo, gone)}


def test_schools_of_different_grades_that_merge_have_all_of_them(demo: District) -> None:
    for seed in range(50):
        district = demo.copy()
        [merged, *_] = one(district, "schools_merged", seed=seed)
        [gone] = demo.upload.schools.keys() - district.upload.schools.keys()
        if {gone, merged.sis_id} == {"13", "14"}:
            [line] = district.upload.schools[merged.sis_id]
            assert (line["Low_grade"], line["High_grade"]) == ("6", "12")
            return
    pytest.fail("nobody merged the middle school and the high school")


def test_another_sis_has_other_ids_for_the_same_people(demo: District, district: District) -> None:
    happened = one(district, "sis_changed")
    new = {clever_id(demo.id, "student", student): student for student in district.upload.students}
    old = {clever_id(demo.id, "student", student): student for student in demo.upload.students}
    assert not district.upload.students.keys() & demo.upload.students.keys()
    assert not district.upload.sections.keys() & demo.upload.sections.keys()
    assert not district.upload.teachers.keys() & demo.upload.teachers.keys()
    renamed = {old[found.before or ""]: new[found.id] for found in of_kind(happened, "student_id_changed")}
    assert renamed.keys() == demo.upload.students.keys()
    for before, after in renamed.items():
        lines = [{**line, "Student_id": before} for line in district.upload.students[after]]
        assert lines == demo.upload.students[before]
    sections = {found.succeeds[0]: found.sis_id for found in of_kind(happened, "section_id_changed")}
    assert sections.keys() == {clever_id(demo.id, "section", section) for section in demo.upload.sections}
    for section, seats in demo.upload.enrollments.items():
        now = district.upload.enrollments[sections[clever_id(demo.id, "section", section)]]
        assert set(now) == {renamed[student] for student in seats}


def test_who_was_hidden_is_hidden_under_the_new_id(district: District) -> None:
    [hidden] = one(district, "student_unshared")
    happened = one(district, "sis_changed")
    [new] = [found for found in of_kind(happened, "student_id_changed") if found.before == hidden.id]
    [again] = one(district, "student_shared_again")
    assert again.id == new.id


def test_contacts_get_ids_and_with_them_other_clever_ids(district: District) -> None:
    def contacts() -> dict[str, str]:
        users = (district.tables["users"][i].data() for i in district.tables["users"].having("role", "contact"))
        return {user["id"]: user["roles"]["contact"]["sis_id"] for user in users}

    before = contacts()
    added = one(district, "contact_ids_added")
    district.ingest(night(TODAY))
    after = contacts()
    without = {contact for contact, sis_id in before.items() if not sis_id}
    assert {found.before for found in added} == without
    assert len(before) == len(after)
    assert {found.id: found.sis_id for found in added} == {i: after[i] for i in after.keys() - before.keys()}
    assert all(after.values())
    assert one(district, "contact_ids_added") == []


def test_grades_are_shared_one_after_the_other_until_all_are(district: District) -> None:
    def shared() -> set[str]:
        district.ingest(night(TODAY))
        users = (district.tables["users"][i].data() for i in district.tables["users"].having("role", "student"))
        return {user["roles"]["student"]["grade"] for user in users}

    everything = shared()
    one(district, "shared_by_grade")
    sizes = [len(shared())]
    assert one(district, "shared_by_grade") == []
    while one(district, "shared_widened"):
        sizes.append(len(shared()))
    assert sizes == sorted(set(sizes))
    assert (sizes[0], sizes[-1]) == (3, 13)
    assert shared() == everything
    assert district.sharing.grades is None


def test_contacts_are_unshared_and_shared_again(district: District) -> None:
    before = len(district.tables["users"].having("role", "contact"))
    assert one(district, "contacts_shared") == []
    [unshared] = one(district, "contacts_unshared")
    district.ingest(night(TODAY))
    assert (unshared.id, len(district.tables["users"].having("role", "contact"))) == (district.id, 0)
    one(district, "contacts_shared")
    district.ingest(night(TODAY))
    assert len(district.tables["users"].having("role", "contact")) == before > 0
