"""A district of a few lines, written cell by cell by the test that needs it."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

Rows = Sequence[Mapping[str, str]]

DISTRICT = {
    "id": "64b0a1c2d3e4f5a6b7c8d901",
    "name": "Tiny USD",
    "sis_type": "sftp",
    "launch_date": "2026-08-10",
    "portal_url": "https://clever.example.org/in/tiny",
    "login_methods": ["Google"],
    "admins": [{"email": "boss@example.org", "name": {"first": "A", "last": "Admin"}, "title": ""}],
}

SCHOOL = {"School_id": "1", "School_name": "One", "School_number": "1"}
STUDENT = {"School_id": "1", "Student_id": "s1", "Last_name": "L", "First_name": "F"}
TEACHER = {
    "School_id": "1",
    "Teacher_id": "t1",
    "Last_name": "Teach",
    "First_name": "T",
    "Teacher_email": "t@example.org",
}
SECTION = {"School_id": "1", "Section_id": "c1", "Teacher_id": "t1", "Course_name": "Math", "Period": "2"}
ENROLLMENT = {"School_id": "1", "Section_id": "c1", "Student_id": "s1"}
STAFF = {"School_id": "1", "Staff_id": "f1", "Staff_email": "t@example.org", "First_name": "T", "Last_name": "Teach"}


def write_csv(file: Path, rows: Rows) -> None:
    columns = list(dict.fromkeys(column for row in rows for column in row))
    with file.open("w", encoding="utf-8", newline="") as text:
        writer = csv.DictWriter(text, columns)
        writer.writeheader()
        writer.writerows(rows)


def write_district(
    into: Path,
    *,
    district: Mapping[str, object] = DISTRICT,
    schools: Rows = (SCHOOL,),
    students: Rows = (STUDENT,),
    teachers: Rows = (TEACHER,),
    staff: Rows = (),
    sections: Rows = (SECTION,),
    enrollments: Rows = (ENROLLMENT,),
) -> Path:
    """One school, student, teacher and section, unless a test says otherwise."""
    into.mkdir(parents=True, exist_ok=True)
    (into / "district.json").write_text(json.dumps(district), encoding="utf-8")
    files = {
        "schools": schools,
        "students": students,
        "teachers": teachers,
        "staff": staff,
        "sections": sections,
        "enrollments": enrollments,
    }
    for name, rows in files.items():
        if rows:
            write_csv(into / f"{name}.csv", rows)
    return into
