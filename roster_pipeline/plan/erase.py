"""Erasing people: what names them leaves the roster, the change log and what undos took back; ids and counts stay.

Belongs here: who may be erased, what that would take out, and taking it out of the truth. Does not belong here: what is
staged (`staging/`), and rewriting the files in which DuckDB keeps deleted rows (`warehouse/purge.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import duckdb

from roster_pipeline.errors import RosterError, SyncRefused
from roster_pipeline.failpoints import failpoint
from roster_pipeline.history.record import Counts, SyncInfo, record_success
from roster_pipeline.warehouse.sql import insert, make, run

_TAKEN_OUT = (
    *("users", "change_log", "undone", "overrides"),
    *("section_names", "section_change_log", "section_undone", "section_overrides"),
)
_WRITTEN_DOWN = ("log", "change_counts", "erasures")


@dataclass(frozen=True)
class Erasure:
    """How many people, and how much of each kind of what there is of them.

    `shared_section_names` are not taken out: Clever would send them again.
    """

    people: int
    roster_values: int
    logged_changes: int
    undone_changes: int
    staged_records: int
    section_names: int
    shared_section_names: int


def find_person(connection: duckdb.DuckDBPyConnection, said: str) -> str:
    """The id of the one person whose id, ours or Clever's, this is; needs `staging`.

    Raises RosterError when there is none, SyncRefused for one who is not archived or was erased already.
    """
    found = run(connection, "plan/erase/meant", said=said.strip()).fetchall()
    if len(found) != 1:
        what = f"{len(found)} people have the id that was given" if found else "Nobody on the roster has the given id"
        raise RosterError(what, do="Give a whole user_id or Clever id; `roster explain` finds it by e-mail or SIS id")
    user_id, archived, erased, shared, at_manual_site = found[0]
    if not archived and at_manual_site:
        raise SyncRefused(
            f"Person {user_id} is on the roster at a site that is not on Clever",
            do="End that site first (`roster end`), or make it `clever` in data/sites.csv and sync",
        )
    if not archived and shared:
        raise SyncRefused(
            f"Clever still shares person {user_id}, and would send their data again with the next sync",
            do="Have the district stop sharing them in Clever first, then `roster sync`",
        )
    if not archived:
        raise SyncRefused(
            f"Person {user_id} is not archived yet",
            do="`roster holds` shows what keeps that back; approve it, then `roster sync`",
        )
    if erased:
        raise SyncRefused(f"The data of person {user_id} was erased already", do="Nothing is left to erase")
    return str(user_id)


def find_due(connection: duckdb.DuckDBPyConnection, after_days: int, now: datetime) -> list[str]:
    """The ids of everybody who was archived more than so many days ago and of whom something is kept."""
    before = now - timedelta(days=after_days)
    return [user_id for (user_id,) in run(connection, "plan/erase/due", before=before).fetchall()]


def choose(connection: duckdb.DuckDBPyConnection, ids: Sequence[str]) -> Erasure:
    """Fills `plan.erasing`, and says what of these people would be taken out; needs `staging`."""
    make(connection, "plan/erase/erasing", ids=list(ids))
    make(connection, "plan/erase/erasing_sections")
    return Erasure(*run(connection, "plan/erase/counted").fetchone() or ())


def is_confirmed(connection: duckdb.DuckDBPyConnection, after_days: int) -> bool:
    """Whether somebody has seen and confirmed what a retention of so many days, or of fewer, takes out."""
    return run(connection, "plan/erase/retention_confirmed", days=after_days).fetchone() is not None


def take_out(
    connection: duckdb.DuckDBPyConnection, info: SyncInfo, now: datetime, *, confirms: int | None = None
) -> None:
    """Erases who was chosen, as the sync `info`, in one transaction; `confirms` is the retention that this confirms.

    The rows that held it are still in the file until it is written anew.
    """
    connection.execute("BEGIN")
    for name in (*_TAKEN_OUT, *_WRITTEN_DOWN):
        run(connection, f"plan/erase/{name}", sync_id=info.sync_id, now=now)
    record_success(connection, info, Counts(), "", now)
    run(connection, "plan/erase/people", sync_id=info.sync_id)
    if confirms is not None:
        row = {"after_days": confirms, "confirmed_by": info.requested_by, "confirmed_at": now, "sync_id": info.sync_id}
        insert(connection, "sync.retention", **row)
    connection.execute("COMMIT")
    failpoint("erased")
