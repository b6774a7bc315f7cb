"""Commands with which a person decides: approve, reject, undo.

Belongs here: their arguments. Does not belong here: what a decision does (`holds.py`, `undo.py`).
"""

from __future__ import annotations

import click

from roster_pipeline.cli.common import JSON, find, show, sync_code
from roster_pipeline.config import load_settings
from roster_pipeline.terminal import print_json, print_sync, say

_BY = click.option(
    "requested_by", "--by", metavar="NAME", default="terminal", help="Who decides; kept with the decision."
)
_CHANGE = click.option("--change", is_flag=True, help="Overrule what somebody has decided about it already.")
_WHY = click.option("reason", "--why", metavar="TEXT", default="", help="Why; kept with the decision.")


@click.command()
@click.argument("hold_id")
@_BY
@_WHY
@_CHANGE
@JSON
def approve(hold_id: str, requested_by: str, reason: str, change: bool, as_json: bool) -> None:
    """Let the next sync apply exactly the changes of one hold, if they are still the same then."""
    _decide(hold_id, "approved", requested_by, reason, change, as_json)


@click.command()
@click.argument("hold_id")
@_BY
@_WHY
@_CHANGE
@JSON
def reject(hold_id: str, requested_by: str, reason: str, change: bool, as_json: bool) -> None:
    """Keep the changes of one hold back for good, until it is approved after all."""
    _decide(hold_id, "rejected", requested_by, reason, change, as_json)


@click.command()
@click.argument("sync_id")
@click.option("--only-removals", is_flag=True, help="Take back only what it archived, concluded or unmapped.")
@click.option(
    "--wins",
    type=click.Choice(["neither", "undo", "later"]),
    default="neither",
    show_default=True,
    help="Where later syncs changed the same records: refuse, or whose state they get.",
)
@_BY
@_WHY
@JSON
def undo(sync_id: str, only_removals: bool, wins: str, requested_by: str, reason: str, as_json: bool) -> None:
    """Take back one sync, as a sync of its own; what it took back is held until it is approved.

    Exit 0 done, 1 failed, 3 refused.
    """
    from roster_pipeline.launch import launch_undo

    slug, sync_id = find("syncs", "sync_id", sync_id)
    done = launch_undo(
        load_settings(), slug, requested_by, sync_id=sync_id, only_removals=only_removals, wins=wins, reason=reason
    )
    show([done], print_sync, as_json, name="syncs", code=sync_code)


def _decide(hold_id: str, decision: str, requested_by: str, reason: str, change: bool, as_json: bool) -> None:
    from roster_pipeline.launch import launch_decision

    slug, hold_id = find("holds", "hold_id", hold_id)
    done = launch_decision(
        load_settings(), slug, requested_by, hold_id=hold_id, decision=decision, reason=reason, change=change
    )
    if as_json:
        print_json({"district": slug, "hold_id": hold_id, **done})
    elif done["already"]:
        when = f"{done['decided_at']:%Y-%m-%d %H:%M} UTC"
        say(f"{slug}: hold {hold_id} was {decision} by {done['decided_by']} on {when} already.")
    else:
        say(f"{slug}: hold {hold_id} is {decision}; the next sync acts on it.")
