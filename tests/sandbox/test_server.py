"""The server: on this machine only, ready when it says so, gone when it is stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import requests

from clever_sandbox.app import create_app
from clever_sandbox.district import District
from clever_sandbox.server import demo_app, run_sandbox, serve_in_thread
from roster_pipeline.errors import RosterError

from .api import Api


def test_it_answers_at_once_and_nobody_does_after_stop(demo: District) -> None:
    server = serve_in_thread(create_app([demo]))
    assert server.url.startswith("http://127.0.0.1:")
    assert requests.get(f"{server.url}/v3.0/users", timeout=5).status_code == 401
    server.stop()
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{server.url}/v3.0/users", timeout=5)


def test_stop_hangs_up_on_connections_that_are_open(demo: District) -> None:
    server = serve_in_thread(create_app([demo]))
    with Api(server, demo.token) as api:
        assert len(api.ids("/schools")) == 5
        server.stop()
        with pytest.raises(requests.ConnectionError):
            api.get("/schools")


def test_a_port_that_is_taken_is_explained(demo: District) -> None:
    with serve_in_thread(create_app([demo])) as server:
        port = int(server.url.rsplit(":", 1)[1])
        with pytest.raises(RosterError, match=f"cannot listen on port {port}"):
            serve_in_thread(create_app([demo]), port)


def test_a_stopped_servers_port_can_be_used_again_at_once(demo: District) -> None:
    first = serve_in_thread(create_app([demo]))
    first.faults.add("stall", seconds=0.01)
    with pytest.raises(requests.ConnectionError):  # who hangs up first leaves the port waiting
        requests.get(f"{first.url}/v3.0/users", timeout=5)
    first.stop()
    with serve_in_thread(create_app([demo]), int(first.url.rsplit(":", 1)[1])) as second:
        assert second.url == first.url


def test_many_ask_at_once(api: Api, demo: District) -> None:
    counts: list[int] = []

    def ask() -> None:
        with Api(api.server, demo.token) as own:
            counts.append(len(own.ids("/users", limit=200)))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts == [1452] * 8


def test_the_demo_app_serves_the_demo() -> None:
    with serve_in_thread(demo_app()) as server:
        settings = server.settings
        assert (settings.api_url, settings.tokens_url) == (server.url, f"{server.url}/oauth/tokens")
        assert settings.has_credentials
        [token] = requests.get(
            settings.tokens_url, auth=(settings.client_id or "", settings.client_secret or ""), timeout=5
        ).json()["data"]
        with Api(server, token["access_token"]) as api:
            assert len(api.ids("/sections")) == 380


def test_serving_from_the_terminal_generates_once_and_ends_clean_on_ctrl_c(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from clever_sandbox.server import run_sandbox\n"
        "run_sandbox(0, 60, Path(sys.argv[1]))"
    )
    seen = []
    for _ in range(2):
        process = subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(5)]
        url = next(word for line in lines for word in line.split() if word.startswith("http://"))
        assert requests.get(f"{url}/v3.0/users", timeout=5).status_code == 401
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=20)
        assert (process.returncode, rest, errors) == (0, "", "")
        seen.append((tmp_path / "sandbox" / "generated" / "60" / "students.csv").stat().st_mtime_ns)
        assert f"CLEVER_API_URL={url} CLEVER_TOKENS_URL={url}/oauth/tokens" in lines[2]
        assert "CLEVER_CLIENT_ID=sandbox CLEVER_CLIENT_SECRET=sandbox-secret" in lines[3]
        world = tmp_path / "sandbox" / "generated" / "60" / "inputs"
        places = f"ROSTER_DATA={world} ROSTER_WAREHOUSE={world}/warehouse DAGSTER_HOME={world}/dagster"
        assert lines[4] == f"  export {places}\n"
    assert seen[0] == seen[1]


def test_half_a_generated_district_is_never_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("clever_sandbox.server.write_inputs", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run_sandbox(0, 60, tmp_path)
    assert not (tmp_path / "sandbox" / "generated" / "60").exists()


def test_importing_opens_nothing() -> None:
    code = """
import sys
opened = []
def watch(event, args):
    if event.startswith("socket.") or (event == "open" and "/data/" in str(args[0])):
        opened.append(args)
sys.addaudithook(watch)
import clever_sandbox.server, clever_sandbox.generate
assert not opened, opened
heavy = {"pandas", "pyarrow", "duckdb", "dagster"} & sys.modules.keys()
assert not heavy, heavy
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
