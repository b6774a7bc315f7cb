"""Places at which a test kills this process: one between every two steps that outlive it.

Belongs here: their names, and dying there. Does not belong here: who asks for it, and what must be true afterwards
(`tests/crash/`).

`ROSTER_FAILPOINT=applied` kills the process when it has applied a plan, `ROSTER_FAILPOINT=applied:3` at the third time.
"""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Iterator
from itertools import count
from typing import Literal, get_args

log = logging.getLogger(__name__)

Name = Literal[
    # what is there for the first time: Dagster's databases, a district
    "instance_made",
    "district_folder_made",
    "atomic_part_written",
    # the lock, and what earlier runs left
    "district_locked",
    "lock_note_written",
    "killed_put_aside",
    "put_aside_recorded",
    "put_aside_removed",
    # landing
    "landing_taken_over",
    "landing_set_aside",
    "landing_discarded",
    "receipt_withdrawn",
    "checkpoint_forgotten",
    "page_written",
    "landing_part_written",
    "list_checked",
    "list_landed",
    "district_landed",
    "receipt_written",
    # staging
    "staging_part_written",
    "staging_kept",
    # the truth
    "truth_made",
    "unpublished_marked",
    "truth_laid_out",
    "truth_copied",
    "truth_rewritten",
    "plan_written",
    "applied",
    "pruned",
    "decided",
    "failure_written",
    "failure_recorded",
    # an erasure, and the files written anew after it
    "purge_begun",
    "erased",
    "purged",
    # the published copy
    "truth_checkpointed",
    "copied",
    "published",
    "unpublished_removed",
]
NAMES: tuple[Name, ...] = get_args(Name)

_armed: tuple[str, Iterator[int]] | None = None


def arm(where: str) -> None:
    """Makes this process die at `name` or `name:nth`; at no failpoint when that is empty, or names none."""
    global _armed
    name, _, nth = where.partition(":")
    if where and (name not in NAMES or not (nth or "1").isdecimal()):
        log.warning("ROSTER_FAILPOINT is %r, which is no failpoint: this process does not die of it.", where)
        name = ""
    _armed = (name, count(1 - int(nth or 1))) if name else None


def failpoint(name: Name) -> None:
    """The place `name`: ends this process as `kill -9` does, if it was armed for it."""
    if _armed is not None and _armed[0] == name and next(_armed[1]) == 0:
        os.kill(os.getpid(), signal.SIGKILL)


arm(os.environ.get("ROSTER_FAILPOINT", ""))
