"""`make accidents`: replays every scenario and the ordinary year, and rewrites their table in docs/operations.md.

Belongs here: arguments, progress, and the order. Does not belong here: a single scenario.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from benchmarks.accidents.attacks import ATTACKS
from benchmarks.accidents.incidents import INCIDENTS
from benchmarks.accidents.ordinary import ORDINARY
from benchmarks.accidents.page import write_block
from benchmarks.accidents.replay import Outcome, Period, replay
from benchmarks.accidents.scenario import Scenario
from benchmarks.accidents.world import make_template, open_world
from benchmarks.accidents.year import DAYS, school_days, summer

SCENARIOS = {scenario.name: scenario for scenario in (*ATTACKS, *INCIDENTS, *ORDINARY)}


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(tuple(SCENARIOS)))
def main(names: Sequence[str]) -> None:
    """Replay accidents and an ordinary year through the guards; with NAMES only these, and write nothing."""
    logging.getLogger("roster_pipeline").setLevel(logging.ERROR)  # a district that fails on purpose warns a lot
    with tempfile.TemporaryDirectory() as folder, Progress(console=Console(stderr=True)) as bar:
        root = Path(folder)
        make_template(root / "synced")
        if names:
            for name in names:
                bar.console.print(f"{name}: {_measure(root, SCENARIOS[name])}")
            return
        task = bar.add_task("", total=len(SCENARIOS) + DAYS + 3)
        measured = {}
        for scenario in SCENARIOS.values():
            bar.update(task, description=scenario.name, advance=1)
            measured[scenario] = _measure(root, scenario)
        periods: list[Period] = []
        with open_world(root / "synced", root / "year", "year") as world:
            for year in school_days(world):
                bar.update(task, description=f"school day {year.days}", advance=1)
            periods.append(year)
            for period in summer(world):
                bar.update(task, description="summer", advance=1)
                periods.append(period)
    attacks, incidents, ordinary = ({s: measured[s] for s in group} for group in (ATTACKS, INCIDENTS, ORDINARY))
    write_block(attacks, incidents, ordinary, periods)
    click.echo("docs/operations.md is up to date")


def _measure(root: Path, scenario: Scenario) -> Outcome:
    with open_world(root / "synced", root / scenario.name, scenario.name) as world:
        return replay(scenario, world)


if __name__ == "__main__":
    main()
