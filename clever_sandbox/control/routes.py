"""The sandbox's own endpoints, which Clever does not have: faults, latency, and days that pass.

Belongs here: the server's end of `/sandbox/...`. Does not belong here: the caller's (`remote`), what a
fault or a day does.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from typing import Annotated

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from clever_sandbox.district.district import NIGHTLY
from clever_sandbox.faults.latency import PROFILES, parse_latency
from clever_sandbox.faults.switchboard import Fault
from clever_sandbox.faults.table import FAULTS, NO_EVENTS
from clever_sandbox.sandbox import Sandbox
from clever_sandbox.year.advance import advance
from clever_sandbox.year.happening import Happening

MOST_DAYS = 1000


class Advance(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """An order to let days pass, so many or until a day has come. Without kinds they are usual days.

    Time passes in all districts; with a `district`, the kinds happen only there, and the others have usual days.
    """

    days: Annotated[int, msgspec.Meta(ge=1, le=MOST_DAYS)] = 1
    seed: int = 0
    kinds: list[str] | None = None
    district: str | None = None
    to: date | None = None


class Late(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An order to answer later, in the words of the command line: a profile's name, or `PAGE_MS[:RECORD_US]`."""

    latency: str


class Advanced(msgspec.Struct, frozen=True):
    """What happened, in order, and what time it is now (ISO, where the first district is)."""

    events: list[Happening]
    now: str


def _sandbox(request: Request) -> Sandbox:
    found: Sandbox = request.app.state.sandbox
    return found


def _json(body: object, status: int = 200) -> Response:
    return Response(msgspec.json.encode(body), status, media_type="application/json")


async def _show_faults(request: Request) -> Response:
    on = [
        {**msgspec.to_builtins(fault.settings), "seen": fault.seen, "struck": fault.struck}
        for fault in _sandbox(request).faults.on
    ]
    return _json({"faults": on, "available": {name: kind.what for name, kind in FAULTS.items()}})


async def _add_fault(request: Request) -> Response:
    try:
        _sandbox(request).faults.switch_on(msgspec.json.decode(await request.body(), type=Fault))
    except ValueError as error:  # also msgspec's
        return _json({"message": str(error)}, 400)
    return await _show_faults(request)


async def _clear_faults(request: Request) -> Response:
    _sandbox(request).faults.clear()
    return await _show_faults(request)


async def _show_latency(request: Request) -> Response:
    return _json({"latency": _sandbox(request).latency, "available": PROFILES})


async def _set_latency(request: Request) -> Response:
    try:
        order = msgspec.json.decode(await request.body(), type=Late)
        _sandbox(request).latency = parse_latency(order.latency)
    except ValueError as error:
        return _json({"message": str(error)}, 400)
    return await _show_latency(request)


async def _advance(request: Request) -> Response:
    sandbox = _sandbox(request)
    try:
        order = msgspec.json.decode(await request.body() or b"{}", type=Advance)
        async with sandbox.advancing:  # one after the other; answers go on meanwhile
            events = await run_in_threadpool(advance_sandbox, sandbox, order)
    except ValueError as error:
        return _json({"message": str(error)}, 400)
    return _json(Advanced(events, sandbox.local_time()))


async def _show_events(request: Request) -> Response:
    sandbox = _sandbox(request)
    return _json(Advanced(sandbox.events, sandbox.local_time()))


async def _show_clock(request: Request) -> Response:
    return _json({"now": _sandbox(request).local_time()})


def _own(endpoint: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint that no web page of another address can reach through somebody's browser."""

    async def guarded(request: Request) -> Response:
        if request.headers.get("origin") not in (None, f"http://{request.headers.get('host')}"):
            return _json({"message": "orders come from this machine's own programs, not from a web page"}, 403)
        return await endpoint(request)

    return guarded


CONTROL_ROUTES = [
    Route(f"/sandbox/{name}", _own(endpoint), methods=[method])
    for method, name, endpoint in (
        ("GET", "faults", _show_faults),
        ("POST", "faults", _add_fault),
        ("DELETE", "faults", _clear_faults),
        ("GET", "latency", _show_latency),
        ("POST", "latency", _set_latency),
        ("GET", "clock", _show_clock),
        ("GET", "advance", _show_events),
        ("POST", "advance", _advance),
    )
]


def advance_sandbox(sandbox: Sandbox, order: Advance) -> list[Happening]:
    """Lets days pass in one district, or in all, and remembers what happened. Raises ValueError.

    The sandbox's clock moves on with the days; every night Clever takes over what the district uploaded.
    """
    districts = sandbox.districts
    if order.district and order.district not in {district.id for district in districts}:
        raise ValueError(f"there is no district {order.district!r}")
    happened: list[Happening] = []
    for _ in range(_days(order, sandbox.clock.now.astimezone(districts[0].zone).date())):
        # A day later by the wall, also where a night has one hour more or less.
        moment = sandbox.clock.now.astimezone(districts[0].zone) + timedelta(days=1)
        for district in districts:
            local = moment.astimezone(district.zone)
            district.feed.on = not sandbox.faults.has(NO_EVENTS, district.id)
            kinds = order.kinds if order.district in (None, district.id) else None
            happened += advance(district, order.seed, day=local.date(), kinds=kinds)
            district.ingest(min(local, datetime.combine(local.date(), NIGHTLY, district.zone)))
        sandbox.clock.set(moment)
    sandbox.events.extend(happened)
    return happened


def _days(order: Advance, today: date) -> int:
    if order.to is None:
        return order.days
    days = (order.to - today).days
    if days <= 0:
        raise ValueError(f"it is {today} there already, and no day comes back")
    if days > MOST_DAYS:
        raise ValueError(f"it is {today} there, and {MOST_DAYS} days pass at most")
    return days
