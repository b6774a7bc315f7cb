"""Answers that trickle, links that are no addresses, keys that come twice, values of another type."""

from __future__ import annotations

import gc
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import cast

import pytest

from roster_pipeline.clever.client import Clever, RetryLimits, Timeout
from roster_pipeline.clever.landing import ListFile
from roster_pipeline.clever.lists import WHOLE_DISTRICT, next_query, parse_page
from roster_pipeline.config import CleverSettings
from roster_pipeline.errors import BrokenExtract, CleverUnavailable
from tests.clever.fake import DISTRICT, TOKEN
from tests.conftest import Tiny

LIST = "https://api.clever.com/v3.1/users?limit=2"


OK = b"HTTP/1.1 200 OK\r\n"


@pytest.fixture(params=[(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), (OK, b"X"), (OK, b"")])
def endless(request: pytest.FixtureRequest) -> Iterator[str]:
    """A server that never ends the head of its answer: it goes on and on, or falls silent in the middle."""
    begins, goes_on = request.param
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listening.accept()
                with connection, suppress(OSError):
                    connection.recv(65536)
                    connection.sendall(begins)
                    while connection.send(goes_on):
                        pass
                    connection.recv(1)  # until the client has gone

    server = threading.Thread(target=serve)
    server.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    listening.shutdown(socket.SHUT_RDWR)  # a mere close does not wake who waits in accept
    listening.close()
    server.join()


def test_an_answer_that_never_begins_runs_into_the_time_for_a_whole_answer(endless: str) -> None:
    settings = CleverSettings(endless, f"{endless}/oauth/tokens", district_token=TOKEN)
    retry_limits = RetryLimits(silent=2, failing=2, first_wait=0.0, jitter=0.0)
    with (
        Clever(settings, timeout=Timeout(whole=0.2), retry_limits=retry_limits) as clever,
        pytest.raises(CleverUnavailable, match="did not give"),
    ):
        clever.districts()
    gc.collect()  # a connection that nobody closed fails this test, not another one


def test_an_extract_ends_when_its_time_is_over() -> None:
    """The server takes connections and says nothing; only the time for the whole sync ends that."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        clever = Clever(CleverSettings(url, f"{url}/oauth/tokens", district_token=TOKEN))
        access, files = clever._tokens.of(DISTRICT), cast(dict[str, ListFile], {"users": _NoFile()})
        with pytest.raises(CleverUnavailable, match="within the time that a sync may take"):
            clever._side_by_side(access, DISTRICT, WHOLE_DISTRICT, files, lambda _: None, lambda _: None, 0.05)
    for thread in threading.enumerate():  # the server is gone, so each ends, and closes what it had opened
        if thread.name == "clever-users":
            thread.join()
    clever.close()


class _NoFile:
    class state:  # noqa: N801
        complete = False
        pages = 1
        next = "limit=1"
        records = 0
        expected = None

    def abandon(self) -> None:
        pass


@pytest.mark.parametrize(
    "link", ["http://[", "http://[::1", "/v3.1/users?a=b c", "//host:port/v3.1/users?x", "/v3.1/users?ä"]
)
def test_a_next_that_is_no_address_is_a_broken_list(link: str) -> None:
    with pytest.raises(BrokenExtract, match="next page"):
        next_query(LIST, link)


def test_of_a_key_that_comes_twice_the_last_counts_everywhere() -> None:
    body = b'{"data":[{"data":{"id":"a","id":"b","students":["x"],"students":["y"]}}]}'
    page = parse_page(body)
    assert page.ids == ["b"]
    assert json.loads(page.lines()) == {"id": "b", "students": ["y"]}
    assert page.lines().count(b'"id"') == 1


@pytest.mark.parametrize("value", [{"0": "ann"}, "ann", 7, True])
def test_a_list_of_another_type_has_an_issue_and_the_section_stays(tiny: Tiny, value: object) -> None:
    tiny.records["sections"][0]["students"] = value
    tiny.sync()
    assert tiny.rows("SELECT code, record_id, message FROM staging.issues") == [
        ("wrong_type", "m6", "The field students of the record is not what Clever documents; it counts as empty.")
    ]
    assert tiny.rows("SELECT student_count, teacher_count FROM roster.sections") == [(0, 1)]


@pytest.mark.parametrize(("field", "value"), [("name", "Ann"), ("roles", ["student"]), ("name", 5)])
def test_an_object_of_another_type_has_an_issue(tiny: Tiny, field: str, value: object) -> None:
    tiny.records["users"][0][field] = value
    tiny.sync()
    codes = tiny.rows("SELECT code, record_id FROM staging.issues WHERE entity = 'users' ORDER BY 1")
    assert ("wrong_type", "ann") in codes
