"""What became of a run, as the truth tells it, and failures on their way into the history.

Belongs here: looking a sync up by its run, recording a failure now or, when the truth cannot be opened now, later.
Does not belong here: Dagster, and what is said about it in the UI and the terminal.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime

import duckdb

from roster_pipeline.errors import RosterError
from roster_pipeline.failpoints import failpoint
from roster_pipeline.history import report
from roster_pipeline.history.record import SyncInfo, record_failure
from roster_pipeline.history.report import Row
from roster_pipeline.warehouse.warehouse import DistrictFolder, Warehouse, write_atomically


@dataclass(frozen=True)
class Failure:
    """A sync that ended badly; `status` is `failed` or `refused`, `error` one line."""

    info: SyncInfo
    status: str
    error: str
    at: datetime


@dataclass(frozen=True)
class Outcome:
    """What a run left in `sync.syncs`; `unknown` says why nobody could look, `failure` what went wrong, if anything,
    `found` what a run that only looks has found, when somebody wanted to see that.

    A run can fail after its sync was applied: then `row` is that of a sync that succeeded or is held.
    """

    row: Row | None = None
    unknown: str | None = None
    failure: str | None = None
    interrupted: bool = False
    found: Row | None = None

    @property
    def applied(self) -> bool:
        return self.row is not None and self.row["status"] in ("succeeded", "held")


def look_up(warehouse: Warehouse, info: SyncInfo) -> Outcome:
    """What the truth says about the run of `info`. Only for who holds the district."""
    try:
        with warehouse.connect(info.district) as connection:
            return Outcome(report.sync_of_run(connection, info.dagster_run_id))
    except Exception as error:
        return Outcome(unknown=_why(error))


def record(warehouse: Warehouse, failure: Failure) -> Outcome:
    """Writes a failure into the history unless its run has a row already, and looks the run up.

    When the truth cannot be opened, the failure waits for the next run that can. Only for who holds the district.
    """
    info = failure.info
    try:
        with warehouse.connect(info.district, changes_truth=True) as connection:
            _write(connection, [failure])
            failpoint("failure_recorded")
            return Outcome(report.sync_of_run(connection, info.dagster_run_id))
    except Exception as error:  # whatever it is, it must not take the place of the failure itself
        with suppress(OSError):
            put_aside(warehouse.folder(info.district), failure)
        return Outcome(unknown=_why(error))


def put_aside(folder: DistrictFolder, failure: Failure) -> None:
    """Leaves a failure for the next run that holds the district; needs nothing but room for a small file."""
    folder.unrecorded.mkdir(parents=True, exist_ok=True)
    content = json.dumps(asdict(failure), default=lambda time: time.isoformat())
    write_atomically(folder.unrecorded / f"{failure.info.sync_id}.json", content.encode())


def record_what_was_put_aside(warehouse: Warehouse, slug: str) -> int:
    """Writes the failures that wait into the history, returns how many. Only for who holds the district."""
    files = sorted(warehouse.folder(slug).unrecorded.glob("*.json"))
    if not files:
        return 0
    failures = [_read(json.loads(f.read_text(encoding="utf-8"))) for f in files]
    with warehouse.connect(slug, changes_truth=True) as connection:
        _write(connection, failures)
    failpoint("put_aside_recorded")
    for file in files:
        file.unlink()
        failpoint("put_aside_removed")
    return len(files)


KILLED = (
    "The process ended without a word in the middle of this sync (killed, or the machine went down). "
    "Nothing was applied; the next sync continues."
)


def _why(error: Exception) -> str:
    return str(error) if isinstance(error, RosterError) else f"Unexpected {type(error).__name__}."


def _write(connection: duckdb.DuckDBPyConnection, failures: Iterable[Failure]) -> None:
    connection.execute("BEGIN")
    for f in failures:
        record_failure(connection, f.info, status=f.status, error=f.error, finished_at=f.at)
    connection.execute("COMMIT")


def _read(found: Row) -> Failure:
    info = {**found["info"], "started_at": datetime.fromisoformat(found["info"]["started_at"])}
    return Failure(
        SyncInfo(**{**info, "sites": tuple(info["sites"])}),
        found["status"],
        found["error"],
        datetime.fromisoformat(found["at"]),
    )
