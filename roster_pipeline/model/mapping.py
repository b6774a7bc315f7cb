"""The tables in memory with which the mapping is made: which courses should hang on a section, and which might.

Belongs here: what `mapping/` makes for the length of one run. Does not belong here: the mapping that outlives it
(`roster.py`), and the files that people edit (`sources.py`).
"""

from __future__ import annotations

from roster_pipeline.model.columns import CLEVER_ID, LINE_ISSUE, SECTION_ID, SECTION_N, SITE
from roster_pipeline.model.core import Table, table
from roster_pipeline.model.roster import SECTION_COURSES, SUGGESTIONS

_COURSE = ("course_id", "VARCHAR", "course")
_KIND = ("kind", "BIGINT", "number of those that have the same names, subject and grade")
_ALIKE = ("alike", "BIGINT", "number of those that have the same course number too")

MAPPED: tuple[Table, ...] = (
    table(
        "mapped",
        "section_courses",
        "shared section and course that should hang on it",
        CLEVER_ID,
        *(
            (c.name, c.type, c.meaning)
            for c in SECTION_COURSES.columns
            if c.name in ("course_id", "mapped_by", "rule_id", "from_section_id", "carried_because")
        ),
    ),
    table(
        "mapped",
        "renamed_lines",
        "line of data/section_courses.csv that names a section by an id which Clever no longer uses for it",
        ("line", "INTEGER", "line of the file"),
        ("course_id", "VARCHAR", "course"),
        CLEVER_ID,
    ),
    table(
        "mapped",
        "ruled_sections",
        "section that rules may take, in small letters",
        CLEVER_ID,
        SITE,
        ("site", "VARCHAR", "name of the site"),
        *((name, "VARCHAR", name.replace("_", " ")) for name in ("subject", "grade", "clever_course", "course_number")),
        *((name, "VARCHAR", name) for name in ("name", "term", "period")),
    ),
    table(
        "mapped",
        "rule_matches",
        "section, rule that takes it, and course",
        CLEVER_ID,
        ("rule_id", "VARCHAR", "the rule"),
        ("course_id", "VARCHAR", "the course"),
        ("priority", "INTEGER", "the rule's"),
        ("counts", "BOOLEAN", "whether no rule with a smaller priority takes it"),
    ),
    table(
        "mapped",
        "uncovered",
        "shared section about which neither the file nor a rule says anything, and nothing was carried over so far",
        SECTION_N,
        CLEVER_ID,
        SECTION_ID,
        SITE,
        ("clever_course", "VARCHAR", "name of Clever's course, in small letters"),
        ("course_number", "VARCHAR", "its number, in small letters"),
        ("grade", "VARCHAR", "grade, in small letters"),
        ("period", "VARCHAR", "period"),
        ("teacher", "UUID", "the primary teacher"),
        ("term_start", "DATE", "first day of the term"),
    ),
    table(
        "mapped",
        "predecessors",
        "uncovered section and section that was before it",
        CLEVER_ID,
        ("from_section_id", "UUID", "the section before it"),
        ("because", "VARCHAR", "`same_students` or `last_term`"),
        ("same_teacher", "BOOLEAN", "whether it had the same primary teacher"),
        ("same_place", "BOOLEAN", "whether it had the same primary teacher and period"),
        ("courses", "VARCHAR[]", "its courses, in order"),
    ),
    table(
        "mapped",
        "carried",
        "uncovered section with sections before it, and what follows from them",
        CLEVER_ID,
        SECTION_ID,
        ("from_section_id", "UUID", "the section whose courses it takes; NULL when they disagree"),
        ("because", "VARCHAR", "`same_students` or `last_term`"),
        ("courses", "VARCHAR[]", "the courses that it takes; NULL when they disagree"),
        ("sections", "BIGINT", "how many sections were before it"),
    ),
    table(
        "mapped",
        "decisions",
        "shared section and course that a person has decided about",
        CLEVER_ID,
        SECTION_ID,
        ("course_id", "VARCHAR", "course"),
        ("decision", "VARCHAR", "`add`, `remove`, or, with the class that it was about, `ended` and `over`"),
    ),
    table(
        "mapped",
        "other_classes",
        "shared section whose id was that of another class until now",
        CLEVER_ID,
        SECTION_ID,
    ),
    table("mapped", "line_issues", "line of a file that names nothing that is there", *LINE_ISSUE),
)

COMPARED: tuple[Table, ...] = (
    table(
        "temp",
        "named_sections",
        "active section that is called or numbered something",
        SECTION_ID,
        ("unmapped", "BOOLEAN", "whether it has no course"),
        ("name", "VARCHAR", "its own name, less teacher and period"),
        ("clever_course", "VARCHAR", "name of Clever's course"),
        ("subject", "VARCHAR", "Clever's subject"),
        ("grade", "VARCHAR", "grade, in Clever's words"),
        ("course_number", "VARCHAR", "number of Clever's course, in small letters"),
        _KIND,
        ("numbered", "BIGINT", "the same for sections of the same course number and grade"),
        _ALIKE,
    ),
    table(
        "temp",
        "fits",
        "kind of section and course that is like it",
        _KIND,
        _COURSE,
        ("likeness", "DOUBLE", "the share of courses as alike that are right"),
        ("reason", "VARCHAR", "what is alike"),
    ),
    table(
        "temp",
        "mapped_alike",
        "kind and number of unmapped sections, and course that sections of that kind, or of that number, are mapped to",
        _ALIKE,
        _COURSE,
        ("sections", "BIGINT", "how many are"),
        ("all_sections", "BIGINT", "of how many that are mapped"),
    ),
    table(
        "temp",
        "taught_beside",
        "unmapped section and course that its primary teacher teaches in another",
        SECTION_ID,
        _COURSE,
        ("sections", "BIGINT", "in how many"),
    ),
    Table("temp", "suggested", SUGGESTIONS.grain, SUGGESTIONS.columns),
)
"""With which suggestions are found, once the roster is as it was planned."""
