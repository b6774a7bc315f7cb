"""Who has never logged in, as people ask it.

Belongs here: the questions behind `roster pending`, and the counts that the UI shows. Does not belong here: what makes
somebody pending (`plan/desired/users.sql`).
"""

from __future__ import annotations

from datetime import datetime

import duckdb

from roster_pipeline.history.report import Row, answer

STATUSES = ("pending", "active", "archived")
ALL = -1
"""More days than this, everybody has been pending."""


def sites(
    connection: duckdb.DuckDBPyConnection, now: datetime, *, site: str | None = None, days: int = ALL
) -> list[Row]:
    """How many of each site's people have been pending for more than so many days, and the longest of them.

    `now` is naive UTC, and days are days of UTC. `site` is an id or a name.
    """
    return answer(connection, "history/pending/sites", now=now, site=site, days=days)


def sections(
    connection: duckdb.DuckDBPyConnection, now: datetime, *, site: str | None = None, days: int = ALL, limit: int = 50
) -> list[Row]:
    """The sections with most such students, `limit` at most."""
    return answer(connection, "history/pending/sections", now=now, site=site, days=days, limit=limit)


def people(
    connection: duckdb.DuckDBPyConnection, now: datetime, *, site: str | None = None, days: int = ALL, limit: int = 50
) -> list[Row]:
    """Such people, with names, `limit` at most; those first who have been so longest."""
    return answer(connection, "history/pending/people", now=now, site=site, days=days, limit=limit)


def statuses(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """How many people have each enrollment status."""
    found = {r["enrollment_status"]: int(r["people"]) for r in answer(connection, "history/pending/statuses")}
    return {status: found.get(status, 0) for status in STATUSES}
