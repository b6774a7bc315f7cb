"""Layer 1, `clever`: the district as Clever sends it, landed as one NDJSON file per list."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg

from roster_pipeline import sync as corridor
from roster_pipeline.announce import shown
from roster_pipeline.assets.common import materialized, spec
from roster_pipeline.clever.landing import Extract
from roster_pipeline.clever.sites import WholeInstead
from roster_pipeline.model import LANDING
from roster_pipeline.resources.sync_run import SyncRun

RETRIES = dg.RetryPolicy(max_retries=6, delay=300, backoff=dg.Backoff.LINEAR)
"""When Clever does not answer at night: tried again after 5, 10, 15, 20, 25 and 30 minutes, within two hours in all."""

_DESCRIPTIONS = {
    "districts": "The district's own record in Clever: its state, its pauses, when Clever last had new data.",
    "schools": "Every school that the district shares with us.",
    "terms": "Terms. Clever makes them up from section data, so their ids come and go; a district may not share them.",
    "courses": "Clever's courses (not the platform's). A district may not share them.",
    "sections": "Sections with the ids of their teachers (primary first) and students.",
    "users": "Everybody whom the district shares, in all roles; somebody with two roles is one record.",
}


@dg.multi_asset(
    name="clever",
    specs=[spec("clever", table.name, _DESCRIPTIONS[table.name], table=table, kinds=("json",)) for table in LANDING],
    can_subset=True,
)
def clever(context: dg.AssetExecutionContext, sync: SyncRun) -> Iterator[dg.MaterializeResult[Any]]:
    """All lists are always fetched together, so that sections and users are of the same moment.

    A list that is whole is read for staging while the others are still being fetched. In a nightly run, what Clever may
    answer later is asked again; the landing goes on where it stopped. Of chosen sites, only theirs are fetched, unless
    the whole district is the shorter way, or the only one.
    """
    with sync.step(RETRIES, context.retry_number):
        landed = _land_sites(sync) if sync.info.sites else None
        extract = landed if isinstance(landed, Extract) else _land(sync, landed)
    scope = {"whole district, because": landed.why} if isinstance(landed, WholeInstead) else {}
    if isinstance(landed, Extract):
        scope = {"sites": ", ".join(sync.run.order.info.sites)}
    yield from materialized(
        context,
        {
            f"clever/{e.name}": {
                **(_state(extract) if e.name == "districts" else {}),
                **scope,
                "dagster/row_count": e.records,
                "pages": e.pages,
                "pages fetched now": e.pages_fetched,
                "bytes": e.bytes,
                "seconds": round(e.seconds, 2),
                "shared": e.shared,
            }
            for e in extract.endpoints
        },
    )


def _state(extract: Extract) -> dict[str, Any]:
    district = extract.district
    return shown.clever(district.state, district.last_sync, [notice.message for notice in extract.notices])


def _land(sync: SyncRun, instead: WholeInstead | None) -> Extract:
    """The whole district; `instead` says why, when it is not what was asked for."""
    with sync.scratch() as connection:
        sync.run.forget_what_was_read(connection)
        return corridor.land(
            sync.settings,
            sync.warehouse,
            sync.run.order,
            landed=lambda endpoint: sync.run.read_early(connection, endpoint),
            seconds=sync.seconds_left,
            instead=instead,
        )


def _land_sites(sync: SyncRun) -> Extract | WholeInstead:
    """The chosen sites, which are checked before Clever is asked."""

    def left_open(landing: Path) -> list[str]:
        with sync.connect() as connection:
            return corridor.left_open(connection, sync.run.order, landing)

    with sync.connect() as connection:
        instead = sync.run.choose_sites(connection)
    found = instead or corridor.land_sites(
        sync.settings, sync.warehouse, sync.run.order, left_open, seconds=sync.seconds_left
    )
    if isinstance(found, WholeInstead):
        return found
    sync.run.of_sites = found
    return found[1]
