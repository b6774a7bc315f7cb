"""`roster start`: new schools, what Clever shares of them, and somebody's yes to that.

Belongs here: its arguments, and which of the schools that wait are meant. Does not belong here: what a confirmation
does (`plan/start.py`).
"""

from __future__ import annotations

from collections.abc import Sequence

import click

from roster_pipeline.cli.common import DISTRICT, JSON, each, show, sync_code
from roster_pipeline.cli.syncs import districts_to_sync
from roster_pipeline.cli.terminal import Row, print_sync, print_waiting
from roster_pipeline.config import usable_settings
from roster_pipeline.errors import SyncRefused


@click.command("start")
@DISTRICT
@click.option("sites", "--site", metavar="ID", multiple=True, help="This school only, by id or name; may be repeated.")
@click.option("--confirm", is_flag=True, help="Confirm the counts as they were shown, and sync.")
@click.option("--again", is_flag=True, help="Ask Clever once more before they are shown.")
@click.option("requested_by", "--by", metavar="NAME", default="terminal", help="Who confirms; kept with the school.")
@JSON
def start(
    district: str | None, sites: tuple[str, ...], confirm: bool, again: bool, requested_by: str, as_json: bool
) -> None:
    """Start the sync of new schools: see what Clever shares of them, then confirm it.

    Nothing of a school is on the roster before. Exit 0 done, 1 failed, 3 held or refused.
    """
    from roster_pipeline.cli.launch import launch_start, launch_sync, waiting_sites

    if confirm and again:
        raise click.UsageError("--confirm is about counts that you have seen; look at them with --again first.")
    settings = usable_settings()
    slugs = districts_to_sync(settings, district, sites)

    def shown(slug: str) -> Row:
        found = None if again else waiting_sites(settings, slug)
        if found is None:
            row = launch_sync(settings, slug, (), requested_by)
            if row["failure"] or row["error"]:
                raise SyncRefused(row["failure"] or row["error"], do="`roster start` tries again")
            found = row["waiting"]
        return {"waiting": _chosen(found, sites)}

    def confirmed(slug: str) -> Row:
        waiting = _chosen(waiting_sites(settings, slug) or [], sites)
        if not waiting:
            raise SyncRefused("No school waits for confirmation", do=f"`roster start --district {slug}` shows who does")
        return launch_start(settings, slug, requested_by, waiting)

    if confirm:
        show(each(slugs, confirmed), print_sync, as_json, name="syncs", code=sync_code)
    else:
        show(each(slugs, shown), print_waiting, as_json)


def _chosen(waiting: Sequence[Row], sites: Sequence[str]) -> list[Row]:
    """Those that wait, or those that are named of them. Raises SyncRefused for a name of none, or of several."""
    if not sites:
        return list(waiting)
    chosen = []
    for said in sites:
        found = [w for w in waiting if said.casefold() in (w["site_id"].casefold(), w["name"].casefold())]
        if len(found) != 1:
            what = f"{len(found)} schools that wait are called {said!r}" if found else f"No school {said!r} waits"
            raise SyncRefused(what, do="`roster start` lists those that wait, with their ids")
        chosen += found
    return chosen
