"""Making millions of small things.

Belongs here: what Python must be told about that. Does not belong here: the things.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_circles() -> Iterator[None]:
    """Nothing that is made meanwhile refers to itself: looking for circles in it would take most of the time."""
    looking = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if looking:
            gc.enable()
