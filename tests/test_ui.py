"""`make dev` as the browser sees it: the real webserver and daemon, asked over GraphQL as the UI's buttons do."""

from __future__ import annotations

import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from clever_sandbox.server import serve_in_thread
from roster_pipeline.clever.local import settings_for
from roster_pipeline.config import PROJECT_ROOT, load_settings
from roster_pipeline.ui import serve
from roster_pipeline.ui.settings import Access
from tests.platform import SLUG, Platform, demo_app
from tests.webserver import patiently, serving

BIN = Path(sys.executable).parent
LOCATIONS = "{ workspaceOrError { ... on Workspace { locationEntries { name locationOrLoadError { __typename } } } } }"


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    with serve_in_thread(demo_app()) as server:
        platform = Platform.make(tmp_path, settings_for(server.url))
        platform.as_shipped()
        yield platform


def test_five_layers_a_partition_by_itself_sync_now_succeeds_and_nothing_is_left(platform: Platform) -> None:
    with serving(platform) as ui:
        nodes = patiently(bool, lambda: ui.ask("{ assetNodes { groupName hasMaterializePermission } }")["assetNodes"])
        assert {node["groupName"] for node in nodes} == {"clever", "staging", "mapping", "roster", "sync"}
        assert all(node["hasMaterializePermission"] for node in nodes)
        districts = "{ assetNodes { partitionKeysByDimension { partitionKeys } } }"
        first = lambda: ui.ask(districts)["assetNodes"][0]["partitionKeysByDimension"][0]["partitionKeys"]  # noqa: E731
        assert patiently(bool, first) == [SLUG]
        run = ui.launch({"dagster/partition": SLUG})
        assert ui.ended(run) == "SUCCESS"
        assert platform.rows("SELECT trigger, status, dagster_run_id FROM sync.syncs") == [("first", "succeeded", run)]
        assert len(ui.processes()) > 2
        ui.process.send_signal(signal.SIGTERM)
        assert ui.process.wait(60) == 0
        assert ui.processes() == {}


@pytest.mark.parametrize(
    "command",
    [
        [BIN / "dagster", "dev", "--workspace", PROJECT_ROOT / "workspace.yaml"],
        pytest.param(
            [BIN / "dg", "dev", "--use-active-venv", "--target-path", PROJECT_ROOT],
            marks=pytest.mark.skipif(not (BIN / "dg").exists(), reason="dagster-dg-cli is not installed"),
        ),
    ],
    ids=["dagster", "dg"],
)
def test_dagsters_own_commands_have_the_same_code_location(command: list[str | Path], platform: Platform) -> None:
    with serving(platform, command) as ui:
        found = patiently(bool, lambda: ui.ask(LOCATIONS)["workspaceOrError"]["locationEntries"])
        assert found == [{"name": "roster_pipeline", "locationOrLoadError": {"__typename": "RepositoryLocation"}}]


def test_ui_and_daemon_are_two_commands_and_nothing_is_left_of_them(synced: Platform) -> None:
    with serving(synced, [BIN / "roster", "ui"]) as ui:
        patiently(bool, lambda: ui.ask("{ assetNodes { id } }")["assetNodes"])
        run = ui.launch({"dagster/partition": SLUG})
        daemon = synced.start("daemon")
        try:
            assert ui.ended(run) == "SUCCESS"
        finally:
            daemon.terminate()
            daemon.communicate(timeout=60)
        assert daemon.returncode == 0
        assert synced.rows("FROM sync.syncs SELECT requested_by ORDER BY started_at DESC LIMIT 1") == [("Dagster",)]
        ui.process.send_signal(signal.SIGTERM)
        assert ui.process.wait(60) == 0
        assert ui.processes() == {}
        assert "Nobody signs in" not in ui.log.read_text()


def test_a_port_that_is_taken_is_told_in_one_line(synced: Platform) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        _, told = synced.roster("ui", "--port", str(port), exits=1)
    assert f"roster: The UI cannot listen on port {port} of 127.0.0.1: Address already in use. End what" in told


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [("ROSTER_UI_READ_ONLY", "ROSTER_UI_READ_ONLY is 'x'."), ("ROSTER_UI_EDITORS", "and no ROSTER_UI_USER_HEADER")],
)
def test_a_setting_of_the_ui_that_cannot_be_used_ends_it_and_no_sync(
    setting: str, sentence: str, synced: Platform
) -> None:
    _, told = synced.roster("ui", exits=1, **{setting: "x"})
    assert sentence in told
    assert load_settings({setting: "x"}).wrong is None


def test_whoever_opens_it_to_a_network_is_told_that_nobody_signs_in() -> None:
    asked = [
        (serve.warns_of(host, access), host)
        for host in ("127.0.0.1", "localhost", "::1", "0.0.0.0", "roster.test")
        for access in (Access(), Access(read_only=True), Access(user_header="X-User"))
    ]
    assert [host for warned, host in asked if warned] == ["0.0.0.0", "roster.test"]
