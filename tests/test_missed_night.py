"""A night on which Dagster was off is caught up once; a schedule whose hour is moved launches nothing at once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from unittest import mock
from zoneinfo import ZoneInfo

import dagster as dg
import pytest

from roster_pipeline.config import PROJECT_ROOT
from roster_pipeline.definitions import defs
from roster_pipeline.jobs.schedules import CATCH_UP
from roster_pipeline.warehouse.warehouse import Warehouse
from tests.daemon import Daemon, daemon

pytestmark = pytest.mark.filterwarnings("ignore:Property `ScheduleDefinition.environment_vars`:DeprecationWarning")
CLEVERS_ZONE = ZoneInfo("America/Los_Angeles")


def at(day: int, hour: int, minute: int = 0, month: int = 1) -> datetime:
    return datetime(2027, month, day, hour, minute, tzinfo=CLEVERS_ZONE)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An instance of Dagster's as we configure it, with two districts."""
    monkeypatch.setenv("CLEVER_DISTRICT_TOKEN", "t")
    monkeypatch.setenv("ROSTER_DATA", str(tmp_path))
    for name in ("a", "b"):
        Warehouse(tmp_path / "warehouse").register(name, name)
    home = tmp_path / "dagster"
    home.mkdir()
    shutil.copy(PROJECT_ROOT / "dagster.yaml", home)
    with dg.DagsterInstance.from_config(str(home)) as instance:
        instance.add_dynamic_partitions("district", ["a", "b"])
    return home


@contextmanager
def the_hour_is(cron: str) -> Iterator[None]:
    """As when somebody edits the schedule, and restarts Dagster."""
    schedule = defs.resolve_schedule_def("nightly")
    with mock.patch.object(type(schedule), "cron_schedule", cron):
        yield


def launched(found: Daemon, now: datetime) -> list[tuple[str, str | None]]:
    """District and, of a night that is caught up, which; of the runs launched at that moment."""
    runs = found.look_at_schedules(now)
    assert {run.job_name for run in runs} <= {"nightly_sync"}
    return sorted((run.tags["dagster/partition"], run.tags.get(CATCH_UP)) for run in runs)


def a_night(home: Path) -> None:
    """The night of 12 January, on which all is as ever; Dagster is off afterwards."""
    with daemon(home) as found:
        assert launched(found, at(11, 20)) == []
        assert launched(found, at(12, 2, 0)) == [("a", None), ("b", None)]
        assert launched(found, at(12, 2, 1)) == []


def test_a_missed_night_is_caught_up_once_per_district(home: Path) -> None:
    a_night(home)
    with daemon(home) as found:
        assert launched(found, at(13, 8)) == [("a", "2027-01-13"), ("b", "2027-01-13")]
        assert launched(found, at(13, 8, 1)) == []
    with daemon(home) as found:
        assert launched(found, at(13, 9)) == []
        assert launched(found, at(14, 2)) == [("a", None), ("b", None)]


def test_of_several_missed_nights_the_last_is_caught_up(home: Path) -> None:
    a_night(home)
    with daemon(home) as found:
        assert launched(found, at(17, 8)) == [("a", "2027-01-17"), ("b", "2027-01-17")]


def test_a_machine_that_is_off_every_night_syncs_every_morning(home: Path) -> None:
    a_night(home)
    for day in (13, 14, 15):
        with daemon(home) as found:
            assert [night for _, night in launched(found, at(day, 10))] == [f"2027-01-{day}"] * 2


def test_the_missed_night_on_which_clocks_are_put_forward(home: Path) -> None:
    with daemon(home) as found:
        assert launched(found, at(13, 20, month=3)) == []
        assert len(launched(found, at(14, 3, month=3))) == 2
    with daemon(home) as found:
        assert [night for _, night in launched(found, at(15, 8, month=3))] == ["2027-03-15"] * 2


def test_a_night_that_is_a_little_late_is_an_ordinary_one(home: Path) -> None:
    a_night(home)
    with daemon(home) as found:
        assert launched(found, at(13, 2, 10)) == [("a", None), ("b", None)]


@pytest.mark.parametrize("cron", ["0 14 * * *", "30 23 * * *", "0 3 * * *"])
def test_moving_the_hour_launches_nothing_at_once(cron: str, home: Path) -> None:
    """Dagster looks back to its last tick, whatever the hour was then."""
    a_night(home)
    with the_hour_is(cron), daemon(home) as found:
        assert launched(found, at(12, 23, 59)) == []
        hour = int(cron.split()[1])
        assert launched(found, at(13, hour, int(cron.split()[0]))) == [("a", None), ("b", None)]


def test_a_district_that_is_new_after_the_missed_night_is_synced_with_the_others(home: Path) -> None:
    a_night(home)
    with daemon(home) as found:
        Warehouse(home.parent / "warehouse").register("c", "c")
        found.instance.add_dynamic_partitions("district", ["c"])
        assert [slug for slug, _ in launched(found, at(13, 8))] == ["a", "b", "c"]


def test_a_first_start_in_the_afternoon_waits_for_the_night(home: Path) -> None:
    with daemon(home) as found:
        assert launched(found, at(12, 15)) == []
        assert launched(found, at(12, 23)) == []
