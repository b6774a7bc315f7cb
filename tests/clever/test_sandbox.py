"""The client against the sandbox: a whole demo district, each of the sandbox's faults, and all at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from clever_sandbox.app import create_app
from clever_sandbox.district.district import District
from clever_sandbox.district.load import load_district
from clever_sandbox.district.tables import KINDS
from clever_sandbox.faults.table import FAULTS
from clever_sandbox.server import SandboxServer, serve_in_thread
from roster_pipeline.clever.client import Clever, Clock, Extract, Progress, Timeout
from roster_pipeline.clever.landing import is_complete, read_receipt
from roster_pipeline.clever.local import DEMO_DISTRICT, settings_for
from roster_pipeline.errors import BrokenExtract, CleverRefused, CleverUnavailable
from tests.clever.conftest import lines


@pytest.fixture(scope="module")
def district() -> District:
    return load_district(DEMO_DISTRICT)


@pytest.fixture(scope="module")
def running(district: District) -> Iterator[SandboxServer]:
    with serve_in_thread(create_app([district], requests_per_minute=1_000_000)) as server:
        yield server


@pytest.fixture
def sandbox(running: SandboxServer) -> Iterator[SandboxServer]:
    running.faults.clear()
    yield running
    # A list that was given up may still be asking, and would count for the next test.
    for thread in threading.enumerate():
        if thread.name.startswith("clever-"):
            thread.join()
    running.faults.clear()


def extract(
    sandbox: SandboxServer,
    landing: Path,
    *,
    page_limit: int = 500,
    timeout: float = 60,
    steps: list[Progress] | None = None,
) -> Extract:
    """The district, without waiting between tries."""
    clock = Clock(sleep=lambda _: None)
    with Clever(settings_for(sandbox.url), page_limit=page_limit, clock=clock, timeout=Timeout(read=timeout)) as clever:
        return clever.extract(sandbox.sandbox.districts[0].id, landing, (steps if steps is not None else []).append)


def ids(landing: Path) -> dict[str, list[str]]:
    """The ids that arrived, each once."""
    return {kind: sorted({r["id"] for r in lines(landing / f"{kind}.ndjson")}) for kind in KINDS}


def truth(district: District) -> dict[str, list[str]]:
    return {kind: sorted(district.tables[kind].ids) for kind in KINDS}


def test_the_demo_district_arrives_whole(sandbox: SandboxServer, district: District, tmp_path: Path) -> None:
    steps: list[Progress] = []
    whole = extract(sandbox, tmp_path, steps=steps)
    assert ids(tmp_path) == truth(district)
    for kind in KINDS:
        assert whole.endpoint(kind).records == whole.endpoint(kind).distinct == len(district.tables[kind].ids)
    assert whole.endpoint("users").pages > 1
    assert whole.notices == ()
    assert read_receipt(tmp_path) == whole
    assert max(step.records for step in steps if step.endpoint == "users") == len(district.tables["users"].ids)


def test_the_districts_of_the_sandbox(sandbox: SandboxServer, district: District) -> None:
    with Clever(settings_for(sandbox.url)) as clever:
        assert [(d.id, d.name) for d in clever.districts()] == [(district.id, district.name)]


PASSING = ["429", "429_repeated", "500", "502", "503", "cut_json", "html_200", "reset", "stall", "stall_in_body"]
PASSING += ["truncated", "token_rotation"]
ODD_PAGES = ["duplicate_id", "empty_last_page", "endless_next", "out_of_order"]
ODD_RECORDS = ["dangling_ids", "hostile", "missing_fields", "nulls", "unknown_enums", "unknown_keys", "unknown_roles"]
ODD_RECORDS += ["wrong_types"]
HARMLESS = ["clock_skew", "slow"]
WARNED = {
    "paused": {"paused"},
    "stale": {"stale"},
    "district_error": {"district_error"},
    "unshared_empty": {"empty"},
    "unshared_json": {"not_shared"},
    "unshared_html": {"not_shared"},
}
BROKEN = ["circular_next", "early_end", "repeating_next"]
REFUSED = ["district_gone", "html_404", "token_dead"]
# The client does not read events yet: these cannot reach it.
UNREAD = ["events_dropped", "events_late", "events_off", "events_out_of_order", "events_reduced", "events_refused"]
UNREAD += ["events_repeated", "events_silent"]


def test_every_fault_of_the_sandbox_is_tried() -> None:
    tried = [*PASSING, *ODD_PAGES, *ODD_RECORDS, *HARMLESS, *WARNED, *BROKEN, *REFUSED, *UNREAD]
    assert sorted(tried) == sorted(FAULTS)


@pytest.mark.parametrize("fault", [*PASSING, *HARMLESS])
def test_a_fault_that_passes(sandbox: SandboxServer, district: District, tmp_path: Path, fault: str) -> None:
    sandbox.faults.add(fault, count=1, after=7, seconds=0.01 if fault == "slow" else None)
    assert extract(sandbox, tmp_path, timeout=0.3 if "stall" in fault else 60).notices == ()
    assert ids(tmp_path) == truth(district)
    assert [s.struck for s in sandbox.faults.on] == [1]


@pytest.mark.parametrize("fault", [*ODD_PAGES, *ODD_RECORDS])
def test_odd_pages_and_records_arrive_whole(
    sandbox: SandboxServer, district: District, tmp_path: Path, fault: str
) -> None:
    sandbox.faults.add(fault)
    whole = extract(sandbox, tmp_path)
    expected = truth(district)
    assert {kind: whole.endpoint(kind).distinct for kind in KINDS} == {kind: len(expected[kind]) for kind in KINDS}
    if fault not in ODD_RECORDS:
        assert ids(tmp_path) == expected


@pytest.mark.parametrize("fault", WARNED)
def test_what_a_person_should_know_is_a_warning(sandbox: SandboxServer, tmp_path: Path, fault: str) -> None:
    sandbox.faults.add(fault)
    assert {w.code for w in extract(sandbox, tmp_path).notices} == WARNED[fault]


@pytest.mark.parametrize("fault", BROKEN)
def test_a_list_that_does_not_add_up_is_broken(sandbox: SandboxServer, tmp_path: Path, fault: str) -> None:
    sandbox.faults.add(fault)
    with pytest.raises(BrokenExtract):
        extract(sandbox, tmp_path)
    assert not is_complete(tmp_path)


@pytest.mark.parametrize("fault", REFUSED)
def test_what_does_not_pass_is_refused(sandbox: SandboxServer, tmp_path: Path, fault: str) -> None:
    sandbox.faults.add(fault, after=6)
    with pytest.raises(CleverRefused):
        extract(sandbox, tmp_path)
    assert not is_complete(tmp_path)


@pytest.mark.parametrize("fault", ["503", "reset", "429", "html_200"])
def test_a_fault_that_stays_is_unavailable_and_resumed_later(
    sandbox: SandboxServer, district: District, tmp_path: Path, fault: str
) -> None:
    sandbox.faults.add(fault, path="/users", after=2)
    with pytest.raises(CleverUnavailable):
        extract(sandbox, tmp_path)
    sandbox.faults.clear()
    assert extract(sandbox, tmp_path).endpoint("users").pages_fetched == 2
    assert ids(tmp_path) == truth(district)
