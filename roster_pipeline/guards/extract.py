"""Broken extracts: what arrived cannot be the whole district, so nothing of it may be applied.

Belongs here: the signs of a broken extract, each as a sentence. Does not belong here: a large but
possible change (`guard_changes.py`), and a list that ended early (the extract refuses that itself).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import duckdb

from roster_pipeline.guards.limits import Limits
from roster_pipeline.warehouse.sql import statement

_LEFT_OUT = [
    "user_without_id",
    "user_without_role",
    "user_without_site",
    "section_without_id",
    "section_without_site",
    "unknown_members",
]
"""The issue codes of records, or parts of records, that staging left out."""

_ROSTER_TABLE = {"students": "users", "teachers": "users"}
_WHAT_LEFT_OUT = {
    "users": "user records had to be left out",
    "sections": "section records had to be left out",
    "enrollments": "sections list people who are not shared",
}


@dataclass(frozen=True)
class Sign:
    """One sign of a broken extract, recognized again by its name `sign`; accepted, it is accepted at this size.

    `limit` is 0 where any such record is one too many. A sign that `explains` says itself what is gone: of `entity`,
    or with `everything` of all tables, at its site and in its role. Other guards need not ask about that again.
    """

    sign: str
    entity: str
    site_id: str | None
    changes: int
    sentence: str
    limit: float = 0.0
    role: str | None = None
    explains: bool = True
    everything: bool = False


def signs_of_a_broken_extract(
    connection: duckdb.DuckDBPyConnection, limits: Limits, sync_id: str, changes: Collection[tuple[str, str]]
) -> list[Sign]:
    """Why this extract looks broken, the gravest sign first; empty when it does not.

    `changes` are the (entity, action) pairs of the plan: what can only show in others is not looked for.
    """
    missing = _missing_kinds(connection)
    if missing:  # every finer sign would only repeat it
        return missing
    signs: list[Sign] = []
    if ("sites", "archive") in changes:
        signs += _vanished_sites(connection)
    if ("sections", "archive") in changes:
        signs += _emptied_sites(connection) + _vanished_terms(connection, limits)
    if ("users", "create") in changes:
        signs += _contradictions(connection, limits)
    return signs + _quarantine(connection, limits, sync_id)


def _missing_kinds(connection: duckdb.DuckDBPyConnection) -> list[Sign]:
    missing = [kind for (kind,) in connection.execute(statement("guards/missing_kinds")).fetchall()]
    if not missing:
        return []
    known = connection.execute(statement("guards/kinds_in_force")).fetchall()
    return [
        Sign(
            f"missing {kind}",
            _ROSTER_TABLE.get(kind, kind),
            None,
            in_force,
            f"the extract has no {kind}, {in_force:,} are in force",
            role=kind.removesuffix("s") if kind in _ROSTER_TABLE else None,
            everything=kind == "sites",
        )
        for kind, in_force in known
        if kind in missing and in_force
    ]


def _vanished_sites(connection: duckdb.DuckDBPyConnection) -> list[Sign]:
    return [
        Sign(
            f"vanished site {site}",
            "sites",
            site,
            people + sections,
            f"site {site} ({name}) is gone with its {people:,} people and {sections:,} sections",
            everything=True,
        )
        for site, name, people, sections in connection.execute(statement("guards/vanished_sites")).fetchall()
    ]


def _emptied_sites(connection: duckdb.DuckDBPyConnection) -> list[Sign]:
    return [
        Sign(
            f"emptied site {site}",
            "sections",
            site,
            sections,
            f"site {site} ({name}) lost all its {sections:,} sections",
        )
        for site, name, sections in connection.execute(statement("guards/emptied_sites")).fetchall()
    ]


def _vanished_terms(connection: duckdb.DuckDBPyConnection, limits: Limits) -> list[Sign]:
    rows = connection.execute(statement("guards/vanished_terms"), {"minimum": limits.minimum_population}).fetchall()
    return [
        Sign(
            f"vanished term {term}",
            "sections",
            None,
            gone,
            f"term {term} is gone with {gone:,} of its {active:,} active sections, and it is not over",
        )
        for term, gone, active in rows
    ]


def _contradictions(connection: duckdb.DuckDBPyConnection, limits: Limits) -> list[Sign]:
    percent = limits.contradiction_percent
    rows = connection.execute(
        statement("guards/contradictions"), {"minimum": limits.minimum_population, "percent": percent}
    ).fetchall()
    return [
        Sign(
            f"contradictory {role}s",
            "users",
            None,
            people,
            f"{people:,} new people have the SIS id of another {role} ({in_force:,} in force), more than {percent:g} %",
            percent,
            explains=False,
        )
        for role, people, in_force in rows
    ]


def _quarantine(connection: duckdb.DuckDBPyConnection, limits: Limits, sync_id: str) -> list[Sign]:
    percent = limits.quarantine_percent
    rows = connection.execute(
        statement("guards/quarantine"),
        {"sync_id": sync_id, "codes": _LEFT_OUT, "minimum": limits.minimum_population, "percent": percent},
    ).fetchall()
    return [
        Sign(
            f"left out {entity}",
            entity,
            None,
            records,
            f"{records:,} more {_WHAT_LEFT_OUT[entity]} than last time ({sent:,} sent), more than {percent:g} %",
            percent,
            explains=False,
        )
        for entity, records, sent in rows
    ]
