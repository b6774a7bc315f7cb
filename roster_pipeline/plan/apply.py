"""The one way in which a plan becomes the roster: everything it changes, in one transaction.

Belongs here: the order of what apply writes. Does not belong here: making the plan, and deciding what of it
is held.
"""

from __future__ import annotations

from datetime import datetime

import duckdb

from roster_pipeline.failpoints import failpoint
from roster_pipeline.guards import holds
from roster_pipeline.history.record import SyncInfo, copy_issues, record_success, remember_turnover
from roster_pipeline.plan.difference import Plan, apply_plan, summarize
from roster_pipeline.warehouse.sql import statement

_ISSUES = ("staging.issues", "desired.scope_issues", "desired.last_known_issues")
"""What this sync noticed on its way from the landing to the plan."""


def apply(
    connection: duckdb.DuckDBPyConnection,
    info: SyncInfo,
    *,
    now: datetime,
) -> Plan:
    """Applies `plan.*` except what is held; roster, change log, holds, issues and "last synced" move together.

    The guards have looked at the plan, or `guards.judge_nothing` says that none does.
    """
    made = summarize(connection)
    whole_district = not info.sites and info.trigger != "undo"
    connection.execute("BEGIN")
    holds.record(connection, sync_id=info.sync_id, now=now, whole_district=whole_district, sites=info.sites)
    apply_plan(connection, sync_id=info.sync_id, started_at=info.started_at)
    if info.undoes:
        holds.withdraw(connection, info.undoes, by=info.requested_by, now=now)
        connection.execute(statement("plan/undo/forget"))
        connection.execute(statement("plan/undo/remember"), {"sync_id": info.sync_id, "undoes": info.undoes})
    else:
        blocked = connection.execute("SELECT 1 FROM plan.holds WHERE blocks").fetchone() is not None
        connection.execute(statement("plan/undo/settle"), {"whole_district": whole_district and not blocked})
        connection.execute("DELETE FROM mapping.courses; INSERT INTO mapping.courses BY NAME FROM input.courses")
        for table in _ISSUES:
            copy_issues(connection, info.sync_id, table)
        connection.execute(statement("plan/line_issues"), {"sync_id": info.sync_id})
        connection.execute(statement("guards/log_relinks"), {"sync_id": info.sync_id})
    remember_turnover(connection, info, now)
    record_success(connection, info, made, now)
    connection.execute("DELETE FROM sync.settled")
    if whole_district and not made.held:
        connection.execute("INSERT INTO sync.settled SELECT basis, ? FROM plan.basis", [info.sync_id])
    failpoint("plan_written")
    connection.execute("COMMIT")
    failpoint("applied")
    return made
