"""Laws that hold for any district and any change of it, whatever a sync has to do."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from roster_pipeline import model
from tests.conftest import Record, Tiny, in_force
from tests.laws import MAPPINGS, become, districts, laws


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
