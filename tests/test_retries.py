"""A night on which Clever is down: the extract is tried again, and only its last failure is a failed sync."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import dagster as dg
import pytest

from clever_sandbox.server import SandboxServer, serve_in_thread
from roster_pipeline import sync as corridor
from roster_pipeline.assets import clever as clever_asset
from roster_pipeline.definitions import defs
from roster_pipeline.resources import sync_run
from roster_pipeline.warehouse.warehouse import Warehouse
from tests.platform import SLUG, Platform, demo_app

pytestmark = pytest.mark.usefixtures("impatient")
WAITS = [300, 600, 900, 1200, 1500, 1800]
SYNCS = "SELECT trigger, status FROM sync.syncs ORDER BY sync_no"
BEFORE = ("first", "succeeded")
During = Callable[[int], object]


@pytest.fixture
def server(synced: Platform, monkeypatch: pytest.MonkeyPatch) -> Iterator[SandboxServer]:
    """The Clever of the synced platform, for one's own faults."""
    assert synced.published.exists()
    with serve_in_thread(demo_app()) as running:
        monkeypatch.setenv("CLEVER_API_URL", running.url)
        monkeypatch.setenv("CLEVER_TOKENS_URL", f"{running.url}/oauth/tokens")
        yield running


@pytest.fixture
def during(monkeypatch: pytest.MonkeyPatch) -> tuple[list[float], list[During]]:
    """The waits of a run, over which no time passes, and what happens during each: called with its number."""
    waits: list[float] = []
    happens: list[During] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        for happen in happens:
            happen(len(waits))

    monkeypatch.setattr(sync_run, "wait", wait)
    return waits, happens


def run(platform: Platform, job: str = "nightly_sync") -> tuple[dg.DagsterRun, list[str]]:
    """A run as the schedule launches it, and the types of the extract's events."""
    with platform.instance() as instance:
        result = defs.resolve_job_def(job).execute_in_process(
            instance=instance, partition_key=SLUG, raise_on_error=False
        )
        ran = instance.get_run_by_id(result.run_id)
        assert ran
        return ran, [e.event_type_value for e in result.all_events if e.step_key == "clever"]


def last_run(platform: Platform) -> dg.DagsterRun:
    with platform.instance() as instance:
        return instance.get_runs(limit=1)[0]


def test_an_outage_costs_minutes_and_not_the_night(
    synced: Platform, server: SandboxServer, during: tuple[list[float], list[During]]
) -> None:
    waits, happens = during
    server.sandbox.faults.add("503")

    def meanwhile(nth: int) -> None:
        status = last_run(synced).tags["roster/status"]
        assert status.startswith("Clever did not answer; trying again at ")
        assert synced.rows(SYNCS) == [BEFORE]
        assert Warehouse(synced.data / "warehouse").is_behind(SLUG) is False
        if nth == 3:
            server.sandbox.faults.clear()

    happens.append(meanwhile)
    ran, events = run(synced)
    assert waits == WAITS[:3]
    assert (ran.status, ran.tags["roster/status"]) == (dg.DagsterRunStatus.SUCCESS, "succeeded")
    assert synced.rows(SYNCS) == [BEFORE, ("nightly", "succeeded")]
    steps = [event for event in events if event.startswith("STEP_") and event != "STEP_OUTPUT"]
    assert steps == ["STEP_START", *["STEP_UP_FOR_RETRY", "STEP_RESTARTED"] * 3, "STEP_SUCCESS"]


def test_an_outage_of_a_whole_night_is_one_failed_sync(
    synced: Platform, server: SandboxServer, during: tuple[list[float], list[During]]
) -> None:
    waits, _ = during
    server.sandbox.faults.add("503")
    ran, _ = run(synced)
    assert waits == WAITS
    assert 6000 < sum(waits) < 7200
    assert (ran.status, ran.tags["roster/status"]) == (dg.DagsterRunStatus.FAILURE, "failed")
    assert synced.rows(SYNCS) == [BEFORE, ("nightly", "failed")]
    ((error,),) = synced.rows("SELECT error FROM sync.syncs ORDER BY sync_no DESC LIMIT 1")
    assert error.startswith("Clever (127.0.0.1) did not give")


@pytest.mark.parametrize(("minutes", "expected"), [("4", []), ("6", [300]), ("12", [300, 600])])
def test_no_try_begins_after_the_sync_may_last(
    minutes: str,
    expected: list[int],
    synced: Platform,
    server: SandboxServer,
    during: tuple[list[float], list[During]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ROSTER_MAX_SYNC_MINUTES", minutes)
    server.sandbox.faults.add("503")
    run(synced)
    assert during[0] == expected
    assert synced.rows(SYNCS) == [BEFORE, ("nightly", "failed")]


@pytest.mark.parametrize(("fault", "job"), [("token_dead", "nightly_sync"), ("503", "sync_now")])
def test_what_cannot_be_helped_and_what_a_person_waits_for_is_not_tried_again(
    fault: str, job: str, synced: Platform, server: SandboxServer, during: tuple[list[float], list[During]]
) -> None:
    server.sandbox.faults.add(fault)
    ran, _ = run(synced, job)
    assert (ran.status, during[0]) == (dg.DagsterRunStatus.FAILURE, [])
    assert [status for _, status in synced.rows(SYNCS)] == ["succeeded", "failed"]


@pytest.mark.usefixtures("server")
def test_a_fault_of_ours_is_not_tried_again(
    synced: Platform, during: tuple[list[float], list[During]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(corridor, "extract_district", lambda *_, **__: 1 / 0)
    ran, events = run(synced)
    assert (ran.status, during[0], events.count("STEP_UP_FOR_RETRY")) == (dg.DagsterRunStatus.FAILURE, [], 0)


def test_a_run_that_is_stopped_while_it_waits_ends(
    synced: Platform, server: SandboxServer, during: tuple[list[float], list[During]]
) -> None:
    waits, happens = during
    server.sandbox.faults.add("503")

    def stop(_: int) -> None:
        raise dg.DagsterExecutionInterruptedError

    happens.append(stop)
    run(synced)
    assert waits == WAITS[:1]
    assert last_run(synced).tags["roster/status"] == "failed"
    ((status, error),) = synced.rows("SELECT status, error FROM sync.syncs ORDER BY sync_no DESC LIMIT 1")
    assert (status, error.split(":")[0]) == ("failed", "interrupted")


def test_a_retry_goes_on_where_the_landing_stopped(
    synced: Platform, server: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clever_asset, "RETRIES", dg.RetryPolicy(max_retries=3, delay=0.001))
    server.sandbox.faults.add("503", path="/users", count=16, after=1)
    ran, events = run(synced)
    assert (ran.status, events.count("STEP_UP_FOR_RETRY")) == (dg.DagsterRunStatus.SUCCESS, 2)
    assert synced.rows(SYNCS) == [BEFORE, ("nightly", "succeeded")]
    assert synced.rows("SELECT sum(created + updated + archived) FROM sync.syncs WHERE trigger = 'nightly'") == [(0,)]
    assert synced.shown("clever/sections")["pages fetched now"] == 0
    assert synced.shown("clever/users")["pages fetched now"] > 0
