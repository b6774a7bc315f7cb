"""The model tells the truth about the tables that the SQL makes."""

from __future__ import annotations

from roster_pipeline import model
from tests.conftest import NOW, Tiny


def asked(table: model.Table) -> str:
    return f"{table.full_name}(DATE '{NOW:%Y-%m-%d}')" if table.takes else table.full_name


def test_tables_have_the_columns_the_model_says(tiny: Tiny) -> None:
    tiny.sync()
    for table in (*model.STAGING, *model.INPUTS, *model.PUBLISHED):
        made = tiny.rows(f"SELECT column_name, column_type FROM (DESCRIBE FROM {asked(table)})")
        assert made == [(c.name, c.type) for c in table.columns], table.full_name


def test_keys_are_unique(tiny: Tiny) -> None:
    tiny.line("section_courses", "d", "m6", "math-6")
    tiny.sync()
    for table in model.PUBLISHED:
        if table.key:
            key = ", ".join(table.key)
            repeated = f"SELECT {key} FROM {asked(table)} GROUP BY {key} HAVING count(*) > 1"
            assert tiny.rows(repeated) == [], table.full_name
