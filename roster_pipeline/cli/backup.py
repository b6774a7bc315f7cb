"""`roster backup`: all that cannot be made again, in one folder per moment.

Belongs here: which files of an installation a backup has, and that it is there whole or not at all. Does not belong
here: a district's own files (`warehouse/backup.py`), and putting them back: docs/production.md.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import click

from roster_pipeline.cli.common import JSON, each, show
from roster_pipeline.cli.terminal import Row, say
from roster_pipeline.config import Settings, usable_settings
from roster_pipeline.errors import RosterError


@click.command("backup")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@JSON
def backup(folder: Path, as_json: bool) -> None:
    """Copy each district, the files people edit and Dagster's SQLite files into a new folder below DIR, named by time.

    Waits for runs that are under way. Exit 1 when a district could not be copied; the others are.
    """
    from roster_pipeline.sync import utc_now
    from roster_pipeline.warehouse.warehouse import Warehouse

    settings = usable_settings()
    warehouse, folder = Warehouse(settings.warehouse), folder.resolve()
    _refuse_inside(folder, settings)
    slugs = [d.slug for d in warehouse.districts()]
    with _whole_or_not(folder, f"{utc_now():%Y-%m-%dT%H%M%SZ}") as (part, whole):
        rows = list(each(slugs, lambda slug: _district(settings, slug, part / "warehouse" / slug)))
        beside: Row = {
            "backup": str(whole),
            "inputs": _copy_files(settings.data, part / "data"),
            "beside": _copy_files(settings.warehouse, part / "warehouse", "*.json"),
            "dagster": _copy_dagster(settings.dagster_home, part / "dagster"),
        }
    show(rows, _print_district, as_json, beside=beside, print_beside=_print_rest)


def _district(settings: Settings, slug: str, into: Path) -> Row:
    from roster_pipeline.warehouse.backup import back_up
    from roster_pipeline.warehouse.warehouse import Warehouse

    def waiting(line: str) -> None:
        say(line, err=True)

    size = back_up(Warehouse(settings.warehouse), slug, into, waiting, 60.0 * settings.max_wait_minutes)
    return {"bytes": size}


def _refuse_inside(folder: Path, settings: Settings) -> None:
    for place in (settings.data, settings.warehouse, settings.dagster_home):
        if folder.is_relative_to(place.resolve()):
            raise RosterError(
                f"{folder} is inside {place}, of which it would be the backup", do="Name a folder on another disk"
            )


@contextmanager
def _whole_or_not(folder: Path, name: str) -> Iterator[tuple[Path, Path]]:
    """A folder to write into, and the one that it becomes at the end; what a killed backup has left is removed."""
    from roster_pipeline.warehouse.lock import exclusive

    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with exclusive(folder / "backup.lock"):
        for left in folder.glob("*Z.part"):
            shutil.rmtree(left)
        part, whole = folder / f"{name}.part", folder / name
        if whole.exists():
            raise RosterError(f"There is a backup {name} already", do="Try again in a second")
        part.mkdir(mode=0o700)  # children's records: for us alone
        try:
            yield part, whole
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise
        part.rename(whole)


def _copy_files(source: Path, into: Path, pattern: str = "*") -> int:
    """Copies the files of a folder that match, not those in folders below it; returns how many."""
    into.mkdir(mode=0o700, parents=True, exist_ok=True)
    files = [file for file in source.glob(pattern) if file.is_file()]
    for file in files:
        shutil.copy(file, into)
    return len(files)


def _copy_dagster(home: Path, into: Path) -> int:
    """Copies the SQLite databases of an instance, each as it is at one moment, and a `dagster.yaml` of its own.

    Returns how many databases; one that is a link to this release's is not copied.
    """
    into.mkdir(mode=0o700)
    settings = home / "dagster.yaml"
    if settings.exists() and not settings.is_symlink():
        shutil.copy(settings, into)
    found = sorted(home.rglob("*.db"))
    for file in found:
        copy = into / file.relative_to(home)
        copy.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(file)) as opened, closing(sqlite3.connect(copy)) as copied:
            opened.backup(copied)
    return len(found)


def _print_district(row: Row) -> None:
    say(f"{row['district']}: {row['bytes']:,} bytes")


def _print_rest(beside: Row) -> None:
    dagster = f"{beside['dagster']} databases of Dagster's"
    if not beside["dagster"]:
        dagster = "none of Dagster's databases: where they are in PostgreSQL, `pg_dump` copies them"
    say(f"{beside['inputs']} files that people edit, {dagster}")
    say(f"All of it is in {beside['backup']}")
