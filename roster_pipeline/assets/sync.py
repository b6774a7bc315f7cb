"""Layer 5, `sync`: what this and every earlier sync did, and the copy of it all that anyone may open."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from roster_pipeline import model
from roster_pipeline import sync as corridor
from roster_pipeline.announce import checks
from roster_pipeline.assets.common import materialized, publish_and_tell, spec
from roster_pipeline.resources.sync_run import SyncRun


@dg.multi_asset(
    name="sync_history",
    specs=[
        spec(
            "sync",
            "syncs",
            "Every sync with its outcome, counts, changes and issues; the last seven are `roster recent`.",
            table=model.SYNCS,
            deps=[*(f"roster/{e.name}" for e in model.ENTITIES), "roster/course_access"],
        ),
        spec(
            "sync",
            "holds",
            "What guards hold back, what somebody decided about it, and what became of it.",
            table=model.HOLDS,
            deps=["sync/syncs"],
        ),
        spec(
            "sync",
            "published",
            "The copy for people and tools, published.duckdb; holding it open stops no sync.",
            deps=["sync/syncs", "sync/holds", "mapping/unmapped", "mapping/suggestions"],
        ),
    ],
    check_specs=[check.spec for check in checks.on(checks.SYNCS)],
    can_subset=True,
)
def sync_history(context: dg.AssetExecutionContext, sync: SyncRun) -> Iterator[dg.MaterializeResult[Any]]:
    """Publishes, and shows what this sync did."""
    with sync.step():
        metadata = publish_and_tell(sync)
    yield from materialized(context, metadata, list(checks.states(sync.warehouse, corridor.utc_now(), checks.SYNCS)))
