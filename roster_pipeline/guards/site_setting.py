"""A line of data/sites.csv that takes a site off Clever.

Belongs here: whether too many people would go with it. Does not belong here: what a setting means.
"""

from __future__ import annotations

from collections.abc import Sequence

from roster_pipeline.guards import words
from roster_pipeline.guards.guard import Judging, Part
from roster_pipeline.warehouse.sql import run


def breaches(judging: Judging) -> bool:
    """Whether a site would lose more than may be archived there."""
    found = run(judging.connection, "guards/site_settings").fetchone()
    return bool(found and found[0])


def marks(judging: Judging) -> None:
    """Marks everything that a site's leaving Clever would end at that site."""
    for entity in ("sites", "users", "user_sites", "sections"):
        ends = "true" if entity == "sites" else "p.action = 'archive'"
        judging.connection.execute(
            f"UPDATE plan.{entity} AS p SET held_by = b.key FROM guards.breaches AS b "
            f"WHERE b.guard = 'site_setting' AND b.site_id = p.site_id AND p.held_by IS NULL AND {ends}"
        )


def sentence(_judging: Judging, _key: str, parts: Sequence[Part]) -> str:
    """How many people go with which site."""
    return f"data/sites.csv takes {words.counted('users', parts)} off Clever, {words.passed(parts)}"
