"""Who is who, statement by statement."""

from __future__ import annotations

from datetime import date

import pytest

from tests.golden.case import ANN, BEN, CAL, DEE, M6, M7, NOW, S6, TIA, Case, Row, values

PAIR: Row = {"id": M6, "new_id": M7, "old_clever_id": "old", "new_clever_id": "new", "site_id": "north"}


def test_a_site_is_synced_once_confirmed_unless_the_file_takes_it_off_clever(case: Case) -> None:
    case.given("staging.sites", *({"site_id": s} for s in ("North", "south", "east", "west")))
    case.given("roster.sites", {"site_id": "North", "confirmed_at": NOW}, {"site_id": "south", "confirmed_at": NOW})
    case.given("roster.sites", {"site_id": "west"})
    case.given("input.confirmed", {"site_id": "east"})
    case.given("input.site_settings", {"site_id": "north", "enrollment_source": "manual"})
    assert case.make("identity/sites", "site_id") == [{"site_id": "east"}, {"site_id": "south"}]


def test_a_person_keeps_the_platforms_id_and_a_new_one_gets_theirs(case: Case) -> None:
    case.given("staging.users", {"user_n": 0, "clever_id": "ann"}, {"user_n": 1, "clever_id": "new"})
    case.given("roster.users", {"user_id": ANN, "clever_id": "ann"})
    derived = case.platform_id("user", "new")
    assert case.make("identity/own_user_ids", "clever_id, user_id") == [
        {"clever_id": "ann", "user_id": ANN},
        {"clever_id": "new", "user_id": derived},
    ]


def test_an_id_that_comes_back_beside_the_person_relinked_from_it_is_another_person(case: Case) -> None:
    first = case.platform_id("user", "old")
    case.given("staging.users", {"clever_id": "old"}, {"clever_id": "fresh"})
    case.given("roster.users", {"user_id": first, "clever_id": "fresh"})
    fresh, old = case.make("identity/own_user_ids", "clever_id, user_id")
    assert fresh == {"clever_id": "fresh", "user_id": first}
    assert old["user_id"] != first


def test_an_id_that_comes_back_beside_the_section_relinked_from_it_is_another_section(case: Case) -> None:
    first = case.platform_id("section", "old")
    case.given("staging.sections", {"clever_id": "old"}, {"clever_id": "fresh"})
    case.given("roster.sections", {"section_id": first, "clever_id": "fresh"})
    fresh, old = case.make("identity/own_section_ids", "clever_id, section_id")
    assert fresh == {"clever_id": "fresh", "section_id": first}
    assert old["section_id"] != first


def test_who_is_new_and_will_be_on_the_roster_is_compared(case: Case) -> None:
    student: Row = {"roles": ["student"], "first_name": "Ann", "last_name": "Lee", "sis_id": "7"}
    case.given("identity.sites", {"site_id": "north"})
    for n, (clever_id, user_id, site) in enumerate(
        (("known", ANN, "north"), ("new", BEN, "north"), ("elsewhere", CAL, "manual"))
    ):
        case.given("identity.own_user_ids", {"user_n": n, "clever_id": clever_id, "user_id": user_id})
        case.given("staging.users", {"user_n": n, "clever_id": clever_id, **student})
        case.given("staging.user_sites", {"user_n": n, "site_id": site})
    case.given("identity.own_user_ids", {"user_n": 3, "clever_id": "admin", "user_id": DEE})
    case.given("staging.users", {"user_n": 3, "clever_id": "admin", "roles": ["district_admin"]})
    case.given("roster.users", {"user_id": ANN})
    assert values(case.make("identity/new_people", "clever_id, sis_role, is_student, name")) == [
        ("admin", None, False, None),
        ("new", "student", True, "ann lee"),
    ]


def known(user_id: str, **more: object) -> Row:
    return {
        "user_id": user_id,
        "clever_id": "old",
        "roles": ["student"],
        "sis_id": "7",
        "first_name": "Ann",
        "last_name": "Lee",
        "enrollment_status": "active",
        **more,
    }


def new(**more: object) -> Row:
    return {"new_id": BEN, "clever_id": "new", "sis_role": "student", "is_student": True, **more}


@pytest.mark.parametrize(
    ("comes", "found"),
    [
        ({"sis_id": "7", "name": "ann lee"}, [("SIS id, name", "relink")]),
        ({"sis_id": "7", "name": "somebody else"}, [("SIS id", "ambiguous")]),
        ({"sis_id": "8", "name": "ann lee"}, []),
        ({"sis_id": "8", "name": "ann lee", "email": "a@x"}, [("name, e-mail", "relink")]),
        ({"sis_id": "7", "sis_role": "teacher", "name": "ann lee"}, []),
    ],
    ids=["two that agree", "the SIS id alone", "the name alone", "name and e-mail", "the SIS id of another role"],
)
def test_somebody_known_is_recognized_by_two_things_that_agree(case: Case, comes: Row, found: list[object]) -> None:
    case.given("roster.users", known(ANN, email="A@x"))
    case.given("identity.new_people", new(**comes))
    assert values(case.change("identity/candidate_people", "evidence, verdict")) == found


def test_nobody_is_recognized_in_somebody_who_stays(case: Case) -> None:
    case.given("roster.users", known(ANN))
    case.given("identity.own_user_ids", {"user_id": ANN})
    case.given("identity.new_people", new(sis_id="7", name="ann lee"))
    assert case.change("identity/candidate_people", "id") == []


def test_who_leaves_now_comes_before_who_was_archived_long_ago(case: Case) -> None:
    case.given("roster.users", known(ANN), known(CAL, enrollment_status="archived"))
    case.given("identity.new_people", new(sis_id="7", name="ann lee"))
    assert case.change("identity/candidate_people", "id, verdict") == [{"id": ANN, "verdict": "relink"}]


def test_an_sis_id_that_two_who_stay_share_says_nothing_about_a_third(case: Case) -> None:
    case.given("roster.users", known(ANN), known(CAL), known(DEE))
    case.given("identity.own_user_ids", {"user_id": ANN}, {"user_id": CAL})
    case.given("identity.new_people", new(sis_id="7", name="ann lee"))
    assert case.change("identity/candidate_people", "id") == []


def test_of_two_who_may_be_it_nobody_can_tell(case: Case) -> None:
    case.given("roster.users", known(ANN), known(CAL))
    case.given("identity.new_people", new(sis_id="7", name="ann lee"))
    assert case.change("identity/candidate_people", "id, verdict") == [
        {"id": ANN, "verdict": "ambiguous"},
        {"id": CAL, "verdict": "ambiguous"},
    ]


@pytest.mark.parametrize(
    ("comes", "is_alike"),
    [
        ({"name": "math 6"}, True),
        ({"name": "Other", "clever_course": "Math"}, True),
        ({"name": "Other"}, False),
        ({"name": "Math 6", "period": "2"}, False),
        ({"name": "Math 6", "site_id": "south"}, False),
        ({"name": "Math 6", "term_start": date(2027, 1, 8), "term_end": date(2027, 6, 4)}, True),
        ({"name": "Math 6", "term_start": date(2027, 6, 4), "term_end": date(2027, 8, 1)}, False),
        ({"name": "Math 6", "term_start": date(2026, 6, 4), "term_end": date(2026, 8, 10)}, False),
        ({"name": "Math 6", "term_name": "Other"}, False),
    ],
    ids=[
        "name",
        "course",
        "neither",
        "period",
        "site",
        "terms overlap",
        "meets its end",
        "meets its start",
        "names of undated terms",
    ],
)
def test_a_new_section_is_like_one_that_is_gone(case: Case, comes: Row, is_alike: bool) -> None:
    year: Row = {"term_name": "Year", "term_start": date(2026, 8, 10), "term_end": date(2027, 6, 4)}
    gone: Row = {"section_id": M6, "site_id": "north", "name": "Math 6", "clever_course": "math", "status": "active"}
    case.given("roster.sections", {**gone, **year})
    case.given("identity.sites", {"site_id": "north"}, {"site_id": "south"})
    case.given("identity.own_section_ids", {"clever_id": "new", "section_id": M7})
    case.given("staging.sections", {"clever_id": "new", "site_id": "north", **comes})
    assert case.make("identity/section_pairs", "id, new_id") == [{"id": M6, "new_id": M7}] * is_alike


def test_who_is_in_a_new_section_counts_under_the_id_that_they_would_keep(case: Case) -> None:
    case.given("identity.section_pairs", PAIR)
    case.given("roster.enrollments", {"section_id": M6, "user_id": ANN, "role": "student", "status": "active"})
    case.given("roster.enrollments", {"section_id": M6, "user_id": CAL, "role": "student", "status": "archived"})
    case.given("staging.sections", {"section_n": 0, "clever_id": "new"})
    case.given("staging.users", {"user_n": 0, "clever_id": "fresh"}, {"user_n": 1, "clever_id": "tia"})
    case.given("staging.memberships", {"section_n": 0, "user_n": 0, "role": "student"})
    case.given("staging.memberships", {"section_n": 0, "user_n": 1, "role": "teacher"})
    case.given("identity.own_user_ids", {"clever_id": "fresh", "user_id": BEN}, {"clever_id": "tia", "user_id": TIA})
    relink: Row = {"entity": "users", "id": ANN, "new_clever_id": "fresh", "verdict": "relink"}
    case.given("identity.candidates", relink)
    assert values(case.make("identity/pair_members", "section_id, user_id, role")) == [
        (M6, ANN, "student"),
        (M7, ANN, "student"),
        (M7, TIA, "teacher"),
    ]


def taught(section_id: str, *students: str, by: str = TIA) -> list[Row]:
    people = [{"user_id": s, "role": "student", "is_primary": False} for s in students]
    return [{"section_id": section_id, **p} for p in (*people, {"user_id": by, "role": "teacher", "is_primary": True})]


@pytest.mark.parametrize(
    ("stay", "verdict"), [((ANN, BEN, CAL), "relink"), ((ANN, BEN), None)], ids=["more than half", "half"]
)
def test_more_than_half_of_the_larger_class_must_be_the_same(
    case: Case, stay: tuple[str, ...], verdict: str | None
) -> None:
    case.given("identity.section_pairs", PAIR)
    case.given("identity.pair_members", *taught(M6, ANN, BEN, CAL, DEE), *taught(M7, *stay))
    found = case.change("identity/candidate_sections", "verdict, evidence", percent=50)
    evidence = f"site, name or course, period, teacher and {len(stay)} of 4 students"
    assert found == ([{"verdict": verdict, "evidence": evidence}] if verdict else [])


def test_a_section_of_another_teacher_is_another(case: Case) -> None:
    case.given("identity.section_pairs", PAIR)
    case.given("identity.pair_members", *taught(M6, ANN), *taught(M7, ANN, by=BEN))
    assert case.change("identity/candidate_sections", "verdict", percent=50) == []


def test_of_two_new_sections_nobody_can_tell_which_it_is(case: Case) -> None:
    case.given("identity.section_pairs", PAIR, {**PAIR, "new_id": S6, "new_clever_id": "newer"})
    found = case.change("identity/candidate_sections", "new_clever_id, verdict", percent=50)
    assert values(found) == [("new", "ambiguous"), ("newer", "ambiguous")]


JUDGED = ("known", "new", "relinked", "held", "ambiguous")


def test_a_relinked_person_keeps_the_platforms_id_and_who_waits_has_one_of_their_own(case: Case) -> None:
    own = dict(zip(JUDGED, (ANN, BEN, CAL, DEE, TIA), strict=True))
    case.given("identity.own_user_ids", *({"clever_id": c, "user_id": i} for c, i in own.items()))
    case.given("roster.users", {"user_id": ANN})
    for clever_id, verdict in (("relinked", "relink"), ("held", "held"), ("ambiguous", "ambiguous")):
        pair: Row = {"entity": "users", "id": M6, "new_clever_id": clever_id, "verdict": verdict, "evidence": "name"}
        case.given("guards.relinks", pair)
    found = case.make("identity/users", "clever_id, user_id, verdict")
    assert {row["clever_id"]: row["user_id"] for row in found} == {**own, "relinked": M6}
    assert {row["clever_id"]: row["verdict"] for row in found} == dict(zip(JUDGED, JUDGED, strict=True))


def test_a_relinked_section_keeps_the_platforms_id(case: Case) -> None:
    case.given("identity.own_section_ids", {"clever_id": "fresh", "section_id": M7}, {"clever_id": "new"})
    relink: Row = {"entity": "sections", "id": M6, "new_clever_id": "fresh", "verdict": "relink", "evidence": "name"}
    case.given("guards.relinks", relink)
    assert values(case.make("identity/sections", "clever_id, section_id, verdict, evidence")) == [
        ("fresh", M6, "relinked", "name"),
        ("new", None, "new", None),
    ]
