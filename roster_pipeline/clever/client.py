"""The Clever client: which districts we reach, and one district's lists in a landing folder.

Belongs here: districts, tokens and their rotation, the lists side by side, what is noticed on the way.
Does not belong here: Dagster, what records mean (staging); one request (clever_http), one list
(clever_list) and files (landing) have modules of their own.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from roster_pipeline.clever import landing as landings
from roster_pipeline.clever.http import (
    REQUESTS_A_MINUTE,
    Clock,
    Http,
    Limiter,
    Refused,
    RetryLimits,
    Timeout,
    refusal,
)
from roster_pipeline.clever.landing import (
    LISTS,
    District,
    Endpoint,
    Extract,
    ListFile,
    Notice,
    Progress,
)
from roster_pipeline.clever.lists import WHOLE_DISTRICT, Asked, ListWalk, list_notices, parse_page
from roster_pipeline.clever.today import ClockReading, local_day
from roster_pipeline.clever.together import together
from roster_pipeline.clever.tokens import API_VERSION, Access, Tokens
from roster_pipeline.config import CleverSettings, check_host
from roster_pipeline.errors import CleverRefused, CleverUnavailable
from roster_pipeline.failpoints import failpoint

__all__ = [
    "Clever",
    "Clock",
    "District",
    "Endpoint",
    "Extract",
    "Notice",
    "Progress",
    "RetryLimits",
    "Timeout",
]

log = logging.getLogger(__name__)

STALE_AFTER = timedelta(days=3)

_TIMEOUT, _RETRY_LIMITS, _CLOCK = Timeout(), RetryLimits(), Clock()


class _DistrictRecord(msgspec.Struct):
    id: Any = None
    name: Any = None
    state: Any = None
    error: Any = None
    last_sync: Any = None
    pause_start: Any = None
    pause_end: Any = None


_district_of = msgspec.json.Decoder(_DistrictRecord)


class Clever:
    """Clever for one set of credentials; a context manager. Its methods may be called from several threads."""

    def __init__(
        self,
        settings: CleverSettings,
        *,
        page_limit: int = 10_000,
        timeout: Timeout = _TIMEOUT,
        retry_limits: RetryLimits = _RETRY_LIMITS,
        requests_a_minute: int = REQUESTS_A_MINUTE,
        resume_within: timedelta = timedelta(hours=2),
        clock: Clock = _CLOCK,
        zone: tzinfo = UTC,
    ) -> None:
        """`zone` is where the districts' days begin."""
        check_host(settings.api_url, "CLEVER_API_URL")
        check_host(settings.tokens_url, "CLEVER_TOKENS_URL")
        self._settings = settings
        self._api = f"{settings.api_url.rstrip('/')}/{API_VERSION}"
        self._page_limit = page_limit
        self._resume_within = resume_within
        self._clock = clock
        self._zone = zone
        limiter = Limiter(clock, requests_a_minute)
        self._http = Http(timeout=timeout, retry_limits=retry_limits, limiter=limiter, clock=clock)
        self._tokens = Tokens(settings, self._http)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    @property
    def clock_shown(self) -> ClockReading | None:
        """What Clever's clock showed with the answers so far, where one of them told it."""
        return self._http.clock_shown

    def districts(self) -> list[District]:
        """Every district our credentials reach, by id.

        A district whose token Clever refuses is left out and logged (`extract` says what is the matter
        with it), unless none is left. Raises CleverRefused, CleverUnavailable. See docs/clever.md#tokens.
        """
        found: dict[str, District] = {}
        refused: CleverRefused | None = None
        for access in self._tokens.every():
            try:
                found |= {district.id: district for _, district in _districts(access)}
            except CleverRefused as error:
                log.warning("%s", error)
                refused = error
        if refused and not found:
            raise refused
        return [found[i] for i in sorted(found)]

    def listed(self) -> frozenset[str]:
        """The ids of all districts that Clever lists for our application, also of those whose token it refuses.

        Empty with the token of one district, which says nothing about the others. Raises as `districts`.
        """
        return frozenset(access.district_id for access in self._tokens.every() if access.district_id)

    def extract(
        self,
        district_id: str,
        landing: Path,
        progress: Callable[[Progress], None] = lambda _: None,
        landed: Callable[[Endpoint], None] = lambda _: None,
        seconds: float | None = None,
    ) -> Extract:
        """Fetch the whole district into `landing`, going on where an earlier try of less than 2 hours ago stopped.

        Writes `districts.ndjson` and one file per list, one record per line as Clever sent it, then the
        receipt. `progress` is called after every page, by one thread at a time; `landed` once per list that
        is whole, by the caller's thread, while other lists are still being fetched. After `seconds` it gives
        up, whatever Clever does. Raises CleverRefused (nothing to wait for), CleverUnavailable and BrokenExtract
        (run again), SyncRefused (the landing is in use), OSError; the landing then is not complete, and nothing
        outside it has changed.
        """
        with landings.opened(landing):
            access = self._tokens.of(district_id)
            self._http.clock_shown = None
            record, district = self._the_district(access, district_id)
            landings.unlink_receipt(landing)
            now = self._clock.now()
            source = f"{self._api} {district_id} limit={self._page_limit}"
            started = landings.resume_from(landing, source, now, self._resume_within)
            files = {name: ListFile(landing, name, source=source, started_at=started) for name in LISTS}
            fetched = self._side_by_side(access, district_id, WHOLE_DISTRICT, files, progress, landed, seconds)
            said, clock = self._clock_of(district)
            file = landing / "districts.ndjson"
            landings.replace_file(file, record)
            failpoint("district_landed")
            extract = Extract(
                district=district,
                endpoints=(one_record(file, record), *(fetched[name] for name in LISTS)),
                notices=(
                    *self._notices_of(district, now, said, clock),
                    *(w for name in LISTS for w in list_notices(name, files[name].state)),
                ),
                started_at=started,
                fetched_at=self._clock.now(),
                clock=clock,
            )
            landings.write_receipt(landing, extract)
            return extract

    def _clock_of(self, district: District) -> tuple[ClockReading | None, ClockReading | None]:
        """What Clever's clock showed meanwhile, and the same when the district's day goes by it."""
        said = self._http.clock_shown
        return said, said if said and said.counts(district.last_sync) else None

    def _notices_of(
        self, district: District, now: datetime, said: ClockReading | None, clock: ClockReading | None
    ) -> tuple[Notice, ...]:
        wrong = [_wrong_clock(said)] if said and not clock else []
        return (*wrong, *district_notices(district, clock.at(now) if clock else now, self._zone))

    def _the_district(self, access: Access, district_id: str) -> tuple[bytes, District]:
        """The record of the district that is about to be read; a token of another district is refused."""
        for record, district in _districts(access):
            if district.id == district_id:
                return record, district
        raise CleverRefused(
            f"The token for district {district_id} does not open that district. Nothing was changed",
            do="Check CLEVER_DISTRICT_TOKEN and the district's connection in the Clever dashboard",
        )

    def _side_by_side(
        self,
        access: Access,
        district: str,
        lists: Mapping[str, Asked],
        files: Mapping[str, ListFile],
        progress: Callable[[Progress], None],
        landed: Callable[[Endpoint], None],
        seconds: float | None,
    ) -> dict[str, Endpoint]:
        """The lists, each in a thread: a page's cursor is the id before it, so a list itself is sequential."""
        one_at_a_time = threading.Lock()

        def work(name: str, stop: threading.Event) -> Endpoint:
            def tell(step: Progress) -> None:
                with one_at_a_time:
                    if not stop.is_set():
                        progress(step)

            return ListWalk(
                name,
                lists[name],
                files[name],
                lambda path, query, what, parse: access.ask(path, query, what, parse, stop),
                api=self._api,
                district=district,
                page_limit=self._page_limit,
                progress=tell,
                steady=self._clock.steady,
            ).run()

        try:
            works = {name: partial(work, name) for name in files}
            return together(works, lambda: out_of_time(district), landed, seconds)
        except BaseException:
            for file in files.values():
                file.abandon()
            raise


def out_of_time(district: str) -> CleverUnavailable:
    """What to say when the time that a sync may take is over before everything has landed."""
    return CleverUnavailable(
        f"Clever did not give district {district} within the time that a sync may take",
        do="Run the sync again, it goes on where it stopped; ROSTER_MAX_SYNC_MINUTES sets the limit",
    )


def _wrong_clock(said: ClockReading) -> Notice:
    away = f"{abs(said.days_ahead)} days {'ahead of' if said.days_ahead > 0 else 'behind'} ours"
    what = f"Clever's clock is {away}, and its data is not of that time: which terms are over goes by ours."
    return Notice("wrong_clock", what)


def district_notices(district: District, now: datetime, zone: tzinfo) -> list[Notice]:
    """What a person should know about the district itself at `now` (aware); its days begin in `zone`.

    Clever keeps serving the last good data while a district is paused, held or in error, so nothing but these fields
    tells that it is old: docs/clever.md#a-district-and-its-pauses.
    """
    found = []
    if district.error or district.state == "error":
        said = f": {district.error.rstrip('.')}" if district.error else ""
        found.append(Notice("district_error", f"Clever reports an error for this district{said}."))
    if district.state == "pending":
        found.append(Notice("pending", "Clever is still setting up this district."))
    today = local_day(now, zone)
    begun = district.pause_start is not None and district.pause_start <= today
    over = district.pause_end is not None and district.pause_end < today
    if (begun and not over) or (district.state == "paused" and not over):
        until = f" until {district.pause_end}" if district.pause_end else ""
        found.append(Notice("paused", f"Clever is paused{until}."))
    elif district.last_sync is not None and now - district.last_sync > STALE_AFTER:
        days = (now - district.last_sync).days
        found.append(Notice("stale", f"Clever has had no new data for {days} days."))
    return found


def _districts(access: Access) -> list[tuple[bytes, District]]:
    """`/districts` as the one line of `districts.ndjson` and as a record (docs/clever.md#a-district-and-its-pauses)."""
    whose = f" {access.district_id}" if access.district_id else ""
    what = f"the record of the district{whose}"
    try:
        page = access.ask("districts", "", what, parse_page)
    except Refused as refused:
        raise refusal(refused, what) from None
    lines = page.lines().split(b"\n")[:-1]
    return [(line + b"\n", _district(line, i)) for line, i in zip(lines, page.ids, strict=True) if i]


def _district(record: bytes, identity: str) -> District:
    raw = _district_of.decode(record)
    return District(
        id=identity,
        name=_text(raw.name) or identity,
        state=_text(raw.state),
        error=_text(raw.error),
        last_sync=_moment(raw.last_sync),
        pause_start=_day(raw.pause_start),
        pause_end=_day(raw.pause_end),
    )


def _text(value: object) -> str | None:
    """One line of at most 200 characters; absent, null, "" and what is no text are None."""
    text = " ".join(value.split())[:200] if isinstance(value, str) else ""
    return text or None


def _moment(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _day(value: object) -> date | None:
    """The day of a pause: the specification says datetime, a corrected one says date.

    docs/clever.md#a-district-and-its-pauses
    """
    moment = _moment(value)
    return moment.date() if moment else None


def one_record(file: Path, record: bytes) -> Endpoint:
    """The file of the district's own record."""
    return Endpoint(
        name="districts",
        file=file,
        records=1,
        distinct=1,
        pages=1,
        pages_fetched=1,
        bytes=len(record),
        seconds=0.0,
        shared=True,
    )
