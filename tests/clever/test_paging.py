"""Pages: every record arrives once, and a list that does not add up is never taken for a smaller district."""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roster_pipeline.clever.client import Clever
from roster_pipeline.clever.landing import is_complete
from roster_pipeline.clever.lists import next_query
from roster_pipeline.errors import BrokenExtract, CleverRefused
from tests.clever.conftest import Connect, Ticking, lines
from tests.clever.fake import DISTRICT, Answer, Fake, Record, make_id, records, serving

Query = dict[str, list[str]]
Edit = Callable[[str, Query, Record], Record]


def pages_of_users(change: Callable[[Query, Record], object]) -> Edit:
    """An edit of every page of `/users`, not of its count."""

    def edit(name: str, query: Query, page: Record) -> Record:
        if name == "users" and "count" not in query:
            change(query, page)
        return page

    return edit


def drop_next(page: Record) -> None:
    page["links"] = [link for link in page["links"] if link["rel"] != "next"]


def set_next(page: Record, uri: Any) -> None:
    drop_next(page)
    page["links"].append({"rel": "next", "uri": uri})


def ids(file: Path) -> list[str]:
    return [record["id"] for record in lines(file)]


@settings(max_examples=20, deadline=None)
@given(count=st.integers(0, 60), limit=st.integers(1, 20))
def test_any_number_of_records_and_any_page_size(count: int, limit: int) -> None:
    lists: dict[str, list[Record]] = {name: [] for name in ("schools", "terms", "courses", "sections")}
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Fake(lists | {"users": records(count)})) as fake,
        Clever(fake.settings, page_limit=limit) as clever,
    ):
        extract = clever.extract(DISTRICT, Path(folder))
        assert lines(Path(folder) / "users.ndjson") == fake.lists["users"]
    assert extract.endpoint("users").records == extract.endpoint("users").distinct == count
    assert extract.endpoint("users").pages == max(1, -(-count // limit))


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**9), faults=st.sets(st.sampled_from(["drop", "repeat", "shuffle", "end", "skip"])))
def test_whole_or_refused_whatever_the_pages_do(seed: int, faults: set[str]) -> None:
    """The law: with an honest count, a landing is either refused or holds every id."""
    chance = random.Random(seed)

    def damage(_: Query, page: Record) -> None:
        data = page["data"]
        if "drop" in faults and data and chance.random() < 0.1:
            del data[chance.randrange(len(data))]
        if "repeat" in faults and data and chance.random() < 0.3:
            data.append(chance.choice(data))
        if "shuffle" in faults:
            chance.shuffle(data)
        if "end" in faults and chance.random() < 0.1:
            drop_next(page)
        if "skip" in faults and chance.random() < 0.1:
            set_next(page, f"/v3.1/users?limit=5&starting_after={make_id(chance.randrange(40))}")

    lists: dict[str, list[Record]] = {name: [] for name in ("schools", "terms", "courses", "sections")}
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Fake(lists | {"users": records(30)}, edit=pages_of_users(damage))) as fake,
        Clever(fake.settings, page_limit=5, clock=Ticking().clock()) as clever,
    ):
        try:
            clever.extract(DISTRICT, Path(folder))
        except BrokenExtract:
            assert not is_complete(Path(folder))
            assert not (Path(folder) / "users.ndjson").exists()
        else:
            assert set(ids(Path(folder) / "users.ndjson")) == {r["id"] for r in fake.lists["users"]}


def test_a_list_that_ends_early_is_fetched_again(fake: Fake, connect: Connect, landing: Path) -> None:
    fake.lists["users"] = records(25)
    short = {"data": [{"data": r} for r in records(10)], "links": []}
    fake.next("/users?limit", Answer(200, json.dumps(short).encode()))
    extract = connect().extract(DISTRICT, landing)
    assert lines(landing / "users.ndjson") == fake.lists["users"]
    assert extract.endpoint("users").pages == 3
    assert len(fake.asked("/users?limit=10&")) == 2
    assert len(fake.asked("/users?count")) == 4  # each attempt has its own counts


def test_a_list_that_always_ends_early_is_broken(fake: Fake, connect: Connect, landing: Path) -> None:
    fake.lists["users"] = records(25)
    fake.edit = pages_of_users(lambda _, page: drop_next(page))
    with pytest.raises(BrokenExtract, match="10 records arrived, Clever counts 25, twice") as raised:
        connect().extract(DISTRICT, landing)
    assert raised.value.retry_helps
    assert not (landing / "users.ndjson").exists()
    assert not (landing / "users.checkpoint.json").exists()  # the next try starts this list over
    assert len(fake.asked("/users?limit")) == 2


def test_too_many_records_are_as_broken_as_too_few(fake: Fake, connect: Connect, landing: Path) -> None:
    fake.next("/users?count", *[Answer(200, b'{"count":2}')] * 4)
    with pytest.raises(BrokenExtract, match="3 records arrived, Clever counts 2, twice"):
        connect().extract(DISTRICT, landing)


@pytest.mark.parametrize(("before", "after"), [(25, 22), (22, 25), (24, 26), (25, 25)])
def test_a_district_may_change_while_it_is_read(
    fake: Fake, connect: Connect, landing: Path, before: int, after: int
) -> None:
    fake.lists["users"] = records(25)
    fake.next("/users?count", *(Answer(200, b'{"count":%d}' % n) for n in (before, after)))
    connect().extract(DISTRICT, landing)
    assert len(fake.asked("/users?limit=10&")) == 2


def test_repeated_records_do_not_hide_missing_ones(fake: Fake, connect: Connect, landing: Path) -> None:
    def replace_one(query: Query, page: Record) -> None:
        if "starting_after" in query:
            page["data"][3] = page["data"][2]

    fake.lists["users"] = records(20)
    fake.edit = pages_of_users(replace_one)
    with pytest.raises(BrokenExtract, match="19 records arrived, Clever counts 20"):
        connect().extract(DISTRICT, landing)


def test_the_same_id_on_two_pages(fake: Fake, connect: Connect, landing: Path) -> None:
    def repeat_first(query: Query, page: Record) -> None:
        if "starting_after" in query:
            page["data"].append({"data": records(1)[0]})

    fake.lists["users"] = records(20)
    fake.edit = pages_of_users(repeat_first)
    extract = connect().extract(DISTRICT, landing)
    users = extract.endpoint("users")
    assert (users.records, users.distinct) == (21, 20)
    assert sorted(set(ids(landing / "users.ndjson"))) == [r["id"] for r in fake.lists["users"]]
    assert [(w.code, w.message) for w in extract.notices] == [
        ("repeated_ids", "1 records of users came more than once.")
    ]


def test_a_repeat_on_an_early_page_is_remembered(fake: Fake, connect: Connect, landing: Path) -> None:
    def repeat(query: Query, page: Record) -> None:
        if "starting_after" not in query:
            page["data"][3] = page["data"][2]

    fake.lists["users"] = records(30)
    fake.edit = pages_of_users(repeat)
    with pytest.raises(BrokenExtract, match="29 records arrived, Clever counts 30"):
        connect().extract(DISTRICT, landing)


def test_a_page_that_begins_with_the_last_record_of_the_one_before(fake: Fake, connect: Connect, landing: Path) -> None:
    def overlap(query: Query, page: Record) -> None:
        if "starting_after" in query:
            page["data"][0] = {"data": records(10)[-1]}

    fake.lists["users"] = records(20)
    fake.edit = pages_of_users(overlap)
    with pytest.raises(BrokenExtract, match="19 records arrived, Clever counts 20"):
        connect().extract(DISTRICT, landing)


def test_records_without_an_id_count_in_any_order(fake: Fake, connect: Connect, landing: Path) -> None:
    def spoil(_: Query, page: Record) -> None:
        page["data"].reverse()
        page["data"][1] = {"data": {"name": "nobody"}}

    fake.lists["users"] = records(9)
    fake.edit = pages_of_users(spoil)
    assert connect().extract(DISTRICT, landing).endpoint("users").distinct == 9


def test_ids_out_of_order(fake: Fake, connect: Connect, landing: Path) -> None:
    fake.lists["users"] = records(25)
    fake.edit = pages_of_users(lambda _, page: page["data"].reverse())
    extract = connect().extract(DISTRICT, landing)
    assert extract.endpoint("users").distinct == 25
    assert sorted(ids(landing / "users.ndjson")) == [r["id"] for r in fake.lists["users"]]
    assert extract.notices == ()


def test_an_empty_last_page(fake: Fake, connect: Connect, landing: Path) -> None:
    def always_next(_: Query, page: Record) -> None:
        last = page["data"][-1]["data"]["id"] if page["data"] else make_id(99)
        set_next(page, f"/v3.1/users?limit=10&starting_after={last}")

    fake.lists["users"] = records(20)
    fake.edit = pages_of_users(always_next)
    extract = connect().extract(DISTRICT, landing)
    assert lines(landing / "users.ndjson") == fake.lists["users"]
    assert extract.endpoint("users").pages == 3


def test_a_next_that_repeats_is_broken(fake: Fake, connect: Connect, landing: Path) -> None:
    fake.lists["users"] = records(30)
    fake.edit = pages_of_users(lambda _, page: set_next(page, f"/v3.1/users?limit=10&starting_after={make_id(10)}"))
    with pytest.raises(BrokenExtract, match="names an earlier page"):
        connect().extract(DISTRICT, landing)
    assert len(fake.asked("/users?limit")) == 2
    assert not (landing / "users.ndjson.part").exists()


def test_a_next_that_never_ends_is_broken(fake: Fake, connect: Connect, landing: Path) -> None:
    def more(query: Query, page: Record) -> None:
        start = int(query.get("starting_after", ["0"])[0][-8:], 16)
        page["data"] = [{"data": {"id": make_id(start + n)}} for n in range(1, 501)]
        set_next(page, f"/v3.1/users?limit=10&starting_after={make_id(start + 500)}")

    fake.edit = pages_of_users(more)
    with pytest.raises(BrokenExtract, match="of 3 that Clever counts"):
        connect().extract(DISTRICT, landing)
    assert len(fake.asked("/users?limit")) == 3


def test_a_next_that_never_ends_is_broken_without_a_count_too(fake: Fake, connect: Connect, landing: Path) -> None:
    def same_again(_: Query, page: Record) -> None:
        page["data"] = [{"data": {"id": make_id(n)}} for n in range(1, 4)]
        set_next(page, f"/v3.1/users?limit=10&starting_after={len(fake.seen)}")

    fake.edit = pages_of_users(same_again)
    fake.always("/users?count", Answer(400))
    with pytest.raises(BrokenExtract, match="no id after those already seen"):
        connect().extract(DISTRICT, landing)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(400),
        Answer(404),
        Answer(501),
        Answer(200, b'{"data":[],"links":[]}'),
        Answer(200, b'{"count":"25"}'),
        Answer(200, b'{"count":-1}'),
        Answer(200, b'{"count":true}'),
        Answer(200, b'{"count":null}'),
    ],
)
def test_without_a_count_the_list_is_taken_with_a_warning(
    fake: Fake, connect: Connect, landing: Path, answer: Answer
) -> None:
    fake.lists["users"] = records(25)
    fake.always("/users?count", answer)
    extract = connect().extract(DISTRICT, landing)
    assert lines(landing / "users.ndjson") == fake.lists["users"]
    assert [(w.code, w.endpoint) for w in extract.notices] == [("not_counted", "users")]


def test_links_are_relative_absolute_or_of_another_version(fake: Fake, connect: Connect, landing: Path) -> None:
    fake.lists["users"] = records(45)
    prefixes = iter(["/v3.1/users", f"{fake.url}/v3.1/users", "/v3.0/users", "users", "x"])

    def vary(_: Query, page: Record) -> None:
        for link in page["links"]:
            if link["rel"] == "next":
                link["uri"] = link["uri"].replace("/v3.1/users", next(prefixes))

    fake.edit = pages_of_users(vary)
    connect().extract(DISTRICT, landing)
    assert lines(landing / "users.ndjson") == fake.lists["users"]
    assert {seen.path for seen in fake.seen if "users" in seen.path} == {"/v3.1/users"}


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/v3.1/users?limit=10&starting_after=1",
        "//evil.example/v3.1/users?limit=10&starting_after=1",
        "http://127.0.0.1:1/v3.1/users?limit=10&starting_after=1",
        "/v3.1/sections?limit=10&starting_after=1",
        "/v3.1/users",
    ],
)
def test_a_link_to_another_place_is_not_followed(fake: Fake, connect: Connect, landing: Path, link: str) -> None:
    fake.edit = pages_of_users(lambda _, page: set_next(page, link))
    with pytest.raises(BrokenExtract, match="another place"):
        connect().extract(DISTRICT, landing)
    assert len(fake.asked("/users?limit")) == 1


def test_an_api_below_a_path() -> None:
    query = next_query("https://proxy.example/clever/v3.1/users", "/v3.1/users?limit=2&starting_after=5")
    assert query == "limit=2&starting_after=5"


@pytest.mark.parametrize("links", [None, [], [{}], [{"rel": "next"}], [{"rel": "next", "uri": None}], [{"rel": 1}]])
def test_odd_links_end_the_list(fake: Fake, connect: Connect, landing: Path, links: Any) -> None:
    fake.edit = pages_of_users(lambda _, page: page.update(links=links))
    connect().extract(DISTRICT, landing)
    assert lines(landing / "users.ndjson") == fake.lists["users"]


@pytest.mark.parametrize("bad", [{}, {"id": None}, {"id": 7}, {"id": ""}, {"id": {"$oid": "x"}}])
def test_a_record_without_an_id_is_left_to_staging(fake: Fake, connect: Connect, landing: Path, bad: Record) -> None:
    fake.edit = pages_of_users(lambda _, page: page["data"].__setitem__(1, {"data": bad}))
    extract = connect().extract(DISTRICT, landing)
    assert lines(landing / "users.ndjson") == [fake.lists["users"][0], bad, fake.lists["users"][2]]
    assert extract.endpoint("users").distinct == 3


@pytest.mark.parametrize("element", [{}, {"data": None}, {"data": []}, {"data": "x"}, {"uri": "/v3.1/users/1"}])
def test_an_element_that_is_no_record_is_an_empty_one(
    fake: Fake, connect: Connect, landing: Path, element: Record
) -> None:
    fake.edit = pages_of_users(lambda _, page: page["data"].__setitem__(1, element))
    connect().extract(DISTRICT, landing)
    assert lines(landing / "users.ndjson") == [fake.lists["users"][0], {}, fake.lists["users"][2]]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [(rb"a\ud83d", "a?"), (b"a\xff", "a\ufffd"), (b"a\x01", "a\x01"), (b"a\nb", "a\nb"), (rb"\udc00\u00e9", "?é")],
    ids=["half an emoji", "not UTF-8", "control character", "raw newline", "other half"],
)
def test_broken_text_in_one_record_does_not_stop_the_district(
    fake: Fake, connect: Connect, landing: Path, sent: bytes, kept: str
) -> None:
    fake.lists["users"] = records(1)
    page = b'{"data":[{"data":{"id":"%s","name":"%s"}}]}' % (make_id(1).encode(), sent)
    fake.next("/users?limit", Answer(200, page))
    extract = connect().extract(DISTRICT, landing)
    assert lines(landing / "users.ndjson") == [{"id": make_id(1), "name": kept}]
    assert [w.code for w in extract.notices] == ["repaired"]


def test_a_refused_page_size_says_what_to_lower(fake: Fake, connect: Connect, landing: Path) -> None:
    fake.always("limit=20000", Answer(413))
    with pytest.raises(CleverRefused, match="Lower page_limit"):
        connect(page_limit=20_000).extract(DISTRICT, landing)
