"""What analysts ask of a published roster: the roster as of a day, and lists of people and classes.

Belongs here: the macros and views that nothing of the pipeline reads. Does not belong here: a table that a sync fills.
"""

from __future__ import annotations

from roster_pipeline.model.core import Column, Table, table
from roster_pipeline.model.roster import COURSE_ACCESS, ENROLLMENTS, SECTION_COURSES, SECTIONS, USER_SITES, USERS

SYNCS_AFTER = Table(
    "sync",
    "syncs_after",
    "sync that was applied after a day",
    (
        Column("sync_id", "VARCHAR", "the sync"),
        Column("sync_no", "BIGINT", "order in which syncs were applied or ended"),
    ),
    ("sync_id",),
    view="history/as_of/syncs_after",
    takes="day",
)

_DATED = {
    USERS: "person who had been seen by the end of a day",
    USER_SITES: "user and site, as they were at the end of a day",
    SECTIONS: "section that had been seen by the end of a day",
    ENROLLMENTS: "section, user and role, as they were at the end of a day",
    SECTION_COURSES: "section and course that hung on it at the end of a day",
}
AS_OF: tuple[Table, ...] = (
    *(
        Table(
            "roster",
            f"{of.name}_as_of",
            grain,
            tuple(c for c in of.columns if c.name in (*of.key, *of.compared)),
            of.key,
            view=f"history/as_of/{of.name}_as_of",
            takes="day",
        )
        for of, grain in _DATED.items()
    ),
    Table(
        "roster",
        "course_access_as_of",
        "user, section and course that the user saw through it at the end of a day",
        COURSE_ACCESS.columns,
        COURSE_ACCESS.key,
        view="history/as_of/course_access_as_of",
        takes="day",
    ),
)
"""The roster at the end of a day; what apply sets by itself (counts, times) is in no log, and so not here."""

_SITE = (("site_id", "VARCHAR", "site"), ("site", "VARCHAR", "name of the site"))
_NAMES = (("first_name", "VARCHAR", "given name"), ("last_name", "VARCHAR", "family name"))
_NAME = ("section", "VARCHAR", "name of the section")


def _list(name: str, grain: str, *columns: tuple[str, str, str], pii: tuple[str, ...]) -> Table:
    made = table("roster", name, grain, *columns, pii=pii)
    return Table(made.schema, made.name, made.grain, made.columns, view=f"history/lists/{name}")


CLASS_LISTS = _list(
    "class_lists",
    "teacher, active section and student in it",
    ("teacher_id", "UUID", "user who teaches it"),
    ("teacher_first_name", "VARCHAR", "the teacher's given name"),
    ("teacher_last_name", "VARCHAR", "the teacher's family name"),
    ("is_primary", "BOOLEAN", "whether this is the section's primary teacher"),
    ("section_id", "UUID", "section"),
    _NAME,
    *_SITE,
    ("period", "VARCHAR", "period"),
    ("student_id", "UUID", "user who is in it"),
    *_NAMES,
    ("grade", "VARCHAR", "the student's grade"),
    ("enrollment_status", "VARCHAR", "the student's: `pending` or `active`"),
    pii=("teacher_first_name", "teacher_last_name", "section", "first_name", "last_name"),
)
PEOPLE_WITHOUT_SECTION = _list(
    "people_without_section",
    "student or teacher in force who is in no active section",
    ("user_id", "UUID", "user"),
    *_NAMES,
    ("roles", "VARCHAR[]", "their roles"),
    ("grade", "VARCHAR", "a student's grade"),
    *_SITE,
    pii=("first_name", "last_name"),
)
SECTIONS_WITHOUT_PEOPLE = _list(
    "sections_without_people",
    "active section without a teacher or without students",
    ("section_id", "UUID", "section"),
    _NAME,
    *_SITE,
    ("period", "VARCHAR", "period"),
    ("student_count", "INTEGER", "students in it"),
    ("teacher_count", "INTEGER", "teachers of it"),
    ("course_count", "INTEGER", "courses that hang on it"),
    pii=("section",),
)
QUESTIONS: tuple[Table, ...] = (
    SYNCS_AFTER,
    *AS_OF,
    CLASS_LISTS,
    PEOPLE_WITHOUT_SECTION,
    SECTIONS_WITHOUT_PEOPLE,
)
"""In the order in which they need each other."""

_BY_NAME = {t.name: t for t in _DATED}


def first_before(name: str) -> str:
    """Of every column of a roster table, the earliest change in which it was another, as a part of a SELECT."""
    changed = (
        f"arg_min(before, sync_no) FILTER (json_exists(before, '$.{c}')) AS {c}" for c in _BY_NAME[name].compared
    )
    return ", ".join(changed)


def as_it_was(name: str) -> str:
    """Every column of a roster table, `c`, as it was before the changes `w` of `first_before`."""
    of = _BY_NAME[name]
    types = {c.name: c.type for c in of.columns}
    return ", ".join(f"CASE WHEN w.{c} IS NULL THEN c.{c} ELSE {_read(c, types[c])} END AS {c}" for c in of.compared)


def _read(name: str, type_: str) -> str:
    if type_.endswith("[]"):
        return f"from_json(w.{name} -> '$.{name}', '[\"{type_[:-2]}\"]')"
    return f"CAST(w.{name} ->> '$.{name}' AS {type_})"
