"""One list of Clever's (`/users`, `/sections`, ...) from its first page to a verified file.

Belongs here: pages, `next` links, cutting records out, and proving that the list is whole. Does not
belong here: HTTP and its retries, tokens, which lists there are, what a record means.
"""

from __future__ import annotations

import json
import logging
import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar
from urllib.parse import urljoin, urlsplit

import msgspec

from roster_pipeline.clever.http import Refused, refusal
from roster_pipeline.clever.landing import LISTS, Checkpoint, Endpoint, ListFile, Notice, Progress, record_id
from roster_pipeline.errors import BrokenExtract

log = logging.getLogger(__name__)

T = TypeVar("T")

# A page where one of these comes more often than there are records is looked at for repeated keys.
_ONCE = (b'"id"', b'"students"', b'"roles"')

# Answers to `count=true` after which the list is fetched without a count (its body is not documented).
_NO_COUNT = frozenset({400, 404, 501})


class Ask(Protocol):
    """An authenticated GET: `parse(body)` of `path?query`, or Refused."""

    def __call__(self, path: str, query: str, what: str, parse: Callable[[bytes], T]) -> T: ...


@dataclass(frozen=True)
class Asked:
    """A list that is fetched: where it is, whether Clever counts it, and whether it may not be there."""

    path: str
    counted: bool = True
    optional: bool = False


# Courses and terms are optional data types (docs/clever.md#optional-kinds): a district may not share them.
WHOLE_DISTRICT = {name: Asked(name, optional=name in ("courses", "terms")) for name in LISTS}


@dataclass(frozen=True)
class Page:
    """One page: the records as Clever sent them, their ids ("" without), the `next` link if there is one."""

    records: list[msgspec.Raw]
    ids: list[str]
    next: str | None
    repaired: bool
    one_line: bool = False
    """Whether the body is one line, so every record is."""

    def lines(self) -> bytes:
        """The records as NDJSON."""
        if self.one_line:
            return _joined(self.records)
        return _joined([msgspec.Raw(msgspec.json.format(bytes(r), indent=-1)) for r in self.records])


class _Element(msgspec.Struct):
    data: msgspec.Raw = msgspec.Raw(b"{}")


class _Link(msgspec.Struct):
    rel: Any = None
    uri: Any = None


class _Envelope(msgspec.Struct):
    data: list[_Element]
    links: list[_Link] | None = None


class _Count(msgspec.Struct):
    count: Any = None


_envelope = msgspec.json.Decoder(_Envelope)
_count = msgspec.json.Decoder(_Count)


def parse_page(body: bytes) -> Page:
    """A page of Clever's list envelope (docs/clever.md#lists-and-paging); unknown keys are ignored.

    DecodeError or ValueError when it is not one: a cut body, HTML, another shape.
    """
    envelope, repaired = _decode(body)
    if any(body.count(key) > len(envelope.data) for key in _ONCE):
        envelope = _envelope.decode(_last_of_each_key(body))
    # What is no object becomes an empty one: staging quarantines a record without an id, and says so.
    records = [e.data if memoryview(e.data)[:1].tobytes() == b"{" else msgspec.Raw(b"{}") for e in envelope.data]
    links = envelope.links or []
    uris = [link.uri for link in links if link.rel == "next" and isinstance(link.uri, str) and link.uri]
    end = len(body) - 2  # what closes the list, or a line break after all
    one_line = not repaired and body.find(b"\n", 0, end) < 0 and body.find(b"\r", 0, end) < 0
    return Page(records, [record_id(r) for r in records], uris[0] if uris else None, repaired, one_line)


def parse_count(body: bytes) -> int | None:
    """Clever's own count of a list; None when the answer to `count=true` holds no usable one."""
    count = _count.decode(body).count
    return count if isinstance(count, int) and not isinstance(count, bool) and count >= 0 else None


def next_query(url: str, link: str) -> str:
    """The query of the page after the one at `url`. BrokenExtract when the link leads anywhere else.

    Links are relative and carry a version (docs/clever.md#lists-and-paging). Only the query is taken from a link, so
    the token cannot be sent to another server and the API version stays ours.
    """
    ours = urlsplit(url)
    try:
        theirs = urlsplit(urljoin(url, link))
    except ValueError:  # a broken IPv6 address, a port that is no number
        theirs = urlsplit("")
    same_list = ours.path.rstrip("/").rpartition("/")[2] == theirs.path.rstrip("/").rpartition("/")[2]
    plain = theirs.query.isascii() and theirs.query.isprintable() and " " not in theirs.query
    if (ours.scheme, ours.netloc) != (theirs.scheme, theirs.netloc) or not (same_list and theirs.query and plain):
        raise BrokenExtract(
            f"Clever says that the next page of {ours.path} is at another place than that list",
            do="Check CLEVER_API_URL; nothing was changed",
        )
    return theirs.query


class ListWalk:
    """Fetches one list into its file. Used by one thread, once."""

    def __init__(
        self,
        name: str,
        asked: Asked,
        file: ListFile,
        ask: Ask,
        *,
        api: str,
        district: str,
        page_limit: int,
        progress: Callable[[Progress], None],
        steady: Callable[[], float],
    ) -> None:
        self.name = name
        self.file = file
        self._asked = asked
        self._ask = ask
        self._url = f"{api}/{asked.path}"
        self._what = f"{name} of district {district}"
        self._first = f"limit={page_limit}"
        self._progress = progress
        self._steady = steady
        self._pages_fetched = 0
        self._since = steady()

    def run(self) -> Endpoint:
        """The list, whole and verified. A list that does not add up is fetched again once, from its start.

        Raises BrokenExtract when it then still does not, CleverRefused, CleverUnavailable, Stopped.
        """
        if not self.file.state.complete:
            trouble = self._fetch() or self._verify()
            if trouble:
                log.warning("Clever, %s: %s; fetching the list again from its start", self._what, trouble)
                self.file.restart()
                trouble = self._fetch() or self._verify()
            if trouble:
                raise self._broken(f"{trouble}, twice")
        self._tell()
        state = self.file.state
        return Endpoint(
            name=self.name,
            file=self.file.file,
            records=state.records,
            distinct=state.distinct,
            pages=state.pages,
            pages_fetched=self._pages_fetched,
            bytes=state.bytes,
            seconds=state.seconds,
            shared=state.shared,
        )

    def _fetch(self) -> str | None:
        """All pages that are still missing. Returns what speaks against the list, None when nothing does."""
        state = self.file.state
        if state.pages == 0:
            self.file.note(expected=self._count())
        else:
            self._tell()
        query = state.next if state.pages else self._first
        asked: set[str] = set()
        while query is not None:
            if query in asked:
                raise self._broken("a page names an earlier page as its next one")
            asked.add(query)
            try:
                page = self._ask(self._asked.path, query, self._what, parse_page)
            except Refused as refused:
                if self.file.state.pages and refused.status in (400, 404):
                    return f"a page in the middle of the list was refused (HTTP {refused.status})"
                if refused.status == 404 and self._asked.optional:
                    self._finish(distinct=0, shared=False)
                    return None
                raise refusal(refused, self._what) from None
            query = self._keep(page)
        return None

    def _keep(self, page: Page) -> str | None:
        """Put a page on disk; the query of the page after it, None when it is the last."""
        before = self.file.state
        ids = [i for i in page.ids if i]
        # An empty page ends the list whatever it links to, since no last id is left to go on from:
        # docs/clever.md#lists-and-paging
        query = next_query(self._url, page.next) if page.next and page.records else None
        after = msgspec.structs.replace(
            before,
            records=before.records + len(page.records),
            pages=before.pages + 1,
            next=query,
            last_id=max([before.last_id, *ids]),
            ascending=before.ascending and _ascending([before.last_id, *ids]),
            repaired=before.repaired + page.repaired,
            seconds=before.seconds + self._lap(),
        )
        if query is not None:
            self._refuse_endless(before, after)
        self.file.append(page.lines(), after)
        self._pages_fetched += 1
        self._tell()
        return query

    def _refuse_endless(self, before: Checkpoint, after: Checkpoint) -> None:
        """Stop a list whose `next` always leads on; it would fill the disk before anyone noticed."""
        if after.expected is None:
            if after.last_id == before.last_id:
                raise self._broken("a page brings no id after those already seen, and links to a next one")
        # A tenth and a thousand more than counted: the list may grow, and ids may come twice.
        elif after.records > after.expected * 1.1 + 1_000:
            raise self._broken(f"more than {after.records - 1} records came of {after.expected} that Clever counts")

    def _verify(self) -> str | None:
        """Give the list its final name if it holds what Clever counts; otherwise what is missing.

        The district may change while it is read, so anything between the counts before and after is whole.
        """
        state = self.file.state
        if state.complete:
            return None
        counts = [count for count in (state.expected, self._count()) if count is not None]
        distinct = self.file.count_distinct()
        if counts and not min(counts) <= distinct <= max(counts):
            return f"{distinct} records arrived, Clever counts {' to '.join(map(str, sorted(set(counts))))}"
        self._finish(distinct=distinct, shared=True, counted=bool(counts) or not self._asked.counted)
        return None

    def _finish(self, *, distinct: int, shared: bool, counted: bool = True) -> None:
        seconds = self.file.state.seconds + self._lap()
        self.file.finish(distinct=distinct, shared=shared, counted=counted, seconds=seconds)
        log.info("Clever, %s: %d records", self._what, self.file.state.records)

    def _count(self) -> int | None:
        if not self._asked.counted:
            return None
        try:
            return self._ask(self._asked.path, "count=true", f"the count of {self._what}", parse_count)
        except Refused as refused:
            if refused.status in _NO_COUNT:
                return None  # the list itself is asked next, and says what is the matter
            raise refusal(refused, f"the count of {self._what}") from None

    def _broken(self, what: str) -> BrokenExtract:
        """The error, after forgetting the list: the next try must not go on from a page of it."""
        self.file.restart()
        return BrokenExtract(
            f"Clever's list {self._what} is broken: {what}. Nothing was changed",
            do="Run the sync again later; if it stays, tell Clever's support which list it is",
        )

    def _tell(self) -> None:
        state = self.file.state
        self._progress(Progress(self.name, state.records, state.expected))

    def _lap(self) -> float:
        now = self._steady()
        lap, self._since = now - self._since, now
        return lap


def list_notices(name: str, state: Checkpoint) -> list[Notice]:
    """What a person should know about a complete list; told from its receipt, so a resumed one says it too."""
    if not state.shared:
        return [Notice("not_shared", f"The district does not share its {name} with us.", name)]
    found = []
    if state.records == 0:
        found.append(Notice("empty", f"Clever lists no {name} for this district.", name))
    if state.distinct < state.records:
        twice = state.records - state.distinct
        found.append(Notice("repeated_ids", f"{twice} records of {name} came more than once.", name))
    if not state.counted:
        message = f"Clever gave no count of {name}, so it could not be checked that all arrived."
        found.append(Notice("not_counted", message, name))
    if state.repaired:
        message = f"{state.repaired} pages of {name} held broken text; the broken characters were replaced."
        found.append(Notice("repaired", message, name))
    return found


def _decode(body: bytes) -> tuple[_Envelope, bool]:
    """The envelope, and whether its text had to be repaired.

    One name cut in the middle of an emoji (a lone surrogate), one raw control character or one byte that
    is not UTF-8 must not stop a district: such characters are replaced, at the price of a slow page.
    """
    try:
        if not body.isascii():
            body.decode()  # the decoder skips the text of records, so it would let any bytes through
        return _envelope.decode(body), False
    except msgspec.ValidationError:
        raise
    except (msgspec.DecodeError, UnicodeDecodeError):
        loose = json.loads(body.decode(errors="replace"), strict=False)
        return _envelope.decode(json.dumps(loose, ensure_ascii=False).encode(errors="replace")), True


def _last_of_each_key(body: bytes) -> bytes:
    """The body without repeated keys: the last one wins, as for everybody who reads JSON into a dictionary.

    DuckDB takes the first, so a record that is read here and there would be two records.
    """
    return json.dumps(json.loads(body.decode(errors="replace"), strict=False), ensure_ascii=False).encode(
        errors="replace"
    )


def _joined(records: list[msgspec.Raw]) -> bytes:
    return b"\n".join([*records, b""]) if records else b""


def _ascending(ids: list[str]) -> bool:
    return all(map(operator.lt, ids, ids[1:]))
