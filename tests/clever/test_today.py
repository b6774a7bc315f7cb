"""What time Clever says it is, when that counts, and the day that follows from it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from roster_pipeline.clever.landing import read_receipt
from roster_pipeline.clever.today import ClockReading, local_day
from tests.clever.conftest import NOW, Connect
from tests.clever.fake import DISTRICT, Fake

DAY = timedelta(days=1)
PACIFIC = ZoneInfo("America/Los_Angeles")
EVENING = datetime(2026, 11, 24, 4, 30, tzinfo=UTC)  # half past eight in the evening of the 23rd, Pacific


@pytest.mark.parametrize(
    ("clever_is_ahead", "data_is_ahead", "counts"),
    [
        (timedelta(), -9 * DAY, True),
        (timedelta(), None, True),
        (timedelta(hours=23), -9 * DAY, True),
        (timedelta(hours=-23), timedelta(), True),
        (97 * DAY, 97 * DAY - timedelta(hours=5), True),
        (97 * DAY, timedelta(hours=1), True),
        (97 * DAY, timedelta(hours=-5), False),
        (97 * DAY, 98 * DAY, False),
        (97 * DAY, None, False),
        (-97 * DAY, -97 * DAY - timedelta(hours=5), True),
        (-97 * DAY, timedelta(hours=-5), False),
        (-97 * DAY, None, False),
        (DAY, timedelta(hours=-5), False),
        (-DAY, timedelta(hours=-5), False),
    ],
)
def test_a_clock_that_is_days_away_counts_when_the_data_is_of_that_time(
    clever_is_ahead: timedelta, data_is_ahead: timedelta | None, counts: bool
) -> None:
    last_sync = None if data_is_ahead is None else NOW + data_is_ahead
    assert ClockReading(NOW + clever_is_ahead, NOW).counts(last_sync) is counts


@pytest.mark.parametrize(
    ("hours", "days"), [(23, 0), (24, 1), (47, 1), (48, 2), (-23, 0), (-24, -1), (-47, -1), (-48, -2)]
)
def test_days_ahead_are_whole_days(hours: int, days: int) -> None:
    assert ClockReading(NOW + timedelta(hours=hours), NOW).days_ahead == days


def test_clevers_clock_goes_on_as_ours_does_and_never_back() -> None:
    heard = ClockReading(NOW + 97 * DAY, NOW)
    assert heard.at(NOW + 7 * DAY) == NOW + 104 * DAY
    assert heard.at(NOW - timedelta(minutes=75)) == NOW + 97 * DAY


def test_a_day_begins_where_the_district_is() -> None:
    assert local_day(EVENING, PACIFIC) == date(2026, 11, 23)
    assert local_day(EVENING, UTC) == date(2026, 11, 24)


def said(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)


def test_what_clevers_clock_shows_is_kept_with_the_landing(fake: Fake, connect: Connect, landing: Path) -> None:
    fake.date = said(NOW + timedelta(seconds=5))
    extract = connect().extract(DISTRICT, landing)
    assert extract.clock == ClockReading(NOW + timedelta(seconds=5), NOW)
    assert read_receipt(landing) == extract


@pytest.mark.parametrize("date", [None, "", "yesterday", "Mon, 99 Nov 2026 10:00:00 GMT"])
def test_without_a_readable_date_the_day_goes_by_our_clock(
    fake: Fake, connect: Connect, landing: Path, date: str | None
) -> None:
    fake.date = date
    extract = connect().extract(DISTRICT, landing)
    assert (extract.clock, extract.notices) == (None, ())


@pytest.mark.parametrize(
    ("moment", "away"),
    [
        (NOW + 700 * DAY, "700 days ahead of ours"),
        (datetime(1970, 1, 1, tzinfo=UTC), "20780 days behind ours"),
        (datetime(9999, 12, 31, tzinfo=UTC), "2912115 days ahead of ours"),
    ],
)
def test_a_wrong_clock_is_a_warning_and_nothing_goes_by_it(
    fake: Fake, connect: Connect, landing: Path, moment: datetime, away: str
) -> None:
    fake.date = said(moment)
    fake.district |= {"last_sync": (NOW - timedelta(hours=7)).isoformat(), "pause_end": "2026-11-01"}
    extract = connect().extract(DISTRICT, landing)
    assert extract.clock is None
    assert [(n.code, n.message) for n in extract.notices] == [
        (
            "wrong_clock",
            f"Clever's clock is {away}, and its data is not of that time: which terms are over goes by ours.",
        )
    ]


def test_an_old_copy_of_the_districts_record_does_not_turn_the_clock_back(
    fake: Fake, connect: Connect, landing: Path
) -> None:
    """A proxy gave the record of a month ago, with the Date it had then; the lists are of now."""
    fake.date, fake.list_date = said(NOW - 30 * DAY), said(NOW)
    fake.district["last_sync"] = (NOW - 31 * DAY).isoformat()
    extract = connect().extract(DISTRICT, landing)
    assert extract.clock == ClockReading(NOW, NOW)
    assert [n.code for n in extract.notices] == ["stale"]


def test_stale_and_paused_go_by_clevers_clock(fake: Fake, connect: Connect, landing: Path) -> None:
    later = NOW + 97 * DAY
    fake.date = said(later)
    fake.district["last_sync"] = (later - timedelta(hours=7)).isoformat()
    assert connect().extract(DISTRICT, landing).notices == ()
    fake.district["last_sync"] = (later - 4 * DAY).isoformat()
    assert [n.code for n in connect().extract(DISTRICT, landing).notices] == ["stale"]
    fake.district |= {"pause_start": f"{later.date() - DAY}", "pause_end": f"{later.date() + DAY}"}
    assert [n.code for n in connect().extract(DISTRICT, landing).notices] == ["paused"]


def test_a_pause_begins_and_ends_with_the_districts_day(fake: Fake, connect: Connect, landing: Path) -> None:
    fake.date = said(EVENING)

    def paused(start: str, end: str) -> bool:
        fake.district |= {"pause_start": start, "pause_end": end}
        return "paused" in [n.code for n in connect(zone=PACIFIC).extract(DISTRICT, landing).notices]

    assert paused("2026-11-20", "2026-11-23")
    assert not paused("2026-11-24", "2026-12-01")
