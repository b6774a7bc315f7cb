"""What the tests of the files that people edit share: headers, readers, and the sentence of an error."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import pytest

from roster_pipeline.errors import InputError
from roster_pipeline.mapping.inputs import (
    Course,
    read_courses,
    read_logins,
    read_section_courses,
    read_site_settings,
    read_subjects,
)
from roster_pipeline.mapping.rules import read_rules

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
RULE_MAY_HAVE = "site, course_number, section_name, match, term, period, priority, active"
LOGINS = b"district,user_id,first_login_at\n"
SITES = b"district,site_id,enrollment_source\n"
COURSES = b"course_id,subject,title,grade,active\n"
RULES = b"rule_id,subject,grade,clever_course,course_id\n"
SECTIONS = b"district,section_id,course_id\n"
RULE_HEADER = f"rule_id,subject,grade,clever_course,course_id,{RULE_MAY_HAVE}".replace(" ", "")
ISO = "Write it like 2025-08-18 or 2025-08-18T14:30:00Z."


def read(data: Path, file: str, content: bytes) -> list[object]:
    (data / file).write_bytes(content)
    return list(READERS[file](data))


def error(data: Path, file: str, content: bytes) -> str:
    with pytest.raises(InputError) as caught:
        read(data, file, content)
    return str(caught.value)
