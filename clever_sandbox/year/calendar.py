"""The school year: which day is which.

Belongs here: dates that follow from a date. Does not belong here: what happens on them (`advance`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

_DAY = timedelta(days=1)
_MONDAY, _WEDNESDAY, _THURSDAY, _FRIDAY = 0, 2, 3, 4


@dataclass(frozen=True)
class SchoolYear:
    """The year that begins in the August of `starts`. It lasts from one rollover to the next."""

    starts: int

    @property
    def rolls_over(self) -> date:
        """Two weeks before the first day: Clever takes over uploads again, and they are of this year."""
        return self.first_day - 14 * _DAY

    @property
    def first_day(self) -> date:
        return _on(_MONDAY, date(self.starts, 8, 8))

    @property
    def first_semester_ends(self) -> date:
        return _on(_FRIDAY, date(self.starts, 12, 15))

    @property
    def second_semester_begins(self) -> date:
        return _on(_MONDAY, date(self.starts + 1, 1, 2))

    @property
    def last_day(self) -> date:
        return _on(_FRIDAY, date(self.starts + 1, 6, 1))

    @property
    def pause_begins(self) -> date:
        """Two days before the last day; the pause ends when the next year rolls over."""
        return self.last_day - 2 * _DAY

    @property
    def after(self) -> SchoolYear:
        return SchoolYear(self.starts + 1)

    @property
    def a_school_is_unshared(self) -> date:
        """A Wednesday in October on which somebody clicks the wrong box; two days later it is noticed."""
        return _on(_WEDNESDAY, date(self.starts, 10, 14))

    def is_school_day(self, day: date) -> bool:
        """Monday to Friday from the first day to the last, without Thanksgiving and the winter break."""
        thanksgiving = _on(_THURSDAY, date(self.starts, 11, 22))
        free = (thanksgiving, thanksgiving + _DAY)
        winter = self.first_semester_ends < day < self.second_semester_begins
        return self.first_day <= day <= self.last_day and is_weekday(day) and day not in free and not winter

    def is_early(self, day: date) -> bool:
        """The first two weeks, in which classes find their size."""
        return self.first_day <= day < self.first_day + 14 * _DAY


def school_year_of(day: date) -> SchoolYear:
    """The year that a day belongs to; what is left of a summer after the rollover belongs to the next one."""
    year = SchoolYear(day.year)
    return year if day >= year.rolls_over else SchoolYear(day.year - 1)


def is_weekday(day: date) -> bool:
    return day.weekday() <= _FRIDAY


def _on(weekday: int, earliest: date) -> date:
    """The first such day of the week from a date on."""
    return earliest + (weekday - earliest.weekday()) % 7 * _DAY
