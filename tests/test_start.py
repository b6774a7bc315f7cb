"""Starting a site: nothing of it is on the roster until somebody has confirmed what Clever shares of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from roster_pipeline.errors import SyncRefused
from roster_pipeline.plan.difference import Plan
from roster_pipeline.plan.start import Confirmed, Starts
from tests.conftest import TODAY, Tiny, carry_out, make_tiny, section, student, teacher

NORTH = Confirmed("north", sections=1, teachers=1, students=2)


def sync(tiny: Tiny, starts: Starts = (), *, today: date = TODAY, sites: tuple[str, ...] = ()) -> Plan:
    return tiny.sync(starts=starts, today=today, sites=sites)


def people(tiny: Tiny) -> list[str]:
    return [
        who
        for (who,) in tiny.rows("SELECT clever_id FROM roster.users WHERE enrollment_status <> 'archived' ORDER BY 1")
    ]


def waiting(tiny: Tiny) -> list[tuple[Any, ...]]:
    return tiny.rows("SELECT site_id, sections, teachers, students, moved FROM sync.waiting_sites ORDER BY 1")


def last_status(tiny: Tiny) -> tuple[Any, ...]:
    return tiny.rows("SELECT status, trigger FROM sync.syncs ORDER BY sync_no DESC LIMIT 1")[0]


def test_a_first_sync_writes_schools_and_their_counts_and_nothing_else(tiny: Tiny) -> None:
    sync(tiny)
    assert people(tiny) == []
    assert tiny.rows("SELECT count(*) FROM roster.sections") == [(0,)]
    assert tiny.rows("SELECT DISTINCT status, last_synced_at FROM roster.sites") == [("new", None)]
    assert ("north", 1, 1, 2, False) in waiting(tiny)
    assert last_status(tiny) == ("held", "sync_now")


def test_once_confirmed_it_is_synced_and_asked_about_no_more(tiny: Tiny) -> None:
    sync(tiny)
    sync(tiny, [NORTH])
    assert set(people(tiny)) >= {"ann", "ben", "tia"}
    assert "north" not in {site for site, *_ in waiting(tiny)}
    assert tiny.rows("SELECT status, confirmed_by FROM roster.sites WHERE site_id = 'north'") == [("confirmed", "test")]
    tiny.records["users"].append(student("new", "north"))
    sync(tiny)
    assert "new" in people(tiny)


def test_a_site_confirmed_twice_is_there_once(tiny: Tiny) -> None:
    sync(tiny)
    sync(tiny, [NORTH, replace(NORTH, site_id=" North"), NORTH])
    assert tiny.rows("SELECT site_id FROM roster.sites WHERE status = 'confirmed'") == [("north",)]
    for table, key in (
        ("sites", "site_id"),
        ("sections", "section_id"),
        ("users", "user_id"),
        ("user_sites", "(user_id, site_id)"),
        ("enrollments", "(section_id, user_id, role)"),
    ):
        ((rows, keys),) = tiny.rows(f"SELECT count(*), count(DISTINCT {key}) FROM roster.{table}")
        assert rows == keys > 0


def test_confirmations_that_contradict_each_other_are_refused(tiny: Tiny) -> None:
    sync(tiny)
    with pytest.raises(SyncRefused, match="twice, with different counts"):
        sync(tiny, [NORTH, Confirmed("North", 99, 1, 2)])
    assert people(tiny) == []


def test_a_site_is_confirmed_by_its_name_too(tiny: Tiny) -> None:
    tiny.records["schools"][0]["name"] = "Northern School"
    sync(tiny)
    sync(tiny, [Confirmed("northern school", 1, 1, 2)])
    assert "ann" in people(tiny)


def test_a_name_of_two_sites_confirms_neither(tiny: Tiny) -> None:
    for school in tiny.records["schools"]:
        school["name"] = "Southern"
    sync(tiny)
    with pytest.raises(SyncRefused, match="2 sites are called 'SOUTHERN'"):
        sync(tiny, [Confirmed("SOUTHERN", 1, 1, 2)])


def test_after_the_undo_of_a_start_it_waits_and_can_be_started_again(tiny: Tiny) -> None:
    tiny.line("section_courses", "d", "m6", "math-6")
    sync(tiny)
    before = [row for row in waiting(tiny) if row[0] == "north"]
    sync(tiny, [NORTH])
    seen = tiny.rows("SELECT * FROM roster.course_access ORDER BY ALL")
    tiny.undo(f"S{tiny.syncs:03}")
    assert [row for row in waiting(tiny) if row[0] == "north"] == before
    assert tiny.rows("SELECT confirmed_at, confirmed_by FROM roster.sites WHERE site_id = 'north'") == [(None, None)]
    with tiny.connect_anew() as connection:
        run = tiny.begin()
        run.order = replace(run.order, starts=[NORTH])
        carry_out(connection, run, tiny.landing)
    assert len(seen) > 0
    assert tiny.rows("SELECT * FROM roster.course_access ORDER BY ALL") == seen
    assert tiny.rows("SELECT * FROM sync.holds") == []


def test_counts_that_have_moved_are_shown_again(tiny: Tiny) -> None:
    sync(tiny)
    tiny.records["users"] += [student(f"s{n}", "north") for n in range(6)]
    sync(tiny, [NORTH])
    assert people(tiny) == []
    assert ("north", 1, 1, 8, True) in waiting(tiny)
    sync(tiny, [Confirmed("north", 1, 1, 8)])
    assert len(people(tiny)) >= 9


def test_a_little_more_or_less_is_no_question(tiny: Tiny) -> None:
    sync(tiny)
    tiny.records["users"].append(student("late", "north"))
    sync(tiny, [NORTH])
    assert "late" in people(tiny)


def test_a_new_school_holds_up_no_other(tiny: Tiny) -> None:
    """Who is at both is on the roster by the one that was confirmed."""
    sync(tiny, "all")
    tiny.records["schools"].append({"id": "fresh", "name": "Fresh"})
    both = student("both", "north")
    both["roles"]["student"]["schools"] = ["north", "fresh"]
    tiny.records["users"] += [teacher("fay", "fresh"), student("fin", "fresh"), both]
    tiny.records["sections"].append(section("f1", "fresh", teachers=["fay"], students=["fin", "both"]))
    sync(tiny)
    assert {"fay", "fin"}.isdisjoint(people(tiny))
    assert "both" in people(tiny)
    assert waiting(tiny) == [("fresh", 1, 1, 2, False)]
    assert tiny.rows("SELECT count(*) FROM roster.sites WHERE last_synced_at IS NOT NULL AND site_id = 'fresh'") == [
        (0,)
    ]
    sync(tiny, [Confirmed("fresh", 1, 1, 2)])
    assert {"fay", "fin", "both"} <= set(people(tiny))
    assert waiting(tiny) == []
    assert last_status(tiny)[0] == "succeeded"


def test_what_waits_makes_no_change_of_the_mapping_a_held_one(tiny: Tiny) -> None:
    sync(tiny)
    tiny.sync(from_clever=False, starts=())
    assert last_status(tiny) == ("succeeded", "mapping")
    assert waiting(tiny)


def test_a_confirmed_school_that_went_and_comes_back_is_not_asked_about(tiny: Tiny) -> None:
    sync(tiny, "all")
    school = tiny.records["schools"].pop()
    users, tiny.records["users"] = tiny.records["users"], []
    sync(tiny)
    tiny.records["schools"].append(school)
    tiny.records["users"] = users
    sync(tiny)
    assert waiting(tiny) == []
    assert tiny.rows("SELECT DISTINCT status FROM roster.sites") == [("confirmed",)]


@pytest.mark.parametrize("site", ["nowhere", "north"], ids=["not shared", "confirmed already"])
def test_only_a_school_that_waits_can_be_confirmed(tiny: Tiny, site: str) -> None:
    sync(tiny, "all")
    with pytest.raises(SyncRefused, match="waits for no confirmation"):
        sync(tiny, [Confirmed(site, 1, 1, 1)])


def test_a_manual_school_waits_for_nobody_and_cannot_be_started(tiny: Tiny) -> None:
    tiny.line("sites", "d", "north", "manual")
    sync(tiny)
    assert "north" not in {site for site, *_ in waiting(tiny)}
    with pytest.raises(SyncRefused, match="waits for no confirmation"):
        sync(tiny, [NORTH])


def test_the_sync_of_a_school_that_waits_is_refused(tiny: Tiny) -> None:
    sync(tiny)
    with pytest.raises(SyncRefused, match="Nobody has confirmed"):
        sync(tiny, sites=("north",))


@pytest.fixture(scope="module")
def left_alone_once(tmp_path_factory: pytest.TempPathFactory) -> Tiny:
    """A district whose school north is manual since its first sync, while Clever goes on sharing other things of it."""
    tiny = make_tiny(tmp_path_factory.mktemp("left"))
    tiny.line("section_courses", "d", "m6", "math-6")
    sync(tiny, "all")
    tiny.line("sites", "d", "north", "manual")
    tiny.records["users"] = [student("ben", "south"), teacher("new", "north")]
    tiny.records["sections"] = [section("n9", "north", teachers=["new"], students=["ben"])]
    return tiny


@pytest.fixture
def left_alone(left_alone_once: Tiny, tmp_path: Path) -> Tiny:
    return left_alone_once.copy(tmp_path)


ROSTER = (
    "SELECT clever_id, site_id, enrollment_status FROM roster.users ORDER BY 1",
    "SELECT site_id, status, is_primary, count(*) FROM roster.user_sites GROUP BY ALL ORDER BY ALL",
    "SELECT clever_id, status, visible, student_count FROM roster.sections ORDER BY 1",
    "SELECT status, count(*) FROM roster.enrollments GROUP BY ALL",
    "SELECT course_id, mapped_by FROM roster.section_courses ORDER BY 1",
)


def test_a_school_made_manual_stays_as_it_is(left_alone: Tiny) -> None:
    before = [left_alone.rows(query) for query in ROSTER]
    for _ in range(2):
        sync(left_alone)
        users, *rest = [left_alone.rows(query) for query in ROSTER]
        assert users == [("ann", "north", "pending"), ("ben", "south", "pending"), ("tia", "north", "pending")]
        assert rest[1:] == before[2:]
        assert rest[0] == [("north", "active", False, 1), ("north", "active", True, 2), ("south", "active", True, 1)]


def test_a_manual_school_that_clever_does_not_even_list_stays(left_alone: Tiny) -> None:
    left_alone.records["schools"] = [{"id": "south", "name": "South"}]
    left_alone.records["sections"] = []
    sync(left_alone)
    assert {"ann", "ben", "tia"} == set(people(left_alone))
    assert left_alone.rows("SELECT status FROM roster.sites WHERE site_id = 'north'") == [("confirmed",)]
    assert left_alone.rows("SELECT count(*) FROM roster.course_access WHERE course_id = 'math-6'") == [(3,)]


def test_back_on_clever_it_is_as_clever_says(left_alone: Tiny) -> None:
    sync(left_alone)
    left_alone.inputs["sites"] = "district,site_id,enrollment_source\n"
    sync(left_alone)
    assert set(people(left_alone)) == {"ben", "new"}
    assert left_alone.rows("SELECT clever_id FROM roster.sections WHERE status = 'active'") == [("n9",)]


def end(tiny: Tiny, site: str, people: int) -> Plan:
    with tiny.connect_anew() as connection:
        run = tiny.begin(from_clever=False)
        run.order = replace(run.order, info=replace(run.order.info, trigger="end"))
        return run.end_site(connection, site, people, "it has closed").plan


def test_ending_a_manual_school_archives_what_is_there_alone(left_alone: Tiny) -> None:
    sync(left_alone)
    end(left_alone, "NORTH", 3)
    assert people(left_alone) == ["ben"]
    assert left_alone.rows("SELECT DISTINCT status FROM roster.sections") == [("archived",)]
    assert left_alone.rows("SELECT status, confirmed_at FROM roster.sites WHERE site_id = 'north'") == [
        ("archived", None)
    ]
    sync(left_alone)
    assert people(left_alone) == ["ben"]
    left_alone.inputs["sites"] = "district,site_id,enrollment_source\n"
    sync(left_alone)
    assert [site for site, *_ in waiting(left_alone)] == ["north"]


def test_an_undo_brings_an_ended_school_back(left_alone: Tiny) -> None:
    sync(left_alone)
    before = [left_alone.rows(query) for query in ROSTER]
    end(left_alone, "north", 3)
    left_alone.undo(f"S{left_alone.syncs:03}")
    assert [left_alone.rows(query) for query in ROSTER] == before
    sync(left_alone)
    assert [left_alone.rows(query) for query in ROSTER] == before


@pytest.mark.parametrize(
    ("site", "people", "why"),
    [
        ("south", 1, "is on Clever"),
        ("nowhere", 1, "no site"),
        ("north", 2, "3 people are at site north, and not 2"),
    ],
)
def test_what_cannot_be_ended_is_refused(left_alone: Tiny, site: str, people: int, why: str) -> None:
    sync(left_alone)
    with pytest.raises(SyncRefused, match=why):
        end(left_alone, site, people)
