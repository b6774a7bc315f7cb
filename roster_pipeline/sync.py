"""A sync, from Clever to the published copy: the corridor that everybody walks.

    land -> stage -> identify -> map_sections -> desire -> plan -> guard -> apply -> publish

Belongs here: the order of the steps, and what each hands to the next. Does not belong here: any step's own work (each
has a folder), and Dagster. Assets, jobs, the terminal, undo and the tests call these functions and no others.

What the steps make for each other are tables in the memory of one connection (`model/scratch.py`); the value that a
step returns says that they stand, and what of them people ask about. `run.Run` remembers these values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from pathlib import Path

import duckdb

from roster_pipeline.clever.client import Endpoint, Extract
from roster_pipeline.clever.extract import extract_district, extract_sites
from roster_pipeline.clever.landing import discard, newest_complete, read_receipt
from roster_pipeline.clever.sites import WholeInstead
from roster_pipeline.clever.today import ClockReading, local_day
from roster_pipeline.config import Settings
from roster_pipeline.guards import holds, judge, limits, relinks
from roster_pipeline.guards.guard import DistrictLimits, Hold, Judging
from roster_pipeline.history.record import SyncInfo, prune
from roster_pipeline.identity import identify as identity
from roster_pipeline.mapping import load as mapping
from roster_pipeline.mapping.decide import Deed, decide
from roster_pipeline.mapping.platform import Source, load_platform_logins, take_platform_logins
from roster_pipeline.plan import erase as erasing
from roster_pipeline.plan import undo
from roster_pipeline.plan.apply import apply_plan
from roster_pipeline.plan.desired import build_desired, people_are_as_they_were
from roster_pipeline.plan.difference import Plan, make_plan, summarize
from roster_pipeline.plan.override import effect, wish
from roster_pipeline.plan.start import Starts, read_confirmed, read_ended
from roster_pipeline.staging import one_site
from roster_pipeline.staging import stage as staging
from roster_pipeline.warehouse import purge
from roster_pipeline.warehouse.sql import count_rows
from roster_pipeline.warehouse.warehouse import DistrictFolder, Warehouse


def utc_now() -> datetime:
    """Naive UTC, as every timestamp of the warehouse."""
    return datetime.now(UTC).replace(tzinfo=None)


@dataclass(frozen=True)
class Order:
    """Which sync is asked for, with the inputs of which folder, on which day; the day decides which terms are over.

    `starts` are the sites whose counts somebody confirms with it; nothing of others that are new gets onto the roster.
    `ends` is a site of which nothing stays there.
    `logins` is the platform's database, where there is one to ask who has logged in.
    `today` is ours, and that of Clever's clock once this is known (`on_clevers_day`); `zone` is where days begin.
    """

    info: SyncInfo
    data: Path
    today: date
    now: Callable[[], datetime] = utc_now
    zone: tzinfo = UTC
    starts: Starts = "all"
    ends: str | None = None
    logins: Source | None = None


@dataclass(frozen=True)
class Staged:
    """The district as Clever described it, in `staging.*`; made `anew` by this run, or by an earlier one.

    `clock` is Clever's, when the day goes by it.
    """

    anew: bool
    clock: ClockReading | None = None


@dataclass(frozen=True)
class Inputs:
    """What people edit, in `input.*`, and the guards' limits, with the days and the sites where others count."""

    usual: limits.Limits
    expected: tuple[limits.ExpectedChange, ...]
    of_sites: Mapping[str, Mapping[str, float]]

    def limits_on(self, day: date) -> DistrictLimits:
        return limits.limits_by_site(self.usual, self.expected, day, self.of_sites)


@dataclass(frozen=True)
class Identified:
    """Who is who, in `identity.*`: how many are known under another Clever id, by verdict.

    `without_people`: nothing about people can have changed since the roster was last brought in line, and they are not
    looked at.
    """

    without_people: bool
    relinked: int = 0
    held: int = 0
    ambiguous: int = 0


@dataclass(frozen=True)
class Mapped:
    """The courses that should hang on each section, in `mapped.*`."""

    identified: Identified
    section_courses: int
    by_rule: int
    unknown_lines: int


@dataclass(frozen=True)
class Desired:
    """What each roster table should hold, in `desired.*`."""


@dataclass(frozen=True)
class Planned:
    """Every change between the roster and what it should become, in `plan.*`."""


@dataclass(frozen=True)
class Guarded:
    """The plan with what of it is held; `plan` counts what is free."""

    plan: Plan
    holds: tuple[Hold, ...] = ()


@dataclass(frozen=True)
class Applied:
    """The roster is what was planned, except for what is held."""

    plan: Plan


def land(
    settings: Settings,
    warehouse: Warehouse,
    order: Order,
    landed: Callable[[Endpoint], None] = lambda _: None,
    seconds: float | None = None,
    instead: WholeInstead | None = None,
) -> Extract:
    """Fetches the whole district into `landing/<sync_id>/`, going on where a killed run stopped.

    `landed` is called for each list that is whole; `instead` says why, when sites were chosen. Raises
    CleverUnavailable, CleverRefused or BrokenExtract; what has been fetched is kept for the next try.
    """
    return extract_district(settings, warehouse, order.info.district, order.info.sync_id, landed, seconds, instead)


def land_sites(
    settings: Settings,
    warehouse: Warehouse,
    order: Order,
    left_open: Callable[[Path], Sequence[str]],
    seconds: float | None = None,
) -> tuple[Path, Extract] | WholeInstead:
    """Fetches the chosen sites alone, and by id whom `left_open` finds in their lists; raises as `land`."""
    info = order.info
    return extract_sites(settings, warehouse, info.district, info.sync_id, info.sites, left_open, seconds)


def left_open(connection: duckdb.DuckDBPyConnection, order: Order, landing: Path) -> list[str]:
    """Whom the landed lists of the chosen sites leave open."""
    return one_site.left_open(connection, landing, order.info.sites)


def read_list(connection: duckdb.DuckDBPyConnection, endpoint: Endpoint) -> None:
    """Reads a list that has landed while others are still being fetched; needs only memory."""
    staging.read_landed_list(connection, endpoint.name, endpoint.file)


def stage(
    connection: duckdb.DuckDBPyConnection,
    landing: Path,
    extract: Extract | None = None,
    read: Iterable[str] = (),
) -> Staged:
    """Makes `staging.*` from a landing, as its receipt tells of it; `read_list` has read the lists of `read`."""
    staging.stage_landing(connection, landing, extract, read)
    return Staged(anew=True, clock=extract.clock if extract else None)


def merge(connection: duckdb.DuckDBPyConnection, order: Order, landing: Path, extract: Extract) -> Staged:
    """Makes `staging.*` from what was staged before and a landing of the chosen sites."""
    one_site.merge_landing(connection, landing, order.info.sites, extract)
    return Staged(anew=True, clock=extract.clock)


def stage_newest(connection: duckdb.DuckDBPyConnection, folder: DistrictFolder, read: Iterable[str] = ()) -> Staged:
    """Stages the newest complete landing; when its sync has succeeded and it was deleted, what it staged stands.

    Raises RosterError when nothing has been staged yet.
    """
    landing = newest_complete(folder.landings)
    if landing is None:
        return staged_before(connection)
    return stage(connection, landing, read_receipt(landing), read)


def staged_before(connection: duckdb.DuckDBPyConnection) -> Staged:
    """What an earlier run has staged. Raises RosterError when none has."""
    staging.require_staged(connection)
    return Staged(anew=False, clock=staging.clock_of_staged(connection))


def on_clevers_day(order: Order, staged: Staged) -> Order:
    """The order on the day that it is for Clever, as its clock has gone on since what is staged was fetched.

    A day, and no more: what the pipeline writes down of itself, and how long a decision holds, goes by our own clock.
    """
    if staged.clock is None:
        return order
    moment = staged.clock.at(order.info.started_at.replace(tzinfo=UTC))
    return replace(order, today=local_day(moment, order.zone))


def read_inputs(connection: duckdb.DuckDBPyConnection, order: Order) -> Inputs:
    """Reads the files that people edit. Raises InputError for a mistake in one; nothing is changed then."""
    district = order.info.district
    others = {limits.FILE: limits.other_districts(order.data, district)}
    mapping.load_inputs(connection, order.data, district, others)
    effect.begin(connection)
    load_platform_logins(connection, order.logins, district, mapping.latest_login())
    return Inputs(
        limits.load_limits(order.data, district),
        limits.load_expected(order.data, district),
        mapping.limits_of_sites(connection),
    )


def decide_mapping(connection: duckdb.DuckDBPyConnection, order: Order, deeds: Sequence[Deed], _inputs: Inputs) -> None:
    """Writes down what somebody decides about sections and their courses: the mapping of this sync goes by it.

    Raises RosterError for a section or course that there is not, SyncRefused for a section that is not active.
    """
    info = order.info
    decide(connection, deeds, by=info.requested_by, why=info.reason, at=order.now())


def override(
    connection: duckdb.DuckDBPyConnection, order: Order, asked: wish.Wish | wish.Ending, _inputs: Inputs
) -> None:
    """Takes what somebody overrides on the roster, or ends: the plan of this sync goes by it.

    Raises RosterError for what is not there, SyncRefused for what would have no effect; see `wish.ask`.
    """
    info = order.info
    wish.ask(connection, asked, by=info.requested_by, why=info.reason, at=order.now(), today=order.today)


def identify(connection: duckdb.DuckDBPyConnection, order: Order, _staged: Staged, inputs: Inputs) -> Identified:
    """Says who is who: which shared people and sections the platform knows, and under which id.

    What comes back under another Clever id keeps the platform's, unless that is uncertain, or so many do that a person
    is asked first.
    """
    take_platform_logins(connection)
    judging = Judging(connection, inputs.limits_on(order.today), order.today, order.now())
    starts = read_confirmed(connection, order.starts)
    read_ended(connection, order.ends)
    without_people = people_are_as_they_were(connection, order.today) and not starts and order.ends is None
    identity.find_candidates(
        connection,
        without_people=without_people,
        common_percent=judging.district_limits.relink_students_percent,
    )
    relinks.judge_candidates(judging)
    identity.resolve(connection)
    found = relinks.count(connection)
    return Identified(without_people, found.get("relink", 0), found.get("held", 0), found.get("ambiguous", 0))


def map_sections(connection: duckdb.DuckDBPyConnection, identified: Identified) -> Mapped:
    """Hangs courses on sections: by what people have decided, data/section_courses.csv, the rules."""
    mapping.hang_courses(connection)
    return Mapped(
        identified,
        section_courses=count_rows(connection, "mapped.section_courses"),
        by_rule=count_rows(connection, "mapped.section_courses WHERE mapped_by = 'rule'"),
        unknown_lines=count_rows(connection, "mapped.line_issues WHERE code = 'mapping_unknown_section'"),
    )


def desire(connection: duckdb.DuckDBPyConnection, order: Order, mapped: Mapped) -> Desired:
    """Says what each roster table should hold; what it does not mention is archived as it was."""
    build_desired(connection, order.today, without_people=mapped.identified.without_people)
    return Desired()


def desire_before(
    connection: duckdb.DuckDBPyConnection,
    undone: str,
    *,
    only_removals: bool = False,
    winner: undo.Winner = "neither",
) -> Desired:
    """Says what the roster would hold if a sync had not happened.

    Raises RosterError for a sync that applied nothing, SyncRefused when later syncs changed the same records and
    `winner` does not say whose state they get, and when its changes were forgotten.
    """
    undo.build_desired_before(connection, undone, only_removals=only_removals, winner=winner)
    return Desired()


def plan(connection: duckdb.DuckDBPyConnection, order: Order, _desired: Desired) -> Planned:
    """Compares the roster with what it should be; nothing is held yet, and nothing is changed.

    With chosen sites, only what changes at these is planned, and of the people there.
    """
    info = order.info
    make_plan(
        connection,
        sync_id=info.sync_id,
        started_at=info.started_at,
        requested_by=info.requested_by,
        sites=info.sites,
    )
    return Planned()


def guard(connection: duckdb.DuckDBPyConnection, order: Order, _planned: Planned, inputs: Inputs) -> Guarded:
    """Holds what looks like an accident, and what depends on it; what people have decided counts."""
    today, counting = order.today, inputs.limits_on(order.today)
    held = judge.judge_plan(connection, counting, sync_id=order.info.sync_id, today=today, now=order.now())
    holds.write_down(connection, held)
    return Guarded(summarize(connection), tuple(held))


def let_pass(connection: duckdb.DuckDBPyConnection, _planned: Planned) -> Guarded:
    """Holds nothing of a plan that a person asked for in so many words: an undo."""
    judge.judge_nothing(connection)
    holds.write_down(connection, ())
    return Guarded(summarize(connection))


def apply(connection: duckdb.DuckDBPyConnection, order: Order, guarded: Guarded) -> Applied:
    """Makes the roster what was planned, in one transaction with history, holds and "last synced"; or nothing."""
    return Applied(apply_plan(connection, order.info, guarded.plan, now=order.now()))


def forget_history(connection: duckdb.DuckDBPyConnection, order: Order, days: int | None) -> None:
    """Forgets the changes of syncs that ended more than `days` ago; None keeps all."""
    if days is not None:
        prune(connection, order.now() - timedelta(days=days), order.now())


def choose_erased(connection: duckdb.DuckDBPyConnection, order: Order, whom: str | int) -> erasing.Erasure:
    """Who would be erased: one person, by id, or everybody who was archived more than so many days ago.

    Raises RosterError and SyncRefused, see `erasing.find_person`.
    """
    staging.require_staged(connection)
    if isinstance(whom, str):
        return erasing.choose(connection, [erasing.find_person(connection, whom)])
    return erasing.choose(connection, erasing.find_due(connection, whom, order.now()))


def erase(
    connection: duckdb.DuckDBPyConnection, folder: DistrictFolder, order: Order, *, confirms: int | None = None
) -> None:
    """Erases whom `choose_erased` has chosen; `confirms` is the retention that somebody confirms with it.

    What has landed goes as a whole. The files are without it when `purge.finish` has written them anew.
    """
    purge.begin(folder)
    discard_landings(folder)
    staging.erase_people(connection)
    erasing.take_out(connection, order.info, order.now(), confirms=confirms)


def publish(warehouse: Warehouse, district: str) -> Path:
    """Makes the copy that people read. Raises PublishFailed; the old copy is there then."""
    return warehouse.publish_copy(district)


def discard_landings(folder: DistrictFolder) -> None:
    """Deletes what has landed, once it was applied."""
    for landings in (folder.landings, folder.site_landings):
        discard(landings, folder.discarded)


def take_back(
    connection: duckdb.DuckDBPyConnection,
    order: Order,
    undone: str,
    *,
    only_removals: bool = False,
    winner: undo.Winner = "neither",
    reason: str = "",
) -> Applied:
    """Undoes one sync, as a sync of its own; see `desire_before`. What was approved for it is rejected with it."""
    order = replace(order, info=replace(order.info, undoes=undone, reason=reason))
    desired = desire_before(connection, undone, only_removals=only_removals, winner=winner)
    return apply(connection, order, let_pass(connection, plan(connection, order, desired)))
