"""`kill -9` at every stage: the published roster is the old one or the new one, and the next sync needs no repair."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.platform import Platform

LAYERS = ("clever", "staging", "mapping", "roster", "sync")
EVERYTHING = (
    "SELECT * EXCLUDE (last_synced_at) FROM roster.sites ORDER BY ALL",
    "FROM roster.users ORDER BY ALL",
    "SELECT * EXCLUDE (since_sync_id) FROM roster.section_courses ORDER BY ALL",
    "FROM roster.course_access ORDER BY ALL",
)

# The command with one function replaced: it does its work, or the first half of it, and the process is gone.
DIES_AFTER = """
import os, signal, sys
import {module} as module
work = module.{function}
def dies(*args, **kwargs):
    work(*args, **kwargs)
    os.kill(os.getpid(), signal.SIGKILL)
module.{function} = dies
from roster_pipeline.cli import main
main(["sync"])
"""
DIES_IN_COPY = """
import os, signal
from pathlib import Path
import roster_pipeline.resources.warehouse as module
def dies(source, target):
    Path(target).write_bytes(Path(source).read_bytes()[:1000])
    os.kill(os.getpid(), signal.SIGKILL)
module.shutil.copyfile = dies
from roster_pipeline.cli import main
main(["sync"])
"""


def roster(platform: Platform) -> list[list[tuple[Any, ...]]]:
    return [platform.rows(query) for query in EVERYTHING]


@pytest.mark.parametrize(
    ("script", "already_applied"),
    [
        pytest.param(
            DIES_AFTER.format(module="roster_pipeline.assets.clever", function="extract_district"), False, id="extract"
        ),
        pytest.param(DIES_AFTER.format(module="roster_pipeline.assets.staging", function="stage"), False, id="staging"),
        pytest.param(DIES_AFTER.format(module="roster_pipeline.assets.roster", function="plan_sync"), False, id="plan"),
        pytest.param(DIES_AFTER.format(module="roster_pipeline.apply", function="record_success"), False, id="apply"),
        pytest.param(DIES_IN_COPY, True, id="publish"),
    ],
)
def test_killed_at(script: str, already_applied: bool, synced: Platform) -> None:
    old = roster(synced)
    lines = (synced.data / "section_courses.csv").read_text().splitlines(keepends=True)
    (synced.data / "section_courses.csv").write_text("".join(lines[:-3]))
    logins = (synced.data / "logins.csv").read_text().splitlines(keepends=True)
    (synced.data / "logins.csv").write_text(
        "".join(logins) + f"{lines[1].split(',')[0]},{_pending(synced)},2026-11-20\n"
    )

    killed = subprocess.run(
        [sys.executable, "-c", script], env={**os.environ, **synced.environment}, capture_output=True, check=False
    )
    assert killed.returncode == -signal.SIGKILL
    assert roster(synced) == old

    assert synced.materialize(*LAYERS)
    new = roster(synced)
    assert new != old
    assert len(new[2]) == len(old[2]) - 3
    history = synced.rows("SELECT status, error LIKE '%killed%' FROM sync.syncs ORDER BY sync_id")
    middle = ("succeeded", None) if already_applied else ("failed", True)
    assert history == [("succeeded", None), middle, ("succeeded", None)]
    assert synced.materialize(*LAYERS)
    assert roster(synced) == new


def _pending(platform: Platform) -> str:
    ((clever_id,),) = platform.rows(
        "SELECT min(clever_id) FROM roster.users WHERE enrollment_status = 'pending' AND grade IS NOT NULL"
    )
    return str(clever_id)


def test_no_half_written_file_is_left_under_a_name_that_counts(synced: Platform, tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-c", DIES_IN_COPY], env={**os.environ, **synced.environment}, capture_output=True, check=False
    )
    assert synced.rows("SELECT count(*) FROM sync.syncs") == [(1,)]
    assert synced.materialize("sync")
    assert synced.rows("SELECT count(*) FROM sync.syncs") == [(2,)]
    assert not list(tmp_path.rglob("*.duckdb.part"))
