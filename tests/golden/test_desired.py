"""The desired state, statement by statement: what each roster table should hold."""

from __future__ import annotations

from datetime import date, datetime

from tests.golden.case import ANN, BEN, CAL, DEE, M6, M7, NOW, S6, S7, Case, Row, values

TODAY = NOW.date()
NORTH: Row = {"site_id": "north", "enrollment_source": "clever", "status": "confirmed"}
SOUTH: Row = {"site_id": "south", "enrollment_source": "manual", "status": "confirmed"}
NEW: Row = {"site_id": "new", "enrollment_source": "clever", "status": "new"}


def test_a_site_is_new_until_somebody_confirms_it_and_archived_once_it_is_not_shared(case: Case) -> None:
    """What was confirmed before it was archived is so again when it comes back."""
    confirmed = {"north": NOW, "back": NOW, "gone": NOW, "stays": NOW, "ended": NOW, "undone": None, "waits": None}
    for site, at in confirmed.items():
        status = "confirmed" if site in ("gone", "stays", "ended") else "archived"
        case.given("roster.sites", {"site_id": site, "name": "Before", "status": status, "confirmed_at": at})
    case.given("staging.sites", *({"site_id": s, "name": "Now"} for s in ("north", "back", "waits", "fresh", "yes")))
    case.given("plan.confirmed", {"site_id": "yes"})
    manual = ("north", "stays", "ended")
    case.given("input.site_settings", *({"site_id": s, "enrollment_source": "manual"} for s in manual))
    case.given("input.ended", {"site_id": "ended"})
    assert values(case.make("plan/desired/sites", "site_id, name, enrollment_source, status")) == [
        ("back", "Now", "clever", "confirmed"),
        ("ended", "Before", "manual", "archived"),
        ("fresh", "Now", "clever", "new"),
        ("gone", "Before", "clever", "archived"),
        ("north", "Now", "manual", "confirmed"),
        ("stays", "Before", "manual", "confirmed"),
        ("undone", "Before", "clever", "archived"),
        ("waits", "Now", "clever", "new"),
        ("yes", "Now", "clever", "confirmed"),
    ]


def test_a_site_has_the_settings_that_people_wrote_down_for_it(case: Case) -> None:
    case.given("staging.sites", {"site_id": "North"}, {"site_id": "south"}, {"site_id": "west"})
    limits = {"archive_percent": 2.5, "archive_count": 1000.0}
    case.given("input.site_settings", {"site_id": "north", "time_zone": "America/Denver", "limits": limits})
    case.given("input.site_settings", {"site_id": "south", "limits": {}})
    assert values(case.make("plan/desired/sites", "site_id, time_zone, own_limits")) == [
        ("North", "America/Denver", "archive_percent 2.5, archive_count 1000"),
        ("south", None, None),
        ("west", None, None),
    ]


def test_a_section_is_concluded_on_the_day_after_its_term(case: Case) -> None:
    case.given("desired.sites", NORTH, SOUTH)
    yesterday = date(2026, 11, 22)
    for n, (section_id, site, end) in enumerate(
        ((M6, "north", TODAY), (M7, "north", yesterday), (S6, "north", None), (S7, "south", None))
    ):
        case.given("staging.sections", {"section_n": n, "site_id": site, "term_end": end})
        case.given("identity.sections", {"section_n": n, "section_id": section_id})
    assert values(case.make("plan/desired/sections", "section_id, status", today=TODAY)) == [
        (M6, "active"),
        (M7, "concluded"),
        (S6, "active"),
    ]


def test_a_section_that_is_not_shared_is_archived_unless_its_term_is_over(case: Case) -> None:
    running: Row = {"term_end": date(2027, 6, 4)}
    over: Row = {"term_end": date(2026, 6, 4)}
    case.given("roster.sections", {"section_id": M6, "status": "active", **running})
    case.given("roster.sections", {"section_id": M7, "status": "active", **over})
    case.given("roster.sections", {"section_id": S6, "status": "concluded", **running})
    case.given("roster.sections", {"section_id": S7, "status": "archived", **over})
    assert values(case.make("plan/desired/sections", "section_id, status", today=TODAY)) == [
        (M6, "archived"),
        (M7, "concluded"),
        (S6, "concluded"),
        (S7, "archived"),
    ]


def test_what_was_known_last_of_a_term_and_a_course_stands_while_clever_lists_them_no_more(case: Case) -> None:
    case.given("desired.sites", NORTH)
    known: Row = {"clever_course": "Math", "term_name": "Year", "term_end": date(2026, 6, 4)}
    case.given("roster.sections", {"section_id": M6, "status": "active", **known})
    case.given("identity.sections", {"section_n": 0, "section_id": M6})
    unlisted: Row = {"term_unlisted": True, "course_unlisted": True}
    case.given("staging.sections", {"section_n": 0, "site_id": "north", **unlisted})
    assert values(case.make("plan/desired/sections", "clever_course, term_name, status", today=TODAY)) == [
        ("Math", "Year", "concluded")
    ]


def person(case: Case, n: int, user_id: str, *sites: str, role: str = "student") -> None:
    """A shared person, at the first of their sites primarily."""
    case.given("staging.users", {"user_n": n, "clever_id": f"Clever{n}", "roles": [role]})
    case.given("identity.users", {"user_n": n, "user_id": user_id})
    for site in sites:
        case.given("staging.user_sites", {"user_n": n, "site_id": site, "is_primary": site == sites[0]})


def test_a_persons_site_is_a_synced_one_and_the_primary_one_where_it_can_be(case: Case) -> None:
    case.given("desired.sites", NORTH, SOUTH, {**NORTH, "site_id": "attic"})
    person(case, 0, ANN, "north", "attic")
    person(case, 1, BEN, "south", "north")
    person(case, 2, CAL, "south")
    person(case, 3, DEE, role="district_admin")
    assert values(case.make("plan/desired/users", "user_id, site_id")) == [(ANN, "north"), (BEN, "north"), (DEE, None)]


def test_a_person_is_pending_until_their_first_login_which_stays(case: Case) -> None:
    case.given("desired.sites", NORTH)
    for n, user_id in enumerate((ANN, BEN, CAL, DEE)):
        person(case, n, user_id, "north")
    first, later = datetime(2026, 9, 1), datetime(2026, 10, 1)
    case.given("roster.users", {"user_id": ANN, "first_login_at": first})
    case.given("input.logins", {"user_id": "clever0", "first_login_at": later})
    case.given("input.logins", {"user_id": "clever1", "first_login_at": later})
    case.given("input.logins", {"user_id": CAL, "platform_id": CAL, "first_login_at": later})
    assert values(case.make("plan/desired/users", "user_id, first_login_at, enrollment_status")) == [
        (ANN, first, "active"),
        (BEN, later, "active"),
        (CAL, later, "active"),
        (DEE, None, "pending"),
    ]


def test_who_is_not_shared_any_more_is_archived_as_they_were(case: Case) -> None:
    case.given("desired.sites", NORTH)
    case.given("roster.users", {"user_id": ANN, "grade": "6", "site_id": "north", "enrollment_status": "active"})
    assert values(case.make("plan/desired/users", "user_id, grade, site_id, enrollment_status")) == [
        (ANN, "6", "north", "archived")
    ]


def test_the_administrators_of_a_district_go_when_none_of_its_sites_is_on_clever(case: Case) -> None:
    case.given("desired.sites", SOUTH)
    person(case, 0, ANN, role="district_admin")
    assert case.make("plan/desired/users", "user_id") == []


def test_a_membership_is_of_a_synced_site(case: Case) -> None:
    case.given("desired.sites", NORTH, SOUTH, NEW, {**NORTH, "site_id": "attic"})
    case.given("desired.users", {"user_n": 0, "user_id": ANN, "site_id": "north"})
    for site in ("north", "south", "attic", "new"):
        case.given("staging.user_sites", {"user_n": 0, "site_id": site})
    assert values(case.make("plan/desired/user_sites", "user_id, site_id, is_primary, status")) == [
        (ANN, "attic", False, "active"),
        (ANN, "north", True, "active"),
    ]


def test_an_enrollment_is_in_force_while_its_section_is(case: Case) -> None:
    case.given("desired.sections", {"section_n": 0, "section_id": M6, "site_id": "north", "status": "active"})
    case.given("desired.sections", {"section_n": 1, "section_id": M7, "site_id": "north", "status": "concluded"})
    case.given("desired.users", {"user_n": 0, "user_id": ANN})
    for n, user_n in ((0, 0), (1, 0), (0, None), (0, 9)):
        case.given("staging.memberships", {"section_n": n, "user_n": user_n, "role": "student"})
    assert values(case.make("plan/desired/enrollments", "section_id, user_id, site_id, status")) == [
        (M6, ANN, "north", "active"),
        (M7, ANN, "north", "archived"),
    ]


def test_members_who_belong_to_no_synced_site_are_told_per_section(case: Case) -> None:
    case.given("staging.users", {"user_n": 0}, {"user_n": 1}, {"user_n": 2})
    case.given("desired.users", {"user_n": 0})
    case.given("desired.sections", {"section_n": 0, "clever_id": "m6", "site_id": "north", "status": "active"})
    case.given("desired.sections", {"section_n": 1, "clever_id": "m7", "status": "concluded"})
    for section_n, user_n in ((0, 0), (0, 1), (0, 2), (1, 1)):
        case.given("staging.memberships", {"section_n": section_n, "user_n": user_n})
    columns = "record_id, site_id, regexp_extract(message, '\\d+') AS people"
    assert values(case.make("plan/desired/scope_issues", columns)) == [("m6", "north", "2")]


def test_issues_of_people_who_are_not_looked_at_are_those_of_the_last_sync(case: Case) -> None:
    case.given("sync.settled", {"sync_id": "S1"})
    noted: Row = {"code": "members_not_on_clever", "record_id": "m6"}
    case.given(
        "sync.issues", {"sync_id": "S1", **noted}, {"sync_id": "S0", **noted}, {"sync_id": "S1", "code": "other"}
    )
    assert case.change("plan/desired/scope_issues_again", "code, record_id") == [noted]


def test_an_issue_that_counts_lines_is_counted_again(case: Case) -> None:
    case.given("sync.settled", {"sync_id": "S1"})
    for record in ("logins.csv, line 3", "logins.csv, 17 lines"):
        case.given("sync.issues", {"sync_id": "S1", "code": "input_unknown_user", "record_id": record})
    assert values(case.change("plan/desired/login_issues_again", "line, lines")) == [(3, 1), (None, 17)]


def test_a_login_of_nobody_who_ever_was_here_is_a_warning(case: Case) -> None:
    first_id = case.platform_id("user", "first")
    case.given("staging.users", {"clever_id": "Shared"})
    case.given("roster.users", {"user_id": ANN, "clever_id": "Gone"}, {"user_id": first_id, "clever_id": "second"})
    case.given("identity.users", {"user_id": BEN})
    relink: Row = {"entity": "users", "action": "relink", "before": '{"clever_id": "Between"}'}
    case.given("sync.change_log", relink)
    named = ("shared", "gone", "first", "between", ANN, BEN, CAL, "nobody")
    for line, name in enumerate(named):
        case.given("input.logins", {"user_id": name, "platform_id": name if len(name) == 36 else None, "line": line})
    assert values(case.make("plan/desired/login_issues", "record_id, lines")) == [
        ("logins.csv, line 6", 1),
        ("logins.csv, line 7", 1),
    ]


def test_a_section_that_is_not_active_keeps_the_mapping_it_had(case: Case) -> None:
    for clever_id, section_id, status in (("m6", M6, "active"), ("m7", M7, "concluded")):
        case.given("identity.sections", {"clever_id": clever_id, "section_id": section_id})
        case.given("desired.sections", {"section_id": section_id, "site_id": "north", "status": status})
        case.given("mapped.section_courses", {"clever_id": clever_id, "course_id": "new", "mapped_by": "file"})
        case.given("roster.section_courses", {"section_id": section_id, "course_id": "old", "mapped_by": "rule"})
    assert values(case.make("plan/desired/section_courses", "section_id, course_id, mapped_by")) == [
        (M6, "new", "file"),
        (M7, "old", "rule"),
    ]


def test_lists_that_no_longer_have_what_sections_name_are_told_once(case: Case) -> None:
    for n, section_id in enumerate((M6, M7)):
        case.given("staging.sections", {"section_n": n, "term_unlisted": True, "course_unlisted": True})
        case.given("identity.sections", {"section_n": n, "section_id": section_id})
        case.given("roster.sections", {"section_id": section_id, "term_name": "Year"})
    columns = "code, regexp_extract(message, '\\d+') AS sections"
    assert values(case.make("plan/desired/last_known_issues", columns)) == [("last_known_terms", "2")]


def test_without_people_what_is_theirs_is_not_touched(case: Case) -> None:
    assert values(case.make("plan/desired/untouched", "entity")) == [("enrollments",), ("user_sites",), ("users",)]
