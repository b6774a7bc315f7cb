"""The CSV files that people edit in `data/`: what each must look like, as typed rows.

Belongs here: their columns, but for those of the rules (`rules.py`). Does not belong here: how a CSV file is read
(`csv_file.py`), what a cell may hold (`cells.py`), what the rows mean for a roster (the steps' SQL), Dagster, DuckDB.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import msgspec

from roster_pipeline.mapping.cells import (
    CellError,
    Cells,
    Parse,
    not_after,
    number_to,
    optional,
    quoted,
    required,
    small,
    time_zone,
    utc,
    whole_to,
    word,
)
from roster_pipeline.mapping.csv_file import File, Lines, read

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
BETWEEN = ";"
"""What is between courses where a cell names several."""
SHIPPED = Path(__file__).resolve().parents[2] / "data"
"""Where the files are as they came with the release."""
EnrollmentSource = Literal["clever", "manual"]
CleverSubject = Annotated[str, "one that Clever has"]
TimeZone = Annotated[str, "as the tz database names it"]
Percent = Annotated[float, "0 to 100"]
Records = Annotated[int, "a number of them"]
CourseId = Annotated[str, "without what is between several"]
Id = Annotated[str, "in small letters"]
"""An id of Clever's or ours. Both are hexadecimal, so it means the same in capitals, and is read in small letters."""


class Course(msgspec.Struct, frozen=True, gc=False):
    """A course of the platform's own catalog; `line`, here and below, is the line of the file."""

    course_id: CourseId
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


class Login(msgspec.Struct, frozen=True, gc=False):
    """A person's first login, in naive UTC; `user_id` is the platform's or Clever's."""

    user_id: Id
    first_login_at: datetime
    line: int


class SiteSetting(msgspec.Struct, frozen=True, gc=False):
    """Where a site's enrollments come from, where its days begin, and limits of the guards that count there alone."""

    site_id: Id
    enrollment_source: EnrollmentSource
    line: int
    time_zone: TimeZone | None = None
    archive_percent: Percent | None = None
    archive_count: Records | None = None
    update_percent: Percent | None = None
    mapping_percent: Percent | None = None
    move_percent: Percent | None = None


_FILES: dict[type[msgspec.Struct], File] = {
    Course: File("courses.csv", key=("course_id",)),
    Subject: File("subjects.csv", key=("clever_subject", "catalog_subject")),
    SectionCourse: File("section_courses.csv", key=("district", "section_id", "course_id")),
    Login: File("logins.csv", key=("district", "user_id")),
    SiteSetting: File(
        "sites.csv",
        key=("district", "site_id"),
        optional=("time_zone", "archive_percent", "archive_count", "update_percent", "mapping_percent", "move_percent"),
    ),
}
_Row = TypeVar("_Row", bound=msgspec.Struct)


def mappable(courses: Sequence[Course], between: str | None = None) -> Parse:
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
                raise CellError(what, "Name another course, remove the line, or make this one active in courses.csv")
        return [
            (between or "").join(dict.fromkeys(catalog[p.lower()].course_id for p in parts(cell))) for cell in cells
        ]

    return parse


def _course_ids(cells: Cells) -> Cells:
    """Ids of courses: rules and spreadsheets name several in one cell."""
    for cell in required(cells):
        if BETWEEN in cell:
            do = f"Call the course by an id without `{BETWEEN}`, which is between several"
            raise CellError(f"{quoted(cell)} has `{BETWEEN}` in it", do)
    return cells


_TYPES: dict[object, Parse] = {
    str: required,
    CourseId: _course_ids,
    str | None: optional,
    Id: small,
    CleverSubject: word({subject.lower(): subject for subject in CLEVER_SUBJECTS}),
    bool: word({"true": True, "false": False, "yes": True, "no": False, "1": True, "0": False}),
    datetime: utc,
    EnrollmentSource: word({"clever": "clever", "manual": "manual"}),
    TimeZone | None: time_zone,
    Percent | None: number_to(100),
    Records | None: whole_to(100_000_000),
}


def _read(row: type[_Row], data: Path, district: str | None = None, **parse: Parse) -> Lines[_Row]:
    return read(_FILES[row], row, _TYPES, data, district, **parse)


def read_courses(data: Path) -> list[Course]:
    """The rows of courses.csv, in the order of the file. Raises InputError, as all of these do."""
    return _read(Course, data).rows


def read_subjects(data: Path) -> list[Subject]:
    """The rows of subjects.csv; a folder that has none goes by the one that is shipped."""
    return _read(Subject, data if (data / "subjects.csv").exists() else SHIPPED).rows


def read_section_courses(data: Path, district: str, courses: Sequence[Course]) -> Lines[SectionCourse]:
    """The district's rows of section_courses.csv; a mistake in another district's row raises too."""
    return _read(SectionCourse, data, district, course_id=mappable(courses))


def read_logins(data: Path, district: str, latest: datetime) -> Lines[Login]:
    """The district's rows of logins.csv; a mistake in another district's row raises too, as does one after `latest`."""
    return _read(Login, data, district, first_login_at=not_after(latest))


def read_site_settings(data: Path, district: str) -> Lines[SiteSetting]:
    """The district's rows of sites.csv; a mistake in another district's row raises too."""
    return _read(SiteSetting, data, district)


def write_ndjson(rows: Sequence[msgspec.Struct], file: Path) -> None:
    """One JSON object a line, for DuckDB's `read_json` with explicit columns; no rows make an empty file."""
    file.write_bytes(msgspec.json.Encoder().encode_lines(rows))
