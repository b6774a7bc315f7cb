"""The two DuckDB files of a district: opened, in a storage version that people's DuckDB reads, or what is wrong.

Belongs here: attaching `staging.duckdb` and `roster.duckdb`, damaged files, storage versions. Does not belong
here: the tables in them (`schema.py`), locking a district and publishing (`warehouse.py`).
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from roster_pipeline import model
from roster_pipeline.errors import RosterError
from roster_pipeline.failpoints import failpoint
from roster_pipeline.warehouse.schema import TRUTH_SCHEMAS
from roster_pipeline.warehouse.sql import run

log = logging.getLogger(__name__)

STORAGE_VERSION = "v1.2.0"
"""DuckDB 1.2 and everything newer reads it; a file keeps the version that it was made with."""

_DAMAGE = ("not a valid DuckDB database file", "Could not read enough bytes", "Corrupt", "checksum", "WAL")
_IN_USE = "Could not set lock on file"


def attach_truth(connection: duckdb.DuckDBPyConnection, file: Path, published: Path) -> None:
    """Attaches `roster.duckdb` as `truth`; made when there is none, rewritten once when only newer DuckDBs read it.

    An empty file, which a full disk leaves, is none as long as nothing was ever published. Raises RosterError when
    the file is damaged, or open in another process.
    """
    fresh = not file.exists() or (file.stat().st_size == 0 and not published.exists())
    if fresh:
        file.unlink(missing_ok=True)
        connection.execute(f"ATTACH {literal(file)} AS truth (STORAGE_VERSION '{STORAGE_VERSION}')")
        failpoint("truth_made")
        return
    try:
        connection.execute(f"ATTACH {literal(file)} AS truth")
    except duckdb.Error as error:
        raise _not_readable(error, file, published) from None
    query = "SELECT tags['storage_version'] FROM duckdb_databases() WHERE database_name = 'truth'"
    row = connection.execute(query).fetchone()
    if row and row[0] and not str(row[0]).startswith(STORAGE_VERSION):
        log.warning(
            "%s/%s is written once more, so that DuckDB 1.2 and later can read it.", file.parent.name, file.name
        )
        rewrite(connection, file)


def attach_staging(connection: duckdb.DuckDBPyConnection, file: Path) -> None:
    """Attaches `staging.duckdb` as `staged`; a damaged one is moved aside, since the next sync makes it anew."""
    try:
        connection.execute(f"ATTACH {literal(file)} AS staged")
    except duckdb.Error as error:
        if not _is_damaged(error):
            raise
        _move_aside(file)
        connection.execute(f"ATTACH {literal(file)} AS staged")
    connection.execute("CREATE SCHEMA IF NOT EXISTS staged.staging")
    # What an earlier release has staged lacks it: nothing is known then.
    connection.execute(model.scratch("staging.not_shared").ddl("CREATE TABLE IF NOT EXISTS staged."))


@contextmanager
def staging_beside(connection: duckdb.DuckDBPyConnection, file: Path | None) -> Iterator[bool]:
    """Shows what was staged, in `file`, beside a published copy that is opened to be read; False when none can be.

    Its tables are empty then.
    """
    staged = file is not None and file.exists() and _attached_to_read(connection, file)
    if not staged:
        connection.execute("ATTACH ':memory:' AS staged (READ_WRITE); CREATE SCHEMA staged.staging")
        for table in (t for t in model.SCRATCH if t.schema == "staging"):
            connection.execute(table.ddl("CREATE TABLE staged."))
    ((path,),) = connection.execute("SELECT current_setting('search_path')").fetchall()
    published = ",".join(f"published.{schema}" for schema in TRUTH_SCHEMAS)
    connection.execute(f"SET search_path = '{path or published},staged.staging'")
    if not path:  # else it is a connection of ours, which has its macros
        run(connection, "warehouse/macros/platform_id")
    try:
        yield staged
    finally:
        connection.execute(f"SET search_path = '{path}'; DETACH DATABASE IF EXISTS staged")


def _attached_to_read(connection: duckdb.DuckDBPyConnection, file: Path) -> bool:
    try:
        connection.execute(f"ATTACH {literal(file)} AS staged (READ_ONLY)")
    except duckdb.Error as error:
        log.warning("%s/%s cannot be read (%s).", file.parent.name, file.name, type(error).__name__)
        return False
    return True


@contextmanager
def fresh_staging(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """An empty file, attached as `fresh`, that takes the place of the attached one when it is filled.

    Killed before that, the old one stands: what was staged last is there for runs that do not ask Clever.
    """
    ((path,),) = connection.execute("SELECT path FROM duckdb_databases() WHERE database_name = 'staged'").fetchall()
    file = Path(path)
    part = file.with_name(f"{file.name}.part")
    part.unlink(missing_ok=True)
    connection.execute(f"ATTACH {literal(part)} AS fresh; CREATE SCHEMA fresh.staging")
    yield
    connection.execute("CHECKPOINT fresh; DETACH fresh; DETACH staged")
    sync_to_disk(part)
    failpoint("staging_part_written")
    part.replace(file)
    failpoint("staging_kept")
    attach_staging(connection, file)


def detach(connection: duckdb.DuckDBPyConnection) -> None:
    """Lets go of the district's files, whatever state a step left the connection in."""
    with suppress(duckdb.TransactionException):
        connection.execute("ROLLBACK")  # says so when there is nothing to roll back
    connection.execute(
        "SET search_path = 'memory'; DETACH DATABASE IF EXISTS truth; DETACH DATABASE IF EXISTS staged;"
        "DETACH DATABASE IF EXISTS fresh"
    )


def reason_of(error: Exception) -> str:
    """The reason of an error in a few words, without paths and values."""
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    first_line = str(error).splitlines()[0] if str(error) else ""
    masked = re.sub(r"'[^']*'|\"[^\"]*\"|\d{2,}", "…", first_line)
    return f"{type(error).__name__}: {masked[:200]}"


def literal(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _is_damaged(error: duckdb.Error) -> bool:
    return any(sign in str(error) for sign in _DAMAGE)


def _not_readable(error: duckdb.Error, file: Path, published: Path) -> Exception:
    name = f"{file.parent.name}/{file.name}"
    if _IN_USE in str(error):
        return RosterError(
            f"{name} is open in another program",
            do=f"Close it there; only {published.name} is for people, and can stay open",
        )
    if not _is_damaged(error):
        return error
    way_back = (
        f"Put the last published copy in its place (`cp {published.name} {file.name}` in that folder), then sync"
        if published.exists()
        else "Nothing was ever published from it; move it away, and the next sync starts the district anew"
    )
    return RosterError(f"{name} is damaged and cannot be read; nothing was changed", do=way_back)


def unreadable_copy(error: duckdb.Error, published: Path) -> Exception:
    """What a person can do about a published copy that cannot be read; the error itself when that is not why."""
    name = f"{published.parent.name}/{published.name}"
    if _IN_USE in str(error):
        return RosterError(f"{name} is open for writing in another program", do="Close it there, or open it read-only")
    if "Permission denied" in str(error):
        return RosterError(f"{name} cannot be read (Permission denied)", do="Give this account the right to read it")
    if not _is_damaged(error):
        return error
    return RosterError(
        f"{name} is damaged and cannot be read",
        do=f"`roster publish --district {published.parent.name}` makes it again",
    )


def _move_aside(file: Path) -> None:
    """Keeps the damaged file, one at most, for whoever wants to look at it."""
    aside = file.with_name(f"{file.name}.damaged")
    file.replace(aside)
    file.with_name(f"{file.name}.wal").unlink(missing_ok=True)
    log.warning("%s/%s was damaged; it is kept as %s and made anew.", file.parent.name, file.name, aside.name)


def rewrite(connection: duckdb.DuckDBPyConnection, file: Path) -> None:
    """Puts a copy in our storage version in the place of the attached truth; killed meanwhile, the old file stands.

    The copy has the rows that are there, and nothing of those that were deleted or changed.
    """
    fresh = file.with_name(f"{file.name}.part")
    fresh.unlink(missing_ok=True)
    connection.execute(f"ATTACH {literal(fresh)} AS rewritten (STORAGE_VERSION '{STORAGE_VERSION}')")
    connection.execute("COPY FROM DATABASE truth TO rewritten; CHECKPOINT rewritten; DETACH rewritten; DETACH truth")
    sync_to_disk(fresh)
    failpoint("truth_copied")
    fresh.replace(file)
    failpoint("truth_rewritten")
    connection.execute(f"ATTACH {literal(file)} AS truth")


def sync_to_disk(file: Path) -> None:
    """Returns when the file's content is on the disk: a rename must not outrun it."""
    with file.open("rb") as opened:
        os.fsync(opened.fileno())
