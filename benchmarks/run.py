"""What is measured, in which order, how often; and the check that the roster holds what the pages hold.

Belongs here: the bench's folders, servers and processes. Does not belong here: how one process is measured
(`measure`), what becomes of the numbers (`results`, `page`).
"""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec
from rich.console import Console

from benchmarks.measure import Measured, disk_mb, measure
from benchmarks.prepare import DAYS, Prepared, prepared
from benchmarks.results import PEERS, Evidence, Result, median_run, read_results, this_machine, write_results
from roster_pipeline.config import PROJECT_ROOT

SIZES = (1_000, 10_000, 100_000, 1_000_000)
PEER_SCRIPTS = {
    "dlt": ("peer_dlt.py", "tuned"),
    "dlt_plain": ("peer_dlt.py", "plain"),
    "pandas": ("peer_pandas.py",),
}
_LARGEST = {"dlt_plain": 10_000}  # at 100,000 its INSERTs do not fit into 20 GB
KINDS = ("floor", "ours", *PEER_SCRIPTS)
OURS = ("first", "unchanged", "changed", "mapping")
_REPEATS = {1_000: (3, 3), 10_000: (3, 3), 100_000: (2, 2), 1_000_000: (2, 1)}  # of the floor, of ours
_PEERS_WITHIN = 600.0
_ROOT = PROJECT_ROOT / "data" / "bench"
_HERE = Path(__file__).parent
_EVIDENCE = msgspec.json.Decoder(Evidence)


class WrongRoster(Exception):
    """A sync ended with something else than the pages hold: a fast wrong answer is not measured."""


class Bench:
    """A prepared district with its two servers; as a context manager, they stop at the end of the block."""

    def __init__(self, size: int, console: Console) -> None:
        self._size = size
        self._console = console
        self._folder = _ROOT / str(size)
        self._work = _ROOT / "work"
        self._stack = ExitStack()
        self._measured: dict[str, list[Measured]] = {}
        self._evidence: dict[str, list[Evidence]] = {}
        self._disk: dict[str, float] = {}

    def __enter__(self) -> Self:
        _ROOT.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(self._work, ignore_errors=True)
        self._work.mkdir()
        self._prepared = self._prepare()
        for day in DAYS:  # the page cache is warm for whoever comes first
            for file in (self._folder / day).iterdir():
                file.read_bytes()
        self._urls = {day: self._serve(day) for day in DAYS}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def measure(self, kinds: Sequence[str], repeats: int | None) -> None:
        """Measures the chosen kinds and adds their medians to results.json; floor and ours take turns.

        Raises WrongRoster, ProcessFailed; what was measured before then is kept, kind by kind.
        """
        of_floor, of_ours = (repeats, repeats) if repeats else _REPEATS[self._size]
        for nth in range(max(of_floor, of_ours)):
            if "floor" in kinds and nth < of_floor:
                self._floor()
            if "ours" in kinds and nth < of_ours:
                self._ours()
        self._keep()
        for peer in PEER_SCRIPTS:
            if peer in kinds and self._size <= _LARGEST.get(peer, self._size):
                self._peer(peer)
                self._keep()

    # --- before --------------------------------------------------------------------------------------

    def _prepare(self) -> Prepared:
        found = prepared(self._folder)
        if found is None:
            self._say("preparing the pages")
            command = [sys.executable, "-m", "benchmarks.prepare", str(self._size), self._folder]
            made = measure(command, log=self._log("prepare"))
            self._say(f"prepared in {made.wall:.1f} s, peak {made.peak_mb:,.0f} MB")
            found = prepared(self._folder)
        if found is None:
            raise FileNotFoundError(f"{self._folder} holds no prepared district")
        return found

    def _serve(self, day: str) -> str:
        command = [sys.executable, "-m", "benchmarks.server", str(self._folder / day)]
        server = self._stack.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
        self._stack.callback(server.kill)
        assert server.stdout
        return server.stdout.readline().strip()

    # --- what is measured ----------------------------------------------------------------------------

    def _floor(self) -> None:
        self._say("floor")
        folder = self._fresh("floor")
        command = [sys.executable, "-m", "benchmarks.floor", self._urls[DAYS[0]], self._prepared.token, folder]
        self._add("floor", measure(command, log=self._log("floor")), folder)

    def _ours(self) -> None:
        """A platform from nothing: first sync, the same again, the next day, one edit of the mapping."""
        platform = self._fresh("ours")
        inputs = shutil.copytree(self._folder / "inputs", platform / "inputs")
        (platform / "dagster").mkdir()
        shutil.copy(PROJECT_ROOT / "dagster.yaml", platform / "dagster")
        slug = self._prepared.slug
        sync = [Path(sys.executable).with_name("roster"), "sync", "--district", slug, "--json"]
        for name, day in zip(OURS, (DAYS[0], DAYS[0], DAYS[1], DAYS[1]), strict=True):
            self._say(f"ours, {name}")
            command = sync
            if name == "mapping":
                _map_one_section_to_another_course(inputs)
                command = [sys.executable, "-m", "benchmarks.mapping_change", slug]
            env = self._environment(platform, self._urls[day])
            self._add(name, measure(command, log=self._log(name), env=env), platform / "warehouse")
            self._check(name, day, env)

    def _peer(self, peer: str) -> None:
        python = self._peers_environment()
        self._say(peer)
        folder = self._fresh(peer)
        script, *arguments = PEER_SCRIPTS[peer]
        command = [python, _HERE / script, self._urls[DAYS[0]], self._prepared.token, folder, *arguments]
        self._add(peer, measure(command, log=self._log(peer), within=_PEERS_WITHIN), folder)

    def _check(self, name: str, day: str, env: dict[str, str]) -> None:
        """Reads what the sync left; WrongRoster unless it is what it must be."""
        command = [sys.executable, "-m", "benchmarks.evidence", self._prepared.slug]
        found = _EVIDENCE.decode(measure(command, log=self._log("evidence"), env=env).output)
        truth = msgspec.structs.asdict(self._prepared.days[day])
        wrong = {what: (count, truth[what]) for what, count in found.counts.items() if count != truth[what]}
        if wrong:
            raise WrongRoster(f"{name}: the roster holds, and the pages hold: {wrong}")
        if found.status != "succeeded" or (found.changes == 0) != (name == "unchanged"):
            raise WrongRoster(f"{name}: the sync {found.status} with {found.changes} changes")
        self._evidence.setdefault(name, []).append(found)

    # --- around it -----------------------------------------------------------------------------------

    def _environment(self, platform: Path, url: str) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("CLEVER_", "ROSTER_"))}
        kept.pop("PYTHONDONTWRITEBYTECODE", None)
        return kept | {
            "ROSTER_DATA": str(platform / "inputs"),
            "ROSTER_WAREHOUSE": str(platform / "warehouse"),
            "DAGSTER_HOME": str(platform / "dagster"),
            "ROSTER_FIRST_SYNC": "apply",
            "CLEVER_API_URL": url,
            "CLEVER_DISTRICT_TOKEN": self._prepared.token,
        }

    def _peers_environment(self) -> Path:
        """The Python of the peers' environment, made anew when peers.txt is another one than it was made from."""
        folder = _ROOT / "peers-env"
        made_from, python = folder / "made-from.txt", folder / "bin" / "python"
        if not made_from.exists() or made_from.read_bytes() != PEERS.read_bytes():
            self._say("installing the peers")
            venv = [sys.executable, "-m", "venv", "--clear", folder]
            measure(venv, log=self._log("venv"))
            pip = [python, "-m", "pip", "install", "--quiet", "--requirement", PEERS]
            measure(pip, log=self._log("pip"))
            shutil.copy(PEERS, made_from)
        return python

    def plot(self) -> None:
        """Draws docs/performance.png from results.json, with the peers' matplotlib."""
        command = [self._peers_environment(), _HERE / "plot.py"]
        measure(command, log=self._log("plot"))

    def _fresh(self, name: str) -> Path:
        folder = self._work / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        return folder

    def _log(self, name: str) -> Path:
        return self._work / f"{name}.log"

    def _add(self, name: str, measured: Measured, left_in: Path) -> None:
        self._measured.setdefault(name, []).append(measured)
        self._disk[name] = disk_mb(left_in)
        wall = "more than 600 s, killed" if measured.timed_out else f"{measured.wall:.1f} s"
        self._say(f"{name}: {wall}, CPU {measured.cpu:.1f} s, peak {measured.peak_mb:,.0f} MB")

    def _keep(self) -> None:
        results = read_results()
        result = results.setdefault(self._size, Result(self._prepared.days[DAYS[0]]))
        result.truth, result.machine = self._prepared.days[DAYS[0]], this_machine()
        for name, measured in self._measured.items():
            seen = self._evidence.get(name, [])
            steps, changes = [e.steps for e in seen], seen[0].changes if seen else None
            result.runs[name] = median_run(measured, self._disk[name], steps=steps, changes=changes)
        write_results(results)

    def _say(self, what: str) -> None:
        self._console.print(f"[dim]{self._size:>9,}[/dim]  {what}")


def _map_one_section_to_another_course(inputs: Path) -> None:
    """Changes the first line of section_courses.csv to a course that its section does not have."""
    file = inputs / "section_courses.csv"
    with file.open(encoding="utf-8", newline="") as text:
        header, first, *rest = csv.reader(text)
    taken = {line[2] for line in (first, *rest) if line[1] == first[1]}
    first[2] = next(line[2] for line in rest if line[2] not in taken)
    with file.open("w", encoding="utf-8", newline="") as text:
        csv.writer(text, lineterminator="\n").writerows([header, first, *rest])
