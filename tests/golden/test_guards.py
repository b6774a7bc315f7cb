"""The guards that do not count, statement by statement: signs of a broken extract, decisions, what was undone."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from tests.golden.case import ANN, BEN, CAL, DEE, M6, M7, NOW, TIA, Case, Row, values

LATER = NOW + timedelta(days=1)
FEW: Row = {"minimum": 1, "percent": 50}


def change(action: str, held_by: str | None = None, before: str | None = None, **more: object) -> Row:
    return {"action": action, "held_by": held_by, "before": before, "site_id": "north", **more}


def test_a_kind_of_which_the_extract_has_none_is_missing(case: Case) -> None:
    case.given("staging.sites", {"site_id": "north"})
    case.given("staging.users", {"roles": ["student"]})
    case.given("staging.memberships", {"section_n": 0, "user_n": None})
    found = case.answer("guards/missing_kinds")
    assert sorted(values(found)) == [("enrollments",), ("sections",), ("teachers",)]


def test_what_ends_by_itself_or_is_held_is_not_missed(case: Case) -> None:
    case.given("roster.sites", {"site_id": "north", "status": "new", "enrollment_source": "clever"})
    case.given(
        "roster.users", *({"user_id": u, "roles": ["student"], "enrollment_status": "active"} for u in (ANN, BEN))
    )
    case.given("plan.users", change("create", "h1", user_id=BEN))
    for section_id, desired in ((M6, "archived"), (M7, "concluded")):
        case.given("roster.sections", {"section_id": section_id, "status": "active"})
        case.given("desired.sections", {"section_id": section_id, "status": desired})
        case.given(
            "roster.enrollments", {"section_id": section_id, "user_id": ANN, "role": "student", "status": "active"}
        )
    found = dict(values(case.answer("guards/kinds_in_force")))
    assert found == {"sites": 1, "students": 1, "teachers": 0, "sections": 1, "enrollments": 1}


@pytest.mark.parametrize(
    ("moving", "found"), [(1, [("north", "North", 2, 1)]), (2, [])], ids=["half of them move", "most of them move"]
)
def test_a_site_has_vanished_unless_most_of_its_people_go_to_another(
    case: Case, moving: int, found: list[object]
) -> None:
    case.given("plan.sites", change("archive", name="North", enrollment_source="clever"))
    case.given("plan.sites", {**change("archive", enrollment_source="clever"), "site_id": "empty"})
    people = (ANN, BEN)
    case.given("roster.user_sites", *({"user_id": u, "site_id": "north", "status": "active"} for u in people))
    case.given("plan.user_sites", *({"user_id": u, "site_id": "south", "action": "create"} for u in people[:moving]))
    case.given("roster.sections", {"site_id": "north", "status": "active"})
    assert values(case.answer("guards/vanished_sites")) == found


def test_a_site_is_emptied_when_its_sections_are_all_gone(case: Case) -> None:
    for site in ("north", "south"):
        case.given("desired.sites", {"site_id": site, "name": site, "enrollment_source": "clever", "status": "new"})
        case.given("plan.sections", *({"site_id": site, "action": "archive"} for _ in range(2)))
    case.given("staging.sections", {"site_id": "south"})
    assert values(case.answer("guards/emptied_sites")) == [("north", "north", 2)]


@pytest.mark.parametrize(("gone", "is_told"), [(2, True), (1, False)], ids=["most", "half"])
def test_a_term_has_vanished_when_most_of_its_sections_are_gone_and_none_came(
    case: Case, gone: int, is_told: bool
) -> None:
    term: Row = {"term_name": "Year", "term_start": date(2026, 8, 10), "term_end": date(2027, 6, 4)}
    case.given("desired.sites", {"site_id": "north", "enrollment_source": "clever"})
    case.given("roster.sections", *({"status": "active", **term} for _ in range(gone + 1)))
    case.given("plan.sections", *(change("archive", section_id=s, **term) for s in (M6, M7)[:gone]))
    found = case.answer("guards/vanished_terms", minimum=2)
    assert values(found) == [("Year (2026-08-10 to 2027-06-04)", gone, gone + 1)] * is_told


@pytest.mark.parametrize(("percent", "is_told"), [(49, True), (50, False)])
def test_new_people_contradict_others_with_the_same_sis_id_in_the_same_role(
    case: Case, percent: float, is_told: bool
) -> None:
    case.given(
        "roster.users", *({"user_id": u, "roles": ["student"], "enrollment_status": "active"} for u in (ANN, BEN))
    )
    for clever_id, user_id, role in (("ann", ANN, "student"), ("new", CAL, "student"), ("tia", TIA, "teacher")):
        case.given("identity.users", {"clever_id": clever_id, "user_id": user_id})
        case.given("staging.users", {"clever_id": clever_id, "roles": [role], "sis_id": "7"})
    case.given("identity.users", {"clever_id": "alone", "user_id": DEE})
    case.given("staging.users", {"clever_id": "alone", "roles": ["student"], "sis_id": "8"})
    found = case.answer("guards/contradictions", minimum=1, percent=percent)
    assert values(found) == [("student", 1, 2)] * is_told


@pytest.mark.parametrize(("percent", "is_told"), [(49, True), (50, False)])
def test_more_records_left_out_than_last_time_is_a_sign(case: Case, percent: float, is_told: bool) -> None:
    applied: Row = {"trigger": "nightly", "status": "succeeded"}
    case.given("sync.syncs", {"sync_id": "S1", "sync_no": 1, **applied})
    case.given("sync.syncs", {"sync_id": "S2", "sync_no": 2, **applied, "status": "failed"})
    case.given("sync.syncs", {"sync_id": "S0", "sync_no": 3, **applied, "trigger": "erase"})
    case.given("sync.issues", {"sync_id": "S1", "entity": "users", "code": "user_without_role"})
    case.given("staging.issues", *({"entity": "users", "code": "user_without_role"} for _ in range(2)))
    case.given("staging.issues", {"entity": "users", "code": "wrong_type"})
    case.given("staging.users", {"user_n": 0}, {"user_n": 1})
    found = case.answer("guards/quarantine", sync_id="S3", codes=["user_without_role"], minimum=2, percent=percent)
    assert values(found) == [("users", 1, 2)] * is_told


@pytest.mark.parametrize(
    ("changes", "expires_at", "accepted_by"), [(11, LATER, "h1"), (12, LATER, None), (11, NOW, None)]
)
def test_an_accepted_sign_may_grow_by_a_tenth(
    case: Case, changes: int, expires_at: datetime, accepted_by: str | None
) -> None:
    case.given("guards.signs", {"sign": "missing sections", "changes": changes})
    case.given("sync.hold_parts", {"hold_id": "h1", "sync_id": "S1", "sign": "missing sections", "changes": 10})
    hold: Row = {"guard": "broken_extract", "status": "approved", "expires_at": expires_at}
    case.given("sync.holds", {"hold_id": "h1", "sync_id": "S1", **hold})
    assert values(case.change("guards/accepted_signs", "accepted_by", now=NOW)) == [(accepted_by,)]


@pytest.mark.parametrize(
    ("sign", "left"),
    [
        ({"entity": "users", "role": "student"}, ["teacher"]),
        ({"site_id": "south"}, ["student", "teacher"]),
        ({"entity": "sections"}, ["student", "teacher"]),
        ({}, []),
    ],
    ids=["students are missing", "another site vanished", "sections are missing", "everything"],
)
def test_what_an_accepted_sign_has_said_is_not_asked_again(case: Case, sign: Row, left: list[str]) -> None:
    case.given("guards.judged", *({"site_id": "north", "role": r} for r in ("student", "teacher")))
    case.given("guards.signs", {"accepted_by": "h1", "explains": True, **sign}, {"explains": True})
    case.given("guards.signs", {"accepted_by": "h1", "explains": False})
    assert [row["role"] for row in case.change("guards/explained", "role", entity="users")] == left


@pytest.mark.parametrize(
    ("hold", "is_decided"),
    [
        ({"status": "approved", "expires_at": LATER}, True),
        ({"status": "approved", "expires_at": NOW}, False),
        ({"status": "approved", "expires_at": LATER, "sites": ["south"]}, False),
        ({"status": "rejected"}, True),
        ({"status": "open"}, False),
        ({"status": "rejected", "guard": "broken_extract"}, False),
    ],
    ids=["approved", "expired", "for another site", "rejected", "open", "about signs"],
)
def test_a_decision_is_about_exactly_its_changes(case: Case, hold: Row, is_decided: bool) -> None:
    case.given("sync.holds", {"hold_id": "h1", "sync_id": "S1", "guard": "archives", "entity": "users", **hold})
    for user_id, after in ((ANN, '{"a":1}'), (BEN, '{"a":2}')):
        log = {"entity": "users", "entity_id": user_id, "action": "archive", "after": '{"a":1}', "site_id": "north"}
        case.given("sync.change_log", {"sync_id": "S1", "held_by": "h1", **log})
        case.given("plan.users", change("archive", user_id=user_id, after=after))
    found = case.make("guards/decided", "entity_id, hold_id, is_judged", now=NOW)
    assert values(found) == [(ANN, "h1", True)] * is_decided


def test_what_waits_with_a_decision_was_not_judged(case: Case) -> None:
    hold: Row = {"guard": "archives", "entity": "users", "status": "rejected"}
    case.given("sync.holds", {"hold_id": "h1", "sync_id": "S1", **hold})
    log: Row = {"entity": "user_sites", "entity_id": f"{ANN}/north", "action": "archive"}
    case.given("sync.change_log", {"sync_id": "S1", "held_by": "h1", **log})
    case.given("plan.user_sites", change("archive", user_id=ANN))
    assert values(case.make("guards/decided", "entity, is_judged", now=NOW)) == [("user_sites", False)]


def undone(case: Case, entity: str, entity_id: str, redo: str, refused: str) -> None:
    row = {"entity": entity, "entity_id": entity_id, "redo": redo, "refused": refused, "undo_sync_id": "S2"}
    case.given("sync.undone", row)


@pytest.mark.parametrize(
    ("after", "is_again"),
    [('{"grade":"7"}', True), ('{"grade":"8"}', False), ('{"grade":"7","first_login_at":"2026-09-01"}', True)],
    ids=["again", "something else", "with a login"],
)
def test_what_was_undone_comes_again_when_the_fields_are_what_was_refused(
    case: Case, after: str, is_again: bool
) -> None:
    undone(case, "users", ANN, "update", '{"grade":"7"}')
    case.given("plan.users", change("update", user_id=ANN, after=after))
    assert values(case.make("guards/undone", "entity_id, undo_sync_id")) == [(ANN, "S2")] * is_again


def test_a_login_is_not_undone(case: Case) -> None:
    undone(case, "users", ANN, "update", '{"first_login_at":"2026-09-01"}')
    case.given("plan.users", change("update", user_id=ANN, after='{"first_login_at":"2026-09-01"}'))
    assert case.make("guards/undone", "entity_id") == []


def test_a_course_gives_way_when_the_mapping_says_something_else(case: Case) -> None:
    undone(case, "section_courses", f"{M6}/math", "archive", "{}")
    undone(case, "section_courses", f"{M6}/art", "create", "{}")
    case.given("plan.section_courses", change("archive", section_id=M6, course_id="math"))
    assert values(case.make("guards/undone", "entity_id")) == [(f"{M6}/math",)]
    case.given("plan.section_courses", change("create", section_id=M6, course_id="music"))
    assert case.make("guards/undone", "entity_id") == []


def test_what_somebody_has_decided_about_since_is_theirs(case: Case) -> None:
    undone(case, "users", ANN, "update", '{"grade":"7"}')
    case.given("plan.users", change("update", user_id=ANN, after='{"grade":"7"}'))
    case.given("guards.decided", {"entity": "users", "entity_id": ANN, "guard": "undone"})
    assert case.make("guards/undone", "entity_id") == []


@pytest.mark.parametrize(("mapped_by", "is_again"), [("file", True), ("rule", False)])
def test_a_course_that_was_taken_back_comes_again_when_it_is_mapped_alike(
    case: Case, mapped_by: str, is_again: bool
) -> None:
    undone(case, "section_courses", f"{M6}/math", "create", '{"mapped_by":"file"}')
    course = change("create", section_id=M6, course_id="math", mapped_by=mapped_by)
    case.given("plan.section_courses", course)
    assert values(case.make("guards/undone", "entity_id")) == [(f"{M6}/math",)] * is_again


def test_each_undo_whose_changes_come_again_is_one_cause(case: Case) -> None:
    """Of two entities with as many changes, another one was named from sync to sync, and the hold was another."""
    for entity, undo in (("users", "S2"), ("users", "S2"), ("sites", "S2"), ("users", "S4"), ("sites", "S4")):
        case.given("guards.undone", {"entity": entity, "undo_sync_id": undo})
    found = case.change("guards/undone_breaches", "key, entity, changes")
    assert values(found) == [("undone|S2", "users", 3), ("undone|S4", "sites", 2)]


def test_a_site_that_is_held_back_from_beginning_again_is_told(case: Case) -> None:
    case.given("plan.sites", change("restore", "h1"), {**change("update", "h2"), "site_id": "south"}, change("create"))
    assert values(case.make("guards/undone_sites", "site_id, held_by")) == [("north", "h1")]


def test_the_gravest_sign_that_nobody_has_accepted_comes_first(case: Case) -> None:
    for n, sign, accepted_by in ((1, "left out users", None), (0, "emptied site", None), (2, "missing sites", "h1")):
        case.given("guards.signs", {"n": n, "sign": sign, "accepted_by": accepted_by})
    assert values(case.answer("guards/unaccepted_signs", "sign")) == [("emptied site",), ("left out users",)]


def test_an_undo_says_who_asked_for_it_and_why(case: Case) -> None:
    case.given("sync.syncs", {"sync_id": "S2", "requested_by": "Rae", "undoes": "S1", "reason": "too early"})
    found = case.answer("guards/undo", "requested_by, undoes, reason", sync_id="S2")
    assert values(found) == [("Rae", "S1", "too early")]
