"""The CSV files that people edit in `data/`: read, checked cell by cell, handed on as typed rows.

Belongs here: what each file must look like, and a sentence for every way in which it does not. Does not
belong here: what the rows mean for a roster (that is in the steps' SQL), Dagster, DuckDB.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from operator import itemgetter
from pathlib import Path
from typing import Annotated, Generic, Literal, NamedTuple, TypeVar

import msgspec

from roster_pipeline.errors import InputError

NOTE = "note"  # a column for the people who edit: any file may have it, nothing reads it
LISTED_LINES = 5
QUOTED_CHARACTERS = 60
EnrollmentSource = Literal["clever", "manual"]
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


class MappingRule(msgspec.Struct, frozen=True, gc=False):
    """A course for every section that agrees with what is given of subject, grade and clever_course."""

    rule_id: str
    subject: str | None
    grade: str | None
    clever_course: str | None
    course_id: str
    line: int


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
    SectionCourse: ("section_courses.csv", ("district", "section_id", "course_id"), ()),
    MappingRule: ("mapping_rules.csv", ("rule_id",), ("subject", "grade", "clever_course")),
    Login: ("logins.csv", ("district", "user_id"), ()),
    SiteSetting: ("sites.csv", ("district", "site_id"), ()),
}

_OPTIONAL: dict[type[msgspec.Struct], tuple[str, ...]] = {MappingRule: ("district",)}
"""Columns that may be missing from the header."""

_Row = TypeVar("_Row", bound=msgspec.Struct)
_Parse = Callable[[str], object]
_Records = Iterator[tuple[int, list[str]]]  # line and cells
_Problem = tuple[int, str | None, str, str]  # line, column, what is wrong, what to do


class Lines(NamedTuple, Generic[_Row]):
    """What a file says of one district, and how many lines it has for each other one, by slug."""

    rows: list[_Row]
    elsewhere: Mapping[str, int]


class _CellError(Exception):
    """A cell that cannot be used; its arguments are what is wrong and what to do."""


def _quoted(value: str) -> str:
    return repr(value if len(value) <= QUOTED_CHARACTERS else value[:QUOTED_CHARACTERS] + "...")


_MANGLED = re.compile(r"[-+]?\d+(?:[.,]\d+E[-+]?\d+|E[-+]\d+)|#(?:[A-Z/0]+[!?]|N/A|#+)", re.IGNORECASE)
"""What spreadsheets make of a long number, and of a text that begins like a formula."""


def _text(cell: str) -> str:
    if _MANGLED.fullmatch(cell):
        do = "Format the column as text (in Excel: Format Cells, Text), then paste the values into it once more"
        raise _CellError(f"{_quoted(cell)} is not the value, but what a spreadsheet made of it", do)
    return cell


def _required(cell: str) -> str:
    if not cell:
        raise _CellError("the cell is empty", "Fill it in, or remove the line")
    return _text(cell)


def _word(words: dict[str, object]) -> _Parse:
    def parse(cell: str) -> object:
        if _required(cell).lower() not in words:
            raise _CellError(f"{_quoted(cell)} is none of {', '.join(words)}", "Write one of these")
        return words[cell.lower()]

    return parse


_EPOCH = datetime(1970, 1, 1)
_EPOCH_UTC = datetime(1970, 1, 1, tzinfo=UTC)


def _utc(cell: str) -> datetime:
    # fromisoformat takes any character between date and time: it would read the offset of
    # 2025-08-18-07:00 as seven in the morning.
    separator = cell[10:11] if _required(cell)[4:5] == "-" else cell[8:9]
    try:
        moment = datetime.fromisoformat(cell if separator in "T " else "")
        # Three times as fast as astimezone and replace.
        return moment if moment.tzinfo is None else _EPOCH + (moment - _EPOCH_UTC)
    except (ValueError, OverflowError):
        do = "Write it like 2025-08-18 or 2025-08-18T14:30:00Z"
        raise _CellError(f"{_quoted(cell)} is not an ISO 8601 date or time", do) from None


def _not_after(latest: datetime) -> _Parse:
    def parse(cell: str) -> datetime:
        moment = _utc(cell)
        if moment > latest:
            raise _CellError(f"{_quoted(cell)} is in the future", "Write when it was; a day ahead is let pass")
        return moment

    return parse


def _mappable(courses: Sequence[Course]) -> _Parse:
    catalog = {course.course_id.lower(): course for course in courses}

    def parse(cell: str) -> str:
        course = catalog.get(_required(cell).lower())
        if course is None:
            raise _CellError(f"unknown course {_quoted(cell)}", "Correct it, or add the course to courses.csv")
        if not course.active:
            what = f"course {_quoted(cell)} is inactive (courses.csv, line {course.line})"
            raise _CellError(what, "Name another course, or make this one active in courses.csv")
        return course.course_id

    return parse


_PARSE: dict[object, _Parse] = {
    str: _required,
    str | None: lambda cell: _text(cell) or None,
    Id: lambda cell: _required(cell).lower(),
    bool: _word({"true": True, "false": False, "yes": True, "no": False, "1": True, "0": False}),
    datetime: _utc,
    EnrollmentSource: _word({"clever": "clever", "manual": "manual"}),
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


def _records(raw: bytes, problems: list[_Problem]) -> _Records:
    """The cells of every line that is not blank, with the physical line on which they begin."""
    text = io.TextIOWrapper(io.BytesIO(raw), "utf-8", newline="")
    reader = csv.reader(text, strict=True, skipinitialspace=True)
    line = 1
    try:
        for record in reader:
            cells = [cell.strip() for cell in record]
            if any(cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        what = f"not valid CSV ({error})"
        if "end of data" in what:
            what = "a quote is opened and never closed"
        elif "field limit" in what:  # which a long file meets before its end
            what = f"a cell of more than {csv.field_size_limit()} characters, as when a quote is never closed"
        do = "Close the quote, and write a quote that belongs to the text twice"
        problems.append((line, None, what, do))


def _header_problems(
    columns: Sequence[str], optional: Sequence[str], line: int, header: list[str]
) -> Iterator[_Problem]:
    known = f"the columns are {', '.join(columns)} and, if wanted, {', '.join(optional)}, with commas between them"
    for at, name in enumerate(header):
        if name not in columns and name not in optional:
            yield line, None, f"unknown column {_quoted(name)}", f"Rename or remove it; {known}"
        elif (first := header.index(name)) < at:
            what = f"the header names it twice, in its cells {first + 1} and {at + 1}"
            yield line, name, what, "Remove one of the two"
    for name in columns:
        if name not in header:
            yield line, name, "missing from the header", f"Add it; {known}"


def _rows(
    row: type[_Row], parse: dict[str, _Parse], header: list[str], records: _Records, problems: list[_Problem]
) -> Iterator[tuple[object, _Row]]:
    """Every row without a fault, with its district (None where it names none)."""
    _, key, one_of = _FILES[row]
    columns = [(header.index(name), name, parse[name]) for name in parse]
    key_cells = itemgetter(*map(header.index, key))
    fields_from = list(parse).index(row.__struct_fields__[0])
    seen: dict[object, int] = {}
    for line, cells in records:
        if len(cells) != len(header):
            what = f"the header has {len(header)} cells, this line {len(cells)}"
            do = "Give every column one cell, empty or not; a value with a comma goes into double quotes"
            problems.append((line, None, what, do))
            continue
        values = []
        for at, name, parse_cell in columns:
            try:
                values.append(parse_cell(cells[at]))
            except _CellError as error:
                problems.append((line, name, *error.args))
        if one_of and not any(cells[header.index(name)] for name in one_of):
            what = f"without {', '.join(one_of)} it would match every section"
            problems.append((line, None, what, "Fill in at least one of them"))
        earlier = seen.setdefault(key_cells([cell.lower() for cell in cells]), line)
        if earlier != line and all(cells[header.index(name)] for name in key):
            what = f"duplicate line: the same {', '.join(key)} as line {earlier}"
            problems.append((line, None, what, "Remove one of the two"))
        if len(values) == len(columns):
            yield (values[0] if fields_from else None), row(*values[fields_from:], line)


def _read(row: type[_Row], data: Path, district: str | None = None, **parse: _Parse) -> Lines[_Row]:
    """The file's rows, of all districts or one; `parse` reads columns that ask for more than their type."""
    file, key, _ = _FILES[row]
    optional = _OPTIONAL.get(row, ())
    fields = {f.name: _PARSE[f.type] for f in msgspec.structs.fields(row) if f.name != "line"} | parse
    columns = {"district": _PARSE[Id]} | fields if "district" in key else fields
    problems: list[_Problem] = []
    records = _records(_load(data / file, ",".join(columns)), problems)
    line, header = next(records, (1, []))
    header = [name.lower() for name in header]
    if header:
        problems += _header_problems(list(columns), [*optional, NOTE], line, header)
    elif not problems:
        problems.append((1, None, "the file is empty", f"Make `{','.join(columns)}` its first line"))
    if "district" in optional and "district" in header:
        columns = {"district": lambda cell: _text(cell).lower() or None} | columns
    rows: list[_Row] = []
    elsewhere: Counter[str] = Counter()
    for where, found in () if problems else _rows(row, columns, header, records, problems):
        if where in (None, district):
            rows.append(found)
        else:
            elsewhere[str(where)] += 1
    if problems:
        raise _error(data / file, problems)
    return Lines(rows, elsewhere)


def read_courses(data: Path) -> list[Course]:
    """The rows of courses.csv, in the order of the file. Raises InputError, as all of these do."""
    return _read(Course, data).rows


def read_section_courses(data: Path, district: str, courses: Sequence[Course]) -> Lines[SectionCourse]:
    """The district's rows of section_courses.csv; a mistake in another district's row raises too."""
    return _read(SectionCourse, data, district, course_id=_mappable(courses))


def read_rules(data: Path, district: str, courses: Sequence[Course]) -> Lines[MappingRule]:
    """The rows of mapping_rules.csv that hold for the district: its own, and those that name none."""
    return _read(MappingRule, data, district, course_id=_mappable(courses))


def read_logins(data: Path, district: str, latest: datetime) -> Lines[Login]:
    """The district's rows of logins.csv; a mistake in another district's row raises too, as does one after `latest`."""
    return _read(Login, data, district, first_login_at=_not_after(latest))


def read_site_settings(data: Path, district: str) -> Lines[SiteSetting]:
    """The district's rows of sites.csv; a mistake in another district's row raises too."""
    return _read(SiteSetting, data, district)


def write_ndjson(rows: Sequence[msgspec.Struct], file: Path) -> None:
    """One JSON object a line, for DuckDB's `read_json` with explicit columns; no rows make an empty file."""
    file.write_bytes(msgspec.json.Encoder().encode_lines(rows))
