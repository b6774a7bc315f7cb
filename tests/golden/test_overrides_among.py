"""What overrides are to holds, undos, identity and sites, statement by statement."""

from __future__ import annotations

from typing import Any

import pytest

from tests.golden.case import ANN, BEN, CAL, M6, M7, NOW, Case, Row, values

LATER = NOW.replace(hour=11)


@pytest.mark.parametrize(
    ("override", "held", "state"),
    [
        ({"kind": "exclude"}, ("users", {"action": "archive"}), "held"),
        ({"kind": "keep", "field": "grade"}, ("users", {"before": '{"grade":"6"}'}), "held"),
        ({"kind": "keep", "field": "grade"}, ("users", {"before": '{"email":"a@x"}'}), "works"),
        ({"kind": "add", "site_id": "north"}, ("user_sites", {"site_id": "north"}), "held"),
        ({"kind": "add", "site_id": "south"}, ("user_sites", {"site_id": "north"}), "works"),
        (
            {"kind": "add", "section_id": M6, "role": "student"},
            ("enrollments", {"section_id": M6, "role": "student"}),
            "held",
        ),
        ({"kind": "exclude"}, ("users", {"action": "archive", "held_by": None}), "works"),
    ],
)
def test_an_override_is_held_with_its_record(case: Case, override: Row, held: tuple[str, Row], state: str) -> None:
    case.given("plan.overrides", {"no": 1, "user_id": ANN, **override})
    case.given("plan.override_states", {"no": 1, "state": "works", "clever_value": "c"})
    case.given(f"plan.{held[0]}", {"user_id": ANN, "action": "update", "held_by": "h1", **held[1]})
    assert values(case.make("plan/override/worth", "no, state, clever_value")) == [(1, state, "c")]


def test_what_is_gone_is_not_while_that_is_held(case: Case) -> None:
    case.given("plan.overrides", {"no": 1, "user_id": ANN, "kind": "keep", "field": "grade"})
    case.given("plan.override_states", {"no": 1, "state": "gone"})
    case.given("plan.users", {"user_id": ANN, "action": "archive", "before": "{}", "held_by": "h1"})
    assert values(case.make("plan/override/worth", "state")) == [("held",)]


def test_a_sync_of_some_sites_tells_of_the_overrides_there(case: Case) -> None:
    rows: list[Row] = [
        {"user_id": ANN, "field": "grade"},
        {"user_id": BEN, "field": "grade"},
        {"user_id": BEN, "site_id": "north"},
        {"user_id": BEN, "site_id": "south"},
        {"section_id": M6},
        {"section_id": M7},
        {"section_id": M7, "user_id": ANN},
    ]
    for no, row in enumerate(rows, start=1):
        case.given("plan.overrides", {"no": no, "kind": "keep", **row})
        case.given("temp.override_states", {"no": no, "state": "works"})
    case.given("plan.people_of_sites", {"user_id": ANN})
    case.given("roster.sections", {"section_id": M6, "site_id": "north"}, {"section_id": M7, "site_id": "south"})
    assert values(case.change("plan/override/elsewhere", "no", sites=["north"])) == [(1,), (3,), (5,), (7,)]
    case.given("temp.override_states", {"no": 6, "state": "works"})
    case.given("plan.sections_of_sites", {"section_id": M7})
    assert values(case.change("plan/override/elsewhere", "no", sites=["north"])) == [(1,), (3,), (5,), (6,), (7,)]


@pytest.mark.parametrize(
    ("rows", "stand"),
    [
        ([{"ended_by": "S1", "reopened_by": "S9"}, {}], [2]),
        ([{"ended_by": "S1", "reopened_by": "S9"}, {"undone_by": "S9"}], [1]),
        ([{}, {}], [2]),
        ([{"field": "email"}, {}], [1, 2]),
        ([{"user_id": BEN}, {}], [1, 2]),
        ([{"kind": "add"}, {"kind": "protect"}], [2]),
        ([{"kind": "exclude"}, {}], [1, 2]),
    ],
)
def test_of_overrides_about_the_same_the_newest_stands(case: Case, rows: list[Row], stand: list[int]) -> None:
    for no, row in enumerate(rows, start=1):
        case.given("roster.overrides", {"no": no, "kind": "keep", "user_id": ANN, "field": "grade", **row})
    found = case.change("plan/override/one_stands", "no, undone_by, ended_by, reopened_by", sync_id="S9")
    standing = [r["no"] for r in found if not r["undone_by"] and (not r["ended_by"] or r["reopened_by"])]
    assert standing == stand


NOBODY: Row = {"user_id": None, "section_id": None, "site_id": None}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"kind": "add", "user_id": ANN, "site_id": "south"}, ["south"]),
        ({"kind": "add", "user_id": BEN, "site_id": "north"}, []),
        ({"kind": "keep", "section_id": M7}, ["south"]),
        ({"kind": "keep", "section_id": M6}, []),
        ({"kind": "keep", "user_id": ANN}, []),
        ({"kind": "exclude", "user_id": ANN}, ["south"]),
        ({"kind": "keep", "user_id": BEN}, ["south"]),
        ({"kind": "exclude", "user_id": CAL}, ["south"]),
        ({"kind": "keep", "user_id": CAL}, []),
    ],
)
def test_what_is_of_a_site_that_is_not_on_clever(case: Case, asked: dict[str, Any], found: list[str]) -> None:
    """Ann is at both sites, Ben at the one that is not on Clever, Cal in a section of it."""
    case.given("roster.sites", {"site_id": "north"}, {"site_id": "south"})
    case.given("input.site_settings", {"site_id": "south", "enrollment_source": "manual"})
    case.given("roster.sections", {"section_id": M6, "site_id": "north"}, {"section_id": M7, "site_id": "south"})
    for who, site in ((ANN, "north"), (ANN, "south"), (BEN, "south"), (CAL, "north")):
        case.given("roster.user_sites", {"user_id": who, "site_id": site, "status": "active"})
    case.given("roster.enrollments", {"section_id": M7, "user_id": CAL, "site_id": "south", "status": "active"})
    answer = case.answer("plan/override/at_manual_site", **{**NOBODY, **asked})
    assert [row["site_id"] for row in answer] == found


@pytest.mark.parametrize(
    ("after", "status", "is_decided"),
    [
        ('{"name":"a","grade":"8"}', "rejected", True),
        ('{"name":"b","grade":"8"}', "rejected", False),
        ('{"grade":"8"}', "rejected", False),
        ('{"name":"a","grade":"8"}', "approved", False),
    ],
)
def test_a_kept_field_lets_nothing_through_that_was_rejected(
    case: Case, after: str, status: str, is_decided: bool
) -> None:
    case.given(
        "sync.holds", {"hold_id": "h1", "sync_id": "S1", "guard": "identity", "entity": "users", "status": status}
    )
    case.connection.execute("UPDATE sync.holds SET expires_at = $1", [LATER])
    log = {"entity": "users", "entity_id": ANN, "action": "update", "before": '{"name":"z"}', "after": '{"name":"a"}'}
    case.given("sync.change_log", {"sync_id": "S1", "held_by": "h1", **log})
    before = '{"name":"z","grade":"6"}' if "name" in after else '{"grade":"6"}'
    case.given("plan.users", {"user_id": ANN, "action": "update", "before": before, "after": after})
    case.given("input.overrides", {"kind": "keep", "user_id": ANN, "field": "grade"})
    assert values(case.make("guards/decided", "hold_id", now=NOW)) == [("h1",)] * is_decided


@pytest.mark.parametrize(("at", "is_decided"), [(LATER, False), (NOW.replace(hour=9), True)])
def test_who_excludes_somebody_after_a_rejection_overrules_it(case: Case, at: object, is_decided: bool) -> None:
    hold: Row = {"guard": "archives", "entity": "users", "status": "rejected", "decided_at": NOW}
    case.given("sync.holds", {"hold_id": "h1", "sync_id": "S1", **hold})
    for who in (ANN, BEN):
        log = {"entity": "users", "entity_id": who, "action": "archive"}
        case.given("sync.change_log", {"sync_id": "S1", "held_by": "h1", **log})
        case.given("plan.users", {"user_id": who, "action": "archive"})
    case.given("roster.overrides", {"no": 1, "kind": "exclude", "user_id": ANN, "at": at})
    case.given("plan.overrides", {"no": 1, "counts": True})
    decided = values(case.make("guards/decided", "entity_id", now=NOW))
    assert decided == ([(ANN,)] if is_decided else []) + [(BEN,)]


def test_the_undo_of_an_override_refuses_nothing_of_its_record(case: Case) -> None:
    case.given("sync.syncs", {"sync_id": "S1", "trigger": "override"}, {"sync_id": "S2", "trigger": "override"})
    case.given("plan.users", *({"user_id": who, "action": "update", "before": "{}"} for who in (ANN, BEN, CAL)))
    case.given("roster.overrides", {"no": 1, "kind": "keep", "user_id": ANN, "sync_id": "S1"})
    case.given("roster.overrides", {"no": 2, "kind": "keep", "user_id": BEN, "sync_id": "S0", "ended_by": "S1"})
    case.given("roster.overrides", {"no": 3, "kind": "keep", "user_id": CAL, "sync_id": "S2"})
    found = case.change("plan/undo/remember", "entity_id", sync_id="S3", undoes="S1")
    assert values(found) == [(CAL,)]


def test_somebody_is_recognized_by_what_clever_sent_beside_what_is_kept(case: Case) -> None:
    case.given(
        "roster.users",
        {"user_id": ANN, "clever_id": "old", "first_name": "Kept", "last_name": "Lee", "sis_id": "kept"},
    )
    case.connection.execute("UPDATE roster.users SET roles = ['student'], enrollment_status = 'active'")
    for no, (field, sent) in enumerate((("first_name", "Ann"), ("sis_id", "7")), start=1):
        row: Row = {"kind": "keep", "user_id": ANN, "value": "kept", "field": field, "clever_value": sent}
        case.given("roster.overrides", {"no": no, **row})
    new: Row = {"new_id": BEN, "clever_id": "new", "sis_id": "7", "sis_role": "student", "name": "ann lee"}
    case.given("identity.new_people", {"is_student": True, **new})
    assert values(case.change("identity/candidate_people", "evidence, verdict")) == [("SIS id, name", "relink")]


def test_what_was_staged_of_who_is_erased_does_not_bring_them_back(case: Case) -> None:
    north: Row = {"site_id": "north", "enrollment_source": "clever", "status": "confirmed"}
    case.given("desired.sites", north)
    for n, (who, name) in enumerate(((ANN, None), (BEN, "Ben"), (CAL, None))):
        case.given("staging.users", {"user_n": n, "clever_id": f"clever{n}", "first_name": name, "roles": ["student"]})
        case.given("identity.users", {"user_n": n, "clever_id": f"clever{n}", "user_id": who})
        case.given("staging.user_sites", {"user_n": n, "site_id": "north", "is_primary": True})
        case.given("roster.users", {"user_id": who, "clever_id": f"clever{n}", "enrollment_status": "archived"})
    case.given("sync.erasures", {"user_id": ANN}, {"user_id": BEN})
    found = case.make("plan/desired/users", "user_id, enrollment_status")
    assert values(found) == [(ANN, "archived"), (BEN, "pending"), (CAL, "pending")]


def test_who_stays_is_active_once_they_have_logged_in(case: Case) -> None:
    case.given("desired.sites", {"site_id": "north", "status": "confirmed"})
    for who in (ANN, BEN, CAL):
        case.given("desired.users", {"user_id": who, "clever_id": f"C{who[:1]}", "enrollment_status": "archived"})
        case.given("plan.overrides", {"no": 1, "kind": "add", "user_id": who, "site_id": "north", "counts": True})
    case.given("input.logins", {"user_id": "ca", "first_login_at": NOW})
    case.given("input.logins", {"user_id": BEN, "platform_id": BEN, "first_login_at": NOW})
    found = case.change("plan/override/stay_users", "user_id, first_login_at, enrollment_status")
    assert values(found) == [(ANN, NOW, "active"), (BEN, NOW, "active"), (CAL, None, "pending")]
