"""Clever's cursor paging over ascending ids, and the requests that it refuses.

Belongs here: query parameters, which ids a page has, and its links. Does not belong here: records, or
which list is paged.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import parse_qsl, urlencode

DEFAULT_LIMIT = 100
MAX_LIMIT = 10_000
LAST = "last"

PAGE_PARAMETERS = frozenset({"limit", "starting_after", "ending_before"})
COUNT_VALUES = frozenset({"", "true", "false", "undefined"})

Links: TypeAlias = list[dict[str, str]]


class Refused(Exception):
    """A request that Clever answers with an error: JSON with a message, or an HTML page."""

    def __init__(self, status: int, message: str, *, html: bool = False) -> None:
        super().__init__(status, message)
        self.status = status
        self.message = message
        self.html = html


@dataclass(frozen=True)
class Window:
    """Which part of a list is asked for; at most one of the two bounds is set."""

    limit: int = DEFAULT_LIMIT
    starting_after: str | None = None
    ending_before: str | None = None


@dataclass(frozen=True)
class Page:
    """Ascending ids of one page, and whether the list goes on in either direction."""

    ids: Sequence[str]
    prev: bool
    next: bool


def check_parameters(query: Mapping[str, str], allowed: Collection[str]) -> None:
    """Refuses what an endpoint does not take. Clever only says that its checks are consistent."""
    for name in query:
        if name not in allowed:
            raise Refused(400, f"invalid parameter: {name}")


def window(query: Mapping[str, str]) -> Window:
    """The paging parameters of a request; refuses with 400, and with 413 a limit over the maximum."""
    text = query.get("limit", str(DEFAULT_LIMIT))
    digits = text.lstrip("0")
    if not (text.isascii() and text.isdigit()) or not digits:
        raise Refused(400, "limit must be a positive number")
    if len(digits) > len(str(MAX_LIMIT)) or int(digits) > MAX_LIMIT:
        raise Refused(413, f"limit must not be more than {MAX_LIMIT}")
    if "starting_after" in query and "ending_before" in query:
        raise Refused(400, "use only one of starting_after and ending_before")
    return Window(int(digits), query.get("starting_after"), query.get("ending_before"))


def cut(ids: Sequence[str], asked: Window) -> Page:
    """The page of ascending `ids`; an id that is not in the list bounds it all the same.

    As Clever does it, a page reached by a cursor links back whether or not something is there.
    """
    if asked.ending_before is not None:
        end = len(ids) if asked.ending_before == LAST else bisect_left(ids, asked.ending_before)
        start = max(0, end - asked.limit)
        return Page(ids[start:end], prev=start > 0, next=True)
    start = 0 if asked.starting_after is None else bisect_right(ids, asked.starting_after)
    end = start + asked.limit
    return Page(ids[start:end], prev=True, next=end < len(ids))


def links(path: str, raw_query: str, page: Page) -> Links:
    """Relative links: `self` as asked, the others with the cursor at this page's edge.

    An empty page has no edge, so it links nowhere.
    """
    asked = parse_qsl(raw_query, keep_blank_values=True)  # a parameter may be there more than once
    kept = [(name, value) for name, value in asked if name not in ("starting_after", "ending_before")]
    found = [{"rel": "self", "uri": f"{path}?{raw_query}" if raw_query else path}]
    if page.ids and page.next:
        found.append({"rel": "next", "uri": _with(path, kept, "starting_after", page.ids[-1])})
    if page.ids and page.prev:
        found.append({"rel": "prev", "uri": _with(path, kept, "ending_before", page.ids[0])})
    return found


def _with(path: str, query: Sequence[tuple[str, str]], cursor: str, record_id: str) -> str:
    return f"{path}?{urlencode([*query, (cursor, record_id)])}"
