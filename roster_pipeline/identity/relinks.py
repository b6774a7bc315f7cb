"""Identifier churn: the same people and sections under new Clever ids.

Belongs here: recognizing a relink, deciding whether it applies by itself, and giving it effect on
`desired.user_ids` and `desired.section_ids` before anything else is desired. Does not belong here: the hold
that a person reads (`guards.py`).

A relink applies by itself when it is unambiguous and few come back that way; many are held as a whole;
what is ambiguous (two candidates, or only the SIS id agrees) waits for a person and is never merged here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import duckdb

from roster_pipeline.guards.changes import RELINKS, judge, start
from roster_pipeline.guards.limits import ExpectedChange, Limits, limits_by_site
from roster_pipeline.warehouse.sql import statement


@dataclass(frozen=True)
class Relinks:
    """How many people and sections come back under another Clever id, by what becomes of it."""

    applied: int
    held: int
    queued: int


def resolve_identities(
    connection: duckdb.DuckDBPyConnection,
    limits: Limits,
    *,
    today: date,
    now: datetime,
    expected: Sequence[ExpectedChange] = (),
) -> Relinks:
    """Finds relinks, fills `plan.relinks`, and lets those that apply keep their `user_id` and `section_id`.

    Runs after `desired.sites`, `desired.user_ids` and `desired.section_ids` are made and before anything is
    made from them. What somebody has decided about a relink stands: approved it applies, rejected it is held.
    """
    for name in ("sis_role", "relinks", "free_user_ids", "free_section_ids"):
        connection.execute(statement(f"identity/{name}"))
    by_site = limits_by_site(limits, expected, today)
    start(connection, by_site)
    _find_people(connection)
    _decide(connection, "users", today, now)
    connection.execute(statement("identity/relink_user_ids"))
    _find_sections(connection, by_site[None][0])
    _decide(connection, "sections", today, now)
    connection.execute(statement("identity/relink_section_ids"))
    _keep_mapping(connection)
    connection.execute("CREATE OR REPLACE TABLE plan.relink_breaches AS FROM plan.breaches")
    rows = connection.execute("SELECT verdict, count(*) FROM plan.relinks GROUP BY verdict").fetchall()
    counts: Counter[str] = Counter(dict(rows))
    return Relinks(counts["apply"], counts["hold"], counts["queue"])


def _find_people(connection: duckdb.DuckDBPyConnection) -> None:
    if not _any(connection, "roster.users"):
        return
    connection.execute(statement("identity/new_people"))
    if _any(connection, "plan.new_people"):
        connection.execute(statement("identity/relinked_people"))


def _find_sections(connection: duckdb.DuckDBPyConnection, limits: Limits) -> None:
    connection.execute(statement("identity/section_pairs"))
    if _any(connection, "plan.section_pairs"):
        connection.execute(statement("identity/pair_members"))
        connection.execute(statement("identity/relinked_sections"), {"percent": limits.relink_students_percent})


def _decide(connection: duckdb.DuckDBPyConnection, entity: str, today: date, now: datetime) -> None:
    """Turns `apply` into `hold` where too many would apply, unless somebody approved exactly these."""
    if not _any(connection, f"plan.relinks WHERE entity = '{entity}'"):
        return
    connection.execute(statement("identity/decided_relinks"), {"entity": entity, "now": now})
    (guard,) = (g for g in RELINKS if g.entity == entity)
    judge(connection, guard, today=today, now=now)
    connection.execute("UPDATE plan.relinks SET verdict = 'hold' WHERE held_by = ?", [guard.key])
    for name in ("queue_breaches", "queue_keys"):
        connection.execute(statement(f"guards/{name}"), {"entity": entity})


def _keep_mapping(connection: duckdb.DuckDBPyConnection) -> None:
    """Gives effect to the lines of data/section_courses.csv that name a section by an id it had before."""
    if not _any(connection, "input.section_courses ANTI JOIN staging.sections ON clever_id = section_id"):
        return
    for name in ("renamed_lines", "drop_rules_of_renamed", "map_renamed", "known_lines"):
        connection.execute(statement(f"mapping/{name}"))


def _any(connection: duckdb.DuckDBPyConnection, source: str) -> bool:
    return connection.execute(f"SELECT 1 FROM {source} LIMIT 1").fetchone() is not None
