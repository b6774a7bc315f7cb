"""The CSV files that people edit: literal bytes in, literal rows or the literal sentence out."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from roster_pipeline.errors import InputError
from roster_pipeline.mapping.inputs import (
    Course,
    Login,
    MappingRule,
    SectionCourse,
    SiteSetting,
    Subject,
    read_courses,
    read_logins,
    read_rules,
    read_section_courses,
    read_site_settings,
    read_subjects,
    write_ndjson,
)

CATALOG = [
    Course("math-6", "Math", "Math 6", "6", True, 2),
    Course("math-7", "Math", "Math 7", "7", True, 3),
    Course("art-1", "Art", "Art 1", None, False, 4),
]
LATEST = datetime(2026, 11, 24, 10)
READERS: Mapping[str, Callable[[Path], Sequence[object]]] = {
    "courses.csv": read_courses,
    "subjects.csv": read_subjects,
    "section_courses.csv": lambda data: read_section_courses(data, "riverbend-usd", CATALOG).rows,
    "mapping_rules.csv": lambda data: read_rules(data, "riverbend-usd", CATALOG).rows,
    "logins.csv": lambda data: read_logins(data, "riverbend-usd", LATEST).rows,
    "sites.csv": lambda data: read_site_settings(data, "riverbend-usd").rows,
}
HEADERS = {
    "courses.csv": "course_id,subject,title,grade,active",
    "subjects.csv": "clever_subject,catalog_subject,also_called",
    "section_courses.csv": "district,section_id,course_id",
    "mapping_rules.csv": "rule_id,subject,grade,clever_course,course_id",
    "logins.csv": "district,user_id,first_login_at",
    "sites.csv": "district,site_id,enrollment_source",
}
RULE_MAY_HAVE = "site, course_number, section_name, match, term, period, priority, active"
KNOWN_LOGINS = "the columns are district, user_id, first_login_at and, if wanted, note, with commas between them"
CLOSE_QUOTE = "Close the quote, and write a quote that belongs to the text twice."
ONE_CELL = "Give every column one cell, empty or not; a value with a comma goes into double quotes."
FILL_IN = "Fill it in, or remove the line."
ISO = "Write it like 2025-08-18 or 2025-08-18T14:30:00Z."
MANGLED = (
    "not the value, but what a spreadsheet made of it. "
    "Format the column as text (in Excel: Format Cells, Text), then paste the values into it once more."
)
AS_UTF8 = "Save the file as UTF-8 (in Excel: CSV UTF-8)."


def read(data: Path, file: str, content: bytes) -> list[object]:
    (data / file).write_bytes(content)
    return list(READERS[file](data))


def error(data: Path, file: str, content: bytes) -> str:
    with pytest.raises(InputError) as caught:
        read(data, file, content)
    return str(caught.value)


ROWS: list[tuple[str, str, bytes, list[object]]] = [
    (
        "courses",
        "courses.csv",
        b"course_id,subject,title,grade,active\nmath-6,Math,Math 6,6,true\nart-1,Art,Art 1,,false\n",
        [Course("math-6", "Math", "Math 6", "6", True, 2), Course("art-1", "Art", "Art 1", None, False, 3)],
    ),
    (
        "every word for true and false",
        "courses.csv",
        b"course_id,subject,title,grade,active\na,S,T,,TRUE\nb,S,T,,Yes\nc,S,T,,1\nd,S,T,,False\ne,S,T,,nO\nf,S,T,,0\n",
        [
            *(Course(c, "S", "T", None, True, n) for c, n in (("a", 2), ("b", 3), ("c", 4))),
            *(Course(c, "S", "T", None, False, n) for c, n in (("d", 5), ("e", 6), ("f", 7))),
        ],
    ),
    (
        "subjects, Clever's in its own capitals",
        "subjects.csv",
        b"clever_subject,catalog_subject,also_called\npe AND Health,Gym,Sport/Games\nmath,Numbers,\n",
        [Subject("PE and health", "Gym", "Sport/Games", 2), Subject("math", "Numbers", None, 3)],
    ),
    (
        "only the district's section courses; two courses on one section, one course on two",
        "section_courses.csv",
        b"district,section_id,course_id\nriverbend-usd,s1,math-6\nother-usd,s1,math-6\n"
        b"riverbend-usd,s1,math-7\nriverbend-usd,s2,math-6\n",
        [SectionCourse("s1", "math-6", 2), SectionCourse("s1", "math-7", 4), SectionCourse("s2", "math-6", 5)],
    ),
    (
        "rules with one condition each",
        "mapping_rules.csv",
        b"rule_id,subject,grade,clever_course,course_id\nr1,math,,,math-6\nr2,,6,,math-6\nr3,,,Math VI,math-6\n",
        [
            MappingRule("r1", "math", None, None, "math-6", 2),
            MappingRule("r2", None, "6", None, "math-6", 3),
            MappingRule("r3", None, None, "Math VI", "math-6", 4),
        ],
    ),
    (
        "logins of the district",
        "logins.csv",
        b"district,user_id,first_login_at\nriverbend-usd,u1,2025-08-18\nother-usd,u1,2025-08-18\n"
        b"riverbend-usd,u2,2025-08-18T14:30:00Z\n",
        [Login("u1", datetime(2025, 8, 18), 2), Login("u2", datetime(2025, 8, 18, 14, 30), 4)],
    ),
    (
        "sites of the district",
        "sites.csv",
        b"district,site_id,enrollment_source\nriverbend-usd,a,clever\nother-usd,a,manual\nriverbend-usd,b,Manual\n",
        [SiteSetting("a", "clever", 2), SiteSetting("b", "manual", 4)],
    ),
    (
        "other order, header in capitals and spaces, note, byte order mark, spaces around values",
        "logins.csv",
        b"\xef\xbb\xbf First_Login_At ,NOTE,\tUSER_ID, district\n"
        b' 2025-08-18 ,"who, knows", u1\xc2\xa0,\triverbend-usd \n',
        [Login("u1", datetime(2025, 8, 18), 2)],
    ),
    (
        "quotes after a space, a comma and a quote inside",
        "courses.csv",
        b'course_id, subject, title, grade, active\nmath-6, "Math", "Math 6, the ""blue"" book", "6", "true"\n',
        [Course("math-6", "Math", 'Math 6, the "blue" book', "6", True, 2)],
    ),
    (
        "blank lines, spaces only, commas only (a row emptied in a spreadsheet)",
        "sites.csv",
        b"\n  \ndistrict,site_id,enrollment_source\n\n,,\n \t\nriverbend-usd,a,clever\n\n",
        [SiteSetting("a", "clever", 7)],
    ),
    (
        "physical lines: a value with line breaks in it, then a blank line",
        "courses.csv",
        b'course_id,subject,title,grade,active\na,S,"one\ntwo\r\nthree",,1\n\nb,S,T,,1\n',
        [Course("a", "S", "one\ntwo\r\nthree", None, True, 2), Course("b", "S", "T", None, True, 6)],
    ),
    (
        "Windows line ends",
        "sites.csv",
        b"district,site_id,enrollment_source\r\nriverbend-usd,a,clever\r\nriverbend-usd,b,clever\r\n",
        [SiteSetting("a", "clever", 2), SiteSetting("b", "clever", 3)],
    ),
    (
        "old Macintosh line ends, none at the end of the file",
        "sites.csv",
        b"district,site_id,enrollment_source\rriverbend-usd,a,clever\rriverbend-usd,b,clever",
        [SiteSetting("a", "clever", 2), SiteSetting("b", "clever", 3)],
    ),
    (
        "ids are text: any length, leading zeros, other scripts; capitals do not count",
        "sites.csv",
        "district,site_id,enrollment_source\nRiverbend-USD,007,clever\nriverbend-usd,Škola,clever\n"
        f"riverbend-usd,{'x' * 300},clever\nriverbend-usd,5E10,clever\n".encode(),
        [
            SiteSetting("007", "clever", 2),
            SiteSetting("škola", "clever", 3),
            SiteSetting("x" * 300, "clever", 4),
            SiteSetting("5e10", "clever", 5),
        ],
    ),
    (
        "courses in capitals are those of the catalog",
        "section_courses.csv",
        b"district,section_id,course_id\nriverbend-usd,S1,MATH-6\n",
        [SectionCourse("s1", "math-6", 2)],
    ),
    (
        "rules of the district, of another, of all",
        "mapping_rules.csv",
        b"rule_id,district,subject,grade,clever_course,course_id\nr1,RIVERBEND-USD,math,,,math-6\n"
        b"r2,other-usd,,6,,math-6\nr3,,,,Math VI,math-6\n",
        [MappingRule("r1", "math", None, None, "math-6", 2), MappingRule("r3", None, None, "Math VI", "math-6", 4)],
    ),
]


@pytest.mark.parametrize(("file", "content", "rows"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_rows(tmp_path: Path, file: str, content: bytes, rows: list[object]) -> None:
    assert read(tmp_path, file, content) == rows


@pytest.mark.parametrize("file", READERS)
@pytest.mark.parametrize("end", ["", "\n", "\r\n\r\n"])
def test_header_only_is_no_rows(tmp_path: Path, file: str, end: str) -> None:
    assert read(tmp_path, file, (HEADERS[file] + end).encode()) == []


@pytest.mark.parametrize("file", READERS)
@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\n \r\n\n", b",,\n"])
def test_empty_file_says_which_header_to_put_there(tmp_path: Path, file: str, content: bytes) -> None:
    assert error(tmp_path, file, content) == (
        f"{file}, line 1: the file is empty. Make `{HEADERS[file]}` its first line."
    )


def test_a_folder_without_subjects_goes_by_those_that_are_shipped(tmp_path: Path) -> None:
    shipped = read_subjects(tmp_path)
    assert Subject("language", "World Languages", "Foreign Language", shipped[0].line) in [
        replace(subject, line=shipped[0].line) for subject in shipped
    ]


@pytest.mark.parametrize("file", sorted(READERS.keys() - {"subjects.csv"}))
def test_missing_file(tmp_path: Path, file: str) -> None:
    with pytest.raises(InputError) as caught:
        READERS[file](tmp_path)
    assert str(caught.value) == (
        f"{file}: no such file in {tmp_path}. "
        f"Create it with `{HEADERS[file]}` as its first line, or set ROSTER_DATA to the folder that has it."
    )


def test_a_folder_in_place_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "courses.csv").mkdir()
    with pytest.raises(InputError) as caught:
        read_courses(tmp_path)
    assert str(caught.value) == "courses.csv: cannot be read (Is a directory). Make it a readable file."


@pytest.mark.parametrize("file", READERS)
def test_each_column_must_be_there(tmp_path: Path, file: str) -> None:
    names = HEADERS[file].split(",")
    for name in names:
        rest = [n for n in names if n != name]
        optional = (
            "district, site, course_number, section_name, match, term, period, priority, active, note"
            if file == "mapping_rules.csv"
            else "note"
        )
        assert error(tmp_path, file, ",".join(rest).encode()) == (
            f"{file}, line 1, column {name}: missing from the header. Add it; "
            f"the columns are {', '.join(names)} and, if wanted, {optional}, with commas between them."
        )


LOGINS = b"district,user_id,first_login_at\n"
SITES = b"district,site_id,enrollment_source\n"
COURSES = b"course_id,subject,title,grade,active\n"
RULES = b"rule_id,subject,grade,clever_course,course_id\n"
SECTIONS = b"district,section_id,course_id\n"

ERRORS: list[tuple[str, str, bytes, str]] = [
    # The header.
    (
        "unknown column",
        "logins.csv",
        b"\ndistrict,user_id,first_login_at,e-mail\nriverbend-usd,u1,2025-08-18,x\n",
        f"logins.csv, line 2: unknown column 'e-mail'. Rename or remove it; {KNOWN_LOGINS}.",
    ),
    (
        "misspelled column",
        "logins.csv",
        b"district,user,first_login_at\nriverbend-usd,u1,2025-08-18\n",
        "logins.csv, line 1: unknown column 'user' (and 1 more problem in this file, line 1). "
        f"Rename or remove it; {KNOWN_LOGINS}.",
    ),
    (
        "column without a name",
        "logins.csv",
        b"district,user_id,first_login_at,\n",
        f"logins.csv, line 1: unknown column ''. Rename or remove it; {KNOWN_LOGINS}.",
    ),
    (
        "semicolons",
        "logins.csv",
        b"district;user_id;first_login_at\n",
        "logins.csv, line 1: unknown column 'district;user_id;first_login_at' "
        f"(and 3 more problems in this file, line 1). Rename or remove it; {KNOWN_LOGINS}.",
    ),
    (
        "control characters and length of what is quoted",
        "logins.csv",
        b'district,user_id,first_login_at,"a\nb\x1b' + b"c" * 1000 + b'"\n',
        f"logins.csv, line 1: unknown column 'a\\nb\\x1b{'c' * 56}...'. Rename or remove it; {KNOWN_LOGINS}.",
    ),
    (
        "column twice",
        "logins.csv",
        b"district,user_id,first_login_at,User_ID\n",
        "logins.csv, line 1, column user_id: the header names it twice, in its cells 2 and 4. Remove one of the two.",
    ),
    (
        "note twice",
        "logins.csv",
        b"note,note,district,user_id,first_login_at\n",
        "logins.csv, line 1, column note: the header names it twice, in its cells 1 and 2. Remove one of the two.",
    ),
    (
        "a subject that Clever does not have",
        "subjects.csv",
        b"clever_subject,catalog_subject,also_called\nmath,Math,\nmaths,Math,\n",
        "subjects.csv, line 3, column clever_subject: 'maths' is none of english/language arts, math, science, "
        "social studies, language, homeroom/advisory, interventions/online learning, technology and engineering, "
        "pe and health, arts and music, other. Write one of these.",
    ),
    (
        "the same pair of subjects twice",
        "subjects.csv",
        b"clever_subject,catalog_subject,also_called\nmath,Math,\nMATH,math,Sums\n",
        "subjects.csv, line 3: duplicate line: the same clever_subject, catalog_subject as line 2. "
        "Remove one of the two.",
    ),
    # The text.
    (
        "not UTF-8, after a byte order mark and a line of Windows",
        "courses.csv",
        b"\xef\xbb\xbf" + COURSES.replace(b"\n", b"\r\n") + b"fr,French,Fran\xe7ais,,1\n",
        f"courses.csv, line 2: byte 15 of the line is not UTF-8. {AS_UTF8}",
    ),
    (
        "not UTF-8, in the first byte",
        "courses.csv",
        b"\xff\xfec\x00o\x00",
        f"courses.csv, line 1: byte 1 of the line is not UTF-8. {AS_UTF8}",
    ),
    (
        "not UTF-8, cut off in the middle of a character, on a third line inside quotes",
        "courses.csv",
        COURSES + b'fr,"French\rand\xc3',
        f"courses.csv, line 3: byte 4 of the line is not UTF-8. {AS_UTF8}",
    ),
    (
        "NUL",
        "sites.csv",
        SITES + b"riverbend-usd,a,clever\nriverbend-usd,\x00,clever\n",
        f"sites.csv, line 3: byte 15 of the line is NUL, which is not text. {AS_UTF8}",
    ),
    (
        "quote never closed: the line where its record begins",
        "courses.csv",
        COURSES + b'a,S,"T\nU",,1\nb,S,"T,,1\nc,S,T,,1\n',
        f"courses.csv, line 4: a quote is opened and never closed. {CLOSE_QUOTE}",
    ),
    (
        "quote never closed in a long file",
        "courses.csv",
        COURSES + b'b,S,"T,,1\n' + b"c,S,T,,1\n" * 20_000,
        f"courses.csv, line 2: a cell of more than 131072 characters, as when a quote is never closed. {CLOSE_QUOTE}",
    ),
    (
        "quote never closed, until the next one",
        "courses.csv",
        COURSES + b'b,S,"T,,1\nc,S,"T",,1\n',
        f"courses.csv, line 2: not valid CSV (',' expected after '\"'). {CLOSE_QUOTE}",
    ),
    (
        "quote never closed in the header",
        "courses.csv",
        b'course_id,"subject,title,grade,active\na,S,T,,1\n',
        f"courses.csv, line 1: a quote is opened and never closed. {CLOSE_QUOTE}",
    ),
    (
        "earlier problems come before the quote",
        "courses.csv",
        COURSES + b'a,,T,,1\nb,S,"T,,1\n',
        f"courses.csv, line 2, column subject: the cell is empty (and 1 more problem in this file, line 3). {FILL_IN}",
    ),
    # The lines.
    (
        "too few cells",
        "courses.csv",
        COURSES + b"a,S,T,1\n",
        f"courses.csv, line 2: the header has 5 cells, this line 4. {ONE_CELL}",
    ),
    (
        "too many cells, after line breaks in a value",
        "courses.csv",
        COURSES + b'a,S,"T\n\nU",,1\nb,S,T, U,,1\n',
        f"courses.csv, line 5: the header has 5 cells, this line 6. {ONE_CELL}",
    ),
    (
        "duplicate course",
        "courses.csv",
        COURSES + b"a,S,T,,1\nb,S,T,,1\n\n a ,S2,T2,6,0\n",
        "courses.csv, line 5: duplicate line: the same course_id as line 2. Remove one of the two.",
    ),
    (
        "duplicate section course, in another district",
        "section_courses.csv",
        SECTIONS + b"other-usd,s1,math-6\nother-usd,s2,math-6\nother-usd,s1,math-6\n",
        "section_courses.csv, line 4: duplicate line: the same district, section_id, course_id as line 2. "
        "Remove one of the two.",
    ),
    (
        "duplicate rule",
        "mapping_rules.csv",
        RULES + b"r1,Math,,,math-6\nr1,,6,,math-7\n",
        "mapping_rules.csv, line 3: duplicate line: the same rule_id as line 2. Remove one of the two.",
    ),
    (
        "duplicate login",
        "logins.csv",
        LOGINS + b"riverbend-usd,u1,2025-08-18\nriverbend-usd,u1,2025-08-19\n",
        "logins.csv, line 3: duplicate line: the same district, user_id as line 2. Remove one of the two.",
    ),
    (
        "duplicate login, once in capitals",
        "logins.csv",
        LOGINS + b"riverbend-usd,u1,2025-08-18\nRiverbend-USD,U1,2025-08-19\n",
        "logins.csv, line 3: duplicate line: the same district, user_id as line 2. Remove one of the two.",
    ),
    (
        "duplicate site, three times",
        "sites.csv",
        SITES + b"riverbend-usd,a,clever\nriverbend-usd,a,manual\nriverbend-usd,a,clever\n",
        "sites.csv, line 3: duplicate line: the same district, site_id as line 2 "
        "(and 1 more problem in this file, line 4). Remove one of the two.",
    ),
    (
        "two lines without an id are not duplicates",
        "courses.csv",
        COURSES + b",S,T,,1\n,S,T,,1\n",
        "courses.csv, line 2, column course_id: the cell is empty (and 1 more problem in this file, line 3). "
        f"{FILL_IN}",
    ),
    (
        "a duplicate of a line with another problem is one",
        "logins.csv",
        LOGINS + b"riverbend-usd,u1,never\nriverbend-usd,u1,2025-08-19\n",
        "logins.csv, line 2, column first_login_at: 'never' is not an ISO 8601 date or time "
        f"(and 1 more problem in this file, line 3). {ISO}",
    ),
    (
        "a rule that matches everything",
        "mapping_rules.csv",
        RULES + b"r1,, ,,math-6\n",
        "mapping_rules.csv, line 2: without any of subject, grade, clever_course, site, course_number, "
        "section_name, term, period it would match every section. "
        "Fill in at least one of them.",
    ),
    # The cells.
    (
        "neither true nor false",
        "courses.csv",
        COURSES + b"a,S,T,,maybe\n",
        "courses.csv, line 2, column active: 'maybe' is none of true, false, yes, no, 1, 0. Write one of these.",
    ),
    (
        "enrollment source",
        "sites.csv",
        SITES + b"riverbend-usd,a,sis\n",
        "sites.csv, line 2, column enrollment_source: 'sis' is none of clever, manual. Write one of these.",
    ),
    (
        "unknown course, in another district",
        "section_courses.csv",
        SECTIONS + b"other-usd,s1,math-8\n",
        "section_courses.csv, line 2, column course_id: unknown course 'math-8'. "
        "Correct it, or add the course to courses.csv.",
    ),
    (
        "inactive course",
        "section_courses.csv",
        SECTIONS + b"riverbend-usd,s1,art-1\n",
        "section_courses.csv, line 2, column course_id: course 'art-1' is inactive (courses.csv, line 4). "
        "Name another course, or make this one active in courses.csv.",
    ),
    (
        "unknown course of a rule",
        "mapping_rules.csv",
        RULES + b"r1,Math,,,MATH-8\n",
        "mapping_rules.csv, line 2, column course_id: unknown course 'MATH-8'. "
        "Correct it, or add the course to courses.csv.",
    ),
    (
        "inactive course of a rule",
        "mapping_rules.csv",
        RULES + b"r1,Art,,,art-1\n",
        "mapping_rules.csv, line 2, column course_id: course 'art-1' is inactive (courses.csv, line 4). "
        "Name another course, or make this one active in courses.csv.",
    ),
    (
        "an id that a spreadsheet took for a number, in another district",
        "logins.csv",
        LOGINS + b"other-usd,1.23E+11,2025-08-18\n",
        f"logins.csv, line 2, column user_id: '1.23E+11' is {MANGLED}",
    ),
    (
        "a login in the future, in another district",
        "logins.csv",
        LOGINS + b"other-usd,u1,2026-11-24T10:00:00Z\nother-usd,u2,2062-11-24\n",
        "logins.csv, line 3, column first_login_at: '2062-11-24' is in the future. "
        "Write when it was; a day ahead is let pass.",
    ),
    (
        "unknown column of a rule",
        "mapping_rules.csv",
        b"rule_id,subject,grade,clever_course,course_id,distrct\n",
        "mapping_rules.csv, line 1: unknown column 'distrct'. Rename or remove it; the columns are rule_id, subject, "
        "grade, clever_course, course_id and, if wanted, district, site, course_number, section_name, match, term, "
        "period, priority, active, note, with commas between them.",
    ),
    (
        "sixty characters are quoted whole",
        "section_courses.csv",
        SECTIONS + b"riverbend-usd,s1," + b"x" * 60 + b"\n",
        f"section_courses.csv, line 2, column course_id: unknown course '{'x' * 60}'. "
        "Correct it, or add the course to courses.csv.",
    ),
    (
        "sixty-one are cut, and a line break stays on the line",
        "section_courses.csv",
        SECTIONS + b'riverbend-usd,s1,"\x07\n' + b"x" * 59 + b'"\n',
        f"section_courses.csv, line 2, column course_id: unknown course '\\x07\\n{'x' * 58}...'. "
        "Correct it, or add the course to courses.csv.",
    ),
    # More than one.
    (
        "five lines are listed",
        "sites.csv",
        SITES + b"".join(b"riverbend-usd,s%d,\n" % n for n in range(6)),
        "sites.csv, line 2, column enrollment_source: the cell is empty "
        f"(and 5 more problems in this file, lines 3, 4, 5, 6, 7). {FILL_IN}",
    ),
    (
        "and no more than five",
        "sites.csv",
        SITES + b"".join(b"riverbend-usd,s%d,\n" % n for n in range(7)),
        "sites.csv, line 2, column enrollment_source: the cell is empty "
        f"(and 6 more problems in this file, lines 3, 4, 5, 6, 7, ...). {FILL_IN}",
    ),
    (
        "several in one line, of every kind",
        "mapping_rules.csv",
        RULES + b',,,,""\n,,,,none\nr1,Math,,,math-6\nr1,,,,math-6\n',
        "mapping_rules.csv, line 3, column rule_id: the cell is empty "
        f"(and 4 more problems in this file, lines 3, 5). {FILL_IN}",
    ),
]


@pytest.mark.parametrize(("file", "content", "message"), [e[1:] for e in ERRORS], ids=[e[0] for e in ERRORS])
def test_errors(tmp_path: Path, file: str, content: bytes, message: str) -> None:
    assert error(tmp_path, file, content) == message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("file", "line", "optional"),
    [
        ("courses.csv", "a,S,T,6,true", {"grade"}),
        ("section_courses.csv", "riverbend-usd,s1,math-6", set()),
        ("mapping_rules.csv", "r1,Math,6,Math VI,math-6", {"subject", "grade", "clever_course"}),
        ("logins.csv", "riverbend-usd,u1,2025-08-18", set()),
        ("sites.csv", "riverbend-usd,a,clever", set()),
    ],
)
def test_each_cell_that_must_not_be_empty(tmp_path: Path, file: str, line: str, optional: set[str]) -> None:
    names = HEADERS[file].split(",")
    for at, name in enumerate(names):
        cells = line.split(",")
        cells[at] = " "
        content = f"{HEADERS[file]}\n{','.join(cells)}\n".encode()
        if name in optional:
            assert [getattr(row, name) for row in read(tmp_path, file, content)] == [None]
        else:
            assert error(tmp_path, file, content) == (f"{file}, line 2, column {name}: the cell is empty. {FILL_IN}")


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2025-08-18", datetime(2025, 8, 18)),
        ("20250818", datetime(2025, 8, 18)),
        ("2025-08-18T14:30", datetime(2025, 8, 18, 14, 30)),
        ("2025-08-18 14:30:05", datetime(2025, 8, 18, 14, 30, 5)),
        ("20250818T143005Z", datetime(2025, 8, 18, 14, 30, 5)),
        ("2025-08-18T14:30:05.250Z", datetime(2025, 8, 18, 14, 30, 5, 250_000)),
        ("2025-08-18T14:30:00+00:00", datetime(2025, 8, 18, 14, 30)),
        ("2025-08-18T20:30:00-07:00", datetime(2025, 8, 19, 3, 30)),
        ("2025-01-01T00:15:00+05:30", datetime(2024, 12, 31, 18, 45)),
        ("1969-12-31T23:00:00Z", datetime(1969, 12, 31, 23)),
    ],
)
def test_first_login_is_naive_utc(tmp_path: Path, written: str, utc: datetime) -> None:
    content = LOGINS + f"riverbend-usd,u1,{written}\n".encode()
    assert read(tmp_path, "logins.csv", content) == [Login("u1", utc, 2)]


@pytest.mark.parametrize(
    "written",
    [
        "8/18/2025",
        "18.08.2025",
        "2025-08",
        "2025-13-01",
        "2025-02-29",
        "1755527400",
        "45887",
        "2025-08-18-07:00",  # a date with an offset, not seven in the morning
        "2025-08-18+02:00",
        "20250818-1000",
        "2025-08-18T",
        "2025-08-18T25:00",
        "2025-08-18T10:00+02:00Z",
        "2025-08-18Z",
        "0001-01-01T00:00:00+01:00",  # before the year 1 in UTC
        "never",
    ],
)
def test_first_login_that_is_no_time(tmp_path: Path, written: str) -> None:
    assert error(tmp_path, "logins.csv", LOGINS + f"riverbend-usd,u1,{written}\n".encode()) == (
        f"logins.csv, line 2, column first_login_at: '{written}' is not an ISO 8601 date or time. {ISO}"
    )


@pytest.mark.parametrize("cell", ["5.07E+23", "5,07E+23", "5E+23", "1e-7", "#NAME?", "#N/A", "#DIV/0!", "#REF!", "###"])
@pytest.mark.parametrize("file", ["section_courses.csv", "mapping_rules.csv", "sites.csv"])
def test_what_a_spreadsheet_makes_of_an_id_is_refused(tmp_path: Path, file: str, cell: str) -> None:
    names = HEADERS[file].split(",")
    column = {"mapping_rules.csv": "grade"}.get(file, names[1])
    content = f"{HEADERS[file]}\n" + ",".join(f'"{cell}"' if n == column else "math-6" for n in names)
    assert error(tmp_path, file, content.encode()).startswith(
        f"{file}, line 2, column {column}: '{cell}' is not the value"
    )


def test_lines_of_other_districts_are_counted(tmp_path: Path) -> None:
    lines = b"riverbend-usd,u1,2025-08-18\nOther-USD,u1,2025-08-18\nother-usd,u2,2025-08-18\nthird,u1,2025-08-18\n"
    (tmp_path / "logins.csv").write_bytes(LOGINS + lines)
    assert read_logins(tmp_path, "riverbend-usd", LATEST).elsewhere == {"other-usd": 2, "third": 1}


def test_neither_notes_nor_titles_are_quoted(tmp_path: Path) -> None:
    content = (
        b"note,course_id,subject,title,grade,active\nMaria,,Maria,Maria,Maria,1\nMaria,a,Maria,Maria,Maria,1,Maria\n"
    )
    assert "Maria" not in error(tmp_path, "courses.csv", content)


TEXT = st.text(st.characters(exclude_characters="\0#", exclude_categories=["Cs"]), min_size=1).filter(
    lambda value: value == value.strip() != ""
)
ZONES = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
YEARS = (datetime(1900, 1, 1), datetime(2100, 1, 1))
MOMENTS = st.one_of(st.datetimes(*YEARS), st.datetimes(*YEARS, timezones=ZONES))


@settings(max_examples=50, deadline=None)
@given(
    logins=st.lists(st.tuples(TEXT, TEXT, MOMENTS), unique_by=lambda row: (row[0].lower(), row[1].lower())),
    titles=st.lists(st.tuples(TEXT, TEXT, st.none() | TEXT, st.booleans()), max_size=5),
    order=st.permutations(["district", "user_id", "first_login_at", "note"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    bom=st.sampled_from(["utf-8", "utf-8-sig"]),
)
def test_what_a_csv_writer_writes_comes_back(
    logins: list[tuple[str, str, datetime]],
    titles: list[tuple[str, str, str | None, bool]],
    order: list[str],
    quoting: int,
    bom: str,
) -> None:
    def write(file: Path, header: Sequence[str], rows: Sequence[Mapping[str, object]]) -> None:
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, header, quoting=quoting)  # type: ignore[arg-type]
        writer.writeheader()
        writer.writerows(rows)
        file.write_bytes(text.getvalue().encode(bom))

    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        write(
            data / "logins.csv",
            order,
            [{"district": d, "user_id": u, "first_login_at": at.isoformat(), "note": u} for d, u, at in logins],
        )
        for district in {row[0].lower() for row in logins} | {"nowhere"}:
            found = read_logins(data, district, YEARS[1] + timedelta(days=1))
            assert [(row.user_id, row.first_login_at) for row in found.rows] == [
                (u.lower(), at if at.tzinfo is None else at.astimezone(UTC).replace(tzinfo=None))
                for d, u, at in logins
                if d.lower() == district
            ]
            assert sum(found.elsewhere.values()) == len(logins) - len(found.rows)
        write(
            data / "courses.csv",
            ["active", "grade", "title", "subject", "course_id"],
            [
                {"course_id": n, "subject": s, "title": t, "grade": g, "active": a}
                for n, (s, t, g, a) in enumerate(titles)
            ],
        )
        assert [(c.course_id, c.subject, c.title, c.grade, c.active) for c in read_courses(data)] == [
            (str(n), *row) for n, row in enumerate(titles)
        ]


def test_ndjson_loads_into_duckdb_with_explicit_types(tmp_path: Path) -> None:
    file = tmp_path / "rows.ndjson"

    def load(columns: str) -> list[tuple[object, ...]]:
        sql = f"SELECT * FROM read_json($file, format='newline_delimited', columns={columns})"
        with duckdb.connect() as connection:
            return connection.execute(sql, {"file": str(file)}).fetchall()

    write_ndjson(
        [Login("u1", datetime(2025, 8, 18, 14, 30, 0, 250_000), 2), Login('ü"\n', datetime(2025, 8, 18), 3)], file
    )
    assert file.read_text() == (
        '{"user_id":"u1","first_login_at":"2025-08-18T14:30:00.250000","line":2}\n'
        '{"user_id":"ü\\"\\n","first_login_at":"2025-08-18T00:00:00","line":3}\n'
    )
    logins = "{user_id: 'VARCHAR', first_login_at: 'TIMESTAMP', line: 'INTEGER'}"
    assert load(logins) == [
        ("u1", datetime(2025, 8, 18, 14, 30, 0, 250_000), 2),
        ('ü"\n', datetime(2025, 8, 18), 3),
    ]
    write_ndjson([Course("a", "S", "T", None, True, 2)], file)
    assert file.read_text() == ('{"course_id":"a","subject":"S","title":"T","grade":null,"active":true,"line":2}\n')
    assert load("{course_id: 'VARCHAR', grade: 'VARCHAR', active: 'BOOLEAN'}") == [("a", None, True)]
    write_ndjson([], file)
    assert load(logins) == []


def test_import_is_cheap() -> None:
    code = "import sys, roster_pipeline.mapping.inputs; print(*{m.partition('.')[0] for m in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    assert "msgspec" in loaded
    assert not {"dagster", "pandas", "duckdb", "pyarrow", "numpy"} & set(loaded)


def test_a_cell_that_may_name_somebody_is_not_quoted(tmp_path: Path) -> None:
    """In a line whose columns are shifted; the sentence goes into Dagster's log."""
    for shifted in ("Moss noor@example.org", "noor@example.org", "Rae Moss"):
        (tmp_path / "logins.csv").write_text(f"district,user_id,first_login_at\nd,ann,{shifted}\n")
        with pytest.raises(InputError) as raised:
            read_logins(tmp_path, "d", datetime(2026, 11, 23))
        assert f"a text of {len(shifted)} characters is not an ISO 8601 date or time" in str(raised.value)
        assert "Moss" not in str(raised.value)


RULE_HEADER = f"rule_id,subject,grade,clever_course,course_id,{RULE_MAY_HAVE}".replace(" ", "")


def test_what_a_rule_may_say_besides(tmp_path: Path) -> None:
    """Cells that are empty say nothing; several courses are written as the catalog has them, each once."""
    lines = f"{RULE_HEADER}\nr1,,,,MATH-6; math-6,North,101,Alg,regex,S1,2,10,off\nr2,Math,,,math-6,,,,,,,,\n"
    first, second = read(tmp_path, "mapping_rules.csv", lines.encode())
    assert first == MappingRule(
        "r1", None, None, None, "math-6", 2, "North", "101", "Alg", "regex", "S1", "2", 10, False
    )
    assert second == MappingRule("r2", "Math", None, None, "math-6", 3)


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (",,,,,,,x,", "column priority: 'x' is not a whole number. Write it like 10."),
        (",,,,,,,,perhaps", "column active: 'perhaps' is none of on, off, true, false, yes, no. Write one of these."),
        (",,,,like,,,,", "column match: 'like' is none of prefix, suffix, contains, regex. Write one of these."),
    ],
)
def test_what_a_rule_may_not_say(tmp_path: Path, cells: str, said: str) -> None:
    site, *more = cells.split(",")[1:]
    content = f"{RULE_HEADER}\nr1,Math,,,math-6,{','.join([site, *more])}\n".encode()
    assert error(tmp_path, "mapping_rules.csv", content) == f"mapping_rules.csv, line 2, {said}"
