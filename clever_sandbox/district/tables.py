"""Records as the local Clever holds them: what they are made of, found by id and by what they belong to.

Belongs here: records and tables. Does not belong here: what a record is made of (`people`, `sections`), or how it is
asked for (`api`). A record is made when somebody asks for it: a district of a million students keeps only what it needs
for that.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Hashable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, ClassVar, Literal, Protocol, TypeAlias, get_args

import msgspec

from clever_sandbox.district.ids import LAST_CHANGE, created_and_modified, share

Kind: TypeAlias = Literal["schools", "terms", "courses", "sections", "users"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Json: TypeAlias = dict[str, Any]
Keys: TypeAlias = Mapping[str, tuple[str, ...]]
Stamp: TypeAlias = tuple[str, str]
"""When Clever first saw a record, and when it last changed."""

_encode = msgspec.json.Encoder().encode
_KEPT = 16_384  # records made lately, some 30 MB


class Source(Hashable, Protocol):
    """What one record is made of; two that are equal make the same record."""

    dated: ClassVar[bool]
    """Whether the record says when it was created and changed."""

    @property
    def id(self) -> str: ...

    def build(self, *, whole: bool) -> Json:
        """The record, the whole of it as v3.1 shows it or without what v3.0 does not know."""
        ...

    def keys(self) -> Keys:
        """The ids and words that it is found by."""
        ...


class Given(msgspec.Struct, frozen=True, gc=False):
    """A record that somebody wrote down whole."""

    id: str
    body: bytes
    more: bytes = b""
    dated: ClassVar[bool] = False

    def build(self, *, whole: bool) -> Json:
        data = decode(self.body)
        return _merged(data, decode(self.more)) if whole and self.more else data

    def keys(self) -> Keys:
        data = decode(self.body)
        return _user_keys(data) if "roles" in data else _section_keys(data) if "students" in data else {}


class Record:
    """One API record, encoded when it is asked for."""

    __slots__ = ("source", "stamp", "until")

    def __init__(self, source: Source, stamp: Stamp | None = None, until: float = LAST_CHANGE) -> None:
        self.source, self.stamp, self.until = source, stamp, until

    @property
    def id(self) -> str:
        return self.source.id

    @property
    def keys(self) -> Keys:
        return self.source.keys()

    @property
    def body(self) -> bytes:
        """What v3.0 shows."""
        return _made(self.source, self.stamp, self.until, whole=False)

    def data(self) -> Json:
        return decode(self.body)

    def body_with_more(self) -> bytes:
        """What v3.1 shows."""
        return _made(self.source, self.stamp, self.until, whole=True)

    def with_data(self, data: Json) -> Record:
        """The same record with other data, written down whole; what v3.1 adds stays."""
        return record(data, _beyond(self.source.build(whole=True), self.source.build(whole=False)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Record) and self.body_with_more() == other.body_with_more()

    __hash__ = None  # type: ignore[assignment]


@lru_cache(maxsize=_KEPT)
def _made(source: Source, stamp: Stamp | None, until: float, *, whole: bool) -> bytes:
    data = source.build(whole=whole)
    if source.dated:
        data["created"], data["last_modified"] = stamp or created_and_modified(source.id, until)
    return _encode(data)


def decode(body: bytes) -> Json:
    """A JSON object as a dict."""
    return msgspec.json.decode(body, type=Json)


def _merged(into: Json, extra: Json) -> Json:
    for key, value in extra.items():
        into[key] = _merged(into[key], value) if isinstance(into.get(key), dict) else value
    return into


def _beyond(whole: Json, plain: Json) -> Json:
    """What the whole has and the plain one has not."""
    return {
        key: _beyond(value, plain[key]) if key in plain else value
        for key, value in whole.items()
        if key not in plain or (isinstance(value, dict) and value != plain[key])
    }


def record(data: Json, more: Json | None = None) -> Record:
    """A record as somebody wrote it down."""
    return Record(Given(data["id"], _encode(data), _encode(more) if more else b""))


def _user_keys(data: Json) -> Keys:
    roles: Json = data["roles"]
    schools: dict[str, None] = {}
    primary: dict[str, None] = {}
    for role in roles.values():
        schools |= dict.fromkeys(role.get("schools", ()))
        if "school" in role:
            primary[role["school"]] = None
    ties = roles.get("contact", {}).get("student_relationships", ())
    return user_keys(tuple(roles), tuple(schools), tuple(primary), tuple(tie["student"] for tie in ties))


def lms_status(record_id: str) -> Json:
    """What v3.1 says of half of all users and sections about another product of Clever's."""
    synced = share(record_id, 4)
    return {"lms_status": {"synced_in_lms": synced == 0}} if synced < 2 else {}


def user_keys(
    roles: tuple[str, ...], schools: tuple[str, ...], primary: tuple[str, ...], students: tuple[str, ...] = ()
) -> Keys:
    return {"role": roles, "school": schools, "primary": primary, "student": students}


def _section_keys(data: Json) -> Keys:
    return section_keys(data["school"], data.get("course"), data.get("term_id"), (*data["teachers"], *data["students"]))


def section_keys(school: str, course: str | None, term: str | None, users: Iterable[str]) -> Keys:
    return {
        "school": (school,),
        "course": (course,) if course else (),
        "term": (term,) if term else (),
        "user": tuple(dict.fromkeys(users)),
    }


class Table:
    """The records of one kind in ascending order of id; never changed, only replaced."""

    def __init__(self, records: Iterable[Record] = ()) -> None:
        self._sources: dict[str, Source] = {}
        self._stamps: dict[str, Stamp] = {}
        self._until = LAST_CHANGE
        for found in records:
            self._sources[found.id] = found.source
            if found.stamp:
                self._stamps[found.id] = found.stamp
        self.ids: Sequence[str] = sorted(self._sources)
        self._found_by: dict[str, dict[str, list[str]]] = {}

    @classmethod
    def of(cls, sources: dict[str, Source], until: float) -> Table:
        """A table of sources by id, all of them there before `until` (Unix seconds)."""
        table = cls()
        table._sources, table._until, table.ids = sources, until, sorted(sources)
        return table

    def __len__(self) -> int:
        return len(self._sources)

    def __contains__(self, record_id: object) -> bool:
        return record_id in self._sources

    def __getitem__(self, record_id: str) -> Record:
        return Record(self._sources[record_id], self._stamps.get(record_id), self._until)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Table) and (self._sources, self._stamps) == (other._sources, other._stamps)

    __hash__ = None  # type: ignore[assignment]

    def get(self, record_id: str) -> Record | None:
        return self[record_id] if record_id in self._sources else None

    def source(self, record_id: str) -> Source | None:
        return self._sources.get(record_id)

    def having(self, key: str, value: str) -> Sequence[str]:
        """Ascending ids of the records with that value; the first use of a key indexes the table."""
        if key not in self._found_by:
            index: dict[str, list[str]] = {}
            for record_id in self.ids:
                for found in self._sources[record_id].keys().get(key, ()):
                    index.setdefault(found, []).append(record_id)
            self._found_by[key] = index
        return self._found_by[key].get(value, ())

    def changed(self, put: Iterable[Record] = (), drop: Iterable[str] = ()) -> Table:
        """Another table with records added or replaced, and others gone.

        Indexes are carried over with the difference, since a day of a large district is few changes.
        """
        gone = {record_id for record_id in drop if record_id in self._sources}
        new = {r.id: r for r in put if r.id not in gone}
        table = Table()
        table._until = self._until
        table._sources = self._sources | {record_id: r.source for record_id, r in new.items()}
        table._stamps = self._stamps | {record_id: r.stamp for record_id, r in new.items() if r.stamp}
        for record_id in gone:
            del table._sources[record_id]
        table.ids = self.ids
        if gone or any(record_id not in self._sources for record_id in new):
            table.ids = sorted(table._sources)
        for key, index in self._found_by.items():
            table._found_by[key] = self._patched(key, index, new, gone)
        return table

    def _patched(
        self, key: str, index: dict[str, list[str]], new: Mapping[str, Record], gone: Iterable[str]
    ) -> dict[str, list[str]]:
        """A copy of an index in which only the lists that differ are new."""
        patched, copied = dict(index), set()
        for record_id in (*new, *gone):
            before = self._sources[record_id].keys().get(key, ()) if record_id in self._sources else ()
            after = new[record_id].keys.get(key, ()) if record_id in new else ()
            for value in set(before) ^ set(after):
                if value not in copied:
                    patched[value] = list(patched.get(value, ()))
                    copied.add(value)
                at = bisect_left(patched[value], record_id)
                if value in after:
                    patched[value].insert(at, record_id)
                else:
                    del patched[value][at]
        return patched
