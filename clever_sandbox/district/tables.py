"""One district as the local Clever holds it: encoded records, found by id and by what they belong to.

Belongs here: records, tables, and changing them. Does not belong here: where records come from
(`load`), or how they are asked for (`app`).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal, TypeAlias, get_args

import msgspec

from clever_sandbox.district.ids import district_token

Kind: TypeAlias = Literal["schools", "terms", "courses", "sections", "users"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Json: TypeAlias = dict[str, Any]
Keys: TypeAlias = Mapping[str, tuple[str, ...]]

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Record:
    """One API record, encoded once: a page of 10,000 is then joined, not built.

    `keys` are the ids and words it is found by; `more` is what v3.1 merges into the body.
    """

    id: str
    body: bytes
    keys: Keys
    more: bytes = b""

    def data(self) -> Json:
        return decode(self.body)

    def body_with_more(self) -> bytes:
        return _encode(_merged(self.data(), decode(self.more))) if self.more else self.body


def decode(body: bytes) -> Json:
    """A JSON object as a dict."""
    return msgspec.json.decode(body, type=Json)


def _merged(into: Json, extra: Json) -> Json:
    for key, value in extra.items():
        into[key] = _merged(into[key], value) if isinstance(into.get(key), dict) else value
    return into


def record(kind: Kind, data: Json, more: Json | None = None) -> Record:
    """The record of a kind with what it can be found by."""
    keys = {"users": _user_keys, "sections": _section_keys}.get(kind, _no_keys)(data)
    return Record(data["id"], _encode(data), keys, _encode(more) if more else b"")


def _no_keys(data: Json) -> Keys:  # noqa: ARG001
    return {}


def _user_keys(data: Json) -> Keys:
    roles: Json = data["roles"]
    schools: dict[str, None] = {}
    primary: dict[str, None] = {}
    for role in roles.values():
        schools |= dict.fromkeys(role.get("schools", ()))
        if "school" in role:
            primary[role["school"]] = None
    keys = _shared_keys(tuple(roles), tuple(schools), tuple(primary))
    if contact := roles.get("contact"):
        return {**keys, "student": tuple(tie["student"] for tie in contact["student_relationships"])}
    return keys


@lru_cache(maxsize=65_536)
def _shared_keys(roles: tuple[str, ...], schools: tuple[str, ...], primary: tuple[str, ...]) -> Keys:
    # Hundreds of users of a school share one of these: a million users stay in memory.
    return {"role": roles, "school": schools, "primary": primary}


def _section_keys(data: Json) -> Keys:
    return {
        "school": (data["school"],),
        "course": (data["course"],) if "course" in data else (),
        "term": (data["term_id"],) if "term_id" in data else (),
        "user": tuple(dict.fromkeys((*data["teachers"], *data["students"]))),
    }


class Table:
    """The records of one kind in ascending order of id; never changed, only replaced."""

    def __init__(self, records: Iterable[Record] = ()) -> None:
        self._rows = {r.id: r for r in records}
        self.ids: Sequence[str] = sorted(self._rows)
        self._found_by: dict[str, dict[str, list[str]]] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, record_id: object) -> bool:
        return record_id in self._rows

    def __getitem__(self, record_id: str) -> Record:
        return self._rows[record_id]

    def get(self, record_id: str) -> Record | None:
        return self._rows.get(record_id)

    def having(self, key: str, value: str) -> Sequence[str]:
        """Ascending ids of the records with that value; the first use of a key indexes the table."""
        if key not in self._found_by:
            index: dict[str, list[str]] = {}
            for record_id in self.ids:
                for found in self._rows[record_id].keys.get(key, ()):
                    index.setdefault(found, []).append(record_id)
            self._found_by[key] = index
        return self._found_by[key].get(value, ())

    def changed(self, put: Iterable[Record] = (), drop: Iterable[str] = ()) -> Table:
        """Another table with records added or replaced, and others gone.

        Indexes are carried over with the difference, since a day of a large district is many changes.
        """
        gone = {record_id for record_id in drop if record_id in self._rows}
        new = {r.id: r for r in put if r.id not in gone}
        table = Table()
        table._rows = self._rows | new
        for record_id in gone:
            del table._rows[record_id]
        table.ids = self.ids
        if gone or any(record_id not in self._rows for record_id in new):
            table.ids = sorted(table._rows)
        for key, index in self._found_by.items():
            table._found_by[key] = self._patched(key, index, new, gone)
        return table

    def _patched(
        self, key: str, index: dict[str, list[str]], new: Mapping[str, Record], gone: Iterable[str]
    ) -> dict[str, list[str]]:
        """A copy of an index in which only the lists that differ are new."""
        patched, copied = dict(index), set()
        for record_id in (*new, *gone):
            before = self._rows[record_id].keys.get(key, ()) if record_id in self._rows else ()
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


@dataclass
class District:
    """A district and everything that it shares. `info` is its own API record.

    `day` counts the days that passed since it was loaded; `hidden` keeps what it stopped sharing, by the
    id of the school or person that was unshared.
    """

    info: Json
    tables: dict[Kind, Table] = field(repr=False)
    token_generation: int = 0
    day: int = 0
    hidden: dict[str, dict[Kind, list[Record]]] = field(default_factory=dict, repr=False)

    @property
    def id(self) -> str:
        return str(self.info["id"])

    @property
    def name(self) -> str:
        return str(self.info["name"])

    @property
    def token(self) -> str:
        return district_token(self.id, self.token_generation)

    def change(self, kind: Kind, put: Iterable[Record] = (), drop: Iterable[str] = ()) -> None:
        """Replaces the table in one step, so that a request sees it before or after, never between."""
        self.tables[kind] = self.tables[kind].changed(put, drop)
