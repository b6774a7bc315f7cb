"""One district: what it uploads and shares, and what Clever has taken over of that.

Belongs here: taking over an upload, and changing records by hand. Does not belong here: what a record is made of, how
it is asked for, what happens in a school.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from clever_sandbox.district.events import Change, Feed
from clever_sandbox.district.ids import clever_id, clever_time, created_and_modified, district_token
from clever_sandbox.district.profile import Profile
from clever_sandbox.district.records import Ids, Shown, sources
from clever_sandbox.district.sharing import Sharing
from clever_sandbox.district.tables import KINDS, Json, Kind, Record, Stamp, Table
from clever_sandbox.district.upload import Upload

NIGHTLY = time(3, 10)
"""When Clever takes over what a district uploaded, in the district's time zone."""
_MORNING = time(5)


def in_the_morning(day: date, zone: ZoneInfo) -> datetime:
    """Five o'clock on a day, when the night's upload has been taken over."""
    return datetime.combine(day, _MORNING, zone)


@dataclass
class District:
    """A district and everything that it shares. `info` is its own API record.

    `day` counts the days that passed since it was loaded, `taken` is the moment of the last upload that Clever took
    over, in Unix seconds. Records that were changed by hand stay so until the next upload.
    """

    upload: Upload = field(repr=False)
    sharing: Sharing = field(default_factory=Sharing, repr=False)
    info: Json = field(default_factory=dict)
    tables: dict[Kind, Table] = field(default_factory=lambda: {kind: Table() for kind in KINDS}, repr=False)
    feed: Feed = field(default_factory=Feed, repr=False)
    token_generation: int = 0
    day: int = 0
    taken: float | None = None
    _held: Upload | None = field(default=None, repr=False)
    _stamps: dict[str, Stamp] = field(default_factory=dict, repr=False)
    _students: Ids = field(init=False, repr=False)
    _sections: Ids = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.info = self.info or _info(self.upload.profile)
        self._students, self._sections = Ids(self.id, "student"), Ids(self.id, "section")

    @property
    def profile(self) -> Profile:
        return self.upload.profile

    @property
    def id(self) -> str:
        return self.upload.profile.id

    @property
    def name(self) -> str:
        return str(self.info["name"])

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.upload.profile.timezone)

    @property
    def token(self) -> str:
        return district_token(self.id, self.token_generation)

    @property
    def paused(self) -> bool:
        return self.info.get("state") == "paused"

    @property
    def held(self) -> Upload:
        """What Clever goes by: the upload, or in a pause the one from before it."""
        return self._held or self.upload

    def pause(self, start: date, end: date) -> None:
        """From now on Clever takes over no upload; what is shared can still change."""
        self._held = self.upload.copy()
        self.info |= {"state": "paused", "pause_start": start.isoformat(), "pause_end": end.isoformat()}

    def resume(self) -> None:
        """Clever takes uploads over again."""
        self._held = None
        self.info["state"] = "running"
        for name in ("pause_start", "pause_end"):
            self.info.pop(name, None)

    def copy(self) -> District:
        """The same district, to be changed on its own."""
        copied = District(self.upload.copy(), self.sharing, dict(self.info), dict(self.tables), day=self.day)
        copied.feed.events = list(self.feed.events)
        copied.taken, copied._stamps = self.taken, dict(self._stamps)
        copied._held = self._held.copy() if self._held else None
        return copied

    def change(self, kind: Kind, put: Iterable[Record] = (), drop: Iterable[str] = ()) -> None:
        """Replaces the table in one step, so that a request sees it before or after, never between."""
        self.tables[kind] = self.tables[kind].changed(put, drop)

    def ingest(self, at: datetime) -> None:
        """Clever takes over what is uploaded and shared, at an aware moment, and writes the events.

        The first upload writes none: the feed of a district begins when it is connected. In a pause only what is shared
        is taken over.
        """
        first, moment = self.taken is None, clever_time(at.timestamp())
        shown = Shown(self.held, self.sharing, at.astimezone(self.zone).date(), self._students, self._sections)
        changes = []
        for kind, found in sources(shown).items():
            table = self.tables[kind]
            if first:
                self.tables[kind] = Table.of(found, {})
                continue
            put = []
            for record_id, source in found.items():
                before = table.source(record_id)
                if before is None or before != source:
                    after = Record(source, self._stamp(record_id, moment, new=before is None) if source.dated else None)
                    put.append(after)
                    changes.append(Change(kind, table.get(record_id), after))
            gone = [record_id for record_id in table.ids if record_id not in found]
            for record_id in gone:
                self._stamps.setdefault(record_id, created_and_modified(record_id))
            changes += [Change(kind, table[record_id], None) for record_id in gone]
            if put or gone:
                self.change(kind, put, gone)
        self.feed.write(changes, at.timestamp())
        if self._held is None:
            self.taken = at.timestamp()

    def last_sync(self, now: float) -> str:
        """When Clever last heard from the district: every night, unless it is paused or its record says otherwise."""
        if given := self.info.get("last_sync"):
            return str(given)
        if self.paused and self.taken is not None:
            return clever_time(self.taken)
        local = datetime.fromtimestamp(now, self.zone)
        night = datetime.combine(local.date(), NIGHTLY, self.zone)
        return clever_time((night if night <= local else night - timedelta(days=1)).timestamp())

    def _stamp(self, record_id: str, moment: str, *, new: bool) -> Stamp:
        """The dates of a record that is new or changed; one that was there once and is back has the ones it had."""
        known = self._stamps.get(record_id)
        if not (new and known):
            created = known[0] if known else moment if new else created_and_modified(record_id)[0]
            self._stamps[record_id] = created, moment
        return self._stamps[record_id]


def _info(profile: Profile) -> Json:
    """The district's own record: what it does not know is not there."""
    info: Json = msgspec.to_builtins(profile)
    info.pop("admins", None)
    info.pop("timezone", None)
    info = {"state": "running", "error": "", **info}
    if contact := info.get("district_contact"):
        contact |= {"id": clever_id(profile.id, "district_contact"), "district": profile.id}
    return info
