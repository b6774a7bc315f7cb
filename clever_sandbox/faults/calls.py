"""A request on its way through the faults, and what kind of request it is.

Belongs here: reading a request. Does not belong here: changing an answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request

from clever_sandbox.api.answers import VERSIONS
from clever_sandbox.api.relations import LISTS
from clever_sandbox.district.district import District
from clever_sandbox.district.tables import KINDS


@dataclass
class Call:
    """A request; `district` is None without a valid token, `clock` gives Unix seconds.

    `per_minute` is the rate limit. A fault that turns Clever's clock sets `skew`.
    """

    request: Request
    district: District | None
    clock: Callable[[], float]
    per_minute: int
    skew: float = 0.0

    @property
    def segments(self) -> list[str]:
        return self.request.url.path.strip("/").lower().split("/")

    @property
    def now(self) -> float:
        return self.clock()


def any_request(_call: Call) -> bool:
    return True


def is_data(call: Call) -> bool:
    return call.segments[0] in VERSIONS


def is_list(call: Call) -> bool:
    """A list of records, whole or below another record; not a count."""
    if not is_data(call) or call.request.query_params.get("count") == "true":
        return False
    match call.segments[1:]:
        case [kind]:
            return kind in KINDS
        case [kind, _, below]:
            return (kind, below) in LISTS
    return False


def is_optional_kind(call: Call) -> bool:
    """Courses and terms, which a district need not share, wherever they are asked for."""
    return is_data(call) and not {"courses", "terms", "course", "term"}.isdisjoint(call.segments[1:])


def is_district(call: Call) -> bool:
    """Wherever the district's own record is shown."""
    return is_data(call) and not {"districts", "district"}.isdisjoint(call.segments[1:])


def is_events(call: Call) -> bool:
    """The feed of events, not one of them."""
    return is_data(call) and call.segments[1:] == ["events"]


def is_later_events(call: Call) -> bool:
    """The feed from a cursor on."""
    return is_events(call) and not {"starting_after", "ending_before"}.isdisjoint(call.request.query_params)


def is_tokens(call: Call) -> bool:
    return call.segments == ["oauth", "tokens"]


def is_data_or_tokens(call: Call) -> bool:
    return is_data(call) or is_tokens(call)


def kind_of(call: Call) -> str:
    """The kind of the records that a path shows."""
    match call.segments[1:]:
        case [kind, _, below] if (kind, below) in LISTS:
            return LISTS[(kind, below)].kind
        case [_, _, below]:
            return below if below.endswith("s") else f"{below}s"
        case [kind, *_]:
            return kind
    return ""
