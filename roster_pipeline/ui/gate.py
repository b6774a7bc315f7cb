"""The door of the UI: which requests come in at all, and as whom.

Belongs here: what can be told from a request's head: host, origin, method, kind of body, the person. Does not belong
here: what a person may do inside (`permissions.py`).

A browser lets any website send requests to an address it can reach, this machine's included. What it cannot do is
choose the Host and Origin of these, or send JSON without asking first. A name of its own that it lets point here
(DNS rebinding) stands in Host.
"""

from __future__ import annotations

import hmac
import logging
from dataclasses import dataclass
from ipaddress import ip_address

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from roster_pipeline.errors import RosterError
from roster_pipeline.ui.settings import Access, Host

log = logging.getLogger(__name__)

PROOF = "X-Roster-Proxy-Secret"
"""The header by which the proxy proves that it is the proxy."""

ALIVE = "/server_info"
"""Answered without a sign-in, for whoever looks whether the server is up: it tells Dagster's version."""

_VISITOR = "roster_pipeline.visitor"
_DEFAULT_PORTS = {"http": 80, "https": 443}
_LONGEST_NAME = 200


@dataclass(frozen=True)
class Visitor:
    """Who asks, and whether they may change anything; `name` is None when nobody signs in here."""

    name: str | None
    may_edit: bool


class Refusal(RosterError):
    """Why a request does not come in, and what to do; `status` is HTTP's."""

    def __init__(self, status: int, what: str, *, do: str) -> None:
        super().__init__(what, do=do)
        self.status = status

    def response(self, scope: Scope) -> Response:
        """In words for a person; as GraphQL's own errors for who posts, so that the UI shows them."""
        if scope["method"] == "POST":
            return JSONResponse({"errors": [{"message": str(self)}]}, status_code=self.status)
        return PlainTextResponse(f"{self}\n", status_code=self.status)


def visitor(connection: HTTPConnection) -> Visitor:
    """Who has come in. Raises KeyError when nobody stood at the door."""
    found: Visitor = connection.scope[_VISITOR]
    return found


class Gate:
    """Lets in what may come in, and says who it is; the rest gets a sentence."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app = app
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        try:
            scope[_VISITOR] = admit(scope, self._access)
        except Refusal as refusal:
            log.warning("Refused with %s: %s", refusal.status, refusal.what)
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})  # 403; no page can read why
            else:
                await refusal.response(scope)(scope, receive, send)
            return
        await self._app(scope, receive, _not_for_others(send))


def admit(scope: Scope, access: Access) -> Visitor:
    """Who sends this request. Raises Refusal."""
    headers = Headers(scope=scope)
    _check_origin(headers, _host(headers, access))
    if scope["type"] == "http":
        _check_kind(scope["method"], headers)
    if access.user_header is None or (scope["type"] == "http" and scope["path"] == ALIVE):
        return Visitor(None, access.may_edit(None))
    _check_proxy(scope, headers, access)
    name = _name(headers, access.user_header)
    return Visitor(name, access.may_edit(name))


def _host(headers: Headers, access: Access) -> Host:
    said = headers.getlist("host")
    host = Host.read(said[0]) if len(said) == 1 else None
    if host is None:
        raise Refusal(400, "This request does not say which host it is for", do="Send one Host header")
    if not access.answers_to(host):
        raise Refusal(
            421,
            f"This is not {said[0][:100]}",
            do="Open the UI by its own address, such as http://127.0.0.1:3000; if that name is meant, "
            "add it to ROSTER_UI_HOSTS and start anew",
        )
    return host


def _check_origin(headers: Headers, host: Host) -> None:
    """Browsers say from which site a request comes, whenever it is not a mere visit."""
    for origin in headers.getlist("origin"):
        scheme, _, rest = origin.partition("://")
        default = _DEFAULT_PORTS.get(scheme)
        came_from = Host.read(rest) if default else None
        if came_from is None or (came_from.name, came_from.port or default) != (host.name, host.port or default):
            raise Refusal(
                403,
                "Another website has sent this request, and it was not carried out",
                do="Do it in the UI itself. Behind a reverse proxy: let it pass on the browser's Host header",
            )


def _check_kind(method: str, headers: Headers) -> None:
    """What a form, a link or an image of another site can send is no JSON."""
    if method not in ("GET", "HEAD", "POST"):
        raise Refusal(405, f"{method[:20]} is not answered here", do="Use GET or POST")
    kinds = headers.getlist("content-type")
    if method == "POST" and (len(kinds) != 1 or kinds[0].split(";")[0].strip().lower() != "application/json"):
        raise Refusal(415, "A POST must have a body of JSON", do="Send it with Content-Type: application/json")


def _check_proxy(scope: Scope, headers: Headers, access: Access) -> None:
    """The header with the name can be trusted only when the proxy has written it."""
    if access.proxy_secret is not None:
        said = headers.getlist(PROOF)
        known = len(said) == 1 and hmac.compare_digest(said[0].encode(), access.proxy_secret.encode())
        do = f"Open the UI by the proxy's address; the proxy must send ROSTER_UI_PROXY_SECRET in {PROOF}"
    else:
        client = scope.get("client")
        known = client is not None and ip_address(client[0]).is_loopback
        do = "Open the UI by the proxy's address; a proxy on another machine needs ROSTER_UI_PROXY_SECRET"
    if not known:
        raise Refusal(403, "This request did not come through the proxy that signs people in", do=do)


def _name(headers: Headers, header: str) -> str:
    names = [value.strip() for value in headers.getlist(header)]
    if names in ([], [""]):
        raise Refusal(401, "Nobody is signed in", do=f"Sign in at the proxy, which must name the person in {header}")
    name = names[0].encode("latin-1").decode(errors="replace")
    if len(names) > 1 or len(name) > _LONGEST_NAME or not name.isprintable() or "\N{REPLACEMENT CHARACTER}" in name:
        raise Refusal(
            401,
            f"{header} does not name one person",
            do=f"Let the proxy replace what a browser sends there, by a name of {_LONGEST_NAME} characters at most",
        )
    return name


def _not_for_others(send: Send) -> Send:
    """Other sites may neither frame our pages, and have clicks on them, nor load what is behind the door."""

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["X-Frame-Options"] = "SAMEORIGIN"
            headers["Cross-Origin-Resource-Policy"] = "same-origin"
        await send(message)

    return sent
