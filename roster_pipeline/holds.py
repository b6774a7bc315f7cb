"""The life of a hold: opened by a guard, decided by a person, used up, cleared by itself.

Belongs here: `sync.holds` and the hand-over from the plan (`plan.holds`) to the apply. Does not belong here:
when to hold (`guards.py`), and the changes themselves (`plan.*.held_by`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal, get_args

import duckdb

from roster_pipeline.errors import RosterError
from roster_pipeline.sql import statement

if TYPE_CHECKING:
    from roster_pipeline.guards import Hold

Decision = Literal["approved", "rejected"]

APPROVAL_VALID = timedelta(days=7)
"""An approval that no sync has used within this time is forgotten: the district has moved on."""


def approved_fingerprints(connection: duckdb.DuckDBPyConnection, now: datetime) -> frozenset[str]:
    """What may pass the guards: approved, not expired, not used yet."""
    rows = connection.execute(
        "SELECT fingerprint FROM sync.holds WHERE status = 'approved' AND applied_sync_id IS NULL AND expires_at > ?",
        [now],
    ).fetchall()
    return frozenset(fingerprint for (fingerprint,) in rows)


def stand(connection: duckdb.DuckDBPyConnection, holds: Sequence[Hold]) -> None:
    """Leaves the plan's holds in `plan.holds`, for the apply that may follow."""
    connection.execute(statement("plan/holds"))
    for h in holds:
        connection.execute(
            "INSERT INTO plan.holds VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [h.hold_id, h.guard, h.entity, h.site_id, h.changes, h.of, h.limit, h.fingerprint, h.message, h.blocks],
        )


def hold_nothing(connection: duckdb.DuckDBPyConnection) -> None:
    """For a plan that no guard looks at, such as an undo: nothing is held, no approval is used."""
    stand(connection, [])
    connection.execute(statement("guards/released"))


def record(connection: duckdb.DuckDBPyConnection, *, sync_id: str, now: datetime, whole_district: bool) -> None:
    """Brings `sync.holds` up to date with the plan that is being applied, inside its transaction.

    A plan of some sites only cannot tell that a hold is over, so it clears none.
    """
    connection.execute(statement("holds/mark_applied"), {"sync_id": sync_id, "now": now})
    connection.execute(statement("holds/forget_old"))
    connection.execute(statement("holds/open_new"), {"sync_id": sync_id})
    if whole_district:
        connection.execute(statement("holds/clear_gone"), {"sync_id": sync_id, "now": now})


def decide(
    connection: duckdb.DuckDBPyConnection, hold_id: str, decision: Decision, *, by: str, reason: str, now: datetime
) -> None:
    """Approves or rejects a hold; the next sync acts on it. Raises RosterError when there is nothing to decide."""
    if decision not in get_args(Decision):
        raise RosterError(f"{decision!r} is no decision", do="Decide approved or rejected")
    found = connection.execute("SELECT status, applied_sync_id FROM sync.holds WHERE hold_id = ?", [hold_id]).fetchone()
    if found is None:
        raise RosterError(f"There is no hold {hold_id}", do="`roster holds` lists them")
    status, applied = found
    if status == "cleared" or applied:
        why = (
            f"its changes were applied by sync {applied}" if applied else "a later plan no longer contains its changes"
        )
        raise RosterError(
            f"Hold {hold_id} is over: {why}", do="Nothing needs to be decided; `roster holds` lists open ones"
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


def withdraw(connection: duckdb.DuckDBPyConnection, undone: str, *, by: str, now: datetime) -> None:
    """After `undone` was undone: its approvals are rejections now, so that the next sync does not redo it."""
    connection.execute(statement("holds/withdraw"), {"undone": undone, "by": by, "now": now})
