"""The platform's side of a synthetic district: the CSV files that people edit in `data/`.

Belongs here: writing courses, mapping, rules, first logins and site settings that look like life. Does
not belong here: reading them; the pipeline does that and never imports this.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from clever_sandbox.district.ids import clever_id, share, slug
from clever_sandbox.district.people import employee_key
from clever_sandbox.district.upload import Upload, school_of
from clever_sandbox.generator.catalog import ALSO, COURSES, MAPPED_BY_RULE, MEANS, RULES
from clever_sandbox.generator.timetable import EVENING_SCHOOL

_FIRST_DAY = datetime(2026, 8, 10, 8, 0, tzinfo=UTC)
_MINUTES_UNTIL_NOVEMBER = 100 * 24 * 60


def write_inputs(upload: Upload, into: Path, *, invented: bool = True) -> None:
    """Writes the five input files of a district; ids in them are Clever's.

    For a district from elsewhere nothing is invented: a catalog, and four files that say nothing yet.
    """
    into.mkdir(parents=True, exist_ok=True)
    district, name = upload.profile.id, slug(upload.profile.name)
    _write(
        into / "courses.csv",
        ("course_id", "subject", "title", "grade", "active"),
        ((c.course_id, c.subject, c.title, c.grade, str(c.active).lower()) for c in COURSES),
    )
    _write(
        into / "mapping_rules.csv",
        ("rule_id", "subject", "grade", "clever_course", "course_id"),
        ((r.rule_id, r.subject, r.grade, r.clever_course, r.course_id) for r in RULES if invented),
    )
    _write(
        into / "section_courses.csv",
        ("district", "section_id", "course_id"),
        ((name, *pair) for pair in _section_courses(upload) if invented),
    )
    _write(
        into / "logins.csv",
        ("district", "user_id", "first_login_at"),
        ((name, *login) for login in _logins(upload) if invented),
    )
    _write(
        into / "sites.csv",
        ("district", "site_id", "enrollment_source"),
        [(name, clever_id(district, "school", EVENING_SCHOOL), "manual")]
        if invented and EVENING_SCHOOL in upload.schools
        else (),
    )


def _write(file: Path, header: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as text:
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def _section_courses(upload: Upload) -> Iterator[tuple[str, str]]:
    """Most sections with the course that their Clever course means, some with a second one.

    Left out are those the rules catch, a twelfth that nobody got round to, and the evening school.
    """
    for sis_id, [row] in upload.sections.items():
        section_id, course = clever_id(upload.profile.id, "section", sis_id), row["Course_name"]
        if row["School_id"] == EVENING_SCHOOL or course in MAPPED_BY_RULE or share(section_id, 12) == 0:
            continue
        for course_id in MEANS.get(course, ()):
            yield section_id, course_id
        if course in ALSO and share(section_id, 3) == 0:
            yield section_id, ALSO[course]


def _logins(upload: Upload) -> Iterator[tuple[str, str]]:
    """Six students in ten and nine teachers in ten, each with the minute of the first login."""
    district = upload.profile.id
    for sis_id, packed in upload.students.packed.items():
        student = clever_id(district, "student", sis_id)
        if share(student, 10) < 6 and any(school_of(line) != EVENING_SCHOOL for line in packed):
            yield student, _moment(student)
    for sis_id, lines in upload.teachers.items():
        teacher = clever_id(district, *employee_key("teacher", sis_id, lines[0]["Teacher_email"]))
        if share(teacher, 10) < 9 and any(line["School_id"] != EVENING_SCHOOL for line in lines):
            yield teacher, _moment(teacher)


def _moment(user_id: str) -> str:
    at = _FIRST_DAY + timedelta(minutes=share(user_id, _MINUTES_UNTIL_NOVEMBER))
    return at.isoformat().replace("+00:00", "Z")
