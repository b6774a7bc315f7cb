"""What must be true after a kill: what was acknowledged is there, the rest is there as a whole or not at all.

Belongs here: reading the truth and the published copy, and comparing them. Does not belong here: killing.

Two states are compared without what differs from run to run: a sync's id becomes its number, a time becomes whether
there is one.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from roster_pipeline.model import PUBLISHED, Table
from tests.crash.world import World

_HISTORY = ("sync.syncs", "sync.issues", "sync.schema_versions")
_RANDOM = ("basis", "dagster_run_id", "pruned_at")
_SYNC_ID = re.compile(r"\d{8}T\d{9}-[0-9a-f]{8}")
_APPLIED = ("succeeded", "held")


class Broken(Exception):
    """Something that must be true after a kill is not."""


@dataclass(frozen=True)
class State:
    """One of a district's files. `exact` is a hash of everything, `tables` one of each table but the history."""

    exact: str = ""
    tables: Mapping[str, str] = field(default_factory=dict)
    syncs: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    holds: Mapping[str, str] = field(default_factory=dict)
    faults: tuple[str, ...] = ()

    @property
    def roster(self) -> dict[str, str]:
        return {name: digest for name, digest in self.tables.items() if name.startswith("roster.")}

    @property
    def applied(self) -> frozenset[str]:
        return frozenset(sync_id for sync_id, (_, status) in self.syncs.items() if status in _APPLIED)

    def differs_from(self, other: State) -> list[str]:
        """The tables that differ; a file without tables is one with empty tables."""
        empty = hashlib.sha256(b"").hexdigest()
        names = sorted(self.tables.keys() | other.tables.keys())
        return [n for n in names if self.tables.get(n, empty) != other.tables.get(n, empty)]


def truth_of(world: World) -> State:
    """What stands in `roster.duckdb`, as whoever opens it next will find it; the file itself is not touched."""
    return _ask(world, world.folder.roster)


def published_of(world: World) -> State:
    """What people see; raises Broken when they cannot open it."""
    return _ask(world, world.folder.published)


def _ask(world: World, file: Path) -> State:
    ended = world.run(lambda: _read(file, world.root / "looked_at.duckdb"))
    if ended.error or ended.killed:
        raise Broken(f"{file.name} cannot be read: {ended.error or 'the reader died'}")
    state: State = ended.answer
    if state.faults:
        raise Broken(f"{file.name}: {'; '.join(state.faults)}")
    return state


def _read(file: Path, copy: Path) -> State:
    """A copy is opened, with its log of what was committed last, because opening a file changes it."""
    if not file.exists():
        return State()
    for end in ("", ".wal"):
        copy.with_name(copy.name + end).unlink(missing_ok=True)
        if (original := file.with_name(file.name + end)).exists():
            shutil.copyfile(original, copy.with_name(copy.name + end))
    with duckdb.connect(str(copy)) as connection:
        there = {
            f"{s}.{t}" for s, t in connection.execute("SELECT schema_name, table_name FROM duckdb_tables()").fetchall()
        }
        tables = [t for t in PUBLISHED if not t.view and t.full_name in there]
        if not tables:
            return State()
        syncs = connection.execute("SELECT sync_id, sync_no, status FROM sync.syncs ORDER BY sync_no").fetchall()
        holds = connection.execute("SELECT hold_id, status FROM sync.holds ORDER BY sync_id").fetchall()
        rows = {t.full_name: connection.execute(f"SELECT {_columns(t)} FROM {t.full_name}").fetchall() for t in tables}
        numbers = {sync_id: f"sync {number}" for sync_id, number, _ in syncs}
        return State(
            _digest(repr((name, row)) for name in sorted(rows) for row in rows[name]),
            {
                t.full_name: _digest(_comparable(t, row, numbers) for row in rows[t.full_name])
                for t in tables
                if t.full_name not in _HISTORY
            },
            {sync_id: (number, status) for sync_id, number, status in syncs},
            dict(holds),
            tuple(_faults(connection)),
        )


def _faults(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """What no history may say."""
    ((rows, ids, runs, last),) = connection.execute(
        "SELECT count(*), count(DISTINCT sync_id), count(DISTINCT dagster_run_id), max(sync_no) FROM sync.syncs"
    ).fetchall()
    silent = connection.execute(
        "SELECT count(*) FROM sync.syncs ANTI JOIN sync.issues USING (sync_id) "
        "WHERE status IN ('failed', 'refused') AND pruned_at IS NULL"
    ).fetchone()
    counted = connection.execute(
        "SELECT count(*) FROM (SELECT sync_id, "
        "any_value(if(trigger = 'erase', people, created + updated + archived + restored)) AS said, "
        "sum(c.changes) AS counted FROM sync.syncs JOIN sync.change_counts AS c USING (sync_id) GROUP BY sync_id) "
        "WHERE said <> counted"
    ).fetchone()
    found = []
    if not rows == ids == runs == (last or 0):
        found.append(f"{rows} syncs, {ids} ids, {runs} runs, the last is number {last}")
    if silent != (0,):
        found.append("a failed sync without its issue")
    if counted != (0,):
        found.append("a sync whose counts are not those of its changes")
    return found


def _columns(table: Table) -> str:
    return ", ".join(f'"{name}"' for name in table.column_names)


def _comparable(table: Table, row: tuple[Any, ...], numbers: Mapping[str, str]) -> str:
    cells = []
    for name, value in zip(table.column_names, row, strict=True):
        if isinstance(value, datetime):
            value = "a time"
        elif isinstance(value, str):
            value = _SYNC_ID.sub(lambda found: numbers.get(found[0], found[0]), value)
        cells.append(None if name in _RANDOM else value)
    return repr(cells)


def _digest(rows: Any) -> str:
    return hashlib.sha256("\n".join(sorted(rows)).encode()).hexdigest()


def check_whole(before: State, after: State, whole: Callable[[], list[State]]) -> None:
    """After a command that was killed: its changes are all there, as in one of `whole`, or none of them."""
    new = after.applied - before.applied
    if len(new) > 1:
        raise Broken(f"one command left {len(new)} syncs")
    if lost := before.syncs.keys() - after.syncs.keys():
        raise Broken(f"{len(lost)} syncs are no longer in the history")
    if not new and not after.differs_from(before):
        return
    between = [after.differs_from(state) for state in whole()]
    if all(between):
        raise Broken(f"half done: {', '.join(between[0])} are neither as before nor as after the whole command")
