"""The history and what people ask of it, statement by statement."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.golden.case import ANN, BEN, M6, M7, NOW, Case, Row, values

YESTERDAY = NOW - timedelta(days=1)


def applied(sync_id: str, number: int, **more: object) -> Row:
    """A nightly sync that created one record."""
    counts = {"created": 1, "updated": 0, "archived": 0, "restored": 0}
    return {"sync_id": sync_id, "sync_no": number, "trigger": "nightly", "status": "succeeded", **counts, **more}


def change(sync_id: str, entity_id: str, action: str, before: str | None = None, after: str | None = None) -> Row:
    return {
        "sync_id": sync_id,
        "entity": "users",
        "entity_id": entity_id,
        "action": action,
        "before": before,
        "after": after,
    }


def test_a_sync_gets_the_next_number(case: Case) -> None:
    case.given("sync.syncs", applied("S9", 4))
    asked = dict.fromkeys(("requested_by", "started_at", "finished_at", "dagster_run_id", "error", "fingerprint"))
    counts = dict.fromkeys(("created", "updated", "archived", "restored", "held", "unchanged"), 0)
    info = {"sync_id": "S2", "district": "d", "trigger": "undo", "status": "held", "undoes": "S9", "reason": "early"}
    columns = "sync_id, sync_no, trigger, status, sites, undoes, reason"
    found = case.change("history/record", columns, sites=["north"], **asked, **counts, **info)
    assert values(found)[0] == ("S2", 5, "undo", "held", ["north"], "S9", "early")


def test_a_creation_is_read_off_the_record(case: Case) -> None:
    case.given("sync.change_log", change("S2", ANN, "update"))
    case.given("roster.users", {"user_id": ANN, "since_sync_id": "S1", "site_id": "north"})
    case.given("roster.enrollments", {"section_id": M6, "user_id": ANN, "role": "student", "since_sync_id": "S1"})
    assert values(case.view("history/changes", "sync_id, entity, entity_id, action")) == [
        ("S1", "enrollments", f"{M6}/{ANN}/student", "create"),
        ("S1", "users", ANN, "create"),
        ("S2", "users", ANN, "update"),
    ]


def forgotten(case: Case) -> list[str]:
    """The syncs whose changes are forgotten."""
    case.change("history/prune", "*", now=NOW, before=YESTERDAY)
    return [row["sync_id"] for row in case.rows("sync.syncs WHERE pruned_at IS NOT NULL", "sync_id")]


def test_a_sync_is_forgotten_once_it_ended_long_enough_ago_but_not_the_last_one(case: Case) -> None:
    ages = (("S1", YESTERDAY - timedelta(seconds=1)), ("S2", YESTERDAY), ("S3", NOW))
    case.given("sync.syncs", *(applied(s, n, finished_at=at) for n, (s, at) in enumerate(ages)))
    assert forgotten(case) == ["S1"]
    case.end()
    case.given("sync.syncs", applied("S1", 1, finished_at=YESTERDAY - timedelta(days=9)))
    assert forgotten(case) == []
    case.given("sync.syncs", applied("S2", 2, finished_at=NOW, trigger="erase"))
    assert forgotten(case) == [], "an erasure has no quarantine to compare with"


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("sync.holds", {"sync_id": "S1", "status": "open"}),
        ("sync.undone", {"undo_sync_id": "S1"}),
        ("sync.syncs", applied("S3", 3, undoes="S1", finished_at=NOW)),
    ],
    ids=["a hold", "a lasting undo", "an undo of it"],
)
def test_a_sync_that_something_still_needs_is_not_forgotten(case: Case, table: str, row: Row) -> None:
    case.given("sync.syncs", applied("S1", 1, finished_at=datetime(2020, 1, 1)), applied("S2", 2, finished_at=NOW))
    case.given(table, row)
    assert forgotten(case) == []


def test_the_changes_of_a_sync_can_be_narrowed_down(case: Case) -> None:
    case.given(
        "sync.change_log", change("S2", ANN, "update"), change("S2", BEN, "archive"), change("S1", ANN, "update")
    )
    asked = {"sync_id": "S2", "entity": "users", "limit": 5}
    found = case.answer("history/report/changes", "entity_id, action", action=None, **asked)
    assert values(found) == [(BEN, "archive"), (ANN, "update")]
    assert values(case.answer("history/report/changes", "entity_id", action="update", **asked)) == [(ANN,)]


def test_changes_are_counted_by_site_in_the_order_of_their_names(case: Case) -> None:
    case.given("roster.sites", {"site_id": "z", "name": "Alder"}, {"site_id": "a", "name": "Birch"})
    for site in ("a", "z"):
        case.given("sync.change_counts", {"sync_id": "S2", "entity": "users", "site_id": site, "changes": 3})
    found = case.answer("history/report/change_counts", "site, changes", sync_id="S2")
    assert values(found) == [("Alder", 3), ("Birch", 3)]


def test_two_syncs_differ_in_what_is_not_back_as_it_was(case: Case) -> None:
    case.given("sync.syncs", *(applied(f"S{n}", n) for n in (1, 2, 3)))
    case.given("sync.change_log", change("S2", ANN, "update", '{"grade":"6","email":"a"}', '{"grade":"7","email":"b"}'))
    case.given("sync.change_log", change("S3", ANN, "update", '{"email":"b"}', '{"email":"a"}'))
    case.given("sync.change_log", {**change("S3", BEN, "update", '{"grade":"1"}', '{"grade":"2"}'), "held_by": "h1"})
    case.given("sync.change_log", change("S1", BEN, "update", '{"grade":"1"}', '{"grade":"2"}'))
    columns = "entity_id, action, before, after"
    found = case.answer("history/report/compare", columns, from_sync="S1", to_sync="S3", limit=5)
    assert values(found) == [(ANN, "update", '{"grade":"6"}', '{"grade":"7"}')]


def test_the_records_of_a_hold_are_those_with_which_it_was_last_opened(case: Case) -> None:
    for n, user_id in enumerate((ANN, BEN)):
        case.given("sync.syncs", applied(f"S{n}", n))
        case.given("sync.holds", {"hold_id": "h1", "sync_id": f"S{n}"})
        case.given("sync.change_log", {**change(f"S{n}", user_id, "archive"), "held_by": "h1"})
    assert values(case.answer("history/report/hold_changes", "entity_id", hold_id="h1", limit=5)) == [(BEN,)]


def test_holds_that_wait_for_a_decision_come_first_with_their_parts(case: Case) -> None:
    case.given("sync.syncs", applied("S1", 1))
    for hold_id, status in (("h1", "approved"), ("h2", "open"), ("h3", "cleared")):
        case.given("sync.holds", {"hold_id": hold_id, "sync_id": "S1", "status": status})
    case.given("sync.hold_parts", *({"hold_id": "h2", "sync_id": "S1", "changes": n, "of": 20} for n in (3, 5)))
    found = case.answer("history/report/holds", "hold_id, parts", all=False)
    assert [(row["hold_id"], [p["changes"] for p in row["parts"]]) for row in found] == [("h2", [5, 3]), ("h1", [])]
    assert len(case.answer("history/report/holds", all=True)) == 3
    assert values(case.answer("history/report/standing", "hold_id")) == [("h2",), ("h1",)]


def test_errors_come_before_warnings(case: Case) -> None:
    for severity in ("warning", "error"):
        case.given("sync.issues", {"sync_id": "S2", "severity": severity})
    case.given("sync.issues", {"sync_id": "S1", "severity": "error"})
    assert values(case.answer("history/report/issues", "severity", sync_id="S2")) == [("error",), ("warning",)]


def test_the_life_of_a_record_goes_over_all_syncs(case: Case) -> None:
    case.given("sync.syncs", applied("S2", 1), applied("S1", 2))
    case.given("roster.users", {"user_id": ANN, "since_sync_id": "S2"})
    case.given("sync.change_log", change("S1", ANN, "archive"), change("S1", BEN, "archive"))
    found = case.answer("history/report/life", "sync_id, action", entity_id=ANN)
    assert values(found) == [("S2", "create"), ("S1", "archive")]


def test_lines_without_effect_are_those_of_the_last_sync_that_read_the_files(case: Case) -> None:
    case.given("sync.syncs", applied("S1", 1), applied("S2", 2), applied("S3", 3, undoes="S2"))
    case.given("sync.syncs", applied("S4", 4, trigger="erase"))
    unknown: Row = {"sync_id": "S2", "code": "input_unknown_user"}
    case.given("sync.issues", {**unknown, "record_id": "logins.csv, line 7"}, {**unknown, "sync_id": "S1"})
    case.given("sync.issues", {**unknown, "record_id": "logins.csv, 17 lines"}, {**unknown, "code": "wrong_type"})
    assert values(case.answer("history/report/lines_without")) == [("S2", 18)]


def test_the_plan_is_counted_in_the_order_of_its_entities(case: Case) -> None:
    """What is held comes first, and a site is called what the plan makes of it."""
    case.given("roster.sites", {"site_id": "north", "name": "Old"}, {"site_id": "south", "name": "South"})
    case.given("plan.sites", {"site_id": "north", "name": "North"})
    for n, entity, site, hold in (
        (1, "users", "south", None),
        (0, "sites", "north", None),
        (2, "sections", None, "h1"),
    ):
        row = {"n": n, "entity": entity, "action": "create", "changes": 3, "site_id": site, "held_by": hold}
        case.given("plan.counts", row)
    assert values(case.answer("history/report/plan_counts", "entity, changes, site")) == [
        ("sections", 3, None),
        ("sites", 3, "North"),
        ("users", 3, "South"),
    ]


def test_a_recent_sync_says_of_which_sites_and_whether_it_can_be_undone(case: Case) -> None:
    case.given("roster.sites", {"site_id": "north", "name": "North"})
    case.given("sync.syncs", applied("S1", 1, sites=["north", "gone"]), applied("S2", 2, undoes="S1"))
    case.given(
        "sync.syncs", applied("S3", 3, created=0), applied("S4", 4, pruned_at=NOW), applied("S5", 5, status="failed")
    )
    found = case.answer("history/report/recent", "sync_id, can_be_undone, undone_by, site_names", limit=9)
    assert values(found) == [
        ("S5", False, None, []),
        ("S4", False, None, []),
        ("S3", False, None, []),
        ("S2", True, None, []),
        ("S1", True, "S2", ["North", "gone"]),
    ]


def test_a_sync_is_found_by_the_beginning_of_its_id_and_else_the_last_one(case: Case) -> None:
    case.given("sync.syncs", applied("20261122-a", 1), applied("20261123-b", 2, dagster_run_id="run"))
    case.given("sync.syncs", applied("20261123-c", 3))
    for asked, found in (("20261122", ["20261122-a"]), (None, ["20261123-c"]), ("1999", [])):
        assert [row["sync_id"] for row in case.answer("history/report/sync", sync_id=asked)] == found
    assert values(case.answer("history/report/sync_of_run", "sync_id", run_id="run")) == [("20261123-b",)]


def test_a_site_is_told_with_the_people_and_sections_in_force(case: Case) -> None:
    for site, source in (("north", "clever"), ("south", "clever"), ("west", "manual")):
        case.given("roster.sites", {"site_id": site, "name": site.title(), "enrollment_source": source})
    for user_id, status in ((ANN, "pending"), (BEN, "archived")):
        case.given("roster.users", {"user_id": user_id, "roles": ["student", "teacher"], "enrollment_status": status})
        case.given("roster.user_sites", {"user_id": user_id, "site_id": "north", "status": "active"})
    for section_id, status, courses in ((M6, "active", 1), (M7, "active", 0), (M7, "archived", 1)):
        row = {"section_id": section_id, "site_id": "north", "status": status, "course_count": courses}
        case.given("roster.sections", row)
    for number, (trigger, status, sites) in enumerate(
        (("nightly", "succeeded", []), ("sync_now", "failed", ["north"]), ("mapping", "succeeded", []))
    ):
        row = {"sync_id": f"S{number}", "sync_no": number, "trigger": trigger, "status": status, "sites": sites}
        case.given("sync.syncs", {**row, "started_at": NOW})
    for number, site, students in ((0, "west", 9), (1, "west", 7), (0, "north", 5)):
        case.given("sync.sharing", {"sync_id": f"S{number}", "site_id": site, "students": students, "sections": 2})
    columns = "name, people, students, teachers, pending_students, sections, mapped, unmapped, last_attempt"
    assert values(case.answer("history/report/sites", f"{columns}, students_left_out, sections_left_out")) == [
        ("North", 1, 1, 1, 1, 2, 1, 1, "failed", 0, 0),
        ("South", 0, 0, 0, 0, 0, 0, 0, "succeeded", 0, 0),
        ("West", 0, 0, 0, 0, 0, 0, 0, None, 7, 2),
    ]


def test_what_a_pruned_sync_did_is_forgotten(case: Case) -> None:
    case.given("sync.syncs", applied("S1", 1, pruned_at=NOW), applied("S2", 2))
    for table in ("sync.change_log", "sync.change_counts", "sync.issues"):
        case.given(table, {"sync_id": "S1"}, {"sync_id": "S2"})
    for name in ("history/forget_change_log", "history/forget_change_counts", "history/forget_issues"):
        assert values(case.change(name, "sync_id")) == [("S2",)]


def test_a_sync_is_known_once_it_is_in_the_history(case: Case) -> None:
    case.given("sync.syncs", applied("S1", 1))
    assert [len(case.answer("history/known", sync_id=s)) for s in ("S1", "S2")] == [1, 0]


def test_ids_are_found_by_their_beginning(case: Case) -> None:
    case.given("sync.syncs", applied("2026-a", 1), applied("2027-a", 2))
    case.given("sync.holds", *({"hold_id": h} for h in ("h1", "h1", "h2")))
    assert values(case.answer("history/report/syncs_that_begin", start="2026")) == [("2026-a",)]
    assert values(case.answer("history/report/holds_that_begin", start="h1")) == [("h1",)]


def test_the_rows_of_course_access_are_counted_without_it(case: Case) -> None:
    counts = {"student_count": 3, "teacher_count": 1, "course_count": 2}
    case.given("roster.sections", {"visible": True, **counts}, {"visible": False, **counts})
    assert case.answer("history/report/course_access_rows") == [{"rows": 8}]


def test_a_sync_notes_how_old_clevers_data_was(case: Case) -> None:
    case.given("staging.origin", {"clevers_data_at": NOW})
    case.given("sync.syncs", {"sync_id": "S1"}, {"sync_id": "S2"})
    found = case.change("history/clevers_data", "sync_id, clevers_data_at", sync_id="S2")
    assert values(found) == [("S1", None), ("S2", NOW)]


def test_the_last_sync_that_asked_clever_tells_how_old_its_data_is_and_why(case: Case) -> None:
    for number, (trigger, status) in enumerate((("nightly", "succeeded"), ("sync_now", "held"), ("undo", "succeeded"))):
        row = {"sync_id": f"S{number}", "sync_no": number, "trigger": trigger, "status": status, "clevers_data_at": NOW}
        case.given("sync.syncs", row)
    for sync_id, code in (("S0", "stale"), ("S1", "paused"), ("S1", "unknown_members")):
        case.given("sync.issues", {"sync_id": sync_id, "code": code, "message": f"Clever is {code}."})
    found = case.answer("history/report/clevers_data", "clevers_data_at, clever_says")
    assert values(found) == [(NOW, ": Clever is paused.")]
