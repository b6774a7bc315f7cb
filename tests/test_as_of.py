"""The roster as of a day is what the roster was on that day, and the lists beside it show who is where."""

from __future__ import annotations

import tempfile
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roster_pipeline.errors import RosterError
from roster_pipeline.model.questions import AS_OF
from tests.conftest import Record, Tiny, section, student
from tests.laws import MAPPINGS, become, districts, laws

FIRST_DAY = date(2026, 11, 1)
CHANGED = {t.name.removesuffix("_as_of"): ", ".join(t.column_names) for t in AS_OF}


def roster(tiny: Tiny) -> dict[str, list[tuple[Any, ...]]]:
    return {name: tiny.rows(f"SELECT {columns} FROM roster.{name} ORDER BY ALL") for name, columns in CHANGED.items()}


def roster_as_of(tiny: Tiny, day: date) -> dict[str, list[tuple[Any, ...]]]:
    return {
        name: tiny.rows(f"SELECT {columns} FROM roster.{name}_as_of($day) ORDER BY ALL", day=day)
        for name, columns in CHANGED.items()
    }


def finish_on(tiny: Tiny, sync_id: str, day: date) -> None:
    at = datetime.combine(day, datetime.min.time()) + timedelta(hours=23)
    with tiny.connect() as connection:
        connection.execute("UPDATE sync.syncs SET finished_at = $1 WHERE sync_id = $2", [at, sync_id])


@laws
@given(st.lists(st.tuples(districts(), MAPPINGS), min_size=2, max_size=4), st.booleans())
def test_the_roster_as_of_a_day_is_what_it_was(
    days: list[tuple[dict[str, list[Record]], list[tuple[str, str]]]], undo: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        tiny = Tiny(Path(folder))
        seen = {}
        for n, (records, lines) in enumerate(days):
            become(tiny, records, lines)
            tiny.sync()
            day = FIRST_DAY + timedelta(days=2 * n)
            finish_on(tiny, f"S{tiny.syncs:03}", day)
            seen[day] = seen[day + timedelta(days=1)] = roster(tiny)
        if undo:
            tiny.undo(f"S{tiny.syncs:03}")
            finish_on(tiny, f"S{tiny.syncs:03}", day + timedelta(days=2))
            seen[day + timedelta(days=2)] = roster(tiny)
        assert {day: roster_as_of(tiny, day) for day in seen} == seen
        nothing: dict[str, list[tuple[Any, ...]]] = {name: [] for name in CHANGED}
        assert roster_as_of(tiny, FIRST_DAY - timedelta(days=1)) == nothing


def test_a_class_that_was_moved_and_came_back_is_where_it_was(tiny: Tiny) -> None:
    for n, course in enumerate(("math-6", "sci-6", "math-6")):
        tiny.inputs["section_courses"] = f"district,section_id,course_id\nd,m6,{course}\n"
        tiny.records["users"][0]["roles"]["student"]["grade"] = str(6 + n)
        tiny.sync()
        finish_on(tiny, f"S{n + 1:03}", FIRST_DAY + timedelta(days=n))
    days = [FIRST_DAY + timedelta(days=n) for n in range(3)]
    courses = "SELECT course_id, mapped_by FROM roster.section_courses_as_of($day)"
    assert [tiny.rows(courses, day=day) for day in days] == [[(c, "file")] for c in ("math-6", "sci-6", "math-6")]
    grades = "SELECT grade, roles FROM roster.users_as_of($day) WHERE clever_id = 'ann'"
    assert [tiny.rows(grades, day=day) for day in days] == [[(g, ["student"])] for g in "678"]


def test_a_day_whose_changes_were_forgotten_is_an_error_and_not_a_guess(tiny: Tiny) -> None:
    tiny.sync()
    finish_on(tiny, "S001", FIRST_DAY)
    tiny.records["users"].pop(0)
    tiny.sync()
    finish_on(tiny, "S002", FIRST_DAY + timedelta(days=1))
    with tiny.connect() as connection:
        connection.execute("UPDATE sync.syncs SET pruned_at = '2027-01-01'")
    after = FIRST_DAY + timedelta(days=1)
    assert len(tiny.rows("FROM roster.users_as_of($day)", day=after)) == 3
    with pytest.raises(RosterError, match="were forgotten"):
        tiny.rows("FROM roster.users_as_of($day)", day=FIRST_DAY)


def test_lists_of_people_and_classes(tiny: Tiny) -> None:
    tiny.records["users"] += [student("cal", "north"), {**student("adm", "north"), "roles": {"district_admin": {}}}]
    tiny.records["sections"] += [
        section("empty", "north", teachers=["tia"]),
        section("alone", "north", students=["ann"]),
        section("over", "north", teachers=["tia"], students=["cal"], term_id="old"),
    ]
    tiny.records["terms"].append({"id": "old", "start_date": "2025-08-10", "end_date": "2026-06-04"})
    tiny.sync()
    taught = "SELECT teacher_last_name, section, site, last_name, is_primary FROM roster.class_lists ORDER BY ALL"
    assert tiny.rows(taught) == [("Last tia", "Section m6", "North", f"Last {who}", True) for who in ("ann", "ben")]
    assert tiny.rows("SELECT last_name, site FROM roster.people_without_section") == [("Last cal", "North")]
    lonely = "SELECT section, student_count, teacher_count FROM roster.sections_without_people ORDER BY ALL"
    assert tiny.rows(lonely) == [("Section alone", 1, 0), ("Section empty", 0, 1)]
