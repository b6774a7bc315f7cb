"""The CSV files that people edit: literal bytes in, literal rows out."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
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
    SectionCourse,
    SiteSetting,
    Subject,
    read_courses,
    read_logins,
    read_subjects,
    write_ndjson,
)
from roster_pipeline.mapping.rules import MappingRule
from tests.inputs import HEADERS, ISO, LATEST, LOGINS, READERS, RULE_HEADER, RULE_MAY_HAVE, error, read

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
        "settings of a site that may be left out",
        "sites.csv",
        b"district,site_id,enrollment_source,time_zone,archive_percent,archive_count\n"
        b"riverbend-usd,a,clever,America/Denver,2.5,0\nriverbend-usd,b,clever,,,\n",
        [
            SiteSetting("a", "clever", 2, "America/Denver", archive_percent=2.5, archive_count=0),
            SiteSetting("b", "clever", 3),
        ],
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
        optional = {
            "mapping_rules.csv": f"district, {RULE_MAY_HAVE}, ",
            "sites.csv": "time_zone, archive_percent, archive_count, update_percent, mapping_percent, move_percent, ",
        }.get(file, "")
        assert error(tmp_path, file, ",".join(rest).encode()) == (
            f"{file}, line 1, column {name}: missing from the header. Add it; "
            f"the columns are {', '.join(names)} and, if wanted, {optional}note, with commas between them."
        )


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


def test_what_a_rule_may_say_besides(tmp_path: Path) -> None:
    """Cells that are empty say nothing; several courses are written as the catalog has them, each once."""
    lines = f"{RULE_HEADER}\nr1,,,,MATH-6; math-6,North,101,Alg,regex,S1,2,10,off\nr2,Math,,,math-6,,,,,,,,\n"
    first, second = read(tmp_path, "mapping_rules.csv", lines.encode())
    assert first == MappingRule(
        "r1", None, None, None, "math-6", 2, "North", "101", "Alg", "regex", "S1", "2", 10, False
    )
    assert second == MappingRule("r2", "Math", None, None, "math-6", 3)
