"""Identifier churn: the same people and sections under new Clever ids keep the platform's ids, or wait."""

from __future__ import annotations

from typing import Any

import pytest

from roster_pipeline.guards.limits import Limits
from tests.conftest import Record, teacher
from tests.guards.guarded import Guarded, Relinks, ids, roster

CHANGES = (
    "SELECT entity, action, count(*) FROM sync.changes WHERE sync_id = ? AND held_by IS NULL GROUP BY 1, 2 ORDER BY 1"
)


def rename(district: Guarded, kind: str, old: str, new: str) -> Record:
    """Gives a record another Clever id, in every section too; returns it."""
    record = district.record(kind, old)
    record["id"] = new
    for s in district.records["sections"]:
        for role in ("students", "teachers"):
            s[role] = [new if m == old else m for m in s[role]]
        if s.get("teacher") == old:
            s["teacher"] = new
    return record


def changes(district: Guarded) -> list[tuple[Any, ...]]:
    return district.rows(CHANGES.replace("?", f"'S{district.syncs:03}'"))


def test_a_person_under_a_new_id_is_relinked(district: Guarded) -> None:
    district.line("logins", "d", "north01", "2026-09-01")
    district.sync()
    before = district.ids("users")
    rename(district, "users", "north01", "fresh")
    district.sync()
    assert (district.relinks, district.holds) == (Relinks(1, 0, 0), [])
    assert changes(district) == [("users", "relink", 1)]
    assert district.ids("users")["fresh"] == before["north01"]
    assert district.rows("SELECT enrollment_status FROM roster.users WHERE clever_id = 'fresh'") == [("active",)]
    assert district.rows("SELECT evidence FROM guards.relinks") == [("SIS id, name",)]
    assert district.sync().counts == ()


def test_an_employee_whose_email_changed_is_relinked_by_the_sis_id(district: Guarded) -> None:
    district.record("users", "north-t")["email"] = "old@example.org"
    district.sync()
    before = district.ids("users")["north-t"]
    rename(district, "users", "north-t", "fresh")["email"] = "new@example.org"
    district.sync()
    assert changes(district) == [("users", "relink", 1)]
    assert district.ids("users")["fresh"] == before


def test_a_person_whose_sis_id_changed_is_relinked_by_name_and_email(district: Guarded) -> None:
    district.record("users", "north01")["email"] = "One@example.org"
    district.sync()
    before = district.ids("users")["north01"]
    record = rename(district, "users", "north01", "fresh")
    record["roles"]["student"]["sis_id"] = "another"
    record["email"] = "one@example.org"
    district.sync()
    assert district.rows("SELECT evidence, verdict FROM guards.relinks") == [("name, e-mail", "relink")]
    assert district.ids("users")["fresh"] == before


def test_somebody_archived_long_ago_is_restored_under_the_new_id(district: Guarded) -> None:
    before = roster(district)
    record = district.record("users", "north01")
    district.drop("users", "north01")
    district.sync()
    district.records["users"].append({**record, "id": "fresh"})
    district.record("sections", "north-s0")["students"].append("fresh")
    district.sync()
    assert changes(district) == [("enrollments", "restore", 1), ("user_sites", "restore", 1), ("users", "restore", 1)]
    assert district.rows("SELECT json_extract_string(before, '$.clever_id') FROM plan.users") == [("north01",)]
    after = roster(district)
    assert after["enrollments"] == before["enrollments"]
    assert [r[0] for r in after["users"]] == [r[0] for r in before["users"]]


def test_who_leaves_now_comes_before_who_was_archived_long_ago(district: Guarded) -> None:
    record = {**district.record("users", "north01")}
    district.drop("users", "north01")
    district.sync()
    district.records["users"].append({**record, "id": "later", "name": {"first": "An", "last": "Heir"}})
    district.limits = Limits(relink_percent=0)
    district.sync()
    district.decide()
    district.sync()
    known = district.ids("users")
    district.limits = Limits()
    rename(district, "users", "later", "fresh")
    district.sync()
    assert (district.relinks, district.holds) == (Relinks(1, 0, 0), [])
    assert (district.ids("users")["fresh"], district.ids("users")["north01"]) == (known["later"], known["north01"])


def waits(district: Guarded, people: int) -> None:
    """The ambiguous case: nobody is merged, nobody is archived, the new ones wait, the rest flows."""
    before = roster(district)
    district.record("sections", "south-s0")["name"] = "Renamed"
    district.sync()
    assert [(h.guard, h.entity, h.site_id, h.changes) for h in district.holds] == [
        ("relink_ambiguous", "users", "north", people)
    ]
    assert district.relinks.applied == 0
    after = roster(district)
    assert (after.pop("sections") != before.pop("sections"), after) == (True, before)


def test_the_sis_id_alone_is_not_enough(district: Guarded) -> None:
    known = district.ids("users")["north01"]
    rename(district, "users", "north01", "fresh")["name"] = {"first": "Somebody", "last": "Else"}
    waits(district, 2)
    district.decide()
    district.sync()
    assert district.rows(
        "SELECT clever_id, enrollment_status FROM roster.users WHERE sis_id = 'sis-north01' ORDER BY 1"
    ) == [
        ("fresh", "pending"),
        ("north01", "archived"),
    ]
    assert district.ids("users")["north01"] == known
    assert district.in_force("enrollments") == 86


def test_email_and_sis_id_that_point_to_different_people_are_never_merged(district: Guarded) -> None:
    for i in ("north01", "north02"):
        district.record("users", i)["email"] = f"{i}@example.org"
    district.sync()
    district.drop("users", "north02")
    record = rename(district, "users", "north01", "fresh")
    record |= {"name": {"first": "First north02", "last": "Last north02"}, "email": "north02@example.org"}
    waits(district, 3)


def test_email_of_somebody_who_stays_is_never_merged(district: Guarded) -> None:
    district.record("users", "north02")["email"] = "north02@example.org"
    district.sync()
    record = rename(district, "users", "north01", "fresh")
    record |= {"name": {"first": "First north02", "last": "Last north02"}, "email": "north02@example.org"}
    waits(district, 2)


def test_one_person_who_comes_back_twice_waits(district: Guarded) -> None:
    record = rename(district, "users", "north01", "fresh")
    district.records["users"].append({**record, "id": "fresh too"})
    waits(district, 3)


@pytest.mark.parametrize(
    "change",
    [
        {"sis_id": "another"},  # the same name alone
        {"sis_id": "sis-north02"},  # the SIS id of somebody who stays
    ],
)
def test_somebody_else_is_somebody_else(district: Guarded, change: Record) -> None:
    rename(district, "users", "north01", "fresh")["roles"]["student"] |= change
    district.sync()
    assert (district.relinks, district.holds) == (Relinks(0, 0, 0), [])
    assert district.rows("SELECT enrollment_status FROM roster.users WHERE clever_id = 'north01'") == [("archived",)]


def test_an_sis_id_belongs_to_a_role(district: Guarded) -> None:
    name = district.record("users", "north01")["name"]
    district.drop("users", "north01")
    newcomer = teacher("fresh", "north", name=name)
    newcomer["roles"]["teacher"]["sis_id"] = "sis-north01"
    district.records["users"].append(newcomer)
    district.sync()
    assert (district.relinks, district.holds) == (Relinks(0, 0, 0), [])
    assert len(set(district.ids("users").values())) == 81


def test_an_sis_id_that_everybody_has_says_nothing(district: Guarded) -> None:
    district.limits = Limits(identity_percent=100)
    for n in range(10):
        district.record("users", f"north{n:02}")["roles"]["student"]["sis_id"] = "0"
    district.sync()
    rename(district, "users", "north01", "fresh")
    district.sync()
    assert (district.relinks, district.holds) == (Relinks(0, 0, 0), [])


@pytest.mark.parametrize(("renamed", "relinks"), [(3, Relinks(3, 0, 0)), (4, Relinks(0, 4, 0))])
def test_many_people_are_held_as_a_whole_and_relinked_once_approved(
    district: Guarded, renamed: int, relinks: Relinks
) -> None:
    before, known = roster(district), district.ids("users")
    for i in ids("north", range(renamed)):
        rename(district, "users", i, f"fresh-{i}")
    district.sync()
    assert district.relinks == relinks
    if relinks.held:
        assert district.held == [("relink", "users", "north", 4, 39)]
        assert roster(district) == before
        assert district.sync().counts == ()
        district.decide()
        district.sync()
        assert district.rows("SELECT guard FROM sync.holds WHERE applied_sync_id IS NOT NULL") == [("relink",)]
    assert (district.holds, changes(district)) == ([], [("users", "relink", renamed)])
    assert [district.ids("users")[f"fresh-{i}"] for i in ids("north", range(renamed))] == [
        known[i] for i in ids("north", range(renamed))
    ]
    assert roster(district)["enrollments"] == before["enrollments"]


def test_a_relinked_id_that_comes_back_beside_the_new_one_is_another_person(district: Guarded) -> None:
    old = {**district.record("users", "north01")}
    known = district.ids("users")["north01"]
    rename(district, "users", "north01", "fresh")
    district.sync()
    district.records["users"].append(old)
    for _ in range(2):
        district.sync()
        assert district.ids("users")["fresh"] == known != district.ids("users")["north01"]
    district.drop("users", "north01")
    district.sync()
    rename(district, "users", "fresh", "north01")
    district.sync()
    assert district.rows("SELECT count(*), count(DISTINCT user_id) FROM roster.users") == [(81, 81)]


def test_going_back_to_the_first_id_is_a_relink_too(district: Guarded) -> None:
    known = district.ids("users")["north01"]
    for old, new in (("north01", "fresh"), ("fresh", "north01")):
        rename(district, "users", old, new)
        district.sync()
        assert changes(district) == [("users", "relink", 1)]
        assert district.ids("users")[new] == known


# Sections ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("named_in_the_file", ["north-s0", "platform's id", "nowhere"])
def test_a_section_under_a_new_id_keeps_everything(district: Guarded, named_in_the_file: str) -> None:
    known = district.ids("sections")["north-s0"]
    district.line("mapping_rules", "r1", "math", "", "", "math-6")
    if named_in_the_file != "nowhere":
        district.line("section_courses", "d", named_in_the_file.replace("platform's id", known), "sci-6")
    district.sync()
    before = roster(district)
    for new in ("fresh", "fresher"):
        rename(district, "sections", district.records["sections"][0]["id"], new)
        district.sync()
        assert (district.relinks, district.holds) == (Relinks(1, 0, 0), [])
        assert changes(district) == [("sections", "relink", 1)]
        assert district.ids("sections")[new] == known
        assert district.rows("SELECT evidence FROM guards.relinks") == [
            ("site, name or course, period, teacher and 10 of 10 students",)
        ]
        assert district.sync().counts == ()
    with district.connect() as connection:  # the history has its retention; the first id needs none
        connection.execute("DELETE FROM sync.change_log")
    assert district.sync().counts == ()
    after = roster(district)
    assert (after["enrollments"], after["section_courses"]) == (before["enrollments"], before["section_courses"])
    assert district.rows("FROM mapped.line_issues") == []


def test_a_line_with_the_id_between_still_counts(district: Guarded) -> None:
    rename(district, "sections", "north-s0", "fresh")
    district.sync()
    district.line("section_courses", "d", "fresh", "sci-6")
    rename(district, "sections", "fresh", "fresher")
    district.sync()
    assert district.rows("SELECT course_id, mapped_by FROM roster.section_courses") == [("sci-6", "file")]
    assert district.sync().counts == ()
    assert district.rows("SELECT course_id FROM roster.section_courses") == [("sci-6",)]


def test_a_section_is_recognized_with_its_relinked_teacher_and_students(district: Guarded) -> None:
    known = district.ids("sections")["north-s0"]
    rename(district, "users", "north-t", "fresh-t")
    for i in ids("north", range(3)):
        rename(district, "users", i, f"fresh-{i}")
    rename(district, "sections", "north-s0", "fresh")
    district.sync()
    assert (district.relinks, district.holds) == (Relinks(5, 0, 0), [])
    assert changes(district) == [("sections", "relink", 1), ("users", "relink", 4)]
    assert district.ids("sections")["fresh"] == known


def test_a_relinked_section_id_that_comes_back_is_another_section(district: Guarded) -> None:
    old = {**district.record("sections", "north-s0")}
    known = district.ids("sections")["north-s0"]
    rename(district, "sections", "north-s0", "fresh")
    district.sync()
    district.records["sections"].append(old)
    for _ in range(2):
        district.sync()
        assert district.ids("sections")["fresh"] == known != district.ids("sections")["north-s0"]
    assert district.in_force("sections") == 9


def test_a_section_is_recognized_while_its_people_wait(district: Guarded) -> None:
    before, known = roster(district), district.ids("sections")["north-s0"]
    for i in ids("north", range(8)):
        rename(district, "users", i, f"fresh-{i}")
    rename(district, "sections", "north-s0", "fresh")
    district.sync()
    assert (district.relinks, district.held) == (Relinks(1, 8, 0), [("relink", "users", "north", 8, 39)])
    assert changes(district) == [("sections", "relink", 1)]
    assert district.ids("sections")["fresh"] == known
    assert roster(district)["enrollments"] == before["enrollments"]


@pytest.mark.parametrize(("stay", "relinked"), [(5, 0), (6, 1)])
def test_most_of_the_larger_class_must_be_the_same(district: Guarded, stay: int, relinked: int) -> None:
    district.limits = Limits(archive_percent=100)
    record = rename(district, "sections", "north-s0", "fresh")
    record["students"] = record["students"][:stay] + ids("north", range(30, 40 - stay))
    district.sync()
    assert district.relinks == Relinks(relinked, 0, 0)


@pytest.mark.parametrize(
    "differs",
    [
        {"period": "7"},
        {"name": "Another", "course": None},
        {"teacher": "south-t", "teachers": ["south-t"]},
        {"school": "south"},
        {"term_id": "next"},
    ],
)
def test_a_section_that_differs_is_another_section(district: Guarded, differs: Record) -> None:
    district.records["terms"].append({"id": "next", "name": "Y2", "start_date": "2027-06-04", "end_date": "2028-06-02"})
    rename(district, "sections", "north-s0", "fresh").update(differs)
    district.sync()
    assert district.relinks == Relinks(0, 0, 0)
    assert district.rows("SELECT status FROM roster.sections WHERE clever_id = 'north-s0'") == [("archived",)]


def test_the_course_stands_in_for_the_name_and_the_calendar_may_have_been_rebuilt(district: Guarded) -> None:
    district.records["courses"] = [{"id": "c1", "name": "Grade 6 Mathematics"}]
    district.record("sections", "north-s0")["course"] = "c1"
    district.sync()
    district.records["terms"].append(
        {"id": "new", "name": "Year", "start_date": "2026-08-12", "end_date": "2027-06-11"}
    )
    rename(district, "sections", "north-s0", "fresh").update(name="Math - New name - 0", term_id="new")
    district.sync()
    assert district.relinks == Relinks(1, 0, 0)


def test_two_sections_that_might_be_it_wait(district: Guarded) -> None:
    district.line("mapping_rules", "r1", "math", "", "", "math-6")
    district.sync()
    before = roster(district)
    record = rename(district, "sections", "north-s0", "fresh")
    district.records["sections"].append({**record, "id": "fresh too"})
    district.sync()
    assert [(h.guard, h.entity, h.site_id, h.changes) for h in district.holds] == [
        ("relink_ambiguous", "sections", "north", 3)
    ]
    assert roster(district) == before


@pytest.mark.parametrize("approve", [True, False])
def test_a_rebuilt_calendar_is_held_as_a_whole(district: Guarded, approve: bool) -> None:
    """Accident 2 of the field: one school's section ids are all renewed."""
    district.limits = Limits(minimum_population=4)
    for n in range(4):
        district.line("section_courses", "d", f"north-s{n}", "math-6")
    district.sync()
    before, known = roster(district), district.ids("sections")
    for n in range(4):
        rename(district, "sections", f"north-s{n}", f"fresh-{n}")
    district.record("sections", "fresh-0")["students"].pop()
    district.sync()
    assert district.held == [("relink", "sections", "north", 4, 4)]
    assert roster(district) == before
    if approve:
        district.decide()
        district.sync()
        assert changes(district) == [("enrollments", "archive", 1), ("sections", "relink", 4)]
        assert [district.ids("sections")[f"fresh-{n}"] for n in range(4)] == [known[f"north-s{n}"] for n in range(4)]
        assert roster(district)["section_courses"] == before["section_courses"]
    else:
        for n in range(4):
            rename(district, "sections", f"fresh-{n}", f"north-s{n}")
        district.sync()
        assert district.holds == []
        assert changes(district) == [("enrollments", "archive", 1)]
