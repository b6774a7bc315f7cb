"""The sensor that makes Clever's districts into partitions."""

import dagster as dg

from roster_pipeline.config import load_settings
from roster_pipeline.errors import RosterError
from roster_pipeline.extract import discover_districts
from roster_pipeline.partitions import district_partitions
from roster_pipeline.resources.warehouse import Warehouse


@dg.sensor(
    minimum_interval_seconds=600,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Asks Clever every ten minutes which districts share with us, and adds new ones as partitions.",
)
def new_districts(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """A district that disappears keeps its partition: its roster stays until somebody decides otherwise."""
    settings = load_settings()
    try:
        found = {d.slug for d in discover_districts(settings, Warehouse(settings.warehouse))}
    except RosterError as error:
        return dg.SkipReason(str(error))
    fresh = sorted(found - set(context.instance.get_dynamic_partitions("district")))
    if not fresh:
        return dg.SkipReason(f"No new district; {len(found)} known.")
    return dg.SensorResult(dynamic_partitions_requests=[district_partitions.build_add_request(fresh)])
