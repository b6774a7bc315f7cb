"""Reading a district's CSV files, row by row, with the place of every mistake.

Belongs here: headers, encoding, cells, and where they stand. Does not belong here: what a cell means
(`values`) or what becomes of a row (`load`).
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from clever_sandbox.errors import FileError

T = TypeVar("T")


@dataclass(slots=True)
class Row:
    """One line of a file; a column that the file does not have reads as empty."""

    file: Path
    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    def given(self, column: str) -> str:
        """The value of a cell that may not be empty."""
        value = self[column]
        if not value:
            raise self.refuse(column, "the cell is empty", "Fill it in, or remove the line")
        return value

    def known(self, column: str, among: Mapping[str, T]) -> T:
        """What the id in a cell stands for, which another of the files must have."""
        found = among.get(self.given(column))
        if found is None:
            raise self.refuse(column, "the id is in no other file", "Correct it, or add the line that it refers to")
        return found

    def value(self, column: str, convert: Callable[[str], str]) -> str:
        """The cell as Clever writes it. The message of a mistake does not repeat it: it may be personal."""
        try:
            return convert(self[column])
        except ValueError as error:
            raise self.refuse(column, str(error), "Correct the cell, or leave it empty") from None

    def refuse(self, column: str, what: str, do: str) -> FileError:
        return FileError(self.file, what, do=do, line=self.line, column=column)


def read_rows(file: Path, required: Sequence[str]) -> Iterator[Row]:
    """The rows of a file with a header, in any order of columns; `School id` is `School_id`.

    Raises FileError for a missing file or column, a row of another length, and text that is not UTF-8.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            reader = csv.reader(text, strict=True)
            header = [name.strip().replace(" ", "_") for name in next(reader, [])]
            _check_header(file, header, required)
            for cells in reader:
                if len(cells) == len(header):
                    yield Row(file, reader.line_num, dict(zip(header, map(str.strip, cells), strict=True)))
                elif cells:
                    raise FileError(
                        file,
                        f"{len(cells)} cells where the header has {len(header)}",
                        do="Give every column one cell, and put a value with a comma in double quotes",
                        line=reader.line_num,
                    )
    except FileNotFoundError:
        raise FileError(file, f"there is no such file in {file.parent}", do="Upload it with the others") from None
    except UnicodeDecodeError:
        raise _not_utf8(file) from None
    except csv.Error as error:
        raise FileError(file, f"not valid CSV ({error})", do="Close every quote", line=reader.line_num) from None


def _check_header(file: Path, header: list[str], required: Sequence[str]) -> None:
    if not header:
        raise FileError(file, "the file is empty", do=f"Begin it with the columns {', '.join(required)}", line=1)
    for column in required:
        if column not in header:
            raise FileError(file, "the column is missing", do="Add it", line=1, column=column)
    for at, column in enumerate(header):
        if column in header[:at]:
            raise FileError(file, "the column is there twice", do="Remove one of the two", line=1, column=column)


def _not_utf8(file: Path) -> FileError:
    """Finds the line and column again: the decoder reads ahead and does not know them."""
    header: list[str] = []
    line, column = 0, None
    with file.open("rb") as raw:
        for line, content in enumerate(raw, start=1):
            cells = next(csv.reader([content.decode("latin-1")]), [])
            try:
                content.decode()
            except UnicodeDecodeError:
                bad = (at for at, cell in enumerate(cells) if not _is_utf8(cell.encode("latin-1")))
                at = next(bad, len(header))
                column = header[at] if at < len(header) else None
                break
            if line == 1:
                header = [name.strip().replace(" ", "_") for name in cells]
    return FileError(file, "not UTF-8", do="Save the file as UTF-8", line=line, column=column)


def _is_utf8(raw: bytes) -> bool:
    with suppress(UnicodeDecodeError):
        raw.decode()
        return True
    return False
