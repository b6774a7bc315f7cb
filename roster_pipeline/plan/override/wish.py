"""What a person wants to override: checked, and handed to the sync that puts it into effect.

Belongs here: finding whom and what somebody means, and a sentence for what cannot be done. Does not belong here: what
an override does (`effect.py`), and launching anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import duckdb

from roster_pipeline import model
from roster_pipeline.errors import RosterError, SyncRefused
from roster_pipeline.mapping.cells import quoted
from roster_pipeline.mapping.inputs import CLEVER_SUBJECTS
from roster_pipeline.model import GRADES
from roster_pipeline.warehouse.sql import has_rows, make, run

Kind = Literal["exclude", "keep", "protect", "add"]
LONGEST_VALUE = 200


@dataclass(frozen=True)
class Wish:
    """One thing to override; people, sections and sites are named by an id, ours or Clever's, and sites by name too.

    `exclude` has a person; `keep` a person or a section, a `field`, and a `value`, or the one that the roster has;
    `protect` and `add` a person, a section (in a `role`) or a site, and the day `until` which it holds.
    """

    kind: Kind
    person: str = ""
    section: str = ""
    site: str = ""
    role: str = ""
    field: str = ""
    value: str = ""
    until: date | None = None


@dataclass(frozen=True)
class Ending:
    """The number of an override that is to end."""

    no: int


def ask(
    connection: duckdb.DuckDBPyConnection, asked: Wish | Ending, *, by: str, why: str, at: datetime, today: date
) -> None:
    """Fills `input.overrides` or `input.ended_overrides`, from which the sync takes it.

    Raises RosterError for what is not there or cannot be understood, SyncRefused for what would have no effect.
    """
    if not why.strip():
        raise RosterError("No reason was given", do="Say why; it is kept with the override")
    if isinstance(asked, Ending):
        make(connection, "plan/override/ending", no=asked.no)
        if not has_rows(connection, "input.ended_overrides"):
            raise RosterError(f"No override {asked.no} stands", do="`roster override list` has their numbers")
        return
    if asked.until is not None and asked.until < today:
        raise RosterError(f"{asked.until} is over, today is {today}", do="Name a day that is still to come")
    found = _subject(connection, asked)
    until = {"until": asked.until, "by": by, "why": why.strip(), "at": at}
    make(connection, "plan/override/asked", **found, **until)
    where = {name: found[name] for name in ("kind", "user_id", "section_id", "site_id")}
    if asked.kind == "keep" and not has_rows(connection, "input.overrides WHERE value IS NOT NULL"):
        raise RosterError(f"The roster has no {asked.field} there to keep", do="Give the value")
    if at_manual := run(connection, "plan/override/at_manual_site", **where).fetchone():
        raise SyncRefused(
            f"Site {at_manual[0]} is not on Clever: its roster stays as it is, and no override there could end",
            do="Make it `clever` in data/sites.csv first",
        )
    make(connection, "plan/override/replaced")


_NOTHING = dict.fromkeys(("user_id", "section_id", "site_id", "role", "field", "value"))


def _subject(connection: duckdb.DuckDBPyConnection, wish: Wish) -> dict[str, Any]:
    """What the override is about, in our ids; see `asked.sql`."""
    match wish.kind:
        case "exclude":
            _only(wish, "person")
            return {**_NOTHING, "kind": "exclude", "user_id": _person(connection, wish.person, in_force=False)[0]}
        case "keep":
            return {**_NOTHING, "kind": "keep", **_kept(connection, wish)}
    return {**_NOTHING, "kind": wish.kind, **_membership(connection, wish)}


def _only(wish: Wish, *names: str) -> None:
    """Raises RosterError for something that this kind of override has no use for."""
    told = [n for n in ("person", "section", "site", "role", "field", "value") if getattr(wish, n) and n not in names]
    if told:
        raise RosterError(f"`{wish.kind}` takes no {' and no '.join(told)}", do="Leave that out")


def _kept(connection: duckdb.DuckDBPyConnection, wish: Wish) -> dict[str, Any]:
    if bool(wish.person) == bool(wish.section):
        raise RosterError("A field is kept of a person or of a section", do="Name one of the two")
    _only(wish, "person", "section", "field", "value")
    known = model.KEPT_FIELDS["users" if wish.person else "sections"]
    if wish.field not in known:
        raise RosterError(f"{quoted(wish.field)} cannot be kept", do=f"Name one of {', '.join(known)}")
    if wish.value and (not wish.value.isprintable() or len(wish.value) > LONGEST_VALUE or not wish.value.strip()):
        raise RosterError("The value cannot be kept", do=f"Give one line of at most {LONGEST_VALUE} characters")
    kept = {"field": wish.field, "value": _value(wish) or None}
    if wish.person:
        return {**kept, "user_id": _person(connection, wish.person)[0]}
    return {**kept, "section_id": _section(connection, wish.section)}


def _value(wish: Wish) -> str:
    """The value as Clever writes it, where only some are possible: so nothing that names anybody gets there."""
    possible = {"grade": GRADES, "subject": CLEVER_SUBJECTS}.get(wish.field, ())
    if not wish.value or not possible:
        return wish.value
    found = {one.lower(): one for one in possible}.get(wish.value.strip().lower())
    if found is None:
        raise RosterError(f"The value is no {wish.field} that Clever has", do=f"Give one of {', '.join(possible)}")
    return found


def _membership(connection: duckdb.DuckDBPyConnection, wish: Wish) -> dict[str, Any]:
    _only(wish, "person", "section", "site", *(["role"] if wish.section else []))
    if bool(wish.section) == bool(wish.site):
        raise RosterError("A membership is in a section or at a site", do="Name one of the two")
    if wish.until is None:
        raise RosterError("A membership is protected or added until a day", do="Name the last one")
    user_id, roles = _person(connection, wish.person)
    place: dict[str, Any] = {"section_id": None, "site_id": None, "role": None}
    if wish.section:
        place |= {"section_id": _section(connection, wish.section), "role": _role(wish.role, roles)}
    else:
        place["site_id"] = _site(connection, wish.site)
    there = run(connection, "plan/override/place", user_id=user_id, **place).fetchone() is not None
    where = f"in section {place['section_id']} as {place['role']}" if wish.section else f"at site {place['site_id']}"
    if wish.kind == "protect" and not there:
        raise SyncRefused(f"Person {user_id} is not {where}", do="Add them there (`add`) instead")
    if wish.kind == "add" and there:
        raise SyncRefused(f"Person {user_id} is {where} already", do="Protect that (`protect`) instead")
    return {"user_id": user_id, **place}


def _role(said: str, roles: list[str]) -> str:
    """The role in a section: the one that was said, or the only one that the person has."""
    possible = [role for role in ("student", "teacher") if role in roles]
    if said and said not in possible:
        raise RosterError(f"The person is no {quoted(said)}", do=f"Name a role that they have: {possible or 'none'}")
    if not said and len(possible) != 1:
        what = "both student and teacher" if possible else "neither student nor teacher"
        raise RosterError(f"The person is {what}", do="Name the role" if possible else "Only these are in sections")
    return said or possible[0]


def _person(connection: duckdb.DuckDBPyConnection, said: str, *, in_force: bool = True) -> tuple[str, list[str]]:
    """The id and the roles of one person."""
    user_id, status, roles = _one(connection, "person", said)
    if in_force and status == "archived":
        raise SyncRefused(f"Person {user_id} is archived", do="Override something of somebody who is on the roster")
    return str(user_id), list(roles or ())


def _section(connection: duckdb.DuckDBPyConnection, said: str) -> str:
    section_id, status = _one(connection, "section", said)
    if status != "active":
        raise SyncRefused(f"Section {section_id} is {status}", do="Name one that is active; `roster map list` has them")
    return str(section_id)


def _site(connection: duckdb.DuckDBPyConnection, said: str) -> str:
    site_id, status = _one(connection, "site", said)
    if status != "confirmed":
        raise SyncRefused(f"Site {site_id} is {status}", do="Name one that is on the roster; `roster status` has them")
    return str(site_id)


def _one(connection: duckdb.DuckDBPyConnection, kind: str, said: str) -> tuple[Any, ...]:
    """The one of this kind with the id, or, of sites, the name, that somebody says."""
    said = said.strip()
    if not said:
        raise RosterError(f"No {kind} was named", do="Give an id")
    found: list[tuple[Any, ...]] = run(connection, f"plan/override/find_{kind}", said=said).fetchall()
    if len(found) != 1:
        what = f"More than one {kind} is" if found else f"No {kind} on the roster is"
        raise RosterError(f"{what} {quoted(said)}", do="Give a whole id, ours or Clever's; `roster explain` finds it")
    return found[0]
