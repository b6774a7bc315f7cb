"""What real syncs execute, statement by statement, in order.

Belongs here: a district that lives through everything that a statement exists for, watched. Does not belong here: what
must be true of it (`test_sql.py`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date
from pathlib import Path
from typing import Any
from unittest import mock

import duckdb

from roster_pipeline import sync
from roster_pipeline.clever.landing import District, Extract
from roster_pipeline.errors import RosterError, SyncRefused
from roster_pipeline.guards import holds
from roster_pipeline.guards.limits import Limits
from roster_pipeline.history import report
from roster_pipeline.history.explain.answer import explain
from roster_pipeline.history.explain.facts import read_context
from roster_pipeline.history.explain.find import find, find_course
from roster_pipeline.history.overrides import overrides
from roster_pipeline.history.pending import pending
from roster_pipeline.history.record import SyncInfo, record_failure
from roster_pipeline.history.sharing import sharing
from roster_pipeline.mapping.bulk import deciding
from roster_pipeline.mapping.decide import Deed, decide
from roster_pipeline.mapping.platform import PlatformLogin
from roster_pipeline.mapping.rehearse import rehearse
from roster_pipeline.notices import standing
from roster_pipeline.plan.difference import Plan
from roster_pipeline.plan.erase import is_confirmed
from roster_pipeline.plan.override.wish import Ending, Wish
from roster_pipeline.plan.start import Confirmed
from roster_pipeline.plan.undo import Winner
from roster_pipeline.run import Run
from roster_pipeline.staging import stage as staging
from roster_pipeline.sync import Order
from roster_pipeline.warehouse import sql
from roster_pipeline.warehouse.warehouse import DistrictFolder
from tests.conftest import NOW, TODAY, Record, Tiny, carry_out, section, student, teacher
from tests.guards.guarded import Guarded, fill, ids

_EMPTIED = re.compile(r"CREATE OR REPLACE (?:TEMP TABLE|TABLE memory\.) ?(\w+\.\w+)")


@dataclass(frozen=True)
class Step:
    """A statement that was executed, by its name; without one, `emptied` scratch tables were made anew."""

    name: str
    emptied: tuple[str, ...] = ()


@dataclass
class Trace:
    """The runs of a district, each with its steps."""

    runs: list[list[Step]] = field(default_factory=lambda: [[]])
    changed_while_idle: list[str] = field(default_factory=list)

    @property
    def names(self) -> set[str]:
        return {step.name for steps in self.runs for step in steps}

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Notes each statement; those that are idle are executed nevertheless, to see whether they change anything."""
        execute, is_idle = sql._execute, sql.is_idle

        def executed(connection: duckdb.DuckDBPyConnection, name: str, text: str, values: Mapping[str, Any]) -> Any:
            self.runs[-1].append(Step(name, () if name else tuple(_EMPTIED.findall(text))))
            if not name or not is_idle(connection, name):
                return execute(connection, name, text, values)
            stood = f"FROM {sql.target(name)} ORDER BY ALL"
            before = connection.execute(stood).fetchall()
            execute(connection, name, text, values)
            if connection.execute(stood).fetchall() != before:
                self.changed_while_idle.append(name)
            return connection

        with mock.patch.object(sql, "_execute", executed), mock.patch.object(sql, "is_idle", return_value=False):
            yield


@dataclass
class Watched(Guarded):
    """A district each of whose syncs is a run of its own."""

    trace: Trace = field(default_factory=Trace)

    def begin(self, *, sites: Sequence[str] = (), today: date = TODAY, from_clever: bool = True) -> Run:
        self.trace.runs.append([])
        return super().begin(sites=sites, today=today, from_clever=from_clever)

    def undo(self, sync_id: str, *, only_removals: bool = False, winner: Winner = "neither") -> Plan:
        self.trace.runs.append([])
        return super().undo(sync_id, only_removals=only_removals, winner=winner)


def trace(root: Path) -> Trace:
    """Everything that can happen to a district."""
    district = Watched(root)
    with district.trace.watching(), closing(district):
        _upgrade(Tiny(root / "files"))
        for happens in _LIFE:
            happens(district)
    return district.trace


def _upgrade(tiny: Tiny) -> None:
    """A file of an older version is upgraded when it is opened."""
    with tiny.connect_anew() as connection:
        connection.execute("UPDATE sync.schema_versions SET version = 1")
    for _ in ("old", "current"):
        tiny.rows("FROM sync.syncs")


def _begin(district: Guarded) -> None:
    fill(district, "north", "south")
    district.records["schools"].append({"id": "attic", "name": "Attic"})
    district.records["courses"] = [{"id": "c1", "name": "Grade 6 Mathematics"}]
    district.record("users", "north00")["roles"]["student"]["schools"].append("south")
    district.records["users"] += [{"id": "odd", "name": "no object"}, teacher("north-u", "north")]
    district.records["sections"].append({**section("north-s9", "north"), "students": "no list"})
    district.line("section_courses", "d", "north-s0", "math-6")
    district.line("mapping_rules", "r1", "math", "", "", "math-6")
    district.line("logins", "d", "north01", "2026-09-01T00:00:00Z")
    district.sync()


def _ask_the_platform(district: Guarded) -> None:
    """Its database knows of a login."""
    run = district.begin()
    run.order = replace(run.order, logins=lambda _: [PlatformLogin("north03", NOW)])
    with district.connect_anew() as connection:
        carry_out(connection, run, district.landing)


def _start_a_school(district: Guarded) -> None:
    """A new school waits until somebody confirms its counts; an undo takes that back, and another gives it back."""
    district.records["schools"].append({"id": "late", "name": "Late"})
    for starts in ((), [Confirmed("late", 0, 0, 0)]):
        district.sync(starts=starts)
    for sync_id in (f"S{district.syncs:03}", f"S{district.syncs + 1:03}"):
        district.undo(sync_id)


def _change_the_mapping(district: Guarded) -> None:
    district.sync(from_clever=False)


def _explain(district: Guarded) -> None:
    """Why somebody, and a section without a course, do not give one."""
    with district.connect() as connection:
        context = read_context(connection, "d", named=True, staged=True)
        for who in ("north01", "north-s9"):
            (match,) = find(connection, context, who)
            explain(connection, context, match, find_course(connection, "sci-6"))
        find(connection, context, "abcdef")


def _decide_about_the_mapping(district: Guarded) -> None:
    """A person hangs a course on a section, an undo takes that back, and another undo gives it back."""
    with district.connect() as connection:
        district.begin(from_clever=False).preview(connection, [Deed("north-s1", "sci-6", "add")])
        deciding(connection)
    run = district.begin(from_clever=False)
    with district.connect() as connection:
        run.decide(connection, [Deed("north-s1", "sci-6", "add")], "asked for")
        with suppress(RosterError):
            decide(connection, [Deed("north-s1", "sci", "add")], by="Rae", why="", at=NOW)
    for sync_id in (f"S{district.syncs:03}", f"S{district.syncs + 1:03}"):
        district.undo(sync_id)


def _override(district: Guarded) -> None:
    """Somebody is excluded, another is added at the other site and in a section; what ends, and what is undone."""
    asked: Sequence[Wish | Ending] = (
        Wish("exclude", person="north01"),
        Ending(1),
        Wish("keep", section="south-s1", field="name"),
        Wish("add", person="north02", site="south", until=TODAY),
        Wish("add", person="north02", section="north-s3", until=TODAY),
    )
    for one in asked:
        run = district.begin(from_clever=False)
        with district.connect() as connection:
            run.plan_override(connection, one, "asked for")
            run.apply_plan(connection)
    district.sync()
    with district.connect() as connection:
        overrides(connection)
    for sync_id in (f"S{district.syncs - 1:03}", f"S{district.syncs + 1:03}"):
        district.undo(sync_id)


def _rehearse(district: Guarded) -> None:
    with district.connect() as connection:
        rehearse(connection, district.data, "d")


def _change(district: Guarded) -> None:
    """Something of every kind of change, all of it more than is allowed."""
    district.limits = Limits(
        archive_percent=0,
        update_percent=0,
        mapping_percent=0,
        role_percent=0,
        identity_percent=0,
        conclude_percent=0,
        move_percent=0,
        promotion_percent=0,
        relink_percent=0,
    )
    district.inputs["section_courses"] = "district,section_id,course_id\n"
    district.line("section_courses", "d", "north-s1", "sci-6")
    district.line("section_courses", "d", "never-seen", "sci-6")
    district.line("logins", "d", "North02", "2026-09-01")
    people = {i: district.record("users", i) for i in ids("north", range(10))}
    people["north00"]["roles"]["student"]["school"] = "south"
    people["north01"]["name"]["first"] = "Anna"
    people["north02"]["roles"]["student"]["grade"] = "7"
    people["north03"]["roles"]["teacher"] = people["north03"]["roles"].pop("student")
    people["north04"]["roles"]["student"].update(school="south", schools=["south"])
    _rename(district, "users", "north05", "fresh05")
    _rename(district, "users", "north06", "fresh06")["name"] = {"first": "Somebody", "last": "Else"}
    _rename(district, "sections", "south-s3", "fresh-s3")
    district.drop("users", "north07")
    district.drop("sections", "south-s2")
    district.record("sections", "north-s0")["students"].remove("north08")
    district.record("sections", "north-s1")["name"] = "Renamed"
    district.record("sections", "north-s3").update(teachers=["north-t", "north-u"], teacher="north-u")
    district.records["terms"].append({"id": "old", "start_date": "2025-08-10", "end_date": "2026-06-04"})
    district.record("sections", "north-s2")["term_id"] = "old"
    district.records["schools"][0]["name"] = "Northern"
    district.sync()


def _rename(district: Guarded, kind: str, old: str, new: str) -> Record:
    record = district.record(kind, old)
    record["id"] = new
    for one in district.records["sections"]:
        one["students"] = [new if s == old else s for s in one["students"]]
    return record


def _approve(district: Guarded) -> None:
    with district.connect() as connection, suppress(RosterError):  # a site that the hold has not
        holds.decide(connection, district.holds[0].hold_id, "approved", by="Rae", reason="", now=NOW, sites=["nowhere"])
    district.decide()
    district.sync()
    district.limits = Limits()


def _leave_clever(district: Guarded) -> None:
    """A site is taken off Clever, one that nobody belongs to vanishes, and somebody rejects what that would end.

    A line of the file names a section by an id that it had before.
    """
    district.line("section_courses", "d", "south-s3", "math-6")
    district.drop("schools", "attic")
    district.line("sites", "d", "south", "manual")
    district.sync()
    district.decide("rejected")
    district.sync()
    with district.connect_anew() as connection:
        district.begin(from_clever=False).end_site(connection, "south", len(_members(district, "south")))
    district.inputs["sites"] = "district,site_id,enrollment_source\n"


def _members(district: Guarded, site: str) -> Sequence[object]:
    return district.rows(f"SELECT user_id FROM roster.user_sites WHERE site_id = '{site}' AND status = 'active'")


def _break(district: Guarded) -> None:
    """An extract without sections, and somebody who says that it is so."""
    district.records["users"].append(student("newcomer", "north"))
    sections = district.drop("sections", *(s["id"] for s in district.records["sections"]))
    district.sync()
    district.decide()
    district.sync()
    district.records["sections"] = sections


def _undo(district: Guarded) -> None:
    """What an undo took back comes again, at the one site that is synced."""
    district.drop("users", "north09")
    district.sync()
    last = f"S{district.syncs:03}"
    with district.connect() as connection:
        sync.desire_before(connection, last, winner="later")
    district.undo(last)
    district.sync(sites=["north"])
    with district.connect() as connection, suppress(SyncRefused):  # it is taken back already
        sync.desire_before(connection, last)


def _merge(district: Guarded) -> None:
    """One site is fetched alone."""
    landing = district.root / "one_site"
    landing.mkdir()
    for name, rows in district.records.items():
        of_site = [r for r in rows if name not in ("sections", "users") or "north" in json.dumps(r)]
        (landing / f"{name}.ndjson").write_text("".join(json.dumps(r) + "\n" for r in of_site))
    (landing / "asked.ndjson").write_text("")
    extract = Extract(District("d", "D"), (), (), NOW.replace(tzinfo=UTC), NOW.replace(tzinfo=UTC))
    run = district.begin(sites=["North"])
    with district.connect() as connection, mock.patch.object(staging, "_keep"):
        run.choose_sites(connection)
        sync.left_open(connection, run.order, landing)
        run.of_sites = landing, extract
        run.apply_plan(connection)


def _erase(district: Guarded) -> None:
    """Somebody whom an undo has archived, and Clever still shares; those whose time is over; and one comes back."""
    district.records["users"].append(student("guest", "north"))
    district.sync()
    district.undo(f"S{district.syncs:03}")
    for whom in ("guest", 0):
        run = district.begin(from_clever=False)
        info = replace(run.order.info, trigger="erase")
        with district.connect() as connection, mock.patch.object(staging, "_keep"):
            run.order = replace(run.order, info=info, now=lambda: NOW.replace(year=2027))
            sync.choose_erased(connection, run.order, whom)
            sync.erase(connection, DistrictFolder(district.root), run.order, confirms=365)
            is_confirmed(connection, 365)
            report.users_called(connection, "guest")
    district.sync()


def _fail_and_prune(district: Guarded) -> None:
    order = Order(SyncInfo("S999", "d", "nightly", "test", NOW, "run"), district.data, TODAY, lambda: NOW)
    with district.connect() as connection:
        record_failure(connection, order.info, status="failed", error="Clever is away", finished_at=NOW)
        sync.forget_history(connection, replace(order, now=lambda: NOW.replace(year=2030)), 1)


def _notify(district: Guarded) -> None:
    with district.connect() as connection:
        for kind in standing.KINDS:
            list(kind(standing.District("d", connection, (), NOW)))


def _ask_about_people(district: Guarded) -> None:
    with district.connect() as connection:
        for of in (pending.sites, pending.sections, pending.people):
            of(connection, NOW)
        pending.statuses(connection)
        for question in (sharing.counts, sharing.listed, sharing.trend):
            question(connection)


def _report(district: Guarded) -> None:
    """What people ask, of the last sync."""
    last = f"S{district.syncs:03}"
    with district.connect() as connection:
        for ask in (
            report.sites,
            report.waiting_sites,
            report.clevers_data,
            report.recent,
            report.lines_without,
            report.holds,
            report.standing,
        ):
            ask(connection)
        for of in (report.sync, report.change_counts, report.changes, report.issues):
            of(connection, last)
        report.sync_of_run(connection, "run")
        report.hold_changes(connection, "h1")
        report.life(connection, "ann")
        report.compare(connection, "S001", last)
        report.plan_counts(connection)
        report.course_access_rows(connection)
        for queue in (
            report.mapped_sections,
            report.unmapped,
            report.newly_unmapped,
            report.queue_counts,
            report.carried,
        ):
            queue(connection)
        report.best_suggestions(connection, 0.5)
        for named in ({"site": "x"}, {"course": "x"}):
            with suppress(RosterError):
                report.must_know(connection, **named)
        report.every_section(connection)
        report.section_named(
            connection, connection.execute("SELECT section_id::VARCHAR FROM roster.sections").fetchall()[0][0]
        )
        for what in ("syncs", "holds", "sections"):
            report.ids_that_begin(connection, what, "S")


_LIFE: Sequence[Callable[[Guarded], object]] = (
    _begin,
    _ask_the_platform,
    _start_a_school,
    _change_the_mapping,
    _explain,
    _decide_about_the_mapping,
    _override,
    _rehearse,
    _change,
    _approve,
    _leave_clever,
    _break,
    _undo,
    _merge,
    _erase,
    _fail_and_prune,
    _notify,
    _ask_about_people,
    _report,
)
