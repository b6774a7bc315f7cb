"""A setting that cannot be used: the code location loads, says so wherever people look, and its runs fail with it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import dagster as dg
import pytest

from roster_pipeline.config import DEMO, load_settings, usable_settings
from roster_pipeline.definitions import defs
from roster_pipeline.errors import RosterError
from roster_pipeline.warehouse.warehouse import Warehouse
from tests.platform import SLUG, Platform

ACCOUNT = {"CLEVER_CLIENT_ID": "id", "CLEVER_CLIENT_SECRET": "hidden"}
LOCAL = {**ACCOUNT, "CLEVER_API_URL": "http://127.0.0.1:9", "CLEVER_TOKENS_URL": "http://127.0.0.1:9/oauth/tokens"}

VALUES = [
    ({"ROSTER_TIMEZONE": "Mars/Olympus"}, "ROSTER_TIMEZONE is 'Mars/Olympus', which is no time zone"),
    ({"ROSTER_ERASE_AFTER_DAYS": "1 year"}, "ROSTER_ERASE_AFTER_DAYS is '1 year', not a number of days"),
    ({"ROSTER_HISTORY_DAYS": "\u0663"}, "ROSTER_HISTORY_DAYS is '\u0663', not a number of days"),
    ({"ROSTER_HISTORY_DAYS": "9" * 5000}, "99', not a number of days. Set a whole number up to 100000"),
    ({"ROSTER_MAX_WAIT_MINUTES": "1.5"}, "ROSTER_MAX_WAIT_MINUTES is '1.5', not a number of minutes"),
    ({"ROSTER_MAX_SYNC_MINUTES": "an hour"}, "ROSTER_MAX_SYNC_MINUTES is 'an hour', not a number of minutes"),
    ({"CLEVER_API_URL": "clever"}, "CLEVER_API_URL is not an http(s) address"),
    ({"CLEVER_TOKENS_URL": "https://id:pw@a.b"}, "CLEVER_TOKENS_URL contains more than scheme, host, port and path"),
]
"""The places are known, so the history has it."""

MORE_VALUES = [
    ({"ROSTER_TIMEZONE": "America"}, "ROSTER_TIMEZONE is 'America', which is no time zone"),
    ({"ROSTER_TIMEZONE": "../UTC"}, "ROSTER_TIMEZONE is '../UTC', which is no time zone"),
    ({"ROSTER_HISTORY_DAYS": "abc"}, "ROSTER_HISTORY_DAYS is 'abc', not a number of days"),
    ({"ROSTER_HISTORY_DAYS": "-1"}, "ROSTER_HISTORY_DAYS is '-1', not a number of days"),
    ({"ROSTER_HISTORY_DAYS": "100001"}, "ROSTER_HISTORY_DAYS is '100001', not a number of days"),
    ({"CLEVER_API_URL": "https://[::1"}, "CLEVER_API_URL is not an http(s) address"),
    ({"CLEVER_API_URL": "https://a:b"}, "CLEVER_API_URL is not an http(s) address"),
    ({"CLEVER_API_URL": "http://clever.example"}, "CLEVER_API_URL is plain http to clever.example"),
]
"""Wrong in another way: the sentence is another, and what a run does with it is the same."""

PLACES = [
    ({"CLEVER_CLIENT_SECRET": ""}, "half set: CLEVER_CLIENT_ID stands alone"),
    ({"CLEVER_CLIENT_ID": ""}, "half set: CLEVER_CLIENT_SECRET stands alone"),
    ({"CLEVER_DISTRICT_TOKEN": "hidden"}, "half set: CLEVER_CLIENT_ID stands beside CLEVER_DISTRICT_TOKEN"),
    ({"CLEVER_CLIENT_ID": "", "CLEVER_CLIENT_SECRET": ""}, "half set: CLEVER_API_URL stands alone"),
    ({"CLEVER_API_URL": "https://api.clever.com", "ROSTER_DATA": str(DEMO)}, "belongs to a local Clever"),
    ({"CLEVER_API_URL": "https://[", "ROSTER_WAREHOUSE": str(DEMO / "w")}, "belongs to a local Clever"),
    ({"ROSTER_DATA": "README.md"}, "README.md, which is no folder. Name the folder that has the files people edit"),
    ({"ROSTER_WAREHOUSE": "README.md"}, "README.md is no folder that can be read"),
    ({"ROSTER_DATA": "x" * 5000}, "is no folder that can be looked at (File name too long)"),
]
"""Nobody can know whose places these are, so nothing is read or written there."""

NEITHER = [({"DAGSTER_HOME": "nowhere"}, "None"), ({"ROSTER_FAILPOINT": "applied:x"}, "None")]
"""Settings that no sync reads."""


@pytest.fixture
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A real account's folder with one district, to which the environment points."""
    for name, value in {**LOCAL, "ROSTER_DATA": str(tmp_path / "data")}.items():
        monkeypatch.setenv(name, value)
    Warehouse(tmp_path / "data" / "warehouse").register("id1", "A")
    return tmp_path / "data"


def set_all(monkeypatch: pytest.MonkeyPatch, env: dict[str, str]) -> None:
    for name, value in env.items():
        monkeypatch.setenv(name, value)


def test_the_code_location_loads_whatever_is_set(tmp_path: Path) -> None:
    script = """
import json, os, sys
for env in json.load(sys.stdin):
    os.environ.update(env)
    for name in [m for m in sys.modules if m.startswith("roster_pipeline")]:
        del sys.modules[name]
    from roster_pipeline.definitions import defs
    from roster_pipeline.config import load_settings
    assert defs.resolve_schedule_def("nightly").execution_timezone == "America/Los_Angeles"
    assert defs.resolve_job_def("nightly_sync")
    print(json.dumps(str(load_settings().wrong)))
    for name in env:
        del os.environ[name]
"""
    cases = [*VALUES, *MORE_VALUES, *PLACES, *NEITHER]
    own = {k: v for k, v in os.environ.items() if not k.startswith(("ROSTER_", "CLEVER_", "DAGSTER_"))}
    envs = [{**LOCAL, "ROSTER_DATA": str(tmp_path), **env} for env, _ in cases]
    ran = subprocess.run(
        [sys.executable, "-c", script], env=own, input=json.dumps(envs), capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    said = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [(expected, expected in sentence) for sentence, (_, expected) in zip(said, cases, strict=True)] == [
        (expected, True) for _, expected in cases
    ]


def run(job: str = "nightly_sync") -> tuple[bool, str, dg.DagsterRun]:
    """Runs district `a`; returns whether it succeeded, and all that Dagster shows of why not."""
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions("district", ["a"])
        result = defs.resolve_job_def(job).execute_in_process(
            instance=instance, partition_key="a", raise_on_error=False
        )
        events = [e.event_specific_data for e in result.all_events if e.is_failure]
        (found,) = instance.get_runs()
        return result.success, str(events), found


@pytest.mark.parametrize(("env", "says"), VALUES)
def test_a_run_with_a_wrong_value_fails_with_its_sentence_in_the_history(
    env: dict[str, str], says: str, account: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_all(monkeypatch, env)
    success, shown, _ = run()
    assert not success
    assert says.encode("unicode_escape").decode() in shown or says in shown
    with Warehouse(account / "warehouse").read("a") as connection:
        ((status, error),) = connection.execute("SELECT status, error FROM sync.syncs").fetchall()
    assert (status, says in error, "hidden" in error) == ("failed", True, False)


@pytest.mark.parametrize(("env", "says"), PLACES)
def test_a_run_that_does_not_know_its_places_fails_with_the_sentence_and_touches_nothing(
    env: dict[str, str], says: str, account: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_all(monkeypatch, env)
    before = sorted(account.rglob("*"))
    success, shown, _ = run()
    assert (success, says in shown, "hidden" in shown) == (False, True, False)
    assert sorted(account.rglob("*")) == before
    with pytest.raises(RosterError) as refused:
        usable_settings()
    assert says in str(refused.value)


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize("env", [{"ROSTER_TIMEZONE": "x"}, {"CLEVER_CLIENT_SECRET": ""}])
def test_the_sensor_skips_with_the_sentence(env: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    set_all(monkeypatch, env)
    with dg.DagsterInstance.ephemeral() as instance:
        skipped = defs.resolve_sensor_def("new_districts")(dg.build_sensor_context(instance))
    assert cast(dg.SkipReason, skipped).skip_message == str(load_settings().wrong)


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize("env", [{"ROSTER_TIMEZONE": "x"}, {"CLEVER_CLIENT_SECRET": ""}])
def test_the_schedule_launches_what_will_fail_and_without_districts_says_the_sentence(
    env: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_all(monkeypatch, env)

    def tick(instance: dg.DagsterInstance) -> list[Any]:
        context = dg.build_schedule_context(instance, scheduled_execution_time=datetime(2026, 11, 24, 10, tzinfo=UTC))
        return list(cast(Iterable[Any], defs.resolve_schedule_def("nightly")(context)))

    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        (skipped,) = tick(instance)
        assert skipped.skip_message == str(load_settings().wrong)
        instance.add_dynamic_partitions("district", ["a"])
        assert [request.partition_key for request in tick(instance)] == ["a"]


def test_a_command_that_asks_says_it_beside_the_answer(synced: Platform) -> None:
    out, err = synced.roster("status", ROSTER_HISTORY_DAYS="abc")
    assert out.startswith(f"{SLUG}: last sync")
    assert err == (
        "roster: ROSTER_HISTORY_DAYS is 'abc', not a number of days. "
        "Set a whole number up to 100000, or leave it unset. Until then every sync fails.\n"
    )
    _, err = synced.roster("status", exits=1, CLEVER_CLIENT_SECRET="")
    assert err.startswith("roster: The Clever credentials are half set: CLEVER_CLIENT_ID stands alone.")


def test_a_sync_with_a_wrong_setting_asks_nobody(synced: Platform) -> None:
    done = synced.sync(exits=1, ROSTER_TIMEZONE="x", CLEVER_API_URL="http://127.0.0.1:1")
    assert (done["status"], done["error"]) == ("failed", str(load_settings({"ROSTER_TIMEZONE": "x"}).wrong))
