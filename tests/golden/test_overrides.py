"""What people override on the roster, statement by statement."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from roster_pipeline.warehouse.sql import target
from tests.golden.case import ANN, BEN, CAL, DEE, M6, M7, NOW, TIA, Case, Row, values

DAY = date(2026, 11, 23)
BEFORE = date(2026, 11, 22)


def exclude(who: str = ANN, **more: Any) -> Row:
    return {"no": 1, "kind": "exclude", "user_id": who, "counts": True, **more}


def keep(field: str, value: str, **more: Any) -> Row:
    return {"no": 2, "kind": "keep", "field": field, "value": value, "counts": True, **more}


def add(**more: Any) -> Row:
    return {"no": 3, "kind": "add", "user_id": ANN, "counts": True, **more}


def test_those_count_that_stand_and_have_not_expired(case: Case) -> None:
    rows: list[Row] = [
        {"until": BEFORE},
        {"until": DAY},
        {},
        {"undone_by": "S9"},
        {"ended_by": "S9"},
        {"ended_by": "S8", "reopened_by": "S9"},
        {"value": None},
        {},
    ]
    for no, more in enumerate(rows, start=1):
        case.given("roster.overrides", {"no": no, "kind": "keep", "value": "7", **more})
    case.given("input.ended_overrides", {"no": 8})
    case.given("input.overrides", {"kind": "exclude", "user_id": ANN})
    found = case.make("plan/override/counting", "no, kind, counts", today=DAY)
    assert values(found) == [
        (1, "keep", False),
        (2, "keep", True),
        (3, "keep", True),
        (6, "keep", True),
        (9, "exclude", True),
    ]


@pytest.mark.parametrize(
    ("override", "state", "clever_value"),
    [
        (exclude(), "works", None),
        (exclude(counts=False), "expired", None),
        (exclude(BEN), "idle", None),
        (exclude(CAL), "idle", None),
        (keep("grade", "7", user_id=ANN), "works", "6"),
        (keep("grade", "6", user_id=ANN), "idle", "6"),
        (keep("email", "a@example.org", user_id=ANN), "works", None),
        (keep("grade", "7", user_id=BEN), "gone", "5"),
        (keep("grade", "7", user_id=CAL), "gone", None),
        (keep("grade", "7", user_id=DEE), "manual", None),
        (add(site_id="north"), "idle", None),
        (add(site_id="south"), "works", None),
        (add(site_id="attic"), "gone", None),
    ],
)
def test_what_an_override_of_a_person_is_worth_beside_clevers(
    case: Case, override: Row, state: str, clever_value: str | None
) -> None:
    """Ann is there, Ben is archived, Cal nobody knows, and Dee is at a site that is not on Clever."""
    case.given("desired.users", {"user_id": ANN, "user_n": 0, "grade": "6", "enrollment_status": "active"})
    case.given("desired.users", {"user_id": BEN, "user_n": 1, "grade": "5", "enrollment_status": "archived"})
    case.given("desired.users", {"user_id": DEE, "grade": "7", "enrollment_status": "pending"})
    case.given("desired.user_sites", {"user_id": ANN, "site_id": "north", "status": "active"})
    case.given("desired.sites", *({"site_id": s, "status": "confirmed"} for s in ("north", "south")))
    case.given("desired.sites", {"site_id": "attic", "status": "archived"})
    case.given("plan.overrides", override)
    assert values(case.make("plan/override/states_of_people", "state, clever_value")) == [(state, clever_value)]


def test_of_who_is_excluded_nothing_else_counts(case: Case) -> None:
    case.given("desired.users", {"user_id": ANN, "user_n": 0, "enrollment_status": "active"})
    case.given("desired.sites", {"site_id": "north", "status": "confirmed"})
    case.given("plan.overrides", exclude(), keep("grade", "7", user_id=ANN), add(site_id="north"))
    found = case.make("plan/override/states_of_people", "no, state")
    assert values(found) == [(1, "works"), (2, "gone"), (3, "gone")]


@pytest.mark.parametrize(
    ("override", "state"),
    [
        (keep("name", "Kept", section_id=M6), "works"),
        (keep("name", "Math", section_id=M6), "idle"),
        (keep("name", "Math", section_id=M7), "gone"),
        (keep("name", "Math", section_id=M6, counts=False), "expired"),
    ],
)
def test_what_a_kept_field_of_a_section_is_worth(case: Case, override: Row, state: str) -> None:
    case.given("desired.sections", {"section_id": M6, "section_n": 0, "name": "Math", "status": "active"})
    case.given("desired.sections", {"section_id": M7, "section_n": 1, "name": "Math", "status": "concluded"})
    case.given("plan.overrides", override)
    assert values(case.make("plan/override/states_of_sections", "state, clever_value")) == [(state, "Math")]


@pytest.mark.parametrize(
    ("more", "state"),
    [
        ({"section_id": M6, "role": "student"}, "idle"),
        ({"section_id": M6, "role": "teacher"}, "works"),
        ({"section_id": M7, "role": "student"}, "gone"),
        ({"section_id": M6, "role": "student", "user_id": BEN}, "gone"),
        ({"section_id": M6, "role": "student", "counts": False}, "expired"),
    ],
)
def test_what_a_membership_of_a_section_is_worth(case: Case, more: Row, state: str) -> None:
    case.given("desired.sections", {"section_id": M6, "status": "active"}, {"section_id": M7, "status": "concluded"})
    case.given("desired.users", {"user_id": ANN, "enrollment_status": "active"})
    case.given("desired.users", {"user_id": BEN, "enrollment_status": "archived"})
    case.given("desired.enrollments", {"section_id": M6, "user_id": ANN, "role": "student", "status": "active"})
    case.given("plan.overrides", add(**more))
    assert values(case.make("plan/override/states_of_places", "state")) == [(state,)]


@pytest.mark.parametrize(
    "name",
    ["plan/override/leave_out_users", "plan/override/leave_out_user_sites", "plan/override/leave_out_enrollments"],
)
def test_whoever_is_excluded_is_left_out(case: Case, name: str) -> None:
    case.given(target(name), *({"user_id": who} for who in (ANN, BEN, CAL)))
    case.given("plan.overrides", exclude(), exclude(BEN, counts=False), keep("grade", "7", user_id=CAL))
    assert values(case.change(name, "user_id")) == [(BEN,), (CAL,)]


def test_whoever_is_excluded_is_archived_as_they_were_under_the_id_of_today(case: Case) -> None:
    for who in (ANN, BEN, CAL):
        case.given("roster.users", {"user_id": who, "clever_id": "old", "grade": "6", "enrollment_status": "active"})
    case.given("identity.users", {"user_id": ANN, "clever_id": "new"})
    case.given("desired.users", {"user_id": CAL, "clever_id": "cal"})
    case.given("plan.overrides", exclude(), exclude(BEN), exclude(CAL, counts=False))
    found = case.change("plan/override/excluded_users", "user_id, clever_id, grade, enrollment_status")
    assert values(found) == [
        (ANN, "new", "6", "archived"),
        (BEN, "old", "6", "archived"),
        (CAL, "cal", None, None),
    ]


def test_whoever_belongs_to_a_site_until_a_day_stays_there(case: Case) -> None:
    people: list[Row] = [
        {"user_id": ANN, "site_id": "south", "enrollment_status": "archived"},
        {"user_id": BEN, "site_id": "north", "enrollment_status": "archived", "first_login_at": NOW},
        {"user_id": CAL, "site_id": "north", "enrollment_status": "active"},
        {"user_id": DEE, "site_id": "north", "enrollment_status": "archived"},
        {"user_id": TIA, "site_id": "north", "enrollment_status": "archived"},
    ]
    case.given("desired.users", *people)
    case.given("desired.sites", *({"site_id": s, "status": "confirmed"} for s in ("east", "north", "south")))
    for site in ("east", "south", "attic"):
        case.given("plan.overrides", add(site_id=site))
    case.given("plan.overrides", *(add(user_id=who, site_id="east") for who in (BEN, CAL, DEE)), exclude(DEE))
    case.given("plan.overrides", add(user_id=TIA, site_id="east", counts=False))
    assert values(case.change("plan/override/stay_users", "user_id, site_id, enrollment_status")) == [
        (ANN, "south", "pending"),
        (BEN, "east", "active"),
        (CAL, "north", "active"),
        (DEE, "north", "archived"),
        (TIA, "north", "archived"),
    ]


def test_a_membership_of_a_site_is_added_where_clever_has_none(case: Case) -> None:
    case.given("desired.users", {"user_id": ANN, "site_id": "north", "enrollment_status": "active"})
    case.given("desired.users", {"user_id": BEN, "site_id": "north", "enrollment_status": "archived"})
    case.given("desired.sites", *({"site_id": s, "status": "confirmed"} for s in ("north", "south", "east")))
    case.given("desired.user_sites", {"user_id": ANN, "site_id": "south", "is_primary": True})
    for site in ("north", "south", "attic", "north"):
        case.given("plan.overrides", add(site_id=site))
    case.given("plan.overrides", add(user_id=BEN, site_id="north"), add(site_id="east", counts=False))
    found = case.change("plan/override/stay_user_sites", "user_id, site_id, is_primary, status")
    assert values(found) == [(ANN, "north", True, "active"), (ANN, "south", True, None)]


def test_a_membership_of_a_section_is_added_where_clever_lists_none(case: Case) -> None:
    case.given("desired.sections", {"section_id": M6, "site_id": "north", "status": "active"})
    case.given("desired.sections", {"section_id": M7, "site_id": "north", "status": "concluded"})
    case.given("desired.users", *({"user_id": who, "enrollment_status": "active"} for who in (ANN, BEN, TIA)))
    case.given("desired.enrollments", {"section_id": M6, "user_id": BEN, "role": "student", "is_primary": False})
    case.given("roster.enrollments", {"section_id": M6, "user_id": TIA, "role": "teacher", "is_primary": True})
    case.given("plan.overrides", *(add(section_id=s, role="student") for s in (M6, M7)))
    case.given("plan.overrides", add(section_id=M6, role="student", user_id=BEN))
    case.given("plan.overrides", add(section_id=M6, role="teacher", user_id=TIA))
    case.given("plan.overrides", add(section_id=M6, role="teacher", user_id=CAL))
    case.given("plan.overrides", add(section_id=M6, role="teacher", counts=False))
    columns = "section_id, user_id, role, site_id, is_primary, status"
    assert values(case.change("plan/override/stay_enrollments", columns)) == [
        (M6, ANN, "student", "north", False, "active"),
        (M6, BEN, "student", None, False, None),
        (M6, TIA, "teacher", "north", True, "active"),
    ]


def test_the_primary_teacher_is_whom_clever_names(case: Case) -> None:
    case.given("desired.sections", {"section_id": M6, "status": "active"})
    case.given("desired.users", {"user_id": TIA, "enrollment_status": "active"})
    case.given("desired.enrollments", {"section_id": M6, "user_id": ANN, "role": "teacher", "is_primary": True})
    case.given("roster.enrollments", {"section_id": M6, "user_id": TIA, "role": "teacher", "is_primary": True})
    case.given("plan.overrides", add(section_id=M6, role="teacher", user_id=TIA))
    found = case.change("plan/override/stay_enrollments", "user_id, is_primary")
    assert values(found) == [(ANN, True), (TIA, False)]


def test_the_fields_of_people_are_kept_that_somebody_keeps(case: Case) -> None:
    fields = ("first_name", "last_name", "email", "grade", "sis_id")
    for who, status in ((ANN, "active"), (BEN, "archived"), (CAL, "pending")):
        case.given("desired.users", {"user_id": who, "enrollment_status": status, **dict.fromkeys(fields, "theirs")})
        case.given("plan.overrides", *(keep(f, f"kept {f}", user_id=who, counts=who != CAL) for f in fields))
    assert values(case.change("plan/override/keep_users", f"user_id, {', '.join(fields)}")) == [
        (ANN, *(f"kept {f}" for f in fields)),
        (BEN, *["theirs"] * 5),
        (CAL, *["theirs"] * 5),
    ]


def test_the_fields_of_sections_are_kept_that_somebody_keeps(case: Case) -> None:
    case.given("desired.sections", {"section_id": M6, "name": "Math", "subject": "math", "status": "active"})
    case.given("desired.sections", {"section_id": M7, "name": "Math", "subject": "math", "status": "archived"})
    for section in (M6, M7):
        case.given("plan.overrides", keep("name", "Kept", section_id=section), keep("grade", "7", section_id=section))
    assert values(case.change("plan/override/keep_sections", "section_id, name, subject, grade")) == [
        (M6, "Kept", "math", "7"),
        (M7, "Math", "math", None),
    ]


RECORDS = (
    ("users", ANN),
    ("users", BEN),
    ("sections", M6),
    ("user_sites", f"{ANN}/north"),
    ("user_sites", f"{ANN}/south"),
    ("enrollments", f"{M6}/{ANN}/student"),
    ("enrollments", f"{M6}/{BEN}/student"),
    ("section_courses", f"{M6}/math"),
)


@pytest.mark.parametrize(
    ("override", "concerned"),
    [
        ({"kind": "exclude", "user_id": ANN}, [RECORDS[5], RECORDS[3], RECORDS[4], RECORDS[0]]),
        ({"kind": "keep", "user_id": ANN}, [RECORDS[0]]),
        ({"kind": "keep", "section_id": M6}, [RECORDS[2]]),
        ({"kind": "add", "user_id": ANN, "site_id": "north"}, [RECORDS[3], RECORDS[0]]),
        ({"kind": "add", "user_id": ANN, "section_id": M6, "role": "student"}, [RECORDS[5]]),
    ],
)
@pytest.mark.parametrize("ended", [False, True])
def test_what_is_overridden_or_ended_now_is_not_held_by_an_undo(
    case: Case, override: Row, concerned: list[tuple[str, str]], ended: bool
) -> None:
    case.given("sync.undone", *({"entity": e, "entity_id": i} for e, i in RECORDS))
    if ended:
        case.given("roster.overrides", {"no": 4, **override})
        case.given("input.ended_overrides", {"no": 4})
    else:
        case.given("input.overrides", override)
    assert values(case.make("plan/override/concerned", "entity, entity_id")) == concerned
    left = sorted(set(RECORDS) - set(concerned))
    assert values(case.change("plan/override/settle", "entity, entity_id")) == left


@pytest.mark.parametrize(
    ("sync_id", "more", "left"),
    [("S3", {}, 4), ("S1", {}, 8), ("S3", {"undone_by": "S4"}, 8), ("S3", {"ended_by": "S4"}, 8)],
)
def test_an_undo_leaves_alone_what_was_overridden_since(case: Case, sync_id: str, more: Row, left: int) -> None:
    case.given("sync.syncs", *({"sync_id": f"S{n}", "sync_no": n} for n in (1, 2, 3)))
    case.given("desired.undone", *({"entity": e, "entity_id": i} for e, i in RECORDS))
    case.given("roster.overrides", {"no": 1, "kind": "exclude", "user_id": ANN, "sync_id": sync_id, **more})
    assert len(case.change("plan/override/leave_overridden", "entity", sync_id="S2")) == left


def test_what_is_news_of_an_override_is_told_once(case: Case) -> None:
    case.given("desired.users", {"user_id": ANN, "site_id": "north"})
    case.given("desired.sections", {"section_id": M6, "site_id": "south"})
    states = {
        1: ("works", "idle"),
        2: ("idle", "idle"),
        3: ("works", "expired"),
        4: ("idle", "works"),
        5: (None, "idle"),
    }
    for no, (before, now) in states.items():
        about: Row = {"section_id": M6, "field": "name"} if no == 3 else {"user_id": ANN}
        case.given("plan.overrides", {"no": no, "kind": "keep", **about})
        case.given("temp.override_states", {"no": no, "state": now})
        if before:
            case.given("roster.overrides", {"no": no, "state": before})
    found = case.change("plan/override/issues", "code, entity, record_id, site_id, message", sync_id="S2")
    assert values(found) == [
        (
            "override_expired",
            "sections",
            M6,
            "south",
            "Override 3 (keep name) has expired: what Clever says counts again.",
        ),
        (
            *("override_idle", "users", ANN, "north"),
            "Override 1 (keep) makes no difference any more: Clever has caught up. `roster override end 1` ends it.",
        ),
    ]


def test_an_override_is_written_down_ended_and_its_state_noted(case: Case) -> None:
    case.given("roster.overrides", {"no": 4, "state": "works"}, {"no": 7, "reopened_by": "S1"})
    case.given("input.overrides", {"kind": "exclude", "user_id": ANN, "by": "Rae", "why": "asked"})
    case.given("input.ended_overrides", {"no": 7})
    case.given("temp.override_states", {"no": 4, "state": "idle", "clever_value": "6"}, {"no": 8, "state": "works"})
    case.change("plan/override/end", "no", sync_id="S2")
    case.change("plan/override/write_down", "no", sync_id="S2")
    columns = 'no, kind, "by", sync_id, state, clever_value, ended_by, reopened_by'
    assert values(case.change("plan/override/write_states", columns)) == [
        (4, None, None, None, "idle", "6", None, None),
        (7, None, None, None, None, None, "S2", None),
        (8, "exclude", "Rae", "S2", "works", None, None, None),
    ]


@pytest.mark.parametrize(
    ("only_removals", "undone", "reopened"), [(False, [1, 2, 4, 5], [6, 7]), (True, [1, 4, 5], [7])]
)
def test_with_a_sync_its_overrides_and_ends_are_undone(
    case: Case, only_removals: bool, undone: list[int], reopened: list[int]
) -> None:
    """And the later ones about what the undo has changed: of these, number 4 of a kept grade, 5 of a membership."""
    case.connection.execute("SET VARIABLE only_removals = $only", {"only": only_removals})
    case.given("sync.syncs", *({"sync_id": f"S{n}", "sync_no": n} for n in (1, 2, 3)))
    rows: list[Row] = [
        {"no": 1, "kind": "exclude", "user_id": ANN, "sync_id": "S2"},
        {"no": 2, "kind": "keep", "user_id": ANN, "field": "grade", "sync_id": "S2"},
        {"no": 3, "kind": "keep", "user_id": BEN, "field": "email", "sync_id": "S3"},
        {"no": 4, "kind": "keep", "user_id": BEN, "field": "grade", "sync_id": "S3"},
        {"no": 5, "kind": "add", "user_id": BEN, "section_id": M6, "role": "student", "sync_id": "S3"},
        {"no": 6, "kind": "keep", "user_id": CAL, "sync_id": "S1", "ended_by": "S2"},
        {"no": 7, "kind": "add", "user_id": CAL, "sync_id": "S1", "ended_by": "S2"},
    ]
    case.given("roster.overrides", *rows)
    case.given("plan.users", {"user_id": BEN, "action": "update", "before": '{"grade":"6"}'})
    case.given("plan.enrollments", {"section_id": M6, "user_id": BEN, "role": "student", "action": "archive"})
    found = case.change("plan/override/undo", "no, undone_by", undoes="S2", sync_id="S4")
    assert [row["no"] for row in found if row["undone_by"]] == undone
    found = case.change("plan/override/reopen", "no, reopened_by", undoes="S2", sync_id="S4")
    assert [row["no"] for row in found if row["reopened_by"]] == reopened
    found = case.change("plan/override/give_back", "undone_by, reopened_by", undoes="S4", sync_id="S5")
    assert set(values(found)) == {(None, None)}


def test_of_who_is_erased_no_kept_field_stays(case: Case) -> None:
    case.given("plan.erasing", {"user_id": ANN})
    for no, (who, kind, ended_by) in enumerate(
        [(ANN, "keep", None), (ANN, "keep", "S1"), (ANN, "exclude", None), (BEN, "keep", None)]
    ):
        row: Row = {"no": no, "kind": kind, "user_id": who, "value": "v", "clever_value": "c", "ended_by": ended_by}
        case.given("roster.overrides", row)
    found = case.change("plan/erase/overrides", "no, value, clever_value, ended_by", sync_id="S2")
    assert values(found) == [(0, None, None, "S2"), (1, None, None, "S2"), (2, "v", "c", None), (3, "v", "c", None)]


def test_the_family_name_goes_out_of_a_kept_name_of_a_section(case: Case) -> None:
    case.given("plan.erasing_sections", {"section_id": M6, "pattern": r"(?i)(^|[^\pL])(Roe)([^\pL]|$)"})
    for no, (section, field) in enumerate(((M6, "name"), (M6, "subject"), (M7, "name"))):
        row: Row = {"no": no, "section_id": section, "field": field, "value": "Art - Roe", "clever_value": "ROE - 1"}
        case.given("roster.overrides", row)
    found = case.change("plan/erase/section_overrides", "value, clever_value")
    assert values(found) == [("Art - Roe", "ROE - 1")] * 2 + [("Art - …", "… - 1")]


def test_what_is_asked_for_keeps_what_the_roster_has_unless_it_is_said(case: Case) -> None:
    case.given("roster.users", {"user_id": ANN, "grade": "6"})
    case.given("roster.sections", {"section_id": M6, "name": "Math"})
    none = dict.fromkeys(("user_id", "section_id", "site_id", "role", "field", "value", "until"))
    said = {**none, "kind": "keep", "by": "Rae", "why": "asked", "at": NOW}
    columns = "kind, field, value"
    asked = case.make("plan/override/asked", columns, **{**said, "user_id": ANN, "field": "grade"})
    assert values(asked) == [("keep", "grade", "6")]
    asked = case.make("plan/override/asked", columns, **{**said, "user_id": ANN, "field": "grade", "value": " 7 "})
    assert values(asked) == [("keep", "grade", "7")]
    asked = case.make("plan/override/asked", columns, **{**said, "section_id": M6, "field": "name"})
    assert values(asked) == [("keep", "name", "Math")]
    asked = case.make("plan/override/asked", columns, **{**said, "kind": "exclude", "user_id": ANN})
    assert values(asked) == [("exclude", None, None)]


STANDING: list[Row] = [
    {"no": 1, "kind": "keep", "user_id": ANN, "field": "grade"},
    {"no": 2, "kind": "keep", "user_id": ANN, "field": "email"},
    {"no": 3, "kind": "add", "user_id": ANN, "section_id": M6, "role": "student"},
    {"no": 4, "kind": "add", "user_id": ANN, "section_id": M6, "role": "teacher"},
    {"no": 5, "kind": "exclude", "user_id": BEN},
    {"no": 6, "kind": "keep", "user_id": ANN, "field": "grade", "undone_by": "S1"},
    {"no": 7, "kind": "keep", "user_id": ANN, "field": "grade", "ended_by": "S1"},
    {"no": 8, "kind": "exclude", "user_id": BEN, "ended_by": "S1", "reopened_by": "S2"},
]


@pytest.mark.parametrize(
    ("asked", "replaced"),
    [
        ({"kind": "keep", "user_id": ANN, "field": "grade"}, [1]),
        ({"kind": "protect", "user_id": ANN, "section_id": M6, "role": "student"}, [3]),
        ({"kind": "exclude", "user_id": BEN}, [5, 8]),
        ({"kind": "exclude", "user_id": ANN}, []),
    ],
)
def test_an_override_comes_in_the_place_of_those_about_the_same(case: Case, asked: Row, replaced: list[int]) -> None:
    case.given("roster.overrides", *STANDING)
    case.given("input.overrides", asked)
    assert values(case.make("plan/override/replaced", "no")) == [(no,) for no in replaced]


@pytest.mark.parametrize(("no", "ends"), [(1, True), (6, False), (7, False), (8, True), (9, False)])
def test_only_what_stands_can_end(case: Case, no: int, ends: bool) -> None:
    case.given("roster.overrides", *STANDING)
    assert values(case.make("plan/override/ending", "no", no=no)) == [(no,)] * ends


def test_overrides_are_explained_and_listed(case: Case) -> None:
    case.given("roster.overrides", *({**row, "state": "works"} for row in STANDING))
    case.given("roster.users", {"user_id": ANN, "first_name": "Ann", "last_name": "Roe"})
    case.given("roster.sections", {"section_id": M6, "name": "Math"})
    assert values(case.answer("history/explain/overrides", "no", id=ANN)) == [(1,), (2,), (3,), (4,)]
    assert values(case.answer("history/explain/overrides", "no", id=M6)) == [(3,), (4,)]
    listed = values(case.answer("history/report/overrides", "no, person, section, state", every=True))
    assert listed[2] == (3, "Ann Roe", "Math", "works")
    assert [(row[0], row[3]) for row in listed[4:]] == [(5, "works"), (6, "undone"), (7, "ended"), (8, "works")]
    stand = values(case.answer("history/report/overrides", "no", every=False))
    assert stand == [(no,) for no in (1, 2, 3, 4, 5, 8)]


def test_people_sections_and_sites_are_found_by_their_ids_and_sites_by_name(case: Case) -> None:
    case.given("roster.users", {"user_id": ANN, "clever_id": "Ann", "enrollment_status": "active"})
    case.given("roster.sections", {"section_id": M6, "clever_id": "M6", "status": "active"})
    case.given("roster.sites", {"site_id": "n1", "name": "North", "status": "confirmed"})
    for said in (ANN, ANN.upper(), "ann"):
        assert values(case.answer("plan/override/find_person", "user_id, enrollment_status", said=said)) == [
            (ANN, "active")
        ]
    for said in (M6, "m6"):
        assert values(case.answer("plan/override/find_section", said=said)) == [(M6, "active")]
    for said in ("N1", "north"):
        assert values(case.answer("plan/override/find_site", said=said)) == [("n1", "confirmed")]
    for kind in ("person", "section", "site"):
        assert case.answer(f"plan/override/find_{kind}", said="no") == []


def test_a_membership_is_there_while_it_is_in_force(case: Case) -> None:
    place = {"section_id": M6, "user_id": ANN, "role": "student"}
    case.given("roster.enrollments", {**place, "status": "active"}, {**place, "section_id": M7, "status": "archived"})
    case.given("roster.user_sites", {"user_id": ANN, "site_id": "north", "status": "active"})
    asked: dict[str, Any] = {**place, "site_id": None}
    assert len(case.answer("plan/override/place", **asked)) == 1
    for other in ({"section_id": M7}, {"role": "teacher"}, {"user_id": BEN}):
        assert case.answer("plan/override/place", **{**asked, **other}) == []
    at_site: dict[str, Any] = {"user_id": ANN, "section_id": None, "role": None}
    assert [len(case.answer("plan/override/place", **at_site, site_id=s)) for s in ("north", "south")] == [1, 0]
