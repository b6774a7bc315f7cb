"""Shares: what is held and what flows, at the limit and above it, with its memberships."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from roster_pipeline.guards.limits import Limits
from tests.conftest import student
from tests.guards.guarded import Guarded, ids, roster


@pytest.mark.parametrize(("leavers", "held"), [(3, []), (4, [("archives", "users", "north", 4, 39)])])
def test_archives_at_the_limit_flow_and_one_more_is_held(district: Guarded, leavers: int, held: list[Any]) -> None:
    district.drop("users", *ids("north", range(leavers)))
    district.sync()
    assert district.held == held
    assert district.in_force("users") == (80 if held else 77)
    assert district.in_force("enrollments") == (86 if held else 83)


@pytest.mark.parametrize(("minimum", "site"), [(39, "north"), (40, None)])
def test_a_small_population_is_judged_with_its_district(district: Guarded, minimum: int, site: str | None) -> None:
    district.limits = Limits(minimum_population=minimum)
    district.drop("users", *ids("north", range(5)), *ids("south", range(3)))
    district.sync()
    # Eight of 78 are too many for the district; where north is judged alone, its five are held and south's three flow.
    assert district.held == [("archives", "users", site, 5 if site else 8, 39 if site else 78)]
    assert district.in_force("users") == (77 if site else 80)


def test_below_the_minimum_population_nothing_is_judged(district: Guarded) -> None:
    district.limits = Limits(minimum_population=87)
    district.drop("users", *ids("north", range(30)))
    district.sync()
    assert district.held == []
    assert district.in_force("users") == 50


@pytest.mark.parametrize(("leavers", "held"), [(2, []), (3, [("archives", "users", "north", 3, 39)])])
def test_a_number_limits_beside_the_percentage(district: Guarded, leavers: int, held: list[Any]) -> None:
    district.limits = Limits(archive_count=2)
    district.drop("users", *ids("north", range(leavers)))
    district.sync()
    assert district.held == held
    assert [(h.limit, "more than 2;" in h.message) for h in district.holds] == [(2.0, True)] * len(held)


def test_the_rest_flows_while_the_risky_part_stays_with_its_memberships(district: Guarded) -> None:
    before = roster(district)
    district.drop("users", *ids("north", range(5)), "south01")
    district.records["users"].append(student("newcomer", "north"))
    district.record("sections", "north-s0")["students"].append("newcomer")
    district.record("sections", "south-s0")["name"] = "Renamed"
    made = district.sync()
    assert [(c.entity, c.site_id, c.action, c.changes) for c in made.counts] == [
        ("users", "north", "create", 1),
        ("users", "south", "archive", 1),
        ("user_sites", "north", "create", 1),
        ("user_sites", "south", "archive", 1),
        ("sections", "south", "update", 1),
        ("enrollments", "north", "create", 1),
        ("enrollments", "south", "archive", 1),
    ]
    assert made.held == 3 * 5
    kept = roster(district)
    for entity in ("users", "user_sites", "enrollments"):
        north = [r for r in before[entity] if "north" in r]
        assert [r for r in kept[entity] if r in north] == north
    ((hold_id,),) = district.rows("SELECT DISTINCT held_by FROM plan.enrollments WHERE held_by IS NOT NULL")
    assert hold_id == district.holds[0].hold_id


def test_memberships_that_follow_an_allowed_archive_are_not_judged(district: Guarded) -> None:
    # Three students are below the limit; with the teacher's four, their seven of 43 enrollments would be above it.
    district.drop("users", "north-t", *ids("north", range(3)))
    district.sync()
    assert district.held == []
    assert district.in_force("enrollments") == 86 - 7


@pytest.mark.parametrize(("leavers", "held"), [(3, []), (4, [("archives", "enrollments", "north", 4, 39)])])
def test_enrollments_that_end_by_themselves_are_judged(district: Guarded, leavers: int, held: list[Any]) -> None:
    del district.record("sections", "north-s0")["students"][:leavers]
    district.sync()
    assert district.held == held
    assert district.in_force("enrollments") == (86 if held else 83)


def test_a_held_section_keeps_its_enrollments_except_those_of_who_leaves(district: Guarded) -> None:
    district.limits = Limits(minimum_population=4)
    district.drop("sections", "north-s0", "north-s1")
    district.drop("users", "north00")
    district.sync()
    assert district.held == [("archives", "sections", "north", 2, 4)]
    assert district.rows(
        "SELECT count(*) FILTER (e.status = 'active'), count(*) FROM roster.enrollments AS e "
        "JOIN roster.sections AS s USING (section_id) WHERE s.clever_id = 'north-s0' AND s.status = 'active'"
    ) == [(10, 11)]


def test_a_held_person_leaves_with_the_section_that_ends(district: Guarded) -> None:
    district.limits = Limits(minimum_population=9)
    district.drop("users", *ids("north", range(5)))
    district.drop("sections", "north-s0")
    district.sync()
    assert district.held == [("archives", "users", "north", 5, 39)]
    assert district.rows(
        "SELECT DISTINCT s.status, e.status FROM roster.enrollments AS e JOIN roster.sections AS s USING (section_id) "
        "WHERE s.clever_id = 'north-s0'"
    ) == [("archived", "archived")]


@pytest.mark.parametrize(("changed", "held"), [(29, []), (30, [("updates", "users", "north", 30, 39)])])
def test_updates(district: Guarded, changed: int, held: list[Any]) -> None:
    for i in ids("north", range(changed)):
        district.record("users", i)["roles"]["student"]["grade"] = "9"
    district.sync()
    assert district.held == held
    assert district.rows("SELECT count(*) FROM roster.users WHERE grade = '9'") == [(0 if held else 29,)]


def test_logins_are_no_updates(district: Guarded) -> None:
    for i in ids("north", range(39)):
        district.line("logins", "d", i, "2026-09-01")
    district.sync()
    assert district.held == []
    assert district.rows("SELECT count(*) FROM roster.users WHERE enrollment_status = 'active'") == [(39,)]


@pytest.mark.parametrize(("lost", "held"), [(2, []), (3, [("mapping", "section_courses", "north", 3, 4)])])
def test_a_mapping_file_that_lost_most_of_its_lines(district: Guarded, lost: int, held: list[Any]) -> None:
    district.limits = Limits(minimum_population=4, mapping_percent=50)
    for n in range(4):
        district.line("section_courses", "d", f"north-s{n}", "math-6")
        district.line("section_courses", "d", f"south-s{n}", "math-6")
    district.sync()
    for n in range(lost):
        district.inputs["section_courses"] = district.inputs["section_courses"].replace(f"d,north-s{n},math-6\n", "")
    district.sync(from_clever=False)
    assert district.held == held
    assert district.in_force("section_courses") == (8 if held else 6)


@pytest.mark.parametrize("still_listed", [True, False])
def test_a_term_that_ends_trips_nothing(district: Guarded, still_listed: bool) -> None:
    if not still_listed:
        district.records["sections"] = []
    district.sync(today=date(2027, 6, 5))
    assert district.held == []
    assert district.rows("SELECT status, count(*) FROM roster.sections GROUP BY 1") == [("concluded", 8)]
    assert district.in_force("enrollments") == 0
