"""What a roster is made from: the landing, what is staged of it, and the files that people edit.

Belongs here: these tables. Does not belong here: what is made from them (`scratch.py`).
"""

from __future__ import annotations

from typing import cast

from roster_pipeline.model.core import Column, Table, table
from roster_pipeline.model.history import ISSUES
from roster_pipeline.model.overrides import ASKED
from roster_pipeline.model.roster import COURSES, SECTIONS, SUBJECTS, USERS


def carried(entity: Table) -> tuple[Column, ...]:
    """The columns of a roster table that are taken over from Clever's record as they are."""
    return tuple(c for c in entity.columns if c.clever)


STAGING: tuple[Table, ...] = (
    table(
        "staging",
        "sites",
        "school that Clever shares",
        ("site_id", "VARCHAR", "Clever school id"),
        ("name", "VARCHAR", "name"),
    ),
    table(
        "staging",
        "terms",
        "term",
        ("term_id", "VARCHAR", "Clever term id, not stable"),
        ("name", "VARCHAR", "name"),
        ("start_date", "DATE", "first day"),
        ("end_date", "DATE", "last day"),
    ),
    table(
        "staging",
        "sections",
        "section at a known site",
        ("section_n", "INTEGER", "number of the record within this staging"),
        ("clever_id", "VARCHAR", "Clever section id"),
        ("site_id", "VARCHAR", "site of the section"),
        *((c.name, c.type, c.meaning) for c in carried(SECTIONS)),
        ("clever_course", "VARCHAR", "name of Clever's course"),
        ("course_number", "VARCHAR", "number of Clever's course"),
        ("term_name", "VARCHAR", "name of the term"),
        ("term_start", "DATE", "first day of the term"),
        ("term_end", "DATE", "last day of the term"),
        ("term_unlisted", "BOOLEAN", "Clever does not list the term that it names, or lists none"),
        ("course_unlisted", "BOOLEAN", "Clever does not list the course that it names, or lists none"),
    ),
    Table(
        "staging",
        "users",
        "person in a role that is synced",
        (
            Column("user_n", "INTEGER", "number of the record within this staging"),
            Column("clever_id", "VARCHAR", "Clever user id"),
            Column("roles", "VARCHAR[]", "sorted roles"),
            *carried(USERS),
        ),
    ),
    table(
        "staging",
        "user_sites",
        "synced person and known site",
        ("user_n", "INTEGER", "the user's number in staging.users"),
        ("site_id", "VARCHAR", "site"),
        ("is_primary", "BOOLEAN", "whether Clever calls it the person's primary school"),
    ),
    Table(
        "staging",
        "enrollments",
        "section, person and role, both ends known",
        (
            Column("section", "VARCHAR", "Clever section id"),
            Column("member", "VARCHAR", "Clever user id"),
            Column("role", "VARCHAR", "`student` or `teacher`"),
            Column("is_primary", "BOOLEAN", "whether this is the section's primary teacher"),
        ),
        view="staging/enrollments",
    ),
    table(
        "staging",
        "issues",
        "record that could not be used, or not as a whole",
        *((c.name, c.type, c.meaning) for c in ISSUES.columns[1:]),
    ),
)

_RECORDS = ("clever_id", "VARCHAR", "Clever id; NULL when it has none")
_MODIFIED = ("last_modified", "VARCHAR", "when Clever last changed it, as Clever says it")

STAGED: tuple[Table, ...] = (
    table(
        "staging",
        "origin",
        "staging",
        ("staged_id", "UUID", "tells one staging from another"),
        ("clevers_clock", "TIMESTAMP", "what Clever's clock showed; NULL when the day goes by ours"),
        ("our_clock", "TIMESTAMP", "what ours showed at that moment"),
        ("clevers_data_at", "TIMESTAMP", "when Clever last had new data of the district, as it says; UTC"),
        ("api_version", "VARCHAR", "the version of Clever's API that was asked"),
    ),
    table(
        "staging",
        "memberships",
        "section, person and role, as Clever lists them",
        ("section_n", "INTEGER", "the section's number in staging.sections"),
        ("user_n", "INTEGER", "the user's number in staging.users; NULL for somebody whom we cannot see"),
        ("role", "VARCHAR", "`student` or `teacher`"),
        ("is_primary", "BOOLEAN", "whether this is the section's primary teacher"),
    ),
    table(
        "staging",
        "not_shared",
        "section and person whom it lists and whom we cannot see",
        ("section_n", "INTEGER", "the section's number in staging.sections"),
        ("clever_id", "VARCHAR", "Clever user id"),
        ("role", "VARCHAR", "`student` or `teacher`"),
    ),
    table(
        "staging",
        "clever_courses",
        "course of Clever's",
        ("course", "VARCHAR", "Clever course id"),
        ("clever_course", "VARCHAR", "its name"),
        ("course_number", "VARCHAR", "its number"),
    ),
    Table(
        "staging",
        "section_records",
        "section record of the landing",
        (
            *(
                Column(*c)
                for c in (_RECORDS, ("site_id", "VARCHAR", "school"), ("course", "VARCHAR", "Clever course id"))
            ),
            Column("term_id", "VARCHAR", "Clever term id"),
            *carried(SECTIONS),
            Column(*_MODIFIED),
            Column("primary_teacher", "VARCHAR", "Clever id"),
            Column("teachers", "VARCHAR[]", "Clever ids"),
            Column("students", "VARCHAR[]", "Clever ids"),
        ),
    ),
    Table(
        "staging",
        "user_records",
        "user record of the landing, contacts included",
        (
            Column(*_RECORDS),
            *carried(USERS),
            Column(*_MODIFIED),
            Column("is_contact", "BOOLEAN", "whether it is somebody's contact"),
            Column("roles", "VARCHAR[]", "roles that are synced"),
            Column("primary_site", "VARCHAR", "school"),
            Column("sites", "VARCHAR[]", "schools"),
        ),
    ),
    table(
        "staging",
        "spoken_of",
        "person of whom the landing of some sites says how they are, or that they are gone",
        ("clever_id", "VARCHAR", "Clever id"),
    ),
    table(
        "staging",
        "wrong_types",
        "record and field that is not what Clever documents",
        ("entity", "VARCHAR", "list"),
        ("record_id", "VARCHAR", "Clever id"),
        ("field", "VARCHAR", "the field"),
    ),
)
"""What staging makes on its way, and keeps beside the tables above."""

EARLIER: tuple[Table, ...] = tuple(
    Table("earlier", t.name, t.grain, t.columns)
    for t in (*STAGING, *STAGED)
    if t.name in ("sections", "users", "user_sites", "memberships", "not_shared", "issues")
)
"""What was staged before, while the landing of some sites is merged into it."""

_FIXED = {
    "sections": {
        "id": "VARCHAR",
        "school": "VARCHAR",
        "course": "VARCHAR",
        "term_id": "VARCHAR",
        "teacher": "VARCHAR",
        "teachers": "VARCHAR[]",
        "students": "VARCHAR[]",
        "last_modified": "VARCHAR",
    },
    "users": {
        "id": "VARCHAR",
        "last_modified": "VARCHAR",
        **{f"roles.{role}.school": "VARCHAR" for role in ("student", "teacher")},
        **{f"roles.{role}.schools": "VARCHAR[]" for role in ("student", "teacher", "staff")},
        "roles.district_admin.title": "VARCHAR",
        "roles.contact.sis_id": "VARCHAR",
    },
}
_ENTITY = {"sections": SECTIONS, "users": USERS}
_Fields = dict[str, "str | _Fields"]


def _paths(name: str) -> dict[str, str]:
    """The fields of a landed list that staging reads, as paths, each with its type."""
    return {**_FIXED[name], **{path: "VARCHAR" for c in carried(_ENTITY[name]) for path in c.clever}}


LANDED_FIELDS = {
    name: tuple(Column(path, type_, "field of the record that is used") for path, type_ in _paths(name).items())
    for name in _FIXED
}
"""The fields of Clever's records that are used, by list, as the UI shows them beside the record."""

LANDING: tuple[Table, ...] = tuple(
    table("clever", name, f"{what} record, as Clever sent it", ("record", "JSON", f"used: {fields}"), pii=("record",))
    for name, what, fields in (
        ("districts", "district", "id, name, state, error, last_sync, pause_start, pause_end"),
        ("schools", "school", "id, name"),
        ("terms", "term", "id, name, start_date, end_date"),
        ("courses", "course", "id, name, number"),
        ("sections", "section", ", ".join(_paths("sections"))),
        ("users", "user", ", ".join(_paths("users"))),
    )
)
"""The NDJSON files of a landing, and the fields of each that staging takes over; nothing else leaves it."""


def json_columns(name: str) -> str:
    """The fields of a landed list that staging reads, as `columns` of DuckDB's `read_json`."""
    fields: _Fields = {}
    for path, type_ in _paths(name).items():
        *above, last = path.split(".")
        at = fields
        for step in above:
            at = cast("_Fields", at.setdefault(step, {}))
        at[last] = type_
    listed = ", ".join(f"{field}: '{_type(below)}'" for field, below in fields.items())
    return f"{{{listed}}}"


def _type(of: str | _Fields) -> str:
    return of if isinstance(of, str) else f"STRUCT({', '.join(f'{name} {_type(below)}' for name, below in of.items())})"


def clever_fields(name: str) -> dict[str, tuple[str, ...]]:
    """Where in Clever's record each column that is taken over is; of several paths the first that is there."""
    return {c.name: c.clever for c in carried(_ENTITY[name])}


def carried_values(name: str) -> str:
    """What staging takes over of each record of a list, as a part of a SELECT."""
    return ", ".join(f"{_value(c)} AS {c.name}" for c in carried(_ENTITY[name]))


def _value(column: Column) -> str:
    texts = [f"clean({path})" for path in column.clever]
    text = texts[0] if len(texts) == 1 else f"coalesce({', '.join(texts)})"
    return text if column.type == "VARCHAR" else f"TRY_CAST({text} AS {column.type})"


def carried_names(name: str) -> str:
    return ", ".join(f"r.{c.name}" for c in carried(_ENTITY[name]))


INPUTS: tuple[Table, ...] = (
    table(
        "input",
        "courses",
        "course of data/courses.csv",
        *((c.name, c.type, c.meaning) for c in COURSES.columns),
    ),
    table(
        "input",
        "subjects",
        "line of data/subjects.csv",
        *((c.name, c.type, c.meaning) for c in SUBJECTS.columns),
    ),
    table(
        "input",
        "rules",
        "rule of data/mapping_rules.csv and course",
        ("rule_id", "VARCHAR", "id of the rule"),
        ("subject", "VARCHAR", "Clever's subject, NULL for any"),
        ("grade", "VARCHAR", "section grade, NULL for any"),
        ("clever_course", "VARCHAR", "name of Clever's course, NULL for any"),
        ("course_id", "VARCHAR", "the course it maps to"),
        ("site", "VARCHAR", "id or name of the site, NULL for any"),
        ("course_number", "VARCHAR", "number of Clever's course, NULL for any"),
        ("section_name", "VARCHAR", "what the section's name is compared with, NULL for any"),
        ("match", "VARCHAR", "how: `prefix`, `suffix`, `contains` or `regex`"),
        ("term", "VARCHAR", "name of the term, NULL for any"),
        ("period", "VARCHAR", "period, NULL for any"),
        ("priority", "INTEGER", "of the rules that take a section, those with the smallest count"),
        ("active", "BOOLEAN", "whether it is on"),
    ),
    table(
        "input",
        "site_settings",
        "site of data/sites.csv",
        ("site_id", "VARCHAR", "site"),
        ("enrollment_source", "VARCHAR", "`clever` or `manual`"),
        ("line", "INTEGER", "line of the file"),
        ("time_zone", "VARCHAR", "in which its times are shown; NULL: the district's"),
        ("limits", "MAP(VARCHAR, DOUBLE)", "of the guards, by name, that count at the site alone"),
    ),
    table(
        "input",
        "logins",
        "person who has logged in (data/logins.csv, or the platform's database)",
        ("user_id", "VARCHAR", "ours or Clever's id"),
        ("platform_id", "UUID", "the same, where it is ours"),
        ("first_login_at", "TIMESTAMP", "UTC"),
        ("line", "INTEGER", "line of the file; NULL from the database"),
    ),
    table(
        "input",
        "platform_logins",
        "first login that the platform's database tells of",
        ("who", "VARCHAR", "ours or Clever's id of the person, or an e-mail"),
        ("first_login_at", "TIMESTAMP", "UTC"),
        pii=("who",),
    ),
    table(
        "input",
        "platform_issues",
        "problem with the logins of the platform's database",
        *((c.name, c.type, c.meaning) for c in ISSUES.columns[1:]),
    ),
    table(
        "input",
        "section_courses",
        "line of data/section_courses.csv",
        ("section_id", "VARCHAR", "ours or Clever's id"),
        ("course_id", "VARCHAR", "course"),
        ("line", "INTEGER", "line of the file"),
    ),
    table(
        "input",
        "named_districts",
        "file and other district that it names",
        ("file", "VARCHAR", "the file"),
        ("district", "VARCHAR", "slug"),
        ("lines", "BIGINT", "how many lines name it"),
    ),
    table(
        "input",
        "decisions",
        "thing that a person decides with this sync",
        ("section_id", "UUID", "section"),
        ("course_id", "VARCHAR", "course"),
        ("decision", "VARCHAR", "`add` or `remove`"),
        ("by", "VARCHAR", "who decides"),
        ("why", "VARCHAR", "why, as they say"),
        ("at", "TIMESTAMP", "UTC"),
    ),
    table(
        "input",
        "confirmed",
        "site that somebody confirms with this sync; without counts, whatever is shared of it",
        ("site_id", "VARCHAR", "site"),
        *((name, "BIGINT", f"how many {name} they saw") for name in ("sections", "teachers", "students")),
    ),
    table(
        "input",
        "deeds",
        "thing that somebody wants decided",
        ("no", "INTEGER", "its place among them"),
        ("section", "VARCHAR", "the section as they name it, in small letters"),
        ("course_id", "VARCHAR", "course"),
        ("decision", "VARCHAR", "`add` or `remove`"),
    ),
    table(
        "input",
        "meant_sections",
        "section as somebody names it",
        ("said", "VARCHAR", "how they name it, in small letters"),
        ("section_id", "UUID", "the section, or the first one that begins so"),
        ("status", "VARCHAR", "its status"),
        ("found", "BIGINT", "how many begin so; 1 for a whole id"),
    ),
    table("input", "ended", "site that somebody ends with this sync", ("site_id", "VARCHAR", "site")),
    table("input", "districts", "district of this warehouse", ("slug", "VARCHAR", "its slug")),
    *ASKED,
)
