"""`make bench`: prepares a district of the asked size, measures everything on it, writes docs/performance.md.

Belongs here: arguments, and what is run in which order. Does not belong here: a single measurement.
"""

from __future__ import annotations

import click
from rich.console import Console

from benchmarks.measure import ProcessFailed
from benchmarks.page import write_page
from benchmarks.results import read_results
from benchmarks.run import KINDS, PEER_SCRIPTS, SIZES, Bench, WrongRoster


@click.command()
@click.option("--size", type=click.Choice(SIZES), default=SIZES[0], show_default=True, help="How many students.")
@click.option("--only", type=click.Choice(KINDS), multiple=True, help="Only this; may be repeated.")
@click.option("--peers/--no-peers", default=True, help="With dlt and pandas, each at most ten minutes.")
@click.option("--repeats", type=int, help="How often floor and ours are run; the default depends on the size.")
def main(size: int, only: tuple[str, ...], peers: bool, repeats: int | None) -> None:
    """Measure the sync of a generated district against a floor and against other ways to do it."""
    console = Console(stderr=True, highlight=False)
    chosen = [kind for kind in KINDS if kind in (only or KINDS) and (peers or kind not in PEER_SCRIPTS)]
    try:
        with Bench(size, console) as bench:
            bench.measure(chosen, repeats)
            bench.plot()
    except (ProcessFailed, WrongRoster) as error:
        raise click.ClickException(str(error)) from None
    write_page(read_results())
    console.print("docs/performance.md and docs/performance.png are up to date")


if __name__ == "__main__":
    main()
