"""Whose personal data was erased, and how a statement takes it out.

Belongs here: the tables of erasures, and what the model marks as personal as a part of a statement. Does not belong
here: who may be erased, and in which order (`plan/erase.py`).
"""

from __future__ import annotations

import json

from roster_pipeline.model.core import Column, Table, table
from roster_pipeline.model.roster import USERS

ERASURES = Table(
    "sync",
    "erasures",
    "person and time their personal data was erased; their ids stay",
    (
        Column("user_id", "UUID", "user"),
        Column("erased_at", "TIMESTAMP", "UTC"),
        Column("sync_id", "VARCHAR", "the sync of trigger `erase` that did it; its row says who and why"),
    ),
    ("user_id", "sync_id"),
)
RETENTION = Table(
    "sync",
    "retention",
    "time somebody confirmed after how many days nightly syncs erase who is archived",
    (
        Column("after_days", "INTEGER", "days since they were archived; a longer time needs no new confirmation"),
        Column("confirmed_by", "VARCHAR", "who confirmed it"),
        Column("confirmed_at", "TIMESTAMP", "UTC"),
        Column("sync_id", "VARCHAR", "the sync of trigger `erase` with which they did"),
    ),
)

ERASING: tuple[Table, ...] = (
    table(
        "plan",
        "erasing",
        "person whose personal data is being erased",
        ("user_id", "UUID", "the platform's id"),
        ("clever_id", "VARCHAR", "Clever id, today"),
        ("site_id", "VARCHAR", "site"),
    ),
    table(
        "plan",
        "erasing_sections",
        "section that such a person teaches or has taught: Clever builds its name from theirs",
        ("section_id", "UUID", "the platform's id"),
        ("shared", "BOOLEAN", "Clever shares it, and so its name, now as before"),
        ("pattern", "VARCHAR", "finds their family names in a section's name"),
        pii=("pattern",),
    ),
)
"""Who is erased and what of sections, from before the transaction that does it."""

_OF = {t.name: t for t in (USERS,)}


def _personal(name: str) -> list[str]:
    return [c.name for c in _OF[name].columns if c.pii]


def without_pii(name: str) -> str:
    """The columns of a table that name people, as the part of an UPDATE that empties them."""
    return ", ".join(f"{c} = NULL" for c in _personal(name))


def any_pii(name: str) -> str:
    """Something that names a person in a row of the table, `u`; NULL when nothing does."""
    return f"coalesce({', '.join(f'u.{c}' for c in _personal(name))})"


def pii_values(name: str) -> str:
    """How many values of the rows `u` name people, as a part of a SELECT."""
    return " + ".join(f"count(u.{c})" for c in _personal(name))


def pii_patch(name: str) -> str:
    """A JSON merge patch that takes these columns out of a change of the log, as a literal."""
    return f"'{json.dumps(dict.fromkeys(_personal(name)))}'::JSON"


def pii_in_json(name: str) -> str:
    """The paths of these columns in a change of the log, as a literal list."""
    return f"[{', '.join(repr(f'$.{c}') for c in _personal(name))}]"
