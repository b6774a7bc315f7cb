"""Several requests at once, for one caller who waits for all of them.

Belongs here: threads, and how they end. Does not belong here: what is asked.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from queue import Empty, SimpleQueue
from typing import TypeVar

T = TypeVar("T")


def together(
    works: Mapping[str, Callable[[threading.Event], T]],
    late: Callable[[], Exception],
    done: Callable[[T], None] = lambda _: None,
    seconds: float | None = None,
) -> dict[str, T]:
    """Does each in a thread of its own, and returns what comes of them, by name.

    A work is given the event that tells it to stop. `done` is called by the caller's thread as each ends. Raises the
    first error of a work, and `late()` after `seconds`; the others are stopped then.
    """
    stop = threading.Event()
    results: SimpleQueue[tuple[str, T] | BaseException] = SimpleQueue()

    def run(name: str, work: Callable[[threading.Event], T]) -> None:
        try:
            results.put((name, work(stop)))
        except BaseException as error:  # handed to the caller's thread, whatever it is
            results.put(error)

    until = None if seconds is None else time.monotonic() + seconds
    found: dict[str, T] = {}
    try:
        for name, work in works.items():
            # Daemons: one that waits for a silent server must keep neither the error nor the exit waiting.
            threading.Thread(target=run, args=(name, work), name=f"clever-{name}", daemon=True).start()
        while len(found) < len(works):
            name, result = _next(results, until, late)
            found[name] = result
            done(result)
    except BaseException:
        stop.set()
        raise
    return found


def _next(
    results: SimpleQueue[tuple[str, T] | BaseException], until: float | None, late: Callable[[], Exception]
) -> tuple[str, T]:
    try:
        result = results.get(timeout=None if until is None else max(until - time.monotonic(), 0.001))
    except Empty:
        raise late() from None
    if isinstance(result, BaseException):
        raise result
    return result
