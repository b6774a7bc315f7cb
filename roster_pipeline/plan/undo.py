"""Taking back one sync: the roster as it would be if that sync had not happened.

Belongs here: making `desired.*` from the roster and the change log. Does not belong here: applying it; an
undo is a plan like any other, with its own record.
"""

from __future__ import annotations

from typing import Literal, get_args

import duckdb

from roster_pipeline import model
from roster_pipeline.errors import RosterError, SyncRefused
from roster_pipeline.warehouse.sql import empty, has_rows, make, run

_AGAIN = "What Clever shares again comes back with the next sync, as Clever has it then"
Winner = Literal["neither", "undo", "later"]


def build_desired_before(
    connection: duckdb.DuckDBPyConnection, sync_id: str, *, only_removals: bool = False, winner: Winner = "neither"
) -> None:
    """Fills `desired.*` with the roster, the records that `sync_id` changed put back as they were.

    What the sync created is archived, not deleted. With `only_removals`, only its archives and conclusions are
    taken back. Records that later syncs changed too: refused, unless `winner` says whose state they get; what somebody
    has decided or overridden since stands, unless the undo wins. Raises
    RosterError for a sync that does not exist or applied nothing, SyncRefused for such a conflict and for a sync whose
    changes were forgotten.
    """
    if winner not in get_args(Winner):
        raise RosterError(f"{winner!r} cannot win", do="Choose undo or later")
    found = run(connection, "plan/undo/applied", sync_id=sync_id).fetchone()
    if found is None:
        raise RosterError(f"There is no sync {sync_id}", do="`roster recent` lists the syncs")
    if found[0] not in ("succeeded", "held"):
        raise RosterError(f"Sync {sync_id} was {found[0]} and applied nothing", do="There is nothing to undo")
    if found[1] is not None:
        raise SyncRefused(
            f"Sync {sync_id} cannot be undone: what it changed was forgotten on {found[1]:%Y-%m-%d}",
            do="ROSTER_HISTORY_DAYS says how long changes are kept; `roster recent` shows which syncs can be undone",
        )
    if found[2] == "erase":
        raise SyncRefused(f"Sync {sync_id} erased people's data, which cannot be undone", do=_AGAIN)
    make(connection, "plan/undo/undone", sync_id=sync_id, only_removals=only_removals)
    _leave_erased(connection, sync_id)
    empty(connection, "plan.untouched", "plan.basis")
    _leave_taken_back(connection, sync_id)
    if winner == "neither":
        _refuse_conflicts(connection, sync_id)
    if winner == "later":
        run(connection, "plan/undo/keep_later")
    if winner != "undo":
        run(connection, "plan/undo/leave_decided", sync_id=sync_id)
        run(connection, "plan/override/leave_overridden", sync_id=sync_id)
    connection.execute("SET VARIABLE only_removals = $only", {"only": only_removals})
    for entity in model.ENTITIES:
        empty(connection, f"desired.{entity.name}")
        connection.execute(f"INSERT INTO desired.{entity.name} BY NAME {_put_back(entity)}")
    for name in ("end_enrollments", "end_user_sites"):
        run(connection, f"plan/undo/{name}")


def _leave_erased(connection: duckdb.DuckDBPyConnection, sync_id: str) -> None:
    """Nothing is put back of people whose data was erased since; apply says so of each."""
    if not has_rows(connection, "desired.undone"):
        return
    run(connection, "plan/undo/leave_erased", sync_id=sync_id)
    if not has_rows(connection, "desired.undone"):
        raise SyncRefused(
            f"Sync {sync_id} cannot be undone: the data of everybody whom it changed was erased since", do=_AGAIN
        )


def _leave_taken_back(connection: duckdb.DuckDBPyConnection, sync_id: str) -> None:
    """Raises SyncRefused when an undo that stands has put back all that the sync changed."""
    taken_back = run(connection, "plan/undo/taken_back", sync_id=sync_id).fetchone()
    if not taken_back:
        return
    run(connection, "plan/undo/leave_taken_back", undo=taken_back[0])
    if not has_rows(connection, "desired.undone"):
        raise SyncRefused(
            f"Sync {sync_id} was taken back already, by sync {taken_back[0]}", do="Nothing is left to undo"
        )


def _refuse_conflicts(connection: duckdb.DuckDBPyConnection, sync_id: str) -> None:
    rows = run(connection, "plan/undo/conflicts").fetchall()
    if rows:
        told = ", ".join(f"{count} {entity}" for entity, count in rows)
        raise SyncRefused(
            f"Later syncs changed records that sync {sync_id} changed: {told}",
            do="Undo the later syncs first, or say which side wins: `--wins undo` or `--wins later`",
        )


def _put_back(entity: model.Entity) -> str:
    """The query for `desired.<entity>`: each record as it is, or as it was before the undone sync."""
    table = entity.table
    types = {c.name: c.type for c in table.columns}
    columns = []
    for name in table.compared:
        changed = f"list_contains(json_keys(u.before), '{name}')"
        was = f"CASE WHEN {changed} THEN {_typed(name, types[name])} ELSE c.{name} END"
        if name == entity.status:
            was = f"CASE WHEN u.action = 'create' THEN 'archived' ELSE {was} END"
        columns.append(f"CASE WHEN u.entity_id IS NULL THEN c.{name} ELSE {was} END AS {name}")
    undone = f"(FROM desired.undone WHERE entity = '{entity.name}')"
    current = (
        f"SELECT {', '.join(f'c.{k}' for k in table.key)}, {', '.join(columns)} "
        f"FROM {table.full_name} AS c LEFT JOIN {undone} AS u "
        f"ON u.entity_id = {entity.id_of('c.')}"
    )
    if entity.status is not None:
        return current
    parts = ", ".join(f"split_part(entity_id, '/', {n})::{types[k]} AS {k}" for n, k in enumerate(table.key, start=1))
    values = ", ".join(f"{_typed(name, types[name])} AS {name}" for name in table.compared)
    return (
        f"{current} "
        "WHERE u.action IS NULL OR u.action = 'update' "
        f"UNION ALL SELECT {parts}, {values} FROM {undone} AS u WHERE action = 'archive' "
        f"AND entity_id NOT IN (SELECT {entity.id_of()} FROM {table.full_name})"
    )


def _typed(name: str, type_: str) -> str:
    if type_.endswith("[]"):
        return f"from_json(u.before -> '$.{name}', '[\"{type_[:-2]}\"]')"
    return f"CAST(u.before ->> '$.{name}' AS {type_})"
