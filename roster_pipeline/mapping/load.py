"""The inputs that people edit, loaded, and the mapping made from them.

Belongs here: loading validated CSV rows into `input.*` and running the mapping's SQL. Does not belong
here: reading and checking CSV (`inputs.py`).
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import msgspec

from roster_pipeline.errors import InputError
from roster_pipeline.mapping import inputs
from roster_pipeline.mapping.csv_file import Lines
from roster_pipeline.mapping.rules import MappingRule, read_rules
from roster_pipeline.warehouse.sql import empty, has_rows, make, run

_AHEAD = timedelta(days=1)
"""How far in the future a login may be: a time without an offset is read as UTC, whatever zone it was written in."""


def latest_login() -> datetime:
    """When a login may have been at the latest, in naive UTC."""
    return datetime.now(UTC).replace(tzinfo=None) + _AHEAD


class _Named(msgspec.Struct, frozen=True):
    """A district that a file names, and in how many lines."""

    file: str
    district: str
    lines: int


def load_inputs(
    connection: duckdb.DuckDBPyConnection, data: Path, district: str, elsewhere: Mapping[str, Mapping[str, int]]
) -> None:
    """Loads the files that people edit into `input.*`; `elsewhere` are other files' lines about other districts.

    All are checked before the first is loaded, so a mistake in one (InputError) changes nothing.
    """
    courses = _read_courses(connection, data)
    files: dict[str, tuple[str, Lines[Any]]] = {
        "rules": ("mapping_rules.csv", read_rules(data, district, courses)),
        "section_courses": ("section_courses.csv", inputs.read_section_courses(data, district, courses)),
        "site_settings": ("sites.csv", inputs.read_site_settings(data, district)),
        "logins": ("logins.csv", inputs.read_logins(data, district, latest_login())),
    }
    _check_patterns(connection, data, files["rules"][1].rows)
    elsewhere = {**elsewhere, **{file: lines.elsewhere for file, lines in files.values()}}
    named = [_Named(file, d, n) for file, others in elsewhere.items() for d, n in others.items()]
    tables: dict[str, Sequence[msgspec.Struct]] = {name: lines.rows for name, (_, lines) in files.items()}
    empty(connection, "input.decisions")
    with tempfile.TemporaryDirectory() as folder:
        for name, rows in {
            **tables,
            "courses": courses,
            "subjects": inputs.read_subjects(data),
            "named_districts": named,
        }.items():
            file = Path(folder) / f"{name}.ndjson"
            inputs.write_ndjson(rows, file)
            make(connection, f"mapping/input/{name}", file=str(file))


def limits_of_sites(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, float]]:
    """The guards' limits that data/sites.csv sets for a site alone, by its id in small letters, and by name."""
    return dict(run(connection, "mapping/limits_of_sites").fetchall())


def load_rules(connection: duckdb.DuckDBPyConnection, data: Path, district: str) -> None:
    """Loads only the rules, for a dry run. Raises InputError for a mistake in them, or in the catalog."""
    rules = read_rules(data, district, _read_courses(connection, data)).rows
    _check_patterns(connection, data, rules)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "rules.ndjson"
        inputs.write_ndjson(rules, file)
        make(connection, "mapping/input/rules", file=str(file))


def known_ids(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The ids of courses as this district knows them, by themselves in small letters."""
    return dict(run(connection, "mapping/course_ids").fetchall())


def _read_courses(connection: duckdb.DuckDBPyConnection, data: Path) -> list[inputs.Course]:
    """The catalog. A course keeps the capitals of its id, whatever the file makes of them: it means the same course."""
    known = known_ids(connection)
    return [
        msgspec.structs.replace(course, course_id=known.get(course.course_id.lower(), course.course_id))
        for course in inputs.read_courses(data)
    ]


def _check_patterns(connection: duckdb.DuckDBPyConnection, data: Path, rules: Sequence[MappingRule]) -> None:
    """Raises InputError for a regular expression that DuckDB, which will use it, does not understand."""
    for rule in rules:
        if rule.match == "regex" and rule.section_name:
            try:
                connection.execute("SELECT regexp_matches('', $pattern)", {"pattern": rule.section_name})
            except duckdb.Error:
                raise InputError(
                    data / "mapping_rules.csv",
                    "not a regular expression that can be used (RE2, without look-around)",
                    do="Correct it, or use prefix, suffix or contains",
                    line=rule.line,
                    column="section_name",
                ) from None


def hang_courses(connection: duckdb.DuckDBPyConnection) -> None:
    """Makes `mapped.section_courses` from the sections, who is who, and all that says what hangs on them.

    The strongest first: what people have decided, data/section_courses.csv, the rules, what the sections
    before them had.
    """
    if has_rows(connection, "input.rules"):
        make(connection, "mapping/ruled_sections", "mapping/rule_matches")
    else:
        empty(connection, "mapped.ruled_sections", "mapped.rule_matches")
    make(connection, "mapping/other_classes")
    renamed = run(connection, "mapping/any_renamed").fetchone() is not None
    if renamed:
        make(connection, "mapping/renamed_lines")
    else:
        empty(connection, "mapped.renamed_lines")
    make(connection, "mapping/decisions", "mapping/section_courses", "mapping/line_issues")
    if renamed:
        for name in ("drop_rules_of_renamed", "map_renamed", "known_lines"):
            run(connection, f"mapping/{name}")
    if has_rows(connection, "roster.section_courses"):
        run(connection, "mapping/stay_carried")
        make(connection, "mapping/uncovered", "mapping/predecessors", "mapping/carried")
        run(connection, "mapping/carry_over")
    else:  # no section before had a course
        empty(connection, "mapped.uncovered", "mapped.predecessors", "mapped.carried")
    for name in ("drop_decided", "map_by_hand"):
        run(connection, f"mapping/{name}")
