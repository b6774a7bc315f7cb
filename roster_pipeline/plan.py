"""The plan: every change between the roster and what it should become, made the same way for all entities.

Belongs here: computing, counting and fingerprinting the plan, and applying it. Does not belong here: what
the roster should be (`sql/wanted/`), and whether a change is acceptable (guards, which stand between
`make_plan` and `apply_plan` and mark rows of `plan.*` with `held_by`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import duckdb

from roster_pipeline import model
from roster_pipeline.errors import RosterError, SyncRefused
from roster_pipeline.sql import statement

ACTIONS = ("create", "update", "archive", "restore", "conclude", "relink")

_KEPT_VALUES = {
    "since_sync_id": "coalesce(c.since_sync_id, $sync_id)",
    "first_synced_at": "coalesce(c.first_synced_at, $started_at)",
    "archived_at": "CASE WHEN w.enrollment_status = 'archived' THEN coalesce(c.archived_at, $started_at) END",
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


def build_wanted(
    connection: duckdb.DuckDBPyConnection, today: date, resolve_identities: Callable[[], object] = lambda: None
) -> None:
    """Fills `wanted.*`: what each roster table should hold, from staging, inputs and the roster itself.

    `today` decides which terms are over. `resolve_identities` is called when each shared person and section has
    the platform's id that its Clever id suggests, and may give it another. Raises RosterError when nothing has
    been staged yet.
    """
    staged = connection.execute(
        "SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'staging' AND table_name = 'issues'"
    ).fetchone()
    if staged == (0,):
        raise RosterError(
            "Nothing has been staged for this district yet", do="Run a whole sync first: `roster sync` or job sync_now"
        )
    for name in ("sites", "user_ids", "section_ids"):
        connection.execute(statement(f"wanted/{name}"))
    resolve_identities()
    for name in ("users", "user_sites", "sections", "enrollments", "section_courses", "scope_issues"):
        sql = statement(f"wanted/{name}")
        connection.execute(sql, {"today": today} if "$today" in sql else {})


def make_plan(
    connection: duckdb.DuckDBPyConnection, *, sync_id: str, started_at: datetime, sites: Sequence[str] = ()
) -> None:
    """Fills `plan.<entity>` with the records that change, as they will be; nothing is held yet.

    With `sites`, only changes at these sites are kept; everything else waits for a later sync. Raises
    SyncRefused for a site that the district does not have or that is not synced from Clever.
    """
    for entity in model.ENTITIES:
        sql = _difference(entity)
        values = {"sync_id": sync_id, "started_at": started_at}
        connection.execute(sql, {k: v for k, v in values.items() if f"${k}" in sql})
    if sites:
        _narrow(connection, sites)
    connection.execute(
        "CREATE OR REPLACE VIEW plan.changes AS "
        + " UNION ALL ".join(
            f"SELECT '{e.name}' AS entity, entity_id, site_id, action, before, after, held_by FROM plan.{e.name}"
            for e in model.ENTITIES
        )
    )
    connection.execute(statement("plan/holds"))


def summarize(connection: duckdb.DuckDBPyConnection) -> Plan:
    """Counts and fingerprint of the changes in `plan.*` that are not held, and how many are."""
    per_entity = " UNION ALL ".join(
        f"SELECT {n} AS n, '{e.name}' AS entity, site_id, action, held_by IS NOT NULL AS held, count(*) AS changes, "
        f"bit_xor(md5_number_lower(concat_ws('|', '{e.name}', entity_id, action, before, after))) AS print "
        f"FROM plan.{e.name} GROUP BY site_id, action, held"
        for n, e in enumerate(model.ENTITIES)
    )
    connection.execute(f"CREATE OR REPLACE TABLE plan.counts AS {per_entity}")
    rows = connection.execute(
        "SELECT entity, site_id, action, changes, print FROM plan.counts WHERE NOT held ORDER BY n, site_id, action"
    ).fetchall()
    counts = tuple(Count(*row[:4]) for row in rows)
    mark = 0
    for row in rows:
        mark ^= int(row[4])
    changed = sum(c.changes for c in counts)
    in_force = " + ".join(f"(SELECT count(*) FROM wanted.{e.name}{_in_force(e)})" for e in model.ENTITIES)
    touched = " + ".join(
        f"(SELECT count(*) FROM plan.{e.name} WHERE NOT gone{_in_force(e, 'AND')})" for e in model.ENTITIES
    )
    totals = connection.execute(
        f"SELECT ({in_force}) - ({touched}), (SELECT coalesce(sum(changes), 0) FROM plan.counts WHERE held)"
    ).fetchone()
    unchanged, held = totals or (0, 0)
    return Plan(counts, int(unchanged), f"{mark:016x}-{changed}", int(held))


def apply_plan(connection: duckdb.DuckDBPyConnection, *, sync_id: str, started_at: datetime) -> None:
    """Writes the changes of `plan.*` that are not held into the roster, and what cannot be derived into the change log.

    What is held is logged once, with the sync that opened the hold. Runs inside the caller's transaction.
    """
    for entity in model.ENTITIES:
        table, key = entity.table, ", ".join(entity.table.key)
        connection.execute(
            f"DELETE FROM {table.full_name} AS t USING plan.{entity.name} AS p WHERE "
            + " AND ".join(f"t.{k} = p.{k}" for k in table.key)
            + " AND p.action <> 'create' AND p.held_by IS NULL"
        )
        columns = ", ".join(table.column_names)
        connection.execute(
            f"INSERT INTO {table.full_name} ({columns}) SELECT {columns} FROM plan.{entity.name} "
            f"WHERE NOT gone AND held_by IS NULL ORDER BY {key}"
        )
        logged = "true" if entity.status is None else "action <> 'create'"
        connection.execute(
            "INSERT INTO sync.change_log SELECT $sync_id, $entity, entity_id, site_id, action, before, after, held_by "
            f"FROM plan.{entity.name} WHERE (held_by IS NULL AND {logged}) "
            "OR held_by IN (SELECT hold_id FROM sync.holds WHERE sync_id = $sync_id)",
            {"sync_id": sync_id, "entity": entity.name},
        )
    connection.execute(statement("roster/section_counts"), {"started_at": started_at})
    connection.execute("DELETE FROM mapping.courses")
    connection.execute("INSERT INTO mapping.courses BY NAME SELECT * FROM input.courses")


def _in_force(entity: model.Entity, word: str = "WHERE") -> str:
    return f" {word} {entity.status} NOT IN ('archived', 'concluded')" if entity.status else ""


def _difference(entity: model.Entity) -> str:
    """The statement that fills `plan.<entity>`: whole new records, the action, and the changed fields."""
    table = entity.table
    key = ", ".join(table.key)
    differs = [(name, f"w.{name} IS DISTINCT FROM c.{name}") for name in table.compared]
    present = f"c.{table.key[0]} IS NOT NULL"
    gone = f"w.{table.key[0]} IS NULL"
    values = [k if k in table.key else _value(table, k, entity) for k in table.column_names]
    return (
        f"CREATE OR REPLACE TABLE plan.{entity.name} AS SELECT {', '.join(values)}, "
        f"concat_ws('/', {key}) AS entity_id, {gone} AS gone, {_action(entity)} AS action, "
        f"CASE WHEN {present} THEN {_fields('c', differs)} END AS before, "
        f"CASE WHEN {present} AND NOT ({gone}) THEN {_fields('w', differs)} END AS after, "
        "NULL::VARCHAR AS held_by "
        f"FROM wanted.{entity.name} AS w FULL JOIN {table.full_name} AS c USING ({key}) "
        f"WHERE NOT ({present}) OR {gone} OR {' OR '.join(d for _, d in differs)}"
    )


def _value(table: model.Table, name: str, entity: model.Entity) -> str:
    column = next(c for c in table.columns if c.name == name)
    if column.kept:
        return f"{_KEPT_VALUES.get(name, f'c.{name}')} AS {name}"
    if entity.status is None:
        return f"coalesce(w.{name}, c.{name}) AS {name}" if name == "site_id" else f"w.{name} AS {name}"
    return f"w.{name} AS {name}"


def _action(entity: model.Entity) -> str:
    cases = [
        f"WHEN c.{entity.table.key[0]} IS NULL THEN 'create'",
        f"WHEN w.{entity.table.key[0]} IS NULL THEN 'archive'",
    ]
    if status := entity.status:
        cases += [
            f"WHEN w.{status} = 'archived' AND c.{status} <> 'archived' THEN 'archive'",
            f"WHEN w.{status} = 'concluded' AND c.{status} <> 'concluded' THEN 'conclude'",
            f"WHEN c.{status} IN ('archived', 'concluded') AND w.{status} <> c.{status} THEN 'restore'",
        ]
    if "clever_id" in entity.table.column_names:
        cases.append("WHEN w.clever_id <> c.clever_id THEN 'relink'")
    return f"CASE {' '.join(cases)} ELSE 'update' END"


def _fields(side: str, differs: list[tuple[str, str]]) -> str:
    """A JSON object of the fields that differ; of a record that is deleted, all that were set."""
    parts = ", ".join(
        f"CASE WHEN {differ} THEN '\"{name}\":' || coalesce(to_json({side}.{name})::VARCHAR, 'null') END"
        for name, differ in differs
    )
    return f"'{{' || concat_ws(',', {parts}) || '}}'"


def _narrow(connection: duckdb.DuckDBPyConnection, sites: Sequence[str]) -> None:
    chosen = {"sites": list(sites)}
    known = dict(connection.execute("SELECT site_id, enrollment_source FROM wanted.sites").fetchall())
    for site in sites:
        if site not in known:
            raise SyncRefused(f"This district has no site {site}", do="`roster status` lists its sites")
        refuse_manual(site, known[site])
    for entity in model.ENTITIES:
        if entity.name != "users":
            connection.execute(f"DELETE FROM plan.{entity.name} WHERE NOT list_contains($sites, site_id)", chosen)
    connection.execute(statement("plan/users_of_other_sites"), chosen)


def refuse_manual(site: str, enrollment_source: str) -> None:
    """Raises SyncRefused for a site whose enrollment source is not Clever."""
    if enrollment_source != "clever":
        raise SyncRefused(
            f"Site {site} does not use Clever: its enrollment source is {enrollment_source!r}",
            do="The setting is in data/sites.csv; remove its line there to sync the site",
        )
