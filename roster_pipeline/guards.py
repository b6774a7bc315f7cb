"""The guards: they stand between plan and apply and hold back what looks like an accident.

Belongs here: the order in which a plan is judged, the holds that come of it, and what must wait with a held
change. Does not belong here: what each guard looks for (`guard_extract`, `guard_relinks`, `guard_shares`),
and what people decide about a hold and when (`sync.holds`).

A hold is bound to the fingerprint of its changes: those that the guard judged. What merely follows from
them (the enrollments of a person, the courses of a section) waits with them and is let through with them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import duckdb

from roster_pipeline import model
from roster_pipeline.guard_extract import Sign, signs_of_a_broken_extract
from roster_pipeline.guard_limits import ExpectedChange, Limits, limits_by_site, load_expected, load_limits
from roster_pipeline.guard_relinks import Relinks, resolve_identities
from roster_pipeline.guard_shares import SHARES, in_force, judge, start
from roster_pipeline.guard_undone import follow_sites, mark_undone
from roster_pipeline.guard_undone import sentence as undone_sentence
from roster_pipeline.sql import statement

__all__ = [
    "GUARDS",
    "ExpectedChange",
    "Hold",
    "Limits",
    "Relinks",
    "guard_plan",
    "load_expected",
    "load_limits",
    "resolve_identities",
]

GUARDS = ("undone", "broken_extract", "relink", "relink_ambiguous", "site_setting", "archives", "mapping", "updates")
"""In the order in which they judge."""

_FOLLOWERS = ("follow_site_settings", "follow_user_sites", "follow_enrollments", "follow_section_courses")
_LISTED_SIGNS = 3
_NOUNS = {
    "sites": "sites",
    "users": "people",
    "user_sites": "site memberships",
    "sections": "sections",
    "enrollments": "enrollments",
    "section_courses": "section courses",
}
_PRINT = (
    "bit_xor(md5_number_lower(concat_ws('|', entity, entity_id, action, coalesce(before, ''), coalesce(after, ''))))"
)


@dataclass(frozen=True)
class Hold:
    """Changes of the plan that wait for a person.

    `changes` is how many were judged and are fingerprinted, `of` the records in force that they are compared
    with; `limit` is the percent or number that was passed (0: none is allowed). `blocks` means that the
    whole plan waits. `message` is one line for a person, with ids and names of sites, never of people.
    """

    hold_id: str
    guard: str
    entity: str
    site_id: str | None
    changes: int
    of: int
    limit: float
    fingerprint: str
    message: str
    blocks: bool


def guard_plan(
    connection: duckdb.DuckDBPyConnection,
    limits: Limits,
    *,
    sync_id: str,
    now: datetime,
    expected: Sequence[ExpectedChange] = (),
    approved: Collection[str] = (),
) -> list[Hold]:
    """Marks the rows of `plan.*` that must wait with `held_by`, and returns the holds, gravest guard first.

    Runs after `make_plan`, on a plan whose identities `resolve_identities` resolved. The date of `now`
    says which `expected` windows are open. A hold whose fingerprint is among `approved` lets its changes
    through, is noted in `plan.released` and not returned. Judging a plan again gives the same.
    """
    connection.execute("DELETE FROM plan.released WHERE guard <> 'relink'")
    changes = _changes(connection)
    if not changes or not _any(connection, "roster.sites"):
        return []
    by_site = limits_by_site(limits, expected, now.date())
    start(connection, by_site)
    undone = mark_undone(connection)
    if not undone and not _any(connection, "roster.sites WHERE status <> 'archived'"):
        return []
    connection.execute(statement("guards/sis_role"))
    signs = signs_of_a_broken_extract(connection, by_site[None], sync_id, changes)
    if signs:
        hold = _everything(connection, signs)
        if hold.fingerprint in approved:
            _note_release(connection, hold.guard, hold.fingerprint)
            return _holds(connection, approved)
        for entity in model.ENTITIES:
            connection.execute(f"UPDATE plan.{entity.name} SET held_by = ?", [hold.hold_id])
        return [hold]
    _hold_relinks(connection)
    if ("sites", "update") in changes or ("sites", "archive") in changes:
        _hold_site_settings(connection)
    for share in SHARES:
        if (share.entity, share.action) in changes:
            judge(connection, share)
    return _holds(connection, approved)


def _holds(connection: duckdb.DuckDBPyConnection, approved: Collection[str]) -> list[Hold]:
    """What comes of the limits that were passed, what must wait with it included."""
    holds = _decide(connection, approved)
    if holds:
        follow_sites(connection)
        for name in _FOLLOWERS:
            connection.execute(statement(f"guards/{name}"))
    waiting = _waiting(connection) if holds else {}
    return [_told(hold, waiting[hold.hold_id] - hold.changes) for hold in holds]


def _changes(connection: duckdb.DuckDBPyConnection) -> set[tuple[str, str]]:
    """The (entity, action) pairs of the plan, all of whose rows are free again."""
    found: set[tuple[str, str]] = set()
    for entity in model.ENTITIES:
        rows = connection.execute(f"SELECT action, count(held_by) FROM plan.{entity.name} GROUP BY action").fetchall()
        found |= {(entity.name, action) for action, _ in rows}
        if any(held for _, held in rows):
            connection.execute(f"UPDATE plan.{entity.name} SET held_by = NULL")
    return found


def _note_release(connection: duckdb.DuckDBPyConnection, guard: str, fingerprint: str) -> None:
    connection.execute("INSERT INTO plan.released VALUES (?, ?)", [guard, fingerprint])


def _everything(connection: duckdb.DuckDBPyConnection, signs: Sequence[Sign]) -> Hold:
    """One hold over the whole plan, however many signs there are: it is one decision."""
    ((changes, mark),) = connection.execute(f"SELECT count(*), {_PRINT} FROM plan.changes").fetchall()
    counts = " + ".join(f"(SELECT count(*) FROM {in_force(e.name)})" for e in model.ENTITIES)
    ((of,),) = connection.execute(f"SELECT {counts}").fetchall()
    fingerprint = f"{mark:016x}-{changes}"
    first = signs[0]
    hold_id = _hold_id("broken_extract", first.entity, first.site_id, fingerprint)
    said = "; ".join(s.sentence for s in signs[:_LISTED_SIGNS])
    if len(signs) > _LISTED_SIGNS:
        said += f"; and {len(signs) - _LISTED_SIGNS:,} more signs"
    message = (
        f"Everything is held ({changes:,} changes), the extract looks broken: {said}. "
        f"If it is right after all: `roster approve {hold_id}`"
    )
    return Hold(
        hold_id, "broken_extract", first.entity, first.site_id, changes, of, first.limit, fingerprint, message, True
    )


def _hold_relinks(connection: duckdb.DuckDBPyConnection) -> None:
    """Marks what comes and what goes of the relinks that wait; of those, only what this plan would change counts."""
    if not _any(connection, "plan.relink_trips"):
        return
    for name in ("held_relinks", "hold_waiting_people", "hold_waiting_sections"):
        connection.execute(statement(f"guards/{name}"))
    connection.execute(
        "INSERT INTO plan.trips FROM plan.relink_trips WHERE key IN "
        "(SELECT held_by FROM plan.users UNION SELECT held_by FROM plan.sections)"
    )


def _hold_site_settings(connection: duckdb.DuckDBPyConnection) -> None:
    """Marks everything that a site's leaving Clever would end at that site."""
    row = connection.execute(statement("guards/site_settings")).fetchone()
    if row and row[0]:
        for entity in ("sites", "users", "user_sites", "sections"):
            ends = "true" if entity == "sites" else "p.action = 'archive'"
            connection.execute(
                f"UPDATE plan.{entity} AS p SET held_by = t.key FROM plan.trips AS t "
                f"WHERE t.guard = 'site_setting' AND t.site_id = p.site_id AND p.held_by IS NULL AND {ends}"
            )


def _decide(connection: duckdb.DuckDBPyConnection, approved: Collection[str]) -> list[Hold]:
    """Gives every trip that still has changes its hold id, and releases those that somebody approved."""
    trips = connection.execute(
        'SELECT key, guard, entity, site_id, changes, in_force, "limit", by_count, fingerprint, name '
        "FROM plan.trips LEFT JOIN (SELECT site_id, name FROM roster.sites) USING (site_id)"
    ).fetchall()
    if not trips:
        return []
    prints = _prints(connection)
    ids: list[tuple[str, str | None]] = []
    holds: list[Hold] = []
    for key, guard, entity, site, changes, of, limit, by_count, known, name in trips:
        marked, fingerprint = prints[key]
        fingerprint = known or fingerprint
        hold_id = _hold_id(guard, entity, site, fingerprint)
        released = guard != "relink" and fingerprint in approved  # approved relinks no longer wait by now
        ids.append((key, None if released else hold_id))
        if released:
            _note_release(connection, guard, fingerprint)
        else:
            judged = marked if guard in ("relink_ambiguous", "undone") else changes
            message = (
                undone_sentence(connection, key, judged)
                if guard == "undone"
                else _message(guard, entity, site, name, judged, of, limit, by_count)
            )
            holds.append(Hold(hold_id, guard, entity, site, judged, of, limit, fingerprint, message, False))
    _rename(connection, ids)
    order = [e.name for e in model.ENTITIES]
    return sorted(
        holds, key=lambda h: (GUARDS.index(h.guard), order.index(h.entity), h.site_id is None, h.site_id or "")
    )


def _prints(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[int, str]]:
    """How many changes each trip marked, and their fingerprint."""
    rows = connection.execute(
        f"SELECT held_by, count(*), {_PRINT} FROM plan.changes WHERE held_by IS NOT NULL GROUP BY held_by"
    ).fetchall()
    return {key: (n, f"{mark:016x}-{n}") for key, n, mark in rows}


def _rename(connection: duckdb.DuckDBPyConnection, ids: Sequence[tuple[str, str | None]]) -> None:
    """From keys of trips to ids of holds; rows of a released trip are free again."""
    connection.execute("CREATE OR REPLACE TABLE plan.hold_ids (key VARCHAR, hold_id VARCHAR)")
    connection.executemany("INSERT INTO plan.hold_ids VALUES (?, ?)", ids)
    for entity in model.ENTITIES:
        connection.execute(
            f"UPDATE plan.{entity.name} SET held_by = h.hold_id FROM plan.hold_ids AS h WHERE h.key = held_by"
        )


def _waiting(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """How many rows of the plan each hold keeps, followers included."""
    rows = connection.execute(
        "SELECT held_by, count(*) FROM plan.changes WHERE held_by IS NOT NULL GROUP BY held_by"
    ).fetchall()
    return dict(rows)


def _hold_id(guard: str, entity: str, site: str | None, fingerprint: str) -> str:
    """The same changes held again in a later sync have the same id."""
    digest = hashlib.sha256(f"{guard}|{entity}|{site or ''}|{fingerprint}".encode()).hexdigest()
    return f"h{digest[:9]}"  # a letter first, so that nothing reads it as a number


def _message(
    guard: str, entity: str, site: str | None, name: str | None, n: int, of: int, limit: float, by_count: bool
) -> str:
    where = "in the district" if site is None else f"at site {site} ({name})"
    some = f"{n:,} of {of:,} {_NOUNS[entity]} {where}"
    passed = f"more than {limit:g}" + ("" if by_count else " %")
    match guard:
        case "relink":
            return f"{some} came back under new Clever ids, {passed}; approving keeps them the same {_NOUNS[entity]}"
        case "relink_ambiguous":
            return (
                f"{n:,} changes of {_NOUNS[entity]} {where}: new ones may be known ones, but which is not clear; "
                "approving takes them for new"
            )
        case "site_setting":
            return (
                f"data/sites.csv takes site {site} ({name}) off Clever: {n:,} of {of:,} people would lose it, {passed}"
            )
        case "mapping":
            return f"{some} would be taken away with nothing in their place, {passed}"
        case "updates":
            return f"{some} would be updated, {passed}"
        case _:
            return f"{some} would be archived, {passed}"


def _told(hold: Hold, followers: int) -> Hold:
    """The hold with its whole message; the block has one already."""
    also = f"; {followers:,} more changes wait with them" if followers > 0 else ""
    return replace(hold, message=f"Held: {hold.message}{also}. If this is right: `roster approve {hold.hold_id}`")


def _any(connection: duckdb.DuckDBPyConnection, source: str) -> bool:
    return connection.execute(f"SELECT 1 FROM {source} LIMIT 1").fetchone() is not None
