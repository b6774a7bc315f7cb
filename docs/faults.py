"""The table of the faults in the sandbox's README; the rest of that page people write.

Belongs here: putting the table in its place. Does not belong here: a fault (`clever_sandbox/faults/table.py`).
"""

from __future__ import annotations

from benchmarks.markdown import replaced
from clever_sandbox.faults.table import FAULTS
from roster_pipeline.config import PROJECT_ROOT

PAGE = PROJECT_ROOT / "clever_sandbox" / "README.md"


def page() -> str:
    """The page with the table as it is now. Raises ValueError when the page has lost its marks."""
    rows = [f"| `{name}` | {kind.what} |" for name, kind in FAULTS.items()]
    return replaced(PAGE, "make docs", ["\n".join(("| fault | what it does |", "| --- | --- |", *rows))])
