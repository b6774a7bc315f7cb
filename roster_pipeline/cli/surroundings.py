"""What `roster doctor` looks at around the rosters: Clever, the daemon, disk, locks, versions, the UI's door.

Belongs here: checks of what an installation stands on; each says what to do. Does not belong here: what is in the
rosters, and printing (`cli/doctor.py`).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from roster_pipeline.cli.finding import Finding
from roster_pipeline.config import Settings, is_this_machine
from roster_pipeline.errors import RosterError

_ALIVE = timedelta(minutes=2)
"""Each part of the daemon says every half minute that it lives, unless it is at work."""

_PART_ALIVE = timedelta(minutes=30)
"""As Dagster has it: a part that is at work says nothing meanwhile."""

_CLOCKS_AGREE = timedelta(minutes=2)

_COPIES = 3
"""Of a district's files a sync may write at once: staging, published copy, and the truth when it is written anew."""

_LEAST_ROOM = 256 * 1024**2


def credentials(settings: Settings) -> tuple[Finding, ...]:
    """Whether Clever takes our credentials, asked once, and whether its clock and ours agree."""
    if settings.is_demo:
        return (Finding("credentials", True, "none are needed: the demo has a Clever of its own"),)
    from roster_pipeline.clever.client import Clever, RetryLimits, Timeout

    once = RetryLimits(unreachable=1, silent=1, failing=1, limited=1)
    with Clever(settings.clever, timeout=Timeout(5.0, 10.0, 20.0), retry_limits=once) as clever:
        try:
            found = len(clever.districts() if settings.clever.district_token else clever.listed())
        except RosterError as error:
            return Finding("credentials", False, str(error)), Finding("clock", True, "Clever did not tell its own")
        reading = clever.clock_shown
    if not found:
        do = "See in the Clever dashboard which districts are connected"
        taken = Finding("credentials", False, f"Clever takes them, and lists no district for them. {do}.")
    else:
        taken = Finding(
            "credentials", True, f"Clever takes them, for {found} {'districts' if found > 1 else 'district'}"
        )
    return taken, clock(reading.ahead if reading else None, settings)


def clock(ahead: timedelta | None, settings: Settings) -> Finding:
    """`ahead` is by how much Clever's clock is ahead of ours."""
    if ahead is None:
        return Finding("clock", True, "Clever did not tell its own")
    away = abs(round(ahead.total_seconds()))
    ours = f"ours is {away:,} seconds {'behind' if ahead > timedelta() else 'ahead of'} Clever's"
    if abs(ahead) <= _CLOCKS_AGREE:
        return Finding("clock", True, "ours and Clever's agree")
    if is_this_machine(settings.clever.api_url):
        return Finding("clock", True, f"{ours}, which is local and has days of its own")
    return Finding("clock", False, f"{ours}. Set this machine's clock by a time server (`timedatectl` tells).")


def daemon(settings: Settings) -> Finding:
    """Whether Dagster's daemon lives: without it nothing happens at night, and nothing that the UI launches begins."""
    from roster_pipeline.cli.launch import daemon_heartbeats
    from roster_pipeline.sync import utc_now

    return judge_daemon(daemon_heartbeats(), utc_now(), needed=_is_real(settings))


def judge_daemon(beats: Mapping[str, datetime], now: datetime, *, needed: bool) -> Finding:
    """What the last sign of life of each part means; times are naive UTC. A local Clever needs no daemon."""
    do = "Start `roster daemon`" if needed else "A local Clever needs none; `make dev` starts one"
    if not beats:
        return Finding("daemon", not needed, f"none has ever run on this instance. {do}.")
    last = max(beats.values())
    if now - last > _ALIVE:
        return Finding("daemon", not needed, f"none since {_at(last)}. {do}.")
    silent = sorted(kind for kind, beat in beats.items() if now - beat > _PART_ALIVE)
    if silent:
        what = f"it lives, but {', '.join(silent)} has said nothing since {_at(min(beats.values()))}"
        return Finding("daemon", not needed, f"{what}. End `roster daemon` and start it anew.")
    return Finding("daemon", True, f"lives: {_at(last)}")


def disk(settings: Settings) -> Finding:
    """Whether the next sync of the largest district finds room."""
    folders = [folder for folder in settings.warehouse.glob("*") if (folder / "district.json").exists()]
    largest = max((sum(f.stat().st_size for f in folder.glob("*.duckdb")) for folder in folders), default=0)
    wanted = max(_COPIES * largest, _LEAST_ROOM)
    places = (settings.warehouse, settings.dagster_home)
    free = min(shutil.disk_usage(_nearest(place)).free for place in places)
    says = f"{_size(free)} are free; the next sync of the largest district may want {_size(wanted)}"
    do = "Make room, or set ROSTER_WAREHOUSE or DAGSTER_HOME to another disk"
    return Finding("disk", free >= wanted, says if free >= wanted else f"{says}. {do}.")


def locks(settings: Settings) -> Finding:
    """Who holds a district, and since when; longer than a sync may take, somebody must look."""
    from roster_pipeline.sync import utc_now
    from roster_pipeline.warehouse.lock import holder_of
    from roster_pipeline.warehouse.warehouse import Warehouse

    warehouse, now = Warehouse(settings.warehouse), utc_now()
    held, too_long = [], False
    for slug in (d.slug for d in warehouse.districts()):
        file = warehouse.folder(slug).path / "lock"
        note = holder_of(file)
        if note is None:
            continue
        since = _moment(note.get("started_at"))
        who = f"sync {note['sync_id']}" if "sync_id" in note else "a backup or another command"
        held.append(f"{slug} is held by {who}" + (f" since {_at(since)}" if since else ""))
        most = timedelta(minutes=settings.max_sync_minutes + settings.max_wait_minutes)
        too_long = too_long or bool(since and now - since > most)
    do = ". That is longer than a sync may take: end the run in Dagster" if too_long else ""
    return Finding("locks", not too_long, ("; ".join(held) or "no run holds a district") + do)


def schema(settings: Settings) -> Finding:
    """Which version the tables of each district have; one that cannot be read is told of as a district."""
    from roster_pipeline.warehouse.schema import VERSION
    from roster_pipeline.warehouse.warehouse import Warehouse

    warehouse = Warehouse(settings.warehouse)
    older = []
    for slug in (d.slug for d in warehouse.districts() if warehouse.folder(d.slug).published.exists()):
        with suppress(RosterError):  # which is told of the district
            if (version := warehouse.schema_version(slug)) < VERSION:
                older.append(f"{slug} has {version}")
    behind = f"; {', '.join(older)}: the next sync brings it up" if older else ""
    return Finding("schema", True, f"version {VERSION} is this release's{behind}")


def ui(_: Settings) -> Finding:
    """Whether the settings of the UI can be used, and who may do what with them."""
    from roster_pipeline.ui.settings import read_access

    access = read_access(os.environ)
    names = ", ".join(sorted({host.name for host in access.hosts}))
    if access.read_only:
        who = "everybody only looks"
    elif access.user_header is None:
        who = "nobody signs in, so whoever reaches the port may do everything"
    elif access.editors is None:
        who = "all who sign in may change something"
    else:
        who = f"{len(access.editors)} of those who sign in may change something"
    return Finding("ui", True, f"answers to {names}; {who}")


def _is_real(settings: Settings) -> bool:
    return not (settings.is_demo or is_this_machine(settings.clever.api_url))


def _nearest(place: Path) -> Path:
    """The folder itself, or the nearest above it that is there: it will be made on the same disk."""
    return next(p for p in (place, *place.parents) if p.exists())


def _moment(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text or "")
    except ValueError:
        return None


def _at(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _size(count: int) -> str:
    return f"{count / 1024**2:,.0f} MiB"
