"""The one place that assembles the code location."""

from __future__ import annotations

import dagster as dg

from roster_pipeline.assets.clever import clever
from roster_pipeline.assets.mapping import inputs, section_courses, suggestions, unmapped
from roster_pipeline.assets.roster import roster_plan, roster_tables
from roster_pipeline.assets.sharing import sharing
from roster_pipeline.assets.staging import staged_tables
from roster_pipeline.assets.sync import sync_history
from roster_pipeline.jobs import jobs
from roster_pipeline.jobs.notices import notices
from roster_pipeline.jobs.schedules import nightly
from roster_pipeline.jobs.sensors import new_districts, stale_checks
from roster_pipeline.resources.sync_run import SyncRun


def build_defs() -> dg.Definitions:
    """The code location: five layers of assets, its jobs, a schedule and three sensors."""
    return dg.Definitions(
        assets=[
            *(clever, staged_tables, inputs, section_courses, roster_plan, roster_tables),
            *(suggestions, unmapped, sync_history, sharing),
        ],
        jobs=jobs.JOBS,
        schedules=[nightly],
        sensors=[new_districts, notices, stale_checks],
        resources={"sync": SyncRun.configure_at_launch()},
        executor=dg.in_process_executor,
    )


defs = build_defs()
