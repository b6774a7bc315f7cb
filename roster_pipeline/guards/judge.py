"""The guards' work: they stand between plan and apply and hold back what looks like an accident.

Belongs here: judging a plan with one guard after the other, the holds that come of it, and what must wait with a held
change. Does not belong here: what each guard looks for (`catalog.py`), and what people decide about a hold and when
(`holds.py`).

One cause is one decision: the same kind of change at several sites is one hold, in parts. A hold is bound to exactly
its changes: those that the guard judged. What merely depends on them (the enrollments of a person, the course in
the place of another) waits with them and is let through with them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import duckdb

from roster_pipeline import model
from roster_pipeline.guards import extract, undone, words
from roster_pipeline.guards.catalog import GUARDS, NAMES
from roster_pipeline.guards.counting import set_limits
from roster_pipeline.guards.guard import DistrictLimits, Guard, Hold, Judging, Part, hold_id_of
from roster_pipeline.warehouse.sql import empty, has_rows, insert, make, run

_DEPENDENTS = (
    "in_place_user_sites",
    "in_place_enrollments",
    "in_place_section_courses",
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


def judge_plan(
    connection: duckdb.DuckDBPyConnection,
    limits: DistrictLimits,
    *,
    sync_id: str,
    today: date,
    now: datetime,
) -> list[Hold]:
    """Marks the rows of `plan.*` that must wait with `held_by`, and returns the holds, gravest guard first.

    Needs a plan, and candidates that `relinks.judge_candidates` has judged. `limits` say what counts today
    (`limits.limits_by_site`). Decisions in `sync.holds` count record by record: what was approved passes the guard that
    held it, what was rejected stays held, and the rest is judged. Judging a plan again gives the same.
    """
    empty(connection, "guards.limits", "guards.signs", "guards.hold_ids")
    decided = _look_up_decisions(connection, now)
    changes = _free_all(connection)
    if not changes or not has_rows(connection, "roster.sites"):
        return []
    set_limits(connection, limits)
    judging = Judging(connection, limits, today, now, sync_id, changes, decided)
    for guard in GUARDS:
        breached = guard.must_look(changes) and guard.breaches(judging)
        if breached:
            guard.marks(judging)
        if breached and guard.severity == "blocks":
            return [extract.hold_everything(judging)]
        if guard.name == undone.GUARD:
            undone.keep_rejected(judging)
            if not breached and not has_rows(connection, "roster.sites WHERE status <> 'archived'"):
                break
    return _holds(judging)


def judge_nothing(connection: duckdb.DuckDBPyConnection) -> None:
    """For a plan that no guard looks at, such as an undo: nothing was decided about it, no limit counts."""
    empty(connection, "guards.limits", "guards.signs", "guards.hold_ids", "guards.relinks", "guards.decided")


def _look_up_decisions(connection: duckdb.DuckDBPyConnection, now: datetime) -> bool:
    """Whether somebody has decided about changes of this plan, which are in `guards.decided` then."""
    empty(connection, "guards.decided")
    standing = "sync.holds WHERE status IN ('approved', 'rejected') AND applied_sync_id IS NULL"
    if not has_rows(connection, standing):
        return False
    run(connection, "guards/decided", now=now)
    return has_rows(connection, "guards.decided")


def _free_all(connection: duckdb.DuckDBPyConnection) -> frozenset[tuple[str, str]]:
    """The (entity, action) pairs of the plan, all of whose rows are free again."""
    found: set[tuple[str, str]] = set()
    for entity in model.ENTITIES:
        rows = connection.execute(f"SELECT action, count(held_by) FROM plan.{entity.name} GROUP BY action").fetchall()
        found |= {(entity.name, action) for action, _ in rows}
        if any(held for _, held in rows):
            connection.execute(f"UPDATE plan.{entity.name} SET held_by = NULL")
    return frozenset(found)


def _holds(judging: Judging) -> list[Hold]:
    """What comes of the limits that were passed and of the rejections, what must wait with it included."""
    connection = judging.connection
    new = _new_holds(judging)
    if new:
        _rename(connection, new)
    if not new and not has_rows(connection, "guards.decided WHERE status = 'rejected'"):
        return []
    undone.hold_what_begins_at_held_sites(connection)
    for name in _DEPENDENTS:
        (make if name == "waiting_people" else run)(connection, f"guards/dependents/{name}")
    waiting: dict[str, int] = dict(run(connection, "guards/waiting_changes").fetchall())
    kept = [h for h in new.values() if h.hold_id in waiting]  # else all that it kept back ends anyway
    told = [replace(h, message=words.told(h.hold_id, h.message, _dependents(h, waiting), _sites(h))) for h in kept]
    order = [e.name for e in model.ENTITIES]
    return sorted(
        [*told, *_rejected(connection)],
        key=lambda h: (NAMES.index(h.guard), order.index(h.entity), h.hold_id if h.guard == undone.GUARD else ""),
    )


def _dependents(hold: Hold, waiting: Mapping[str, int]) -> int:
    """How many changes wait with those that were judged; of a relink, pairs are judged, and no change of the plan."""
    return 0 if hold.guard == "relink" else waiting[hold.hold_id] - hold.changes


def _sites(hold: Hold) -> int:
    return len({p.site_id for p in hold.parts if p.site_id})


def _rejected(connection: duckdb.DuckDBPyConnection) -> list[Hold]:
    """The rejected holds that keep something of this plan back, as they were told when they were opened."""
    rows: list[tuple[Any, ...]] = run(connection, "guards/holds/rejected").fetchall()
    return [Hold(*row) for row in rows]


def _new_holds(judging: Judging) -> dict[str, Hold]:
    """A hold for every key that marks changes of this plan, by key."""
    parts = _parts(judging.connection)
    if not parts:
        return {}
    prints = _prints(judging.connection)
    return {
        key: _new_hold(judging, key, guard, entity, found, prints[key]) for (key, guard, entity), found in parts.items()
    }


def _new_hold(judging: Judging, key: str, guard: str, entity: str, parts: Sequence[Part], fingerprint: str) -> Hold:
    sites = {p.site_id for p in parts}
    return Hold(
        hold_id_of(guard, entity, fingerprint),
        guard,
        entity,
        sites.pop() if len(sites) == 1 else None,
        sum(p.changes for p in parts),
        sum(p.of for p in parts),
        parts[0].limit,
        fingerprint,
        _guard(guard, entity).sentence(judging, key, parts),
        False,
        tuple(parts),
    )


def _guard(name: str, entity: str) -> Guard:
    """The guard of that name; of several, one that concerns the entity."""
    named = [g for g in GUARDS if g.name == name]
    return next((g for g in named if any(e == entity for e, _ in g.concerns)), named[0])


def _parts(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str, str], list[Part]]:
    """The limits that were passed, by key, guard and entity, the largest part first."""
    parts: dict[tuple[str, str, str], list[Part]] = {}
    for key, guard, entity, *part in run(connection, "guards/parts").fetchall():
        parts.setdefault((key, guard, entity), []).append(Part(*part))
    return parts


def _prints(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The fingerprint of the changes that each key marks; of relinks, that of the pairs."""
    rows = run(connection, "guards/prints").fetchall()
    return {key: f"{mark:016x}-{n}" for key, mark, n in rows}


def _rename(connection: duckdb.DuckDBPyConnection, holds: Mapping[str, Hold]) -> None:
    """From keys to ids of holds."""
    for key, hold in holds.items():
        insert(connection, "guards.hold_ids", key=key, hold_id=hold.hold_id)
    for entity in model.ENTITIES:
        connection.execute(
            f"UPDATE plan.{entity.name} SET held_by = h.hold_id FROM guards.hold_ids AS h WHERE h.key = held_by"
        )
