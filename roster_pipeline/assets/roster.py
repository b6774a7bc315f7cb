"""Layer 4, `roster`: the plan, and the roster that it changes in one transaction."""

import shutil
from collections.abc import Iterator
from typing import Any

import dagster as dg

from roster_pipeline import holds, model
from roster_pipeline.assets.common import materialized, require, row_count, spec
from roster_pipeline.apply import apply as apply_plan
from roster_pipeline.plan import ACTIONS, build_wanted, make_plan
from roster_pipeline.resources.sync_run import SyncRun, now

_DESCRIPTIONS = {
    "sites": "The platform's schools, their enrollment source, and when each last synced successfully.",
    "users": "Everybody ever seen: pending until the first login, archived when no longer shared.",
    "user_sites": "Which person belongs to which site.",
    "sections": "Every section ever seen; visible when it is active and has a course.",
    "enrollments": "Who is or was in which section.",
    "section_courses": "The courses that hang on each section now.",
}


@dg.multi_asset(
    name="plan",
    specs=[
        spec(
            "roster",
            "plan",
            "Every change between the roster and what it should become: counted, fingerprinted, not yet applied.",
            deps=[
                *(f"staging/{t.name}" for t in model.STAGING),
                "mapping/section_courses",
                "mapping/site_settings",
                "mapping/logins",
            ],
        )
    ],
)
def plan(context: dg.AssetExecutionContext, sync: SyncRun) -> Iterator[dg.MaterializeResult[Any]]:
    """Looking costs nothing: materializing this alone changes no roster."""
    with sync.step(), sync.warehouse.connect(sync.info.district) as connection:
        require(connection, "wanted", "mapped_sections", "mapping/section_courses")
        build_wanted(connection, sync.today)
        made = make_plan(connection, sync_id=sync.info.sync_id, started_at=sync.info.started_at, sites=sync.info.sites)
    counts = {
        "dagster/row_count": made.total(*ACTIONS),
        "fingerprint": made.fingerprint,
        "unchanged": made.unchanged,
        **{action: made.total(action) for action in ACTIONS},
    }
    yield from materialized(context, {"roster/plan": counts})


@dg.multi_asset(
    name="apply",
    specs=[
        *(spec("roster", e.name, _DESCRIPTIONS[e.name], table=e.table, deps=["roster/plan"]) for e in model.ENTITIES),
        spec(
            "roster",
            "course_access",
            "Who sees which course, through which section, and whether it can be assigned to them. A view.",
            table=model.COURSE_ACCESS,
            deps=["roster/users", "roster/enrollments", "roster/section_courses"],
        ),
    ],
    can_subset=True,
)
def apply(context: dg.AssetExecutionContext, sync: SyncRun) -> Iterator[dg.MaterializeResult[Any]]:
    """Roster, change log and "last synced" move together, in one transaction, or not at all."""
    with sync.step(), sync.warehouse.connect(sync.info.district) as connection:
        require(connection, "plan", "counts", "roster/plan")
        apply_plan(
            connection,
            sync.info,
            now=now(),
            approved=holds.approved_fingerprints(connection, now()),
            issues=("staging.issues", "wanted.mapping_issues", "wanted.scope_issues"),
        )
        counts = {f"roster/{e.name}": row_count(connection, e.table.full_name) for e in model.ENTITIES}
        counts["roster/course_access"] = row_count(connection, "roster.course_access")
    shutil.rmtree(sync.folder.landings, ignore_errors=True)
    yield from materialized(context, counts)
