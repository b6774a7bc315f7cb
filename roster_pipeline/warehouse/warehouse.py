"""The only owner of a DuckDB connection, and of a district's folder.

Belongs here: opening, locking, laying out and publishing a district's files. Does not belong here: what
the tables mean (`model/`) and what is written into them.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import duckdb
import msgspec
from slugify import slugify

from roster_pipeline import model
from roster_pipeline.errors import PublishFailed, RosterError
from roster_pipeline.failpoints import failpoint
from roster_pipeline.warehouse.lock import at_rest, exclusive, is_locked, locked
from roster_pipeline.warehouse.schema import (
    TRUTH_SCHEMAS,
    bring_up_to_date,
    is_current,
    read_as_current,
    stored_version,
)
from roster_pipeline.warehouse.sql import make, run
from roster_pipeline.warehouse.storage import (
    attach_staging,
    attach_truth,
    detach,
    literal,
    reason_of,
    staging_beside,
    sync_to_disk,
    unreadable_copy,
)

SLUG_LENGTH = 80
_UNFINISHED = ".part"
SCRATCH_SCHEMAS = tuple(dict.fromkeys(t.schema for t in model.SCRATCH if t.schema != "temp"))
_MACROS = ("clean", "clean_date", "main_role", "sis_role", "platform_id", "taught", "without_login")
_SEARCH_PATH = ",".join(
    [*(f"truth.{s}" for s in TRUTH_SCHEMAS), *(f"memory.{s}" for s in SCRATCH_SCHEMAS), "staged.staging"]
)


@dataclass(frozen=True)
class DistrictFolder:
    """Where one district's run-time files are."""

    path: Path

    @property
    def slug(self) -> str:
        return self.path.name

    @property
    def staging(self) -> Path:
        return self.path / "staging.duckdb"

    @property
    def roster(self) -> Path:
        return self.path / "roster.duckdb"

    @property
    def published(self) -> Path:
        return self.path / "published.duckdb"

    @property
    def unpublished(self) -> Path:
        """There from before the truth may change until it is published."""
        return self.path / "unpublished"

    @property
    def unpurged(self) -> Path:
        """There while files may hold what was erased (`purge.py`)."""
        return self.path / "unpurged"

    @property
    def unrecorded(self) -> Path:
        """Failures that wait to be written into the history."""
        return self.path / "unrecorded"

    @property
    def landings(self) -> Path:
        return self.path / "landing"

    @property
    def site_landings(self) -> Path:
        """What has landed of some sites alone."""
        return self.path / "landing.sites"

    @property
    def discarded(self) -> Path:
        """A landing on its way out."""
        return self.path / "landing.discarded"

    @property
    def spilled(self) -> Path:
        """Scratch that did not fit into memory."""
        return self.path / "tmp"

    @property
    def identity(self) -> Path:
        return self.path / "district.json"


@dataclass(frozen=True)
class DistrictIdentity:
    """Who a slug is to Clever; `left_at` is when Clever was first seen (naive UTC) not to list it any more."""

    slug: str
    clever_id: str
    name: str
    left_at: datetime | None = None


class Warehouse:
    """A folder per district below `root`; nothing is opened until asked for."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def folder(self, slug: str) -> DistrictFolder:
        return DistrictFolder(self.root / slug)

    def districts(self) -> list[DistrictIdentity]:
        """The districts that have a folder, by slug. Raises RosterError for one whose `district.json` is damaged."""
        files = sorted(self.root.glob("*/district.json"))
        return [_identity(file) for file in files if file.parent.suffix != _UNFINISHED]

    def has(self, slug: str) -> bool:
        """Whether Clever has ever listed this district, and nobody has forgotten it since."""
        return slug in self._slugs()

    def identity(self, slug: str) -> DistrictIdentity:
        for district in self.districts():
            if district.slug == slug:
                return district
        raise self.unknown(slug)

    def unknown(self, slug: str) -> RosterError:
        """What to say to whoever means a district that is not there."""
        return RosterError(
            f"There is no district {slug!r} (known: {', '.join(self._slugs()) or 'none yet'})",
            do="Check the name; a district that is new in Clever appears with the next `roster sync`",
        )

    def note_listed(self, clever_ids: Collection[str], now: datetime) -> list[DistrictIdentity]:
        """Remembers of each district whether Clever lists it; returns those that have left since the last time.

        An empty list is no answer: nobody has left then.
        """
        left = []
        for district in self.districts() if clever_ids else ():
            is_listed = district.clever_id in clever_ids
            if is_listed and district.left_at is not None:
                self._write(replace(district, left_at=None))
            elif not is_listed and district.left_at is None:
                left.append(replace(district, left_at=now))
                self._write(left[-1])
        return left

    def register(self, clever_id: str, name: str) -> DistrictIdentity:
        """The identity of a district, given a slug and a folder when it is seen for the first time.

        The slug is made from the name, and from the whole id when the name is taken; it is never given twice, and
        never leads out of the warehouse. Raises RosterError when no folder can be found for it.
        """
        for district in self.districts():
            if district.clever_id == clever_id:
                return district
        by_name = slugify(name, max_length=SLUG_LENGTH) or "district"
        by_id = slugify(clever_id, max_length=SLUG_LENGTH // 2)
        digest = hashlib.sha256(clever_id.encode(errors="replace")).hexdigest()[:16]
        named_too = [f"{by_name[: SLUG_LENGTH - 1 - len(end)].strip('-')}-{end}" for end in (by_id, digest) if end]
        for slug in (by_name, *named_too):
            folder = self.folder(slug)
            if not folder.path.exists():
                identity = DistrictIdentity(slug, clever_id, name)
                fresh = self.folder(slug + _UNFINISHED)
                with self._writing():
                    fresh.path.mkdir(mode=0o700, parents=True, exist_ok=True)  # children's records: for us alone
                    failpoint("district_folder_made")
                    write_atomically(fresh.identity, msgspec.json.encode(identity))
                    fresh.path.rename(folder.path)  # with the identity in it: killed before, the slug is still free
                return identity
        raise RosterError(
            f"District {clever_id!r} cannot have a folder: {by_name} and {', '.join(named_too)} are there already",
            do="Move away the folder that is not a district's, then sync again",
        )

    def delete_district(self, slug: str) -> None:
        """Deletes the district's folder with all that is in it. Only for who holds the district.

        What says that it is a district goes last: when this is interrupted, it can be done once more.
        """
        folder = self.folder(slug)
        for path in folder.path.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            elif path != folder.identity:
                path.unlink()
        folder.identity.unlink()
        folder.path.rmdir()

    def _slugs(self) -> list[str]:
        return sorted(f.parent.name for f in self.root.glob("*/district.json") if f.parent.suffix != _UNFINISHED)

    def _write(self, identity: DistrictIdentity) -> None:
        write_atomically(self.folder(identity.slug).identity, msgspec.json.encode(identity))

    @contextmanager
    def connect(
        self, slug: str, scratch: duckdb.DuckDBPyConnection | None = None, *, changes_truth: bool = False
    ) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection that sees the scratch tables and, of the district's truth, `roster`, `mapping`, `sync`.

        Scratch is in memory: in `scratch` when the steps of a run are to see each other's, else it begins empty.
        What is staged is kept in a file too (`staging.stage`), and read from there when memory has none. Only the
        pipeline calls this, and only for the length of a step: a DuckDB file admits one process that writes.
        With `changes_truth`, the published copy counts as older from here on, until the next `publish`.
        Closed in every case. `duckdb.Error` inside is re-raised without the values that DuckDB likes to
        quote, because a value can be a person's name.
        """
        folder = self.folder(slug)
        folder.path.mkdir(parents=True, exist_ok=True)
        with without_values(), nullcontext(scratch) if scratch else in_memory() as connection:
            connection.execute(f"SET temp_directory = {literal(folder.spilled)}")
            try:
                attach_staging(connection, folder.staging)
                attach_truth(connection, folder.roster, folder.published)
                if changes_truth:
                    folder.unpublished.touch()
                    failpoint("unpublished_marked")
                bring_up_to_date(connection, folder.roster, _SEARCH_PATH)
                make(connection, "mapping/input/districts", slugs=self._slugs())
                yield connection
            finally:
                detach(connection)

    def publish_copy(self, slug: str) -> Path:
        """Copies the roster to `published.duckdb`; who reads the old copy keeps it until they reopen.

        Raises PublishFailed when that cannot be done; the old copy is there then.
        """
        folder = self.folder(slug)
        fresh = folder.published.with_suffix(".duckdb.part")
        try:
            with duckdb.connect(str(folder.roster)) as connection:
                connection.execute("CHECKPOINT")
            failpoint("truth_checkpointed")
            shutil.copyfile(folder.roster, fresh)
            sync_to_disk(fresh)
            failpoint("copied")
            fresh.replace(folder.published)
            failpoint("published")
        except (OSError, duckdb.Error) as error:
            with suppress(OSError):
                fresh.unlink(missing_ok=True)
            raise PublishFailed(
                f"The published copy is the old one ({reason_of(error)})",
                do=f"When that is mended, `roster publish --district {slug}` or the next sync makes it again",
            ) from None
        folder.unpublished.unlink(missing_ok=True)
        failpoint("unpublished_removed")
        return folder.published

    def is_behind(self, slug: str) -> bool:
        """Whether the published copy may be older than the truth, and nobody is at work on it."""
        folder = self.folder(slug)
        return folder.unpublished.exists() and not is_locked(folder.path / "lock") and folder.unpublished.exists()

    def one_at_a_time(self, what: str) -> AbstractContextManager[None]:
        """Of all processes that work on this warehouse, one; the others wait. For moments, not for work."""
        return exclusive(self.root / f"{what}.lock")

    @contextmanager
    def read(self, slug: str, *, scratch: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
        """A read-only connection to the published copy; one that an older release wrote has this one's tables too.

        With `scratch`, the scratch tables of a run stand beside it, empty.

        Raises RosterError when nothing was published yet, when a newer release wrote it, and when it is damaged.
        """
        published = self.folder(slug).published
        if not published.exists():
            raise RosterError(
                f"District {slug} has not been synced yet", do=f"Run `roster sync --district {slug}` first"
            )
        with without_values():
            try:
                with duckdb.connect(str(published), read_only=True) as connection:
                    if not scratch and is_current(connection, published):
                        yield connection
                        return
                with in_memory() as connection:
                    connection.execute(f"ATTACH {literal(published)} AS truth (READ_ONLY)")
                    read_as_current(connection, published)
                    yield connection
            except duckdb.Error as error:
                raise unreadable_copy(error, published) from None

    def schema_version(self, slug: str) -> int:
        """The version of the tables in the published copy, as it is stored. Raises RosterError as `read` does."""
        published = self.folder(slug).published
        try:
            with duckdb.connect(str(published), read_only=True) as connection:
                return stored_version(connection, published)
        except duckdb.Error as error:
            raise unreadable_copy(error, published) from None

    @contextmanager
    def read_all(self, slug: str) -> Iterator[tuple[duckdb.DuckDBPyConnection, bool]]:
        """As `read`, with what was staged last beside it, and whether that could be looked at.

        Where nothing is staged, or a run is at work on the district, the staging's tables are empty. For a moment only:
        a run that begins meanwhile waits for it.
        """
        folder = self.folder(slug)
        with (
            self.read(slug) as connection,
            at_rest(folder.path / "lock") as free,
            staging_beside(connection, folder.staging if free else None) as staged,
        ):
            yield connection, staged

    @contextmanager
    def lock(
        self,
        slug: str,
        holder: Mapping[str, str],
        waiting: Callable[[str], None],
        killed: Callable[[dict[str, str]], None] = lambda _: None,
        *,
        seconds: float = 3600.0,
    ) -> Iterator[None]:
        """Holds the district for one run; `killed` is told of an earlier holder that died while it held it.

        Raises SyncRefused when another run has held it for longer than `seconds`, RosterError when there is no such
        district, or was forgotten while this one waited, and when its folder cannot be written.
        """
        if not self.has(slug):
            raise self.unknown(slug)
        folder = self.folder(slug)
        path = folder.path / "lock"
        with self._writing():
            path.open("ab").close()
        with locked(path, holder, seconds=seconds, waiting=waiting, killed=killed):
            if not self.has(slug):
                raise self.unknown(slug)
            shutil.rmtree(folder.spilled, ignore_errors=True)  # of a killed run: children's records, and large
            yield

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Tells of a folder that cannot be written before anything else is tried."""
        try:
            yield
        except OSError as error:
            raise RosterError(
                f"The warehouse {self.root} cannot be written ({error.strerror})",
                do="Mend that, or set ROSTER_WAREHOUSE to another folder",
            ) from None


def _identity(file: Path) -> DistrictIdentity:
    """Who a folder belongs to; a folder that was renamed or copied belongs to nobody."""
    try:
        identity = msgspec.json.decode(file.read_bytes(), type=DistrictIdentity)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        raise RosterError(
            f"{file.parent.name}/{file.name} cannot be read, so nobody knows which district this folder is",
            do="Put it back from a backup, or move the folder out of the warehouse",
        ) from None
    if identity.slug != file.parent.name:
        raise RosterError(
            f"The folder {file.parent.name} says that it belongs to district {identity.slug}",
            do="Give the folder its name back, or move it out of the warehouse",
        )
    return identity


def in_memory() -> duckdb.DuckDBPyConnection:
    """A database in memory for scratch tables; it spills to the district's folder when it grows too large."""
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'; SET preserve_insertion_order = false")
    connection.execute("".join(f"CREATE SCHEMA {schema};" for schema in SCRATCH_SCHEMAS))
    # What is not staged in this run is read from the district's file: an empty table would stand before it.
    connection.execute(";".join(t.ddl() for t in model.SCRATCH if t.schema not in ("staging", "temp")))
    for macro in _MACROS:
        run(connection, f"warehouse/macros/{macro}")
    return connection


def write_atomically(path: Path, content: bytes) -> None:
    part = path.with_name(path.name + _UNFINISHED)
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    failpoint("atomic_part_written")
    part.replace(path)


@contextmanager
def without_values() -> Iterator[None]:
    """Turns a `duckdb.Error` into a RosterError without the values that DuckDB quotes."""
    try:
        yield
    except duckdb.InterruptException:
        raise KeyboardInterrupt from None
    except duckdb.Error as error:
        raise RosterError(
            f"DuckDB could not do this step ({reason_of(error)})", do="If it happens again, report it with the sync id"
        ) from None
