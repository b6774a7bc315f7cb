"""Starting a site: nothing of it is on the roster until somebody has confirmed the counts that Clever shares.

And ending one: nothing of it stays on the roster.

Belongs here: what is shared of the sites that wait, whether it is still what somebody confirmed, and remembering both.
Does not belong here: what a confirmed site means for the roster (`desired/`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Literal

import duckdb

from roster_pipeline.errors import SyncRefused
from roster_pipeline.history.words import counted
from roster_pipeline.warehouse.sql import empty, has_rows, insert, make, run

TOLERANCE_PERCENT = 5
TOLERANCE_RECORDS = 5
"""By how much Clever's counts may have moved since they were shown: by the larger of the two."""

_ONCE = "Confirm a site once, with the counts that `roster start` shows"


@dataclass(frozen=True)
class Confirmed:
    """The counts of a site, named by its id or name, as somebody saw and confirmed them."""

    site_id: str
    sections: int
    teachers: int
    students: int


Starts = Sequence[Confirmed] | Literal["all"]
"""The sites that somebody confirms with a sync; `all` asks nobody."""


def read_confirmed(connection: duckdb.DuckDBPyConnection, starts: Starts) -> bool:
    """Fills `input.confirmed`, and says whether it has a site; needs `staging`.

    Raises SyncRefused for a site that does not wait for it, and for two confirmations that contradict each other.
    """
    empty(connection, "input.confirmed")
    if starts == "all":
        run(connection, "plan/start/everything")
        return has_rows(connection, "input.confirmed")
    for confirmed in _one_per_site(connection, starts):
        insert(connection, "input.confirmed", **asdict(confirmed))
    if starts and (strange := run(connection, "plan/start/not_waiting").fetchone()):
        raise SyncRefused(
            f"Site {strange[0]} waits for no confirmation",
            do="`roster start` lists those that wait; a site of data/sites.csv that is `manual` is not started",
        )
    return bool(starts)


def _one_per_site(connection: duckdb.DuckDBPyConnection, starts: Sequence[Confirmed]) -> list[Confirmed]:
    """Those with the sites' ids; what somebody confirms twice in the same way, once."""
    by_site: dict[str, Confirmed] = {}
    for confirmed in starts:
        one = replace(confirmed, site_id=_meant(connection, confirmed.site_id.strip()))
        if by_site.setdefault(one.site_id, one) != one:
            raise SyncRefused(f"Site {one.site_id} is confirmed twice, with different counts", do=_ONCE)
    return list(by_site.values())


def _meant(connection: duckdb.DuckDBPyConnection, said: str) -> str:
    """The id of the shared site that is called so; what is said, when there is none. Raises SyncRefused for several."""
    found = [str(site_id) for (site_id,) in run(connection, "plan/start/called", said=said).fetchall()]
    if len(found) > 1 and said not in found:
        raise SyncRefused(
            f"{len(found)} sites are called {said!r}", do="`roster start` lists those that wait, with ids"
        )
    return found[0] if found else said


def read_ended(connection: duckdb.DuckDBPyConnection, site_id: str | None) -> None:
    """Fills `input.ended`: the site that somebody ends with this sync, if any."""
    empty(connection, "input.ended")
    if site_id is not None:
        insert(connection, "input.ended", site_id=site_id)


def find_ending(connection: duckdb.DuckDBPyConnection, said: str, people: int) -> str:
    """The id of the site that somebody ends, as they call it, with as many people as they know of.

    Needs `input`. Raises SyncRefused for a site that there is not, that is on Clever, and of which others are there.
    """
    found = run(connection, "plan/start/find_manual", said=said.strip()).fetchall()
    if len(found) != 1:
        what = f"{len(found)} sites are called {said!r}" if found else f"This district has no site {said!r}"
        raise SyncRefused(what, do="`roster status` lists its sites with their ids")
    site_id, status, source, there = found[0]
    refuse_on_clever(site_id, source)
    if status == "archived" or not there:
        raise SyncRefused(f"Nobody is on the roster at site {site_id}", do="There is nothing to end")
    if there != people:
        are = counted(there, "person is", "people are")
        raise SyncRefused(f"{are} at site {site_id}, and not {people:,}", do="Confirm that number")
    return str(site_id)


def refuse_on_clever(site_id: str, enrollment_source: str) -> None:
    """Raises SyncRefused for a site whose enrollments come from Clever: it cannot be ended."""
    if enrollment_source != "manual":
        raise SyncRefused(
            f"Site {site_id} is on Clever: the next sync would bring all of it back",
            do="Make it `manual` in data/sites.csv first, or have the district stop sharing it",
        )


def find_waiting(connection: duckdb.DuckDBPyConnection, today: date) -> None:
    """Fills `plan.waiting_sites` and `plan.confirmed`; needs `staging`, `input` and `mapped`.

    `today` decides which terms are over.
    """
    if run(connection, "plan/start/any_new").fetchone():
        make(connection, "plan/start/waiting_sites", today=today)
        tolerance = {"percent": TOLERANCE_PERCENT, "records": TOLERANCE_RECORDS}
        make(connection, "plan/start/confirmed", **tolerance)
    else:
        empty(connection, "plan.waiting_sites", "plan.confirmed")


def any_waits(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether a site is shared of which nothing may be on the roster yet."""
    return has_rows(connection, "plan.waiting_sites ANTI JOIN plan.confirmed USING (site_id)")


def remember_waiting(connection: duckdb.DuckDBPyConnection, sync_id: str) -> None:
    """Writes the sites that wait into the truth, in the transaction of apply."""
    for name in ("forget_waiting", "keep_waiting"):
        run(connection, f"plan/start/{name}", sync_id=sync_id)


def wait_again(connection: duckdb.DuckDBPyConnection, sync_id: str, today: date) -> None:
    """After an undo: the sites whose confirmation it took back wait again, those that it gives one back do not."""
    for name in ("unconfirm", "wait_no_more"):
        run(connection, f"plan/undo/{name}")
    if run(connection, "staging/is_staged").fetchone():
        run(connection, "plan/undo/wait_again", sync_id=sync_id, today=today)
