"""What a nightly sync erases by itself: people who were archived longer ago than `ROSTER_ERASE_AFTER_DAYS`.

Belongs here: when it does so, and what it says otherwise. Does not belong here: what is erased (`sync.erase`).
"""

from dataclasses import replace

from roster_pipeline import sync as corridor
from roster_pipeline.history.record import record_issues
from roster_pipeline.history.words import counted
from roster_pipeline.plan.erase import is_confirmed
from roster_pipeline.resources.sync_run import ERASE, NIGHTLY, SyncRun
from roster_pipeline.warehouse import purge


def erase_what_is_due(sync: SyncRun) -> None:
    """After a nightly sync was applied, as a sync of its own; nobody before somebody has confirmed that retention."""
    days, info = sync.settings.erase_after_days, sync.info
    if days is None or info.trigger != NIGHTLY:
        return
    with sync.connect(changes_truth=True) as connection:
        found = corridor.choose_erased(connection, sync.run.order, days)
        if not found.people:
            return
        if not is_confirmed(connection, days):
            message = (
                f"{counted(found.people, 'person was', 'people were')} archived more than {counted(days, 'day')} ago, "
                "and nobody has confirmed that their data is erased then: `roster erase --due --confirm` does so, and "
                "lets nightly syncs do it."
            )
            record_issues(
                connection, info.sync_id, [("warning", "retention_unconfirmed", "users", None, None, message)]
            )
            return
        erasing = replace(
            info,
            sync_id=f"{info.sync_id[:-8]}{info.dagster_run_id[-8:]}",
            trigger=ERASE,
            requested_by="ROSTER_ERASE_AFTER_DAYS",
            reason=f"archived more than {counted(days, 'day')} ago",
            sites=(),
        )
        corridor.erase(connection, sync.folder, replace(sync.run.order, info=erasing))
    purge.finish(sync.warehouse, info.district)
