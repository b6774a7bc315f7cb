"""Commands of the local Clever: serve it, let days pass in it.

Belongs here: their arguments, which district is served, what a terminal shows, and into which world whoever uses it
is sent. Does not belong here: the server (`clever_sandbox`).
"""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clever_sandbox.cli import (
    Conditions,
    advance_options,
    described,
    fault_rows,
    generated_name,
    let_pass,
    one_district,
    open_app,
    serve_options,
    told,
)
from roster_pipeline.clever.local import as_roster_errors
from roster_pipeline.cli.common import JSON
from roster_pipeline.cli.terminal import print_json, print_table, say
from roster_pipeline.config import DEMO

USUAL = Conditions()

if TYPE_CHECKING:
    from clever_sandbox.district.upload import Upload
    from clever_sandbox.sandbox import Sandbox


@click.group(invoke_without_command=True)
@serve_options
@JSON
@click.pass_context
def sandbox(
    ctx: click.Context,
    /,
    port: int,
    data: Path | None,
    students: int | None,
    list_faults: bool,
    as_json: bool,
    **conditions: Any,
) -> None:
    """Serve a local Clever over HTTP, with synthetic people, until Ctrl-C; the demo's unless told otherwise."""
    if ctx.invoked_subcommand:
        return
    if list_faults:
        if as_json:
            print_json({"faults": fault_rows()})
        else:
            print_table(fault_rows())
        return
    one_district(data, students)
    serve_local(port, students, DEMO, Conditions(**conditions), data, as_json=as_json)


@sandbox.command()
@advance_options
@JSON
def advance(port: int, days: int | None, to: datetime | None, kinds: Sequence[str], seed: int, as_json: bool) -> None:
    """Let days pass in the sandbox that is running: on school days people come, leave and move; sections change."""
    with as_roster_errors():
        passed = let_pass(port, days, to, kinds, seed)
    if as_json:
        import msgspec

        print_json(msgspec.to_builtins(passed))
    else:
        for line in told(passed):
            say(line)


@as_roster_errors()
def serve_local(
    port: int,
    students: int | None,
    world: Path,
    conditions: Conditions = USUAL,
    data: Path | None = None,
    *,
    as_json: bool = False,
) -> None:
    """Serves the demo district, a generated one of a size, or the one whose files are in `data`, until interrupted.

    What it prints sends whoever uses it into a world of its own, kept under `world`/sandbox/generated and used again
    the next time: time that passes here is nothing to `make sync`. Raises RosterError for a port in use and for a
    broken district.
    """
    from clever_sandbox.district.upload import load_upload
    from clever_sandbox.server import serve

    folder, generated = world / "sandbox", world / "sandbox" / "generated"
    if students is not None:
        folder = generated / str(students)
        if not folder.exists():
            _generate(folder, students)
    upload = load_upload(data or folder)
    own = (folder if students is not None else generated / (upload.profile.id if data else "demo")) / "inputs"
    if data is not None:
        _write_inputs(upload, own)
    elif students is None:
        _copy_inputs(world, own)
    app = open_app(upload, conditions)
    serve(app, port, lambda url: _announce_json(url, own) if as_json else _announce(app.state.sandbox, url, own))


def _write_inputs(upload: Upload, into: Path) -> None:
    """The platform's files for a district from elsewhere, with nothing made up; they are written once."""
    from clever_sandbox.generator.platform_inputs import write_inputs

    if not into.exists():
        write_inputs(upload, into, invented=False)


def _copy_inputs(world: Path, into: Path) -> None:
    """The demo's files, once."""
    if not into.exists():
        into.mkdir(parents=True)
        for file in world.glob("*.csv"):
            shutil.copy(file, into)


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
            name=generated_name(students),
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
    for line in described(sandbox):
        say(line)
    say(f"A local Clever answers at {url} until Ctrl-C. To use it:")
    exports = [f"{name}={shlex.quote(value)}" for name, value in _environment(url, world).items()]
    for some in (exports[:2], exports[2:4], exports[4:]):
        say(f"  export {' '.join(some)}")
    say(f"Its first day comes again with every start: remove {world} to begin anew with it.")
