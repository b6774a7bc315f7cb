"""What a person does besides syncing: deciding a hold, undoing a sync, asking why. Mapping is in `mapping_ops.py`."""

from collections.abc import Mapping
from typing import Any, Literal

import dagster as dg
import duckdb
from pydantic import Field

from roster_pipeline import sync as corridor
from roster_pipeline.assets.common import publish_and_tell, roster_counts
from roster_pipeline.assets.mapping import queue_shown
from roster_pipeline.errors import RosterError
from roster_pipeline.failpoints import failpoint
from roster_pipeline.guards import holds
from roster_pipeline.history import report
from roster_pipeline.history.explain.answer import explain_by_id
from roster_pipeline.jobs.queue import queue_syncs
from roster_pipeline.plan.difference import ACTIONS
from roster_pipeline.resources.sync_run import SyncRun
from roster_pipeline.staging import stage as staging


class Decision(dg.Config):
    """Which hold, and what becomes of it."""

    hold_id: str = Field(
        default="",
        description="The hold, as sync/holds names it, or the beginning of its id; empty: the only one.",
    )
    decision: Literal["approved", "rejected"] = Field(
        description="approved: the next sync applies exactly these changes. rejected: they stay held."
    )
    sync: bool = Field(default=False, description="Launch a sync right afterwards, which applies what was approved.")
    reason: str = Field(default="", description="Why; kept with the decision.")
    change: bool = Field(default=False, description="Overrule what somebody else has decided about it already.")
    sites: list[str] = Field(
        default=[], description="Approve the changes at these sites only, by id or name; empty means all of them."
    )


class Undo(dg.Config):
    """Which sync is taken back, and how much of it."""

    sync_id: str = Field(description="The sync to take back, as sync/syncs names it, or the beginning of its id.")
    only_removals: bool = Field(default=False, description="Take back only what it archived, concluded or unmapped.")
    wins: Literal["neither", "undo", "later"] = Field(
        default="neither",
        description="Where later syncs changed the same records: neither refuses; undo or later gets its state.",
    )
    reason: str = Field(default="", description="Why; kept with the undo, and shown with what it holds back.")


class End(dg.Config):
    """Which site ends, and how many people lose their place there."""

    site: str = Field(description="Clever school id, or the site's name.")
    people: int = Field(description="How many people are on the roster there, as `roster status` says.")
    why: str = Field(default="", description="Why; kept with the sync.")


class Question(dg.Config):
    """Who or what is asked about. Dagster keeps what is typed here, so it takes ids alone."""

    who: str = Field(description="The platform's or Clever's id of a person or a section; no e-mail, no SIS id.")
    course: str = Field(default="", description="A course_id or title; empty asks what they see at all.")


@dg.op(name="decide", description="Approves or rejects one hold; the next sync acts on it.")
def decide_one_hold(context: dg.OpExecutionContext, config: Decision, sync: SyncRun) -> None:
    """Changes no roster; an approval that no sync uses within seven days is forgotten."""
    with sync.step():
        with sync.connect(changes_truth=True) as connection:
            told = holds.decide(
                connection,
                named(connection, "holds", config.hold_id or _only_hold(connection)),
                config.decision,
                by=sync.info.requested_by,
                reason=config.reason,
                now=sync.run.order.now(),
                change=config.change,
                sites=config.sites,
            )
            failpoint("decided")
        states = publish_and_tell(sync)
    show(context, sync, {"sync/holds": states["sync/holds"]})
    context.log.info(told)
    if config.sync:
        queue_syncs(context, [sync.info.district], sync.info.requested_by)
        context.log.info("A sync is queued.")


def _only_hold(connection: duckdb.DuckDBPyConnection) -> str:
    waiting = [str(hold["hold_id"]) for hold in report.standing(connection) if hold["status"] == "open"]
    if len(waiting) == 1:
        return waiting[0]
    what = f"{len(waiting):,} holds wait for a decision" if waiting else "No hold waits for a decision"
    raise RosterError(what, do="Say which in hold_id; sync/holds lists them")


def named(connection: duckdb.DuckDBPyConnection, what: Literal["holds", "syncs"], said: str) -> str:
    """The whole id of what begins so. Raises RosterError when nothing does, or several do."""
    start = said.strip()[:40]
    found = report.ids_that_begin(connection, what, start)
    if len(found) == 1:
        return found[0]
    told = f"{len(found)} {what} begin with {start!r}" if found else f"There is no {what[:-1]} {start!r}"
    raise RosterError(told, do=f"Copy the id from sync/{what}")


@dg.op(name="undo", description="Takes back one sync, as a sync of its own with its own record.")
def undo_one_sync(context: dg.OpExecutionContext, config: Undo, sync: SyncRun) -> None:
    """What it takes back is held from then on, until somebody lets it through or Clever says something else."""
    with sync.step():
        with sync.connect(changes_truth=True) as connection:
            applied = corridor.take_back(
                connection,
                sync.run.order,
                named(connection, "syncs", config.sync_id),
                only_removals=config.only_removals,
                winner=config.wins,
                reason=config.reason,
            )
            counts = roster_counts(connection) | queue_shown(connection)
        states = publish_and_tell(sync)
    show(context, sync, counts | states)
    context.log.info("The sync is undone: %d changes.", applied.plan.total(*ACTIONS))


@dg.op(name="end", description="Ends one site that is not on Clever, as a sync of its own with its own record.")
def end_one_site(context: dg.OpExecutionContext, config: End, sync: SyncRun) -> None:
    """Its people and sections are archived; an undo brings them back."""
    with sync.step():
        with sync.connect(changes_truth=True) as connection:
            applied = sync.run.end_site(connection, config.site, config.people, config.why)
            counts = roster_counts(connection)
        states = publish_and_tell(sync)
    show(context, sync, counts | states)
    context.log.info("The site has ended: %d changes.", applied.plan.total(*ACTIONS))


@dg.op(name="question", description="Answers why a person or the people of a section see a course or not.")
def explain_one(context: dg.OpExecutionContext, config: Question, sync: SyncRun) -> None:
    """The answer is in the output's metadata and in the log, without anybody's name."""
    with sync.step(), sync.connect() as connection:
        staging.require_staged(connection)
        found = explain_by_id(connection, sync.info.district, config.who, config.course)
    context.add_output_metadata({"answer": found.sentence, "the way": dg.MetadataValue.md(found.markdown())})
    context.log.info(found.sentence)


def show(context: dg.OpExecutionContext, sync: SyncRun, metadata: Mapping[str, Mapping[str, Any]]) -> None:
    """Tells the assets that this job changed of their new state."""
    for name, values in metadata.items():
        context.log_event(dg.AssetMaterialization(name.split("/"), partition=sync.info.district, metadata=dict(values)))
