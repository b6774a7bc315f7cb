"""Folders from elsewhere: whatever columns they have and however their lines stand, they are one district."""

from __future__ import annotations

import csv
import random
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clever_sandbox.district import columns
from clever_sandbox.district.columns import Columns
from clever_sandbox.district.district import District
from clever_sandbox.district.load import load_district
from clever_sandbox.district.tables import KINDS
from clever_sandbox.district.upload import load_upload, write_upload

FILES: dict[str, Columns] = {
    "schools": columns.SCHOOLS,
    "students": columns.STUDENTS,
    "teachers": columns.TEACHERS,
    "staff": columns.STAFF,
    "sections": columns.SECTIONS,
    "enrollments": columns.ENROLLMENTS,
}
# Words that a column takes; any other takes any text.
WORDS = {
    "Grade": ["0", "7", "12", ""],
    "Low_grade": ["K", ""],
    "High_grade": ["8", ""],
    "Gender": ["male", "F", ""],
    "Race": ["W", "Asian", ""],
    "DOB": ["12/27/07", "2007-12-27", ""],
    "Hispanic_Latino": ["Y", "n", ""],
    "Ell_status": ["Y", ""],
    "IEP_status": ["N", ""],
    "Frl_status": ["Free", ""],
    "Contact_phone_type": ["Cell", ""],
    "Subject": ["math", "English/Language Arts", ""],
    "Term_start": ["2026-08-10", "8/10/2026", ""],
    "Term_end": ["6/4/2027", ""],
    "Term_name": ["Y1", "S1", ""],
    "Teacher_email": ["one@example.org", "two@example.org", ""],
    "Staff_email": ["one@example.org", ""],
    "Contact_name": ["P Q", "R", ""],
    "Contact_email": ["p@example.org", ""],
    "Contact_phone": ["343-983-4279", ""],
}
LINES = {"schools": 3, "students": 5, "teachers": 3, "staff": 2, "sections": 4}
KEYS = {"schools": "School_id", "students": "Student_id", "teachers": "Teacher_id", "staff": "Staff_id"}
Files = dict[str, tuple[list[str], list[list[str]]]]


def drawn(dice: random.Random) -> Files:
    """Files with the columns that must be there and any others, with lines that fit each other."""
    files: Files = {}
    for name, of in FILES.items():
        more = [column for column in of.names if column not in of.required and dice.random() < 0.6]
        header = [*of.required, *more]
        rows = []
        for at in range(LINES.get(name, 8)):
            row = {column: dice.choice(WORDS.get(column, ["x", f"{column} {at}", ""])) for column in header}
            row |= {column: f"{column} {at}" for column in of.required if column not in WORDS}
            row["School_id"] = str(at if name == "schools" else dice.randrange(LINES["schools"]))
            if name in ("students", "teachers", "staff"):  # somebody has two lines
                row[KEYS[name]] = f"{name}{at % max(1, LINES[name] - 1)}"
            if name == "enrollments":
                row |= {"Section_id": f"c{dice.randrange(LINES['sections'])}"}
                row |= {"Student_id": f"students{dice.randrange(LINES['students'] - 1)}"}
            if name == "sections":
                row |= {column: dice.choice(["teachers1", ""]) for column in header if column in columns.CO_TEACHERS}
                row |= {"Section_id": f"c{at}", "Teacher_id": f"teachers{dice.randrange(2)}"}
            rows.append([row[column] for column in header])
        files[name] = header, rows
    return files


def written(files: Files, folder: Path) -> Path:
    folder.mkdir(exist_ok=True, parents=True)
    for name, (header, rows) in files.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as text:
            csv.writer(text).writerows([header, *rows])
    return folder


def everything(district: District) -> dict[str, list[bytes]]:
    tables = district.tables
    return {kind: [tables[kind][found].body_with_more() for found in tables[kind].ids] for kind in KINDS}


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_any_columns_and_any_order_of_lines_and_columns_are_the_same_district(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    files = drawn(dice)
    as_it_came = load_district(written(files, tmp_path / "district"))
    for name, (header, rows) in files.items():
        order = dice.sample(range(len(header)), len(header))
        mixed = [[row[at] for at in order] for row in dice.sample(rows, len(rows))]
        files[name] = [header[at].upper().replace("_", " ") for at in order], mixed
    mixed_up = load_district(written(files, tmp_path / "district"))
    assert everything(mixed_up) == everything(as_it_came)
    assert as_it_came.upload.warnings == mixed_up.upload.warnings == []


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_a_column_that_says_nothing_is_as_if_it_were_not_there(tmp_path: Path, seed: int) -> None:
    files = drawn(random.Random(seed))
    bare = load_district(written(files, tmp_path / "district"))
    for name, of in FILES.items():
        header, rows = files[name]
        empty = [column for column in of.names if column not in header]
        files[name] = [*header, *empty], [[*row, *[""] * len(empty)] for row in rows]
    assert everything(load_district(written(files, tmp_path / "district"))) == everything(bare)


def test_what_was_written_is_read_back_as_the_same_upload(tmp_path: Path) -> None:
    upload = load_upload(written(drawn(random.Random(7)), tmp_path / "one"))
    write_upload(upload, tmp_path / "two")
    again = load_upload(tmp_path / "two")
    for name in ("schools", "students", "teachers", "staff", "sections"):
        assert dict(getattr(again, name)) == dict(getattr(upload, name)), name
    assert (again.enrollments, again.profile) == (upload.enrollments, upload.profile)
