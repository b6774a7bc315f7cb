"""The life of a hold: opened by a guard, decided by a person, used up, cleared by itself.

Belongs here: `sync.holds` and the hand-over from the plan (`guards.holds`) to the apply. Does not belong here:
when to hold (`judge.py`), and the changes themselves (`plan.*.held_by`).

A hold *stands* until it is cleared or its approved changes are applied. What is over is kept: the same changes
held once more are a new row under the same hold_id.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Literal, get_args

import duckdb

from roster_pipeline.errors import RosterError, SyncRefused
from roster_pipeline.guards.guard import Hold
from roster_pipeline.warehouse.sql import empty, insert, run

Decision = Literal["approved", "rejected"]

_COMMANDS = {"approved": "approve", "rejected": "reject"}

APPROVAL_VALID = timedelta(days=7)
"""An approval that no sync has used within this time is forgotten: the district has moved on."""

_OVER = {
    "gone": "a later plan no longer contains its changes",
    "changed": "its changes are others now, or under another hold",
    "expired": "its approval expired before a sync used it",
}


def write_down(connection: duckdb.DuckDBPyConnection, holds: Sequence[Hold]) -> None:
    """Leaves the plan's holds in `guards.holds` and `guards.hold_parts`, for the apply that may follow."""
    empty(connection, "guards.holds", "guards.hold_parts")
    for h in holds:
        values = asdict(h)
        parts = values.pop("parts")
        insert(connection, "guards.holds", **values)
        for p in parts:
            columns = ("site_id", "role", "sign", "changes", "of")
            insert(connection, "guards.hold_parts", hold_id=h.hold_id, **{c: p[c] for c in columns})


def update_holds(
    connection: duckdb.DuckDBPyConnection, *, sync_id: str, now: datetime, whole_district: bool, sites: Sequence[str]
) -> None:
    """Brings `sync.holds` up to date with the plan that is being applied, inside its transaction.

    A plan of some `sites` only cannot tell that a hold is over, so it clears none; nor can a plan that is held
    as a whole, which was not judged any further.
    """
    values = {"sync_id": sync_id, "now": now, "whole_district": whole_district, "sites": list(sites)}
    for name in ("mark_applied", "settle_losses", "clear", "open_new", "open_parts"):
        run(connection, f"guards/holds/{name}", **values)


def decide(
    connection: duckdb.DuckDBPyConnection,
    hold_id: str,
    decision: Decision,
    *,
    by: str,
    reason: str,
    now: datetime,
    change: bool = False,
    sites: Sequence[str] = (),
) -> str:
    """Approves or rejects a hold; the next sync acts on it. Returns what it is now, as a sentence.

    With `sites`, by id or name, an approval counts for the changes at these sites alone; a second one adds to the
    first. A decision that stands already is not made again. Raises RosterError when there is nothing to decide,
    SyncRefused when somebody has decided otherwise and `change` does not say that they are overruled.
    """
    if decision not in get_args(Decision):
        raise RosterError(f"{decision!r} is no decision", do="Decide approved or rejected")
    found = run(connection, "guards/holds/latest", hold_id=hold_id, now=now).fetchone()
    if found is None:
        raise RosterError(f"There is no hold {hold_id}", do="`roster holds` lists them")
    applied, because, status, decided_by, decided_at, is_decided, approved_sites, parts = found
    if applied or because:
        why = f"its changes were applied by sync {applied}" if applied else _OVER[because]
        raise RosterError(
            f"Hold {hold_id} is over: {why}", do="Nothing needs to be decided; `roster holds` lists open ones"
        )
    sites = [_meant(connection, said.strip(), parts) for said in sites]
    _refuse_other_sites(hold_id, decision, sites, parts)
    in_part = status == decision == "approved" and bool(approved_sites)
    adds = in_part and (not sites or not set(sites) <= set(approved_sites))
    if is_decided and not change and not adds:
        told = f"Hold {hold_id} was {status} by {decided_by} on {decided_at:%Y-%m-%d %H:%M} UTC"
        if status == decision and (in_part or not sites):
            return f"{told} already; nothing was changed."
        raise SyncRefused(
            told,
            do=f"Nothing was changed; to overrule it, say so: `roster {_COMMANDS[decision]} {hold_id} --change`",
        )
    kept = approved_sites if adds and sites else []
    run(
        connection,
        "guards/holds/decide",
        hold_id=hold_id,
        decision=decision,
        by=by,
        reason=reason,
        now=now,
        expires_at=now + APPROVAL_VALID if decision == "approved" else None,
        sites=sorted({*kept, *sites}),
    )
    where = f" at {len({*kept, *sites})} of {len(parts)} sites" if sites else ""
    return f"Hold {hold_id} is {decision}{where}; the next sync acts on it."


def _meant(connection: duckdb.DuckDBPyConnection, said: str, parts: Sequence[str]) -> str:
    """The site of the hold that is called so; what is said, when there is none. Raises RosterError for several."""
    if said in parts:
        return said
    found = [site_id for (site_id,) in run(connection, "guards/holds/called", said=said).fetchall() if site_id in parts]
    if len(found) > 1:
        raise RosterError(
            f"{len(found)} sites of the hold are called {said!r}", do=f"Name one by its id: {', '.join(found)}"
        )
    return str(found[0]) if found else said


def _refuse_other_sites(hold_id: str, decision: str, sites: Sequence[str], parts: Sequence[str]) -> None:
    """Raises RosterError for a site at which the hold keeps nothing back, and for a rejection of some sites."""
    if sites and not parts:
        raise RosterError(f"Hold {hold_id} does not tell its sites apart", do="Decide it as a whole, without sites")
    unknown = [s for s in sites if s not in parts]
    if unknown:
        raise RosterError(
            f"Hold {hold_id} keeps nothing back at site {unknown[0]}", do=f"Its sites are {', '.join(parts)}"
        )
    if sites and decision == "rejected":
        raise RosterError(
            "A rejection counts for all sites of a hold",
            do="Approve the sites that are right; the others stay held",
        )


def withdraw(connection: duckdb.DuckDBPyConnection, undone: str, *, by: str, now: datetime) -> None:
    """After `undone` was undone: its approvals are rejections now, so that the next sync does not redo it."""
    run(connection, "guards/holds/withdraw", undone=undone, by=by, now=now)
