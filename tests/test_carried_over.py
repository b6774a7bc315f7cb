"""Sections take over the courses of those before them; a person's removal, and whatever is stronger, keeps that out."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from roster_pipeline import sync
from roster_pipeline.mapping.decide import Choice, Deed
from tests.conftest import TODAY, Record, Tiny, make_tiny, section, student, teacher

SUMMER = date(2027, 7, 1)
AUTUMN = date(2027, 8, 20)
WHAT = (
    "SELECT s.clever_id, m.course_id, m.mapped_by "
    "FROM roster.section_courses AS m JOIN roster.sections AS s USING (section_id)"
)


def courses(tiny: Tiny, *, of: str = "active") -> list[tuple[Any, ...]]:
    return tiny.rows(f"{WHAT} WHERE s.status = '{of}' ORDER BY ALL")


def decide(tiny: Tiny, decision: Choice, course: str, section: str, today: date) -> None:
    with tiny.connect_anew() as connection:
        tiny.begin(from_clever=False, today=today).decide(connection, [Deed(section, course, decision)])


def new_year(tiny: Tiny, *sections: Record) -> None:
    tiny.records["terms"].append({"id": "next", "name": "Y2", "start_date": "2027-08-09", "end_date": "2028-06-02"})
    tiny.records["sections"] = [{**one, "term_id": "next"} for one in sections]


def math(id_: str, **more: Any) -> Record:
    return section(id_, "north", **{"teachers": ["tia"], "students": ["ann"], "grade": "6", "course": "c1", **more})


@pytest.fixture(scope="module")
def mapped_once(tmp_path_factory: pytest.TempPathFactory) -> Tiny:
    """Two parallel classes of last year, both mapped by the file, and a summer in which they ended."""
    tiny = make_tiny(tmp_path_factory.mktemp("mapped"))
    tiny.records["users"].append(teacher("tom", "north"))
    tiny.records["sections"] = [math("a", period="1"), math("b", period="2", teachers=["tom"], students=["ben"])]
    for one in ("a", "b"):
        tiny.line("section_courses", "d", one, "math-6")
    tiny.sync()
    tiny.sync(today=SUMMER)
    return tiny


@pytest.fixture
def mapped(mapped_once: Tiny, tmp_path: Path) -> Tiny:
    return mapped_once.copy(tmp_path)


def test_next_years_section_takes_the_course_of_the_same_teacher(mapped: Tiny) -> None:
    new_year(mapped, math("c", period="5", teachers=["tom"]))
    mapped.sync(today=AUTUMN)
    assert courses(mapped) == [("c", "math-6", "carried_over")]
    ((source, because),) = mapped.rows(
        "SELECT f.clever_id, carried_because FROM roster.section_courses AS m "
        "JOIN roster.sections AS f ON f.section_id = m.from_section_id"
    )
    assert (source, because) == ("b", "last_term")


def test_it_stays_carried_whatever_becomes_of_the_section_before(mapped: Tiny) -> None:
    new_year(mapped, math("c"))
    mapped.sync(today=AUTUMN)
    mapped.records["sections"][0].update(grade="7", teachers=["tom"], teacher="tom")
    assert mapped.sync(today=AUTUMN).total("archive") == 1  # the teacher's enrollment
    assert courses(mapped) == [("c", "math-6", "carried_over")]


def test_a_rule_takes_its_place(mapped: Tiny) -> None:
    new_year(mapped, math("c", subject="science"))
    mapped.sync(today=AUTUMN)
    mapped.line("mapping_rules", "r1", "science", "", "", "sci-6")
    mapped.sync(today=AUTUMN)
    assert courses(mapped) == [("c", "sci-6", "rule")]


def test_that_a_person_refused_it_is_said_at_once_and_stays_so(mapped: Tiny) -> None:
    new_year(mapped, math("c"))
    mapped.sync(today=AUTUMN)
    decide(mapped, "remove", "math-6", "c", AUTUMN)
    for _ in range(2):
        reasons = "SELECT clever_id, because FROM mapping.not_carried JOIN roster.sections USING (section_id)"
        assert mapped.rows(reasons) == [("c", "refused")]
        mapped.sync(today=AUTUMN)


def test_a_removal_refuses_it_for_good(mapped: Tiny) -> None:
    new_year(mapped, math("c"))
    mapped.sync(today=AUTUMN)
    decide(mapped, "remove", "math-6", "c", AUTUMN)
    mapped.sync(today=AUTUMN)
    assert courses(mapped) == []


def test_an_addition_by_hand_leaves_it(mapped: Tiny) -> None:
    new_year(mapped, math("c"))
    mapped.sync(today=AUTUMN)
    decide(mapped, "add", "sci-6", "c", AUTUMN)
    mapped.sync(today=AUTUMN)
    assert courses(mapped) == [("c", "math-6", "carried_over"), ("c", "sci-6", "manual")]


def test_where_those_before_disagree_nothing_is_carried_and_it_is_said(mapped: Tiny) -> None:
    mapped.inputs["section_courses"] = "district,section_id,course_id\nd,a,math-6\nd,b,sci-6\n"
    mapped.sync()
    mapped.sync(today=SUMMER)
    new_year(mapped, math("c", period="5"), math("d", period="2", teachers=["tom"]))
    mapped.sync(today=AUTUMN)
    assert courses(mapped) == [("d", "sci-6", "carried_over")]
    reasons = "SELECT clever_id, because, sections FROM mapping.not_carried JOIN roster.sections USING (section_id)"
    assert mapped.rows(reasons) == [("c", "disagree", 2)]


def test_a_split_class_keeps_its_course_at_once(mapped: Tiny) -> None:
    mapped.records["users"] += [student(f"n{n}", "north") for n in range(5)]
    mapped.records["sections"] = [math("a", students=["n0", "n1", "n2", "n3"]), math("b", students=["ben"])]
    mapped.inputs["section_courses"] = "district,section_id,course_id\nd,a,math-6\nd,b,sci-6\n"
    mapped.sync()
    mapped.records["sections"] = [
        math("a", students=["n0", "n2"]),
        math("b", students=["ben"]),
        math("split", teachers=["tom"], students=["n1", "n3"], period="8"),
        math("other", teachers=["tom"], students=["n1", "n4"], period="9"),
    ]
    mapped.sync()
    assert courses(mapped)[2:] == [("split", "math-6", "carried_over")]


def test_an_id_that_is_used_again_for_another_class_carries_nothing_on(mapped: Tiny) -> None:
    new_year(mapped, math("c"))
    mapped.sync(today=AUTUMN)
    later = date(2028, 8, 20)
    mapped.sync(today=later)
    mapped.records["terms"].append({"id": "third", "start_date": "2028-08-09", "end_date": "2029-06-02"})
    mapped.records["courses"].append({"id": "c2", "name": "Drawing", "number": "900"})
    mapped.records["sections"] = [math("c", term_id="third", course="c2")]
    mapped.sync(today=later)
    assert courses(mapped) == []


def used_again(mapped: Tiny) -> None:
    """Next year, the id of the class `a` is that of a drawing class, and `c` goes on with math."""
    mapped.records["courses"].append({"id": "c2", "name": "Drawing", "number": "900"})
    new_year(mapped, math("a", course="c2", students=["ben"]), math("c", period="1"))


def test_with_an_id_that_is_used_again_the_line_for_the_class_before_ends(mapped: Tiny) -> None:
    used_again(mapped)
    mapped.sync(today=AUTUMN)
    for _ in range(2):
        assert courses(mapped) == [("c", "math-6", "carried_over")]
        assert ("mapping_line_ended", "section_courses.csv, line 2") in mapped.rows(
            "SELECT code, record_id FROM sync.issues"
        )
        mapped.sync(today=AUTUMN)
    decide(mapped, "add", "math-6", "a", AUTUMN)
    mapped.sync(today=AUTUMN)
    assert courses(mapped) == [("a", "math-6", "manual"), ("c", "math-6", "carried_over")]


def test_a_line_that_was_taken_out_and_written_again_is_for_the_new_class(mapped: Tiny) -> None:
    used_again(mapped)
    mapped.sync(today=AUTUMN)
    lines = mapped.inputs["section_courses"]
    mapped.inputs["section_courses"] = lines.replace("d,a,math-6\n", "")
    mapped.sync(today=AUTUMN)
    mapped.inputs["section_courses"] = lines
    for _ in range(2):
        mapped.sync(today=AUTUMN)
        assert ("a", "math-6", "file") in courses(mapped)
    assert [code for (code,) in mapped.rows("SELECT code FROM sync.issues WHERE sync_id = 'S006'")] == []


def test_a_line_for_the_new_class_counts_when_there_was_none_for_the_one_before(mapped: Tiny) -> None:
    mapped.sync()
    decide(mapped, "remove", "sci-6", "a", TODAY)
    used_again(mapped)
    mapped.sync(today=AUTUMN)
    mapped.line("section_courses", "d", "a", "sci-6")
    mapped.sync(today=AUTUMN)
    assert ("a", "sci-6", "file") in courses(mapped)


def test_what_a_new_line_hangs_is_held_when_the_catalog_retires_it(mapped: Tiny) -> None:
    """What once ended with another class is no reason to take it away unasked."""
    mapped.sync()
    decide(mapped, "remove", "sci-6", "a", TODAY)
    used_again(mapped)
    mapped.sync(today=AUTUMN)
    mapped.line("mapping_rules", "r1", "", "", "Drawing", "sci-6")
    mapped.sync(today=AUTUMN)
    mapped.inputs["courses"] = mapped.inputs["courses"].replace("Science 6,6,true", "Science 6,6,false")
    mapped.inputs["mapping_rules"] = mapped.inputs["mapping_rules"].split("\n")[0] + "\n"
    with mapped.connect_anew() as connection:
        run = mapped.begin(today=AUTUMN)
        run.staged = sync.stage(connection, mapped.landing)
        assert {h.guard for h in run.need_plan(connection).holds} == {"retired"}


@pytest.mark.parametrize("choice", ["add", "remove"])
def test_with_an_id_that_is_used_again_decisions_end(mapped: Tiny, choice: Choice) -> None:
    """The class before had, or was not to have, what a rule hangs on the new one."""
    mapped.sync()
    decide(mapped, choice, "sci-6", "a", TODAY)
    mapped.sync(today=SUMMER)
    used_again(mapped)
    mapped.sync(today=AUTUMN)
    assert "a" not in {of for of, *_ in courses(mapped)}
    mapped.line("mapping_rules", "r1", "", "", "Drawing", "sci-6")
    mapped.sync(today=AUTUMN)
    assert courses(mapped)[0] == ("a", "sci-6", "rule")


def test_the_same_class_of_the_next_year_keeps_what_was_said_about_it(mapped: Tiny) -> None:
    new_year(mapped, math("a"))
    mapped.sync(today=AUTUMN)
    assert courses(mapped) == [("a", "math-6", "file")]


def test_a_number_that_stands_for_several_courses_carries_nothing(mapped: Tiny) -> None:
    """As `N/A` does: the art class has the students of the math class, and not its course."""
    mapped.records["courses"] = [{"id": i, "name": n, "number": "N/A"} for i, n in (("c1", "Math"), ("c2", "Art"))]
    mapped.sync()
    mapped.records["sections"].append(math("art", course="c2"))
    mapped.sync()
    assert courses(mapped) == [("a", "math-6", "file"), ("b", "math-6", "file")]


def test_a_line_stays_with_its_class_when_another_gets_the_id_that_it_had(mapped: Tiny) -> None:
    """The class came back under another Clever id; later, Clever gives the first one to a class of its own."""
    users = [student(f"n{n}", "north") for n in range(8)]
    mapped.records["users"] += users
    mapped.records["sections"] = [math("a", students=[u["id"] for u in users])]
    mapped.sync()
    mapped.records["sections"][0]["id"] = "a-again"
    mapped.sync()
    assert courses(mapped) == [("a-again", "math-6", "file")]
    mapped.records["courses"].append({"id": "c2", "name": "Science"})
    mapped.records["sections"].append(math("a", course="c2", students=["ben"]))
    for _ in range(2):
        mapped.sync()
        assert courses(mapped) == [("a-again", "math-6", "file")]


def test_an_undo_of_what_was_carried_lasts(mapped: Tiny) -> None:
    new_year(mapped, math("c"))
    mapped.sync(today=AUTUMN)
    mapped.undo(f"S{mapped.syncs:03}", winner="undo")
    mapped.records["sections"].append({**math("e"), "term_id": "next"})
    with mapped.connect_anew() as connection:
        run = mapped.begin(today=AUTUMN)
        run.staged = sync.stage(connection, mapped.landing)
        assert {h.guard for h in run.need_plan(connection).holds} == {"undone"}


def test_a_year_between_is_too_long(mapped: Tiny) -> None:
    mapped.records["terms"].append({"id": "third", "start_date": "2028-08-09", "end_date": "2029-06-02"})
    mapped.records["sections"] = [math("c", term_id="third")]
    mapped.sync(today=date(2028, 8, 20))
    assert courses(mapped) == []
