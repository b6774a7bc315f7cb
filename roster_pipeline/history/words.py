"""Words that sentences of all layers have in common.

Belongs here: a number with its noun, and what the terminal and notices say alike. Does not belong here: any other
sentence.
"""

from __future__ import annotations

from datetime import datetime


def counted(number: int, one: str, many: str = "") -> str:
    """`1 person`, `1,200 people`; without `many`, it is `one` with an s."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def clevers_data(at: datetime | None, says: str) -> str:
    """When Clever last had new data of a district, if it has said so, and what was wrong there."""
    return (
        f"Clever's data is of {at:%Y-%m-%d %H:%M} UTC{says}" if at else f"Clever has not said of when its data is{says}"
    )
