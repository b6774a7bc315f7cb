"""Every way in which a district's files cannot be read names file, line and column."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from clever_sandbox.district.load import load_district
from clever_sandbox.errors import FileError

from .districts import DISTRICT, ENROLLMENT, SCHOOL, SECTION, STUDENT, TEACHER, write_district


def replaced(name: str, content: bytes) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        (folder / name).write_bytes(content)

    return spoil


BROKEN: list[tuple[dict[str, Any], Callable[[Path], None] | None, str]] = [
    ({}, lambda folder: (folder / "sections.csv").unlink(), "sections.csv: there is no such file"),
    ({"district": {"id": "x"}}, None, "district.json: Expected `str` matching regex '^([0-9a-f]{24})?$' - at `$.id`"),
    ({"district": {"time_zone": "x"}}, None, "district.json: Object contains unknown field `time_zone`"),
    ({"district": {"timezone": "America"}}, None, "district.json: "),
    ({"district": {"timezone": "x" * 300}}, None, "district.json: "),
    ({}, replaced("district.json", b"[" * 100_000), "district.json: "),
    (
        {},
        replaced("schools.csv", b"School_id;School_name\n1;One\n"),
        "schools.csv, line 1, column School_id: the column",
    ),
    (
        {},
        replaced("enrollments.csv", b"School_id,Section_id,Student_id\r1,c1,s1\r1,c1,s\xff\r"),
        "enrollments.csv, line 3",
    ),
    ({"students": [STUDENT | {"DOB": "12/27/7"}]}, None, "students.csv, line 2, column DOB: not a date"),
    ({"students": [STUDENT | {"DOB": "1_2/10/2007"}]}, None, "students.csv, line 2, column DOB: not a date"),
    ({}, replaced("schools.csv", b""), "schools.csv, line 1: the file is empty"),
    (
        {"students": [{k: v for k, v in STUDENT.items() if k != "Last_name"}]},
        None,
        "students.csv, line 1, column Last_name: the column is missing",
    ),
    (
        {},
        replaced("enrollments.csv", b"School_id,Section_id,Student_id,School id\n1,c1,s1,1\n"),
        "enrollments.csv, line 1, column School_id: the column is there twice",
    ),
    ({}, replaced("enrollments.csv", b"School_id,Section_id,Student_id\n1,c1\n"), "enrollments.csv, line 2: 2 cells"),
    (
        {},
        replaced("enrollments.csv", b"School_id,Section_id,Student_id\n1,c1,s1\n1,c1,s\xff1\n"),
        "enrollments.csv, line 3, column Student_id: not UTF-8",
    ),
    (
        {},
        replaced("enrollments.csv", b"School_id,Section_id,Stud\xffent_id\n"),
        "enrollments.csv, line 1: not UTF-8",
    ),
    (
        {},
        replaced("enrollments.csv", b'School_id,Section_id,Student_id\n1,c1,"s1\n'),
        "enrollments.csv, line 2: not valid CSV",
    ),
    (
        {"students": [STUDENT, STUDENT | {"Student_id": "s2", "School_id": "9"}]},
        None,
        "students.csv, line 3, column School_id: the id is in no other file",
    ),
    ({"teachers": [TEACHER | {"School_id": "9"}]}, None, "teachers.csv, line 2, column School_id: the id is in no"),
    ({"sections": [SECTION | {"School_id": "9"}]}, None, "sections.csv, line 2, column School_id: the id is in no"),
    ({"sections": [SECTION | {"Teacher_id": "x"}]}, None, "sections.csv, line 2, column Teacher_id: the id is in no"),
    (
        {"sections": [SECTION | {"Teacher_2_id": "x"}]},
        None,
        "sections.csv, line 2, column Teacher_2_id: the id is in no other file",
    ),
    ({"enrollments": [ENROLLMENT | {"Section_id": "x"}]}, None, "enrollments.csv, line 2, column Section_id: the id"),
    ({"enrollments": [ENROLLMENT | {"Student_id": "x"}]}, None, "enrollments.csv, line 2, column Student_id: the id"),
    ({"enrollments": [ENROLLMENT | {"School_id": "x"}]}, None, "enrollments.csv, line 2, column School_id: the id"),
    ({"schools": [SCHOOL, SCHOOL]}, None, "schools.csv, line 3, column School_id: another line has this id"),
    ({"sections": [SECTION, SECTION]}, None, "sections.csv, line 3, column Section_id: another line has this id"),
    ({"students": [STUDENT | {"First_name": ""}]}, None, "students.csv, line 2, column First_name: the cell is empty"),
    ({"students": [STUDENT | {"DOB": "x"}]}, None, "students.csv, line 2, column DOB: not a date"),
    ({"students": [STUDENT | {"Grade": "99"}]}, None, "students.csv, line 2, column Grade: not a grade"),
    ({"sections": [SECTION | {"Subject": "x"}]}, None, "sections.csv, line 2, column Subject: not a subject"),
]


@pytest.mark.parametrize(("rows", "spoil", "message"), BROKEN, ids=[message for _, _, message in BROKEN])
def test_a_broken_file_names_the_place(
    tmp_path: Path, rows: dict[str, Any], spoil: Callable[[Path], None] | None, message: str
) -> None:
    write_district(tmp_path, **rows)
    if spoil:
        spoil(tmp_path)
    with pytest.raises(FileError) as refused:
        load_district(tmp_path)
    assert str(refused.value).startswith(message)


@pytest.mark.parametrize("name", ["schools.csv", "students.csv", "teachers.csv", "sections.csv", "enrollments.csv"])
def test_column_order_header_spelling_mark_and_line_ends_do_not_matter(tmp_path: Path, name: str) -> None:
    folder = write_district(tmp_path)
    before = load_district(folder)
    rows = [line.split(",") for line in (folder / name).read_text(encoding="utf-8").splitlines()]
    rows[0] = [column.replace("_", " ") for column in rows[0]]
    text = "\r\n".join(",".join(f" {cell} " for cell in reversed(row)) for row in rows)
    (folder / name).write_bytes(b"\xef\xbb\xbf" + text.encode() + b"\r\n\r\n")
    after = load_district(folder)
    assert {k: [t[i].data() for i in t.ids] for k, t in after.tables.items()} == {
        k: [t[i].data() for i in t.ids] for k, t in before.tables.items()
    }


def test_staff_may_be_missing_and_an_unknown_column_is_a_warning(tmp_path: Path) -> None:
    folder = write_district(tmp_path, students=[STUDENT | {"Shoe_size": "38", "Weighted_gpa": "4"}])
    assert not (folder / "staff.csv").exists()
    district = load_district(folder)
    assert len(district.tables["users"]) == 3
    assert DISTRICT["id"] == district.id
    assert district.upload.warnings == ["students.csv: the column Shoe_size is unknown and is left out"]


def test_a_folder_from_elsewhere_is_a_district_of_its_name(tmp_path: Path) -> None:
    folder = write_district(tmp_path / "Old Town USD", schools=[{"School_id": "1", "School_name": "One"}])
    (folder / "district.json").unlink()
    district = load_district(folder)
    assert (district.name, district.info["sis_type"]) == ("Old Town USD", "sftp")
    [school] = (district.tables["schools"][found].data() for found in district.tables["schools"].ids)
    assert (school["sis_id"], school["school_number"]) == ("1", "1")
    again = write_district(tmp_path / "elsewhere" / "Old Town USD")
    (again / "district.json").unlink()
    assert load_district(again).id == district.id


@pytest.mark.parametrize("ends", [b"\r", b"\n", b"\r\n"])
def test_headers_in_any_case_and_lines_that_end_in_any_way(tmp_path: Path, ends: bytes) -> None:
    """`Dob` was lost for a whole district, since only `DOB` was read."""
    lines = [b"SCHOOL ID,student_id,last_name,First_Name,Dob", b"1,s1,L,F,12/27/07"]
    folder = write_district(tmp_path)
    (folder / "students.csv").write_bytes(ends.join(lines) + ends)
    district = load_district(folder)
    [student] = district.tables["users"].having("role", "student")
    assert district.tables["users"][student].data()["roles"]["student"]["dob"] == "12/27/2007"
    assert district.upload.warnings == []
