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


def test_after_a_rollover_sections_have_the_courses_of_those_before_and_none_has_others(tmp_path: Path) -> None:
    """Some ids are those of other classes from then on: what lines say about these is wrong, and counted."""
    with open_days(tmp_path / "days", date(2027, 6, 2)) as world:
        days = list(live(world, 72, seed=11, every=36))[-1]
    found = days.successors
    assert found.kept > 200
    assert found.share > 90
    assert found.wrong == []
    assert found.split_kept == found.split > 0
    assert found.overruled == 0
