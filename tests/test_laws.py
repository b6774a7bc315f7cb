"""Laws that hold for any district and any change of it, whatever a sync has to do."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from roster_pipeline import model
from tests.conftest import Record, Tiny, in_force, section, student, teacher

SCHOOLS = ("north", "south")
NAMES = st.sampled_from(["One", "Two", None, ""])
# An example is a handful of whole syncs: shrinking a failing one would take longer than reading it.
laws = settings(
    max_examples=4,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)


@st.composite
def districts(draw: st.DrawFn) -> dict[str, list[Record]]:
    """A small district: any of eight people and four sections, at any schools, with any gaps."""
    users: list[Record] = []
    for n in draw(st.sets(st.integers(0, 7))):
        schools = draw(st.lists(st.sampled_from(SCHOOLS), min_size=1, max_size=2, unique=True))
        make = teacher if n < 2 else student
        users.append(make(f"u{n}", *schools, email=draw(NAMES)))
    people = st.lists(st.sampled_from([f"u{n}" for n in range(8)]), max_size=4, unique=True)
    sections = [
        section(
            f"s{n}",
            draw(st.sampled_from(SCHOOLS)),
            teachers=draw(st.lists(st.sampled_from(["u0", "u1"]), max_size=2, unique=True)),
            students=draw(people),
            name=draw(st.sampled_from(["Algebra", "Biology"])),
            subject=draw(st.sampled_from(["math", "science", ""])),
            term_id=draw(st.sampled_from(["year", "past"])),
        )
        for n in draw(st.sets(st.integers(0, 3)))
    ]
    return {
        "schools": [{"id": s, "name": s.title()} for s in draw(st.sets(st.sampled_from(SCHOOLS), min_size=1))],
        "terms": [
            {"id": "year", "name": "Y1", "start_date": "2026-08-10", "end_date": "2027-06-04"},
            {"id": "past", "name": "S0", "start_date": "2026-01-10", "end_date": "2026-06-04"},
        ],
        "courses": [],
        "sections": sections,
        "users": users,
    }


MAPPINGS = st.lists(
    st.tuples(st.sampled_from(["s0", "s1", "s2", "s3"]), st.sampled_from(["math-6", "sci-6"])), unique=True, max_size=5
)


def become(tiny: Tiny, records: dict[str, list[Record]], lines: list[tuple[str, str]]) -> None:
    tiny.records = records
    tiny.inputs["section_courses"] = "district,section_id,course_id\n"
    for line in lines:
        tiny.line("section_courses", "d", *line)


def keys(tiny: Tiny) -> dict[str, set[tuple[Any, ...]]]:
    kept = (e.table for e in model.ENTITIES if e.status)
    return {t.name: set(tiny.rows(f"SELECT {', '.join(t.key)} FROM {t.full_name}")) for t in kept}


@laws
@given(districts(), MAPPINGS, districts(), MAPPINGS)
def test_a_sync_makes_what_was_wanted_once_and_loses_nothing(
    one: dict[str, list[Record]],
    mapping_one: list[tuple[str, str]],
    two: dict[str, list[Record]],
    mapping_two: list[tuple[str, str]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        tiny = Tiny(Path(folder))
        become(tiny, one, mapping_one)
        tiny.sync()
        known = keys(tiny)
        become(tiny, two, mapping_two)
        tiny.sync()
        for entity in model.ENTITIES:
            columns = ", ".join((*entity.table.key, *entity.table.compared))
            desired = tiny.rows(f"SELECT {columns} FROM desired.{entity.name} ORDER BY ALL")
            if entity.status:  # of what is not mentioned nothing is in force
                key, mentioned = ", ".join(entity.table.key), f"SEMI JOIN desired.{entity.name}"
                other = f"{entity.table.full_name} ANTI JOIN desired.{entity.name} USING ({key})"
                assert tiny.rows(f"FROM {other} WHERE {entity.status} <> 'archived'") == []
                columns += f" FROM {entity.table.full_name} {mentioned} USING ({key})"
            else:
                columns += f" FROM {entity.table.full_name}"
            assert tiny.rows(f"SELECT {columns} ORDER BY ALL") == desired
        assert all(known[name] <= rows for name, rows in keys(tiny).items())
        assert tiny.sync().counts == ()


@laws
@given(districts(), MAPPINGS, districts(), MAPPINGS)
def test_apply_then_undo_is_the_roster_before(
    one: dict[str, list[Record]],
    mapping_one: list[tuple[str, str]],
    two: dict[str, list[Record]],
    mapping_two: list[tuple[str, str]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        tiny = Tiny(Path(folder))
        become(tiny, one, mapping_one)
        tiny.sync()
        before = in_force(tiny)
        become(tiny, two, mapping_two)
        tiny.sync()
        after = in_force(tiny)
        tiny.undo("S002")
        assert in_force(tiny) == before
        tiny.undo("S003")
        assert in_force(tiny) == after


@laws
@given(districts(), MAPPINGS, st.randoms())
def test_any_order_of_input_gives_the_same_plan(
    records: dict[str, list[Record]], lines: list[tuple[str, str]], dice: Any
) -> None:
    shuffled = {name: dice.sample(rows, len(rows)) for name, rows in records.items()}
    shuffled["sections"] = [
        {**s, "students": dice.sample(s["students"], len(s["students"]))} for s in shuffled["sections"]
    ]
    with tempfile.TemporaryDirectory() as a, tempfile.TemporaryDirectory() as b:
        one, other = Tiny(Path(a)), Tiny(Path(b))
        become(one, records, lines)
        become(other, shuffled, dice.sample(lines, len(lines)))
        assert one.sync(today=date(2026, 11, 23)) == other.sync(today=date(2026, 11, 23))
        assert in_force(one) == in_force(other)
