"""What people have decided already: an undo and a rejection last.

Belongs here: recognizing, record by record, what would be done again, and the sentence about it. Does not belong here:
the undo itself, and what becomes of `sync.undone` when a plan is applied (`plan/`).
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from roster_pipeline import model
from roster_pipeline.guards.guard import Judging, Part
from roster_pipeline.warehouse.sql import has_rows, make, run

GUARD = "undone"


def breaches(judging: Judging) -> bool:
    """Whether the plan would do again what an undo took back.

    Clever saying something else of the record, or nothing more, is no match: that flows.
    """
    if not has_rows(judging.connection, "sync.undone"):
        return False
    make(judging.connection, "guards/undone")
    run(judging.connection, "guards/undone_breaches")
    return has_rows(judging.connection, "guards.undone")


def marks(judging: Judging) -> None:
    """Marks what was undone with the key of its undo."""
    for entity in model.ENTITIES:
        judging.connection.execute(
            f"UPDATE plan.{entity.name} SET held_by = '{GUARD}|' || u.undo_sync_id FROM guards.undone AS u "
            f"WHERE u.entity = '{entity.name}' AND u.entity_id = {entity.id_of()} AND held_by IS NULL"
        )


def keep_rejected(judging: Judging) -> None:
    """What somebody rejected stays held under the same hold, whatever else changes."""
    if not judging.decided or not has_rows(judging.connection, "guards.decided WHERE status = 'rejected'"):
        return
    for entity in model.ENTITIES:
        judging.connection.execute(
            f"UPDATE plan.{entity.name} SET held_by = d.hold_id FROM guards.decided AS d WHERE d.status = 'rejected' "
            f"AND held_by IS NULL AND d.is_judged AND d.entity = '{entity.name}' AND d.entity_id = {entity.id_of()}"
        )


def hold_what_begins_at_held_sites(connection: duckdb.DuckDBPyConnection) -> None:
    """Holds what would begin at a site that is held back itself."""
    make(connection, "guards/undone_sites")
    for entity in ("users", "user_sites", "sections"):
        connection.execute(
            f"UPDATE plan.{entity} AS p SET held_by = s.held_by FROM guards.undone_sites AS s "
            "WHERE s.site_id = p.site_id AND p.held_by IS NULL AND p.action IN ('create', 'restore', 'update')"
        )


def sentence(judging: Judging, key: str, parts: Sequence[Part]) -> str:
    """Who undid these changes, when and why."""
    undo_sync_id = key.removeprefix(f"{GUARD}|")
    found = run(judging.connection, "guards/undo", sync_id=undo_sync_id).fetchone()
    by, at, undoes, reason = found or ("somebody", None, None, None)
    when = f" on {at:%Y-%m-%d}" if at else ""
    why = f" ({reason})" if reason else ""
    changes = sum(p.changes for p in parts)
    return f"{by} undid sync {undoes or '?'}{when}{why}, and {changes:,} of its changes would be made again"
