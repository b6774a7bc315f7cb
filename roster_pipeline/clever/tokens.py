"""Which token opens which district, and what happens when Clever refuses it.

Belongs here: `/oauth/tokens`, rotation, requests in a district's name. Does not belong here: how a
request is made (clever_http), what is asked with it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlencode

import msgspec

from roster_pipeline.clever.http import Basic, Bearer, Http, Refused, refusal
from roster_pipeline.clever.lists import next_query
from roster_pipeline.config import CleverSettings
from roster_pipeline.errors import CleverRefused

NOBODY_LISTED = "Clever lists no district at all for this application, and an empty list is not believed"
SEE_DASHBOARD = "See in the Clever dashboard which districts are connected"

log = logging.getLogger(__name__)

T = TypeVar("T")

API_VERSION = "v3.1"

NEVER = threading.Event()  # for requests that nothing can make superfluous


class _Owner(msgspec.Struct):
    type: Any = None
    id: Any = None


class _Token(msgspec.Struct):
    created: Any = None
    owner: _Owner | None = None
    access_token: Any = None


class _Link(msgspec.Struct):
    rel: Any = None
    uri: Any = None


class _TokenPage(msgspec.Struct):
    data: list[_Token]
    links: list[_Link] | None = None


_tokens_of = msgspec.json.Decoder(_TokenPage)


class Access:
    """Requests in the name of one district. Shared by its lists; the token is replaced at most once."""

    def __init__(
        self, http: Http, api: str, district_id: str | None, bearers: list[Bearer], tokens: Tokens | None
    ) -> None:
        self.district_id = district_id  # None: whichever district the one token given belongs to
        self._http = http
        self._api = api
        self._bearer = bearers[0]
        self._tokens = tokens
        self._lock = threading.Lock()

    def ask(
        self,
        path: str,
        query: str,
        what: str,
        parse: Callable[[bytes], T],
        stop: threading.Event = NEVER,
    ) -> T:
        """`parse(body)` of GET `path?query`. Raises Refused, save for 401: CleverRefused when a token read
        anew is refused too; otherwise as Http.get."""
        url = f"{self._api}/{path}?{query}" if query else f"{self._api}/{path}"
        while True:
            bearer = self._bearer
            try:
                return self._http.get(url, bearer, what, parse, stop)
            except Refused as refused:
                if refused.status != 401:
                    raise
            self._renew(bearer)

    def _renew(self, refused: Bearer) -> None:
        """Tokens can be rotated (docs/clever.md#tokens): read the active one, once for all lists of the district."""
        with self._lock:
            if self._bearer is not refused:
                return  # another list was refused first
            tokens, self._tokens = self._tokens, None
            if tokens and self.district_id:
                others = [b for b in tokens.bearers(self.district_id) if b.key != refused.key]
                if others:
                    log.warning("Clever, district %s: token refused, going on with its new one", self.district_id)
                    self._bearer = others[0]
                    return
        whose = f"of district {self.district_id}" if self.district_id else "in CLEVER_DISTRICT_TOKEN"
        raise CleverRefused(
            f"Clever refuses the token {whose} (HTTP 401), and there is no other. Nothing was changed,"
            " nobody counts as having left",
            do="See in the Clever dashboard whether the district is still connected, and renew the token",
        )


class Tokens:
    """The tokens that our credentials give us: read from Clever, or the one that was given."""

    def __init__(self, settings: CleverSettings, http: Http) -> None:
        self._http = http
        self._url = settings.tokens_url
        self._api = f"{settings.api_url.rstrip('/')}/{API_VERSION}"
        self._basic: Basic | None = None
        self._given: Bearer | None = None
        if settings.client_id and settings.client_secret:
            self._basic = Basic(settings.client_id, settings.client_secret)
        elif settings.district_token:
            self._given = Bearer(settings.district_token)

    def every(self) -> list[Access]:
        """Access to each district that Clever lists for us, by district id."""
        if self._given:
            return [self._access(None, [self._given])]
        by_district = self._listed()
        return [self._access(district, by_district[district]) for district in sorted(by_district)]

    def of(self, district_id: str) -> Access:
        """Access to one district; CleverRefused when Clever does not list it for us."""
        return self._access(district_id, self.bearers(district_id))

    def bearers(self, district_id: str) -> list[Bearer]:
        """The tokens of one district, newest first; CleverRefused when there is none."""
        if self._given:
            return [self._given]
        bearers = self._listed(district_id).get(district_id)
        if not bearers and not self._listed():
            raise CleverRefused(f"{NOBODY_LISTED}. Nothing was changed, nobody counts as having left", do=SEE_DASHBOARD)
        if not bearers:
            raise CleverRefused(
                f"Clever no longer lists district {district_id} for this application: it disconnected, or its"
                " token was withdrawn. Nothing was changed, nobody counts as having left",
                do="Ask the district to connect the application again, or take it off with `roster forget`",
            )
        return bearers

    def _access(self, district_id: str | None, bearers: list[Bearer]) -> Access:
        return Access(self._http, self._api, district_id, bearers, None if self._given else self)

    def _listed(self, district_id: str | None = None) -> dict[str, list[Bearer]]:
        """`/oauth/tokens` (docs/clever.md#tokens), newest token first for each district id."""
        if self._basic is None:
            raise CleverRefused(
                "There are no Clever credentials",
                do="Set CLEVER_CLIENT_ID and CLEVER_CLIENT_SECRET, or CLEVER_DISTRICT_TOKEN",
            )
        what = f"the token of district {district_id}" if district_id else "the list of districts"
        asked = {"owner_type": "district"} | ({"district": district_id} if district_id else {})
        query: str | None = urlencode(asked)
        found: list[_Token] = []
        seen: set[str] = set()
        while query and query not in seen:
            seen.add(query)
            try:
                page = self._http.get(f"{self._url}?{query}", self._basic, what, _tokens_of.decode, NEVER)
            except Refused as refused:
                raise refusal(refused, what) from None
            found += page.data
            # No paging is documented here; a district on a second page must not seem to have left.
            links = [link.uri for link in page.links or [] if link.rel == "next" and isinstance(link.uri, str)]
            query = next_query(self._url, links[0]) if links and page.data else None
        return _by_district(found)


def _by_district(tokens: list[_Token]) -> dict[str, list[Bearer]]:
    bearers: dict[str, list[Bearer]] = {}
    for token in sorted(tokens, key=lambda t: str(t.created or ""), reverse=True):
        owner = token.owner
        if owner is None or owner.type not in (None, "district"):
            continue
        if isinstance(owner.id, str) and isinstance(token.access_token, str) and token.access_token.strip():
            bearers.setdefault(owner.id, []).append(Bearer(token.access_token))
    return bearers
