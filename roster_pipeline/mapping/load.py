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

_PLAIN = {
    "logins": b"district,user_id,first_login_at\n",
    "section_courses": b"district,section_id,course_id\n",
}
"""The files that may have a line per person or section, with the header that a program gives them."""

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
    rows: dict[str, Sequence[msgspec.Struct]] = {"courses": courses, "rules": rules.rows, "sites": sites.rows}
    elsewhere = {"mapping_rules.csv": rules.elsewhere, "sites.csv": sites.elsewhere}
    if not load_plain(connection, "logins", data, district):
        logins = inputs.read_logins(data, district, _latest())
        rows["logins"], elsewhere["logins.csv"] = logins
    _load(connection, rows, elsewhere)


def map_sections(connection: duckdb.DuckDBPyConnection, data: Path, district: str) -> None:
    """Makes `mapped.section_courses` from the sections, who is who, data/section_courses.csv and the rules.

    Raises InputError for a mistake in the file.
    """
    courses = inputs.read_courses(data)
    _load(connection, {"courses": courses})
    if not load_plain(connection, "section_courses", data, district):
        lines = inputs.read_section_courses(data, district, courses)
        _load(connection, {"section_courses": lines.rows}, {"section_courses.csv": lines.elsewhere})
    make(connection, "mapping/section_courses", "mapping/line_issues")
    if has_rows(connection, "input.section_courses ANTI JOIN staging.sections ON clever_id = section_id"):
        make(connection, "mapping/renamed_lines")
        for name in ("drop_rules_of_renamed", "map_renamed", "known_lines"):
            run(connection, f"mapping/{name}")


def load_plain(connection: duckdb.DuckDBPyConnection, name: str, data: Path, district: str) -> bool:
    """Loads `<name>.csv` into `input.<name>` when it is as a program writes it, without looking at each line.

    False, and nothing loaded, when there is anything in it on which `inputs` may have a word to say. A million
    lines take 0.5 s this way and 2.9 s the other.
    """
    file = data / f"{name}.csv"
    try:
        with file.open("rb") as text:
            if text.readline() != _PLAIN[name]:
                return False
            lines = sum(1 for _ in text)
        sql = statement(f"mapping/input/plain_{name}")
        values = {"file": str(file), "district": district, "latest": _latest()}
        connection.execute(sql, {k: v for k, v in values.items() if f"${k}" in sql})
    except (OSError, duckdb.Error):
        return False
    plain = connection.execute(
        "SELECT coalesce(bool_and(is_plain), true) AND count(*) = count(DISTINCT key) AND count(*) = $lines "
        "FROM input.plain",
        {"lines": lines},  # DuckDB skips blank ones, and would number the others wrong
    ).fetchone() == (True,)
    if plain:
        connection.execute(statement(f"mapping/input/of_plain_{name}"), {"district": district})
        connection.execute(statement("mapping/input/named_districts"))
        connection.execute(statement("mapping/input/named_in_plain"), {"file": file.name, "district": district})
    connection.execute("DROP TABLE input.plain")
    return plain


def _latest() -> datetime:
    """The last moment, in naive UTC, at which somebody can have logged in."""
    return datetime.now(UTC).replace(tzinfo=None) + _AHEAD


def _load(
    connection: duckdb.DuckDBPyConnection,
    tables: Mapping[str, Sequence[msgspec.Struct]],
    elsewhere: Mapping[str, Mapping[str, int]] | None = None,
) -> None:
    """Loads rows into `input.<name>`, and how many lines each file has for other districts."""
    named = [_Named(file, slug, lines) for file, slugs in (elsewhere or {}).items() for slug, lines in slugs.items()]
    connection.execute(statement("mapping/input/named_districts"))
    with tempfile.TemporaryDirectory() as folder:
        for name, rows in {**tables, "named": named}.items():
            file = Path(folder) / f"{name}.ndjson"
            inputs.write_ndjson(rows, file)
            connection.execute(statement(f"mapping/input/{name}"), {"file": str(file)})
