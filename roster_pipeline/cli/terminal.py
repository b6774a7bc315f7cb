"""How answers look in a terminal.

Belongs here: tables and sentences, and what makes any text safe to print. Does not belong here: asking, and anything
about rosters.
"""

from __future__ import annotations

import codecs
import io
import json
import logging
import os
import shutil
import sys
import unicodedata
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.table import Table

Row = dict[str, Any]

_JOINERS = "\u200c\u200d"
"""Invisible, but part of how Persian and Indic names, and emoji, are written."""

_PROSE = {"site", "sites", "message", "before", "after", "requested_by", "what", "name", "clever_course", "finding"}
"""Columns that may wrap; the others are ids, times, states and counts."""

_WRAPPED = 12
"""A column that wraps is at least as wide as this."""

_UNBROKEN = 38
"""A word of this length, as an id with a comma after it, is not broken even where prose wraps."""

_STAYS = {
    "sync_id",
    "started_at",
    "last_synced_at",
    "status",
    "entity_id",
    "action",
    "site",
    "message",
    "section_id",
    "why",
    "step",
}
"""Columns that a narrow terminal shows too; of the others, the rightmost is left out first."""

_WHOLE = {"section_id", "sync_id"}
"""Columns that do not wrap at all in a terminal of `_ROOM` characters: people copy what is in them."""

_ROOM = 72
_GAP = 2


class _Log(logging.Handler):
    """Log lines are lines like any other: safe, above the progress bars, and harmless when nobody listens any more."""

    def emit(self, record: logging.LogRecord) -> None:
        say(record.getMessage(), err=True)


def prepare_streams() -> None:
    """Sends what the pipeline logs to standard error; what a stream's encoding lacks will be escaped."""
    logger = logging.getLogger("roster_pipeline")
    logger.handlers = [_Log()]
    logger.setLevel(logging.INFO)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def visible(text: str) -> str:
    """`text` in one line, with all that steers a terminal or hides in it (ESC, bidi marks, ...) as visible escapes."""
    return _escaped(text, lambda c: c.encode("unicode_escape").decode())


def say(line: str = "", *, err: bool = False) -> None:
    """Prints one line, whatever is in it."""
    _write(f"{visible(line)}\n", err=err)


def print_json(document: Row) -> None:
    """Prints the document; what `visible` escapes is escaped here too, in JSON's own way, so that nothing is lost."""
    encoding = codecs.lookup(getattr(sys.stdout, "encoding", None) or "utf-8").name
    text = json.dumps(document, default=_plain, ensure_ascii=encoding != "utf-8", indent=2)
    _write("".join(_escaped(line, lambda c: json.dumps(c)[1:-1]) + "\n" for line in text.split("\n")))


def print_table(rows: list[Row]) -> None:
    """A line per row; where the terminal is too narrow, prose wraps, and columns are left out and named below."""
    from rich.console import Console

    if not rows:
        return
    cells = {name: [_cell(row[name]) for row in rows] for name in rows[0]}
    widths = {name: _least_width(name, column) for name, column in cells.items()}
    limit = _terminal_width()
    left_out = [] if limit is None else _left_out(widths, limit)
    shown = {name: column for name, column in cells.items() if name not in left_out}
    narrow = limit is not None and _total(widths[name] for name in shown) > limit
    wrapped = {n for n in shown if narrow and (n not in _WHOLE or (limit or 0) < _ROOM)}
    numbers = {name for name, value in rows[0].items() if isinstance(value, int)}
    console = Console(width=limit or 1_000_000, highlight=False)
    with console.capture() as printed:
        console.print(_table(shown, numbers, wrapped))
    _write("".join(f"{line.rstrip()}\n" for line in printed.get().splitlines()))
    if left_out:
        say(f"  no room for {', '.join(left_out)}: --json has them, and so has a wider terminal")


def _escaped(text: str, escape: Callable[[str], str]) -> str:
    if text.isprintable():
        return text
    return "".join(
        c if c.isprintable() or c in _JOINERS or unicodedata.category(c) == "Zs" else escape(c) for c in text
    )


def _write(text: str, *, err: bool = False) -> None:
    """To a reader that has gone away (`roster sync | head`) nothing more is written, and the work goes on."""
    try:
        click.echo(text, nl=False, err=err)
    except OSError as error:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, (sys.stderr if err else sys.stdout).fileno())  # what is buffered must not fail again at exit
        os.close(nowhere)
        if not isinstance(error, BrokenPipeError):
            raise


def _plain(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return visible(", ".join(value))
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M} UTC"
    return "" if value is None else visible(str(value))


def _terminal_width() -> int | None:
    """None when no terminal watches: then a row is one line, whatever its length. COLUMNS overrules both."""
    watched = sys.stdout is not None and sys.stdout.isatty()
    return shutil.get_terminal_size().columns if watched or os.environ.get("COLUMNS") else None


def _least_width(name: str, column: list[str]) -> int:
    from rich.cells import cell_len

    widest = max(cell_len(text) for text in (name, *column))
    if name not in _PROSE:
        return widest
    words = (cell_len(word) for text in column for word in text.split() if len(word) <= _UNBROKEN)
    return min(widest, max(_WRAPPED, len(name), *words))


def _left_out(widths: dict[str, int], limit: int) -> list[str]:
    shown = dict(widths)
    for name in reversed(widths):
        if _total(shown.values()) > limit and name not in _STAYS:
            del shown[name]
    return [name for name in widths if name not in shown]


def _total(widths: Iterable[int]) -> int:
    each = list(widths)
    return sum(each) + _GAP * (len(each) - 1)


def _table(columns: dict[str, list[str]], numbers: set[str], wrapped: set[str]) -> Table:
    """Prose wraps, and everything else only when there is no other way (`wrapped`); nothing is ever cut."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, _GAP, 0, 0))
    for name in columns:
        wraps = name in _PROSE or name in wrapped
        table.add_column(name, justify="right" if name in numbers else "left", no_wrap=not wraps, overflow="fold")
    for row in zip(*columns.values(), strict=True):
        table.add_row(*(Text(text) for text in row))
    return table
