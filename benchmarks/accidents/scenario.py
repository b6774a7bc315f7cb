"""One thing that can happen to a district, as data.

Belongs here: the record. Does not belong here: the things (`attacks`, `incidents`, `ordinary`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.accidents.world import World


@dataclass(frozen=True)
class Scenario:
    """`happens` changes the district, on each of `days` in a row; `words` say what, for the table.

    When it is `right`, the person approves what is held. Otherwise they reject it, and the district mends its data
    the day after.
    """

    name: str
    words: str
    happens: Callable[[World], None]
    right: bool = False
    days: int = 1
