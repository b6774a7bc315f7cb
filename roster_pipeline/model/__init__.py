"""Every table once: its columns, types, keys and meaning.

DDL, Dagster's column schemas, the data dictionary and the plan's SQL are all made from these pages.
"""

from roster_pipeline.model.core import Column, Entity, Table
from roster_pipeline.model.history import (
    CHANGE_COUNTS,
    CHANGE_LOG,
    CHANGES,
    HOLD_PARTS,
    HOLDS,
    ISSUES,
    SCHEMA_VERSIONS,
    SETTLED,
    SYNCS,
    TURNOVER,
    UNDONE,
    WAITING_SITES,
)
from roster_pipeline.model.questions import QUESTIONS, as_it_was, first_before
from roster_pipeline.model.roster import (
    COURSE_ACCESS,
    COURSES,
    DECISIONS,
    ENTITIES,
    NOT_CARRIED,
    SECTIONS,
    SUBJECTS,
    SUGGESTIONS,
    UNMAPPED,
)
from roster_pipeline.model.scratch import SCRATCH, scratch
from roster_pipeline.model.sharing import NOT_SHARED, SHARING, SHARING_FINDINGS
from roster_pipeline.model.sources import INPUTS, LANDING, STAGING, carried_names, carried_values, json_columns

__all__ = [
    "CHANGES",
    "CHANGE_COUNTS",
    "CHANGE_LOG",
    "COURSES",
    "COURSE_ACCESS",
    "DECISIONS",
    "ENTITIES",
    "HOLDS",
    "HOLD_PARTS",
    "INPUTS",
    "ISSUES",
    "LANDING",
    "NOT_CARRIED",
    "NOT_SHARED",
    "PUBLISHED",
    "QUESTIONS",
    "SCHEMA_VERSIONS",
    "SCRATCH",
    "SECTIONS",
    "SETTLED",
    "SHARING",
    "SHARING_FINDINGS",
    "STAGING",
    "SUBJECTS",
    "SUGGESTIONS",
    "SYNCS",
    "TURNOVER",
    "UNDONE",
    "UNMAPPED",
    "WAITING_SITES",
    "Column",
    "Entity",
    "Table",
    "as_it_was",
    "carried_names",
    "carried_values",
    "first_before",
    "json_columns",
    "scratch",
]

PUBLISHED: tuple[Table, ...] = (
    *(e.table for e in ENTITIES),
    COURSE_ACCESS,
    COURSES,
    SUBJECTS,
    DECISIONS,
    NOT_CARRIED,
    SUGGESTIONS,
    SYNCS,
    UNMAPPED,
    CHANGES,
    CHANGE_LOG,
    CHANGE_COUNTS,
    ISSUES,
    HOLDS,
    HOLD_PARTS,
    TURNOVER,
    SETTLED,
    UNDONE,
    WAITING_SITES,
    SHARING,
    NOT_SHARED,
    SHARING_FINDINGS,
    SCHEMA_VERSIONS,
    *QUESTIONS,
)
"""What `published.duckdb` holds, in the order of the data dictionary."""
