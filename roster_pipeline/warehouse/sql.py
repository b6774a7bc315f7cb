"""The pipeline's SQL: one statement per file, named like the table it makes, parameters bound.

Belongs here: `.sql` files and the function that reads them. Does not belong here: SQL text in Python,
except what `plan.py` derives from `model.py` for every entity alike.
"""

from __future__ import annotations

import functools
from pathlib import Path

_FOLDER = Path(__file__).parent.parent


@functools.cache
def statement(name: str) -> str:
    """The statement in `<name>.sql`, for example `statement("staging/users")`."""
    return (_FOLDER / f"{name}.sql").read_text(encoding="utf-8")
