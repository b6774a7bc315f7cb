"""A run that failed: what it is called, and what whoever asked for it is told.

Belongs here: sentences and statuses for errors. Does not belong here: recording them (`sync_run.py`).
"""

from __future__ import annotations

import traceback

import dagster as dg

from roster_pipeline.errors import PublishFailed, RosterError, SyncRefused
from roster_pipeline.history.outcome import Outcome

INTERRUPTED = "interrupted: somebody stopped it (Ctrl-C, or the run was terminated). Running it again continues."


def told(sync_id: str, error: BaseException, said: str, outcome: Outcome, may_have_applied: bool) -> str:
    """The failure, and what became of the sync, as far as anybody knows."""
    if outcome.unknown is not None:
        applied = "Whether it was applied, nobody knows yet." if may_have_applied else "Nothing was applied."
        why = "" if outcome.unknown == said else f" (because: {outcome.unknown.rstrip('.')})"
        return f"{said} {applied} The history does not have it yet{why}; the next run writes it there."
    if not outcome.applied:
        return said
    if isinstance(error, PublishFailed):
        return f"Sync {sync_id} was applied. {said}"
    return f"Sync {sync_id} was applied; what failed came after it: {said}"


def status(error: BaseException) -> str:
    return "refused" if isinstance(error, SyncRefused) else "failed"


def sentence(error: BaseException) -> str:
    """What happened in one line; an error that is none of ours only by its kind, because its text may name people."""
    if is_interrupt(error):
        return INTERRUPTED
    if isinstance(error, RosterError):
        return str(error)
    reason = f" ({error.strerror})" if isinstance(error, OSError) and error.strerror else ""
    return f"Unexpected {type(error).__name__}{reason}; the Dagster run has the details."


def where(error: BaseException) -> dict[str, str]:
    """For the run: the lines of code at which an error that is none of ours arose; its text may name people."""
    return {"where": "".join(traceback.format_tb(error.__traceback__))}


def is_interrupt(error: BaseException) -> bool:
    """Ctrl-C, SIGTERM, or a run terminated in the UI; DuckDB turns one that comes during a query into its own error."""
    interrupts = (KeyboardInterrupt, dg.DagsterExecutionInterruptedError)
    return isinstance(error, interrupts) or (isinstance(error, RuntimeError) and str(error) == "Query interrupted")
