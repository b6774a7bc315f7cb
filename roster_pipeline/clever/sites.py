"""Some sites of a district in a landing folder, and the people whom their lists leave open.

Belongs here: what is asked for one site's sync. Does not belong here: who is left open (`staging/one_site.py` knows
what was staged before), and the whole district (`client`).

The landing has the five files of a whole one, with the people and sections of these sites alone, and `asked.ndjson`:
who was asked for one by one, so that somebody of whom there is no record is known to be gone.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from urllib.parse import quote

import msgspec

from roster_pipeline.clever import landing as landings
from roster_pipeline.clever.client import Clever, one_record, out_of_time
from roster_pipeline.clever.http import Refused, refusal
from roster_pipeline.clever.landing import Checkpoint, Endpoint, Extract, ListFile, Notice, record_id
from roster_pipeline.clever.lists import Asked, list_notices, parse_page
from roster_pipeline.clever.together import together
from roster_pipeline.clever.tokens import Access

MOST_LOOK_UPS = 100
"""How many people are looked up one by one at most; for more, the lists of the whole district are the shorter way."""

ASKED = "asked.ndjson"

_AT_ONCE = 4
# Of the whole district: they are short, and a school, term or course that is gone shows nowhere else. That all courses
# and terms arrived needs no count: of one that is missing, what was known last stands.
_SHARED_LISTS = {
    "schools": Asked("schools"),
    "terms": Asked("terms", counted=False, optional=True),
    "courses": Asked("courses", counted=False, optional=True),
}
_OF_SITE = ("sections", "users")


@dataclass(frozen=True)
class WholeInstead:
    """Why the whole district has to be fetched after all."""

    why: str

    @property
    def notice(self) -> Notice:
        return Notice("whole_district", f"The whole district was fetched, not the site alone: {self.why}.")


class SitesClever(Clever):
    """The client, for one site's sync."""

    def extract_sites(
        self,
        district_id: str,
        sites: Sequence[str],
        landing: Path,
        left_open: Callable[[Path], Sequence[str]],
        seconds: float | None = None,
    ) -> Extract | WholeInstead:
        """Fetches these sites into `landing`; lists go on where an earlier try of less than 2 hours ago stopped.

        `left_open` says whom the landed lists leave open, by Clever id. Raises as `extract`.
        """
        with landings.opened(landing):
            access = self._tokens.of(district_id)
            self._http.clock_shown = None
            record, district = self._the_district(access, district_id)
            landings.unlink_receipt(landing)
            now = self._clock.now()
            source = f"{self._api} {district_id} limit={self._page_limit} sites={','.join(sites)}"
            lists = _SHARED_LISTS | _lists_of(sites)
            started = landings.resume_from(landing, source, now, self._resume_within, lists)
            files = {name: ListFile(landing, name, source=source, started_at=started) for name in lists}
            fetched = self._side_by_side(access, district_id, lists, files, _say_nothing, _say_nothing, seconds)
            if (gone := _not_listed(landing, sites, fetched)) is not None:
                return WholeInstead(f"Clever does not list site {gone} any more")
            for kind in _OF_SITE:
                _join(landing, kind, [fetched[name].file for name in _names(kind, sites)])
            ids = left_open(landing)
            if len(ids) > MOST_LOOK_UPS:
                return WholeInstead(f"{len(ids):,} people would have to be looked up one by one")
            people = self._look_up(access, district_id, ids, seconds)
            _add_people(landing, ids, people)
            said, clock = self._clock_of(district)
            extract = Extract(
                district=district,
                endpoints=(
                    _of_district(landing, record),
                    *(fetched[name] for name in _SHARED_LISTS),
                    _joined("sections", landing, [fetched[n] for n in _names("sections", sites)]),
                    _joined("users", landing, [fetched[n] for n in _names("users", sites)], people, len(ids)),
                ),
                notices=(
                    *self._notices_of(district, now, said, clock),
                    *chain.from_iterable(_notices(name, files[name].state) for name in lists),
                ),
                started_at=started,
                fetched_at=self._clock.now(),
                clock=clock,
            )
            landings.write_receipt(landing, extract)
            return extract

    def _look_up(self, access: Access, district: str, ids: Sequence[str], seconds: float | None) -> tuple[bytes, ...]:
        """The records of these people, a line each; nothing of those whom Clever does not show."""

        def work(mine: Sequence[str], stop: threading.Event) -> list[bytes]:
            return [line for user_id in mine if (line := _person(access, district, user_id, stop))]

        works = {f"people-{n}": partial(work, ids[n::_AT_ONCE]) for n in range(_AT_ONCE) if ids[n::_AT_ONCE]}
        return tuple(chain.from_iterable(together(works, lambda: out_of_time(district), seconds=seconds).values()))


def _say_nothing(_: object) -> None:
    """Half a dozen short answers need no progress bar."""


def _person(access: Access, district: str, user_id: str, stop: threading.Event) -> bytes:
    """The record of one person as a line; empty when Clever has none for us (docs/clever.md#answers-and-errors)."""
    what = f"one user of district {district}"
    try:
        return access.ask(f"users/{quote(user_id, safe='')}", "", what, _parse_single, stop)
    except Refused as refused:
        if refused.status in (400, 404):  # 400: what a section names is no id at all
            return b""
        raise refusal(refused, what) from None


def _parse_single(body: bytes) -> bytes:
    """A single record's envelope is an element of a list's."""
    return parse_page(b'{"data":[' + body + b"]}").lines()


def _lists_of(sites: Sequence[str]) -> dict[str, Asked]:
    return {
        name: Asked(f"schools/{quote(site, safe='')}/{kind}", counted=False, optional=True)
        for kind in _OF_SITE
        for name, site in zip(_names(kind, sites), sites, strict=True)
    }


def _names(kind: str, sites: Sequence[str]) -> list[str]:
    """What the lists of each site are called in the landing."""
    return [f"{kind}-{n}" for n in range(len(sites))]


def _of_district(landing: Path, record: bytes) -> Endpoint:
    file = landing / "districts.ndjson"
    landings.replace_file(file, record)
    return one_record(file, record)


def _not_listed(landing: Path, sites: Sequence[str], fetched: dict[str, Endpoint]) -> str | None:
    """The first of the sites that Clever does not list, or of which it shows nothing."""
    listed = {record_id(line) for line in (landing / "schools.ndjson").read_bytes().splitlines()}
    shared = [all(fetched[_names(kind, sites)[n]].shared for kind in _OF_SITE) for n in range(len(sites))]
    return next((site for site, shows in zip(sites, shared, strict=True) if site not in listed or not shows), None)


def _join(landing: Path, kind: str, files: Sequence[Path]) -> None:
    landings.replace_file(landing / f"{kind}.ndjson", b"".join(file.read_bytes() for file in files))


def _add_people(landing: Path, asked: Sequence[str], people: Sequence[bytes]) -> None:
    file = landing / "users.ndjson"
    landings.replace_file(file, file.read_bytes() + b"".join(people))
    landings.replace_file(landing / ASKED, b"".join(msgspec.json.encode({"id": i}) + b"\n" for i in asked))


def _joined(
    kind: str, landing: Path, parts: Sequence[Endpoint], people: Sequence[bytes] = (), asked: int = 0
) -> Endpoint:
    """The lists of all sites, and who was looked up, as one file."""
    file = landing / f"{kind}.ndjson"
    return Endpoint(
        name=kind,
        file=file,
        records=sum(p.records for p in parts) + len(people),
        distinct=sum(p.distinct for p in parts) + len(people),
        pages=sum(p.pages for p in parts) + asked,
        pages_fetched=sum(p.pages_fetched for p in parts) + asked,
        bytes=file.stat().st_size,
        seconds=max(p.seconds for p in parts),
        shared=True,
    )


def _notices(name: str, state: Checkpoint) -> list[Notice]:
    """As of a whole district; a site without people or sections is nothing to be told."""
    if name in _SHARED_LISTS:
        return list_notices(name, state)
    return [
        Notice(notice.code, notice.message, name.partition("-")[0])
        for notice in list_notices(name, state)
        if notice.code != "empty"
    ]
