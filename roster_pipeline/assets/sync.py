"""Layer 5, `sync`: what this and every earlier sync did, and the copy of it all that anyone may open."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from roster_pipeline import model
from roster_pipeline.assets.common import materialized, row_count, spec
from roster_pipeline.resources.sync_run import SyncRun


@dg.multi_asset(
    name="sync_history",
    specs=[
        spec(
            "sync",
            "details",
            "Every sync with its outcome, counts, changes and issues; the last seven are `roster recent`.",
            table=model.SYNCS,
            deps=[*(f"roster/{e.name}" for e in model.ENTITIES), "roster/course_access"],
        ),
        spec(
            "sync",
            "published",
            "The copy for people and tools, published.duckdb; holding it open stops no sync.",
            deps=["sync/details", "mapping/unmapped", "mapping/suggestions"],
        ),
    ],
    can_subset=True,
)
def sync_history(context: dg.AssetExecutionContext, sync: SyncRun) -> Iterator[dg.MaterializeResult[Any]]:
    """Publishes, and shows what this sync did."""
    with sync.step():
        published = sync.warehouse.publish(sync.info.district)
        with sync.warehouse.read(sync.info.district) as connection:
            details: dict[str, Any] = row_count(connection, "sync.syncs")
            last = connection.execute(
                "SELECT sync_id, trigger, status, created, updated, archived, restored, held, unchanged "
                "FROM sync.syncs ORDER BY sync_id DESC LIMIT 1"
            ).fetchone()
            if last:
                names = (
                    "last sync",
                    "trigger",
                    "status",
                    "created",
                    "updated",
                    "archived",
                    "restored",
                    "held",
                    "unchanged",
                )
                details |= dict(zip(names, last, strict=True))
    yield from materialized(
        context,
        {
            "sync/details": details,
            "sync/published": {"path": dg.MetadataValue.path(published), "bytes": published.stat().st_size},
        },
    )
