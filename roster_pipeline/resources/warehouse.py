"""The only owner of a DuckDB connection, and of a district's folder.

Belongs here: opening, locking, laying out and publishing a district's files. Does not belong here: what
the tables mean (`model.py`) and what is written into them.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb

from roster_pipeline.errors import RosterError
from roster_pipeline.schema import TRUTH_SCHEMAS, bring_up_to_date
from roster_pipeline.sql import statement

SCRATCH_SCHEMAS = ("staging", "input", "wanted", "plan")
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
    def landings(self) -> Path:
        return self.path / "landing"

    @property
    def identity(self) -> Path:
        return self.path / "district.json"


@dataclass(frozen=True)
class DistrictIdentity:
    """Who a slug is to Clever."""

    slug: str
    clever_id: str
    name: str


class Warehouse:
    """A folder per district below `root`; nothing is opened until asked for."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def folder(self, slug: str) -> DistrictFolder:
        return DistrictFolder(self.root / slug)

    def districts(self) -> list[DistrictIdentity]:
        """The districts that have a folder, by slug."""
        files = sorted(self.root.glob("*/district.json"))
        return [DistrictIdentity(**json.loads(f.read_text(encoding="utf-8"))) for f in files]

    def identity(self, slug: str) -> DistrictIdentity:
        for district in self.districts():
            if district.slug == slug:
                return district
        known = ", ".join(d.slug for d in self.districts()) or "none yet"
        raise RosterError(
            f"There is no district {slug!r} (known: {known})",
            do="Check the name; a district that is new in Clever appears with the next `roster sync`",
        )

    def register(self, clever_id: str, name: str) -> DistrictIdentity:
        """The identity of a district, given a slug and a folder when it is seen for the first time."""
        known = {d.clever_id: d for d in self.districts()}
        if clever_id in known:
            return known[clever_id]
        slug = slugify(name) or "district"
        if any(d.slug == slug for d in known.values()):
            slug = f"{slug}-{clever_id[-6:]}"
        identity = DistrictIdentity(slug, clever_id, name)
        folder = self.folder(slug)
        folder.path.mkdir(mode=0o700, parents=True, exist_ok=True)  # children's records: for us alone
        write_atomically(folder.identity, json.dumps(asdict(identity)).encode())
        return identity

    @contextmanager
    def connect(
        self, slug: str, scratch: duckdb.DuckDBPyConnection | None = None
    ) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection that sees `staging`, `input`, `wanted`, `plan` (scratch) and `roster`, `mapping`, `sync`.

        Scratch is in memory: in `scratch` when the steps of a run are to see each other's, else it begins empty.
        What is staged is kept in a file too (`staging.stage`), and read from there when memory has none. Only the
        pipeline calls this, and only for the length of a step: a DuckDB file admits one process that writes.
        Closed in every case. `duckdb.Error` inside is re-raised without the values that DuckDB likes to
        quote, because a value can be a person's name.
        """
        folder = self.folder(slug)
        folder.path.mkdir(parents=True, exist_ok=True)
        with without_values(), nullcontext(scratch) if scratch else in_memory() as connection:
            connection.execute(f"SET temp_directory = {_literal(folder.path / 'tmp')}")
            connection.execute(
                f"ATTACH {_literal(folder.staging)} AS staged; ATTACH {_literal(folder.roster)} AS truth"
            )
            try:
                connection.execute("CREATE SCHEMA IF NOT EXISTS staged.staging")
                bring_up_to_date(connection, folder.roster, _SEARCH_PATH)
                yield connection
            finally:
                _detach(connection)

    def publish(self, slug: str) -> Path:
        """Copies the roster to `published.duckdb`; who reads the old copy keeps it until they reopen."""
        folder = self.folder(slug)
        with without_values(), duckdb.connect(str(folder.roster)) as connection:
            connection.execute("CHECKPOINT")
        fresh = folder.published.with_suffix(".duckdb.part")
        shutil.copyfile(folder.roster, fresh)
        fresh.replace(folder.published)
        return folder.published

    @contextmanager
    def read(self, slug: str) -> Iterator[duckdb.DuckDBPyConnection]:
        """A read-only connection to the published copy; raises RosterError when nothing was published yet."""
        published = self.folder(slug).published
        if not published.exists():
            raise RosterError(
                f"District {slug} has not been synced yet", do=f"Run `roster sync --district {slug}` first"
            )
        with duckdb.connect(str(published), read_only=True) as connection:
            yield connection

    @contextmanager
    def lock(self, slug: str, holder: Mapping[str, str], waiting: Callable[[str], None]) -> Iterator[dict[str, str]]:
        """Holds the district for one run; yields what an earlier holder left behind, if it died while it held it.

        `waiting` is called once with a sentence when somebody else holds the district. The lock goes with
        the process, however that ends; the note in the file stays, and tells of a sync that was killed.
        """
        path = self.folder(slug).path / "lock"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+", encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                waiting(f"Another sync of {slug} is running; this one waits for its turn.")
                fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            left = file.read()
            _rewrite(file.fileno(), json.dumps(dict(holder)))
            try:
                yield json.loads(left) if left else {}
            finally:
                _rewrite(file.fileno(), "")


def in_memory() -> duckdb.DuckDBPyConnection:
    """A database in memory for scratch tables; it spills to the district's folder when it grows too large."""
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'; SET preserve_insertion_order = false")
    connection.execute("".join(f"CREATE SCHEMA {schema};" for schema in SCRATCH_SCHEMAS))
    for macro in ("clean", "clean_date", "platform_id"):
        connection.execute(statement(f"macros/{macro}"))
    return connection


def _detach(connection: duckdb.DuckDBPyConnection) -> None:
    """Lets go of the district's files, whatever state a step left the connection in."""
    with suppress(duckdb.TransactionException):
        connection.execute("ROLLBACK")  # says so when there is nothing to roll back
    connection.execute("SET search_path = 'memory'; DETACH truth; DETACH staged")


def slugify(name: str) -> str:
    """`#DEMO Riverbend USD` -> `demo-riverbend-usd`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def write_atomically(path: Path, content: bytes) -> None:
    part = path.with_name(path.name + ".part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _rewrite(descriptor: int, text: str) -> None:
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, text.encode(), 0)
    os.fsync(descriptor)


def _literal(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


@contextmanager
def without_values() -> Iterator[None]:
    """Turns a `duckdb.Error` into a RosterError without the values that DuckDB quotes."""
    try:
        yield
    except duckdb.Error as error:
        first_line = str(error).splitlines()[0] if str(error) else ""
        masked = re.sub(r"'[^']*'|\"[^\"]*\"|\d{2,}", "…", first_line)
        raise RosterError(
            f"DuckDB could not do this step ({type(error).__name__}: {masked[:200]})",
            do="Nothing was applied; if it happens again, report it with the sync id",
        ) from None
