"""What the pages have in common that measuring writes: tables, and the block between two marks.

Belongs here: Markdown. Does not belong here: what a page tells.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

END = "<!-- until here -->"


def begin(command: str) -> str:
    """The mark above a block that a command makes."""
    return f"<!-- made by `{command}`; edits are overwritten -->"


def rewrite(page: Path, command: str, parts: Iterable[str]) -> None:
    """Replaces what stands between a command's marks. Raises ValueError when the page has lost them."""
    page.write_text(replaced(page, command, parts), encoding="utf-8")


def replaced(page: Path, command: str, parts: Iterable[str]) -> str:
    """The page with `parts` between a command's marks. Raises ValueError when it has lost them."""
    mark = begin(command)
    before, _, rest = page.read_text(encoding="utf-8").partition(mark)
    _, found, after = rest.partition(END)
    if not found:
        raise ValueError(f"{page} has no {mark} ... {END}")
    return before + "\n\n".join((mark, *parts, END)) + after


def table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """All columns but the first are numbers."""
    rule = ["---", *("---:" for _ in head[1:])]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, rule, *lines))
