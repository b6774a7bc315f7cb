"""A district under attack and over time: the roster is the one a healthy Clever would have given."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from clever_sandbox.control.routes import Advance, advance_sandbox
from clever_sandbox.server import SandboxServer, serve_in_thread
from roster_pipeline.clever.client import Clever, Clock
from roster_pipeline.clever.local import settings_for
from roster_pipeline.config import DEMO
from roster_pipeline.history.record import SyncInfo
from roster_pipeline.run import Run
from roster_pipeline.sync import Order
from roster_pipeline.warehouse.warehouse import Warehouse
from tests.conftest import NOW, carry_out
from tests.platform import SLUG, demo_app

IN_FORCE = {
    "users": "FROM roster.users WHERE enrollment_status <> 'archived'",
    "user_sites": "FROM roster.user_sites WHERE status = 'active'",
    "sections": "FROM roster.sections WHERE status = 'active'",
    "enrollments": "FROM roster.enrollments WHERE status = 'active'",
    "section_courses": (
        "FROM roster.section_courses SEMI JOIN (FROM roster.sections WHERE status = 'active') USING (section_id)"
    ),
}
NOT_KEPT = "COLUMNS(lambda c: c NOT IN ('since_sync_id', 'first_synced_at', 'archived_at', 'unmapped_since'))"
TRANSIENT = ("429", "429_repeated", "500", "502", "503", "cut_json", "truncated", "reset", "html_200")
UNSETTLING = (("duplicate_id", "unknown_keys", "slow", "clock_skew"), ("out_of_order",), ("empty_last_page",))


@pytest.fixture
def server() -> Iterator[SandboxServer]:
    """Its clock stands in front of a few school days."""
    with serve_in_thread(demo_app()) as running:
        running.sandbox.clock.set(datetime(2026, 11, 8, 20, tzinfo=UTC))
        yield running


def roster_of(root: Path, server: SandboxServer, sync: int = 1) -> dict[str, list[tuple[Any, ...]]]:
    """Extracts in small pages, without ever waiting, syncs, and returns what is in force."""
    district = server.sandbox.districts[0].id
    landing = root / f"landing-{sync}"
    impatient = Clock(sleep=lambda _: None, now=lambda: datetime(2026, 11, 23, tzinfo=UTC))
    with Clever(settings_for(server.url), page_limit=50, clock=impatient, requests_a_minute=1_000_000) as clever:
        clever.extract(district, landing, lambda _: None)
    info = SyncInfo(f"S{sync:04}", SLUG, "sync_now", "test", NOW, "run")
    with Warehouse(root).connect(SLUG) as connection:
        carry_out(connection, Run(Order(info, DEMO, NOW.date(), lambda: NOW)), landing)
    with Warehouse(root).connect(SLUG) as connection:
        return {
            table: connection.execute(f"SELECT {NOT_KEPT} {query} ORDER BY ALL").fetchall()
            for table, query in IN_FORCE.items()
        }


@pytest.fixture(scope="session")
def healthy(tmp_path_factory: pytest.TempPathFactory, clever: SandboxServer) -> dict[str, list[tuple[Any, ...]]]:
    """The roster that every server without faults gives."""
    return roster_of(tmp_path_factory.mktemp("healthy"), clever)


def test_a_fifth_of_all_answers_fails_in_rotating_ways(
    server: SandboxServer, tmp_path: Path, healthy: dict[str, list[tuple[Any, ...]]]
) -> None:
    assert len(healthy["users"]) > 900
    for name in TRANSIENT:
        server.sandbox.faults.add(name, rate=0.2 / len(TRANSIENT))
    for run in range(3):
        assert roster_of(tmp_path / str(run), server) == healthy
    assert sum(fault.struck for fault in server.sandbox.faults.on) > 3


def test_strange_but_whole_answers_give_the_same_roster(
    server: SandboxServer, tmp_path: Path, healthy: dict[str, list[tuple[Any, ...]]]
) -> None:
    faults = server.sandbox.faults
    for n, together in enumerate(UNSETTLING):
        faults.clear()
        for name in together:
            faults.add(name, rate=0.5, seconds=0.001 if name == "slow" else None)
        assert roster_of(tmp_path / str(n), server) == healthy, together
        assert all(fault.struck for fault in faults.on), together


def test_a_school_year_of_days_ends_like_a_first_sync(server: SandboxServer, tmp_path: Path) -> None:
    """Sync after sync follows the district; whoever starts afresh at the end gets the same people in force."""
    followed = tmp_path / "followed"
    for day in range(1, 5):
        roster_of(followed, server, day)
        advance_sandbox(server.sandbox, Advance(days=1, seed=day))
    last = roster_of(followed, server, 99)
    assert last == roster_of(tmp_path / "afresh", server)


def test_who_left_is_archived_and_who_came_is_there(server: SandboxServer, tmp_path: Path) -> None:
    roster_of(tmp_path, server, 1)
    events = advance_sandbox(server.sandbox, Advance(days=3, seed=7))
    roster_of(tmp_path, server, 2)
    with Warehouse(tmp_path).connect(SLUG) as connection:
        status = dict(connection.execute("SELECT clever_id, enrollment_status FROM roster.users").fetchall())
        ((manual,),) = connection.execute(
            "SELECT site_id FROM roster.sites WHERE enrollment_source = 'manual'"
        ).fetchall()
    gone = {e.id for e in events if e.kind in ("student_left", "student_unshared")}
    came = {e.id for e in events if e.kind == "student_new" and e.school != manual} - gone
    left = {e.id for e in events if e.kind == "student_left"} & status.keys()
    assert left
    assert came
    assert {status[i] for i in left} == {"archived"}
    assert {status.get(i) for i in came} == {"pending"}


@pytest.mark.parametrize(
    "fault", ["nulls", "unknown_enums", "missing_fields", "dangling_ids", "unknown_roles", "wrong_types"]
)
def test_bad_data_is_named_and_the_rest_flows(
    server: SandboxServer, tmp_path: Path, healthy: dict[str, list[tuple[Any, ...]]], fault: str
) -> None:
    """Whatever a record is like, the sync ends, most people arrive, and who does not has a reason code."""
    people = {row[1] for row in healthy["users"]}
    server.sandbox.faults.add(fault)
    arrived = {row[1] for row in roster_of(tmp_path / fault, server)["users"]}
    assert len(arrived) > 0.5 * len(people)
    with Warehouse(tmp_path / fault).connect(SLUG) as connection:
        named = {
            i for (i,) in connection.execute("SELECT record_id FROM staging.issues WHERE entity = 'users'").fetchall()
        }
    unnamed = people - arrived - named
    assert not unnamed or None in named, f"{len(unnamed)} people are missing without a reason"
