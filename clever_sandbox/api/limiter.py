"""Clever's rate limit: so many requests a minute for a token, counted anew every minute.

Belongs here: counting, and the headers that tell about it. Does not belong here: what a request asks.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

REQUESTS_PER_MINUTE = 1200
_WINDOW = 60

Header = tuple[bytes, bytes]


@dataclass(frozen=True)
class Allowance:
    """What is left for a token in the current window, which ends at `reset` (Unix seconds)."""

    limit: int
    remaining: int
    reset: int
    allowed: bool

    def headers(self) -> list[Header]:
        named = {
            "X-RateLimit-Limit": self.limit,
            "X-RateLimit-Remaining": self.remaining,
            "X-RateLimit-Reset": self.reset,
        }
        return [
            *((name.encode(), str(number).encode()) for name, number in named.items()),
            (b"X-RateLimit-Bucket", b"sandbox"),
        ]


class Limiter:
    """Fixed windows, not averages: the count of every token starts again with the minute."""

    def __init__(self, per_minute: int, clock: Callable[[], float]) -> None:
        self.per_minute = per_minute
        self._clock = clock
        self._window = -1
        self._used: dict[str, int] = {}

    def take(self, token: str) -> Allowance:
        """Counts one request; a request over the limit is not counted."""
        now = math.floor(self._clock() / _WINDOW)
        if now != self._window:
            self._window, self._used = now, {}
        used = self._used.get(token, 0)
        allowed = used < self.per_minute
        self._used[token] = used + allowed
        left = self.per_minute - self._used[token]
        return Allowance(self.per_minute, left, (now + 1) * _WINDOW, allowed)
