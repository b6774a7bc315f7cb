"""What tests of the guards share: a district of two sites whose plans are guarded as a sync would guard them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import duckdb

from roster_pipeline import model, sync
from roster_pipeline.guards import holds
from roster_pipeline.guards.guard import Hold
from roster_pipeline.guards.holds import Decision
from roster_pipeline.guards.limits import ExpectedChange, Limits
from roster_pipeline.plan.difference import Plan
from roster_pipeline.plan.start import Starts
from roster_pipeline.staging import stage as staging
from roster_pipeline.warehouse.warehouse import DistrictFolder, Warehouse
from tests.conftest import NOW, TODAY, Record, Tiny, section, student, teacher


class Relinks(NamedTuple):
    """How many people and sections came back under another Clever id, by what became of it."""

    applied: int = 0
    held: int = 0
    queued: int = 0


class _Folder(DistrictFolder):
    roster = Path(":memory:")


class _InMemory(Warehouse):
    """A warehouse whose truth is in no file: twice as fast, and what the file is good for is tested elsewhere."""

    def folder(self, slug: str) -> DistrictFolder:
        return _Folder(self.root / slug)


@dataclass
class Guarded(Tiny):
    """A tiny district whose plans are guarded; `look` sees each plan after it was judged, before it is applied."""

    limits: Limits = field(default_factory=Limits)
    expected: Sequence[ExpectedChange] = ()
    holds: list[Hold] = field(default_factory=list)
    relinks: Relinks = field(default_factory=Relinks)
    look: Callable[[duckdb.DuckDBPyConnection], None] = lambda _: None
    opened: ExitStack | None = None
    connection: duckdb.DuckDBPyConnection | None = None

    def sync(
        self,
        *,
        sites: Sequence[str] = (),
        today: date = TODAY,
        from_clever: bool = True,
        starts: Starts = "all",
    ) -> Plan:
        """One guarded sync; returns the plan of what was applied."""
        run = self.begin(sites=sites, today=today, from_clever=from_clever)
        run.order = replace(run.order, starts=starts)
        with self.connect() as connection:
            if from_clever:
                with mock.patch.object(staging, "_keep"):  # this connection, and so what is staged, lives on
                    run.staged = sync.stage(connection, self.landing)
            run.inputs = replace(run.need_inputs(connection), usual=self.limits, expected=tuple(self.expected))
            self.holds = list(run.need_plan(connection).holds)
            found = run.need_mapping(connection).identified
            self.relinks = Relinks(found.relinked, found.held, found.ambiguous)
            self.look(connection)
            return run.apply_plan(connection).plan

    def decide(self, decision: Decision = "approved", *, sites: Sequence[str] = (), now: datetime = NOW) -> None:
        """Decides everything that the last sync held."""
        with self.connect() as connection:
            for hold in self.holds:
                holds.decide(connection, hold.hold_id, decision, by="Rae", reason="", now=now, sites=sites, change=True)

    @contextmanager
    def connect(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """The one connection of this district, until `close`."""
        if self.connection is None:
            self.opened = ExitStack()
            self.connection = self.opened.enter_context(_InMemory(self.root).connect("d"))
            if self.as_written:
                self.connection.execute("PRAGMA disable_optimizer")
        yield self.connection

    def close(self) -> None:
        if self.opened is not None:
            self.opened.close()
        self.opened = self.connection = None

    @property
    def held(self) -> list[tuple[str, str, str | None, int, int]]:
        """The parts of the last sync's holds."""
        return [(h.guard, h.entity, p.site_id, p.changes, p.of) for h in self.holds for p in h.parts]

    def drop(self, kind: str, *ids: str) -> list[Record]:
        """Takes records out of the extract, and people out of their sections; returns them."""
        gone = [r for r in self.records[kind] if r["id"] in ids]
        self.records[kind] = [r for r in self.records[kind] if r["id"] not in ids]
        return gone

    def record(self, kind: str, id_: str) -> Record:
        return next(r for r in self.records[kind] if r["id"] == id_)

    def in_force(self, entity: str) -> int:
        (known,) = (e for e in model.ENTITIES if e.name == entity)
        where = f"WHERE {known.status} NOT IN ('archived', 'concluded')" if known.status else ""
        ((n,),) = self.rows(f"SELECT count(*) FROM {known.table.full_name} {where}")
        return int(n)

    def ids(self, entity: str) -> dict[str, str]:
        """Clever id to the platform's."""
        key = {"users": "user_id", "sections": "section_id"}[entity]
        return dict(self.rows(f"SELECT clever_id, {key}::VARCHAR FROM roster.{entity}"))


def ids(prefix: str, numbers: Iterable[int]) -> list[str]:
    return [f"{prefix}{n:02}" for n in numbers]


def fill(made: Guarded, *sites: str) -> None:
    """Each site gets 39 students in four sections of ten (the last of nine), one teacher, one school year."""
    made.records["terms"] = [{"id": "year", "name": "Y1", "start_date": "2026-08-10", "end_date": "2027-06-04"}]
    for site in sites:
        made.records["schools"].append({"id": site, "name": site.title()})
        made.records["users"].append(teacher(f"{site}-t", site))
        made.records["users"] += [student(i, site) for i in ids(site, range(39))]
        for n in range(4):
            students = ids(site, range(10 * n, min(10 * n + 10, 39)))
            made.records["sections"].append(
                section(f"{site}-s{n}", site, teachers=[f"{site}-t"], students=students, subject="math", period=str(n))
            )


def copy_of(synced: Guarded, root: Path) -> Guarded:
    """The same district, synced as far, for a test to do with as it likes."""
    records = json.loads(json.dumps(synced.records))
    made = replace(synced, root=root, records=records, inputs=dict(synced.inputs), holds=[], connection=None)
    with made.connect() as connection:
        connection.execute(f"ATTACH '{synced.root / 'synced.duckdb'}' AS synced (READ_ONLY)")
        for table in model.PUBLISHED:
            if not table.view:
                connection.execute(f"INSERT INTO {table.full_name} FROM synced.{table.name}")
        connection.execute("DETACH synced")
    return made


def save(district: Guarded) -> None:
    """Leaves the district's roster where `copy_of` finds it."""
    with district.connect() as connection:
        connection.execute(f"ATTACH '{district.root / 'synced.duckdb'}' AS synced")
        for table in model.PUBLISHED:
            if not table.view:
                connection.execute(f"CREATE TABLE synced.{table.name} AS FROM {table.full_name}")
        connection.execute("DETACH synced")
    district.close()


ROSTER = {
    e.name: f"SELECT {', '.join((*e.table.key, *e.table.compared))} FROM {e.table.full_name} ORDER BY ALL"
    for e in model.ENTITIES
}


def roster(district: Guarded) -> dict[str, list[tuple[Any, ...]]]:
    """What the plan compares, of every record."""
    with district.connect() as connection:
        return {name: connection.execute(sql).fetchall() for name, sql in ROSTER.items()}


def snapshot(connection: duckdb.DuckDBPyConnection) -> None:
    for e in model.ENTITIES:
        connection.execute(f"CREATE OR REPLACE TABLE memory.before_{e.name} AS FROM {e.table.full_name}")
        connection.execute(f"CREATE OR REPLACE TABLE memory.plan_{e.name} AS FROM plan.{e.name}")


def check_held_is_what_was_not_applied(connection: duckdb.DuckDBPyConnection) -> None:
    for e in model.ENTITIES:
        key, columns = ", ".join(e.table.key), ", ".join((*e.table.key, *e.table.compared))
        held = f"(SELECT {key} FROM memory.plan_{e.name} WHERE held_by IS NOT NULL)"
        for source in (f"memory.before_{e.name} SEMI JOIN", f"desired.{e.name} ANTI JOIN"):
            side = "SEMI JOIN" if "SEMI" in source else "ANTI JOIN"
            expected = f"SELECT {columns} FROM {source} {held} USING ({key})"
            actual = f"SELECT {columns} FROM {e.table.full_name} {side} {held} USING ({key})"
            if e.status and side == "ANTI JOIN":  # what desired does not mention is archived
                actual += f" WHERE {e.status} <> 'archived' OR ({key}) IN (SELECT ({key}) FROM desired.{e.name})"
            for query in (f"({expected}) EXCEPT ({actual})", f"({actual}) EXCEPT ({expected})"):
                assert connection.execute(query).fetchall() == [], (e.name, source)


ORPHANS = (
    "roster.enrollments AS e ANTI JOIN (FROM roster.users WHERE enrollment_status <> 'archived') USING (user_id)",
    "roster.enrollments AS e ANTI JOIN (FROM roster.sections WHERE status = 'active') USING (section_id)",
    "roster.user_sites AS e ANTI JOIN (FROM roster.users WHERE enrollment_status <> 'archived') USING (user_id)",
)
