"""Every statement has a case."""

from __future__ import annotations

from pathlib import Path

from roster_pipeline.warehouse import sql


def test_every_statement_has_a_case() -> None:
    """Give a new file one: rows in, the statement, rows out. Macros are called in `test_warehouse.py`."""
    cases = "".join(file.read_text() for file in Path(__file__).parent.glob("test_*.py"))
    names = {f.relative_to(sql.STEPS).with_suffix("").as_posix() for f in sql.STEPS.rglob("*.sql")}
    assert {n for n in names if f'"{n}"' not in cases and f'"{Path(n).name}(' not in cases} == set()
