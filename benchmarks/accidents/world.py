"""A district in the local Clever, the roster that follows it, and the person who decides about holds.

Belongs here: changing the district, a sync, decisions, looking at the roster. Does not belong here: what
happens to the district (`attacks`, `incidents`, `ordinary`, `year`), what is counted (`replay`).
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, TypeAlias

import duckdb

from clever_sandbox.app import create_app
from clever_sandbox.district.district import NIGHTLY, District
from clever_sandbox.district.ids import clever_id
from clever_sandbox.district.load import load_district
from clever_sandbox.district.tables import Json, Kind, Table, record
from clever_sandbox.server import SandboxServer, serve_in_thread
from clever_sandbox.year.advance import advance
from roster_pipeline import model, sync
from roster_pipeline.clever.client import Clever, Clock
from roster_pipeline.clever.local import DEMO_DISTRICT, settings_for
from roster_pipeline.config import DEMO, PROJECT_ROOT
from roster_pipeline.errors import BrokenExtract, CleverRefused, CleverUnavailable, InputError
from roster_pipeline.guards import holds
from roster_pipeline.guards.guard import Hold
from roster_pipeline.history.record import SyncInfo
from roster_pipeline.plan.difference import ACTIONS
from roster_pipeline.run import Run
from roster_pipeline.sync import Order
from roster_pipeline.warehouse.warehouse import Warehouse

SLUG = "riverbend-usd"
FIRST_DAY = date(2026, 11, 23)
_SEED = 2026
PEOPLE = frozenset({"student", "teacher", "staff"})
_FILES = (*sorted(DEMO.glob("*.csv")), PROJECT_ROOT / "data" / "guards.toml")

# Who is where: (section or site, person, role in class). The queries on `desired` are of the plan that was made last.
Places: TypeAlias = set[tuple[str, str, str]]
_IN_CLASS = (
    "SELECT section_id::VARCHAR, user_id::VARCHAR, role FROM roster.enrollments "
    "SEMI JOIN (FROM roster.sections WHERE status = 'active') USING (section_id) WHERE status = 'active'"
)
_OUGHT_IN_CLASS = "SELECT section_id::VARCHAR, user_id::VARCHAR, role FROM desired.enrollments WHERE status = 'active'"
_AT_SITE = "SELECT site_id, user_id::VARCHAR, '' FROM roster.user_sites WHERE status = 'active'"
_OUGHT_AT_SITE = "SELECT site_id, user_id::VARCHAR, '' FROM desired.user_sites"
_WHO_IS_WHERE = ((_IN_CLASS, _OUGHT_IN_CLASS), (_AT_SITE, _OUGHT_AT_SITE))


@dataclass(frozen=True)
class Synced:
    """What one sync did. `in_both` are people for whom only half of a change was applied (`caught_in_both`)."""

    applied: int
    held: int
    holds: tuple[Hold, ...] = ()
    in_both: frozenset[str] = frozenset()
    failed: bool = False


@dataclass
class World:
    """The demo district after its first sync. `nth` counts the days since, `original` is the district as it was."""

    root: Path
    server: SandboxServer
    dice: random.Random
    day: date = FIRST_DAY
    nth: int = 0
    syncs: int = 0
    original: dict[Kind, Table] = field(default_factory=dict)

    @property
    def district(self) -> District:
        return self.server.sandbox.districts[0]

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def now(self) -> datetime:
        """Ten o'clock, and a minute later with every sync."""
        return datetime.combine(self.day, time(10)) + timedelta(minutes=self.syncs)

    # --- the district ---

    def advance(self, kinds: Sequence[str] | None = None) -> None:
        """What happens on this day, or only some kinds of it, and Clever takes it over: what was edited is gone."""
        advance(self.district, _SEED, day=self.day, kinds=kinds)
        self.district.ingest(datetime.combine(self.day, NIGHTLY, self.district.zone))

    def records(self, kind: Kind) -> list[Json]:
        table = self.district.tables[kind]
        return [table[i].data() for i in table.ids]

    def edit(
        self, kind: Kind, change: Callable[[Json], Json | None], where: Callable[[Json], bool] = lambda _: True
    ) -> None:
        """Replaces or, with None, drops the records that match; a changed id replaces the old one."""
        matching = [data for data in self.records(kind) if where(data)]
        old = [data["id"] for data in matching]
        new = [record(data) for data in map(change, matching) if data is not None]
        self.district.change(kind, put=new, drop=set(old) - {r.id for r in new})

    def put(self, kind: Kind, new: Iterable[Json]) -> None:
        self.district.change(kind, put=[record(data) for data in new])

    def lose(self, people: Iterable[str]) -> None:
        """Takes people out of the district and off every class list."""
        gone = set(people)
        self.edit("users", lambda _: None, where=lambda u: u["id"] in gone)
        self.edit("sections", lambda s: s | {"students": [i for i in s["students"] if i not in gone]})

    @property
    def schools(self) -> list[str]:
        """Those that are on Clever; there are four, the last two are elementary schools."""
        return [s["id"] for s in self.records("schools") if "Evening" not in s["name"]]

    def people(self, *roles: str, school: str | None = None) -> list[str]:
        """Ids of those who have one of the roles, at a school if one is named; contacts and the like are nobody."""
        found = []
        for user in self.records("users"):
            held = [role for name, role in user["roles"].items() if name in (roles or PEOPLE)]
            if held and school in (None, *(role.get("school") for role in held)):
                found.append(user["id"])
        return found

    def some(self, ids: Sequence[str], part: float) -> set[str]:
        return set(self.dice.sample(ids, round(part * len(ids))))

    def redate(self, term: str | None, start: Callable[[date], date], end: Callable[[date], date]) -> None:
        """Gives the term of that name, or with None every one, other days; in Clever it then has another id."""
        new: dict[str, Json] = {}
        for data in self.records("terms"):
            if term in (None, data["name"]):
                days = {
                    "start_date": start(date.fromisoformat(data["start_date"])).isoformat(),
                    "end_date": end(date.fromisoformat(data["end_date"])).isoformat(),
                }
                new[data["id"]] = data | days | {"id": clever_id("", "term", data["name"], *days.values())}
        self.edit("terms", lambda t: new[t["id"]], where=lambda t: t["id"] in new)
        self.edit("sections", lambda s: s | {"term_id": new[s["term_id"]]["id"]}, where=lambda s: s["term_id"] in new)

    def mend(self) -> None:
        """The district is, and its Clever answers, as before whatever happened."""
        self.server.sandbox.faults.clear()
        self.district.tables.update(self.original)
        copy_files(self.data)

    # --- the roster ---

    @contextmanager
    def connect(self) -> Iterator[duckdb.DuckDBPyConnection]:
        with Warehouse(self.root).connect(SLUG) as connection:
            yield connection

    def sync(self) -> Synced:
        """One nightly sync with guards; one that fails has applied nothing."""
        self.syncs += 1
        landing = self.root / "landing"
        shutil.rmtree(landing, ignore_errors=True)
        info = SyncInfo(f"S{self.syncs:04}", SLUG, "nightly", "accidents", self.now, "run")
        night = datetime.combine(self.day, time(10), tzinfo=UTC)
        clock = Clock(sleep=lambda _: None, now=lambda: night)
        self.server.sandbox.clock.set(night)
        self.district.taken = night.timestamp()  # what stands in its tables is what this night brought
        try:
            with Clever(settings_for(self.server.url), clock=clock, requests_a_minute=1_000_000) as clever:
                extract = clever.extract(self.district.id, landing, lambda _: None)
            with self.connect() as connection:
                run = Run(Order(info, self.data, self.day, lambda: self.now))
                run.staged = sync.stage(connection, landing, extract)
                held = run.need_plan(connection).holds
                before = [_places(connection, query) for query, _ in _WHO_IS_WHERE] if held else []
                done = run.apply_plan(connection).plan
                in_both: set[str] = set()
                for known, (now, ought) in zip(before, _WHO_IS_WHERE, strict=False):
                    in_both |= caught_in_both(known, _places(connection, now), _places(connection, ought))
        except (BrokenExtract, CleverRefused, CleverUnavailable, InputError):
            return Synced(0, 0, failed=True)
        return Synced(done.total(*ACTIONS), done.held, tuple(held), frozenset(in_both))

    def decide(self, decision: holds.Decision) -> int:
        """Decides every hold that nobody has decided about; returns how many decisions that were."""
        with self.connect() as connection:
            waiting = connection.execute("SELECT hold_id FROM sync.holds WHERE status = 'open' ORDER BY ALL").fetchall()
            for (hold_id,) in waiting:
                holds.decide(connection, hold_id, decision, by="accidents", reason="", now=self.now)
        return len(waiting)

    def in_force(self) -> dict[str, list[tuple[Any, ...]]]:
        """The roster's records that are in force, with what a plan compares of them."""
        found = {}
        with self.connect() as connection:
            for entity in model.ENTITIES:
                columns = ", ".join((*entity.table.key, *entity.table.compared))
                where = f"WHERE {entity.status} NOT IN ('archived', 'concluded')" if entity.status else ""
                query = f"SELECT {columns} FROM {entity.table.full_name} {where} ORDER BY ALL"
                found[entity.name] = connection.execute(query).fetchall()
        return found


def caught_in_both(before: Places, now: Places, ought: Places) -> set[str]:
    """People for whom half of a change was applied: they were added somewhere, and what ought to go stayed.

    Either they themselves stay where they ought to leave, or they are on a class list of which somebody else in their
    role ought to be gone.
    """
    added, stale = now - before, now - ought
    stale_people, stale_lists = {who for _, who, _ in stale}, {(where, role) for where, _, role in stale if role}
    return {who for where, who, role in added - stale if who in stale_people or (where, role) in stale_lists}


def make_template(root: Path) -> None:
    """Leaves in `root` a district that has synced once, to be copied by `open_world`."""
    (root / "data").mkdir(parents=True)
    copy_files(root / "data")
    with serve_in_thread(create_app([load_district(DEMO_DISTRICT)])) as server:
        first = World(root, server, random.Random(0)).sync()
    if first.held or not first.applied:
        raise RuntimeError(f"the first sync of the demo held {first.held} and applied {first.applied} changes")


@contextmanager
def open_world(template: Path, root: Path, seed: str) -> Iterator[World]:
    """A copy of the district that has synced once, in a Clever of its own; the same seed has the same dice."""
    shutil.copytree(template, root)
    with serve_in_thread(create_app([load_district(DEMO_DISTRICT)])) as server:
        world = World(root, server, random.Random(seed), syncs=1)
        world.original.update(world.district.tables)
        yield world
    shutil.rmtree(root)


def copy_files(data: Path) -> None:
    for file in _FILES:
        shutil.copy(file, data)


def _places(connection: duckdb.DuckDBPyConnection, query: str) -> Places:
    return set(connection.execute(query).fetchall())
