"""When faults strike: rate, count, path, after; the same seed the same requests; orders over HTTP."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clever_sandbox.app import create_app
from clever_sandbox.district.district import District
from clever_sandbox.faults.switchboard import Fault, Switchboard
from clever_sandbox.faults.table import parse_fault
from clever_sandbox.server import SandboxServer, serve_in_thread

from .api import Api

NAMES: dict[str, int | None] = {"500": None, "reset": None, "once": 1}


@pytest.fixture
def server(demo: District) -> Iterator[SandboxServer]:
    with serve_in_thread(create_app([demo.copy()], seed=3)) as server:
        yield server


@pytest.fixture
def api(server: SandboxServer) -> Iterator[Api]:
    with Api(server, server.sandbox.districts[0].token) as api:
        yield api


def struck(board: Switchboard, requests: int) -> list[bool]:
    [switched] = board.on
    return [switched.strikes() for _ in range(requests)]


@given(rate=st.floats(0, 1), count=st.integers(1, 20) | st.none(), after=st.integers(0, 20), seed=st.integers(0, 99))
def test_a_fault_waits_strikes_at_most_count_times_and_repeats_with_its_seed(
    rate: float, count: int | None, after: int, seed: int
) -> None:
    boards = [Switchboard(NAMES, seed) for _ in range(2)]
    for board in boards:
        board.add("500", rate=rate, count=count, after=after)
    first, second = (struck(board, 60) for board in boards)
    assert first == second
    assert not any(first[:after])
    assert sum(first) <= (60 if count is None else count)
    if rate == 1:
        assert sum(first) == min(60 - after, count or 60)
    if rate == 0:
        assert sum(first) == 0


def test_the_rate_is_about_kept() -> None:
    board = Switchboard(NAMES)
    board.add("500", rate=0.2)
    assert 150 < sum(struck(board, 1000)) < 250


def test_another_seed_strikes_others_and_clear_starts_the_dice_again() -> None:
    one, two = Switchboard(NAMES, 1), Switchboard(NAMES, 2)
    for board in (one, two):
        board.add("500", rate=0.5)
    first = struck(one, 100)
    assert first != struck(two, 100)
    one.clear()
    assert not one.on
    one.add("500", rate=0.5)
    assert struck(one, 100) == first


def test_some_faults_strike_once_unless_told_otherwise() -> None:
    board = Switchboard(NAMES)
    board.add("once")
    assert struck(board, 3) == [True, False, False]
    board.clear()
    board.add("once", count=2)
    assert struck(board, 3) == [True, True, False]


@pytest.mark.parametrize(
    "fault", [Fault("nonsense"), Fault("500", rate=1.5), Fault("500", count=0), Fault("500", after=-1)]
)
def test_a_fault_that_cannot_be_is_refused(fault: Fault) -> None:
    with pytest.raises(ValueError, match=r"unknown fault|Expected"):
        Switchboard(NAMES).switch_on(fault)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("reset", Fault("reset")),
        ("500:0.2", Fault("500", rate=0.2)),
        ("500:1:3", Fault("500", count=3)),
    ],
)
def test_a_fault_as_text(text: str, fault: Fault) -> None:
    assert parse_fault(text) == fault


@pytest.mark.parametrize("text", ["500:", "500:often", "500:2", "500:1:many", "500:1:0", "500:1:2:3"])
def test_text_that_is_no_fault(text: str) -> None:
    with pytest.raises(ValueError, match="is not name, name:rate or name:rate:count"):
        parse_fault(text)


# --- over HTTP ---------------------------------------------------------------------------------------


def test_only_requests_below_the_path_are_struck(server: SandboxServer, api: Api) -> None:
    server.faults.add("500", path="/users")
    assert api.get("/schools").status_code == 200
    assert [api.get(path).status_code for path in ("/users", "/v3.1/users?role=staff", "/V3.0/Users")] == [500] * 3
    server.faults.clear()
    server.faults.add("500", path="/v3.1/schools")
    assert [api.get("/schools").status_code, api.get("/v3.1/schools").status_code] == [200, 500]
    server.faults.clear()
    server.faults.add("500", path="/oauth")
    assert [api.get("/schools").status_code, api.get("/oauth/tokeninfo").status_code] == [200, 500]


def test_requests_that_it_cannot_strike_are_not_counted(server: SandboxServer, api: Api) -> None:
    server.faults.add("early_end", path="/schools", after=1, count=1)
    api.body("/terms")
    api.body("/schools", count="true")
    assert [len(api.ids("/schools")) for _ in range(3)] == [5, 2, 5]


def test_several_faults_at_once_are_each_with_their_own_dice(server: SandboxServer, api: Api) -> None:
    server.faults.add("500", rate=0.3)
    server.faults.add("html_404", rate=0.3)
    server.faults.add("503", rate=0.3, path="/schools")
    seen = {api.get("/schools").status_code for _ in range(60)}
    assert seen == {200, 404, 500, 503}


def test_the_control_endpoint_switches_on_shows_and_switches_off(server: SandboxServer, api: Api) -> None:
    url = f"{server.url}/sandbox/faults"
    order = {"fault": "500", "rate": 1, "count": 2, "path": "/users", "after": 1}
    answer = api.session.post(url, json=order, timeout=20)
    assert answer.status_code == 200
    assert [api.get("/users", limit=1).status_code for _ in range(4)] == [200, 500, 500, 200]
    shown = api.session.get(url, timeout=20).json()
    [fault] = shown["faults"]
    assert (fault["fault"], fault["count"], fault["seen"], fault["struck"]) == ("500", 2, 4, 2)
    assert shown["available"]["reset"]
    assert api.session.delete(url, timeout=20).json()["faults"] == []
    assert api.get("/users").status_code == 200


@pytest.mark.parametrize(
    "order", [b"", b"{}", b'{"fault":"nonsense"}', b'{"fault":"500","rate":2}', b'{"fault":"500","rates":1}', b"[1]"]
)
def test_an_order_that_makes_no_sense_is_400(server: SandboxServer, api: Api, order: bytes) -> None:
    answer = api.session.post(f"{server.url}/sandbox/faults", data=order, timeout=20)
    assert (answer.status_code, list(answer.json())) == (400, ["message"])
    assert not server.faults.on


def test_stop_hangs_up_in_the_middle_of_an_answer(demo: District) -> None:
    server = serve_in_thread(create_app([demo]))
    server.faults.add("stall_in_body")
    with Api(server, demo.token) as api, api.session.get(f"{server.url}/v3.0/users", timeout=20, stream=True) as answer:
        server.stop()
        with pytest.raises(OSError, match="Connection broken"):
            answer.content  # noqa: B018 - reads it


def test_stop_does_not_wait_for_an_answer_that_never_comes(demo: District) -> None:
    server = serve_in_thread(create_app([demo]))
    server.faults.add("stall", path="/users")
    with socket.create_connection(("127.0.0.1", int(server.url.rsplit(":", 1)[1])), timeout=20) as raw:
        raw.sendall(b"GET /v3.0/users HTTP/1.1\r\nHost: x\r\n\r\n")
        with Api(server, demo.token) as api:
            assert len(api.ids("/schools")) == 5
        server.stop()
        with suppress(ConnectionResetError):
            assert raw.recv(1) == b""


def test_a_name_that_is_no_fault() -> None:
    with pytest.raises(ValueError, match=r"unknown fault 'nonsense'; known: .*reset"):
        parse_fault("nonsense:0.5")
