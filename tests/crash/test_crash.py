"""Killed at failpoints and at random moments, nothing acknowledged is lost, and nothing is half done.

In a process of its own, because it forks: a test worker has threads. Here is one failpoint of each kind and one seed;
`make bench-crash` passes every failpoint, and many seeds.
"""

from __future__ import annotations

import os
import subprocess
import sys

from roster_pipeline import failpoints
from roster_pipeline.config import PROJECT_ROOT
from tests.crash.workload import PASSAGES

IN_TURN: tuple[failpoints.Name, ...] = (
    "landing_taken_over",
    "plan_written",
)


def crash(*arguments: str) -> str:
    """What the bench says; it fails with the command that replays what is broken."""
    command = [sys.executable, "-m", "benchmarks.crash", "--jobs", "1", *arguments]
    ran = subprocess.run(command, cwd=PROJECT_ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def test_failpoints_and_a_random_workload() -> None:
    failpoints_in_turn = [a for name in IN_TURN for a in ("--failpoint", name)]
    said = crash(*failpoints_in_turn, "--seeds", "1", "--steps", "1", "--first", "1")
    assert said.endswith("in 1 seeds: 0 broken\n")


def test_every_failpoint_has_a_command_that_passes_it() -> None:
    assert sorted(PASSAGES) == sorted(failpoints.NAMES)


def test_the_environment_names_a_failpoint_and_a_pass() -> None:
    script = "from roster_pipeline.failpoints import failpoint\nfor n in range(4):\n failpoint('applied')\n print(n)"
    environment = {**os.environ, "ROSTER_FAILPOINT": "applied:3"}
    died = subprocess.run([sys.executable, "-uc", script], env=environment, capture_output=True, text=True, check=False)
    assert (died.returncode, died.stdout) == (-9, "0\n1\n")
