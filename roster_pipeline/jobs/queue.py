"""Syncs that a job asks Dagster's daemon to launch: of several districts, or after a decision.

Belongs here: queueing runs of `sync_now`. Does not belong here: the sync.

The launchpad cannot combine fields with several partitions, and a run cannot launch another one by itself. A backfill
is Dagster's own word for "these partitions of that job, with this config": the daemon launches one run for each.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import dagster as dg
from dagster._core.execution.backfill import BulkActionStatus, PartitionBackfill
from dagster._core.remote_origin import RemotePartitionSetOrigin
from dagster._core.utils import make_new_backfill_id
from pydantic import Field

from roster_pipeline.config import usable_settings
from roster_pipeline.errors import RosterError
from roster_pipeline.history.record import USER_TAG
from roster_pipeline.jobs.origin import job_origin
from roster_pipeline.warehouse.warehouse import Warehouse

_SYNC_NOW = "sync_now"


class Districts(dg.Config):
    """Which districts are synced."""

    districts: list[str] = Field(default=[], description="Slugs of districts; empty means all that Clever lists.")
    by: str = Field(default="", description="Who asks, as the history shows it.")


def many_districts(asked: Districts) -> dict[str, Any]:
    """The run config of `sync_districts` from its fields."""
    return {"ops": {"queue": {"config": {"districts": asked.districts, "by": asked.by}}}}


@dg.op(name="queue", description="Queues one run of sync_now for each district.")
def queue_many(context: dg.OpExecutionContext, config: Districts) -> None:
    """Refuses a district that there is not before anything is queued."""
    try:
        chosen = _chosen(config.districts)
    except RosterError as error:
        raise dg.Failure(str(error), allow_retries=False) from None
    backfill = queue_syncs(context, chosen, config.by)
    context.add_output_metadata({"districts": len(chosen), "backfill": backfill})
    context.log.info("%d syncs are queued: %s.", len(chosen), ", ".join(chosen))


sync_districts = dg.GraphDefinition(name="sync_districts", node_defs=[queue_many])


def _chosen(districts: Sequence[str]) -> list[str]:
    warehouse = Warehouse(usable_settings().warehouse)
    said = [slug.strip().lower() for slug in districts]
    for slug in said:
        if not warehouse.has(slug):
            raise warehouse.unknown(slug)
    listed = [d.slug for d in warehouse.districts() if d.left_at is None]
    if not (said or listed):
        raise RosterError("No district is known yet", do="The sensor new_districts finds them; it runs with `make dev`")
    return list(dict.fromkeys(said)) or listed


def queue_syncs(context: dg.OpExecutionContext, districts: Sequence[str], by: str) -> str:
    """Asks the daemon to launch `sync_now` for each district; returns the id of the backfill.

    Who was signed in when this run was launched has asked for those syncs too, whatever `by` says.
    """
    origin = job_origin(_SYNC_NOW).repository_origin
    backfill = PartitionBackfill(
        backfill_id=make_new_backfill_id(),
        partition_set_origin=RemotePartitionSetOrigin(
            repository_origin=origin, partition_set_name=f"{_SYNC_NOW}_partition_set"
        ),
        status=BulkActionStatus.REQUESTED,
        partition_names=list(districts),
        from_failure=False,
        tags={name: value for name, value in context.run.tags.items() if name == USER_TAG},
        backfill_timestamp=datetime.now(UTC).timestamp(),
        title=f"Sync Now, {len(districts)} districts" if len(districts) > 1 else f"Sync Now, {districts[0]}",
        run_config={"resources": {"sync": {"config": {"requested_by": by}}}},
    )
    context.instance.add_backfill(backfill)
    return backfill.backfill_id
