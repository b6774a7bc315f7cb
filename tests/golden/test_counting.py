"""Guards that count, statement by statement: which changes each of them judges, and which limits are passed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from tests.golden.case import ANN, BEN, CAL, DEE, M6, M7, NOW, S6, TIA, Case, Row, values


def change(action: str, held_by: str | None = None, before: str | None = None, **more: Any) -> Row:
    return {"action": action, "held_by": held_by, "before": before, "site_id": "north", **more}


def person(user_id: str, action: str, before: str | None = None, **more: Any) -> Row:
    return change(action, before=before, user_id=user_id, **{"roles": ["student"], **more})


def judged(case: Case, table: str, key: str) -> list[str]:
    """The records that were judged, by a column of the plan's table."""
    return [row[key] for row in case.rows(f"{table} WHERE rowid IN (SELECT record FROM guards.judged)", key)]


@pytest.mark.parametrize(
    ("name", "table", "people", "role"),
    [
        ("guards/changes/archives_sites", "plan.sites", {}, None),
        ("guards/changes/archives_sections", "plan.sections", {}, None),
        ("guards/changes/archives_users", "plan.users", {"roles": ["teacher", "student"]}, "student"),
    ],
)
def test_what_would_be_archived_is_judged_unless_it_is_held(
    case: Case, name: str, table: str, people: Row, role: str | None
) -> None:
    for action, held_by in (("archive", None), ("archive", "h1"), ("create", None)):
        case.given(table, change(action, held_by, **people))
    assert values(case.make(name, "record, site_id, role")) == [(0, "north", role)]


def test_a_membership_is_judged_when_its_person_stays_and_comes_to_no_other_site(case: Case) -> None:
    case.given("roster.users", *({"user_id": u, "roles": ["teacher"]} for u in (ANN, BEN, CAL)))
    case.given("plan.user_sites", *(change("archive", user_id=u) for u in (ANN, BEN, CAL)))
    case.given("plan.user_sites", change("create", user_id=BEN, site_id="south"))
    case.given("plan.users", person(CAL, "archive"))
    case.make("guards/changes/archives_user_sites", "role")
    assert judged(case, "plan.user_sites", "user_id") == [ANN]


def test_an_enrollment_is_judged_when_person_section_and_membership_stay(case: Case) -> None:
    case.given("plan.users", person(BEN, "archive"))
    case.given("plan.sections", change("conclude", section_id=M7))
    case.given("plan.user_sites", change("archive", user_id=CAL))
    for section_id, user_id in ((M6, ANN), (M6, BEN), (M7, ANN), (M6, CAL)):
        case.given("plan.enrollments", change("archive", section_id=section_id, user_id=user_id, role="student"))
    found = case.make("guards/changes/archives_enrollments", "record, role")
    assert values(found) == [(0, "student")]


def test_a_move_is_a_membership_that_ends_where_another_begins(case: Case) -> None:
    case.given("plan.user_sites", *(change("archive", user_id=u) for u in (ANN, BEN, CAL)))
    case.given("plan.user_sites", *(change("restore", user_id=u, site_id="south") for u in (ANN, CAL)))
    case.given("plan.users", {**person(CAL, "update"), "held_by": "h1"})
    assert values(case.make("guards/changes/moves", "record, role")) == [(0, None)]


def test_a_section_that_is_concluded_on_the_last_day_of_its_term_is_early(case: Case) -> None:
    for section_id, end in ((M6, NOW.date()), (M7, NOW.date() - timedelta(days=1)), (S6, None)):
        case.given("roster.sections", {"section_id": section_id, "term_end": end})
        case.given("plan.sections", change("conclude", section_id=section_id))
    case.make("guards/changes/conclusions", "record", today=NOW.date())
    assert judged(case, "plan.sections", "section_id") == [M6, S6]


@pytest.mark.parametrize(
    ("now", "before", "counts"),
    [
        ({"first_name": "Ann"}, '{"first_name":"Eve"}', True),
        ({"first_name": "Ann"}, '{"first_name":"ANN"}', False),
        ({"email": "a@x"}, '{"email":null}', False),
        ({}, '{"sis_id":"7"}', True),
        ({"grade": "7"}, '{"grade":"6"}', False),
    ],
    ids=["another name", "in capitals", "was empty", "is empty now", "grade"],
)
def test_a_person_has_another_identity_when_what_was_known_becomes_something_else(
    case: Case, now: Row, before: str, counts: bool
) -> None:
    case.given("plan.users", person(ANN, "update", before, **now))
    assert values(case.make("guards/changes/identity", "record, site_id, role")) == [(0, "north", "student")] * counts


@pytest.mark.parametrize(
    ("roles", "before", "counts"),
    [
        (["teacher"], '["student"]', "student"),
        (["staff", "teacher"], '["staff"]', "staff"),
        (["staff", "student"], '["student"]', None),
    ],
    ids=["a student becomes a teacher", "a teacher now", "still a student"],
)
def test_a_role_counts_when_somebody_becomes_a_student_or_teacher_or_is_one_no_more(
    case: Case, roles: list[str], before: str, counts: str | None
) -> None:
    case.given("plan.users", person(ANN, "update", f'{{"roles":{before},"site_id":"south"}}', roles=roles))
    assert values(case.make("guards/changes/roles", "site_id, role")) == ([("south", counts)] if counts else [])


def test_a_course_that_is_taken_off_a_section_that_stays_is_judged(case: Case) -> None:
    case.given("plan.sections", change("archive", section_id=M7))
    case.given("plan.section_courses", *(change("archive", section_id=s) for s in (M6, M7)))
    case.given("plan.section_courses", change("create", section_id=M6))
    assert values(case.make("guards/changes/mapping", "record")) == [(0,)]


def pupil(case: Case, user_id: str, grade: str, action: str | None, now: str = "") -> None:
    """A student of the roster, and what the plan would do with them."""
    known: Row = {"user_id": user_id, "site_id": "north", "grade": grade, "enrollment_status": "active"}
    case.given("roster.users", known)
    if action:
        case.given("plan.users", person(user_id, action, f'{{"grade":"{grade}"}}' if now else None, grade=now or grade))


@pytest.mark.parametrize(("percent", "recognized"), [(49, [ANN, BEN, TIA]), (50, [])], ids=["more", "half"])
def test_a_promotion_is_most_students_one_grade_up_and_the_top_grade_leaving(
    case: Case, percent: int, recognized: list[str]
) -> None:
    case.make("guards/grades", "grade")
    case.given("guards.limits", {"site_id": "north", "limits": {"minimum_population": 4, "promotion_percent": percent}})
    pupil(case, ANN, "6", "update", "7")
    pupil(case, BEN, "8", "archive")
    pupil(case, CAL, "7", None)
    pupil(case, DEE, "6", "archive")
    pupil(case, TIA, "5", "update", "6")
    case.make("guards/changes/promotion", "record")
    assert judged(case, "plan.users", "user_id") == recognized


def test_the_grades_are_in_their_order(case: Case) -> None:
    ranks = dict(values(case.make("guards/grades", "grade, rank")))
    assert ranks["Kindergarten"] < ranks["1"] < ranks["9"] < ranks["10"] < ranks["PostGraduate"]


RELINK: Row = {"id": ANN, "site_id": "north", "verdict": "relink"}


@pytest.mark.parametrize(
    ("differs", "counts"),
    [({}, True), ({"decided_by": "h1"}, False), ({"verdict": "ambiguous"}, False)],
    ids=["unasked", "decided", "ambiguous"],
)
def test_a_relink_that_nobody_is_asked_about_is_judged(case: Case, differs: Mapping[str, str], counts: bool) -> None:
    case.given("roster.users", {"user_id": ANN, "roles": ["teacher"]})
    case.given("guards.relinks", *({"entity": e, **RELINK, **differs} for e in ("users", "sections")))
    assert values(case.make("guards/changes/relink_users", "record, role")) == [(0, "teacher")] * counts
    assert values(case.make("guards/changes/relink_sections", "record, role")) == [(1, None)] * counts


def test_an_update_of_a_site_is_judged(case: Case) -> None:
    case.given("plan.sites", change("update"), change("update", "h1"), change("archive"))
    assert values(case.make("guards/changes/updates_sites", "record")) == [(0,)]


def test_an_update_of_a_person_is_judged_when_no_other_guard_looks_at_it(case: Case) -> None:
    for user_id, field in ((ANN, "grade"), (BEN, "email"), (CAL, "first_login_at"), (DEE, "clever_id")):
        case.given("plan.users", person(user_id, "update", f'{{"site_id":"south","{field}":null}}'))
    found = case.make("guards/changes/updates_users", "record, site_id, role")
    assert values(found) == [(0, "south", "student"), (3, "south", "student")]


def test_an_update_of_a_membership_is_judged_in_the_persons_role(case: Case) -> None:
    case.given("roster.users", {"user_id": ANN, "roles": ["staff"]})
    case.given("plan.user_sites", change("update", user_id=ANN), change("create", user_id=ANN))
    assert values(case.make("guards/changes/updates_user_sites", "record, role")) == [(0, "staff")]


def test_an_update_of_a_section_is_judged_unless_only_its_term_or_site_is_another(case: Case) -> None:
    for section_id, before in ((M6, '{"term_end":null,"name":"Old"}'), (M7, '{"term_end":null,"site_id":"south"}')):
        case.given("plan.sections", change("update", before=before, section_id=section_id))
    case.make("guards/changes/updates_sections", "record")
    assert judged(case, "plan.sections", "section_id") == [M6]


def test_an_update_of_an_enrollment_is_judged_unless_it_only_follows_its_section(case: Case) -> None:
    for before in ('{"site_id":"south"}', '{"is_primary":true}'):
        case.given("plan.enrollments", change("update", before=before, role="teacher"))
    assert values(case.make("guards/changes/updates_enrollments", "record, role")) == [(1, "teacher")]


def test_people_in_force_are_counted_per_role_and_site(case: Case) -> None:
    for roles, status in ((["student"], "pending"), (["student", "teacher"], "active"), (["student"], "archived")):
        case.given("roster.users", {"roles": roles, "site_id": "north", "enrollment_status": status})
    found = case.change("guards/population/users", "entity, role, site_id, in_force")
    assert values(found) == [("users", "student", "north", 2)]


def test_memberships_in_force_are_counted_in_the_persons_role(case: Case) -> None:
    case.given("roster.users", {"user_id": ANN, "roles": ["teacher"]})
    case.given(
        "roster.user_sites", *({"user_id": ANN, "site_id": "north", "status": s} for s in ("active", "archived"))
    )
    found = case.change("guards/population/user_sites", "entity, role, site_id, in_force")
    assert values(found) == [("user_sites", "teacher", "north", 1)]


def test_enrollments_in_force_are_counted_per_role(case: Case) -> None:
    for role, status in (("student", "active"), ("teacher", "active"), ("student", "archived")):
        case.given("roster.enrollments", {"role": role, "site_id": "north", "status": status})
    found = case.change("guards/population/enrollments", "role, in_force")
    assert values(found) == [("student", 1), ("teacher", 1)]


def test_active_sections_their_courses_and_sites_in_force_are_counted(case: Case) -> None:
    for section_id, status in ((M6, "active"), (M7, "concluded")):
        case.given("roster.sections", {"section_id": section_id, "site_id": "north", "status": status})
        case.given("roster.section_courses", {"section_id": section_id, "site_id": "north"})
    case.given("roster.sites", {"site_id": "north", "status": "new"}, {"site_id": "south", "status": "archived"})
    case.change("guards/population/sections", "*")
    case.change("guards/population/section_courses", "*")
    found = case.change("guards/population/sites", "entity, site_id, in_force")
    assert values(found) == [("section_courses", "north", 1), ("sections", "north", 1), ("sites", "north", 1)]


def test_a_site_without_limits_of_its_own_has_the_districts(case: Case) -> None:
    case.given("roster.sites", {"site_id": "north"}, {"site_id": "south"})
    case.given("guards.limits", {"limits": {"archive_percent": 10}, "expected": False})
    case.given("guards.limits", {"site_id": "south", "own_window": True, "limits": {"archive_percent": 50}})
    found = case.change("guards/limits_of_sites", "site_id, own_window, limits['archive_percent']::INTEGER AS percent")
    assert values(found) == [("north", False, 10), ("south", True, 50), (None, None, 10)]


def counted(case: Case, changes: Mapping[str, int], in_force: int = 20, **limits: float) -> None:
    """So many judged changes at each site, of so many records in force, and limits that count everywhere."""
    given = {"minimum_population": 20, "percent": 10, **limits}
    case.given("guards.limits", {"limits": given}, *({"site_id": s, "limits": given} for s in changes))
    for site, n in changes.items():
        case.given("guards.population", {"entity": "users", "role": "student", "site_id": site, "in_force": in_force})
        case.given("guards.judged", *({"record": i, "site_id": site, "role": "student"} for i in range(n)))


MEASURE = {"key": "k", "guard": "archives", "entity": "users", "limit": "percent", "count": "number", "since": None}
PASSED = 'site_id, role, changes, in_force, gone, "limit", by_count'


def measured(case: Case, **more: object) -> list[tuple[object, ...]]:
    return values(case.change("guards/measure", PASSED, **{**MEASURE, **more}))


@pytest.mark.parametrize(("changes", "passed"), [(2, []), (3, [("north", "student", 3, 20, 0, 10.0, False)])])
def test_at_a_limit_changes_flow_and_one_more_is_held(case: Case, changes: int, passed: list[object]) -> None:
    counted(case, {"north": changes})
    assert measured(case) == passed


def test_a_percentage_of_few_says_nothing(case: Case) -> None:
    counted(case, {"north": 19}, in_force=19)
    assert measured(case) == []


def test_what_sites_leave_counts_in_the_rest_of_the_district(case: Case) -> None:
    counted(case, {"north": 4, "south": 3, "attic": 4}, in_force=30)
    assert measured(case) == [
        ("attic", "student", 4, 30, 0, 10.0, False),
        ("north", "student", 4, 30, 0, 10.0, False),
    ]
    case.end()
    counted(case, {"north": 2, "south": 2}, in_force=15)
    assert measured(case) == [(None, "student", 4, 30, 0, 10.0, False)]


def test_a_site_with_limits_of_its_own_does_not_count_in_the_rest(case: Case) -> None:
    counted(case, {"north": 2})
    limits = {"minimum_population": 20, "percent": 10}
    case.given("guards.limits", {"site_id": "south", "own_window": True, "limits": limits})
    case.given("guards.population", {"entity": "users", "role": "student", "site_id": "south", "in_force": 20})
    case.given("guards.judged", *({"record": n, "site_id": "south", "role": "student"} for n in range(2)))
    assert measured(case) == []


def test_a_number_is_a_limit_too(case: Case) -> None:
    counted(case, {"north": 2}, number=1)
    assert measured(case) == [("north", "student", 2, 20, 0, 1.0, True)]


def test_what_left_in_the_days_before_counts_less_what_came(case: Case) -> None:
    counted(case, {"north": 1})
    for days, gone, come in ((1, 3, 1), (8, 9, 0)):
        at = NOW - timedelta(days=days)
        row = {"entity": "users", "role": "student", "site_id": "north", "gone": gone, "come": come, "applied_at": at}
        case.given("sync.turnover", row)
    assert measured(case, since=NOW - timedelta(days=7)) == [("north", "student", 1, 20, 2, 10.0, False)]


def test_what_passed_a_limit_is_marked_at_its_site_or_in_the_rest_of_the_district(case: Case) -> None:
    case.given("guards.limits", {"site_id": "window", "own_window": True})
    for n, site in enumerate(("north", "south", "window")):
        case.given("guards.judged", {"record": n, "site_id": site, "role": "student"})
    case.given("guards.judged", {"record": 9, "site_id": "north", "role": "teacher"})
    case.given(
        "guards.breaches", {"key": "k", "site_id": "north", "role": "student"}, {"key": "other", "role": "teacher"}
    )
    assert values(case.make("guards/breached", "record", key="k")) == [(0,)]
    case.given("guards.breaches", {"key": "k", "role": "student"})
    assert values(case.make("guards/breached", "record", key="k")) == [(0,), (1,)]


def test_a_limit_that_is_not_set_has_no_key(case: Case) -> None:
    """The site is named as the roster has it."""
    case.given("roster.sites", {"site_id": "North"})
    asked = {"site_id": "north", "own_window": True, "expected": False}
    columns = "site_id, own_window, expected, map_keys(limits) AS names"
    found = case.change("guards/limits", columns, names=["archive_percent"], numbers=[10.0], **asked)
    assert values(found) == [("North", True, False, ["archive_percent"])]


def test_all_records_in_force_are_added_up(case: Case) -> None:
    case.given("guards.population", {"entity": "users", "in_force": 3}, {"entity": "sites", "in_force": 1})
    assert values(case.answer("guards/in_force")) == [(4,)]


def test_courses_that_go_because_the_catalog_lost_them_are_judged(case: Case) -> None:
    """M6 and M7 lose what is retired or gone; a person takes it off S6; an approval counts; a section may end.

    Cal is another class from now on, Dee was one long ago.
    """
    case.given("input.courses", {"course_id": "math", "active": True}, {"course_id": "old", "active": False})
    case.given("plan.sections", {"section_id": TIA, "action": "conclude"})
    for section_id, course_id in (
        *((M6, "old"), (M7, "gone"), (M6, "math"), (S6, "old"), (ANN, "old"), (TIA, "old")),
        *((CAL, "was"), (DEE, "lost")),
    ):
        row = change("archive", section_id=section_id, course_id=course_id)
        case.given("plan.section_courses", row)
    case.given("mapped.decisions", {"section_id": S6, "course_id": "old", "decision": "remove"})
    case.given("mapped.decisions", {"section_id": CAL, "course_id": "was", "decision": "over"})
    case.given("mapped.decisions", {"section_id": DEE, "course_id": "lost", "decision": "over"})
    case.given("mapped.other_classes", {"section_id": CAL})
    approved = {"guard": "retired", "status": "approved", "entity": "section_courses", "entity_id": f"{ANN}/old"}
    case.given("guards.decided", approved)
    case.make("guards/changes/retired", "*")
    assert judged(case, "plan.section_courses", "course_id") == ["gone", "lost", "old"]


def test_any_course_that_the_catalog_lost_is_too_much(case: Case) -> None:
    for record, site_id in enumerate(["north", "north", "south"]):
        case.given("guards.judged", {"record": record, "site_id": site_id})
        case.given("roster.section_courses", {"section_id": M6, "course_id": str(record), "site_id": site_id})
    case.given("roster.section_courses", {"section_id": M6, "course_id": "kept", "site_id": "south"})
    found = case.make("guards/retired_breaches", 'site_id, changes, in_force, "limit"')
    assert values(found) == [("north", 2, 2, 0.0), ("south", 1, 2, 0.0)]
