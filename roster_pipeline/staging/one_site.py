"""From the landing of some sites to the staging tables: what was staged before, with these sites as they are now.

Belongs here: which sites are meant, whether they can be asked for alone, whom their lists leave open, and merging.
Does not belong here: fetching, and what follows for the roster.

What is said of a person holds wherever they are: a record replaces the one that was staged, and who has none any more
is gone. Sections are those that the sites list; of other sites what was staged stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from roster_pipeline import model
from roster_pipeline.clever.landing import LISTS, Extract
from roster_pipeline.clever.sites import ASKED, WholeInstead
from roster_pipeline.clever.tokens import API_VERSION
from roster_pipeline.errors import SyncRefused
from roster_pipeline.staging.stage import KEPT, forget_lists, keep, origin_of, read_landed_list
from roster_pipeline.warehouse.sql import empty, make, run

_NUMBERED = ("number_users", "number_user_sites")
_OTHER_PEOPLE = ("other_users", "other_user_sites")
_OTHERS = (
    *("number_memberships", "number_not_shared", "number_sections"),
    *("other_sections", "other_memberships", "other_not_shared", "other_issues"),
)


def choose(connection: duckdb.DuckDBPyConnection, wanted: Sequence[str], *, asks_first: bool) -> tuple[str, ...]:
    """The ids of sites that are named by id or by name, in any letters; nothing while no site is known at all.

    Raises SyncRefused for one that this district does not have, that is called as another, or that is not synced; with
    `asks_first`, also for one that nobody has confirmed.
    """
    if not _is_staged(connection):
        empty(connection, "staging.sites")
    known = run(connection, "staging/known_sites").fetchall()
    chosen = [_choose(known, site, asks_first=asks_first) for site in wanted] if known else []
    return tuple(dict.fromkeys(chosen))


def why_whole(connection: duckdb.DuckDBPyConnection) -> WholeInstead | None:
    """Why a landing of some sites cannot be merged with what is staged; None when it can."""
    if not _is_staged(connection):
        return WholeInstead("nothing that this release can use was staged before")
    ((version,),) = run(connection, "staging/api_version").fetchall()
    if version != API_VERSION:
        return WholeInstead(f"what is staged is from version {version} of Clever's API, and we ask {API_VERSION} now")
    return None


def left_open(connection: duckdb.DuckDBPyConnection, landing: Path, sites: Sequence[str]) -> list[str]:
    """Whom the landed lists of these sites leave open, as Clever ids."""
    _remember(connection)
    forget_lists(connection)
    for name in ("sections", "users"):
        read_landed_list(connection, name, landing / f"{name}.ndjson")
    return [clever_id for (clever_id,) in run(connection, "staging/merge/left_open", sites=list(sites)).fetchall()]


def merge_landing(connection: duckdb.DuckDBPyConnection, landing: Path, sites: Sequence[str], extract: Extract) -> None:
    """Makes `staging.*` from what was staged before and the landing of these sites, and keeps it."""
    _remember(connection)
    forget_lists(connection)
    for name in LISTS:
        read_landed_list(connection, name, landing / f"{name}.ndjson")
    make(connection, "staging/merge/spoken_of", file=str(landing / ASKED))
    make(connection, "staging/sections", "staging/users", "staging/user_sites")
    for name in (*_NUMBERED, *_OTHER_PEOPLE):
        run(connection, f"staging/merge/{name}")
    make(connection, "staging/memberships", "staging/not_shared", "staging/issues")
    for name in _OTHERS:
        run(connection, f"staging/merge/{name}", sites=list(sites))
    make(connection, "staging/origin", **origin_of(extract))
    keep(connection, extract.notices)


def _remember(connection: duckdb.DuckDBPyConnection) -> None:
    """Takes what was staged before into memory, where the landing cannot stand before it."""
    for table in model.EARLIER:
        empty(connection, table.full_name)
        connection.execute(f"INSERT INTO memory.{table.full_name} BY NAME FROM staging.{table.name}")


def _is_staged(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether all that this release keeps of a staging is there."""
    query = "SELECT table_name, column_name FROM duckdb_columns() WHERE schema_name = 'staging'"
    found = set(connection.execute(query).fetchall())
    return all((name, c.name) in found for name in KEPT for c in model.scratch(f"staging.{name}").columns)


def _choose(known: Sequence[tuple[str, str, str, bool]], wanted: str, *, asks_first: bool) -> str:
    named = wanted.strip().lower()
    found = [site for site in known if site[0].lower() == named] or [s for s in known if s[1].lower() == named]
    if not found:
        raise SyncRefused(
            f"This district has no site {wanted}",
            do="`roster status` lists its sites by name and id; one that is new in Clever comes with a whole sync",
        )
    if len(found) > 1:
        ids = ", ".join(site_id for site_id, *_ in found)
        raise SyncRefused(f"{len(found)} sites are called {wanted}", do=f"Name one by its id: {ids}")
    ((site_id, _, source, confirmed),) = found
    if source != "clever":
        raise SyncRefused(
            f"Site {site_id} does not use Clever: its enrollment source is {source!r}",
            do="The setting is in data/sites.csv; remove its line there to sync the site",
        )
    if asks_first and not confirmed:
        raise SyncRefused(f"Nobody has confirmed the counts of site {site_id}", do="`roster start` shows them")
    return site_id
