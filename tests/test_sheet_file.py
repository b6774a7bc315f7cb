"""The mapping's spreadsheet as a file: what spreadsheets do to it, and the sentence for what they have spoilt."""

from __future__ import annotations

import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from roster_pipeline.errors import InputError
from roster_pipeline.mapping.sheet_file import SheetLine, read_sheet, write_sheet

HEADER = "district,section_id,courses,courses_exported"
AS_TEXT = "Format the column as text (in Excel: Format Cells, Text), then write the cell once more."


def sheet(folder: Path, *lines: Any) -> Path:
    """A workbook as somebody saves it, with whatever is in its cells."""
    book = openpyxl.Workbook()
    for line in ((*HEADER.split(","),), *lines):
        book.active.append(line)
    book.save(folder / "s.xlsx")
    return folder / "s.xlsx"


def saved(folder: Path, content: bytes) -> Path:
    (folder / "s.csv").write_bytes(content)
    return folder / "s.csv"


def error(file: Path) -> str:
    with pytest.raises(InputError) as caught:
        read_sheet(file)
    return str(caught.value)


@pytest.mark.parametrize(
    "content",
    [
        b"District,SECTION_ID,courses,courses_exported\nd,S1,00123;1E10,\n",
        b"\xef\xbb\xbfdistrict,section_id,courses,courses_exported\r\nd,s1,00123;1E10,\r\n\r\n,,,\r\n",
        b'district;section_id;courses;courses_exported\r\nd;s1;"00123;1E10";\r\n;;;\r\n',
        b"district\tsection_id\tcourses\tcourses_exported\nd\ts1\t00123;1E10\t\n",
        b'name,courses_exported,courses,section_id,district\n"two\nlines",,00123;1E10,s1,d\n',
    ],
    ids=["plain", "of Windows, with blank lines", "with semicolons", "with tabs", "in another order"],
)
def test_what_spreadsheets_save_is_read(tmp_path: Path, content: bytes) -> None:
    assert read_sheet(saved(tmp_path, content)) == [SheetLine(2, "d", "s1", "00123;1E10", "")]


@pytest.mark.parametrize("first", [b"sep=;\r\n", b'\xef\xbb\xbf"sep=;"\n', b"SEP=;\r"])
def test_a_first_line_that_names_what_is_between_cells_is_obeyed(tmp_path: Path, first: bytes) -> None:
    content = b'section_id;district;courses;"a,b,c,d"\nS1;d;"00123;1E10";\n'
    assert read_sheet(saved(tmp_path, first + content)) == [SheetLine(3, "d", "s1", "00123;1E10", None)]


def test_without_the_column_of_what_was_exported_nobody_knows_it(tmp_path: Path) -> None:
    assert read_sheet(saved(tmp_path, b"district,section_id,courses\nd,s1,a\n")) == [SheetLine(2, "d", "s1", "a", None)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (f"{HEADER}\nd,s1\n", "s.csv, line 2: the header has 4 cells, this line 2. Give every column one cell"),
        (f"{HEADER}\nd,5.07E+23,a,\n", "s.csv, line 2, column section_id: '5.07E+23' is not the value, but what a"),
        (
            f"{HEADER}\nd,s1,#NAME?,\nd,,,\n",
            "column courses: '#NAME?' is not the value, but what a spreadsheet",
        ),
        ("district,courses\n", "s.csv, line 1, column section_id: missing from the header. Take the header that"),
        (f"{HEADER},courses\n", "s.csv, line 1, column courses: the header names it twice. Take the header that"),
        (f'{HEADER}\nd,s1,"a\n', "s.csv, line 2: a quote is opened and never closed. Close the quote"),
        ("", "s.csv, line 1, column district: missing from the header"),
    ],
)
def test_what_is_spoilt_is_told_with_its_line(tmp_path: Path, content: str, said: str) -> None:
    assert said in error(saved(tmp_path, content.encode()))


def test_a_file_in_another_encoding_says_what_to_do(tmp_path: Path) -> None:
    assert "is not UTF-8. Save the file as UTF-8" in error(saved(tmp_path, "district\n\u00e9".encode("utf-16")))


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (123, "a number, of which zeros in front and digits after the fifteenth are lost"),
        (1e10, "a number, of which zeros in front and digits after the fifteenth are lost"),
        (True, "a number, of which zeros in front and digits after the fifteenth are lost"),
        (datetime(2026, 3, 4), "a date, and what was written is lost"),
    ],
)
def test_a_cell_of_a_sheet_that_is_no_text_is_refused(tmp_path: Path, cell: object, said: str) -> None:
    file = sheet(tmp_path, ("d", "s1", "a", "a"), (), ("d", "s2", cell, ""))
    assert error(file) == f"s.xlsx, line 4, column courses: {said}. {AS_TEXT}"


def test_a_formula_is_refused_whose_value_would_be_read_as_no_course(tmp_path: Path) -> None:
    assert error(sheet(tmp_path, ("d", "s1", '="math-" & 6', ""))) == (
        "s.xlsx, line 2, column courses: a formula, of which nobody knows the value. "
        "Copy the column and paste it over itself as values (in Excel: Paste Special, Values)."
    )


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_ids_survive_and_a_name_computes_nothing(tmp_path: Path, kind: str) -> None:
    file = tmp_path / f"s.{kind}"
    row = {"district": "d", "section_id": "s1", "courses": "00123;1E10", "name": "=1+1", "courses_exported": "00123"}
    write_sheet([row, {**row, "section_id": "12345678901234567890", "name": "Zo\u00eb\x07"}], file)
    assert read_sheet(file) == [
        SheetLine(2, "d", "s1", "00123;1E10", "00123"),
        SheetLine(3, "d", "12345678901234567890", "00123;1E10", "00123"),
    ]
    assert file.stat().st_mode & 0o077 == 0
    assert [path.name for path in tmp_path.iterdir()] == [file.name]
    if kind == "csv":
        assert file.read_bytes().startswith(b"\xef\xbb\xbf")
        assert ",'=1+1," in file.read_text("utf-8-sig")
    else:
        cells = list(openpyxl.load_workbook(file).active.iter_rows(min_row=2))
        assert [cell.value for cell in cells[0]][3] == "'=1+1"
        assert {(cell.data_type, cell.number_format) for row in cells for cell in row} == {("s", "@")}


@pytest.mark.parametrize("name", ["\x07=cmd|x", "\x01\x02@SUM(1)", "=1"])
def test_a_name_computes_nothing_either_once_what_cannot_be_shown_is_gone(tmp_path: Path, name: str) -> None:
    write_sheet([{"district": "d", "section_id": "s1", "courses": "", "name": name}], tmp_path / "s.csv")
    assert (tmp_path / "s.csv").read_text("utf-8-sig").splitlines()[
        1
    ] == f"d,s1,,'{name.lstrip(chr(7) + chr(1) + chr(2))}"


def test_a_sheet_that_is_cut_off_cannot_be_read(tmp_path: Path) -> None:
    whole = sheet(tmp_path, *(("d", f"s{n}", "a", "a") for n in range(500)))
    cut = tmp_path / "cut.xlsx"
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(cut, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, content[: len(content) // 2] if name.endswith("sheet1.xml") else content)
    assert error(cut) == "cut.xlsx: cannot be read (ParseError). Save it as CSV or XLSX."


@pytest.mark.parametrize(("name", "said"), [("s.txt", "neither .csv nor .xlsx"), ("no/s.csv", "cannot be written (No")])
def test_a_place_where_nothing_can_be_written_says_so(tmp_path: Path, name: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        write_sheet([], tmp_path / name)
    assert said in str(caught.value)
