"""`make bench-sandbox`: what it costs to make, load, serve and change a large district in the sandbox.

Belongs here: the steps, each in a process of its own, and the block in docs/performance.md. Does not belong here: the
sync (`benchmarks.run`).

    python -m benchmarks.sandbox --size 100000
    python -m benchmarks.sandbox --step load FOLDER
"""

from __future__ import annotations

import csv
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import click

from benchmarks.markdown import rewrite, table
from benchmarks.measure import Measured, measure
from benchmarks.prepare import prepare
from clever_sandbox.api.answers import Asked, answer
from clever_sandbox.district.district import District, in_the_morning
from clever_sandbox.district.load import load_district
from clever_sandbox.district.upload import write_upload
from clever_sandbox.generator.generate import generated
from clever_sandbox.year.advance import advance
from roster_pipeline.config import PROJECT_ROOT

PAGE = PROJECT_ROOT / "docs" / "performance.md"
COMMAND = "make bench-sandbox"
_DAY = date(2026, 11, 23)


def read_files(folder: Path, _size: int) -> None:
    """The floor: Python reads the files, line by line, and keeps nothing."""
    for file in folder.glob("*.csv"):
        with file.open(encoding="utf-8", newline="") as text:
            for _ in csv.reader(text):
                pass


def load(folder: Path, _size: int) -> District:
    return load_district(folder, datetime.combine(_DAY, datetime.min.time(), UTC))


def make(_folder: Path, size: int) -> None:
    """From nothing to a district that can be asked."""
    District(generated(students=size, name=_name(size), contacts=0.0)).ingest(datetime.now(UTC))


def page(folder: Path, size: int) -> None:
    """A page of 10,000 users, ten times."""
    district = load(folder, size)
    asked = Asked(district, "/v3.0/users", "limit=10000", {"limit": "10000"}, time.time())
    _timed(lambda: [answer(asked) for _ in range(10)])


def days(folder: Path, size: int) -> None:
    """Two days in November, taken over by Clever every night."""
    district = load(folder, size)

    def pass_days() -> None:
        for nth in range(1, 3):
            day = _DAY + timedelta(days=nth)
            advance(district, 1, day=day)
            district.ingest(in_the_morning(day, district.zone))

    _timed(pass_days)


def pages_of_two_days(folder: Path, size: int) -> None:
    """Every page of two days in files, as the bench of the sync needs them."""
    prepare(size, folder.parent / "prepared")


STEPS: dict[str, Callable[[Path, int], object]] = {
    "read the files, keep nothing": read_files,
    "load the files": load,
    "make it up": make,
    "load, then ten pages of 10,000": page,
    "load, then two days": days,
    "make it up, then all pages of two days": pages_of_two_days,
}


def _name(size: int) -> str:
    return f"Benchmark {size} USD"


def _timed(what: Callable[[], object]) -> None:
    """Prints how long it took: loading before it is measured by itself."""
    began = time.perf_counter()
    what()
    print(time.perf_counter() - began)


@click.command()
@click.option("--size", default=1_000_000, show_default=True, help="How many students.")
@click.option("--step", type=click.Choice(list(STEPS)), help="Only this, in this process.")
@click.option("--write", is_flag=True, help="Write the numbers into docs/performance.md.")
@click.argument("folder", type=click.Path(path_type=Path), required=False)
def main(size: int, step: str | None, write: bool, folder: Path | None) -> None:
    """Measure the sandbox with a district of SIZE students."""
    if step and folder:
        STEPS[step](folder, size)
        return
    with tempfile.TemporaryDirectory(prefix="sandbox-") as root:
        files = Path(root) / "files"
        write_upload(generated(students=size, name=_name(size), contacts=0.0), files)
        command = [sys.executable, "-m", "benchmarks.sandbox", "--size", size, files, "--step"]
        measured = {name: measure([*command, name], log=Path(root) / "log") for name in STEPS}
    said = _block(size, measured)
    click.echo("\n\n".join(said))
    if write:
        rewrite(PAGE, COMMAND, said)


def _block(size: int, measured: dict[str, Measured]) -> list[str]:
    floor = next(iter(measured.values()))
    lines = [
        (name, f"{m.wall:.1f}", m.output.strip()[:4], f"{m.peak_mb:,.0f}", f"{m.wall / floor.wall:.1f}")
        for name, m in measured.items()
    ]
    head = ("", "wall s", "of which after loading", "peak MB", "× reading the files")
    return [f"{size:,} students, {datetime.now(UTC):%Y-%m-%d}; each line is a process of its own.", table(head, lines)]


if __name__ == "__main__":
    main()
