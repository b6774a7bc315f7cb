"""The life of a hold: opened by a guard, decided by a person, used up, cleared by itself.

Belongs here: `sync.holds` and the hand-over from the plan (`plan.holds`) to the apply. Does not belong here:
when to hold (`guards.py`), and the changes themselves (`plan.*.held_by`).

A hold *stands* until it is cleared or its approved changes are applied. What is over is kept: the same changes
held once more are a new row under the same hold_id.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal, get_args

import duckdb

from roster_pipeline.errors import RosterError, SyncRefused
from roster_pipeline.sql import statement

if TYPE_CHECKING:
    from roster_pipeline.guards import Hold

Decision = Literal["approved", "rejected"]

_COMMANDS = {"approved": "approve", "rejected": "reject"}

APPROVAL_VALID = timedelta(days=7)
"""An approval that no sync has used within this time is forgotten: the district has moved on."""

_OVER = {
    "gone": "a later plan no longer contains its changes",
    "changed": "its changes are others now, under a hold of their own",
    "expired": "its approval expired before a sync used it",
}


def approved_fingerprints(connection: duckdb.DuckDBPyConnection, now: datetime) -> frozenset[str]:
    """What may pass the guards: approved, not expired, not used yet."""
    rows = connection.execute(
        "SELECT fingerprint FROM sync.holds WHERE status = 'approved' AND applied_sync_id IS NULL AND expires_at > ?",
        [now],
    ).fetchall()
    return frozenset(fingerprint for (fingerprint,) in rows)


def stand(connection: duckdb.DuckDBPyConnection, holds: Sequence[Hold], now: datetime) -> list[Hold]:
    """Leaves the plan's holds in `plan.holds`, for the apply that may follow.

    Returns them; one that takes the place of an approved hold says what differs between the two.
    """
    connection.execute(statement("plan/holds"))
    for h in holds:
        connection.execute(
            "INSERT INTO plan.holds VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [h.hold_id, h.guard, h.entity, h.site_id, h.changes, h.of, h.limit, h.fingerprint, h.message, h.blocks],
        )
    if not holds:
        return []
    said = {}
    for hold_id, *difference in connection.execute(statement("holds/differences"), {"now": now}).fetchall():
        said[hold_id] = _difference(*difference)
        connection.execute("UPDATE plan.holds SET message = message || ? WHERE hold_id = ?", [said[hold_id], hold_id])
    return [replace(h, message=h.message + said.get(h.hold_id, "")) for h in holds]


def _difference(old: str, by: str, same: int, more: int, fewer: int) -> str:
    return (
        f". This is not what {by} approved as {old}: {same:,} changes are the same, "
        f"{more:,} are new, {fewer:,} are gone; that approval is over"
    )


def hold_nothing(connection: duckdb.DuckDBPyConnection) -> None:
    """For a plan that no guard looks at, such as an undo: nothing is held, no approval is used."""
    connection.execute(statement("plan/holds"))
    connection.execute(statement("guards/released"))


def record(connection: duckdb.DuckDBPyConnection, *, sync_id: str, now: datetime, whole_district: bool) -> None:
    """Brings `sync.holds` up to date with the plan that is being applied, inside its transaction.

    A plan of some sites only cannot tell that a hold is over, so it clears none; nor can a plan that is held
    as a whole, which was not judged any further.
    """
    connection.execute(statement("holds/mark_applied"), {"sync_id": sync_id, "now": now})
    connection.execute(statement("holds/clear"), {"sync_id": sync_id, "now": now, "whole_district": whole_district})
    connection.execute(statement("holds/open_new"), {"sync_id": sync_id})


def decide(
    connection: duckdb.DuckDBPyConnection,
    hold_id: str,
    decision: Decision,
    *,
    by: str,
    reason: str,
    now: datetime,
    change: bool = False,
) -> str:
    """Approves or rejects a hold; the next sync acts on it. Returns what it is now, as a sentence.

    A decision that stands already is not made again. Raises RosterError when there is nothing to decide, SyncRefused
    when somebody has decided otherwise and `change` does not say that they are overruled.
    """
    if decision not in get_args(Decision):
        raise RosterError(f"{decision!r} is no decision", do="Decide approved or rejected")
    found = connection.execute(statement("holds/latest"), {"hold_id": hold_id, "now": now}).fetchone()
    if found is None:
        raise RosterError(f"There is no hold {hold_id}", do="`roster holds` lists them")
    applied, because, status, decided_by, decided_at, is_decided = found
    if applied or because:
        why = f"its changes were applied by sync {applied}" if applied else _OVER[because]
        raise RosterError(
            f"Hold {hold_id} is over: {why}", do="Nothing needs to be decided; `roster holds` lists open ones"
        )
    if is_decided and not change:
        told = f"Hold {hold_id} was {status} by {decided_by} on {decided_at:%Y-%m-%d %H:%M} UTC"
        if status == decision:
            return f"{told} already; nothing was changed."
        raise SyncRefused(
            told,
            do=f"Nothing was changed; to overrule it, say so: `roster {_COMMANDS[decision]} {hold_id} --change`",
        )
    connection.execute(
        statement("holds/decide"),
        {
            "hold_id": hold_id,
            "decision": decision,
            "by": by,
            "reason": reason,
            "now": now,
            "expires_at": now + APPROVAL_VALID if decision == "approved" else None,
        },
    )
    return f"Hold {hold_id} is {decision}; the next sync acts on it."


def withdraw(connection: duckdb.DuckDBPyConnection, undone: str, *, by: str, now: datetime) -> None:
    """After `undone` was undone: its approvals are rejections now, so that the next sync does not redo it."""
    connection.execute(statement("holds/withdraw"), {"undone": undone, "by": by, "now": now})
