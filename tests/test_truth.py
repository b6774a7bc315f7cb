"""What is said after a failure is what happened: in the truth, in the terminal's answer and in Dagster."""

from __future__ import annotations

import errno
import json
import shutil
import signal
from typing import Any

import dagster as dg
import pytest
from dagster._core.execution.plan.active import ActiveExecution

from roster_pipeline.cli import launch
from roster_pipeline.cli.telling import print_sync
from roster_pipeline.config import load_settings
from roster_pipeline.errors import RosterError
from roster_pipeline.history.record import SyncInfo
from roster_pipeline.warehouse.warehouse import Warehouse
from tests.platform import SLUG, Platform

OTHER = "harbor-usd"


def no_room(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device", "/a/path/to/somebody")


def interrupt(*_: object, **__: object) -> None:
    raise dg.DagsterExecutionInterruptedError


@pytest.fixture
def here(synced: Platform, monkeypatch: pytest.MonkeyPatch) -> Platform:
    """A synced platform whose terminal commands run in this process, with an instance of their own."""
    instance = dg.DagsterInstance.from_config(str(synced.root / "dagster"))
    instance.add_dynamic_partitions("district", [SLUG, OTHER])
    monkeypatch.setattr(launch, "_instance", lambda: instance)
    return synced


def sync(slug: str = SLUG, *sites: str) -> dict[str, Any]:
    return launch.launch_sync(load_settings(), slug, sites, "ops")


def truth(platform: Platform, query: str) -> list[tuple[Any, ...]]:
    with Warehouse(platform.data / "warehouse").connect(SLUG) as connection:
        return connection.execute(query).fetchall()


def last_run() -> dg.DagsterRun:
    return launch._instance().get_runs(limit=1)[0]


def unmap(platform: Platform, n: int) -> None:
    file = platform.data / "section_courses.csv"
    lines = file.read_text().splitlines(keepends=True)
    gone = [line for line in lines if line.startswith(SLUG)][:n]
    file.write_text("".join(line for line in lines if line not in gone))


def second_district(platform: Platform) -> None:
    """The same district once more, under another slug."""
    warehouse = platform.data / "warehouse"
    shutil.copytree(warehouse / SLUG, warehouse / OTHER)
    identity = json.loads((warehouse / SLUG / "district.json").read_text())
    (warehouse / OTHER / "district.json").write_text(json.dumps({**identity, "slug": OTHER}))
    for file in platform.data.glob("*.csv"):
        lines = file.read_text().splitlines(keepends=True)
        file.write_text("".join([*lines, *(OTHER + x.removeprefix(SLUG) for x in lines if x.startswith(SLUG))]))


def test_a_full_disk_at_publish_is_said_and_made_up_for(
    here: Platform, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    unmap(here, 1)
    old = here.published.read_bytes()
    with monkeypatch.context() as full:
        full.setattr(shutil, "copyfile", no_room)
        done = sync()
    assert (done["status"], done["archived"]) == ("succeeded", 1)
    print_sync(done)
    said = capsys.readouterr().err
    assert f"Sync {done['sync_id']} was applied. The published copy is the old one (No space left on device)." in said
    assert "as it was" not in said
    assert here.published.read_bytes() == old
    assert truth(here, "SELECT status FROM sync.syncs ORDER BY sync_no DESC LIMIT 1") == [("succeeded",)]
    assert last_run().status == dg.DagsterRunStatus.FAILURE
    assert last_run().tags["roster/status"] == "succeeded"
    assert Warehouse(here.data / "warehouse").is_behind(SLUG)
    launch.launch_publish(SLUG, "ops")
    assert here.rows("SELECT sync_id FROM sync.syncs ORDER BY sync_no DESC LIMIT 1") == [(done["sync_id"],)]
    assert not Warehouse(here.data / "warehouse").is_behind(SLUG)


@pytest.mark.parametrize(
    ("module", "function", "applied"),
    [
        ("roster_pipeline.sync", "extract_district", False),
        ("roster_pipeline.sync", "make_plan", False),
        ("roster_pipeline.plan.apply", "record_success", False),
        ("roster_pipeline.assets.roster", "roster_counts", True),
        ("roster_pipeline.assets.sync", "publish_and_tell", True),
    ],
)
def test_an_interrupt_is_told_as_what_it_was(
    module: str, function: str, applied: bool, here: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    unmap(here, 1)
    with monkeypatch.context() as interrupted:
        interrupted.setattr(f"{module}.{function}", interrupt)
        done = sync()
    assert done["interrupted"]
    assert done["status"] == ("succeeded" if applied else "failed")
    assert "interrupted" in (done["failure"] if applied else done["error"])
    assert here.rows("SELECT sync_id, status FROM sync.syncs ORDER BY sync_no DESC LIMIT 1") == [
        (done["sync_id"], done["status"])
    ]
    assert last_run().status == dg.DagsterRunStatus.FAILURE
    assert last_run().tags["roster/status"] == done["status"]


def test_a_plan_that_fails_is_no_failed_sync(here: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROSTER_HISTORY_DAYS", "ten")
    with pytest.raises(RosterError, match="ROSTER_HISTORY_DAYS"):
        launch.launch_plan(SLUG, 10)
    assert here.rows("SELECT trigger, status FROM sync.syncs") == [("first", "succeeded")]


@pytest.mark.usefixtures("here")
def test_an_interrupted_plan_is_told_as_that(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("roster_pipeline.sync.extract_district", interrupt)
    with pytest.raises(RosterError, match="interrupted: somebody stopped it") as told:
        launch.launch_plan(SLUG, 10)
    assert told.value.exit_code == 130


@pytest.mark.parametrize(("last", "applied"), [("staging", False), ("apply", True)])
def test_a_signal_between_two_steps_is_recorded(
    last: str, applied: bool, here: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No step fails then, and those that follow are never begun."""
    real = ActiveExecution.mark_success

    def marked(self: ActiveExecution, step: str) -> None:
        real(self, step)
        if step == last:
            signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(ActiveExecution, "mark_success", marked)
    unmap(here, 1)
    done = sync()
    assert done["status"] == ("succeeded" if applied else "failed")
    assert ("was applied" in done["failure"]) if applied else ("interrupted" in done["error"])
    assert here.rows("SELECT sync_id FROM sync.syncs ORDER BY sync_no DESC LIMIT 1") == [(done["sync_id"],)]


def test_a_locked_truth_is_told_second_and_recorded_by_the_next_run(
    here: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: object, **__: object) -> None:
        raise RosterError("Another program has roster.duckdb of x open", do="Close it")

    with monkeypatch.context() as broken:

        def no_room_and_locked(*_: object, **__: object) -> None:
            broken.setattr(Warehouse, "connect", locked)
            no_room()

        broken.setattr("roster_pipeline.sync.stage_newest", no_room_and_locked)
        with pytest.raises(RosterError) as told:
            sync()
    said = str(told.value)
    assert said.index("No space left on device") < said.index("Another program has roster.duckdb")
    assert "Nothing was applied." in said
    assert sync()["status"] == "succeeded"
    assert here.rows("SELECT status FROM sync.syncs ORDER BY sync_no") == [("succeeded",), ("failed",), ("succeeded",)]
    assert here.rows("SELECT error LIKE '%No space left%' FROM sync.syncs WHERE status = 'failed'") == [(True,)]


def test_a_damaged_truth_is_a_sentence(here: Platform) -> None:
    file = here.published.with_name("roster.duckdb")
    file.write_bytes(b"garbage" * 4096)
    with pytest.raises(RosterError, match=r"riverbend-usd/roster.duckdb is damaged.*published.duckdb") as told:
        sync()
    assert "Nothing was applied" in str(told.value)
    shutil.copy(here.published, file)
    assert sync()["status"] == "succeeded"
    assert [s for (s,) in here.rows("SELECT status FROM sync.syncs ORDER BY sync_no")] == [
        "succeeded",
        "failed",
        "succeeded",
    ]


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("ROSTER_HISTORY_DAYS", "ten", "ROSTER_HISTORY_DAYS"),
        ("ROSTER_TIMEZONE", "Mars/Olympus", "no time zone"),
        ("CLEVER_CLIENT_SECRET", "wrong", "Clever"),
    ],
)
def test_a_failure_before_the_first_step_is_in_the_history(
    name: str, value: str, says: str, here: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    assert [d.slug for d in launch.known_districts(load_settings())] == [SLUG]
    done = sync()
    assert (done["status"], says in done["error"]) == ("failed", True)
    assert here.rows("SELECT status, requested_by FROM sync.syncs ORDER BY sync_no DESC LIMIT 1") == [("failed", "ops")]


def test_a_run_that_never_got_the_district_is_recorded_by_the_next(
    here: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as waiting:
        waiting.setattr(Warehouse, "lock", interrupt)
        with pytest.raises(RosterError, match="interrupted"):
            sync()
    assert last_run().tags["roster/status"] == "failed"
    assert sync()["status"] == "succeeded"
    assert here.rows("SELECT status FROM sync.syncs ORDER BY sync_no") == [("succeeded",), ("failed",), ("succeeded",)]


def test_a_failed_sync_is_on_details_and_the_last_success_beside_it(here: Platform) -> None:
    before = here.shown("sync/syncs")
    (here.data / "courses.csv").write_text("")
    done = sync()
    assert last_run().tags["roster/status"] == "failed"
    details = dg.AssetKey(["sync", "syncs"])
    (record,) = launch._instance().fetch_observations(details, limit=1).records
    assert record.asset_observation
    shown = {k: v.value for k, v in record.asset_observation.metadata.items()}
    assert (record.asset_observation.partition, shown["status"], shown["error"]) == (SLUG, "failed", done["error"])
    assert here.shown("sync/syncs") == before


@pytest.mark.usefixtures("here")
def test_every_run_is_tagged() -> None:
    sync()
    tags = last_run().tags
    assert {k: tags[f"roster/{k}"] for k in ("status", "trigger", "requested_by", "district")} == {
        "status": "succeeded",
        "trigger": "sync_now",
        "requested_by": "ops",
        "district": SLUG,
    }
    with pytest.raises(RosterError):
        launch.launch_decision(load_settings(), SLUG, "ops", hold_id="h0", decision="approved")
    assert last_run().tags["roster/status"] == "failed"


@pytest.mark.usefixtures("here")
def test_a_refused_sync_is_tagged_and_recorded() -> None:
    assert sync(SLUG, "nowhere")["status"] == "refused"
    assert last_run().tags["roster/status"] == "refused"


def test_a_held_district_stays_in_sight_until_it_is_decided(here: Platform) -> None:
    second_district(here)
    unmap(here, 30)
    held = sync()
    assert held["status"] == "held"
    assert last_run().tags["roster/status"] == "held"
    (hold,) = held["holds"]
    assert sync(OTHER)["status"] == "succeeded"
    passed, says = here.checks()["nothing_held"]
    assert not passed
    assert f"{SLUG}: Held" in says
    (here.data / "courses.csv").write_text("")
    assert sync(OTHER)["status"] == "failed"
    assert not here.checks()["nothing_held"][0], "a run that stops before the check hides nothing"
    for decision in ("rejected", "approved"):
        decided = {"hold_id": hold["hold_id"], "decision": decision, "change": decision == "approved"}
        launch.launch_decision(load_settings(), SLUG, "ops", **decided)
        passed, says = here.checks()["nothing_held"]
        assert passed
        assert f"{SLUG}: hold {hold['hold_id']} is {decision}" in says


def test_a_copy_that_cannot_be_read_is_not_green(here: Platform) -> None:
    second_district(here)
    (here.data / "warehouse" / OTHER / "published.duckdb").write_bytes(b"garbage")
    sync()
    passed, says = here.checks()["nothing_held"]
    assert not passed
    assert f"roster publish --district {OTHER}" in says


def test_the_text_of_an_unexpected_error_is_nowhere_in_dagster(here: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may name people; which lines of code it came from does not."""

    somebody = "Noor Yaring"

    def broken(*_: object, **__: object) -> None:
        raise ValueError(somebody)

    monkeypatch.setattr("roster_pipeline.sync.make_plan", broken)
    assert sync()["error"] == "Unexpected ValueError; the Dagster run has the details."
    logged = str([e.dagster_event for e in launch._instance().all_logs(last_run().run_id)])
    assert "in broken" in logged
    kept = [f.read_bytes() for f in (here.root / "dagster").rglob("*") if f.is_file()]
    assert len(kept) > 3
    assert not any(somebody.encode() in content for content in kept)


def test_a_killed_run_that_had_applied_is_tagged_as_that(here: Platform) -> None:
    done = sync()
    info = SyncInfo(done["sync_id"], SLUG, "sync_now", "ops", done["started_at"], done["dagster_run_id"])
    here.published.with_name("lock").write_text(json.dumps(info.note()))
    sync()
    killed = launch._instance().get_run_by_id(done["dagster_run_id"])
    assert killed
    assert killed.tags["roster/status"] == "succeeded"


def test_a_plan_that_never_got_the_district_says_why(here: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROSTER_MAX_WAIT_MINUTES", "0")
    with (
        Warehouse(here.data / "warehouse").lock(SLUG, {}, pytest.fail),
        pytest.raises(RosterError, match="was still running after 0 minutes"),
    ):
        launch.launch_plan(SLUG, 10)
