"""What an undo took back: held when a later plan would do it again, until somebody lets it through.

Belongs here: recognizing it, record by record, and the sentence about it. Does not belong here: the undo itself
(`undo.py`), and what becomes of `sync.undone` when a plan is applied (`apply.py`).
"""

from __future__ import annotations

import duckdb

from roster_pipeline.model import tables as model
from roster_pipeline.warehouse.sql import statement

GUARD = "undone"


def mark_undone(connection: duckdb.DuckDBPyConnection) -> bool:
    """Marks what was undone with the key of its row in `plan.breaches`; whether there is any.

    Clever saying something else of the record, or nothing more, is no match: that flows.
    """
    if connection.execute("SELECT 1 FROM sync.undone LIMIT 1").fetchone() is None:
        return False
    for name in ("without_login", "undone", "undone_breaches"):
        connection.execute(statement(f"guards/{name}"))
    for entity in model.ENTITIES:
        key = f"concat_ws('/', {', '.join(entity.table.key)})"
        connection.execute(
            f"UPDATE plan.{entity.name} SET held_by = 'undone|' || u.undo_sync_id FROM plan.undone AS u "
            f"WHERE u.entity = '{entity.name}' AND u.entity_id = {key} AND held_by IS NULL"
        )
    return connection.execute("SELECT 1 FROM plan.undone LIMIT 1").fetchone() is not None


def follow_sites(connection: duckdb.DuckDBPyConnection) -> None:
    """Holds what would begin at a site that is held back itself."""
    connection.execute(statement("guards/undone_sites"))
    for entity in ("users", "user_sites", "sections"):
        connection.execute(
            f"UPDATE plan.{entity} AS p SET held_by = s.held_by FROM plan.undone_sites AS s "
            "WHERE s.site_id = p.site_id AND p.held_by IS NULL AND p.action IN ('create', 'restore', 'update')"
        )


def sentence(connection: duckdb.DuckDBPyConnection, key: str, changes: int) -> str:
    """Who undid these changes, when and why."""
    undo_sync_id = key.removeprefix(f"{GUARD}|")
    found = connection.execute(
        "SELECT requested_by, started_at, undoes, reason FROM sync.syncs WHERE sync_id = ?", [undo_sync_id]
    ).fetchone()
    by, at, undoes, reason = found or ("somebody", None, None, None)
    when = f" on {at:%Y-%m-%d}" if at else ""
    why = f" ({reason})" if reason else ""
    return f"{by} undid sync {undoes or '?'}{when}{why}, and {changes:,} of its changes would be made again"
