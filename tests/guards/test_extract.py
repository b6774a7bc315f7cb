"""Broken extracts: everything is held, and what is only unusual is not taken for one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from roster_pipeline.guards.limits import Limits
from roster_pipeline.history.record import prune
from tests.conftest import NOW, Record, section, student, teacher
from tests.guards.guarded import Guarded, Relinks, fill, ids, roster


def no_students(district: Guarded) -> None:
    district.drop("users", *ids("north", range(39)), *ids("south", range(39)))


def no_teachers(district: Guarded) -> None:
    for site in ("north", "south"):
        roles = district.record("users", f"{site}-t")["roles"]
        roles["staff"] = {"schools": [site]}
        del roles["teacher"]


def no_members(district: Guarded) -> None:
    for record in district.records["sections"]:
        record |= {"students": [], "teachers": [], "teacher": None}


@pytest.mark.parametrize(
    ("break_it", "entity", "sentence"),
    [
        (lambda d: d.records["schools"].clear(), "sites", "the extract has no sites, 2 are in force"),
        (no_students, "users", "the extract has no students, 78 are in force"),
        (no_teachers, "users", "the extract has no teachers, 2 are in force"),
        (lambda d: d.records["sections"].clear(), "sections", "the extract has no sections, 8 are in force"),
        (no_members, "enrollments", "the extract has no enrollments, 86 are in force"),
        (lambda d: d.drop("schools", "south"), "sites", "site south (South) is gone with its 40 people and 4 sections"),
        (lambda d: d.drop("sections", *[f"south-s{n}" for n in range(4)]), "sections", "lost all its 4 sections"),
    ],
)
def test_a_broken_extract_blocks_everything(
    district: Guarded, break_it: Callable[[Guarded], None], entity: str, sentence: str
) -> None:
    before = roster(district)
    break_it(district)
    district.records["users"].append({"id": "newcomer", "roles": {"staff": {"schools": ["north"]}}})
    made = district.sync()
    (hold,) = district.holds
    assert (hold.guard, hold.entity, hold.blocks) == ("broken_extract", entity, True)
    assert sentence in hold.message
    assert (made.counts, made.held, hold.of) == ((), hold.changes, 2 + 80 + 80 + 8 + 86)
    assert roster(district) == before
    district.decide()
    district.sync()
    assert district.holds == []
    assert roster(district) != before
    assert district.rows("SELECT guard FROM sync.holds WHERE applied_sync_id IS NOT NULL") == [("broken_extract",)]


def second_term(district: Guarded) -> None:
    district.records["terms"].append({"id": "s1", "name": "S1", "start_date": "2026-08-10", "end_date": "2027-01-15"})
    for n in range(4):
        district.records["sections"].append(section(f"north-t{n}", "north", students=["north01"], term_id="s1"))
    district.sync()


def test_a_site_with_people_alone_that_vanishes_blocks(district: Guarded) -> None:
    district.records["schools"].append({"id": "west", "name": "West"})
    district.records["users"].append(student("wes", "west"))
    district.sync()
    district.drop("schools", "west")
    district.sync()
    assert ["site west (West) is gone with its 1 person and 0 sections" in h.message for h in district.holds] == [True]


def test_a_term_that_vanishes_while_active_blocks(district: Guarded) -> None:
    district.limits = Limits(minimum_population=4)
    second_term(district)
    district.drop("sections", *[f"north-t{n}" for n in range(4)])
    district.sync()
    assert [h.guard for h in district.holds] == ["broken_extract"]
    assert "term S1 (2026-08-10 to 2027-01-15) is gone with 4 of its 4 active sections" in district.holds[0].message
    district.sync(today=date(2027, 1, 16))
    assert district.holds == []


def test_a_term_of_a_few_sections_may_vanish(district: Guarded) -> None:
    district.limits = Limits(minimum_population=5, archive_percent=50)
    second_term(district)
    district.drop("sections", *[f"north-t{n}" for n in range(4)])
    district.sync()
    assert district.holds == []


def test_a_term_whose_dates_move_is_not_gone(district: Guarded) -> None:
    district.limits = Limits(minimum_population=4)
    second_term(district)
    district.records["terms"][1] |= {"name": "Fall", "end_date": "2027-01-22"}
    district.sync()
    assert district.holds == []


@pytest.mark.parametrize(("copies", "blocks"), [(39, False), (40, True)])
def test_the_same_person_in_contradictory_records(district: Guarded, copies: int, blocks: bool) -> None:
    district.limits = Limits(contradiction_percent=50)
    for i in (ids("north", range(39)) + ids("south", range(39)))[:copies]:
        copy = student(f"{i}-again", "south")
        copy["roles"]["student"]["sis_id"] = f"sis-{i}"
        district.records["users"].append(copy)
    district.sync()
    assert [h.guard for h in district.holds] == (["broken_extract"] if blocks else [])
    assert district.in_force("users") == (80 if blocks else 119)
    assert district.relinks == Relinks(0, 0, 0)


def test_normal_data_contradicts_nothing(district: Guarded) -> None:
    district.limits = Limits(minimum_population=1, contradiction_percent=0, quarantine_percent=0)
    same_name = {"name": {"first": "First north01", "last": "Last north01"}}
    long_id = student("long", "north")
    long_id["roles"]["student"]["sis_id"] = "6" + "0" * 77
    reused = teacher("reused", "north", email="shared@example.org")
    reused["roles"]["teacher"]["sis_id"] = "sis-north01"
    staff: Record = {
        "id": "staff",
        "email": "shared@example.org",
        "name": {"first": "A", "last": "B"},
        "roles": {"staff": {"schools": ["north"], "staff_id": "sis-north-t"}},
    }
    district.records["users"] += [student("namesake", "north", **same_name), long_id, reused, staff]
    district.sync()
    assert district.holds == []
    assert district.in_force("users") == 84


@pytest.mark.parametrize(("useless", "blocks"), [(5, False), (6, True)])
def test_quarantine_above_its_budget_blocks_until_somebody_says_otherwise(
    district: Guarded, useless: int, blocks: bool
) -> None:
    # One was left out in the first sync; four more are five percent of 80 users.
    district.records["users"] += [{"id": f"x{n}", "roles": {}} for n in range(useless)]
    district.record("users", "north01")["roles"]["student"]["grade"] = "7"
    for _ in range(2):  # a second night of it does not make it normal
        district.sync()
        assert [h.guard for h in district.holds] == (["broken_extract"] if blocks else [])
        assert ["5 more user records had to be left out" in h.message for h in district.holds] == [True] * blocks
    if blocks:
        district.decide()
        district.sync()
        district.drop("users", "north02")
        district.sync()
        assert district.holds == []


def test_what_was_always_left_out_does_not_count(district: Guarded) -> None:
    """A district that shares some sections only lists, night after night, people whom we cannot see."""
    district.limits = Limits(minimum_population=4)
    for record in district.records["sections"]:
        record["students"].append("stranger")
    district.sync()
    assert district.holds == []  # nothing changes, so nothing is held
    district.drop("users", "north01")
    district.sync()
    assert district.holds == []


def test_a_first_sync_trips_nothing(tmp_path: Path) -> None:
    made = Guarded(tmp_path, limits=Limits(minimum_population=0, quarantine_percent=0, contradiction_percent=0))
    fill(made, "north")
    copy = student("copy", "north")
    copy["roles"]["student"]["sis_id"] = "sis-north01"
    made.records["users"] += [copy, student("lost", "elsewhere")]
    made.sync()
    assert made.holds == []
    assert made.in_force("users") == 41


def test_what_was_always_left_out_is_known_after_history_was_forgotten(district: Guarded) -> None:
    """Forgetting it once held everything: what is left out night after night looked new."""
    for record in district.records["sections"]:
        record["students"].append("stranger")
    district.drop("users", "north01")
    district.limits = Limits(minimum_population=4, quarantine_percent=100)
    district.sync()
    district.limits = Limits(minimum_population=4)
    with district.connect() as connection:
        prune(connection, NOW + timedelta(days=1), NOW + timedelta(days=1))
    district.drop("users", "north02")
    district.sync()
    assert district.holds == []


def test_the_same_broken_extract_is_the_same_hold(district: Guarded) -> None:
    """Its id came from the sign that a query without an order happened to give first."""
    for kind in ("schools", "sections", "users"):
        district.records[kind] = []
    told = set()
    for _ in range(3):
        district.sync()
        told |= {(h.hold_id, h.message) for h in district.holds}
    assert len(told) == 1
    assert district.holds[0].parts[0].sign == "missing sites"
