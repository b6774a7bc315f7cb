"""What waits with what is held, statement by statement."""

from __future__ import annotations

import pytest

from tests.golden.case import ANN, BEN, CAL, DEE, M6, M7, S6, TIA, TOM, Case, Row, values

MOVED = '{"site_id":"north"}'


def change(action: str, held_by: str | None = None, before: str | None = None, **more: str) -> Row:
    return {"action": action, "held_by": held_by, "before": before, **more}


def test_a_membership_that_begins_in_place_of_a_held_one_waits(case: Case) -> None:
    case.given("plan.user_sites", change("archive", "h1", user_id=ANN, site_id="north"))
    for user_id, action in ((ANN, "create"), (BEN, "create"), (ANN, "update")):
        case.given("plan.user_sites", change(action, user_id=user_id, site_id="south"))
    found = case.change("guards/dependents/in_place_user_sites", "user_id, action, held_by")
    assert values(found) == [
        (ANN, "archive", "h1"),
        (ANN, "create", "h1"),
        (ANN, "update", None),
        (BEN, "create", None),
    ]


def test_an_enrollment_that_begins_in_place_of_a_held_one_waits(case: Case) -> None:
    for section_id, user_id, role, action, held_by in (
        (M6, ANN, "student", "archive", "h1"),
        (M7, ANN, "student", "create", None),
        (M6, BEN, "student", "create", None),
        (M6, TIA, "teacher", "archive", "h2"),
        (M6, TOM, "teacher", "create", None),
        (M7, TIA, "teacher", "create", None),
    ):
        case.given("plan.enrollments", change(action, held_by, section_id=section_id, user_id=user_id, role=role))
    case.change("guards/dependents/in_place_enrollments", "*")
    assert values(case.rows("plan.enrollments WHERE action = 'create'", "section_id, user_id, held_by")) == [
        (M6, BEN, None),
        (M6, TOM, "h2"),
        (M7, ANN, "h1"),
        (M7, TIA, None),
    ]


def test_a_course_that_comes_in_place_of_a_held_one_waits(case: Case) -> None:
    case.given("plan.section_courses", change("archive", "h1", section_id=M6, course_id="math"))
    case.given("plan.section_courses", *(change("create", section_id=s, course_id="art") for s in (M6, M7)))
    found = case.change("guards/dependents/in_place_section_courses", "section_id, course_id, held_by")
    assert values(found) == [(M6, "art", "h1"), (M6, "math", "h1"), (M7, "art", None)]


def test_who_stays_and_whose_school_or_role_is_held_waits(case: Case) -> None:
    case.given("plan.user_sites", *(change("archive", "h2", user_id=u, site_id="north") for u in (ANN, BEN)))
    case.given("plan.user_sites", change("update", "h2", user_id=DEE, site_id="north"))
    case.given("plan.users", change("archive", user_id=BEN), change("update", "h1", MOVED, user_id=ANN))
    case.given("plan.users", change("update", "h3", '{"roles":["student"]}', user_id=CAL))
    case.given("plan.users", change("update", "h3", '{"grade":"6"}', user_id=TIA))
    assert values(case.make("guards/dependents/waiting_people", "user_id, held_by")) == [(ANN, "h1"), (CAL, "h3")]


@pytest.fixture
def waiting(case: Case) -> Case:
    case.given("guards.waiting_people", {"user_id": ANN, "held_by": "h1"})
    return case


def test_the_change_of_school_of_who_waits_waits(waiting: Case) -> None:
    waiting.given("plan.users", *(change("update", before=MOVED, user_id=u) for u in (ANN, BEN)))
    found = waiting.change("guards/dependents/follow_people", "user_id, held_by")
    assert values(found) == [(ANN, "h1"), (BEN, None)]


def test_another_change_of_who_waits_flows(waiting: Case) -> None:
    waiting.given("plan.users", change("update", before='{"grade":"6"}', user_id=ANN))
    assert values(waiting.change("guards/dependents/follow_people", "held_by")) == [(None,)]


def test_the_memberships_of_who_waits_wait(waiting: Case) -> None:
    waiting.given("plan.user_sites", change("create", user_id=ANN), change("archive", "h9", user_id=ANN))
    waiting.given("plan.user_sites", change("create", user_id=BEN))
    found = waiting.change("guards/dependents/follow_memberships", "user_id, action, held_by")
    assert values(found) == [(ANN, "archive", "h9"), (ANN, "create", "h1"), (BEN, "create", None)]


def test_the_classes_of_who_waits_wait_except_where_the_class_is_over(waiting: Case) -> None:
    waiting.given("plan.sections", change("conclude", section_id=M7))
    for section_id, action in ((M6, "create"), (M6, "update"), (M7, "archive"), (S6, "archive")):
        waiting.given("plan.enrollments", change(action, section_id=section_id, user_id=ANN))
    found = waiting.change("guards/dependents/follow_classes", "section_id, action, held_by")
    assert values(found) == [
        (M6, "create", "h1"),
        (M6, "update", None),
        (M7, "archive", None),
        (S6, "archive", "h1"),
    ]


def test_a_membership_follows_a_held_person(case: Case) -> None:
    case.given("plan.users", change("archive", "h1", user_id=ANN), change("update", "h2", user_id=BEN))
    case.given("plan.user_sites", change("archive", user_id=ANN))
    case.given("plan.user_sites", change("update", user_id=BEN), change("create", user_id=BEN))
    found = case.change("guards/dependents/follow_user_sites", "user_id, action, held_by")
    assert values(found) == [(ANN, "archive", "h1"), (BEN, "create", None), (BEN, "update", "h2")]


def test_an_enrollment_follows_a_held_section_or_person(case: Case) -> None:
    case.given("plan.sections", change("create", "h1", section_id=M6), change("archive", "h2", section_id=M7))
    case.given("plan.users", change("create", "h3", user_id=BEN), change("archive", user_id=CAL))
    for section_id, user_id, action in (
        (M6, ANN, "create"),
        (M7, ANN, "archive"),
        (M7, ANN, "create"),
        (S6, BEN, "create"),
        (M7, CAL, "archive"),
    ):
        row = change(action, section_id=section_id, user_id=user_id, role=f"{action} role")
        case.given("plan.enrollments", row)
    found = case.change("guards/dependents/follow_enrollments", "section_id, user_id, action, held_by")
    assert values(found) == [
        (M6, ANN, "create", "h1"),
        (M7, ANN, "archive", "h2"),
        (M7, ANN, "create", None),
        (M7, CAL, "archive", None),
        (S6, BEN, "create", "h3"),
    ]


def test_the_courses_of_a_section_that_is_held_back_wait(case: Case) -> None:
    case.given("plan.sections", change("create", "h1", section_id=M6), change("update", "h2", section_id=M7))
    case.given("plan.section_courses", *(change("create", section_id=s) for s in (M6, M7)))
    found = case.change("guards/dependents/follow_section_courses", "section_id, held_by")
    assert values(found) == [(M6, "h1"), (M7, None)]


def test_a_section_does_not_move_while_the_people_of_its_old_site_are_held(case: Case) -> None:
    case.given("plan.user_sites", *(change("archive", h, user_id=ANN, site_id="north") for h in ("h2", "h1")))
    case.given("plan.sections", change("update", before=MOVED, section_id=M6))
    case.given("plan.sections", change("update", before='{"site_id":"south"}', section_id=M7))
    found = case.change("guards/dependents/follow_sections", "section_id, held_by")
    assert values(found) == [(M6, "h1"), (M7, None)]


@pytest.fixture
def held_move(case: Case) -> Case:
    """A section that would change to another site and is held, and one that is held for another reason."""
    case.given("plan.sections", change("update", "h1", MOVED, section_id=M6))
    case.given("plan.sections", change("update", "h2", '{"name":"Old"}', section_id=M7))
    return case


def test_an_enrollment_does_not_move_without_its_section(held_move: Case) -> None:
    held_move.given("plan.enrollments", *(change("update", before=MOVED, section_id=s) for s in (M6, M7)))
    held_move.given("plan.enrollments", change("update", before='{"is_primary":true}', section_id=M6))
    found = held_move.change("guards/dependents/follow_moved_enrollments", "section_id, before, held_by")
    assert values(found) == [(M6, '{"is_primary":true}', None), (M6, MOVED, "h1"), (M7, MOVED, None)]


def test_a_course_does_not_move_without_its_section(held_move: Case) -> None:
    held_move.given("plan.section_courses", *(change("update", before=MOVED, section_id=s) for s in (M6, M7)))
    found = held_move.change("guards/dependents/follow_moved_courses", "section_id, held_by")
    assert values(found) == [(M6, "h1"), (M7, None)]


def test_a_membership_ends_with_its_person(case: Case) -> None:
    case.given("plan.users", change("archive", user_id=ANN), change("archive", "h1", user_id=BEN))
    case.given("plan.user_sites", *(change("archive", "h1", user_id=u) for u in (ANN, BEN)))
    found = case.change("guards/dependents/end_user_sites", "user_id, held_by")
    assert values(found) == [(ANN, None), (BEN, "h1")]


def test_an_enrollment_ends_with_its_person_or_its_section(case: Case) -> None:
    case.given("plan.users", change("archive", user_id=ANN))
    case.given("plan.sections", change("conclude", section_id=M6), change("archive", "h1", section_id=M7))
    for section_id, user_id in ((M7, ANN), (M6, BEN), (M7, BEN)):
        case.given("plan.enrollments", change("archive", "h1", section_id=section_id, user_id=user_id))
    found = case.change("guards/dependents/end_enrollments", "section_id, user_id, held_by")
    assert values(found) == [(M6, BEN, None), (M7, ANN, None), (M7, BEN, "h1")]


@pytest.mark.parametrize(
    ("table", "held"),
    [
        ("plan.user_sites", change("archive", "h1", site_id="north")),
        ("plan.sections", change("archive", "h1", site_id="north")),
        ("plan.sections", change("update", "h1", MOVED, site_id="south")),
    ],
    ids=["people", "sections", "sections that would move"],
)
def test_a_site_does_not_end_while_somebody_is_held_there(case: Case, table: str, held: Row) -> None:
    case.given(table, held)
    case.given("plan.sites", *(change("archive", site_id=s) for s in ("north", "south")))
    found = case.change("guards/dependents/follow_sites", "site_id, held_by")
    assert values(found) == [("north", "h1"), ("south", None)]
