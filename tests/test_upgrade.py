"""A warehouse that an earlier release wrote is opened, upgraded and synced, and nothing in it is lost."""

from __future__ import annotations

import gzip
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from roster_pipeline.apply import apply
from roster_pipeline.history import SyncInfo
from roster_pipeline.planning import plan_sync
from roster_pipeline.resources.warehouse import Warehouse
from roster_pipeline.staging import stage

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
        stage(connection, release_1 / "landing")
        plan_sync(connection, info, release_1 / "data", today=NOW.date(), now=NOW)
        made = apply(connection, info, now=NOW)
    assert (sum(c.changes for c in made.counts), made.held) == (0, 42)
    assert rows(release_1)[:4] == before[:4]
