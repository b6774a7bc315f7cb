"""Announcing what is new, and what is over: each once.

Belongs here: the comparison of what stands with what was announced, and its words. Does not belong here: what is worth
a notice (`standing.py`), the file (`book.py`), HTTP (`webhook.py`).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from roster_pipeline.notices.book import Announced, Book, Delivery, read_book, write_book
from roster_pipeline.notices.standing import UNREADABLE, Notice, Standing, standing
from roster_pipeline.notices.webhook import Webhook
from roster_pipeline.warehouse.warehouse import Warehouse

_AT_ONCE = 50
"""Notices in one message."""

_NAMED = 5
"""Notices of a district and a kind that a message tells one by one."""

TEST = "roster: this is a test. Notices about syncs that fail, are held or stale come here."


@dataclass(frozen=True)
class Told:
    """How many notices got through now, how many are standing, and why the rest did not get through."""

    sent: int
    standing: int
    why: str | None = None


def notify(warehouse: Warehouse, webhook: Webhook, now: datetime) -> Told:
    """Announces what is new at `now` (naive UTC) and what is over, as far as the webhook takes it.

    What did not get through is tried again the next time. Nothing is sent that cannot be remembered: RosterError then,
    and when nobody knows what stands or what was announced.
    """
    if not warehouse.root.is_dir():
        return Told(0, 0)
    with warehouse.one_at_a_time("notices"):
        found = standing(warehouse, now)
        book = _what_is_left(warehouse, read_book(warehouse), found)
        news: list[Notice | Announced] = [*_new(book, found), *_over(book, found)]
        sent = 0
        for begin in range(0, len(news), _AT_ONCE):
            batch = news[begin : begin + _AT_ONCE]
            book, why = _deliver(warehouse, webhook, book, batch, now)
            if why is not None:
                return Told(sent, len(found.notices), why)
            sent += len(batch)
        return Told(sent, len(found.notices))


def send_test(warehouse: Warehouse, webhook: Webhook, now: datetime) -> str | None:
    """Sends one message now; returns why it did not get through, or None. It is remembered as the last delivery."""
    warehouse.root.mkdir(mode=0o700, parents=True, exist_ok=True)
    with warehouse.one_at_a_time("notices"):
        book = read_book(warehouse)
        why = webhook.post(TEST)
        write_book(warehouse, _after(book, Delivery(now, webhook.host, 0, why)))
        return why


def _deliver(
    warehouse: Warehouse, webhook: Webhook, book: Book, news: Sequence[Notice | Announced], now: datetime
) -> tuple[Book, str | None]:
    write_book(warehouse, book)  # raises before anything is sent
    why = webhook.post(text(news))
    after = _after(book, Delivery(now, webhook.host, len(news), why))
    if why is None:
        keys = {one.key for one in news}
        kept = [a for a in after.announced if a.key not in keys]
        fresh = [Announced(*one.key, one.what, now, one.of) for one in news if isinstance(one, Notice)]
        after = msgspec.structs.replace(after, announced=(*kept, *fresh))
    write_book(warehouse, after)
    return after, why


def _after(book: Book, delivery: Delivery) -> Book:
    return msgspec.structs.replace(book, **{"failed" if delivery.why else "sent": delivery})


def _new(book: Book, found: Standing) -> Iterator[Notice]:
    known = {a.key: set(a.of) for a in book.announced}
    return (notice for notice in found.notices if notice.key not in known or set(notice.of) - known[notice.key])


def _what_is_left(warehouse: Warehouse, book: Book, found: Standing) -> Book:
    """The book without what a notice was of and is not any more: when that comes again, it is news."""
    of = {notice.key: set(notice.of) for notice in found.notices}
    left = tuple(
        msgspec.structs.replace(a, of=tuple(one for one in a.of if one in of.get(a.key, a.of))) for a in book.announced
    )
    if left != book.announced:
        book = msgspec.structs.replace(book, announced=left)
        write_book(warehouse, book)
    return book


def _over(book: Book, found: Standing) -> Iterator[Announced]:
    """What stands no more; of a district that nobody can look at, only that it could not be looked at is known."""
    stands = {notice.key for notice in found.notices}
    for one in book.announced:
        if one.key not in stands and (one.district not in found.unknown or one.kind == UNREADABLE):
            yield one


def text(news: Iterable[Notice | Announced]) -> str:
    """A message: a line per notice, and one for all others of a district and kind when they are many."""

    def group(one: Notice | Announced) -> tuple[str, bool, str]:
        return one.district, isinstance(one, Announced), one.kind

    lines = []
    for (district, over, kind), members in itertools.groupby(sorted(news, key=group), group):
        alike = list(members)
        lines += [f"{district}: {_line(one)}" for one in alike[:_NAMED]]
        if more := len(alike) - _NAMED:
            lines += [f"{district}: {more} more that {'were' if over else 'are'} {kind}"] if more > 0 else []
    return "\n".join(_escaped(line) for line in lines)


def _line(one: Notice | Announced) -> str:
    if isinstance(one, Announced):
        return f"over: {one.what} (announced {one.at:%Y-%m-%d %H:%M} UTC)"
    return f"{one.what}. {one.do}"


def _escaped(line: str) -> str:
    """In one line, and nothing in it calls or links to anybody: Slack reads commands between angle brackets."""
    plain = "".join(c if c.isprintable() else " " for c in line)
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
