"""The pipeline's today: Clever's day where the district is, also in runs that do not ask Clever."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from clever_sandbox.app import create_app
from clever_sandbox.district.district import District
from clever_sandbox.district.upload import load_upload
from clever_sandbox.server import serve_in_thread
from roster_pipeline import sync
from roster_pipeline.clever import landing
from roster_pipeline.clever.local import DEMO_DISTRICT, settings_for
from roster_pipeline.clever.today import ClockReading
from tests.conftest import NOW, Tiny
from tests.platform import Platform

PACIFIC = ZoneInfo("America/Los_Angeles")
DAY = timedelta(days=1)
OURS = NOW.replace(tzinfo=UTC)


def synced(tiny: Tiny, clock: ClockReading | None, started: datetime = OURS) -> list[tuple[str, str]]:
    """One sync of ours that begins at `started`, from Clever when its clock is given; the sections and their status."""
    with tiny.connect_anew() as connection:
        run = tiny.begin(today=started.astimezone(PACIFIC).date(), from_clever=clock is not None)
        info = replace(run.order.info, started_at=started.replace(tzinfo=None))
        run.order = replace(run.order, info=info, zone=PACIFIC)
        if clock is not None:
            extract = landing.Extract(landing.District("d", "D"), (), (), OURS, OURS, clock)
            run.staged = sync.stage(connection, tiny.landing, extract)
        run.apply_plan(connection)
    return tiny.rows("SELECT clever_id, status FROM roster.sections ORDER BY ALL")


def clever_shows(year: int, month: int, day: int, hour: int = 10) -> ClockReading:
    return ClockReading(datetime(year, month, day, hour, 30, tzinfo=PACIFIC), OURS)


@pytest.mark.parametrize(
    ("clock", "status"),
    [
        (clever_shows(2027, 6, 4, hour=20), "active"),  # its last day, although it is the 5th in UTC
        (clever_shows(2027, 6, 5, hour=0), "concluded"),
        (clever_shows(2026, 11, 23), "active"),
    ],
)
def test_a_term_is_over_when_its_last_day_is_over_for_clever(tiny: Tiny, clock: ClockReading, status: str) -> None:
    assert synced(tiny, clock) == [("m6", status)]


def test_a_run_that_does_not_ask_clever_goes_on_from_its_clock(tiny: Tiny) -> None:
    """A week later by our clock it is a week later for Clever too."""
    assert synced(tiny, clever_shows(2027, 6, 1)) == [("m6", "active")]
    assert synced(tiny, None, OURS + 2 * DAY) == [("m6", "active")]
    assert synced(tiny, None, OURS + 7 * DAY) == [("m6", "concluded")]


def test_a_run_that_began_before_clever_answered_goes_by_the_answer(tiny: Tiny) -> None:
    """A nightly run may have waited for Clever past midnight."""
    assert synced(tiny, clever_shows(2027, 6, 5, hour=0), OURS - timedelta(hours=2)) == [("m6", "concluded")]


def test_what_the_pipeline_writes_down_goes_by_its_own_clock(tiny: Tiny) -> None:
    synced(tiny, clever_shows(2027, 6, 5))
    times = "SELECT started_at, finished_at FROM sync.syncs UNION SELECT first_synced_at, NULL FROM roster.users"
    assert {moment.year for row in tiny.rows(times) for moment in row if moment} == {2026}


LAST_DAY = datetime(2036, 3, 3, 20, 30, tzinfo=PACIFIC)  # in the evening: in UTC it is the next day


@pytest.fixture
def district() -> District:
    """The demo district ten years later; its first semester ends on `LAST_DAY`."""
    upload = load_upload(DEMO_DISTRICT)
    for section, [line] in list(upload.sections.items()):
        upload.sections.change(section, Term_end=f"{LAST_DAY.date()}" if line["Term_name"] == "S1" else "2036-06-04")
    district = District(upload)
    district.ingest(LAST_DAY)
    return district


def test_a_term_ends_with_the_districts_day_and_may_be_cleared_the_next_evening(
    district: District, tmp_path: Path
) -> None:
    """By UTC it would end an evening early, by this machine's clock years late; then a term vanishes: all is held."""
    with serve_in_thread(create_app([district])) as server:
        platform = Platform.make(tmp_path, settings_for(server.url))

        def sync_at(moment: datetime) -> tuple[int, dict[str, int]]:
            server.sandbox.clock.set(moment)
            held = platform.sync()["held"]
            return held, dict(platform.rows("SELECT status, count(*) FROM roster.sections GROUP BY ALL"))

        assert sync_at(LAST_DAY) == (0, {"active": 372})
        assert sync_at(LAST_DAY + DAY) == (0, {"active": 348, "concluded": 24})
        for section in [section for section, [line] in district.upload.sections.items() if line["Term_name"] == "S1"]:
            district.upload.close_section(section)
        district.ingest(LAST_DAY + DAY)
        assert sync_at(LAST_DAY + DAY) == (0, {"active": 348, "concluded": 24})
