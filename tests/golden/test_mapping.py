"""The mapping, statement by statement: which courses hang on which sections, and which lines name nothing."""

from __future__ import annotations

from datetime import datetime

from tests.golden.case import M6, M7, NOW, S6, Case, Row, values


def test_a_line_of_the_file_is_stronger_than_a_rule(case: Case) -> None:
    case.given("staging.sections", {"clever_id": "m6", "subject": "math"}, {"clever_id": "m7", "subject": "Math"})
    case.given("input.rules", {"rule_id": "r1", "subject": "math", "course_id": "math"})
    case.given("input.rules", {"rule_id": "r2", "subject": "math", "grade": "6", "course_id": "math-6"})
    case.given("input.section_courses", {"section_id": "m6", "course_id": "art", "line": 2})
    assert values(case.make("mapping/section_courses", "clever_id, course_id, mapped_by, rule_id")) == [
        ("m6", "art", "file", None),
        ("m7", "math", "rule", "r1"),
    ]


def test_a_line_may_name_the_section_by_any_of_its_ids(case: Case) -> None:
    case.given("staging.sections", *({"clever_id": c} for c in ("M6", "known", "fresh")))
    case.given("roster.sections", {"section_id": M7, "clever_id": "known"})
    named = ("m6", M7, case.platform_id("section", "fresh"), "never-seen")
    case.given("input.section_courses", *({"section_id": s, "course_id": "math"} for s in named))
    assert values(case.make("mapping/section_courses", "clever_id")) == [("M6",), ("fresh",), ("known",)]


def test_a_rule_looks_at_the_last_known_course_when_clever_lists_it_no_more(case: Case) -> None:
    case.given("staging.sections", {"clever_id": "m6", "course_unlisted": True})
    case.given("roster.sections", {"section_id": M6, "clever_id": "m6", "clever_course": "Algebra"})
    case.given("input.rules", {"rule_id": "r1", "clever_course": "algebra", "course_id": "math"})
    assert case.make("mapping/section_courses", "rule_id") == [{"rule_id": "r1"}]


def test_a_line_may_name_the_section_by_an_id_that_it_had_before(case: Case) -> None:
    case.given("staging.sections", {"clever_id": "fresh"})
    case.given("identity.sections", {"clever_id": "fresh", "section_id": M6})
    case.given("roster.sections", {"section_id": M6, "clever_id": "old"})
    older: Row = {"entity": "sections", "entity_id": M6, "action": "relink", "before": '{"clever_id": "oldest"}'}
    case.given("sync.change_log", older)
    lines = ("old", "oldest", M6, "fresh", "never-seen")
    case.given("input.section_courses", *({"section_id": s, "line": n} for n, s in enumerate(lines)))
    assert values(case.make("mapping/renamed_lines", "line, clever_id")) == [(0, "fresh"), (1, "fresh"), (2, "fresh")]


def test_a_line_with_an_earlier_id_is_stronger_than_a_rule_too(case: Case) -> None:
    case.given("mapped.renamed_lines", {"clever_id": "m6", "course_id": "art"})
    for mapped_by in ("rule", "file"):
        case.given("mapped.section_courses", {"clever_id": "m6", "mapped_by": mapped_by})
    case.given("mapped.section_courses", {"clever_id": "m7", "mapped_by": "rule"})
    assert values(case.change("mapping/drop_rules_of_renamed", "clever_id, mapped_by")) == [
        ("m6", "file"),
        ("m7", "rule"),
    ]


def test_a_line_with_an_earlier_id_maps_its_section_once(case: Case) -> None:
    for course in ("art", "art", "math"):
        case.given("mapped.renamed_lines", {"clever_id": "m6", "course_id": course})
    case.given("mapped.section_courses", {"clever_id": "m6", "course_id": "math", "mapped_by": "file"})
    assert values(case.change("mapping/map_renamed", "course_id, mapped_by")) == [("art", "file"), ("math", "file")]


def test_a_line_with_an_earlier_id_is_no_warning(case: Case) -> None:
    case.given("mapped.renamed_lines", {"line": 2})
    case.given("mapped.line_issues", *({"record_id": f"section_courses.csv, line {n}"} for n in (2, 22)))
    assert values(case.change("mapping/known_lines", "record_id")) == [("section_courses.csv, line 22",)]


def test_a_line_that_names_nothing_is_a_warning(case: Case) -> None:
    case.given("staging.sections", {"clever_id": "M6"})
    case.given("staging.sites", {"site_id": "North"})
    case.given("roster.sections", {"section_id": S6, "clever_id": "gone"})
    named = ("m6", case.platform_id("section", "M6"), S6, "gone", "never-seen")
    case.given("input.section_courses", *({"section_id": s, "line": n} for n, s in enumerate(named)))
    case.given("input.site_settings", {"site_id": "north", "line": 2}, {"site_id": "nroth", "line": 3})
    assert values(case.make("mapping/line_issues", "code, record_id, line")) == [
        ("input_unknown_site", "sites.csv, line 3", 3),
        ("mapping_unknown_section", "section_courses.csv, line 4", 4),
    ]


def test_a_district_that_nobody_knows_is_a_warning_with_the_one_that_may_be_meant(case: Case) -> None:
    case.given("input.districts", {"slug": "harbor-usd"})
    for district, lines in (("habror-usd", 1), ("harbor-usd", 5), ("elsewhere", 2)):
        case.given("input.named_districts", {"file": "logins.csv", "district": district, "lines": lines})
    found = case.make("mapping/line_issues", "record_id, entity, contains(message, 'Is harbor-usd meant?') AS meant")
    assert values(found) == [("logins.csv, 1 line", "logins", True), ("logins.csv, 2 lines", "logins", False)]


def test_an_active_section_without_a_course_is_unmapped(case: Case) -> None:
    for section_id, status, courses in ((M6, "active", 0), (M7, "active", 1), (S6, "archived", 0)):
        row = {"section_id": section_id, "status": status, "course_count": courses, "unmapped_since": NOW}
        case.given("roster.sections", row)
    assert case.view("mapping/unmapped", "section_id, since") == [
        {"section_id": M6, "since": datetime(2026, 11, 23, 10)}
    ]


def test_a_course_of_the_catalog_has_its_row(case: Case) -> None:
    course: Row = {"course_id": "math-6", "subject": "math", "title": "Math 6", "grade": "6", "active": True}
    assert case.make("mapping/input/courses", "*", file=case.file({**course, "line": 2})) == [course]


def test_a_line_about_a_subject_has_its_row(case: Case) -> None:
    line: Row = {"clever_subject": "math", "catalog_subject": "Numbers", "also_called": None}
    assert case.make("mapping/input/subjects", "*", file=case.file({**line, "line": 2})) == [line]


def test_a_rule_is_compared_in_small_letters(case: Case) -> None:
    file = case.file({"rule_id": "R1", "subject": "Math", "grade": None, "clever_course": "Algebra", "course_id": "A1"})
    assert values(case.make("mapping/input/rules", "*", file=file)) == [("R1", "math", None, "algebra", "A1")]


def test_a_line_about_a_section_keeps_its_number(case: Case) -> None:
    line: Row = {"section_id": "m6", "course_id": "math-6", "line": 2}
    assert case.make("mapping/input/section_courses", "*", file=case.file(line)) == [line]


def test_a_line_about_a_site_keeps_its_number(case: Case) -> None:
    line: Row = {"site_id": "north", "enrollment_source": "manual", "line": 2}
    assert case.make("mapping/input/site_settings", "*", file=case.file(line)) == [line]


def test_a_login_may_name_the_person_by_our_id(case: Case) -> None:
    file = case.file(*({"user_id": u, "first_login_at": "2026-09-01T00:00:00"} for u in (M6, "ann")))
    assert values(case.make("mapping/input/logins", "user_id, platform_id", file=file)) == [(M6, M6), ("ann", None)]


def test_a_district_that_a_file_names_is_counted(case: Case) -> None:
    named: Row = {"file": "logins.csv", "district": "elsewhere", "lines": 2}
    assert case.make("mapping/input/named_districts", "*", file=case.file(named)) == [named]


def test_the_districts_of_this_warehouse_are_known(case: Case) -> None:
    assert values(case.make("mapping/input/districts", "slug", slugs=["harbor", "hill"])) == [("harbor",), ("hill",)]
