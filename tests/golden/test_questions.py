"""The macros and views that analysts ask, statement by statement."""

from __future__ import annotations

from datetime import timedelta

from roster_pipeline.warehouse import sql
from tests.golden.case import ANN, BEN, CAL, M6, M7, NOW, TIA, TOM, Case, Row, values

DAY = f"DATE '{NOW:%Y-%m-%d}'"


def as_of(case: Case, entity: str, columns: str) -> list[tuple[object, ...]]:
    """What the macro of an entity says of today; S3 was applied after it."""
    case.given("sync.syncs", synced("S2", 2), {**synced("S3", 3), "finished_at": NOW + timedelta(days=1)})
    return values(case.rows(f"roster.{entity}_as_of({DAY})", columns))


def synced(sync_id: str, number: int) -> Row:
    return {"sync_id": sync_id, "sync_no": number, "status": "succeeded", "finished_at": NOW}


def later(entity: str, entity_id: str, action: str, before: str | None) -> Row:
    return {"sync_id": "S3", "entity": entity, "entity_id": entity_id, "action": action, "before": before}


def test_syncs_after_a_day_are_those_that_changed_something_since(case: Case) -> None:
    sql.run(case.connection, "history/as_of/syncs_after")
    case.given("sync.syncs", synced("S2", 2), {**synced("S3", 3), "finished_at": NOW + timedelta(days=1)})
    case.given("sync.syncs", {**synced("S4", 4), "status": "failed", "finished_at": NOW + timedelta(days=1)})
    assert values(case.rows(f"sync.syncs_after({DAY})", "sync_id, sync_no")) == [("S3", 3)]


def test_people_as_of_a_day(case: Case) -> None:
    sql.run(case.connection, "history/as_of/users_as_of")
    for user_id, since in ((ANN, "S2"), (BEN, "S3")):
        case.given("roster.users", {"user_id": user_id, "since_sync_id": since, "grade": "7", "roles": ["student"]})
    case.given("sync.change_log", later("users", ANN, "update", '{"grade":"6","roles":["staff"],"email":null}'))
    held = {**later("users", ANN, "update", '{"site_id":"north"}'), "held_by": "h1"}
    case.given("sync.change_log", held)
    assert as_of(case, "users", "user_id, grade, roles, site_id") == [(ANN, "6", ["staff"], None)]


def test_memberships_as_of_a_day(case: Case) -> None:
    sql.run(case.connection, "history/as_of/user_sites_as_of")
    case.given("roster.user_sites", {"user_id": ANN, "site_id": "s", "status": "archived", "since_sync_id": "S2"})
    case.given("sync.change_log", later("user_sites", f"{ANN}/s", "archive", '{"status":"active"}'))
    assert as_of(case, "user_sites", "user_id, status") == [(ANN, "active")]


def test_sections_as_of_a_day(case: Case) -> None:
    sql.run(case.connection, "history/as_of/sections_as_of")
    case.given("roster.sections", {"section_id": M6, "term_end": "2027-01-01", "since_sync_id": "S2"})
    case.given("sync.change_log", later("sections", M6, "update", '{"term_end":"2026-12-31"}'))
    assert as_of(case, "sections", "section_id, term_end::VARCHAR AS term_end") == [(M6, "2026-12-31")]


def test_enrollments_as_of_a_day(case: Case) -> None:
    sql.run(case.connection, "history/as_of/enrollments_as_of")
    who: Row = {"section_id": M6, "user_id": ANN, "role": "student", "since_sync_id": "S2", "is_primary": True}
    case.given("roster.enrollments", {**who, "status": "active"}, {**who, "user_id": BEN, "since_sync_id": "S3"})
    case.given("sync.change_log", later("enrollments", f"{M6}/{ANN}/student", "restore", '{"status":"archived"}'))
    assert as_of(case, "enrollments", "user_id, status, is_primary") == [(ANN, "archived", True)]


def test_courses_of_sections_as_of_a_day(case: Case) -> None:
    """One that came, one that went, one that stayed, one that went and came back by another way."""
    sql.run(case.connection, "history/as_of/section_courses_as_of")
    for section_id, course in ((M6, "came"), (M6, "stayed"), (M7, "back")):
        row = {"section_id": section_id, "course_id": course, "mapped_by": "file", "site_id": "north"}
        case.given("roster.section_courses", row)
    was = '{"mapped_by":"rule","rule_id":"r1","site_id":"north"}'
    case.given("sync.change_log", later("section_courses", f"{M6}/came", "create", None))
    case.given("sync.change_log", later("section_courses", f"{M7}/went/away", "archive", was))
    case.given("sync.change_log", later("section_courses", f"{M7}/back", "archive", was))
    case.given("sync.syncs", {**synced("S4", 4), "finished_at": NOW + timedelta(days=2)})
    case.given("sync.change_log", {**later("section_courses", f"{M7}/back", "create", None), "sync_id": "S4"})
    assert as_of(case, "section_courses", "section_id, course_id, mapped_by, rule_id, site_id") == [
        (M6, "stayed", "file", None, "north"),
        (M7, "back", "rule", "r1", "north"),
        (M7, "went/away", "rule", "r1", "north"),
    ]


def test_course_access_as_of_a_day(case: Case) -> None:
    sql.run(case.connection, "history/as_of/course_access_as_of")
    case.given("roster.users", {"user_id": ANN, "enrollment_status": "active", "since_sync_id": "S2"})
    for section_id, status in ((M6, "active"), (M7, "concluded")):
        case.given("roster.sections", {"section_id": section_id, "status": status, "since_sync_id": "S2"})
        case.given("roster.section_courses", {"section_id": section_id, "course_id": "math-6"})
        who = {"section_id": section_id, "user_id": ANN, "role": "student", "since_sync_id": "S2"}
        case.given("roster.enrollments", {**who, "status": "active"})
    assert as_of(case, "course_access", "*") == [(ANN, "math-6", M6, "student", True)]


def give_classes(case: Case) -> None:
    """M6 with a teacher and two students, one of whom has left; M7 is over, and CAL is only there."""
    case.given("roster.sites", {"site_id": "north", "name": "North"})
    for user_id, role in ((ANN, "student"), (BEN, "student"), (CAL, "student"), (TIA, "teacher"), (TOM, "staff")):
        row = {"user_id": user_id, "roles": [role], "enrollment_status": "pending", "site_id": "north"}
        case.given("roster.users", row)
    for section_id, status in ((M6, "active"), (M7, "concluded")):
        counts = {"student_count": 1, "teacher_count": 1}
        case.given("roster.sections", {"section_id": section_id, "status": status, "site_id": "north", **counts})
    for section_id, user_id, role, status in (
        (M6, TIA, "teacher", "active"),
        (M6, ANN, "student", "active"),
        (M6, BEN, "student", "archived"),
        (M7, TIA, "teacher", "active"),
        (M7, CAL, "student", "active"),
    ):
        row = {"section_id": section_id, "user_id": user_id, "role": role, "status": status}
        case.given("roster.enrollments", row)


def test_a_class_list_has_who_is_in_the_class_now(case: Case) -> None:
    give_classes(case)
    found = case.view("history/lists/class_lists", "teacher_id, section_id, site, student_id")
    assert values(found) == [(TIA, M6, "North", ANN)]


def test_people_without_a_section_are_students_and_teachers_in_force(case: Case) -> None:
    give_classes(case)
    case.given("roster.users", {"user_id": M7, "roles": ["student"], "enrollment_status": "archived"})
    found = case.view("history/lists/people_without_section", "user_id, site")
    assert values(found) == [(BEN, "North"), (CAL, "North")]


def test_sections_without_people_are_those_that_nobody_teaches_or_is_in(case: Case) -> None:
    for section_id, students, teachers in ((M6, 1, 1), (M7, 0, 1), (ANN, 1, 0)):
        row: Row = {"section_id": section_id, "student_count": students, "teacher_count": teachers, "status": "active"}
        case.given("roster.sections", row)
    case.given("roster.sections", {"status": "archived", "student_count": 0, "teacher_count": 0})
    found = case.view("history/lists/sections_without_people", "section_id")
    assert values(found) == [(M7,), (ANN,)]
