"""A CSV file as people and spreadsheets save it: read, checked column by column, handed on as typed rows.

Belongs here: bytes, header and cells, and a sentence with file, line and column for every way in which they cannot be
used. Does not belong here: which files there are and what is in them (`inputs.py`, `rules.py`, `sheet_file.py`), and
what a cell may hold (`cells.py`).

A file may have a line per person, so a rule (`cells.py`) reads a whole column at once. Only when it finds a fault
there, the same rule is asked about each cell, to say which line it is.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, compress
from operator import itemgetter
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

import msgspec

from roster_pipeline.errors import InputError
from roster_pipeline.mapping.cells import CellError, Cells, Parse, or_else, quoted, small, text

NOTE = "note"  # a column for the people who edit: any file may have it, nothing reads it
LISTED_LINES = 5


class File(NamedTuple):
    """A file: its name, its key, columns of which a line must fill in at least one, and those that may be missing.

    Its columns are the fields of its rows, after `district` when that is in the key, or is one that may be missing.
    """

    name: str
    key: tuple[str, ...]
    one_of: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()


Row = TypeVar("Row", bound=msgspec.Struct)
Problem = tuple[int, str | None, str, str]  # line, column, what is wrong, what to do


class Lines(NamedTuple, Generic[Row]):
    """What a file says of one district, and how many lines it has for each other one, by slug."""

    rows: list[Row]
    elsewhere: Mapping[str, int]


class Table(NamedTuple):
    """A file as it stands: its header, then the lines that are not blank and have as many cells, by column.

    `ragged` are the lines that have another number of cells, `broken` is where it stops being CSV.
    """

    line: int
    header: list[str]
    lines: Sequence[int]
    columns: list[list[str]]
    ragged: list[Problem]
    broken: list[Problem]


def error_of(path: Path, problems: list[Problem]) -> InputError:
    """The first problem, with the number of the others and the lines where they are."""
    line, column, what, do = problems[0]
    if more := len(problems) - 1:
        lines = list(dict.fromkeys(problem[0] for problem in problems[1:]))
        listed = ", ".join(map(str, lines[:LISTED_LINES])) + (", ..." if len(lines) > LISTED_LINES else "")
        what += f" (and {more} more {'problem' if more == 1 else 'problems'} in this file, "
        what += f"{'line' if len(lines) == 1 else 'lines'} {listed})"
    return InputError(path, what, do=do, line=line, column=column)


def load(path: Path, header: str) -> bytes:
    """The file's bytes, known to be UTF-8 without NUL, less the byte order mark."""
    try:
        raw = path.read_bytes().removeprefix(codecs.BOM_UTF8)
    except FileNotFoundError:
        do = f"Create it with `{header}` as its first line, or set ROSTER_DATA to the folder that has it"
        raise InputError(path, f"no such file in {path.parent}", do=do) from None
    except OSError as error:
        raise InputError(path, f"cannot be read ({error.strerror})", do="Make it a readable file") from None
    at, what = raw.find(b"\0"), "is NUL, which is not text"
    try:
        raw.decode()
    except UnicodeDecodeError as error:
        at, what = error.start, "is not UTF-8"
    if at >= 0:
        lines = raw[: at + 1].splitlines()
        do = "Save the file as UTF-8 (in Excel: CSV UTF-8)"
        raise InputError(path, f"byte {len(lines[-1])} of the line {what}", do=do, line=len(lines))
    return raw


def table_of(raw: bytes, delimiter: str = ",") -> Table:
    """The file's cells, by column, with the line on which each record begins."""
    lines_of_text = io.TextIOWrapper(io.BytesIO(raw), "utf-8", newline="")
    reader = csv.reader(lines_of_text, strict=True, skipinitialspace=True, delimiter=delimiter)
    cells: list[str] = []
    widths: list[int] = []
    lines = [1]  # on which each record begins, physically
    broken: list[Problem] = []
    try:
        for record in reader:
            cells += record
            widths.append(len(record))
            lines.append(reader.line_num + 1)
    except csv.Error as error:
        what = f"not valid CSV ({error})"
        if "end of data" in what:
            what = "a quote is opened and never closed"
        elif "field limit" in what:  # which a long file meets before its end
            what = f"a cell of more than {csv.field_size_limit()} characters, as when a quote is never closed"
        do = "Close the quote, and write a quote that belongs to the text twice"
        broken.append((lines[-1], None, what, do))
    cells = list(map(str.strip, cells))
    if len(set(widths)) == 1 and not all("" in cells[n :: widths[0]] for n in range(widths[0])):  # so none is blank
        width = widths[0]
        columns = [cells[width + n :: width] for n in range(width)]
        return Table(lines[0], cells[:width], lines[1:-1], columns, [], broken)
    starts = accumulate(widths, initial=0)
    records = [(line, cells[at : at + width]) for line, at, width in zip(lines, starts, widths, strict=False)]
    (line, header), *rows = [(line, record) for line, record in records if any(record)] or [(1, [])]
    do = "Give every column one cell, empty or not; a value with a comma goes into double quotes"
    ragged: list[Problem] = [
        (at, None, f"the header has {len(header)} cells, this line {len(row)}", do)
        for at, row in rows
        if len(row) != len(header)
    ]
    whole = [(at, row) for at, row in rows if len(row) == len(header)]
    columns = [[row[n] for _, row in whole] for n in range(len(header))]
    return Table(line, header, [at for at, _ in whole], columns, ragged, broken)


def _header_problems(
    columns: Sequence[str], optional: Sequence[str], line: int, header: list[str]
) -> Iterator[Problem]:
    needed = [name for name in columns if name not in optional]
    known = f"the columns are {', '.join(needed)} and, if wanted, {', '.join(optional)}, with commas between them"
    for at, name in enumerate(header):
        if name not in columns and name not in optional:
            yield line, None, f"unknown column {quoted(name)}", f"Rename or remove it; {known}"
        elif (first := header.index(name)) < at:
            what = f"the header names it twice, in its cells {first + 1} and {at + 1}"
            yield line, name, what, "Remove one of the two"
    for name in columns:
        if name not in header and name not in optional:
            yield line, name, "missing from the header", f"Add it; {known}"


def faults(lines: Sequence[int], cells: Cells, name: str, parse: Parse) -> Iterator[Problem]:
    """What is wrong in a column in which something is, by asking the same rule about each cell."""
    wrong: dict[str, CellError] = {}
    for cell in set(cells):
        try:
            parse([cell])
        except CellError as error:
            wrong[cell] = error
    for line, cell in zip(lines, cells, strict=True):
        if cell in wrong:
            yield line, name, *wrong[cell].args


def _duplicates(lines: Sequence[int], key: Mapping[str, Cells]) -> Iterator[Problem]:
    """Lines with the same key as an earlier one; a key that is not filled in is another problem."""
    if any(len(set(map(str.lower, cells))) == len(lines) for cells in reversed(list(key.values()))):
        return
    seen: dict[tuple[str, ...], int] = {}
    keys = zip(*(map(str.lower, cells) for cells in key.values()), strict=True)
    for line, cells in zip(lines, keys, strict=True):
        earlier = seen.setdefault(cells, line)
        if earlier != line and all(cells):
            what = f"duplicate line: the same {', '.join(key)} as line {earlier}"
            yield line, None, what, "Remove one of the two"


def _values(file: File, table: Table, parse: Mapping[str, Parse]) -> tuple[dict[str, Sequence[object]], list[Problem]]:
    """The values of each column, by name, and the problems by line; the values count when there are none."""
    cells = dict(zip(table.header, table.columns, strict=True))
    problems = list(table.ragged)
    values: dict[str, Sequence[object]] = {}
    for name, parse_cells in parse.items():
        try:
            values[name] = parse_cells(cells[name])
        except CellError:
            problems += faults(table.lines, cells[name], name, parse_cells)
    if file.one_of:
        what = f"without any of {', '.join(file.one_of)} it would match every section"
        given = zip(*(cells[name] for name in file.one_of if name in cells), strict=True)
        empty = compress(table.lines, (not any(line) for line in given))
        problems += ((line, None, what, "Fill in at least one of them") for line in empty)
    problems += _duplicates(table.lines, {name: cells[name] for name in file.key})
    return values, [*sorted(problems, key=itemgetter(0)), *table.broken]


def read(
    file: File, row: type[Row], types: Mapping[object, Parse], data: Path, district: str | None = None, **parse: Parse
) -> Lines[Row]:
    """The file's rows, of all districts or one. Raises InputError.

    `types` says how a field is read by its type, `parse` how by its name, where that asks for more.
    """
    optional = file.optional
    fields = {f.name: f for f in msgspec.structs.fields(row) if f.name != "line"}
    columns = {name: parse.get(name) or types[f.type] for name, f in fields.items()}
    columns |= {name: or_else(columns[name], fields[name].default) for name in optional if name in fields}
    columns = {"district": small} | columns if "district" in file.key else columns
    first_line = ",".join(name for name in columns if name not in optional)
    table = table_of(load(data / file.name, first_line))
    table = table._replace(header=[name.lower() for name in table.header])
    if table.header:
        problems = list(_header_problems(list(columns), [*optional, NOTE], table.line, table.header))
    else:
        problems = table.broken or [(1, None, "the file is empty", f"Make `{first_line}` its first line")]
    if problems:
        raise error_of(data / file.name, problems)
    if "district" in optional and "district" in table.header:
        columns = {"district": lambda cells: [cell.lower() or None for cell in text(cells)]} | columns
    columns = {name: read for name, read in columns.items() if name in table.header}
    values, problems = _values(file, table, columns)
    if problems:
        raise error_of(data / file.name, problems)
    where = values.pop("district", [district] * len(table.lines))
    here = [slug is None or slug == district for slug in where]
    lacking = {name: [f.default] * len(table.lines) for name, f in fields.items() if name not in values}
    values = {**lacking, **values, "line": table.lines}
    rows = list(map(row, *(compress(values[f.name], here) for f in msgspec.structs.fields(row))))
    elsewhere = {str(slug): lines for slug, lines in Counter(where).items() if slug not in (None, district)}
    return Lines(rows, elsewhere)
