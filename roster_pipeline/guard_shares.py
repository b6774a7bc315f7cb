"""Shares: how much of what is in force a plan would end, update or rename, per entity, at a site and in the district.

Belongs here: counting changes against the limits in percent and in number, and marking those of a share
that is too large with the key of its trip (a limit that was passed, a row of `plan.trips`). Does not
belong here: what a person is told about it, and approvals (`guards.py`).

Sites are judged first; the district is judged on what they leave, so that one school's accident does not
hold back every other school's daily changes. At a limit changes flow; strictly more is held.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import duckdb

from roster_pipeline import model
from roster_pipeline.guard_limits import Limits
from roster_pipeline.sql import statement

_PERSON_STAYS = "user_id NOT IN (SELECT user_id FROM plan.users WHERE action = 'archive')"
_SECTION_STAYS = "section_id NOT IN (SELECT section_id FROM plan.sections WHERE action IN ('archive', 'conclude'))"
_NOTHING_INSTEAD = "section_id NOT IN (SELECT section_id FROM plan.section_courses WHERE action = 'create')"
# A login comes from the platform, not from Clever, and on the first day of school everybody has one.
_MORE_THAN_A_LOGIN = "json_keys(before) <> ['enrollment_status', 'first_login_at']"

_OF_THEIR_OWN = {"user_sites": (_PERSON_STAYS,), "enrollments": (_PERSON_STAYS, _SECTION_STAYS)}
"""Memberships follow their person and their section; only those that end by themselves are counted."""


@dataclass(frozen=True)
class Share:
    """A kind of change that has a limit; `condition` selects the rows of `source` that count."""

    guard: str
    entity: str
    source: str
    action: str
    condition: str
    percent: str
    count: str = "NULL"


def _of_plan(guard: str, entity: str, action: str, percent: str, *conditions: str, count: str = "NULL") -> Share:
    condition = " AND ".join((f"action = '{action}'", *conditions))
    return Share(guard, entity, f"plan.{entity}", action, condition, percent, count)


SHARES: tuple[Share, ...] = (
    *(
        _of_plan(
            "archives", e.name, "archive", "archive_percent", *_OF_THEIR_OWN.get(e.name, ()), count="archive_count"
        )
        for e in model.ENTITIES
        if e.status
    ),
    _of_plan("mapping", "section_courses", "archive", "mapping_percent", _SECTION_STAYS, _NOTHING_INSTEAD),
    *(
        _of_plan("updates", e.name, "update", "update_percent", *([_MORE_THAN_A_LOGIN] if e.name == "users" else []))
        for e in model.ENTITIES
        if e.status  # how a course came to hang on a section changes nothing for anybody
    ),
)
"""In the order in which they are judged: a change that one guard holds is not counted by the next."""

RELINKS: tuple[Share, ...] = tuple(
    Share("relink", name, "plan.relinks", "relink", f"entity = '{name}' AND verdict = 'apply'", "relink_percent")
    for name in ("users", "sections")
)


def start(connection: duckdb.DuckDBPyConnection, limits: Mapping[str | None, Limits]) -> None:
    """Makes `plan.limits`, one row per site and one for the district, and empties what judging fills."""
    columns = [(f.name, "DECIMAL(9, 3)" if f.name.endswith("_percent") else "BIGINT") for f in fields(Limits)]
    connection.execute(
        "CREATE OR REPLACE TABLE plan.limits (site_id VARCHAR, own_window BOOLEAN, "
        + ", ".join(f"{name} {type_}" for name, type_ in columns)
        + ")"
    )
    for site, limit in limits.items():
        values = [site, site is not None, *(getattr(limit, name) for name, _ in columns)]
        connection.execute(f"INSERT INTO plan.limits VALUES ({', '.join('?' * len(values))})", values)
    for name in ("limits_of_sites", "trips", "population"):
        connection.execute(statement(f"guards/{name}"))


def judge(connection: duckdb.DuckDBPyConnection, share: Share) -> None:
    """Marks the changes of a share that is too large, first per site, then in the rest of the district."""
    count_in_force(connection, share.entity)
    elsewhere = "(site_id IS NULL OR site_id NOT IN (SELECT site_id FROM plan.limits WHERE own_window))"
    for site, where in (("site_id", "site_id IS NOT NULL"), ("NULL::VARCHAR", elsewhere)):
        judged = f"held_by IS NULL AND {where} AND {share.condition}"
        row = connection.execute(
            f"""
            INSERT INTO plan.trips
            WITH counted AS (
              SELECT {site} AS site, count(*) AS changes FROM {share.source} WHERE {judged} GROUP BY site
            ),
            population AS (
              SELECT {site} AS site, sum(in_force)::BIGINT AS in_force FROM plan.population
              WHERE entity = $entity AND {where} GROUP BY site
            )
            SELECT
              concat_ws('|', $guard, $entity, c.site), $guard, $entity, c.site, c.changes, p.in_force,
              if(100 * c.changes > l.{share.percent} * p.in_force, l.{share.percent}, {share.count})::DOUBLE,
              100 * c.changes <= l.{share.percent} * p.in_force, NULL
            FROM counted AS c
            JOIN population AS p ON p.site IS NOT DISTINCT FROM c.site
            JOIN plan.limits AS l ON l.site_id IS NOT DISTINCT FROM c.site
            WHERE p.in_force >= l.minimum_population
              AND (100 * c.changes > l.{share.percent} * p.in_force OR c.changes > {share.count})
            """,
            {"guard": share.guard, "entity": share.entity},
        ).fetchone()
        if row and row[0]:
            connection.execute(
                f"UPDATE {share.source} SET held_by = trip_key FROM ("
                "SELECT key AS trip_key, site_id AS trip_site FROM plan.trips WHERE guard = $guard AND entity = $entity"
                f") AS trip WHERE trip_site IS NOT DISTINCT FROM {site} AND {judged}",
                {"guard": share.guard, "entity": share.entity},
            )


def count_in_force(connection: duckdb.DuckDBPyConnection, entity: str) -> None:
    """Adds the entity's records in force, per site, to `plan.population`, unless they are there already."""
    if connection.execute("SELECT 1 FROM plan.population WHERE entity = ? LIMIT 1", [entity]).fetchone():
        return
    connection.execute(
        f"INSERT INTO plan.population SELECT $entity, site_id, count(*) FROM {in_force(entity)} GROUP BY site_id",
        {"entity": entity},
    )


def in_force(entity: str) -> str:
    """A FROM clause: the entity's records that are in force in the roster now."""
    (known,) = (e for e in model.ENTITIES if e.name == entity)
    if known.status is None:
        return f"{known.table.full_name} SEMI JOIN (FROM roster.sections WHERE status = 'active') USING (section_id)"
    return f"{known.table.full_name} WHERE {known.status} NOT IN ('archived', 'concluded')"
