"""Commands that run the pipeline: sync, plan, publish.

Belongs here: their arguments. Does not belong here: running anything (`launch.py`), printing (`terminal.py`).
"""

from __future__ import annotations

from collections.abc import Sequence

import click

from roster_pipeline.cli.common import DISTRICT, JSON, LIMIT, each, refuse_unknown, show, sync_code
from roster_pipeline.cli.telling import print_plan, print_sync, print_waiting
from roster_pipeline.cli.terminal import Row, say
from roster_pipeline.config import Settings, usable_settings
from roster_pipeline.errors import RosterError


@click.command("sync")
@DISTRICT
@click.option("sites", "--site", metavar="ID_OR_NAME", multiple=True, help="Sync this site only; may be repeated.")
@click.option("requested_by", "--by", metavar="NAME", default="terminal", help="Who asks, as the history will show it.")
@JSON
def sync_now(district: str | None, sites: tuple[str, ...], requested_by: str, as_json: bool) -> None:
    """Sync Now: ask Clever, and bring the roster up to date. With --site, only what that site needs is asked.

    Exit 0 done, 1 failed, 3 held or refused.
    """
    from roster_pipeline.cli.launch import launch_start, launch_sync, was_undone

    settings = usable_settings()
    slugs = districts_to_sync(settings, district, sites)

    def synced(slug: str) -> Row:
        row = launch_sync(settings, slug, sites, requested_by)
        if not settings.is_demo or not row["waiting"] or was_undone(settings, slug):
            return row
        if any(site["status"] != "new" for site in row["sites"]):
            return row
        if not as_json:
            print_waiting({"district": slug, **row})
            say("These are synthetic people, so the demo confirms them for you, as `roster start --confirm` does.")
        return launch_start(settings, slug, "demo", row["waiting"])

    done = each(slugs, synced)
    show(done, print_sync, as_json, name="syncs", code=sync_code)


@click.command("plan")
@DISTRICT
@click.option(
    "--limit",
    type=LIMIT,
    default=20,
    show_default=True,
    help="How many records to list at most; the counts are of all.",
)
@JSON
def show_plan(district: str | None, limit: int, as_json: bool) -> None:
    """Look before: what a sync would change now, and what would be held. Applies nothing."""
    from roster_pipeline.cli.launch import launch_plan

    settings = usable_settings()
    slugs = districts_to_sync(settings, district, ())
    show(each(slugs, lambda slug: launch_plan(slug, limit)), print_plan, as_json)


@click.command("publish")
@DISTRICT
@JSON
def publish_again(district: str | None, as_json: bool) -> None:
    """Make the published copy again, after it could not be made; every sync does so too."""
    from roster_pipeline.cli.launch import launch_publish
    from roster_pipeline.warehouse.warehouse import Warehouse

    warehouse = Warehouse(usable_settings().warehouse)
    known = [d.slug for d in warehouse.districts()]
    refuse_unknown(district, known)

    def made(slug: str) -> dict[str, object]:
        launch_publish(slug, "roster publish")
        return {"published": warehouse.folder(slug).published}

    slugs = [s for s in known if district in (None, s) and warehouse.folder(s).roster.exists()]
    show(each(slugs, made), lambda row: say(f"{row['district']}: published {row['published']}"), as_json)


def districts_to_sync(settings: Settings, district: str | None, sites: Sequence[str]) -> list[str]:
    """The one district, or all that Clever lists."""
    from roster_pipeline.cli.launch import known_districts

    known = known_districts(settings)
    refuse_unknown(district, [d.slug for d in known])
    listed = [d.slug for d in known if d.left_at is None]
    if sites and district is None and len(listed) > 1:
        raise click.UsageError("--site needs --district, because there are several districts.")
    if not district and not listed:
        raise RosterError("Clever lists none of the districts any more", do="`roster status` says since when")
    return [district] if district else listed
