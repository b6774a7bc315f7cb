"""One run of the pipeline for one district: who asked, under which id, with the district locked for its length.

Belongs here: what all steps of a run share, and what happens when one of them fails. Does not belong
here: any step's own work.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import dagster as dg
import duckdb
from pydantic import Field, PrivateAttr

from roster_pipeline.announce import checks
from roster_pipeline.announce import runs as announce
from roster_pipeline.clever.today import local_day
from roster_pipeline.config import Settings, load_settings
from roster_pipeline.errors import PublishFailed, RosterError
from roster_pipeline.failpoints import failpoint
from roster_pipeline.history.outcome import (
    KILLED,
    Failure,
    Outcome,
    look_up,
    put_aside,
    record,
    record_what_was_put_aside,
)
from roster_pipeline.history.record import USER_TAG, SyncInfo
from roster_pipeline.history.report import Row
from roster_pipeline.mapping.platform import source_of
from roster_pipeline.plan.start import Confirmed, Starts
from roster_pipeline.resources import failures
from roster_pipeline.run import Run
from roster_pipeline.sync import Order, utc_now
from roster_pipeline.warehouse import purge
from roster_pipeline.warehouse.warehouse import DistrictFolder, Warehouse, in_memory, without_values

log = logging.getLogger(__name__)

ENDED: dict[str, Outcome] = {}
"""What became of the runs of this process, by Dagster run id, for who launched them."""

EXIT_CODE = "exit code"
"""In the metadata of a step that failed for a reason a person can act on: what the terminal ends with."""

TRIGGER = "roster/trigger"
"""The run tag in which whoever launches a run says what it is."""

DECISION, PUBLISH, PLAN, EXPLAIN, LOOK = "decision", "publish", "plan", "explain", "look"
MAPPING, SYNC_NOW, NIGHTLY, BULK, START, ERASE = "mapping", "sync_now", "nightly", "bulk", "first", "erase"
OVERRIDE = "override"
NO_SYNC = (DECISION, PUBLISH, PLAN, EXPLAIN, LOOK)
"""Triggers of runs that are no syncs: the history does not tell of them."""

PLAN_RECORDS = "roster/plan_records"
"""The run tag in which whoever launches a run says how many records of the plan they want to see afterwards."""


class SiteCounts(dg.Config):
    """What Clever shares of a site, as somebody saw and confirms it."""

    site_id: str = Field(description="Clever school id, or the site's name.")
    sections: int = Field(description="Sections of terms that are not over.")
    teachers: int = Field(description="Teachers.")
    students: int = Field(description="Students.")


class SyncRun(dg.ConfigurableResource):  # type: ignore[type-arg]
    """What is asked of a sync, and its state while it runs."""

    sites: list[str] = Field(
        default=[],
        description="Sync these sites only, by id or name; empty means the whole district.",
    )
    requested_by: str = Field(default="", description="Who asked for this sync, as the history will show it.")
    confirm: list[SiteCounts] = Field(
        default=[],
        description="New sites whose counts you have seen and confirm: nothing of others gets onto the roster.",
    )

    _settings: Settings = PrivateAttr()
    _info: SyncInfo = PrivateAttr()
    _run: Run = PrivateAttr()
    _plan_records: int = PrivateAttr()
    _scratch: duckdb.DuckDBPyConnection = PrivateAttr()
    _until: float = PrivateAttr()
    _instance: dg.DagsterInstance = PrivateAttr()
    _applies: bool = PrivateAttr()
    _may_have_changed: bool = PrivateAttr(default=False)
    _outcome: Outcome = PrivateAttr(default=Outcome())
    _pause: float = PrivateAttr(default=0.0)
    _dead: SyncInfo | None = PrivateAttr(default=None)

    @property
    def settings(self) -> Settings:
        return self._settings

    @property
    def info(self) -> SyncInfo:
        return self._info

    @property
    def run(self) -> Run:
        """What the steps of this run have made so far."""
        return self._run

    @property
    def plan_records(self) -> int:
        """How many records of the plan whoever launched this run wants to see."""
        return self._plan_records

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

    @property
    def _is_sync(self) -> bool:
        return self._info.trigger not in NO_SYNC

    def _is_no_deed(self, error: BaseException) -> bool:
        """Whether a person asked for a deed that cannot be done, as one that names a sync that there is not.

        Whoever asked is told, and the history has nothing of it: nothing was tried.
        """
        return self.is_of_a_deed and isinstance(error, RosterError) and not isinstance(error, PublishFailed)

    def connect(self, *, changes_truth: bool = False) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
        """The district's tables, for one step; scratch tables of earlier steps of this run are there."""
        self._may_have_changed |= changes_truth
        return self.warehouse.connect(self._info.district, self._scratch, changes_truth=changes_truth)

    def published(self, row: Row | None) -> None:
        """Remembers this run's row of sync.syncs, as it was just published."""
        self._outcome = replace(self._outcome, row=row)

    def found(self, found: Row) -> None:
        """Remembers what this run has found for whoever launched it."""
        self._outcome = replace(self._outcome, found=found)

    @contextmanager
    def scratch(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """The scratch tables alone, for as long as a step likes: no file of the district is opened."""
        with without_values():
            yield self._scratch

    @property
    def is_of_a_deed(self) -> bool:
        """Whether the run is one person's deed, and no sync of Clever or of files."""
        return False

    def district_of(self, run: dg.DagsterRun) -> str:
        """The slug of the district that the run is about; empty when nobody has said."""
        return run.tags.get("dagster/partition", "")

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[SyncRun]:
        """Locks the district for the run; afterwards looks up what became of it, and shows it."""
        run, instance = context.run, context.instance
        self._settings = load_settings()
        if run is None or instance is None or not (slug := self.district_of(run)):
            raise dg.Failure("No district was named: name or pick one, and launch it again.", allow_retries=False)
        wrong = self._settings.wrong
        if wrong is not None and not (self._settings.places_known and self.warehouse.has(slug)):  # there is no history
            raise dg.Failure(str(wrong), allow_retries=False)
        if not self.warehouse.has(slug):  # a partition that somebody typed: it gets no folder and no history
            raise dg.Failure(str(self.warehouse.unknown(slug)), allow_retries=False)
        record = instance.get_run_record_by_id(run.run_id)
        started_at = (record.create_timestamp if record else datetime.now(UTC)).astimezone(UTC).replace(tzinfo=None)
        self._info = SyncInfo(
            sync_id=sync_id_of(run.run_id, started_at),
            district=slug,
            trigger=_trigger(run),
            requested_by=run.tags.get(USER_TAG)
            or self.requested_by
            or run.tags.get("dagster/schedule_name")
            or "Dagster",
            started_at=started_at,
            dagster_run_id=run.run_id,
            sites=tuple(self.sites),
        )
        self._instance, self._applies = instance, _applies(run)
        self._plan_records = int(run.tags.get(PLAN_RECORDS, 0))
        zone = ZoneInfo(self._settings.schedule_timezone)
        confirmed = [Confirmed(**counts.model_dump()) for counts in self.confirm]
        starts: Starts = confirmed if self._settings.asks_first else "all"
        today = local_day(started_at.replace(tzinfo=UTC), zone)
        logins = source_of(self._settings.platform_database_url, self._settings.platform_logins_query)
        order = Order(self._info, self._settings.data, today, zone=zone, starts=starts, logins=logins)
        self._run = Run(order, self.folder)
        announce.tag_start(instance, self._info)
        seconds, begun = 60.0 * self._settings.max_wait_minutes, False
        try:
            with self.warehouse.lock(
                self._info.district, self._info.note(), log.warning, self._put_aside_killed, seconds=seconds
            ):
                self._record_earlier()
                self._until = time.monotonic() + 60.0 * self._settings.max_sync_minutes
                with in_memory() as self._scratch:
                    begun = True
                    yield self
                with uninterrupted():
                    self._end()
        except BaseException as error:
            if not begun and self.warehouse.has(slug):
                with uninterrupted():
                    self._never_begun(error)
            raise

    @contextmanager
    def step(self, retries: dg.RetryPolicy | None = None, tried: int = 0) -> Iterator[None]:
        """Runs one step; a failure is recorded in the history, published, and told in one line.

        With `retries`, a step of a nightly run whose error says that a retry helps is tried again instead, and nothing
        is recorded; `tried` is how often it was. Dagster counts the tries, but is not given the policy itself: it would
        also retry what somebody has stopped, and our own mistakes, and nothing could interrupt its wait.
        """
        try:
            if tried:
                wait(self._pause)
            if self._settings.wrong is not None:
                raise self._settings.wrong
            if self.seconds_left <= 0:
                raise RosterError(
                    f"This sync has taken longer than {self._settings.max_sync_minutes} minutes",
                    do="Sync again; ROSTER_MAX_SYNC_MINUTES sets the limit",
                )
            yield
        except BaseException as error:
            if retries is not None and (again := self._retry(error, retries, tried)) is not None:
                raise again from error
            with uninterrupted():
                said = self._fail(error)
            if failures.is_interrupt(error):
                raise dg.DagsterExecutionInterruptedError(f"{self._info.district}: {said}") from None
            if not isinstance(error, Exception):
                raise
            raise dg.Failure(
                f"{self._info.district}: {said}",
                metadata={EXIT_CODE: error.exit_code} if isinstance(error, RosterError) else failures.where(error),
                allow_retries=isinstance(error, RosterError) and error.retry_helps,
            ) from None

    def _retry(self, error: BaseException, retries: dg.RetryPolicy, tried: int) -> dg.RetryRequested | None:
        """What tells Dagster to try a step again; None when nothing can help, time is over, or a person waits."""
        if not (isinstance(error, RosterError) and error.retry_helps) or self._info.trigger != NIGHTLY:
            return None
        seconds = float(retries.calculate_delay(tried + 1))
        if tried >= retries.max_retries or seconds >= self.seconds_left:
            return None
        self._pause = seconds
        at = f"{datetime.now(ZoneInfo(self._settings.schedule_timezone)) + timedelta(seconds=seconds):%H:%M %Z}"
        log.warning(
            "%s: %s. Trying again at %s; until then the district is locked.", self._info.district, error.what, at
        )
        announce.tag_retry(self._instance, self._info, at)
        return dg.RetryRequested(retries.max_retries)

    def _fail(self, error: BaseException) -> str:
        """Records, publishes and remembers a failure; returns it in a line that says what became of the sync."""
        failure = Failure(self._info, failures.status(error), failures.sentence(error), utc_now())
        if not self._is_sync or self._is_no_deed(error):
            outcome, said = Outcome(), failure.error
            if isinstance(error, PublishFailed) and self._may_have_changed:
                said = f"It is done. {said}"
        else:
            outcome = record(self.warehouse, failure)
            said = failures.told(self._info.sync_id, error, failure.error, outcome, self._may_have_changed)
        if not isinstance(error, PublishFailed) and self.folder.unpublished.exists():
            try:
                self.warehouse.publish_copy(self._info.district)
            except PublishFailed as second:
                said = f"{said} {second}"
        if self._outcome.failure is None:
            self._outcome = replace(outcome, failure=said, interrupted=failures.is_interrupt(error))
        return said

    def _end(self) -> None:
        """After the last step: a run that stopped between two steps is a failure too."""
        if self._applies and self._outcome == Outcome():
            self._outcome = look_up(self.warehouse, self._info)
            if self._outcome == Outcome():
                self._fail(dg.DagsterExecutionInterruptedError())
        if self._outcome.failure is None and self.folder.unpublished.exists():
            try:
                self.warehouse.publish_copy(self._info.district)
            except PublishFailed as error:
                log.warning("%s: %s", self._info.district, error)
        self._show()

    def _never_begun(self, error: BaseException) -> None:
        """A run that never held the district may not open its files: its failure waits for one that does."""
        failure = Failure(self._info, failures.status(error), failures.sentence(error), utc_now())
        if self._is_sync and not self._is_no_deed(error):
            with suppress(OSError):  # as a folder that cannot be written, which is the failure then
                put_aside(self.folder, failure)
        self._outcome = Outcome(failure=failure.error, interrupted=failures.is_interrupt(error))
        self._show()

    def _show(self) -> None:
        ENDED[self._info.dagster_run_id] = self._outcome
        failure = self._outcome.failure if self._is_sync else None
        announce.end(self._instance, self.warehouse, self._info, self._outcome, failure, utc_now())

    def _put_aside_killed(self, left: dict[str, str]) -> None:
        """Keeps what is known of a run that died with the district in its hands; its note is about to go."""
        dead = SyncInfo.from_note(left)
        if dead is None or dead.trigger in NO_SYNC:
            return
        log.warning("Sync %s was killed; it is recorded as failed, unless it was applied.", dead.sync_id)
        try:
            put_aside(self.folder, Failure(dead, "failed", KILLED, utc_now()))
        except OSError as error:
            log.warning("%s: that cannot be written down (%s)", self._info.district, error.strerror)
        failpoint("killed_put_aside")
        announce.tag_killed(self._instance, dead)
        self._dead = dead

    def _record_earlier(self) -> None:
        """Ends what earlier runs could not: an erasure, the record of one that died, or that never got the district."""
        try:
            purge.finish(self.warehouse, self._info.district)
            if record_what_was_put_aside(self.warehouse, self._info.district):
                self.warehouse.publish_copy(self._info.district)
            if self._dead and (row := look_up(self.warehouse, self._dead).row):  # it may have been applied
                announce.tag_killed(self._instance, self._dead, row["status"])
        except (RosterError, OSError) as error:
            log.warning("%s: what an earlier run left could not be put in order yet. %s", self._info.district, error)


def wait(seconds: float) -> None:
    """Between two tries; Ctrl-C and SIGTERM end it."""
    time.sleep(seconds)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """For the moment in which it is written down what happened: a second Ctrl-C changes nothing about that."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler or signal.SIG_DFL)


def sync_id_of(run_id: str, started_at: datetime) -> str:
    """`20261123T020003120-1a2b3c4d`: UTC start and the head of the Dagster run id, so that ids sort by time."""
    return f"{started_at:%Y%m%dT%H%M%S}{started_at.microsecond // 1000:03d}-{run_id[:8]}"


def _trigger(run: dg.DagsterRun) -> str:
    """What whoever launched the run says that it is; a sync of which Clever was left out is what is left of it."""
    said = run.tags.get(TRIGGER, SYNC_NOW)
    if said == OVERRIDE:
        return LOOK if run.run_config.get("preview") is True else said
    if said in (BULK, ERASE):  # of many at once, and of what nobody can undo, who says nothing gets a preview
        return {BULK: MAPPING}.get(said, said) if run.run_config.get("preview") is False else LOOK
    layers = {key.path[0] for key in run.asset_selection or () if key != checks.PLAN}
    if said not in (SYNC_NOW, NIGHTLY) or not run.asset_selection or "clever" in layers:
        return said
    return PUBLISH if layers == {"sync"} else MAPPING


def maps_alone(chosen: Collection[dg.AssetKey]) -> bool:
    """Whether these are the mapping as a whole and nothing below it: "Materialize all" on its group.

    Whoever does that wants the mapping to take effect.
    """
    names = {"/".join(key.path) for key in chosen}
    whole = {"mapping/section_courses", "mapping/unmapped"}
    return whole <= names and all(name.startswith("mapping/") for name in names)


def _applies(run: dg.DagsterRun) -> bool:
    """Whether a run that ends well leaves a row in sync.syncs."""
    if _trigger(run) in NO_SYNC:
        return False
    chosen = run.asset_selection or ()
    return not chosen or maps_alone(chosen) or any(key.path[0] == "roster" and key != checks.PLAN for key in chosen)
