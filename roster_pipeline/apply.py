"""The one way in which a plan becomes the roster: everything it changes, in one transaction.

Belongs here: the order of what apply writes. Does not belong here: making the plan, and deciding what of it
is held.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import duckdb

from roster_pipeline import holds
from roster_pipeline.history import SyncInfo, copy_issues, record_success
from roster_pipeline.plan import Plan, apply_plan, summarize


def apply(
    connection: duckdb.DuckDBPyConnection,
    info: SyncInfo,
    *,
    now: datetime,
    issues: Sequence[str] = (),
) -> Plan:
    """Applies `plan.*` except what is held; roster, change log, holds, issues and "last synced" move together.

    The guards have looked at the plan, or `holds.hold_nothing` says that none does. `issues` names the scratch
    tables whose issues belong to this sync.
    """
    made = summarize(connection)
    connection.execute("BEGIN")
    holds.record(
        connection,
        sync_id=info.sync_id,
        now=now,
        whole_district=not info.sites and info.trigger != "undo",
    )
    apply_plan(connection, sync_id=info.sync_id, started_at=info.started_at)
    for table in issues:
        copy_issues(connection, info.sync_id, table)
    record_success(connection, info, made, now)
    connection.execute("COMMIT")
    return made
