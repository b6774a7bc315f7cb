"""The record of every sync: what `sync.*` says about it, whatever became of it.

Belongs here: writing `sync.syncs` and `sync.issues`, and forgetting what is old. Does not belong here: the changes
themselves (`plan/apply.py` writes them down as it applies them).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

import duckdb

from roster_pipeline.failpoints import failpoint
from roster_pipeline.warehouse.sql import has_rows, insert, run

USER_TAG = "roster/user"
"""The tag of a run with who was signed in to the UI that launched it; only our webserver writes it."""


NOT_OF_CLEVER = ("mapping", "undo", "end", "erase", "override")
"""Triggers of syncs that ask Clever nothing."""


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

    @property
    def asks_clever(self) -> bool:
        """Whether it moves "last synced": changes of the mapping, overrides, undos, ends and erasures do not."""
        return self.trigger not in NOT_OF_CLEVER

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


def has_succeeded_before(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether any sync of this district was ever applied."""
    return has_rows(connection, "sync.syncs WHERE status IN ('succeeded', 'held')")


@dataclass(frozen=True)
class Counts:
    """What one sync did, as `sync.syncs` counts it."""

    created: int = 0
    updated: int = 0
    archived: int = 0
    restored: int = 0
    held: int = 0
    unchanged: int = 0


def record_success(
    connection: duckdb.DuckDBPyConnection,
    info: SyncInfo,
    counts: Counts,
    fingerprint: str,
    finished_at: datetime,
    *,
    waits: bool = False,
) -> None:
    """Writes the sync, `held` when something of it is held or `waits`; the first of a district is called so.

    Runs inside the transaction that applies the plan.
    """
    trigger = info.trigger if waits or has_succeeded_before(connection) else "first"
    status = "held" if counts.held or waits else "succeeded"
    _insert_sync(
        connection, replace(info, trigger=trigger), finished_at, status=status, counts=counts, fingerprint=fingerprint
    )


def record_failure(
    connection: duckdb.DuckDBPyConnection, info: SyncInfo, *, status: str, error: str, finished_at: datetime
) -> None:
    """Writes a sync that applied nothing, with status `failed` or `refused`; does nothing if it is known already."""
    if run(connection, "history/known", sync_id=info.sync_id).fetchone():
        return
    _insert_sync(connection, info, finished_at, status=status, error=error)
    failpoint("failure_written")
    record_issues(connection, info.sync_id, [("error", status, "sync", None, None, error)])


def record_issues(
    connection: duckdb.DuckDBPyConnection,
    sync_id: str,
    issues: Sequence[tuple[str, str, str, str | None, str | None, str]],
) -> None:
    """Adds issues as (severity, code, entity, record_id, site_id, message)."""
    names = ("severity", "code", "entity", "record_id", "site_id", "message")
    for issue in issues:
        insert(connection, "sync.issues", sync_id=sync_id, **dict(zip(names, issue, strict=True)))


def prune(connection: duckdb.DuckDBPyConnection, before: datetime, now: datetime) -> None:
    """Forgets what syncs that ended before have changed, counted and found; they themselves are kept, and say so.

    What something still needs is kept too: the syncs of holds that stand, and undos with what they took back.
    """
    connection.execute("BEGIN")
    run(connection, "history/prune", before=before, now=now)
    for table in ("change_log", "change_counts", "issues", "sharing"):
        run(connection, f"history/forget_{table}")
    connection.execute("COMMIT")
    failpoint("pruned")


def _insert_sync(
    connection: duckdb.DuckDBPyConnection,
    info: SyncInfo,
    finished_at: datetime,
    *,
    status: str,
    counts: Counts = Counts(),
    error: str | None = None,
    fingerprint: str | None = None,
) -> None:
    asked = asdict(info) | {"sites": list(info.sites), "reason": info.reason or None}
    result = {"status": status, "finished_at": finished_at, "error": error, "fingerprint": fingerprint}
    run(connection, "history/record", **asked, **asdict(counts), **result)
