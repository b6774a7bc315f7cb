"""Erasing people: what is taken out and what stays, who is refused, who comes back, and what an undo leaves alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from roster_pipeline import sync
from roster_pipeline.errors import RosterError, SyncRefused
from roster_pipeline.history import report
from roster_pipeline.history.record import SyncInfo
from roster_pipeline.plan.erase import Erasure, is_confirmed
from roster_pipeline.sync import Order
from roster_pipeline.warehouse import purge
from roster_pipeline.warehouse.warehouse import Warehouse
from tests.conftest import NOW, TODAY, Tiny, make_tiny, section, student, teacher

CANARY = "Quetzalcoatlus"


def person_of(tiny: Tiny, clever_id: str) -> str:
    ((found,),) = tiny.rows("SELECT user_id::VARCHAR FROM roster.users WHERE clever_id = $c", c=clever_id)
    return str(found)


def erase(tiny: Tiny, whom: str | int, *, now: datetime = NOW, confirms: int | None = None) -> Erasure:
    """One erasure, as the job does it."""
    tiny.syncs += 1
    info = SyncInfo(f"S{tiny.syncs:03}", "d", "erase", "Rae", NOW, "run", reason="asked for")
    order = Order(info, tiny.data, TODAY, lambda: now)
    warehouse = Warehouse(tiny.root)
    with tiny.connect_anew() as connection:
        found = sync.choose_erased(connection, order, whom)
        sync.erase(connection, warehouse.folder("d"), order, confirms=confirms)
    purge.finish(warehouse, "d")
    return found


def canaries(root: Path) -> list[str]:
    """The files in which somebody's data still is, in any encoding that a file of ours has."""
    word = CANARY.lower().encode()
    return [str(f.relative_to(root)) for f in sorted(root.rglob("*")) if f.is_file() and word in f.read_bytes().lower()]


@pytest.fixture(scope="module")
def left_once(tmp_path_factory: pytest.TempPathFactory) -> Tiny:
    """A student was renamed in S2 and has left in S3, with their teacher and the class that was called after her."""
    tiny = make_tiny(tmp_path_factory.mktemp("left"))
    name = {"first": CANARY, "last": f"{CANARY} Old"}
    roles = {"student": {"school": "north", "schools": ["north"], "sis_id": f"{CANARY}-1", "grade": "6"}}
    tiny.records["users"] += [
        student("cat", "north", name=name, email=f"{CANARY}@example.org", roles=roles),
        teacher("tom", "north", name={"first": "Tom", "last": CANARY}),
    ]
    tiny.records["sections"].append(
        section("m7", "north", teachers=["tom"], students=["cat"], name=f"Art - {CANARY.lower()} - 1")
    )
    tiny.sync()
    tiny.records["users"][-2]["name"] = {"first": CANARY, "last": f"{CANARY} New"}
    tiny.records["sections"][-1]["name"] = f"Arts - {CANARY} - 1"
    tiny.sync()
    tiny.records["users"] = tiny.records["users"][:-2]
    tiny.records["sections"] = tiny.records["sections"][:-1]
    tiny.sync()
    return tiny


@pytest.fixture
def left(left_once: Tiny, tmp_path: Path) -> Tiny:
    return left_once.copy(tmp_path)


def test_what_names_people_goes_and_ids_and_counts_stay(left: Tiny) -> None:
    before = left.rows("SELECT sync_id, created, updated, archived FROM sync.syncs ORDER BY sync_no")
    changes = left.rows("SELECT count(*) FROM sync.changes")
    assert erase(left, "CAT") == Erasure(1, 4, 1, 0, 0, 0, 0)
    assert erase(left, person_of(left, "tom")) == Erasure(1, 3, 0, 0, 0, 1, 0)
    assert left.rows(
        "SELECT first_name, last_name, email, sis_id, grade FROM roster.users WHERE clever_id = 'cat'"
    ) == [(None, None, None, None, "6")]
    assert left.rows("SELECT name FROM roster.sections WHERE clever_id = 'm7'") == [("Arts - … - 1",)]
    found = left.rows(
        "SELECT before::VARCHAR, after::VARCHAR FROM sync.change_log WHERE sync_id = 'S002' ORDER BY entity"
    )
    assert found == [('{"name":"Art - … - 1"}', '{"name":"Arts - … - 1"}'), ("{}", "{}")]
    assert left.rows("SELECT sync_id, created, updated, archived FROM sync.syncs ORDER BY sync_no")[:3] == before
    assert left.rows("SELECT count(*) - 2 FROM sync.changes") == changes
    assert left.rows("SELECT count(*) FROM roster.enrollments WHERE user_id = $u", u=person_of(left, "cat")) == [(1,)]


def test_it_is_a_sync_with_its_own_record(left: Tiny) -> None:
    erase(left, "cat")
    columns = "trigger, requested_by, reason, status, people, created + updated + archived + restored"
    assert left.rows(f"SELECT {columns} FROM sync.syncs WHERE sync_id = 'S004'") == [
        ("erase", "Rae", "asked for", "succeeded", 1, 0)
    ]
    who = person_of(left, "cat")
    with left.connect() as connection:
        assert [c["action"] for c in report.life(connection, who)] == [
            "create",
            "update",
            "archive",
            "erase",
        ]
        assert [(c["action"], c["changes"]) for c in report.change_counts(connection, "S004")] == [("erase", 1)]
        assert report.sync(connection, "S004")["can_be_undone"] is False


def test_no_file_of_the_district_has_it_any_more(left: Tiny) -> None:
    folder = Warehouse(left.root).folder("d")
    for name in ("staging.duckdb.damaged", "published.duckdb.part"):
        (folder.path / name).write_text(CANARY)
    (folder.landings / "S9").mkdir(parents=True)
    (folder.landings / "S9" / "users.ndjson").write_text(CANARY)
    Warehouse(left.root).publish_copy("d")
    assert {"d/roster.duckdb", "d/published.duckdb", "d/landing/S9/users.ndjson"} <= set(canaries(left.root))
    for who in ("cat", "tom"):
        erase(left, who)
    for made_by_the_test in (left.data, left.landing):
        for file in made_by_the_test.iterdir():
            file.unlink()
    assert canaries(left.root) == []
    assert not purge.is_unfinished(folder)
    with Warehouse(left.root).read("d") as connection:
        assert connection.execute("SELECT count(*) FROM roster.users").fetchall() == [(5,)]


def test_what_is_staged_of_somebody_archived_goes_too(left: Tiny) -> None:
    """An undo has archived a newcomer whom Clever shares."""
    left.records["users"].append(student("new", "north", name={"first": CANARY, "last": "N"}))
    left.sync()
    left.undo("S004")
    assert erase(left, "new").staged_records == 1
    assert left.rows(
        "SELECT clever_id, first_name FROM staging.users WHERE clever_id IN ('ann', 'new') ORDER BY 1"
    ) == [
        ("ann", "First ann"),
        ("new", None),
    ]
    assert left.rows("SELECT count(*) FROM staging.enrollments") == [(3,)]
    assert left.rows(
        "SELECT count(*) FROM sync.undone WHERE refused::VARCHAR ILIKE '%quetz%' AND entity = 'users'"
    ) == [(0,)]
    left.sync(from_clever=False)


def test_whoever_is_not_archived_is_refused(tiny: Tiny) -> None:
    tiny.line("sites", "d", "south", "manual")
    tiny.sync()
    with pytest.raises(RosterError, match="Nobody on the roster has the given id"):
        erase(tiny, "zoe")
    with pytest.raises(SyncRefused, match=r"Clever still shares person .*Have the district stop sharing them"):
        erase(tiny, "ann")
    with tiny.connect() as connection:
        connection.execute("UPDATE staging.users SET clever_id = 'other' WHERE clever_id = 'ann'")
        order = Order(SyncInfo("S9", "d", "erase", "Rae", NOW, "run"), tiny.data, TODAY, lambda: NOW)
        with pytest.raises(SyncRefused, match=r"is not archived yet.*`roster holds`"):
            sync.choose_erased(connection, order, "ann")
        connection.execute("UPDATE roster.sites SET enrollment_source = 'manual'")
        with pytest.raises(SyncRefused, match=r"at a site that is not on Clever.*`roster end`"):
            sync.choose_erased(connection, order, "ann")


def test_whoever_was_erased_is_refused(left: Tiny) -> None:
    erase(left, "cat")
    with pytest.raises(SyncRefused, match="was erased already"):
        erase(left, "cat")


def test_nothing_staged_is_told(tiny: Tiny) -> None:
    with pytest.raises(RosterError, match="Nothing has been staged for this district yet"):
        erase(tiny, "ann")


def test_whoever_comes_back_is_restored_without_what_was_erased(left: Tiny) -> None:
    known = person_of(left, "cat")
    erase(left, "cat")
    left.records["users"].append(student("cat", "north"))
    left.sync()
    assert person_of(left, "cat") == known
    assert left.rows("SELECT last_name, email, enrollment_status FROM roster.users WHERE clever_id = 'cat'") == [
        ("Last cat", None, "pending")
    ]
    ((before,),) = left.rows("SELECT before FROM sync.change_log WHERE sync_id = 'S005' AND entity = 'users'")
    assert CANARY not in before
    assert left.rows("SELECT code, record_id FROM sync.issues WHERE sync_id = 'S005'") == [("erased_came_back", known)]
    assert left.rows("SELECT last_name FROM roster.users_as_of($d) WHERE clever_id = 'cat'", d=TODAY) == [("Last cat",)]


def test_whoever_comes_back_under_another_id_is_new(left: Tiny) -> None:
    erase(left, "cat")
    roles = {"student": {"school": "north", "schools": ["north"], "sis_id": f"{CANARY}-1", "grade": "6"}}
    left.records["users"].append(student("kat", "north", roles=roles))
    left.sync()
    assert left.rows("SELECT clever_id, enrollment_status FROM roster.users WHERE clever_id[2:] = 'at' ORDER BY 1") == [
        ("cat", "archived"),
        ("kat", "pending"),
    ]


def test_an_erasure_cannot_be_undone(left: Tiny) -> None:
    erase(left, "cat")
    with pytest.raises(SyncRefused, match="Sync S004 erased people's data, which cannot be undone"):
        left.undo("S004")


def test_an_undo_leaves_erased_people_alone_and_says_so(left: Tiny) -> None:
    erase(left, "cat")
    left.undo("S003")
    assert left.rows(
        "SELECT clever_id, enrollment_status FROM roster.users WHERE clever_id IN ('cat', 'tom') ORDER BY 1"
    ) == [
        ("cat", "archived"),
        ("tom", "pending"),
    ]
    assert left.rows("SELECT code, record_id FROM sync.issues WHERE sync_id = 'S005'") == [
        ("erased_left_alone", person_of(left, "cat"))
    ]


def test_an_undo_of_erased_people_alone_is_refused(left: Tiny) -> None:
    left.records["users"].append(student("new", "north"))
    left.sync()
    left.records["users"].pop()
    left.sync()
    erase(left, "new")
    with pytest.raises(SyncRefused, match="the data of everybody whom it changed was erased since"):
        left.undo("S005")


def test_those_whose_time_is_over_are_due(left: Tiny) -> None:
    with left.connect() as connection:
        connection.execute("UPDATE roster.users SET archived_at = archived_at - INTERVAL 9 DAY WHERE clever_id = 'tom'")
    assert erase(left, 10).people == 0
    assert erase(left, 8, confirms=8).people == 1
    assert left.rows("SELECT clever_id FROM roster.users WHERE last_name IS NULL") == [("tom",)]
    with left.connect() as connection:
        assert [is_confirmed(connection, days) for days in (7, 8, 9)] == [False, True, True]
    assert erase(left, 8, now=NOW + timedelta(days=10)).people == 1


def test_a_file_is_written_anew_after_a_crash(left: Tiny) -> None:
    """Killed between the transaction and the files, the next run that holds the district ends it."""
    warehouse = Warehouse(left.root)
    warehouse.publish_copy("d")
    with left.connect_anew() as connection:
        info = SyncInfo("S004", "d", "erase", "Rae", NOW, "run")
        order = Order(info, left.data, TODAY, lambda: NOW)
        sync.choose_erased(connection, order, "cat")
        sync.erase(connection, warehouse.folder("d"), order)
    assert purge.is_unfinished(warehouse.folder("d"))
    before = warehouse.folder("d").roster.stat().st_ino
    purge.finish(warehouse, "d")
    assert warehouse.folder("d").roster.stat().st_ino != before
    assert not purge.is_unfinished(warehouse.folder("d"))
    with duckdb.connect(str(warehouse.folder("d").published), read_only=True) as copy:
        assert copy.execute("SELECT count(*) FROM sync.changes WHERE action = 'erase'").fetchall() == [(1,)]
        assert copy.execute("SELECT count(*) FROM roster.users_as_of(DATE '2026-11-23')").fetchall() == [(5,)]
