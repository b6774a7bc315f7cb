"""One run at a time for a district: a lock on a file that goes with the process, and a note of who holds it.

Belongs here: taking the lock, waiting for it with a limit, and what a killed holder left behind. Does not belong
here: what a run does while it holds it.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from roster_pipeline.errors import SyncRefused
from roster_pipeline.failpoints import failpoint

log = logging.getLogger(__name__)

_LOOK_AGAIN = 0.2


@contextmanager
def locked(
    path: Path,
    holder: Mapping[str, str],
    *,
    seconds: float,
    waiting: Callable[[str], None],
    killed: Callable[[dict[str, str]], None],
) -> Iterator[None]:
    """Holds the lock at `path`, with a note of who does; one without a note leaves the note that stands.

    `killed` is told the note of an earlier holder that died while it held the lock, before this one's takes its place:
    killed in between, too, nobody is forgotten. `waiting` is told once for whom this one waits. Raises SyncRefused
    when the lock is not free within `seconds`. The kernel drops the lock with the process, however that ends.
    """
    with path.open("a+b") as file:
        _take(file, path.parent.name, seconds, waiting)
        failpoint("district_locked")
        if not holder:
            yield
            return
        if left := _note(file):
            killed(left)
        _write(file, json.dumps(dict(holder)))
        failpoint("lock_note_written")
        try:
            yield
        finally:
            _write(file, "")


def is_locked(path: Path) -> bool:
    """Whether some process holds the lock at `path` now."""
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        pass
    return False


def holder_of(path: Path) -> dict[str, str] | None:
    """The note of whoever holds the lock at `path` now, empty when they left none; None when nobody does."""
    if not is_locked(path):
        return None
    with path.open("rb") as file:
        return _note(file)


@contextmanager
def at_rest(path: Path) -> Iterator[bool]:
    """Keeps runs of a district waiting for a moment, for a reader; False when a run is at work, or never was."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        yield False
        return
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Waits for the lock at `path`, without a note and without a limit: its holders need moments."""
    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _take(file: BinaryIO, slug: str, seconds: float, waiting: Callable[[str], None]) -> None:
    until = time.monotonic() + seconds
    told = False
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            other = _told(_note(file))
            if not told:
                waiting(f"{other} of {slug} is running; this one waits for its turn.")
                told = True
            if time.monotonic() >= until:
                raise SyncRefused(
                    f"{other} of {slug} was still running after {seconds / 60:g} minutes",
                    do="Sync again when it has ended, or end it in Dagster; ROSTER_MAX_WAIT_MINUTES sets the limit",
                ) from None
            time.sleep(_LOOK_AGAIN)
        else:
            return


def _told(note: Mapping[str, str]) -> str:
    if "sync_id" not in note:
        return "Another sync"
    return f"Sync {note['sync_id']} (asked for by {note.get('requested_by', '?')})"


def _note(file: BinaryIO) -> dict[str, str]:
    """The note in the lock file; whatever else stands there is nobody's."""
    file.seek(0)
    content = file.read()
    try:
        note = json.loads(content) if content else {}
    except ValueError:
        note = None
    if isinstance(note, dict) and all(isinstance(value, str) for value in note.values()):
        return note
    log.warning("The lock file holds something else than a note of ours; it is written anew.")
    return {}


def _write(file: BinaryIO, text: str) -> None:
    os.ftruncate(file.fileno(), 0)
    os.pwrite(file.fileno(), text.encode(), 0)
    os.fsync(file.fileno())
