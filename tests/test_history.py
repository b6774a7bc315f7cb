"""What the history keeps, in which order, and what a person may still do with it."""

from __future__ import annotations

from datetime import datetime, timedelta

import duckdb
import pytest

from roster_pipeline.errors import SyncRefused
from roster_pipeline.guards import holds
from roster_pipeline.history import record as history
from roster_pipeline.history import report
from tests.conftest import NOW, Tiny, in_force

LONG_AGO = datetime(2026, 1, 1)
LATER = NOW + timedelta(days=1)


def age(tiny: Tiny, *syncs: str) -> None:
    tiny.rows("UPDATE sync.syncs SET finished_at = $at WHERE list_contains($syncs, sync_id)", at=LONG_AGO, syncs=syncs)


def prune(tiny: Tiny) -> None:
    with tiny.connect() as connection:
        history.prune(connection, before=NOW - timedelta(days=30), now=NOW)


def renamed(tiny: Tiny, name: str) -> None:
    tiny.records["sections"][0]["name"] = name
    tiny.sync()


def test_a_sync_whose_changes_are_forgotten_cannot_be_undone(tiny: Tiny) -> None:
    tiny.sync()
    renamed(tiny, "Two")
    age(tiny, "S001", "S002")
    prune(tiny)
    before = in_force(tiny)
    with pytest.raises(SyncRefused, match="cannot be undone: what it changed was forgotten on 2026-11-23"):
        tiny.undo("S001")
    assert in_force(tiny) == before
    with tiny.connect() as connection:
        assert [s["can_be_undone"] for s in report.recent(connection)] == [True, False], "the last is kept"


def test_what_a_lasting_undo_needs_is_not_forgotten(tiny: Tiny) -> None:
    tiny.sync()
    renamed(tiny, "Two")
    tiny.undo("S002")
    age(tiny, "S001", "S002", "S003")
    prune(tiny)
    assert tiny.rows("SELECT sync_id FROM sync.syncs WHERE pruned_at IS NOT NULL") == [("S001",)]
    tiny.undo("S003")
    assert tiny.rows("SELECT name FROM roster.sections") == [("Two",)]


def open_hold(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        "INSERT INTO sync.holds BY NAME SELECT 'h1' AS hold_id, 'S001' AS sync_id, 'archives' AS guard, "
        "'users' AS entity, 'open' AS status, 'f' AS fingerprint"
    )


def test_what_an_open_hold_needs_is_not_forgotten(tiny: Tiny) -> None:
    tiny.sync()
    with tiny.connect() as connection:
        open_hold(connection)
    age(tiny, "S001")
    prune(tiny)
    assert tiny.rows("SELECT pruned_at FROM sync.syncs") == [(None,)]


def test_the_order_is_the_order_of_apply_whatever_the_clock_says(tiny: Tiny) -> None:
    tiny.sync()
    tiny.syncs = 8
    renamed(tiny, "Two")
    tiny.syncs = 4  # the clock was set back: this id sorts before the one that was applied before it
    renamed(tiny, "Three")
    with tiny.connect() as connection:
        assert [s["sync_id"] for s in report.recent(connection)] == ["S005", "S009", "S001"]
        assert report.sync(connection, None)["sync_id"] == "S005"
        assert [c["after"] for c in report.compare(connection, "S001", "S005")] == ['{"name":"Three"}']
    with pytest.raises(SyncRefused, match="Later syncs changed records"):
        tiny.undo("S009")
    tiny.syncs = 20
    tiny.undo("S005")
    assert tiny.rows("SELECT name FROM roster.sections") == [("Two",)]


def test_the_second_to_decide_is_told_what_the_first_decided(tiny: Tiny) -> None:
    tiny.sync()
    with tiny.connect() as connection:
        open_hold(connection)
        holds.decide(connection, "h1", "rejected", by="Ana", reason="", now=NOW)
        with pytest.raises(SyncRefused, match=r"was rejected by Ana on 2026-11-23 10:00 UTC.*--change`"):
            holds.decide(connection, "h1", "approved", by="Ben", reason="", now=LATER)
        assert connection.execute("SELECT status, decided_by FROM sync.holds").fetchall() == [("rejected", "Ana")]
        told = holds.decide(connection, "h1", "rejected", by="Ben", reason="me too", now=LATER)
        assert told == "Hold h1 was rejected by Ana on 2026-11-23 10:00 UTC already; nothing was changed."
        assert connection.execute("SELECT decided_by, reason FROM sync.holds").fetchall() == [("Ana", "")]
        holds.decide(connection, "h1", "approved", by="Ben", reason="", now=LATER, change=True)
        assert connection.execute("SELECT status, decided_by FROM sync.holds").fetchall() == [("approved", "Ben")]


def test_an_approval_that_expired_is_nobodys_decision_any_more(tiny: Tiny) -> None:
    tiny.sync()
    with tiny.connect() as connection:
        open_hold(connection)
        holds.decide(connection, "h1", "approved", by="Ana", reason="", now=NOW)
        holds.decide(connection, "h1", "approved", by="Ben", reason="", now=NOW + 2 * holds.APPROVAL_VALID)
        assert connection.execute("SELECT decided_by FROM sync.holds").fetchall() == [("Ben",)]
