"""What kills once broke, each as a test of its own; `tests/crash/` looks for more of them.

A process that dies is an exception here that nothing may catch: what is on disk then is what a kill leaves, but for
what DuckDB would have written while it closes.
"""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest

from roster_pipeline import failpoints, sync
from roster_pipeline.clever.extract import _landing_for
from roster_pipeline.clever.landing import discard
from roster_pipeline.cli import launch
from roster_pipeline.config import load_settings
from roster_pipeline.history import record as history
from roster_pipeline.history.outcome import Failure, put_aside, record_what_was_put_aside
from roster_pipeline.history.record import SyncInfo
from roster_pipeline.warehouse.lock import locked
from roster_pipeline.warehouse.storage import attach_truth
from roster_pipeline.warehouse.warehouse import Warehouse, in_memory
from tests.conftest import NOW, Tiny
from tests.platform import SLUG, Platform

INFO = SyncInfo("20261123T100000000-00000001", "d", "nightly", "Rae", NOW, "run")


class Killed(BaseException):
    """The process is gone."""


@pytest.fixture
def dies_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    def kill(*_: int) -> None:
        raise Killed

    monkeypatch.setattr("roster_pipeline.failpoints.os.kill", kill)
    monkeypatch.setattr(failpoints, "_armed", None)
    return failpoints.arm


def killed(work: Callable[[], Any]) -> None:
    with pytest.raises(Killed):
        work()
    failpoints.arm("")


def test_a_killed_sync_is_not_forgotten_when_the_next_run_is_killed_too(tmp_path: Path) -> None:
    """The next run's note took the place of the first before that was written down."""
    (tmp_path / "lock").write_text(json.dumps(INFO.note()))

    def dies(note: dict[str, str]) -> None:
        assert SyncInfo.from_note(note) == INFO
        raise Killed

    with pytest.raises(Killed), locked(tmp_path / "lock", {"a": "b"}, seconds=0, waiting=pytest.fail, killed=dies):
        pass
    assert json.loads((tmp_path / "lock").read_text()) == INFO.note()


def test_a_look_at_the_plan_leaves_the_note_of_a_killed_sync(tmp_path: Path) -> None:
    Warehouse(tmp_path).register("a-district", "d")
    (tmp_path / "d" / "lock").write_text(json.dumps(INFO.note()))
    with Warehouse(tmp_path).lock("d", {}, pytest.fail):
        pass
    assert json.loads((tmp_path / "d" / "lock").read_text()) == INFO.note()


@pytest.mark.parametrize("place", ["district_folder_made", "atomic_part_written"])
def test_a_new_district_gets_its_own_name_after_a_kill(
    place: str, tmp_path: Path, dies_at: Callable[[str], None]
) -> None:
    """It got a second folder, under a longer name, for good."""
    warehouse = Warehouse(tmp_path)
    dies_at(place)
    killed(lambda: warehouse.register("id1", "Peña USD"))
    assert warehouse.districts() == []
    assert warehouse.register("id1", "Peña USD").slug == "pena-usd"
    assert [p.name for p in tmp_path.rglob("*")] == ["pena-usd", "district.json"]


def test_what_was_staged_outlives_a_kill_while_it_is_replaced(tiny: Tiny, dies_at: Callable[[str], None]) -> None:
    """The file was emptied first; without Clever nothing could be synced then."""
    tiny.sync()
    tiny.records["sections"] = []
    dies_at("staging_part_written")
    killed(tiny.sync)
    with Warehouse(tiny.root).connect("d") as connection:
        assert connection.execute("SELECT clever_id FROM staging.sections").fetchall() == [("m6",)]
        sync.stage(connection, tiny.landing)
    assert not (tiny.root / "d" / "staging.duckdb.part").exists()
    with Warehouse(tiny.root).connect("d") as connection:
        assert connection.execute("SELECT clever_id FROM staging.sections").fetchall() == []


@pytest.mark.parametrize("whole", [True, False])
def test_a_landing_that_is_half_deleted_is_never_resumed(whole: bool, tmp_path: Path) -> None:
    """Lists of a sync that was applied were mixed with those of the next."""
    folder = Warehouse(tmp_path).folder("d")
    earlier = folder.landings / "S1"
    earlier.mkdir(parents=True)
    (earlier / "users.checkpoint.json").write_text("{}")
    killed_in_rmtree = folder.discarded if whole else folder.discarded / "S0"
    killed_in_rmtree.mkdir(parents=True)
    (killed_in_rmtree / "sections.checkpoint.json").write_text("{}")
    discard(folder.landings, folder.discarded)
    assert not folder.discarded.exists()
    assert list(_landing_for(folder.landings, folder.discarded, "S2").parent.iterdir()) == []


def test_a_landing_leaves_its_place_before_anything_in_it_is_deleted(
    tmp_path: Path, dies_at: Callable[[str], None]
) -> None:
    folder = Warehouse(tmp_path).folder("d")
    (folder.landings / "S1").mkdir(parents=True)
    dies_at("landing_set_aside")
    killed(lambda: discard(folder.landings, folder.discarded))
    assert not folder.landings.exists()
    assert [p.name for p in folder.discarded.iterdir()] == ["S1"]


def test_a_failure_and_its_issue_are_written_together(tiny: Tiny, dies_at: Callable[[str], None]) -> None:
    """Killed between the two, the history had a failed sync without a word why."""
    tiny.sync()
    warehouse = Warehouse(tiny.root)
    put_aside(warehouse.folder("d"), Failure(INFO, "failed", "no room", NOW))
    dies_at("failure_written")
    killed(lambda: record_what_was_put_aside(warehouse, "d"))
    assert tiny.rows("SELECT status FROM sync.syncs") == [("succeeded",)]
    record_what_was_put_aside(warehouse, "d")
    assert tiny.rows("SELECT status, message FROM sync.syncs JOIN sync.issues USING (sync_id)") == [
        ("failed", "no room")
    ]


def test_what_a_killed_run_spilled_is_deleted(tmp_path: Path) -> None:
    """It held children's records, and as many gigabytes as it had needed."""
    Warehouse(tmp_path).register("a-district", "d")
    folder = Warehouse(tmp_path).folder("d")
    folder.spilled.mkdir(parents=True)
    (folder.spilled / "duckdb_temp_storage-0.tmp").touch()
    with Warehouse(tmp_path).lock("d", INFO.note(), pytest.fail):
        assert not folder.spilled.exists()


def test_a_killed_sync_whose_run_dagster_has_not_is_recorded(synced: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next sync failed: it wanted to tag that run."""
    with dg.DagsterInstance.from_config(str(synced.root / "dagster")) as instance:
        monkeypatch.setattr(launch, "_instance", lambda: instance)
        (synced.published.with_name("lock")).write_text(json.dumps(INFO.note()))
        assert launch.launch_sync(load_settings(), SLUG, (), "ops")["status"] == "succeeded"
    assert synced.rows("SELECT status FROM sync.syncs ORDER BY sync_no") == [
        ("succeeded",),
        ("failed",),
        ("succeeded",),
    ]


COMMITS_AND_DIES = """
import duckdb, os, signal, sys
connection = duckdb.connect()
connection.execute(f"ATTACH '{sys.argv[1]}' AS truth (STORAGE_VERSION 'latest')")
connection.execute("CREATE TABLE truth.kept AS SELECT 1 AS one; CHECKPOINT truth")
connection.execute("INSERT INTO truth.kept VALUES (2)")
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_truth_is_rewritten_with_what_was_committed_last(tmp_path: Path) -> None:
    """The last commit is in the log beside the file; the log of an earlier rewrite that was killed is no one's."""
    folder = Warehouse(tmp_path).folder("d")
    folder.path.mkdir()
    died = subprocess.run([sys.executable, "-c", COMMITS_AND_DIES, folder.roster], check=False)
    assert died.returncode == -signal.SIGKILL
    assert folder.roster.with_name("roster.duckdb.wal").exists()
    shutil.copy(folder.roster.with_name("roster.duckdb.wal"), folder.path / "roster.duckdb.part.wal")
    with in_memory() as connection:
        attach_truth(connection, folder.roster, folder.published)
    with duckdb.connect(str(folder.roster)) as connection:
        assert connection.execute("FROM kept ORDER BY one").fetchall() == [(1,), (2,)]
    assert [p.name for p in folder.path.iterdir()] == ["roster.duckdb"]


def test_half_a_published_copy_is_nobodys(tiny: Tiny) -> None:
    tiny.sync()
    warehouse = Warehouse(tiny.root)
    part = warehouse.publish_copy("d").with_name("published.duckdb.part")
    part.write_bytes(b"half")
    warehouse.publish_copy("d")
    assert not part.exists()
    with warehouse.read("d") as connection:
        assert history.has_succeeded_before(connection)
