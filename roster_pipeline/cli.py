"""`roster`: the same jobs from a terminal, and the questions people ask most.

Belongs here: arguments, printing and exit codes. Does not belong here: any rule about rosters. Whatever is
slow to import is imported by the command that needs it.
"""

from __future__ import annotations

import logging
import signal
import sys
from collections.abc import Callable, Sequence
from typing import Any

import click

from roster_pipeline.config import DEMO, Settings, load_settings
from roster_pipeline.errors import RosterError, SyncRefused
from roster_pipeline.terminal import Row, print_details, print_hold, print_json, print_sync, print_table, site_rows

_EXITS = {"failed": 1, "held": 3, "refused": 3}
_JSON = click.option(
    "as_json",
    "--json",
    is_flag=True,
    help="One JSON document on standard output, all else on standard error.",
)
_DISTRICT = click.option("--district", metavar="SLUG", help="This district only; without it, all of them.")


class _Commands(click.Group):
    """Turns an error a person can act on into one line and its exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except RosterError as error:
            click.echo(f"roster: {error}", err=True)
            sys.exit(error.exit_code)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Take Clever's people and classes over into the platform's roster, and say what happened."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    logger = logging.getLogger("roster_pipeline")
    logger.handlers = [handler]
    logger.setLevel(logging.INFO)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: told in one line, and recorded


@main.command()
@_DISTRICT
@click.option("sites", "--site", metavar="ID", multiple=True, help="Apply changes at this site only; may be repeated.")
@click.option("requested_by", "--by", metavar="NAME", default="terminal", help="Who asks, as the history will show it.")
@_JSON
def sync(district: str | None, sites: tuple[str, ...], requested_by: str, as_json: bool) -> None:
    """Sync Now: ask Clever, and bring the roster up to date.

    Exit 0 done, 1 failed, 3 held or refused.
    """
    from roster_pipeline.launch import launch_sync

    settings = load_settings()
    done: list[Row] = []
    for slug in _districts_to_sync(settings, district, sites):
        done.append(launch_sync(settings, slug, sites, requested_by))
        if not as_json:
            print_sync(done[-1])
        if done[-1]["interrupted"]:
            break
    if as_json:
        print_json({"syncs": done})
    sys.exit(_exit_code(done))


@main.command()
@_DISTRICT
@_JSON
def publish(district: str | None, as_json: bool) -> None:
    """Make the published copy again, after it could not be made; every sync does so too."""
    from roster_pipeline.launch import launch_publish
    from roster_pipeline.resources.warehouse import Warehouse

    warehouse = Warehouse(load_settings().warehouse)
    slugs = [warehouse.identity(district).slug] if district else [d.slug for d in warehouse.districts()]
    done = [s for s in slugs if warehouse.folder(s).roster.exists()]
    for slug in done:
        launch_publish(slug, "roster publish")
        if not as_json:
            click.echo(f"{slug}: published {warehouse.folder(slug).published}")
    if as_json:
        print_json({"districts": [{"district": s, "published": warehouse.folder(s).published} for s in done]})


@main.command()
@_DISTRICT
@_JSON
def status(district: str | None, as_json: bool) -> None:
    """Districts and sites, and when each was last synced successfully."""
    from roster_pipeline import report
    from roster_pipeline.resources.warehouse import Warehouse

    def ask(connection: Any) -> Row:
        sync, without = report.sync(connection, None), report.lines_without(connection)
        return {"sites": report.sites(connection), "last_sync": sync, "lines_that_name_nothing": without}

    found = _ask(district, ask)
    warehouse = Warehouse(load_settings().warehouse)
    for row in found:
        row["published_is_behind"] = warehouse.is_behind(row["district"])
        row["left_at"] = warehouse.identity(row["district"]).left_at
    if as_json:
        print_json({"districts": found})
        return
    for row in found:
        last = row["last_sync"]
        click.echo(f"{row['district']}: last sync {last['sync_id']} {last['status']}")
        if row["published_is_behind"]:
            click.echo(f"  older than the truth: `roster publish --district {row['district']}` makes this copy again")
        if row["left_at"]:
            since = f"has left: not listed by Clever since {row['left_at']:%Y-%m-%d %H:%M} UTC, and not synced any more"
            click.echo(f"  {since}; `roster forget {row['district']}` takes it off")
        if (without := row["lines_that_name_nothing"])["lines"]:
            count = (
                "1 line of data/*.csv names"
                if without["lines"] == 1
                else f"{without['lines']:,} lines of data/*.csv name"
            )
            told = f"{count} nothing that is there"
            click.echo(f"  {told}; `roster details {without['sync_id']}` lists them")
        print_table(site_rows(row["sites"]))


@main.command()
@_DISTRICT
@click.option("--limit", default=7, show_default=True, help="How many.")
@_JSON
def recent(district: str | None, limit: int, as_json: bool) -> None:
    """The last syncs, the newest first."""
    from roster_pipeline import report

    found = _ask(district, lambda c: {"syncs": report.recent(c, limit)})
    if as_json:
        print_json({"districts": found})
        return
    columns = (
        "sync_id",
        "trigger",
        "status",
        "requested_by",
        "created",
        "updated",
        "archived",
        "restored",
        "held",
        "unchanged",
    )
    for row in found:
        click.echo(row["district"])
        print_table([{c: s[c] for c in columns} for s in row["syncs"]])
        for failed in (s for s in row["syncs"] if s["error"]):
            click.echo(f"  {failed['sync_id']} {failed['status']}: {failed['error']}")


@main.command()
@click.argument("sync_id", required=False)
@_DISTRICT
@click.option("--entity", metavar="NAME", help="List the records of this entity: sites, users, sections, ...")
@click.option("--action", metavar="NAME", help="List the records with this action: create, update, archive, ...")
@click.option("--since", metavar="SYNC_ID", help="List what differs between that sync and this one.")
@click.option("--record", metavar="ID", help="Tell the life of one record over all syncs, by its id in sync.changes.")
@click.option("--limit", default=50, show_default=True, help="How many records to list at most.")
@_JSON
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
    from roster_pipeline import report

    def ask(connection: Any) -> Row:
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

    found = _ask(district, ask, first_that_knows=sync_id is not None)
    if as_json:
        print_json({"districts": found})
        return
    for row in found:
        if record or since:
            click.echo(row["district"])
            print_table(row["life"] if record else row["differences"])
        else:
            print_details(row)


@main.command()
@_DISTRICT
@click.option("--limit", default=20, show_default=True, help="How many records to list at most; the counts are of all.")
@_JSON
def plan(district: str | None, limit: int, as_json: bool) -> None:
    """Look before: what a sync would change now, and what would be held. Applies nothing."""
    from roster_pipeline.launch import launch_plan

    settings = load_settings()
    plans = {slug: launch_plan(settings, slug, limit) for slug in _districts_to_sync(settings, district, ())}
    if as_json:
        print_json({"districts": [{"district": slug, **plan} for slug, plan in plans.items()]})
        return
    for slug, plan in plans.items():
        planned = sum(c["changes"] for c in plan["counts"])
        held = sum(c["changes"] for c in plan["counts"] if c["held_by"])
        click.echo(f"{slug}: {planned:,} changes planned, {held:,} of them held")
        print_table(plan["counts"])
        print_table([{k: c[k] for k in ("entity", "action", "entity_id", "before", "after")} for c in plan["changes"]])


@main.command()
@click.argument("hold_id", required=False)
@_DISTRICT
@click.option("every", "--all", is_flag=True, help="Closed holds too.")
@click.option("--limit", default=50, show_default=True, help="How many records of the named hold to list at most.")
@_JSON
def holds(hold_id: str | None, district: str | None, every: bool, limit: int, as_json: bool) -> None:
    """What guards hold back, and how to approve it; of a hold that is named, every record it keeps back."""
    from roster_pipeline import report

    if hold_id:
        district, hold_id = _find("holds", "hold_id", hold_id)

    def ask(connection: Any) -> Row:
        found = report.holds(connection, every=every or hold_id is not None)
        if not hold_id:
            return {"holds": found}
        changes = report.hold_changes(connection, hold_id, limit)
        return {"holds": [h for h in found if h["hold_id"] == hold_id], "changes": changes}

    found = _ask(district, ask)
    if as_json:
        print_json({"districts": found})
        return
    for row in found:
        click.echo(f"{row['district']}: {len(row['holds'])} holds")
        for hold in row["holds"]:
            print_hold(hold)
        print_table(row.get("changes", []))


_BY = click.option(
    "requested_by", "--by", metavar="NAME", default="terminal", help="Who decides; kept with the decision."
)
_CHANGE = click.option("--change", is_flag=True, help="Overrule what somebody has decided about it already.")
_WHY = click.option("reason", "--why", metavar="TEXT", default="", help="Why; kept with the decision.")


@main.command()
@click.argument("hold_id")
@_BY
@_WHY
@_CHANGE
@_JSON
def approve(hold_id: str, requested_by: str, reason: str, change: bool, as_json: bool) -> None:
    """Let the next sync apply exactly the changes of one hold, if they are still the same then."""
    _decide(hold_id, "approved", requested_by, reason, change, as_json)


@main.command()
@click.argument("hold_id")
@_BY
@_WHY
@_CHANGE
@_JSON
def reject(hold_id: str, requested_by: str, reason: str, change: bool, as_json: bool) -> None:
    """Keep the changes of one hold back for good, until it is approved after all."""
    _decide(hold_id, "rejected", requested_by, reason, change, as_json)


@main.command()
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
@_JSON
def undo(sync_id: str, only_removals: bool, wins: str, requested_by: str, reason: str, as_json: bool) -> None:
    """Take back one sync, as a sync of its own; what it took back is held until it is approved.

    Exit 0 done, 1 failed, 3 refused.
    """
    from roster_pipeline.launch import launch_undo

    slug, sync_id = _find("syncs", "sync_id", sync_id)
    done = launch_undo(
        load_settings(), slug, requested_by, sync_id=sync_id, only_removals=only_removals, wins=wins, reason=reason
    )
    if as_json:
        print_json({"syncs": [done]})
    else:
        print_sync(done)
    sys.exit(_exit_code([done]))


@main.command()
@click.argument("slug")
@click.option("--yes", is_flag=True, help="Do not ask.")
@_JSON
def forget(slug: str, yes: bool, as_json: bool) -> None:
    """Take off a district that has left Clever: delete its roster, history, decisions and partition, for good.

    Exit 0 done, 2 no such district, 3 refused.
    """
    from roster_pipeline import launch

    settings = load_settings()
    found = launch.forgettable(settings, slug)
    if found is None:
        raise click.UsageError(f"There is no district {slug!r}.")
    has = f"its partition, and {found['folder']} with {found['files']} files, {found['bytes'] / 1e6:.1f} MB"
    what = has if found["folder"] else "its partition; it has no folder"
    question = f"Delete for good all there is of {slug}: {what}?"
    if not yes and not click.confirm(question, err=True):
        raise SyncRefused("Nothing was deleted", do="Answer y, or say --yes")
    launch.forget(settings, slug)
    if as_json:
        print_json({"deleted": found})
    else:
        click.echo(f"{slug}: forgotten. Deleted: {what}. Lines of data/*.csv that name it are left to you.")


@main.group(invoke_without_command=True)
@click.option("--port", default=8765, show_default=True, help="The port on 127.0.0.1.")
@click.option(
    "--students", type=click.IntRange(min=1), help="Make a district of this size instead of the demo district."
)
@click.option(
    "faults", "--fault", metavar="NAME[:RATE[:COUNT]]", multiple=True, help="Misbehave in this way; may be repeated."
)
@_JSON
@click.pass_context
def sandbox(ctx: click.Context, port: int, students: int | None, faults: tuple[str, ...], as_json: bool) -> None:
    """Serve a local Clever over HTTP, with synthetic people, until Ctrl-C."""
    if ctx.invoked_subcommand:
        return
    from roster_pipeline.sandbox.faults import parse_fault
    from roster_pipeline.sandbox.server import run_sandbox

    try:
        chosen = [parse_fault(fault) for fault in faults]
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    run_sandbox(port, students, DEMO, chosen, as_json=as_json)


@sandbox.command()
@click.option("--port", default=8765, show_default=True, help="The port of the sandbox that is running.")
@click.option("--days", default=1, show_default=True, help="How many days pass.")
@click.option("--seed", default=0, show_default=True, help="The same seed on the same district does the same.")
@_JSON
def advance(port: int, days: int, seed: int, as_json: bool) -> None:
    """Let days pass in the sandbox that is running: people come, leave and move; sections change."""
    from roster_pipeline.sandbox.remote import advance_running

    events = [
        {"kind": e.kind, "id": e.id, "school": e.school, "before": e.before}
        for e in advance_running(f"http://127.0.0.1:{port}", days=days, seed=seed)
    ]
    if as_json:
        print_json({"events": events})
    else:
        print_table(events)


def _exit_code(syncs: Sequence[Row]) -> int:
    """That of the gravest: interrupted, failed (or gone wrong after it was applied), held or refused, done."""
    if any(s["interrupted"] for s in syncs):
        return 130
    codes = {1 if s["failure"] else _EXITS.get(s["status"], 0) for s in syncs}
    return next((code for code in (1, 3) if code in codes), 0)


def _districts_to_sync(settings: Settings, district: str | None, sites: Sequence[str]) -> list[str]:
    from roster_pipeline.launch import known_districts
    from roster_pipeline.resources.warehouse import Warehouse

    known = known_districts(settings)
    if district is not None and district not in known:
        raise click.UsageError(f"There is no district {district!r}; known: {', '.join(known) or 'none'}.")
    listed = [d.slug for d in Warehouse(settings.warehouse).districts() if d.left_at is None]
    if sites and district is None and len(listed) > 1:
        raise click.UsageError("--site needs --district, because there are several districts.")
    if not district and not listed:
        raise RosterError("Clever lists none of the districts any more", do="`roster status` says since when")
    return [district] if district else listed


def _ask(district: str | None, question: Callable[[Any], Row], *, first_that_knows: bool = False) -> list[Row]:
    """The answer of each district that was ever synced, with its slug."""
    from roster_pipeline.resources.warehouse import Warehouse

    warehouse = Warehouse(load_settings().warehouse)
    slugs = (
        [district]
        if district
        else [d.slug for d in warehouse.districts() if warehouse.folder(d.slug).published.exists()]
    )
    if not slugs:
        raise RosterError("Nothing has been synced yet", do="Run `roster sync`")
    answers: list[Row] = []
    for slug in slugs:
        try:
            with warehouse.read(slug) as connection:
                answers.append({"district": slug, **question(connection)})
        except RosterError:
            if not first_that_knows or (slug == slugs[-1] and not answers):
                raise
    return answers


def _decide(hold_id: str, decision: str, requested_by: str, reason: str, change: bool, as_json: bool) -> None:
    from roster_pipeline.launch import launch_decision

    slug, hold_id = _find("holds", "hold_id", hold_id)
    done = launch_decision(
        load_settings(), slug, requested_by, hold_id=hold_id, decision=decision, reason=reason, change=change
    )
    if as_json:
        print_json({"district": slug, "hold_id": hold_id, **done})
    elif done["already"]:
        when = f"{done['decided_at']:%Y-%m-%d %H:%M} UTC"
        click.echo(f"{slug}: hold {hold_id} was {decision} by {done['decided_by']} on {when} already.")
    else:
        click.echo(f"{slug}: hold {hold_id} is {decision}; the next sync acts on it.")


def _find(table: str, column: str, start: str) -> tuple[str, str]:
    """The district and the whole id of the one sync or hold that begins with `start`."""

    def matches(connection: Any) -> Row:
        query = f"SELECT DISTINCT {column} FROM sync.{table} WHERE starts_with({column}, ?)"
        return {"ids": [i for (i,) in connection.execute(query, [start]).fetchall()]}

    found = [(row["district"], i) for row in _ask(None, matches) for i in row["ids"]]
    if len(found) != 1:
        how_many = f"{len(found)} of them begin" if found else "none begins"
        raise RosterError(
            f"There is no single {column} {start!r}: {how_many} so",
            do=f"`roster {'recent' if table == 'syncs' else table}` lists them",
        )
    return found[0]
