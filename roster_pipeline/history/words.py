"""Words that sentences of all layers have in common.

Belongs here: a number with its noun. Does not belong here: any sentence.
"""

from __future__ import annotations


def counted(number: int, one: str, many: str = "") -> str:
    """`1 person`, `1,200 people`; without `many`, it is `one` with an s."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"
