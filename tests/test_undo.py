"""Taking back a sync: as a whole, its removals only, against later syncs, and the undo of an undo."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from roster_pipeline.cli.telling import print_details
from roster_pipeline.errors import RosterError, SyncRefused
from roster_pipeline.history import report
from tests.conftest import Tiny, in_force, make_tiny, section, student


@pytest.fixture(scope="module")
def changed_once(tmp_path_factory: pytest.TempPathFactory) -> Tiny:
    """Sync S1 made the district; S2 had a leaver, a joiner, a renamed section and another mapping."""
    tiny = make_tiny(tmp_path_factory.mktemp("changed"))
    tiny.line("section_courses", "d", "m6", "math-6")
    tiny.sync()
    tiny.records["users"] = [*tiny.records["users"][1:], student("new", "north", email="n@example.org")]
    tiny.records["sections"] = [
        section(
            "m6",
            "north",
            teachers=["tia"],
            students=["ben", "new"],
            name="Renamed",
            subject="math",
            grade="6",
            course="c1",
        )
    ]
    tiny.inputs["section_courses"] = "district,section_id,course_id\nd,m6,sci-6\n"
    tiny.sync()
    return tiny


@pytest.fixture
def changed(changed_once: Tiny, tmp_path: Path) -> Tiny:
    return changed_once.copy(tmp_path)


def test_undo_is_the_roster_before(changed: Tiny) -> None:
    after = in_force(changed)
    changed.undo("S002")
    before = in_force(changed)
    assert before != after
    assert [
        row[0] for row in changed.rows("SELECT clever_id FROM roster.users WHERE archived_at IS NULL ORDER BY 1")
    ] == [
        "ann",
        "ben",
        "tia",
    ]
    assert changed.rows("SELECT name, student_count FROM roster.sections") == [("Section m6", 2)]
    assert changed.rows("SELECT course_id, mapped_by FROM roster.section_courses") == [("math-6", "file")]
    assert changed.rows("SELECT enrollment_status FROM roster.users WHERE clever_id = 'new'") == [("archived",)]
    assert changed.rows("FROM sync.settled") == [], "the next run without Clever looks at everybody"
    changed.undo("S003")
    assert in_force(changed) == after


def test_undo_of_the_removals_only(changed: Tiny) -> None:
    changed.undo("S002", only_removals=True)
    assert [
        row[0] for row in changed.rows("SELECT clever_id FROM roster.users WHERE archived_at IS NULL ORDER BY 1")
    ] == [
        "ann",
        "ben",
        "new",
        "tia",
    ]
    assert changed.rows("SELECT name FROM roster.sections") == [("Renamed",)]
    assert changed.rows("SELECT course_id FROM roster.section_courses ORDER BY 1") == [("math-6",), ("sci-6",)]


def test_undo_is_a_sync_with_its_own_record(changed: Tiny) -> None:
    made = changed.undo("S002")
    assert changed.rows(
        "SELECT trigger, status, created, updated, archived, restored FROM sync.syncs WHERE sync_id = 'S003'"
    ) == [
        ("undo", "succeeded", made.total("create"), made.total("update"), made.total("archive"), made.total("restore"))
    ]
    assert {(c.entity, c.action) for c in made.counts} == {
        ("users", "archive"),
        ("users", "restore"),
        ("user_sites", "archive"),
        ("user_sites", "restore"),
        ("sections", "update"),
        ("enrollments", "archive"),
        ("enrollments", "restore"),
        ("section_courses", "create"),
        ("section_courses", "archive"),
    }


def test_details_say_what_became_of_a_sync(changed: Tiny, capsys: pytest.CaptureFixture[str]) -> None:
    changed.undo("S002")
    with changed.connect() as connection:
        for sync_id in ("S001", "S002", "S003"):
            print_details(report.sync(connection, sync_id))
    lines = capsys.readouterr().out.splitlines()
    assert [line.strip() for line in lines if "take" in line] == [
        "can be taken back: `roster undo S001`",
        "taken back by sync S003",
        "takes back sync S002: too early",
        "can be taken back: `roster undo S003`",
    ]


def test_undo_of_the_first_sync_archives_everything(tiny: Tiny) -> None:
    tiny.sync()
    tiny.undo("S001")
    assert {name: rows for name, rows in in_force(tiny).items() if rows} == {}
    assert tiny.rows("SELECT count(*) FROM roster.users") == [(3,)]


def test_undo_against_a_later_change_is_refused_unless_told_who_wins(changed: Tiny) -> None:
    changed.records["sections"][0]["name"] = "Renamed again"
    changed.sync()
    with pytest.raises(SyncRefused, match="Later syncs changed records that sync S002 changed: 1 sections"):
        changed.undo("S002")
    changed.undo("S002", winner="later")
    assert changed.rows("SELECT name FROM roster.sections") == [("Renamed again",)]
    assert changed.rows("SELECT course_id FROM roster.section_courses") == [("math-6",)]


def test_undo_wins_when_told_so(changed: Tiny) -> None:
    changed.records["sections"][0]["name"] = "Renamed again"
    changed.sync()
    changed.undo("S002", winner="undo")
    assert changed.rows("SELECT name FROM roster.sections") == [("Section m6",)]


def test_undo_of_what_is_not_there(changed: Tiny) -> None:
    with pytest.raises(RosterError, match="There is no sync nope"):
        changed.undo("nope")


def test_a_records_life_is_told_over_syncs(changed: Tiny) -> None:
    changed.undo("S002")
    ((section_id,),) = changed.rows("SELECT section_id::VARCHAR FROM roster.sections")
    with changed.connect() as connection:
        life = report.life(connection, section_id)
    assert [(row["sync_id"], row["trigger"], row["action"], row["after"]) for row in life] == [
        ("S001", "first", "create", None),
        ("S002", "sync_now", "update", '{"name":"Renamed"}'),
        ("S003", "undo", "update", '{"name":"Section m6"}'),
    ]


def test_two_syncs_compared_have_the_shape_of_a_plan(changed: Tiny) -> None:
    changed.records["sections"][0] |= {"name": "Renamed again", "period": "4"}
    changed.sync()
    with changed.connect() as connection:
        differences = report.compare(connection, "S001", "S003")
        nothing = report.compare(connection, "S003", "S003")
    (renamed,) = [row for row in differences if row["entity"] == "sections"]
    assert json.loads(renamed["before"]) == {"name": "Section m6", "period": None}
    assert json.loads(renamed["after"]) == {"name": "Renamed again", "period": "4"}
    assert sorted((row["entity"], row["action"]) for row in differences if row["entity"] == "users") == [
        ("users", "archive"),
        ("users", "create"),
    ]
    assert nothing == []


def test_what_was_undone_does_not_differ(changed: Tiny) -> None:
    changed.records["sections"][0]["name"] = "Renamed again"
    changed.sync()
    changed.undo("S003")
    with changed.connect() as connection:
        assert report.compare(connection, "S002", "S004") == []


def test_who_is_taken_back_leaves_the_class_that_a_later_sync_put_them_in(tiny: Tiny) -> None:
    """The enrollment is a record of its own, which the undone sync had not touched."""
    tiny.sync()
    tiny.records["users"].append(student("new", "north"))
    tiny.sync()
    tiny.records["sections"][0]["students"].append("new")
    tiny.sync()
    tiny.undo("S002")
    assert tiny.rows(
        "SELECT u.enrollment_status, e.status FROM roster.enrollments AS e JOIN roster.users AS u USING (user_id) "
        "WHERE clever_id = 'new'"
    ) == [("archived", "archived")]
