"""What is shared of new sites, and whether it is what somebody confirmed, statement by statement."""

from __future__ import annotations

from tests.golden.case import ANN, BEN, NOW, TIA, Case, Row, values

SEEN: Row = {"sections": 10, "teachers": 20, "students": 400}


def test_asking_nobody_every_new_site_is_confirmed(case: Case) -> None:
    case.given("staging.sites", {"site_id": "north"}, {"site_id": "south"})
    case.given("roster.sites", {"site_id": "south", "confirmed_at": NOW}, {"site_id": "west"})
    assert values(case.make("plan/start/everything", "site_id, students")) == [("north", None)]


def test_a_site_that_does_not_wait_cannot_be_confirmed(case: Case) -> None:
    case.given("staging.sites", *({"site_id": s} for s in ("North", "south", "west")))
    case.given("roster.sites", {"site_id": "south", "confirmed_at": NOW}, {"site_id": "North"})
    case.given("input.site_settings", {"site_id": "west", "enrollment_source": "manual"})
    case.given("input.confirmed", *({"site_id": s} for s in ("North", "south", "west", "east")))
    assert values(case.answer("plan/start/not_waiting", "site_id")) == [("east",), ("south",), ("west",)]


def test_a_shared_site_that_nobody_confirmed_is_new(case: Case) -> None:
    case.given("staging.sites", *({"site_id": s} for s in ("south", "West")))
    case.given("roster.sites", {"site_id": "south", "confirmed_at": NOW})
    case.given("input.site_settings", {"site_id": "west", "enrollment_source": "manual"})
    assert case.answer("plan/start/any_new", "site_id") == []
    case.given("staging.sites", {"site_id": "North"})
    assert values(case.answer("plan/start/any_new", "site_id")) == [("North",)]


def test_what_is_shared_of_a_waiting_site_is_counted(case: Case) -> None:
    case.given("staging.sites", {"site_id": "north", "name": "North"}, {"site_id": "south", "name": "South"})
    case.given("roster.sites", {"site_id": "south", "confirmed_at": NOW})
    people = (
        ("tia", ["teacher"]),
        ("tom", ["staff"]),
        ("ann", ["student"]),
        ("ben", ["student"]),
        ("cal", ["student"]),
    )
    for n, (who, roles) in enumerate(people):
        case.given("staging.users", {"user_n": n, "clever_id": who, "roles": roles})
        case.given("staging.user_sites", {"user_n": n, "site_id": "south" if who == "cal" else "north"})
    case.given("identity.users", {"user_n": 3, "user_id": TIA})
    case.given("input.logins", {"user_id": "ann"}, {"user_id": TIA, "platform_id": TIA})
    for section, site, ended in (
        ("a", "north", False),
        ("b", "north", False),
        ("c", "north", True),
        ("d", "south", False),
    ):
        term: Row = {"term_end": NOW.replace(day=1 if ended else 30).date()}
        case.given("staging.sections", {"clever_id": section, "site_id": site, **term})
    for rule in (None, "r1"):
        case.given(
            "mapped.section_courses", {"clever_id": "a", "mapped_by": "rule" if rule else "file", "rule_id": rule}
        )
    for severity, record in (("error", "x"), ("error", "x"), ("warning", "y")):
        row = {"severity": severity, "entity": "users", "record_id": record, "site_id": "north"}
        case.given("staging.issues", row)
    columns = "name, sections, teachers, students, pending, unmapped, visible_by, quarantined"
    assert values(case.make("plan/start/waiting_sites", columns, today=NOW.date())) == [
        ("North", 2, 1, 2, 0, 1, "file: 1, rule r1: 1", 1)
    ]


def test_the_counts_may_have_moved_a_little(case: Case) -> None:
    """By five, or by five percent where that is more."""
    for site, now in (
        ("same", {}),
        ("little", {"students": 420}),
        ("much", {"students": 421}),
        ("few", {"sections": 4}),
    ):
        case.given("plan.waiting_sites", {"site_id": site, **SEEN, **now})
        case.given("input.confirmed", {"site_id": site, **SEEN})
    case.given("plan.waiting_sites", {"site_id": "unseen", **SEEN}, {"site_id": "whatever", **SEEN})
    case.given("input.confirmed", {"site_id": "whatever"})
    found = case.make("plan/start/confirmed", "site_id", percent=5, records=5)
    assert values(found) == [("little",), ("same",), ("whatever",)]


def test_the_sites_that_wait_are_those_of_the_last_sync(case: Case) -> None:
    case.given("sync.waiting_sites", {"site_id": "west"})
    case.change("plan/start/forget_waiting", "site_id")
    for site in ("north", "south", "east"):
        case.given("plan.waiting_sites", {"site_id": site, "name": site, **SEEN})
    case.given("input.confirmed", {"site_id": "south"}, {"site_id": "east"})
    case.given("plan.confirmed", {"site_id": "south"})
    assert values(case.change("plan/start/keep_waiting", "site_id, students, moved, sync_id", sync_id="S2")) == [
        ("east", 400, True, "S2"),
        ("north", 400, False, "S2"),
    ]
    assert values(case.answer("history/report/waiting_sites", "name, moved")) == [("east", True), ("north", False)]


def test_a_site_that_is_to_end_is_found_by_id_or_name_with_how_many_are_there(case: Case) -> None:
    case.given(
        "roster.sites", {"site_id": "N1", "name": "North", "status": "confirmed"}, {"site_id": "S1", "name": "south"}
    )
    case.given("input.site_settings", {"site_id": "n1", "enrollment_source": "manual"})
    for user, status in ((ANN, "active"), (TIA, "active"), (BEN, "archived")):
        case.given("roster.user_sites", {"user_id": user, "site_id": "N1", "status": status})
    assert values(case.answer("plan/start/find_manual", said="n1")) == [("N1", "confirmed", "manual", 2)]
    assert values(case.answer("plan/start/find_manual", said="South")) == [("S1", None, "clever", 0)]


def test_a_site_is_called_by_its_id_or_name_and_by_an_exact_id_first(case: Case) -> None:
    case.given("staging.sites", {"site_id": "ab", "name": "East"}, {"site_id": "AB", "name": "x"})
    assert values(case.answer("plan/start/called", said="AB")) == [("AB",), ("ab",)]
    assert values(case.answer("plan/start/called", said="eaST")) == [("ab",)]


def test_a_site_of_a_hold_is_called_by_its_id_or_name(case: Case) -> None:
    case.given("roster.sites", *({"site_id": s, "name": "East" if s < "c" else s} for s in ("a", "b", "EAST", "d")))
    assert values(case.answer("guards/holds/called", said="east")) == [("EAST",), ("a",), ("b",)]


def test_an_undo_takes_the_confirmation_of_what_waits_again(case: Case) -> None:
    new = {"entity": "sites", "action": "update", "before": '{"status":"new"}'}
    back = {**new, "action": "restore", "before": '{"status":"archived"}'}
    made = {"entity": "sites", "action": "create"}
    for site, status, undone in (
        ("begun", "new", new),
        ("created", "archived", made),
        ("restored", "archived", back),
        ("kept", "confirmed", new),
    ):
        case.given("desired.undone", {**undone, "entity_id": site})
        case.given("roster.sites", {"site_id": site, "status": status, "confirmed_at": NOW, "confirmed_by": "Rae"})
    found = values(case.change("plan/undo/unconfirm", "site_id, confirmed_at, confirmed_by"))
    assert found == [("begun", None, None), ("created", None, None), ("kept", NOW, "Rae"), ("restored", NOW, "Rae")]


def test_after_an_undo_a_site_waits_with_what_is_staged_of_it(case: Case) -> None:
    for site, status, source in (
        ("north", "new", "clever"),
        ("south", "confirmed", "clever"),
        ("west", "new", "manual"),
        ("east", "new", "clever"),
    ):
        case.given("staging.sites", {"site_id": site, "name": site})
        case.given("roster.sites", {"site_id": site, "status": status, "enrollment_source": source})
    case.given("sync.waiting_sites", *({"site_id": s, **SEEN} for s in ("south", "east")))
    case.given("staging.users", {"user_n": 1, "roles": ["student"]}, {"user_n": 2, "roles": ["teacher", "student"]})
    case.given("staging.user_sites", *({"user_n": n, "site_id": "north"} for n in (1, 2)))
    case.given("staging.sections", *({"site_id": "north", "term_end": end} for end in (None, NOW.date(), "2020-01-01")))
    assert values(case.change("plan/undo/wait_no_more", "site_id")) == [("east",)]
    columns = "site_id, sections, teachers, students, pending, moved, sync_id"
    assert values(case.change("plan/undo/wait_again", columns, today=NOW.date(), sync_id="S2")) == [
        ("east", 10, 20, 400, None, None, None),
        ("north", 2, 1, 2, None, False, "S2"),
    ]
