"""A copy of a district's folder from which it can be put back.

Belongs here: which files of a district a backup has, and that no run changes them meanwhile. Does not belong here:
where backups are, and all that is not a district's (`cli/backup.py`).
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb

from roster_pipeline.warehouse.schema import stored_version
from roster_pipeline.warehouse.storage import sync_to_disk
from roster_pipeline.warehouse.warehouse import DistrictFolder, Warehouse, without_values


def back_up(warehouse: Warehouse, slug: str, into: Path, waiting: Callable[[str], None], seconds: float) -> int:
    """Copies what cannot be made again of a district into the new folder `into`; returns how many bytes.

    The published copy and what was staged are made anew by `roster publish` and the next sync. Raises SyncRefused when
    a run holds the district for longer than `seconds`, RosterError when its roster is damaged, OSError.
    """
    folder, copy = warehouse.folder(slug), DistrictFolder(into)
    with warehouse.lock(slug, {}, waiting, seconds=seconds):
        copy.path.mkdir(mode=0o700, parents=True)
        try:
            _copy(folder, copy)
        except BaseException:
            shutil.rmtree(copy.path)
            raise
    return sum(file.stat().st_size for file in copy.path.rglob("*") if file.is_file())


def _copy(folder: DistrictFolder, copy: DistrictFolder) -> None:
    shutil.copy(folder.identity, copy.identity)
    if folder.roster.exists():
        _copy_truth(folder.roster, copy.roster)
        copy.unpublished.touch()
    if folder.unrecorded.exists():
        shutil.copytree(folder.unrecorded, copy.unrecorded)
    if folder.unpurged.exists():
        copy.unpurged.touch()


def _copy_truth(roster: Path, copy: Path) -> None:
    with without_values():
        with duckdb.connect(str(roster)) as connection:
            connection.execute("CHECKPOINT")
        shutil.copyfile(roster, copy)
        sync_to_disk(copy)
        with duckdb.connect(str(copy), read_only=True) as connection:
            stored_version(connection, copy)
