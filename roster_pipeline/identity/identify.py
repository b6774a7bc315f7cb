"""Who is who: which shared people and sections the platform knows, and under which id.

Belongs here: recognizing what comes back under another Clever id, and the ids that follow. Does not belong here: how
many may do so without asking anybody (`guards/relinks.py` judges the candidates in between).
"""

from __future__ import annotations

import duckdb

from roster_pipeline.warehouse.sql import empty, has_rows, make, run


def find_candidates(connection: duckdb.DuckDBPyConnection, *, without_people: bool, common_percent: float) -> None:
    """Fills `identity.candidates`: who seems to come back under another Clever id, and what speaks for it.

    Needs `staging` and `input.site_settings`. Two sections of which more than `common_percent` of the larger class are
    in both are the same. With `without_people`, people are as they were, and nobody is looked for.
    """
    empty(connection, "identity.candidates", "identity.own_user_ids", "identity.new_people")
    make(connection, "identity/sites", "identity/own_section_ids")
    if not without_people:
        make(connection, "identity/own_user_ids")
        _find_people(connection)
    _find_sections(connection, common_percent)


def resolve(connection: duckdb.DuckDBPyConnection) -> None:
    """Makes `identity.users` and `identity.sections` from the candidates as they were judged."""
    make(connection, "identity/users", "identity/sections")


def _find_people(connection: duckdb.DuckDBPyConnection) -> None:
    if not has_rows(connection, "roster.users"):
        return
    make(connection, "identity/new_people")
    if has_rows(connection, "identity.new_people"):
        run(connection, "identity/candidate_people")


def _find_sections(connection: duckdb.DuckDBPyConnection, common_percent: float) -> None:
    make(connection, "identity/section_pairs")
    if has_rows(connection, "identity.section_pairs"):
        make(connection, "identity/pair_members")
        run(connection, "identity/candidate_sections", percent=common_percent)
