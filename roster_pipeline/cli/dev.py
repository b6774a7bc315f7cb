"""`make dev`: the Dagster UI of the world that the environment means.

Belongs here: choosing the instance and saying so. Does not belong here: anything the UI shows.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from roster_pipeline.cli.dagster_files import make_databases
from roster_pipeline.cli.terminal import say
from roster_pipeline.config import PROJECT_ROOT, prepare_dagster_home, usable_settings
from roster_pipeline.errors import RosterError


def command(env: dict[str, str]) -> tuple[Path, list[str]]:
    """The folder to start in and what to start; `env` gains DAGSTER_HOME. Raises RosterError."""
    settings = usable_settings(env)
    home = prepare_dagster_home(settings)
    if (home / ".env").exists():  # `dagster dev` would let it override the environment that was just judged
        raise RosterError(
            f"{home / '.env'} would change the environment behind our back",
            do="Move what it says into the environment itself, and remove the file",
        )
    env["DAGSTER_HOME"] = str(home)
    world = "the demo (no Clever credentials are set)" if settings.is_demo else "the account of your Clever credentials"
    say(f"Dagster shows {world}: its instance is {home}, its rosters are in {settings.warehouse}", err=True)
    workspace = ["--workspace", str(PROJECT_ROOT / "workspace.yaml")]
    return home, [str(Path(sys.executable).with_name("dagster")), "dev", *workspace, *sys.argv[1:]]


def main() -> None:
    """Becomes `dagster dev`, with the arguments given."""
    env = dict(os.environ)
    try:
        home, arguments = command(env)
    except RosterError as error:
        say(f"roster: {error}", err=True)
        sys.exit(error.exit_code)
    make_databases(home)
    os.chdir(home)
    os.execve(arguments[0], arguments, env)  # noqa: S606 - our own command


if __name__ == "__main__":
    main()
