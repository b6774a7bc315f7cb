"""The UI as people start it, in processes of its own, on a free port of this machine.

Belongs here: starting and ending it, and asking it as its pages do. Does not belong here: what it must answer.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
from tenacity import retry, retry_if_exception_type, retry_if_result, stop_after_delay, wait_fixed

from tests.platform import Platform

MAKE_DEV = (sys.executable, "-m", "roster_pipeline.cli.dev")
JOB = {"repositoryName": "__repository__", "repositoryLocationName": "roster_pipeline", "jobName": "sync_now"}

LAUNCH = """
mutation($job: JobOrPipelineSelector!, $tags: [ExecutionTag!]!, $config: RunConfigData) {
  launchPipelineExecution(executionParams: {
    selector: $job, runConfigData: $config, mode: "default", executionMetadata: {tags: $tags}
  }) {
    __typename ... on LaunchRunSuccess { run { runId } } ... on PythonError { message }
    ... on RunConfigValidationInvalid { errors { message } }
  }
}
"""


@dataclass(frozen=True)
class Ui:
    """A running one; `headers` are what a reverse proxy adds to what a person asks."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(self, query: str, **values: Any) -> dict[str, Any]:
        answer = self.post(query, **values).json()
        assert "errors" not in answer, answer
        data: dict[str, Any] = answer["data"]
        return data

    def post(self, query: str, **values: Any) -> requests.Response:
        body = {"query": query, "variables": values}
        return requests.post(f"{self.url}/graphql", json=body, headers=self.headers, timeout=60)

    def launch(self, tags: dict[str, str], **config: Any) -> str:
        """The id of the run."""
        pairs = [{"key": key, "value": value} for key, value in tags.items()]
        launched = self.ask(LAUNCH, job=JOB, tags=pairs, config=config)["launchPipelineExecution"]
        assert launched["__typename"] == "LaunchRunSuccess", launched
        return str(launched["run"]["runId"])

    def ended(self, run: str) -> str:
        """How a run has ended."""
        state = "query($run: ID!) { runOrError(runId: $run) { ... on Run { status } } }"
        ask = lambda: self.ask(state, run=run)["runOrError"]["status"]  # noqa: E731
        return str(patiently(lambda s: s in ("SUCCESS", "FAILURE", "CANCELED"), ask))

    def processes(self) -> dict[int, str]:
        """All that it has started and that still runs, itself included; of the dead some wait to be buried."""
        of_session = ["ps", "-s", str(self.process.pid), "-o", "pid=,stat=,args="]
        found = subprocess.run(of_session, capture_output=True, text=True).stdout.splitlines()
        lines = [line.split(maxsplit=2) for line in found]
        return {int(pid): what[:80] for pid, state, what in lines if not state.startswith("Z")}


def patiently(result_is_final: Callable[[Any], bool], what: Callable[[], Any]) -> Any:
    return retry(
        retry=retry_if_exception_type(requests.ConnectionError) | retry_if_result(lambda r: not result_is_final(r)),
        wait=wait_fixed(0.2),
        stop=stop_after_delay(100),
    )(what)()


@contextmanager
def serving(platform: Platform, command: Sequence[str | Path] = MAKE_DEV, **environment: str) -> Iterator[Ui]:
    """From the start of the command on; it is ended by Ctrl-C unless the block has done so."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = platform.root / "ui.log"
    with log.open("w") as written:
        process = subprocess.Popen(
            [*map(str, command), "--host", "127.0.0.1", "--port", str(port)],
            cwd=platform.root / "dagster",
            env={**os.environ, **platform.environment, **environment},
            stdout=written,
            stderr=written,
            start_new_session=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's background job ignores it
        )
    try:
        yield Ui(process, port, log)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.wait(60)
