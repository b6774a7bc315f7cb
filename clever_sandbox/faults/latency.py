"""How long an answer with data takes, for clients that are to be measured against a Clever that is far away.

Belongs here: named profiles, and an answer's share of one. Does not belong here: answers that are late because
something is wrong (`table`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from starlette.responses import Response

# Only the records of a list stand like this: links have a word before their address.
_LISTED = b'},"uri":"/'
_AS_TEXT = re.compile(r"(?P<page>\d+(\.\d+)?)(:(?P<record>\d+(\.\d+)?))?")


@dataclass(frozen=True)
class Latency:
    """Milliseconds for each answer, and microseconds for each record that it lists."""

    page_ms: float = 0
    record_us: float = 0

    def seconds(self, answer: Response) -> float:
        records = bytes(answer.body).count(_LISTED) if self.record_us else 0
        return self.page_ms / 1e3 + records * self.record_us / 1e6


# The times of `near` and `far` were seen in a log of others: one event, and a hundred people of a school.
PROFILES = {
    "none": Latency(),
    "near": Latency(page_ms=130, record_us=5),
    "far": Latency(page_ms=450, record_us=20),
}
NONE = PROFILES["none"]


def parse_latency(text: str) -> Latency:
    """A profile's name, or `PAGE_MS[:RECORD_US]`; raises ValueError."""
    if text in PROFILES:
        return PROFILES[text]
    given = _AS_TEXT.fullmatch(text)
    if not given:
        known = ", ".join(PROFILES)
        raise ValueError(f"{text!r} is no latency: {known}, or milliseconds a page and microseconds a record, 450:20")
    return Latency(float(given["page"]), float(given["record"] or 0))
