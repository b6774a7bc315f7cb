"""Answers that take their time: how long is asked of a clock that only writes it down."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from clever_sandbox.app import create_app
from clever_sandbox.district.district import District
from clever_sandbox.faults.latency import PROFILES, Latency, parse_latency
from clever_sandbox.server import SandboxServer, serve_in_thread

from .api import Api


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def server(demo: District, slept: list[float]) -> Iterator[SandboxServer]:
    async def write_down(seconds: float) -> None:
        slept.append(seconds)

    with serve_in_thread(create_app([demo.copy()], latency=Latency(100, 1000), sleep=write_down)) as server:
        yield server


@pytest.fixture
def api(server: SandboxServer) -> Iterator[Api]:
    with Api(server, server.sandbox.districts[0].token) as api:
        yield api


@pytest.mark.parametrize(
    ("path", "records"),
    [
        ("/users?limit=40", 40),
        ("/schools", 5),
        ("/users?count=true", 0),
        ("/resources", 0),
        ("/users?starting_after=ffffffffffffffffffffffff", 0),
        ("/users/000000000000000000000000", 0),
    ],
)
def test_an_answer_takes_its_page_and_its_records(api: Api, slept: list[float], path: str, records: int) -> None:
    api.get(path)
    assert slept == [pytest.approx(0.1 + records * 0.001)]


def test_every_page_of_a_list_takes_its_time(api: Api, server: SandboxServer, slept: list[float]) -> None:
    server.sandbox.latency = Latency(450)
    assert len(api.ids("/users", limit=500)) == 1452
    assert slept == [0.45] * 3


def test_tokens_and_strangers_are_not_late(api: Api, server: SandboxServer, slept: list[float]) -> None:
    assert api.tokens().status_code == 200
    with Api(server, "wrong") as stranger:
        assert stranger.get("/users").status_code == 401
    assert slept == []


def test_none_does_not_even_give_way(api: Api, server: SandboxServer, slept: list[float]) -> None:
    server.sandbox.latency = PROFILES["none"]
    assert len(api.ids("/schools")) == 5
    assert slept == []


@pytest.mark.parametrize(
    ("text", "latency"),
    [
        ("none", Latency()),
        ("near", Latency(130, 5)),
        ("far", Latency(450, 20)),
        ("300", Latency(300)),
        ("300:7.5", Latency(300, 7.5)),
    ],
)
def test_a_latency_as_text(text: str, latency: Latency) -> None:
    assert parse_latency(text) == latency


@pytest.mark.parametrize("text", ["", "moon", "-1", "1:", ":1", "1:2:3", "nan", "1e9"])
def test_text_that_is_no_latency(text: str) -> None:
    with pytest.raises(ValueError, match="is no latency: none, near, far, or milliseconds a page"):
        parse_latency(text)


def test_a_running_sandbox_is_told_to_be_late(api: Api, server: SandboxServer, slept: list[float]) -> None:
    url = f"{server.url}/sandbox/latency"
    told = api.session.post(url, json={"latency": "far"}, timeout=20).json()
    assert told["latency"] == {"page_ms": 450, "record_us": 20}
    assert list(told["available"]) == ["none", "near", "far"]
    assert api.get("/users", limit=50).status_code == 200
    assert slept == [pytest.approx(0.451)]
    for order in (b"", b"{}", b'{"latency":"moon"}', b'{"latency":450}'):
        refused = api.session.post(url, data=order, timeout=20)
        assert (refused.status_code, list(refused.json())) == (400, ["message"])
    assert api.session.get(url, timeout=20).json() == told
