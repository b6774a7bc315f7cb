"""Launching a sync from this process, through the same Dagster job and into the same instance as the UI's.

Belongs here: what the terminal needs of Dagster. Does not belong here: arguments and printing.
"""

from __future__ import annotations

import atexit
import functools
import logging
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg
from dagster._core.instance.ref import InstanceRef

from roster_pipeline.clever.extract import discover_districts, refuse_listed
from roster_pipeline.cli.dagster_files import cannot_be_opened, make_databases
from roster_pipeline.config import Settings, prepare_dagster_home, usable_settings
from roster_pipeline.errors import RosterError, SyncRefused
from roster_pipeline.history import report
from roster_pipeline.history.outcome import Outcome
from roster_pipeline.history.record import NOT_OF_CLEVER
from roster_pipeline.jobs.origin import belongs_to_the_location
from roster_pipeline.resources.failures import INTERRUPTED
from roster_pipeline.resources.sync_run import ENDED, EXIT_CODE, PLAN, PLAN_RECORDS, PUBLISH, TRIGGER
from roster_pipeline.sync import utc_now
from roster_pipeline.warehouse.forget import forget
from roster_pipeline.warehouse.warehouse import DistrictIdentity, Warehouse

log = logging.getLogger(__name__)

_LOOKED_AT = 50
"""Syncs among which the last one that asked Clever is looked for."""


def known_districts(settings: Settings) -> list[DistrictIdentity]:
    """All districts, those that Clever has just told us of included, each made a partition.

    When Clever cannot be asked, or a setting is wrong, the districts seen before: the sync of each fails by itself, in
    its own history.
    Raises RosterError only when there are none.
    """
    warehouse = Warehouse(settings.warehouse)
    try:
        if settings.wrong is not None:
            raise settings.wrong
        discover_districts(settings, warehouse)
    except RosterError:
        if not warehouse.districts():
            raise
    known = warehouse.districts()
    missing = sorted({d.slug for d in known} - set(_instance().get_dynamic_partitions("district")))
    if missing:
        _instance().add_dynamic_partitions("district", missing)
    return known


def forgettable(settings: Settings, slug: str) -> dict[str, Any] | None:
    """What `forget` would delete: the folder of a district that has left, a partition; None when there is neither.

    Raises SyncRefused for a district that has not left, as far as Clever is believed.
    """
    known_districts(settings)
    warehouse = Warehouse(settings.warehouse)
    path = warehouse.folder(slug).path if warehouse.has(slug) else None
    if path:
        refuse_listed(settings, warehouse.identity(slug))
    partition = slug in _instance().get_dynamic_partitions("district")
    if path is None and not partition:
        return None
    sizes = [p.stat().st_size for p in path.rglob("*") if p.is_file()] if path else []
    return {"district": slug, "folder": path, "files": len(sizes), "bytes": sum(sizes), "partition": partition}


def forget_district(settings: Settings, slug: str, by: str, why: str) -> Path | None:
    """Deletes a district's folder and partition, for good; returns the receipt, if there was a folder.

    Raises SyncRefused while a run holds the district.
    """
    warehouse = Warehouse(settings.warehouse)
    if not warehouse.has(slug):
        _instance().delete_dynamic_partition("district", slug)
        return None
    try:
        with warehouse.lock(slug, {}, waiting=log.debug, seconds=0):
            _instance().delete_dynamic_partition("district", slug)
            return forget(warehouse, slug, by=by, why=why, now=utc_now())
    except SyncRefused:
        raise SyncRefused(
            f"A run of {slug} is under way, so nothing was deleted",
            do="Forget the district when that has ended, or end it in Dagster",
        ) from None


def launch_sync(settings: Settings, slug: str, sites: Sequence[str], requested_by: str) -> dict[str, Any]:
    """Runs job sync_now for one district to its end; returns its row of `sync.syncs` with sites, issues, holds.

    With `failure` when something went wrong after it was applied. Raises RosterError when it left no record.
    """
    resource = {"sites": list(sites), "requested_by": requested_by}
    return _recorded(settings, slug, _run("sync_now", slug, resource=resource))


def waiting_sites(settings: Settings, slug: str) -> list[dict[str, Any]]:
    """The new sites of a district as its last sync found them, or an undo left them."""
    warehouse = Warehouse(settings.warehouse)
    if not warehouse.folder(slug).published.exists():
        return []
    with warehouse.read(slug) as connection:
        return report.waiting_sites(connection)


def must_ask(settings: Settings, slug: str) -> bool:
    """Whether only Clever can say which sites of a district wait, and with what.

    It never said so, not the last time that it was asked, or somebody has taken a start back since.
    """
    warehouse = Warehouse(settings.warehouse)
    if not warehouse.folder(slug).published.exists():
        return True
    with warehouse.read(slug) as connection:
        last = next((s for s in report.recent(connection, _LOOKED_AT) if s["trigger"] not in NOT_OF_CLEVER), None)
        known = {site["site_id"]: site for site in report.waiting_sites(connection)}
        sites = report.sites(connection)
    new = {s["site_id"] for s in sites if s["status"] == "new" and s["enrollment_source"] == "clever"}
    said = last is None or last["status"] in ("succeeded", "held")
    return not said or not sites or new != known.keys() or any(site["pending"] is None for site in known.values())


def was_undone(settings: Settings, slug: str) -> bool:
    """Whether somebody has taken back a sync of the district lately: what waits may wait because of that."""
    with Warehouse(settings.warehouse).read(slug) as connection:
        return any(sync["trigger"] == "undo" for sync in report.recent(connection, _LOOKED_AT))


def launch_start(settings: Settings, slug: str, requested_by: str, waiting: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Runs job start_sync for the sites of `waiting`, with their counts; returns like launch_sync."""
    counts = [{name: site[name] for name in ("site_id", "sections", "teachers", "students")} for site in waiting]
    result = _run("start_sync", slug, resource={"requested_by": requested_by, "confirm": counts})
    return _recorded(settings, slug, result)


def launch_end(settings: Settings, slug: str, requested_by: str, **end: Any) -> dict[str, Any]:
    """Runs job end_site with the config `end`; returns like launch_sync."""
    result = _deed("end_site", slug, requested_by, end)
    return _recorded(settings, slug, result)


def launch_undo(settings: Settings, slug: str, requested_by: str, **undo: Any) -> dict[str, Any]:
    """Runs job undo_sync with the config `undo`; returns like launch_sync."""
    result = _deed("undo_sync", slug, requested_by, undo)
    return _recorded(settings, slug, result)


def launch_mapping(settings: Settings, slug: str, requested_by: str, **decided: Any) -> dict[str, Any]:
    """Runs job map_section with the config `decided`; returns like launch_sync."""
    result = _deed("map_section", slug, requested_by, decided)
    return _recorded(settings, slug, result)


def preview_in_bulk(slug: str, requested_by: str, job: str, **asked: Any) -> dict[str, Any]:
    """What a job that decides or erases many things at once would change, and for how many people.

    Raises RosterError for what cannot be done.
    """
    result = _deed(job, slug, requested_by, asked)
    if not result.success:
        raise _failure(result)
    return ENDED.pop(result.run_id).found or {}


def launch_in_bulk(settings: Settings, slug: str, requested_by: str, job: str, **asked: Any) -> dict[str, Any]:
    """Runs such a job to its end; returns like launch_sync."""
    result = _deed(job, slug, requested_by, {**asked, "preview": False})
    return _recorded(settings, slug, result)


def launch_override(settings: Settings, slug: str, requested_by: str, value: str, **asked: Any) -> dict[str, Any]:
    """Runs job override with the config `asked`; returns like launch_sync. The `value` to keep gets into no config."""
    return _recorded(settings, slug, _override(slug, requested_by, value, asked))


def preview_override(slug: str, requested_by: str, value: str, **asked: Any) -> dict[str, Any]:
    """What the same would change. Raises RosterError for what cannot be done."""
    result = _override(slug, requested_by, value, {**asked, "preview": True})
    if not result.success:
        raise _failure(result)
    return ENDED.pop(result.run_id).found or {}


def _override(slug: str, requested_by: str, value: str, asked: dict[str, Any]) -> dg.ExecuteInProcessResult:
    from roster_pipeline.jobs.override_ops import unwritten

    with unwritten(value):
        return _deed("override", slug, requested_by, asked)


def launch_decision(settings: Settings, slug: str, requested_by: str, **decision: Any) -> dict[str, Any]:
    """Runs job decide_hold with the config `decision`; returns who decided and since when, with `already`.

    Raises RosterError when it could not be decided.
    """
    asked_at = utc_now()
    result = _deed("decide_hold", slug, requested_by, decision)
    if not result.success:
        raise _failure(result)
    with Warehouse(settings.warehouse).read(slug) as connection:
        (hold,) = (h for h in report.holds(connection) if h["hold_id"] == decision["hold_id"])
    return {k: hold[k] for k in ("status", "decided_by", "decided_at", "sites")} | {
        "already": hold["decided_at"] < asked_at
    }


def launch_publish(slug: str, requested_by: str) -> None:
    """Makes the published copy again, and nothing else. Raises RosterError when that cannot be done."""
    keys = [dg.AssetKey(["sync", name]) for name in ("syncs", "holds", "published")]
    result = _run("sync_now", slug, resource={"requested_by": requested_by}, assets=keys, tags={TRIGGER: PUBLISH})
    if not result.success:
        raise _failure(result)


def launch_plan(slug: str, limit: int) -> dict[str, Any]:
    """Materializes everything up to `roster/plan`, and nothing after it; returns its `counts` and `changes`.

    Counts are of all changes, per entity, action, site and hold; of the changed records, `limit` at most.
    """
    upstream = dg.AssetSelection.assets(dg.AssetKey(["roster", "plan"])).upstream()
    from roster_pipeline.definitions import defs

    keys = upstream.resolve(defs.resolve_asset_graph())
    result = _run(
        "sync_now",
        slug,
        resource={"requested_by": "roster plan"},
        assets=list(keys),
        tags={TRIGGER: PLAN, PLAN_RECORDS: str(limit)},
    )
    if not result.success:
        raise _failure(result)
    return ENDED.pop(result.run_id).found or {"counts": [], "changes": []}


def daemon_heartbeats() -> dict[str, datetime]:
    """When each part of Dagster's daemon that this instance needs last said that it lives, in naive UTC.

    Empty when there never was one; without a part that never said so. Raises RosterError for an instance that cannot
    be opened.
    """
    beats = _instance().get_daemon_heartbeats()
    needed = _instance().get_required_daemon_types()
    return {
        kind: datetime.fromtimestamp(beats[kind].timestamp, UTC).replace(tzinfo=None)
        for kind in needed
        if kind in beats
    }


class _Said(RosterError):
    """An error whose sentence, with what to do, was already composed in the run."""

    def __init__(self, sentence: str, exit_code: int = 1) -> None:
        self.exit_code = exit_code
        what, _, do = sentence.rstrip(".").rpartition(". ")
        super().__init__(what or do, do=do if what else "Look at the run in Dagster (`make dev`)")


def _run(
    job: str,
    slug: str,
    *,
    resource: dict[str, Any],
    assets: list[dg.AssetKey] | None = None,
    tags: dict[str, str] | None = None,
) -> dg.ExecuteInProcessResult:
    """Runs a job that materializes assets of a district."""
    from roster_pipeline.definitions import defs

    return defs.resolve_job_def(job).execute_in_process(
        instance=_instance(),
        partition_key=slug,
        raise_on_error=False,
        asset_selection=assets,
        tags=tags,
        run_config={
            "resources": {"sync": {"config": resource}},
            "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
        },
    )


def _deed(job: str, slug: str, by: str, given: dict[str, Any]) -> dg.ExecuteInProcessResult:
    """Runs a job of one op, with these fields."""
    from roster_pipeline.definitions import defs
    from roster_pipeline.jobs.fields import quiet

    with quiet():
        return defs.resolve_job_def(job).execute_in_process(
            instance=_instance(), raise_on_error=False, run_config={**given, "district": slug, "by": by}
        )


_TO_THE_TERMINAL = {
    "compute_logs": {
        "module": "dagster._core.storage.noop_compute_log_manager",
        "class": "NoOpComputeLogManager",
    }
}
"""What a step prints is not captured into a file: a terminal behind one shows no progress bars, and the processes that
copy it back die of a Ctrl-C with a traceback. What the pipeline logs is in Dagster's event log all the same."""


@functools.cache
def _instance() -> dg.DagsterInstance:
    """The one instance of this process: opening it takes 0.3 s."""
    home = prepare_dagster_home(usable_settings())
    os.environ["DAGSTER_HOME"] = str(home)
    try:
        make_databases(home)
        instance = dg.DagsterInstance.from_ref(InstanceRef.from_dir(str(home), overrides=_TO_THE_TERMINAL))
    except RosterError:
        raise
    except Exception as error:
        raise cannot_be_opened(home, error) from error
    atexit.register(instance.dispose)
    return belongs_to_the_location(instance)


def _failure(result: dg.ExecuteInProcessResult) -> RosterError:
    """What the step that failed said, in one line."""
    for event in result.all_events:
        said = event.step_failure_data.user_failure_data if event.is_step_failure else None
        if said and said.description:
            code = said.metadata.get(EXIT_CODE)
            return _Said(
                said.description, int(code.value) if isinstance(code, dg.IntMetadataValue) and code.value else 1
            )
    outcome = ENDED.pop(result.run_id, Outcome())
    if outcome.interrupted or any(event.is_run_failure and _is_interrupt(event) for event in result.all_events):
        return _Said(INTERRUPTED, 130)
    if outcome.failure:  # before the first step
        return _Said(outcome.failure)
    return _Said(f"Dagster run {result.run_id} failed. Look at it in Dagster (`make dev`)")


def _is_interrupt(event: dg.DagsterEvent) -> bool:
    error = event.job_failure_data.error
    return error is not None and error.cls_name == dg.DagsterExecutionInterruptedError.__name__


def _recorded(settings: Settings, slug: str, result: dg.ExecuteInProcessResult) -> dict[str, Any]:
    """The sync as the run looked it up in the truth when it ended; raises RosterError when it left none.

    `failure` says what went wrong after it was applied; nothing is read from a published copy that is older.
    """
    outcome = ENDED.pop(result.run_id, Outcome())
    row, failure = outcome.row, outcome.failure
    if row is None:
        code = 130 if outcome.interrupted else _failure(result).exit_code
        raise _Said(f"{slug}: {failure}", code) if failure else _failure(result)
    if not result.success and failure is None:
        failure = f"Sync {row['sync_id']} was applied; its run stopped after that. Look at it in Dagster (`make dev`)."
    warehouse = Warehouse(settings.warehouse)
    found: dict[str, Any] = {"sites": [], "issues": [], "holds": [], "waiting": []}
    if not warehouse.folder(slug).unpublished.exists():
        with warehouse.read(slug) as connection:
            found["sites"] = report.sites(connection)
            found["issues"] = report.issues(connection, row["sync_id"])
            found["holds"] = report.holds(connection)
            found["waiting"] = report.waiting_sites(connection)
    return {
        **row,
        **found,
        "failure": failure if outcome.applied else None,
        "interrupted": outcome.interrupted,
        "published": warehouse.folder(slug).published,
    }
