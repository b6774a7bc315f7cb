"""The platform's side of a synthetic district: the CSV files that people edit in `data/`.

Belongs here: writing courses, mapping, rules, first logins and site settings that look like life. Does
not belong here: reading them; the pipeline does that and never imports this.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from clever_sandbox.district.csv_files import read_rows
from clever_sandbox.district.ids import clever_id, share, slug
from clever_sandbox.district.load import SECTIONS, read_profile
from clever_sandbox.district.people import STUDENTS, TEACHERS, employee_key
from clever_sandbox.generator.catalog import ALSO, COURSES, MAPPED_BY_RULE, MEANS, RULES
from clever_sandbox.generator.timetable import EVENING_SCHOOL

_FIRST_DAY = datetime(2026, 8, 10, 8, 0, tzinfo=UTC)
_MINUTES_UNTIL_NOVEMBER = 100 * 24 * 60


def write_inputs(district: Path, into: Path) -> None:
    """Writes the five input files for the district in a folder; ids in them are Clever's."""
    into.mkdir(parents=True, exist_ok=True)
    profile = read_profile(district)
    name = slug(profile.name)
    _write(
        into / "courses.csv",
        ("course_id", "subject", "title", "grade", "active"),
        ((c.course_id, c.subject, c.title, c.grade, str(c.active).lower()) for c in COURSES),
    )
    _write(
        into / "mapping_rules.csv",
        ("rule_id", "subject", "grade", "clever_course", "course_id"),
        ((r.rule_id, r.subject, r.grade, r.clever_course, r.course_id) for r in RULES),
    )
    _write(
        into / "section_courses.csv",
        ("district", "section_id", "course_id"),
        ((name, *pair) for pair in _section_courses(profile.id, district)),
    )
    _write(
        into / "logins.csv",
        ("district", "user_id", "first_login_at"),
        ((name, *login) for login in _logins(profile.id, district)),
    )
    has_evening = any(r["School_id"] == EVENING_SCHOOL for r in read_rows(district / "schools.csv", ()))
    _write(
        into / "sites.csv",
        ("district", "site_id", "enrollment_source"),
        [(name, clever_id(profile.id, "school", EVENING_SCHOOL), "manual")] if has_evening else (),
    )


def _write(file: Path, header: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as text:
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def _section_courses(district_id: str, district: Path) -> Iterator[tuple[str, str]]:
    """Most sections with the course that their Clever course means, some with a second one.

    Left out are those the rules catch, a twelfth that nobody got round to, and the evening school.
    """
    for row in read_rows(district / "sections.csv", SECTIONS):
        section_id, course = clever_id(district_id, "section", row["Section_id"]), row["Course_name"]
        if row["School_id"] == EVENING_SCHOOL or course in MAPPED_BY_RULE or share(section_id, 12) == 0:
            continue
        for course_id in MEANS.get(course, ()):
            yield section_id, course_id
        if course in ALSO and share(section_id, 3) == 0:
            yield section_id, ALSO[course]


def _logins(district_id: str, district: Path) -> Iterator[tuple[str, str]]:
    """Six students in ten and nine teachers in ten, each with the minute of the first login."""
    seen = set()
    for row in read_rows(district / "students.csv", STUDENTS):
        if row["School_id"] != EVENING_SCHOOL and row["Student_id"] not in seen:
            seen.add(row["Student_id"])
            student = clever_id(district_id, "student", row["Student_id"])
            if share(student, 10) < 6:
                yield student, _moment(student)
    seen.clear()
    for row in read_rows(district / "teachers.csv", TEACHERS):
        if row["School_id"] != EVENING_SCHOOL and row["Teacher_id"] not in seen:
            seen.add(row["Teacher_id"])
            teacher = clever_id(district_id, *employee_key("teacher", row["Teacher_id"], row["Teacher_email"]))
            if share(teacher, 10) < 9:
                yield teacher, _moment(teacher)


def _moment(user_id: str) -> str:
    at = _FIRST_DAY + timedelta(minutes=share(user_id, _MINUTES_UNTIL_NOVEMBER))
    return at.isoformat().replace("+00:00", "Z")
