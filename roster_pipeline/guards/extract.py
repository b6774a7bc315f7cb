"""Broken extracts: what arrived cannot be the whole district, so nothing of it may be applied.

Belongs here: the signs of a broken extract, each as a sentence. Does not belong here: a large but
possible change (`catalog.py`), and a list that ended early (the extract refuses that itself).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from roster_pipeline import model
from roster_pipeline.guards import words
from roster_pipeline.guards.counting import count_in_force
from roster_pipeline.guards.guard import Hold, Judging, Part, hold_id_of
from roster_pipeline.guards.limits import Limits
from roster_pipeline.history.words import counted
from roster_pipeline.warehouse.sql import count_rows, empty, insert, run

GUARD = "broken_extract"

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


def breaches(judging: Judging) -> bool:
    """Writes the signs into `guards.signs`; whether there is one that nobody has accepted."""
    connection = judging.connection
    empty(connection, "guards.signs")
    for n, s in enumerate(_signs(judging)):
        insert(
            connection,
            "guards.signs",
            n=n,
            sign=s.sign,
            shown_as=s.entity,
            entity=None if s.everything else s.entity,
            site_id=s.site_id,
            role=s.role,
            changes=s.changes,
            limit=s.limit,
            explains=s.explains,
            sentence=s.sentence,
        )
    run(connection, "guards/accepted_signs", now=judging.now)
    return bool(_unaccepted(connection))


def marks(judging: Judging) -> None:
    """Holds the whole plan."""
    hold_id = _hold_id(judging)
    for entity in model.ENTITIES:
        judging.connection.execute(f"UPDATE plan.{entity.name} SET held_by = ?", [hold_id])


def hold_everything(judging: Judging) -> Hold:
    """One hold over the whole plan, however many signs there are: it is one decision, about these signs."""
    connection = judging.connection
    signs = _unaccepted(connection)
    for entity in model.ENTITIES:
        count_in_force(connection, entity.name)
    ((in_force,),) = run(connection, "guards/in_force").fetchall()
    sites = {s.site_id for s in signs}
    parts = tuple(Part(s.site_id, None, s.role, s.changes, s.changes, sign=s.sign) for s in signs)
    return Hold(
        _hold_id(judging),
        GUARD,
        signs[0].entity,
        sites.pop() if len(sites) == 1 else None,
        count_rows(connection, "plan.changes"),
        in_force,
        signs[0].limit,
        _fingerprint(signs),
        sentence(judging, _hold_id(judging), parts),
        True,
        parts,
    )


def sentence(judging: Judging, hold_id: str, _parts: Sequence[Part]) -> str:
    """Which signs there are."""
    changes = count_rows(judging.connection, "plan.changes")
    return words.everything(hold_id, changes, [s.sentence for s in _unaccepted(judging.connection)])


def _unaccepted(connection: duckdb.DuckDBPyConnection) -> list[Sign]:
    return [Sign(*row) for row in run(connection, "guards/unaccepted_signs").fetchall()]


def _fingerprint(signs: Sequence[Sign]) -> str:
    return hashlib.sha256("|".join(sorted(s.sign for s in signs)).encode()).hexdigest()[:16]


def _hold_id(judging: Judging) -> str:
    signs = _unaccepted(judging.connection)
    return hold_id_of(GUARD, signs[0].entity, _fingerprint(signs))


def _signs(judging: Judging) -> list[Sign]:
    """Why this extract looks broken, the gravest sign first; what can only show in other changes is not looked for."""
    connection, limits = judging.connection, judging.district_limits
    missing = _missing_kinds(connection)
    if missing:  # every finer sign would only repeat it
        return missing
    signs: list[Sign] = []
    if ("sites", "archive") in judging.changes:
        signs += _vanished_sites(connection)
    if ("sections", "archive") in judging.changes:
        signs += _emptied_sites(connection) + _vanished_terms(connection, limits)
    if ("users", "create") in judging.changes:
        signs += _contradictions(connection, limits)
    return signs + _quarantine(connection, limits, judging.sync_id)


def _missing_kinds(connection: duckdb.DuckDBPyConnection) -> list[Sign]:
    missing = [kind for (kind,) in run(connection, "guards/missing_kinds").fetchall()]
    if not missing:
        return []
    known = run(connection, "guards/kinds_in_force").fetchall()
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
            f"site {site} ({name}) is gone with its {counted(people, 'person', 'people')} and "
            f"{counted(sections, 'section')}",
            everything=True,
        )
        for site, name, people, sections in run(connection, "guards/vanished_sites").fetchall()
    ]


def _emptied_sites(connection: duckdb.DuckDBPyConnection) -> list[Sign]:
    return [
        Sign(
            f"emptied site {site}",
            "sections",
            site,
            sections,
            f"site {site} ({name}) lost all its {counted(sections, 'section')}",
        )
        for site, name, sections in run(connection, "guards/emptied_sites").fetchall()
    ]


def _vanished_terms(connection: duckdb.DuckDBPyConnection, limits: Limits) -> list[Sign]:
    rows = run(connection, "guards/vanished_terms", minimum=limits.minimum_population).fetchall()
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
    rows = run(connection, "guards/contradictions", minimum=limits.minimum_population, percent=percent).fetchall()
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
    rows = run(
        connection,
        "guards/quarantine",
        sync_id=sync_id,
        codes=_LEFT_OUT,
        minimum=limits.minimum_population,
        percent=percent,
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
