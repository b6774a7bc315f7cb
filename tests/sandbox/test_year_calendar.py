"""Which day of the school year is which."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clever_sandbox.district.district import District
from clever_sandbox.year.advance import advance
from clever_sandbox.year.calendar import SchoolYear, school_year_of

from .years import days


@pytest.mark.parametrize(
    ("starts", "first_day", "half", "second", "last_day", "pause", "next_rollover"),
    [
        (2025, "2025-08-11", "2025-12-19", "2026-01-05", "2026-06-05", "2026-06-03", "2026-07-27"),
        (2026, "2026-08-10", "2026-12-18", "2027-01-04", "2027-06-04", "2027-06-02", "2027-07-26"),
        (2027, "2027-08-09", "2027-12-17", "2028-01-03", "2028-06-02", "2028-05-31", "2028-07-31"),
    ],
)
def test_the_dates_of_a_year(
    starts: int, first_day: str, half: str, second: str, last_day: str, pause: str, next_rollover: str
) -> None:
    year = SchoolYear(starts)
    dates = (year.first_day, year.first_semester_ends, year.second_semester_begins, year.last_day, year.pause_begins)
    assert [day.isoformat() for day in dates] == [first_day, half, second, last_day, pause]
    assert year.after.rolls_over.isoformat() == next_rollover


def test_school_is_on_weekdays_but_not_on_holidays() -> None:
    year = SchoolYear(2026)
    november = [day.day for day in days(date(2026, 11, 16), date(2026, 11, 30)) if year.is_school_day(day)]
    assert november == [16, 17, 18, 19, 20, 23, 24, 25, 30]
    winter = [day.isoformat() for day in days(date(2026, 12, 17), date(2027, 1, 5)) if year.is_school_day(day)]
    assert winter == ["2026-12-17", "2026-12-18", "2027-01-04", "2027-01-05"]
    assert not year.is_school_day(date(2026, 8, 7))
    assert not year.is_school_day(date(2027, 6, 7))


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)))
def test_every_day_is_in_the_year_that_rolled_over_before_it(day: date) -> None:
    year = school_year_of(day)
    assert year.rolls_over <= day < year.after.rolls_over
    order = (year.rolls_over, year.first_day, year.first_semester_ends, year.second_semester_begins, year.pause_begins)
    assert [*order, year.last_day] == sorted({*order, year.last_day})
    assert year.after.first_day - year.first_day in (timedelta(days=364), timedelta(days=371))


@pytest.mark.parametrize("day", ["2026-11-21", "2026-11-22", "2026-11-26", "2026-11-27", "2026-12-24", "2027-07-06"])
def test_nothing_happens_when_there_is_no_school(demo: District, day: str) -> None:
    assert advance(demo.copy(), 1, day=date.fromisoformat(day)) == []


def test_classes_find_their_size_in_august(demo: District) -> None:
    def changes(first: date) -> int:
        district = demo.copy()
        happened = [found for day in days(first, first + timedelta(days=4)) for found in advance(district, 1, day=day)]
        return sum(found.kind == "student_changed_section" for found in happened)

    assert changes(date(2026, 8, 10)) > 5 * changes(date(2026, 11, 16)) > 0


def test_many_changes_are_few_for_a_large_district(demo: District) -> None:
    """A usual day at 1,000 students."""
    happened = [len(advance(demo.copy(), seed, day=date(2026, 11, 23))) for seed in range(20)]
    assert 6 <= min(happened) <= max(happened) <= 14


def test_a_school_is_unshared_once_a_year_and_shared_again(demo: District) -> None:
    district = demo.copy()
    october = [found for day in days(date(2026, 10, 1), date(2026, 10, 31)) for found in advance(district, 1, day=day)]
    [hidden, shown] = [found for found in october if found.kind.startswith("school_")]
    assert (hidden.kind, hidden.date) == ("school_unshared", "2026-10-14")
    assert (shown.kind, shown.date, shown.id) == ("school_shared_again", "2026-10-16", hidden.id)
