"""What a running sandbox works on.

Belongs here: its districts, its time, and what counts, strikes and passes in it. Does not belong here: HTTP.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from clever_sandbox.api.limiter import Limiter
from clever_sandbox.district.district import District
from clever_sandbox.faults.latency import NONE, Latency
from clever_sandbox.faults.switchboard import Switchboard
from clever_sandbox.year.happening import Happening

TEST_TOKEN = "TEST_TOKEN"  # noqa: S105 - the constant that Clever publishes


@dataclass
class Clock:
    """Unix seconds, when it is called; runs on from wherever it is set."""

    machine: Callable[[], float] = time.time
    ahead: float = 0.0

    def __call__(self) -> float:
        return self.machine() + self.ahead

    @property
    def now(self) -> datetime:
        return datetime.fromtimestamp(self(), UTC)

    def set(self, moment: datetime) -> None:
        """It is now this aware moment."""
        self.ahead = moment.timestamp() - self.machine()


@dataclass
class Sandbox:
    """Data, limits and the Date header all follow `clock`; `events` is the truth about all days that passed."""

    districts: Sequence[District]
    limiter: Limiter
    clock: Clock
    faults: Switchboard
    events: list[Happening] = field(default_factory=list)
    advancing: asyncio.Lock = field(default_factory=asyncio.Lock)
    latency: Latency = NONE
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    def local_time(self) -> str:
        """What time it is where the first district is; its UTC offset stands at the end."""
        zone = self.districts[0].zone if self.districts else UTC
        return self.clock.now.astimezone(zone).isoformat(timespec="seconds")

    def district_of(self, token: str) -> District | None:
        """The district whose token this is; Clever's public test token opens the first."""
        if token == TEST_TOKEN and self.districts:
            return self.districts[0]
        return next((d for d in self.districts if secrets.compare_digest(d.token, token)), None)
