"""`make dev` as the browser sees it: the real webserver and daemon, asked over GraphQL as the UI's buttons do."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from tenacity import retry, retry_if_exception_type, retry_if_result, stop_after_delay, wait_fixed

from clever_sandbox.server import serve_in_thread
from roster_pipeline.clever.local import settings_for
from roster_pipeline.config import PROJECT_ROOT
from tests.platform import SLUG, Platform, demo_app

Ask = Callable[..., dict[str, Any]]
JOB = {"repositoryName": "__repository__", "repositoryLocationName": "roster_pipeline", "jobName": "sync_now"}

LAUNCH = """
mutation($job: JobOrPipelineSelector!, $tags: [ExecutionTag!]!) {
  launchPipelineExecution(executionParams: {
    selector: $job, runConfigData: {}, mode: "default", executionMetadata: {tags: $tags}
  }) { __typename ... on LaunchRunSuccess { run { runId } } }
}
"""


def _patiently(result_is_final: Callable[[Any], bool], what: Callable[[], Any]) -> Any:
    return retry(
        retry=retry_if_exception_type(requests.ConnectionError) | retry_if_result(lambda r: not result_is_final(r)),
        wait=wait_fixed(0.2),
        stop=stop_after_delay(100),
    )(what)()


@pytest.fixture
def ui(tmp_path: Path) -> Iterator[tuple[Ask, Platform]]:
    with serve_in_thread(demo_app()) as server, socket.socket() as free:
        platform = Platform.make(tmp_path, settings_for(server.url))
        platform.as_shipped()
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        command = [Path(sys.executable).with_name("dagster"), "dev", "--workspace", PROJECT_ROOT / "workspace.yaml"]
        with (tmp_path / "dev.log").open("w") as log:
            process = subprocess.Popen(
                [*map(str, command), "--host", "127.0.0.1", "--port", str(port)],
                cwd=tmp_path / "dagster",
                env={**os.environ, **platform.environment},
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's background job ignores it
            )
        address = f"http://127.0.0.1:{port}/graphql"

        def ask(query: str, **values: Any) -> dict[str, Any]:
            answer = requests.post(address, json={"query": query, "variables": values}, timeout=60).json()
            assert "errors" not in answer, answer
            data: dict[str, Any] = answer["data"]
            return data

        try:
            yield ask, platform
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)


def test_five_layers_a_partition_by_itself_and_sync_now_succeeds(ui: tuple[Ask, Platform]) -> None:
    ask, platform = ui
    nodes = _patiently(bool, lambda: ask("{ assetNodes { groupName hasMaterializePermission } }")["assetNodes"])
    assert {node["groupName"] for node in nodes} == {"clever", "staging", "mapping", "roster", "sync"}
    districts = "{ assetNodes { partitionKeysByDimension { partitionKeys } } }"
    found = _patiently(bool, lambda: ask(districts)["assetNodes"][0]["partitionKeysByDimension"][0]["partitionKeys"])
    assert found == [SLUG]
    launched = ask(LAUNCH, job=JOB, tags=[{"key": "dagster/partition", "value": SLUG}])["launchPipelineExecution"]
    run = launched["run"]["runId"]
    state = "query($run: ID!) { runOrError(runId: $run) { ... on Run { status } } }"
    status = _patiently(
        lambda s: s in ("SUCCESS", "FAILURE", "CANCELED"), lambda: ask(state, run=run)["runOrError"]["status"]
    )
    assert status == "SUCCESS"
    assert platform.rows("SELECT trigger, status, dagster_run_id FROM sync.syncs") == [("first", "succeeded", run)]
