"""`roster start` and `roster end`: new sites and somebody's yes to what Clever shares of them; sites that leave.

Belongs here: their arguments, and which of the sites that wait are meant. Does not belong here: what a confirmation
does (`plan/start.py`).
"""

from __future__ import annotations

from collections.abc import Sequence

import click

from roster_pipeline.cli.common import DISTRICT, JSON, ask, each, show, sync_code
from roster_pipeline.cli.syncs import districts_to_sync
from roster_pipeline.cli.telling import print_started, print_sync, print_waiting
from roster_pipeline.cli.terminal import Row, say
from roster_pipeline.config import usable_settings
from roster_pipeline.errors import RosterError, SyncRefused
from roster_pipeline.history.words import counted


@click.command("start")
@DISTRICT
@click.option("sites", "--site", metavar="ID", multiple=True, help="This site only, by id or name; may be repeated.")
@click.option("--confirm", is_flag=True, help="Confirm the counts as they were shown, and sync.")
@click.option("--again", is_flag=True, help="Ask Clever once more before they are shown.")
@click.option("requested_by", "--by", metavar="NAME", default="terminal", help="Who confirms; kept with the site.")
@JSON
def start(
    district: str | None, sites: tuple[str, ...], confirm: bool, again: bool, requested_by: str, as_json: bool
) -> None:
    """Start the sync of new sites: see what Clever shares of them, then confirm it.

    Nothing of a site is on the roster before. Exit 0 done, 1 failed, 3 held, refused, or other counts than you saw.
    """
    from roster_pipeline.cli.launch import launch_start, launch_sync, must_ask, waiting_sites

    if confirm and again:
        raise click.UsageError("--confirm is about counts that you have seen; look at them with --again first.")
    settings = usable_settings()
    slugs = districts_to_sync(settings, district, sites)

    def shown(slug: str) -> Row:
        found = waiting_sites(settings, slug)
        if again or must_ask(settings, slug):
            row = launch_sync(settings, slug, (), requested_by)
            if wrong := row["failure"] or row["error"]:
                kind = SyncRefused if row["status"] == "refused" else RosterError
                raise kind(wrong.rstrip("."), do="`roster start` tries again")
            found = row["waiting"]
        return {"waiting": _chosen(found, sites)}

    def confirmed(slug: str) -> Row:
        waiting = _chosen(waiting_sites(settings, slug), sites)
        if not waiting:
            raise SyncRefused("No site waits for confirmation", do=f"`roster start --district {slug}` shows who does")
        return _with_started(launch_start(settings, slug, requested_by, waiting), waiting)

    if confirm:
        show(each(slugs, confirmed), print_started, as_json, name="syncs", code=_start_code)
    else:
        show(each(slugs, shown), print_waiting, as_json)


def _with_started(row: Row, asked: Sequence[Row]) -> Row:
    """The sync with what became of the sites that were confirmed: `started`, or `moved`, as Clever shares them now."""
    ids = {site["site_id"] for site in asked}
    moved = [site for site in row["waiting"] if site["site_id"] in ids]
    on = {site["site_id"] for site in row["sites"] if site["status"] == "confirmed"}
    return {**row, "started": [site["name"] for site in asked if site["site_id"] in on], "moved": moved}


def _start_code(row: Row) -> int:
    """Done is done, though others wait and the sync is called held for that."""
    all_done = row["status"] == "held" and not row["held"] and row["started"] and not row["moved"]
    return 0 if all_done and not row["failure"] and not row["interrupted"] else sync_code(row)


def _chosen(waiting: Sequence[Row], sites: Sequence[str]) -> list[Row]:
    """Those that wait, or those that are named of them. Raises SyncRefused for a name of none, or of several."""
    if not sites:
        return list(waiting)
    chosen = []
    for said in sites:
        found = [w for w in waiting if said.casefold() in (w["site_id"].casefold(), w["name"].casefold())]
        if len(found) != 1:
            what = f"{len(found)} sites that wait are called {said!r}" if found else f"No site {said!r} waits"
            raise SyncRefused(what, do="`roster start` lists those that wait, with their ids")
        chosen += [one for one in found if one not in chosen]
    return chosen


@click.command("end")
@click.argument("site")
@DISTRICT
@click.option("--confirm", is_flag=True, help="End it; without this, only what would end is shown.")
@click.option("requested_by", "--by", metavar="NAME", default="terminal", help="Who ends it; kept with the sync.")
@click.option("why", "--why", metavar="TEXT", default="", help="Why; kept with the sync.")
@JSON
def end(site: str, district: str | None, confirm: bool, requested_by: str, why: str, as_json: bool) -> None:
    """End a site that is not on Clever any more: archive all of its people and sections that are there alone.

    SITE is its id or name. Exit 0 done, 1 failed, 3 refused, or not confirmed.
    """
    from roster_pipeline.cli.launch import launch_end
    from roster_pipeline.history import report
    from roster_pipeline.plan.start import refuse_on_clever

    found = [
        {"district": row["district"], **one}
        for row in ask(district, lambda c: {"sites": report.sites(c)})
        for one in row.get("sites", ())
        if site.casefold() in (one["site_id"].casefold(), one["name"].casefold())
    ]
    if len(found) != 1:
        what = f"{len(found)} sites are called {site!r}" if found else f"There is no site {site!r}"
        raise SyncRefused(what, do="`roster status` lists them, with their ids")
    (one,) = found
    refuse_on_clever(one["site_id"], _source_now(one["district"], one["site_id"]))
    if not confirm:
        if not as_json:
            people, sections = counted(one["people"], "person", "people"), counted(one["sections"], "section")
            say(f"{one['district']}: {people}, {sections} of {one['name']} would end.")
        raise SyncRefused(f"{one['name']} is as it was", do="`--confirm` ends it")
    asked = {"site": one["site_id"], "people": one["people"], "why": why}
    show(
        [launch_end(usable_settings(), one["district"], requested_by, **asked)],
        _print_ended,
        as_json,
        name="syncs",
        code=sync_code,
    )


def _source_now(district: str, site_id: str) -> str:
    """Where the enrollments of a site come from, as data/sites.csv says now."""
    from roster_pipeline.mapping.inputs import read_site_settings

    settings = read_site_settings(usable_settings().data, district).rows
    return next((s.enrollment_source for s in settings if s.site_id == site_id.lower()), "clever")


def _print_ended(row: Row) -> None:
    print_sync(row)
    if not (row["failure"] or row["error"]):
        say(f"  it can be taken back: `roster undo {row['sync_id']}`")
