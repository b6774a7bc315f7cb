"""Giving orders to a sandbox that runs in another process.

Belongs here: the caller's end of `/sandbox/...`. Does not belong here: the server's (`routes`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import partial

import msgspec
import requests

from clever_sandbox.control.routes import Advance, Advanced
from clever_sandbox.errors import SandboxError

_TIMEOUT_SECONDS = (5, 3600)  # to connect; a year of a large district takes its time


def advance_running(
    url: str, *, days: int = 1, to: date | None = None, seed: int = 0, kinds: Sequence[str] | None = None
) -> Advanced:
    """Lets days pass in the sandbox at `url` and returns what happened, and what time it is then.

    Raises SandboxError when no sandbox answers there, ValueError when it refuses the order.
    """
    order = Advance(days, seed, list(kinds) if kinds else None, to=to)
    return msgspec.json.decode(_answer(url, "advance", msgspec.json.encode(order)), type=Advanced)


def today_there(url: str) -> date:
    """Which day it is in the sandbox at `url`. Raises SandboxError when no sandbox answers there."""
    now: str = msgspec.json.decode(_answer(url, "clock"))["now"]
    return datetime.fromisoformat(now).date()


def _answer(url: str, name: str, order: bytes | None = None) -> bytes:
    try:
        ask = partial(requests.post, data=order) if order is not None else requests.get
        answer = ask(f"{url}/sandbox/{name}", timeout=_TIMEOUT_SECONDS)
        if answer.status_code == 400:
            raise ValueError(str(answer.json()["message"]))
        answer.raise_for_status()
    except requests.RequestException:
        raise SandboxError(f"No sandbox answers at {url}", do="Start one, or name its port") from None
    return answer.content
