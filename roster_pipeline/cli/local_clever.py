"""Commands of the local Clever: serve it, let days pass in it.

Belongs here: their arguments. Does not belong here: the server (`sandbox/`).
"""

from __future__ import annotations

import click

from roster_pipeline.cli.common import JSON, PORT
from roster_pipeline.cli.terminal import print_json, print_table
from roster_pipeline.config import DEMO


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
    from clever_sandbox.faults import parse_fault
    from clever_sandbox.server import run_sandbox

    try:
        chosen = [parse_fault(fault) for fault in faults]
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    run_sandbox(port, students, DEMO, chosen, as_json=as_json)


@sandbox.command()
@click.option("--port", type=PORT, default=8765, show_default=True, help="The port of the sandbox that is running.")
@click.option("--days", type=click.IntRange(1, 1000), default=1, show_default=True, help="How many days pass.")
@click.option("--seed", default=0, show_default=True, help="The same seed on the same district does the same.")
@JSON
def advance(port: int, days: int, seed: int, as_json: bool) -> None:
    """Let days pass in the sandbox that is running: people come, leave and move; sections change."""
    from clever_sandbox.remote import advance_running

    try:
        passed = advance_running(f"http://127.0.0.1:{port}", days=days, seed=seed)
    except ValueError as error:
        raise click.UsageError(f"The sandbox refuses: {error}.") from None
    events = [{"kind": e.kind, "id": e.id, "school": e.school, "before": e.before} for e in passed]
    if as_json:
        print_json({"events": events})
    else:
        print_table(events)
