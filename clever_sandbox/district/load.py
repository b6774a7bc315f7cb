"""A district from a folder of its files, as Clever shows it at a moment.

Belongs here: the first upload. Does not belong here: reading files (`upload`), the days after it (`district`).
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from clever_sandbox.district.district import District
from clever_sandbox.district.upload import load_upload


def load_district(folder: Path, at: datetime | None = None) -> District:
    """The district in a folder of CSV files; raises FileError with file, line and column.

    `at` is aware, and now unless it is given: what has not begun by then is not shown yet.
    """
    district = District(load_upload(folder))
    district.ingest(at or datetime.now(UTC))
    return district
