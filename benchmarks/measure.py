"""One process, measured from its start to its end.

Belongs here: wall time, CPU, memory, disk. Does not belong here: what is run, and how often.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Measured:
    """One run of a process and the children that it waited for.

    Seconds of wall and CPU time (user and system), MB (10^6) of the largest of its processes at its peak.
    """

    wall: float
    cpu: float
    peak_mb: float
    timed_out: bool
    output: str


class ProcessFailed(Exception):
    """A measured process ended with an error; its number would mean nothing."""


def measure(
    command: Sequence[object],
    *,
    log: Path,
    env: Mapping[str, str] | None = None,
    exits: int = 0,
    within: float | None = None,
) -> Measured:
    """Runs a command to its end; killed, with all its children, after `within` seconds.

    Standard error goes to `log`. ProcessFailed for another exit code than `exits`.
    """
    with log.open("w") as errors, log.with_suffix(".out").open("w+") as output:
        started = time.perf_counter()
        process = subprocess.Popen(
            list(map(str, command)), env=env, stdout=output, stderr=errors, start_new_session=True
        )
        killed = threading.Event()

        def kill() -> None:
            killed.set()
            os.killpg(process.pid, signal.SIGKILL)

        deadline = threading.Timer(within or threading.TIMEOUT_MAX, kill)
        deadline.daemon = True
        deadline.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            kill()
            raise
        finally:
            deadline.cancel()
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)  # it was waited for here, not by Popen
        output.seek(0)
        said = output.read()
    if process.returncode != exits and not killed.is_set():
        last_lines = "\n".join(log.read_text().splitlines()[-20:])
        raise ProcessFailed(f"{' '.join(map(str, command))}: exit {process.returncode}\n{said[-2000:]}\n{last_lines}")
    cpu = usage.ru_utime + usage.ru_stime
    return Measured(wall, cpu, usage.ru_maxrss * 1024 / 1e6, killed.is_set(), said)


def disk_mb(folder: Path) -> float:
    """MB (10^6) of all files below a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6
