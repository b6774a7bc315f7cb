"""What of a district is shared too much or too little, as people ask it; and remembering it with every sync.

Belongs here: the questions behind `roster sharing` and asset `sync/sharing`. Does not belong here: the words
(`words.py`), and what counts as a finding (`findings.sql`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb

from roster_pipeline.errors import RosterError
from roster_pipeline.history.report import Row, answer
from roster_pipeline.history.sharing.words import RULES
from roster_pipeline.warehouse.sql import run

COLUMNS = (
    *("site_id", "site", "finding", "direction", "share_by", "entity", "clever_id", "sis_id", "grade"),
    *("section", "section_sis_id", "record_id", "people", "what", "mend"),
)
"""Of the list for the district's Clever admin, one row per finding."""


def remember(connection: duckdb.DuckDBPyConnection, sync_id: str, sites: Sequence[str]) -> None:
    """Writes what a sync that asked Clever found of its sites (all of them when it names none).

    Runs inside the transaction that applies the plan, after the roster was written.
    """
    for name in ("forget_not_shared", "keep_not_shared", "remember"):
        run(connection, f"history/sharing/{name}", sync_id=sync_id, sites=list(sites))


def counts(connection: duckdb.DuckDBPyConnection, site: str | None = None) -> list[Row]:
    """How many findings of each kind there are now at each site, or at one; the coarser first."""
    order = list(RULES)
    found = answer(connection, "history/sharing/counts", site=site)
    return sorted(found, key=lambda row: (row["site"] or "", row["site_id"], order.index(row["finding"])))


def listed(connection: duckdb.DuckDBPyConnection, site: str | None = None) -> list[Row]:
    """Every finding that no coarser one covers, with the sharing rule that mends it; `site` is an id or a name."""
    return [_told(row) for row in answer(connection, "history/sharing/list", site=site)]


def trend(connection: duckdb.DuckDBPyConnection, site: str | None = None, limit: int = 7) -> list[Row]:
    """What the last syncs of each site found, the newest first."""
    return answer(connection, "history/sharing/trend", site=site, limit=limit)


def require_site(sites: Sequence[Row], site: str | None) -> None:
    """Raises RosterError for a site that none of the `sites` is."""
    if site is not None and not any(site.casefold() in (s["site_id"].casefold(), s["name"].casefold()) for s in sites):
        raise RosterError(f"There is no site {site!r}", do="`roster status` lists the sites, with their ids")


def _told(row: Mapping[str, object]) -> Row:
    rule = RULES[str(row["finding"])]
    said = {**row, "direction": rule.direction, "share_by": rule.by, "what": rule.what, "mend": rule.mend}
    return {name: said[name] for name in COLUMNS}
