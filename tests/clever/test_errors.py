"""Each row of Clever's error table, and each way in which an answer can go missing on the way."""

from __future__ import annotations

import json
import logging
import re
import socket
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from roster_pipeline.clever.client import Clock, RetryLimits, Timeout
from roster_pipeline.clever.landing import is_complete
from roster_pipeline.errors import BrokenExtract, CleverRefused, CleverUnavailable
from tests.clever.conftest import Connect, Ticking, lines
from tests.clever.fake import DISTRICT, HTML, HTML_404, Answer, Fake, records

PAGE = "/users?limit"

PASSING = {
    "500": Answer(500, b'{"message":"oops"}'),
    "502": Answer(502, HTML.body, HTML.headers),
    "503": Answer(503),
    "504": Answer(504),
    "408": Answer(408),
    "connection reset": Answer(reset=True),
    "truncated body": Answer(200, b'{"data":[', cut=50),
    "cut json": Answer(200, b'{"data":[{"data":{"id":"64b0'),
    "html with 200": HTML,
    "html called json": Answer(200, b" \n<html>", (("Content-Type", "application/json"),)),
    "empty body": Answer(200, b""),
    "another shape": Answer(200, b'{"data":null}'),
    "a list only": Answer(200, b"[]"),
    "broken compression": Answer(200, b"no gzip", (("Content-Encoding", "gzip"),)),
}


@pytest.mark.parametrize("fault", PASSING)
def test_a_passing_fault_is_retried(fake: Fake, connect: Connect, landing: Path, ticking: Ticking, fault: str) -> None:
    fake.lists["users"] = records(25)
    fake.next(PAGE, PASSING[fault], PASSING[fault])
    connect().extract(DISTRICT, landing)
    assert lines(landing / "users.ndjson") == fake.lists["users"]
    assert len(fake.asked(PAGE)) == 5
    assert 1.5 <= sum(ticking.waits) <= 2.5  # 0.5 and 1 second, each with up to half a second of jitter


@pytest.mark.parametrize("fault", PASSING)
def test_a_lasting_fault_is_unavailable_after_bounded_tries(
    fake: Fake, connect: Connect, landing: Path, ticking: Ticking, fault: str
) -> None:
    fake.always(PAGE, PASSING[fault])
    with pytest.raises(CleverUnavailable, match="did not give users of district") as raised:
        connect().extract(DISTRICT, landing)
    assert raised.value.retry_helps
    assert len(fake.asked(PAGE)) == RetryLimits().failing
    assert 30 < sum(ticking.waits) < 120
    assert not (landing / "users.ndjson").exists()
    assert not is_complete(landing)


@pytest.mark.parametrize("fault", ["html with 200", "html called json"])
def test_html_is_called_html(fake: Fake, connect: Connect, landing: Path, fault: str) -> None:
    fake.always(PAGE, PASSING[fault])
    with pytest.raises(CleverUnavailable, match="HTTP 200 with an HTML page instead of JSON"):
        connect().extract(DISTRICT, landing)


def test_waits_grow_and_differ(fake: Fake, connect: Connect, landing: Path, ticking: Ticking) -> None:
    fake.always(PAGE, Answer(503))
    with pytest.raises(CleverUnavailable):
        connect().extract(DISTRICT, landing)
    assert ticking.waits == sorted(ticking.waits)
    assert all(wait != round(wait, 1) for wait in ticking.waits[:3])  # jitter
    assert max(ticking.waits) <= RetryLimits().longest_wait


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (400, "invalid"),
        (403, "does not document"),
        (404, "Secure Sync"),
        (413, "page size"),
        (501, "does not support"),
        (204, "does not document"),
        (302, "does not document"),
    ],
)
def test_a_final_answer_is_not_retried(
    fake: Fake, connect: Connect, landing: Path, ticking: Ticking, status: int, sentence: str
) -> None:
    fake.always(PAGE, Answer(status, headers=(("Location", "http://127.0.0.2/"),)))
    with pytest.raises(CleverRefused, match=rf"users of district {DISTRICT} \(HTTP {status}\).*{sentence}") as raised:
        connect().extract(DISTRICT, landing)
    assert not raised.value.retry_helps
    assert len(fake.asked(PAGE)) == 1
    assert ticking.waits == []


@pytest.mark.parametrize("name", ["schools", "sections", "users"])
@pytest.mark.parametrize("answer", [Answer(404, b'{"message":"Resource not found"}'), HTML_404])
def test_a_roster_list_that_is_not_found_is_refused(
    fake: Fake, connect: Connect, landing: Path, name: str, answer: Answer
) -> None:
    fake.always(f"/{name}?", answer)
    with pytest.raises(CleverRefused, match=f"{name} of district.*Secure Sync scopes") as raised:
        connect().extract(DISTRICT, landing)
    assert ("an HTML page" in str(raised.value)) == (answer is HTML_404)


@pytest.mark.parametrize("name", ["courses", "terms"])
@pytest.mark.parametrize("answer", [Answer(404, b'{"message":"Resource not found"}'), HTML_404])
def test_courses_and_terms_need_not_be_shared(
    fake: Fake, connect: Connect, landing: Path, name: str, answer: Answer
) -> None:
    fake.always(f"/{name}?", answer)
    extract = connect().extract(DISTRICT, landing)
    assert (landing / f"{name}.ndjson").read_bytes() == b""
    assert not extract.endpoint(name).shared
    assert [(w.code, w.endpoint) for w in extract.notices] == [("not_shared", name)]
    assert lines(landing / "users.ndjson") == fake.lists["users"]


@pytest.mark.parametrize("status", [400, 413, 501])
def test_only_not_found_means_not_shared(fake: Fake, connect: Connect, landing: Path, status: int) -> None:
    fake.always("/terms?", Answer(status))
    with pytest.raises(CleverRefused, match=rf"terms of district {DISTRICT} \(HTTP {status}"):
        connect().extract(DISTRICT, landing)


def test_a_list_unshared_while_it_is_read_is_not_a_short_list(fake: Fake, connect: Connect, landing: Path) -> None:
    fake.lists["terms"] = records(25)
    fake.always("/terms?limit=10&starting_after", Answer(404))
    with pytest.raises(BrokenExtract, match="middle of the list"):
        connect().extract(DISTRICT, landing)


@pytest.mark.parametrize("status", [400, 404, 413])
def test_the_district_record_is_refused(fake: Fake, connect: Connect, landing: Path, status: int) -> None:
    fake.always("/districts", Answer(status))
    with pytest.raises(CleverRefused, match=rf"record of the district.*HTTP {status}"):
        connect().extract(DISTRICT, landing)


def test_a_stopped_server_is_told_in_one_line_within_seconds(
    fake: Fake, connect: Connect, landing: Path, ticking: Ticking
) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    nobody = replace(fake.settings, api_url=f"http://127.0.0.1:{port}", tokens_url=f"http://127.0.0.1:{port}/tokens")
    with pytest.raises(CleverUnavailable, match=r"Clever \(127.0.0.1\).*no connection.*4 times") as raised:
        connect(settings=nobody).extract(DISTRICT, landing)
    assert "\n" not in str(raised.value)
    assert len(ticking.waits) == 3
    assert sum(ticking.waits) < 10


def test_a_silent_server_runs_into_the_timeout(fake: Fake, connect: Connect, landing: Path) -> None:
    released = threading.Event()
    fake.always(PAGE, Answer(before=released.wait))
    # Tries enough that on a busy machine only the list that never answers uses them up.
    impatient = connect(timeout=Timeout(read=0.1), retry_limits=RetryLimits(silent=6))
    try:
        with pytest.raises(CleverUnavailable, match=r"users.*no answer within the timeout, 6 times"):
            impatient.extract(DISTRICT, landing)
    finally:
        released.set()
    assert len(fake.asked(PAGE)) == 6


def test_a_trickle_runs_into_the_time_for_a_whole_answer(
    fake: Fake, connect: Connect, landing: Path, ticking: Ticking, caplog: pytest.LogCaptureFixture
) -> None:
    def slowly() -> None:
        ticking.seconds += 200

    fake.next(PAGE, Answer(200, pieces=(b" ", b'{"data"', b":[]", b"}"), before=slowly))
    connect().extract(DISTRICT, landing)
    assert "users of district" in caplog.text
    assert "no whole answer within 300 s" in caplog.text
    assert lines(landing / "users.ndjson") == fake.lists["users"]


def test_one_failing_list_stops_the_others(fake: Fake, connect: Connect, landing: Path) -> None:
    released = threading.Event()
    asked = threading.Event()

    def hang() -> None:
        asked.set()
        released.wait()

    # A silent server for sections: the error of users must not wait for it, nor may it write afterwards.
    fake.next("/sections?limit", Answer(200, json.dumps({"data": []}).encode(), before=hang))
    fake.next(PAGE, Answer(400, before=asked.wait))
    fake.lists["terms"] = records(500)
    try:
        with pytest.raises(CleverRefused, match="users"):
            connect(page_limit=1).extract(DISTRICT, landing)
        before = sorted((p.name, p.read_bytes()) for p in landing.iterdir())
        requests = len(fake.seen)
    finally:
        released.set()
    for thread in threading.enumerate():
        if thread.name.startswith("clever-"):
            thread.join(5)
    assert sorted((p.name, p.read_bytes()) for p in landing.iterdir()) == before
    assert len(fake.seen) <= requests + 4  # at most what was already under way


def test_lists_that_wait_for_clever_stop_with_the_failing_one(fake: Fake, connect: Connect, landing: Path) -> None:
    asked, limited = threading.Event(), threading.Event()
    reset = str(int(time.time()) + 80)

    def once_users_are_asked() -> None:
        asked.wait()
        limited.set()

    def once_sections_are_limited() -> None:
        asked.set()
        limited.wait()

    fake.next("/sections?limit", Answer(429, headers=(("X-RateLimit-Reset", reset),), before=once_users_are_asked))
    fake.next(PAGE, Answer(400, before=once_sections_are_limited))
    with pytest.raises(CleverRefused, match="users"):
        connect(clock=Clock()).extract(DISTRICT, landing)
    for thread in threading.enumerate():
        if thread.name.startswith("clever-"):
            thread.join(5)
            assert not thread.is_alive()


def test_an_error_in_the_callers_progress_is_raised(connect: Connect, landing: Path) -> None:
    def progress(_: object) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        connect().extract(DISTRICT, landing, progress)


def test_retries_are_logged_without_bodies(
    fake: Fake, connect: Connect, landing: Path, caplog: pytest.LogCaptureFixture
) -> None:
    fake.next(PAGE, Answer(503, b'{"message":"Jo Lin"}'))
    connect().extract(DISTRICT, landing)
    warnings = [r.getMessage() for r in caplog.records if r.levelno == logging.WARNING]
    assert len(warnings) == 1
    assert re.fullmatch(
        rf"Clever, users of district {DISTRICT}: HTTP 503, try 1 of 8, again in [01]\.\d s", warnings[0]
    )


def test_a_fault_of_the_token_list_is_retried(fake: Fake, connect: Connect, landing: Path) -> None:
    fake.next("/oauth/tokens", Answer(503), HTML)
    fake.next("/districts", Answer(reset=True))
    connect().extract(DISTRICT, landing)
    assert is_complete(landing)
