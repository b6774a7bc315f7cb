"""`roster erase`: take somebody's personal data out of the roster, its history and every file.

Belongs here: its arguments, and how its answer looks. Does not belong here: who may be erased (`plan/erase.py`).
"""

from __future__ import annotations

from collections.abc import Sequence

import click

from roster_pipeline.cli.common import DISTRICT, JSON, ask, each, readable, show, sync_code
from roster_pipeline.cli.terminal import Row, say
from roster_pipeline.config import usable_settings
from roster_pipeline.errors import RosterError
from roster_pipeline.history.words import counted

_KINDS = {
    "roster_values": "names, e-mails and SIS ids on the roster",
    "logged_changes": "changes in the history that have them before or after",
    "undone_changes": "changes that an undo took back",
    "staged_records": "staged records",
    "section_names": "section names that have their family name",
}
"""What is counted, as it is told."""

_FROM_NOW_ON = "from now on nightly syncs erase everybody who was archived more than {days} ago, without asking"


@click.command("erase")
@click.argument("person", metavar="[PERSON_ID]", required=False)
@click.option("--due", is_flag=True, help="Everybody archived more than ROSTER_ERASE_AFTER_DAYS days ago.")
@DISTRICT
@click.option("--confirm", is_flag=True, help="Erase it, for good; without this, what would be erased is counted.")
@click.option("requested_by", "--by", metavar="NAME", default="terminal", help="Who erases; kept with the sync.")
@click.option("why", "--why", metavar="TEXT", default="", help="Why, without anybody's name; kept with the sync.")
@JSON
def erase(
    person: str | None, due: bool, district: str | None, confirm: bool, requested_by: str, why: str, as_json: bool
) -> None:
    """Erase the personal data of an archived person, for good: first see how much, then confirm it.

    PERSON_ID is the platform's or Clever's; ids and counts stay. Exit 0 done or counted, 1 failed, 3 refused.
    """
    from roster_pipeline.cli.launch import launch_in_bulk, preview_in_bulk

    if bool(person) == due:
        raise click.UsageError("Name one person by id, or say --due.")
    settings = usable_settings()
    asked: Row = {"due": True}
    slugs: Sequence[str] = ()
    if person:
        slug, user_id = _find(person, district)
        asked, slugs = {"person": user_id}, [slug]
    else:
        slugs = readable(district)[1]

    days = settings.erase_after_days if due else None

    def count(slug: str) -> Row:
        return {"days": days, "counts": preview_in_bulk(slug, requested_by, "erase_person", **asked)}

    def done(slug: str) -> Row:
        return {"days": days, **launch_in_bulk(settings, slug, requested_by, "erase_person", why=why, **asked)}

    if confirm:
        show(each(slugs, done), _print_done, as_json, name="syncs", code=sync_code)
    else:
        show(each(slugs, count), _print_counts, as_json)


def _find(person: str, district: str | None) -> tuple[str, str]:
    """The district and the user_id of the person; what was typed goes no further, for it may be an e-mail."""
    from roster_pipeline.history import report

    rows = ask(district, lambda c: {"ids": report.users_called(c, person)})
    found = [(row["district"], user_id) for row in rows for user_id in row.get("ids", ())]
    if len(found) != 1:
        what = f"{len(found)} people have this id" if found else "Nobody on a roster has this id"
        do = "`roster explain` finds somebody's ids by e-mail or SIS id; `--district` says which district"
        raise RosterError(what, do=do)
    return found[0]


def _print_counts(row: Row) -> None:
    counts = row["counts"]
    if counts["people"]:
        people = counted(counts["people"], "person", "people")
        say(f"{row['district']}: the data of {people} would be erased, for good")
    else:
        say(f"{row['district']}: nobody is due, and nothing would be erased")
    for name, told in _KINDS.items():
        if counts[name]:
            say(f"  {counts[name]:,} {told}")
    if counts["shared_section_names"]:
        say(f"  not {counts['shared_section_names']:,} names of sections that Clever still shares: it would send them")
    erases = "erases it in every file, and no undo brings it back" if counts["people"] else "erases nothing today"
    say(f"  nothing was changed; `--confirm` {erases}")
    if row["days"] is not None:
        say(f"  with `--confirm`, {_FROM_NOW_ON.format(days=counted(row['days'], 'day'))}")


def _print_done(row: Row) -> None:
    if row["failure"] or row["error"]:
        say(f"{row['district']}: {row['failure'] or row['error']}", err=True)
        return
    if row["people"]:
        people = counted(row["people"], "person", "people")
        say(f"{row['district']}: sync {row['sync_id']} erased the data of {people}")
        say("  the roster, its history and the published copy were written anew without it")
    else:
        say(f"{row['district']}: sync {row['sync_id']}: nobody was due, and nothing was erased")
    if row["days"] is not None:
        say(f"  {_FROM_NOW_ON.format(days=counted(row['days'], 'day'))}")
