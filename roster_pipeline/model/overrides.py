"""What people override on the roster: the table that lasts, and those of the run that puts it into effect.

Belongs here: their columns, and which fields a person can keep. Does not belong here: what an override does
(`plan/override/`).
"""

from __future__ import annotations

from roster_pipeline.model.core import Column, Table, table

KEPT_FIELDS = {
    "users": ("first_name", "last_name", "email", "grade", "sis_id"),
    "sections": ("name", "subject", "grade"),
}
"""What somebody can keep, whatever Clever sends."""
GRADES = (
    *("InfantToddler", "Preschool", "PreKindergarten", "TransitionalKindergarten", "Kindergarten"),
    *(str(n) for n in range(1, 14)),
    *("PostGraduate", "Ungraded", "Other"),
)
"""Those that Clever has, as it writes them."""
IMPERSONAL_FIELDS = ("grade", "subject")
"""Those of which no value names anybody."""

_SUBJECT = (
    Column("kind", "VARCHAR", "`exclude` (not on the roster), `keep` (a field), `protect` or `add` (a membership)"),
    Column("user_id", "UUID", "the person; NULL when a section's field is kept"),
    Column("section_id", "UUID", "the section whose field is kept, or which they are in"),
    Column("site_id", "VARCHAR", "the site that they belong to, when it is a membership of one"),
    Column("role", "VARCHAR", "of a membership in a section: `student` or `teacher`"),
    Column("field", "VARCHAR", "the column of roster.users or roster.sections that is kept"),
    Column("value", "VARCHAR", "the value that it keeps", pii=True),
    Column("until", "DATE", "the last day on which it counts; NULL: until somebody ends it"),
)
_SAID = (
    Column("by", "VARCHAR", "who overrides"),
    Column("why", "VARCHAR", "why, as they said"),
    Column("at", "TIMESTAMP", "UTC"),
)
_STATE = Column(
    "state",
    "VARCHAR",
    "at the last sync: `works`, `idle` (Clever has caught up, it makes no difference), `held` (a guard holds its "
    "record back), `gone` (who or what it is about is not on the roster), `manual` (the site is not on Clever: the "
    "roster there stays as it is) or `expired`",
)
_CLEVERS = Column("clever_value", "VARCHAR", "what Clever sends for the kept field, or sent last", pii=True)

OVERRIDES = Table(
    "roster",
    "overrides",
    "thing that a person overrides on the roster, which syncs respect; of several about the same one stands",
    (
        Column("no", "BIGINT", "order in which they were made, from 1"),
        *_SUBJECT,
        *_SAID,
        Column("sync_id", "VARCHAR", "the sync that put it into effect"),
        _STATE,
        _CLEVERS,
        Column("ended_by", "VARCHAR", "the sync with which somebody ended or replaced it, or that erased the person"),
        Column("reopened_by", "VARCHAR", "the undo that took this end back; it counts again"),
        Column("undone_by", "VARCHAR", "the undo that took it back; it counts no more"),
    ),
    ("no",),
)

_NO = Column("no", "BIGINT", "its number")

ASKED: tuple[Table, ...] = (
    Table("input", "overrides", "thing that a person overrides with this sync", (*_SUBJECT, *_SAID)),
    Table("input", "ended_overrides", "override that ends with this sync", (_NO,)),
)
OVERRIDING: tuple[Table, ...] = (
    Table(
        "plan",
        "overrides",
        "override that stands with this sync",
        (_NO, *_SUBJECT, Column("counts", "BOOLEAN", "whether it has not expired")),
    ),
    Table("plan", "override_states", "override that stands, and was looked at", (_NO, _STATE, _CLEVERS)),
    Table("temp", "override_states", "the same, once the guards have looked at the plan", (_NO, _STATE, _CLEVERS)),
    table(
        "plan",
        "overridden",
        "record that an undo took back, and about which somebody overrides or ends something now",
        ("entity", "VARCHAR", "roster table"),
        ("entity_id", "VARCHAR", "key of the record, parts joined by `/`"),
    ),
)
