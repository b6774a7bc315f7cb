"""What a child does: one command of a person's, through the same functions as the terminal.

Belongs here: each command, and the answer by which it acknowledges what it did. Does not belong here: when it is
killed (`workload`). Which hold or sync is taken depends on the published copy and the seed alone.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import duckdb

from roster_pipeline.cli import launch
from roster_pipeline.config import load_settings
from roster_pipeline.definitions import defs
from roster_pipeline.history import report
from roster_pipeline.warehouse.warehouse import Warehouse
from tests.crash.world import SLUG


@dataclass(frozen=True)
class Acknowledged:
    """What a command told the person who gave it."""

    sync_id: str | None = None
    status: str | None = None
    changes: int = 0
    hold_id: str | None = None
    decision: str | None = None


def _of(row: dict[str, Any]) -> Acknowledged:
    if row["failure"]:
        raise RuntimeError(row["failure"])
    changes = sum(row[k] for k in ("created", "updated", "archived", "restored"))
    return Acknowledged(row["sync_id"], row["status"], changes)


def sync(_: int = 0) -> Acknowledged:
    settings = load_settings()
    (district,) = launch.known_districts(settings)
    return _of(launch.launch_sync(settings, district.slug, (), "crash"))


def mapping(_: int = 0) -> Acknowledged:
    """What the UI does with `mapping` and below selected; Clever is not asked."""
    keys = [s.key for s in defs.resolve_all_asset_specs() if s.group_name in ("mapping", "roster", "sync")]
    result = launch._run("sync_now", SLUG, resource={"requested_by": "crash"}, assets=keys)
    return _of(launch._recorded(load_settings(), SLUG, result))


def decide(seed: int) -> Acknowledged:
    """Approves or rejects a hold that waits; does nothing when none does."""
    rng, settings = random.Random(seed), load_settings()
    with Warehouse(settings.warehouse).read(SLUG) as connection:
        waiting = sorted(h["hold_id"] for h in report.holds(connection) if h["status"] == "open")
    if not waiting:
        return Acknowledged()
    hold_id, decision = rng.choice(waiting), rng.choice(("approved", "approved", "rejected"))
    launch.launch_decision(settings, SLUG, "crash", hold_id=hold_id, decision=decision)
    return Acknowledged(hold_id=hold_id, decision=decision)


def undo(seed: int) -> Acknowledged:
    """Takes back one of the last syncs that can be; does nothing when none can."""
    rng, settings = random.Random(seed), load_settings()
    with Warehouse(settings.warehouse).read(SLUG) as connection:
        could = [s["sync_id"] for s in report.recent(connection, 4) if s["can_be_undone"] and s["trigger"] != "first"]
    if not could:
        return Acknowledged()
    undone = {"sync_id": rng.choice(could), "only_removals": rng.random() < 0.2, "wins": rng.choice(("undo", "later"))}
    return _of(launch.launch_undo(settings, SLUG, "crash", **undone))


def erase(seed: int) -> Acknowledged:
    """Erases somebody who has left; does nothing when nobody has."""
    settings = load_settings()
    query = "SELECT user_id::VARCHAR FROM roster.users WHERE enrollment_status = 'archived' AND last_name IS NOT NULL"
    with Warehouse(settings.warehouse).read(SLUG) as connection:
        gone = sorted(user_id for (user_id,) in connection.execute(query).fetchall())
    if not gone:
        return Acknowledged()
    return _of(launch.launch_in_bulk(settings, SLUG, "crash", "erase_person", person=random.Random(seed).choice(gone)))


def publish(_: int = 0) -> Acknowledged:
    launch.launch_publish(SLUG, "crash")
    return Acknowledged()


def plan(_: int = 0) -> Acknowledged:
    launch.launch_plan(SLUG, 5)
    return Acknowledged()


def as_newer_duckdbs_write_it(_: int = 0) -> Acknowledged:
    """Not a command: the truth as the first release wrote it, in a storage version that must be rewritten."""
    file = Warehouse(load_settings().warehouse).folder(SLUG).roster
    other = file.with_name("other")
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{file}' AS truth; ATTACH '{other}' AS other (STORAGE_VERSION 'latest')")
        connection.execute("COPY FROM DATABASE truth TO other")
    other.replace(file)
    return Acknowledged()


COMMANDS: dict[str, Callable[[int], Acknowledged]] = {
    "sync": sync,
    "mapping": mapping,
    "decide": decide,
    "undo": undo,
    "erase": erase,
    "publish": publish,
    "plan": plan,
}
