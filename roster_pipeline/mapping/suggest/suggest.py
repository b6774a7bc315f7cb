"""`mapping.suggestions`, made anew from the roster as it stands: which courses might fit sections without one.

Belongs here: what is asked of the roster, and what is written. Does not belong here: how alike names and courses are
(`likeness.py`), accepting a suggestion.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb
import msgspec

from roster_pipeline.mapping.suggest.catalog import Catalog, CourseText, SubjectText, read_catalog
from roster_pipeline.mapping.suggest.likeness import OFFERED_AT_MOST, OFFERED_FROM, Kind, fits
from roster_pipeline.warehouse.sql import empty, make, run

_FOLDER = "mapping/suggest"


class _Found(msgspec.Struct, frozen=True):
    """A course that is like a kind of section, as `fits.sql` reads it."""

    kind: int
    course_id: str
    likeness: float
    reason: str


def suggest(connection: duckdb.DuckDBPyConnection) -> None:
    """Brings `mapping.suggestions` in line with the roster, the catalog and the subjects.

    Names are compared once for each kind of section, and only rows that are others now are written.
    """
    make(connection, f"{_FOLDER}/named_sections")
    kinds = connection.execute(
        "SELECT kind, min(name), min(clever_course), any_value(subject), any_value(grade) "
        "FROM temp.named_sections WHERE unmapped GROUP BY kind ORDER BY kind"
    ).fetchall()
    if kinds:
        _compare(connection, kinds)
    else:
        empty(connection, "temp.suggested")
    for name in ("outdated", "suggestions"):
        run(connection, f"{_FOLDER}/{name}")


def _compare(connection: duckdb.DuckDBPyConnection, kinds: Sequence[tuple[Any, ...]]) -> None:
    catalog = _catalog(connection)
    found = [
        _Found(number, fit.course_id, fit.score, fit.reason)
        for number, *kind in kinds
        for fit in fits(catalog, Kind(*kind))
    ]
    make(connection, f"{_FOLDER}/fits", fits=msgspec.json.encode(found).decode())
    make(connection, f"{_FOLDER}/mapped_alike", f"{_FOLDER}/taught_beside")
    make(connection, f"{_FOLDER}/suggested", least=OFFERED_FROM, most=OFFERED_AT_MOST)


def _catalog(connection: duckdb.DuckDBPyConnection) -> Catalog:
    courses = connection.execute("SELECT course_id, subject, title, grade FROM mapping.courses WHERE active").fetchall()
    subjects = connection.execute(
        "SELECT clever_subject, catalog_subject, also_called FROM mapping.subjects"
    ).fetchall()
    return read_catalog((CourseText(*course) for course in courses), [SubjectText(*subject) for subject in subjects])
