"""Answers for people, read from the published copy.

Belongs here: the questions behind `roster status`, `recent` and `details`. Does not belong here: how they
are printed, and anything that writes.
"""

from __future__ import annotations

from typing import Any

import duckdb

from roster_pipeline import model
from roster_pipeline.errors import RosterError, SyncRefused
from roster_pipeline.warehouse.sql import run

Row = dict[str, Any]


def sites(connection: duckdb.DuckDBPyConnection) -> list[Row]:
    """One row per site: people and sections in force, mapped, unmapped, pending, last synced, last attempt."""
    return _rows(connection, "history/report/sites", {})


def waiting_sites(connection: duckdb.DuckDBPyConnection) -> list[Row]:
    """The sites of which nothing is on the roster until somebody confirms their counts."""
    return _rows(connection, "history/report/waiting_sites", {})


def clevers_data(connection: duckdb.DuckDBPyConnection) -> Row:
    """When Clever last had new data, as the last sync was told, and what was wrong there (paused, stale)."""
    found = _rows(connection, "history/report/clevers_data", {})
    return found[0] if found else {"clevers_data_at": None, "clever_says": ""}


def recent(connection: duckdb.DuckDBPyConnection, limit: int = 7) -> list[Row]:
    """The last syncs, the newest first."""
    return _rows(connection, "history/report/recent", {"limit": limit})


def sync(connection: duckdb.DuckDBPyConnection, sync_id: str | None) -> Row:
    """One sync, by its id or the beginning of it; the newest when None. Raises RosterError when there is none."""
    found = _rows(connection, "history/report/sync", {"sync_id": sync_id})
    if not found:
        raise RosterError(f"There is no sync {sync_id or 'yet'}", do="`roster recent` lists the syncs")
    return found[0]


def sync_of_run(connection: duckdb.DuckDBPyConnection, run_id: str) -> Row | None:
    """The sync that a Dagster run made; None when it left none."""
    found = _rows(connection, "history/report/sync_of_run", {"run_id": run_id})
    return found[0] if found else None


def change_counts(connection: duckdb.DuckDBPyConnection, sync_id: str) -> list[Row]:
    """What a sync changed, counted per entity, site and action."""
    return _rows(connection, "history/report/change_counts", {"sync_id": sync_id})


def changes(
    connection: duckdb.DuckDBPyConnection,
    sync_id: str,
    *,
    entity: str | None = None,
    action: str | None = None,
    limit: int = 50,
) -> list[Row]:
    """The changed records of a sync, `limit` at most."""
    return _rows(
        connection, "history/report/changes", {"sync_id": sync_id, "entity": entity, "action": action, "limit": limit}
    )


def issues(connection: duckdb.DuckDBPyConnection, sync_id: str) -> list[Row]:
    """What a sync noticed, errors first."""
    return _rows(connection, "history/report/issues", {"sync_id": sync_id})


def lines_without(connection: duckdb.DuckDBPyConnection) -> Row:
    """How many `lines` of the files people edit name nothing that is there, and the `sync_id` that lists them."""
    return _rows(connection, "history/report/lines_without", {})[0]


def holds(connection: duckdb.DuckDBPyConnection, *, every: bool = False) -> list[Row]:
    """The holds that wait for a decision or for the sync that acts on it; with `every`, the closed ones too."""
    return _rows(connection, "history/report/holds", {"all": every})


def standing(connection: duckdb.DuckDBPyConnection) -> list[Row]:
    """The holds that are not over, in few columns; the copy of an older release can be asked too."""
    return _rows(connection, "history/report/standing", {})


def hold_changes(connection: duckdb.DuckDBPyConnection, hold_id: str, limit: int = 50) -> list[Row]:
    """The records that a hold keeps back, as they were when it was opened, `limit` at most."""
    return _rows(connection, "history/report/hold_changes", {"hold_id": hold_id, "limit": limit})


def plan_counts(connection: duckdb.DuckDBPyConnection) -> list[Row]:
    """The plan that stands now, counted per entity, action, site and hold; needs the pipeline's own connection."""
    return _rows(connection, "history/report/plan_counts", {})


def plan_changes(connection: duckdb.DuckDBPyConnection, limit: int = 50) -> list[Row]:
    """The records of the plan that stands now, `limit` at most; needs the pipeline's own connection."""
    per_entity = []
    for e in model.ENTITIES:  # each cut before its ids are put together: a first plan has millions of records
        key = ", ".join(e.table.key)
        first = f"(FROM plan.{e.name} ORDER BY held_by IS NULL, action, {key} LIMIT $limit)"
        columns = f"'{e.name}' AS entity, {e.id_of()} AS entity_id, site_id, action, before, after, held_by"
        per_entity.append(f"SELECT {columns} FROM {first}")
    records = " UNION ALL ".join(per_entity)
    query = f"FROM ({records}) ORDER BY held_by IS NULL, entity, action, entity_id LIMIT $limit"
    return _fetched(connection.execute(query, {"limit": limit}))


def ids_that_begin(connection: duckdb.DuckDBPyConnection, what: str, start: str) -> list[str]:
    """The ids of `syncs`, `holds` or `sections` that begin with `start`; a section may be named by Clever's too."""
    return [row["id"] for row in _rows(connection, f"history/report/{what}_that_begin", {"start": start})]


def users_called(connection: duckdb.DuckDBPyConnection, said: str) -> list[str]:
    """The user_id of everybody whose whole id, ours or Clever's, this is."""
    return [row["user_id"] for row in _rows(connection, "history/report/users_called", {"said": said.strip()})]


def mapped_sections(
    connection: duckdb.DuckDBPyConnection,
    *,
    site: str | None = None,
    course: str | None = None,
    by: str | None = None,
    unmapped: bool = False,
    limit: int = 50,
) -> list[Row]:
    """Active sections with their courses and what hung these there, `limit` at most; those without a course first.

    `by` is one of the ways in which a course came to hang there, as in `mapped_by`. Each row has how many are `found`.
    """
    asked = {"site": site, "course": course, "by": by, "unmapped": unmapped, "limit": limit}
    return _rows(connection, "history/report/mapped_sections", asked)


def section_named(connection: duckdb.DuckDBPyConnection, section_id: str) -> Row:
    """How a section of the roster is called, and where it is."""
    return _rows(connection, "history/report/section_named", {"section_id": section_id})[0]


def must_know(connection: duckdb.DuckDBPyConnection, *, site: str | None = None, course: str | None = None) -> None:
    """Raises SyncRefused, with names that are like it, for a site or course that there is not."""
    for kind, said, name in (("site", site, "name"), ("course", course, "title")):
        alike = _rows(connection, f"history/report/{kind}s_alike", {"said": said}) if said else []
        if said and not any(row["is_meant"] for row in alike):
            near = "; ".join(f"{row[f'{kind}_id']} ({row[name]})" for row in alike)
            raise SyncRefused(
                f"There is no {kind} {said!r}", do=f"Name one that there is; close to it: {near or 'none'}"
            )


def carried(
    connection: duckdb.DuckDBPyConnection, site: str | None = None, course: str | None = None, origin: str | None = None
) -> list[Row]:
    """What was carried over to active sections, and from which; `origin` is one of those."""
    return _rows(connection, "history/report/carried", {"site": site, "course": course, "from": origin})


def every_section(connection: duckdb.DuckDBPyConnection) -> list[Row]:
    """Every active section, as a spreadsheet has it; several values of a cell with `;` between them."""
    return _rows(connection, "history/report/every_section", {})


def best_suggestions(connection: duckdb.DuckDBPyConnection, least: float, site: str | None = None) -> list[Row]:
    """The best suggestion of each unmapped section, of one site or all, where it has at least this score."""
    return _rows(connection, "history/report/best_suggestions", {"least": least, "site": site})


def queue_counts(connection: duckdb.DuckDBPyConnection) -> Row:
    """How many active sections have no course, how many `seats` these have, and for how many one is `suggested`."""
    return _rows(connection, "history/report/queue_counts", {})[0]


def unmapped(connection: duckdb.DuckDBPyConnection, limit: int = 50) -> list[Row]:
    """The queue: active sections without a course, `limit` at most, those with most students first."""
    return _rows(connection, "history/report/unmapped", {"limit": limit})


def newly_unmapped(connection: duckdb.DuckDBPyConnection) -> Row:
    """How many `sections` with how many `students` the last sync put into the queue."""
    return _rows(connection, "history/report/newly_unmapped", {})[0]


def course_access_rows(connection: duckdb.DuckDBPyConnection) -> int:
    """How many rows `roster.course_access` has."""
    return int(_rows(connection, "history/report/course_access_rows", {})[0]["rows"])


def life(connection: duckdb.DuckDBPyConnection, entity_id: str) -> list[Row]:
    """Every change of one record, over all syncs."""
    return _rows(connection, "history/report/life", {"entity_id": entity_id})


def compare(connection: duckdb.DuckDBPyConnection, from_sync: str, to_sync: str, limit: int = 50) -> list[Row]:
    """What differs in the roster between two syncs, in the shape of a plan."""
    return _rows(connection, "history/report/compare", {"from_sync": from_sync, "to_sync": to_sync, "limit": limit})


def answer(connection: duckdb.DuckDBPyConnection, name: str, **values: Any) -> list[Row]:
    """What the query of a file answers, row by row: for the questions that have a module of their own."""
    return _rows(connection, name, values)


def _rows(connection: duckdb.DuckDBPyConnection, name: str, values: Row) -> list[Row]:
    return _fetched(run(connection, name, **values))


def _fetched(result: duckdb.DuckDBPyConnection) -> list[Row]:
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
