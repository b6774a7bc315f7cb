"""The one way in which a plan becomes the roster: everything it changes, in one transaction.

Belongs here: what apply writes, and in which order. Does not belong here: making the plan, and deciding what of it
is held.
"""

from __future__ import annotations

from datetime import datetime

import duckdb

from roster_pipeline import model
from roster_pipeline.failpoints import failpoint
from roster_pipeline.guards import holds, turnover
from roster_pipeline.history.record import Counts, SyncInfo, record_success
from roster_pipeline.history.sharing import sharing
from roster_pipeline.mapping.suggest.suggest import suggest
from roster_pipeline.plan.difference import Plan
from roster_pipeline.plan.override import effect
from roster_pipeline.plan.start import any_waits, remember_waiting, wait_again
from roster_pipeline.warehouse.sql import has_rows, make, run


def apply_plan(connection: duckdb.DuckDBPyConnection, info: SyncInfo, made: Plan, *, now: datetime) -> Plan:
    """Applies `plan.*`, which `made` counts, except what is held.

    Roster, change log, holds, issues and "last synced" move together.

    The guards have looked at the plan, or `guards.judge_nothing` says that none does.
    """
    connection.execute("BEGIN")
    _carry_out(connection, info, made, now)
    failpoint("plan_written")
    connection.execute("COMMIT")
    failpoint("applied")
    return made


def people_concerned(connection: duckdb.DuckDBPyConnection, info: SyncInfo, made: Plan, *, now: datetime) -> int:
    """For how many people the plan of a sync of the mapping changes what they see: carried out, and rolled back."""
    connection.execute("BEGIN")
    try:
        _carry_out(connection, info, made, now)
        ((people,),) = run(connection, "plan/people_of_sync", sync_id=info.sync_id).fetchall()
    finally:
        connection.execute("ROLLBACK")
    return int(people)


def _carry_out(connection: duckdb.DuckDBPyConnection, info: SyncInfo, made: Plan, now: datetime) -> None:
    """Writes all that a sync leaves behind, in the transaction that has begun."""
    whole_district = not info.sites and not info.undoes
    holds.update_holds(connection, sync_id=info.sync_id, now=now, whole_district=whole_district, sites=info.sites)
    _write_roster(connection, info)
    if info.undoes:
        _end_of_undo(connection, info, info.undoes, now)
    else:
        _end_of_sync(connection, info, whole_district, now)
    suggest(connection)
    turnover.remember(connection, info, now)
    waits = info.asks_clever and any_waits(connection)
    record_success(connection, info, _counts(made), made.fingerprint, now, waits=waits)
    run(connection, "plan/change_counts", sync_id=info.sync_id)
    if info.trigger == "mapping":
        run(connection, "plan/people", sync_id=info.sync_id)
    if info.asks_clever:
        run(connection, "history/clevers_data", sync_id=info.sync_id)
        run(connection, "plan/last_synced", at=now, sites=list(info.sites))
        sharing.remember(connection, info.sync_id, info.sites)
    run(connection, "plan/unsettle")
    if whole_district and not made.held:
        run(connection, "plan/settled", sync_id=info.sync_id)


def _end_of_undo(connection: duckdb.DuckDBPyConnection, info: SyncInfo, undone: str, now: datetime) -> None:
    """What was approved for the undone sync is not any more, and what was taken back stays so."""
    holds.withdraw(connection, undone, by=info.requested_by, now=now)
    run(connection, "plan/undo/forget")
    run(connection, "plan/undo/left_erased_issues", sync_id=info.sync_id, undoes=undone)
    run(connection, "plan/undo/remember", sync_id=info.sync_id, undoes=undone)
    run(connection, "mapping/give_back_decisions", undoes=undone)
    run(connection, "mapping/undo_decisions", undoes=undone, sync_id=info.sync_id)
    effect.take_back(connection, info.sync_id, undone)
    wait_again(connection, info.sync_id, now.date())


def _end_of_sync(connection: duckdb.DuckDBPyConnection, info: SyncInfo, whole_district: bool, now: datetime) -> None:
    """What the inputs and the guards leave behind, besides the roster."""
    blocked = has_rows(connection, "guards.holds WHERE blocks")
    run(connection, "mapping/settle_decided")
    effect.write_down(connection, info.sync_id, info.sites)
    run(connection, "mapping/course_numbers")
    for name in ("forget_not_carried", "not_carried"):
        run(connection, f"mapping/{name}")
    run(connection, "mapping/keep_decisions", sync_id=info.sync_id, now=now)
    run(connection, "plan/undo/settle", whole_district=whole_district and not blocked)
    for name in ("forget_courses", "courses", "forget_subjects", "subjects"):
        run(connection, f"plan/{name}")
    run(connection, "plan/issues", sync_id=info.sync_id)
    run(connection, "plan/line_issues", sync_id=info.sync_id)
    run(connection, "plan/erase/came_back_issues", sync_id=info.sync_id)
    run(connection, "guards/log_relinks", sync_id=info.sync_id)
    remember_waiting(connection, info.sync_id)


def _counts(made: Plan) -> Counts:
    return Counts(
        created=made.total("create"),
        updated=made.total("update", "relink"),
        archived=made.total("archive", "conclude"),
        restored=made.total("restore"),
        held=made.held,
        unchanged=made.unchanged,
    )


def _write_roster(connection: duckdb.DuckDBPyConnection, info: SyncInfo) -> None:
    """Writes the changes of `plan.*` that are not held into the roster, and what cannot be derived into the change log.

    What is held is logged once, with the sync that opened the hold.
    """
    planned: dict[str, bool] = dict(run(connection, "plan/only_new").fetchall())
    for entity in model.ENTITIES:
        if entity.name in planned:
            _write_entity(connection, entity, info.sync_id, only_new=planned[entity.name])
    # Rewriting them is five times as fast as an UPDATE of rows that this transaction has just written.
    make(connection, "plan/section_counts", started_at=info.started_at)
    for name in ("drop_miscounted_sections", "keep_counted_sections"):
        run(connection, f"plan/{name}")


def _write_entity(connection: duckdb.DuckDBPyConnection, entity: model.Entity, sync_id: str, *, only_new: bool) -> None:
    """Writes one entity's changes; with `only_new` all of them are creations, and none is held."""
    table = entity.table
    if not only_new:
        connection.execute(
            f"DELETE FROM {table.full_name} AS t USING plan.{entity.name} AS p WHERE "
            + " AND ".join(f"t.{k} = p.{k}" for k in table.key)
            + " AND p.action <> 'create' AND p.held_by IS NULL"
        )
    columns = ", ".join(table.column_names)
    connection.execute(
        f"INSERT INTO {table.full_name} ({columns}) SELECT {columns} FROM plan.{entity.name} "
        "WHERE NOT gone AND held_by IS NULL"
    )
    if only_new and entity.status:
        return  # read off the records themselves
    logged = "true" if entity.status is None else "action <> 'create'"
    connection.execute(
        f"INSERT INTO sync.change_log BY NAME SELECT $sync_id AS sync_id, '{entity.name}' AS entity, "
        f"{entity.id_of()} AS entity_id, site_id, action, before, after, held_by FROM plan.{entity.name} "
        f"WHERE (held_by IS NULL AND {logged}) "
        "OR held_by IN (SELECT hold_id FROM sync.holds WHERE sync_id = $sync_id)",
        {"sync_id": sync_id},
    )
