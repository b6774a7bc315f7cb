"""What a person does about somebody's data in Dagster: erase it, after a preview.

Belongs here: the options of this job, and what a run shows: ids and counts. Does not belong here: what is erased
(`sync.py`), which the terminal and nightly syncs share.
"""

from collections.abc import Mapping
from dataclasses import asdict, replace

import dagster as dg
from pydantic import Field

from roster_pipeline import sync as corridor
from roster_pipeline.assets.common import publish_and_tell
from roster_pipeline.errors import RosterError
from roster_pipeline.history.words import counted
from roster_pipeline.jobs.ops import show
from roster_pipeline.resources.sync_run import SyncRun
from roster_pipeline.warehouse import purge


class Erased(dg.Config):
    """Whose data is erased. Dagster keeps what is typed here, so it takes ids alone."""

    person: str = Field(
        default="", description="The platform's or Clever's whole id of an archived person; no e-mail, no SIS id."
    )
    due: bool = Field(
        default=False,
        description=(
            "Instead of one person: everybody who was archived more than ROSTER_ERASE_AFTER_DAYS days ago. Without "
            "`preview`, this confirms that nightly syncs do the same from now on."
        ),
    )
    preview: bool = Field(default=True, description="Only count what would be erased.")
    why: str = Field(default="", description="Why, without anybody's name; kept with the sync.")


@dg.op(name="erase", description="Takes personal data out of the roster, its history and every file; for good.")
def erase_people(context: dg.OpExecutionContext, config: Erased, sync: SyncRun) -> None:
    """Without a preview, a sync of trigger `erase`."""
    with sync.step():
        days = sync.settings.erase_after_days
        whom = _whom(config, days)
        if config.preview:
            with sync.connect() as connection:
                counts = asdict(corridor.choose_erased(connection, sync.run.order, whom))
            sync.found(counts)
        else:
            with sync.connect(changes_truth=True) as connection:
                counts = asdict(corridor.choose_erased(connection, sync.run.order, whom))
                order = replace(sync.run.order, info=replace(sync.info, reason=config.why))
                corridor.erase(connection, sync.folder, order, confirms=days if config.due else None)
            purge.finish(sync.warehouse, sync.info.district)
            show(context, sync, publish_and_tell(sync))
    _tell(context, counts, preview=config.preview)


def _whom(config: Erased, days: int | None) -> str | int:
    if bool(config.person.strip()) == config.due:
        raise RosterError("It is not said whose data is erased", do="Name one person, or set `due`; not both")
    if not config.due:
        return config.person
    if days is None:
        raise RosterError(
            "ROSTER_ERASE_AFTER_DAYS is not set, so nobody's time is over", do="Set it to a number of days"
        )
    return days


def _tell(context: dg.OpExecutionContext, counts: Mapping[str, int], *, preview: bool) -> None:
    context.add_output_metadata({name.replace("_", " "): count for name, count in counts.items()})
    people = counted(counts["people"], "person", "people")
    context.log.info(f"Nothing was changed; {people} would be erased." if preview else f"Erased: {people}.")
