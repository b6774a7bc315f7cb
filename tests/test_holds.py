"""A hold from a person's side: noticed, approved, rejected, cleared; from the terminal and from Dagster."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest

from clever_sandbox.control.routes import Advance, advance_sandbox
from clever_sandbox.server import serve_in_thread
from roster_pipeline.announce.checks import PLAN
from roster_pipeline.clever.local import settings_for
from roster_pipeline.warehouse.warehouse import Warehouse
from tests.conftest import copy_of
from tests.platform import SLUG, Platform, demo_app

BELOW = ("mapping", "roster", "sync")
STATES = "SELECT hold_id, status, decided_by, cleared_because FROM sync.holds ORDER BY sync_id"


@pytest.fixture(scope="session")
def held_once(synced_once: Platform, tmp_path_factory: pytest.TempPathFactory) -> Platform:
    with pytest.MonkeyPatch.context() as monkeypatch:
        held = copy_of(synced_once, tmp_path_factory.mktemp("held"), monkeypatch)
        file = held.data / "section_courses.csv"
        file.write_text(without(held, file.read_text(), 30))
        assert held.materialize(*BELOW)
    return held


@pytest.fixture
def mapping_gone(
    held_once: Platform, synced_once: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Platform, str, str]:
    """Thirty lines of one site are gone from section_courses.csv, which is held: (platform, hold_id, old file)."""
    platform = copy_of(held_once, tmp_path, monkeypatch)
    ((hold_id,),) = platform.rows("SELECT hold_id FROM sync.holds")
    return platform, str(hold_id), (synced_once.data / "section_courses.csv").read_text()


def without(platform: Platform, old: str, lines: int) -> str:
    """The file without the first so many lines about sections of one site."""
    ((site,),) = platform.rows("SELECT min(site_id) FROM roster.sections WHERE course_count > 0")
    there = {i for (i,) in platform.rows(f"SELECT clever_id FROM roster.sections WHERE site_id = '{site}'")}
    dropped = [line for line in old.splitlines(keepends=True)[1:] if line.split(",")[1] in there][:lines]
    return "".join(line for line in old.splitlines(keepends=True) if line not in dropped)


def mapped(platform: Platform) -> int:
    ((n,),) = platform.rows("SELECT count(*) FROM roster.section_courses WHERE mapped_by = 'file'")
    return int(n)


def test_held_and_noticed(mapping_gone: tuple[Platform, str, str]) -> None:
    platform, hold_id, old = mapping_gone
    assert mapped(platform) == len(old.splitlines()) - 1
    ((status, held),) = platform.rows("SELECT status, held FROM sync.syncs ORDER BY sync_id DESC LIMIT 1")
    assert (status, held) == ("held", 30)
    checks = platform.checks()
    assert checks["extract_is_whole"] == (True, "")
    passed, says = checks["nothing_held"]
    assert not passed
    assert f"roster approve {hold_id}" in says
    listed = platform.json("holds")["districts"][0]["holds"]
    assert [(h["hold_id"], h["status"]) for h in listed] == [(hold_id, "open")]


def test_approve_from_the_terminal_applies_exactly_that(mapping_gone: tuple[Platform, str, str]) -> None:
    platform, hold_id, old = mapping_gone
    platform.roster("approve", hold_id, "--by", "ops", "--why", "spring cleaning")
    assert platform.rows(STATES) == [(hold_id, "approved", "ops", None)]
    assert mapped(platform) == len(old.splitlines()) - 1
    assert platform.materialize(*BELOW)
    assert mapped(platform) == len(old.splitlines()) - 1 - 30
    assert platform.rows("SELECT status, held FROM sync.syncs ORDER BY sync_id DESC LIMIT 1") == [("succeeded", 0)]
    assert platform.rows("SELECT applied_sync_id IS NOT NULL, reason FROM sync.holds") == [(True, "spring cleaning")]
    assert platform.checks()["nothing_held"] == (True, "")


def test_a_sync_of_another_site_leaves_a_hold_in_sight(mapping_gone: tuple[Platform, str, str]) -> None:
    """Both when its plan is judged, which is of that site alone, and when it has ended."""
    platform, hold_id, _ = mapping_gone
    ((other,),) = platform.rows("SELECT max(site_id) FROM roster.sections WHERE course_count > 0")
    assert platform.sync("--site", other)["status"] == "succeeded"
    with platform.instance() as instance:
        key = dg.AssetCheckKey(PLAN, "nothing_held")
        records = instance.event_log_storage.get_asset_check_execution_history(key, limit=2)
    said = [r.event.dagster_event.asset_check_evaluation_data for r in records if r.event and r.event.dagster_event]
    assert [evaluation.passed for evaluation in said] == [False, False]
    assert f"roster approve {hold_id}" in (said[0].description or "")


def test_an_approval_counts_record_by_record(mapping_gone: tuple[Platform, str, str]) -> None:
    platform, hold_id, old = mapping_gone
    assert platform.run("decide_hold", hold_id=hold_id, decision="approved")
    (platform.data / "section_courses.csv").write_text(without(platform, old, 31))
    assert platform.materialize(*BELOW)
    assert mapped(platform) == len(old.splitlines()) - 1 - 31
    assert platform.rows(STATES) == [(hold_id, "approved", "Dagster", None)]
    assert platform.rows("SELECT applied_sync_id IS NOT NULL FROM sync.holds") == [(True,)]


def test_an_approval_expires(mapping_gone: tuple[Platform, str, str]) -> None:
    platform, hold_id, old = mapping_gone
    assert platform.run("decide_hold", hold_id=hold_id, decision="approved")
    assert "until 20" in platform.roster("holds")[0]
    with Warehouse(platform.data / "warehouse").connect(SLUG) as connection:
        connection.execute("UPDATE sync.holds SET expires_at = decided_at")
    assert platform.materialize(*BELOW)
    assert mapped(platform) == len(old.splitlines()) - 1
    assert platform.rows(STATES) == [
        (hold_id, "cleared", "Dagster", "expired"),
        (hold_id, "open", None, None),
    ]
    assert platform.run("decide_hold", hold_id=hold_id, decision="approved")
    assert platform.materialize(*BELOW)
    assert mapped(platform) == len(old.splitlines()) - 1 - 30


def test_from_a_hold_to_its_records(mapping_gone: tuple[Platform, str, str]) -> None:
    platform, hold_id, _ = mapping_gone
    assert platform.materialize(*BELOW)
    (answer,) = platform.json("holds", hold_id[:6])["districts"]
    assert [h["hold_id"] for h in answer["holds"]] == [hold_id]
    assert [(c["entity"], c["action"]) for c in answer["changes"]] == [("section_courses", "archive")] * 30
    assert platform.rows("SELECT count(*) FROM sync.changes WHERE held_by IS NOT NULL") == [(30,)], "logged once"


def test_the_state_is_visible_on_the_assets(mapping_gone: tuple[Platform, str, str]) -> None:
    platform, hold_id, _ = mapping_gone
    assert platform.shown("sync/holds")["open"] == 1
    assert platform.run("decide_hold", hold_id=hold_id, decision="approved")
    shown = platform.shown("sync/holds")
    assert (shown["open"], shown["approved"]) == (0, 1)
    assert hold_id in str(shown["standing"])
    assert platform.materialize(*BELOW)
    ((sync_id,),) = platform.rows("SELECT max(sync_id) FROM sync.syncs")
    rows = platform.shown("roster/section_courses")["dagster/row_count"]
    assert platform.run("undo_sync", sync_id=sync_id)
    assert platform.shown("roster/section_courses")["dagster/row_count"] == rows + 30
    assert platform.shown("sync/syncs")["trigger"] == "undo"
    assert platform.shown("sync/holds")["rejected"] == 1


def test_reject_keeps_it_held(mapping_gone: tuple[Platform, str, str]) -> None:
    platform, hold_id, old = mapping_gone
    assert platform.run("decide_hold", hold_id=hold_id, decision="rejected", reason="wrong file")
    assert platform.materialize(*BELOW)
    assert mapped(platform) == len(old.splitlines()) - 1
    assert platform.rows("SELECT hold_id, status, reason FROM sync.holds") == [(hold_id, "rejected", "wrong file")]


def test_clears_itself_when_the_file_is_back(mapping_gone: tuple[Platform, str, str]) -> None:
    platform, hold_id, old = mapping_gone
    (platform.data / "section_courses.csv").write_text(old)
    assert platform.materialize(*BELOW)
    assert platform.rows(STATES) == [(hold_id, "cleared", None, "gone")]
    assert platform.rows("SELECT status FROM sync.syncs ORDER BY sync_id DESC LIMIT 1") == [("succeeded",)]
    _, err = platform.roster("approve", hold_id, exits=1)
    assert "is over" in err


def test_undo_from_dagster_withdraws_the_approval(mapping_gone: tuple[Platform, str, str]) -> None:
    platform, hold_id, old = mapping_gone
    assert platform.run("decide_hold", hold_id=hold_id, decision="approved")
    assert platform.materialize(*BELOW)
    ((sync_id,),) = platform.rows("SELECT max(sync_id) FROM sync.syncs")
    assert mapped(platform) == len(old.splitlines()) - 1 - 30
    assert platform.run("undo_sync", sync_id=sync_id)
    assert mapped(platform) == len(old.splitlines()) - 1
    assert platform.materialize(*BELOW)
    assert mapped(platform) == len(old.splitlines()) - 1, "the next sync must not redo what was undone"
    (gone, (redo, *open_now)) = platform.rows(STATES)
    assert (gone, open_now) == ((hold_id, "cleared", "Dagster", "changed"), ["open", None, None])
    platform.roster("approve", redo)
    assert platform.materialize(*BELOW)
    assert mapped(platform) == len(old.splitlines()) - 1 - 30, "a new decision lets it through"


def test_undo_and_undo_of_the_undo_from_the_terminal(synced: Platform) -> None:
    file = synced.data / "section_courses.csv"
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(lines[:-2]))
    assert synced.materialize(*BELOW)
    ((sync_id,),) = synced.rows("SELECT max(sync_id) FROM sync.syncs")
    (undone,) = synced.json("undo", sync_id[:18], "--by", "ops")["syncs"]
    assert (undone["trigger"], undone["status"], undone["created"]) == ("undo", "succeeded", 2)
    assert mapped(synced) == len(lines) - 1
    assert synced.run("undo_sync", sync_id=undone["sync_id"])
    assert mapped(synced) == len(lines) - 3


def test_a_school_that_vanished_blocks_everything(synced: Platform) -> None:
    users = "SELECT user_id, enrollment_status FROM roster.users ORDER BY ALL"
    before, synced_at = synced.rows(users), synced.rows("SELECT site_id, last_synced_at FROM roster.sites ORDER BY 1")
    with serve_in_thread(demo_app()) as server:
        advance_sandbox(server.sandbox, Advance(kinds=["school_unshared"], seed=2))
        there = Platform(synced.root, settings_for(server.url))
        out, _ = there.roster("sync", exits=3)
        assert "roster approve " in out
        assert synced.rows(users) == before
        assert synced.rows("SELECT site_id, last_synced_at FROM roster.sites ORDER BY 1") == synced_at
        passed, says = synced.checks()["extract_is_whole"]
        assert not passed
        assert "roster approve" in says
        ((hold_id,),) = synced.rows("SELECT hold_id FROM sync.holds")
        there.roster("approve", hold_id)
        assert there.sync()["status"] == "succeeded"
    assert synced.rows("SELECT count(*) FROM roster.users WHERE enrollment_status = 'archived'") > [(50,)]
    assert synced.rows("SELECT count(*) FROM roster.sites WHERE status = 'archived'") == [(1,)]


def test_plan_shows_and_applies_nothing(synced: Platform) -> None:
    file = synced.data / "section_courses.csv"
    file.write_text("".join(file.read_text().splitlines(keepends=True)[:-1]))
    before = mapped(synced)
    (plan,) = synced.json("plan")["districts"]
    assert [(c["entity"], c["action"], c["held_by"]) for c in plan["changes"]] == [("section_courses", "archive", None)]
    assert mapped(synced) == before
    assert synced.rows("SELECT count(*) FROM sync.syncs") == [(1,)]
