"""Merging the landing of some sites, statement by statement: what is said replaces what was staged, the rest stands."""

from __future__ import annotations

from typing import Any

import pytest

from tests.golden.case import Case, Row, values

NORTH: dict[str, Any] = {"sites": ["north"]}


def person(clever_id: str, n: int = 0) -> Row:
    return {"user_n": n, "clever_id": clever_id, "roles": ["student"]}


def test_a_site_is_known_from_the_roster_or_from_what_is_staged(case: Case) -> None:
    case.given("staging.sites", {"site_id": "north", "name": "North"}, {"site_id": "New", "name": "New"})
    case.given("roster.sites", {"site_id": "north", "name": "Old"}, {"site_id": "gone", "name": "Gone"})
    case.given("input.site_settings", {"site_id": "new", "enrollment_source": "manual"})
    assert values(case.answer("staging/known_sites")) == [
        ("New", "New", "manual", False),
        ("gone", "Gone", "clever", False),
        ("north", "North", "clever", False),
    ]


@pytest.mark.parametrize(
    ("landed", "open_"),
    [
        ([], ["ann"]),
        ([{"clever_id": "ann"}], []),
        ([{"clever_id": "ann"}, {"clever_id": "new", "sis_id": "7"}], ["ben"]),
        ([{"clever_id": "ann"}, {"clever_id": "new", "first_name": "B", "last_name": "C", "email": "X@y"}], ["ben"]),
        ([{"clever_id": "ann"}, {"clever_id": "new", "first_name": "B", "last_name": "C"}], []),
    ],
)
def test_who_left_a_site_or_may_be_somebody_new_is_left_open(case: Case, landed: list[Row], open_: list[str]) -> None:
    ben = {**person("ben", 2), "sis_id": "7", "first_name": "b", "last_name": "c", "email": "x@Y"}
    case.given("earlier.users", person("ann", 1), ben)
    case.given("earlier.user_sites", {"user_n": 1, "site_id": "north"}, {"user_n": 2, "site_id": "south"})
    case.given("staging.user_records", *landed)
    assert [row["clever_id"] for row in case.answer("staging/merge/left_open", **NORTH)] == open_


def test_who_is_in_a_section_and_not_listed_is_left_open_staged_or_not(case: Case) -> None:
    case.given("earlier.users", person("far", 1))
    case.given("staging.user_records", {"clever_id": "ann"}, {"clever_id": None})
    case.given("staging.section_records", {"clever_id": "m6", "students": ["ann", "far", ""], "teachers": ["ghost"]})
    assert values(case.answer("staging/merge/left_open", **NORTH)) == [("far",), ("ghost",)]


def test_something_is_said_of_who_has_a_record_and_of_who_was_asked_for(case: Case) -> None:
    case.given("staging.user_records", {"clever_id": "ann"}, {"clever_id": None})
    file = case.file({"id": "gone"}, {"id": "ann"})
    assert values(case.make("staging/merge/spoken_of", "clever_id", file=file)) == [("ann",), ("gone",)]


def test_what_has_landed_is_numbered_after_what_was_staged(case: Case) -> None:
    case.given("earlier.users", person("ann", 7))
    case.given("earlier.sections", {"section_n": 4})
    case.given("staging.users", person("ann"), person("new", 1))
    case.given("staging.user_sites", {"user_n": 1})
    case.given("staging.sections", {"section_n": 0})
    case.given("staging.memberships", {"section_n": 0})
    assert values(case.change("staging/merge/number_users", "user_n")) == [(8,), (9,)]
    assert values(case.change("staging/merge/number_user_sites", "user_n")) == [(9,)]
    assert values(case.change("staging/merge/number_sections", "section_n")) == [(5,)]
    assert values(case.change("staging/merge/number_memberships", "section_n")) == [(5,)]
    case.given("staging.not_shared", {"section_n": 0, "clever_id": "gil"})
    assert values(case.change("staging/merge/number_not_shared", "section_n")) == [(5,)]


def test_whom_other_sections_list_is_not_shared_until_they_are(case: Case) -> None:
    case.given("staging.sections", {"section_n": 1})
    case.given("staging.users", {"clever_id": "ann"})
    for n, who in ((1, "gil"), (1, "ann"), (2, "hal")):
        case.given("earlier.not_shared", {"section_n": n, "clever_id": who})
    assert values(case.change("staging/merge/other_not_shared", "section_n, clever_id")) == [(1, "gil")]


def test_people_of_whom_nothing_is_said_stay_at_the_sites_that_are_shared(case: Case) -> None:
    case.given("staging.sites", {"site_id": "south"})
    case.given("staging.spoken_of", {"clever_id": "ann"})
    case.given("earlier.users", person("ann", 1), person("ben", 2))
    case.given("earlier.user_sites", *({"user_n": n, "site_id": s} for n in (1, 2) for s in ("south", "unshared")))
    assert values(case.change("staging/merge/other_users", "clever_id, user_n")) == [("ben", 2)]
    assert values(case.change("staging/merge/other_user_sites", "user_n, site_id")) == [(2, "south")]


def test_sections_of_other_sites_stay_unless_they_have_moved_or_are_not_shared(case: Case) -> None:
    case.given("staging.sites", {"site_id": "north"}, {"site_id": "south"})
    case.given("staging.section_records", {"clever_id": "moved"}, {"clever_id": None})
    for n, (section, site) in enumerate((("m6", "north"), ("moved", "south"), ("s6", "south"), ("x", "unshared"))):
        case.given("earlier.sections", {"section_n": n, "clever_id": section, "site_id": site})
    assert values(case.change("staging/merge/other_sections", "clever_id, section_n", **NORTH)) == [("s6", 2)]


def test_who_is_gone_is_somebody_whom_we_cannot_see_in_the_sections_of_other_sites(case: Case) -> None:
    case.given("earlier.users", person("ann", 1), person("gone", 2))
    case.given("staging.users", person("ann", 9))
    case.given("staging.sections", {"section_n": 5})
    case.given("earlier.memberships", *({"section_n": 5, "user_n": n, "role": "student"} for n in (1, 2, None)))
    case.given("earlier.memberships", {"section_n": 6, "user_n": 1})
    assert values(case.change("staging/merge/other_memberships", "section_n, user_n")) == [(5, 9), (5, None), (5, None)]


def test_problems_of_other_records_stay(case: Case) -> None:
    case.given("staging.spoken_of", {"clever_id": "ann"})
    case.given("staging.section_records", {"clever_id": "m6"})
    case.given("earlier.sections", {"clever_id": "m7", "site_id": "north"})
    for entity, records in (("users", ("ann", "ben")), ("sections", ("m6", "s6", None)), ("enrollments", ("m7", "s7"))):
        for record in records:
            case.given("earlier.issues", {"entity": entity, "record_id": record, "code": "wrong_type"})
    case.given("earlier.issues", {"entity": "users", "record_id": "cal", "code": "user_without_site"})
    assert values(case.change("staging/merge/other_issues", "record_id", **NORTH)) == [("ben",), ("s6",), ("s7",)]
