"""The rules for the cells of a column: what they mean, or a sentence why one of them cannot be used.

Belongs here: what a cell of a type may hold. Does not belong here: which file has which columns (`inputs.py`).

A rule takes a column as a whole, as its faults are rare and its cells many. Given a single cell, its error is about it.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from zoneinfo import available_timezones

QUOTED_CHARACTERS = 60

Cells = Sequence[str]
Parse = Callable[[Cells], Sequence[object]]
"""The values of cells; a CellError when one of them has none."""


class CellError(Exception):
    """A cell that cannot be used; its arguments are what is wrong and what to do."""


_WORDS = re.compile(r"[^\W\d_]{2,}[\s,]+[^\W\d_]{2,}")
"""Two words that may be somebody's name."""


def quoted(value: str) -> str:
    """As it stands in a sentence: on one line, and cut; what may name somebody, in a shifted column, is not shown."""
    if "@" in value or _WORDS.search(value):
        return f"a text of {len(value)} characters"
    return repr(value if len(value) <= QUOTED_CHARACTERS else value[:QUOTED_CHARACTERS] + "...")


_MANGLED = re.compile(r"[-+]?\d+(?:[.,]\d+E[-+]?\d+|E[-+]\d+)|#(?:[A-Z/0]+[!?]|N/A|#+)", re.IGNORECASE)
"""What spreadsheets make of a long number, and of a text that begins like a formula."""
_MANGLED_HAS = "#+-.,"  # at least one of these: most columns of ids have none


_WHOLE = re.compile(r"-?[0-9]{1,18}")
_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,3})?")


def text(cells: Cells) -> Cells:
    """Anything but what a spreadsheet has mangled."""
    whole = "\n".join(cells)
    suspects = set(cells) if any(mark in whole for mark in _MANGLED_HAS) else ()
    if mangled := [cell for cell in suspects if _MANGLED.fullmatch(cell)]:
        do = "Format the column as text (in Excel: Format Cells, Text), then paste the values into it once more"
        raise CellError(f"{quoted(mangled[0])} is not the value, but what a spreadsheet made of it", do)
    return cells


def required(cells: Cells) -> Cells:
    """Text that is not empty."""
    if "" in cells:
        raise CellError("the cell is empty", "Fill it in, or remove the line")
    return text(cells)


def small(cells: Cells) -> Cells:
    """Text that is not empty and means the same in capitals."""
    return list(map(str.lower, required(cells)))


def optional(cells: Cells) -> Sequence[str | None]:
    """Text; an empty cell is None."""
    return [cell or None for cell in text(cells)]


def word(words: dict[str, object]) -> Parse:
    """One of `words`, in capitals or not."""

    def parse(cells: Cells) -> Sequence[object]:
        for cell in set(required(cells)):
            if cell.lower() not in words:
                raise CellError(f"{quoted(cell)} is none of {', '.join(words)}", "Write one of these")
        return [words[cell.lower()] for cell in cells]

    return parse


def whole(cells: Cells) -> Sequence[int]:
    """A whole number, of the digits 0 to 9 alone."""
    for cell in required(cells):
        if not _WHOLE.fullmatch(cell):
            raise CellError(f"{quoted(cell)} is not a whole number", "Write it like 10")
    return list(map(int, cells))


def whole_to(most: int) -> Parse:
    """The same, from 0 to `most`."""

    def parse(cells: Cells) -> Sequence[int]:
        numbers = whole(cells)
        if not all(0 <= number <= most for number in numbers):
            raise CellError(
                f"{quoted(cells[0])} is not a number from 0 to {most}", "Write one, or leave the cell empty"
            )
        return numbers

    return parse


def number_to(most: int) -> Parse:
    """A number from 0 to `most`, whole or with a decimal point."""

    def parse(cells: Cells) -> Sequence[float]:
        if all(_NUMBER.fullmatch(cell) and float(cell) <= most for cell in cells):
            return list(map(float, cells))
        raise CellError(f"{quoted(cells[0])} is not a number from 0 to {most}", "Write one, or leave the cell empty")

    return parse


def time_zone(cells: Cells) -> Cells:
    """The name of a time zone, such as America/Denver."""
    for cell in set(cells) - _zones():
        do = "Write a name such as America/Denver, or leave the cell empty"
        raise CellError(f"{quoted(cell)} is no time zone", do)
    return cells


@functools.cache
def _zones() -> frozenset[str]:
    """Those that mean the same on every machine; `localtime` and its like are none."""
    return frozenset(name for name in available_timezones() if "/" in name or name == "UTC")


def or_else(parse: Parse, default: object) -> Parse:
    """The same, and an empty cell is the default."""

    def parse_given(cells: Cells) -> Sequence[object]:
        given = iter(parse([cell for cell in cells if cell]))
        return [next(given) if cell else default for cell in cells]

    return parse_given


_EPOCH = datetime(1970, 1, 1)
_EPOCH_UTC = datetime(1970, 1, 1, tzinfo=UTC)


def utc(cells: Cells) -> Sequence[datetime]:
    """A date or time in ISO 8601, in naive UTC."""
    try:
        moments = list(map(datetime.fromisoformat, cells))
        # It takes any character between date and time: it would read the offset of 2025-08-18-07:00 as seven in the
        # morning.
        if not {cell[10:11] if cell[4:5] == "-" else cell[8:9] for cell in cells} <= {"", "T", " "}:
            raise ValueError
        # Three times as fast as astimezone and replace.
        return [moment if moment.tzinfo is None else _EPOCH + (moment - _EPOCH_UTC) for moment in moments]
    except (ValueError, OverflowError):
        do = "Write it like 2025-08-18 or 2025-08-18T14:30:00Z"
        raise CellError(f"{quoted(required(cells)[0])} is not an ISO 8601 date or time", do) from None


def not_after(latest: datetime) -> Parse:
    """The same, `latest` at the latest."""

    def parse(cells: Cells) -> Sequence[datetime]:
        moments = utc(cells)
        if max(moments, default=latest) > latest:
            raise CellError(f"{quoted(cells[0])} is in the future", "Write when it was; a day ahead is let pass")
        return moments

    return parse
