"""Which faults are switched on, and which of them strike a request.

Belongs here: a fault's settings, counting, seeded dice. Does not belong here:
what a fault does (`table`), HTTP.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Annotated

import msgspec

MOST_SECONDS = 1e8  # three years


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A fault that is switched on.

    Of the requests it can strike, those below `path` (with or without the version) and, for data, of
    `district`, it lets `after` pass, then strikes each with probability `rate`, at most `count` times.
    `seconds` is the length of whatever the fault stretches or shifts.
    """

    fault: str
    rate: Annotated[float, msgspec.Meta(ge=0, le=1)] = 1.0
    count: Annotated[int, msgspec.Meta(ge=1)] | None = None
    path: str | None = None
    after: Annotated[int, msgspec.Meta(ge=0)] = 0
    seconds: Annotated[float, msgspec.Meta(ge=-MOST_SECONDS, le=MOST_SECONDS)] | None = None
    district: str | None = None


class Switched(msgspec.Struct):
    """A fault with what it has done so far."""

    settings: Fault
    dice: random.Random
    seen: int = 0
    struck: int = 0

    def strikes(self) -> bool:
        """Counts a request that it can strike, and says whether it does."""
        self.seen += 1
        spent = self.settings.count is not None and self.struck >= self.settings.count
        # The dice are thrown for every request, so that one fault's outcome does not shift the next one's.
        hit = self.dice.random() < self.settings.rate
        if self.seen <= self.settings.after or spent or not hit:
            return False
        self.struck += 1
        return True


class Switchboard:
    """Faults by name, switched on and off while the server runs; the same seed strikes the same requests.

    `usual_counts` names every fault there is, with how often it strikes unless told otherwise.
    """

    def __init__(self, usual_counts: Mapping[str, int | None], seed: int = 0) -> None:
        self._usual_counts = usual_counts
        self._seed = seed
        self._added = 0
        self._on: list[Switched] = []

    def add(
        self,
        fault: str,
        *,
        rate: float = 1.0,
        count: int | None = None,
        path: str | None = None,
        after: int = 0,
        seconds: float | None = None,
        district: str | None = None,
    ) -> None:
        """Switches a fault on; raises ValueError for one that does not exist or cannot be like that."""
        self.switch_on(Fault(fault, rate=rate, count=count, path=path, after=after, seconds=seconds, district=district))

    def switch_on(self, fault: Fault) -> None:
        # Structs check their limits when converted, not when called.
        fault = msgspec.convert(msgspec.to_builtins(fault), Fault)
        if fault.fault not in self._usual_counts:
            raise ValueError(f"unknown fault {fault.fault!r}; known: {', '.join(self._usual_counts)}")
        fault = msgspec.structs.replace(fault, count=fault.count or self._usual_counts[fault.fault])
        dice = random.Random(f"{self._seed}/{self._added}/{fault.fault}")  # noqa: S311 - reproducible
        self._added += 1
        self._on = [*self._on, Switched(fault, dice)]

    def has(self, fault: str, district: str) -> bool:
        """Whether a fault is switched on for a district, or for all."""
        return any(s.settings.fault == fault and s.settings.district in (None, district) for s in self._on)

    def clear(self) -> None:
        """Switches everything off and starts the dice again."""
        self._on, self._added = [], 0

    @property
    def on(self) -> Sequence[Switched]:
        return self._on
