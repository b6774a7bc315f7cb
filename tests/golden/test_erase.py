"""Erasing people, statement by statement."""

from __future__ import annotations

from datetime import timedelta

from tests.golden.case import ANN, BEN, CAL, M6, M7, NOW, S6, TIA, Case, Row, values

NAMED: Row = {"first_name": "F", "last_name": "L", "email": "e", "sis_id": "s", "grade": "6"}
ARCHIVED: Row = {"enrollment_status": "archived", "archived_at": NOW - timedelta(days=5)}
PATTERN = r"(?i)(^|[^\pL])(Li)([^\pL]|$)"


def test_what_keeps_somebodys_data_from_being_erased(case: Case) -> None:
    case.given("roster.users", {"user_id": ANN, "clever_id": "Ann", **NAMED, "enrollment_status": "active"})
    case.given("roster.users", {"user_id": BEN, "clever_id": "ben", **ARCHIVED})
    case.given("staging.users", {"clever_id": "Ann"})
    case.given("roster.sites", {"site_id": "north", "enrollment_source": "manual"})
    case.given("roster.user_sites", *({"user_id": u, "site_id": "north", "status": "active"} for u in (ANN, TIA)))
    assert values(case.answer("plan/erase/meant", said="aNN")) == [(ANN, False, False, True, True)]
    assert values(case.answer("plan/erase/meant", said=BEN.upper())) == [(BEN, True, True, False, False)]
    assert values(case.answer("plan/erase/meant", said="be")) == []
    assert values(case.answer("history/report/users_called", said="ANN")) == [(ANN,)]


def test_who_is_due(case: Case) -> None:
    case.given("roster.users", {"user_id": ANN, **NAMED, **ARCHIVED}, {"user_id": BEN, **ARCHIVED})
    case.given("roster.users", {"user_id": CAL, "sis_id": "1", **ARCHIVED}, {"user_id": TIA, **NAMED})
    assert values(case.answer("plan/erase/due", before=NOW - timedelta(days=4))) == [(ANN,), (CAL,)]
    assert values(case.answer("plan/erase/due", before=NOW - timedelta(days=5))) == []


def test_who_is_erased(case: Case) -> None:
    case.given("roster.users", {"user_id": ANN, "clever_id": "ann", "site_id": "north"}, {"user_id": BEN})
    assert values(case.make("plan/erase/erasing", "user_id, clever_id, site_id", ids=[ANN])) == [(ANN, "ann", "north")]


def test_sections_that_bear_the_name_of_somebody_who_taught_them(case: Case) -> None:
    case.given("plan.erasing", {"user_id": TIA}, {"user_id": BEN}, {"user_id": ANN})
    case.given("roster.users", {"user_id": TIA, "last_name": "O'Neil+"}, {"user_id": BEN, "last_name": "Li"})
    case.given("roster.users", {"user_id": ANN, "last_name": "Ba"})
    case.given(
        "sync.change_log",
        {"entity": "users", "entity_id": TIA, "before": '{"last_name": "Old"}', "after": '{"last_name": "O\'Neil+"}'},
        {"entity": "users", "entity_id": CAL, "before": '{"last_name": "Other"}'},
    )
    for section, user, role in ((M6, TIA, "teacher"), (M7, BEN, "teacher"), (S6, ANN, "student"), (S6, CAL, "teacher")):
        case.given("roster.enrollments", {"section_id": section, "user_id": user, "role": role})
    case.given("roster.sections", *({"section_id": s, "clever_id": c} for s, c in ((M6, "m6"), (M7, "m7"), (S6, "s6"))))
    case.given("staging.sections", {"clever_id": "m7"})
    found = values(case.make("plan/erase/erasing_sections", "section_id, shared, pattern"))
    assert [row[:2] for row in found] == [(M6, False), (M7, True)]
    assert found[1][2] == PATTERN
    assert sorted(found[0][2][len(r"(?i)(^|[^\pL])(") : -len(r")([^\pL]|$)")].split("|")) == [r"O\'Neil\+", "Old"]


def test_what_would_be_erased_is_counted(case: Case) -> None:
    case.given("plan.erasing", {"user_id": ANN, "clever_id": "ann"})
    case.given("plan.erasing_sections", {"section_id": M6, "shared": False, "pattern": PATTERN})
    case.given("plan.erasing_sections", {"section_id": M7, "shared": True, "pattern": PATTERN})
    case.given("roster.users", {"user_id": ANN, **NAMED, "email": None}, {"user_id": BEN, **NAMED})
    for before in ('{"email": null}', '{"grade": "5"}', None):
        case.given("sync.change_log", {"entity": "users", "entity_id": ANN, "before": before})
    case.given("sync.undone", {"entity": "users", "entity_id": ANN, "refused": '{"sis_id": "1"}'})
    case.given("staging.users", {"clever_id": "ann"}, {"clever_id": "ben"})
    case.given("roster.sections", {"section_id": M6, "name": "Art - LI - 1"}, {"section_id": M7, "name": "li"})
    assert values(case.answer("plan/erase/counted")) == [(1, 3, 1, 1, 1, 1, 1)]


def test_people_keep_their_ids_and_lose_what_names_them(case: Case) -> None:
    case.given("plan.erasing", {"user_id": ANN, "clever_id": "ann"})
    case.given("roster.users", {"user_id": ANN, "clever_id": "ann", **NAMED}, {"user_id": BEN, **NAMED})
    columns = "user_id, clever_id, first_name, last_name, email, sis_id, grade"
    assert values(case.change("plan/erase/users", columns)) == [
        (ANN, "ann", None, None, None, None, "6"),
        (BEN, None, "F", "L", "e", "s", "6"),
    ]
    case.given("staging.users", {"clever_id": "ann", **NAMED}, {"clever_id": "ben", **NAMED})
    assert values(case.answer("plan/erase/staged")) == [(1,)]
    assert values(case.change("plan/erase/staged_users", "clever_id, last_name, grade")) == [
        ("ann", None, "6"),
        ("ben", "L", "6"),
    ]
    assert values(case.answer("plan/erase/staged")) == []


def test_changes_keep_what_names_nobody(case: Case) -> None:
    case.given("plan.erasing", {"user_id": ANN})
    change = {"before": '{"email": "e", "grade": "5"}', "after": '{"email": null, "grade": "6"}'}
    case.given(
        "sync.change_log", {"entity": "users", "entity_id": ANN, **change}, {"entity": "users", "entity_id": ANN}
    )
    case.given("sync.change_log", {"entity": "users", "entity_id": BEN, **change})
    assert values(case.change("plan/erase/change_log", "entity_id, before, after")) == [
        (ANN, '{"grade":"5"}', '{"grade":"6"}'),
        (ANN, None, None),
        (BEN, change["before"], change["after"]),
    ]
    case.given("sync.undone", {"entity": "users", "entity_id": ANN, "refused": '{"sis_id": "1", "site_id": "n"}'})
    assert values(case.change("plan/erase/undone", "refused")) == [('{"site_id":"n"}',)]


def test_names_of_sections_keep_the_rest(case: Case) -> None:
    case.given("plan.erasing_sections", {"section_id": M6, "shared": False, "pattern": PATTERN})
    case.given("plan.erasing_sections", {"section_id": M7, "shared": True, "pattern": PATTERN})
    case.given("roster.sections", {"section_id": M6, "name": "Literature - Li - 1"}, {"section_id": M7, "name": "Li"})
    assert values(case.change("plan/erase/section_names", "section_id, name")) == [
        (M6, "Literature - … - 1"),
        (M7, "Li"),
    ]
    case.given(
        "sync.change_log",
        {"entity": "sections", "entity_id": M7, "before": '{"name": "Li", "period": "1"}', "after": '{"name": "A"}'},
        {"entity": "sections", "entity_id": M7, "before": '{"period": "1"}', "after": '{"period": "2"}'},
    )
    assert values(case.change("plan/erase/section_change_log", "before, after")) == [
        ('{"period": "1"}', '{"period": "2"}'),
        ('{"period":"1","name":"…"}', '{"name":"A"}'),
    ]
    case.given("sync.undone", {"entity": "sections", "entity_id": M6, "refused": '{"name": "li-1"}'})
    assert values(case.change("plan/erase/section_undone", "refused")) == [('{"name":"…-1"}',)]


def test_an_erasure_is_written_down(case: Case) -> None:
    case.given("plan.erasing", {"user_id": ANN, "site_id": "north"}, {"user_id": BEN, "site_id": "north"})
    case.given("sync.syncs", {"sync_id": "S1"}, {"sync_id": "S2"})
    assert values(case.change("plan/erase/log", "sync_id, entity, entity_id, action, before", sync_id="S2")) == [
        ("S2", "users", who, "erase", None) for who in (ANN, BEN)
    ]
    assert values(
        case.change("plan/erase/change_counts", "sync_id, entity, site_id, action, changes", sync_id="S2")
    ) == [("S2", "users", "north", "erase", 2)]
    found = case.change("plan/erase/erasures", "user_id, erased_at, sync_id", sync_id="S2", now=NOW)
    assert values(found) == [(ANN, NOW, "S2"), (BEN, NOW, "S2")]
    assert values(case.change("plan/erase/people", "sync_id, people", sync_id="S2")) == [("S1", None), ("S2", 2)]


def test_a_longer_retention_needs_no_new_confirmation(case: Case) -> None:
    case.given("sync.retention", {"after_days": 30})
    assert values(case.answer("plan/erase/retention_confirmed", days=30)) == [(1,)]
    assert values(case.answer("plan/erase/retention_confirmed", days=29)) == []


def test_whoever_comes_back_is_told_of(case: Case) -> None:
    case.given("roster.users", {"user_id": ANN})
    case.given("sync.erasures", *({"user_id": u} for u in (ANN, BEN, CAL)))
    for who, action, held_by in (
        (ANN, "restore", None),
        (BEN, "restore", "h1"),
        (CAL, "update", None),
        (TIA, "restore", None),
    ):
        case.given("plan.users", {"user_id": who, "action": action, "held_by": held_by, "site_id": "north"})
    found = case.change("plan/erase/came_back_issues", "sync_id, code, record_id, site_id", sync_id="S3")
    assert values(found) == [("S3", "erased_came_back", ANN, "north")]


def test_an_undo_leaves_alone_whoever_was_erased_after_it(case: Case) -> None:
    for number, sync_id in enumerate(("S1", "S2", "S3"), start=1):
        case.given("sync.syncs", {"sync_id": sync_id, "sync_no": number})
    case.given("sync.erasures", {"user_id": BEN, "sync_id": "S1"}, {"user_id": ANN, "sync_id": "S3"})
    records = [
        ("users", ANN),
        ("users", BEN),
        ("user_sites", f"{ANN}/north"),
        ("enrollments", f"{M6}/{ANN}/student"),
        ("enrollments", f"{M6}/{BEN}/student"),
        ("sections", M6),
    ]
    case.given("desired.undone", *({"entity": entity, "entity_id": id_} for entity, id_ in records))
    left = values(case.change("plan/undo/leave_erased", "entity, entity_id", sync_id="S2"))
    assert left == [("enrollments", f"{M6}/{BEN}/student"), ("sections", M6), ("users", BEN)]
    log = ({"sync_id": "S2", "entity": e, "entity_id": i, "site_id": "north", "action": "update"} for e, i in records)
    case.given("sync.change_log", *log)
    case.view("history/changes", "entity")
    found = case.change("plan/undo/left_erased_issues", "sync_id, code, record_id, site_id", sync_id="S4", undoes="S2")
    assert values(found) == [("S4", "erased_left_alone", ANN, "north")]
