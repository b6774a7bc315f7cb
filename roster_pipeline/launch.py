"""Launching a sync from this process, through the same Dagster job and into the same instance as the UI's.

Belongs here: what the terminal needs of Dagster. Does not belong here: arguments and printing.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

import dagster as dg

from roster_pipeline import report
from roster_pipeline.config import Settings
from roster_pipeline.errors import CleverUnavailable, RosterError
from roster_pipeline.extract import discover_districts
from roster_pipeline.resources.warehouse import Warehouse

log = logging.getLogger(__name__)


def known_districts(settings: Settings) -> list[str]:
    """The slugs of all districts, those that Clever has just told us of included, each made a partition.

    When Clever does not answer, the districts seen before; raises CleverUnavailable only when there are none.
    """
    warehouse = Warehouse(settings.warehouse)
    try:
        discover_districts(settings, warehouse)
    except CleverUnavailable:
        if not warehouse.districts():
            raise
    slugs = [d.slug for d in warehouse.districts()]
    with dg.DagsterInstance.get() as instance:
        missing = sorted(set(slugs) - set(instance.get_dynamic_partitions("district")))
        if missing:
            instance.add_dynamic_partitions("district", missing)
    return slugs


def launch_sync(settings: Settings, slug: str, sites: Sequence[str], requested_by: str) -> dict[str, Any]:
    """Runs job sync_now for one district to its end; returns its row of `sync.syncs` with sites, issues, published.

    Raises RosterError when the run ended without leaving a record.
    """
    from roster_pipeline.definitions import defs

    with dg.DagsterInstance.get() as instance:
        result = defs.resolve_job_def("sync_now").execute_in_process(
            instance=instance,
            partition_key=slug,
            raise_on_error=False,
            run_config={
                "resources": {"sync": {"config": {"sites": list(sites), "requested_by": requested_by}}},
                "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
            },
        )
    warehouse = Warehouse(settings.warehouse)
    published = warehouse.folder(slug).published
    if published.exists():
        with warehouse.read(slug) as connection:
            last = report.sync(connection, None)
            if last["dagster_run_id"] == result.run_id:
                issues = report.issues(connection, last["sync_id"])
                return {**last, "sites": report.sites(connection), "issues": issues, "published": published}
    raise RosterError(
        f"The sync of {slug} ended without a record (Dagster run {result.run_id})",
        do="Look at the run in Dagster (`make dev`); the roster is as it was",
    )
