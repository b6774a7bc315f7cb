"""docs/performance.md: what stands between its two markers is made from results.json, the rest people write.

Belongs here: tables. Does not belong here: measuring, the plot, a word that is not true of every result.
"""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks.markdown import rewrite, table
from benchmarks.results import Result, Run
from roster_pipeline.config import PROJECT_ROOT

PAGE = PROJECT_ROOT / "docs" / "performance.md"

_ROWS = {
    "floor": "floor: fetch, cut, read into tables",
    "first": "ours, first sync",
    "unchanged": "ours, nothing changed",
    "changed": "ours, 1 % changed",
    "mapping": "ours, one mapping changed, without Clever",
    "dlt": "dlt tuned, tables only",
    "dlt_plain": "dlt as it comes, tables only",
    "pandas": "requests + pandas, tables only",
}
_OURS = ("first", "unchanged", "changed", "mapping")
_PEERS = ("dlt", "dlt_plain", "pandas")
_LIMIT = 600


def write_page(results: Mapping[int, Result]) -> None:
    """Replaces what is between the markers. Raises ValueError when the page has lost them."""
    rewrite(PAGE, "make bench", ("![Wall time over students](performance.png)", *map(_section, results.items())))


def _section(sized: tuple[int, Result]) -> str:
    size, result = sized
    truth, machine = result.truth, result.machine
    parts = [
        f"### {size:,} students",
        f"{truth.users:,} users ({truth.students:,} students, {truth.teachers:,} teachers), {truth.schools:,} schools, "
        f"{truth.sections:,} sections, {truth.enrollments:,} enrollments; {truth.page_bytes / 1e6:,.1f} MB of pages.",
        _numbers(result.runs),
    ]
    if any(result.runs[name].steps for name in _OURS if name in result.runs):
        parts += ["Seconds in each step:", _steps(result.runs)]
    if machine:
        versions = ", ".join(f"{name} {number}" for name, number in machine.versions.items())
        on = f"{machine.cpu}, {machine.cores} cores, {machine.memory_gb} GB, {machine.system}"
        parts.append(f"{machine.date}: {on}; {versions}.")
    return "\n\n".join(parts)


def _numbers(runs: Mapping[str, Run]) -> str:
    """One row per thing that was measured, with what the floor and the peers need in comparison."""
    lines = []
    for name, title in _ROWS.items():
        if run := runs.get(name):
            wall = f"> {_LIMIT}" if run.timed_out else f"{run.wall:,.2f}"
            compared = [_times(run, runs.get("floor"))]
            compared += [_times(runs.get(peer), run) if name in _OURS else "" for peer in _PEERS]
            measured = [str(run.repeats), wall, f"{run.cpu:,.2f}", f"{run.peak_mb:,.0f}", f"{run.disk_mb:,.1f}"]
            lines.append([title, *measured, *compared])
    peers = ["× faster than dlt tuned", "than dlt as it comes", "than pandas"]
    head = ["", "runs", "wall s", "CPU s", "peak MB", "disk MB", "× floor", *peers]
    return table(head, lines)


def _times(more: Run | None, less: Run | None) -> str:
    """How many times longer one takes than the other, as far as both were measured."""
    if more is None or less is None or less.timed_out:
        return ""
    return f"> {_LIMIT / less.wall:,.1f}" if more.timed_out else f"{more.wall / less.wall:,.1f}"


def _steps(runs: Mapping[str, Run]) -> str:
    """One row per step of the Dagster run, in the order of the first sync; then what no step accounts for."""
    measured = {name: runs[name] for name in _OURS if name in runs}
    steps = list(dict.fromkeys(step for run in measured.values() for step in run.steps))
    lines = [[step, *(_seconds(run.steps.get(step)) for run in measured.values())] for step in steps]
    lines.append(["all steps", *(_seconds(sum(run.steps.values())) for run in measured.values())])
    around = [_seconds(run.wall - sum(run.steps.values())) for run in measured.values()]
    lines.append(["starting Python and Dagster, between the steps", *around])
    return table(["", *(_ROWS[name].removeprefix("ours, ") for name in measured)], lines)


def _seconds(value: float | None) -> str:
    return "" if value is None else f"{value:,.2f}"
