"""Accidents that no single count of removals shows: each is held whole, as one decision, and the rest flows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from roster_pipeline.guards.catalog import GUARDS
from roster_pipeline.guards.limits import ExpectedChange, Limits
from roster_pipeline.guards.turnover import LONGEST_MEMORY
from tests.conftest import NOW, TODAY, section, student, teacher
from tests.guards.guarded import Guarded, copy_of, ids, roster, save


@pytest.fixture
def district(district: Guarded) -> Guarded:
    """North and south, where twenty enrollments of teachers and ten sections are enough to be judged."""
    district.limits = Limits(minimum_population=4)
    return district


@pytest.fixture(scope="module")
def mapped_once(synced: Guarded, tmp_path_factory: pytest.TempPathFactory) -> Guarded:
    """The same, all of whose sections have a course by a rule."""
    made = copy_of(synced, tmp_path_factory.mktemp("mapped"))
    made.limits = Limits(minimum_population=4)
    made.inputs["mapping_rules"] += "r,math,,,math-6\n"
    made.sync()
    save(made)
    return made


@pytest.fixture
def mapped(mapped_once: Guarded, tmp_path: Path) -> Iterator[Guarded]:
    made = copy_of(mapped_once, tmp_path / "mapped")
    yield made
    made.close()


def all_teachers_gone_from_sections(d: Guarded) -> None:
    for s in d.records["sections"][1:]:
        s |= {"teachers": [], "teacher": None}


def one_teacher_on_all(d: Guarded) -> None:
    d.records["users"].append(teacher("sub", "north"))
    for s in d.records["sections"]:
        s |= {"teachers": ["sub"], "teacher": "sub"}


def terms_moved_two_years_back(d: Guarded) -> None:
    d.records["terms"][0] |= {"start_date": "2024-08-10", "end_date": "2025-06-04"}


def half_the_students_are_teachers(d: Guarded) -> None:
    for i in ids("north", range(20)):
        roles = d.record("users", i)["roles"]
        roles["teacher"] = {"school": "north", "schools": ["north"], "sis_id": f"sis-{i}"}
        del roles["student"]


def names_rotated(d: Guarded) -> None:
    people = [d.record("users", i) for i in ids("north", range(28))]
    names = [p["name"] for p in people]
    for person, name in zip(people, names[1:] + names[:1], strict=True):
        person["name"] = name


def class_lists_rotated(d: Guarded) -> None:
    classes = [s for s in d.records["sections"] if s["school"] == "north"]
    lists = [s["students"] for s in classes]
    for s, students in zip(classes, lists[1:] + lists[:1], strict=True):
        s["students"] = students


def students_moved_to_another_school(d: Guarded) -> None:
    for i in ids("north", range(20)):
        d.record("users", i)["roles"]["student"] |= {"school": "south", "schools": ["south"]}
    for s in d.records["sections"]:
        s["students"] = [i for i in s["students"] if i not in ids("north", range(20))]
    d.record("sections", "south-s0")["students"] += ids("north", range(20))


def half_replaced_under_the_same_ids(d: Guarded) -> None:
    for i in ids("north", range(20)):
        d.record("users", i)["name"] = {"first": "Somebody", "last": f"Else {i}"}
        d.record("users", i)["roles"]["student"]["sis_id"] = f"other-{i}"


def every_course_of_a_rule_replaced(d: Guarded) -> None:
    d.inputs["mapping_rules"] = d.inputs["mapping_rules"].replace("math-6", "sci-6")


@pytest.mark.parametrize(
    ("accident", "expected"),
    [
        (all_teachers_gone_from_sections, ("archives", "enrollments", 7)),
        (one_teacher_on_all, ("archives", "enrollments", 8)),
        (terms_moved_two_years_back, ("conclusions", "sections", 8)),
        (half_the_students_are_teachers, ("roles", "users", 20)),
        (names_rotated, ("identity", "users", 28)),
        (class_lists_rotated, ("archives", "enrollments", 39)),
        (students_moved_to_another_school, ("moves", "user_sites", 20)),
        (half_replaced_under_the_same_ids, ("identity", "users", 20)),
        (every_course_of_a_rule_replaced, ("mapping", "section_courses", 8)),
    ],
)
def test_it_is_held_whole_is_one_decision_and_the_rest_flows(
    mapped: Guarded, accident: Callable[[Guarded], None], expected: tuple[str, str, int]
) -> None:
    before = roster(mapped)
    accident(mapped)
    mapped.records["users"].append(student("newcomer", "north"))
    mapped.sync()
    assert [(h.guard, h.entity, h.changes) for h in mapped.holds] == [expected]
    after = roster(mapped)
    for entity in ("enrollments", "user_sites", "users", "sections", "section_courses"):
        new = [r for r in after[entity] if r not in before[entity]]
        assert [r for r in before[entity] if r not in after[entity]] == [], entity
        assert len(new) == {"users": 1, "user_sites": 1}.get(entity, 0) + (
            accident is one_teacher_on_all and entity in ("users", "user_sites")
        ), entity
    mapped.decide()
    mapped.sync()
    assert mapped.holds == []
    assert roster(mapped) != after
    assert mapped.sync().counts == ()


def test_a_slow_bleed_is_held_when_it_adds_up(district: Guarded) -> None:
    district.limits = Limits()
    held: list[list[Any]] = []
    told: list[list[str]] = []
    for day in range(4):
        district.drop("users", *ids("north", range(3 * day, 3 * day + 3)))
        district.sync(today=TODAY + timedelta(days=day))
        held.append([(h.guard, h.changes, h.of) for h in district.holds])
        told.append([h.message for h in district.holds])
    # 3, then 6 of 39 are gone: more than 15 % in seven days.
    assert held[:2] == [[], [("losses", 3, 36)]]
    assert told[1][0].startswith("Held: 3 of 36 students at site north (North) (after 3 in the days before) would be")
    remembered = {limit for guard in GUARDS if guard.name == "losses" for limit in guard.limits}
    assert remembered == {"loss_7_days_percent", f"loss_{LONGEST_MEMORY.days}_days_percent"}
    assert district.in_force("users") == 80 - 3


def test_what_comes_back_makes_up_for_what_leaves(district: Guarded) -> None:
    district.limits = Limits()
    for day in range(4):
        gone = district.drop("users", *ids("north", range(3)))
        district.sync(today=TODAY + timedelta(days=2 * day))
        assert district.holds == []
        district.records["users"] += gone
        district.sync(today=TODAY + timedelta(days=2 * day + 1))
        assert district.holds == []


def test_what_somebody_approved_is_no_loss_to_remember(district: Guarded) -> None:
    district.limits = Limits(minimum_population=15, quarantine_percent=100)
    district.drop("users", *ids("north", range(20)))
    district.sync()
    district.decide()
    district.sync()
    district.drop("users", "north20")
    district.sync(today=TODAY + timedelta(days=1))
    assert district.holds == []


def test_what_a_window_expects_is_no_loss_to_remember(district: Guarded) -> None:
    district.limits = Limits(minimum_population=15, quarantine_percent=100)
    district.expected = [ExpectedChange(TODAY, TODAY, "Rae", "boundaries", {"archive_percent": 60})]
    district.drop("users", *ids("north", range(20)))
    district.sync()
    district.drop("users", "north20")
    district.sync(today=TODAY + timedelta(days=1))
    assert district.holds == []


def promoted(d: Guarded, sites: tuple[str, ...] = ("north", "south")) -> None:
    """Half of each school is of grade 7, its top grade; they leave, and everybody else goes up."""
    for site in sites:
        for i in ids(site, range(20, 39)):
            d.record("users", i)["roles"]["student"]["grade"] = "7"
    d.limits = Limits(update_percent=100)
    d.sync()
    assert d.holds == []
    d.limits = Limits()
    d.drop("users", *[i for site in sites for i in ids(site, range(20, 39))])
    for site in sites:
        for i in ids(site, range(20)):
            d.record("users", i)["roles"]["student"]["grade"] = "7"


def test_a_promotion_is_recognized_and_is_one_decision(district: Guarded) -> None:
    promoted(district)
    district.sync()
    assert [(h.guard, h.changes) for h in district.holds] == [("promotion", 78)]
    assert "39 of 39 students at site north (North)" in district.holds[0].message
    assert "the promotion to a new school year" in district.holds[0].message
    district.decide()
    district.sync()
    assert district.holds == []
    assert district.rows(
        "SELECT grade, enrollment_status, count(*) FROM roster.users WHERE grade IS NOT NULL GROUP BY 1, 2 ORDER BY 2"
    ) == [("7", "archived", 38), ("7", "pending", 40)]


def test_a_promotion_hides_no_change_of_names(district: Guarded) -> None:
    promoted(district)
    for i in ids("north", range(20)):
        district.record("users", i)["name"] = {"first": "Somebody", "last": f"Else {i}"}
    district.sync()
    district.decide()
    district.sync()
    assert [(h.guard, h.changes) for h in district.holds] == [("identity", 20)]


def test_a_term_that_is_shifted_holds_nothing(district: Guarded) -> None:
    district.records["terms"][0] |= {"start_date": "2026-08-17", "end_date": "2027-06-11"}
    district.sync()
    assert district.holds == []
    assert district.rows("SELECT DISTINCT term_end FROM roster.sections") == [(date(2027, 6, 11),)]


def test_addresses_that_are_shared_for_the_first_time_hold_nothing(district: Guarded) -> None:
    for user in district.records["users"]:
        user["email"] = f"{user['id']}@example.org"
    district.sync()
    assert district.holds == []


@pytest.mark.parametrize(("kind", "columns"), [("terms", "term_name, term_end"), ("courses", "clever_course")])
@pytest.mark.parametrize("whole", [True, False])
def test_terms_and_courses_that_vanish_stand_as_they_were_known(
    district: Guarded, kind: str, columns: str, whole: bool
) -> None:
    district.records["courses"] = [{"id": "c1", "name": "Math 6"}, {"id": "c2", "name": "Else"}]
    district.records["terms"].append({"id": "other", "name": "Other"})
    for s in district.records["sections"]:
        s["course"] = "c1"
    district.inputs["mapping_rules"] += "r,,,Math 6,math-6\n"
    district.limits = Limits(update_percent=100)
    district.sync()
    district.limits = Limits(minimum_population=4)
    query = f"SELECT section_id, {columns}, course_count FROM roster.sections ORDER BY 1"
    before = district.rows(query)
    del district.records[kind][0]
    if whole:
        district.records[kind].clear()
    made = district.sync()
    assert (district.holds, made.counts, district.rows(query)) == ([], (), before)
    assert district.rows("SELECT code FROM sync.issues WHERE sync_id = 'S003'") == [(f"last_known_{kind}",)]


def test_a_school_that_moves_into_another_is_a_move_and_not_broken(district: Guarded) -> None:
    district.drop("schools", "north")
    for user in district.records["users"]:
        for role in user["roles"].values():
            if role["school"] == "north":
                role |= {"school": "south", "schools": ["south"]}
    for s in district.records["sections"]:
        s["school"] = "south"
    before = roster(district)
    district.sync()
    assert [(h.guard, h.changes, h.blocks) for h in district.holds] == [("moves", 40, False)]
    assert roster(district) == before
    district.decide()
    district.sync()
    assert district.holds == []
    assert district.rows("SELECT site_id, count(*) FROM roster.user_sites WHERE status = 'active' GROUP BY 1") == [
        ("south", 80)
    ]


def test_a_new_teacher_for_one_class_flows(district: Guarded) -> None:
    district.limits = Limits(minimum_population=4, archive_percent=30)
    district.records["users"].append(teacher("sub", "north"))
    district.record("sections", "north-s0").update(teachers=["sub"], teacher="sub")
    district.sync()
    assert district.holds == []
    assert district.rows("SELECT count(*) FROM roster.enrollments WHERE role = 'teacher' AND status = 'active'") == [
        (8,)
    ]


def test_classes_replaced_by_others_are_not_applied_by_half(district: Guarded) -> None:
    before = roster(district)["enrollments"]
    district.records["sections"] = [s for s in district.records["sections"] if s["school"] != "north"]
    students = ids("north", range(39))
    for k in range(4):
        district.records["sections"].append(
            section(f"new-{k}", "north", teachers=["north-t"], students=students[k::4], subject="art", period=f"x{k}")
        )
    district.sync()
    assert [(h.guard, h.entity) for h in district.holds] == [("archives", "sections")]
    in_class = [e for e in roster(district)["enrollments"] if e[2] == "student"]
    assert in_class == [e for e in before if e[2] == "student"]


def test_a_sync_of_one_site_moves_people_whole(district: Guarded) -> None:
    district.limits = Limits(move_percent=100)
    for i in ids("north", range(5)):
        district.record("users", i)["roles"]["student"] |= {"school": "south", "schools": ["south"]}
        district.record("sections", "north-s0")["students"].remove(i)
        district.record("sections", "south-s3")["students"].append(i)
    district.sync(sites=["south"])
    whole = roster(district)
    assert district.sync().counts == ()
    assert roster(district) == whole
    assert district.rows("SELECT count(*) FROM roster.user_sites WHERE status = 'active'") == [(80,)]


def test_who_moves_is_counted_where_they_were(district: Guarded) -> None:
    district.limits = Limits()
    for n, i in enumerate(ids("north", range(6))):
        district.record("users", i)["name"] = {"first": "X", "last": i}
        if n < 3:
            district.record("users", i)["roles"]["student"] |= {"school": "south", "schools": ["south"]}
    district.sync()
    assert district.held == [("identity", "users", "north", 6, 39)]


def test_who_changes_school_with_the_promotion_is_part_of_it(district: Guarded) -> None:
    district.limits = Limits()
    for n, i in enumerate(ids("north", range(39))):
        roles = district.record("users", i)["roles"]["student"]
        roles |= {"grade": "7"} | ({"school": "south", "schools": ["south"]} if n < 10 else {})
    district.sync()
    assert district.held == [("promotion", "users", "north", 39, 39)]


def test_an_approved_loss_settles_the_days_before(district: Guarded) -> None:
    district.limits = Limits()
    held = []
    for day in range(4):
        district.drop("users", *ids("north", range(3 * day, 3 * day + (3 if day < 2 else 1))))
        district.sync(today=TODAY + timedelta(days=day))
        held.append([h.guard for h in district.holds])
        if district.holds:
            now = datetime.combine(TODAY + timedelta(days=day), NOW.time())
            district.decide(now=now)
            district.sync(today=now.date())
    assert held == [[], ["losses"], [], []]
