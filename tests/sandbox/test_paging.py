"""Cursor paging: laws of the pure part for any list, limit and cursor, then the same over HTTP."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clever_sandbox.api.paging import Page, Refused, Window, cut, links, window

from .api import Api, link

HEX = st.text("0123456789abcdef", min_size=1, max_size=3)
IDS = st.lists(HEX, unique=True, max_size=40).map(sorted)
LIMITS = st.integers(1, 45)


def follow(ids: list[str], start: Window, rel: str) -> list[list[str]]:
    """All pages from a window on, following one of the links by its text, as a client does."""
    pages, asked = [], start
    for _ in range(len(ids) + 3):
        page = cut(ids, asked)
        pages.append(list(page.ids))
        uri = link({"links": links("/v3.0/users", f"limit={start.limit}", page)}, rel)
        if uri is None:
            return pages
        asked = window(dict(parse_qsl(urlsplit(uri).query)))
    raise AssertionError("the links never end")


@given(ids=IDS, limit=LIMITS)
def test_following_next_gives_every_record_once_and_in_order(ids: list[str], limit: int) -> None:
    pages = follow(ids, Window(limit), "next")
    assert [found for page in pages for found in page] == ids
    assert all(len(page) == limit for page in pages[:-1])
    assert pages[-1] or not ids  # next is there only when more results exist


@given(ids=IDS, limit=LIMITS, cursor=HEX)
def test_starting_after_gives_exactly_what_is_greater(ids: list[str], limit: int, cursor: str) -> None:
    pages = follow(ids, Window(limit, starting_after=cursor), "next")
    assert [found for page in pages for found in page] == [found for found in ids if found > cursor]


@given(ids=IDS, limit=LIMITS, cursor=HEX)
def test_ending_before_gives_exactly_what_is_less(ids: list[str], limit: int, cursor: str) -> None:
    pages = follow(ids, Window(limit, ending_before=cursor), "prev")
    assert [found for page in reversed(pages) for found in page] == [found for found in ids if found < cursor]


@given(ids=IDS, limit=LIMITS)
def test_ending_before_last_is_the_last_page_and_leads_back_to_the_first(ids: list[str], limit: int) -> None:
    pages = follow(ids, Window(limit, ending_before="last"), "prev")
    assert pages[0] == ids[-limit:]
    assert [found for page in reversed(pages) for found in page] == ids


@given(ids=IDS, limit=LIMITS, cursor=HEX)
def test_prev_undoes_next(ids: list[str], limit: int, cursor: str) -> None:
    page = cut(ids, Window(limit, starting_after=cursor))
    if page.ids and page.next:
        after = cut(ids, Window(limit, starting_after=page.ids[-1]))
        assert cut(ids, Window(limit, ending_before=after.ids[0])).ids == page.ids


def test_a_cursor_page_links_back_even_when_nothing_is_there() -> None:
    ids = ["a", "b", "c"]
    first = cut(ids, Window(2, starting_after="0"))
    assert (first.ids, first.prev) == (["a", "b"], True)
    last = cut(ids, Window(2, ending_before="z"))
    assert (last.ids, last.next) == (["b", "c"], True)
    assert cut(ids, Window(2, ending_before="a")).ids == []
    assert cut(ids, Window(2, starting_after="c")).ids == []


def test_links_are_relative_and_keep_the_other_parameters() -> None:
    found = links("/v3.0/users", "limit=2&role=student&starting_after=a", Page(["b", "c"], prev=True, next=True))
    assert found == [
        {"rel": "self", "uri": "/v3.0/users?limit=2&role=student&starting_after=a"},
        {"rel": "next", "uri": "/v3.0/users?limit=2&role=student&starting_after=c"},
        {"rel": "prev", "uri": "/v3.0/users?limit=2&role=student&ending_before=b"},
    ]


def test_an_empty_page_links_only_to_itself() -> None:
    found = links("/v3.0/users", "", Page([], prev=True, next=True))
    assert found == [{"rel": "self", "uri": "/v3.0/users"}]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"limit": "0"}, 400),
        ({"limit": "-1"}, 400),
        ({"limit": "ten"}, 400),
        ({"limit": ""}, 400),
        ({"limit": "1.5"}, 400),
        ({"limit": "²"}, 400),
        ({"limit": "10001"}, 413),
        ({"limit": "9" * 5000}, 413),
        ({"limit": "0" * 20 + "100000000"}, 413),
        ({"limit": "0" * 5000}, 400),
        ({"starting_after": "a", "ending_before": "b"}, 400),
    ],
)
def test_bad_paging_parameters_are_refused(query: dict[str, str], status: int) -> None:
    with pytest.raises(Refused) as refused:
        window(query)
    assert refused.value.status == status


def test_the_default_and_the_largest_limit() -> None:
    assert window({}).limit == 100
    assert window({"limit": "10000"}).limit == 10_000
    assert window({"limit": "0" * 5000 + "5"}).limit == 5


@pytest.mark.parametrize("limit", [7, 100, 1000, 10_000])
def test_every_user_arrives_over_http_whatever_the_limit(api: Api, limit: int) -> None:
    assert api.ids("/users", limit=limit) == list(api.server.sandbox.districts[0].tables["users"].ids)


def test_backwards_over_http(api: Api) -> None:
    ids: list[str] = []
    body = api.body("/sections", limit=90, ending_before="last")
    while True:
        ids = [element["data"]["id"] for element in body["data"]] + ids
        uri = link(body, "prev")
        if uri is None:
            break
        body = api.body(uri)
    assert ids == list(api.server.sandbox.districts[0].tables["sections"].ids)


def test_a_role_is_kept_from_page_to_page(api: Api) -> None:
    teachers = api.all("/users", role="teacher", limit=20)
    assert len(teachers) == 80
    assert all("teacher" in user["roles"] for user in teachers)
