"""`make bench-crash`: kills syncs, undos, decisions and mapping runs at every failpoint and at random moments.

Belongs here: arguments, progress, the numbers in docs/operations.md. Does not belong here: the workload and what must
be true afterwards (`tests/crash/`).
"""

from __future__ import annotations

import multiprocessing
import os
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import click

from roster_pipeline import failpoints
from tests.crash.workload import Outcome, pass_failpoints, random_session, survive
from tests.crash.world import MEMORY, import_everything


def main_of(name: str) -> Outcome:
    """One seed, or one failpoint, in a folder of its own."""
    happens = partial(random_session, int(name)) if name.isdigit() else partial(pass_failpoints, name.split("+"))
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.exists() else None, prefix="roster-crash-") as root:
        return survive(name, Path(root), happens)


@click.command()
@click.option("--seeds", default=0, show_default=True, help="How many random workloads.")
@click.option("--first", default=1, show_default=True, help="The first seed.")
@click.option("--failpoint", "names", multiple=True, help="Only this failpoint; may be repeated.")
@click.option("--failpoints", "every", is_flag=True)
@click.option("--jobs", default=os.cpu_count() or 1, show_default=True, help="How many at a time.")
def main(seeds: int, first: int, names: Sequence[str], every: bool, jobs: int) -> None:
    import_everything()
    todo = [
        *(failpoints.NAMES if every else ["+".join(names)] if names else []),
        *map(str, range(first, first + seeds)),
    ]
    began = time.monotonic()
    with multiprocessing.get_context("fork").Pool(jobs) as pool:
        for outcome in pool.imap_unordered(main_of, todo):
            print(
                f"{time.monotonic() - began:.1f}",
                outcome.name,
                sum(outcome.kills.values()),
                outcome.broken or "ok",
                outcome.told if outcome.broken else "",
                flush=True,
            )


if __name__ == "__main__":
    main()
