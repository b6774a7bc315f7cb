"""What hangs on a section, for any mixture of the sources, against a plain statement of the rule."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from roster_pipeline.mapping.decide import Choice, Deed
from tests.conftest import Tiny, section, student

COURSES = ("art", "math", "sci")
LAST_YEAR, THIS_YEAR = date(2026, 11, 23), date(2027, 11, 23)
some = st.sets(st.sampled_from(COURSES))
decisions = st.lists(st.tuples(st.sampled_from(("add", "remove")), st.sampled_from(COURSES)), max_size=4)
ruled = st.dictionaries(st.sampled_from((1, 2)), st.sets(st.sampled_from(COURSES), min_size=1))


def stated(
    decided: list[tuple[Choice, str]], file: set[str], rules: Mapping[int, set[str]], before: tuple[set[str], set[str]]
) -> dict[str, str]:
    """Course to what hung it there: the rule in plain words.

    The file's lines, else the rules of the smallest priority, else what the sections before agree in; then a person
    adds and removes, and the last word about a course counts.
    """
    hangs = dict.fromkeys(file, "file")
    if not file and rules:
        hangs = dict.fromkeys(rules[min(rules)], "rule")
    elif not file and before[0] == before[1]:
        hangs = dict.fromkeys(before[0], "carried_over")
    for choice, course in decided:
        if choice == "add":
            hangs[course] = "manual"
        else:
            hangs.pop(course, None)
    return hangs


def district(root: Path, rules: Mapping[int, set[str]], before: tuple[set[str], set[str]]) -> Tiny:
    """Two sections of last year, which ended, with the courses that the file gave them then."""
    made = Tiny(root)
    made.inputs["courses"] = "course_id,subject,title,grade,active\n" + "".join(f"{c},x,{c},,true\n" for c in COURSES)
    made.inputs["mapping_rules"] = "rule_id,subject,grade,clever_course,course_id,term,priority\n"
    for priority, courses in rules.items():
        for course in sorted(courses):
            made.line("mapping_rules", f"r{priority}{course}", "", "", "", course, "Y2", str(priority))
    made.records["schools"] = [{"id": "north", "name": "North"}]
    made.records["terms"] = [
        {"id": "old", "name": "Y1", "start_date": "2026-08-10", "end_date": "2027-06-04"},
        {"id": "new", "name": "Y2", "start_date": "2027-08-09", "end_date": "2028-06-02"},
    ]
    made.records["courses"] = [{"id": "c", "name": "Anything"}]
    made.records["users"] = [student("ann", "north")]
    made.records["sections"] = [section(i, "north", term_id="old", course="c", students=["ann"]) for i in ("a", "b")]
    for one, courses in zip(("a", "b"), before, strict=True):
        for course in sorted(courses):
            made.line("section_courses", "d", one, course)
    made.sync(today=LAST_YEAR)
    made.sync(today=THIS_YEAR)
    made.inputs["section_courses"] = "district,section_id,course_id\n"
    return made


@settings(max_examples=6, deadline=None)
@given(decisions, some, ruled, st.tuples(some, some))
def test_the_strongest_source_says_what_hangs_on_a_section(
    decided: list[tuple[Choice, str]], file: set[str], rules: dict[int, set[str]], before: tuple[set[str], set[str]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        made = district(Path(folder), rules, before)
        made.records["sections"] = [section("s", "north", term_id="new", course="c", students=["ann"])]
        for course in sorted(file):
            made.line("section_courses", "d", "s", course)
        made.sync(today=THIS_YEAR)
        for choice, course in decided:
            with made.connect_anew() as connection:
                made.begin(from_clever=False, today=THIS_YEAR).decide(connection, [Deed("s", course, choice)])
        made.sync(today=THIS_YEAR)
        hangs = made.rows(
            "SELECT course_id, mapped_by FROM roster.section_courses SEMI JOIN "
            "(FROM roster.sections WHERE status = 'active') USING (section_id)"
        )
        assert dict(hangs) == stated(decided, file, rules, before)
        seen = made.rows("SELECT DISTINCT course_id FROM roster.course_access")
        assert {course for (course,) in seen} == {course for course, _ in hangs}
