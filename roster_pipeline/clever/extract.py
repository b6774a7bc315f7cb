"""From Clever to a landing: which district, which folder.

Belongs here: the districts that share with us, and a landing's life. Does not belong here: which Clever is asked
(`local`), HTTP (`client`).
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from roster_pipeline.clever.client import Clever, Endpoint, Extract, Progress
from roster_pipeline.clever.landing import LISTS, discard, is_complete, write_receipt
from roster_pipeline.clever.local import clever_settings
from roster_pipeline.clever.sites import SitesClever, WholeInstead
from roster_pipeline.clever.tokens import NOBODY_LISTED, SEE_DASHBOARD
from roster_pipeline.config import Settings
from roster_pipeline.errors import CleverRefused, RosterError, SyncRefused
from roster_pipeline.failpoints import failpoint
from roster_pipeline.warehouse.warehouse import DistrictIdentity, Warehouse

log = logging.getLogger(__name__)


def discover_districts(settings: Settings, warehouse: Warehouse) -> list[DistrictIdentity]:
    """The districts that share with us, each with its slug; new ones get a folder, those that left a mark.

    A district that left is told of once, a district that is back counts again. Raises CleverUnavailable or
    CleverRefused; then, and when Clever lists nobody at all, nobody has left.
    """
    with Clever(clever_settings(settings)) as clever:
        found, listed = clever.districts(), clever.listed()
    if not found:
        raise CleverRefused(
            f"{NOBODY_LISTED}. Nothing was changed, no district counts as having left", do=SEE_DASHBOARD
        )
    for district in warehouse.note_listed(listed, datetime.now(UTC).replace(tzinfo=None, microsecond=0)):
        log.warning(
            "%s: Clever no longer lists this district, so it is not synced any more, and its roster stays as it is. "
            "`roster forget %s` takes it off.",
            district.slug,
            district.slug,
        )
    return [warehouse.register(d.id, d.name) for d in found]


def refuse_listed(settings: Settings, district: DistrictIdentity) -> None:
    """Raises SyncRefused unless Clever has said, with a list that is believed, that this district has left."""
    if district.left_at is not None:
        return
    what, do = f"Clever lists district {district.slug}", "Disconnect the application from it in Clever first"
    try:
        with Clever(clever_settings(settings)) as clever:
            listed = clever.listed()
            if not listed and clever.districts() == []:
                what, do = f"{NOBODY_LISTED}, so {district.slug} does not count as having left", SEE_DASHBOARD
            elif not listed:
                what = f"The token of one district does not say whether {district.slug} has left"
                do = "Set CLEVER_CLIENT_ID and CLEVER_CLIENT_SECRET instead of CLEVER_DISTRICT_TOKEN"
    except RosterError as error:
        what, do = f"Nobody knows whether Clever still lists {district.slug}: {error.what}", error.do
    raise SyncRefused(what, do=do)


def extract_district(
    settings: Settings,
    warehouse: Warehouse,
    district: str,
    sync_id: str,
    landed: Callable[[Endpoint], None] = lambda _: None,
    seconds: float | None = None,
    instead: WholeInstead | None = None,
) -> Extract:
    """Lands the whole district in `landing/<sync_id>/`, going on where a killed extract stopped.

    `landed` is called for each list that is whole, while others are still being fetched. Raises CleverUnavailable,
    CleverRefused or BrokenExtract; what has been fetched is kept for the next try. After `seconds` it gives up.
    `instead` of some sites: the receipt says why.
    """
    identity, folder = warehouse.identity(district), warehouse.folder(district)
    landing = _landing_for(folder.landings, folder.discarded, sync_id)
    zone = ZoneInfo(settings.schedule_timezone)
    with Clever(clever_settings(settings), zone=zone) as clever, _progress_bars() as progress:
        extract = clever.extract(identity.clever_id, landing, progress, landed, seconds)
    if instead:
        extract = replace(extract, notices=(*extract.notices, instead.notice))
        write_receipt(landing, extract)
    for notice in extract.notices:
        log.warning("%s: %s", district, notice.message)
    return extract


def extract_sites(
    settings: Settings,
    warehouse: Warehouse,
    district: str,
    sync_id: str,
    sites: Sequence[str],
    left_open: Callable[[Path], Sequence[str]],
    seconds: float | None = None,
) -> tuple[Path, Extract] | WholeInstead:
    """Lands these sites in `landing.sites/<sync_id>/`; `left_open` says whom their lists leave open, by Clever id.

    Raises and resumes as `extract_district`.
    """
    identity, folder = warehouse.identity(district), warehouse.folder(district)
    landing = _landing_for(folder.site_landings, folder.discarded, sync_id)
    with SitesClever(clever_settings(settings), zone=ZoneInfo(settings.schedule_timezone)) as clever:
        extract = clever.extract_sites(identity.clever_id, sites, landing, left_open, seconds)
    if isinstance(extract, WholeInstead):
        return extract
    for notice in extract.notices:
        log.warning("%s: %s", district, notice.message)
    return landing, extract


def _landing_for(landings: Path, bin_: Path, sync_id: str) -> Path:
    """This sync's folder: the newest unfinished one of an earlier sync under a new name, else a new one."""
    landings.mkdir(parents=True, exist_ok=True)
    landing = landings / sync_id
    earlier = sorted(path for path in landings.iterdir() if path != landing)
    if earlier and not landing.exists() and not is_complete(earlier[-1]):
        earlier.pop().rename(landing)
        failpoint("landing_taken_over")
    for path in earlier:
        discard(path, bin_)
    return landing


@contextmanager
def _progress_bars() -> Iterator[Callable[[Progress], None]]:
    """One bar per list when a terminal watches; nothing otherwise."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description:>10}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks = {name: bars.add_task(name, total=None) for name in LISTS}

        def show(progress: Progress) -> None:
            bars.update(tasks[progress.endpoint], completed=progress.records, total=progress.expected)

        yield show
