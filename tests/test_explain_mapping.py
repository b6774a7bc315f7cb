"""Why a course hangs on a section or not, when a person, or the sections before it, decided that."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from roster_pipeline.cli.mapping import mapping
from tests.conftest import Tiny, section
from tests.test_explain import ask, begun, decide

AUTUMN = date(2027, 8, 20)


@pytest.fixture(scope="module")
def begun_once(tmp_path_factory: pytest.TempPathFactory) -> Tiny:
    """M6 has Math 6 by the file; Ann and Ben are in it."""
    return begun(Tiny(tmp_path_factory.mktemp("begun"), as_written=True))


@pytest.fixture
def tiny(begun_once: Tiny, tmp_path: Path) -> Tiny:
    return begun_once.copy(tmp_path)


def id_of(tiny: Tiny, clever_id: str) -> str:
    ((section_id,),) = tiny.rows("SELECT section_id::VARCHAR FROM roster.sections WHERE clever_id = $c", c=clever_id)
    return str(section_id)


def last_year(tiny: Tiny, *courses: str) -> None:
    """A class of the same course for each of these platform's courses, and one of the next year that has none yet."""
    tiny.records["courses"] = [{"id": "c1", "name": "Drawing"}]
    tiny.records["terms"].append({"id": "next", "name": "Y2", "start_date": "2027-08-09", "end_date": "2028-06-02"})
    classes = [section(f"old{n}", "north", course="c1", grade="6", students=["ann"]) for n, _ in enumerate(courses)]
    tiny.records["sections"] = classes
    for n, course in enumerate(courses):
        tiny.line("section_courses", "d", f"old{n}", course)
    tiny.sync()
    tiny.sync(today=date(2027, 7, 1))
    tiny.records["sections"] = [{**classes[0], "id": "new", "term_id": "next"}]
    tiny.sync(today=AUTUMN)


def test_who_added_a_course_when_and_why_is_told(tiny: Tiny) -> None:
    decide(tiny, "add", "sci-6", why="asked for")
    assert ask(tiny, "ann", "sci-6").sentence.startswith(
        f"First ann Last ann sees Science 6 (sci-6) through section {id_of(tiny, 'm6')}, "
        "mapped by hand (test, 2026-11-23, sync S002: asked for)."
    )


def test_in_dagster_it_is_by_hand_and_when(tiny: Tiny) -> None:
    decide(tiny, "add", "sci-6", why="asked for")
    decide(tiny, "remove", "math-6", why="a mistake")
    added, removed = (ask(tiny, "m6", course, named=False) for course in ("sci-6", "math-6"))
    assert "mapped by hand (2026-11-23, sync S002)." in added.sentence
    assert "removed by hand (2026-11-23, sync S003)." in removed.sentence
    for answer in (added, removed):
        told = f"{answer.sentence} {answer.markdown()}"
        assert [word for word in ("test", "asked for", "a mistake") if word in told] == []


def test_who_removed_a_course_is_told_with_the_command_that_adds_it_again(tiny: Tiny) -> None:
    decide(tiny, "remove", "math-6", why="a mistake")
    section_id = id_of(tiny, "m6")
    answer = ask(tiny, "ann")
    assert answer.sentence == (
        f"First ann Last ann does not see Math 6 (math-6), because section {section_id} (Section m6) has no "
        "Math 6 (math-6): removed by hand (test, 2026-11-23, sync S002: a mistake). If it belongs there: "
        f"add it with `roster map add {section_id} math-6`, or job `map_section`."
    )
    assert answer.reasons[0].sync_id == "S002"
    removed = [(s.what, s.sync_id) for s in ask(tiny, "m6").steps if s.step == "removed"]
    assert removed == [("Math 6 (math-6) by hand (test, 2026-11-23, sync S002: a mistake)", "S002")]


def test_of_a_removal_only_the_last_decision_counts_and_not_one_that_was_undone(tiny: Tiny) -> None:
    decide(tiny, "remove", "math-6")
    decide(tiny, "add", "math-6")
    assert [r.code for r in ask(tiny, "m6").reasons] == []
    decide(tiny, "remove", "sci-6")
    assert [r.code for r in ask(tiny, "m6", "sci-6").reasons] == ["course_removed"]
    tiny.undo("S004")
    assert [r.code for r in ask(tiny, "m6", "sci-6").reasons] == ["section_other_courses"]


def test_who_asks_for_a_course_of_none_of_their_classes_is_told_of_the_class_list_first(tiny: Tiny) -> None:
    """Of a class without a course, of which nothing is known, it may be that it is one."""
    tiny.records["sections"].append(section("s7", "north", students=["ann"], name="Pottery"))
    tiny.sync()
    (reason,) = (r for r in ask(tiny, "ann", "sci-6").reasons if r.code != "pending")
    pottery = id_of(tiny, "s7")
    assert reason.code == "no_class_of_course"
    assert f"nothing is known of section {pottery} (Pottery), without a course" in reason.sentence
    assert reason.remedy == (
        "If they belong in a class of it, mend the class list in the district's data, then `roster sync`. "
        f"If section {pottery} (Pottery) teaches it: `roster map add {pottery} sci-6`."
    )
    (reason,) = (r for r in ask(tiny, "ben", "sci-6").reasons if r.code != "pending")
    assert "map add" not in reason.remedy
    assert "nothing is known" not in reason.sentence
    assert not ask(tiny, "m6", "sci-6").reasons[0].remedy.startswith("Add")


def test_where_one_of_their_classes_fits_the_others_are_not_told(tiny: Tiny) -> None:
    tiny.records["sections"][0]["name"] = "Math 6 - Tia - 1"
    tiny.records["sections"].append(section("s7", "north", students=["ann"], name="Pottery"))
    tiny.inputs["section_courses"] = "district,section_id,course_id\n"
    tiny.sync()
    assert [r.code for r in ask(tiny, "ann").reasons] == ["section_unmapped", "pending"]


def test_a_removal_of_another_course_is_not_the_reason(tiny: Tiny) -> None:
    decide(tiny, "remove", "math-6")
    assert [r.code for r in ask(tiny, "m6", "sci-6").reasons] == ["section_unfit"]
    assert [r.code for r in ask(tiny, "m6", None).reasons] == ["course_removed"]


@pytest.mark.parametrize("catalog", ["math-6,math,Math 6,6,false\n", ""])
def test_that_a_course_was_removed_which_the_catalog_lost_hides_no_other_reason(tiny: Tiny, catalog: str) -> None:
    decide(tiny, "remove", "math-6")
    tiny.inputs["section_courses"] = "district,section_id,course_id\n"
    tiny.inputs["courses"] = tiny.inputs["courses"].replace("math-6,math,Math 6,6,true\n", catalog)
    tiny.inputs["courses"] += "math-vi,math,Math 6,6,true\n"
    tiny.records["sections"][0]["name"] = "Math 6"
    tiny.sync()
    for who in ("ann", "m6"):
        reason = ask(tiny, who, None).reasons[0]
        assert reason.code == "section_unmapped"
        assert "the closest suggestion is Math 6 (math-vi)" in reason.sentence
        assert f"`roster map add {id_of(tiny, 'm6')} math-vi`" in reason.remedy


def test_what_is_carried_over_is_told_with_the_section_before(tiny: Tiny) -> None:
    last_year(tiny, "math-6")
    (course,) = (s.what for s in ask(tiny, "new", named=False).steps if s.step == "course")
    before = f"what section {id_of(tiny, 'old0')} had, the same course in the term before"
    assert course == f"Math 6 (math-6) by {before} (sync S004)"


def test_that_the_sections_before_disagree_is_told(tiny: Tiny) -> None:
    last_year(tiny, "math-6", "sci-6")
    (reason,) = ask(tiny, "new", None, named=False).reasons
    assert reason.sentence == (
        f"section {id_of(tiny, 'new')} has no course; the 2 sections before it had different courses"
    )


def test_that_the_sections_before_had_a_retired_course_is_told(tiny: Tiny) -> None:
    tiny.inputs["courses"] += "old,art,Drawing,6,true\n"
    last_year(tiny, "old")
    tiny.inputs["courses"] = tiny.inputs["courses"].replace("Drawing,6,true", "Drawing,6,false")
    tiny.inputs["section_courses"] = "district,section_id,course_id\n"
    tiny.records["sections"][0]["id"] = "newer"
    tiny.records["sections"].append({**tiny.records["sections"][0], "id": "other"})
    tiny.sync(today=AUTUMN)
    assert "; the sections before it had no course that is active" in ask(tiny, "other").reasons[0].sentence


def test_the_command_that_is_told_is_one(tiny: Tiny) -> None:
    decide(tiny, "remove", "math-6")
    (_, *arguments) = ask(tiny, "ann").reasons[0].remedy.split("`")[1].removeprefix("roster map ").split()
    with mapping.commands["add"].make_context("add", arguments) as made:
        assert (made.params["section"], made.params["courses"]) == (id_of(tiny, "m6"), ("math-6",))
