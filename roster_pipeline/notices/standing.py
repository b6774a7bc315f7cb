"""What stands now and is worth a notice, read from what every district has published.

Belongs here: the kinds of notices, each a function in `KINDS`. Does not belong here: what was announced before
(`book.py`), and how it is delivered.

A notice has ids, counts and names of sites; no name of a person, neither of the roster nor of whoever decided.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import duckdb

from roster_pipeline.errors import RosterError
from roster_pipeline.history import report
from roster_pipeline.history.outcome import Failure, put_aside_failures
from roster_pipeline.history.sharing import sharing
from roster_pipeline.history.words import clevers_data, counted
from roster_pipeline.warehouse.sql import run
from roster_pipeline.warehouse.warehouse import Warehouse

STALE_AFTER = timedelta(hours=26)
"""A night, and two hours for what Clever and we may be late."""

EXPIRES_SOON = timedelta(hours=24)

UNREADABLE = "unreadable"

_FILLED_IN = 50
"""Sites in the fields of one link, at most: browsers and servers take no endless one."""

_PERSONAL = re.compile(r"\(asked for by [^)]*\)|(?<!\w)'[^']*'(?!\w)|\"[^\"]*\"|\S+@\S+")
"""What a sentence of ours may quote of what people typed."""


@dataclass(frozen=True)
class Notice:
    """One thing to tell: known by district, kind and subject; `what` happened in a sentence, and what to `do`.

    `of` are the ids of what it is about, where one more of them is news. `fields` are those of the job that mends it.
    """

    district: str
    kind: str
    subject: str
    what: str
    do: str
    of: tuple[str, ...] = ()
    fields: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @property
    def key(self) -> tuple[str, str, str]:
        return self.district, self.kind, self.subject


@dataclass(frozen=True)
class District:
    """A district as its published copy tells it, with the failures that wait to be recorded, at a moment (UTC)."""

    slug: str
    connection: duckdb.DuckDBPyConnection
    waiting: tuple[Failure, ...]
    now: datetime


@dataclass(frozen=True)
class Standing:
    """The notices that stand; of the districts in `unknown` nobody can say what else does."""

    notices: tuple[Notice, ...]
    unknown: frozenset[str]


def failed(district: District) -> Iterator[Notice]:
    """The last failure that no later sync has made good; a whole night of failures is one notice."""
    rows = run(district.connection, "notices/failed").fetchall()
    for failure in district.waiting:
        if failure.status == "failed" or failure.info.trigger == "nightly":
            rows.append((failure.info.sync_id, failure.info.trigger, failure.status, failure.error))
    for sync_id, trigger, status, error in rows[-1:]:
        what = f"sync {sync_id} ({trigger}) {status}: {_without_people(error)}"
        yield Notice(district.slug, "failed", "sync", what, f"`roster recent --district {district.slug}` tells more")


def held(district: District) -> Iterator[Notice]:
    """Each hold that nobody has decided."""
    for hold in report.holds(district.connection):
        if hold["status"] == "open":
            hold_id, of = hold["hold_id"], hold["entity"] or "records"
            what = f"hold {hold_id} of guard {hold['guard']} keeps back {counted(hold['changes'], 'change')} of {of}"
            do = f"`roster holds {hold_id}` shows them; `roster approve {hold_id}` or `roster reject {hold_id}` decides"
            yield Notice(district.slug, "held", hold_id, what, do)


def waiting(district: District) -> Iterator[Notice]:
    """The new sites of which nothing is on the roster until somebody confirms their counts."""
    sites = report.waiting_sites(district.connection)
    if sites:
        waiting = "1 site waits" if len(sites) == 1 else f"{len(sites):,} sites wait"
        do = f"`roster start --district {district.slug}` shows their counts, and `--confirm` starts them"
        names = ", ".join(site["name"] or site["site_id"] for site in sites[:5])
        more = ", …" if len(sites) > 5 else ""
        what, ids = f"{waiting} for confirmation: {names}{more}", tuple(site["site_id"] for site in sites)
        yield Notice(district.slug, "waiting", "sites", what, do, ids, _confirming(sites[:_FILLED_IN]))


def _confirming(sites: Sequence[report.Row]) -> dict[str, Any]:
    """The run config of `start_sync` that confirms these sites with these counts."""
    confirm = [{name: site[name] for name in ("site_id", "sections", "teachers", "students")} for site in sites]
    return {"resources": {"sync": {"config": {"confirm": confirm}}}}


def expiring(district: District) -> Iterator[Notice]:
    """Each hold whose time is nearly over and of which nothing has become."""
    for hold in report.holds(district.connection):
        at = hold["expires_at"]
        if at is None or hold["status"] == "rejected" or at - district.now > EXPIRES_SOON:
            continue
        hold_id, until = hold["hold_id"], f"{at:%Y-%m-%d %H:%M} UTC"
        if hold["status"] == "approved":
            what, do = f"no sync has used the approval of hold {hold_id}, which ends {until}", "sync"
        else:
            what, do = f"nobody has decided hold {hold_id}, which ends {until}", "holds"
        yield Notice(district.slug, "expiring", hold_id, what, f"`roster {do} --district {district.slug}`")


def stale_sites(connection: duckdb.DuckDBPyConnection, now: datetime) -> list[tuple[str, str, datetime | None]]:
    """The sites that have not succeeded for too long at `now` (naive UTC): id, name, last success."""
    return run(connection, "notices/stale", since=now - STALE_AFTER).fetchall()


def stale(district: District) -> Iterator[Notice]:
    """Each site that has not succeeded for too long."""
    for site_id, name, last in stale_sites(district.connection, district.now):
        since = f"since {last:%Y-%m-%d %H:%M} UTC" if last else "ever"
        what = f"site {site_id} ({name}) has not synced successfully {since}"
        yield Notice(district.slug, "stale", site_id, what, f"`roster status --district {district.slug}`")


def unread_lines(district: District) -> Iterator[Notice]:
    """Lines of the files that people edit, when they name nothing that is there."""
    found = report.lines_without(district.connection)
    if found["lines"]:
        what = f"{counted(found['lines'], 'line')} of data/*.csv {'names' if found['lines'] == 1 else 'name'} nothing"
        do = f"`roster details {found['sync_id']}` lists them"
        yield Notice(district.slug, "unread_lines", "files", f"{what} that is there", do)


def old_data(district: District) -> Iterator[Notice]:
    """What Clever said of a pause, a failed upload, or of data that is old."""
    found = report.clevers_data(district.connection)
    if found["clever_says"]:
        what = clevers_data(found["clevers_data_at"], found["clever_says"]).rstrip(".")
        yield Notice(district.slug, "old_data", "clever", what, "The district's Clever admin can mend that")


def lacking(district: District) -> Iterator[Notice]:
    """Each site of which Clever shares far less than a while ago."""
    for row in sharing.counts(district.connection):
        if row["finding"] == "sudden_lack":
            what = f"{row['people']:,} students, teachers and sections of {row['site']} are not shared any more"
            do = f"`roster sharing --district {district.slug}` lists them"
            yield Notice(district.slug, "lacking", row["site_id"], what, do)


Kind = Callable[[District], Iterator[Notice]]

KINDS: tuple[Kind, ...] = (failed, held, waiting, expiring, stale)
"""What is announced. One more kind of notice is one more function here, and its row in docs/operations.md."""


def standing(warehouse: Warehouse, now: datetime, kinds: Sequence[Kind] = KINDS) -> Standing:
    """What every district has to tell at `now` (naive UTC); those that have left Clever, or begun nothing, nothing.

    Raises RosterError when nobody knows which districts there are.
    """
    notices: list[Notice] = []
    unknown: set[str] = set()
    for slug in (d.slug for d in warehouse.districts() if d.left_at is None):
        folder = warehouse.folder(slug)
        if not folder.published.exists():
            continue
        try:
            with warehouse.read(slug) as connection:
                district = District(slug, connection, tuple(put_aside_failures(folder)), now)
                for kind in kinds:
                    notices += _told(district, kind, unknown)
        except RosterError as error:
            unknown.add(slug)
            notices.append(Notice(slug, UNREADABLE, "published", _without_people(error.what), error.do))
    return Standing(tuple(notices), frozenset(unknown))


def _told(district: District, kind: Kind, unknown: set[str]) -> list[Notice]:
    """The notices of a kind; where they cannot be found in one district, that is a notice, and no other suffers."""
    try:
        return list(kind(district))
    except Exception as error:
        unknown.add(district.slug)
        what = f"nobody knows what there is to tell of {kind.__name__} ({type(error).__name__})"
        do = f"`roster publish --district {district.slug}` makes its copy again; if that does not help, report it"
        return [Notice(district.slug, UNREADABLE, kind.__name__, what, do)]


def _without_people(text: str) -> str:
    """A sentence of ours without what it quotes: a cell of a file, an address, who asked."""
    return _PERSONAL.sub("…", text).rstrip(".")
