"""The sandbox's own time: the machine's, or ahead of it or behind.

Belongs here: what time it is. Does not belong here: what happens when time passes (`year`).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime


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
