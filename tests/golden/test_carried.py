"""What sections take over from those before them, statement by statement."""

from __future__ import annotations

from datetime import date

from tests.golden.case import ANN, BEN, CAL, DEE, M6, M7, S6, S7, TIA, TOM, Case, Row, values

YEAR: Row = {"term_start": date(2027, 8, 9)}
MATH: Row = {"site_id": "north", "course_number": "101", "clever_course": "Algebra", "grade": "9"}
UNCOVERED: Row = {**MATH, "clever_course": "algebra", "clever_id": "new", "section_id": M6, "section_n": 0, **YEAR}
LAST_YEAR: Row = {**MATH, "status": "concluded", "term_start": date(2026, 8, 10), "term_end": date(2027, 6, 4)}


def test_what_was_carried_over_stays_while_nothing_stronger_comes_and_it_is_the_same_class(case: Case) -> None:
    case.given("input.courses", {"course_id": "math", "active": True}, {"course_id": "old", "active": False})
    case.given("mapped.other_classes", {"section_id": S6})
    for n, (clever_id, section_id) in enumerate([("stays", M6), ("filed", M7), ("reused", S6)]):
        case.given("identity.sections", {"section_n": n, "clever_id": clever_id, "section_id": section_id})
        for course in ("math", "old"):
            row = {"section_id": section_id, "course_id": course, "mapped_by": "carried_over", "from_section_id": S7}
            case.given("roster.section_courses", row)
    case.given("mapped.section_courses", {"clever_id": "filed", "course_id": "art", "mapped_by": "file"})
    found = case.change("mapping/stay_carried", "clever_id, course_id, mapped_by, from_section_id")
    assert values(found) == [
        ("filed", "art", "file", None),
        ("stays", "math", "carried_over", S7),
    ]


def test_another_class_is_of_a_later_term_and_of_another_course_or_grade(case: Case) -> None:
    """Without a term, one that was not active until now; the course goes by its number, or without one by its name."""
    later: Row = {"term_start": date(2027, 8, 9)}
    before: Row = {
        "term_end": date(2027, 6, 4),
        "status": "active",
        "course_number": "101",
        "clever_course": "A",
        "grade": "9",
    }
    sections: list[tuple[str, Row, Row]] = [
        (M6, later, {"course_number": "102"}),
        (M7, later, {"clever_course": "B"}),
        (S6, later, {"grade": "10"}),
        (S7, {"term_start": date(2027, 6, 4)}, {"grade": "10"}),
        (ANN, {}, {"grade": "10"}),
        (BEN, {}, {"course_number": "9", "status": "archived"}),
        (DEE, {"course_number": None}, {"clever_course": "B", "status": "archived"}),
        (CAL, later, {"course_number": None, "clever_course": "B"}),
    ]
    for n, (section_id, now, changed) in enumerate(sections):
        case.given("identity.sections", {"section_n": n, "section_id": section_id})
        case.given(
            "staging.sections", {"section_n": n, "course_number": "101", "clever_course": "a", "grade": "9", **now}
        )
        case.given("roster.sections", {**before, "section_id": section_id, **changed})
    assert values(case.make("mapping/other_classes", "section_id")) == [(M6,), (S6,), (BEN,), (CAL,)]


def test_a_section_about_which_nothing_says_anything_is_uncovered(case: Case) -> None:
    for n, clever_id in enumerate(["new", "filed"]):
        row = {"section_n": n, "clever_id": clever_id, "clever_course": "Algebra", "grade": "K", **YEAR}
        case.given("staging.sections", row)
        case.given("identity.sections", {"section_n": n, "section_id": (M6, M7)[n]})
    case.given("mapped.section_courses", {"clever_id": "filed"})
    case.given("staging.users", {"user_n": 5, "clever_id": "tia"})
    case.given("identity.users", {"user_n": 5, "user_id": TIA})
    case.given("staging.memberships", {"section_n": 0, "user_n": 5, "role": "teacher", "is_primary": True})
    found = case.make("mapping/uncovered", "clever_id, section_id, clever_course, grade, teacher, term_start")
    assert values(found) == [("new", M6, "algebra", "k", TIA, YEAR["term_start"])]


def test_a_number_that_several_courses_have_at_once_tells_nothing(case: Case) -> None:
    """In what is shared, or in one term of the roster; what was renamed from one year to the next keeps its number."""
    last_year: Row = {"term_start": date(2026, 8, 10)}
    for n, (number, name) in enumerate([("N/A", "Art"), ("n/a", "Math"), ("7", "Math"), ("8", "Drama")]):
        case.given(
            "staging.sections", {"section_n": n, "clever_id": f"s{n}", "course_number": number, "clever_course": name}
        )
        case.given("identity.sections", {"section_n": n, "section_id": (M6, M7, S6, S7)[n]})
    for number, name in (("7", "Maths"), ("8", "Drama"), ("8", "Theatre")):
        case.given("roster.sections", {"course_number": number, "clever_course": name, **last_year})
    found = case.make("mapping/uncovered", "clever_id, course_number")
    assert values(found) == [("s0", None), ("s1", None), ("s2", "7"), ("s3", None)]


def test_the_sections_of_the_last_term_before_come_before_it(case: Case) -> None:
    """M7 fits; the others: another grade, a year too old, and another course number under the same name."""
    case.given("mapped.uncovered", {**UNCOVERED, "teacher": TIA, "period": "2"})
    case.given("roster.sections", {**LAST_YEAR, "section_id": M7, "period": "2"})
    case.given("roster.sections", {**LAST_YEAR, "section_id": S6, "grade": "10"})
    older = {"term_end": date(2026, 6, 4), "term_start": date(2025, 8, 10)}
    case.given("roster.sections", {**LAST_YEAR, "section_id": S7, **older})
    case.given("roster.sections", {**LAST_YEAR, "section_id": TOM, "course_number": "102"})
    case.given("roster.enrollments", {"section_id": M7, "user_id": TIA, "role": "teacher", "is_primary": True})
    case.given("roster.section_courses", *({"section_id": M7, "course_id": c} for c in ("math", "art")))
    assert values(case.make("mapping/predecessors", "* EXCLUDE (clever_id)")) == [
        (M7, "last_term", True, True, ["art", "math"])
    ]


def test_without_a_number_the_name_of_the_course_counts(case: Case) -> None:
    case.given("mapped.uncovered", {**UNCOVERED, "course_number": None})
    case.given(
        "roster.sections", {**LAST_YEAR, "section_id": M7}, {**LAST_YEAR, "section_id": S6, "clever_course": "Art"}
    )
    case.given("roster.section_courses", {"section_id": M7, "course_id": "math"})
    assert values(case.make("mapping/predecessors", "from_section_id")) == [(M7,)]


def test_a_class_of_the_same_term_comes_before_one_that_has_most_of_its_students_from_there(case: Case) -> None:
    case.given("mapped.uncovered", UNCOVERED)
    for user_n, user_id in enumerate((ANN, BEN, CAL)):
        case.given("staging.users", {"user_n": user_n, "clever_id": user_id})
        case.given("roster.users", {"user_id": user_id, "clever_id": user_id})
        case.given("staging.memberships", {"section_n": 0, "user_n": user_n, "role": "student"})
    case.given("roster.sections", {**LAST_YEAR, "section_id": S6})
    for section_id in (M7, S7):
        case.given("roster.sections", {**MATH, **YEAR, "section_id": section_id, "status": "active"})
    for user_id in (ANN, BEN):
        case.given("roster.enrollments", {"section_id": M7, "user_id": user_id, "role": "student"})
    case.given("roster.section_courses", {"section_id": M7, "course_id": "math"})
    found = case.make("mapping/predecessors", "from_section_id, because, courses")
    assert values(found) == [(M7, "same_students", ["math"])]


def carried(case: Case, *before: tuple[list[str], bool, bool]) -> list[tuple[object, ...]]:
    case.given("mapped.uncovered", {"clever_id": "new", "section_id": M6})
    for n, (courses, same_teacher, same_place) in enumerate(before):
        row = {"clever_id": "new", "from_section_id": (M7, S6, S7)[n], "because": "last_term", "courses": courses}
        case.given("mapped.predecessors", {**row, "same_teacher": same_teacher, "same_place": same_place})
    return values(case.make("mapping/carried", "from_section_id, courses, sections"))


def test_what_all_before_it_had_is_carried_from_the_one_with_the_same_teacher(case: Case) -> None:
    found = carried(case, (["math"], False, False), (["math"], True, False))
    assert found == [(S6, ["math"], 2)]


def test_where_they_disagree_only_the_same_teacher_and_period_decide(case: Case) -> None:
    found = carried(case, (["math"], True, False), (["art"], True, True))
    assert found == [(S6, ["art"], 2)]


def test_where_they_disagree_nothing_is_carried(case: Case) -> None:
    found = carried(case, (["math"], True, True), (["art"], True, True), ([], False, False))
    assert found == [(None, None, 3)]


def test_one_without_a_course_disagrees_too(case: Case) -> None:
    assert carried(case, (["math"], True, False), ([], False, False)) == [(None, None, 2)]


def test_where_none_had_a_course_there_is_nothing_to_carry(case: Case) -> None:
    assert carried(case, ([], True, True)) == []


def test_only_what_the_catalog_has_active_is_carried_over(case: Case) -> None:
    case.given("input.courses", {"course_id": "math", "active": True}, {"course_id": "old", "active": False})
    case.given("mapped.carried", {"clever_id": "m6", "courses": ["math", "old"], "because": "last_term"})
    case.given("mapped.carried", {"clever_id": "m7", "courses": None})
    found = case.change("mapping/carry_over", "clever_id, course_id, mapped_by, carried_because")
    assert values(found) == [("m6", "math", "carried_over", "last_term")]


def test_what_is_not_carried_is_said_with_the_reason(case: Case) -> None:
    """Of the one of Tia, a person took off what is retired besides."""
    ids = {"m6": M6, "m7": M7, "s6": S6, "s7": S7, "tom": TOM, "tia": TIA}
    case.given("input.courses", {"course_id": "math", "active": True}, {"course_id": "old", "active": False})
    before = {"m6": None, "m7": ["old"], "s6": ["math"], "s7": None, "tom": ["math"], "tia": ["old"]}
    for clever_id, courses in before.items():
        case.given("mapped.carried", {"clever_id": clever_id, "section_id": ids[clever_id], "courses": courses})
    case.given("mapped.section_courses", *({"clever_id": c} for c in ("s6", "s7")))
    for clever_id, course in (("tom", "math"), ("tia", "old"), ("m7", "math")):
        case.given("mapped.decisions", {"clever_id": clever_id, "course_id": course, "decision": "remove"})
    found = dict(values(case.change("mapping/not_carried", "section_id, because")))
    assert found == {M6: "disagree", M7: "retired", TOM: "refused", TIA: "retired"}
    assert case.change("mapping/forget_not_carried", "*") == []


def test_the_number_of_a_course_is_noted(case: Case) -> None:
    for n, (section_id, known, number) in enumerate([(M6, None, "101"), (M7, "7", None), (S6, "7", "8")]):
        case.given("identity.sections", {"section_n": n, "section_id": section_id})
        case.given("staging.sections", {"section_n": n, "course_number": number})
        case.given("roster.sections", {"section_id": section_id, "course_number": known})
    found = case.change("mapping/course_numbers", "section_id, course_number")
    assert values(found) == [(M6, "101"), (M7, "7"), (S6, "8")]


def test_what_was_carried_over_is_listed_by_site_course_and_origin(case: Case) -> None:
    case.given("roster.sites", {"site_id": "north", "name": "North"})
    case.given("roster.sections", {"section_id": M6, "site_id": "north", "status": "active"})
    case.given("roster.sections", {"section_id": M7, "site_id": "north", "status": "concluded"})
    for section_id, course, mapped_by in (
        (M6, "math", "carried_over"),
        (M6, "art", "file"),
        (M7, "math", "carried_over"),
    ):
        row = {"section_id": section_id, "course_id": course, "mapped_by": mapped_by, "from_section_id": S7}
        case.given("roster.section_courses", row)
    every: Row = {"site": None, "course": None, "from": None}
    found = case.answer("history/report/carried", "section_id, course_id, from_section_id", **every)
    assert values(found) == [(M6, "math", S7)]
    for name, value, times in (("site", "NORTH", 1), ("site", "south", 0), ("course", "art", 0), ("from", S6, 0)):
        assert len(case.answer("history/report/carried", **{**every, name: value})) == times


def test_the_best_suggestions_above_a_score_are_listed(case: Case) -> None:
    case.given(
        "mapping.courses", {"course_id": "math", "subject": "math", "title": "Math", "grade": "6", "active": True}
    )
    for section_id, name in ((M6, "Math"), (M7, "Other")):
        row = {"section_id": section_id, "clever_course": name, "subject": "math", "grade": "6", "status": "active"}
        case.given("roster.sections", {**row, "course_count": 0, "site_id": "north"})
    case.given("roster.sites", {"site_id": "north", "name": "North"})
    for section_id, score in ((M6, 0.995), (M7, 0.6)):
        case.given("mapping.suggestions", {"section_id": section_id, "course_id": "math", "score": score})
    case.view("mapping/unmapped", "*")
    found = case.answer("history/report/best_suggestions", "section_id, course_id", least=0.99, site="NORTH")
    assert values(found) == [(M6, "math")]
    assert len(case.answer("history/report/best_suggestions", least=0.5, site=None)) == 2
    assert case.answer("history/report/best_suggestions", least=0.5, site="south") == []
