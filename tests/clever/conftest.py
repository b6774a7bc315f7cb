"""What the client's tests share: a scripted server, a clock that only moves when someone waits."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from roster_pipeline.clever.client import Clever, Clock
from tests.clever.fake import Fake, Record, serving

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)

Connect = Callable[..., Clever]


class Ticking:
    """A clock for which waiting takes no time; `waits` are the seconds asked for."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.waits: list[float] = []
        self._lock = threading.Lock()

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.waits.append(seconds)
            self.seconds += seconds

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.seconds)

    def clock(self) -> Clock:
        return Clock(steady=lambda: self.seconds, now=self.now, sleep=self.sleep)


@pytest.fixture
def ticking() -> Ticking:
    return Ticking()


@pytest.fixture
def fake() -> Iterator[Fake]:
    with serving(Fake()) as fake:
        yield fake


@pytest.fixture
def connect(fake: Fake, ticking: Ticking) -> Iterator[Connect]:
    """Clients of the fake, closed after the test; keyword arguments are the client's own."""
    opened: list[Clever] = []

    def open_one(**tunables: Any) -> Clever:
        settings = tunables.pop("settings", fake.settings)
        with_defaults: dict[str, Any] = {"clock": ticking.clock(), "page_limit": 10} | tunables
        opened.append(Clever(settings, **with_defaults))
        return opened[-1]

    yield open_one
    for clever in opened:
        clever.close()


@pytest.fixture
def landing(tmp_path: Path) -> Path:
    return tmp_path / "landing"


def lines(file: Path) -> list[Record]:
    """The records of an NDJSON file."""
    return [msgspec.json.decode(line) for line in file.read_bytes().splitlines()]
