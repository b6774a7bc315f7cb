"""What Dagster's UI shows of a run beyond its steps: tags, the checks on roster/plan, a failure on sync/syncs.

Belongs here: events and tags that outlive the run. Does not belong here: what happened (`outcome.py`).

A check belongs to no partition (that is a preview feature of Dagster), so its last result hides every earlier one:
each result therefore counts the holds of all districts.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from typing import Any

import dagster as dg
import duckdb

from roster_pipeline.errors import RosterError
from roster_pipeline.guards.catalog import BLOCKING
from roster_pipeline.history import report
from roster_pipeline.history.record import SyncInfo
from roster_pipeline.history.report import Row
from roster_pipeline.warehouse.warehouse import Warehouse

log = logging.getLogger(__name__)

PLAN = dg.AssetKey(["roster", "plan"])
SYNCS = dg.AssetKey(["sync", "syncs"])

_CHECKS = (
    ("extract_is_whole", True, dg.AssetCheckSeverity.ERROR),
    ("nothing_held", False, dg.AssetCheckSeverity.WARN),
)
_SHOWN = 10


def tag_start(instance: dg.DagsterInstance, info: SyncInfo) -> None:
    """Tags a run with what was asked of it."""
    asked = {"district": info.district, "trigger": info.trigger, "requested by": info.requested_by}
    instance.add_run_tags(info.dagster_run_id, {f"roster/{k.replace(' ', '_')}": v for k, v in asked.items()})


def tag_end(instance: dg.DagsterInstance, run_id: str, status: str) -> None:
    """Tags a run with what became of its sync: succeeded, held, failed or refused."""
    instance.add_run_tags(run_id, {"roster/status": status})


def tag_retry(instance: dg.DagsterInstance, info: SyncInfo, at: str) -> None:
    """Tags a run that waits before it asks Clever again; how it ends takes the tag's place."""
    try:
        tag_end(instance, info.dagster_run_id, f"Clever did not answer; trying again at {at}")
    except Exception as error:
        log.warning("%s: the UI does not show that it is tried again (%s)", info.district, type(error).__name__)


def tag_killed(instance: dg.DagsterInstance, dead: SyncInfo, status: str = "failed") -> None:
    """Tags the run of a sync that died, if Dagster still has it: runs can be deleted, and instances replaced."""
    try:
        tag_end(instance, dead.dagster_run_id, status)
    except dg.DagsterRunNotFoundError:
        log.warning("%s: Dagster does not know the run of the killed sync %s", dead.district, dead.sync_id)


def show_failure(instance: dg.DagsterInstance, info: SyncInfo, status: str, error: str) -> None:
    """Reports a failed sync on `sync/syncs`, where its run never came; the last materialization stands beside it."""
    metadata: dict[str, Any] = {
        "status": status,
        "error": error,
        "sync_id": info.sync_id,
        "trigger": info.trigger,
        "run": dg.MetadataValue.dagster_run(info.dagster_run_id),
    }
    instance.report_runless_asset_event(dg.AssetObservation(SYNCS, partition=info.district, metadata=metadata))


def show_holds(instance: dg.DagsterInstance, warehouse: Warehouse) -> None:
    """Evaluates the checks on roster/plan by what stands in all districts now; the last to ask has seen everything."""
    with warehouse.one_at_a_time("checks"):
        for state in check_states(standing(warehouse)):
            instance.report_runless_asset_event(dg.AssetCheckEvaluation(asset_key=PLAN, **state))


def standing(warehouse: Warehouse, *, but_not: str | None = None) -> list[Row]:
    """The holds that are not over in any district, each with its `district`, from the published copies."""
    found: list[Row] = []
    for slug in (d.slug for d in warehouse.districts()):
        if slug == but_not or not warehouse.folder(slug).published.exists():
            continue
        try:
            with warehouse.read(slug) as connection:
                found += [{"district": slug, **hold} for hold in report.standing(connection)]
        except (RosterError, duckdb.Error):
            what = f"nobody knows, published.duckdb cannot be read. `roster publish --district {slug}` makes it again."
            found.append({"district": slug, "hold_id": "unknown", "status": "open", "guard": None, "message": what})
    return found


def check_states(holds: Sequence[Row]) -> Iterator[dict[str, Any]]:
    """The checks on roster/plan, as the values that results and evaluations of a check have in common.

    A check fails as long as a hold of its kind waits for a decision, in whatever district.
    """
    for name, blocks, severity in _CHECKS:
        mine = [h for h in holds if (h["guard"] in BLOCKING) == blocks]
        waiting = [h for h in mine if h["status"] == "open"]
        decided = [f"{h['district']}: hold {h['hold_id']} is {h['status']}." for h in mine if h["status"] != "open"]
        told = [f"{h['district']}: {h['message']}" for h in waiting]
        lines = [
            f"- {h['district']} `{h['hold_id']}`: {h['message']} In this UI: launch job `decide_hold` with it."
            for h in waiting[:_SHOWN]
        ]
        yield {
            "check_name": name,
            "passed": not waiting,
            "severity": severity,
            "description": " ".join([*told[:_SHOWN], *decided[:_SHOWN]]) or None,
            "metadata": {
                "holds": len(waiting),
                "decided": len(decided),
                "districts": len({h["district"] for h in waiting}),
                "to decide": dg.MetadataValue.md("\n".join(lines) or "nothing"),
            },
        }


def end(instance: dg.DagsterInstance, warehouse: Warehouse, info: SyncInfo, status: str, failure: str | None) -> None:
    """Shows how a run ended. What cannot be shown is logged: it changes nothing about what happened."""
    try:
        tag_end(instance, info.dagster_run_id, status)
        if failure:
            show_failure(instance, info, status, failure)
        show_holds(instance, warehouse)
    except Exception as error:
        log.warning("%s: the UI may show an older state (%s)", info.district, type(error).__name__)
