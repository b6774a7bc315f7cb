"""The inputs that people edit, loaded, and the mapping made from them.

Belongs here: loading validated CSV rows into `input.*` and running the mapping's SQL. Does not belong
here: reading and checking CSV (`inputs.py`).
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import msgspec

from roster_pipeline.mapping import inputs
from roster_pipeline.warehouse.sql import has_rows, make, run, statement

_AHEAD = timedelta(days=1)
"""How far in the future a login may be: a time without an offset is read as UTC, whatever zone it was written in."""


class _Named(msgspec.Struct, frozen=True):
    """A district that a file names, and in how many lines."""

    file: str
    district: str
    lines: int


def load_inputs(connection: duckdb.DuckDBPyConnection, data: Path, district: str) -> None:
    """Loads the catalog, the rules, the site settings and the logins into `input.*`.

    All are checked before the first is loaded, so a mistake in one (InputError) changes nothing.
    """
    courses = inputs.read_courses(data)
    rules = inputs.read_rules(data, district, courses)
    sites = inputs.read_site_settings(data, district)
    logins = inputs.read_logins(data, district, datetime.now(UTC).replace(tzinfo=None) + _AHEAD)
    _load(
        connection,
        {"courses": courses, "rules": rules.rows, "sites": sites.rows, "logins": logins.rows},
        {"mapping_rules.csv": rules.elsewhere, "sites.csv": sites.elsewhere, "logins.csv": logins.elsewhere},
    )


def map_sections(connection: duckdb.DuckDBPyConnection, data: Path, district: str) -> None:
    """Makes `mapped.section_courses` from the sections, who is who, data/section_courses.csv and the rules.

    Raises InputError for a mistake in the file.
    """
    courses = inputs.read_courses(data)
    lines = inputs.read_section_courses(data, district, courses)
    _load(connection, {"courses": courses, "section_courses": lines.rows}, {"section_courses.csv": lines.elsewhere})
    make(connection, "mapping/section_courses", "mapping/line_issues")
    if has_rows(connection, "input.section_courses ANTI JOIN staging.sections ON clever_id = section_id"):
        make(connection, "mapping/renamed_lines")
        for name in ("drop_rules_of_renamed", "map_renamed", "known_lines"):
            run(connection, f"mapping/{name}")


def _load(
    connection: duckdb.DuckDBPyConnection,
    tables: Mapping[str, Sequence[msgspec.Struct]],
    elsewhere: Mapping[str, Mapping[str, int]],
) -> None:
    """Loads rows into `input.<name>`, and how many lines each file has for other districts."""
    named = [_Named(file, slug, lines) for file, slugs in elsewhere.items() for slug, lines in slugs.items()]
    connection.execute(statement("mapping/input/named_districts"))
    with tempfile.TemporaryDirectory() as folder:
        for name, rows in {**tables, "named": named}.items():
            file = Path(folder) / f"{name}.ndjson"
            inputs.write_ndjson(rows, file)
            connection.execute(statement(f"mapping/input/{name}"), {"file": str(file)})
