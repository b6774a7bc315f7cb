"""What an undo took back stays taken back, record by record, until a person or Clever says otherwise."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roster_pipeline.history import report
from tests.conftest import Record, in_force, section, student
from tests.guards.guarded import ORPHANS, Guarded, check_held_is_what_was_not_applied, copy_of, fill, save, snapshot
from tests.laws import MAPPINGS, become, districts, laws


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory) -> Guarded:
    """North and south, one section of north mapped by the file and the others by a rule."""
    made = Guarded(tmp_path_factory.mktemp("undo"), as_written=True)
    fill(made, "north", "south")
    made.line("section_courses", "d", "north-s0", "math-6")
    made.sync()
    save(made)
    return made


@pytest.fixture
def district(synced: Guarded, tmp_path: Path) -> Iterator[Guarded]:
    made = copy_of(synced, tmp_path / "district")
    yield made
    made.close()


def leave(district: Guarded, *people: str) -> list[Record]:
    gone = district.drop("users", *people)
    for one in district.records["sections"]:
        one["students"] = [s for s in one["students"] if s not in people]
    return gone


def status(district: Guarded, clever_id: str) -> str:
    ((found,),) = district.rows("SELECT enrollment_status FROM roster.users WHERE clever_id = $id", id=clever_id)
    return str(found)


def held(district: Guarded) -> list[tuple[str, int]]:
    return [(h.guard, h.changes) for h in district.holds]


def test_a_leaver_who_was_brought_back_stays(district: Guarded) -> None:
    leave(district, "north00")
    district.sync()
    district.undo("S002")
    district.sync()
    assert (status(district, "north00"), held(district)) == ("pending", [("undone", 3)])
    (hold,) = district.holds
    assert hold.message.startswith("Held: Rae undid sync S002 on 2026-11-23 (too early), and 3 of its changes")
    district.sync()
    assert (status(district, "north00"), held(district)) == ("pending", [("undone", 3)])


def test_somebody_new_who_was_taken_back_stays_away_even_after_a_login(district: Guarded) -> None:
    district.records["users"].append(student("north99", "north"))
    district.sync()
    district.undo("S002")
    district.line("logins", "d", "north99", "2026-11-20")
    district.sync()
    assert (status(district, "north99"), held(district)) == ("archived", [("undone", 2)])


def test_a_login_does_not_bring_back_what_was_undone(district: Guarded) -> None:
    district.record("users", "north00")["email"] = "one@example.org"
    district.sync()
    district.undo("S002")
    district.line("logins", "d", "north00", "2026-11-20")
    district.sync()
    assert district.rows("SELECT email FROM roster.users WHERE clever_id = 'north00'") == [(None,)]
    assert held(district) == [("undone", 1)]


def test_a_login_itself_is_not_refused(district: Guarded) -> None:
    district.line("logins", "d", "north00", "2026-11-20")
    district.sync()
    district.undo("S002")
    district.sync()
    assert (status(district, "north00"), held(district)) == ("active", [])


def test_what_clever_changes_in_another_way_flows_and_is_forgotten(district: Guarded) -> None:
    district.record("users", "north00")["email"] = "one@example.org"
    district.sync()
    district.undo("S002")
    district.record("users", "north00")["email"] = "two@example.org"
    district.sync()
    assert (held(district), district.rows("FROM sync.undone")) == ([], [])
    assert district.rows("SELECT email FROM roster.users WHERE clever_id = 'north00'") == [("two@example.org",)]


def test_it_is_forgotten_when_clever_no_longer_says_it(district: Guarded) -> None:
    gone = leave(district, "north00")
    district.sync()
    district.undo("S002")
    district.records["users"] += gone
    district.record("sections", "north-s0")["students"].append("north00")
    district.sync()
    assert (held(district), district.rows("FROM sync.undone")) == ([], [])
    leave(district, "north00")
    district.sync()
    assert (status(district, "north00"), held(district)) == ("archived", [])


def test_an_approval_lets_it_through_for_good(district: Guarded) -> None:
    leave(district, "north00")
    district.sync()
    district.undo("S002")
    district.sync()
    district.decide()
    district.sync()
    assert (status(district, "north00"), held(district)) == ("archived", [])
    assert district.rows("FROM sync.undone") == []


def test_everything_else_flows_beside_it(district: Guarded) -> None:
    leave(district, "north00")
    district.sync()
    district.undo("S002")
    leave(district, "north01")
    district.sync()
    assert (status(district, "north01"), held(district)) == ("archived", [("undone", 3)])


@pytest.mark.parametrize("new_line", ["", "d,north-s0,sci-6\n"])
def test_a_mapping_that_was_undone_stays_undone(district: Guarded, new_line: str) -> None:
    query = "SELECT course_id FROM roster.section_courses ORDER BY 1"
    district.inputs["section_courses"] = "district,section_id,course_id\n" + new_line
    district.limits = msgspec.structs.replace(district.limits, mapping_percent=100)
    district.sync()
    after = [("sci-6",)] if new_line else []
    assert district.rows(query) == after
    district.undo("S002")
    for from_clever in (False, True):
        district.sync(from_clever=from_clever)
        assert district.rows(query) == [("math-6",)]
        assert [guard for guard, _ in held(district)] == ["undone"]
    district.inputs["section_courses"] = "district,section_id,course_id\nd,north-s0,math-6\n"
    district.sync()
    assert (district.rows(query), held(district)) == ([("math-6",)], [])


def test_a_line_with_a_third_course_takes_the_place_of_the_one_an_undo_brought_back(district: Guarded) -> None:
    district.limits = msgspec.structs.replace(district.limits, mapping_percent=100)
    district.inputs["courses"] += "his-6,history,History 6,6,true\n"
    for course in ("sci-6", "his-6"):
        district.inputs["section_courses"] = f"district,section_id,course_id\nd,north-s0,{course}\n"
        district.sync()
        if course == "sci-6":
            district.undo("S002")
    assert (district.rows("SELECT course_id FROM roster.section_courses"), held(district)) == ([("his-6",)], [])


def test_a_first_sync_that_was_undone_is_not_made_again(district: Guarded) -> None:
    district.undo("S001")
    before = in_force(district)
    assert before["users"] == []
    district.sync()
    assert in_force(district) == before
    assert [guard for guard, _ in held(district)] == ["undone"]


def test_nobody_new_comes_to_a_site_that_was_undone(district: Guarded) -> None:
    district.undo("S001")
    before = in_force(district)
    district.records["users"].append(student("north99", "north"))
    district.records["sections"].append(section("north-s9", "north", students=["north99", "north00"]))
    district.sync()
    assert in_force(district) == before
    assert [guard for guard, _ in held(district)] == ["undone"]
    district.decide()
    district.sync()
    assert (status(district, "north99"), held(district), district.rows("FROM sync.undone")) == ("pending", [], [])


def test_whoever_approves_a_broken_extract_does_not_approve_what_was_undone(district: Guarded) -> None:
    leave(district, "north00")
    district.sync()
    district.undo("S002")
    district.records["schools"] = [s for s in district.records["schools"] if s["id"] != "south"]
    district.sync()
    assert [guard for guard, _ in held(district)] == ["broken_extract"]
    district.decide()
    district.sync()
    assert (status(district, "north00"), held(district)) == ("pending", [("undone", 3)])
    assert status(district, "south00") == "archived"


def test_an_accident_that_was_approved_and_undone_holds_nothing_else(district: Guarded) -> None:
    """The school that vanished is held as undone; it is no sign of a broken extract again."""
    district.records["schools"] = [s for s in district.records["schools"] if s["id"] != "south"]
    district.sync()
    district.decide()
    district.sync()
    district.undo("S003")
    leave(district, "north00")
    district.sync()
    assert status(district, "north00") == "archived"
    assert [guard for guard, _ in held(district)] == ["undone"]


def test_the_undo_of_an_undo_leaves_nothing_held(district: Guarded) -> None:
    leave(district, "north00")
    district.sync()
    district.undo("S002")
    district.undo("S003")
    district.sync()
    assert (status(district, "north00"), held(district), district.rows("FROM sync.undone")) == ("archived", [], [])


def test_the_undo_of_an_undo_refuses_nothing_that_clever_says_later(district: Guarded) -> None:
    gone = leave(district, "north00")
    district.sync()
    district.undo("S002")
    district.undo("S003")
    district.records["users"] += gone
    district.sync()
    assert (status(district, "north00"), held(district)) == ("pending", [])


def test_a_third_undo_refuses_again(district: Guarded) -> None:
    leave(district, "north00")
    district.sync()
    for sync_id in ("S002", "S003", "S004"):
        district.undo(sync_id)
    district.sync()
    assert (status(district, "north00"), held(district)) == ("pending", [("undone", 3)])


def test_a_sync_of_another_site_forgets_nothing(district: Guarded) -> None:
    leave(district, "south00")
    district.sync()
    district.undo("S002")
    district.sync(sites=["north"])
    district.sync()
    assert (status(district, "south00"), held(district)) == ("pending", [("undone", 3)])


def test_the_hold_keeps_its_records_and_last_synced_moves(district: Guarded) -> None:
    leave(district, "north00")
    district.sync()
    district.undo("S002")
    district.rows("UPDATE roster.sites SET last_synced_at = NULL")
    district.sync()
    with district.connect() as connection:
        changes = report.hold_changes(connection, district.holds[0].hold_id)
    assert sorted((c["entity"], c["action"]) for c in changes) == [
        ("enrollments", "archive"),
        ("user_sites", "archive"),
        ("users", "archive"),
    ]
    assert district.rows("SELECT count(last_synced_at) FROM roster.sites") == [(2,)]


def refused_or_beside(connection: duckdb.DuckDBPyConnection) -> None:
    """What is held as undone says exactly what was refused, or waits with a site, or a membership, that is held."""
    snapshot(connection)
    for entity in ("sites", "users", "sections"):
        query = (
            f"SELECT p.after::JSON, u.refused FROM plan.{entity} AS p JOIN guards.holds AS h ON h.hold_id = p.held_by "
            f"LEFT JOIN sync.undone AS u ON u.entity = '{entity}' AND u.entity_id = p.{entity[:-1]}_id::VARCHAR "
            "WHERE h.guard = 'undone' AND p.site_id NOT IN "
            "(SELECT site_id FROM plan.sites WHERE held_by IS NOT NULL AND action = 'restore')"
        )
        if connection.execute("SELECT 1 FROM guards.holds WHERE NOT blocks").fetchone():
            query += {
                "sites": " AND p.action <> 'archive'",  # whose people are held there
                "users": " AND p.user_id NOT IN (SELECT user_id FROM guards.waiting_people)",
                "sections": "",
            }[entity]
        assert [(entity, a, r) for a, r in connection.execute(query).fetchall() if a != r] == []


@laws
@given(districts(), MAPPINGS, districts(), MAPPINGS, districts(), st.booleans(), st.booleans())
def test_an_undo_lasts_until_it_is_undone_or_clever_says_something_else(
    one: dict[str, list[Record]],
    lines: list[tuple[str, str]],
    two: dict[str, list[Record]],
    other_lines: list[tuple[str, str]],
    three: dict[str, list[Record]],
    from_clever: bool,
    undone_too: bool,
) -> None:
    with tempfile.TemporaryDirectory() as root:
        made = Guarded(Path(root), look=refused_or_beside)
        become(made, one, lines)
        made.sync()
        become(made, two, other_lines)
        made.sync()
        after = in_force(made)
        made.undo("S002")
        before = in_force(made)
        for asked in (from_clever, True):
            made.sync(from_clever=asked)
            assert in_force(made) == before
        if undone_too:
            made.undo("S003")
            made.sync()
            assert in_force(made) == after
            assert "undone" not in [guard for guard, _ in held(made)]
        become(made, three, lines)
        made.sync()
        with made.connect() as connection:
            check_held_is_what_was_not_applied(connection)
            for orphans in ORPHANS:
                assert connection.execute(f"FROM {orphans} WHERE e.status = 'active'").fetchall() == []
            if undone_too:
                assert connection.execute("FROM sync.undone").fetchall() == []
        made.close()


def test_a_rejected_undo_of_everything_keeps_what_comes_new_there_too(district: Guarded) -> None:
    """The rejection was forgotten, and a new class came to a school that was not there."""
    district.undo("S001")
    district.sync()
    district.decide("rejected")
    (hold,) = district.holds
    district.records["sections"].append(section("late", "north", teachers=["north-t"], students=["north01"]))
    district.sync()
    assert hold.hold_id in {h.hold_id for h in district.holds}
    assert district.rows("SELECT DISTINCT status FROM sync.holds") == [("rejected",)]
    assert district.in_force("sections") == district.in_force("enrollments") == 0
