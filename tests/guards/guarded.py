"""What tests of the guards share: a district of two sites whose plans are guarded as a sync would guard them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from unittest import mock

import duckdb

from roster_pipeline.guards import holds
from roster_pipeline.guards.holds import Decision
from roster_pipeline.guards.judge import ExpectedChange, Hold, Limits, Relinks, guard_plan, resolve_identities
from roster_pipeline.history import record as history
from roster_pipeline.mapping import load as mapping
from roster_pipeline.model import tables as model
from roster_pipeline.plan import difference as plan
from roster_pipeline.plan.apply import apply
from roster_pipeline.staging import stage as staging
from roster_pipeline.warehouse.warehouse import DistrictFolder, Warehouse
from tests.conftest import NOW, TODAY, Record, Tiny, section, student, teacher


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
    relinks: Relinks = field(default_factory=lambda: Relinks(0, 0, 0))
    look: Callable[[duckdb.DuckDBPyConnection], None] = lambda _: None
    opened: ExitStack | None = None
    connection: duckdb.DuckDBPyConnection | None = None

    def sync(self, *, sites: Sequence[str] = (), today: date = TODAY, from_clever: bool = True) -> plan.Plan:
        """One guarded sync; returns the plan of what was applied."""
        self.syncs += 1
        sync_id = f"S{self.syncs:03}"
        data, landing = self.root / "data", self.root / "landing"
        for folder in (data, landing):
            folder.mkdir(exist_ok=True)
        for name, text in self.inputs.items():
            (data / f"{name}.csv").write_text(text)
        info = history.SyncInfo(sync_id, "d", "sync_now", "test", NOW, "run", tuple(sites))
        with self.connect() as connection:
            if from_clever:
                for name, rows in self.records.items():
                    (landing / f"{name}.ndjson").write_text("".join(json.dumps(r) + "\n" for r in rows))
                with mock.patch.object(staging, "_keep"):  # this connection, and so what is staged, lives on
                    staging.stage(connection, landing)
            mapping.load_inputs(connection, data, "d")
            mapping.map_sections(connection, data, "d")
            return self._plan_and_apply(connection, info, today)

    def _plan_and_apply(self, connection: duckdb.DuckDBPyConnection, info: history.SyncInfo, today: date) -> plan.Plan:
        now = datetime.combine(today, NOW.time())

        def resolve() -> None:
            self.relinks = resolve_identities(connection, self.limits, today=today, now=now, expected=self.expected)

        plan.build_desired(connection, today, resolve)
        plan.make_plan(connection, sync_id=info.sync_id, started_at=NOW, sites=info.sites)
        self.holds = guard_plan(
            connection, self.limits, sync_id=info.sync_id, today=today, now=now, expected=self.expected
        )
        holds.stand(connection, self.holds)
        self.look(connection)
        return apply(connection, info, now=now)

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
