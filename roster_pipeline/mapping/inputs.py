"""The CSV files that people edit in `data/`: read, checked column by column, handed on as typed rows.

Belongs here: what each file must look like, and a sentence for every way in which it does not. Does not
belong here: what a cell may hold (`cells.py`), what the rows mean for a roster (the steps' SQL), Dagster, DuckDB.

A file may have a line per person, so a rule (`cells.py`) reads a whole column at once. Only when it finds a fault
there, the same rule is asked about each cell, to say which line it is.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import accumulate, compress
from operator import itemgetter
from pathlib import Path
from typing import Annotated, Generic, Literal, NamedTuple, TypeVar, get_args

import msgspec

from roster_pipeline.errors import InputError
from roster_pipeline.mapping.cells import (
    CellError,
    Cells,
    Parse,
    not_after,
    optional,
    or_else,
    quoted,
    required,
    small,
    text,
    utc,
    whole,
    word,
)

CLEVER_SUBJECTS = (
    "english/language arts",
    "math",
    "science",
    "social studies",
    "language",
    "homeroom/advisory",
    "interventions/online learning",
    "technology and engineering",
    "PE and health",
    "arts and music",
    "other",
)
SHIPPED = Path(__file__).resolve().parents[2] / "data"
"""Where the files are as they came with the release."""
NOTE = "note"  # a column for the people who edit: any file may have it, nothing reads it
LISTED_LINES = 5
EnrollmentSource = Literal["clever", "manual"]
CleverSubject = Annotated[str, "one that Clever has"]
Id = Annotated[str, "in small letters"]
"""An id of Clever's or ours. Both are hexadecimal, so it means the same in capitals, and is read in small letters."""


class Course(msgspec.Struct, frozen=True, gc=False):
    """A course of the platform's own catalog; `line`, here and below, is the line of the file."""

    course_id: str
    subject: str
    title: str
    grade: str | None
    active: bool
    line: int


class SectionCourse(msgspec.Struct, frozen=True, gc=False):
    """A course that hangs on a section; `section_id` is the platform's or Clever's."""

    section_id: Id
    course_id: str
    line: int


class Subject(msgspec.Struct, frozen=True, gc=False):
    """A subject of Clever's and one of the catalog that agree; `also_called` is the latter in other words, with `/`."""

    clever_subject: CleverSubject
    catalog_subject: str
    also_called: str | None
    line: int


NameMatch = Literal["prefix", "suffix", "contains", "regex"]


class MappingRule(msgspec.Struct, frozen=True, gc=False):
    """Courses for every section that agrees with all that is given.

    `course_id` may be several, with `;` between them. `match` says how `section_name` is compared; of the rules that
    take a section only those with the smallest `priority` count.
    """

    rule_id: str
    subject: str | None
    grade: str | None
    clever_course: str | None
    course_id: str
    line: int
    site: str | None = None
    course_number: str | None = None
    section_name: str | None = None
    match: NameMatch = "contains"
    term: str | None = None
    period: str | None = None
    priority: int = 100
    active: bool = True


class Login(msgspec.Struct, frozen=True, gc=False):
    """A person's first login, in naive UTC; `user_id` is the platform's or Clever's."""

    user_id: Id
    first_login_at: datetime
    line: int


class SiteSetting(msgspec.Struct, frozen=True, gc=False):
    """Where a site's enrollments come from; `site_id` is the platform's or Clever's."""

    site_id: Id
    enrollment_source: EnrollmentSource
    line: int


# Each file: its name, its key, and columns of which a line must fill in at least one. Its columns are the
# row's fields, after `district` when that is in the key.
_FILES: dict[type[msgspec.Struct], tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    Course: ("courses.csv", ("course_id",), ()),
    Subject: ("subjects.csv", ("clever_subject", "catalog_subject"), ()),
    SectionCourse: ("section_courses.csv", ("district", "section_id", "course_id"), ()),
    MappingRule: (
        "mapping_rules.csv",
        ("rule_id",),
        ("subject", "grade", "clever_course", "site", "course_number", "section_name", "term", "period"),
    ),
    Login: ("logins.csv", ("district", "user_id"), ()),
    SiteSetting: ("sites.csv", ("district", "site_id"), ()),
}

_OPTIONAL: dict[type[msgspec.Struct], tuple[str, ...]] = {
    MappingRule: (
        "district",
        *("site", "course_number", "section_name", "match", "term", "period", "priority", "active"),
    )
}
"""Columns that may be missing from the header."""

_Row = TypeVar("_Row", bound=msgspec.Struct)
_Problem = tuple[int, str | None, str, str]  # line, column, what is wrong, what to do


class Lines(NamedTuple, Generic[_Row]):
    """What a file says of one district, and how many lines it has for each other one, by slug."""

    rows: list[_Row]
    elsewhere: Mapping[str, int]


class _Table(NamedTuple):
    """A file as it stands: its header, then the lines that are not blank and have as many cells, by column.

    `ragged` are the lines that have another number of cells, `broken` is where it stops being CSV.
    """

    line: int
    header: list[str]
    lines: Sequence[int]
    columns: list[list[str]]
    ragged: list[_Problem]
    broken: list[_Problem]


def _mappable(courses: Sequence[Course], between: str | None = None) -> Parse:
    """A course that may be mapped; with `between`, several with that between them."""
    catalog = {course.course_id.lower(): course for course in courses}

    def parts(cell: str) -> list[str]:
        return [part.strip() for part in cell.split(between)] if between else [cell]

    def parse(cells: Cells) -> Sequence[str]:
        for cell in {part for several in set(required(cells)) for part in parts(several)}:
            course = catalog.get(cell.lower())
            if course is None:
                raise CellError(f"unknown course {quoted(cell)}", "Correct it, or add the course to courses.csv")
            if not course.active:
                what = f"course {quoted(cell)} is inactive (courses.csv, line {course.line})"
                raise CellError(what, "Name another course, or make this one active in courses.csv")
        return [
            (between or "").join(dict.fromkeys(catalog[p.lower()].course_id for p in parts(cell))) for cell in cells
        ]

    return parse


_PARSE: dict[object, Parse] = {
    str: required,
    str | None: optional,
    Id: small,
    CleverSubject: word({subject.lower(): subject for subject in CLEVER_SUBJECTS}),
    bool: word({"true": True, "false": False, "yes": True, "no": False, "1": True, "0": False}),
    datetime: utc,
    EnrollmentSource: word({"clever": "clever", "manual": "manual"}),
    NameMatch: word({name: name for name in get_args(NameMatch)}),
    int: whole,
}


def _error(path: Path, problems: list[_Problem]) -> InputError:
    """The first problem, with the number of the others and the lines where they are."""
    line, column, what, do = problems[0]
    if more := len(problems) - 1:
        lines = list(dict.fromkeys(problem[0] for problem in problems[1:]))
        listed = ", ".join(map(str, lines[:LISTED_LINES])) + (", ..." if len(lines) > LISTED_LINES else "")
        what += f" (and {more} more {'problem' if more == 1 else 'problems'} in this file, "
        what += f"{'line' if len(lines) == 1 else 'lines'} {listed})"
    return InputError(path, what, do=do, line=line, column=column)


def _load(path: Path, header: str) -> bytes:
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


def _table(raw: bytes) -> _Table:
    lines_of_text = io.TextIOWrapper(io.BytesIO(raw), "utf-8", newline="")
    reader = csv.reader(lines_of_text, strict=True, skipinitialspace=True)
    cells: list[str] = []
    widths: list[int] = []
    lines = [1]  # on which each record begins, physically
    broken: list[_Problem] = []
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
        return _Table(lines[0], cells[:width], lines[1:-1], columns, [], broken)
    starts = accumulate(widths, initial=0)
    records = [(line, cells[at : at + width]) for line, at, width in zip(lines, starts, widths, strict=False)]
    (line, header), *rows = [(line, record) for line, record in records if any(record)] or [(1, [])]
    do = "Give every column one cell, empty or not; a value with a comma goes into double quotes"
    ragged: list[_Problem] = [
        (at, None, f"the header has {len(header)} cells, this line {len(row)}", do)
        for at, row in rows
        if len(row) != len(header)
    ]
    whole = [(at, row) for at, row in rows if len(row) == len(header)]
    columns = [[row[n] for _, row in whole] for n in range(len(header))]
    return _Table(line, header, [at for at, _ in whole], columns, ragged, broken)


def _header_problems(
    columns: Sequence[str], optional: Sequence[str], line: int, header: list[str]
) -> Iterator[_Problem]:
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


def _faults(lines: Sequence[int], cells: Cells, name: str, parse: Parse) -> Iterator[_Problem]:
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


def _duplicates(lines: Sequence[int], key: Mapping[str, Cells]) -> Iterator[_Problem]:
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


def _values(
    row: type[_Row], table: _Table, parse: Mapping[str, Parse]
) -> tuple[dict[str, Sequence[object]], list[_Problem]]:
    """The values of each column, by name, and the problems by line; the values count when there are none."""
    _, key, one_of = _FILES[row]
    cells = dict(zip(table.header, table.columns, strict=True))
    problems = list(table.ragged)
    values: dict[str, Sequence[object]] = {}
    for name, parse_cells in parse.items():
        try:
            values[name] = parse_cells(cells[name])
        except CellError:
            problems += _faults(table.lines, cells[name], name, parse_cells)
    if one_of:
        what = f"without any of {', '.join(one_of)} it would match every section"
        given = zip(*(cells[name] for name in one_of if name in cells), strict=True)
        empty = compress(table.lines, (not any(line) for line in given))
        problems += ((line, None, what, "Fill in at least one of them") for line in empty)
    problems += _duplicates(table.lines, {name: cells[name] for name in key})
    return values, [*sorted(problems, key=itemgetter(0)), *table.broken]


def _read(row: type[_Row], data: Path, district: str | None = None, **parse: Parse) -> Lines[_Row]:
    """The file's rows, of all districts or one; `parse` reads columns that ask for more than their type."""
    file, key, _ = _FILES[row]
    optional = _OPTIONAL.get(row, ())
    fields = {f.name: f for f in msgspec.structs.fields(row) if f.name != "line"}
    columns = {name: parse.get(name) or _PARSE[f.type] for name, f in fields.items()}
    columns |= {name: or_else(columns[name], fields[name].default) for name in optional if name in fields}
    columns = {"district": small} | columns if "district" in key else columns
    first_line = ",".join(name for name in columns if name not in optional)
    table = _table(_load(data / file, first_line))
    table = table._replace(header=[name.lower() for name in table.header])
    if table.header:
        problems = list(_header_problems(list(columns), [*optional, NOTE], table.line, table.header))
    else:
        problems = table.broken or [(1, None, "the file is empty", f"Make `{first_line}` its first line")]
    if problems:
        raise _error(data / file, problems)
    if "district" in optional and "district" in table.header:
        columns = {"district": lambda cells: [cell.lower() or None for cell in text(cells)]} | columns
    columns = {name: read for name, read in columns.items() if name in table.header}
    values, problems = _values(row, table, columns)
    if problems:
        raise _error(data / file, problems)
    where = values.pop("district", [district] * len(table.lines))
    here = [slug is None or slug == district for slug in where]
    lacking = {name: [f.default] * len(table.lines) for name, f in fields.items() if name not in values}
    values = {**lacking, **values, "line": table.lines}
    rows = list(map(row, *(compress(values[f.name], here) for f in msgspec.structs.fields(row))))
    elsewhere = {str(slug): lines for slug, lines in Counter(where).items() if slug not in (None, district)}
    return Lines(rows, elsewhere)


def read_courses(data: Path) -> list[Course]:
    """The rows of courses.csv, in the order of the file. Raises InputError, as all of these do."""
    return _read(Course, data).rows


def read_subjects(data: Path) -> list[Subject]:
    """The rows of subjects.csv; a folder that has none goes by the one that is shipped."""
    return _read(Subject, data if (data / "subjects.csv").exists() else SHIPPED).rows


def read_section_courses(data: Path, district: str, courses: Sequence[Course]) -> Lines[SectionCourse]:
    """The district's rows of section_courses.csv; a mistake in another district's row raises too."""
    return _read(SectionCourse, data, district, course_id=_mappable(courses))


def read_rules(data: Path, district: str, courses: Sequence[Course]) -> Lines[MappingRule]:
    """The rows of mapping_rules.csv that hold for the district: its own, and those that name none."""
    on_or_off = word({"on": True, "off": False, "true": True, "false": False, "yes": True, "no": False})
    return _read(MappingRule, data, district, course_id=_mappable(courses, between=";"), active=on_or_off)


def read_logins(data: Path, district: str, latest: datetime) -> Lines[Login]:
    """The district's rows of logins.csv; a mistake in another district's row raises too, as does one after `latest`."""
    return _read(Login, data, district, first_login_at=not_after(latest))


def read_site_settings(data: Path, district: str) -> Lines[SiteSetting]:
    """The district's rows of sites.csv; a mistake in another district's row raises too."""
    return _read(SiteSetting, data, district)


def write_ndjson(rows: Sequence[msgspec.Struct], file: Path) -> None:
    """One JSON object a line, for DuckDB's `read_json` with explicit columns; no rows make an empty file."""
    file.write_bytes(msgspec.json.Encoder().encode_lines(rows))
