"""One GET to Clever, made to succeed if it can: timeouts, retries, rate limit, and what an answer means.

Belongs here: everything that is true of any request, whatever it asks for. Does not belong here:
paths, paging, records, files. Nothing that leaves this module (exceptions, log lines, reprs) holds a
token, a header, a query string or a body.
"""

from __future__ import annotations

import contextlib
import http.cookiejar
import logging
import math
import ssl
import threading
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar, cast
from urllib.parse import urlsplit

import requests
import tenacity
import urllib3
from requests.auth import AuthBase, HTTPBasicAuth

from roster_pipeline.clever.landing import Stopped
from roster_pipeline.clever.socket import BoundedAdapter
from roster_pipeline.clever.today import ClockReading
from roster_pipeline.config import is_this_machine
from roster_pipeline.errors import CleverRefused, CleverUnavailable

log = logging.getLogger(__name__)

T = TypeVar("T")

# Clever allows 1,200 requests a minute per bearer token (page "responses-errors"). Ours is a lower number in
# a longer minute: requests that leave 62 seconds apart may arrive only 60 seconds apart.
REQUESTS_A_MINUTE = 1_150
MINUTE = 62.0

_CHUNK = 1 << 20
_LARGEST_BODY = 1 << 28  # a page of 10,000 records is about 10 MB


@dataclass(frozen=True)
class Timeout:
    """Seconds: to connect, between two pieces of an answer, and for one whole answer."""

    connect: float = 5.0
    read: float = 60.0
    whole: float = 300.0


@dataclass(frozen=True)
class RetryLimits:
    """How often one request is tried again, by what went wrong, and how long is waited between (seconds)."""

    unreachable: int = 4  # tries when nobody listens: at most about 6 seconds with the waits below
    silent: int = 4  # tries when the answer does not come within the timeout
    failing: int = 8  # tries for 5xx, a cut connection or body, HTML or broken JSON: about a minute
    limited: int = 10  # tries for 429, each after the limit was said to be reset
    first_wait: float = 0.5
    longest_wait: float = 30.0
    jitter: float = 0.5
    longest_limit_wait: float = 90.0  # Clever's limit resets every minute


class Refused(Exception):
    """An answer that asking again does not change; the caller knows what was asked and says it."""

    def __init__(self, status: int, *, html: bool) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status
        self.html = html


class _Transient(Exception):
    """An answer, or none, that may be better next time. `kind` is a field of RetryLimits; `wait` in seconds."""

    def __init__(self, kind: str, what: str, wait: float | None = None) -> None:
        super().__init__(what)
        self.kind = kind
        self.what = what
        self.wait = wait


class Bearer(AuthBase):
    """A district's token as a header. An auth object, since `requests` lets ~/.netrc override a header."""

    def __init__(self, token: str) -> None:
        self.key = token.strip()
        # Checked here because the HTTP library quotes a header it rejects, token and all, in its exception.
        if not self.key or not self.key.isascii() or not self.key.isprintable() or " " in self.key:
            raise CleverRefused(
                "The district token is empty or contains characters that no token has",
                do="Check CLEVER_DISTRICT_TOKEN, or what CLEVER_TOKENS_URL answers",
            )

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self.key}"
        return request


class Basic(HTTPBasicAuth):
    """The application's client id and secret, in UTF-8 whatever they contain."""

    def __init__(self, client_id: str, client_secret: str) -> None:
        super().__init__(client_id.strip().encode(), client_secret.strip().encode())
        self.key = client_id


@dataclass(frozen=True)
class Clock:
    """Time as the client sees it: a steady one for spans, the calendar (UTC), and waiting."""

    steady: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    sleep: Callable[[float], object] | None = None  # default: a wait that a stop interrupts

    def wait(self, seconds: float, stop: threading.Event) -> None:
        """Wait; Stopped when `stop` is set by then."""
        if seconds > 0:
            (self.sleep or stop.wait)(seconds)
        if stop.is_set():
            raise Stopped


@dataclass
class Limiter:
    """Keeps each credential under `limit` requests in any `window` seconds; shared by all threads."""

    clock: Clock
    limit: int = REQUESTS_A_MINUTE
    window: float = MINUTE
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _taken: dict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque), repr=False)
    _held_until: dict[str, float] = field(default_factory=dict, repr=False)

    def take(self, key: str, stop: threading.Event) -> None:
        """Return when a request with this credential may leave."""
        with self._lock:
            now = self.clock.steady()
            taken = self._taken[key]
            turn = max(now, self._held_until.get(key, now))
            if len(taken) >= self.limit:
                turn = max(turn, taken.popleft() + self.window)
            # Reserved before waiting: two threads never wait for the same turn.
            taken.append(turn)
        self.clock.wait(turn - now, stop)

    def hold(self, key: str, seconds: float) -> None:
        """Let no request with this credential leave for so long: Clever said it is over the limit."""
        with self._lock:
            until = self.clock.steady() + seconds
            self._held_until[key] = max(until, self._held_until.get(key, until))


def refusal(refused: Refused, what: str) -> CleverRefused:
    """The sentence for a final answer (docs/clever.md#answers-and-errors). `what` names request and district."""
    status = refused.status
    page = ", an HTML page" if refused.html else ""
    meaning, do = _MEANINGS.get(status, ("an answer that Clever does not document", "Check the address settings"))
    return CleverRefused(f"Clever refused {what} (HTTP {status}{page}): {meaning}. Nothing was changed", do=do)


_MEANINGS = {
    400: (
        "it takes the token or a parameter for invalid",
        "Check CLEVER_API_URL and the token; if both are right, this is a fault of the pipeline: report it",
    ),
    401: (
        "the credentials are not valid",
        "Check them in the Clever dashboard; if the district disconnected the app, it has to connect again",
    ),
    404: (
        "roster endpoints answer 404 until Secure Sync scopes are switched on, or for a token of another kind",
        "Check the app's scopes and the district's sharing in the Clever dashboard, and CLEVER_API_URL",
    ),
    413: ("the page size is over Clever's maximum of 10,000", "Lower page_limit"),
    501: ("it does not support this request", "Check CLEVER_API_URL; if it is right, report this as a fault"),
}


class Http:
    """GETs JSON. Shared by all threads of a client; the connections are pooled."""

    def __init__(self, *, timeout: Timeout, retry_limits: RetryLimits, limiter: Limiter, clock: Clock) -> None:
        self._timeout = timeout
        self._retry_limits = retry_limits
        self._limiter = limiter
        self._clock = clock
        self._looking = threading.Lock()
        # The latest that any answer showed: an answer from a cache is older than Clever.
        self.clock_shown: ClockReading | None = None
        self._remote = _session(timeout.whole)
        self._local = _session(timeout.whole)
        # A proxy or ~/.netrc from the environment has no business between us and our own machine.
        self._local.trust_env = False

    def close(self) -> None:
        """Close idle connections."""
        self._remote.close()
        self._local.close()

    def get(
        self,
        url: str,
        auth: Bearer | Basic,
        what: str,
        parse: Callable[[bytes], T],
        stop: threading.Event,
    ) -> T:
        """`parse(body)` of a 200 answer. `what` names the request for people, `parse` raises ValueError.

        Raises Refused for an answer that is final, CleverUnavailable when none came in the tries that
        RetryLimits allows (the kinds count separately), Stopped when `stop` was set meanwhile.
        """
        allowed: dict[str, float] = asdict(self._retry_limits)
        tries: Counter[str] = Counter()

        def used_up(state: tenacity.RetryCallState) -> bool:
            kind = _trouble(state).kind
            tries[kind] += 1
            return tries[kind] >= allowed[kind]

        def note(state: tenacity.RetryCallState) -> None:
            trouble = _trouble(state)
            wait = trouble.wait or (state.next_action.sleep if state.next_action else 0.0)
            tried, of = tries[trouble.kind], allowed[trouble.kind]
            log.warning("Clever, %s: %s, try %d of %d, again in %.1f s", what, trouble.what, tried, of, wait)

        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(_Transient),
            stop=used_up,
            wait=self._wait,
            sleep=lambda seconds: self._clock.wait(seconds, stop),
            before_sleep=note,
            reraise=True,
        )
        try:
            return cast(T, retrying(self._once, url, auth, parse, stop))
        except _Transient as trouble:
            host = urlsplit(url).hostname
            raise CleverUnavailable(
                f"Clever ({host}) did not give {what}: {trouble.what}, {tries[trouble.kind]} times",
                do="Nothing was changed; run the sync again in a few minutes, it goes on where it stopped",
            ) from None

    def _wait(self, state: tenacity.RetryCallState) -> float:
        if _trouble(state).wait is not None:
            return 0.0  # the limiter holds this request, and all others with the same token
        limits = self._retry_limits
        growing = tenacity.wait_exponential(limits.first_wait, max=limits.longest_wait - limits.jitter)
        return (growing + tenacity.wait_random(0, limits.jitter))(state)

    def _once(
        self,
        url: str,
        auth: Bearer | Basic,
        parse: Callable[[bytes], T],
        stop: threading.Event,
    ) -> T:
        self._limiter.take(auth.key, stop)
        until = self._clock.steady() + self._timeout.whole
        session = self._local if is_this_machine(url) else self._remote
        try:
            with session.get(
                url,
                auth=auth,
                timeout=(self._timeout.connect, self._timeout.read),
                allow_redirects=False,  # Clever documents none, and the token goes nowhere else
                stream=True,
            ) as response:
                body = self._read(response, until, stop)
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            raise _network_trouble(error) from None
        status = response.status_code
        html = "html" in response.headers.get("Content-Type", "").lower() or body[:64].lstrip()[:1] == b"<"
        if status == 429:
            wait = self._limit_wait(response)
            self._limiter.hold(auth.key, wait)
            raise _Transient("limited", "HTTP 429, over the rate limit", wait)
        if status == 408 or (status >= 500 and status != 501):
            raise _Transient("failing", f"HTTP {status}")
        if status != 200:
            raise Refused(status, html=html)
        if html:
            raise _Transient("failing", "HTTP 200 with an HTML page instead of JSON")
        try:
            found = parse(body)
        except (ValueError, RecursionError):
            raise _Transient("failing", "HTTP 200 with a body that is cut or not Clever's JSON") from None
        self._look_at_clock(response)
        return found

    def _look_at_clock(self, response: requests.Response) -> None:
        if (clevers := _server_time(response)) is None:
            return
        reading = ClockReading(clevers, self._clock.now())
        with self._looking:
            if self.clock_shown is None or reading.ahead > self.clock_shown.ahead:
                self.clock_shown = reading

    def _read(self, response: requests.Response, until: float, stop: threading.Event) -> bytes:
        """The body, within the time for a whole answer: a trickle would never hit the read timeout."""
        pieces: list[bytes] = []
        size = 0
        while piece := response.raw.read1(_CHUNK, decode_content=True):
            pieces.append(piece)
            size += len(piece)
            if size > _LARGEST_BODY:
                raise _Transient("failing", f"an answer of more than {_LARGEST_BODY >> 20} MiB")
            if stop.is_set():
                raise Stopped
            if self._clock.steady() > until:
                raise _Transient("silent", f"no whole answer within {self._timeout.whole:.0f} s")
        return b"".join(pieces)

    def _limit_wait(self, response: requests.Response) -> float:
        """Seconds until the limit is reset, by Clever's own clock where its answer tells it."""
        resets = _numbers(response, "X-RateLimit-Reset")
        remaining = _numbers(response, "X-RateLimit-Remaining")
        # Clever repeats the headers when several limits match: the one that is used up counts.
        if len(remaining) == len(resets):
            resets = [r for r, left in zip(resets, remaining, strict=True) if left <= 0] or resets
        if not resets:
            return self._retry_limits.longest_wait
        wait = max(resets) - (_server_time(response) or self._clock.now()).timestamp()
        # At least a second: with no Date and a skewed clock the reset can seem to be in the past.
        return min(max(wait, 1.0), self._retry_limits.longest_limit_wait)


def _session(whole: float) -> requests.Session:
    session = requests.Session()
    for scheme in ("http://", "https://"):
        session.mount(scheme, BoundedAdapter(whole))
    session.headers["Accept"] = "application/json"
    session.cookies.set_policy(http.cookiejar.DefaultCookiePolicy(allowed_domains=[]))
    return session


def _trouble(state: tenacity.RetryCallState) -> _Transient:
    trouble = state.outcome.exception() if state.outcome else None
    if not isinstance(trouble, _Transient):
        raise TypeError("only _Transient is retried")
    return trouble


def _network_trouble(error: Exception) -> Exception:
    """What a network failure means; its own text is dropped, for it can quote addresses and headers."""
    causes = _causes(error)
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        return CleverRefused(
            "The certificate of Clever's server could not be verified",
            do="Check CLEVER_API_URL, CLEVER_TOKENS_URL and the certificates of this machine",
        )
    if any(isinstance(cause, requests.ConnectTimeout) for cause in causes):
        return _Transient("unreachable", "no connection within the timeout")
    unreachable = (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ProxyError)
    if any(isinstance(cause, unreachable) for cause in causes):
        return _Transient("unreachable", "no connection (server stopped, or no network)")
    timeouts = (requests.Timeout, urllib3.exceptions.TimeoutError, TimeoutError)
    if any(isinstance(cause, timeouts) for cause in causes):
        return _Transient("silent", "no answer within the timeout")
    return _Transient("failing", "connection or answer cut off")


def _causes(error: BaseException) -> list[BaseException]:
    """`error` and what it wraps: requests and urllib3 keep the reason in args, not only in the chain."""
    found: list[BaseException] = []
    todo = [error]
    while todo:
        cause = todo.pop()
        if any(cause is known for known in found):
            continue
        found.append(cause)
        wrapped = (*cause.args, getattr(cause, "reason", None), cause.__cause__, cause.__context__)
        todo += [inner for inner in wrapped if isinstance(inner, BaseException)]
    return found


def _numbers(response: requests.Response, header: str) -> list[float]:
    """All values of a header: any case, repeated or listed, what is no number left out."""
    values: list[float] = []
    for text in response.headers.get(header, "").split(","):
        with contextlib.suppress(ValueError):
            values.append(float(text))
    return [value for value in values if math.isfinite(value)]


def _server_time(response: requests.Response) -> datetime | None:
    try:
        said = parsedate_to_datetime(response.headers["Date"])
    except (KeyError, ValueError, TypeError):
        return None
    return said if said.tzinfo else said.replace(tzinfo=UTC)
