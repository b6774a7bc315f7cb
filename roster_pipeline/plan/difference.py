"""The plan: every change between the roster and what it should become, made the same way for all entities.

Belongs here: computing, counting and fingerprinting the plan. Does not belong here: what the roster should be
(`desired.py`), applying it (`apply.py`), and whether a change is acceptable (guards, which mark rows of `plan.*` with
`held_by` in between).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb

from roster_pipeline import model
from roster_pipeline.warehouse.sql import empty, execute, has_rows, make, run

ACTIONS = ("create", "update", "archive", "restore", "conclude", "relink")

_CHANGES = "CREATE OR REPLACE VIEW plan.changes AS " + " UNION ALL ".join(
    f"SELECT '{e.name}' AS entity, {e.id_of()} AS entity_id, site_id, action, before, after, held_by FROM plan.{e.name}"
    for e in model.ENTITIES
)
"""The changes of all entities, one row each."""

_KEPT_VALUES = {
    "since_sync_id": "coalesce(c.since_sync_id, getvariable('sync_id'))",
    "first_synced_at": "coalesce(c.first_synced_at, getvariable('started_at'))",
    **{
        name: "CASE WHEN w.site_id NOT IN (SELECT site_id FROM input.ended) THEN "
        f"coalesce(c.{name}, CASE WHEN w.status = 'confirmed' THEN getvariable('{value}') END) END"
        for name, value in (("confirmed_at", "started_at"), ("confirmed_by", "requested_by"))
    },
    "archived_at": (
        "CASE WHEN w.enrollment_status = 'archived' THEN coalesce(c.archived_at, getvariable('started_at')) END"
    ),
}
"""How apply sets a kept column; any other kept column stays as it is."""


@dataclass(frozen=True)
class Count:
    """How many records of one entity at one site get one action; `site_id` is None for the whole district."""

    entity: str
    site_id: str | None
    action: str
    changes: int


@dataclass(frozen=True)
class Plan:
    """A plan that stands in the `plan` schema: its counts, what stays, and a fingerprint of its changes.

    What is held is counted in `held` and nowhere else.
    """

    counts: tuple[Count, ...]
    unchanged: int
    fingerprint: str
    held: int = 0

    def total(self, *actions: str) -> int:
        return sum(c.changes for c in self.counts if c.action in actions)


def make_plan(
    connection: duckdb.DuckDBPyConnection,
    *,
    sync_id: str,
    started_at: datetime,
    requested_by: str = "",
    sites: Sequence[str] = (),
) -> None:
    """Fills `plan.<entity>` with the records that change, as they will be; nothing is held yet.

    With `sites`, only changes at these sites are kept, and of the people there; everything else waits for a later sync.
    """
    for name, value in (("sync_id", sync_id), ("started_at", started_at), ("requested_by", requested_by)):
        connection.execute(f"SET VARIABLE {name} = $value", {"value": value})
    untouched = _untouched(connection)
    for entity in model.ENTITIES:
        desired, roster = f"desired.{entity.name}", entity.table.full_name
        if entity.name in untouched:
            desired, roster = f"(FROM {desired} WHERE false)", f"(FROM {roster} WHERE false)"
        elif not has_rows(connection, roster):  # what is all new need not be compared
            roster = f"(FROM {roster} WHERE false)"
        elif entity.group:
            empty(connection, "plan.changed")
            execute(connection, _changed_groups(entity))
            desired, roster = (f"(FROM {t} SEMI JOIN plan.changed USING ({entity.group}))" for t in (desired, roster))
        empty(connection, f"plan.{entity.name}")
        execute(connection, f"INSERT INTO plan.{entity.name} BY NAME {_difference(entity, desired, roster)}")
    execute(connection, _CHANGES)
    if sites:
        _narrow(connection, sites)


def summarize(connection: duckdb.DuckDBPyConnection) -> Plan:
    """Counts and fingerprint of the changes in `plan.*` that are not held, and how many are.

    Needs a plan in which nothing is marked as held any more.
    """
    empty(connection, "plan.counts", "plan.totals")
    per_entity = " UNION ALL ".join(
        f"SELECT {n} AS n, '{e.name}' AS entity, site_id, action, held_by, "
        f"count(*) AS changes, bit_xor({_print(e.name, *e.table.key, 'action', 'before', 'after')}) AS print "
        f"FROM plan.{e.name} GROUP BY site_id, action, held_by"
        for n, e in enumerate(model.ENTITIES)
    )
    untouched = _untouched(connection)
    in_force = " + ".join(
        f"(SELECT count(*) FROM {e.table.full_name if e.name in untouched else f'desired.{e.name}'}{e.in_force()})"
        for e in model.ENTITIES
    )
    touched = " + ".join(
        f"(SELECT count(*) FROM plan.{e.name} WHERE NOT gone{e.in_force('AND')})" for e in model.ENTITIES
    )
    execute(
        connection,
        f"INSERT INTO plan.counts BY NAME {per_entity}; "
        f"INSERT INTO plan.totals BY NAME SELECT ({in_force}) - ({touched}) AS unchanged",
    )
    rows = run(connection, "plan/counted").fetchall()
    ((unchanged,),) = run(connection, "plan/unchanged").fetchall()
    free = [row for row in rows if row[5] is None]
    counts = tuple(Count(*row[:4]) for row in free)
    mark = 0
    for row in free:
        mark ^= int(row[4])
    changed = sum(c.changes for c in counts)
    return Plan(counts, int(unchanged), f"{mark:016x}-{changed}", sum(row[3] for row in rows if row[5] is not None))


def _untouched(connection: duckdb.DuckDBPyConnection) -> set[str]:
    return {name for (name,) in run(connection, "plan/left_alone").fetchall()}


def _print(entity: str, *columns: str) -> str:
    """A hash of an entity's record, by these columns, whose sum over records says something.

    DuckDB's hash of several values is linear in each of them: without the second hash, a change that an even
    number of records have in common would cancel out.
    """
    return f"hash(hash('{entity}', {', '.join(columns)}))"


def _changed_groups(entity: model.Entity) -> str:
    """The statement for `plan.changed`: the groups whose records in force are not those that are desired.

    Two hashes per group instead of a join of all records: of seven million enrollments that all stay, this
    takes 0.5 s and next to no memory, the join 2.0 s and 1.1 GB.
    """
    columns = (c for c in (*entity.table.key, *entity.table.compared) if c != entity.group)
    hashed = f"SELECT {entity.group}, count(*) AS records, bit_xor({_print(entity.name, *columns)}) AS print"
    return (
        f"INSERT INTO plan.changed BY NAME SELECT {entity.group} "
        f"FROM ({hashed} FROM desired.{entity.name} GROUP BY ALL) AS w "
        f"FULL JOIN ({hashed} FROM {entity.table.full_name}{entity.in_force()} GROUP BY ALL) AS c "
        f"USING ({entity.group}) WHERE (w.records, w.print) IS DISTINCT FROM (c.records, c.print)"
    )


def _difference(entity: model.Entity, desired: str, roster: str) -> str:
    """The query for `plan.<entity>`: whole new records, the action, and the changed fields.

    A record that `desired` does not mention is archived as it was, or deleted where nothing can be archived.
    """
    table = entity.table
    key = ", ".join(table.key)
    missing = f"w.{table.key[0]} IS NULL"
    present = f"c.{table.key[0]} IS NOT NULL"
    after = {name: f"w.{name}" for name in table.compared}
    if entity.status:
        after = {name: f"CASE WHEN {missing} THEN c.{name} ELSE w.{name} END" for name in table.compared}
        after[entity.status] = f"CASE WHEN {missing} THEN 'archived' ELSE w.{entity.status} END"
    gone = "false" if entity.status else missing
    written = {name: value for name, value in after.items() if name != "site_id"} | {
        c.name: _KEPT_VALUES.get(c.name, f"c.{c.name}") for c in table.columns if c.kept
    }
    if "site_id" in after:
        written["site_id"] = "coalesce(w.site_id, c.site_id)" if entity.status is None else after["site_id"]
    values = [f"{written[c.name]} AS {c.name}" if c.name in written else c.name for c in table.columns]
    differs = [(name, value, f"{value} IS DISTINCT FROM c.{name}") for name, value in after.items()]
    fields_before = _fields([(name, f"c.{name}", differ) for name, _, differ in differs])
    changed = " OR ".join(f"w.{name} IS DISTINCT FROM c.{name}" for name in after)
    if entity.status:
        changed = f"CASE WHEN {missing} THEN c.{entity.status} <> 'archived' ELSE {changed} END"
    return (
        f"SELECT {', '.join(values)}, {gone} AS gone, {_action(entity, missing, after)} AS action, "
        f"CASE WHEN {present} THEN {fields_before} END AS before, "
        f"CASE WHEN {present} AND NOT ({gone}) THEN {_fields(differs)} END AS after, NULL::VARCHAR AS held_by "
        f"FROM {desired} AS w FULL JOIN {roster} AS c USING ({key}) "
        f"WHERE {changed} OR NOT ({present})"
    )


def _action(entity: model.Entity, missing: str, after: dict[str, str]) -> str:
    cases = [f"WHEN c.{entity.table.key[0]} IS NULL THEN 'create'"]
    if status := entity.status:
        cases += [
            f"WHEN {after[status]} = 'archived' AND c.{status} <> 'archived' THEN 'archive'",
            f"WHEN {after[status]} = 'concluded' AND c.{status} <> 'concluded' THEN 'conclude'",
            f"WHEN c.{status} IN ('archived', 'concluded') AND {after[status]} <> c.{status} THEN 'restore'",
        ]
    else:
        cases.append(f"WHEN {missing} THEN 'archive'")
    if "clever_id" in entity.table.column_names:
        cases.append("WHEN w.clever_id <> c.clever_id THEN 'relink'")
    return f"CASE {' '.join(cases)} ELSE 'update' END"


def _fields(differs: list[tuple[str, str, str]]) -> str:
    """A JSON object of the fields that differ, given as (name, value, whether it differs)."""
    parts = ", ".join(
        f"CASE WHEN {differ} THEN '\"{name}\":' || coalesce(to_json({value})::VARCHAR, 'null') END"
        for name, value, differ in differs
    )
    return f"'{{' || concat_ws(',', {parts}) || '}}'"


def _narrow(connection: duckdb.DuckDBPyConnection, sites: Sequence[str]) -> None:
    """Keeps what changes at these sites and in their sections, and every change of everybody who is or was there."""
    chosen = {"sites": list(sites)}
    make(connection, "plan/people_of_sites", "plan/sections_of_sites", **chosen)
    for entity in model.ENTITIES:
        if entity.name != "users":
            elsewhere = "NOT list_contains($sites, site_id)"
            for key, of_sites in (("user_id", "people"), ("section_id", "sections")):
                if key in entity.table.key and entity.name != "sections":
                    elsewhere += f" AND {key} NOT IN (FROM plan.{of_sites}_of_sites)"
            connection.execute(f"DELETE FROM plan.{entity.name} WHERE {elsewhere}", chosen)
    run(connection, "plan/users_of_other_sites")
    run(connection, "plan/enrollments_without_section")
