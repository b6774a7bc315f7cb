"""benchmarks/results.json: what was measured, by size; the page and the plot are made from it.

Belongs here: the numbers' shape, medians, reading and writing the file. Does not belong here: measuring,
or words about the numbers.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median

import msgspec

from benchmarks.measure import Measured
from benchmarks.prepare import Truth

FILE = Path(__file__).with_name("results.json")
PEERS = Path(__file__).with_name("peers.txt")


class Evidence(msgspec.Struct, frozen=True):
    """A finished sync: its status, its changes, what the roster holds, seconds of each step in their order."""

    status: str
    changes: int
    counts: dict[str, int]
    steps: dict[str, float]


class Run(msgspec.Struct, frozen=True):
    """One thing that was measured: medians of `repeats`, in seconds and MB; disk is what it left at the end."""

    wall: float
    cpu: float
    peak_mb: float
    disk_mb: float
    repeats: int
    timed_out: bool = False
    steps: dict[str, float] = {}
    changes: int | None = None


class Machine(msgspec.Struct, frozen=True):
    """On what it was measured, and with which versions."""

    date: str
    cpu: str
    cores: int
    memory_gb: int
    system: str
    versions: dict[str, str]


class Result(msgspec.Struct):
    """Everything about one size. `runs` by name: floor, first, unchanged, changed, mapping, dlt, dlt_plain, pandas."""

    truth: Truth
    machine: Machine | None = None
    runs: dict[str, Run] = {}


def read_results() -> dict[int, Result]:
    """What was measured so far, by size, the smallest first."""
    found = msgspec.json.decode(FILE.read_bytes(), type=dict[int, Result]) if FILE.exists() else {}
    return dict(sorted(found.items()))


def write_results(results: dict[int, Result]) -> None:
    FILE.write_bytes(msgspec.json.format(msgspec.json.encode(dict(sorted(results.items())))) + b"\n")


def median_run(
    measured: Sequence[Measured],
    disk_mb: float,
    *,
    steps: Sequence[dict[str, float]] = (),
    changes: int | None = None,
) -> Run:
    """The median of each number; of the steps too, each for itself."""
    return Run(
        wall=_median([m.wall for m in measured]),
        cpu=_median([m.cpu for m in measured]),
        peak_mb=_median([m.peak_mb for m in measured]),
        disk_mb=round(disk_mb, 3),
        repeats=len(measured),
        timed_out=any(m.timed_out for m in measured),
        steps={name: _median([run[name] for run in steps]) for name in steps[0]} if steps else {},
        changes=changes,
    )


def _median(values: Sequence[float]) -> float:
    return round(median(values), 3)


def this_machine() -> Machine:
    """Processor, cores, memory, system, and the versions that decide the numbers."""
    names = [line.partition(":") for line in Path("/proc/cpuinfo").read_text().splitlines()]
    cpu = next((value.strip() for key, _, value in names if key.strip() == "model name"), platform.machine())
    ours = {name: version(name) for name in ("dagster", "duckdb", "requests", "msgspec")}
    peers = (line.partition("==") for line in PEERS.read_text().splitlines())
    return Machine(
        date=datetime.now(UTC).date().isoformat(),
        cpu=cpu,
        cores=os.cpu_count() or 0,
        memory_gb=round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9),
        system=f"{platform.system()} {platform.release()}",
        versions={
            "python": platform.python_version(),
            **{name.partition("[")[0]: number for name, _, number in peers},
            **ours,  # of what both have, the peers have the same version
        },
    )
