"""What a finished sync left behind: its counts, and how long each step of its Dagster run took.

Belongs here: reading the published copy and the event log, in a process of its own, so that the process
that measures stays small. Does not belong here: judging what is read.

    python -m benchmarks.evidence SLUG    in the environment of `roster`; prints JSON
"""

from __future__ import annotations

import sys
from typing import Any

import dagster as dg
import duckdb
import msgspec

from benchmarks.results import Evidence
from roster_pipeline.config import load_settings
from roster_pipeline.warehouse.warehouse import Warehouse

_COUNTS = {
    "students": "roster.users WHERE list_contains(roles, 'student') AND enrollment_status <> 'archived'",
    "teachers": "roster.users WHERE list_contains(roles, 'teacher') AND enrollment_status <> 'archived'",
    "users": "roster.users WHERE enrollment_status <> 'archived'",
    "schools": "roster.sites WHERE status <> 'archived'",
    "sections": "roster.sections WHERE status = 'active'",
    "enrollments": "roster.enrollments WHERE role = 'student' AND status = 'active'",
}


def evidence(slug: str) -> Evidence:
    """Reads the newest sync of a district; raises RosterError when nothing was published."""
    with Warehouse(load_settings().warehouse).read(slug) as connection:
        run_id, status, changes = _row(
            connection,
            "SELECT dagster_run_id, status, created + updated + archived + restored FROM sync.syncs"
            " ORDER BY sync_no DESC LIMIT 1",
        )
        counts = {name: _row(connection, f"SELECT count(*) FROM {what}")[0] for name, what in _COUNTS.items()}
    with dg.DagsterInstance.get() as instance:
        stats = instance.get_run_step_stats(run_id)
    spans = {step.step_key: (step.start_time or 0.0, step.end_time or 0.0) for step in stats}
    in_order = sorted(spans.items(), key=lambda span: span[1])
    return Evidence(status, changes, counts, {name: end - start for name, (start, end) in in_order})


def _row(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    row = connection.execute(query).fetchone()
    if row is None:
        raise LookupError("no sync was recorded")
    return row


if __name__ == "__main__":
    print(msgspec.json.encode(evidence(sys.argv[1])).decode())
