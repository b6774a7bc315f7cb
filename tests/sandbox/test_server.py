"""The server: on this machine only, ready when it says so, gone when it is stopped."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest
import requests

from clever_sandbox.app import create_app
from clever_sandbox.district.district import District
from clever_sandbox.server import serve_in_thread

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


def test_importing_opens_nothing() -> None:
    code = """
import sys
opened = []
def watch(event, args):
    if event.startswith("socket.") or (event == "open" and "/data/" in str(args[0])):
        opened.append(args)
sys.addaudithook(watch)
import clever_sandbox.server, clever_sandbox.generator.generate
assert not opened, opened
heavy = {"pandas", "pyarrow", "duckdb", "dagster"} & sys.modules.keys()
assert not heavy, heavy
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
