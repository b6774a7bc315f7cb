"""`model.py` tells the truth about the tables that the SQL makes, and the docs tell what it says."""

from __future__ import annotations

import pytest

from roster_pipeline import dictionary, model
from tests.conftest import Tiny


@pytest.mark.parametrize("table", [*model.STAGING, *model.INPUTS, *model.PUBLISHED], ids=lambda t: t.full_name)
def test_table_has_the_columns_the_model_says(tiny: Tiny, table: model.Table) -> None:
    tiny.sync()
    made = tiny.rows(f"SELECT column_name, column_type FROM (DESCRIBE {table.full_name})")
    assert made == [(c.name, c.type) for c in table.columns]


@pytest.mark.parametrize("table", [t for t in model.PUBLISHED if t.key], ids=lambda t: t.full_name)
def test_key_is_unique(tiny: Tiny, table: model.Table) -> None:
    tiny.line("section_courses", "d", "m6", "math-6")
    tiny.sync()
    key = ", ".join(table.key)
    assert tiny.rows(f"SELECT {key} FROM {table.full_name} GROUP BY {key} HAVING count(*) > 1") == []


def test_data_dictionary_is_fresh() -> None:
    assert dictionary.FILE.read_text(encoding="utf-8") == dictionary.markdown(), "run `make docs`"


def test_a_roster_of_an_older_version_gains_the_new_columns(tiny: Tiny) -> None:
    tiny.sync()
    tiny.rows("ALTER TABLE sync.holds DROP COLUMN message")
    tiny.sync()
    assert tiny.rows("SELECT message FROM sync.holds") == []
