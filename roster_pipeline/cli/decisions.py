"""Commands with which a person decides: approve, reject, undo, forget.

Belongs here: their arguments. Does not belong here: what a decision does (`holds.py`, `undo.py`).
"""

from __future__ import annotations

import click

from roster_pipeline.cli.common import JSON, find, show, sync_code
from roster_pipeline.cli.telling import print_sync
from roster_pipeline.cli.terminal import print_json, say, visible
from roster_pipeline.config import usable_settings
from roster_pipeline.errors import SyncRefused

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
@click.option(
    "sites", "--site", metavar="ID_OR_NAME", multiple=True, help="Only what is held at this site; may be repeated."
)
@JSON
def approve(hold_id: str, requested_by: str, reason: str, change: bool, sites: tuple[str, ...], as_json: bool) -> None:
    """Let the next sync apply exactly the changes of one hold: those that are still the same then."""
    _decide(hold_id, "approved", requested_by, reason, change, sites, as_json)


@click.command()
@click.argument("hold_id")
@_BY
@_WHY
@_CHANGE
@JSON
def reject(hold_id: str, requested_by: str, reason: str, change: bool, as_json: bool) -> None:
    """Keep the changes of one hold back for good, until it is approved after all."""
    _decide(hold_id, "rejected", requested_by, reason, change, (), as_json)


@click.command("undo")
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
def undo_sync(sync_id: str, only_removals: bool, wins: str, requested_by: str, reason: str, as_json: bool) -> None:
    """Take back one sync, as a sync of its own; what it took back is held until it is approved.

    Exit 0 done, 1 failed, 3 refused.
    """
    from roster_pipeline.cli.launch import launch_undo

    slug, sync_id = find("syncs", "sync_id", sync_id)
    done = launch_undo(
        usable_settings(), slug, requested_by, sync_id=sync_id, only_removals=only_removals, wins=wins, reason=reason
    )
    show([done], print_sync, as_json, name="syncs", code=sync_code)


@click.command("forget")
@click.argument("slug")
@click.option("--yes", is_flag=True, help="Do not ask.")
@_BY
@_WHY
@JSON
def forget_for_good(slug: str, yes: bool, requested_by: str, reason: str, as_json: bool) -> None:
    """Take off a district that has left Clever: delete its roster, history, decisions and partition, for good.

    A receipt stays in the warehouse: who, when, why and how much there was, and nobody's data.

    Exit 0 done, 2 no such district, 3 refused.
    """
    from roster_pipeline.cli import launch

    settings = usable_settings()
    found = launch.forgettable(settings, slug)
    if found is None:
        raise click.UsageError(f"There is no district {slug!r}.")
    has = f"its partition, and {found['folder']} with {found['files']} files, {found['bytes'] / 1e6:.1f} MB"
    what = has if found["folder"] else "its partition; it has no folder"
    if not yes and not _confirmed(f"Delete for good all there is of {slug}: {what}?"):
        raise SyncRefused("Nothing was deleted", do="Answer y, or say --yes")
    receipt = launch.forget_district(settings, slug, requested_by, reason)
    if as_json:
        print_json({"deleted": found, "receipt": receipt})
        return
    say(f"{slug}: forgotten. Deleted: {what}. Lines of data/*.csv that name it are left to you.")
    if receipt:
        say(f"  receipt: {receipt}")


def _confirmed(question: str) -> bool:
    try:
        return click.confirm(visible(question), err=True)
    except click.Abort:  # nobody is there to answer
        return False


def _decide(
    hold_id: str, decision: str, requested_by: str, reason: str, change: bool, sites: tuple[str, ...], as_json: bool
) -> None:
    from roster_pipeline.cli.launch import launch_decision

    slug, hold_id = find("holds", "hold_id", hold_id)
    asked = {"hold_id": hold_id, "decision": decision, "reason": reason, "change": change, "sites": list(sites)}
    done = launch_decision(usable_settings(), slug, requested_by, **asked)
    if as_json:
        print_json({"district": slug, "hold_id": hold_id, **done})
    elif done["already"]:
        when = f"{done['decided_at']:%Y-%m-%d %H:%M} UTC"
        say(f"{slug}: hold {hold_id} was {decision} by {done['decided_by']} on {when} already.")
    else:
        where = f" at {', '.join(done['sites'])}" if done["sites"] else ""
        say(f"{slug}: hold {hold_id} is {decision}{where}; the next sync acts on it.")
