"""`roster override`: a person's hand on the roster, which syncs respect.

Belongs here: the arguments, and how an answer looks. Does not belong here: what an override is (`plan/override/`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import click

from roster_pipeline import model
from roster_pipeline.cli.common import DISTRICT, JSON, ask, each, readable, show, sync_code
from roster_pipeline.cli.telling import print_hold
from roster_pipeline.cli.terminal import Row, print_table, say
from roster_pipeline.config import usable_settings
from roster_pipeline.errors import RosterError
from roster_pipeline.history.words import counted

_DAY = click.DateTime(formats=["%Y-%m-%d"])
_UNTIL = click.option("--until", metavar="DATE", type=_DAY, help="The last day on which it counts.")
_OPTIONS: tuple[Callable[[Any], Any], ...] = (
    DISTRICT,
    click.option("requested_by", "--by", metavar="NAME", default="terminal", help="Who overrides; kept with it."),
    click.option("why", "--why", metavar="TEXT", required=True, help="Why, without anybody's name; kept with it."),
    click.option("preview", "--preview", is_flag=True, help="Only count what would change."),
    JSON,
)


def _with_options(command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.group("override")
def override() -> None:
    """What somebody holds against Clever: people excluded, fields kept, memberships protected or added."""


@override.command("exclude")
@click.argument("person")
@_UNTIL
@_with_options
def exclude(person: str, until: datetime | None, **common: Any) -> None:
    """Take somebody off the roster and keep them off, whatever Clever shares.

    PERSON is an id, ours or Clever's, an e-mail or an SIS id. Exit 0 done, 1 failed, 3 held or refused.
    """
    slug, _, user_id = _meant(person, common["district"], "person")
    _launch(slug, common, kind="exclude", person=user_id, until=_said(until))


@override.command("keep")
@click.argument("who", metavar="PERSON_OR_SECTION")
@click.argument("field", metavar="FIELD", type=click.Choice(sorted(set().union(*model.KEPT_FIELDS.values()))))
@click.argument("value", required=False, default="")
@_UNTIL
@_with_options
def keep(who: str, field: str, value: str, until: datetime | None, **common: Any) -> None:
    """Keep a field as VALUE, or as it is on the roster now, whatever Clever sends.

    FIELD is first_name, last_name, email, grade or sis_id of a person, name, subject or grade of a section.
    Exit 0 done, 1 failed, 3 held or refused.
    """
    slug, kind, id_ = _meant(who, common["district"])
    _launch(slug, common, value, kind="keep", field=field, until=_said(until), **{kind: id_})


def _membership(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--until", metavar="DATE", type=_DAY, required=True, help="The last day on which it counts."),
        click.option("--role", type=click.Choice(["student", "teacher"]), help="In a section, for who is both."),
        click.option("--site", metavar="ID_OR_NAME", help="The membership of this site."),
        click.option("--section", metavar="ID", help="The membership of this section."),
        click.argument("person"),
    ):
        command = option(command)
    return command


@override.command("protect")
@_membership
@_with_options
def protect(**asked: Any) -> None:
    """Keep somebody in a section or at a site until a day, though Clever does not list them there any more.

    Exit 0 done, 1 failed, 3 held or refused.
    """
    _place("protect", **asked)


@override.command("add")
@_membership
@_with_options
def add(**asked: Any) -> None:
    """Put somebody into a section or at a site until a day, where Clever does not list them.

    Exit 0 done, 1 failed, 3 held or refused.
    """
    _place("add", **asked)


@override.command("end")
@click.argument("no", type=click.IntRange(1))
@_with_options
def end(no: int, **common: Any) -> None:
    """End the override with this number: what Clever says counts again. Exit 0 done, 1 failed, 3 held or refused."""
    standing = list(ask(common["district"], lambda c: {"overrides": _standing(c)}))
    slugs = [row["district"] for row in standing if no in [o["no"] for o in row.get("overrides", ())]]
    if len(slugs) != 1:
        what = f"Override {no} stands in {len(slugs)} districts" if slugs else f"No override {no} stands"
        raise RosterError(what, do="`roster override list` has their numbers; `--district` says which district")
    _launch(slugs[0], common, kind="end", no=no)


@override.command("list")
@click.option("every", "--all", is_flag=True, help="Also those that were ended or undone.")
@DISTRICT
@JSON
def listed(every: bool, district: str | None, as_json: bool) -> None:
    """What is overridden, by whom and why, until when, and what Clever says beside it; first what expires first."""
    show(ask(district, lambda c: {"overrides": _standing(c, every=every)}), _print_list, as_json)


def _standing(connection: Any, *, every: bool = False) -> list[Row]:
    from roster_pipeline.history.overrides import overrides

    return overrides(connection, every=every)


def _said(until: datetime | None) -> str:
    return until.date().isoformat() if until else ""


def _place(
    kind: str, person: str, section: str | None, site: str | None, role: str | None, until: datetime, **common: Any
) -> None:
    if bool(section) == bool(site):
        raise click.UsageError("Name a section or a site, with --section or --site.")
    slug, _, user_id = _meant(person, common["district"], "person")
    where = {"section": _meant(section, slug, "section")[2]} if section else {"site": site, "role": ""}
    _launch(slug, common, kind=kind, person=user_id, until=_said(until), **{"role": role or "", **where})


def _meant(who: str, district: str | None, kind: str | None = None) -> tuple[str, str, str]:
    """The district, the kind and the id of whom or what somebody means; what they typed goes no further."""
    from roster_pipeline.history.explain.facts import read_context
    from roster_pipeline.history.explain.find import find

    warehouse, slugs = readable(district)

    def answer(slug: str) -> Row:
        with warehouse.read_all(slug) as (connection, staged):
            matches = find(connection, read_context(connection, slug, named=True, staged=staged), who)
            return {"found": [(m.kind, m.id) for m in matches if m.kind == (kind or m.kind)]}

    found = [(row["district"], *match) for row in each(slugs, answer) for match in row.get("found", ())]
    if len(found) != 1:
        things = kind or "person or section"
        what = f"More than one {things} is called so" if found else f"No {things} is called so"
        raise RosterError(what, do="`roster explain` finds their ids; `--district` says which district")
    return found[0]


def _launch(slug: str, common: Row, value: str = "", /, **asked: Any) -> None:
    from roster_pipeline.cli.launch import launch_override, preview_override

    asked["why"] = common["why"]
    if common["preview"]:
        found = preview_override(slug, common["requested_by"], value, **asked)
        show([{"district": slug, **found}], _print_preview, common["as_json"])
    done = launch_override(usable_settings(), slug, common["requested_by"], value, **asked)
    (stands,) = ask(slug, lambda c: {"overrides": [o for o in _standing(c) if o["sync_id"] == done["sync_id"]]})
    show([{**done, **stands}], _print_done, common["as_json"], name="syncs", code=sync_code)


def _print_preview(row: Row) -> None:
    changes = {name: n for name, n in row.items() if " " in name}
    told = ", ".join(f"{name} {n:,}" for name, n in changes.items()) or "nothing"
    say(f"{row['district']}: would change: {told}; held: {row['held']:,}. Nothing was changed.")
    for message in row["holds"]:
        say(f"  {message}")


_WORTH = {
    "works": "it holds against what Clever says",
    "idle": "it makes no difference now: Clever says the same",
    "held": "it waits: what it changes is held, see `roster holds`",
    "manual": "its site is not on Clever, and the roster there stays as it is",
    "gone": "it has no effect now: who or what it is about is not on the roster",
}


def _print_done(row: Row) -> None:
    if row["failure"] or row["error"]:
        say(f"{row['district']}: {row['failure'] or row['error']}", err=True)
        return
    changes = sum(row[name] for name in ("created", "archived", "updated", "restored"))
    say(f"{row['district']}: sync {row['sync_id']} {row['status']}, {counted(changes, 'change')}")
    for made in row["overrides"]:
        until = f" until {made['until']}" if made["until"] else ""
        say(f"  override {made['no']} stands{until}; {_WORTH[made['state']]}")
    if row["held"]:
        say(f"  {counted(row['held'], 'change waits', 'changes wait')} for somebody to approve it")
        for hold in row["holds"]:
            print_hold(hold)
    say(f"  to take it back: `roster undo {row['sync_id']}`")


def _print_list(row: Row) -> None:
    found = row["overrides"]
    say(f"{row['district']}: {counted(len(found), 'override')}")
    print_table(
        [
            {
                "no": o["no"],
                "what": " ".join(filter(None, (o["kind"], o["field"]))),
                "state": o["state"],
                "value": o["value"],
                "Clever": o["clever_value"],
                "of": o["person"] or o["section"] or o["user_id"] or o["section_id"],
                "where": (o["section"] or o["section_id"] if o["user_id"] else None) or o["site"] or o["site_id"],
                "until": _day_of(o["until"]),
                "by": o["by"],
                "because": o["why"],
                "id": o["user_id"] or o["section_id"],
            }
            for o in found
        ]
    )


def _day_of(until: date | None) -> str:
    return until.isoformat() if until else "it is ended"
