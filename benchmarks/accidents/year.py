"""An ordinary school year, day by day: people come, leave and move; a semester ends; the summer changes everything.

Belongs here: which days are counted together. Does not belong here: what happens on a day (`clever_sandbox.year`), its
rarer changes (`ordinary`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from benchmarks.accidents.replay import Period, live
from benchmarks.accidents.world import World
from clever_sandbox.year.calendar import school_year_of

DAYS = 66
_AFTER_THE_LAST_DAY = date(2027, 6, 7)
_NEW_YEAR = date(2027, 8, 9)


def school_days(world: World, days: int = DAYS) -> Iterator[Period]:
    """That many school days; yields the period as it stands after each."""
    period = Period(f"{days} school days from November on: people come, leave and move, the semester changes")
    for _ in range(days):
        _live_until_school(world, period)
        yield period


def summer(world: World) -> Iterator[Period]:
    """The day after the last day of school, the rollover, and the first week after it."""
    last = Period("the day after the last day of school: all terms are over")
    world.day = _AFTER_THE_LAST_DAY
    live(world, last)
    yield last
    rolled = Period("the rollover: new terms and sections, everybody a grade higher, seniors gone, a new kindergarten")
    world.day = _NEW_YEAR
    world.advance(["rollover"])
    live(world, rolled)
    yield rolled
    week = Period("the first week after it")
    for _ in range(5):
        _live_until_school(world, week)
    yield week


def _live_until_school(world: World, period: Period) -> None:
    """The next school day, with whatever happens on the days before it."""
    while True:
        world.day += timedelta(days=1)
        world.advance()
        if school_year_of(world.day).is_school_day(world.day):
            return live(world, period)
