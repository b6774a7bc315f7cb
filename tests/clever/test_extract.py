"""A healthy Clever: what an extract leaves behind."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from roster_pipeline.clever.client import Notice, Progress
from roster_pipeline.clever.landing import is_complete, opened, read_receipt
from roster_pipeline.config import CleverSettings
from roster_pipeline.errors import BrokenExtract, SyncRefused
from tests.clever.conftest import NOW, Connect, lines
from tests.clever.fake import DISTRICT, TOKEN, Answer, Fake, make_id, records, token_entry

LISTS = ["schools", "terms", "courses", "sections", "users"]


def test_each_list_is_a_file_of_its_records(fake: Fake, connect: Connect, landing: Path) -> None:
    fake.lists["users"] = records(25, roles={"student": {}})
    extract = connect().extract(DISTRICT, landing)
    for name in LISTS:
        assert lines(landing / f"{name}.ndjson") == fake.lists[name]
    assert lines(landing / "districts.ndjson") == [fake.district]
    users = extract.endpoint("users")
    assert (users.records, users.distinct, users.pages, users.pages_fetched, users.shared) == (25, 25, 3, 3, True)
    assert users.bytes == (landing / "users.ndjson").stat().st_size
    assert [e.name for e in extract.endpoints] == ["districts", *LISTS]
    assert extract.notices == ()


def test_records_are_as_clever_sent_them(fake: Fake, connect: Connect, landing: Path) -> None:
    record = b'{ "id":"%s" ,"big":12345678901234567890123,"f":1.10,"u":"\\u00e9\xc3\xa9"}' % make_id(1).encode()
    page = b'{"extra":[],"data":[{"uri":"u","data":%s,"etag":1}],"paging":{"total":1}}' % record
    fake.next("users?limit", Answer(200, page))
    fake.lists["users"] = records(1)
    connect().extract(DISTRICT, landing)
    assert (landing / "users.ndjson").read_bytes() == record + b"\n"


@pytest.mark.parametrize("newline", [b"\n", b"\r\n", b"\r"])
def test_a_pretty_printed_record_is_one_line(fake: Fake, connect: Connect, landing: Path, newline: bytes) -> None:
    page = b'{"data": [{"data": {%s"id": "%s"%s}}]}' % (newline, make_id(1).encode(), newline)
    fake.next("users?limit", Answer(200, page))
    fake.lists["users"] = records(1)
    connect().extract(DISTRICT, landing)
    assert (landing / "users.ndjson").read_bytes() == b'{"id":"%s"}\n' % make_id(1).encode()


def test_the_documented_requests_and_no_others(fake: Fake, connect: Connect, landing: Path) -> None:
    fake.lists["users"] = records(11)
    connect().extract(DISTRICT, landing)
    assert fake.asked("/v3.1/users") == [
        "/v3.1/users?count=true",
        "/v3.1/users?limit=10",
        f"/v3.1/users?limit=10&starting_after={make_id(10)}",
        "/v3.1/users?count=true",
    ]
    assert {s.authorization for s in fake.seen if s.path != "/oauth/tokens"} == {f"Bearer {TOKEN}"}


def test_the_page_size_is_clevers_largest(fake: Fake, connect: Connect, landing: Path) -> None:
    connect(page_limit=10_000).extract(DISTRICT, landing)
    assert fake.asked("/users?limit") == ["/v3.1/users?limit=10000"]


def test_progress_after_every_page(fake: Fake, connect: Connect, landing: Path) -> None:
    fake.lists["users"] = records(25)
    steps: list[Progress] = []
    connect().extract(DISTRICT, landing, steps.append)
    users = list(dict.fromkeys(step for step in steps if step.endpoint == "users"))
    assert users == [Progress("users", 10, 25), Progress("users", 20, 25), Progress("users", 25, 25)]


def test_the_receipt_is_the_extract(fake: Fake, connect: Connect, landing: Path) -> None:
    fake.district |= {"pause_start": "2026-11-01", "pause_end": "2026-12-01", "last_sync": "2026-11-20T03:12:44.120Z"}
    extract = connect().extract(DISTRICT, landing)
    assert read_receipt(landing) == extract
    assert is_complete(landing)
    assert extract.fetched_at == NOW


def test_a_landing_is_not_whole_without_its_receipt(connect: Connect, landing: Path) -> None:
    assert not is_complete(landing)
    connect().extract(DISTRICT, landing)
    (landing / "complete.json").unlink()
    assert not is_complete(landing)
    with pytest.raises(BrokenExtract, match="not a whole extract"):
        read_receipt(landing)


@pytest.mark.parametrize("damage", [b"", b"{}"])
def test_a_landing_is_not_whole_when_a_file_changed(connect: Connect, landing: Path, damage: bytes) -> None:
    connect().extract(DISTRICT, landing)
    (landing / "users.ndjson").write_bytes(damage)
    assert not is_complete(landing)


def test_one_landing_has_one_writer(connect: Connect, landing: Path) -> None:
    with opened(landing), pytest.raises(SyncRefused, match="Another process"):
        connect().extract(DISTRICT, landing)
    connect().extract(DISTRICT, landing)


def test_an_empty_list_is_an_empty_file_and_a_warning(fake: Fake, connect: Connect, landing: Path) -> None:
    fake.lists["terms"] = []
    extract = connect().extract(DISTRICT, landing)
    assert (landing / "terms.ndjson").read_bytes() == b""
    assert extract.notices == (Notice("empty", "Clever lists no terms for this district.", "terms"),)


def test_districts_are_found_through_the_tokens(fake: Fake, connect: Connect) -> None:
    assert [(d.id, d.name, d.state) for d in connect().districts()] == [(DISTRICT, "Riverbend USD", "running")]
    assert fake.asked("tokens") == ["/oauth/tokens?owner_type=district"]
    assert fake.seen[0].authorization.startswith("Basic ")


def test_a_given_token_needs_no_token_list(fake: Fake, connect: Connect, landing: Path) -> None:
    given = CleverSettings(fake.url, f"{fake.url}/oauth/tokens", district_token=f" {TOKEN}\n")
    clever = connect(settings=given)
    assert [d.id for d in clever.districts()] == [DISTRICT]
    clever.extract(DISTRICT, landing)
    assert fake.asked("tokens") == []
    assert lines(landing / "users.ndjson") == fake.lists["users"]


def test_districts_are_sorted_by_id(fake: Fake, connect: Connect) -> None:
    one, two = token_entry("first", make_id(1)), token_entry("second", make_id(2))
    fake.tokens, fake.valid = [two, one], {"first", "second"}
    answers = [b'{"data":[{"data":{"id":"%s"}}]}' % make_id(n).encode() for n in (1, 2)]
    fake.next("/districts", *(Answer(200, a) for a in answers))
    assert [d.id for d in connect().districts()] == [make_id(1), make_id(2)]


def test_importing_the_client_is_cheap() -> None:
    program = (
        "import sys, roster_pipeline.clever.client; "
        "print([m for m in ('dagster', 'pandas', 'pyarrow', 'duckdb', 'numpy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
