"""The life of a hold, and what guards remember, statement by statement."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.golden.case import ANN, BEN, CAL, DEE, M6, M7, NOW, TIA, Case, Row, values

LATER = NOW + timedelta(days=1)


def archive(user_id: str, held_by: str | None = None, site: str = "north") -> Row:
    return {"user_id": user_id, "action": "archive", "held_by": held_by, "site_id": site, "roles": ["student"]}


def test_the_parts_of_a_hold_are_the_limits_that_were_passed_the_largest_first(case: Case) -> None:
    case.given("roster.sites", {"site_id": "north", "name": "North"})
    for site, changes in (("north", 3), ("south", 5)):
        breach = {"key": "k", "guard": "archives", "site_id": site, "changes": changes, "in_force": 20, "limit": 10}
        case.given("guards.breaches", breach)
    found = case.answer("guards/parts", "site_id, name, changes, in_force, gone")
    assert values(found) == [("south", None, 5, 20, 0), ("north", "North", 3, 20, 0)]


def test_what_was_undone_is_counted_by_what_it_marks(case: Case) -> None:
    case.given("guards.breaches", {"key": "undone|S2", "guard": "undone", "changes": 9, "in_force": 9})
    case.given("plan.users", archive(ANN, "undone|S2"), archive(BEN, "undone|S2"), archive(CAL))
    assert values(case.answer("guards/parts", "site_id, changes, in_force")) == [("north", 2, 2)]


def test_a_rejected_hold_that_keeps_changes_back_is_told_as_it_was(case: Case) -> None:
    case.given(
        "sync.holds", {"hold_id": "h1", "status": "rejected", "guard": "archives", "changes": 9, "message": "9 go"}
    )
    case.given("sync.holds", {"hold_id": "h2", "status": "rejected"}, {"hold_id": "h3", "status": "open"})
    case.given("plan.users", archive(ANN, "h1"), archive(BEN, "h1"), archive(CAL, "h3"))
    found = case.answer("guards/holds/rejected", "hold_id, changes, message, blocks")
    assert values(found) == [("h1", 2, "9 go", False)]


@pytest.mark.parametrize(
    ("standing", "opened"),
    [
        ({"status": "open"}, []),
        ({"status": "cleared"}, ["S2"]),
        ({"status": "approved", "applied_sync_id": "S1"}, ["S2"]),
    ],
    ids=["stands", "was cleared", "was applied"],
)
def test_a_hold_that_stands_is_not_opened_again(case: Case, standing: Row, opened: list[str]) -> None:
    case.given("guards.holds", {"hold_id": "h1", "guard": "archives", "message": "9 go"})
    case.given("sync.holds", {"hold_id": "h1", "sync_id": "S1", **standing})
    case.change("guards/holds/open_new", "sync_id", sync_id="S2")
    found = case.rows("sync.holds WHERE status = 'open' AND message = '9 go'", "sync_id")
    assert [row["sync_id"] for row in found] == opened


def test_the_parts_of_a_new_hold_are_kept(case: Case) -> None:
    case.given("guards.hold_parts", *({"hold_id": h, "site_id": "north", "changes": 3} for h in ("new", "standing")))
    case.given("sync.holds", {"hold_id": "new", "sync_id": "S2"}, {"hold_id": "standing", "sync_id": "S1"})
    found = case.change("guards/holds/open_parts", "hold_id, sync_id, site_id, changes", sync_id="S2")
    assert values(found) == [("new", "S2", "north", 3)]


DECISION = {"by": "Rae", "now": NOW, "expires_at": LATER, "reason": "moved", "sites": ["north"]}


def test_a_decision_is_written_on_the_hold_that_stands(case: Case) -> None:
    case.given("sync.holds", {"hold_id": "h1", "sync_id": "S2", "status": "open"})
    case.given("sync.holds", {"hold_id": "h1", "sync_id": "S1", "status": "cleared"})
    columns = "sync_id, status, decided_by, decided_at, expires_at, reason, sites"
    found = case.change("guards/holds/decide", columns, hold_id="h1", decision="approved", **DECISION)
    assert values(found) == [
        ("S1", "cleared", None, None, None, None, None),
        ("S2", "approved", "Rae", NOW, LATER, "moved", ["north"]),
    ]


@pytest.mark.parametrize(("expires_at", "is_decided"), [(LATER, True), (NOW, False)])
def test_the_latest_life_of_a_hold_is_the_one_that_stands(case: Case, expires_at: datetime, is_decided: bool) -> None:
    case.given("sync.syncs", {"sync_id": "S1", "sync_no": 1}, {"sync_id": "S2", "sync_no": 2})
    decided: Row = {"decided_by": "Rae", "expires_at": expires_at}
    case.given("sync.holds", {"hold_id": "h1", "sync_id": "S1", "status": "approved", **decided})
    case.given("sync.holds", {"hold_id": "h1", "sync_id": "S2", "status": "cleared"})
    case.given("sync.hold_parts", *({"hold_id": "h1", "sync_id": "S1", "site_id": s} for s in ("south", "north")))
    found = case.answer("guards/holds/latest", "status, is_decided, sites, parts", hold_id="h1", now=NOW)
    assert values(found) == [("approved", is_decided, [], ["north", "south"])]


def cleared(case: Case, hold: Row, *, whole_district: bool = True) -> object:
    """Why a hold of the sync before does not stand any more."""
    case.given("sync.holds", {"hold_id": "h1", "guard": "archives", "entity": "users", "status": "open", **hold})
    columns = "status, cleared_sync_id, cleared_because"
    ((status, by, because),) = values(
        case.change("guards/holds/clear", columns, sync_id="S2", now=NOW, whole_district=whole_district)
    )
    assert (status == "cleared") == (by == "S2") == (because is not None)
    return because


@pytest.mark.parametrize(
    ("hold", "because"),
    [
        ({}, "gone"),
        ({"status": "approved", "expires_at": LATER}, "gone"),
        ({"status": "approved", "expires_at": NOW}, "expired"),
        ({"applied_sync_id": "S1"}, None),
    ],
    ids=["open", "approved", "approved too long ago", "applied"],
)
def test_a_hold_whose_changes_are_not_held_any_more_is_cleared(case: Case, hold: Row, because: str | None) -> None:
    assert cleared(case, hold) == because


def test_a_hold_whose_changes_are_others_now_is_cleared_as_changed(case: Case) -> None:
    case.given("guards.holds", {"hold_id": "h2", "guard": "archives", "entity": "users"})
    assert cleared(case, {}) == "changed"


def test_a_hold_whose_changes_another_keeps_back_is_cleared_as_changed(case: Case) -> None:
    case.given("sync.change_log", {"entity": "users", "entity_id": ANN, "held_by": "h1"})
    case.given("plan.users", archive(ANN, "h2"))
    assert cleared(case, {}) == "changed"


def test_a_hold_stands_while_its_changes_are_held_or_its_approval_waits(case: Case) -> None:
    case.given("guards.holds", {"hold_id": "h1", "guard": "archives", "entity": "users"})
    assert cleared(case, {}) is None
    case.end()
    case.given("guards.decided", {"hold_id": "h1", "status": "approved"})
    assert cleared(case, {}) is None


def test_a_broken_extract_says_whether_it_is_still_broken_alike(case: Case) -> None:
    case.given("guards.holds", {"hold_id": "h2", "guard": "broken_extract", "entity": "users", "blocks": True})
    assert cleared(case, {"guard": "broken_extract"}) == "changed"


def test_nothing_is_cleared_by_a_sync_of_some_sites_or_one_that_is_held_as_a_whole(case: Case) -> None:
    assert cleared(case, {}, whole_district=False) is None
    case.end()
    case.given("guards.holds", {"hold_id": "h2", "guard": "broken_extract", "blocks": True})
    assert cleared(case, {}) is None


def applied(case: Case, *, whole_district: bool = True, sites: tuple[str, ...] = ()) -> list[str]:
    """The approved holds that this sync used."""
    case.given("sync.holds", {"hold_id": "h1", "sync_id": "S1", "status": "approved", "expires_at": LATER})
    asked = {"sync_id": "S2", "now": NOW, "whole_district": whole_district, "sites": list(sites)}
    case.change("guards/holds/mark_applied", "hold_id", **asked)
    return [row["hold_id"] for row in case.rows("sync.holds WHERE applied_sync_id = 'S2'", "hold_id")]


@pytest.mark.parametrize(("still_held", "used"), [(None, ["h1"]), ("h2", [])], ids=["flows", "is held by another"])
def test_an_approval_is_used_up_once_nothing_of_it_is_held(case: Case, still_held: str | None, used: list[str]) -> None:
    for user_id in (ANN, BEN):
        case.given("guards.decided", {"hold_id": "h1", "entity": "users", "entity_id": user_id})
    case.given("plan.users", archive(ANN), archive(BEN, still_held))
    assert applied(case) == used


def test_an_approved_relink_and_an_accepted_sign_are_used_up_unless_the_plan_waits(case: Case) -> None:
    case.given("guards.relinks", {"verdict": "relink", "decided_by": "h1"})
    assert applied(case) == ["h1"]
    case.end()
    case.given("guards.signs", {"accepted_by": "h1"})
    case.given("guards.holds", {"hold_id": "h2", "blocks": True})
    assert applied(case) == []


@pytest.mark.parametrize(("sites", "used"), [(("north",), []), (("north", "south"), ["h1"])])
def test_a_sync_of_some_sites_uses_an_approval_up_when_all_of_it_is_there(
    case: Case, sites: tuple[str, ...], used: list[str]
) -> None:
    case.given("guards.decided", {"hold_id": "h1", "entity": "users", "entity_id": ANN})
    case.given("plan.users", archive(ANN))
    case.given("sync.change_log", *({"sync_id": "S1", "held_by": "h1", "site_id": s} for s in ("north", "south")))
    assert applied(case, whole_district=False, sites=sites) == used


def test_an_approved_loss_settles_what_left_before(case: Case) -> None:
    hold: Row = {"hold_id": "h1", "sync_id": "S1", "guard": "losses", "entity": "users", "applied_sync_id": "S2"}
    case.given("sync.holds", hold)
    case.given("sync.hold_parts", {"hold_id": "h1", "sync_id": "S1", "site_id": "north", "role": "student"})
    for site, role in (("north", "student"), ("north", "teacher"), ("south", "student")):
        case.given("sync.turnover", {"entity": "users", "role": role, "site_id": site})
    found = case.change("guards/holds/settle_losses", "site_id, role", sync_id="S2")
    assert values(found) == [("north", "teacher"), ("south", "student")]


def test_what_was_approved_for_an_undone_sync_is_rejected(case: Case) -> None:
    for hold_id, applied_by in (("h1", "S2"), ("h2", "S1")):
        case.given(
            "sync.holds", {"hold_id": hold_id, "applied_sync_id": applied_by, "decided_by": "Rae", "status": "approved"}
        )
    columns = "hold_id, status, applied_sync_id, decided_by, reason"
    found = case.change("guards/holds/withdraw", columns, undone="S2", by="Kim", now=NOW)
    assert values(found) == [
        ("h1", "rejected", None, "Kim", "Sync S2, which Rae had approved this for, was undone."),
        ("h2", "approved", "S1", "Rae", None),
    ]


def remembered(case: Case) -> list[tuple[object, ...]]:
    return values(case.change("guards/turnover", "entity, role, site_id, gone, come", sync_id="S2", now=NOW))


def test_what_left_and_what_came_unasked_is_remembered(case: Case) -> None:
    case.given("plan.users", archive(ANN), archive(BEN, "h1"), archive(CAL))
    case.given("guards.decided", {"entity": "users", "entity_id": CAL, "status": "approved"})
    moved: Row = {"action": "update", "before": '{"site_id":"south"}'}
    case.given("plan.users", {**archive(DEE), **moved})
    assert remembered(case) == [("users", "student", "north", 1, 1), ("users", "student", "south", 1, 0)]


def test_an_enrollment_that_goes_with_its_person_or_section_is_not_remembered(case: Case) -> None:
    case.given("plan.users", archive(ANN))
    case.given("plan.sections", {"section_id": M7, "action": "conclude", "site_id": "north"})
    for section_id, user_id in ((M6, ANN), (M7, TIA), (M6, TIA)):
        row = {"section_id": section_id, "user_id": user_id, "role": "student"}
        case.given("plan.enrollments", {**row, "action": "archive", "site_id": "north"})
    assert remembered(case) == [("enrollments", "student", "north", 1, 0), ("users", "student", "north", 1, 0)]


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("plan.sites", {"site_id": "north", "action": "create"}),
        ("guards.limits", {"site_id": "north", "expected": True}),
        ("guards.signs", {"site_id": "north", "accepted_by": "h1", "explains": True}),
    ],
    ids=["a new site", "expected", "accepted"],
)
def test_what_is_no_loss_is_not_remembered(case: Case, table: str, row: Row) -> None:
    case.given(table, row)
    case.given("plan.users", archive(ANN), archive(BEN, site="south"))
    assert remembered(case) == [("users", "student", "south", 1, 0)]


def test_what_left_long_ago_is_forgotten(case: Case) -> None:
    case.given("sync.turnover", *({"sync_id": s, "applied_at": at} for s, at in (("S1", NOW), ("S2", LATER))))
    assert values(case.change("guards/forget_turnover", "sync_id", before=LATER)) == [("S2",)]


def test_what_waits_for_a_hold_is_counted_over_all_entities(case: Case) -> None:
    case.given("plan.users", archive(ANN, "h1"), archive(BEN))
    case.given("plan.sites", {"site_id": "north", "action": "archive", "held_by": "h1"})
    assert values(case.answer("guards/waiting_changes")) == [("h1", 2)]
