"""What is worth a notice, statement by statement."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.golden.case import NOW, Case, Row, values


def sync(number: int, status: str, trigger: str = "nightly", *sites: str) -> Row:
    return {"sync_id": f"S{number}", "sync_no": number, "trigger": trigger, "status": status, "sites": list(sites)}


def found(case: Case, *syncs: Row) -> list[str]:
    case.given("sync.syncs", *syncs)
    return [row["sync_id"] for row in case.answer("notices/failed")]


@pytest.mark.parametrize(
    ("then", "expected"),
    [
        ([], ["S1"]),
        ([sync(2, "succeeded")], []),
        ([sync(2, "held", "sync_now")], []),
        ([sync(2, "failed")], ["S2"]),
        ([sync(2, "refused")], ["S2"]),
        ([sync(2, "refused", "sync_now")], ["S1"]),
        ([sync(2, "succeeded", "mapping")], ["S1"]),
        ([sync(2, "succeeded", "undo")], ["S1"]),
        ([sync(2, "succeeded", "erase")], ["S1"]),
        ([sync(2, "succeeded", "sync_now", "north")], ["S1"]),
    ],
)
def test_a_failed_night_stands_until_clever_was_asked_for_everything_again(
    then: list[Row], expected: list[str], case: Case
) -> None:
    assert found(case, sync(0, "succeeded"), sync(1, "failed"), *then) == expected


@pytest.mark.parametrize(
    ("failed", "then", "expected"),
    [
        (sync(1, "failed", "mapping"), sync(2, "succeeded", "mapping"), []),
        (sync(1, "failed", "mapping"), sync(2, "succeeded", "sync_now", "north"), []),
        (sync(1, "failed", "sync_now", "north"), sync(2, "succeeded", "sync_now", "north", "south"), []),
        (sync(1, "failed", "sync_now", "north"), sync(2, "succeeded", "sync_now", "south"), ["S1"]),
        (sync(1, "failed", "sync_now", "north"), sync(2, "succeeded"), []),
        (sync(1, "refused", "undo"), sync(0, "succeeded"), []),
    ],
)
def test_what_failed_in_part_is_made_good_by_the_same_part(
    failed: Row, then: Row, expected: list[str], case: Case
) -> None:
    assert found(case, failed, then) == expected


def test_a_site_is_stale_when_it_has_not_succeeded_since(case: Case) -> None:
    long_ago, just = NOW - timedelta(hours=30), NOW - timedelta(hours=1)

    def site(id_: str, **more: object) -> Row:
        usual = {
            "enrollment_source": "clever",
            "status": "confirmed",
            "last_synced_at": long_ago,
            "confirmed_at": long_ago,
        }
        return {"site_id": id_, "name": id_.title(), **usual, **more}

    case.given(
        "roster.sites",
        site("late"),
        site("never", last_synced_at=None),
        site("fine", last_synced_at=just),
        site("fresh", last_synced_at=None, confirmed_at=just),
        site("new", status="new", last_synced_at=None),
        site("manual", enrollment_source="manual"),
        site("gone", status="archived"),
    )
    answer = case.answer("notices/stale", since=NOW - timedelta(hours=26))
    assert values(answer) == [("late", "Late", long_ago), ("never", "Never", None)]
