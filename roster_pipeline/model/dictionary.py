"""The data dictionary, written from `model.py`: `make docs`.

Belongs here: turning tables into Markdown. Does not belong here: any fact about a table.
"""

from __future__ import annotations

from roster_pipeline import model
from roster_pipeline.config import PROJECT_ROOT

FILE = PROJECT_ROOT / "docs" / "data-dictionary.md"

_INTRO = """# Data dictionary

Generated from `roster_pipeline/model.py` by `make docs`; a test fails when it is stale. Times are UTC. Columns
marked **personal** never leave the DuckDB files and the terminal.

Open the published copy with any DuckDB client, read-only, for as long as you like:
`duckdb -readonly data/warehouse/<district>/published.duckdb`.
"""


def markdown() -> str:
    """The whole dictionary: the published tables first, then what only the pipeline sees."""
    parts = [_INTRO]
    for title, tables in (
        ("Published: `published.duckdb`", model.PUBLISHED),
        ("Staged: `staging.duckdb`, made anew by any sync that asks Clever", model.STAGING),
        ("Inputs: in memory, for one run", model.INPUTS),
    ):
        parts.append(f"## {title}\n")
        parts += [_table(table) for table in tables]
    return "\n".join(parts)


def _table(table: model.Table) -> str:
    kind = "View, " if table.view else ""
    key = f" Key: {', '.join(f'`{k}`' for k in table.key)}." if table.key else ""
    rows = "\n".join(
        f"| `{c.name}` | {c.type} | {c.meaning}{' **personal**' if c.pii else ''} |" for c in table.columns
    )
    return (
        f"### `{table.full_name}`\n\n{kind}{'one' if kind else 'One'} row per {table.grain}.{key}\n\n"
        f"| column | type | meaning |\n| --- | --- | --- |\n{rows}\n"
    )


if __name__ == "__main__":
    FILE.write_text(markdown(), encoding="utf-8")
