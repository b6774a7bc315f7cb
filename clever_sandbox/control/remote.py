"""Giving orders to a sandbox that runs in another process.

Belongs here: the caller's end of `/sandbox/...`. Does not belong here: the server's (`routes`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec
import requests

from clever_sandbox.control.routes import Advance, Advanced
from clever_sandbox.errors import SandboxError
from clever_sandbox.year.happening import Happening

_TIMEOUT_SECONDS = (5, 3600)  # to connect; a year of a large district takes its time


def advance_running(
    url: str, *, days: int = 1, to: date | None = None, seed: int = 0, kinds: Sequence[str] | None = None
) -> list[Happening]:
    """Lets days pass in the sandbox at `url` and returns what happened; see `advance.advance`.

    Raises SandboxError when no sandbox answers there, ValueError when it refuses the order.
    """
    order = Advance(days, seed, list(kinds) if kinds else None, to=to)
    try:
        answer = requests.post(f"{url}/sandbox/advance", data=msgspec.json.encode(order), timeout=_TIMEOUT_SECONDS)
        if answer.status_code == 400:
            raise ValueError(str(answer.json()["message"]))
        answer.raise_for_status()
        return msgspec.json.decode(answer.content, type=Advanced).events
    except (requests.RequestException, msgspec.DecodeError):
        raise SandboxError(f"No sandbox answers at {url}", do="Start one, or name its port") from None
