"""Who has logged in, as the platform's own PostgreSQL tells it: a real one."""

from __future__ import annotations

import builtins
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from roster_pipeline.config import LOGINS_QUERY, load_settings
from roster_pipeline.errors import RosterError
from roster_pipeline.mapping import platform as asking
from roster_pipeline.mapping.platform import PlatformLogin, Source, source_of
from tests import postgres
from tests.conftest import Tiny, student
from tests.platform import Platform

AT = "2026-11-20 08:00:00"
Ask = Callable[..., list[PlatformLogin]]


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.Postgres]:
    if postgres.programs() is None:
        pytest.skip("no PostgreSQL server is installed here (initdb, pg_ctl, postgres): `apt-get install postgresql`")
    with postgres.serving() as running:
        yield running


@pytest.fixture
def database(server: postgres.Postgres) -> Iterator[psycopg.Connection[Any]]:
    """An empty table `logins`."""
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS logins")
        connection.execute("CREATE TABLE logins (user_id text, district text, first_login_at timestamptz)")
        yield connection


def logged_in(database: psycopg.Connection[Any], *who: str, at: str = AT + "+00", district: str = "d") -> None:
    for one in who:
        database.execute("INSERT INTO logins VALUES (%s, %s, %s)", (one, district, at))


def source_in(env: dict[str, str]) -> Source | None:
    settings = load_settings(env)
    return source_of(settings.platform_database_url, settings.platform_logins_query)


def ask(server: postgres.Postgres, query: str = LOGINS_QUERY, **environment: str) -> list[PlatformLogin]:
    env = {"PLATFORM_DATABASE_URL": server.url, "PLATFORM_LOGINS_QUERY": query, **environment}
    source = source_in(env)
    assert source
    return list(source("d"))


class Told(Tiny):
    """A district whose platform is asked."""

    url: str

    def begin(self, **asked: Any) -> Any:
        run = super().begin(**asked)
        env = {"PLATFORM_DATABASE_URL": self.url}
        run.order = replace(run.order, logins=source_in(env))
        return run


@pytest.fixture
def told(tiny: Tiny, server: postgres.Postgres) -> Told:
    district = Told(tiny.root, records=tiny.records, as_written=tiny.as_written)
    district.url = server.url
    return district


def active(tiny: Tiny) -> list[str]:
    rows = tiny.rows("SELECT clever_id FROM roster.users WHERE enrollment_status = 'active' ORDER BY 1")
    return [who for (who,) in rows]


def issues(tiny: Tiny) -> dict[str, str]:
    last = "(SELECT arg_max(sync_id, sync_no) FROM sync.syncs)"
    return dict(tiny.rows(f"SELECT code, message FROM sync.issues WHERE sync_id = {last} AND code LIKE 'platform%'"))


@contextmanager
def nobodys_port() -> Iterator[str]:
    """A port of this machine at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield str(taken.getsockname()[1])


def test_times_of_every_kind_become_utc(server: postgres.Postgres, database: psycopg.Connection[Any]) -> None:
    logged_in(database, "ann", at="2026-11-20 00:00:00-08")
    assert ask(server) == [PlatformLogin("ann", datetime(2026, 11, 20, 8))]
    assert ask(server, f"SELECT 7, timestamp '{AT}'") == [PlatformLogin("7", datetime(2026, 11, 20, 8))]
    assert ask(server, "SELECT 'a ', date '2026-11-20'") == [PlatformLogin("a", datetime(2026, 11, 20))]
    assert ask(server, "SELECT NULL, now() UNION ALL SELECT 'never', NULL") == []


def test_a_query_may_ask_for_the_district_and_else_has_no_placeholders(
    server: postgres.Postgres, database: psycopg.Connection[Any]
) -> None:
    logged_in(database, "ann")
    logged_in(database, "elsewhere", district="other")
    asked = "SELECT user_id, first_login_at FROM logins WHERE "
    assert [login.who for login in ask(server, asked + "district = %(district)s")] == ["ann"]
    assert [login.who for login in ask(server, asked + "user_id LIKE 'else%'")] == ["elsewhere"]


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("SELECT user_id, first_login_at FROM nowhere", "there is no such table"),
        ("SELECT who, first_login_at FROM logins", "there is no such column"),
        ("SELEKT 1", "the query is no SQL"),
        ("SELECT user_id FROM logins", "it has not two columns"),
        ("SELECT 'a', 'yesterday'", "its second column is of type str, and no time"),
        ("SELECT 'a', timestamp 'infinity'", "DataError"),
        ("DELETE FROM logins RETURNING user_id, first_login_at", "the query writes, and may only read"),
        ("SELECT 1, now(); COMMIT; DELETE FROM logins", "the query is no SQL"),
        ("SET default_transaction_read_only = off", "it has not two columns"),
        ("SELECT pg_sleep(60)::text, now()", "the query took longer than"),
    ],
)
def test_a_query_that_cannot_be_used_is_told_and_changes_nothing(
    query: str,
    says: str,
    server: postgres.Postgres,
    database: psycopg.Connection[Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(asking, "QUERY_SECONDS", 1)
    logged_in(database, "ann")
    with pytest.raises(RosterError) as told:
        ask(server, query)
    assert says in str(told.value)
    assert "PLATFORM_LOGINS_QUERY" in str(told.value)
    assert database.execute("SELECT count(*) FROM logins").fetchall() == [(1,)]


def test_a_database_that_is_not_there_is_told_without_its_password(server: postgres.Postgres) -> None:
    with nobodys_port() as port:
        for url in (
            server.url.replace(str(server.port), port),
            server.url.replace(postgres.PASSWORD, f"{postgres.PASSWORD}x"),
            server.url.replace("/postgres", "/nowhere"),
            server.url.replace(str(server.port), postgres.PASSWORD),
            server.url + f"?{postgres.PASSWORD}=1",
        ):
            with pytest.raises(RosterError) as told:
                ask(server, PLATFORM_DATABASE_URL=url)
            assert "PLATFORM_DATABASE_URL" in str(told.value)
            assert postgres.PASSWORD not in str(told.value)
            assert told.value.__cause__ is None


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def absent(name: str, *more: Any) -> Any:
        if name == "psycopg":
            raise ImportError
        return real(name, *more)

    monkeypatch.setattr(builtins, "__import__", absent)
    source = source_in({"PLATFORM_DATABASE_URL": "postgresql://somewhere/db"})
    assert source
    with pytest.raises(RosterError, match=r"pip install 'roster-pipeline\[postgres\]'"):
        source("d")


def test_ids_of_both_kinds_and_emails_make_people_active(told: Told, database: psycopg.Connection[Any]) -> None:
    told.records["users"].append(student("cal", "north", email="Cal@school.example"))
    told.sync()
    ((tia,),) = told.rows("SELECT user_id::VARCHAR FROM roster.users WHERE clever_id = 'tia'")
    logged_in(database, "ANN", tia.upper(), "cal@School.example")
    told.sync()
    assert active(told) == ["ann", "cal", "tia"]
    assert issues(told) == {}
    assert told.rows("SELECT DISTINCT first_login_at FROM roster.users WHERE enrollment_status = 'active'") == [
        (datetime(2026, 11, 20, 8),)
    ]


def test_the_first_of_several_logins_counts_and_the_file_before_it(
    told: Told, database: psycopg.Connection[Any]
) -> None:
    logged_in(database, "ann", "tia")
    logged_in(database, "Ann", at="2026-11-01+00")
    told.line("logins", "d", "tia", "2026-11-22")
    told.sync()
    when = "SELECT clever_id, first_login_at FROM roster.users WHERE first_login_at IS NOT NULL ORDER BY 1"
    assert told.rows(when) == [
        ("ann", datetime(2026, 11, 1)),
        ("tia", datetime(2026, 11, 22)),
    ]


def test_an_email_that_several_have_is_nobodys(told: Told, database: psycopg.Connection[Any]) -> None:
    told.records["users"] += [student(who, "north", email="one@school.example") for who in ("cal", "dee")]
    logged_in(database, "one@school.example")
    told.sync()
    assert active(told) == []
    assert list(issues(told)) == ["platform_logins_ambiguous"]
    assert "one@" not in str(issues(told))


def test_a_login_of_nobody_is_counted_until_they_appear(told: Told, database: psycopg.Connection[Any]) -> None:
    logged_in(database, "cal", "zoe@school.example")
    told.sync()
    assert issues(told)["platform_logins_of_nobody"].startswith("2 logins ")
    told.records["users"].append(student("cal", "north"))
    told.sync()
    assert active(told) == ["cal"]
    assert issues(told)["platform_logins_of_nobody"].startswith("1 logins ")


def test_a_login_in_the_future_is_left_out(told: Told, database: psycopg.Connection[Any]) -> None:
    logged_in(database, "ann", at="2999-01-01+00")
    logged_in(database, "ben")
    told.sync()
    assert active(told) == ["ben"]
    assert issues(told)["platform_logins_in_future"].startswith("1 logins ")


def test_a_database_that_is_down_costs_a_warning_and_known_logins_stand(
    told: Told, database: psycopg.Connection[Any], server: postgres.Postgres
) -> None:
    logged_in(database, "ann")
    told.sync()
    told.records["users"].append(student("cal", "north"))
    with nobodys_port() as port:
        told.url = server.url.replace(str(server.port), port)
        plan = told.sync()
    assert plan.total("create") > 0
    assert active(told) == ["ann"]
    assert issues(told)["platform_logins_unavailable"].endswith("Until then the logins that were known stand.")
    told.url = server.url
    logged_in(database, "cal")
    told.sync()
    assert active(told) == ["ann", "cal"]
    assert issues(told) == {}


def test_a_sync_of_the_platform_asks_it(
    synced: Platform, server: postgres.Postgres, database: psycopg.Connection[Any]
) -> None:
    ((who,),) = synced.rows("SELECT min(clever_id) FROM roster.users WHERE enrollment_status = 'pending'")
    logged_in(database, who, "somebody else")
    row = synced.sync(PLATFORM_DATABASE_URL=server.url)
    assert row["updated"] == 1
    assert [i["code"] for i in row["issues"] if i["code"].startswith("platform")] == ["platform_logins_of_nobody"]
    assert synced.shown("mapping/logins")["of the database"] == 2
    assert synced.rows(f"SELECT enrollment_status FROM roster.users WHERE clever_id = '{who}'") == [("active",)]


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({"PLATFORM_DATABASE_URL": "mysql://u:secret@h/d"}, "PLATFORM_DATABASE_URL is no address of a PostgreSQL"),
        ({"PLATFORM_LOGINS_QUERY": "SELECT 1"}, "PLATFORM_LOGINS_QUERY is set, and no PLATFORM_DATABASE_URL"),
    ],
)
def test_a_setting_that_cannot_be_used_fails_the_sync(environment: dict[str, str], says: str) -> None:
    settings = load_settings(environment)
    assert says in str(settings.wrong)
    assert "secret" not in str(settings.wrong)


def test_the_address_is_in_no_repr(tmp_path: Path) -> None:
    settings = load_settings({"PLATFORM_DATABASE_URL": "postgresql://u:secret@h/d", "ROSTER_DATA": str(tmp_path)})
    assert "secret" not in repr(settings)


def test_doctor_asks_it_now(synced: Platform, server: postgres.Postgres, database: psycopg.Connection[Any]) -> None:
    logged_in(database, "ann", "ben")
    checks = {c["check"]: c for c in synced.json("doctor", PLATFORM_DATABASE_URL=server.url)["checks"]}
    assert checks["logins"] == {"check": "logins", "ok": True, "says": "the platform's database tells of 2"}
    with nobodys_port() as port:
        down = server.url.replace(str(server.port), port)
        checks = {c["check"]: c for c in synced.json("doctor", exits=1, PLATFORM_DATABASE_URL=down)["checks"]}
    assert not checks["logins"]["ok"]
    assert postgres.PASSWORD not in checks["logins"]["says"]
