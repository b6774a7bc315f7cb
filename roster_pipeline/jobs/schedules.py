"""The nightly schedule."""

from collections.abc import Iterator

import dagster as dg

from roster_pipeline.config import load_settings, schedule_timezone, usable_settings
from roster_pipeline.errors import RosterError
from roster_pipeline.jobs.jobs import nightly_sync
from roster_pipeline.warehouse.warehouse import Warehouse


@dg.schedule(
    job=nightly_sync,
    cron_schedule="0 2 * * *",
    execution_timezone=schedule_timezone(),
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description=(
        "Every night at 02:00, one sync per district. Clever finishes its own nightly syncs by 01:00 Pacific; "
        "an earlier run would read yesterday's data."
    ),
)
def nightly(context: dg.ScheduleEvaluationContext) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """One run per partition that is a district and has not left Clever; the sensor `new_districts` knows."""
    partitions = context.instance.get_dynamic_partitions("district")
    try:
        listed = {d.slug for d in Warehouse(usable_settings().warehouse).districts() if d.left_at is None}
    except RosterError:  # each run says what is wrong, and its history keeps it
        listed = set(partitions)
    if not listed & set(partitions):
        none = "No district is to be synced; the sensor new_districts adds those that Clever lists."
        yield dg.SkipReason(str(load_settings().wrong or none))
    for slug in (p for p in partitions if p in listed):
        yield dg.RunRequest(run_key=f"{slug}-{context.scheduled_execution_time:%Y-%m-%d}", partition_key=slug)
