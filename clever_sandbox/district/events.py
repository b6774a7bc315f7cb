"""Clever's events: what was created, updated and deleted when it took over an upload, for thirty days.

Belongs here: an event's shape, the order of events and their ids (docs/clever.md#events). Does not belong here: which
records there are (`records`), paging through the feed (`api`).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Literal, TypeAlias

import msgspec

from clever_sandbox.district.ids import clever_time
from clever_sandbox.district.tables import Json, Kind, Record, decode

Action: TypeAlias = Literal["created", "updated", "deleted"]

RETENTION = timedelta(days=30)
_WRITTEN_BEFORE = 3  # seconds from an event's id to its `created`, as seen
_FIRST_COUNT = 0x10_0000
_MACHINE = "a1b2c3d4e5"
_ORDER: dict[Kind, int] = {"schools": 0, "terms": 1, "courses": 2, "users": 3, "sections": 4}
_ROLES = ("district_admin", "staff", "teacher", "student", "contact")

_encode = msgspec.json.Encoder().encode


class Change(msgspec.Struct, frozen=True):
    """A record before and after; None is not there."""

    kind: Kind
    before: Record | None
    after: Record | None

    @property
    def action(self) -> Action:
        return "created" if self.before is None else "deleted" if self.after is None else "updated"

    @property
    def record(self) -> Record:
        found = self.after or self.before
        if found is None:
            raise ValueError("a change is of a record that is or was there")
        return found


class Event(msgspec.Struct, frozen=True, gc=False):
    """One event. `seen` says whether v3.0 and v3.1 know anything of the change.

    `schools` are those that the record belongs to; courses and terms belong to none. With `reduced`, less may be seen
    of the record than before, and nothing about it has changed.
    """

    id: str
    type: str
    created: str
    schools: tuple[str, ...]
    change: Change
    seen: tuple[bool, bool] = (True, True)
    reduced: bool = False

    def is_in(self, version: str) -> bool:
        return self.seen[version != "v3.0"]

    def body(self, version: str) -> bytes:
        """Its `data`, made when it is asked for: a night can change a million records."""
        return _reduced(self.change.record) if self.reduced else _data(self.change, version)


def in_order(changes: Iterable[Change]) -> list[Change]:
    """Parents first, what is new before what is changed, and at last what is gone, children first.

    Clever orders its events by kind and role; the exact sequence is not known.
    """

    def place(change: Change) -> tuple[int, int, str]:
        rank = 10 * _ORDER[change.kind]
        if change.kind == "users":
            rank += min(_ROLES.index(role) for role in change.record.keys["role"] if role in _ROLES)
        action = ("created", "updated", "deleted").index(change.action)
        return action, -rank if change.action == "deleted" else rank, change.record.id

    return sorted(changes, key=place)


@dataclass
class Feed:
    """The events of a district, oldest first. While it is not `on`, nothing is written: that is a hole for ever."""

    on: bool = True
    events: list[Event] = field(default_factory=list)
    _count: int = 0

    def write(self, changes: Sequence[Change], at: float) -> None:
        """Writes the events of one upload, taken over at `at` (Unix seconds)."""
        for change in in_order(changes) if self.on else ():
            seen = (bool(_data(change, "v3.0")), bool(_data(change, "v3.1")))
            if any(seen):
                self._add(change, at, seen)

    def reduce_scope(self, users: Iterable[Record], at: float) -> None:
        """A district lets less be seen of people: everything but two fields turns up among what was there before."""
        for user in users if self.on else ():
            self._add(Change("users", user, user), at, reduced=True)

    def copy(self) -> Feed:
        return replace(self, events=list(self.events))

    def since(self, now: float, wanted: Callable[[Event], bool]) -> tuple[list[str], dict[str, Event]]:
        """The ids of the wanted events of the last thirty days, ascending, and the events."""
        oldest = _object_id(now - RETENTION.total_seconds(), 0)
        first = bisect_left(self.events, oldest, key=lambda event: event.id)
        del self.events[:first]
        found = {event.id: event for event in self.events if wanted(event)}
        return list(found), found

    def _add(self, change: Change, at: float, seen: tuple[bool, bool] = (True, True), *, reduced: bool = False) -> None:
        last = self.events[-1].id if self.events else ""
        # Ids only ever grow, also when a clock is turned back.
        self._count += 1
        event_id = max(_object_id(at - _WRITTEN_BEFORE, self._count), _next(last))
        schools = (change.record.id,) if change.kind == "schools" else change.record.keys.get("school", ())
        kind = f"{change.kind}.{change.action}"
        self.events.append(Event(event_id, kind, clever_time(at), schools, change, seen, reduced))


def _object_id(seconds: float, count: int) -> str:
    return f"{int(seconds):08x}{_MACHINE}{_FIRST_COUNT + count:06x}"


def _next(event_id: str) -> str:
    return f"{int(event_id, 16) + 1:024x}" if event_id else ""


def _seen(record: Record | None, version: str) -> Json | None:
    if record is None:
        return None
    return record.data() if version == "v3.0" else decode(record.body_with_more())


def _data(change: Change, version: str) -> bytes:
    """The event's `data`: the whole object and, when it changed, what was there before; empty if nothing has."""
    before, after = _seen(change.before, version), _seen(change.after, version)
    if before is None or after is None:
        return _encode({"object": after or before})
    previous = dict(_previous(before, after))
    return _encode({"object": after, "previous_attributes": previous}) if previous else b""


def _reduced(user: Record) -> bytes:
    data = user.data()
    left = {"district": data["district"], "id": data["id"]}
    gone = {name: value for name, value in data.items() if name not in left}
    return _encode({"object": left, "previous_attributes": gone})


def _previous(before: Json, after: Json) -> Iterator[tuple[str, object]]:
    """Every field that differs, as it was: null if it was not there. When it changed is no change."""
    for name in {**before, **after}:
        if before.get(name) != after.get(name) and name != "last_modified":
            yield name, before.get(name)
