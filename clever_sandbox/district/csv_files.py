"""Reading a district's CSV files, row by row, with the place of every mistake.

Belongs here: headers, encoding, cells, and where they stand. Does not belong here: which columns a file has
(`columns`), what a cell means (`values`) or what becomes of a row (`upload`).
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

from clever_sandbox.district.columns import Columns
from clever_sandbox.errors import FileError


class Row(NamedTuple):
    """One line of a file: the cells of its known columns in their usual order; what is missing is empty."""

    line: int
    cells: tuple[str, ...]


class CsvFile:
    """One of the files, open for one reading; afterwards `unknown` has the columns that nobody reads."""

    def __init__(self, file: Path, columns: Columns) -> None:
        self.file, self.columns = file, columns
        self.unknown: list[str] = []

    def rows(self) -> Iterator[Row]:
        """The rows of a file with a header, in any order of columns and any spelling of their names.

        Raises FileError for a missing file or column, a row of another length, and text that is not UTF-8.
        """
        try:
            with self.file.open(encoding="utf-8-sig", newline="") as text:
                reader = csv.reader(text, strict=True)
                header = [self.columns.spelled(name) for name in next(reader, [])]
                pick, length = self._picker(header), len(header)
                for cells in reader:
                    if len(cells) == length:
                        yield Row(reader.line_num, pick([*map(str.strip, cells), ""]))
                    elif cells:
                        raise FileError(
                            self.file,
                            f"{len(cells)} cells where the header has {length}",
                            do="Give every column one cell, and put a value with a comma in double quotes",
                            line=reader.line_num,
                        )
        except IsADirectoryError:
            raise FileError(self.file, "this is a folder", do="Put the file there") from None
        except FileNotFoundError:
            where = f"there is no such file in {self.file.parent}"
            raise FileError(self.file, where, do="Upload it with the others") from None
        except UnicodeDecodeError:
            raise self._not_utf8() from None
        except csv.Error as error:
            place = reader.line_num
            raise FileError(self.file, f"not valid CSV ({error})", do="Close every quote", line=place) from None

    def refuse(self, row: Row, column: str, what: str, do: str) -> FileError:
        """A mistake in a cell. The message does not repeat the cell: it may be personal."""
        return FileError(self.file, what, do=do, line=row.line, column=column)

    def _picker(self, header: Sequence[str]) -> Callable[[list[str]], tuple[str, ...]]:
        """Takes the known columns out of a row that has one empty cell more at its end."""
        if not header:
            begin = f"Begin it with the columns {', '.join(self.columns.required)}"
            raise FileError(self.file, "the file is empty", do=begin, line=1)
        for column in self.columns.required:
            if column not in header:
                do = "Put commas between the columns" if len(header) == 1 else "Add it"
                raise FileError(self.file, "the column is missing", do=do, line=1, column=column)
        for at, column in enumerate(header):
            if column in header[:at]:
                raise FileError(
                    self.file, "the column is there twice", do="Remove one of the two", line=1, column=column
                )
        self.unknown = [
            column for column in header if column not in self.columns.names and column not in self.columns.unused
        ]
        return itemgetter(*(header.index(name) if name in header else len(header) for name in self.columns.names))

    def _not_utf8(self) -> FileError:
        """Finds the line and column again: the decoder reads ahead and does not know them."""
        header: list[str] = []
        line, column = 0, None
        with self.file.open(encoding="latin-1", newline="") as text:
            for line, read in enumerate(text, start=1):
                content = read.encode("latin-1")
                cells = next(csv.reader([read.rstrip("\r\n")]), [])
                try:
                    content.decode()
                except UnicodeDecodeError:
                    bad = (at for at, cell in enumerate(cells) if not _is_utf8(cell.encode("latin-1")))
                    at = next(bad, len(header))
                    column = header[at] if at < len(header) else None
                    break
                if line == 1:
                    header = [self.columns.spelled(name) for name in cells]
        return FileError(self.file, "not UTF-8", do="Save the file as UTF-8", line=line, column=column)


def _is_utf8(raw: bytes) -> bool:
    with suppress(UnicodeDecodeError):
        raw.decode()
        return True
    return False
