"""Commands of the local Clever: serve it, let days pass in it.

Belongs here: their arguments, which district is served, what a terminal shows, and into which world whoever uses it
is sent. Does not belong here: the server (`clever_sandbox`).
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from roster_pipeline.clever.local import as_roster_errors
from roster_pipeline.cli.common import JSON, PORT
from roster_pipeline.cli.terminal import print_json, print_table, say
from roster_pipeline.config import DEMO

if TYPE_CHECKING:
    from clever_sandbox.faults.switchboard import Fault
    from clever_sandbox.sandbox import Sandbox


@click.group(invoke_without_command=True)
@click.option("--port", type=PORT, default=8765, show_default=True, help="The port on 127.0.0.1.")
@click.option(
    "--students", type=click.IntRange(min=1), help="Make a district of this size instead of the demo district."
)
@click.option(
    "faults", "--fault", metavar="NAME[:RATE[:COUNT]]", multiple=True, help="Misbehave in this way; may be repeated."
)
@JSON
@click.pass_context
def sandbox(ctx: click.Context, port: int, students: int | None, faults: tuple[str, ...], as_json: bool) -> None:
    """Serve a local Clever over HTTP, with synthetic people, until Ctrl-C."""
    if ctx.invoked_subcommand:
        return
    from clever_sandbox.faults.table import parse_fault

    try:
        chosen = [parse_fault(fault) for fault in faults]
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    serve_local(port, students, DEMO, chosen, as_json=as_json)


@sandbox.command()
@click.option("--port", type=PORT, default=8765, show_default=True, help="The port of the sandbox that is running.")
@click.option("--days", type=click.IntRange(1, 1000), default=1, show_default=True, help="How many days pass.")
@click.option("--seed", default=0, show_default=True, help="The same seed on the same district does the same.")
@JSON
def advance(port: int, days: int, seed: int, as_json: bool) -> None:
    """Let days pass in the sandbox that is running: on school days people come, leave and move; sections change."""
    from clever_sandbox.control.remote import advance_running

    try:
        with as_roster_errors():
            passed = advance_running(f"http://127.0.0.1:{port}", days=days, seed=seed)
    except ValueError as error:
        raise click.UsageError(f"The sandbox refuses: {error}.") from None
    events = [{"kind": e.kind, "id": e.id, "school": e.school, "before": e.before} for e in passed]
    if as_json:
        print_json({"events": events})
    else:
        print_table(events)


@as_roster_errors()
def serve_local(
    port: int, students: int | None, world: Path, faults: Sequence[Fault] = (), *, as_json: bool = False
) -> None:
    """Serves the demo district, or a generated one of a size, until interrupted.

    What it prints sends whoever uses it into a world of its own: the demo's, in the folder `world`, or the generated
    district's, kept under `world`/sandbox/generated and used again the next time. Raises ValueError for an unknown
    fault, RosterError for a port in use and for a broken district.
    """
    from clever_sandbox.app import create_app
    from clever_sandbox.district.load import load_district
    from clever_sandbox.server import serve

    folder = world / "sandbox"
    if students is not None:
        folder = folder / "generated" / str(students)
        if not folder.exists():
            _generate(folder, students)
    app = create_app([load_district(folder)])
    for fault in faults:
        app.state.sandbox.faults.switch_on(fault)
    own = world if students is None else folder / "inputs"
    serve(app, port, lambda url: _announce_json(url, own) if as_json else _announce(app.state.sandbox, url, own))


def _generate(folder: Path, students: int) -> None:
    """Generates the district, with a progress bar when a terminal watches."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from clever_sandbox.generator.generate import generate_whole

    columns = (TextColumn("Generating students"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task("", total=students)
        generate_whole(
            folder,
            students=students,
            name=f"Lakeshore {students} USD",
            progress=lambda written: bar.advance(task, written),
        )


def _environment(url: str, world: Path) -> dict[str, str]:
    """What a shell must set to use this server, with nothing left of where another account's roster is."""
    from clever_sandbox.app import CLIENT_ID, CLIENT_SECRET, TOKENS_PATH

    return {
        "CLEVER_API_URL": url,
        "CLEVER_TOKENS_URL": url + TOKENS_PATH,
        "CLEVER_CLIENT_ID": CLIENT_ID,
        "CLEVER_CLIENT_SECRET": CLIENT_SECRET,
        "ROSTER_DATA": str(world),
        "ROSTER_WAREHOUSE": str(world / "warehouse"),
        "DAGSTER_HOME": str(world / "dagster"),
    }


def _announce_json(url: str, world: Path) -> None:
    print_json({"url": url, "environment": _environment(url, world)})


def _announce(sandbox: Sandbox, url: str, world: Path) -> None:
    for district in sandbox.districts:
        counts = ", ".join(f"{len(table)} {kind}" for kind, table in district.tables.items())
        say(f"{district.name}: {counts}")
    for fault in sandbox.faults.on:
        say(f"Fault switched on: {fault.settings.fault}, rate {fault.settings.rate:g}")
    say(f"A local Clever answers at {url} until Ctrl-C. To use it:")
    exports = [f"{name}={shlex.quote(value)}" for name, value in _environment(url, world).items()]
    for line in (exports[:2], exports[2:4], exports[4:]):
        say(f"  export {' '.join(line)}")
