"""A file is read column by column, and what comes of it is what its lines say one by one."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roster_pipeline.errors import InputError
from roster_pipeline.mapping import inputs
from roster_pipeline.mapping.csv_file import Lines

COURSES = [inputs.Course("math", "Math", "Math", None, True, 2), inputs.Course("old", "Math", "Old", None, False, 3)]
LATEST = datetime(2026, 11, 24)
ODD = st.text(alphabet="ab \t\u00e9#", max_size=3)
DISTRICT = st.sampled_from(["d", "d", "d", "D", "e", " d", ""])
ID = st.sampled_from(["a", "b", "c", "A", "5e-3", "#N/A", "550e8400-e29b-41d4-a716-446655440000"]) | ODD
TIME = st.sampled_from(
    [
        "2026-11-01T08:00:00Z",
        "20261101T080000",
        "2026-02-30",
        "2026-11-01-07:00",
        "2026-11-01 08:00+02:00",
        "2999-01-01",
    ]
)
COURSE = st.sampled_from(["math", "MATH", "math ", "old", "none", '"math"', "math,math"])

Read = Callable[[Path], Lines[Any]]
FILES: list[tuple[str, str, st.SearchStrategy[str], Read]] = [
    ("logins", "district,user_id,first_login_at", TIME, lambda data: inputs.read_logins(data, "d", LATEST)),
    (
        "section_courses",
        "district,section_id,course_id",
        COURSE,
        lambda data: inputs.read_section_courses(data, "d", COURSES),
    ),
]


def without_line(rows: Sequence[msgspec.Struct]) -> list[tuple[object, ...]]:
    return [msgspec.structs.astuple(row)[:-1] for row in rows]


@settings(max_examples=50, deadline=None)
@pytest.mark.parametrize(("name", "header", "last", "read"), FILES, ids=[name for name, *_ in FILES])
@given(data=st.data())
def test_a_file_says_what_its_lines_say(
    name: str, header: str, last: st.SearchStrategy[str], read: Read, data: st.DataObject
) -> None:
    key = len(header.split(",")) - (name == "logins")
    lines = data.draw(
        st.lists(
            st.tuples(DISTRICT, ID, last) | st.just(("", "", "")),
            max_size=6,
            unique_by=lambda cells: tuple(c.strip().strip('"').lower() for c in cells[:key]),
        )
    )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{name}.csv"

        def rows(*of: Sequence[str]) -> Lines[Any]:
            file.write_text("\n".join([header, *(",".join(cells) for cells in of)]))
            return read(file.parent)

        alone, faults = [], []
        for number, cells in enumerate(lines, 2):
            try:
                alone.append(rows(cells))
            except InputError as error:
                faults.append(str(error).replace(", line 2", f", line {number}", 1))
        if faults:
            with pytest.raises(InputError) as whole:
                rows(*lines)
            assert str(whole.value).split(" (and ")[0].startswith(faults[0].split(" (and ")[0].split(". ")[0])
            return
        found = rows(*lines)
        assert without_line(found.rows) == [row for one in alone for row in without_line(one.rows)]
        assert sum(found.elsewhere.values()) == sum(sum(one.elsewhere.values()) for one in alone)
