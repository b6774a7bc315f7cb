"""Layer 2, `staging`: typed, de-duplicated, minimized tables; what cannot be used has an issue with a reason code."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from roster_pipeline.assets.common import materialized, row_count, spec
from roster_pipeline.model import STAGING
from roster_pipeline.resources.sync_run import SyncRun

_TABLES = {
    "sites": ("Schools, typed.", ("schools",)),
    "terms": ("Terms with real dates.", ("terms",)),
    "sections": (
        "Sections at known schools, with the names of their course and term.",
        ("sections", "courses", "terms", "schools"),
    ),
    "users": ("One row per person in a role that is synced; contacts are left out.", ("users",)),
    "user_sites": ("Which person belongs to which school.", ("users", "schools")),
    "enrollments": ("Who is in which section, both ends known.", ("sections", "users")),
    "issues": (
        "Records that could not be used, or not as a whole, each with a reason code.",
        ("sections", "users"),
    ),
}


@dg.multi_asset(
    name="staging",
    specs=[
        spec("staging", t.name, _TABLES[t.name][0], table=t, deps=[f"clever/{d}" for d in _TABLES[t.name][1]])
        for t in STAGING
    ],
    can_subset=True,
)
def staged_tables(context: dg.AssetExecutionContext, sync: SyncRun) -> Iterator[dg.MaterializeResult[Any]]:
    """Reads the newest complete landing; when its sync has succeeded and it was deleted, what it staged stands."""
    with sync.step(), sync.connect() as connection:
        if not sync.run.take_landing(connection).anew:
            context.log.info("No landing is newer than what is staged; the staged tables stand.")
        counts = {f"staging/{t.name}": row_count(connection, t.full_name) for t in STAGING if t.name != "enrollments"}
        counts["staging/enrollments"] = row_count(connection, "staging.memberships", "user_n IS NOT NULL")
    yield from materialized(context, counts)
