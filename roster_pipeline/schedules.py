"""The nightly schedule."""

from collections.abc import Iterator

import dagster as dg

from roster_pipeline.config import schedule_timezone
from roster_pipeline.jobs import nightly_sync


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
    """One run per district that is known; the sensor `new_districts` makes them known."""
    districts = context.instance.get_dynamic_partitions("district")
    if not districts:
        yield dg.SkipReason("No district is known yet; the sensor new_districts adds them.")
    for slug in districts:
        yield dg.RunRequest(run_key=f"{slug}-{context.scheduled_execution_time:%Y-%m-%d}", partition_key=slug)
