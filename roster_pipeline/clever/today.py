"""Which day it is: by Clever's clock where it says so, where the district is.

Belongs here: what Clever's clock showed, when that counts, and the day that follows. Does not belong here: what happens
on which day (the steps), and the clock by which the client waits (`http.Clock`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

_A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class ClockReading:
    """What Clever's clock showed when ours showed `ours`; both aware."""

    clevers: datetime
    ours: datetime

    def at(self, ours: datetime) -> datetime:
        """What Clever's clock shows when ours shows `ours`: it goes on as ours does, and never back."""
        return self.clevers + max(ours - self.ours, timedelta())

    @property
    def ahead(self) -> timedelta:
        """By how much Clever's clock is ahead of ours; below zero when it is behind."""
        return self.clevers - self.ours

    @property
    def days_ahead(self) -> int:
        """The same in whole days."""
        return self.ahead // _A_DAY if self.ahead >= timedelta() else -(-self.ahead // _A_DAY)

    def counts(self, last_sync: datetime | None) -> bool:
        """Whether the day goes by it.

        A clock that is a day or more away from ours is wrong, unless the district's data bears it out: that is never
        newer than Clever's clock, and when this is ahead, then so is the data.
        """
        if not self.days_ahead:
            return True
        if last_sync is None or last_sync > self.clevers:
            return False
        return self.days_ahead < 0 or last_sync > self.ours


def local_day(moment: datetime, zone: tzinfo) -> date:
    """The day it is at an aware moment where the district is."""
    return moment.astimezone(zone).date()
