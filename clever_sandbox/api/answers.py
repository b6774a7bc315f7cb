"""What the Data API answers to a request: lists, counts and single records of one district.

Belongs here: endpoints, their parameters, the two envelopes. Does not belong here: HTTP, tokens and
limits (`app`), misbehaviour (`faults`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

import msgspec

from clever_sandbox.api.paging import (
    COUNT_VALUES,
    PAGE_PARAMETERS,
    Links,
    Page,
    Refused,
    check_parameters,
    cut,
    links,
    window,
)
from clever_sandbox.api.relations import (
    ALL_ROLES,
    LISTS,
    SINGLES,
    WITHOUT_RESOURCES,
    link_rels,
    primary_schools,
)
from clever_sandbox.district.district import District
from clever_sandbox.district.events import Event
from clever_sandbox.district.tables import KINDS, Json, Kind, Record

VERSIONS = ("v3.0", "v3.1")
ROOTS = (*VERSIONS, "userinfo")
"""Where the Data API begins."""

EVENT_KINDS = frozenset({*KINDS, "districts", "resources"})

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True)
class Asked:
    """One request for a district's data; `now` dates what Clever dates by its own clock."""

    district: District
    path: str
    raw_query: str
    query: Mapping[str, str]
    now: float

    def all(self, parameter: str) -> list[str]:
        """Every value of a parameter that may be repeated."""
        return [value for name, value in parse_qsl(self.raw_query, keep_blank_values=True) if name == parameter]

    @property
    def version(self) -> str:
        return self.segments[0]

    @property
    def segments(self) -> list[str]:
        return self.path.strip("/").lower().split("/")


def answer(asked: Asked) -> bytes:
    """The JSON body of a successful answer; raises Refused for everything else."""
    match asked.segments:
        case [version, "districts"] if version in VERSIONS:
            return _districts(asked)
        case [version, "districts", district_id] if version in VERSIONS:
            check_parameters(asked.query, ())
            if district_id != asked.district.id:
                raise _not_found()
            return _district(asked)
        case [version, "resources"] if version in VERSIONS:
            return _empty_list(asked)
        case [version, "resources", _] if version in VERSIONS:
            raise _not_found()
        case [version, "resources", _, "courses" | "sections" | "users"] if version in VERSIONS:
            raise _not_found()
        # They want a user's token; whoever has one of another kind gets the page of an endpoint that is not there.
        case ["userinfo"] | [_, "me"]:
            raise no_such_endpoint()
        # A product of its own, which an application has to have: without it the data is not there.
        case ["v3.1", "attendance", "schools" | "sections", _]:
            raise _not_found()
        case [version, "events"] if version in VERSIONS:
            return _events(asked)
        case [version, "events", event_id] if version in VERSIONS:
            check_parameters(asked.query, ())
            return _event(asked, event_id)
        case [version, kind] if version in VERSIONS:
            return _whole_list(asked, _kind(kind))
        case [version, kind, record_id] if version in VERSIONS:
            check_parameters(asked.query, ())
            return _single(asked, _kind(kind), record_id)
        case [version, kind, record_id, below] if version in VERSIONS:
            return _below(asked, _kind(kind), record_id, below)
    raise no_such_endpoint()


def html_page(title: str) -> bytes:
    """What Clever sends where there is no endpoint, JSON or not."""
    return f"<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>".encode()


def no_such_endpoint() -> Refused:
    return Refused(404, "Not Found", html=True)


def _not_found() -> Refused:
    return Refused(404, "Resource not found")


def _kind(text: str) -> Kind:
    for kind in KINDS:
        if kind == text:
            return kind
    raise no_such_endpoint()


# --- lists -------------------------------------------------------------------------------------------


def _whole_list(asked: Asked, kind: Kind) -> bytes:
    roles = ALL_ROLES if kind == "users" else frozenset[str]()
    check_parameters(asked.query, PAGE_PARAMETERS | {"count"} | ({"role"} if roles else set()))
    table = asked.district.tables[kind]
    if _wants_count(asked):
        return _count(asked, len(table))
    role = _role(asked, roles)
    ids = table.having("role", role) if role else table.ids
    return _list(asked, kind, ids)


def _below(asked: Asked, kind: Kind, record_id: str, below: str) -> bytes:
    listing = LISTS.get((kind, below))
    exists = record_id in asked.district.tables[kind]
    if listing:
        if not exists:
            raise _not_found()
        takes = {"role"} if listing.roles else set()
        check_parameters(asked.query, PAGE_PARAMETERS | takes | ({"primary"} if listing.primary else set()))
        return _list(asked, listing.kind, _filtered(asked, kind, record_id, below))
    if (kind, below) in WITHOUT_RESOURCES:
        if not exists:
            raise _not_found()
        return _empty_list(asked)
    if below != "district" and not (kind == "sections" and below in SINGLES):
        raise no_such_endpoint()
    check_parameters(asked.query, ())
    record = asked.district.tables[kind].get(record_id)
    if record is None:
        raise _not_found()
    if below == "district":
        return _district(asked)
    target, field = SINGLES[below]
    return _single(asked, target, record.data().get(field, ""))


def _filtered(asked: Asked, kind: Kind, record_id: str, below: str) -> Sequence[str]:
    district, listing = asked.district, LISTS[(kind, below)]
    role, primary = _role(asked, listing.roles), asked.query.get("primary")
    if primary not in (None, "true"):
        raise Refused(400, "primary must be true")
    if primary and kind == "users":
        return primary_schools(district, record_id)
    ids = listing.ids(district, record_id)
    table = district.tables[listing.kind]
    if role:
        ids = [found for found in ids if role in table[found].keys["role"]]
    if primary:
        ids = [found for found in ids if record_id in table[found].keys["primary"]]
    return ids


def _role(asked: Asked, allowed: frozenset[str]) -> str | None:
    role = asked.query.get("role")
    if role is not None and role not in allowed:
        raise Refused(400, f"role must be one of {', '.join(sorted(allowed))}")
    return role


def _wants_count(asked: Asked) -> bool:
    value = asked.query.get("count", "")
    if value not in COUNT_VALUES:
        raise Refused(400, "count must be true or false")
    return value == "true"


def _count(asked: Asked, number: int) -> bytes:
    """All objects of the kind: counting does not work alongside other parameters."""
    return _encode({"count": number, "data": [], "links": _links(asked, Page((), prev=False, next=False))})


def _list(asked: Asked, kind: Kind, ids: Sequence[str]) -> bytes:
    page = cut(ids, window(asked.query))
    table = asked.district.tables[kind]
    prefix = f"/{asked.version}/{kind}/".encode()
    rows = (b'{"data":%b,"uri":"%b%b"}' % (_body(asked, table[found]), prefix, found.encode()) for found in page.ids)
    return _envelope(b",".join(rows), _links(asked, page))


def _empty_list(asked: Asked) -> bytes:
    check_parameters(asked.query, PAGE_PARAMETERS)
    window(asked.query)
    return _envelope(b"", _links(asked, Page((), prev=False, next=False)))


def _envelope(rows: bytes, found: Links) -> bytes:
    return b'{"data":[%b],"links":%b}' % (rows, _encode(found))


def _links(asked: Asked, page: Page) -> Links:
    return links(asked.path, asked.raw_query, page)


def _body(asked: Asked, record: Record) -> bytes:
    return record.body if asked.version == "v3.0" else record.body_with_more()


# --- events ------------------------------------------------------------------------------------------


def _events(asked: Asked) -> bytes:
    """The feed, oldest first; with `school` without what belongs to none."""
    check_parameters(asked.query, PAGE_PARAMETERS | {"school", "record_type"})
    school, kinds = asked.query.get("school"), asked.all("record_type")
    for kind in kinds:
        if kind not in EVENT_KINDS:
            raise Refused(400, f"record_type must be one of {', '.join(sorted(EVENT_KINDS))}")

    def wanted(event: Event) -> bool:
        shown = event.is_in(asked.version) and (not kinds or event.type.partition(".")[0] in kinds)
        return shown and (school is None or school in event.schools)

    ids, found = asked.district.feed.since(asked.now, wanted)
    page = cut(ids, window(asked.query))
    rows = (_event_row(asked, found[event_id]) for event_id in page.ids)
    return _envelope(b",".join(rows), _links(asked, page))


def _event(asked: Asked, event_id: str) -> bytes:
    _, found = asked.district.feed.since(asked.now, lambda event: event.id == event_id)
    if event_id not in found or not found[event_id].is_in(asked.version):
        raise _not_found()
    return _single_envelope(asked, _event_body(asked, found[event_id]), f"events/{event_id}", ())


def _event_row(asked: Asked, event: Event) -> bytes:
    uri = f"/{asked.version}/events/{event.id}".encode()
    return b'{"data":%b,"uri":"%b"}' % (_event_body(asked, event), uri)


def _event_body(asked: Asked, event: Event) -> bytes:
    head = _encode({"id": event.id, "type": event.type, "created": event.created})
    return b'%b,"data":%b}' % (head[:-1], event.body(asked.version))


# --- single records ----------------------------------------------------------------------------------


def _single(asked: Asked, kind: Kind, record_id: str) -> bytes:
    record = asked.district.tables[kind].get(record_id)
    if record is None:
        raise _not_found()
    rels = link_rels(kind, record.keys.get("role", ()))
    return _single_envelope(asked, _body(asked, record), f"{kind}/{record_id}", rels)


def _single_envelope(asked: Asked, body: bytes, place: str, rels: Sequence[str]) -> bytes:
    uri = f"/{asked.version}/{place}"
    found = [{"rel": "self", "uri": uri}, *({"rel": rel, "uri": f"{uri}/{rel.lower()}"} for rel in rels)]
    return b'{"data":%b,"links":%b}' % (body, _encode(found))


def _district(asked: Asked) -> bytes:
    return _single_envelope(asked, _encode(_info(asked)), f"districts/{asked.district.id}", ())


def _districts(asked: Asked) -> bytes:
    """A token sees its own district only, so there is never a second page."""
    check_parameters(asked.query, PAGE_PARAMETERS | {"count"})
    if _wants_count(asked):
        return _count(asked, 1)
    page = cut([asked.district.id], window(asked.query))
    rows = [_encode({"data": _info(asked), "uri": f"/{asked.version}/districts/{found}"}) for found in page.ids]
    return _envelope(b",".join(rows), _links(asked, page))


def _info(asked: Asked) -> Json:
    """The district's record, with what Clever says about its own work."""
    info = asked.district.info | {"last_sync": asked.district.last_sync(asked.now)}
    return info if asked.version == "v3.0" else info | {"lms_type": "", "lms_state": ""}
