"""Columns that scratch tables of several steps share.

Belongs here: name, type and meaning of such a column. Does not belong here: a table.
"""

from __future__ import annotations

from roster_pipeline.model.history import ISSUES

SITE = ("site_id", "VARCHAR", "site")
CLEVER_ID = ("clever_id", "VARCHAR", "Clever id, today")
SECTION_N = ("section_n", "INTEGER", "the section's number in staging.sections")
SECTION_ID = ("section_id", "UUID", "the platform's id")
ISSUE = tuple((c.name, c.type, c.meaning) for c in ISSUES.columns[1:])
LINE_ISSUE = (*ISSUE, ("line", "BIGINT", "line of the file"), ("lines", "BIGINT", "how many lines it is about"))
