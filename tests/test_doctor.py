"""`roster doctor` looks at what an installation stands on, and says what to do."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from unittest import mock

import duckdb
import pytest
from dagster._daemon.types import DaemonHeartbeat

from clever_sandbox.server import serve_in_thread
from roster_pipeline.cli import surroundings
from roster_pipeline.config import load_settings
from roster_pipeline.history.record import SyncInfo
from roster_pipeline.warehouse.schema import VERSION
from roster_pipeline.warehouse.warehouse import Warehouse
from tests.conftest import NOW
from tests.platform import SLUG, Platform, demo_app

CHECKS = "settings districts data schema locks disk daemon credentials clock ui logins notices".split()
REAL = load_settings({"CLEVER_DISTRICT_TOKEN": "t"})


class Usage(NamedTuple):
    free: int


def findings(platform: Platform, exits: int = 0, **environment: str) -> dict[str, tuple[bool, str]]:
    found = platform.json("doctor", exits=exits, **environment)["checks"]
    return {c["check"]: (c["ok"], c["says"]) for c in found}


def beats(**minutes_ago: int) -> Mapping[str, datetime]:
    return {kind: NOW - timedelta(minutes=ago) for kind, ago in minutes_ago.items()}


def test_all_is_well(synced: Platform) -> None:
    found = findings(synced)
    assert {name: ok for name, (ok, _) in found.items()} == dict.fromkeys(CHECKS, True)
    assert found["credentials"][1] == "Clever takes them, for 1 district"
    assert found["clock"][1] == "ours and Clever's agree"
    assert found["schema"][1] == f"version {VERSION} is this release's"
    assert found["locks"][1] == "no run holds a district"
    assert found["daemon"][1].startswith("none has ever run on this instance")


def test_what_was_never_synced_is_well_too(platform: Platform) -> None:
    assert {name: ok for name, (ok, _) in findings(platform).items()} == dict.fromkeys(CHECKS, True)
    assert not (platform.data / "warehouse").exists()


@pytest.mark.parametrize(
    ("last", "ok", "says"),
    [
        (beats(), False, "none has ever run on this instance. Start `roster daemon`."),
        (beats(SENSOR=3, SCHEDULER=4), False, "none since 2026-11-23 09:57 UTC. Start `roster daemon`."),
        (beats(SENSOR=1, SCHEDULER=20), True, "lives: 2026-11-23 09:59 UTC"),
        (
            beats(SENSOR=0, SCHEDULER=31),
            False,
            "it lives, but SCHEDULER has said nothing since 2026-11-23 09:29 UTC. "
            "End `roster daemon` and start it anew.",
        ),
    ],
)
def test_the_daemons_signs_of_life(last: Mapping[str, datetime], ok: bool, says: str) -> None:
    found = surroundings.judge_daemon(last, NOW, needed=True)
    assert (found.ok, found.says) == (ok, says)
    assert surroundings.judge_daemon(last, NOW, needed=False).ok


def test_a_real_account_needs_a_daemon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("roster_pipeline.cli.launch.daemon_heartbeats", dict)
    assert not surroundings.daemon(REAL).ok
    assert surroundings.daemon(load_settings({})).ok


def test_the_signs_come_from_the_instance(synced: Platform) -> None:
    with synced.instance() as instance:
        for kind in instance.get_required_daemon_types():
            instance.add_daemon_heartbeat(DaemonHeartbeat(datetime.now(UTC).timestamp(), kind, "one"))
        instance.add_daemon_heartbeat(DaemonHeartbeat(0.0, "FRESHNESS_DAEMON_OF_OLD", "one"))
    assert findings(synced)["daemon"][1].startswith("lives: 20")


def test_a_full_disk(synced: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = synced.published.parent
    with (folder / "roster.duckdb").open("ab") as file:
        file.truncate(1024**3)  # takes no room
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(3 * 1024**3))
    ok, says = findings(synced, exits=1)["disk"]
    assert not ok
    assert says.startswith("3,072 MiB are free; the next sync of the largest district may want 3,0")
    assert says.endswith("Make room, or set ROSTER_WAREHOUSE or DAGSTER_HOME to another disk.")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(4 * 1024**3))
    assert findings(synced)["disk"][0]


@pytest.mark.parametrize(("hours", "ok"), [(1, True), (4, False)])
def test_a_district_that_is_held(hours: int, ok: bool, synced: Platform) -> None:
    since = datetime.now(UTC).replace(tzinfo=None, microsecond=0) - timedelta(hours=hours)
    note = SyncInfo("S1", SLUG, "sync_now", "Rae Moss", since, "run").note()
    with Warehouse(synced.data / "warehouse").lock(SLUG, note, lambda _: None):
        found = findings(synced, exits=0 if ok else 1)["locks"]
    assert found[0] is ok
    assert found[1].startswith(f"{SLUG} is held by sync S1 since {since:%Y-%m-%d %H:%M} UTC")
    assert found[1].endswith("end the run in Dagster") is not ok
    assert "Rae" not in found[1]
    assert findings(synced)["locks"] == (True, "no run holds a district")


def test_a_lock_without_a_note(synced: Platform) -> None:
    with Warehouse(synced.data / "warehouse").lock(SLUG, {}, lambda _: None):
        assert findings(synced)["locks"] == (True, f"{SLUG} is held by a backup or another command")


def test_the_tables_of_an_older_and_of_a_newer_release(synced: Platform) -> None:
    with duckdb.connect(str(synced.published)) as connection:
        connection.execute(f"UPDATE sync.schema_versions SET version = {VERSION - 1}")
    assert (
        surroundings.schema(load_settings()).says
        == f"version {VERSION} is this release's; {SLUG} has {VERSION - 1}: the next sync brings it up"
    )
    with duckdb.connect(str(synced.published)) as connection:
        connection.execute(f"UPDATE sync.schema_versions SET version = {VERSION + 1}")
    found = findings(synced, exits=1)
    assert found["schema"] == (True, f"version {VERSION} is this release's")
    assert f"has schema version {VERSION + 1}" in found["districts"][1]


def test_credentials_that_clever_refuses(synced: Platform) -> None:
    found = findings(synced, exits=1, CLEVER_CLIENT_SECRET="of-somebody-else")
    assert not found["credentials"][0]
    assert "HTTP 401" in found["credentials"][1]
    assert "of-somebody-else" not in str(found)
    assert found["clock"] == (True, "Clever did not tell its own")


def test_a_clever_that_does_not_answer_is_asked_once(synced: Platform) -> None:
    with serve_in_thread(demo_app()) as gone:
        port = gone.url
    ok, says = findings(synced, exits=1, CLEVER_API_URL=port, CLEVER_TOKENS_URL=f"{port}/oauth/tokens")["credentials"]
    assert not ok
    assert "no connection" in says
    assert "1 times" in says


@pytest.mark.parametrize(
    ("ahead", "ok", "says"),
    [
        (timedelta(seconds=-119), True, "ours and Clever's agree"),
        (timedelta(seconds=121), False, "ours is 121 seconds behind Clever's. Set this machine's clock"),
        (timedelta(hours=-1), False, "ours is 3,600 seconds ahead of Clever's. Set this machine's clock"),
        (None, True, "Clever did not tell its own"),
    ],
)
def test_the_clocks(ahead: timedelta | None, ok: bool, says: str) -> None:
    found = surroundings.clock(ahead, REAL)
    assert found.ok is ok
    assert found.says.startswith(says)
    local = load_settings({"CLEVER_DISTRICT_TOKEN": "t", "CLEVER_API_URL": "http://127.0.0.1:1"})
    assert surroundings.clock(ahead, local).ok


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({"ROSTER_UI_HOSTS": "roster.example"}, "answers to 127.0.0.1, [::1], localhost, roster.example; nobody signs"),
        ({"ROSTER_UI_READ_ONLY": "1"}, "answers to 127.0.0.1, [::1], localhost; everybody only looks"),
        ({"ROSTER_UI_USER_HEADER": "X-User", "ROSTER_UI_EDITORS": "rae,ann"}, "; 2 of those who sign in may change"),
        ({"ROSTER_UI_USER_HEADER": "X-User"}, "; all who sign in may change something"),
    ],
)
def test_the_uis_door(environment: dict[str, Any], says: str) -> None:
    with mock.patch.dict("os.environ", environment):
        found = surroundings.ui(REAL)
    assert found.ok
    assert says in found.says


def test_a_setting_of_the_ui_that_cannot_be_used(synced: Platform) -> None:
    ok, says = findings(synced, exits=1, ROSTER_UI_READ_ONLY="yes")["ui"]
    assert (ok, says.startswith("ROSTER_UI_READ_ONLY is 'yes'. Set 1")) == (False, True)
