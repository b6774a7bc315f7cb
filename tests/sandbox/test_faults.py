"""Each fault alone: the sandbox really misbehaves so, and is healthy again when it is switched off."""

from __future__ import annotations

import json
import select
import socket
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from clever_sandbox.faults.table import FAULTS

from .api import NOW, Api, link

Json = dict[str, Any]


@pytest.fixture
def api(faulty: Api) -> Api:
    """A server whose faults are this test's own."""
    return faulty


def pages(api: Api, path: str, most: int = 12, **query: object) -> Iterator[Json]:
    """Pages as `next` gives them, up to `most`."""
    body = api.body(path, **query)
    for _ in range(most):
        yield body
        uri = link(body, "next")
        if uri is None:
            return
        body = api.body(uri)


def asked(api: Api, path: str) -> socket.socket:
    """A connection on which the path was asked for; what comes is the test's to read."""
    raw = socket.create_connection(("127.0.0.1", int(api.server.url.rsplit(":", 1)[1])), timeout=20)
    token = api.session.headers["Authorization"]
    raw.sendall(f"GET /v3.0{path} HTTP/1.1\r\nHost: x\r\nAuthorization: {token!s}\r\n\r\n".encode())
    return raw


def says_nothing(raw: socket.socket) -> bool:
    """Whether the connection stays open and silent."""
    return not select.select([raw], [], [], 0.1)[0]


def test_every_fault_of_the_table_has_a_test() -> None:
    here = Path(__file__).parent
    source = "".join(
        (here / name).read_text(encoding="utf-8") for name in ("test_faults.py", "test_bad_data.py", "test_events.py")
    )
    assert not [name for name in FAULTS if f'"{name}"' not in source]


# --- statuses ----------------------------------------------------------------------------------------


def test_429_says_until_when_and_nothing_else(api: Api) -> None:
    api.server.faults.add("429", seconds=7)
    for answer in (api.get("/users"), api.tokens()):
        assert (answer.status_code, answer.content) == (429, b"")
        assert "Retry-After" not in answer.headers
        assert answer.headers["X-RateLimit-Remaining"] == "0"
        assert int(answer.headers["X-RateLimit-Reset"]) == NOW + 7


def test_429_repeated_has_the_proxys_spelling_twice(api: Api) -> None:
    api.server.faults.add("429_repeated", seconds=7)
    answer = api.session.get(f"{api.server.url}/v3.0/users", timeout=20)
    spelled = [(name, value) for name, value in answer.raw.headers.items() if name.startswith("X-Ratelimit")]
    assert answer.content == b""
    assert [value for name, value in spelled if name == "X-Ratelimit-Remaining"] == ["99000", "0"]
    assert [int(value) - NOW for name, value in spelled if name == "X-Ratelimit-Reset"] == [3600, 7]


@pytest.mark.parametrize(
    ("fault", "status", "media", "body"),
    [
        ("500", 500, "application/json", b'{"message"'),
        ("502", 502, "text/html", b"<!DOCTYPE html>"),
        ("503", 503, "application/json", b""),
        ("html_200", 200, "text/html", b"<!DOCTYPE html>"),
        ("html_404", 404, "text/html", b"<!DOCTYPE html>"),
    ],
)
def test_an_answer_of_another_kind(api: Api, fault: str, status: int, media: str, body: bytes) -> None:
    api.server.faults.add(fault)
    answer = api.get("/users")
    assert answer.status_code == status
    assert answer.headers["Content-Type"].startswith(media)
    assert answer.content[: len(body)] == body
    assert bool(answer.content) == bool(body)


# --- connections -------------------------------------------------------------------------------------


def test_reset_breaks_the_connection_without_an_answer(api: Api) -> None:
    api.server.faults.add("reset", count=1)
    with asked(api, "/users") as raw, pytest.raises(ConnectionResetError):
        raw.recv(100)
    assert api.get("/schools").status_code == 200


def test_stall_gives_no_answer_in_time(api: Api) -> None:
    api.server.faults.add("stall", count=1)
    with asked(api, "/schools") as raw:
        assert says_nothing(raw)
    assert api.get("/schools").status_code == 200


def test_a_stall_that_ends_hangs_up(api: Api) -> None:
    api.server.faults.add("stall", count=1, seconds=0.05)
    with pytest.raises(requests.ConnectionError):
        api.session.get(f"{api.server.url}/v3.0/schools", timeout=20)


def test_stall_in_body_sends_half_and_falls_silent(api: Api) -> None:
    whole = api.get("/schools").content
    api.server.faults.add("stall_in_body", count=1)
    with asked(api, "/schools") as raw:
        answer = b""
        while not answer.endswith(whole[: len(whole) // 2]):
            answer += raw.recv(1 << 16)
        assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
        assert says_nothing(raw)


def test_truncated_ends_before_the_promised_length(api: Api) -> None:
    whole = len(api.get("/schools").content)
    api.server.faults.add("truncated", count=1)
    with api.session.get(f"{api.server.url}/v3.0/schools", timeout=20, stream=True) as answer:
        assert int(answer.headers["Content-Length"]) == whole
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            answer.content  # noqa: B018 - reads it


def test_cut_json_is_of_the_right_length_and_no_json(api: Api) -> None:
    whole = api.get("/schools")
    api.server.faults.add("cut_json")
    answer = api.get("/schools")
    assert answer.status_code == 200
    assert int(answer.headers["Content-Length"]) == len(answer.content) == len(whole.content) // 2
    assert whole.content.startswith(answer.content)
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.content)


def test_slow_waits_and_then_answers(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []

    async def wait(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr("clever_sandbox.faults.table.sleep", wait)
    for seconds in (0.15, None):
        api.server.faults.clear()
        api.server.faults.add("slow", seconds=seconds)
        assert len(api.ids("/schools")) == 5
    assert waited == [0.15, 0.2]


def test_clock_skew_moves_all_of_clevers_times(api: Api) -> None:
    before = api.get("/schools")
    assert parsedate_to_datetime(before.headers["Date"]).timestamp() == NOW
    api.server.faults.add("clock_skew", seconds=600)
    after = api.get("/schools")
    assert parsedate_to_datetime(after.headers["Date"]).timestamp() == NOW + 600
    assert int(after.headers["X-RateLimit-Reset"]) == int(before.headers["X-RateLimit-Reset"]) + 600
    api.server.faults.add("429", seconds=5)
    assert int(api.get("/schools").headers["X-RateLimit-Reset"]) == NOW + 605


# --- paging ------------------------------------------------------------------------------------------


def test_endless_next_never_ends_and_never_repeats(api: Api) -> None:
    api.server.faults.add("endless_next")
    seen = list(pages(api, "/terms", most=12))
    assert len(seen) == 12
    assert len({link(body, "next") for body in seen}) == 12
    assert [len(body["data"]) for body in seen] == [2, *[0] * 11]


def test_repeating_next_is_the_page_itself(api: Api) -> None:
    api.server.faults.add("repeating_next")
    first, second, third = pages(api, "/users", most=3, limit=10)
    assert link(first, "next") == link(first, "self")
    assert first["data"] == second["data"] == third["data"]


def test_circular_next_starts_over(api: Api) -> None:
    api.server.faults.add("circular_next")
    first, second, third, fourth = pages(api, "/schools", most=4, limit=3)
    assert [len(body["data"]) for body in (first, second, third, fourth)] == [3, 2, 3, 2]
    assert third["data"] == first["data"]


def test_empty_last_page_is_one_more(api: Api) -> None:
    api.server.faults.add("empty_last_page")
    assert [len(body["data"]) for body in pages(api, "/schools", limit=3)] == [3, 2, 0]
    assert [len(body["data"]) for body in pages(api, "/schools")] == [5, 0]


@pytest.mark.parametrize("limit", [3, 100])
def test_early_end_loses_records_that_count_still_counts(api: Api, limit: int) -> None:
    api.server.faults.add("early_end")
    assert len(api.ids("/schools", limit=limit)) < 5
    assert api.body("/schools", count="true")["count"] == 5


@pytest.mark.parametrize("limit", [3, 100])
def test_duplicate_id_comes_on_two_pages(api: Api, limit: int) -> None:
    whole = api.ids("/schools")
    api.server.faults.add("duplicate_id")
    ids = api.ids("/schools", limit=limit)
    assert len(ids) == 6
    assert sorted(set(ids)) == whole
    below = api.ids(f"/schools/{whole[0]}/sections", limit=50)
    assert len(below) > len(set(below))


def test_out_of_order_is_complete_and_descending(api: Api) -> None:
    whole = api.ids("/schools")
    api.server.faults.add("out_of_order")
    assert api.ids("/schools", limit=100) == whole[::-1]
    assert sorted(api.ids("/schools", limit=2)) == whole


def test_out_of_order_and_an_empty_last_page_lose_nothing_together(api: Api) -> None:
    whole = api.ids("/sections")
    api.server.faults.add("out_of_order")
    api.server.faults.add("empty_last_page")
    assert sorted(api.ids("/sections", limit=50)) == whole


# --- courses and terms that are not shared -----------------------------------------------------------


@pytest.mark.parametrize(("fault", "media"), [("unshared_json", "application/json"), ("unshared_html", "text/html")])
def test_unshared_courses_and_terms_are_404(api: Api, fault: str, media: str) -> None:
    course, section = api.ids("/courses")[0], api.ids("/sections")[0]
    api.server.faults.add(fault)
    for path in ("/courses", "/terms", f"/courses/{course}", f"/sections/{section}/term", "/terms?count=true"):
        answer = api.get(path)
        assert answer.status_code == 404, path
        assert answer.headers["Content-Type"].startswith(media)
    assert len(api.ids("/sections")) == 380


def test_unshared_empty_courses_and_terms_are_empty_lists(api: Api) -> None:
    api.server.faults.add("unshared_empty", path="/terms")
    assert api.ids("/terms") == []
    assert api.body("/terms", count="true")["count"] == 0
    assert len(api.ids("/courses")) > 0
    assert all(section["term_id"] for section in api.all("/sections"))
