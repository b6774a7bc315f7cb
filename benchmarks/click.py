"""`make bench-ui`: from the click on Launch in the Dagster UI to a run that has succeeded, daemon running.

Belongs here: a real webserver and daemon, and the wait of the person in front of them. Does not belong here:
syncs from the terminal (`run`).
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

import dagster as dg
import requests
from dagster_graphql import DagsterGraphQLClient
from rich.console import Console
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed

from benchmarks.measure import measure
from benchmarks.prepare import DAYS, prepared
from roster_pipeline.config import PROJECT_ROOT

CLICKS = 7
_ROOT = PROJECT_ROOT / "data" / "bench"
_DONE = (dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED)


def main() -> None:
    """Prints each click and the medians: the whole wait, and the part of it in which our steps run."""
    console, folder = Console(highlight=False), _ROOT / "1000"
    district = prepared(folder)
    if district is None:
        raise SystemExit("Run `make bench SIZE=1000` first: it prepares the district")
    platform = _ROOT / "work" / "click"
    shutil.rmtree(platform, ignore_errors=True)
    shutil.copytree(folder / "inputs", platform / "inputs")
    (platform / "dagster").mkdir()
    shutil.copy(PROJECT_ROOT / "dagster.yaml", platform / "dagster")
    command = [sys.executable, "-m", "benchmarks.server", str(folder / DAYS[0])]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout
            env = _environment(platform, server.stdout.readline().strip(), district.token)
            measure([_script("roster"), "sync"], log=platform / "first.log", env=env)
            _click(console, platform, env, district.slug)
        finally:
            server.kill()


def _click(console: Console, platform: Path, env: dict[str, str], slug: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "roster_pipeline.cli.dev", "--port", str(port)]
    with (platform / "dev.log").open("w") as log:
        ui = subprocess.Popen(
            command,
            cwd=platform / "dagster",
            env=env,
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's background job ignores it
        )
    try:
        client = _client(port)
        os.environ["DAGSTER_HOME"] = env["DAGSTER_HOME"]
        with dg.DagsterInstance.get() as instance:
            waits = [_one(client, instance, slug) for _ in range(CLICKS)]
    finally:
        ui.send_signal(signal.SIGINT)
        ui.wait(60)
    for wait, ours in waits:
        console.print(f"{wait:.2f} s from click to success, {ours:.2f} s of it in our steps")
    console.print(f"median {median(w for w, _ in waits):.2f} s, {median(o for _, o in waits):.2f} s of it in our steps")


def _one(client: DagsterGraphQLClient, instance: dg.DagsterInstance, slug: str) -> tuple[float, float]:
    """Seconds of one click, and of the run's steps."""
    clicked = time.perf_counter()
    run = client.submit_job_execution("sync_now", tags={"dagster/partition": slug})
    while (status := client.get_run_status(run)) not in _DONE:
        time.sleep(0.05)
    wait = time.perf_counter() - clicked
    if status is not dg.DagsterRunStatus.SUCCESS:
        raise SystemExit(f"Run {run} ended {status.value}")
    return wait, sum((s.end_time or 0.0) - (s.start_time or 0.0) for s in instance.get_run_step_stats(run))


@retry(retry=retry_if_exception_type(requests.RequestException), wait=wait_fixed(0.2), stop=stop_after_delay(60))
def _client(port: int) -> DagsterGraphQLClient:
    """A client of a webserver that answers."""
    requests.get(f"http://127.0.0.1:{port}/server_info", timeout=5).raise_for_status()
    return DagsterGraphQLClient("127.0.0.1", port_number=port)


def _environment(platform: Path, url: str, token: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("CLEVER_", "ROSTER_", "PYTHONDONTWRITE"))}
    return kept | {
        "ROSTER_DATA": str(platform / "inputs"),
        "ROSTER_WAREHOUSE": str(platform / "warehouse"),
        "DAGSTER_HOME": str(platform / "dagster"),
        "ROSTER_FIRST_SYNC": "apply",
        "CLEVER_API_URL": url,
        "CLEVER_DISTRICT_TOKEN": token,
    }


def _script(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


if __name__ == "__main__":
    main()
