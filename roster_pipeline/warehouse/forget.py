"""Deleting a district whole, and the receipt that stays of it: who, why, and how much there was; nobody's data.

Belongs here: the receipt, and that one deletion leaves one, however often it breaks off. Does not belong here: whether
a district may be forgotten (`cli/launch.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import msgspec

from roster_pipeline.errors import RosterError
from roster_pipeline.warehouse.sql import count_rows
from roster_pipeline.warehouse.warehouse import Warehouse, write_atomically


@dataclass(frozen=True)
class Receipt:
    """A district that was forgotten; times are naive UTC, counts None when its roster could not be read.

    `deleted_at` is None while it is being deleted.
    """

    district: str
    clever_id: str
    forgotten_at: datetime
    by: str
    why: str
    files: int
    bytes: int
    people: int | None = None
    sections: int | None = None
    syncs: int | None = None
    deleted_at: datetime | None = None


def forget(warehouse: Warehouse, slug: str, *, by: str, why: str, now: datetime) -> Path:
    """Deletes a district's folder with all that is in it, for good; returns the file of the receipt.

    Interrupted, it can be done once more: the receipt that has been begun is kept. Only for who holds the district.
    """
    file, receipt = _begun(warehouse, slug) or _begin(warehouse, slug, by, why, now)
    warehouse.delete_district(slug)
    _write(file, replace(receipt, deleted_at=now))
    return file


def _begin(warehouse: Warehouse, slug: str, by: str, why: str, now: datetime) -> tuple[Path, Receipt]:
    sizes = [p.stat().st_size for p in warehouse.folder(slug).path.rglob("*") if p.is_file()]
    clever_id = warehouse.identity(slug).clever_id
    receipt = Receipt(slug, clever_id, now, by, why, len(sizes), sum(sizes), *_counts(warehouse, slug))
    file = warehouse.root / f"forgotten-{slug}-{now:%Y%m%dT%H%M%S}.json"
    _write(file, receipt)
    return file, receipt


def _begun(warehouse: Warehouse, slug: str) -> tuple[Path, Receipt] | None:
    """The receipt of a deletion that broke off."""
    for file in sorted(warehouse.root.glob(f"forgotten-{slug}-*.json")):
        receipt = msgspec.json.decode(file.read_bytes(), type=Receipt)
        if receipt.district == slug and receipt.deleted_at is None:
            return file, receipt
    return None


def _counts(warehouse: Warehouse, slug: str) -> tuple[int | None, int | None, int | None]:
    """How many people, sections and syncs there were, as was published last."""
    try:
        with warehouse.read(slug) as connection:
            people, sections, syncs = (
                count_rows(connection, t) for t in ("roster.users", "roster.sections", "sync.syncs")
            )
    except RosterError:  # never synced, or damaged: it is deleted all the same
        return None, None, None
    return people, sections, syncs


def _write(file: Path, receipt: Receipt) -> None:
    write_atomically(file, msgspec.json.format(msgspec.json.encode(receipt), indent=2))
