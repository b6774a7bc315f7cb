"""The sensors that launch nothing: one makes Clever's districts into partitions, one looks at the checks again."""

import hashlib

import dagster as dg

from roster_pipeline.announce import checks
from roster_pipeline.assets.partitions import district_partitions
from roster_pipeline.clever.extract import discover_districts
from roster_pipeline.config import load_settings
from roster_pipeline.errors import RosterError
from roster_pipeline.sync import utc_now
from roster_pipeline.warehouse.warehouse import Warehouse


@dg.sensor(
    minimum_interval_seconds=600,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description=(
        "Asks Clever every ten minutes which districts share with us: new ones become partitions, and those that left "
        "are synced no more."
    ),
)
def new_districts(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """A district that disappears keeps its partition: its roster stays until somebody forgets it."""
    settings = load_settings()
    if settings.wrong is not None:
        return dg.SkipReason(str(settings.wrong))
    warehouse = Warehouse(settings.warehouse)
    try:
        found = {d.slug for d in discover_districts(settings, warehouse)}
        left = [d.slug for d in warehouse.districts() if d.left_at is not None]
    except RosterError as error:
        return dg.SkipReason(str(error))
    fresh = sorted(found - set(context.instance.get_dynamic_partitions("district")))
    if not fresh:
        gone = f" No longer listed, and not synced: {', '.join(left)}; `roster forget` takes them off." if left else ""
        return dg.SkipReason(f"No new district; {len(found)} listed.{gone}")
    return dg.SensorResult(dynamic_partitions_requests=[district_partitions.build_add_request(fresh)])


@dg.sensor(
    minimum_interval_seconds=300,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description=(
        "Every five minutes, evaluates the checks anew when they would say something else: a night without a sync "
        "turns `synced_last_night` yellow by itself. Launches nothing."
    ),
)
def stale_checks(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    """Time passes without a run, and a check that nobody evaluates keeps its colour."""
    settings = load_settings()
    if not settings.places_known:
        return dg.SkipReason(str(settings.wrong))
    warehouse, now = Warehouse(settings.warehouse), utc_now()
    try:
        said = [(state["check_name"], state["description"]) for state in checks.states(warehouse, now)]
        digest = hashlib.sha256(repr(said).encode()).hexdigest()[:16]
        if digest == context.cursor:
            return dg.SkipReason("The checks say what they said before.")
        checks.show(context.instance, warehouse, now)
    except RosterError as error:
        return dg.SkipReason(str(error))
    context.update_cursor(digest)
    return dg.SkipReason("The checks were evaluated anew.")
