"""Dagster's own databases, made whole or not at all.

Belongs here: their first beginning. Does not belong here: where they are (`config.py`), and anything in them.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from roster_pipeline.errors import RosterError
from roster_pipeline.failpoints import failpoint
from roster_pipeline.warehouse.lock import exclusive

_BEGUN = "history"
_FOLDERS = ("schedules", "storage", _BEGUN)
"""Where Dagster keeps its SQLite files, unless `dagster.yaml` names another storage; the last stands for all."""


def cannot_be_opened(home: Path, error: Exception) -> RosterError:
    """What to say when Dagster's instance fails: its file or its databases, in whatever way they are damaged."""
    return RosterError(
        f"Dagster's instance in {home} cannot be opened ({type(error).__name__})",
        do="Mend its dagster.yaml and the database that it names, or move its databases away: rosters and their "
        "history are not in them",
    )


def make_databases(home: Path) -> None:
    """Makes the databases of an instance that was never opened; for one that was, this is one look. Raises RosterError.

    Dagster makes its tables one by one: killed meanwhile, it would call for a migration for ever. They are made
    beside, and moved when they are whole.
    """
    if (home / _BEGUN).exists():
        return
    import dagster as dg

    with exclusive(home / "first.lock"):
        if (home / _BEGUN).exists():
            return
        beside = home / "first.part"
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir()
        if (home / "dagster.yaml").exists():
            shutil.copy(home / "dagster.yaml", beside)
        try:
            with dg.DagsterInstance.from_config(str(beside)):
                pass
        except Exception as error:
            shutil.rmtree(beside)
            raise cannot_be_opened(home, error) from error
        failpoint("instance_made")
        for name in _FOLDERS:
            if (beside / name).exists() and not (home / name).exists():
                (beside / name).rename(home / name)
        (home / _BEGUN).mkdir(exist_ok=True)  # of another storage there is none
        shutil.rmtree(beside, ignore_errors=True)
