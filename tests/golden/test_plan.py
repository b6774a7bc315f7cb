"""The plan and its apply, statement by statement."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.golden.case import ANN, BEN, CAL, DEE, M6, M7, NOW, S6, S7, TIA, TOM, Case, Row, values


def test_all_that_people_depend_on_is_one_text(case: Case) -> None:
    staging = "00000000-0000-4000-8000-000000000001"
    case.given("staging.origin", {"staged_id": staging})
    ((before,),) = values(case.make("plan/basis", "basis", today=NOW.date()))
    case.given("input.logins", {"user_id": "ann", "line": 2})
    ((after,),) = values(case.make("plan/basis", "basis", today=NOW.date()))
    assert before == f"{staging}|2026-11-23|0|0|0"
    assert after.startswith(f"{staging}|2026-11-23|1-")
    case.given("plan.overrides", {"no": 1, "counts": True}, {"no": 2, "counts": False})
    ((overridden,),) = values(case.make("plan/basis", "basis", today=NOW.date()))
    assert overridden.startswith(f"{after.removesuffix('|0')}|1-")


def test_who_is_or_was_at_a_chosen_site_as_a_member_or_in_a_section_goes_with_it(case: Case) -> None:
    case.given("desired.user_sites", {"user_id": ANN, "site_id": "north"}, {"user_id": TOM, "site_id": "attic"})
    case.given("desired.enrollments", {"user_id": BEN, "site_id": "south"}, {"user_id": ANN, "site_id": "north"})
    case.given("roster.user_sites", {"user_id": CAL, "site_id": "north", "status": "active"})
    case.given("roster.user_sites", {"user_id": TIA, "site_id": "north", "status": "archived"})
    case.given("roster.enrollments", {"user_id": DEE, "site_id": "north", "status": "active"})
    case.given("roster.enrollments", {"user_id": TOM, "site_id": "north", "status": "archived"})
    found = case.make("plan/people_of_sites", "user_id", sites=["north", "south"])
    assert values(found) == [(ANN,), (BEN,), (CAL,), (DEE,)]


def test_a_section_is_of_the_site_where_it_is_now(case: Case) -> None:
    case.given("desired.sections", {"section_id": M6, "site_id": "north"}, {"section_id": S6, "site_id": "south"})
    assert values(case.make("plan/sections_of_sites", "section_id", sites=["north"])) == [(M6,)]


def test_changes_of_people_who_have_nothing_to_do_with_a_chosen_site_are_forgotten(case: Case) -> None:
    case.given("plan.users", *({"user_id": u} for u in (ANN, BEN, CAL, DEE)))
    case.given("plan.people_of_sites", {"user_id": CAL}, {"user_id": TIA})
    assert values(case.change("plan/users_of_other_sites", "user_id")) == [(CAL,)]


def test_an_enrollment_does_not_begin_before_its_section(case: Case) -> None:
    case.given("roster.sections", {"section_id": M6, "status": "active"}, {"section_id": S6, "status": "archived"})
    case.given("plan.sections", {"section_id": M7})
    for section_id in (M6, M7, S6, S7):
        case.given("plan.enrollments", {"section_id": section_id, "action": "create"})
    case.given("plan.enrollments", {"section_id": S7, "action": "archive"})
    assert values(case.change("plan/enrollments_without_section", "section_id, action")) == [
        (M6, "create"),
        (M7, "create"),
        (S7, "archive"),
    ]


def enrolled(section_id: str, user_id: str, role: str = "student", status: str = "active") -> Row:
    return {"section_id": section_id, "user_id": user_id, "role": role, "status": status}


def test_a_section_whose_counts_are_others_is_counted(case: Case) -> None:
    case.given("plan.enrollments", {"section_id": M6})
    counts: Row = {"student_count": 0, "teacher_count": 0, "course_count": 0, "visible": False}
    case.given("roster.sections", *({"section_id": s, "status": "active", **counts} for s in (M6, M7)))
    case.given("roster.enrollments", enrolled(M6, ANN), enrolled(M6, BEN, status="archived"), enrolled(M7, ANN))
    case.given("roster.enrollments", enrolled(M6, CAL, role="teacher"))
    case.given("roster.section_courses", {"section_id": M6})
    columns = "section_id, student_count, teacher_count, course_count, visible, unmapped_since"
    assert values(case.make("plan/section_counts", columns, started_at=NOW)) == [(M6, 1, 1, 1, True, None)]


@pytest.mark.parametrize(
    ("status", "since", "after"),
    [("active", None, NOW), ("active", datetime(2026, 9, 1), datetime(2026, 9, 1)), ("archived", NOW, None)],
    ids=["from now on", "for longer", "not any more"],
)
def test_a_section_is_unmapped_since_it_became_so(
    case: Case, status: str, since: datetime | None, after: datetime | None
) -> None:
    case.given("plan.sections", {"section_id": M6})
    case.given("roster.sections", {"section_id": M6, "status": status, "unmapped_since": since})
    assert values(case.make("plan/section_counts", "unmapped_since", started_at=NOW)) == [(after,)]


def test_a_section_whose_counts_stay_is_not_written_again(case: Case) -> None:
    case.given("plan.sections", {"section_id": M6})
    counts: Row = {"student_count": 0, "teacher_count": 0, "course_count": 0, "visible": False, "unmapped_since": NOW}
    case.given("roster.sections", {"section_id": M6, "status": "active", **counts})
    assert case.make("plan/section_counts", "section_id", started_at=NOW) == []


def test_a_miscounted_section_is_taken_out_and_put_back_as_it_should_be(case: Case) -> None:
    case.given("roster.sections", {"section_id": M6, "student_count": 1}, {"section_id": M7, "student_count": 5})
    case.given("temp.counted_sections", {"section_id": M6, "student_count": 2})
    assert values(case.change("plan/drop_miscounted_sections", "section_id")) == [(M7,)]
    assert values(case.change("plan/keep_counted_sections", "section_id, student_count")) == [(M6, 2), (M7, 5)]


def test_the_catalog_is_as_this_sync_read_it(case: Case) -> None:
    case.given("mapping.courses", {"course_id": "old"})
    case.given("input.courses", {"course_id": "math-6", "title": "Math 6", "active": True})
    assert case.change("plan/forget_courses", "course_id") == []
    assert values(case.change("plan/courses", "course_id, title, active")) == [("math-6", "Math 6", True)]


def test_subjects_are_as_this_sync_read_them(case: Case) -> None:
    case.given("mapping.subjects", {"clever_subject": "science"})
    case.given("input.subjects", {"clever_subject": "math", "catalog_subject": "Numbers"})
    assert case.change("plan/forget_subjects", "clever_subject") == []
    assert values(case.change("plan/subjects", "*")) == [("math", "Numbers", None)]


def test_who_has_logged_in_can_be_assigned_the_courses_of_visible_sections(case: Case) -> None:
    case.given("roster.users", {"user_id": ANN, "enrollment_status": "active"})
    case.given("roster.users", {"user_id": BEN, "enrollment_status": "pending"})
    case.given("roster.sections", {"section_id": M6, "visible": True}, {"section_id": M7, "visible": False})
    case.given("roster.section_courses", *({"section_id": s, "course_id": "math-6"} for s in (M6, M7)))
    case.given("roster.enrollments", enrolled(M6, ANN), enrolled(M6, BEN), enrolled(M7, ANN))
    case.given("roster.enrollments", enrolled(M6, CAL, status="archived"))
    assert values(case.view("plan/course_access", "user_id, course_id, section_id, can_be_assigned")) == [
        (ANN, "math-6", M6, True),
        (BEN, "math-6", M6, False),
    ]


def test_what_is_held_is_not_counted_as_changed(case: Case) -> None:
    case.given("plan.counts", {"entity": "users", "site_id": "north", "action": "create", "changes": 3})
    case.given("plan.counts", {"entity": "users", "action": "archive", "changes": 2, "held_by": "h1"})
    assert values(case.change("plan/change_counts", "*", sync_id="S2")) == [("S2", "users", "north", "create", 3)]


AT = datetime(2026, 11, 23, 10, 5)


def synced(case: Case, *sites: str) -> list[str]:
    """The sites whose "last synced" this sync moves."""
    case.change("plan/last_synced", "site_id", at=AT, sites=list(sites))
    return [
        row["site_id"] for row in case.rows("roster.sites", "site_id, last_synced_at") if row["last_synced_at"] == AT
    ]


def test_last_synced_moves_at_the_sites_that_were_covered(case: Case) -> None:
    for site, source, status in (
        ("north", "clever", "confirmed"),
        ("south", "clever", "confirmed"),
        ("new", "clever", "new"),
        ("manual", "manual", "confirmed"),
        ("gone", "clever", "archived"),
    ):
        case.given("roster.sites", {"site_id": site, "enrollment_source": source, "status": status})
    assert synced(case, "north", "manual", "gone") == ["north"]
    assert synced(case) == ["north", "south"]


@pytest.mark.parametrize(
    ("hold", "moved"),
    [
        ({"guard": "archives"}, ["south"]),
        ({"guard": "undone"}, ["north", "south"]),
        ({"guard": "broken_extract", "blocks": True}, []),
    ],
    ids=["waits for a decision", "was decided by an undo", "everything waits"],
)
def test_last_synced_does_not_move_where_something_waits(case: Case, hold: Row, moved: list[str]) -> None:
    case.given(
        "roster.sites",
        *({"site_id": s, "enrollment_source": "clever", "status": "confirmed"} for s in ("north", "south")),
    )
    case.given("guards.holds", {"hold_id": "h1", **hold})
    case.given("plan.counts", {"site_id": "north", "held_by": "h1"})
    assert synced(case) == moved


def test_last_synced_moves_where_what_is_held_was_rejected(case: Case) -> None:
    case.given("roster.sites", {"site_id": "north", "enrollment_source": "clever", "status": "confirmed"})
    case.given("guards.holds", {"hold_id": "h1", "guard": "archives"})
    case.given("plan.counts", {"site_id": "north", "held_by": "h1"})
    case.given("sync.holds", {"hold_id": "h1", "status": "rejected"})
    assert synced(case) == ["north"]


def test_a_hundred_lines_are_told_and_the_others_counted(case: Case) -> None:
    noted: Row = {"severity": "warning", "code": "input_unknown_user", "entity": "logins", "lines": 1}
    case.given("desired.login_issues", *({**noted, "line": n, "record_id": f"line {n}"} for n in range(1, 103)))
    case.given("mapped.line_issues", {**noted, "code": "input_unknown_district", "record_id": "x, 5 lines", "lines": 5})
    found = [row["record_id"] for row in case.change("plan/line_issues", "record_id", sync_id="S2")]
    assert len(found) == 102
    assert {"line 100", "x, 5 lines", "logins.csv, 2 lines"} <= set(found)


def test_a_roster_is_in_line_with_what_was_staged_until_it_is_said_otherwise(case: Case) -> None:
    case.given("plan.basis", {"basis": "as it was staged"})
    assert values(case.change("plan/settled", "*", sync_id="S2")) == [("as it was staged", "S2")]
    assert case.change("plan/unsettle", "*") == []


def logged(sync_id: str, entity_id: str, action: str, held_by: str | None = None) -> Row:
    return {"sync_id": sync_id, "entity": "users", "entity_id": entity_id, "action": action, "held_by": held_by}


def test_an_undo_takes_back_what_was_applied_and_knows_what_changed_since(case: Case) -> None:
    case.given("sync.syncs", *({"sync_id": f"S{n}", "sync_no": n} for n in (1, 2, 3)))
    case.given(
        "sync.change_log", logged("S2", ANN, "archive"), logged("S2", BEN, "update"), logged("S3", BEN, "update")
    )
    case.given("sync.change_log", logged("S2", CAL, "archive", "h1"), logged("S3", ANN, "restore", "h2"))
    case.given("roster.users", {"user_id": DEE, "since_sync_id": "S2"})
    assert values(
        case.make("plan/undo/undone", "entity_id, action, changed_since", sync_id="S2", only_removals=False)
    ) == [
        (ANN, "archive", False),
        (BEN, "update", True),
        (DEE, "create", False),
    ]
    assert values(case.make("plan/undo/undone", "entity_id", sync_id="S2", only_removals=True)) == [(ANN,)]


@pytest.mark.parametrize(("again", "found"), [([], ["S2"]), (["S3"], [])], ids=["stands", "was itself undone"])
def test_an_undo_stands_until_it_is_undone(case: Case, again: list[str], found: list[str]) -> None:
    case.given("sync.syncs", {"sync_id": "S2", "undoes": "S1", "status": "succeeded"})
    case.given("sync.syncs", *({"sync_id": s, "undoes": "S2", "status": "succeeded"} for s in again))
    assert [row["sync_id"] for row in case.answer("plan/undo/taken_back", sync_id="S1")] == found


def test_an_undo_remembers_what_it_took_back(case: Case) -> None:
    case.given("sync.syncs", {"sync_id": "S1", "trigger": "nightly"})
    case.given("plan.section_courses", {"section_id": M6, "course_id": "math-6", "action": "archive", "before": "{}"})
    case.given("plan.users", {"user_id": ANN, "action": "update", "before": '{"grade":"6"}'})
    columns = "entity, entity_id, redo, refused, undo_sync_id"
    assert values(case.change("plan/undo/remember", columns, sync_id="S2", undoes="S1")) == [
        ("section_courses", f"{M6}/math-6", "create", "{}", "S2"),
        ("users", ANN, "update", '{"grade":"6"}', "S2"),
    ]


def test_the_undo_of_an_undo_refuses_nothing(case: Case) -> None:
    case.given("sync.syncs", {"sync_id": "S1", "trigger": "nightly"})
    case.given("sync.syncs", {"sync_id": "S2", "trigger": "undo", "undoes": "S1"})
    case.given("plan.users", {"user_id": ANN, "action": "archive"})
    assert case.change("plan/undo/remember", "entity_id", sync_id="S3", undoes="S2") == []


def test_what_an_undo_changes_anew_is_not_remembered_twice(case: Case) -> None:
    case.given("sync.undone", *({"entity": "users", "entity_id": u} for u in (ANN, BEN)))
    case.given("plan.users", {"user_id": ANN, "action": "restore"})
    assert values(case.change("plan/undo/forget", "entity_id")) == [(BEN,)]


@pytest.mark.parametrize(
    ("whole_district", "kept"), [(True, [ANN]), (False, [ANN, CAL])], ids=["whole district", "some sites"]
)
def test_what_was_undone_is_forgotten_once_it_is_let_through_or_not_said_any_more(
    case: Case, whole_district: bool, kept: list[str]
) -> None:
    case.given("sync.undone", *({"entity": "users", "entity_id": u} for u in (ANN, BEN, CAL)))
    case.given("plan.users", {"user_id": ANN, "action": "archive", "held_by": "h1"})
    case.given("plan.users", {"user_id": BEN, "action": "archive"})
    found = case.change("plan/undo/settle", "entity_id", whole_district=whole_district)
    assert [row["entity_id"] for row in found] == kept


def test_what_is_not_looked_at_stays_undone(case: Case) -> None:
    case.given("sync.undone", {"entity": "users", "entity_id": ANN})
    case.given("plan.untouched", {"entity": "users"})
    assert values(case.change("plan/undo/settle", "entity_id", whole_district=True)) == [(ANN,)]


def test_what_was_noticed_on_the_way_to_the_plan_is_kept_with_the_sync(case: Case) -> None:
    for table in ("staging.issues", "desired.scope_issues", "desired.last_known_issues"):
        case.given(table, {"code": table, "severity": "warning"})
    found = case.change("plan/issues", "sync_id, code", sync_id="S2")
    codes = ("desired.last_known_issues", "desired.scope_issues", "staging.issues")
    assert values(found) == [("S2", code) for code in codes]


def test_a_plan_is_counted_in_the_order_of_its_entities(case: Case) -> None:
    for n, entity, action, held_by in (
        (1, "users", "create", None),
        (0, "sites", "create", None),
        (1, "users", "archive", "h"),
    ):
        case.given("plan.counts", {"n": n, "entity": entity, "action": action, "changes": 3, "held_by": held_by})
    case.given("plan.totals", {"unchanged": 7})
    found = case.answer("plan/counted", "entity, action, changes, held_by")
    assert values(found) == [("sites", "create", 3, None), ("users", "archive", 3, "h"), ("users", "create", 3, None)]
    assert dict(values(case.answer("plan/only_new"))) == {"sites": True, "users": False}
    assert values(case.answer("plan/unchanged")) == [(7,)]


def test_what_is_not_looked_at_is_told(case: Case) -> None:
    case.given("plan.untouched", {"entity": "users"})
    assert values(case.answer("plan/left_alone")) == [("users",)]


def test_a_sync_that_is_to_be_undone_is_looked_up(case: Case) -> None:
    case.given(
        "sync.syncs", {"sync_id": "S1", "status": "held", "pruned_at": NOW, "trigger": "undo"}, {"sync_id": "S2"}
    )
    assert values(case.answer("plan/undo/applied", sync_id="S1")) == [("held", NOW, "undo")]


def test_what_later_syncs_changed_too_is_a_conflict_until_it_is_left_to_them(case: Case) -> None:
    for entity, user_id, changed_since in (("users", ANN, True), ("users", BEN, False), ("sites", "north", True)):
        case.given("desired.undone", {"entity": entity, "entity_id": user_id, "changed_since": changed_since})
    assert values(case.answer("plan/undo/conflicts")) == [("sites", 1), ("users", 1)]
    assert values(case.change("plan/undo/keep_later", "entity_id")) == [(BEN,)]


def test_nobody_is_in_a_class_without_being_there_after_an_undo(case: Case) -> None:
    case.given("desired.users", {"user_id": ANN, "enrollment_status": "archived"}, {"user_id": BEN})
    case.given("desired.sections", {"section_id": M6, "status": "active"}, {"section_id": M7, "status": "concluded"})
    for section_id, user_id in ((M6, ANN), (M6, BEN), (M7, BEN)):
        case.given("desired.enrollments", {"section_id": section_id, "user_id": user_id, "status": "active"})
    found = case.change("plan/undo/end_enrollments", "section_id, user_id, status")
    assert values(found) == [(M6, ANN, "archived"), (M6, BEN, "active"), (M7, BEN, "archived")]


def test_nobody_belongs_to_a_site_without_being_there_after_an_undo(case: Case) -> None:
    case.given("desired.users", {"user_id": ANN, "enrollment_status": "archived"}, {"user_id": BEN})
    case.given("desired.user_sites", *({"user_id": u, "site_id": "north", "status": "active"} for u in (ANN, BEN)))
    found = case.change("plan/undo/end_user_sites", "user_id, status")
    assert values(found) == [(ANN, "archived"), (BEN, "active")]


def test_what_an_undo_put_back_and_nothing_changed_since_is_left_alone(case: Case) -> None:
    case.given("sync.syncs", *({"sync_id": f"S{n}", "sync_no": n} for n in (1, 2, 3)))
    for sync_id, record in (("S1", "a"), ("S2", "a"), ("S1", "b"), ("S2", "b"), ("S3", "b"), ("S1", "c")):
        case.given("sync.change_log", {"sync_id": sync_id, "entity": "users", "entity_id": record})
    case.given("sync.change_log", {"sync_id": "S3", "entity": "users", "entity_id": "a", "held_by": "h"})
    case.given("desired.undone", *({"entity": "users", "entity_id": record} for record in "abc"))
    assert values(case.change("plan/undo/leave_taken_back", "entity_id", undo="S2")) == [("b",), ("c",)]


def test_what_somebody_decided_since_is_left_alone(case: Case) -> None:
    case.given("sync.syncs", *({"sync_id": f"S{n}", "sync_no": n} for n in (1, 2, 3)))
    for course, sync_id, undone_by in (
        ("art", "S3", None),
        ("sci", "S1", None),
        ("math", "S3", "S4"),
        ("own", "S2", None),
    ):
        row = {"section_id": M6, "course_id": course, "sync_id": sync_id, "undone_by": undone_by}
        case.given("mapping.decisions", row)
        case.given("desired.undone", {"entity": "section_courses", "entity_id": f"{M6}/{course}"})
    assert values(case.change("plan/undo/leave_decided", "entity_id", sync_id="S2")) == [
        (f"{M6}/math",),
        (f"{M6}/own",),
        (f"{M6}/sci",),
    ]
