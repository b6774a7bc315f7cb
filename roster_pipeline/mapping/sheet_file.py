"""The mapping as a spreadsheet: every section with its courses, written as CSV or XLSX, and read back as it was saved.

Belongs here: what spreadsheets do to a file, and a sentence with its line for what they have spoilt. Does not belong
here: what in the file is a decision (`bulk.py`). Of what comes back only `district`, `section_id`, `courses` and
`courses_exported` are read; the rest is for people.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date, time
from pathlib import Path
from typing import Any

import msgspec

from roster_pipeline.errors import InputError
from roster_pipeline.mapping.cells import CellError, Parse, small, text
from roster_pipeline.mapping.csv_file import Problem, Table, error_of, faults, load, table_of

Row = dict[str, Any]

_COLUMNS: dict[str, Parse] = {"district": small, "section_id": small, "courses": text}
_EXPORTED = "courses_exported"
_DELIMITERS = (",", ";", "\t")
_ROWS_OF_A_SHEET = 1_048_576
_FORMULAS = ("=", "+", "-", "@", "\t", "\r")
"""How a text begins that a spreadsheet would compute; Clever's names may."""
_NAMES_DELIMITER = re.compile(rb'"?sep=([,;\t|])"?(?=\r?\n|\r|$)', re.IGNORECASE)
"""A first line that is for the spreadsheet alone: it says what is between the cells."""
_AS_TEXT = "Format the column as text (in Excel: Format Cells, Text), then write the cell once more"


class SheetLine(msgspec.Struct, frozen=True, gc=False):
    """A line of the file: the courses that a section should have, and those that it had when it was exported."""

    line: int
    district: str
    section_id: str
    courses: str
    exported: str | None


def write_sheet(rows: Sequence[Row], file: Path) -> None:
    """Writes the rows, which only the owner can read then: the names of sections hold those of teachers.

    Raises InputError for a file that is neither .csv nor .xlsx, and when there is no such folder.
    """
    import pandas as pd

    kind = _kind(file)
    table = pd.DataFrame(rows, dtype=str).fillna("")
    for name in table.columns.difference([*_COLUMNS, _EXPORTED]):
        shown = table[name].str.replace(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", regex=True)
        table[name] = shown.where(~shown.str.startswith(_FORMULAS), "'" + shown)
    part = file.with_name(f".{file.stem}.part{kind}")
    try:
        part.touch(mode=0o600)
        if kind == ".csv":
            table.to_csv(part, index=False, encoding="utf-8-sig")  # without the mark, Excel spoils the accents
        else:
            _write_xlsx(table, part)
        part.replace(file)
    except OSError as error:
        raise InputError(file, f"cannot be written ({error.strerror})", do="Name a file in a folder of yours") from None
    finally:
        part.unlink(missing_ok=True)


def _write_xlsx(table: Any, file: Path) -> None:
    """Every cell is text, those that people will write too: a spreadsheet would make a number of 00123."""
    import pandas as pd

    if len(table) >= _ROWS_OF_A_SHEET:
        raise InputError(file, "a sheet has no room for so many sections", do="Write a .csv")
    with pd.ExcelWriter(file, engine="openpyxl") as book:
        table.to_excel(book, index=False, sheet_name="sections")
        sheet = book.sheets["sections"]
        for column in sheet.iter_cols(max_col=len(table.columns)):
            for cell in column:
                cell.number_format = "@"
                if cell.data_type == "f":
                    cell.data_type = "s"


def read_sheet(file: Path) -> list[SheetLine]:
    """The lines of the file, every cell as text. Raises InputError for what a spreadsheet has made of it."""
    if not file.is_file():
        raise InputError(file, "no such file", do="`roster map export` writes one")
    table, problems = _csv(file) if _kind(file) == ".csv" else _xlsx(file)
    table = table._replace(header=[name.lower() for name in table.header])
    for name in (*_COLUMNS, _EXPORTED):
        if (times := table.header.count(name)) != 1 and (times or name in _COLUMNS):
            what = "the header names it twice" if times else "missing from the header"
            raise InputError(
                file, what, do="Take the header that `roster map export` wrote", line=table.line, column=name
            )
    cells = dict(zip(table.header, table.columns, strict=True))
    problems += [*table.ragged, *table.broken]
    told = {problem[0] for problem in problems}
    for name, parse in {**_COLUMNS, **({_EXPORTED: text} if _EXPORTED in cells else {})}.items():
        try:
            cells[name] = list(map(str, parse(cells[name])))
        except CellError:
            problems += [fault for fault in faults(table.lines, cells[name], name, parse) if fault[0] not in told]
    if problems:
        raise error_of(file, sorted(problems, key=lambda problem: problem[0]))
    exported: Sequence[str | None] = cells.get(_EXPORTED) or [None] * len(table.lines)
    columns = (cells[name] for name in _COLUMNS)
    return [SheetLine(*line) for line in zip(table.lines, *columns, exported, strict=True)]


def _kind(file: Path) -> str:
    if (kind := file.suffix.lower()) not in (".csv", ".xlsx"):
        raise InputError(file, "neither .csv nor .xlsx", do="Save it as one of these")
    return kind


def _csv(file: Path) -> tuple[Table, list[Problem]]:
    """With the delimiter that it names, or that the first line has most of: a semicolon in some places, or a tab."""
    raw = load(file, "")
    if named := _NAMES_DELIMITER.match(raw):
        return table_of(raw[named.end() :], named[1].decode()), []
    header = raw.partition(b"\n")[0].decode()
    return table_of(raw, max(_DELIMITERS, key=header.count)), []


def _xlsx(file: Path) -> tuple[Table, list[Problem]]:
    """The first sheet. What is no text where a text is wanted is a problem: nobody knows what it was."""
    rows = ((n, row) for n, row in enumerate(_rows_of(file), start=1) if any(c.value is not None for c in row))
    line, first = next(rows, (1, ()))
    header = [str(cell.value or "").strip().lower() for cell in first]
    lines: list[int] = []
    columns: list[list[str]] = [[] for _ in header]
    problems: list[Problem] = []
    for n, row in rows:
        lines.append(n)
        problems += _spoilt(n, header, row)
        for at, column in enumerate(columns):
            value = row[at].value if at < len(row) else None
            column.append("" if value is None else str(value).strip())
    return Table(line, header, lines, columns, [], []), problems


def _rows_of(file: Path) -> Iterator[tuple[Any, ...]]:
    """The rows of the first sheet. Raises InputError when the file is damaged, which may show only far down in it."""
    import openpyxl

    try:
        with closing(openpyxl.load_workbook(file, read_only=True)) as book:
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # they are what its writer says, not what is there
            yield from sheet.iter_rows()
    except Exception as error:  # whatever is wrong with a spreadsheet, its reader says in its own way
        raise InputError(file, f"cannot be read ({type(error).__name__})", do="Save it as CSV or XLSX") from None


def _spoilt(line: int, header: Sequence[str], row: Sequence[Any]) -> Iterator[Problem]:
    """The cells of a line that are no text, of the columns that are read."""
    for name, cell in zip(header, row, strict=False):
        if (name not in _COLUMNS and name != _EXPORTED) or cell.value is None:
            continue
        if cell.data_type == "f":
            do = "Copy the column and paste it over itself as values (in Excel: Paste Special, Values)"
            yield line, name, "a formula, of which nobody knows the value", do
        elif isinstance(cell.value, (date, time)):
            yield line, name, "a date, and what was written is lost", _AS_TEXT
        elif not isinstance(cell.value, str):
            yield line, name, "a number, of which zeros in front and digits after the fifteenth are lost", _AS_TEXT
        elif cell.data_type == "e":
            yield line, name, "an error of the spreadsheet's", _AS_TEXT
