"""`roster ui` and `roster daemon`: the two processes of an installation that many people use; `make dev` is both.

Belongs here: their options, and choosing the instance and saying so. Does not belong here: the server (`ui`), and
anything the UI shows.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from roster_pipeline.cli.dagster_files import make_databases
from roster_pipeline.cli.terminal import say
from roster_pipeline.config import PROJECT_ROOT, prepare_dagster_home, usable_settings
from roster_pipeline.errors import RosterError

WORKSPACE = PROJECT_ROOT / "workspace.yaml"


@click.command("ui")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on; 0.0.0.0 for all.")
@click.option("--port", default=3000, show_default=True, help="The port to listen on; 0 for any.")
@click.option("--read-only", is_flag=True, help="Nobody may change anything, as with ROSTER_UI_READ_ONLY=1.")
def serve_ui(host: str, port: int, read_only: bool) -> None:
    """Serve the Dagster UI, behind the rules of docs/ui.md, until Ctrl-C; `roster daemon` carries out what it asks."""
    serve_here(host, port, read_only=read_only)


@click.command("daemon")
def run_daemon() -> None:
    """Run Dagster's daemon until Ctrl-C: the nightly schedule, the sensors, and every run that waits for its turn."""
    home = enter_instance(os.environ)
    program = str(Path(sys.executable).with_name("dagster-daemon"))
    os.chdir(home)
    os.execv(program, [program, "run", "--workspace", str(WORKSPACE)])  # noqa: S606 - our own command


def serve_here(host: str, port: int, *, read_only: bool = False, whole: bool = False) -> None:
    """Serves until Ctrl-C; as a `whole`, with the daemon. Raises RosterError for a setting that cannot be used."""
    from roster_pipeline.ui.settings import read_access

    access = read_access(os.environ, read_only=read_only)
    enter_instance(os.environ)
    from roster_pipeline.ui.serve import serve

    serve(host, port, access, WORKSPACE, lambda line: say(line, err=True), whole=whole)


def enter_instance(env: dict[str, str] | os._Environ[str]) -> Path:
    """The folder of the instance that `env` means, ready to be used; `env` gains DAGSTER_HOME. Raises RosterError."""
    settings = usable_settings(env)
    home = prepare_dagster_home(settings)
    if (home / ".env").exists():  # Dagster would let it override the environment that was just judged
        raise RosterError(
            f"{home / '.env'} would change the environment behind our back",
            do="Move what it says into the environment itself, and remove the file",
        )
    env["DAGSTER_HOME"] = str(home)
    world = "the demo (no Clever credentials are set)" if settings.is_demo else "the account of your Clever credentials"
    say(f"Dagster shows {world}: its instance is {home}, its rosters are in {settings.warehouse}", err=True)
    make_databases(home)
    return home
