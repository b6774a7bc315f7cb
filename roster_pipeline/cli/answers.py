"""Commands that ask and change nothing: status, recent, details, holds.

Belongs here: their arguments. Does not belong here: the questions (`report.py`), printing (`terminal.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from roster_pipeline import model
from roster_pipeline.cli.common import DISTRICT, JSON, LIMIT, ask, find, show
from roster_pipeline.cli.notices import notices_now, print_notices
from roster_pipeline.cli.telling import print_details, print_holds, print_recent, print_status
from roster_pipeline.cli.terminal import Row
from roster_pipeline.config import usable_settings


@click.command()
@DISTRICT
@click.option(
    "--check",
    is_flag=True,
    help="For monitoring: exit 1 when a site is stale, or its district was never synced or has no confirmed site.",
)
@JSON
def status(district: str | None, check: bool, as_json: bool) -> None:
    """Districts and sites: when each was last synced successfully, and when that was last tried.

    A site is stale when it has not succeeded for 26 hours.
    """
    from roster_pipeline.history import report
    from roster_pipeline.notices.standing import stale_sites
    from roster_pipeline.sync import utc_now
    from roster_pipeline.warehouse.warehouse import Warehouse

    settings = usable_settings()
    warehouse = Warehouse(settings.warehouse)

    def answer(connection: Any) -> Row:
        return {
            "sites": (sites := report.sites(connection)),
            "none_is_fresh": _none_is_fresh(sites),
            "waiting": report.waiting_sites(connection),
            "last_sync": report.sync(connection, None),
            "lines_that_name_nothing": report.lines_without(connection),
            **report.clevers_data(connection),
            "stale": [site_id for site_id, *_ in stale_sites(connection, utc_now())],
        }

    def with_state(row: Row) -> Row:
        slug = row["district"]
        return {**row, "published_is_behind": warehouse.is_behind(slug), "left_at": warehouse.identity(slug).left_at}

    rows = map(with_state, ask(district, answer))
    beside = {"notices": notices_now(settings)}
    code = (lambda row: int(bool(row["stale"]) or row["none_is_fresh"])) if check else (lambda _: 0)
    show(rows, print_status, as_json, code=code, beside=beside, print_beside=print_notices)


def _none_is_fresh(sites: Sequence[Row]) -> bool:
    """Whether there are sites on Clever, and none of them is confirmed."""
    states = {site["status"] for site in sites if site["enrollment_source"] == "clever"}
    return "new" in states and "confirmed" not in states


@click.command()
@DISTRICT
@click.option("--limit", type=LIMIT, default=7, show_default=True, help="How many.")
@JSON
def recent(district: str | None, limit: int, as_json: bool) -> None:
    """The last syncs, the newest first: when, of which sites, and what became of them."""
    from roster_pipeline.history import report

    show(ask(district, lambda c: {"syncs": report.recent(c, limit)}), print_recent, as_json)


@click.command()
@click.argument("sync_id", required=False)
@DISTRICT
@click.option(
    "--entity",
    type=click.Choice([e.name for e in model.ENTITIES]),
    help="List the records of this entity.",
)
@click.option("--action", metavar="NAME", help="List the records with this action: create, update, archive, ...")
@click.option("--since", metavar="SYNC_ID", help="List what differs between that sync and this one.")
@click.option("--record", metavar="ID", help="Tell the life of one record over all syncs, by its id in sync.changes.")
@click.option("--limit", type=LIMIT, default=50, show_default=True, help="How many records to list at most.")
@JSON
def details(
    sync_id: str | None,
    district: str | None,
    entity: str | None,
    action: str | None,
    since: str | None,
    record: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """One sync's changes and issues; the newest sync when none is named."""
    from roster_pipeline.history import report
    from roster_pipeline.plan.difference import ACTIONS

    if action not in (None, *ACTIONS):
        raise click.BadParameter(f"{action!r} is not one of {', '.join(ACTIONS)}.", param_hint="'--action'")
    if sync_id:
        district, sync_id = find("syncs", "sync_id", sync_id, district)

    def answer(connection: Any) -> Row:
        if record:
            return {"life": report.life(connection, record)}
        one = report.sync(connection, sync_id)
        if since:
            earlier = report.sync(connection, since)
            return {"differences": report.compare(connection, earlier["sync_id"], one["sync_id"], limit)}
        counts, issues = report.change_counts(connection, one["sync_id"]), report.issues(connection, one["sync_id"])
        found = {**one, "counts": counts, "issues": issues}
        if entity or action or as_json:
            found["changes"] = report.changes(connection, one["sync_id"], entity=entity, action=action, limit=limit)
        return found

    show(ask(district, answer), print_details, as_json)


@click.command()
@click.argument("hold_id", required=False)
@DISTRICT
@click.option("every", "--all", is_flag=True, help="Closed holds too.")
@click.option(
    "--limit",
    type=LIMIT,
    default=50,
    show_default=True,
    help="How many records of the named hold to list at most.",
)
@JSON
def holds(hold_id: str | None, district: str | None, every: bool, limit: int, as_json: bool) -> None:
    """What guards hold back, and how to approve it; of a hold that is named, every record it keeps back."""
    from roster_pipeline.history import report

    if hold_id:
        district, hold_id = find("holds", "hold_id", hold_id, district)

    def answer(connection: Any) -> Row:
        found = report.holds(connection, every=every or hold_id is not None)
        if not hold_id:
            return {"holds": found}
        changes = report.hold_changes(connection, hold_id, limit)
        return {"holds": [h for h in found if h["hold_id"] == hold_id], "changes": changes}

    show(ask(district, answer), print_holds, as_json)
