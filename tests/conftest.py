"""What tests share: a tiny district made of literal records, and a platform that has synced the demo district."""

from __future__ import annotations

import functools
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

import duckdb
import pytest
from filelock import FileLock

from clever_sandbox.server import SandboxServer, serve_in_thread
from roster_pipeline import sync
from roster_pipeline.clever.client import Clever, RetryLimits
from roster_pipeline.clever.local import settings_for
from roster_pipeline.history.record import SyncInfo
from roster_pipeline.plan.difference import Plan
from roster_pipeline.plan.start import Starts
from roster_pipeline.plan.undo import Winner
from roster_pipeline.run import Run
from roster_pipeline.sync import Order
from roster_pipeline.warehouse.warehouse import Warehouse, in_memory
from tests.cheap import cheap_dagster, close_dagsters_files, one_thread, parsed_once
from tests.platform import Platform, demo_app

Record = dict[str, Any]
NOW = datetime(2026, 11, 23, 10, 0)
TODAY = NOW.date()


def carry_out(connection: duckdb.DuckDBPyConnection, run: Run, landing: Path | None, *, guarded: bool = True) -> Plan:
    """What the assets do from a landing on; without one, with what is staged. Unguarded, nothing is held."""
    if landing is not None:
        run.staged = sync.stage(connection, landing)
    if not guarded:
        desired = sync.desire(connection, run.order, run.need_mapping(connection))
        run.guarded = sync.let_pass(connection, sync.plan(connection, run.order, desired))
    return run.apply_plan(connection).plan


@functools.cache
def _laid_out() -> bytes:
    """The truth of a district that was never synced, laid out once: doing it in every test takes a tenth of a sync."""
    with TemporaryDirectory() as root:
        with Warehouse(Path(root)).connect("d"):
            pass
        return Warehouse(Path(root)).folder("d").roster.read_bytes()


@dataclass
class Tiny:
    """A district in a temporary folder; records and inputs are literals of the test."""

    root: Path
    syncs: int = 0
    scratch: duckdb.DuckDBPyConnection | None = None
    as_written: bool = False
    """Whether DuckDB executes statements as they are written, which takes a quarter less."""
    inputs: dict[str, str] = field(
        default_factory=lambda: {
            "courses": "course_id,subject,title,grade,active\n"
            "math-6,math,Math 6,6,true\nsci-6,science,Science 6,6,true\n",
            "section_courses": "district,section_id,course_id\n",
            "mapping_rules": "rule_id,subject,grade,clever_course,course_id\n",
            "logins": "district,user_id,first_login_at\n",
            "sites": "district,site_id,enrollment_source\n",
        }
    )
    records: dict[str, list[Record]] = field(
        default_factory=lambda: {k: [] for k in ("schools", "terms", "courses", "sections", "users")}
    )

    def line(self, file: str, *cells: str) -> None:
        """Appends a line to one of the CSV files people edit."""
        self.inputs[file] += ",".join(cells) + "\n"

    def sync(
        self,
        *,
        sites: Sequence[str] = (),
        today: date = TODAY,
        from_clever: bool = True,
        starts: Starts = "all",
    ) -> Plan:
        """One sync; without `from_clever`, mapping and below only."""
        with self.connect_anew() as connection:
            run = self.begin(sites=sites, today=today, from_clever=from_clever)
            run.order = replace(run.order, starts=starts)
            return carry_out(connection, run, self.landing if from_clever else None, guarded=False)

    def begin(self, *, sites: Sequence[str] = (), today: date = TODAY, from_clever: bool = True) -> Run:
        """The next sync, before its first step; the files of the district are as the test says."""
        self.syncs += 1
        for folder in (self.data, self.landing):
            folder.mkdir(exist_ok=True)
        for name, text in self.inputs.items():
            (self.data / f"{name}.csv").write_text(text)
        for name, rows in self.records.items():
            (self.landing / f"{name}.ndjson").write_text("".join(json.dumps(r) + "\n" for r in rows))
        trigger = "sync_now" if from_clever else "mapping"
        info = SyncInfo(f"S{self.syncs:03}", "d", trigger, "test", NOW, "run", tuple(sites))
        return Run(Order(info, self.data, today, lambda: datetime.combine(today, NOW.time())))

    def undo(self, sync_id: str, *, only_removals: bool = False, winner: Winner = "neither") -> Plan:
        """Takes back one sync."""
        self.syncs += 1
        info = SyncInfo(f"S{self.syncs:03}", "d", "undo", "Rae", NOW, "run")
        order = Order(info, self.data, TODAY, lambda: NOW)
        with self.connect_anew() as connection:
            return sync.take_back(
                connection, order, sync_id, only_removals=only_removals, winner=winner, reason="too early"
            ).plan

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def landing(self) -> Path:
        return self.root / "landing"

    def rows(self, query: str, **values: Any) -> list[tuple[Any, ...]]:
        """The answer to a query on everything the pipeline sees, scratch tables of the last sync included."""
        with self.connect() as connection:
            return connection.execute(query, values).fetchall()

    @contextmanager
    def connect_anew(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """As `connect`, with nothing in memory, as for every run."""
        self.scratch = None
        with self.connect() as connection:
            yield connection

    @contextmanager
    def connect(self) -> Iterator[duckdb.DuckDBPyConnection]:
        warehouse, self.scratch = Warehouse(self.root), self.scratch or in_memory()
        file = warehouse.folder("d").roster
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(_laid_out())
        with warehouse.connect("d", self.scratch) as connection:
            if self.as_written:
                connection.execute("PRAGMA disable_optimizer")
            yield connection

    def copy(self, root: Path) -> Self:
        """The same district, synced as far, for a test to do with as it likes; nothing is in memory."""
        shutil.copytree(self.root, root, dirs_exist_ok=True)
        return replace(self, root=root, records=deepcopy(self.records), inputs=dict(self.inputs), scratch=None)


IN_FORCE = {
    "users": "SELECT * EXCLUDE (since_sync_id) FROM roster.users WHERE enrollment_status <> 'archived'",
    "user_sites": "SELECT * EXCLUDE (since_sync_id) FROM roster.user_sites WHERE status = 'active'",
    "sections": "SELECT * EXCLUDE (since_sync_id, unmapped_since) FROM roster.sections WHERE status = 'active'",
    "enrollments": "SELECT * EXCLUDE (since_sync_id) FROM roster.enrollments WHERE status = 'active'",
    "section_courses": "SELECT * EXCLUDE (since_sync_id) FROM roster.section_courses",
    "course_access": "SELECT * FROM roster.course_access",
}


def in_force(tiny: Tiny) -> dict[str, list[tuple[Any, ...]]]:
    return {name: tiny.rows(f"{query} ORDER BY ALL") for name, query in IN_FORCE.items()}


def student(id_: str, *schools: str, **more: Any) -> Record:
    return {
        "id": id_,
        "name": {"first": f"First {id_}", "last": f"Last {id_}"},
        "roles": {"student": {"school": schools[0], "schools": list(schools), "sis_id": f"sis-{id_}", "grade": "6"}},
        **more,
    }


def teacher(id_: str, *schools: str, **more: Any) -> Record:
    return {
        "id": id_,
        "name": {"first": f"First {id_}", "last": f"Last {id_}"},
        "roles": {"teacher": {"school": schools[0], "schools": list(schools), "sis_id": f"sis-{id_}"}},
        **more,
    }


def section(
    id_: str, school: str, *, teachers: Sequence[str] = (), students: Sequence[str] = (), **more: Any
) -> Record:
    first: Mapping[str, Any] = {"teacher": teachers[0]} if teachers else {}
    return {
        "id": id_,
        "school": school,
        "name": f"Section {id_}",
        "teachers": list(teachers),
        "students": list(students),
        "term_id": "year",
        **first,
        **more,
    }


@pytest.fixture
def tiny(tmp_path: Path) -> Tiny:
    """Two schools, a teacher, two students, one section of subject math, grade 6."""
    return make_tiny(tmp_path)


def make_tiny(root: Path) -> Tiny:
    """The district of the fixture `tiny`, for fixtures that outlive a test.

    Its statements are not optimized: for three people that is most of the work. They are in golden cases, laws, the
    trace of every statement, the demo district and the benches.
    """
    district = Tiny(root, as_written=True)
    district.records["schools"] = [{"id": "north", "name": "North"}, {"id": "south", "name": "South"}]
    district.records["terms"] = [{"id": "year", "name": "Y1", "start_date": "2026-08-10", "end_date": "2027-06-04"}]
    district.records["courses"] = [{"id": "c1", "name": "Grade 6 Mathematics"}]
    district.records["users"] = [student("ann", "north"), student("ben", "north", "south"), teacher("tia", "north")]
    district.records["sections"] = [
        section("m6", "north", teachers=["tia"], students=["ann", "ben"], subject="math", grade="6", course="c1")
    ]
    return district


@pytest.fixture(scope="session")
def clever() -> Iterator[SandboxServer]:
    with serve_in_thread(demo_app()) as server:
        yield server


@pytest.fixture
def platform(tmp_path: Path, clever: SandboxServer) -> Platform:
    return Platform.make(tmp_path, settings_for(clever.url))


def pytest_configure() -> None:
    """For the workers and what they start: DuckDB asks for memory, and gives it back, a million times in a sync.

    glibc keeps seven pieces of each size at hand unless it is told otherwise; with more a sync takes a tenth less.
    """
    os.environ.setdefault("GLIBC_TUNABLES", "glibc.malloc.tcache_count=1000:glibc.malloc.tcache_max=8192")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What mostly waits for another process comes first: at the end nobody else would have work meanwhile."""
    items.sort(key=lambda item: item.path.name not in ("test_ui.py", "test_ui_door.py", "test_crash.py"))


@pytest.fixture(autouse=True)
def _closed_after_the_test() -> Iterator[None]:
    yield
    close_dagsters_files()


@pytest.fixture(scope="session", autouse=True)
def _cheap() -> Iterator[None]:
    with cheap_dagster(), one_thread(), parsed_once():
        yield


@pytest.fixture(scope="session")
def synced_once(tmp_path_factory: pytest.TempPathFactory, clever: SandboxServer, worker_id: str) -> Platform:
    """A platform that has synced the demo district, made by whichever worker needs it first."""
    base = tmp_path_factory.getbasetemp()
    root = (base if worker_id == "master" else base.parent) / "synced"
    with FileLock(root.with_suffix(".lock")):
        if (root / "whole").exists():
            return Platform(root, settings_for(clever.url))
        root.mkdir()
        platform = Platform.make(root, settings_for(clever.url))
        assert platform.sync()["status"] == "succeeded"
        close_dagsters_files()  # others copy them from now on
        (root / "whole").touch()
    return platform


@pytest.fixture
def synced(synced_once: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Platform:
    """A platform of one's own that has synced once; materializing by hand works in this process."""
    return copy_of(synced_once, tmp_path, monkeypatch)


def copy_of(platform: Platform, root: Path, monkeypatch: pytest.MonkeyPatch) -> Platform:
    """The same platform at another place, to which the environment now points."""
    shutil.copytree(platform.root, root, dirs_exist_ok=True)
    copy = Platform(root, platform.clever)
    for name, value in copy.environment.items():
        monkeypatch.setenv(name, value)
    return copy


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asks Clever again does so at once."""
    assert Clever.__init__.__kwdefaults__
    monkeypatch.setitem(Clever.__init__.__kwdefaults__, "retry_limits", RetryLimits(first_wait=0.0, jitter=0.0))
