"""What an extract leaves on disk: the NDJSON files of one sync, their checkpoints and the receipt.

Belongs here: the records that describe an extract, appending a page so that SIGKILL at any moment
loses at most that page, resuming, and telling a whole landing from a partial one. Does not belong
here: HTTP, Clever's paging rules, reading the records (that is staging).

Files of a landing: `<list>.ndjson` (only ever whole), `<list>.ndjson.part` (growing),
`<list>.checkpoint.json` (how far the part is good; afterwards the receipt of the list),
`complete.json` (written last: the landing is whole), `lock`.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from roster_pipeline.clever.today import ClockReading
from roster_pipeline.errors import BrokenExtract, SyncRefused
from roster_pipeline.failpoints import failpoint

LISTS = ("schools", "terms", "courses", "sections", "users")


@dataclass(frozen=True)
class District:
    """A district as Clever describes it, without its contact person; what is missing is None."""

    id: str
    name: str
    state: str | None = None
    error: str | None = None
    last_sync: datetime | None = None
    pause_start: date | None = None
    pause_end: date | None = None


@dataclass(frozen=True)
class Notice:
    """Something a person should know about an extract that is whole; `code` is stable, `message` one line."""

    code: str
    message: str
    endpoint: str | None = None


@dataclass(frozen=True)
class Progress:
    """How far one list is; `expected` is Clever's own count, None when Clever did not give one."""

    endpoint: str
    records: int
    expected: int | None


@dataclass(frozen=True)
class Endpoint:
    """One file of the landing. `records` are its lines, `distinct` its different ids."""

    name: str
    file: Path
    records: int
    distinct: int
    pages: int
    pages_fetched: int
    bytes: int
    seconds: float
    shared: bool


@dataclass(frozen=True)
class Extract:
    """A whole landing: the district, its files (`districts` first, then the five lists), the notices."""

    district: District
    endpoints: tuple[Endpoint, ...]
    notices: tuple[Notice, ...]
    started_at: datetime
    fetched_at: datetime
    clock: ClockReading | None = None
    """Clever's, when the day goes by it; None: it goes by ours."""

    def endpoint(self, name: str) -> Endpoint:
        """The endpoint called `name`; KeyError when there is none."""
        for endpoint in self.endpoints:
            if endpoint.name == name:
                return endpoint
        raise KeyError(name)


class Checkpoint(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=False):
    """How much of a list is safely on disk. With `complete` it is the receipt of the list."""

    source: str  # server, API version, district and page size: another source never resumes this one
    started_at: datetime  # of the extract, not of the list: the lists of a landing belong together
    bytes: int = 0
    records: int = 0
    pages: int = 0
    next: str | None = None  # query of the next page; None before the first page and after the last
    last_id: str = ""
    ascending: bool = True  # every id so far was greater than the one before, so none came twice
    expected: int | None = None  # Clever's count before the first page
    seconds: float = 0.0
    complete: bool = False
    distinct: int = 0
    shared: bool = True
    counted: bool = True  # Clever's count confirmed that the list is whole
    repaired: int = 0  # pages whose text held characters that had to be replaced


class Stopped(Exception):
    """This list is given up because the extract already failed elsewhere; never reaches the caller."""


class _Id(msgspec.Struct):
    id: Any = None


_id_of = msgspec.json.Decoder(_Id)


class ListFile:
    """One list on disk while it is fetched. Written by one thread; `abandon` may be called by another."""

    def __init__(self, landing: Path, name: str, *, source: str, started_at: datetime) -> None:
        self.file = landing / f"{name}.ndjson"
        self._part = landing / f"{name}.ndjson.part"
        self._receipt = _checkpoint_path(landing, name)
        self._lock = threading.Lock()
        self._abandoned = False
        self.state = read_checkpoint(landing, name) or Checkpoint(source=source, started_at=started_at)
        if not self._on_disk():
            self.state = Checkpoint(source=source, started_at=started_at)
            self.restart()

    def append(self, lines: bytes, state: Checkpoint) -> None:
        """Add a page's lines; from then on a killed extract resumes behind them."""
        with self._owned():
            # Whatever lies behind the checkpoint is a page that a killed process did not finish.
            with self._part.open("ab") as part:
                part.truncate(self.state.bytes)
                part.write(lines)
                part.flush()
                os.fsync(part.fileno())
            failpoint("page_written")
            self._save(msgspec.structs.replace(state, bytes=self.state.bytes + len(lines)))

    def note(self, **changes: Any) -> None:
        """Change facts of the checkpoint that do not add lines."""
        with self._owned():
            self._save(msgspec.structs.replace(self.state, **changes))

    def restart(self) -> None:
        """Forget what was fetched of this list."""
        with self._owned():
            self._receipt.unlink(missing_ok=True)
            self._part.unlink(missing_ok=True)
            self.file.unlink(missing_ok=True)
            self.state = Checkpoint(source=self.state.source, started_at=self.state.started_at)

    def finish(self, *, distinct: int, shared: bool, counted: bool, seconds: float) -> None:
        """Give the verified list its final name. Killed between the two steps, resuming does the second."""
        facts = {"distinct": distinct, "shared": shared, "counted": counted, "seconds": seconds}
        with self._owned():
            with self._part.open("ab") as part:
                part.truncate(self.state.bytes)
            self._save(msgspec.structs.replace(self.state, complete=True, **facts))
            failpoint("list_checked")
            self._part.replace(self.file)
            failpoint("list_landed")

    def count_distinct(self) -> int:
        """Different ids in the part; a record without a usable id counts as itself.

        In the documented order (ascending) that needs no look at the file. Otherwise one pass over it,
        holding 12 bytes per id: an id out of order may be one that came long ago.
        """
        if self.state.ascending:
            return self.state.records
        seen: set[bytes | str] = set()
        without = 0
        with self._part.open("rb") as part:
            for line in part:
                identity = record_id(line)
                if identity:
                    seen.add(_compact(identity))
                else:
                    without += 1
        return len(seen) + without

    def abandon(self) -> None:
        """Nothing is written by anyone after this returns, not even by a request still under way."""
        with self._lock:
            self._abandoned = True

    @contextmanager
    def _owned(self) -> Iterator[None]:
        with self._lock:
            if self._abandoned:
                raise Stopped
            yield

    def _save(self, state: Checkpoint) -> None:
        replace_file(self._receipt, msgspec.json.encode(state))
        self.state = state

    def _on_disk(self) -> bool:
        """Whether the files hold what the checkpoint says; finishes a rename that a kill prevented."""
        if self.state.complete and not self.file.exists() and _size(self._part) == self.state.bytes:
            self._part.replace(self.file)
        if self.state.complete:
            return _size(self.file) == self.state.bytes
        return self.state.bytes == 0 or _size(self._part) >= self.state.bytes


def record_id(record: bytes | msgspec.Raw) -> str:
    """The `id` of one JSON record; "" when it has none that is a string, or is not an object."""
    try:
        identity = _id_of.decode(record).id
    except msgspec.ValidationError:
        return ""
    return identity if isinstance(identity, str) else ""


@contextmanager
def opened(landing: Path) -> Iterator[None]:
    """The landing as ours alone (created when missing); SyncRefused while another process writes in it."""
    landing.mkdir(parents=True, exist_ok=True)
    with (landing / "lock").open("ab") as lock:
        try:
            # The kernel drops this lock when the process dies, however it dies.
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SyncRefused(
                f"Another process is extracting into {landing.name}",
                do="Wait until it has ended, then run the sync again if it failed",
            ) from None
        yield


def discard(landing: Path, bin_: Path) -> None:
    """Deletes a landing, or a folder of them, by way of `bin_`: killed meanwhile, no list of it is ever resumed.

    What cannot be deleted is left for the next time.
    """
    shutil.rmtree(bin_, ignore_errors=True)
    with suppress(OSError):
        landing.rename(bin_)
        failpoint("landing_set_aside")
    shutil.rmtree(bin_, ignore_errors=True)
    failpoint("landing_discarded")


def resume_from(landing: Path, source: str, now: datetime, within: timedelta, lists: Iterable[str] = LISTS) -> datetime:
    """When the extract of these lists in `landing` started: now, unless it can be resumed.

    What cannot (other source, too old, unreadable) is removed as a whole: lists fetched hours apart
    do not describe one district.
    """
    started: list[datetime] = []
    for name in lists:
        if not _checkpoint_path(landing, name).exists():
            continue
        checkpoint = read_checkpoint(landing, name)
        usable = checkpoint is not None and checkpoint.source == source
        if checkpoint is None or not usable or not timedelta(0) <= now - checkpoint.started_at <= within:
            started = []
            break
        started.append(checkpoint.started_at)
    if started:
        return min(started)
    _complete_path(landing).unlink(missing_ok=True)
    for name in lists:
        # The checkpoint goes first: a part without one is nothing, a checkpoint without its part is a lie.
        _checkpoint_path(landing, name).unlink(missing_ok=True)
        failpoint("checkpoint_forgotten")
        (landing / f"{name}.ndjson.part").unlink(missing_ok=True)
        (landing / f"{name}.ndjson").unlink(missing_ok=True)
    return now


def read_checkpoint(landing: Path, name: str) -> Checkpoint | None:
    """The checkpoint of one list; None when there is none or it cannot be read."""
    try:
        return msgspec.json.decode(_checkpoint_path(landing, name).read_bytes(), type=Checkpoint)
    except (FileNotFoundError, msgspec.DecodeError, UnicodeDecodeError):
        return None


def unlink_receipt(landing: Path) -> None:
    """The landing is no longer whole."""
    _complete_path(landing).unlink(missing_ok=True)
    failpoint("receipt_withdrawn")


def write_receipt(landing: Path, extract: Extract) -> None:
    """Declare the landing whole; the last thing an extract does."""
    content = msgspec.json.encode(extract, enc_hook=_path_to_name)
    replace_file(_complete_path(landing), msgspec.json.format(content))
    failpoint("receipt_written")


def is_complete(landing: Path) -> bool:
    """Whether `landing` holds a whole extract, every file of the size that its receipt says."""
    try:
        read_receipt(landing)
    except BrokenExtract:
        return False
    return True


def newest_complete(landings: Path) -> Path | None:
    """The newest complete landing, if a sync left one."""
    complete = sorted(receipt.parent for receipt in landings.glob("*/complete.json"))
    return complete[-1] if complete else None


def read_receipt(landing: Path) -> Extract:
    """The extract that `landing` holds; BrokenExtract when it is not a whole one."""

    def name_to_path(_: type, name: object) -> Path:
        return landing / str(name)

    do = "Run the sync again; it goes on where the last one stopped"
    try:
        extract = msgspec.json.decode(_complete_path(landing).read_bytes(), type=Extract, dec_hook=name_to_path)
    except (FileNotFoundError, NotADirectoryError, msgspec.DecodeError):
        raise BrokenExtract(f"The landing {landing.name} is not a whole extract", do=do) from None
    for endpoint in extract.endpoints:
        if _size(endpoint.file) != endpoint.bytes:
            what = f"{endpoint.file.name} of landing {landing.name} is not as it was written"
            raise BrokenExtract(what, do=do)
    return extract


def replace_file(path: Path, content: bytes) -> None:
    """Write `path` so that any reader, now or after a crash, finds the old content or the new."""
    temporary = path.with_name(path.name + ".tmp")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    failpoint("landing_part_written")
    temporary.replace(path)


def _checkpoint_path(landing: Path, name: str) -> Path:
    return landing / f"{name}.checkpoint.json"


def _complete_path(landing: Path) -> Path:
    return landing / "complete.json"


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return -1


def _path_to_name(value: object) -> str:
    if isinstance(value, Path):
        return value.name
    raise NotImplementedError(type(value))


def _compact(identity: str) -> bytes | str:
    # Clever's ids are 24 hexadecimal digits; only the round trip is safe to shorten ("AB" is not "ab").
    try:
        short = bytes.fromhex(identity)
    except ValueError:
        return identity
    return short if short.hex() == identity else identity
