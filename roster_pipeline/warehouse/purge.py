"""Files without what was deleted: DuckDB keeps deleted rows in free blocks, and so a file is written anew.

Belongs here: that after an erasure no file of a district keeps what was erased, also when this process is killed in the
middle of it. Does not belong here: what is erased (`plan/erase.py`, `staging/`).
"""

from __future__ import annotations

import duckdb

from roster_pipeline.failpoints import failpoint
from roster_pipeline.warehouse.lock import is_locked
from roster_pipeline.warehouse.storage import literal, rewrite
from roster_pipeline.warehouse.warehouse import DistrictFolder, Warehouse, without_values

_LEFT_BY_ACCIDENTS = ("*.part", "*.part.wal", "*.damaged", "*.damaged.wal")
"""Files that a kill or damage leaves behind; nobody can say what is in them."""


def begin(folder: DistrictFolder) -> None:
    """From here on, until `finish`, the district's files may hold what was erased. Only for who holds the district."""
    folder.unpurged.touch()
    failpoint("purge_begun")


def finish(warehouse: Warehouse, slug: str) -> None:
    """Writes the truth and its published copy anew, if an erasure has begun; done as often as it is interrupted.

    Raises RosterError when it cannot be done; the next run of the district tries again. Only for who holds it, and with
    none of its files open.
    """
    folder = warehouse.folder(slug)
    if not folder.unpurged.exists():
        return
    for pattern in _LEFT_BY_ACCIDENTS:
        for left in folder.path.glob(pattern):
            left.unlink()
    with without_values(), duckdb.connect() as connection:
        connection.execute(f"ATTACH {literal(folder.roster)} AS truth")
        rewrite(connection, folder.roster)
    warehouse.publish_copy(slug)
    folder.unpurged.unlink()
    failpoint("purged")


def is_unfinished(folder: DistrictFolder) -> bool:
    """Whether files may still hold what was erased, and nobody is at work on them."""
    return folder.unpurged.exists() and not is_locked(folder.path / "lock") and folder.unpurged.exists()
