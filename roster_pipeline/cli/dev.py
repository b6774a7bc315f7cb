"""`make dev`: the UI and the daemon in one, for the world that the environment means.

Belongs here: that it is one command. Does not belong here: its parts (`cli/ui.py`, `ui`).
"""

from __future__ import annotations

import sys

import click

from roster_pipeline.cli.terminal import prepare_streams, say
from roster_pipeline.cli.ui import serve_here
from roster_pipeline.errors import RosterError


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=3000, show_default=True, help="The port to listen on; 0 for any.")
def main(host: str, port: int) -> None:
    """Serve the Dagster UI with code server and daemon beside it, until Ctrl-C."""
    prepare_streams()
    try:
        serve_here(host, port, whole=True)
    except RosterError as error:
        say(f"roster: {error}", err=True)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
