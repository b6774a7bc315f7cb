"""Dagster's daemon, asked to look at schedules and sensors at a moment: nothing runs by itself, and nobody waits.

Belongs here: what a test needs of Dagster's own loop. Does not belong here: what must come of it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from unittest import mock

import dagster as dg
from dagster._core.remote_origin import InProcessCodeLocationOrigin
from dagster._core.test_utils import create_test_daemon_workspace_context, freeze_time
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import InProcessWorkspaceLoadTarget
from dagster._daemon.sensor import execute_sensor_iteration
from dagster._scheduler.scheduler import ScheduleIterationTimes, launch_scheduled_runs

from roster_pipeline.jobs import schedules

log = logging.getLogger("tests.daemon")


@dataclass
class Daemon:
    """One process of it; what it launches is queued, as no coordinator takes it from there."""

    workspace: WorkspaceProcessContext
    _remembers: dict[str, ScheduleIterationTimes] = field(default_factory=dict)

    @property
    def instance(self) -> dg.DagsterInstance:
        return self.workspace.instance

    def look_at_schedules(self, now: datetime) -> list[dg.DagsterRun]:
        """The runs that are launched at `now`."""
        before = {run.run_id for run in self.instance.get_runs()}
        with freeze_time(now), mock.patch.object(schedules, "now", return_value=now):
            list(launch_scheduled_runs(self.workspace, log, now, self._remembers))
        return [run for run in self.instance.get_runs() if run.run_id not in before]

    def look_at_sensors(self, now: datetime) -> None:
        with freeze_time(now):
            list(execute_sensor_iteration(self.workspace, log, None, None))

    def last_word(self, sensor: str) -> str:
        """What the last tick of a sensor says."""
        (state,) = (s for s in self.instance.all_instigator_state() if s.instigator_name == sensor)
        (tick,) = self.instance.get_ticks(state.instigator_origin_id, state.selector_id, limit=1)
        return tick.skip_reason or str(tick.error or "")


@contextmanager
def daemon(home: Path) -> Iterator[Daemon]:
    """A daemon on the instance in `home`, which remembers nothing of the one before but what that wrote down."""
    target = LoadableTargetOrigin(module_name="roster_pipeline.definitions")
    origin = InProcessCodeLocationOrigin(target, location_name="roster_pipeline")
    with (
        dg.DagsterInstance.from_config(str(home)) as instance,
        create_test_daemon_workspace_context(InProcessWorkspaceLoadTarget(origin), instance) as workspace,
    ):
        yield Daemon(workspace)
