"""The district's own record: what of it is kept, and what a person is warned of."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from roster_pipeline.clever.client import District, Notice, district_notices
from tests.clever.conftest import NOW, Connect
from tests.clever.fake import DISTRICT, Fake


def district(fake: Fake, connect: Connect, **fields: Any) -> District:
    fake.district |= fields
    return connect().districts()[0]


def test_the_contact_person_is_not_kept(fake: Fake, connect: Connect, landing: Path) -> None:
    contact = {"id": "64b0", "email": "it@riverbend.example.org", "name": {"first": "Rae", "last": "Moss"}}
    found = district(fake, connect, district_contact=contact)
    assert found == District(id=DISTRICT, name="Riverbend USD", state="running")
    connect().extract(DISTRICT, landing)
    assert "Moss" not in (landing / "complete.json").read_text()


@pytest.mark.parametrize(
    ("sent", "day"),
    [
        ("2026-06-07", date(2026, 6, 7)),
        ("2026-06-07T00:00:00.000Z", date(2026, 6, 7)),
        ("2026-06-07T23:00:00-08:00", date(2026, 6, 7)),
        ("", None),
        (None, None),
        (5, None),
        ("6/7/2026", None),
    ],
)
def test_pause_dates_in_each_form(fake: Fake, connect: Connect, sent: Any, day: date | None) -> None:
    found = district(fake, connect, pause_start=sent, pause_end=sent)
    assert (found.pause_start, found.pause_end) == (day, day)


@pytest.mark.parametrize(
    ("sent", "moment"),
    [
        ("2026-11-23T03:12:44.120Z", datetime(2026, 11, 23, 3, 12, 44, 120_000, UTC)),
        ("2026-11-23T03:12:44", datetime(2026, 11, 23, 3, 12, 44, tzinfo=UTC)),
        ("2026-11-23", datetime(2026, 11, 23, tzinfo=UTC)),
        ("", None),
        (None, None),
        ("never", None),
    ],
)
def test_last_sync_in_each_form(fake: Fake, connect: Connect, sent: Any, moment: datetime | None) -> None:
    assert district(fake, connect, last_sync=sent).last_sync == moment


@pytest.mark.parametrize("missing", ["", None, 7, ["x"]])
def test_missing_texts_are_none(fake: Fake, connect: Connect, missing: Any) -> None:
    found = district(fake, connect, state=missing, error=missing, name=missing)
    assert (found.state, found.error, found.name) == (None, None, DISTRICT)


def test_a_long_error_is_one_short_line(fake: Fake, connect: Connect) -> None:
    found = district(fake, connect, error="Upload\nfailed\t" + "x" * 500)
    assert found.error is not None
    assert found.error.startswith("Upload failed xxx")
    assert len(found.error) == 200


def warnings(**fields: Any) -> list[tuple[str, str]]:
    return [(w.code, w.message) for w in district_notices(District(id=DISTRICT, name="R", **fields), NOW, UTC)]


TODAY = NOW.date()
DAY = timedelta(days=1)
PAUSED = [("paused", f"Clever is paused until {TODAY + DAY}.")]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, []),
        ({"pause_start": TODAY - DAY, "pause_end": TODAY + DAY}, PAUSED),
        ({"pause_start": TODAY, "pause_end": TODAY}, [("paused", f"Clever is paused until {TODAY}.")]),
        ({"pause_start": TODAY + DAY, "pause_end": TODAY + 9 * DAY}, []),
        ({"pause_start": TODAY - 9 * DAY, "pause_end": TODAY - DAY}, []),
        ({"pause_start": TODAY - DAY}, [("paused", "Clever is paused.")]),
        ({"pause_end": TODAY + DAY}, []),
        ({"state": "paused", "pause_end": TODAY + DAY}, PAUSED),
        ({"state": "paused"}, [("paused", "Clever is paused.")]),
        ({"state": "pending"}, [("pending", "Clever is still setting up this district.")]),
        ({"state": "error"}, [("district_error", "Clever reports an error for this district.")]),
        (
            {"state": "error", "error": "No file came."},
            [("district_error", "Clever reports an error for this district: No file came.")],
        ),
        ({"last_sync": NOW - 3 * DAY}, []),
        ({"last_sync": NOW - 4 * DAY}, [("stale", "Clever has had no new data for 4 days.")]),
        ({"last_sync": NOW - 40 * DAY, "pause_start": TODAY - DAY, "pause_end": TODAY + DAY}, PAUSED),
        ({"state": "a state of the future"}, []),
    ],
)
def test_warnings(fields: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert warnings(**fields) == expected


def test_the_extract_carries_the_warnings(fake: Fake, connect: Connect, landing: Path) -> None:
    fake.district["last_sync"] = (NOW - 4 * DAY).isoformat()
    assert connect().extract(DISTRICT, landing).notices == (Notice("stale", "Clever has had no new data for 4 days."),)
