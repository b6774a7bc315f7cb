"""A scenario or a period, replayed day by day with the person who decides, and what came of it in numbers.

Belongs here: counting. Does not belong here: what happens (`scenario`, `year`), how it is told (`page`).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

from benchmarks.accidents.scenario import Scenario
from benchmarks.accidents.world import Synced, World

_ROUNDS = 6
"""A hold that comes again after every approval would go on for ever; that many times a person goes along."""


@dataclass(frozen=True)
class Outcome:
    """What one scenario came to.

    `applied` are changes that nobody was asked about, `held` and `holds` those of its worst day, `in_both` people for
    whom half of a change was applied, `guards` who held. `settled`: nothing waits in the end, and the roster is what
    it was before the accident, or what Clever says when that is right.
    """

    applied: int
    held: int
    holds: int
    in_both: int
    decisions: int
    guards: tuple[str, ...]
    failed: bool
    settled: bool


@dataclass
class Period:
    """What some days in a row came to; a person approves what is held on the day itself."""

    words: str
    days: int = 0
    applied: int = 0
    held: int = 0
    decisions: int = 0
    in_both: int = 0
    days_with_a_hold: int = 0
    about: Counter[str] = field(default_factory=Counter)
    settled: bool = True


def replay(scenario: Scenario, world: World) -> Outcome:
    """Lets it happen, decides as a person who knows what is right, and goes on until nothing is left to decide."""
    before = world.in_force()
    first: list[Synced] = []
    decisions = 0
    for _ in range(scenario.days):
        next_day(world)
        scenario.happens(world)
        first.append(world.sync())
        if scenario.right:
            decisions += approve_until_quiet(world, first[-1])
        else:
            decisions += world.decide("rejected")
    if not scenario.right:
        next_day(world)
        world.mend()
        decisions += approve_until_quiet(world, world.sync())
    last = world.sync()
    return Outcome(
        applied=sum(synced.applied for synced in first),
        held=max(synced.held for synced in first),
        holds=max(len(synced.holds) for synced in first),
        in_both=len(frozenset().union(*(synced.in_both for synced in first))),
        decisions=decisions,
        guards=tuple(sorted({hold.guard for synced in first for hold in synced.holds})),
        failed=any(synced.failed for synced in first),
        settled=not last.held and not last.applied and (scenario.right or world.in_force() == before),
    )


def live(world: World, period: Period) -> None:
    """One day of a period, after what happens on it has happened."""
    synced = world.sync()
    period.days += 1
    period.applied += synced.applied
    period.held += synced.held
    period.in_both += len(synced.in_both)
    period.days_with_a_hold += bool(synced.holds)
    period.about.update(f"{hold.guard} of {hold.entity}" for hold in synced.holds)
    period.decisions += approve_until_quiet(world, synced)
    period.settled &= not world.sync().held if synced.holds else True


def next_day(world: World) -> None:
    world.nth += 1
    world.day += timedelta(days=1)


def approve_until_quiet(world: World, synced: Synced) -> int:
    """Approves what is held and syncs again, until nothing is; returns how many decisions that took."""
    decisions = 0
    for _ in range(_ROUNDS):
        if not synced.holds:
            break
        decisions += world.decide("approved")
        synced = world.sync()
    return decisions
