"""The table of the reasons in docs/explain.md; the rest of that page people write.

Belongs here: putting the table in its place. Does not belong here: a reason
(`roster_pipeline/history/explain/reasons.py`).
"""

from __future__ import annotations

from benchmarks.markdown import replaced
from roster_pipeline.config import PROJECT_ROOT
from roster_pipeline.history.explain import reasons

PAGE = PROJECT_ROOT / "docs" / "explain.md"


def page() -> str:
    """The page with the table as it is now. Raises ValueError when the page has lost its marks."""
    return replaced(PAGE, "make docs", [reasons.markdown()])
