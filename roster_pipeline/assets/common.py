"""What every asset of the pipeline has in common.

Belongs here: making a spec from a table of the model, reporting row counts, publishing. Does not belong
here: any one asset.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import dagster as dg
import duckdb

from roster_pipeline import model
from roster_pipeline import sync as corridor
from roster_pipeline.announce import shown
from roster_pipeline.assets.partitions import district_partitions
from roster_pipeline.history import overrides, report
from roster_pipeline.history.pending import pending
from roster_pipeline.model import Table
from roster_pipeline.resources.sync_run import SyncRun
from roster_pipeline.warehouse.sql import count_rows


def spec(
    group: str,
    name: str,
    description: str,
    *,
    table: Table | None = None,
    deps: Iterable[str] = (),
    kinds: Iterable[str] = ("duckdb",),
) -> dg.AssetSpec:
    """An asset `group/name`; `deps` are written the same way. With `table`, its columns are shown in the UI."""
    metadata: dict[str, Any] = {}
    if table is not None:
        metadata["dagster/column_schema"] = dg.TableSchema(
            columns=[
                dg.TableColumn(c.name, c.type, description=c.meaning, tags={"pii": ""} if c.pii else {})
                for c in (*table.columns, *(model.LANDED_FIELDS.get(name, ()) if group == "clever" else ()))
            ]
        )
        metadata["dagster/table_name"] = table.full_name
        if lineage := _lineage(group, name, table):
            metadata["dagster/column_lineage"] = dg.TableColumnLineage(lineage)
    return dg.AssetSpec(
        [group, name],
        description=description,
        deps=[dep.split("/") for dep in deps],
        group_name=group,
        kinds=set(kinds),
        metadata=metadata,
        partitions_def=district_partitions,
    )


def _lineage(group: str, name: str, table: Table) -> dict[str, list[dg.TableColumnDep]]:
    """Where the columns of users and sections come from: Clever's fields by way of staging."""
    staged = {t.name: t for t in model.STAGING}
    if name not in model.LANDED_FIELDS or group not in ("staging", "roster"):
        return {}
    if group == "roster":
        shared = [c.name for c in table.columns if c.name in staged[name].column_names]
        return {column: [dg.TableColumnDep(dg.AssetKey(["staging", name]), column)] for column in shared}
    key = dg.AssetKey(["clever", name])
    return {
        column: [dg.TableColumnDep(key, path) for path in paths] for column, paths in model.clever_fields(name).items()
    }


def materialized(
    context: dg.AssetExecutionContext,
    metadata: Mapping[str, Mapping[str, Any]],
    states: Sequence[Mapping[str, Any]] = (),
) -> Iterator[dg.MaterializeResult[Any]]:
    """A result for each selected asset; `metadata` is keyed by `group/name`, dependencies first (Dagster insists).

    `states` are those of the checks on these assets.
    """
    for name, values in metadata.items():
        key = dg.AssetKey(name.split("/"))
        if key in context.selected_asset_keys:
            chosen = {check.name for check in context.selected_asset_check_keys if check.asset_key == key}
            mine = [s for s in states if s["asset_key"] == key and s["check_name"] in chosen]
            results = [dg.AssetCheckResult(**state) for state in mine]
            yield dg.MaterializeResult(asset_key=key, metadata=dict(values), check_results=results)


def row_count(connection: duckdb.DuckDBPyConnection, table: str, where: str = "true") -> dict[str, int]:
    """`{"dagster/row_count": n}` of a table of ours."""
    return {"dagster/row_count": count_rows(connection, f"{table} WHERE {where}")}


def roster_counts(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, Any]]:
    """What the roster's tables show, keyed by asset: row counts, the sites, how many people have which status."""
    counts: dict[str, dict[str, Any]] = {
        f"roster/{e.name}": row_count(connection, e.table.full_name) for e in model.ENTITIES
    }
    counts["roster/users"] |= pending.statuses(connection)
    counts["roster/sites"] = shown.sites(report.sites(connection)) | counts["roster/sites"]
    # Counted on the sections already: the view itself is a join of all enrollments.
    return {**counts, "roster/course_access": {"dagster/row_count": report.course_access_rows(connection)}}


def publish_and_tell(sync: SyncRun) -> dict[str, dict[str, Any]]:
    """Publishes, and returns the metadata of the assets of layer `sync`: the last syncs, the holds, the copy."""
    published = corridor.publish(sync.warehouse, sync.info.district)
    with sync.warehouse.read(sync.info.district) as connection:
        recent = report.recent(connection)
        changed = report.change_counts(connection, recent[0]["sync_id"]) if recent else []
        details = shown.syncs(recent, changed, report.waiting_sites(connection)) | row_count(connection, "sync.syncs")
        details["lines that name nothing"] = report.lines_without(connection)["lines"]
        details |= {f"overrides: {state}": n for state, n in overrides.states(connection).items()}
        held = shown.holds(report.holds(connection)) | row_count(connection, "sync.holds")
        sync.published(report.sync_of_run(connection, sync.info.dagster_run_id))
    size = published.stat().st_size
    copy = {
        "summary": f"{published.name}, {size / 1_000_000:,.1f} MB, for people and tools.",
        "path": dg.MetadataValue.path(published),
        "bytes": size,
    }
    return {"sync/syncs": details, "sync/holds": held, "sync/published": copy}
