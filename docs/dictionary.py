"""The data dictionary: `docs/data-dictionary.md`.

Belongs here: turning tables into Markdown. Does not belong here: any fact about a table.
"""

from __future__ import annotations

from roster_pipeline import model
from roster_pipeline.config import PROJECT_ROOT

FILE = PROJECT_ROOT / "docs" / "data-dictionary.md"

_INTRO = """# Data dictionary

Generated from `roster_pipeline/model/` by `make docs`; a test fails when it is stale. Times are UTC. Columns
marked **personal** never leave the DuckDB files and the terminal.

Open the published copy with any DuckDB client, read-only, for as long as you like:
`duckdb -readonly data/warehouse/<district>/published.duckdb`.
"""

_IN_MEMORY = "In memory, for the length of one run"
_WHY_IN_MEMORY = """What the steps of a sync make for each other, step by step; a debugger that stops a run shows them.
`staging.origin` and `staging.memberships` are kept in `staging.duckdb` too.
"""
_STEPS = {
    "earlier": "what was staged before, while one site is merged into it",
    "staging": "on the way from a landing",
    "identity": "who is who",
    "mapped": "which courses belong on which section",
    "desired": "what each roster table should hold",
    "plan": "every change between the roster and what it should be",
    "temp": "what apply makes on its way",
    "guards": "what looks like an accident, and what is held for it",
}
"""The schemas of the scratch tables, each with what its step is about."""


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
    parts.append(f"## {_IN_MEMORY}\n\n{_WHY_IN_MEMORY}")
    known = {table.full_name for table in (*model.STAGING, *model.INPUTS)}
    scratch = [t for t in model.SCRATCH if t.full_name not in known]
    for schema in dict.fromkeys(t.schema for t in scratch):
        parts.append(f"### `{schema}`: {_STEPS[schema]}\n")
        parts += [_table(t, "####") for t in scratch if t.schema == schema]
    return "\n".join(parts)


def _table(table: model.Table, heading: str = "###") -> str:
    kind = "Table macro, " if table.takes else "View, " if table.view else ""
    name = f"{table.full_name}({table.takes})" if table.takes else table.full_name
    key = f" Key: {', '.join(f'`{k}`' for k in table.key)}." if table.key else ""
    rows = "\n".join(
        f"| `{c.name}` | {c.type} | {c.meaning}{' **personal**' if c.pii else ''} |" for c in table.columns
    )
    return (
        f"{heading} `{name}`\n\n{kind}{'one' if kind else 'One'} row per {table.grain}.{key}\n\n"
        f"| column | type | meaning |\n| --- | --- | --- |\n{rows}\n"
    )
