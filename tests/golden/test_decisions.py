"""What people decide about sections and courses, statement by statement."""

from __future__ import annotations

import pytest

from tests.golden.case import ANN, BEN, M6, M7, NOW, S6, S7, Case, Row, values


def test_the_last_decision_that_stands_counts(case: Case) -> None:
    case.given("identity.sections", {"clever_id": "m6", "section_id": M6})
    for no, (section, course, decision, undone_by) in enumerate(
        [
            (M6, "math", "remove", None),
            (M6, "math", "add", None),
            (M6, "math", "remove", "S9"),
            (M6, "art", "add", None),
            (M7, "art", "add", None),
        ]
    ):
        row = {"no": no, "section_id": section, "course_id": course, "decision": decision, "undone_by": undone_by}
        case.given("mapping.decisions", row)
    case.given("input.decisions", {"section_id": M6, "course_id": "art", "decision": "remove"})
    assert values(case.make("mapping/decisions", "clever_id, course_id, decision")) == [
        ("m6", "art", "remove"),
        ("m6", "math", "add"),
    ]


def test_with_the_class_that_they_were_about_decisions_and_lines_end(case: Case) -> None:
    case.given("identity.sections", {"clever_id": "M6", "section_id": M6}, {"clever_id": "m7", "section_id": M7})
    case.given("mapped.other_classes", {"clever_id": "M6", "section_id": M6})
    case.given(
        "mapping.decisions", *({"no": 1, "section_id": s, "course_id": "art", "decision": "add"} for s in (M6, M7))
    )
    case.given("mapping.decisions", {"no": 2, "section_id": M6, "course_id": "sci", "decision": "remove"})
    lines = (("m6", "math"), (M6, "sci"), ("m7", "math"))
    case.given("input.section_courses", *({"section_id": s, "course_id": c} for s, c in lines))
    case.given("mapped.renamed_lines", {"clever_id": "M6", "course_id": "old", "line": 9})
    case.given("input.decisions", {"section_id": M6, "course_id": "math", "decision": "add"})
    assert values(case.make("mapping/decisions", "clever_id, course_id, decision")) == [
        ("M6", "art", "over"),
        ("M6", "math", "add"),
        ("M6", "old", "ended"),
        ("M6", "sci", "ended"),
        ("m7", "art", "add"),
    ]


def test_what_has_ended_is_written_down_where_the_section_changes(case: Case) -> None:
    for section, held_by in ((M6, None), (M7, "h")):
        case.given("mapped.other_classes", {"section_id": section})
        case.given("plan.sections", {"section_id": section, "held_by": held_by})
    for section, decision in ((M6, "ended"), (M6, "over"), (M7, "ended"), (S6, "ended"), (S6, "over"), (M6, "add")):
        case.given("mapped.decisions", {"section_id": section, "course_id": decision, "decision": decision})
    found = case.change(
        "mapping/keep_decisions", 'no, section_id, course_id, decision, "by", sync_id', sync_id="S2", now=NOW
    )
    assert values(found) == [(1, M6, "ended", "ended", None, "S2"), (2, M6, "over", "over", None, "S2")]


def test_what_has_ended_is_over_once_its_line_is_taken_out(case: Case) -> None:
    case.given("identity.sections", {"clever_id": "M6", "section_id": M6}, {"clever_id": "m7", "section_id": M7})
    for no, (section, course) in enumerate([(M6, "math"), (M6, "art"), (M7, "math"), (M7, "old"), (M7, "sci")]):
        case.given("mapping.decisions", {"no": no, "section_id": section, "course_id": course, "decision": "ended"})
    case.given(
        "input.section_courses", {"section_id": "m6", "course_id": "math"}, {"section_id": M7, "course_id": "sci"}
    )
    case.given("mapped.renamed_lines", {"clever_id": "m7", "course_id": "old"})
    assert values(case.make("mapping/decisions", "clever_id, course_id, decision")) == [
        ("M6", "art", "over"),
        ("M6", "math", "ended"),
        ("m7", "math", "over"),
        ("m7", "old", "ended"),
        ("m7", "sci", "ended"),
    ]


def test_a_line_that_was_taken_out_is_written_down_once(case: Case) -> None:
    for no, (course, decision) in enumerate([("math", "ended"), ("art", "ended"), ("art", "over"), ("sci", "ended")]):
        case.given("mapping.decisions", {"no": no, "section_id": M6, "course_id": course, "decision": decision})
    for course, decision in (("math", "over"), ("art", "over"), ("sci", "ended")):
        case.given("mapped.decisions", {"section_id": M6, "course_id": course, "decision": decision})
    found = case.change("mapping/keep_decisions", "no, course_id, decision, sync_id", sync_id="S2", now=NOW)
    assert values(found)[4:] == [(4, "math", "over", "S2")]


def test_what_was_decided_gives_way_to_the_decision_and_nothing_else_does(case: Case) -> None:
    for course, decision in (("math", "remove"), ("art", "ended"), ("sci", "over")):
        case.given("mapped.decisions", {"clever_id": "m6", "course_id": course, "decision": decision})
    for section, course in (("m6", "math"), ("m6", "art"), ("m6", "sci"), ("m7", "math")):
        case.given("mapped.section_courses", {"clever_id": section, "course_id": course, "mapped_by": "file"})
    assert values(case.change("mapping/drop_decided", "clever_id, course_id")) == [
        ("m6", "art"),
        ("m6", "sci"),
        ("m7", "math"),
    ]


def test_only_what_the_catalog_has_is_hung_by_hand(case: Case) -> None:
    case.given("input.courses", {"course_id": "math", "active": True}, {"course_id": "old", "active": False})
    for course, decision in (("math", "add"), ("old", "add"), ("gone", "add"), ("math", "remove")):
        case.given("mapped.decisions", {"clever_id": f"{decision}-6", "course_id": course, "decision": decision})
    assert values(case.change("mapping/map_by_hand", "clever_id, course_id, mapped_by")) == [
        ("add-6", "math", "manual")
    ]


def test_decisions_are_numbered_on(case: Case) -> None:
    case.given("mapping.decisions", {"no": 4, "section_id": M6, "course_id": "art", "decision": "add"})
    for section in (M7, M6):
        case.given("input.decisions", {"section_id": section, "course_id": "math", "decision": "add"})
    assert values(
        case.change("mapping/keep_decisions", "no, section_id, course_id, sync_id", sync_id="S2", now=NOW)
    ) == [
        (4, M6, "art", None),
        (5, M6, "math", "S2"),
        (6, M7, "math", "S2"),
    ]


def test_a_decision_ends_what_an_undo_refuses(case: Case) -> None:
    case.given("input.decisions", {"section_id": M6, "course_id": "math"})
    for entity, record in (("section_courses", f"{M6}/math"), ("section_courses", f"{M7}/math"), ("sections", M6)):
        case.given("sync.undone", {"entity": entity, "entity_id": record})
    assert values(case.change("mapping/settle_decided", "entity_id")) == [(M6,), (f"{M7}/math",)]


@pytest.mark.parametrize(("only_removals", "stands"), [(False, []), (True, [2])], ids=["all", "removals"])
def test_an_undo_takes_back_the_decisions_of_its_sync(case: Case, only_removals: bool, stands: list[int]) -> None:
    """And those of later syncs that are about what it changes; where it does not win, it changes none of these."""
    case.given("sync.syncs", *({"sync_id": f"S{n}", "sync_no": n} for n in (1, 2, 3)))
    for no, (section, decision, sync_id, undone_by) in enumerate(
        [
            (M6, "remove", "S1", None),
            (M6, "remove", "S2", None),
            (S6, "add", "S2", None),
            (M6, "remove", "S2", "S0"),
            (M6, "remove", "S3", None),
            (M7, "remove", "S3", None),
        ]
    ):
        row = {"no": no, "section_id": section, "course_id": "art", "decision": decision}
        case.given("mapping.decisions", {**row, "sync_id": sync_id, "undone_by": undone_by})
    case.given("plan.section_courses", {"section_id": M6, "course_id": "art"})
    case.connection.execute(f"SET VARIABLE only_removals = {only_removals}")
    found = case.change("mapping/undo_decisions", "no, undone_by", undoes="S2", sync_id="S4")
    assert [no for no, undone_by in values(found) if undone_by is None] == sorted([0, 5, *stands])
    assert (3, "S0") in values(found)


def test_the_undo_of_an_undo_gives_them_back(case: Case) -> None:
    for no, undone_by in enumerate(["S3", "S4"]):
        case.given("mapping.decisions", {"no": no, "sync_id": "S2", "undone_by": undone_by})
    assert values(case.change("mapping/give_back_decisions", "no, undone_by", undoes="S3")) == [(0, None), (1, "S4")]


def test_a_section_may_be_named_by_the_beginning_of_either_id(case: Case) -> None:
    case.given("roster.sections", {"section_id": M6, "clever_id": "AB", "status": "active"})
    case.given("roster.sections", {"section_id": M7, "clever_id": "abc", "status": "archived"})
    case.given("input.deeds", *({"section": said} for said in ("ab", "ab", "a", "7777", M6, "none", "")))
    assert values(case.make("mapping/meant_sections", "said, section_id, status, found")) == [
        (M6, M6, "active", 1),
        ("7777", M7, "archived", 1),
        ("a", M6, "active", 2),
        ("ab", M6, "active", 1),
    ]


def test_the_first_deed_that_nobody_can_carry_out_is_told(case: Case) -> None:
    case.given("input.deeds", *({"no": no, "section": said} for no, said in enumerate(("m6", "m", "old", "none"))))
    case.given("input.meant_sections", {"said": "m6", "section_id": M6, "status": "active", "found": 1})
    assert values(case.answer("mapping/refused_deeds")) == [("m", None, None, 0, 3)]
    case.given("input.meant_sections", {"said": "m", "section_id": M6, "status": "active", "found": 2})
    case.given("input.meant_sections", {"said": "old", "section_id": M7, "status": "archived", "found": 1})
    assert values(case.answer("mapping/refused_deeds")) == [("m", M6, "active", 2, 3)]


def test_what_is_to_be_added_and_removed_is_told(case: Case) -> None:
    for no, (said, course, decision) in enumerate(
        [("m6", "art", "add"), ("m6", "math", "add"), (M6, "math", "remove"), ("m7", "art", "remove")]
    ):
        case.given("input.deeds", {"no": no, "section": said, "course_id": course, "decision": decision})
    case.given("input.meant_sections", *({"said": s, "section_id": i} for s, i in (("m6", M6), (M6, M6), ("m7", M7))))
    assert values(case.answer("mapping/contradictory_deeds")) == [(M6, "math")]


def test_deeds_become_decisions_each_once(case: Case) -> None:
    file = case.file(
        {"no": 0, "section": "m6", "course_id": "art", "decision": "add"},
        {"no": 1, "section": M6, "course_id": "art", "decision": "add"},
    )
    assert values(case.make("mapping/input/deeds", "section", file=file)) == [(M6,), ("m6",)]
    case.given("input.meant_sections", *({"said": said, "section_id": M6} for said in ("m6", M6)))
    decided = case.make(
        "mapping/input/decisions", 'section_id, course_id, decision, "by", why, "at"', by="Rae", why=None, at=NOW
    )
    assert values(decided) == [(M6, "art", "add", "Rae", None, NOW)]


def test_what_is_asked_is_told_apart_in_any_order(case: Case) -> None:
    def asked(*decisions: tuple[str, str, str]) -> str:
        case.end()
        names = ("section_id", "course_id", "decision")
        case.given("input.decisions", *(dict(zip(names, decision, strict=True)) for decision in decisions))
        ((fingerprint,),) = values(case.answer("mapping/asked"))
        return str(fingerprint)

    one, other = (M6, "math", "remove"), (M7, "art", "add")
    assert asked(one, other) == asked(other, one)
    assert len({asked(), asked(one), asked(other), asked((M6, "math", "add"))}) == 4


def test_a_course_is_known_by_the_id_that_was_written_first(case: Case) -> None:
    case.given("mapping.decisions", {"no": 1, "course_id": "Art"}, {"no": 2, "course_id": "art", "undone_by": "S3"})
    case.given("roster.section_courses", *({"section_id": M6, "course_id": c} for c in ("ART", "Math", "Math")))
    case.given("mapping.courses", *({"course_id": c} for c in ("aRT", "MATH", "Sci")))
    assert sorted(values(case.answer("mapping/course_ids"))) == [("art", "Art"), ("math", "Math"), ("sci", "Sci")]


def test_courses_with_a_like_id_or_title_are_named(case: Case) -> None:
    for course, title in (("math-6", "Math 6"), ("x", "Mathematics 6"), ("art", "Zzz"), ("math-7", "Math 7")):
        case.given("input.courses", {"course_id": course, "title": title, "active": course != "math-7"})
    assert values(case.answer("mapping/titles_alike", "course_id", said="Math6"))[:2] == [("math-6",), ("x",)]


def test_people_who_see_other_courses_are_counted(case: Case) -> None:
    """Ann gets math; Ben had it through another section; nobody is in the section that loses art."""
    case.given("sync.syncs", {"sync_id": "S2"})
    case.given("roster.users", {"user_id": ANN}, {"user_id": BEN})
    for section in (M6, M7, S6):
        case.given("roster.sections", {"section_id": section, "status": "active", "visible": True})
    case.given("roster.section_courses", *({"section_id": s, "course_id": "math"} for s in (M6, M7)))
    for section, user in ((M6, ANN), (M6, BEN), (M7, BEN)):
        case.given("roster.enrollments", {"section_id": section, "user_id": user, "status": "active"})
    case.given("plan.section_courses", {"section_id": M6, "course_id": "math", "action": "create"})
    case.given("plan.section_courses", {"section_id": S6, "course_id": "art", "action": "archive"})
    case.given("plan.section_courses", {"section_id": M7, "course_id": "art", "action": "create", "held_by": "h"})
    assert case.change("plan/people", "people", sync_id="S2") == [{"people": 1}]


def test_the_people_of_one_sync_are_told(case: Case) -> None:
    case.given("sync.syncs", {"sync_id": "S1", "people": 3}, {"sync_id": "S2", "people": 5})
    assert values(case.answer("plan/people_of_sync", sync_id="S2")) == [(5,)]


def test_sections_that_get_or_lose_a_course_are_counted_once(case: Case) -> None:
    for section_id, course, action, held_by in (
        (M6, "art", "create", None),
        (M6, "math", "archive", None),
        (M7, "art", "update", None),
        (S6, "art", "create", "h"),
        (S7, "art", "archive", None),
    ):
        row = {"section_id": section_id, "course_id": course, "action": action, "held_by": held_by}
        case.given("plan.section_courses", row)
    assert values(case.answer("plan/sections_concerned")) == [(2,)]


def test_what_is_being_decided_is_listed_where_most_students_are_first(case: Case) -> None:
    case.given("roster.sites", {"site_id": "north", "name": "North"})
    for section_id, site, students in ((M6, "north", 3), (M7, "south", 9)):
        case.given("roster.sections", {"section_id": section_id, "site_id": site, "student_count": students})
        case.given("input.decisions", {"section_id": section_id, "course_id": "art", "decision": "add"})
    found = case.answer("mapping/deciding", "section_id, course_id, decision, site, students", limit=9)
    assert values(found) == [(M7, "art", "add", "south", 9), (M6, "art", "add", "North", 3)]
    assert len(case.answer("mapping/deciding", limit=1)) == 1


_OFFERED = (("math", 0.7), ("art", 0.9))


def test_sections_are_listed_with_what_hung_their_courses_there(case: Case) -> None:
    case.given("roster.sites", {"site_id": "north", "name": "North"})
    for section, status, students in ((M6, "active", 3), (M7, "active", 4), (S6, "active", 9), (S7, "archived", 5)):
        row = {"section_id": section, "site_id": "north", "status": status, "student_count": students}
        case.given("roster.sections", row)
    case.given("mapping.courses", {"course_id": "math", "title": "Math"})
    case.given("roster.section_courses", {"section_id": S6, "course_id": "math", "mapped_by": "rule", "rule_id": "r1"})
    case.given("mapping.suggestions", *({"section_id": M6, "course_id": c, "score": s} for c, s in _OFFERED))
    asked: Row = {"site": "NORTH", "course": None, "by": None, "unmapped": False, "limit": 9}
    found = case.answer("history/report/mapped_sections", "section_id, courses", **asked)
    math = {"course_id": "math", "title": "Math", "mapped_by": "rule", "rule_id": "r1"}
    assert values(found) == [(M7, []), (M6, []), (S6, [math])]
    offered = case.answer("history/report/mapped_sections", "found, suggestion, score", **{**asked, "unmapped": True})
    assert values(offered) == [(2, None, None), (2, "art", 0.9)]
    assert values(case.answer("history/report/mapped_sections", "short, found", **{**asked, "limit": 1})) == [
        (M7[:8], 3)
    ]
    for by, times in (("rule", 1), ("file", 0)):
        assert len(case.answer("history/report/mapped_sections", **{**asked, "by": by})) == times
    assert len(case.answer("history/report/mapped_sections", **{**asked, "course": "Math"})) == 1
    assert case.answer("history/report/mapped_sections", **{**asked, "site": "south"}) == []


def test_a_site_or_course_that_is_meant_comes_before_those_that_are_alike(case: Case) -> None:
    case.given("roster.sites", {"site_id": "n1", "name": "North"}, {"site_id": "s1", "name": "South"})
    case.given("mapping.courses", {"course_id": "math-6", "title": "Math 6"})
    case.given("roster.section_courses", {"section_id": M6, "course_id": "gone"})
    for said, found in (("NORTH", [("n1", True), ("s1", False)]), ("Sout", [("s1", False), ("n1", False)])):
        assert values(case.answer("history/report/sites_alike", "site_id, is_meant", said=said)) == found
    for said, found in (("Math-6", [("math-6", True), ("gone", False)]), ("gon", [("gone", False), ("math-6", False)])):
        assert values(case.answer("history/report/courses_alike", "course_id, is_meant", said=said)) == found


def test_a_section_is_named_with_where_it_is(case: Case) -> None:
    case.given("roster.sites", {"site_id": "north", "name": "North"})
    case.given("roster.sections", {"section_id": M6, "site_id": "north", "name": "Art"}, {"section_id": M7})
    found = case.answer("history/report/section_named", "section_id, name, site", section_id=M6)
    assert values(found) == [(M6, "Art", "North")]


def test_whose_id_begins_so_is_found_among_people_and_sections(case: Case) -> None:
    case.given("roster.sections", {"section_id": M6}, {"section_id": M7})
    case.given("roster.users", {"user_id": ANN})
    for whole in (M6, ANN):
        assert values(case.answer("history/explain/find_beginnings", asked=whole[:6])) == [(whole,)]


def test_sections_that_begin_so_are_found(case: Case) -> None:
    case.given("roster.sections", {"section_id": M6, "clever_id": "AB"}, {"section_id": M7, "clever_id": "cd"})
    assert values(case.answer("history/report/sections_that_begin", start="aB")) == [(M6,)]


def test_a_spreadsheet_has_every_active_section(case: Case) -> None:
    case.given("roster.sites", {"site_id": "north", "name": "North"})
    for section_id, status in ((M6, "active"), (M7, "active"), (S6, "archived")):
        row = {"section_id": section_id, "site_id": "north", "status": status, "course_number": "007"}
        case.given("roster.sections", row)
    for course_id, mapped_by in (("sci", "rule"), ("math", "file")):
        row = {"section_id": M6, "course_id": course_id, "mapped_by": mapped_by}
        case.given("roster.section_courses", row)
    found = case.answer("history/report/every_section", "section_id, courses, mapped_by, site, course_number")
    assert values(found) == [(M6, "math;sci", "file;rule", "North", "007"), (M7, "", "", "North", "007")]
