"""What hangs on a section, for any mixture of the sources, against a plain statement of the rule."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from datetime import date
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

from hypothesis import Phase, given, settings
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


class Class(NamedTuple):
    """What is said about one section of this year, and about the two of the year before."""

    decided: list[tuple[Choice, str]]
    file: set[str]
    rules: dict[int, set[str]]
    before: tuple[set[str], set[str]]


classes = st.lists(
    st.builds(Class, decisions, st.just(set()) | some, ruled, st.tuples(some, some)), min_size=8, max_size=8
)
"""Eight in one district, which a sync takes as long for as for one."""


def district(root: Path, said: list[Class]) -> Tiny:
    """Of each class two sections of last year, which ended, with the courses that the file gave them then."""
    made = Tiny(root)
    made.inputs["courses"] = "course_id,subject,title,grade,active\n" + "".join(f"{c},x,{c},,true\n" for c in COURSES)
    made.inputs["mapping_rules"] = "rule_id,subject,grade,clever_course,course_id,term,priority\n"
    made.records["schools"] = [{"id": "north", "name": "North"}]
    made.records["terms"] = [
        {"id": "old", "name": "Y1", "start_date": "2026-08-10", "end_date": "2027-06-04"},
        {"id": "new", "name": "Y2", "start_date": "2027-08-09", "end_date": "2028-06-02"},
    ]
    for n, one in enumerate(said):
        made.records["courses"].append({"id": f"c{n}", "name": f"Course {n}"})
        made.records["users"].append(student(f"u{n}", "north"))
        for id_, courses in zip((f"a{n}", f"b{n}"), one.before, strict=True):
            made.records["sections"].append(section(id_, "north", term_id="old", course=f"c{n}", students=[f"u{n}"]))
            for course in sorted(courses):
                made.line("section_courses", "d", id_, course)
        for priority, courses in one.rules.items():
            for course in sorted(courses):
                made.line(
                    "mapping_rules", f"r{n}{priority}{course}", "", "", f"Course {n}", course, "Y2", str(priority)
                )
    made.sync(today=LAST_YEAR)
    made.sync(today=THIS_YEAR)
    made.inputs["section_courses"] = "district,section_id,course_id\n"
    return made


# Hypothesis begins with eight classes about which nothing is said.
@settings(max_examples=3, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(classes)
def test_the_strongest_source_says_what_hangs_on_a_section(said: list[Class]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        made = district(Path(folder), said)
        made.records["sections"] = [
            section(f"s{n}", "north", term_id="new", course=f"c{n}", students=[f"u{n}"]) for n, _ in enumerate(said)
        ]
        for n, one in enumerate(said):
            for course in sorted(one.file):
                made.line("section_courses", "d", f"s{n}", course)
        made.sync(today=THIS_YEAR)
        for in_turn in zip_longest(*(one.decided for one in said)):
            deeds = [Deed(f"s{n}", made_up[1], made_up[0]) for n, made_up in enumerate(in_turn) if made_up]
            with made.connect_anew() as connection:
                made.begin(from_clever=False, today=THIS_YEAR).decide(connection, deeds)
        made.sync(today=THIS_YEAR)
        hangs = made.rows(
            "SELECT clever_id, course_id, mapped_by FROM roster.section_courses JOIN "
            "(FROM roster.sections WHERE status = 'active') USING (section_id)"
        )
        expected = {
            (f"s{n}", course): by
            for n, one in enumerate(said)
            for course, by in stated(one.decided, one.file, one.rules, one.before).items()
        }
        assert {(section, course): by for section, course, by in hangs} == expected
        seen = made.rows(
            "SELECT DISTINCT s.clever_id, a.course_id "
            "FROM roster.course_access AS a JOIN roster.sections AS s USING (section_id)"
        )
        assert set(seen) == set(expected)
