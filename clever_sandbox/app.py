"""The local Clever as a web application: credentials, rate limit, and the way to an answer.

Belongs here: HTTP. Does not belong here: what is answered (`answers`), listening on a port (`server`).
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import secrets
import time
from collections.abc import Awaitable, Callable, Sequence
from copy import copy
from email.utils import formatdate
from functools import partial

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from clever_sandbox.api.answers import ROOTS, Asked, answer, html_page, no_such_endpoint
from clever_sandbox.api.limiter import REQUESTS_PER_MINUTE, Limiter
from clever_sandbox.api.paging import Refused
from clever_sandbox.control.routes import CONTROL_ROUTES
from clever_sandbox.district.district import District
from clever_sandbox.district.ids import clever_id, created_and_modified
from clever_sandbox.district.tables import Json
from clever_sandbox.faults.calls import Call
from clever_sandbox.faults.latency import NONE, Latency
from clever_sandbox.faults.switchboard import Switchboard
from clever_sandbox.faults.table import USUAL_COUNTS, with_faults
from clever_sandbox.sandbox import Clock, Sandbox

CLIENT_ID = "sandbox"
CLIENT_SECRET = "sandbox-secret"  # noqa: S105 - guards synthetic people on this machine
TOKENS_PATH = "/oauth/tokens"

SCOPES = [
    f"read:{what}"
    for what in (
        "district_admins districts resources school_admins schools sections student_contacts students teachers user_id"
    ).split()
]


def create_app(
    districts: Sequence[District],
    *,
    requests_per_minute: int = REQUESTS_PER_MINUTE,
    clock: Callable[[], float] = time.time,
    seed: int = 0,
    latency: Latency = NONE,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> Starlette:
    """Clever for these districts; `clock` gives the machine's Unix seconds, `seed` the dice of faults.

    `sleep` waits for as many seconds as `latency` costs.

    What runs is `app.state.sandbox`.
    """
    app = Starlette(
        routes=[
            *CONTROL_ROUTES,
            Route(TOKENS_PATH, _faulty(_tokens)),
            Route("/oauth/tokeninfo", _faulty(_token_info)),
            Route("/{path:path}", _faulty(_data), methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
        ]
    )
    faults = Switchboard(USUAL_COUNTS, seed)
    own = Clock(clock)
    app.state.sandbox = Sandbox(districts, Limiter(requests_per_minute, own), own, faults, latency=latency, sleep=sleep)
    return app


def _faulty(healthy: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint with whatever faults are switched on, and with Clever's time of day."""

    async def endpoint(request: Request) -> Response:
        sandbox = _sandbox(request)
        call = Call(request, sandbox.district_of(_bearer(request)), sandbox.clock, sandbox.limiter.per_minute)
        response = await with_faults(call, sandbox.faults.on, partial(healthy, request))
        response.headers["Date"] = formatdate(sandbox.clock() + call.skew, usegmt=True)
        return response

    return endpoint


def _json(body: Json, status: int = 200) -> Response:
    return Response(msgspec.json.encode(body), status, media_type="application/json")


def _sandbox(request: Request) -> Sandbox:
    found: Sandbox = request.app.state.sandbox
    return found


# --- tokens ------------------------------------------------------------------------------------------


async def _tokens(request: Request) -> Response:
    """The tokens of all districts, or of one; an unknown one gives an empty list, not an error."""
    if not _is_client(request):
        return _oauth_error("invalid_client", "client id and secret do not match", 401)
    if request.query_params.get("owner_type", "district") != "district":
        return _oauth_error("invalid_request", "owner_type must be district", 400)
    wanted = request.query_params.get("district")
    return _json(
        {
            "data": [_token(d) for d in _sandbox(request).districts if wanted in (None, d.id)],
            "links": [{"rel": "self", "uri": _asked_uri(request)}],
        }
    )


def _token(district: District) -> Json:
    authorization = clever_id(district.id, "token", str(district.token_generation))
    return {
        "id": authorization,
        "created": created_and_modified(authorization)[0],
        "owner": {"type": "district", "id": district.id},
        "access_token": district.token,
        "scopes": SCOPES,
    }


async def _token_info(request: Request) -> Response:
    if _sandbox(request).district_of(_bearer(request)) is None:
        return _oauth_error("invalid_token", "unknown token", 401)
    return _json({"client_id": CLIENT_ID, "scopes": SCOPES})


def _oauth_error(error: str, description: str, status: int) -> Response:
    return _json({"error": error, "error_description": description}, status)


def _is_client(request: Request) -> bool:
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    try:
        given = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        return False
    expected = f"{CLIENT_ID}:{CLIENT_SECRET}".encode()
    return scheme.lower() == "basic" and secrets.compare_digest(given, expected)


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    # Header bytes arrive as latin-1; a token that is not ASCII is nobody's, and cannot be compared.
    return token if scheme.lower() == "bearer" and token.isascii() else ""


def _asked_uri(request: Request) -> str:
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


# --- data --------------------------------------------------------------------------------------------


async def _data(request: Request) -> Response:
    sandbox = _sandbox(request)
    if request.url.path.strip("/").split("/")[0].lower() not in ROOTS:
        return _refusal(no_such_endpoint())
    token = _bearer(request)
    district = sandbox.district_of(token)
    if district is None:
        return _refusal(Refused(401, "invalid token"))
    allowance = sandbox.limiter.take(token)
    response = _answer(request, sandbox, district) if allowance.allowed else Response(status_code=429)
    if seconds := sandbox.latency.seconds(response):
        await sandbox.sleep(seconds)
    response.raw_headers.extend(allowance.headers())
    return response


def _answer(request: Request, sandbox: Sandbox, district: District) -> Response:
    if request.method not in ("GET", "HEAD"):
        return _refusal(Refused(501, "unsupported request"))
    query = dict(request.query_params)
    district.wake(sandbox.clock())
    district = copy(district)  # an answer is made of the tables of one moment
    asked = Asked(district, request.url.path, request.url.query, query, sandbox.clock())
    try:
        return Response(answer(asked), media_type="application/json")
    except Refused as refused:
        return _refusal(refused)


def _refusal(refused: Refused) -> Response:
    if refused.html:
        return Response(html_page(refused.message), refused.status, media_type="text/html")
    return _json({"message": refused.message}, refused.status)
