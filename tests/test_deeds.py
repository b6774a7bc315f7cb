"""Jobs of one deed as the launchpad launches them: which hold, sync or district is meant, and what is queued."""

from __future__ import annotations

import pytest

from tests.platform import SLUG, Platform

HOLD = "SELECT hold_id, status FROM sync.holds"


@pytest.fixture
def held(synced: Platform) -> Platform:
    file = synced.data / "section_courses.csv"
    file.write_text("".join(file.read_text().splitlines(keepends=True)[:60]))
    synced.sync(exits=3)
    return synced


def queued(platform: Platform) -> list[list[str]]:
    with platform.instance() as instance:
        return [list(backfill.partition_names or ()) for backfill in instance.get_backfills()]


def test_the_only_hold_needs_no_id_and_a_sync_is_queued_when_that_is_asked(held: Platform) -> None:
    ((hold_id, _),) = held.rows(HOLD)
    assert held.run("decide_hold", decision="rejected")
    assert (held.rows(HOLD), queued(held)) == ([(hold_id, "rejected")], [])
    assert not held.run("decide_hold", decision="approved"), "none waits any more"
    assert held.run("decide_hold", hold_id=hold_id[:4], decision="approved", change=True, sync=True)
    assert (held.rows(HOLD), queued(held)) == ([(hold_id, "approved")], [[SLUG]])


def test_an_undo_that_names_no_sync_is_no_entry_in_the_history(synced: Platform) -> None:
    before = synced.rows("SELECT sync_id, status FROM sync.syncs")
    assert not synced.run("undo_sync", sync_id="1999")
    assert synced.rows("SELECT sync_id, status FROM sync.syncs") == before
    assert synced.run("undo_sync", sync_id=before[0][0][:18])


@pytest.mark.parametrize(("districts", "told"), [([], [[SLUG]]), ([SLUG.upper(), SLUG], [[SLUG]]), (["nowhere"], [])])
def test_several_districts_are_queued_or_none(synced: Platform, districts: list[str], told: list[list[str]]) -> None:
    assert synced.run("sync_districts", districts=districts) == bool(told)
    assert queued(synced) == told
