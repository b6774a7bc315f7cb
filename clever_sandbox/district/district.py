"""One district: what it uploads and shares, and what Clever has taken over of that.

Belongs here: taking over an upload, and changing records by hand. Does not belong here: what a record is made of, how
it is asked for, what happens in a school.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from clever_sandbox.district.events import Change, Feed
from clever_sandbox.district.ids import LAST_CHANGE, clever_id, clever_time, created_and_modified, district_token
from clever_sandbox.district.millions import no_circles
from clever_sandbox.district.profile import Profile
from clever_sandbox.district.records import Ids, Shown, sources
from clever_sandbox.district.sharing import Sharing
from clever_sandbox.district.tables import KINDS, Json, Kind, Record, Source, Stamp, Table
from clever_sandbox.district.upload import Upload

NIGHTLY = time(3, 10)
"""When Clever takes over what a district uploaded, in the district's time zone."""
_MORNING = time(5)
_DAY = timedelta(days=1)


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
    _until: float = LAST_CHANGE
    _gone: dict[str, Record] = field(default_factory=dict, repr=False)
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
        copied = replace(
            self, upload=self.upload.copy(), info=deepcopy(self.info), tables=dict(self.tables), feed=self.feed.copy()
        )
        copied._gone = dict(self._gone)
        copied._held = self._held.copy() if self._held else None
        return copied

    def change(self, kind: Kind, put: Iterable[Record] = (), drop: Iterable[str] = ()) -> None:
        """Replaces the table in one step, so that a request sees it before or after, never between."""
        self.tables[kind] = self.tables[kind].changed(put, drop)

    @no_circles()
    def ingest(self, at: datetime) -> None:
        """Clever takes over what is uploaded and shared, at an aware moment, and writes the events.

        The first one is what the last night brought, and writes none: the feed of a district begins when it is
        connected. In a pause only what is shared is taken over.
        """
        first = self.taken is None
        at = self._night(at.timestamp()) if first else at
        moment = at.timestamp()
        if first:
            self._until = min(LAST_CHANGE, moment)
        shown = Shown(self.held, self.sharing, at.astimezone(self.zone).date(), self._students, self._sections)
        tables, changes = dict(self.tables), list[Change]()
        for kind, found in sources(shown).items():
            if first:
                tables[kind] = Table.of(found, self._until)
            else:
                tables[kind], changed = self._taken_over(kind, found, clever_time(moment))
                changes += changed
        self.tables = tables  # in one step: no answer is made of two nights
        self.feed.write(changes, moment)
        if self._held is None:
            self.taken = moment
        if self.paused and self._held is None:
            self._held = self.upload.copy()

    def _taken_over(self, kind: Kind, found: dict[str, Source], moment: str) -> tuple[Table, list[Change]]:
        """The table of a kind as it is now, and what is different. What only a file says is no change of a record."""
        table, put, changes = self.tables[kind], list[Record](), list[Change]()
        for record_id, source in found.items():
            before = table.get(record_id)
            if before is None or before.source != source:
                after = Record(source, self._stamp(before, source, moment), self._until)
                put.append(after)
                if before is None or before.body_with_more() != after.body_with_more():
                    changes.append(Change(kind, before, after))
        gone = [table[record_id] for record_id in table.ids if record_id not in found]
        self._gone |= {record.id: record for record in gone}
        changes += [Change(kind, record, None) for record in gone]
        return (table.changed(put, [record.id for record in gone]) if put or gone else table), changes

    def wake(self, now: float) -> None:
        """Clever takes over what is uploaded if a night has passed since the last time; the clock runs on by itself."""
        night = self._night(now)
        if self.taken is not None and not self.paused and night.timestamp() > self.taken:
            self.ingest(night)

    def last_sync(self, now: float) -> str:
        """When Clever last heard from the district: every night, unless it is paused or its record says otherwise."""
        if given := self.info.get("last_sync"):
            return str(given)
        if self.paused and self.taken is not None:
            return clever_time(self.taken)
        night = self._night(now).timestamp()
        # An upload may be taken over between two nights, never after now.
        return clever_time(self.taken if self.taken is not None and night < self.taken <= now else night)

    def out_of_season(self) -> list[str]:
        """What somebody should know who wonders where the classes are."""
        if len(self.upload.sections) and not len(self.tables["sections"]):
            return ["no term of the district has begun: its sections are shown when one does"]
        ends = [term["end_date"] for term in self._terms() if "end_date" in term]
        today = datetime.fromtimestamp(self.taken or 0, self.zone).date().isoformat()
        return ["all terms of the district are over"] if ends and max(ends) < today else []

    def _terms(self) -> Iterator[Json]:
        table = self.tables["terms"]
        return (table[term].data() for term in table.ids)

    def _night(self, now: float) -> datetime:
        """The last time that it was ten past three in the district."""
        local = datetime.fromtimestamp(now, self.zone)
        night = datetime.combine(local.date(), NIGHTLY, self.zone)
        return night if night.timestamp() <= now else datetime.combine(local.date() - _DAY, NIGHTLY, self.zone)

    def _stamp(self, before: Record | None, source: Source, moment: str) -> Stamp | None:
        """The dates of a record that is new or has changed; what is back as it was has the dates that it had."""
        if not source.dated:
            return None
        last = before or self._gone.get(source.id)
        if last is None:
            return moment, moment
        known = last.stamp or created_and_modified(source.id, self._until)
        same = last.source == source or last.body_with_more() == Record(source, known).body_with_more()
        return known if same else (known[0], moment)


def _info(profile: Profile) -> Json:
    """The district's own record: what it does not know is not there."""
    whole: Json = {name: getattr(profile, name) for name in profile.__struct_fields__}
    always = {"id", "name", "sis_type", "launch_date", "portal_url", "login_methods", "state", "error"}
    info: Json = msgspec.to_builtins({name: value for name, value in whole.items() if value or name in always})
    for name in ("admins", "timezone"):
        info.pop(name, None)
    if contact := info.get("district_contact"):
        contact |= {"id": clever_id(profile.id, "district_contact"), "district": profile.id}
    return info
