"""The nightly schedule, and the night that was missed."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import dagster as dg

from roster_pipeline.config import load_settings, schedule_timezone, usable_settings
from roster_pipeline.errors import RosterError
from roster_pipeline.jobs.jobs import nightly_sync
from roster_pipeline.warehouse.warehouse import Warehouse

CATCH_UP = "roster/catch_up"
"""The tag of a nightly run that was launched late: the night that it stands for."""

LATE = timedelta(minutes=15)
"""A tick that is evaluated later than this was missed: Dagster was off, or the hour has been moved since."""

A_DAY = timedelta(hours=23)
"""Between two nights, also where a clock is put forward."""

_STANDS_FOR = ".dagster/scheduled_execution_time"
"""The tag in which Dagster keeps the hour of a run that a schedule launched."""

_LOOKED_AT = 10
"""Nightly runs of a district, the newest first: some may have been launched by hand, for no hour."""


@dg.schedule(
    job=nightly_sync,
    cron_schedule="0 2 * * *",
    execution_timezone=schedule_timezone(),
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description=(
        "Every night at 02:00, one sync per district. Clever finishes its own nightly syncs by 01:00 Pacific; "
        "an earlier run would read yesterday's data. A night that was missed because Dagster was off is caught up "
        "once; moving the hour launches nothing at once."
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
        return
    night, due = context.scheduled_execution_time, [p for p in partitions if p in listed]
    is_late = now() - night > LATE
    if is_late:
        due = [slug for slug in due if not _had_its_night(context.instance, slug, night)]
    if not due:
        yield dg.SkipReason("Every district had its nightly run less than a day before this hour; it was moved.")
    for slug in due:
        tags = {CATCH_UP: f"{night:%Y-%m-%d}"} if is_late else {}
        yield dg.RunRequest(run_key=f"{slug}-{night:%Y-%m-%d}", partition_key=slug, tags=tags)


def now() -> datetime:
    return datetime.now(UTC)


def _had_its_night(instance: dg.DagsterInstance, slug: str, night: datetime) -> bool:
    """Whether a nightly run stands for an hour less than a day before `night`: Dagster tells no moved hour from a
    missed one, and looks back for both.
    """
    of_district = dg.RunsFilter(job_name=nightly_sync.name, tags={"dagster/partition": slug})
    for run in instance.get_runs(of_district, limit=_LOOKED_AT):
        stands_for = run.tags.get(_STANDS_FOR)
        if stands_for and night - datetime.fromisoformat(stands_for) < A_DAY:
            return True
    return False
