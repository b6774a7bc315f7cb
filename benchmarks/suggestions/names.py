"""The measuring stick: sections as districts name them, each with the courses that are right for it.

Belongs here: reading the names, and which half of them is for tuning. Does not belong here: what is suggested.

All names are inventions in the manner of real timetables. Those of `names.csv` were written before the first line of
what is measured; those of `fresh.csv` after its first version, to break it, and before anybody had seen what it makes
of them. `right` are the courses of `data/courses.csv` that somebody who knows the school would add, any of them; none
means that nothing fits.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

CATALOG = Path(__file__).parent / "data"
_FILES = ("names", "fresh")


@dataclass(frozen=True)
class Named:
    """A section as Clever shares it, with the ids of the right courses; what Clever leaves out is None."""

    name: str
    course: str | None
    number: str | None
    subject: str | None
    grade: str | None
    right: frozenset[str]
    is_fresh: bool

    @property
    def held_out(self) -> bool:
        """Whether it is in the half at which nobody looks while tuning."""
        return hashlib.sha256(self.name.encode()).digest()[0] % 2 == 1

    def without_course(self) -> Named:
        """The same section of a district that shares no courses."""
        return replace(self, course=None, number=None)


def read_names() -> list[Named]:
    return [named for file in _FILES for named in _read(file)]


def _read(file: str) -> Iterator[Named]:
    with Path(__file__).with_name(f"{file}.csv").open(encoding="utf-8", newline="") as lines:
        for line in csv.DictReader(lines):
            yield Named(
                line["section"],
                line["course"] or None,
                line["number"] or None,
                line["subject"] or None,
                line["grade"] or None,
                frozenset(line["right"].split()),
                file == "fresh",
            )
