"""The guards: they stand between plan and apply and hold back what looks like an accident.

Belongs here: the order in which a plan is judged, the holds that come of it, and what must wait with a held
change. Does not belong here: what each guard looks for (`guard_extract`, `guard_relinks`, `guard_changes`,
`guard_undone`), what a hold says (`words`), and what people decide about a hold and when (`holds`).

One cause is one decision: the same kind of change at several sites is one hold, in parts. A hold is bound to exactly
its changes: those that the guard judged. What merely follows from them (the enrollments of a person, the course in
the place of another) waits with them and is let through with them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import duckdb

from roster_pipeline.guards import words
from roster_pipeline.guards.changes import COUNTING, count_in_force, judge, start
from roster_pipeline.guards.extract import Sign, signs_of_a_broken_extract
from roster_pipeline.guards.limits import ExpectedChange, Limits, limits_by_site, load_expected, load_limits
from roster_pipeline.guards.undone import follow_sites, mark_undone
from roster_pipeline.guards.undone import sentence as undone_sentence
from roster_pipeline.guards.words import Part
from roster_pipeline.identity.relinks import Relinks, resolve_identities
from roster_pipeline.model import tables as model
from roster_pipeline.warehouse.sql import statement

__all__ = [
    "GUARDS",
    "ExpectedChange",
    "Hold",
    "Limits",
    "Part",
    "Relinks",
    "guard_plan",
    "load_expected",
    "load_limits",
    "resolve_identities",
]

GUARDS = (
    "undone",
    "broken_extract",
    "relink",
    "relink_ambiguous",
    "site_setting",
    *dict.fromkeys(guard.name for guard in COUNTING),
)
"""In the order in which they judge."""

_DEPENDENTS = (
    "in_place_user_sites",
    "in_place_enrollments",
    "in_place_section_courses",
    "follow_site_settings",
    "waiting_people",
    "follow_people",
    "follow_memberships",
    "follow_classes",
    "follow_user_sites",
    "follow_enrollments",
    "in_place_enrollments",
    "follow_section_courses",
    "follow_sections",
    "follow_moved_enrollments",
    "follow_moved_courses",
    "end_user_sites",
    "end_enrollments",
    "follow_sites",
)
"""What waits with what is held, in this order: what would come in its place, what depends on it; what ends anyway."""

_PRINT = (
    "bit_xor(md5_number_lower(concat_ws('|', entity, entity_id, action, coalesce(before, ''), coalesce(after, ''))))"
)
_RELINK_PRINT = "bit_xor(md5_number_lower(concat_ws('|', entity, id, 'relink', old_clever_id, new_clever_id)))"


@dataclass(frozen=True)
class Hold:
    """Changes of the plan that wait for a person.

    `changes` is how many were judged and are fingerprinted, `of` the records in force that they are compared
    with, both the sums of the `parts`; `limit` is the percent or number that was passed (0: none is allowed).
    `site_id` is given when all is at one site. `blocks` means that the whole plan waits. `message` is one line for a
    person, with ids and names of sites, never of people.
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
    parts: tuple[Part, ...] = ()


def guard_plan(
    connection: duckdb.DuckDBPyConnection,
    limits: Limits,
    *,
    sync_id: str,
    today: date,
    now: datetime,
    expected: Sequence[ExpectedChange] = (),
) -> list[Hold]:
    """Marks the rows of `plan.*` that must wait with `held_by`, and returns the holds, gravest guard first.

    Runs after `make_plan`, on a plan whose identities `resolve_identities` resolved. `today` says which `expected`
    windows are open. Decisions in `sync.holds` count record by record: what was approved passes the guard that held
    it, what was rejected stays held, and the rest is judged. Judging a plan again gives the same.
    """
    by_site = limits_by_site(limits, expected, today)
    decided = _start(connection, now)
    changes = _changes(connection)
    if not changes or not _any(connection, "roster.sites"):
        return []
    start(connection, by_site)
    undone = mark_undone(connection)
    _keep_rejected(connection, decided)
    if not undone and not _any(connection, "roster.sites WHERE status <> 'archived'"):
        return []
    connection.execute(statement("identity/sis_role"))
    signs = signs_of_a_broken_extract(connection, by_site[None][0], sync_id, changes)
    unaccepted = _unaccepted(connection, signs, now)
    if unaccepted:
        return [_everything(connection, unaccepted)]
    _hold_relinks(connection)
    if ("sites", "update") in changes or ("sites", "archive") in changes:
        _hold_site_settings(connection)
    for guard in COUNTING:
        if any((guard.entity, action) in changes for action in guard.actions):
            judge(connection, guard, today=today, now=now, decided=decided or bool(signs))
    return _holds(connection)


def judge_nothing(connection: duckdb.DuckDBPyConnection) -> None:
    """For a plan that no guard looks at, such as an undo: nothing was decided about it, no limit counts."""
    for name in ("guards/limits", "guards/signs", "identity/relinks"):
        connection.execute(statement(name))
    connection.execute(statement("guards/decided"), {"judged": False, "now": None})
    connection.execute("CREATE OR REPLACE TABLE plan.hold_ids (key VARCHAR, hold_id VARCHAR)")


def _start(connection: duckdb.DuckDBPyConnection, now: datetime) -> bool:
    """Empties what judging fills; whether somebody has decided about changes of this plan."""
    for name in ("limits", "signs"):
        connection.execute(statement(f"guards/{name}"))
    standing = _any(connection, "sync.holds WHERE status IN ('approved', 'rejected') AND applied_sync_id IS NULL")
    connection.execute(statement("guards/decided"), {"judged": standing, "now": now})
    connection.execute("CREATE OR REPLACE TABLE plan.hold_ids (key VARCHAR, hold_id VARCHAR)")
    return standing and _any(connection, "plan.decided")


def _changes(connection: duckdb.DuckDBPyConnection) -> set[tuple[str, str]]:
    """The (entity, action) pairs of the plan, all of whose rows are free again."""
    found: set[tuple[str, str]] = set()
    for entity in model.ENTITIES:
        rows = connection.execute(f"SELECT action, count(held_by) FROM plan.{entity.name} GROUP BY action").fetchall()
        found |= {(entity.name, action) for action, _ in rows}
        if any(held for _, held in rows):
            connection.execute(f"UPDATE plan.{entity.name} SET held_by = NULL")
    return found


def _keep_rejected(connection: duckdb.DuckDBPyConnection, decided: bool) -> None:
    """What somebody rejected stays held under the same hold, whatever else changes."""
    if not decided or not _any(connection, "plan.decided WHERE status = 'rejected'"):
        return
    for entity in model.ENTITIES:
        key = f"concat_ws('/', {', '.join(entity.table.key)})"
        connection.execute(
            f"UPDATE plan.{entity.name} SET held_by = d.hold_id FROM plan.decided AS d WHERE d.status = 'rejected' "
            f"AND held_by IS NULL AND d.is_judged AND d.entity = '{entity.name}' AND d.entity_id = {key}"
        )


def _unaccepted(connection: duckdb.DuckDBPyConnection, signs: Sequence[Sign], now: datetime) -> list[Sign]:
    """Writes the signs down, and returns those that nobody has accepted."""
    for s in signs:
        entity = None if s.everything else s.entity
        connection.execute(
            "INSERT INTO plan.signs VALUES (?, ?, ?, ?, ?, ?, NULL)",
            [s.sign, entity, s.site_id, s.role, s.changes, s.explains],
        )
    if signs:
        connection.execute(statement("guards/accepted_signs"), {"now": now})
    rows = connection.execute("SELECT sign FROM plan.signs WHERE accepted_by IS NOT NULL").fetchall()
    accepted = {sign for (sign,) in rows}
    return [s for s in signs if s.sign not in accepted]


def _everything(connection: duckdb.DuckDBPyConnection, signs: Sequence[Sign]) -> Hold:
    """One hold over the whole plan, however many signs there are: it is one decision, about these signs."""
    ((changes,),) = connection.execute("SELECT count(*) FROM plan.changes").fetchall()
    fingerprint = hashlib.sha256("|".join(sorted(s.sign for s in signs)).encode()).hexdigest()[:16]
    hold_id = _hold_id("broken_extract", signs[0].entity, fingerprint)
    for entity in model.ENTITIES:
        connection.execute(f"UPDATE plan.{entity.name} SET held_by = ?", [hold_id])
    for entity in model.ENTITIES:
        count_in_force(connection, entity.name)
    ((in_force,),) = connection.execute("SELECT sum(in_force)::BIGINT FROM plan.population").fetchall()
    sites = {s.site_id for s in signs}
    return Hold(
        hold_id,
        "broken_extract",
        signs[0].entity,
        sites.pop() if len(sites) == 1 else None,
        changes,
        in_force,
        signs[0].limit,
        fingerprint,
        words.everything(hold_id, changes, [s.sentence for s in signs]),
        True,
        tuple(Part(s.site_id, None, s.role, s.changes, s.changes, sign=s.sign) for s in signs),
    )


def _hold_relinks(connection: duckdb.DuckDBPyConnection) -> None:
    """Marks what comes and what goes of the relinks that wait; of those, only what this plan would change counts."""
    if not _any(connection, "plan.relinks WHERE verdict IN ('hold', 'queue')"):
        return
    for name in ("held_relinks", "hold_waiting_people", "hold_waiting_sections"):
        connection.execute(statement(f"guards/{name}"))
    connection.execute(
        "INSERT INTO plan.breaches FROM plan.relink_breaches WHERE key IN "
        "(SELECT held_by FROM plan.users UNION SELECT held_by FROM plan.sections)"
    )


def _hold_site_settings(connection: duckdb.DuckDBPyConnection) -> None:
    """Marks everything that a site's leaving Clever would end at that site."""
    row = connection.execute(statement("guards/site_settings")).fetchone()
    if row and row[0]:
        for entity in ("sites", "users", "user_sites", "sections"):
            ends = "true" if entity == "sites" else "p.action = 'archive'"
            connection.execute(
                f"UPDATE plan.{entity} AS p SET held_by = b.key FROM plan.breaches AS b "
                f"WHERE b.guard = 'site_setting' AND b.site_id = p.site_id AND p.held_by IS NULL AND {ends}"
            )


def _holds(connection: duckdb.DuckDBPyConnection) -> list[Hold]:
    """What comes of the limits that were passed and of the rejections, what must wait with it included."""
    new = _new_holds(connection)
    if new:
        _rename(connection, new)
    rejected = _any(connection, "plan.decided WHERE status = 'rejected'")
    if not new and not rejected:
        return []
    follow_sites(connection)
    for name in _DEPENDENTS:
        connection.execute(statement(f"guards/dependents/{name}"))
    waiting = dict(
        connection.execute(
            "SELECT held_by, count(*) FROM plan.changes WHERE held_by IS NOT NULL GROUP BY held_by"
        ).fetchall()
    )
    kept = [h for h in new.values() if h.hold_id in waiting]  # else all that it kept back ends anyway
    told = [replace(h, message=words.told(h.hold_id, h.message, _dependents(h, waiting), _sites(h))) for h in kept]
    order = [e.name for e in model.ENTITIES]
    return sorted(
        [*told, *_rejected(connection)],
        key=lambda h: (GUARDS.index(h.guard), order.index(h.entity), h.hold_id if h.guard == "undone" else ""),
    )


def _dependents(hold: Hold, waiting: Mapping[str, int]) -> int:
    """How many changes wait with those that were judged; of a relink, pairs are judged, and no change of the plan."""
    return 0 if hold.guard == "relink" else waiting[hold.hold_id] - hold.changes


def _sites(hold: Hold) -> int:
    return len({p.site_id for p in hold.parts if p.site_id})


def _rejected(connection: duckdb.DuckDBPyConnection) -> list[Hold]:
    """The rejected holds that keep something of this plan back, as they were told when they were opened."""
    rows: list[tuple[Any, ...]] = connection.execute(statement("guards/holds/rejected")).fetchall()
    return [Hold(*row) for row in rows]


def _new_holds(connection: duckdb.DuckDBPyConnection) -> dict[str, Hold]:
    """A hold for every key that marks changes of this plan, by key."""
    parts = _parts(connection)
    if not parts:
        return {}
    prints = _prints(connection)
    holds: dict[str, Hold] = {}
    for (key, guard, entity), found in parts.items():
        fingerprint = prints[key]
        hold_id = _hold_id(guard, entity, fingerprint)
        changes = sum(p.changes for p in found)
        sites = {p.site_id for p in found}
        said = undone_sentence(connection, key, changes) if guard == "undone" else words.sentence(guard, entity, found)
        holds[key] = Hold(
            hold_id,
            guard,
            entity,
            sites.pop() if len(sites) == 1 else None,
            changes,
            sum(p.of for p in found),
            found[0].limit,
            fingerprint,
            said,
            False,
            tuple(found),
        )
    return holds


def _parts(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str, str], list[Part]]:
    """The limits that were passed, by key, guard and entity, the largest part first."""
    parts: dict[tuple[str, str, str], list[Part]] = {}
    for key, guard, entity, *part in connection.execute(statement("guards/parts")).fetchall():
        parts.setdefault((key, guard, entity), []).append(Part(*part))
    return parts


def _prints(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The fingerprint of the changes that each key marks; of relinks, that of the pairs."""
    rows = connection.execute(
        f"SELECT held_by, {_PRINT}, count(*) FROM plan.changes WHERE held_by IS NOT NULL GROUP BY held_by"
    ).fetchall()
    pairs = connection.execute(
        f"SELECT held_by, {_RELINK_PRINT}, count(*) FROM plan.relinks WHERE verdict = 'hold' GROUP BY held_by"
    ).fetchall()
    return {key: f"{mark:016x}-{n}" for key, mark, n in [*rows, *pairs]}


def _rename(connection: duckdb.DuckDBPyConnection, holds: dict[str, Hold]) -> None:
    """From keys to ids of holds."""
    connection.executemany("INSERT INTO plan.hold_ids VALUES (?, ?)", [[k, h.hold_id] for k, h in holds.items()])
    for entity in model.ENTITIES:
        connection.execute(
            f"UPDATE plan.{entity.name} SET held_by = h.hold_id FROM plan.hold_ids AS h WHERE h.key = held_by"
        )


def _hold_id(guard: str, entity: str, fingerprint: str) -> str:
    """The same changes held again in a later sync have the same id."""
    digest = hashlib.sha256(f"{guard}|{entity}|{fingerprint}".encode()).hexdigest()
    return f"h{digest[:9]}"  # a letter first, so that nothing reads it as a number


def _any(connection: duckdb.DuckDBPyConnection, source: str) -> bool:
    return connection.execute(f"SELECT 1 FROM {source} LIMIT 1").fetchone() is not None
