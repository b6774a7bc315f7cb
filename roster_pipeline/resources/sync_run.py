"""One run of the pipeline for one district: who asked, under which id, with the district locked for its length.

Belongs here: what all steps of a run share, and what happens when one of them fails. Does not belong
here: any step's own work.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import dagster as dg
import duckdb
from pydantic import Field, PrivateAttr

from roster_pipeline.config import Settings, load_settings
from roster_pipeline.errors import RosterError, SyncRefused
from roster_pipeline.history import SyncInfo, record_failure
from roster_pipeline.resources.warehouse import DistrictFolder, Warehouse, in_memory, without_values

log = logging.getLogger(__name__)

KILLED = (
    "The process ended without a word in the middle of this sync (killed, or the machine went down). "
    "Nothing was applied; the next sync continues."
)


EXIT_CODE = "exit code"
"""In the metadata of a step that failed for a reason a person can act on: what the terminal ends with."""

DECISION = "decision"
"""The trigger of a run that decides a hold: it is no sync, so the history does not tell of it."""


class SyncRun(dg.ConfigurableResource):  # type: ignore[type-arg]
    """What is asked of a sync, and its state while it runs."""

    sites: list[str] = Field(
        default=[],
        description="Apply changes at these sites only (Clever school ids); empty means the whole district.",
    )
    requested_by: str = Field(default="", description="Who asked for this sync, as the history will show it.")

    _settings: Settings = PrivateAttr()
    _info: SyncInfo = PrivateAttr()
    _scratch: duckdb.DuckDBPyConnection = PrivateAttr()
    _until: float = PrivateAttr()

    @property
    def settings(self) -> Settings:
        return self._settings

    @property
    def info(self) -> SyncInfo:
        return self._info

    @property
    def today(self) -> date:
        """The day on which this sync started."""
        return local_day(self._settings, self._info.started_at)

    @property
    def seconds_left(self) -> float:
        """Until this sync has taken as long as it may; the wait for its turn does not count."""
        return self._until - time.monotonic()

    @property
    def warehouse(self) -> Warehouse:
        return Warehouse(self._settings.warehouse)

    @property
    def folder(self) -> DistrictFolder:
        return self.warehouse.folder(self._info.district)

    def connect(self) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
        """The district's tables, for one step; scratch tables of earlier steps of this run are there."""
        return self.warehouse.connect(self._info.district, self._scratch)

    @contextmanager
    def scratch(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """The scratch tables alone, for as long as a step likes: no file of the district is opened."""
        with without_values():
            yield self._scratch

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[SyncRun]:
        """Locks the district for the run; a sync that died while it held the lock is recorded as failed."""
        run, instance = context.run, context.instance
        if run is None or instance is None or "dagster/partition" not in run.tags:
            raise dg.Failure("A sync needs a district: launch it for a partition.", allow_retries=False)
        record = instance.get_run_record_by_id(run.run_id)
        started_at = (record.create_timestamp if record else datetime.now(UTC)).astimezone(UTC).replace(tzinfo=None)
        self._settings = load_settings()
        self._info = SyncInfo(
            sync_id=sync_id_of(run.run_id, started_at),
            district=run.tags["dagster/partition"],
            trigger=_trigger(run),
            requested_by=self.requested_by or run.tags.get("dagster/schedule_name") or "Dagster",
            started_at=started_at,
            dagster_run_id=run.run_id,
            sites=tuple(self.sites),
        )
        seconds = 60.0 * self._settings.max_wait_minutes
        with self.warehouse.lock(self._info.district, self._info.note(), log.warning, seconds=seconds) as left:
            if killed := SyncInfo.from_note(left):
                self._record_killed(killed)
            self._until = time.monotonic() + 60.0 * self._settings.max_sync_minutes
            with in_memory() as self._scratch:
                yield self

    @contextmanager
    def step(self) -> Iterator[None]:
        """Runs one step; a failure is recorded in the history, published, and told in one line."""
        try:
            if self.seconds_left <= 0:
                raise RosterError(
                    f"This sync has taken longer than {self._settings.max_sync_minutes} minutes",
                    do="Sync again; ROSTER_MAX_SYNC_MINUTES sets the limit",
                )
            yield
        except RosterError as error:
            status = "refused" if isinstance(error, SyncRefused) else "failed"
            self._record(self._info, status, str(error))
            raise dg.Failure(
                f"{self._info.district}: {error}",
                metadata={EXIT_CODE: error.exit_code},
                allow_retries=error.retry_helps,
            ) from None
        except Exception as error:
            self._record(self._info, "failed", f"Unexpected {type(error).__name__}; the Dagster run has the details.")
            raise

    def _record(self, info: SyncInfo, status: str, error: str) -> None:
        if info.trigger == DECISION:
            return
        with self.warehouse.connect(info.district) as connection:
            record_failure(connection, info, status=status, error=error, finished_at=now())
        self.warehouse.publish(info.district)

    def _record_killed(self, killed: SyncInfo) -> None:
        log.warning("Sync %s was killed; it is recorded as failed.", killed.sync_id)
        self._record(killed, "failed", KILLED)


def sync_id_of(run_id: str, started_at: datetime) -> str:
    """`20261123T020003120-1a2b3c4d`: UTC start and the head of the Dagster run id, so that ids sort by time."""
    return f"{started_at:%Y%m%dT%H%M%S}{started_at.microsecond // 1000:03d}-{run_id[:8]}"


def local_day(settings: Settings, at: datetime) -> date:
    """The day it is, at a naive UTC time, where the schedule lives: it decides which terms are over."""
    return at.replace(tzinfo=UTC).astimezone(ZoneInfo(settings.schedule_timezone)).date()


def now() -> datetime:
    """Naive UTC, as every timestamp of the warehouse."""
    return datetime.now(UTC).replace(tzinfo=None)


def _trigger(run: dg.DagsterRun) -> str:
    by_job = {"nightly_sync": "nightly", "undo_sync": "undo", "decide_hold": DECISION}
    if run.job_name in by_job:
        return by_job[run.job_name]
    asks_clever = not run.asset_selection or any(key.path[0] == "clever" for key in run.asset_selection)
    return "sync_now" if asks_clever else "mapping"
