"""Clever's answers as it describes them: the envelopes around its objects (`objects`), tokens, and events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from .objects import (
    Course,
    District,
    District31,
    Id,
    NotEmpty,
    Resource,
    School,
    Section,
    Section31,
    Strict,
    Term,
    Time,
    User,
    User31,
)


class NotFound(Strict):
    """The body of an error."""

    message: NotEmpty


class Link(Strict):
    rel: str
    uri: Annotated[str, Meta(pattern=r"^/(v3\.[01]|oauth)/")]


class Token(Strict):
    """An element of /oauth/tokens, which unlike the Data API's is not wrapped."""

    id: Id
    created: Time
    owner: dict[str, str]
    access_token: Annotated[str, Meta(pattern="^[0-9a-f]{40}$")]
    scopes: list[str]


class Tokens(Strict):
    data: list[Token]
    links: list[Link]


SCHEMAS: dict[str, dict[str, type[Struct]]] = {
    "v3.0": {
        "districts": District,
        "schools": School,
        "courses": Course,
        "terms": Term,
        "sections": Section,
        "users": User,
        "resources": Resource,
    },
    "v3.1": {
        "districts": District31,
        "schools": School,
        "courses": Course,
        "terms": Term,
        "sections": Section31,
        "users": User31,
        "resources": Resource,
    },
}


class Page(Strict):
    """A list; `data` is checked element by element."""

    data: list[Element]
    links: list[Link]


class Element(Strict):
    data: dict[str, Any]
    uri: str


class Counted(Strict):
    count: Annotated[int, Meta(ge=0)]
    data: Annotated[list[Any], Meta(max_length=0)]
    links: Annotated[list[Link], Meta(min_length=1, max_length=1)]


class Single(Strict):
    data: dict[str, Any]
    links: Annotated[list[Link], Meta(min_length=1)]


def check_record(version: str, kind: str, record: Any) -> None:
    """Raises msgspec.ValidationError, which names the path and the type, not the value."""
    msgspec.convert(record, SCHEMAS[version][kind])


# --- events ------------------------------------------------------------------------------------------


class Changed(Strict):
    object: dict[str, Any]
    previous_attributes: Annotated[dict[str, Any], Meta(min_length=1)] | UnsetType = UNSET


class Event(Strict):
    id: Id
    type: Annotated[
        str, Meta(pattern=r"^(courses|districts|resources|schools|sections|terms|users)\.(created|updated|deleted)$")
    ]
    created: Time
    data: Changed


# All that is left of a person of whom a district lets less be seen.
_REDUCED = frozenset({"id", "district", "ell_status"})


def check_event(version: str, element: Any) -> None:
    """An element of the feed, in the shape of Clever's own; raises msgspec.ValidationError or AssertionError."""
    wrapped = msgspec.convert(element, Element)
    event = msgspec.convert(wrapped.data, Event)
    assert wrapped.uri == f"/{version}/events/{event.id}"
    kind, action = event.type.split(".")
    seen, previous = event.data.object, event.data.previous_attributes
    if action != "updated":
        assert previous is UNSET, "the whole object has no previous attributes"
        check_record(version, kind, seen)
        return
    assert isinstance(previous, Mapping), "an update says what was there before"
    if not (kind == "users" and seen.keys() <= _REDUCED):
        check_record(version, kind, seen)
    assert previous.keys() <= {field.encode_name for field in msgspec.structs.fields(SCHEMAS[version][kind])}
    assert all(seen.get(name) != value for name, value in previous.items()), "what is the same did not change"
