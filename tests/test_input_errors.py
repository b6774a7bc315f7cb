"""What the files that people edit may not say: literal bytes in, the literal sentence out."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from roster_pipeline.errors import InputError
from roster_pipeline.mapping.inputs import (
    read_logins,
)
from tests.inputs import COURSES, HEADERS, ISO, LOGINS, RULE_HEADER, RULES, SECTIONS, SITES, error, read

KNOWN_LOGINS = "the columns are district, user_id, first_login_at and, if wanted, note, with commas between them"
CLOSE_QUOTE = "Close the quote, and write a quote that belongs to the text twice."
ONE_CELL = "Give every column one cell, empty or not; a value with a comma goes into double quotes."
FILL_IN = "Fill it in, or remove the line."
MANGLED = (
    "not the value, but what a spreadsheet made of it. "
    "Format the column as text (in Excel: Format Cells, Text), then paste the values into it once more."
)
AS_UTF8 = "Save the file as UTF-8 (in Excel: CSV UTF-8)."


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
        "no time zone",
        "sites.csv",
        b"district,site_id,enrollment_source,time_zone\nriverbend-usd,a,clever,Denver\n",
        "sites.csv, line 2, column time_zone: 'Denver' is no time zone. "
        "Write a name such as America/Denver, or leave the cell empty.",
    ),
    (
        "the time zone of whatever machine",
        "sites.csv",
        b"district,site_id,enrollment_source,time_zone\nriverbend-usd,a,clever,localtime\n",
        "sites.csv, line 2, column time_zone: 'localtime' is no time zone. "
        "Write a name such as America/Denver, or leave the cell empty.",
    ),
    (
        "a time zone that is none",
        "sites.csv",
        b"district,site_id,enrollment_source,time_zone\nriverbend-usd,a,clever,Factory\n",
        "sites.csv, line 2, column time_zone: 'Factory' is no time zone. "
        "Write a name such as America/Denver, or leave the cell empty.",
    ),
    (
        "a number as programs write it",
        "sites.csv",
        b"district,site_id,enrollment_source,archive_count\nriverbend-usd,a,clever,1_000\n",
        "sites.csv, line 2, column archive_count: '1_000' is not a whole number. Write it like 10.",
    ),
    (
        "a number in other digits",
        "sites.csv",
        "district,site_id,enrollment_source,archive_count\nriverbend-usd,a,clever,٣٠\n".encode(),
        "sites.csv, line 2, column archive_count: '٣٠' is not a whole number. Write it like 10.",
    ),
    (
        "no percentage",
        "sites.csv",
        b"district,site_id,enrollment_source,archive_percent\nriverbend-usd,a,clever,nan\n",
        "sites.csv, line 2, column archive_percent: 'nan' is not a number from 0 to 100. "
        "Write one, or leave the cell empty.",
    ),
    (
        "no number of records",
        "sites.csv",
        b"district,site_id,enrollment_source,archive_count\nriverbend-usd,a,clever,-1\n",
        "sites.csv, line 2, column archive_count: '-1' is not a number from 0 to 100000000. "
        "Write one, or leave the cell empty.",
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
        "Name another course, remove the line, or make this one active in courses.csv.",
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
        "Name another course, remove the line, or make this one active in courses.csv.",
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
    (
        "an id that would be two where several are named",
        "courses.csv",
        COURSES + b"a,S,T,,1\nb;c,S,T,,1\n",
        "courses.csv, line 3, column course_id: 'b;c' has `;` in it. "
        "Call the course by an id without `;`, which is between several.",
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


def test_neither_notes_nor_titles_are_quoted(tmp_path: Path) -> None:
    content = (
        b"note,course_id,subject,title,grade,active\nMaria,,Maria,Maria,Maria,1\nMaria,a,Maria,Maria,Maria,1,Maria\n"
    )
    assert "Maria" not in error(tmp_path, "courses.csv", content)


def test_a_cell_that_may_name_somebody_is_not_quoted(tmp_path: Path) -> None:
    """In a line whose columns are shifted; the sentence goes into Dagster's log."""
    for shifted in ("Moss noor@example.org", "noor@example.org", "Rae Moss"):
        (tmp_path / "logins.csv").write_text(f"district,user_id,first_login_at\nd,ann,{shifted}\n")
        with pytest.raises(InputError) as raised:
            read_logins(tmp_path, "d", datetime(2026, 11, 23))
        assert f"a text of {len(shifted)} characters is not an ISO 8601 date or time" in str(raised.value)
        assert "Moss" not in str(raised.value)


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
