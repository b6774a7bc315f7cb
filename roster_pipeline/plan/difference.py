"""The plan: every change between the roster and what it should become, made the same way for all entities.

Belongs here: computing, counting and fingerprinting the plan, and applying it. Does not belong here: what
the roster should be (`plan/desired/`), and whether a change is acceptable (guards, which stand between
`make_plan` and `apply_plan` and mark rows of `plan.*` with `held_by`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import duckdb

from roster_pipeline.errors import SyncRefused
from roster_pipeline.model import tables as model
from roster_pipeline.staging.stage import require_staged
from roster_pipeline.warehouse.sql import statement

ACTIONS = ("create", "update", "archive", "restore", "conclude", "relink")

_KEPT_VALUES = {
    "since_sync_id": "coalesce(c.since_sync_id, getvariable('sync_id'))",
    "first_synced_at": "coalesce(c.first_synced_at, getvariable('started_at'))",
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


def build_desired(
    connection: duckdb.DuckDBPyConnection, today: date, resolve_identities: Callable[[], object] = lambda: None
) -> None:
    """Fills `desired.*`: what each roster table should hold, from staging, inputs and the roster itself.

    `today` decides which terms are over. `resolve_identities` is called when each shared person and section has
    the platform's id that its Clever id suggests, and may give it another. When only the mapping can have changed
    since the last sync, people are not looked at. Raises RosterError when nothing has been staged yet.
    """
    require_staged(connection)
    start(connection)
    connection.execute(statement("plan/basis"), {"today": today})
    settled = connection.execute("SELECT 1 FROM sync.settled JOIN plan.basis USING (basis)").fetchone() is not None
    of_people: tuple[str, ...] = ("users", "user_sites", "enrollments", "scope_issues", "login_issues")
    if settled:
        connection.execute(statement("plan/desired/settled"))
        of_people = ()
    for name in ("sites", "section_ids") if settled else ("sites", "user_ids", "section_ids"):
        connection.execute(statement(f"plan/desired/{name}"))
    resolve_identities()
    connection.execute(statement("plan/desired/sections"), {"today": today})
    for name in (*of_people, "section_courses", "last_known_issues"):
        connection.execute(statement(f"plan/desired/{name}"))


def start(connection: duckdb.DuckDBPyConnection) -> None:
    """Forgets the plan that stood in `plan.*`; no entity is exempt from the next."""
    connection.execute(
        "DROP SCHEMA IF EXISTS memory.plan CASCADE; CREATE SCHEMA memory.plan;"
        "CREATE TABLE memory.plan.untouched (entity VARCHAR)"
    )


def make_plan(
    connection: duckdb.DuckDBPyConnection, *, sync_id: str, started_at: datetime, sites: Sequence[str] = ()
) -> None:
    """Fills `plan.<entity>` with the records that change, as they will be; nothing is held yet.

    With `sites`, only changes at these sites are kept; everything else waits for a later sync. Raises
    SyncRefused for a site that the district does not have or that is not synced from Clever.
    """
    connection.execute("SET VARIABLE sync_id = $sync_id", {"sync_id": sync_id})
    connection.execute("SET VARIABLE started_at = $started_at", {"started_at": started_at})
    all_new = not sites and connection.execute("SELECT 1 FROM roster.sites LIMIT 1").fetchone() is None
    untouched = _untouched(connection)
    for entity in model.ENTITIES:
        desired, roster = f"desired.{entity.name}", entity.table.full_name
        if all_new:  # need not be compared, nor written down twice
            difference = _difference(entity, desired, f"(FROM {roster} WHERE false)")
            connection.execute(f"CREATE VIEW plan.{entity.name} AS {difference}")
            continue
        if entity.name in untouched:
            desired, roster = f"(FROM {desired} WHERE false)", f"(FROM {roster} WHERE false)"
        elif entity.group:
            connection.execute(_changed_groups(entity))
            desired, roster = (f"(FROM {t} SEMI JOIN plan.changed USING ({entity.group}))" for t in (desired, roster))
        connection.execute(f"CREATE TABLE plan.{entity.name} AS {_difference(entity, desired, roster)}")
    if sites:
        _narrow(connection, sites)
    connection.execute(
        "CREATE OR REPLACE VIEW plan.changes AS "
        + " UNION ALL ".join(
            f"SELECT '{e.name}' AS entity, concat_ws('/', {', '.join(e.table.key)}) AS entity_id, "
            f"site_id, action, before, after, held_by FROM plan.{e.name}"
            for e in model.ENTITIES
        )
    )
    for name in ("plan/holds", "plan/hold_parts"):
        connection.execute(statement(name))


def summarize(connection: duckdb.DuckDBPyConnection) -> Plan:
    """Counts and fingerprint of the changes in `plan.*` that are not held, and how many are.

    They are computed once per plan, when nothing of it is marked as held any more.
    """
    query = "SELECT 1 FROM duckdb_tables() WHERE schema_name = 'plan' AND table_name = 'totals'"
    if connection.execute(query).fetchone() is None:
        per_entity = " UNION ALL ".join(
            f"SELECT {n} AS n, '{e.name}' AS entity, site_id, action, held_by, "
            f"count(*) AS changes, bit_xor({_print(e.name, *e.table.key, 'action', 'before', 'after')}) AS print "
            f"FROM plan.{e.name} GROUP BY site_id, action, held_by"
            for n, e in enumerate(model.ENTITIES)
        )
        untouched = _untouched(connection)
        in_force = " + ".join(
            f"(SELECT count(*) FROM {e.table.full_name if e.name in untouched else f'desired.{e.name}'}{_in_force(e)})"
            for e in model.ENTITIES
        )
        touched = " + ".join(
            f"(SELECT count(*) FROM plan.{e.name} WHERE NOT gone{_in_force(e, 'AND')})" for e in model.ENTITIES
        )
        connection.execute(
            f"CREATE TABLE plan.counts AS {per_entity}; "
            f"CREATE TABLE plan.totals AS SELECT ({in_force}) - ({touched}) AS unchanged"
        )
    rows = connection.execute(
        "SELECT entity, site_id, action, changes, print, held_by FROM plan.counts ORDER BY n, site_id, action"
    ).fetchall()
    ((unchanged,),) = connection.execute("FROM plan.totals").fetchall()
    free = [row for row in rows if row[5] is None]
    counts = tuple(Count(*row[:4]) for row in free)
    mark = 0
    for row in free:
        mark ^= int(row[4])
    changed = sum(c.changes for c in counts)
    return Plan(counts, int(unchanged), f"{mark:016x}-{changed}", sum(row[3] for row in rows if row[5] is not None))


def apply_plan(connection: duckdb.DuckDBPyConnection, *, sync_id: str, started_at: datetime) -> None:
    """Writes the changes of `plan.*` that are not held into the roster, and what cannot be derived into the change log.

    What is held is logged once, with the sync that opened the hold. Runs inside the caller's transaction.
    """
    query = "SELECT entity, bool_and(action = 'create' AND held_by IS NULL) FROM plan.counts GROUP BY entity"
    planned: dict[str, bool] = dict(connection.execute(query).fetchall())
    for entity in model.ENTITIES:
        if entity.name in planned:
            _apply_entity(connection, entity, sync_id, only_new=planned[entity.name])
    # Rewriting them is five times as fast as an UPDATE of rows that this transaction has just written.
    connection.execute(statement("plan/section_counts"), {"started_at": started_at})
    connection.execute(
        "DELETE FROM roster.sections WHERE section_id IN (SELECT section_id FROM counted_sections);"
        "INSERT INTO roster.sections FROM counted_sections; DROP TABLE counted_sections"
    )


def _apply_entity(connection: duckdb.DuckDBPyConnection, entity: model.Entity, sync_id: str, *, only_new: bool) -> None:
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
        f"INSERT INTO sync.change_log SELECT $sync_id, '{entity.name}', concat_ws('/', {', '.join(table.key)}), "
        f"site_id, action, before, after, held_by FROM plan.{entity.name} WHERE (held_by IS NULL AND {logged}) "
        "OR held_by IN (SELECT hold_id FROM sync.holds WHERE sync_id = $sync_id)",
        {"sync_id": sync_id},
    )


def _untouched(connection: duckdb.DuckDBPyConnection) -> set[str]:
    return {name for (name,) in connection.execute("FROM plan.untouched").fetchall()}


def _in_force(entity: model.Entity, word: str = "WHERE") -> str:
    return f" {word} {entity.status} NOT IN ('archived', 'concluded')" if entity.status else ""


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
        f"CREATE OR REPLACE TABLE plan.changed AS SELECT {entity.group} "
        f"FROM ({hashed} FROM desired.{entity.name} GROUP BY ALL) AS w "
        f"FULL JOIN ({hashed} FROM {entity.table.full_name}{_in_force(entity)} GROUP BY ALL) AS c "
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
    chosen = {"sites": list(sites)}
    known = dict(connection.execute("SELECT site_id, enrollment_source FROM desired.sites").fetchall())
    for site in sites:
        if site not in known:
            raise SyncRefused(f"This district has no site {site}", do="`roster status` lists its sites")
        refuse_manual(site, known[site])
    connection.execute(statement("plan/people_of_sites"), chosen)
    for entity in model.ENTITIES:
        of_people = " AND user_id NOT IN (FROM plan.people_of_sites)" if "user_id" in entity.table.key else ""
        if entity.name != "users":
            elsewhere = f"NOT list_contains($sites, site_id){of_people}"
            connection.execute(f"DELETE FROM plan.{entity.name} WHERE {elsewhere}", chosen)
    connection.execute(statement("plan/users_of_other_sites"), chosen)
    connection.execute(statement("plan/enrollments_without_section"))


def refuse_manual(site: str, enrollment_source: str) -> None:
    """Raises SyncRefused for a site whose enrollment source is not Clever."""
    if enrollment_source != "clever":
        raise SyncRefused(
            f"Site {site} does not use Clever: its enrollment source is {enrollment_source!r}",
            do="The setting is in data/sites.csv; remove its line there to sync the site",
        )
