"""The table of the guards in docs/operations.md; the rest of that page people write, and `make accidents`.

Belongs here: putting the table in its place. Does not belong here: a guard (`roster_pipeline/guards/catalog.py`).
"""

from __future__ import annotations

from benchmarks.markdown import replaced
from roster_pipeline.config import PROJECT_ROOT
from roster_pipeline.guards import catalog

PAGE = PROJECT_ROOT / "docs" / "operations.md"


def page() -> str:
    """The page with the table as it is now. Raises ValueError when the page has lost its marks."""
    return replaced(PAGE, "make docs", [catalog.markdown()])
