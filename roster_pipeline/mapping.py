"""The inputs that people edit, loaded, and the mapping made from them.

Belongs here: loading validated CSV rows into `input.*` and running the mapping's SQL. Does not belong
here: reading and checking CSV (`inputs.py`).
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import msgspec

from roster_pipeline import inputs
from roster_pipeline.sql import statement


def load_inputs(connection: duckdb.DuckDBPyConnection, data: Path, district: str) -> None:
    """Loads the catalog, the rules, the site settings and the logins into `input.*`.

    All are checked before the first is loaded, so a mistake in one (InputError) changes nothing.
    """
    courses = inputs.read_courses(data)
    rows: dict[str, Sequence[msgspec.Struct]] = {
        "courses": courses,
        "rules": inputs.read_rules(data, courses),
        "logins": inputs.read_logins(data, district),
        "sites": inputs.read_site_settings(data, district),
    }
    _load(connection, rows)


def map_sections(connection: duckdb.DuckDBPyConnection, data: Path, district: str) -> None:
    """Makes `wanted.mapped_sections` from the staged sections, data/section_courses.csv and the rules.

    Raises InputError for a mistake in the file.
    """
    lines = inputs.read_section_courses(data, district, inputs.read_courses(data))
    _load(connection, {"section_courses": lines})
    connection.execute(statement("wanted/mapped_sections"))
    connection.execute(statement("wanted/mapping_issues"))


def _load(connection: duckdb.DuckDBPyConnection, tables: Mapping[str, Sequence[msgspec.Struct]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name, rows in tables.items():
            file = Path(folder) / f"{name}.ndjson"
            inputs.write_ndjson(rows, file)
            connection.execute(statement(f"input/{name}"), {"file": str(file)})
