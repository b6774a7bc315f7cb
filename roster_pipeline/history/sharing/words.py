"""Each finding in words for the district's Clever admin: what was found, and the sharing rule that mends it.

Belongs here: these words, which are Clever's where Clever has one: it shares by school, by grade, by section, or
individual students. Does not belong here: finding anything (`findings.sql`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Direction = Literal["stop", "share"]
By = Literal["school", "grade", "section", "student"]


@dataclass(frozen=True)
class Rule:
    """What mends a finding: whether too much is shared (`stop`) or too little (`share`), and by which sharing rule."""

    direction: Direction
    by: By
    what: str
    mend: str


RULES: dict[str, Rule] = {
    "school_not_mapped": Rule(
        "stop",
        "school",
        "No section of the school has a course: nobody there sees anything.",
        "Take the school off the schools that are shared.",
    ),
    "grade_not_mapped": Rule(
        "stop",
        "grade",
        "No student of the grade is in a section with a course.",
        "Leave the grade out of the sharing rule by grade.",
    ),
    "people_in_no_mapped_section": Rule(
        "stop",
        "section",
        "The person is in sections, none of which has a course.",
        "Share by section: only the sections that have a course; their people come with them.",
    ),
    "students_in_no_section": Rule(
        "stop",
        "student",
        "The student is in no section.",
        "Leave the individual student out, or put them into a section in the SIS.",
    ),
    "teachers_in_no_section": Rule(
        "stop",
        "section",
        "The teacher is in no section.",
        "Share by section: a teacher comes with the sections that they teach.",
    ),
    "sections_without_teachers": Rule(
        "stop",
        "section",
        "The section has no teacher.",
        "Leave the section out, or name its teacher in the SIS.",
    ),
    "sections_without_students": Rule(
        "stop",
        "section",
        "The section has no students.",
        "Leave the section out, or enroll its students in the SIS.",
    ),
    "students_not_shared": Rule(
        "share",
        "student",
        "The section lists the student, and the student is not shared.",
        "Share the individual student too, or all students of the section.",
    ),
    "teachers_not_shared": Rule(
        "share",
        "section",
        "The section lists the teacher, and the teacher is not shared.",
        "Share the section with its teachers.",
    ),
    "sudden_lack": Rule(
        "share",
        "school",
        "Many fewer are shared than a few syncs ago.",
        "If that was not meant, share the school again as before.",
    ),
}
"""In the order in which they are worth mending: the coarser first."""
