"""An ordinary school year, day by day: people come, leave and move; a semester ends; the summer changes everything.

Belongs here: which day is which, and what happens on it. Does not belong here: a day's changes
(`clever_sandbox.generator.advance`, which also has rarer ones: they are in `ordinary`), the summer (`rollover`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from benchmarks.accidents import rollover
from benchmarks.accidents.ordinary import second_semester
from benchmarks.accidents.replay import Period, live
from benchmarks.accidents.world import World
from clever_sandbox.generator.advance import EVERY_DAY, advance

DAYS = 66
_SEED = 2026
_BREAKS = ((date(2026, 11, 26), date(2026, 11, 27)), (date(2026, 12, 21), date(2027, 1, 1)))
_SECOND_SEMESTER = date(2027, 1, 4)
_FIRST_SEMESTER_CLEARED = date(2027, 1, 19)
_AFTER_THE_LAST_DAY = date(2027, 6, 7)
_KINDS = tuple(kind for kind, times in EVERY_DAY.items() for _ in range(times))


def school_days(world: World, days: int = DAYS) -> Iterator[Period]:
    """That many school days; yields the period as it stands after each."""
    period = Period(f"{days} school days from November on: people come, leave and move, the semester changes")
    for _ in range(days):
        world.day = _next_school_day(world.day)
        advance(world.district, _SEED, today=world.day, kinds=_KINDS)
        if world.day == _SECOND_SEMESTER:
            second_semester(world)
        if world.day == _FIRST_SEMESTER_CLEARED:
            advance(world.district, _SEED, today=world.day, kinds=["term_cleared"])
        live(world, period)
        yield period


def summer(world: World) -> Iterator[Period]:
    """The day after the last day of school, the rollover, and the first week after it."""
    last = Period("the day after the last day of school: all terms are over")
    world.day = _AFTER_THE_LAST_DAY
    live(world, last)
    yield last
    rolled = Period("the rollover: new terms and sections, everybody a grade higher, seniors gone, a new kindergarten")
    world.day = rollover.FIRST_DAY
    rollover.roll_over(world)
    live(world, rolled)
    yield rolled
    week = Period("the first week after it")
    for _ in range(5):
        world.day = _next_school_day(world.day)
        advance(world.district, _SEED, today=world.day, kinds=_KINDS)
        live(world, week)
    yield week


def _next_school_day(day: date) -> date:
    day += timedelta(days=1)
    while day.weekday() > 4 or any(first <= day <= last for first, last in _BREAKS):
        day += timedelta(days=1)
    return day
