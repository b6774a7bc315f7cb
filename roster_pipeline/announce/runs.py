"""What Dagster's UI shows of a run beyond its steps: tags, and a failure on sync/syncs.

Belongs here: events and tags that outlive the run. Does not belong here: what happened (`outcome.py`), and the checks
(`checks.py`).
"""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import datetime
from typing import Any

import dagster as dg

from roster_pipeline.announce import checks, shown
from roster_pipeline.errors import RosterError
from roster_pipeline.history import report
from roster_pipeline.history.outcome import Outcome
from roster_pipeline.history.record import SyncInfo
from roster_pipeline.history.report import Row
from roster_pipeline.warehouse.warehouse import Warehouse

log = logging.getLogger(__name__)


def tag_start(instance: dg.DagsterInstance, info: SyncInfo) -> None:
    """Tags a run with what was asked of it."""
    asked = {"district": info.district, "trigger": info.trigger, "requested by": info.requested_by}
    instance.add_run_tags(info.dagster_run_id, {f"roster/{k.replace(' ', '_')}": v for k, v in asked.items()})


def tag_end(instance: dg.DagsterInstance, run_id: str, status: str, row: Row | None = None) -> None:
    """Tags a run with what became of its sync: succeeded, held, failed or refused, with how many changes."""
    tags = {"roster/status": status}
    if row and row["created"] is not None:
        tags["roster/changes"] = str(sum(row[action] for action in ("created", "updated", "archived", "restored")))
        tags["roster/held"] = str(row["held"])
    instance.add_run_tags(run_id, tags)


def tag_retry(instance: dg.DagsterInstance, info: SyncInfo, at: str) -> None:
    """Tags a run that waits before it asks Clever again; how it ends takes the tag's place."""
    try:
        tag_end(instance, info.dagster_run_id, f"Clever did not answer; trying again at {at}")
    except Exception as error:
        log.warning("%s: the UI does not show that it is tried again (%s)", info.district, type(error).__name__)


def tag_killed(instance: dg.DagsterInstance, dead: SyncInfo, status: str = "failed") -> None:
    """Tags the run of a sync that died, if Dagster still has it: runs can be deleted, and instances replaced."""
    try:
        tag_end(instance, dead.dagster_run_id, status)
    except dg.DagsterRunNotFoundError:
        log.warning("%s: Dagster does not know the run of the killed sync %s", dead.district, dead.sync_id)


def show_failure(instance: dg.DagsterInstance, warehouse: Warehouse, info: SyncInfo, status: str, error: str) -> None:
    """Reports a failed sync on `sync/syncs`, where its run never came, with the last seven as they are now."""
    metadata: dict[str, Any] = {
        "summary": f"{info.trigger} {info.sync_id} {status}: {error}",
        "status": status,
        "error": error,
        "sync_id": info.sync_id,
        "trigger": info.trigger,
        "run": dg.MetadataValue.dagster_run(info.dagster_run_id),
    }
    if warehouse.folder(info.district).published.exists():
        with suppress(RosterError), warehouse.read(info.district) as connection:
            metadata["last seven"] = shown.last_seven(report.recent(connection))
    instance.report_runless_asset_event(dg.AssetObservation(checks.SYNCS, partition=info.district, metadata=metadata))


def end(
    instance: dg.DagsterInstance,
    warehouse: Warehouse,
    info: SyncInfo,
    outcome: Outcome,
    failure: str | None,
    now: datetime,
) -> None:
    """Shows how a run ended; `failure` is that of a sync. What cannot be shown is logged: it changes nothing."""
    row = outcome.row
    status = str(row["status"]) if row else "failed" if outcome.failure else "succeeded"
    try:
        tag_end(instance, info.dagster_run_id, status, row)
        if failure:
            show_failure(instance, warehouse, info, status, failure)
        checks.show(instance, warehouse, now)
    except Exception as error:
        log.warning("%s: the UI may show an older state (%s)", info.district, type(error).__name__)
