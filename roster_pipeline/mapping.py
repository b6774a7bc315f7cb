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
        "sites": inputs.read_site_settings(data, district),
    }
    if not _load_plain_logins(connection, data / "logins.csv", district):
        rows["logins"] = inputs.read_logins(data, district)
    _load(connection, rows)


def map_sections(connection: duckdb.DuckDBPyConnection, data: Path, district: str) -> None:
    """Makes `wanted.mapped_sections` from the staged sections, data/section_courses.csv and the rules.

    Raises InputError for a mistake in the file.
    """
    lines = inputs.read_section_courses(data, district, inputs.read_courses(data))
    _load(connection, {"section_courses": lines})
    connection.execute(statement("wanted/mapped_sections"))
    connection.execute(statement("wanted/mapping_issues"))


def _load_plain_logins(connection: duckdb.DuckDBPyConnection, file: Path, district: str) -> bool:
    """Loads a logins.csv that is as a program writes it, without looking at its lines one by one.

    False, and nothing loaded, when there is anything in it on which `inputs.read_logins` may have a word to
    say. A million lines take 0.3 s this way and 2.9 s the other.
    """
    try:
        with file.open("rb") as text:
            if text.readline() != b"district,user_id,first_login_at\n":
                return False
        connection.execute(statement("input/plain_logins"), {"file": str(file)})
    except (OSError, duckdb.Error):
        return False
    plain = connection.execute(
        "SELECT coalesce(bool_and(is_plain), true) AND count(*) = count(DISTINCT (district, user_id)) "
        "FROM input.plain_logins"
    ).fetchone()
    if plain == (True,):
        connection.execute(
            "CREATE OR REPLACE TABLE input.logins AS SELECT user_id, try_cast(user_id AS UUID) AS platform_id, "
            "first_login_at FROM input.plain_logins WHERE district = ?",
            [district],
        )
    connection.execute("DROP TABLE input.plain_logins")
    return plain == (True,)


def _load(connection: duckdb.DuckDBPyConnection, tables: Mapping[str, Sequence[msgspec.Struct]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name, rows in tables.items():
            file = Path(folder) / f"{name}.ndjson"
            inputs.write_ndjson(rows, file)
            connection.execute(statement(f"input/{name}"), {"file": str(file)})
