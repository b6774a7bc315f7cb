"""Layer 4, `roster`: the plan, and the roster that it changes in one transaction."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from roster_pipeline import model
from roster_pipeline import sync as corridor
from roster_pipeline.announce import checks, shown
from roster_pipeline.assets.common import materialized, roster_counts, spec
from roster_pipeline.assets.retention import erase_what_is_due
from roster_pipeline.guards.guard import Hold
from roster_pipeline.history import report
from roster_pipeline.plan.difference import ACTIONS
from roster_pipeline.resources.sync_run import SyncRun

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
            "Every change between the roster and what it should become: counted, guarded, not yet applied.",
            deps=[
                *(f"staging/{t.name}" for t in model.STAGING),
                "mapping/section_courses",
                "mapping/site_settings",
                "mapping/logins",
            ],
        )
    ],
    check_specs=[check.spec for check in checks.on(checks.PLAN)],
)
def roster_plan(context: dg.AssetExecutionContext, sync: SyncRun) -> Iterator[dg.MaterializeResult[Any]]:
    """Looking costs nothing: materializing this alone changes no roster."""
    with sync.step(), sync.connect() as connection:
        guarded = sync.run.need_plan(connection)
        made, held = guarded.plan, guarded.holds
        counted = report.plan_counts(connection)
        if sync.plan_records:
            sync.found({"counts": counted, "changes": report.plan_changes(connection, sync.plan_records)})
        before = {h["hold_id"]: h for h in report.standing(connection)}
    for hold in held:
        context.log.warning(hold.message)
    counts: dict[str, Any] = {
        **shown.plan(counted),
        "dagster/row_count": made.total(*ACTIONS),
        "fingerprint": made.fingerprint,
        "unchanged": made.unchanged,
        "held": made.held,
        **{action: made.total(action) for action in ACTIONS},
    }
    here = [_row(sync.info.district, h, before.get(h.hold_id, {"status": "open"})["status"]) for h in held]
    if sync.run.order.info.sites:  # a plan of some sites says nothing about what is held at others
        found = {h.hold_id for h in held}
        here += [{"district": sync.info.district, **h} for hold_id, h in before.items() if hold_id not in found]
    everywhere = here + checks.holds(sync.warehouse, but_not=sync.info.district)
    yield dg.MaterializeResult(
        asset_key=checks.PLAN,
        metadata=counts,
        check_results=[dg.AssetCheckResult(**state) for state in checks.of_holds(everywhere)],
    )


def _row(district: str, hold: Hold, status: str) -> report.Row:
    return {
        "district": district,
        "hold_id": hold.hold_id,
        "status": status,
        "guard": hold.guard,
        "message": hold.message,
    }


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
def roster_tables(context: dg.AssetExecutionContext, sync: SyncRun) -> Iterator[dg.MaterializeResult[Any]]:
    """Roster, change log and "last synced" move together, in one transaction, or not at all."""
    with sync.step(), sync.connect(changes_truth=True) as connection:
        sync.run.apply_plan(connection)
        corridor.forget_history(connection, sync.run.order, sync.settings.history_days)
        counts = roster_counts(connection)
    if sync.run.staged is not None and sync.run.staged.anew:  # one that nobody has read is for the next sync
        corridor.discard_landings(sync.folder)
    with sync.step():
        erase_what_is_due(sync)
    yield from materialized(context, counts)
