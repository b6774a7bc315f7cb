"""Days of a school year, each synced: the roster is what the district really is (`make bench-days` does 300)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from benchmarks.days import Days, live, open_days
from clever_sandbox.district.district import District


def lived(root: Path, first: date, number: int) -> Days:
    with open_days(root / "days", first) as world:
        return list(live(world, number, seed=11))[-1]


@pytest.mark.parametrize(
    ("first", "number", "happens"),
    [
        (date(2027, 1, 15), 4, {"term_cleared"}),
        (date(2027, 7, 25), 3, {"student_promoted", "section_continued"}),
    ],
)
def test_the_roster_is_what_the_district_is(tmp_path: Path, first: date, number: int, happens: set[str]) -> None:
    days = lived(tmp_path, first, number)
    assert days.days == number
    assert happens <= days.happened.keys()
    assert days.wrong == {}


def test_a_day_that_clever_did_not_take_over_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_days(tmp_path / "days", date(2027, 1, 14)) as world:
        passing = live(world, 2, seed=11)
        assert next(passing).wrong == {}
        monkeypatch.setattr(District, "ingest", lambda *_: None)
        assert next(passing).wrong.keys() == {"2027-01-15"}
