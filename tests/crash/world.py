"""A platform of one small district whose every command runs in a child process that may be killed.

Belongs here: forking and killing children, the local Clever, the district's files and copies of them. Does not
belong here: what the children do (`steps`), and what must be true afterwards (`oracle`).

Everything is imported once and forked, so that a sync takes a second and not three. The parent must stay without
threads, DuckDB connections and Dagster instances: a child of such a process would hang.
"""

from __future__ import annotations

import json
import os
import pickle
import random
import select
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dagster as dg

from clever_sandbox.app import create_app
from clever_sandbox.control.remote import advance_running
from clever_sandbox.district.load import load_district
from clever_sandbox.district.upload import load_upload
from clever_sandbox.generator.generate import generate
from clever_sandbox.generator.platform_inputs import write_inputs
from clever_sandbox.server import serve
from roster_pipeline import failpoints
from roster_pipeline.clever.local import settings_for
from roster_pipeline.config import PROJECT_ROOT
from roster_pipeline.definitions import defs
from roster_pipeline.warehouse.warehouse import DistrictFolder
from tests.cheap import cheap_dagster

SLUG = "riverbend-usd"
STUDENTS = 40
MEMORY = Path("/dev/shm")
"""Where a process is killed and not the machine, files need no disk."""

A_DAY = (
    *("student_new", "student_new", "student_left", "student_left", "student_moved", "student_changed_section"),
    *("section_teacher_changed", "section_new", "student_shared_again", "student_unshared"),
)
_PATIENCE = 120.0
_JOBS = ("sync_now", "undo_sync", "decide_hold", "erase_person")


@dataclass(frozen=True)
class Kill:
    """When a child is killed: at a failpoint (`name` or `name:nth`), or after so many seconds."""

    at: str = ""
    after: float | None = None

    def __str__(self) -> str:
        return f"killed at {self.at}" if self.at else f"killed after {self.after} s" if self.after else "not killed"


@dataclass(frozen=True)
class Ended:
    """How a child ended: what it answered before, if anything, what it raised, and whether it was killed."""

    answer: Any = None
    error: str | None = None
    killed: bool = False


NEVER = Kill()


def import_everything() -> None:
    """What children would import each for itself."""
    for job in _JOBS:
        defs.resolve_job_def(job)
    with dg.DagsterInstance.ephemeral():
        pass


def in_child(work: Callable[[], Any], *, environment: Mapping[str, str], log: Path, kill: Kill = NEVER) -> Ended:
    """Runs `work` in a fork of this process and waits for its end; what it answers has reached us before it ends."""
    receive, send = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        os.close(receive)
        _be_the_child(work, environment, log, kill.at, send)
    os.close(send)
    answered = _read(receive, kill.after, child)
    _, status = os.waitpid(child, 0)
    answer, error = pickle.loads(answered) if answered else (None, None)
    return Ended(answer, error, os.WIFSIGNALED(status))


def _be_the_child(
    work: Callable[[], Any], environment: Mapping[str, str], log: Path, failpoint: str, send: int
) -> None:
    """Never returns."""
    try:
        with log.open("ab") as file:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
        os.environ.update(environment)
        failpoints.arm(failpoint)
        try:
            with cheap_dagster():
                said = pickle.dumps((work(), None))
        except BaseException as error:
            said = pickle.dumps((None, f"{type(error).__name__}: {error}"))
        with os.fdopen(send, "wb") as pipe:
            pipe.write(said)
    finally:
        os._exit(0)


def _read(receive: int, kill_after: float | None, child: int) -> bytes:
    """What the child says until it ends; it is killed when its time is over. A half answer is none."""
    until = time.monotonic() + (_PATIENCE if kill_after is None else kill_after)
    said = b""
    with os.fdopen(receive, "rb", buffering=0) as pipe:
        while True:
            ready, _, _ = select.select([pipe], [], [], max(until - time.monotonic(), 0))
            if not ready:
                os.kill(child, signal.SIGKILL)
                until = time.monotonic() + _PATIENCE
                if kill_after is None:
                    raise TimeoutError(f"a child hangs; it was killed after {_PATIENCE:.0f} s")
                continue
            if not (more := pipe.read(1 << 16)):
                return said
            said += more


@contextmanager
def local_clever(folder: Path) -> Iterator[str]:
    """Serves the district in `folder` from a process of its own; yields its URL."""
    receive, send = os.pipe()
    server = os.fork()
    if server == 0:
        try:
            os.close(receive)
            serve(
                create_app([load_district(folder)]),
                0,
                lambda url: os.close(send) if os.write(send, url.encode()) else None,
            )
        finally:
            os._exit(0)
    os.close(send)
    try:
        with os.fdopen(receive, "rb") as pipe:
            yield pipe.read().decode()
    finally:
        os.kill(server, signal.SIGKILL)
        os.waitpid(server, 0)


@dataclass
class World:
    """The district's files below `root`, and the Clever at `url`. A copy of it is a world of its own."""

    root: Path
    url: str
    settings: dict[str, str] = field(default_factory=dict)

    @classmethod
    def make(cls, root: Path, url: str, district: Path) -> World:
        world = cls(root, url)
        world.data.mkdir(parents=True)
        write_inputs(load_upload(district), world.data)
        (root / "dagster").mkdir()
        shutil.copy(PROJECT_ROOT / "dagster.yaml", root / "dagster")
        return world

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def warehouse(self) -> Path:
        return self.data / "warehouse"

    @property
    def folder(self) -> DistrictFolder:
        return DistrictFolder(self.warehouse / SLUG)

    @property
    def log(self) -> Path:
        return self.root / "log"

    @property
    def environment(self) -> dict[str, str]:
        clever = settings_for(self.url)
        return {
            "ROSTER_DATA": str(self.data),
            "ROSTER_WAREHOUSE": "",
            "DAGSTER_HOME": str(self.root / "dagster"),
            "CLEVER_API_URL": clever.api_url,
            "CLEVER_TOKENS_URL": clever.tokens_url,
            "CLEVER_CLIENT_ID": clever.client_id or "",
            "CLEVER_CLIENT_SECRET": clever.client_secret or "",
            "ROSTER_HISTORY_DAYS": "",
            "ROSTER_FIRST_SYNC": "apply",
            **self.settings,
        }

    def run(self, work: Callable[[], Any], kill: Kill = NEVER) -> Ended:
        """Runs `work` in a child with this world's environment."""
        return in_child(work, environment=self.environment, log=self.log, kill=kill)

    def copy(self, root: Path) -> World:
        """This world as it stands, elsewhere; what is there is replaced."""
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(self.root, root)
        return World(root, self.url, dict(self.settings))

    def note(self) -> dict[str, str]:
        """What the lock says of who died with the district in its hands."""
        lock = self.folder.path / "lock"
        said = lock.read_text() if lock.exists() else ""
        return dict(json.loads(said)) if said else {}

    def day_passes(self, days: int, seed: int) -> None:
        """The same happens every day, also on a Sunday."""
        advance_running(self.url, days=days, seed=seed, kinds=A_DAY)

    def edit_mapping(self, seed: int, *, keep: float) -> None:
        """A share of the lines of section_courses.csv stays, those that went before come back; somebody logs in."""
        rng = random.Random(seed)
        kept, lines = self.root / "section_courses.csv", self.data / "section_courses.csv"
        if not kept.exists():
            shutil.copy(lines, kept)
        header, *every = kept.read_text().splitlines(keepends=True)
        lines.write_text(header + "".join(line for line in every if rng.random() < keep))
        with (self.data / "logins.csv").open("a") as logins:
            logins.write(f"{SLUG},nobody-{seed},2026-11-20\n")

    def make_a_mistake(self) -> None:
        """One that lets every sync fail before the plan."""
        courses = self.data / "courses.csv"
        shutil.copy(courses, self.root / "courses.csv")
        courses.write_text("course_id\n")

    def mend_it(self) -> None:
        if (right := self.root / "courses.csv").exists():
            right.replace(self.data / "courses.csv")

    def leftovers(self) -> list[str]:
        """Files of the district and the warehouse that a sync that ended well leaves nobody a use for."""
        own = {"district.json", "staging.duckdb", "roster.duckdb", "published.duckdb", "lock"}
        found = {p.name for p in self.folder.path.iterdir()} - own
        if self.folder.unrecorded.exists() and not any(self.folder.unrecorded.iterdir()):
            found -= {self.folder.unrecorded.name}
        found |= {p.name for p in self.warehouse.iterdir()} - {SLUG, "checks.lock"}
        return sorted([*found, *(["a note in the lock"] if self.note() else [])])


@contextmanager
def fresh_world(root: Path) -> Iterator[World]:
    """A small district that was never synced, and its Clever."""
    district = root / "district"
    generate(district, students=STUDENTS)
    with local_clever(district) as url:
        yield World.make(root / "world", url, district)
