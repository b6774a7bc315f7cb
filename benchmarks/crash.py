"""`make bench-crash`: kills syncs, undos, decisions and mapping runs at every failpoint and at random moments.

Belongs here: arguments, progress, the numbers in docs/operations.md. Does not belong here: the workload and what must
be true afterwards (`tests/crash/`).

    python -m benchmarks.crash --first 17 --seeds 1     replays the random workload of seed 17
    python -m benchmarks.crash --failpoint applied      dies at one failpoint, or at several in this order
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import click

from benchmarks.markdown import rewrite
from roster_pipeline import failpoints
from roster_pipeline.config import PROJECT_ROOT
from tests.crash.workload import Outcome, Session, pass_failpoints, random_session, survive
from tests.crash.world import MEMORY, import_everything

PAGE = PROJECT_ROOT / "docs" / "operations.md"
COMMAND = "make bench-crash"
AT_RANDOM = "at a random moment"

Job = int | tuple[failpoints.Name, ...]
"""A seed, or failpoints that are passed one after the other."""


def run(job: Job, steps: int) -> tuple[Job, Outcome]:
    """One job on a fresh district, in a folder of its own."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.exists() else None, prefix="roster-crash-") as root:
        return job, survive(Path(root), partial(_happens, job, steps))


def _happens(job: Job, steps: int, session: Session) -> None:
    if isinstance(job, int):
        random_session(job, steps, session)
    else:
        pass_failpoints(job, session)


def replay(job: Job, steps: int) -> str:
    """The command that does exactly this again; only when a child dies after some seconds does the machine matter."""
    arguments = (
        f"--first {job} --seeds 1 --steps {steps}"
        if isinstance(job, int)
        else " ".join(f"--failpoint {n}" for n in job)
    )
    return f".venv/bin/python -m benchmarks.crash {arguments}"


@click.command()
@click.option("--seeds", default=0, help="How many random workloads.")
@click.option("--first", default=1, show_default=True, help="The seed of the first of them.")
@click.option("--steps", default=6, show_default=True, help="How many commands a workload has after the first sync.")
@click.option(
    "--failpoint", "names", multiple=True, type=click.Choice(failpoints.NAMES), help="Die there; may be repeated."
)
@click.option("--every-failpoint", "every", is_flag=True, help="Die at each failpoint, each time in a fresh district.")
@click.option("--jobs", default=os.cpu_count() or 1, show_default=True, help="How many at a time.")
@click.option("--write", is_flag=True, help="Write the numbers into docs/operations.md.")
def main(
    seeds: int, first: int, steps: int, names: tuple[failpoints.Name, ...], every: bool, jobs: int, write: bool
) -> None:
    """Kill the pipeline and look whether anything acknowledged is lost, or anything is half done. Exit 1 if so."""
    todo: list[Job] = [*(((name,) for name in failpoints.NAMES) if every else [names] if names else [])]
    todo += range(first, first + seeds)
    import_everything()
    began, done = time.monotonic(), list[tuple[Job, Outcome]]()
    with multiprocessing.get_context("fork").Pool(jobs) as pool:
        for job, outcome in pool.imap_unordered(partial(run, steps=steps), todo):
            done.append((job, outcome))
            if outcome.broken:
                click.echo(
                    f"\n{_named(job)}: {outcome.broken}\n  after: {'; '.join(outcome.told)}\n  {replay(job, steps)}"
                )
            elif sys.stderr.isatty():
                click.echo(f"\r{len(done)} of {len(todo)}, {time.monotonic() - began:.0f} s ", nl=False, err=True)
    click.echo(summary([outcome for _, outcome in done], seeds))
    if any(outcome.broken for _, outcome in done):
        sys.exit(1)
    if write:
        _write(done, seeds, time.monotonic() - began)


def summary(outcomes: Sequence[Outcome], seeds: int) -> str:
    """One line: what was killed, and how many survived it."""
    kills = sum((o.kills for o in outcomes), Counter[str]())
    at = {name: n for name, n in kills.items() if name != AT_RANDOM}
    broken = sum(o.broken is not None for o in outcomes)
    return (
        f"{kills.total()} kills ({sum(at.values())} at {len(at)} failpoints, {kills[AT_RANDOM]} at random moments) "
        f"in {seeds} seeds: {broken} broken"
    )


def _named(job: Job) -> str:
    return f"seed {job}" if isinstance(job, int) else ", ".join(job)


def _write(done: Sequence[tuple[Job, Outcome]], seeds: int, seconds: float) -> None:
    numbers = sorted(job for job, _ in done if isinstance(job, int))
    which = f" (seeds {numbers[0]} to {numbers[-1]})" if numbers else ""
    said = f"{summary([o for _, o in done], seeds)}{which}; {datetime.now(UTC):%Y-%m-%d}, {seconds / 60:.0f} minutes."
    rewrite(PAGE, COMMAND, [said])


if __name__ == "__main__":
    main()
