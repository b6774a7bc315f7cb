"""The rules of data/mapping_rules.csv: what a line of it may say, read and checked.

Belongs here: the columns of a rule. Does not belong here: the other files (`inputs.py`), and what a rule takes (this
folder's SQL).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, get_args

import msgspec

from roster_pipeline.mapping.cells import Parse, optional, required, whole, word
from roster_pipeline.mapping.csv_file import File, Lines, read
from roster_pipeline.mapping.inputs import BETWEEN, Course, mappable

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


_FILE = File(
    "mapping_rules.csv",
    key=("rule_id",),
    one_of=("subject", "grade", "clever_course", "site", "course_number", "section_name", "term", "period"),
    optional=(
        "district",
        *("site", "course_number", "section_name", "match", "term", "period", "priority", "active"),
    ),
)
_TYPES: dict[object, Parse] = {
    str: required,
    str | None: optional,
    NameMatch: word({name: name for name in get_args(NameMatch)}),
    int: whole,
    bool: word({"on": True, "off": False, "true": True, "false": False, "yes": True, "no": False}),
}


def read_rules(data: Path, district: str, courses: Sequence[Course]) -> Lines[MappingRule]:
    """The rows of mapping_rules.csv that hold for the district: its own, and those that name none."""
    return read(_FILE, MappingRule, _TYPES, data, district, course_id=mappable(courses, between=BETWEEN))
