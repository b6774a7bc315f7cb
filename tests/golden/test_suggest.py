"""Suggestions: which sections are of a kind, and what is offered for those without a course."""

from __future__ import annotations

import json

from tests.golden.case import ANN, BEN, M6, M7, S6, S7, Case, Row, values

_ACTIVE: Row = {"status": "active", "course_count": 0}


def test_sections_of_a_kind_have_the_same_names_subject_and_grade(case: Case) -> None:
    for section_id, name, grade in ((M6, "Math - Okafor - 1", "6"), (M7, "MATH - Rask - 2", "6"), (S6, "Math", "7")):
        case.given("roster.sections", {**_ACTIVE, "section_id": section_id, "name": name, "grade": grade})
    case.given("roster.sections", {**_ACTIVE, "section_id": S7}, {"name": "Math", "status": "concluded"})
    rows = case.make("mapping/suggest/named_sections", "section_id, unmapped, name, kind, numbered")
    assert values(rows) == [(M6, True, "Math", 1, None), (M7, True, "MATH", 1, None), (S6, True, "Math", 2, None)]


def test_sections_of_the_same_number_and_grade_are_numbered_alike_whatever_they_are_called(case: Case) -> None:
    for section_id, name, number, grade in (
        (M6, "Math", "MTH6-1", "6"),
        (M7, "Numbers", "mth6-1", "6"),
        (S6, "Math", "MTH6-1", "7"),
        (S7, None, "ART", "6"),
    ):
        row = {"section_id": section_id, "name": name, "course_number": number, "grade": grade}
        case.given("roster.sections", {**_ACTIVE, **row})
    rows = case.make("mapping/suggest/named_sections", "section_id, name, numbered, alike")
    found = {row["section_id"]: row for row in rows}
    assert found[M6]["numbered"] == found[M7]["numbered"]
    assert len({row["numbered"] for row in rows}) == 3
    assert len({row["alike"] for row in rows}) == 4
    assert found[S7]["name"] is None


def test_a_number_that_several_courses_have_numbers_nothing(case: Case) -> None:
    for section_id, course, number in ((M6, "Art", "N/A"), (M7, "Math", "n/a"), (S6, "Drama", "7"), (S7, "drama", "7")):
        row = {"section_id": section_id, "clever_course": course, "course_number": number}
        case.given("roster.sections", {**_ACTIVE, **row})
    rows = case.make("mapping/suggest/named_sections", "section_id, course_number")
    assert values(rows) == [(M6, None), (M7, None), (S6, "7"), (S7, "7")]


def test_what_the_comparison_has_found_is_rows(case: Case) -> None:
    found = [{"kind": 1, "course_id": "math-6", "likeness": 0.9, "reason": "alike"}]
    assert case.make("mapping/suggest/fits", "*", fits=json.dumps(found)) == found
    assert case.make("mapping/suggest/fits", "*", fits="[]") == []


def test_of_a_kind_it_is_counted_what_is_mapped_to_which_course(case: Case) -> None:
    for section_id, kind, unmapped in ((M6, 1, False), (M7, 1, False), (S6, 1, True), (S7, 2, True)):
        row: Row = {"section_id": section_id, "kind": kind, "alike": kind, "unmapped": unmapped}
        case.given("temp.named_sections", row)
    for section_id, course_id in ((M6, "math"), (M7, "math"), (M7, "art")):
        case.given("roster.section_courses", {"section_id": section_id, "course_id": course_id})
    assert values(case.make("mapping/suggest/mapped_alike", "*")) == [(1, "art", 1, 2), (1, "math", 2, 2)]


def test_of_those_of_a_kind_and_those_of_a_number_each_counts_once(case: Case) -> None:
    """M6 and S6 are of the kind and the number that is asked about, M7 of its kind alone, S7 of its number alone."""
    for section_id, kind, numbered, alike, unmapped in (
        (ANN, 1, 1, 1, True),
        (M6, 1, 1, 1, False),
        (S6, 1, 1, 1, False),
        (M7, 1, 2, 2, False),
        (S7, 2, 1, 3, False),
        (BEN, 3, None, 4, True),
    ):
        row: Row = {"section_id": section_id, "kind": kind, "numbered": numbered, "alike": alike, "unmapped": unmapped}
        case.given("temp.named_sections", row)
    for section_id, course_id in ((M6, "math"), (M6, "art"), (S6, "math"), (M7, "math"), (S7, "sci")):
        case.given("roster.section_courses", {"section_id": section_id, "course_id": course_id})
    found = case.make("mapping/suggest/mapped_alike", "*")
    assert values(found) == [(1, "art", 1, 4), (1, "math", 3, 4), (1, "sci", 1, 4)]


def test_what_a_teacher_teaches_in_other_sections(case: Case) -> None:
    for section_id, unmapped in ((M6, False), (S6, True), (S7, True)):
        case.given("temp.named_sections", {"section_id": section_id, "unmapped": unmapped})
    case.given("roster.section_courses", {"section_id": M6, "course_id": "math"})
    primary: Row = {"role": "teacher", "is_primary": True, "status": "active"}
    for section_id, user_id in ((M6, ANN), (S6, ANN), (S7, BEN)):
        case.given("roster.enrollments", {"section_id": section_id, "user_id": user_id, **primary})
    case.given("roster.enrollments", {"section_id": M6, "user_id": BEN, **primary, "is_primary": False})
    assert values(case.make("mapping/suggest/taught_beside", "*")) == [(S6, "math", 1)]


def suggested(case: Case) -> list[tuple[object, ...]]:
    rows = case.make("mapping/suggest/suggested", "section_id, course_id, score, reason", least=0.5, most=3)
    return sorted(values(rows), key=lambda row: (str(row[0]), -float(str(row[2]))))


def _given(case: Case, *courses: str) -> None:
    case.given("temp.named_sections", {"section_id": M6, "kind": 1, "alike": 1, "unmapped": True})
    case.given("mapping.courses", *({"course_id": course, "active": True} for course in courses))


def test_the_likeliest_three_are_suggested_of_active_courses(case: Case) -> None:
    _given(case, "a", "b", "c", "d", "e")
    case.given("mapping.courses", {"course_id": "old", "active": False})
    for course_id, likeness in (("a", 0.6), ("b", 0.9), ("c", 0.7), ("d", 0.7), ("e", 0.4), ("old", 0.9)):
        case.given("temp.fits", {"kind": 1, "course_id": course_id, "likeness": likeness, "reason": "alike"})
    assert suggested(case) == [(M6, "b", 0.9, "alike"), (M6, "c", 0.7, "alike"), (M6, "d", 0.7, "alike")]


def test_what_others_of_the_kind_have_comes_first_and_the_rest_falls(case: Case) -> None:
    _given(case, "alike", "usual")
    case.given("temp.fits", {"kind": 1, "course_id": "alike", "likeness": 0.95, "reason": "title alike: x"})
    case.given("temp.mapped_alike", {"alike": 1, "course_id": "usual", "sections": 5, "all_sections": 5})
    assert suggested(case) == [(M6, "usual", 0.857, "5 other sections of this kind are mapped to it")]


def test_a_teachers_other_sections_speak_for_a_course_that_is_alike(case: Case) -> None:
    _given(case, "a", "b")
    case.given("temp.fits", {"kind": 1, "course_id": "a", "likeness": 0.6, "reason": "alike"})
    case.given("temp.taught_beside", *({"section_id": M6, "course_id": c, "sections": 1} for c in ("a", "b")))
    assert suggested(case) == [(M6, "a", 0.64, "alike; its teacher teaches it in another section")]


def test_what_a_person_took_off_the_section_is_not_suggested_for_it_again(case: Case) -> None:
    _given(case, "a", "b", "c", "d")
    for course_id in ("a", "b", "c", "d"):
        case.given("temp.fits", {"kind": 1, "course_id": course_id, "likeness": 0.9, "reason": "alike"})
    for no, section_id, course_id, decision, undone_by in (
        (1, M6, "a", "remove", None),
        (2, M6, "b", "remove", None),
        (3, M6, "b", "add", None),
        (4, M6, "c", "remove", "S9"),
        (5, M7, "d", "remove", None),
    ):
        row: Row = {"no": no, "section_id": section_id, "course_id": course_id, "decision": decision}
        case.given("mapping.decisions", {**row, "undone_by": undone_by})
    assert {course_id for _, course_id, *_ in suggested(case)} == {"b", "c", "d"}


def test_only_what_has_changed_is_written(case: Case) -> None:
    same, old, new = ({"section_id": M6, "course_id": c, "score": 0.9, "reason": "r"} for c in ("a", "b", "c"))
    other = {"section_id": M7, "course_id": "a", "score": 0.8, "reason": None}
    case.given("mapping.suggestions", same, old, other)
    case.given("temp.suggested", same, new, {**other, "score": 0.7})
    assert case.change("mapping/suggest/outdated", "*") == [same]
    assert case.change("mapping/suggest/suggestions", "*") == [same, new, {**other, "score": 0.7}]
