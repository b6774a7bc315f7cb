"""`make dev` as the browser sees it: the real webserver and daemon, asked over GraphQL as the UI's buttons do."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from clever_sandbox.server import serve_in_thread
from roster_pipeline.clever.local import settings_for
from roster_pipeline.config import PROJECT_ROOT
from tests.platform import SLUG, Platform, demo_app
from tests.webserver import patiently, serving

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
        assert ui.processes() == []


def test_dagsters_own_command_has_the_same_code_location(platform: Platform) -> None:
    dagster = Path(sys.executable).with_name("dagster")
    with serving(platform, [dagster, "dev", "--workspace", PROJECT_ROOT / "workspace.yaml"]) as ui:
        found = patiently(bool, lambda: ui.ask(LOCATIONS)["workspaceOrError"]["locationEntries"])
        assert found == [{"name": "roster_pipeline", "locationOrLoadError": {"__typename": "RepositoryLocation"}}]
