"""What a guard is, what it looks at, and the hold that comes of it.

Belongs here: these records. Does not belong here: any guard (`catalog.py` lists them), and the order in which a plan is
judged (`judge.py`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

import duckdb

from roster_pipeline.guards.limits import Limits

DistrictLimits = Mapping[str | None, tuple[Limits, bool]]
"""Of each site with limits of its own, and under None of the district: which, and whether a change is expected."""


@dataclass(frozen=True)
class Part:
    """What a hold consists of at one site (None: in the rest of the district), in one role; or one sign.

    `gone` is how many left in the days before, where a guard remembers them.
    """

    site_id: str | None
    site: str | None
    role: str | None
    changes: int
    of: int
    limit: float = 0.0
    by_count: bool = True
    gone: int = 0
    sign: str | None = None


@dataclass(frozen=True)
class Hold:
    """Changes of the plan that wait for a person.

    `changes` is how many were judged and are fingerprinted, `of` the records in force that they are compared
    with, both the sums of the `parts`; `limit` is the percent or number that was passed (0: none is allowed).
    `site_id` is given when all is at one site. `blocks` means that the whole plan waits. `message` is one line for a
    person, with ids and names of sites, never of people.
    """

    hold_id: str
    guard: str
    entity: str
    site_id: str | None
    changes: int
    of: int
    limit: float
    fingerprint: str
    message: str
    blocks: bool
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Judging:
    """A plan that is being judged: where it stands, and what counts for it.

    `limits` are those that count today. `changes` are the (entity, action) pairs of the plan; `decided` says whether
    somebody has decided about changes of it.
    """

    connection: duckdb.DuckDBPyConnection
    limits: DistrictLimits
    today: date
    now: datetime
    sync_id: str = ""
    changes: frozenset[tuple[str, str]] = frozenset()
    decided: bool = False

    @property
    def district_limits(self) -> Limits:
        return self.limits[None][0]


@dataclass(frozen=True)
class Guard:
    """One way in which a plan can look like an accident.

    `noun` says what is counted. `breaches` writes the limits that the plan passes into `guards.breaches` and says
    whether there are any; `marks` then writes the guard's key into `held_by` of what must wait. `sentence` tells a
    person about the parts that were marked with a key. `severity` says whether the whole plan waits. `looks_for` and
    `limits` (names in guards.toml) are for the documentation; `concerns` is one or more (entity, action) of the roster:
    a plan without them needs no look.
    """

    name: str
    noun: str
    breaches: Callable[[Judging], bool]
    marks: Callable[[Judging], None]
    sentence: Callable[[Judging, str, Sequence[Part]], str]
    severity: Literal["holds", "blocks"]
    looks_for: str
    limits: tuple[str, ...] = ()
    concerns: frozenset[tuple[str, str]] = frozenset()

    def must_look(self, changes: frozenset[tuple[str, str]]) -> bool:
        return not self.concerns or not self.concerns.isdisjoint(changes)


def hold_id_of(guard: str, entity: str, fingerprint: str) -> str:
    """The same changes held again in a later sync have the same id."""
    digest = hashlib.sha256(f"{guard}|{entity}|{fingerprint}".encode()).hexdigest()
    return f"h{digest[:9]}"  # a letter first, so that nothing reads it as a number
