"""The mapping, statement by statement: which courses hang on which sections, and which lines name nothing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.golden.case import ANN, BEN, M6, M7, NOW, S6, S7, Case, Row, values


def test_a_line_of_the_file_is_stronger_than_a_rule(case: Case) -> None:
    case.given("staging.sections", {"clever_id": "m6"}, {"clever_id": "m7"})
    for section, rule, course, counts in (
        ("m6", "r1", "math", True),
        ("m7", "r2", "math", True),
        ("m7", "r1", "math", True),
        ("m7", "r3", "art", False),
    ):
        row = {"clever_id": section, "rule_id": rule, "course_id": course, "counts": counts}
        case.given("mapped.rule_matches", row)
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


def test_rules_look_at_the_last_known_course_when_clever_lists_it_no_more(case: Case) -> None:
    case.given("staging.sites", {"site_id": "north", "name": "North High"})
    row = {"clever_id": "m6", "site_id": "north", "name": "Math - Po - 1", "course_unlisted": True, "term_name": "S1"}
    case.given("staging.sections", row)
    case.given(
        "roster.sections", {"section_id": M6, "clever_id": "m6", "clever_course": "Algebra", "course_number": "A1"}
    )
    found = case.make("mapping/ruled_sections", "site, clever_course, course_number, name, term")
    assert values(found) == [("north high", "algebra", "a1", "math - po - 1", "s1")]


SECTION: Row = {
    "clever_id": "m6",
    "site_id": "north",
    "site": "north high",
    "subject": "math",
    "grade": "6",
    "clever_course": "algebra i",
    "course_number": "101",
    "name": "algebra i - po - 3",
    "term": "s1",
    "period": "3",
}


@pytest.mark.parametrize(
    ("rule", "takes"),
    [
        ({"subject": "math", "grade": "6"}, True),
        ({"subject": "math", "grade": "7"}, False),
        ({"clever_course": "algebra i", "course_number": "101"}, True),
        ({"course_number": "102"}, False),
        ({"site": "north"}, True),
        ({"site": "north high"}, True),
        ({"site": "south"}, False),
        ({"term": "s1", "period": "3"}, True),
        ({"term": "s2"}, False),
        ({"period": "4"}, False),
        ({"section_name": "algebra", "match": "prefix"}, True),
        ({"section_name": "po", "match": "prefix"}, False),
        ({"section_name": "- 3", "match": "suffix"}, True),
        ({"section_name": "po", "match": "contains"}, True),
        ({"section_name": "^ALGEBRA I+ ", "match": "regex"}, True),
        ({"section_name": "^po", "match": "regex"}, False),
        ({"subject": "math", "active": False}, False),
    ],
)
def test_a_rule_takes_the_sections_that_agree_with_all_it_says(case: Case, rule: Row, takes: bool) -> None:
    case.given("mapped.ruled_sections", SECTION)
    case.given("input.rules", {"rule_id": "r1", "course_id": "math", "active": True, "priority": 100, **rule})
    assert values(case.make("mapping/rule_matches", "clever_id, rule_id, counts")) == [("m6", "r1", True)] * takes


def test_of_the_rules_that_take_a_section_the_best_priority_counts(case: Case) -> None:
    case.given("mapped.ruled_sections", SECTION)
    for rule, priority in (("r1", 10), ("r2", 5), ("r3", 5)):
        row = {"rule_id": rule, "course_id": rule, "subject": "math", "priority": priority, "active": True}
        case.given("input.rules", row)
    found = case.make("mapping/rule_matches", "rule_id, counts")
    assert values(found) == [("r1", False), ("r2", True), ("r3", True)]


def test_a_line_may_name_the_section_by_an_id_that_it_had_before(case: Case) -> None:
    case.given("staging.sections", {"clever_id": "fresh"})
    case.given("identity.sections", {"clever_id": "fresh", "section_id": M6})
    case.given("roster.sections", {"section_id": M6, "clever_id": "old"})
    older: Row = {"entity": "sections", "entity_id": M6, "action": "relink", "before": '{"clever_id": "oldest"}'}
    case.given("sync.change_log", older)
    lines = ("old", "oldest", M6, "fresh", "never-seen")
    case.given("input.section_courses", *({"section_id": s, "line": n} for n, s in enumerate(lines)))
    assert values(case.make("mapping/renamed_lines", "line, clever_id")) == [(0, "fresh"), (1, "fresh"), (2, "fresh")]


def test_a_line_stays_with_its_class_when_another_gets_the_id_that_it_had(case: Case) -> None:
    """What hangs by it says for which of the two it was written."""
    first = case.platform_id("section", "old")
    case.given("identity.sections", {"clever_id": "fresh", "section_id": first}, {"clever_id": "old", "section_id": M7})
    case.given("roster.sections", {"section_id": first, "clever_id": "Fresh"})
    case.given("staging.sections", {"clever_id": "fresh"}, {"clever_id": "Old"})
    case.given(
        "input.section_courses", *({"section_id": "old", "course_id": c, "line": n} for n, c in enumerate(("a", "b")))
    )
    case.given("roster.section_courses", {"section_id": first, "course_id": "a", "mapped_by": "file"})
    assert len(case.answer("mapping/any_renamed")) == 1
    assert values(case.make("mapping/renamed_lines", "line, clever_id")) == [(0, "fresh")]
    assert values(case.make("mapping/section_courses", "clever_id, course_id")) == [("Old", "b")]


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


COURSE: Row = {"course_id": "math-6", "subject": "math", "title": "x", "grade": "6"}


def test_the_queue_has_active_sections_without_a_course_those_with_most_students_first(case: Case) -> None:
    known: Row = {"unmapped_since": NOW - timedelta(days=2), "grade": "6", "subject": "math"}
    for section_id, status, courses, students in ((M6, "active", 0, 3), (M7, "active", 1, 9), (S6, "archived", 0, 9)):
        row = {"section_id": section_id, "status": status, "course_count": courses, "student_count": students}
        case.given("roster.sections", {**row, **known})
    case.given("roster.sections", {"section_id": S7, "status": "active", "course_count": 0, "student_count": 4})
    case.given("sync.syncs", {"finished_at": NOW}, {"finished_at": NOW - timedelta(days=9)})
    case.given("mapping.not_carried", {"section_id": M6, "because": "disagree"})
    case.given("mapping.courses", {**COURSE, "active": True})
    case.given("mapping.suggestions", {"section_id": M6, "course_id": "math-6", "score": 0.9})
    found = case.view("mapping/unmapped", "section_id, students, grade, days, not_carried, suggestion")
    assert sorted(values(found), key=lambda row: -row[1]) == [
        (S7, 4, None, 0, None, None),
        (M6, 3, "6", 2, "disagree", "math-6"),
    ]
    assert [row["section_id"] for row in case.answer("history/report/unmapped", limit=9)] == [S7, M6]


def test_what_the_last_applied_sync_left_unmapped_is_new(case: Case) -> None:
    for n, status in enumerate(["succeeded", "held", "failed"]):
        case.given("sync.syncs", {"sync_no": n, "status": status, "started_at": NOW + timedelta(days=n)})
    case.given(
        "sync.syncs", {"sync_no": 3, "status": "succeeded", "trigger": "erase", "started_at": NOW + timedelta(days=3)}
    )
    for section_id, days in ((M6, 0), (M7, 1)):
        row = {"section_id": section_id, "status": "active", "course_count": 0, "student_count": 7}
        case.given("roster.sections", {**row, "unmapped_since": NOW + timedelta(days=days)})
    assert case.answer("history/report/queue_counts") == [{"sections": 2, "seats": 14, "suggested": 0}]
    assert case.answer("history/report/newly_unmapped") == [{"sections": 1, "students": 7}]


def test_a_course_of_the_catalog_has_its_row(case: Case) -> None:
    course: Row = {"course_id": "math-6", "subject": "math", "title": "Math 6", "grade": "6", "active": True}
    assert case.make("mapping/input/courses", "*", file=case.file({**course, "line": 2})) == [course]


def test_a_line_about_a_subject_has_its_row(case: Case) -> None:
    line: Row = {"clever_subject": "math", "catalog_subject": "Numbers", "also_called": None}
    assert case.make("mapping/input/subjects", "*", file=case.file({**line, "line": 2})) == [line]


def test_a_rule_is_compared_in_small_letters_and_may_have_several_courses(case: Case) -> None:
    rule: Row = {"rule_id": "R1", "subject": "Math", "clever_course": "Algebra", "course_id": "A1;A2", "active": True}
    named: Row = {"site": "North", "section_name": "Alg", "match": "prefix", "priority": 5}
    columns = "rule_id, subject, grade, clever_course, course_id, site, section_name, priority, active"
    found = case.make("mapping/input/rules", columns, file=case.file({**rule, **named}))
    assert values(found) == [("R1", "math", None, "algebra", c, "north", "alg", 5, True) for c in ("A1", "A2")]


def test_a_line_about_a_section_keeps_its_number(case: Case) -> None:
    line: Row = {"section_id": "m6", "course_id": "math-6", "line": 2}
    assert case.make("mapping/input/section_courses", "*", file=case.file(line)) == [line]


def test_a_line_about_a_site_keeps_its_number(case: Case) -> None:
    said: Row = {"site_id": "north", "enrollment_source": "manual", "line": 2, "time_zone": "Asia/Tokyo"}
    line = {**said, "archive_percent": 2.5, "archive_count": 1000, "move_percent": None}
    limits = {"archive_percent": 2.5, "archive_count": 1000.0}
    assert case.make("mapping/input/site_settings", "*", file=case.file(line)) == [{**said, "limits": limits}]


def test_only_sites_with_limits_of_their_own_have_some(case: Case) -> None:
    case.given("input.site_settings", {"site_id": "north", "limits": {"move_percent": 1.0}})
    case.given("input.site_settings", {"site_id": "south", "limits": {}})
    assert values(case.answer("mapping/limits_of_sites")) == [("north", {"move_percent": 1.0})]


def test_a_login_may_name_the_person_by_our_id(case: Case) -> None:
    file = case.file(*({"user_id": u, "first_login_at": "2026-09-01T00:00:00"} for u in (M6, "ann")))
    assert values(case.make("mapping/input/logins", "user_id, platform_id", file=file)) == [(M6, M6), ("ann", None)]


def test_a_district_that_a_file_names_is_counted(case: Case) -> None:
    named: Row = {"file": "logins.csv", "district": "elsewhere", "lines": 2}
    assert case.make("mapping/input/named_districts", "*", file=case.file(named)) == [named]


def test_the_districts_of_this_warehouse_are_known(case: Case) -> None:
    assert values(case.make("mapping/input/districts", "slug", slugs=["harbor", "hill"])) == [("harbor",), ("hill",)]


def test_a_rehearsal_looks_at_active_sections_or_at_those_of_the_last_year(case: Case) -> None:
    case.given("roster.sites", {"site_id": "north", "name": "North High"})
    ended = (("active", 2028), ("concluded", 2027), ("concluded", 2026))
    for section_id, (status, year) in zip((M6, M7, S6), ended, strict=True):
        row = {"section_id": section_id, "site_id": "north", "status": status, "term_end": date(year, 6, 4)}
        case.given("roster.sections", {**row, "course_number": "A1"})
    found = case.make("mapping/rehearsed_sections", "clever_id, site, course_number", ended=False)
    assert values(found) == [(M6, "north high", "a1")]
    assert values(case.make("mapping/rehearsed_sections", "clever_id", ended=True)) == [(M7,)]


def test_a_rehearsal_counts_what_a_rule_takes_and_whether_that_is_what_hangs_there(case: Case) -> None:
    """r1 decides of three sections, which have the same, others and none; r2 takes one, but r1 is stronger."""
    rules = [("r1", "math", 1), ("r1", "art", 1), ("r2", "sci", 9), ("r3", "pe", 9)]
    for rule_id, course_id, priority in rules:
        row = {"rule_id": rule_id, "course_id": course_id, "priority": priority, "active": True}
        case.given("input.rules", row)
    for section_id in (M6, M7, S6):
        case.given("mapped.ruled_sections", {"clever_id": section_id, "site_id": "north"})
        for course_id in ("math", "art"):
            row = {"clever_id": section_id, "rule_id": "r1", "course_id": course_id, "counts": True}
            case.given("mapped.rule_matches", row)
    row = {"clever_id": S6, "rule_id": "r2", "course_id": "sci", "counts": False}
    case.given("mapped.rule_matches", row)
    for section_id, course_id in ((M6, "math"), (M6, "art"), (M7, "math")):
        case.given("roster.section_courses", {"section_id": section_id, "course_id": course_id})
    north = [{"site_id": "north", "sections": 3}]
    assert values(case.answer("mapping/rehearsal", ended=False)) == [
        ("r1", ["art", "math"], 1, True, 3, 3, 1, 1, 1, 0, 0, north),
        ("r2", ["sci"], 9, True, 1, 0, 0, 0, 0, 0, 0, [{"site_id": "north", "sections": 1}]),
        ("r3", ["pe"], 9, True, 0, 0, 0, 0, 0, 0, 0, []),
    ]


@pytest.mark.parametrize("ended", [False, True])
def test_where_the_file_or_a_person_speaks_a_rule_has_no_say_but_in_the_next_year_it_has(
    case: Case, ended: bool
) -> None:
    """M6 is filed, a person took math off M7 and added art to S6, where math comes beside it: Ann and Ben are in S6."""
    case.given("input.rules", {"rule_id": "r1", "course_id": "math", "priority": 1, "active": True})
    for section_id in (M6, M7, S6):
        case.given("mapped.ruled_sections", {"clever_id": section_id, "site_id": "north"})
        row = {"clever_id": section_id, "rule_id": "r1", "course_id": "math", "counts": True}
        case.given("mapped.rule_matches", row)
    case.given("roster.section_courses", {"section_id": M6, "course_id": "sci", "mapped_by": "file"})
    case.given("roster.section_courses", {"section_id": S6, "course_id": "art", "mapped_by": "manual"})
    for no, (section_id, course_id, decision) in enumerate([(M7, "math", "remove"), (S6, "art", "add")]):
        row = {"no": no, "section_id": section_id, "course_id": course_id, "decision": decision}
        case.given("mapping.decisions", row)
    case.given("roster.sections", {"section_id": S6, "status": "concluded" if ended else "active"})
    for user_id in (ANN, BEN):
        case.given("roster.enrollments", {"section_id": S6, "user_id": user_id, "status": "active"})
    counted = "takes, decides, same, others, none, overruled, people"
    (found,) = values(case.answer("mapping/rehearsal", counted, ended=ended))
    assert found == ((3, 3, 0, 2, 1, 0, 0) if ended else (3, 1, 0, 1, 0, 2, 2))


_RULES = (("r1", "math", True), ("r2", "art", True), ("r3", "pe", False), ("r4", "art", True))


def test_rules_fight_over_a_section_where_both_decide_with_other_courses(case: Case) -> None:
    for rule_id, course_id, counts in _RULES:
        row = {"clever_id": "m6", "rule_id": rule_id, "course_id": course_id, "counts": counts}
        case.given("mapped.rule_matches", row)
    assert values(case.answer("mapping/fights")) == [("r1", "r2", 1), ("r1", "r4", 1)]
