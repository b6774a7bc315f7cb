"""What Dagster and DuckDB do over and over, done once in a process that runs many syncs.

Belongs here: what tests and their children leave out, which no test is about. Does not belong here: fixtures.
"""

from __future__ import annotations

import functools
import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import dagster as dg
import duckdb
import pytest
import sqlalchemy
from alembic.config import Config
from alembic.script import ScriptDirectory
from dagster._core.execution.context.data_version_cache import DataVersionCache

from roster_pipeline.warehouse import sql

_engines: dict[str, sqlalchemy.Engine] = {}


@contextmanager
def cheap_dagster() -> Iterator[None]:
    """No power cut comes in a test, so nothing waits for the disk; Dagster's files stay open, its migrations are read.

    Dagster makes a new engine for each connection, seven hundred in a run, each of which opens the file and compiles
    every query anew; it commits five hundred times. Of each asset it asks which runs its inputs are from, for a history
    of data versions that we do not use; processes of their own do.
    """
    read, migrations = ScriptDirectory.from_config, dict[str | None, ScriptDirectory]()

    def read_once(config: Config) -> ScriptDirectory:
        location = config.get_main_option("script_location")
        if location not in migrations:
            migrations[location] = read(config)
        return migrations[location]

    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(ScriptDirectory, "from_config", read_once)
        monkeypatch.setattr(os, "fsync", lambda _: None)
        monkeypatch.setattr(DataVersionCache, "_fetch_input_asset_version_info", _as_if_never_materialized)
        for module in (
            "event_log.sqlite.sqlite_event_log",
            "runs.sqlite.sqlite_run_storage",
            "schedules.sqlite.sqlite_schedule_storage",
        ):
            monkeypatch.setattr(f"dagster._core.storage.{module}.create_engine", _engine)
        yield


def _as_if_never_materialized(versions: DataVersionCache, inputs: Sequence[dg.AssetKey]) -> None:
    versions.input_asset_version_info.update(dict.fromkeys(inputs))


def close_dagsters_files() -> None:
    for engine in _engines.values():
        sqlalchemy.Engine.dispose(engine)
    _engines.clear()


@contextmanager
def parsed_once() -> Iterator[None]:
    """A statement is parsed once, not in each of a thousand syncs of which it is an eighth."""
    parsed: dict[str, list[duckdb.Statement]] = {}

    def execute(
        connection: duckdb.DuckDBPyConnection, _name: str, text: str, values: Mapping[str, Any]
    ) -> duckdb.DuckDBPyConnection:
        if text not in parsed:
            parsed[text] = connection.extract_statements(text)
        for statement in parsed[text]:
            connection.execute(statement, values or None)
        return connection

    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(sql, "_execute", execute)
        yield
    parsed.clear()


@contextmanager
def one_thread() -> Iterator[None]:
    """A district of tests has no two pieces of a table for two threads; they would look for them all the same."""
    connect = duckdb.connect
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(duckdb, "connect", functools.partial(connect, config={"threads": 1}))
        yield


def _engine(url: str, **options: Any) -> sqlalchemy.Engine:
    if url not in _engines:
        engine = sqlalchemy.create_engine(url, **options | {"poolclass": sqlalchemy.QueuePool})
        sqlalchemy.event.listen(engine, "connect", _without_waiting_for_the_disk)
        engine.dispose = lambda close=True: None  # type: ignore[method-assign]  # noqa: ARG005
        _engines[url] = engine
    return _engines[url]


def _without_waiting_for_the_disk(connection: sqlite3.Connection, _: object) -> None:
    connection.execute("PRAGMA synchronous = OFF")
