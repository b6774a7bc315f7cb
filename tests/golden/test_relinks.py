"""Relinks that wait, statement by statement."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.golden.case import ANN, BEN, CAL, DEE, M6, M7, NOW, S6, TIA, Case, Row, values

LATER = NOW + timedelta(days=1)
FEW: Row = {"minimum": 1, "percent": 50}


def change(action: str, held_by: str | None = None, before: str | None = None, **more: object) -> Row:
    return {"action": action, "held_by": held_by, "before": before, **more}


def relink(entity: str, id_: str, verdict: str, held_by: str | None = None, **more: object) -> Row:
    return {"entity": entity, "id": id_, "verdict": verdict, "held_by": held_by, "site_id": "north", **more}


def test_a_candidate_waits_when_it_is_ambiguous_and_nobody_has_decided(case: Case) -> None:
    for verdict in ("relink", "ambiguous"):
        case.given("identity.candidates", {"entity": "users", "id": ANN, "verdict": verdict})
    found = case.make("guards/relinks", "verdict, held_by, decided_by")
    assert values(found) == [("ambiguous", "relink_ambiguous|users", None), ("relink", None, None)]


@pytest.mark.parametrize(
    ("hold", "verdict", "held_by"),
    [
        ({"status": "approved", "expires_at": LATER}, "relink", None),
        ({"status": "approved", "expires_at": NOW}, None, None),
        ({"status": "approved", "expires_at": LATER, "sites": ["south"]}, None, None),
        ({"status": "rejected"}, "held", "h1"),
        ({"status": "rejected", "applied_sync_id": "S1"}, None, None),
    ],
    ids=["approved", "expired", "for another site", "rejected", "over"],
)
def test_what_was_decided_about_a_relink_stands(
    case: Case, hold: Row, verdict: str | None, held_by: str | None
) -> None:
    case.given("guards.relinks", relink("users", ANN, "relink", new_clever_id="fresh"))
    case.given("sync.holds", {"hold_id": "h1", "sync_id": "S1", "guard": "relink", **hold})
    log: Row = {"entity": "users", "entity_id": ANN, "action": "relink", "after": '{"clever_id":"fresh"}'}
    case.given("sync.change_log", {"sync_id": "S1", "held_by": "h1", "site_id": "north", **log})
    found = case.change("guards/decided_relinks", "decided_by, verdict, held_by", now=NOW)
    assert values(found) == [("h1", verdict, held_by) if verdict else (None, "relink", None)]


def test_what_is_ambiguous_waits_as_one_cause_per_entity(case: Case) -> None:
    case.given("guards.relinks", *(relink("users", u, "ambiguous") for u in (ANN, BEN)), relink("users", CAL, "relink"))
    found = case.change("guards/queue_breaches", "key, entity, changes")
    assert values(found) == [("relink_ambiguous|users", "users", 2)]


def test_what_comes_and_what_goes_of_a_relink_wait_together(case: Case) -> None:
    case.given(
        "guards.relinks", relink("users", ANN, "held", "h2", new_id=BEN), relink("users", ANN, "held", "h1", new_id=CAL)
    )
    case.given("guards.relinks", relink("users", DEE, "ambiguous", "h3", new_id=TIA))
    found = case.make("guards/waiting", "id, held_by", verdict="held")
    assert values(found) == [(ANN, "h1"), (BEN, "h2"), (CAL, "h1")]


def test_new_people_who_may_be_known_ones_wait_and_those_who_would_go_for_it(case: Case) -> None:
    case.given("guards.waiting", *({"entity": "users", "id": u, "held_by": "k"} for u in (ANN, BEN, CAL, DEE)))
    approved: Row = {"entity": "users", "guard": "relink_ambiguous", "status": "approved"}
    case.given("guards.decided", {**approved, "entity_id": DEE})
    for user_id, action in ((ANN, "create"), (BEN, "archive"), (CAL, "update"), (DEE, "create"), (TIA, "create")):
        case.given("plan.users", change(action, user_id=user_id))
    found = case.change("guards/hold_waiting_people", "user_id, held_by")
    assert values(found) == [(ANN, "k"), (BEN, "k"), (CAL, None), (DEE, None), (TIA, None)]


def test_new_sections_that_may_be_known_ones_wait_and_those_that_would_end_for_it(case: Case) -> None:
    case.given("guards.waiting", *({"entity": "sections", "id": s, "held_by": "k"} for s in (M6, M7, S6)))
    approved: Row = {"entity": "sections", "guard": "relink_ambiguous", "status": "approved"}
    case.given("guards.decided", {**approved, "entity_id": S6})
    for section_id, action in ((M6, "conclude"), (M7, "update"), (S6, "create")):
        case.given("plan.sections", change(action, section_id=section_id))
    found = case.change("guards/hold_waiting_sections", "section_id, held_by")
    assert values(found) == [(M6, "k"), (M7, None), (S6, None)]


def test_a_limit_that_relinks_passed_counts_when_something_waits_for_it(case: Case) -> None:
    case.given("guards.relink_breaches", *({"key": k, "guard": "relink"} for k in ("relink|users", "relink|sections")))
    case.given("guards.relink_breaches", {"key": "relink_ambiguous|users", "guard": "relink_ambiguous"})
    case.given("plan.users", *(change("create", k) for k in ("relink|users", "relink_ambiguous|users")))
    found = case.change("guards/relinks_that_count", "key", verdict="held")
    assert values(found) == [("relink|users",)]


def test_a_pair_that_a_new_hold_keeps_back_is_logged_with_both_clever_ids(case: Case) -> None:
    case.given("guards.relinks", relink("users", ANN, "held", "k", old_clever_id="old", new_clever_id="fresh"))
    case.given("guards.relinks", relink("users", BEN, "relink", "k"))
    case.given("guards.hold_ids", {"key": "k", "hold_id": "h1"})
    case.given("sync.holds", {"hold_id": "h1", "sync_id": "S2"}, {"hold_id": "h1", "sync_id": "S1"})
    found = case.change("guards/log_relinks", "sync_id, entity_id, action, before, after, held_by", sync_id="S2")
    assert values(found) == [("S2", ANN, "relink", '{"clever_id":"old"}', '{"clever_id":"fresh"}', "h1")]


def test_what_passed_a_limit_among_the_relinks_is_held_as_a_whole(case: Case) -> None:
    case.given("guards.relinks", relink("users", ANN, "relink", "relink|users"), relink("sections", M6, "relink"))
    found = case.change("guards/hold_relinks", "entity, verdict", key="relink|users")
    assert values(found) == [("sections", "relink"), ("users", "held")]
    assert dict(values(case.answer("guards/relink_counts"))) == {"held": 1, "relink": 1}


def test_the_limits_that_relinks_passed_are_kept_while_the_plan_is_judged(case: Case) -> None:
    case.given("guards.breaches", {"key": "relink|users", "changes": 5})
    assert values(case.make("guards/relink_breaches", "key, changes")) == [("relink|users", 5)]


def test_a_fingerprint_is_of_the_changes_and_of_relinks_of_the_pairs(case: Case) -> None:
    pair = {"old_clever_id": "old", "new_clever_id": "fresh"}
    case.given("guards.relinks", relink("users", ANN, "held", "relink|users", **pair))
    for user_id, key in ((ANN, "relink|users"), (BEN, "archives|users"), (CAL, "archives|users")):
        case.given("plan.users", change("archive", key, user_id=user_id))
    prints = {row["held_by"]: (row["print"], row["n"]) for row in case.answer("guards/prints")}
    assert {key: n for key, (_, n) in prints.items()} == {"relink|users": 1, "archives|users": 2}
    case.given("plan.users", change("archive", "updates|users", user_id=BEN))
    case.given("plan.users", change("archive", "updates|users", user_id=CAL))
    assert {r["held_by"]: r["print"] for r in case.answer("guards/prints")}["updates|users"] == prints[
        "archives|users"
    ][0]
