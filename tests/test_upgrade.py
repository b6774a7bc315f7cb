"""A warehouse that an earlier release wrote is opened, upgraded and synced, and nothing in it is lost."""

from __future__ import annotations

import gzip
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from roster_pipeline import model, sync
from roster_pipeline.errors import RosterError
from roster_pipeline.history import report
from roster_pipeline.history.record import SyncInfo
from roster_pipeline.run import Run
from roster_pipeline.sync import Order
from roster_pipeline.warehouse import schema
from roster_pipeline.warehouse.warehouse import Warehouse

SLUG = "harbor-usd"
NOW = datetime(2026, 11, 24, 10, 0)
KEPT = (
    "SELECT user_id, clever_id, roles, site_id, enrollment_status, first_login_at, since_sync_id FROM roster.users",
    "SELECT section_id, clever_id, site_id, status, visible, student_count, course_count FROM roster.sections",
    "SELECT section_id, user_id, role, status FROM roster.enrollments",
    "SELECT section_id, course_id, mapped_by, since_sync_id FROM roster.section_courses",
    "SELECT sync_id, entity, entity_id, action, before, after, held_by FROM sync.changes",
    "SELECT sync_id, trigger, status, requested_by, started_at, created, archived, held, error FROM sync.syncs",
    "SELECT hold_id, guard, status, decided_by, reason FROM sync.holds",
)


@pytest.fixture
def release_1(tmp_path: Path) -> Path:
    """A copy of the first release's warehouse, its inputs and its last landing."""
    shutil.copytree(Path(__file__).parent / "fixtures" / "release_1", tmp_path, dirs_exist_ok=True)
    packed = tmp_path / "warehouse" / SLUG / "roster.duckdb.gz"
    packed.with_suffix("").write_bytes(gzip.decompress(packed.read_bytes()))
    packed.unlink()
    return tmp_path


def rows(root: Path) -> list[list[tuple[Any, ...]]]:
    with Warehouse(root / "warehouse").connect(SLUG) as connection:
        return [connection.execute(f"FROM ({query}) ORDER BY ALL").fetchall() for query in KEPT]


def test_nothing_is_lost_when_it_is_opened(release_1: Path) -> None:
    people, sections, enrollments, courses, changes, syncs, holds = rows(release_1)
    assert [len(r) for r in (people, sections, enrollments, courses)] == [81, 9, 97, 9]
    assert len(changes) == 344
    assert [s[1:3] for s in syncs] == [
        ("first", "succeeded"),
        ("nightly", "succeeded"),
        ("sync_now", "succeeded"),
        ("undo", "succeeded"),
        ("nightly", "failed"),
        ("nightly", "held"),
    ]
    assert [h[1:4] for h in holds] == [("archives", "rejected", "release 1")]


def test_the_next_sync_changes_nothing(release_1: Path) -> None:
    before = rows(release_1)
    info = SyncInfo("20261124T100000000-0000000d", SLUG, "nightly", "test", NOW, "run")
    with Warehouse(release_1 / "warehouse").connect(SLUG) as connection:
        run = Run(Order(info, release_1 / "data", NOW.date(), lambda: NOW))
        run.staged = sync.stage(connection, release_1 / "landing")
        made = run.apply_plan(connection).plan
    assert (sum(c.changes for c in made.counts), made.held) == (0, 42)
    assert rows(release_1)[:4] == before[:4]


def test_syncs_are_numbered_in_their_order(release_1: Path) -> None:
    with Warehouse(release_1 / "warehouse").connect(SLUG) as connection:
        numbered = connection.execute("SELECT sync_no, trigger FROM sync.syncs ORDER BY sync_id").fetchall()
        assert numbered == list(enumerate(("first", "nightly", "sync_now", "undo", "nightly", "nightly"), start=1))
        assert [s["can_be_undone"] for s in report.recent(connection)] == [True, False, True, True, True, True]


def test_it_has_every_table_column_and_view_of_a_fresh_one(release_1: Path, tmp_path: Path) -> None:
    query = "SELECT schema_name, table_name, column_name, data_type FROM duckdb_columns() WHERE database_name = 'truth'"
    with Warehouse(tmp_path / "fresh").connect("d") as fresh, Warehouse(release_1 / "warehouse").connect(SLUG) as old:
        assert set(old.execute(query).fetchall()) == set(fresh.execute(query).fetchall())


def test_a_changed_view_reaches_an_older_file(release_1: Path) -> None:
    with Warehouse(release_1 / "warehouse").connect(SLUG) as connection:
        connection.execute("UPDATE sync.schema_versions SET fingerprint = 'of another release'")
        connection.execute("CREATE OR REPLACE VIEW mapping.unmapped AS SELECT 1 AS one")
    with Warehouse(release_1 / "warehouse").connect(SLUG) as connection:
        columns = [c for (c,) in connection.execute("SELECT column_name FROM (DESCRIBE mapping.unmapped)").fetchall()]
    assert columns == list(model.UNMAPPED.column_names)


def test_a_newer_file_is_refused_and_left_alone(release_1: Path) -> None:
    with Warehouse(release_1 / "warehouse").connect(SLUG) as connection:
        connection.execute("INSERT INTO sync.schema_versions (version, applied_at) VALUES (99, now()::TIMESTAMP)")
    with (
        pytest.raises(RosterError, match="schema version 99, and this release knows"),
        Warehouse(release_1 / "warehouse").connect(SLUG),
    ):
        pass


def test_an_upgrade_that_breaks_off_leaves_the_old_file(release_1: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(schema._STEPS, 2, ("sync_no", "no_such_step"))
    with pytest.raises(FileNotFoundError), Warehouse(release_1 / "warehouse").connect(SLUG):
        pass
    monkeypatch.undo()
    test_syncs_are_numbered_in_their_order(release_1)


def test_what_an_older_release_published_is_answered_and_left_alone(release_1: Path) -> None:
    folder = release_1 / "warehouse" / SLUG
    (folder / "published.duckdb").write_bytes(before := (folder / "roster.duckdb").read_bytes())
    with Warehouse(release_1 / "warehouse").read(SLUG) as connection:
        assert [s["can_be_undone"] for s in report.recent(connection)] == [True, False, True, True, True, True]
        assert report.sync(connection, None)["status"] == "held"
        assert [h["status"] for h in report.holds(connection)] == ["rejected"]
        assert len(report.hold_changes(connection, report.holds(connection)[0]["hold_id"])) == 42
        assert connection.execute("SELECT count(*) FROM sync.changes").fetchall() == [(344,)]
        assert connection.execute("FROM sync.undone").fetchall() == []
    assert (folder / "published.duckdb").read_bytes() == before


def test_what_a_newer_release_published_is_refused(release_1: Path) -> None:
    folder = release_1 / "warehouse" / SLUG
    with Warehouse(release_1 / "warehouse").connect(SLUG) as connection:
        connection.execute("INSERT INTO sync.schema_versions (version, applied_at) VALUES (99, now()::TIMESTAMP)")
    shutil.copy(folder / "roster.duckdb", folder / "published.duckdb")
    with (
        pytest.raises(RosterError, match=r"published\.duckdb of harbor-usd has schema version 99"),
        Warehouse(release_1 / "warehouse").read(SLUG),
    ):
        pass
