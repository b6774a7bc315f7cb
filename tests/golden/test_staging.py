"""Staging, statement by statement: from the records of a landing to what the roster is made from."""

from __future__ import annotations

from datetime import date, datetime

from tests.golden.case import Case, Row, values

NORTH: Row = {"site_id": "north", "name": "North"}


def test_a_school_without_a_name_is_called_by_its_id_and_the_newest_record_counts(case: Case) -> None:
    file = case.file(
        {"id": "north", "name": "Old", "last_modified": "2026-01-01"},
        {"id": "north", "name": " North ", "last_modified": "2026-02-01"},
        {"id": "south", "name": ""},
        {"name": "Nowhere"},
    )
    assert case.make("staging/sites", "site_id, name", file=file) == [NORTH, {"site_id": "south", "name": "south"}]


def test_the_days_of_a_term_may_come_as_datetimes(case: Case) -> None:
    file = case.file({"id": "year", "start_date": "2026-08-10T00:00:00.000Z", "end_date": "soon"})
    assert case.make("staging/terms", "term_id, start_date, end_date", file=file) == [
        {"term_id": "year", "start_date": date(2026, 8, 10), "end_date": None}
    ]


def test_a_course_of_clevers_has_one_name(case: Case) -> None:
    file = case.file({"id": "c1", "name": "Math"}, {"id": "c1", "name": "Mathematics"})
    assert case.make("staging/clever_courses", "*", file=file) == [
        {"course": "c1", "clever_course": "Math", "course_number": None}
    ]


def test_who_teaches_a_section_is_listed_once_and_first_of_all_when_nobody_is_called_primary(case: Case) -> None:
    file = case.file(
        {"id": "m6", "school": "north", "teachers": ["tia", "tom"], "students": ["ann", "ann"], "period": ""},
        {"id": "m7", "teacher": "tom", "teachers": ["tom"]},
    )
    columns = "clever_id, primary_teacher, list_sort(teachers) AS teachers, students, period"
    assert case.make("staging/section_records", columns, file=file) == [
        {"clever_id": "m6", "primary_teacher": "tia", "teachers": ["tia", "tom"], "students": ["ann"], "period": None},
        {"clever_id": "m7", "primary_teacher": "tom", "teachers": ["tom"], "students": None, "period": None},
    ]


def test_a_person_may_have_several_roles_and_a_contact_has_none(case: Case) -> None:
    both = {"teacher": {"school": "north", "sis_id": "7"}, "staff": {"schools": ["attic"], "staff_id": "8"}}
    file = case.file({"id": "tia", "roles": both}, {"id": "pat", "roles": {"contact": {"sis_id": "9"}}})
    columns = (
        "clever_id, roles, is_contact, sis_id, primary_site, list_sort(list_filter(sites, lambda s: s <> '')) AS s"
    )
    assert case.make("staging/user_records", columns, file=file) == [
        {"clever_id": "pat", "roles": [], "is_contact": True, "sis_id": None, "primary_site": None, "s": []},
        {
            "clever_id": "tia",
            "roles": ["staff", "teacher"],
            "is_contact": False,
            "sis_id": "7",
            "primary_site": "north",
            "s": ["attic", "north"],
        },
    ]


def test_of_a_section_that_comes_twice_the_newest_record_stays(case: Case) -> None:
    case.given(
        "staging.section_records",
        {"clever_id": "m6", "name": "Old", "last_modified": "2026-01-01"},
        {"clever_id": "m6", "name": "New", "last_modified": "2026-02-01"},
        {"clever_id": "m6", "name": "Undated"},
        {"name": "without an id"},
    )
    assert case.change("staging/newest_sections", "name") == [{"name": "New"}, {"name": "without an id"}]


def test_of_a_person_who_comes_twice_at_the_same_time_the_order_does_not_decide(case: Case) -> None:
    records = [{"clever_id": "ann", "first_name": name, "roles": ["student"]} for name in ("Anna", "Ann")]
    for order in (records, records[::-1]):
        case.end()
        case.given("staging.user_records", *order)
        assert case.change("staging/newest_users", "first_name") == [{"first_name": "Ann"}]


def test_a_section_with_a_text_in_place_of_its_students_is_noted(case: Case) -> None:
    file = case.file({"id": "m6", "students": "ann", "teachers": []}, {"id": "m7", "students": None})
    assert case.change("staging/wrong_types_sections", "*", file=file) == [
        {"entity": "sections", "record_id": "m6", "field": "students"}
    ]


def test_a_person_with_a_text_in_place_of_their_name_is_noted(case: Case) -> None:
    file = case.file({"id": "ann", "name": "Ann", "roles": {}}, {"id": "ben", "roles": ["student"]})
    assert case.change("staging/wrong_types_users", "record_id, field", file=file) == [
        {"record_id": "ann", "field": "name"},
        {"record_id": "ben", "field": "roles"},
    ]


def test_a_section_is_at_a_known_site_with_the_names_of_its_course_and_term(case: Case) -> None:
    case.given("staging.sites", NORTH)
    case.given("staging.clever_courses", {"course": "c1", "clever_course": "Math"})
    case.given("staging.terms", {"term_id": "year", "name": "Y1"})
    case.given(
        "staging.section_records",
        {"clever_id": "m6", "site_id": "north", "name": "Math 6", "course": "c1", "term_id": "year"},
        {"clever_id": "m7", "site_id": "north", "sis_id": "77", "course": "gone"},
        {"clever_id": "far", "site_id": "elsewhere"},
        {"site_id": "north"},
    )
    columns = "section_n, clever_id, name, clever_course, term_name, course_unlisted, term_unlisted"
    assert values(case.make("staging/sections", columns)) == [
        (0, "m6", "Math 6", "Math", "Y1", False, False),
        (1, "m7", "77", None, None, True, False),
    ]


def test_a_section_that_names_no_term_names_an_unlisted_one_when_clever_lists_none(case: Case) -> None:
    case.given("staging.sites", NORTH)
    case.given("staging.section_records", {"clever_id": "m6", "site_id": "north"})
    assert case.make("staging/sections", "term_unlisted, course_unlisted") == [
        {"term_unlisted": True, "course_unlisted": True}
    ]


def test_who_has_no_role_that_is_synced_is_no_user(case: Case) -> None:
    case.given(
        "staging.user_records",
        {"clever_id": "pat", "roles": [], "is_contact": True},
        {"clever_id": "ann", "roles": ["student"]},
        {"roles": ["student"]},
    )
    assert case.make("staging/users", "user_n, clever_id") == [{"user_n": 1, "clever_id": "ann"}]


def test_a_person_belongs_to_the_known_ones_of_their_sites(case: Case) -> None:
    case.given("staging.sites", NORTH, {"site_id": "south"})
    sites = ["north", " south", "", "elsewhere"]
    case.given(
        "staging.user_records",
        {"clever_id": "ann", "roles": ["student"], "sites": sites, "primary_site": "north"},
        {"clever_id": "pat", "roles": [], "sites": ["north"]},
    )
    assert case.make("staging/user_sites", "*") == [
        {"user_n": 0, "site_id": "north", "is_primary": True},
        {"user_n": 0, "site_id": "south", "is_primary": False},
    ]


def test_a_member_whom_we_cannot_see_is_kept_without_a_number(case: Case) -> None:
    case.given("staging.sections", {"section_n": 0})
    case.given("staging.users", {"user_n": 4, "clever_id": "ann"}, {"user_n": 5, "clever_id": "tia"})
    listed = {"students": ["ann", "hidden", ""], "teachers": ["tia"], "primary_teacher": "tia"}
    case.given("staging.section_records", {"clever_id": "m6", **listed})
    assert case.make("staging/memberships", "role, user_n, is_primary") == [
        {"role": "student", "user_n": 4, "is_primary": False},
        {"role": "student", "user_n": None, "is_primary": False},
        {"role": "teacher", "user_n": 5, "is_primary": True},
    ]


def test_an_enrollment_has_both_ends(case: Case) -> None:
    case.given("staging.sections", {"section_n": 0, "clever_id": "m6"})
    case.given("staging.users", {"user_n": 4, "clever_id": "ann"})
    case.given("staging.memberships", {"section_n": 0, "user_n": 4, "role": "student"}, {"section_n": 0})
    assert case.view("staging/enrollments", "section, member, role") == [
        {"section": "m6", "member": "ann", "role": "student"}
    ]


def test_what_cannot_be_used_is_an_issue(case: Case) -> None:
    case.given(
        "staging.user_records",
        {"roles": ["student"]},
        {"clever_id": "odd", "roles": [], "is_contact": False},
        {"clever_id": "pat", "roles": [], "is_contact": True},
    )
    case.given(
        "staging.section_records", {"clever_id": "m6"}, {"name": "?"}, {"clever_id": "far", "site_id": "elsewhere"}
    )
    case.given("staging.sections", {"section_n": 0, "clever_id": "m6", "site_id": "north"})
    case.given(
        "staging.users",
        {"user_n": 1, "clever_id": "ann", "roles": ["student"]},
        {"user_n": 2, "clever_id": "dan", "roles": ["district_admin"]},
    )
    case.given("staging.memberships", {"section_n": 0}, {"section_n": 0}, {"section_n": 0, "user_n": 1})
    case.given("staging.wrong_types", {"entity": "users", "record_id": "ben", "field": "name"})
    found = case.make("staging/issues", "code, record_id, site_id, regexp_extract(message, '\\d+') AS n")
    assert values(found) == [
        ("section_without_id", None, None, ""),
        ("section_without_site", "far", "elsewhere", ""),
        ("unknown_members", "m6", "north", "2"),
        ("user_without_id", None, None, ""),
        ("user_without_role", "odd", None, ""),
        ("user_without_site", "ann", None, ""),
        ("wrong_type", "ben", None, ""),
    ]


UNKNOWN = {"clevers_clock": None, "our_clock": None, "clevers_data_at": None, "api_version": "v3.1"}


def test_no_staging_is_like_another(case: Case) -> None:
    first, second = (case.make("staging/origin", "staged_id", **UNKNOWN) for _ in "12")
    assert first != second


def test_what_is_staged_keeps_what_clevers_clock_showed(case: Case) -> None:
    assert case.make("staging/origin", "clevers_clock, our_clock, clevers_data_at, api_version", **UNKNOWN) == [UNKNOWN]
    assert case.answer("staging/clock") == []
    assert case.answer("staging/api_version") == [{"api_version": "v3.1"}]
    shown = {"clevers_clock": datetime(2027, 3, 1, 4), "our_clock": datetime(2026, 11, 23, 10)}
    case.make("staging/origin", "staged_id", **{**UNKNOWN, **shown})
    assert case.answer("staging/clock") == [shown]


def test_something_is_staged_once_there_is_an_origin_that_can_keep_clevers_clock(case: Case) -> None:
    assert case.answer("staging/is_staged") == [{"1": 1}]
