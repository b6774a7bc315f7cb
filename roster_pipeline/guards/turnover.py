"""What left and what came, for the guards that remember.

Belongs here: `sync.turnover`. Does not belong here: what is counted against a limit.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import duckdb

from roster_pipeline.history.record import SyncInfo
from roster_pipeline.warehouse.sql import has_rows, run

LONGEST_MEMORY = timedelta(days=30)
"""How long it is kept: as far back as any guard looks."""


def remember(connection: duckdb.DuckDBPyConnection, info: SyncInfo, now: datetime) -> None:
    """Writes down what left and what came with the plan that is being applied.

    A first plan has nothing to compare with: no guard has looked at it. Runs inside the transaction that applies it.
    """
    run(connection, "guards/forget_turnover", before=now - LONGEST_MEMORY)
    if has_rows(connection, "guards.limits") or info.undoes:
        run(connection, "guards/turnover", sync_id=info.sync_id, now=now)
