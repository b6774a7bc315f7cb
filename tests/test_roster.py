"""From records to roster: the rules of who is on it, what they see, and what happens when they go."""

from __future__ import annotations

from datetime import date

import pytest

from roster_pipeline.errors import SyncRefused
from tests.conftest import Tiny, section, student, teacher

USERS = "SELECT clever_id, roles, site_id, enrollment_status FROM roster.users ORDER BY clever_id"
ACCESS = """
    SELECT u.clever_id, a.course_id, a.role, a.can_be_assigned
    FROM roster.course_access AS a JOIN roster.users AS u USING (user_id) ORDER BY ALL
"""


def test_first_sync_creates_everybody_pending(tiny: Tiny) -> None:
    plan = tiny.sync()
    assert tiny.rows(USERS) == [
        ("ann", ["student"], "north", "pending"),
        ("ben", ["student"], "north", "pending"),
        ("tia", ["teacher"], "north", "pending"),
    ]
    assert plan.total("create") == 2 + 3 + 4 + 1 + 3
    assert tiny.rows("SELECT trigger, status, created FROM sync.syncs") == [("first", "succeeded", 13)]


def test_second_sync_changes_nothing(tiny: Tiny) -> None:
    tiny.line("section_courses", "d", "m6", "math-6")
    tiny.sync()
    plan = tiny.sync()
    assert plan.counts == ()
    assert plan.unchanged == 2 + 3 + 4 + 1 + 3 + 1
    assert tiny.rows("SELECT trigger, created, updated, archived FROM sync.syncs WHERE sync_id = 'S002'") == [
        ("sync_now", 0, 0, 0)
    ]


def test_student_in_two_schools_is_one_user_with_two_sites(tiny: Tiny) -> None:
    tiny.sync()
    assert tiny.rows(
        "SELECT m.site_id, m.is_primary FROM roster.user_sites AS m JOIN roster.users USING (user_id) "
        "WHERE clever_id = 'ben' ORDER BY ALL"
    ) == [("north", True), ("south", False)]


def test_teacher_with_two_roles_is_one_user(tiny: Tiny) -> None:
    two = teacher("tia", "north")
    two["roles"]["staff"] = {"schools": ["south"], "staff_id": "st-1"}
    tiny.records["users"][2] = two
    tiny.sync()
    assert tiny.rows("SELECT roles, site_id, sis_id FROM roster.users WHERE clever_id = 'tia'") == [
        (["staff", "teacher"], "north", "sis-tia")
    ]


def test_contacts_are_not_synced_and_district_admins_are(tiny: Tiny) -> None:
    tiny.records["users"] += [
        {"id": "con", "name": {"last": "Somebody"}, "roles": {"contact": {"sis_id": ""}}},
        {"id": "adm", "name": {"last": "Somebody"}, "roles": {"district_admin": {"title": ""}}},
    ]
    tiny.sync()
    assert tiny.rows(USERS)[0] == ("adm", ["district_admin"], None, "pending")
    assert [r[0] for r in tiny.rows(USERS)] == ["adm", "ann", "ben", "tia"]
    assert tiny.rows("SELECT code FROM staging.issues") == []


def test_missing_in_all_its_forms_is_null(tiny: Tiny) -> None:
    tiny.records["users"] = [
        student("a", "north", email=""),
        student("b", "north", email=None),
        student("c", "north"),
        student("d", "north", email="  d@example.org "),
    ]
    tiny.sync()
    assert tiny.rows("SELECT email FROM roster.users ORDER BY clever_id") == [
        (None,),
        (None,),
        (None,),
        ("d@example.org",),
    ]


def test_people_of_a_manual_site_are_absent(tiny: Tiny) -> None:
    tiny.line("sites", "d", "south", "manual")
    tiny.records["users"].append(student("sue", "south"))
    tiny.records["sections"].append(section("s1", "south", teachers=["tia"], students=["sue"]))
    tiny.sync()
    assert [r[0] for r in tiny.rows(USERS)] == ["ann", "ben", "tia"]
    assert tiny.rows("SELECT clever_id FROM roster.sections") == [("m6",)]
    assert tiny.rows("SELECT DISTINCT site_id FROM roster.user_sites") == [("north",)]
    assert tiny.rows("SELECT site_id, last_synced_at IS NULL FROM roster.sites ORDER BY 1") == [
        ("north", False),
        ("south", True),
    ]


def test_primary_site_that_is_manual_gives_way_to_the_clever_one(tiny: Tiny) -> None:
    tiny.line("sites", "d", "north", "manual")
    tiny.sync()
    assert tiny.rows(USERS) == [("ben", ["student"], "south", "pending")]
    assert tiny.rows("SELECT site_id, is_primary FROM roster.user_sites") == [("south", True)]


def test_member_who_is_not_on_clever_is_left_out_with_a_warning(tiny: Tiny) -> None:
    tiny.line("sites", "d", "south", "manual")
    tiny.records["users"].append(student("sue", "south"))
    tiny.records["sections"][0]["students"].append("sue")
    tiny.sync()
    assert tiny.rows("SELECT code, record_id FROM sync.issues") == [("members_not_on_clever", "m6")]


def test_a_section_without_a_course_is_invisible(tiny: Tiny) -> None:
    tiny.sync()
    assert tiny.rows(ACCESS) == []
    assert tiny.rows("SELECT visible, student_count, teacher_count, course_count FROM roster.sections") == [
        (False, 2, 1, 0)
    ]
    assert tiny.rows("SELECT name, site_id, students, teachers FROM mapping.unmapped") == [
        ("Section m6", "north", 2, 1)
    ]


def test_mapped_section_gives_access_and_login_lets_assign(tiny: Tiny) -> None:
    tiny.line("section_courses", "d", "m6", "math-6")
    tiny.line("section_courses", "d", "m6", "sci-6")
    tiny.line("logins", "d", "ann", "2026-09-01")
    tiny.sync()
    assert tiny.rows(ACCESS) == [
        ("ann", "math-6", "student", True),
        ("ann", "sci-6", "student", True),
        ("ben", "math-6", "student", False),
        ("ben", "sci-6", "student", False),
        ("tia", "math-6", "teacher", False),
        ("tia", "sci-6", "teacher", False),
    ]
    assert tiny.rows("FROM mapping.unmapped") == []


def test_mapping_change_without_clever_touches_exactly_that_section(tiny: Tiny) -> None:
    tiny.records["sections"].append(section("x", "north", teachers=["tia"], students=["ann"]))
    tiny.sync()
    tiny.line("section_courses", "d", "m6", "math-6")
    plan = tiny.sync(from_clever=False)
    assert [(c.entity, c.action, c.changes) for c in plan.counts] == [("section_courses", "create", 1)]
    assert {r[0] for r in tiny.rows(ACCESS)} == {"ann", "ben", "tia"}
    assert tiny.rows("SELECT name FROM mapping.unmapped") == [("Section x",)]
    assert tiny.rows("SELECT trigger FROM sync.syncs ORDER BY sync_id") == [("first",), ("mapping",)]


def test_the_platforms_own_section_id_works_in_the_file_too(tiny: Tiny) -> None:
    tiny.sync()
    ((section_id,),) = tiny.rows("SELECT section_id FROM roster.sections")
    tiny.line("section_courses", "d", str(section_id).upper(), "math-6")
    tiny.sync(from_clever=False)
    assert tiny.rows("SELECT course_id, mapped_by, since_sync_id FROM roster.section_courses") == [
        ("math-6", "file", "S002")
    ]


def test_file_line_is_stronger_than_a_rule(tiny: Tiny) -> None:
    tiny.line("mapping_rules", "r1", "Math", "6", "", "math-6")
    tiny.records["sections"].append(section("n6", "north", subject="math", grade="6"))
    tiny.line("section_courses", "d", "m6", "sci-6")
    tiny.sync()
    assert tiny.rows(
        "SELECT s.clever_id, m.course_id, mapped_by, rule_id FROM roster.section_courses AS m "
        "JOIN roster.sections AS s USING (section_id) ORDER BY ALL"
    ) == [("m6", "sci-6", "file", None), ("n6", "math-6", "rule", "r1")]


def test_line_for_an_unknown_section_is_a_warning_with_its_line(tiny: Tiny) -> None:
    tiny.line("section_courses", "d", "nope", "math-6")
    tiny.sync()
    assert tiny.rows("SELECT code, record_id FROM sync.issues") == [
        ("mapping_unknown_section", "section_courses.csv, line 2")
    ]


def test_removed_line_unmaps_and_the_log_keeps_what_it_was(tiny: Tiny) -> None:
    tiny.line("section_courses", "d", "m6", "math-6")
    tiny.sync()
    tiny.inputs["section_courses"] = "district,section_id,course_id\n"
    tiny.sync(from_clever=False)
    assert tiny.rows(ACCESS) == []
    assert tiny.rows(
        "SELECT action, before, after FROM sync.changes WHERE entity = 'section_courses' ORDER BY sync_id"
    ) == [
        ("create", None, None),
        ("archive", '{"site_id":"north","mapped_by":"file"}', None),
    ]


def test_leaver_is_archived_and_restored_with_everything(tiny: Tiny) -> None:
    tiny.line("section_courses", "d", "m6", "math-6")
    tiny.sync()
    before = tiny.rows("SELECT * EXCLUDE (archived_at) FROM roster.users ORDER BY ALL")
    gone = tiny.records["users"].pop(0)
    tiny.sync()
    assert tiny.rows("SELECT enrollment_status, archived_at IS NOT NULL FROM roster.users WHERE clever_id = 'ann'") == [
        ("archived", True)
    ]
    assert [r[0] for r in tiny.rows(ACCESS)] == ["ben", "tia"]
    assert tiny.rows("SELECT student_count FROM roster.sections") == [(1,)]
    tiny.records["users"].append(gone)
    plan = tiny.sync()
    assert [(c.entity, c.action, c.changes) for c in plan.counts] == [
        ("users", "restore", 1),
        ("user_sites", "restore", 1),
        ("enrollments", "restore", 1),
    ]
    assert tiny.rows("SELECT * EXCLUDE (archived_at) FROM roster.users ORDER BY ALL") == before
    assert tiny.rows("SELECT archived_at FROM roster.users WHERE archived_at IS NOT NULL") == []
    assert [r[0] for r in tiny.rows(ACCESS)] == ["ann", "ben", "tia"]


def test_archived_section_keeps_its_mapping(tiny: Tiny) -> None:
    tiny.line("mapping_rules", "r1", "math", "", "", "math-6")
    tiny.sync()
    sections, tiny.records["sections"] = tiny.records["sections"], []
    tiny.sync()
    assert tiny.rows("SELECT status, visible FROM roster.sections") == [("archived", False)]
    assert tiny.rows("SELECT course_id FROM roster.section_courses") == [("math-6",)]
    tiny.records["sections"] = sections
    plan = tiny.sync()
    assert {(c.entity, c.action) for c in plan.counts} == {("sections", "restore"), ("enrollments", "restore")}
    assert tiny.rows("SELECT visible, student_count FROM roster.sections") == [(True, 2)]


@pytest.mark.parametrize("still_listed", [True, False])
def test_a_term_that_is_over_concludes_its_sections(tiny: Tiny, still_listed: bool) -> None:
    tiny.sync()
    if not still_listed:
        tiny.records["sections"] = []
    plan = tiny.sync(today=date(2027, 6, 5))
    assert {(c.entity, c.action) for c in plan.counts} == {("sections", "conclude"), ("enrollments", "archive")}
    assert tiny.rows("SELECT status FROM roster.sections") == [("concluded",)]
    assert tiny.rows("SELECT enrollment_status FROM roster.users GROUP BY ALL") == [("pending",)]


def test_change_is_logged_with_the_fields_before_and_after(tiny: Tiny) -> None:
    tiny.sync()
    tiny.records["sections"][0] |= {"period": "3", "name": 'A "quoted" name'}
    tiny.sync()
    assert tiny.rows("SELECT entity, action, before, after FROM sync.changes WHERE sync_id = 'S002'") == [
        ("sections", "update", '{"name":"Section m6","period":null}', '{"name":"A \\"quoted\\" name","period":"3"}')
    ]


def test_a_login_once_known_stays(tiny: Tiny) -> None:
    tiny.line("logins", "d", "ann", "2026-09-01T08:00:00-07:00")
    tiny.sync()
    tiny.inputs["logins"] = "district,user_id,first_login_at\n"
    assert tiny.sync().counts == ()
    assert tiny.rows("SELECT strftime(first_login_at, '%Y-%m-%d %H:%M') FROM roster.users WHERE clever_id = 'ann'") == [
        ("2026-09-01 15:00",)
    ]


def test_a_sync_of_one_site_leaves_the_others_alone(tiny: Tiny) -> None:
    tiny.records["users"].append(student("sue", "south"))
    tiny.sync(sites=["north"])
    assert [r[0] for r in tiny.rows(USERS)] == ["ann", "ben", "tia"]
    assert tiny.rows("SELECT site_id FROM roster.sites WHERE last_synced_at IS NOT NULL") == [("north",)]
    tiny.sync()
    assert [r[0] for r in tiny.rows(USERS)] == ["ann", "ben", "sue", "tia"]


def test_a_sync_of_a_manual_or_unknown_site_is_refused(tiny: Tiny) -> None:
    tiny.line("sites", "d", "south", "manual")
    with pytest.raises(SyncRefused, match=r"Site south does not use Clever.*data/sites\.csv"):
        tiny.sync(sites=["south"])
    with pytest.raises(SyncRefused, match="no site west"):
        tiny.sync(sites=["west"])
    assert tiny.rows("FROM roster.sites") == []


@pytest.mark.parametrize(
    ("records", "codes"),
    [
        ({"users": [{"name": {"first": "x"}}]}, ["user_without_id"]),
        ({"users": [{"id": "u", "roles": {"wizard": {}}}]}, ["user_without_role"]),
        ({"users": [{"id": "u", "roles": ["student"]}]}, ["user_without_role", "wrong_type"]),
        ({"users": [student("u", "elsewhere")]}, ["user_without_site"]),
        ({"sections": [{"school": "north"}]}, ["section_without_id"]),
        ({"sections": [section("s", "elsewhere")]}, ["section_without_site"]),
        ({"sections": [section("s", "north", students=["ghost"])]}, ["unknown_members"]),
    ],
)
def test_what_cannot_be_used_has_a_reason_code(
    tiny: Tiny, records: dict[str, list[dict[str, object]]], codes: list[str]
) -> None:
    for name, rows in records.items():
        tiny.records[name] += rows
    tiny.sync()
    assert tiny.rows("SELECT code FROM staging.issues ORDER BY 1") == [(code,) for code in codes]
    assert [r[0] for r in tiny.rows(USERS)] == ["ann", "ben", "tia"]


def test_the_same_id_twice_is_one_record_whatever_the_order(tiny: Tiny) -> None:
    newer = student("ann", "north", last_modified="2026-11-02T00:00:00.000Z")
    older = student("ann", "south", last_modified="2026-11-01T00:00:00.000Z")
    for order in ([newer, older], [older, newer]):
        tiny.records["users"] = order
        tiny.sync()
        assert tiny.rows("SELECT site_id FROM roster.users WHERE clever_id = 'ann'") == [("north",)]


def test_suggestion_names_course_score_and_reason(tiny: Tiny) -> None:
    tiny.sync()
    assert tiny.rows("SELECT course_id, reason FROM mapping.suggestions ORDER BY score DESC LIMIT 1") == [
        ("math-6", "title alike: math; grade 6; subject math")
    ]


def test_without_clever_people_are_looked_at_only_when_what_they_depend_on_has_changed(tiny: Tiny) -> None:
    exempt = "SELECT entity FROM plan.untouched ORDER BY 1"
    ann = "SELECT enrollment_status FROM roster.users WHERE clever_id = 'ann'"
    tiny.sync()
    assert tiny.rows(exempt) == []
    tiny.line("section_courses", "d", "m6", "sci-6")
    plan = tiny.sync(from_clever=False)
    assert tiny.rows(exempt) == [("enrollments",), ("user_sites",), ("users",)]
    assert (plan.total("create"), plan.unchanged) == (1, 2 + 3 + 4 + 1 + 3)
    tiny.line("logins", "d", "ann", "2026-11-01T08:00:00Z")
    tiny.sync(from_clever=False)
    assert tiny.rows(exempt) == []
    assert tiny.rows(ann) == [("active",)]
    tiny.sync(from_clever=False, today=date(2027, 6, 5))
    assert tiny.rows("SELECT DISTINCT status FROM roster.enrollments") == [("archived",)]
    tiny.line("sites", "d", "south", "manual")
    tiny.sync(from_clever=False, today=date(2027, 6, 5))
    assert tiny.rows("SELECT status FROM roster.user_sites WHERE site_id = 'south'") == [("active",)]
