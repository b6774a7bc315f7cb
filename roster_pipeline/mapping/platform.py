"""Who has logged in, from the platform's own PostgreSQL: asked with every sync, and never written to.

Belongs here: asking it, what of its answer can be used, and a sentence for each way in which it does not answer. Does
not belong here: data/logins.csv (`inputs.py`), and whose login it is (`input/logins_of_platform.sql`).

A database that does not answer costs nothing but a warning: who has logged in once is known for good.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import msgspec

from roster_pipeline.errors import RosterError
from roster_pipeline.mapping.inputs import write_ndjson
from roster_pipeline.warehouse.sql import empty, has_rows, insert, make, run

if TYPE_CHECKING:
    import psycopg

log = logging.getLogger(__name__)

CONNECT_SECONDS = 10
QUERY_SECONDS = 60
_DISTRICT = "%(district)s"

_WHY = {
    "28P01": "it refuses the password",
    "28000": "it refuses the user",
    "3D000": "there is no such database",
    "42P01": "there is no such table",
    "42703": "there is no such column",
    "42501": "the user may not read that",
    "42601": "the query is no SQL",
    "25006": "the query writes, and may only read",
    "57014": f"the query took longer than {QUERY_SECONDS} seconds",
}


class PlatformLogin(msgspec.Struct, frozen=True, gc=False):
    """A first login, in naive UTC; `who` is the platform's id of the person, Clever's, or an e-mail."""

    who: str
    first_login_at: datetime


Source = Callable[[str], Sequence[PlatformLogin]]
"""The logins that the platform knows of, given the district's slug. Raises RosterError when it does not answer."""


def source_of(url: str | None, query: str) -> Source | None:
    """The platform's database, where the settings name one, and what it is asked."""
    return None if url is None else partial(_ask, url, query)


def load_platform_logins(
    connection: duckdb.DuckDBPyConnection, source: Source | None, district: str, latest: datetime
) -> None:
    """Fills `input.platform_logins`; what is wrong with them goes into `input.platform_issues`, and stops nothing.

    A login after `latest` is left out.
    """
    empty(connection, "input.platform_logins", "input.platform_issues")
    if source is None:
        return
    try:
        found = source(district)
    except RosterError as error:
        log.warning("%s: %s", district, error)
        _note(connection, "platform_logins_unavailable", f"{error} Until then the logins that were known stand.")
        return
    usable = [login for login in found if login.first_login_at <= latest]
    if len(usable) < len(found):
        future = f"{len(found) - len(usable)} logins of the platform's database are in the future; they were left out."
        _note(connection, "platform_logins_in_future", future)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "platform_logins.ndjson"
        write_ndjson(usable, file)
        make(connection, "mapping/input/platform_logins", file=str(file))


def take_platform_logins(connection: duckdb.DuckDBPyConnection) -> None:
    """Adds them to `input.logins`, under the ids of their people; needs `staging`."""
    if has_rows(connection, "input.platform_logins"):
        for name in ("platform_issues", "logins_of_platform"):
            run(connection, f"mapping/input/{name}")


def _note(connection: duckdb.DuckDBPyConnection, code: str, message: str) -> None:
    insert(connection, "input.platform_issues", severity="warning", code=code, entity="logins", message=message)


def _ask(url: str, query: str, district: str) -> list[PlatformLogin]:
    """Asks once, in a transaction that can only read. No error quotes the address, the query or a row."""
    try:
        import psycopg
    except ImportError:
        raise RosterError(
            "PLATFORM_DATABASE_URL is set, and psycopg is not installed",
            do="Run `pip install 'roster-pipeline[postgres]'`, or unset it",
        ) from None
    try:
        with psycopg.connect(
            url,
            connect_timeout=CONNECT_SECONDS,
            application_name="roster",
            keepalives_idle=10,  # so that a network that is gone is noticed while an answer is waited for
            keepalives_interval=5,
            keepalives_count=3,
        ) as connection:
            connection.read_only = True
            connection.execute(f"SET LOCAL statement_timeout = {QUERY_SECONDS * 1000}")
            # Binary is the protocol that takes one statement and no more: a second one could end the transaction.
            with connection.cursor(binary=True) as cursor:
                cursor.execute(query.encode(), {"district": district} if _DISTRICT in query else None)
                return _logins(cursor)
    except psycopg.Error as error:
        raise RosterError(
            f"The platform's database did not tell who has logged in: {_reason(error)}",
            do="Correct PLATFORM_DATABASE_URL or PLATFORM_LOGINS_QUERY, or mend the database",
        ) from None


def _reason(error: psycopg.Error) -> str:
    """In words of ours: the database's own may quote the address, with its password, or a row."""
    import psycopg

    if error.sqlstate in _WHY:
        return _WHY[error.sqlstate]
    if error.sqlstate:
        return f"{type(error).__name__}, SQLSTATE {error.sqlstate}"
    if isinstance(error, psycopg.OperationalError):  # nothing that a server said
        return "it cannot be reached, or refuses the user"
    return "the address cannot be read" if isinstance(error, psycopg.ProgrammingError) else type(error).__name__


def _logins(cursor: psycopg.Cursor[Any]) -> list[PlatformLogin]:
    if cursor.description is None or len(cursor.description) != 2:
        raise _unusable("it has not two columns")
    made = []
    for who, at in cursor:
        if who is None or at is None:
            continue
        if not isinstance(at, date):
            raise _unusable(f"its second column is of type {type(at).__name__}, and no time")
        made.append(PlatformLogin(str(who).strip(), _utc(at)))
    return made


def _utc(at: date) -> datetime:
    """A time without a zone is one of UTC, as in data/logins.csv."""
    moment = at if isinstance(at, datetime) else datetime.combine(at, time())
    return moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)


def _unusable(why: str) -> RosterError:
    return RosterError(
        f"The answer of the platform's database cannot be used: {why}",
        do="PLATFORM_LOGINS_QUERY must give an id or e-mail, and a time",
    )
