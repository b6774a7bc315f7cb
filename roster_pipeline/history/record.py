"""The record of every sync: what `sync.*` says about it, whatever became of it.

Belongs here: writing and reading `sync.syncs`, `sync.change_counts`, `sync.issues`. Does not belong here:
the changes themselves (`plan.py` logs them as it applies them).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import duckdb

from roster_pipeline.failpoints import failpoint
from roster_pipeline.warehouse.sql import statement


@dataclass(frozen=True)
class SyncInfo:
    """One sync, as it is known from its start; times are naive UTC."""

    sync_id: str
    district: str
    trigger: str
    requested_by: str
    started_at: datetime
    dagster_run_id: str
    sites: tuple[str, ...] = ()
    undoes: str | None = None
    reason: str = ""

    def note(self) -> dict[str, str]:
        """What the lock file says of this sync while it runs."""
        names = ("sync_id", "district", "trigger", "requested_by", "started_at", "dagster_run_id")
        return {name: str(getattr(self, name)) for name in names}

    @classmethod
    def from_note(cls, note: Mapping[str, str]) -> SyncInfo | None:
        """The sync that a note tells of; None when it is no such note."""
        try:
            return cls(
                note["sync_id"],
                note["district"],
                note["trigger"],
                note["requested_by"],
                datetime.fromisoformat(note["started_at"]),
                note["dagster_run_id"],
            )
        except (KeyError, ValueError):
            return None


class Counted(Protocol):
    """What the history keeps of a plan: how many changes of which action, and the fingerprint of them all."""

    @property
    def unchanged(self) -> int: ...
    @property
    def held(self) -> int: ...
    @property
    def fingerprint(self) -> str: ...

    def total(self, *actions: str) -> int: ...


def has_succeeded_before(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether any sync of this district was ever applied."""
    row = connection.execute("SELECT count(*) FROM sync.syncs WHERE status IN ('succeeded', 'held')").fetchone()
    return row != (0,)


def record_success(connection: duckdb.DuckDBPyConnection, info: SyncInfo, plan: Counted, finished_at: datetime) -> None:
    """Writes the sync, `held` when something of it is, and its counts; moves `last_synced_at` of its sites.

    A site with held changes has not been synced, so its time stays; only a sync that asked Clever moves any.
    Runs inside the transaction that applies the plan.
    """
    _insert_sync(
        connection,
        info,
        finished_at,
        status="held" if plan.held else "succeeded",
        trigger=info.trigger if has_succeeded_before(connection) else "first",
        counts=(
            plan.total("create"),
            plan.total("update", "relink"),
            plan.total("archive", "conclude"),
            plan.total("restore"),
            plan.held,
            plan.unchanged,
        ),
        fingerprint=plan.fingerprint,
    )
    connection.execute(
        "INSERT INTO sync.change_counts "
        "SELECT $sync_id, entity, site_id, action, changes FROM plan.counts WHERE held_by IS NULL",
        {"sync_id": info.sync_id},
    )
    if info.trigger not in ("mapping", "undo"):
        connection.execute(statement("plan/last_synced"), {"at": finished_at, "sites": list(info.sites)})


def record_failure(
    connection: duckdb.DuckDBPyConnection, info: SyncInfo, *, status: str, error: str, finished_at: datetime
) -> None:
    """Writes a sync that applied nothing, with status `failed` or `refused`; does nothing if it is known already."""
    known = connection.execute("SELECT 1 FROM sync.syncs WHERE sync_id = ?", [info.sync_id]).fetchone()
    if known:
        return
    _insert_sync(connection, info, finished_at, status=status, trigger=info.trigger, error=error)
    failpoint("failure_written")
    record_issues(connection, info.sync_id, [("error", status, "sync", None, None, error)])


def record_issues(
    connection: duckdb.DuckDBPyConnection,
    sync_id: str,
    issues: Sequence[tuple[str, str, str, str | None, str | None, str]],
) -> None:
    """Adds issues as (severity, code, entity, record_id, site_id, message)."""
    for issue in issues:
        connection.execute("INSERT INTO sync.issues VALUES (?, ?, ?, ?, ?, ?, ?)", [sync_id, *issue])


def copy_issues(connection: duckdb.DuckDBPyConnection, sync_id: str, table: str) -> int:
    """Adds the issues that stand in `table` (a scratch table of ours); returns how many."""
    row = connection.execute(
        f"INSERT INTO sync.issues SELECT $sync_id, severity, code, entity, record_id, site_id, message FROM {table}",
        {"sync_id": sync_id},
    ).fetchone()
    return int(row[0]) if row else 0


LONGEST_MEMORY = timedelta(days=30)
"""How long `sync.turnover` is kept: as far back as any guard looks."""


def remember_turnover(connection: duckdb.DuckDBPyConnection, info: SyncInfo, now: datetime) -> None:
    """Writes down what left and what came with the plan that is being applied, for the guards that remember.

    A first plan has nothing to compare with: no guard has looked at it. Runs inside the transaction that applies it.
    """
    connection.execute(statement("guards/forget_turnover"), {"before": now - LONGEST_MEMORY})
    judged = connection.execute("SELECT 1 FROM plan.limits LIMIT 1").fetchone() is not None
    if judged or info.undoes:
        connection.execute(statement("guards/turnover"), {"sync_id": info.sync_id, "now": now})


def prune(connection: duckdb.DuckDBPyConnection, before: datetime, now: datetime) -> None:
    """Forgets the changes, counts and issues of syncs that ended before; the syncs themselves are kept, and say so.

    What something still needs is kept too: the syncs of holds that stand, and undos with what they took back.
    """
    connection.execute("BEGIN")
    connection.execute(statement("history/prune"), {"before": before, "now": now})
    for table in ("change_log", "change_counts", "issues"):
        connection.execute(
            f"DELETE FROM sync.{table} WHERE sync_id IN (SELECT sync_id FROM sync.syncs WHERE pruned_at IS NOT NULL)"
        )
    connection.execute("COMMIT")
    failpoint("pruned")


def _insert_sync(
    connection: duckdb.DuckDBPyConnection,
    info: SyncInfo,
    finished_at: datetime,
    *,
    status: str,
    trigger: str,
    counts: tuple[int, int, int, int, int, int] = (0, 0, 0, 0, 0, 0),
    error: str | None = None,
    fingerprint: str | None = None,
) -> None:
    names = ("created", "updated", "archived", "restored", "held", "unchanged")
    connection.execute(
        statement("history/record"),
        {
            "sync_id": info.sync_id,
            "district": info.district,
            "trigger": trigger,
            "requested_by": info.requested_by,
            "status": status,
            "started_at": info.started_at,
            "finished_at": finished_at,
            "dagster_run_id": info.dagster_run_id,
            **dict(zip(names, counts, strict=True)),
            "error": error,
            "fingerprint": fingerprint,
            "sites": list(info.sites),
            "undoes": info.undoes,
            "reason": info.reason or None,
        },
    )
