"""The short way from a CSV file to its table: it is taken only where it leads to the same rows as the long one."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roster_pipeline.errors import InputError
from roster_pipeline.mapping import inputs
from roster_pipeline.mapping.load import load_plain
from roster_pipeline.warehouse.warehouse import in_memory

COURSES = [inputs.Course("math", "Math", "Math", None, True, 2), inputs.Course("old", "Math", "Old", None, False, 3)]
ODD = st.text(alphabet='ab ,"\n\r\t\u00e9', max_size=3)
DISTRICT = st.sampled_from(["d", "d", "d", "e", " d", ""])
LOGINS = st.tuples(
    DISTRICT,
    st.sampled_from(["a", "b", "c", "A", "5e-3", "550e8400-e29b-41d4-a716-446655440000"]) | ODD,
    st.sampled_from(
        [
            "2026-11-01T08:00:00Z",
            "2026-11-01T08:00:00Z",
            "2026-02-30T08:00:00Z",
            "2026-11-01",
            "2026-11-01 08:00",
            "2999-01-01T08:00:00Z",
        ]
    ),
)
LINES = st.tuples(
    DISTRICT,
    st.sampled_from(["s1", "s2", "s3", "S1", "5e-3"]) | ODD,
    st.sampled_from(["math", "math", "old", "none", "math "]),
)


def read_logins(data: Path, district: str) -> inputs.Lines[inputs.Login]:
    return inputs.read_logins(data, district, datetime.now(UTC).replace(tzinfo=None))


def scratch() -> duckdb.DuckDBPyConnection:
    connection = in_memory()
    connection.execute("CREATE TABLE staging.sections AS SELECT unnest(['s1', 's2']) AS clever_id")
    connection.execute(
        "CREATE TABLE input.courses AS SELECT * FROM (VALUES ('math', true), ('old', false)) AS c (course_id, active)"
    )
    return connection


@settings(max_examples=25, deadline=None)
@pytest.mark.parametrize(
    ("name", "header", "lines", "read", "columns"),
    [
        ("logins", "district,user_id,first_login_at", LOGINS, read_logins, "user_id, first_login_at, line"),
        (
            "section_courses",
            "district,section_id,course_id",
            LINES,
            lambda data, district: inputs.read_section_courses(data, district, COURSES),
            "section_id, course_id",
        ),
    ],
    ids=["logins", "section_courses"],
)
@given(data=st.data())
def test_the_short_way_reads_what_the_long_way_reads(
    name: str,
    header: str,
    lines: Any,
    read: Callable[[Path, str], inputs.Lines[Any]],
    columns: str,
    data: st.DataObject,
) -> None:
    rows = data.draw(st.lists(lines, max_size=6))
    text = "\n".join([header, *(",".join(cells) for cells in rows)]) + data.draw(st.sampled_from(["\n", ""]))
    with tempfile.TemporaryDirectory() as folder, scratch() as connection:
        (Path(folder) / f"{name}.csv").write_bytes(text.encode())
        if not load_plain(connection, name, Path(folder), "d"):
            return
        short = connection.execute(f"SELECT {columns} FROM input.{name} ORDER BY ALL").fetchall()
        elsewhere = dict(connection.execute("SELECT district, lines FROM input.named_districts").fetchall())
        try:
            found = read(Path(folder), "d")
        except InputError as error:
            pytest.fail(f"the long way refuses {text!r}: {error}")
        assert short == sorted(tuple(getattr(row, c) for c in columns.split(", ")) for row in found.rows)
        assert elsewhere == found.elsewhere


@pytest.mark.parametrize("name", ["logins", "section_courses"])
def test_what_a_program_writes_goes_the_short_way(name: str, tmp_path: Path) -> None:
    line = {"logins": "d,a,2026-11-01T08:00:00Z", "section_courses": "d,s1,math"}[name]
    header = {"logins": "district,user_id,first_login_at", "section_courses": "district,section_id,course_id"}[name]
    (tmp_path / f"{name}.csv").write_text(f"{header}\n{line}\n")
    with scratch() as connection:
        assert load_plain(connection, name, tmp_path, "d")
        assert connection.execute(f"SELECT count(*) FROM input.{name}").fetchall() == [(1,)]
