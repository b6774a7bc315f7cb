"""The ways in which the real Clever disappoints, as one table of short functions.

Belongs here: what each fault does to an answer. Does not belong here: when it strikes (`switchboard`),
which requests it can (`calls`), bad records and pages (`hostile`, `bad_pages`), the healthy answer.
"""

from __future__ import annotations

import math
import re
from asyncio import sleep
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TypeAlias

import msgspec
from starlette.responses import Response

from clever_sandbox.api.answers import html_page
from clever_sandbox.api.limiter import Allowance
from clever_sandbox.district.ids import clever_time
from clever_sandbox.district.tables import Json, decode
from clever_sandbox.faults import bad_pages, feeds, hostile
from clever_sandbox.faults.calls import (
    Call,
    any_request,
    is_data,
    is_data_or_tokens,
    is_district,
    is_events,
    is_later_events,
    is_list,
    is_optional_kind,
    is_tokens,
    kind_of,
)
from clever_sandbox.faults.connections import BrokenOff
from clever_sandbox.faults.switchboard import Fault, Switched

FOREVER = 3600.0
_DAY = 86_400.0

Answer: TypeAlias = Callable[[], Awaitable[Response]]
Effect: TypeAlias = Callable[[Call, Fault, Answer], Awaitable[Response]]
Edit: TypeAlias = Callable[[Call, Json], Json | None]


# --- other answers instead ---------------------------------------------------------------------------


def _status(status: int, body: bytes = b"", media_type: str = "application/json") -> Effect:
    async def effect(_call: Call, _fault: Fault, _answer: Answer) -> Response:
        return Response(body, status, media_type=media_type)

    return effect


def _html(status: int, title: str) -> Effect:
    return _status(status, html_page(title), "text/html")


async def _limited(call: Call, fault: Fault, _answer: Answer) -> Response:
    response = Response(status_code=429)
    response.raw_headers.extend(_spent(call, fault).headers())
    return response


async def _limited_twice(call: Call, fault: Fault, _answer: Answer) -> Response:
    """As Clever's proxy spells it, once for each limit that applies; only the second one is used up."""
    response = Response(status_code=429)
    wide = Allowance(100_000, 99_000, math.ceil(call.now) + 3600, allowed=True)
    for allowance in (wide, _spent(call, fault)):
        named = ((name.replace(b"RateLimit", b"Ratelimit"), value) for name, value in allowance.headers())
        response.raw_headers.extend(named)
    return response


def _spent(call: Call, fault: Fault) -> Allowance:
    return Allowance(call.per_minute, 0, math.ceil(call.now + (fault.seconds or 1)), allowed=False)


async def _reset(_call: Call, _fault: Fault, _answer: Answer) -> Response:
    return BrokenOff(None, reset=True)


async def _stall(_call: Call, fault: Fault, _answer: Answer) -> Response:
    return BrokenOff(None, seconds=fault.seconds or FOREVER)


async def _stall_in_body(_call: Call, fault: Fault, answer: Answer) -> Response:
    return _half_of(await answer(), seconds=fault.seconds or FOREVER)


async def _truncated(_call: Call, _fault: Fault, answer: Answer) -> Response:
    return _half_of(await answer(), seconds=0)


def _half_of(response: Response, seconds: float) -> Response:
    """Half of a successful answer; an error stays what it is."""
    body = bytes(response.body)
    if response.status_code != 200 or not body:
        return response
    return BrokenOff(body[: len(body) // 2], len(body), seconds=seconds)


async def _cut_json(_call: Call, _fault: Fault, answer: Answer) -> Response:
    response = await answer()
    return _with_body(response, bytes(response.body)[: len(response.body) // 2])


async def _slow(_call: Call, fault: Fault, answer: Answer) -> Response:
    await sleep(fault.seconds or 0.2)
    return await answer()


async def _clock_skew(call: Call, fault: Fault, answer: Answer) -> Response:
    """Clever's clock is ahead of ours: all of its times are, the Date header's included."""
    call.skew = fault.seconds or 3600
    response = await answer()
    response.raw_headers = [
        (name, str(int(value) + int(call.skew)).encode() if name.lower() == b"x-ratelimit-reset" else value)
        for name, value in response.raw_headers
    ]
    return response


# --- edited answers ----------------------------------------------------------------------------------


def _with_body(response: Response, body: bytes) -> Response:
    edited = Response(body, response.status_code, media_type=response.media_type)
    own = {name for name, _ in edited.raw_headers}
    edited.raw_headers.extend(header for header in response.raw_headers if header[0] not in own)
    return edited


def _edited(edit: Edit) -> Effect:
    """Edits the JSON of a successful answer; an edit that returns None leaves it alone."""

    async def effect(call: Call, _fault: Fault, answer: Answer) -> Response:
        response = await answer()
        if response.status_code != 200:
            return response
        body = edit(call, decode(bytes(response.body)))
        return response if body is None else _with_body(response, msgspec.json.encode(body))

    return effect


def _unknown_keys(_call: Call, body: Json) -> Json:
    edited: Json = hostile.unknown_keys(body)
    return edited


def _records(body: Json) -> list[Json]:
    return [element["data"] for element in body["data"]] if isinstance(body["data"], list) else [body["data"]]


def _spoiled(spoil: Callable[[str, Json], None]) -> Effect:
    """Spoils every record of an answer, listed or single."""

    def edit(call: Call, body: Json) -> Json:
        for record in _records(body):
            spoil(kind_of(call), record)
        return body

    return _edited(edit)


# --- districts and tokens ----------------------------------------------------------------------------


def _district(change: Callable[[Call, Fault], Json]) -> Effect:
    """Changes the district's own record wherever it is shown."""

    async def effect(call: Call, fault: Fault, answer: Answer) -> Response:
        def edit(call: Call, body: Json) -> Json:
            for record in _records(body):
                if "login_methods" in record:
                    record |= change(call, fault)
            return body

        return await _edited(edit)(call, fault, answer)

    return effect


def _paused(call: Call, fault: Fault) -> Json:
    now = datetime.fromtimestamp(call.now, UTC)
    start, end = now - timedelta(days=7), now + timedelta(seconds=fault.seconds or 14 * _DAY)
    return {"state": "paused", "pause_start": start.date().isoformat(), "pause_end": end.date().isoformat()}


def _in_error(_call: Call, _fault: Fault) -> Json:
    return {"state": "error", "error": "The last upload could not be read."}


def _stale(call: Call, fault: Fault) -> Json:
    return {"last_sync": clever_time(call.now - (fault.seconds or 4 * _DAY))}


async def _token_rotation(call: Call, _fault: Fault, answer: Answer) -> Response:
    """From this request on the token is another one, which /oauth/tokens gives."""
    if call.district:
        call.district.token_generation += 1
    return await answer()


async def _district_gone(call: Call, fault: Fault, answer: Answer) -> Response:
    """The district's token is not listed any more, and refused; without a district, all of them."""
    if not is_tokens(call):
        return await _dead_token(call, fault, answer)

    def edit(_call: Call, body: Json) -> Json:
        left = [token for token in body["data"] if fault.district not in (None, token["owner"]["id"])]
        return body | {"data": left}

    return await _edited(edit)(call, fault, answer)


_dead_token = _status(401, b'{"message":"invalid token"}')


# --- the table ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Kind:
    """What a fault does, which requests it can strike, how often unless a count is given.

    A fault of one district strikes that district's data; `listed` ones also the list of tokens.
    """

    what: str
    effect: Effect
    can_strike: Callable[[Call], bool] = any_request
    count: int | None = None
    listed: bool = False


_MESSAGE = b'{"message":"Internal error"}'
_NOT_FOUND = b'{"message":"Resource not found"}'

NO_EVENTS = "events_off"

# In the order in which they act on one answer: first its data, then its pages, then its way to us.
FAULTS: dict[str, Kind] = {
    "unknown_enums": Kind("words that no list has", _spoiled(hostile.unknown_enums), is_data),
    "dangling_ids": Kind("ids that cannot be read", _spoiled(hostile.dangling_ids), is_data),
    "unknown_roles": Kind("users with roles nobody knows, or none", _spoiled(hostile.unknown_roles), is_data),
    "nulls": Kind("null for everything missing", _spoiled(hostile.nulls), is_data),
    "wrong_types": Kind("fields of another type", _spoiled(hostile.wrong_types), is_data),
    "missing_fields": Kind("guaranteed fields are missing", _spoiled(hostile.missing_fields), is_data),
    "hostile": Kind("all bad data at once", _spoiled(hostile.hostile), is_data),
    "paused": Kind("the district is paused for `seconds` (14 days) more", _district(_paused), is_district),
    "district_error": Kind("the district's last upload failed", _district(_in_error), is_district),
    "stale": Kind("Clever last heard from the district `seconds` (4 days) ago", _district(_stale), is_district),
    "early_end": Kind("half a page, and no `next` although more exists", _edited(bad_pages.early_end), is_list),
    "duplicate_id": Kind("one id on two pages", _edited(bad_pages.duplicate_id), is_list),
    "out_of_order": Kind("a page in descending order", _edited(bad_pages.out_of_order), is_list),
    "empty_last_page": Kind("`next` leads to an empty page at the end", _edited(bad_pages.empty_last_page), is_list),
    "endless_next": Kind("`next` never ends", _edited(bad_pages.endless_next), is_list),
    "circular_next": Kind("the last `next` leads to the first page", _edited(bad_pages.circular_next), is_list),
    "repeating_next": Kind("`next` is the page itself", _edited(bad_pages.repeating_next), is_list),
    "unshared_empty": Kind("courses and terms are empty lists", _edited(bad_pages.empty), is_optional_kind),
    "unshared_json": Kind("courses and terms are 404", _status(404, _NOT_FOUND), is_optional_kind),
    "unshared_html": Kind("courses and terms are 404 as HTML", _html(404, "Not Found"), is_optional_kind),
    NO_EVENTS: Kind("no events, and none are written: a hole for ever", _edited(feeds.silent), is_events),
    "events_silent": Kind("no events are shown, but they are written", _edited(feeds.silent), is_events),
    "events_reduced": Kind("changed people show two fields", _edited(feeds.reduced), is_events),
    "events_dropped": Kind("one event in five is missing", _edited(feeds.dropped), is_events),
    "events_late": Kind("one event in five turns up an hour later", _edited(feeds.late), is_events),
    "events_out_of_order": Kind("events change places in a page", _edited(feeds.out_of_order), is_events),
    "events_repeated": Kind("every event twice in a page", _edited(feeds.repeated), is_events),
    "events_refused": Kind("the cursor is refused", _status(404, _NOT_FOUND), is_later_events),
    "unknown_keys": Kind("keys nobody knows, everywhere", _edited(_unknown_keys)),
    "token_dead": Kind("the token is refused though still listed", _dead_token, is_data),
    "district_gone": Kind("the district revoked its authorization", _district_gone, is_data_or_tokens, listed=True),
    "html_200": Kind("an HTML page with status 200", _html(200, "Log in"), is_data),
    "html_404": Kind("an HTML page with status 404", _html(404, "Not Found"), is_data),
    "500": Kind("internal error", _status(500, _MESSAGE)),
    "502": Kind("bad gateway, as HTML", _html(502, "Bad Gateway")),
    "503": Kind("unavailable, with an empty body", _status(503)),
    "429": Kind("over the rate limit until `seconds` (1) from now", _limited),
    "429_repeated": Kind("the same, with the headers spelled and repeated as by Clever's proxy", _limited_twice),
    "cut_json": Kind("a body of the right length that ends in the middle", _cut_json),
    "truncated": Kind("the connection ends before the length that was promised", _truncated),
    "stall_in_body": Kind("half an answer, then nothing for `seconds` (an hour)", _stall_in_body),
    "stall": Kind("no answer for `seconds` (an hour)", _stall),
    "reset": Kind("the connection is reset before an answer", _reset),
    "slow": Kind("every answer `seconds` (0.2) later", _slow),
    "token_rotation": Kind("the token is replaced", _token_rotation, is_data, count=1),
    "clock_skew": Kind("Clever's clock is ahead by `seconds` (an hour)", _clock_skew),
}
_AS_TEXT = re.compile(r"(?P<fault>[^:]+)(:(?P<rate>[\d.]+)(:(?P<count>\d+))?)?")
_ORDER = {name: place for place, name in enumerate(FAULTS)}
USUAL_COUNTS = {name: kind.count for name, kind in FAULTS.items()}


async def with_faults(call: Call, switched_on: Iterable[Switched], healthy: Answer) -> Response:
    """The answer after every fault that strikes the request."""
    struck = [
        switched.settings for switched in switched_on if _can_strike(call, switched.settings) and switched.strikes()
    ]
    answer = healthy
    for fault in sorted(struck, key=lambda f: _ORDER[f.fault]):
        answer = partial(FAULTS[fault.fault].effect, call, fault, answer)
    return await answer()


def _can_strike(call: Call, fault: Fault) -> bool:
    kind = FAULTS[fault.fault]
    path = call.request.url.path.lower()
    if fault.path and not any(p.startswith(fault.path.lower()) for p in (path, path[len("/v3.0") :])):
        return False
    if fault.district and not (call.district.id == fault.district if call.district else kind.listed):
        return False
    return kind.can_strike(call)


def parse_fault(text: str) -> Fault:
    """`name`, `name:rate` or `name:rate:count`, as a terminal gives it; raises ValueError."""
    if text.split(":")[0] not in FAULTS:
        raise ValueError(f"unknown fault {text.split(':')[0]!r}; known: {', '.join(FAULTS)}")
    parts = _AS_TEXT.fullmatch(text)
    try:
        given = {name: value for name, value in parts.groupdict().items() if value} if parts else {}
        return msgspec.convert(given, Fault, strict=False)
    except msgspec.ValidationError:
        raise ValueError(f"{text!r} is not name, name:rate or name:rate:count with a rate from 0 to 1") from None
