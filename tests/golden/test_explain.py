"""What `roster explain` reads, statement by statement."""

from __future__ import annotations

from tests.golden.case import ANN, BEN, DEE, M6, M7, NOW, S6, S7, Case, Row, values


def given_people(case: Case) -> None:
    """Ann is on the roster and shared; Ben left it; `cal` is shared only; `odd` could not be used."""
    for user_id, clever_id, status in ((ANN, "ann", "active"), (BEN, "ben", "archived")):
        who = {"user_id": user_id, "clever_id": clever_id, "enrollment_status": status, "first_name": clever_id.title()}
        case.given("roster.users", {**who, "email": f"{clever_id}@x.org", "sis_id": "7", "site_id": "north"})
    for n, clever_id in enumerate(("ann", "cal")):
        row: Row = {"user_n": n, "clever_id": clever_id, "roles": ["student"], "sis_id": "7", "first_name": "Staged"}
        case.given("staging.users", row)
    case.given("staging.issues", {"entity": "users", "record_id": "odd", "code": "user_without_role"})
    relink: Row = {"entity": "users", "entity_id": ANN, "action": "relink", "before": '{"clever_id":"old"}'}
    case.given("sync.change_log", relink, {**relink, "entity_id": BEN, "held_by": "h1"})


def test_a_person_is_found_by_any_of_their_ids(case: Case) -> None:
    given_people(case)
    cal = case.platform_id("user", "cal")
    for asked, found in (
        (ANN, [(ANN, "id")]),
        ("ben", [(BEN, "Clever id")]),
        ("ann@x.org", [(ANN, "e-mail")]),
        ("old", [(ANN, "earlier Clever id")]),
        ("cal", [(cal, "Clever id")]),
        ("odd", [(case.platform_id("user", "odd"), "Clever id")]),
        ("nobody", []),
    ):
        assert values(case.answer("history/explain/find_people", "id, found_by", asked=asked)) == found
    assert {row["id"] for row in case.answer("history/explain/find_people", "id", asked="7")} == {ANN, BEN, cal}


def test_a_section_is_found_by_any_of_its_ids(case: Case) -> None:
    case.given("roster.sections", {"section_id": M6, "clever_id": "m6", "sis_id": "12"})
    case.given("staging.sections", {"section_n": 0, "clever_id": "m7", "sis_id": "12", "name": "Staged"})
    case.given("sync.issues", {"entity": "sections", "record_id": "lost", "sync_id": "S1"})
    relink: Row = {"entity": "sections", "entity_id": M6, "action": "relink", "before": '{"clever_id":"old"}'}
    case.given("sync.change_log", relink)
    m7 = case.platform_id("section", "m7")
    for asked, found in (
        (M6, {(M6, "id")}),
        ("old", {(M6, "earlier Clever id")}),
        ("m7", {(m7, "Clever id")}),
        ("lost", {(case.platform_id("section", "lost"), "Clever id")}),
        ("12", {(M6, "SIS id"), (m7, "SIS id")}),
    ):
        assert set(values(case.answer("history/explain/find_sections", "id, found_by", asked=asked))) == found


def test_a_course_is_found_by_id_or_title_the_most_alike_first(case: Case) -> None:
    case.given("mapping.courses", {"course_id": "math-6", "title": "Math 6"}, {"course_id": "sci", "title": "Science"})
    case.given("roster.section_courses", {"section_id": M6, "course_id": "gone"})
    asked = case.answer("history/explain/find_courses", "course_id, is_meant", asked="math 6")
    assert values(asked)[0] == ("math-6", True)
    assert [row["is_meant"] for row in asked] == [True, False, False]
    assert values(case.answer("history/explain/find_courses", "course_id, title", asked="gone"))[0] == ("gone", None)


def test_a_person_is_told_as_the_roster_has_them_and_whether_they_are_shared(case: Case) -> None:
    given_people(case)
    case.given("roster.sites", {"site_id": "north", "name": "North"})
    columns = "on_roster, shared, first_name, status, site"
    cal = case.platform_id("user", "cal")
    for id_, clever_id, found in (
        (ANN, "ann", (True, True, "Ann", "active", "North")),
        (BEN, "ben", (True, False, "Ben", "archived", "North")),
        (cal, "cal", (False, True, "Staged", None, None)),
    ):
        assert values(case.answer("history/explain/person", columns, id=id_, clever_id=clever_id)) == [found]
    case.given("roster.users", {"user_id": DEE, "clever_id": "dee"})
    case.given("sync.erasures", *({"user_id": u, "erased_at": NOW, "sync_id": "S2"} for u in (BEN, DEE)))
    for id_, by in ((BEN, None), (DEE, "S2")):  # the one came back, and left again
        assert values(case.answer("history/explain/person", "erased_by", id=id_, clever_id="")) == [(by,)]


def test_sites_of_a_person_are_those_of_the_roster_and_those_that_are_shared(case: Case) -> None:
    case.given("staging.users", {"user_n": 0, "clever_id": "ann"}, {"user_n": 1, "clever_id": "ben"})
    case.given("staging.user_sites", {"user_n": 0, "site_id": "south"}, {"user_n": 1, "site_id": "west"})
    case.given("roster.user_sites", {"user_id": ANN, "site_id": "north", "status": "archived"})
    case.given("roster.sites", {"site_id": "north", "name": "North", "enrollment_source": "manual"})
    case.given("staging.sites", {"site_id": "south", "name": "South"})
    columns = "site, enrollment_source, status, shared"
    found = case.answer("history/explain/sites_of_person", columns, id=ANN, clever_id="ann")
    assert values(found) == [("North", "manual", "archived", False), ("South", "clever", None, True)]


def test_sections_of_a_person_are_those_of_the_roster_and_those_that_are_shared(case: Case) -> None:
    case.given("roster.sections", {"section_id": M6, "clever_id": "m6"}, {"section_id": M7, "clever_id": "m7"})
    for section_id, status in ((M6, "active"), (M7, "archived")):
        row = {"section_id": section_id, "user_id": ANN, "role": "student", "status": status}
        case.given("roster.enrollments", row)
    case.given("staging.users", {"user_n": 0, "clever_id": "ann"})
    for n, clever_id in enumerate(("m6", "new")):
        case.given("staging.sections", {"section_n": n, "clever_id": clever_id})
        case.given("staging.memberships", {"section_n": n, "user_n": 0, "role": "student"})
    columns = "section_id, clever_id, enrollment, shared_in"
    found = case.answer("history/explain/sections_of_person", columns, id=ANN, clever_id="ann")
    assert values(found) == [
        (M6, "m6", "active", True),
        (M7, "m7", "archived", False),
        (case.platform_id("section", "new"), "new", None, True),
    ]


def test_sections_are_told_as_the_roster_has_them_and_else_as_they_are_shared(case: Case) -> None:
    case.given("roster.sections", {"section_id": M6, "clever_id": "m6", "site_id": "north", "status": "active"})
    case.given("staging.sections", {"section_n": 0, "clever_id": "m7", "site_id": "north", "name": "Staged"})
    case.given("roster.sites", {"site_id": "north", "name": "North", "enrollment_source": "clever"})
    case.given("mapping.not_carried", {"section_id": M6, "because": "disagree", "sections": 2})
    asked = {"ids": [M6, M7], "clever_ids": ["m6", "m7"]}
    columns = "section_id, on_roster, shared, name, site, status, not_carried, sections_before"
    assert values(case.answer("history/explain/sections", columns, **asked)) == [
        (M6, True, False, None, "North", "active", "disagree", 2),
        (M7, False, True, "Staged", "North", None, None, None),
    ]


def test_courses_and_suggestions_of_sections(case: Case) -> None:
    case.given("mapping.courses", {"course_id": "math-6", "title": "Math 6", "subject": "math", "active": True})
    case.given(
        "roster.section_courses",
        {"section_id": M6, "course_id": "math-6", "mapped_by": "carried_over", "from_section_id": S7},
    )
    case.given("roster.section_courses", {"section_id": S6, "course_id": "math-6"})
    columns = "section_id, title, mapped_by, from_section_id"
    found = case.answer("history/explain/courses_of_sections", columns, ids=[M6])
    assert values(found) == [(M6, "Math 6", "carried_over", S7)]
    for section_id in (M7, S6):
        case.given("roster.sections", {"section_id": section_id, "status": "active"})
        case.given("mapping.suggestions", {"section_id": section_id, "course_id": "math-6", "score": 0.9})
    found = case.answer("history/explain/suggestions_of_sections", "section_id, course_id, title", ids=[M7])
    assert values(found) == [(M7, "math-6", "Math 6")]
    found = case.answer("history/explain/sections_with_course", course_id="math-6")
    assert found == [{"sections": 1}]


def test_of_what_people_decided_about_a_section_and_a_course_the_last_counts_that_stands(case: Case) -> None:
    case.given("mapping.courses", {"course_id": "math-6", "title": "Math 6", "active": True})
    for no, section_id, course_id, decision, undone_by in (
        (1, M6, "math-6", "add", None),
        (2, M6, "math-6", "remove", None),
        (3, M6, "math-6", "add", "S9"),
        (4, M6, "gone", "add", None),
        (5, M7, "math-6", "add", None),
    ):
        row: Row = {"no": no, "section_id": section_id, "course_id": course_id, "decision": decision}
        case.given("mapping.decisions", {**row, "undone_by": undone_by})
    found = case.answer("history/explain/decisions_of_sections", "course_id, title, active, decision, no", ids=[M6])
    assert values(found) == [("gone", None, False, "add", 4), ("math-6", "Math 6", True, "remove", 2)]


def test_changes_are_those_of_the_person_with_what_became_of_a_hold(case: Case) -> None:
    for n in (1, 2):
        case.given("sync.syncs", {"sync_id": f"S{n}", "sync_no": n, "trigger": "nightly", "started_at": NOW})
    case.given("sync.holds", {"hold_id": "h1", "sync_id": "S2", "guard": "archives", "status": "open"})
    for entity, entity_id in (("users", ANN), ("user_sites", f"{ANN}/n"), ("enrollments", f"{M6}/{ANN}/student")):
        row: Row = {"sync_id": "S2", "entity": entity, "entity_id": entity_id, "action": "archive"}
        case.given("sync.change_log", {**row, "held_by": "h1"}, {**row, "entity_id": entity_id.replace(ANN, BEN)})
    case.given("sync.change_log", {"sync_id": "S1", "entity": "users", "entity_id": ANN, "before": '{"grade":"6"}'})
    found = case.answer("history/explain/changes_of_person", "sync_id, entity, fields, guard, stands", id=ANN)
    assert values(found) == [
        ("S1", "users", ["grade"], None, False),
        ("S2", "enrollments", [], "archives", True),
        ("S2", "user_sites", [], "archives", True),
        ("S2", "users", [], "archives", True),
    ]


def test_changes_of_sections_are_theirs_and_those_of_their_courses(case: Case) -> None:
    case.given("sync.syncs", {"sync_id": "S1", "sync_no": 1, "trigger": "nightly", "started_at": NOW})
    for entity, entity_id in (
        ("sections", M6),
        ("sections", M7),
        ("section_courses", f"{M6}/math-6"),
        ("enrollments", f"{M6}/{ANN}/student"),
    ):
        case.given("sync.change_log", {"sync_id": "S1", "entity": entity, "entity_id": entity_id, "action": "create"})
    found = case.answer("history/explain/changes_of_sections", "entity, entity_id", ids=[M6])
    assert values(found) == [("section_courses", f"{M6}/math-6"), ("sections", M6)]


def test_issues_stand_while_they_are_staged(case: Case) -> None:
    for n in (1, 2):
        case.given("sync.syncs", {"sync_id": f"S{n}", "sync_no": n})
        case.given("sync.issues", {"sync_id": f"S{n}", "entity": "users", "record_id": "odd", "code": "wrong_type"})
    case.given("staging.issues", {"entity": "users", "record_id": "odd", "code": "user_without_role"})
    found = case.answer("history/explain/issues", "code, sync_id, stands", clever_ids=["odd"])
    assert values(found) == [("user_without_role", None, True), ("wrong_type", "S2", False)]


def test_the_last_sync_is_the_last_that_asked_clever(case: Case) -> None:
    for n, (trigger, status) in enumerate(
        (("first", "succeeded"), ("nightly", "failed"), ("mapping", "succeeded"), ("erase", "succeeded"))
    ):
        case.given("sync.syncs", {"sync_id": f"S{n}", "sync_no": n, "trigger": trigger, "status": status})
    case.given("roster.users", {"user_id": ANN})
    found = case.answer("history/explain/last_syncs", "sync_id, status, people, sections")
    assert values(found) == [("S1", "failed", 1, 0)]
