"""One plan, from staging to holds: what a sync would change, and what of it must wait.

Belongs here: the order of identities, desired, plan and guards. Does not belong here: any of their rules.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import duckdb

from roster_pipeline.guards import holds
from roster_pipeline.guards.judge import Hold, guard_plan, load_expected, load_limits, resolve_identities
from roster_pipeline.history.record import SyncInfo
from roster_pipeline.mapping.load import load_inputs, map_sections
from roster_pipeline.plan.difference import Plan, build_desired, make_plan, summarize


def is_made(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    """Whether a step of this run has made a scratch table, named `schema.table`."""
    query = "SELECT 1 FROM duckdb_tables() WHERE database_name = 'memory' AND schema_name || '.' || table_name = ?"
    return connection.execute(query, [table]).fetchone() is not None


def plan_sync(
    connection: duckdb.DuckDBPyConnection, info: SyncInfo, data: Path, *, today: date, now: datetime
) -> tuple[Plan, list[Hold]]:
    """Makes the plan of this sync and lets the guards judge it, with the district's limits and the approvals.

    Needs what is staged; inputs and mapping are read now unless an earlier step of this run has. Raises
    InputError for a mistake in a file of `data`, SyncRefused for a site that is not synced.
    """
    if not is_made(connection, "input.rules"):
        load_inputs(connection, data, info.district)
    if not is_made(connection, "desired.mapped_sections"):
        map_sections(connection, data, info.district)
    limits, expected = load_limits(data, info.district), load_expected(data, info.district)
    build_desired(
        connection,
        today,
        lambda: resolve_identities(connection, limits, today=today, now=now, expected=expected),
    )
    make_plan(connection, sync_id=info.sync_id, started_at=info.started_at, sites=info.sites)
    held = guard_plan(connection, limits, sync_id=info.sync_id, today=today, now=now, expected=expected)
    holds.stand(connection, held)
    return summarize(connection), held
