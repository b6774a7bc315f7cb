"""Days in a district without a server: what tests of the year share.

Belongs here: a fresh demo, a day, and whether an upload hangs together. Does not belong here: any test.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

from clever_sandbox.district.district import District
from clever_sandbox.district.upload import Lines, Upload
from clever_sandbox.year.advance import advance
from clever_sandbox.year.happening import Happening
from clever_sandbox.year.timetable import teachers_of

TODAY = date(2026, 11, 23)


def one(district: District, kind: str, day: date = TODAY, seed: int = 1) -> list[Happening]:
    """One change on a day."""
    return advance(district, seed, day=day, kinds=[kind])


def days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += timedelta(days=1)


def live(district: District, first: date, last: date, seed: int = 1) -> dict[date, list[Happening]]:
    """Every day as the calendar has it."""
    return {day: advance(district, seed, day=day) for day in days(first, last)}


def night(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 11, tzinfo=UTC)


def of_kind(happened: Sequence[Happening], kind: str) -> list[Happening]:
    return [found for found in happened if found.kind == kind]


def lines_of(lines: Lines) -> dict[str, tuple[bytes, ...]]:
    return dict(lines.packed)


def files_of(upload: Upload) -> list[object]:
    """All that an upload says."""
    files = (upload.schools, upload.students, upload.teachers, upload.staff, upload.sections)
    return [*(lines_of(file) for file in files), dict(upload.enrollments), upload.profile]


def hangs_together(upload: Upload) -> bool:
    """Everybody and everything that a line names is there, and no section is without a teacher."""
    people = (upload.students, upload.teachers, upload.staff)
    assert all(line["School_id"] in upload.schools for file in people for known in file.values() for line in known)
    assert all(known for file in people for known in file.values())
    assert upload.enrollments.keys() == upload.sections.keys()
    for section, [line] in upload.sections.items():
        assert line["Section_id"] == section
        assert line["School_id"] in upload.schools
        assert teachers_of(line)[:1] == [line["Teacher_id"]]
        assert set(teachers_of(line)) <= upload.teachers.keys()
        assert set(upload.enrollments[section]) <= upload.students.keys()
    for column, file in (("Student_id", upload.students), ("Teacher_id", upload.teachers), ("Staff_id", upload.staff)):
        assert all(line[column] == person for person, known in file.items() for line in known)
    return True
