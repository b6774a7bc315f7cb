"""`make bench-days`: generated days of a district, each synced and compared with what really happened.

Belongs here: the days, the person who approves, and the comparison. Does not belong here: what happens on a day
(`clever_sandbox.year`), accidents (`benchmarks.accidents`).

    python -m benchmarks.days --days 30 --seed 5 --first 2026-12-10
"""

from __future__ import annotations

import logging
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path

import click
import duckdb
from rich.console import Console
from rich.progress import track

from benchmarks.accidents.world import World, copy_files
from benchmarks.markdown import rewrite
from benchmarks.successors import Successors
from clever_sandbox.app import create_app
from clever_sandbox.district.district import District
from clever_sandbox.district.ids import clever_id
from clever_sandbox.district.load import load_district
from clever_sandbox.server import serve_in_thread
from clever_sandbox.year.advance import advance
from clever_sandbox.year.truth import Truth, who_is_where
from roster_pipeline.clever.local import DEMO_DISTRICT
from roster_pipeline.config import PROJECT_ROOT

PAGE = PROJECT_ROOT / "docs" / "operations.md"
COMMAND = "make bench-days"
FIRST = date(2026, 11, 23)
_MORNING = time(5)
_ROUNDS = 6

# What a roster says, in the ids of the files.
_PEOPLE = """
SELECT r.role, u.sis_id, s.site_id
FROM roster.users AS u, unnest(u.roles) AS r (role), roster.user_sites AS s
WHERE u.user_id = s.user_id AND u.enrollment_status <> 'archived' AND s.status = 'active'
  AND r.role IN ('student', 'teacher')
"""
_CLASSES = """
SELECT s.sis_id, u.sis_id, e.role
FROM roster.enrollments AS e, roster.sections AS s, roster.users AS u
WHERE e.section_id = s.section_id AND e.user_id = u.user_id AND e.status = 'active' AND s.status = 'active'
"""
_SECTIONS = "SELECT sis_id, site_id FROM roster.sections WHERE status = 'active'"

Facts = frozenset[tuple[str, ...]]


@dataclass(frozen=True)
class Picture:
    """Who is where, as the district and as the roster has it."""

    people: Facts
    classes: Facts
    sections: Facts

    def differences(self, other: Picture) -> dict[str, int]:
        """How many facts only one of the two has, by kind; without those of which both have the same."""
        found = {name: len(getattr(self, name) ^ getattr(other, name)) for name in ("people", "classes", "sections")}
        return {name: number for name, number in found.items() if number}


@dataclass
class Days:
    """What the days came to. `wrong` has, by date, how many facts were different on a day without a hold."""

    days: int = 0
    held: list[str] = field(default_factory=list)
    decisions: int = 0
    applied: int = 0
    happened: Counter[str] = field(default_factory=Counter)
    wrong: dict[str, dict[str, int]] = field(default_factory=dict)
    successors: Successors = field(default_factory=Successors)


def truth(district: District, today: date) -> Picture:
    """The truth about what Clever goes by; a section whose term is over is not active any more."""
    found = who_is_where(district.held, district.sharing, today)
    lines = {section: district.held.sections[section][0] for section in found.sections}
    active = {section for section, line in lines.items() if not line["Term_end"] or line["Term_end"] >= str(today)}
    at = {school: clever_id(district.id, "school", school) for school in district.held.schools}
    people = [("student", who, school) for who, schools in found.students.items() for school in schools]
    people += [("teacher", who, school) for who, schools in _teachers(district, found) for school in schools]
    classes = [(section, who, "student") for section, who in found.attends if section in active]
    classes += [(section, who, "teacher") for section, who in found.teaches if section in active]
    return Picture(
        frozenset((role, who, at[school]) for role, who, school in people),
        frozenset(classes),
        frozenset((section, at[lines[section]["School_id"]]) for section in active),
    )


def _teachers(district: District, found: Truth) -> Iterator[tuple[str, frozenset[str]]]:
    """Where teachers are; one who is staff too is one person, by the e-mail, and also where the staff member is."""
    as_staff = {
        district.held.staff[member][0]["Staff_email"].casefold(): schools for member, schools in found.staff.items()
    }
    for teacher, schools in found.teachers.items():
        email = district.held.teachers[teacher][0]["Teacher_email"].casefold()
        yield teacher, schools | as_staff.get(email or teacher, frozenset())


def roster(connection: duckdb.DuckDBPyConnection) -> Picture:
    """What the roster has in force."""
    people, classes, sections = (
        frozenset(connection.execute(query).fetchall()) for query in (_PEOPLE, _CLASSES, _SECTIONS)
    )
    return Picture(people, classes, sections)


@contextmanager
def open_days(root: Path, first: date = FIRST) -> Iterator[World]:
    """The demo district on the morning of its first day, not synced yet; all its schools are on Clever."""
    (root / "data").mkdir(parents=True)
    copy_files(root / "data")
    (root / "data" / "sites.csv").write_text("district,site_id,enrollment_source\n", encoding="utf-8")
    zone = load_district(DEMO_DISTRICT).zone
    district = load_district(DEMO_DISTRICT, datetime.combine(first, _MORNING, zone))
    with serve_in_thread(create_app([district], requests_per_minute=1_000_000)) as server:
        server.sandbox.clock.set(datetime.combine(first, _MORNING, zone))
        yield World(root, server, random.Random(0), day=first)


def live(world: World, number: int, seed: int, every: int = 1) -> Iterator[Days]:
    """That many days, of which the first is the first sync; yields what they came to after each that is synced.

    That is every day, or `every` so many and the last.
    """
    days = Days()
    for nth in range(number):
        if nth:
            _pass_a_day(world, seed, days)
        if nth % every and nth < number - 1:
            continue
        synced = world.sync()
        days.days += 1
        days.applied += synced.applied
        if synced.failed or not synced.holds:
            _compare(world, days)
        else:
            days.held.append(str(world.day))
            for _ in range(_ROUNDS):
                days.decisions += world.decide("approved")
                if not (synced := world.sync()).holds:
                    _compare(world, days)
                    break
        yield days


def _pass_a_day(world: World, seed: int, days: Days) -> None:
    world.day += timedelta(days=1)
    zone = world.district.zone
    happened = advance(world.district, seed, day=world.day)
    days.happened.update(happening.kind for happening in happened)
    days.successors.happened(happened)
    world.district.ingest(datetime.combine(world.day, time(3, 10), zone))
    world.server.sandbox.clock.set(datetime.combine(world.day, _MORNING, zone))


def _compare(world: World, days: Days) -> None:
    with world.connect() as connection:
        found = roster(connection).differences(truth(world.district, world.day))
        days.successors.look(connection)
    if found:
        days.wrong[str(world.day)] = found


@click.command()
@click.option("--days", "number", default=300, show_default=True, help="How many days.")
@click.option("--seed", default=2026, show_default=True, help="The same seed has the same days.")
@click.option("--first", type=click.DateTime(["%Y-%m-%d"]), default=str(FIRST), show_default=True, help="The first.")
@click.option("--write", is_flag=True, help="Write the numbers into docs/operations.md.")
def main(number: int, seed: int, first: datetime, write: bool) -> None:
    """Sync a district on every one of many generated days, and compare. Exit 1 when a day is wrong."""
    logging.getLogger("roster_pipeline").setLevel(logging.ERROR)
    days = Days()
    with tempfile.TemporaryDirectory() as folder, open_days(Path(folder) / "days", first.date()) as world:
        passing = live(world, number, seed)
        for days in track(passing, "Days", total=number, console=Console(stderr=True), transient=True):  # noqa: B007
            pass
    said = summary(days, seed, first.date())
    click.echo(said)
    for day, found in days.wrong.items():
        click.echo(f"{day}: {found}")
    if days.wrong:
        sys.exit(1)
    if write:
        rewrite(PAGE, COMMAND, [said])


def summary(days: Days, seed: int, first: date) -> str:
    """What the days came to, in a few sentences."""
    kinds = ", ".join(f"{kind} {times:,}" for kind, times in sorted(days.happened.items()))
    return (
        f"{days.days} days from {first} on (seed {seed}): {days.applied:,} changes applied, {len(days.held)} days "
        f"with a hold, {days.decisions} decisions; the roster was wrong on {len(days.wrong)} days. "
        f"{days.successors.sentence()} What happened: {kinds}."
    )


if __name__ == "__main__":
    main()
