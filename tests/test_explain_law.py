"""The law of `roster explain`: it and `roster.course_access` never disagree."""

from __future__ import annotations

import re
import tempfile
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from roster_pipeline.errors import RosterError
from roster_pipeline.guards.limits import Limits
from roster_pipeline.history.explain.answer import explain
from roster_pipeline.history.explain.facts import read_context
from roster_pipeline.history.explain.find import find, find_course
from roster_pipeline.mapping.decide import Deed
from tests.conftest import Record, Tiny
from tests.guards.guarded import Guarded
from tests.guards.test_laws import DAYS, LIMITS, records
from tests.laws import MAPPINGS, become, districts, laws
from tests.test_explain import ask, begun


def check_explain_agrees_with_course_access(tiny: Tiny) -> None:
    """Of every person and section, of any course, whatever the roster has of them."""
    access = tiny.rows("SELECT user_id::VARCHAR, course_id, can_be_assigned FROM roster.course_access")
    people = tiny.rows("SELECT user_id::VARCHAR FROM roster.users")
    people += tiny.rows("SELECT clever_id FROM staging.users ANTI JOIN roster.users USING (clever_id)")
    visible = tiny.rows(
        "SELECT s.section_id::VARCHAR, list(m.course_id ORDER BY m.course_id) FILTER (s.visible AND m.course_id <> '') "
        "FROM roster.sections AS s LEFT JOIN roster.section_courses AS m USING (section_id) GROUP BY 1"
    )
    with tiny.connect() as connection:
        context = read_context(connection, "d", named=True, staged=True)
        courses = {c: find_course(connection, c) for c in ("math-6", "sci-6")}
        for (who,) in people:
            (match,) = find(connection, context, who)
            mine = {course: can for user_id, course, can in access if user_id == who}
            assert explain(connection, context, match, None).sees == sorted(mine)
            for course_id, course in courses.items():
                answer = explain(connection, context, match, course)
                codes = [r.code for r in answer.reasons]
                assert answer.sees == ([course_id] if course_id in mine else [])
                if course_id in mine:
                    assert codes == ([] if mine[course_id] else ["pending"])
                else:
                    assert codes[0] != "pending"
        for section_id, mapped in visible:
            (match,) = find(connection, context, section_id)
            answer = explain(connection, context, match, None)
            assert answer.sees == (mapped or [])
            assert answer.sees or answer.reasons


@laws
@given(
    districts(), MAPPINGS, districts(), MAPPINGS, st.booleans(), st.sets(st.sampled_from([f"u{n}" for n in range(8)]))
)
def test_explain_and_course_access_never_disagree(
    one: dict[str, list[Record]],
    mapping_one: list[tuple[str, str]],
    two: dict[str, list[Record]],
    mapping_two: list[tuple[str, str]],
    undo: bool,
    logged_in: set[int],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        tiny = Tiny(Path(folder))
        for who in sorted(logged_in):
            tiny.line("logins", "d", f"u{who}", "2026-09-01")
        become(tiny, one, mapping_one)
        tiny.sync()
        become(tiny, two, mapping_two)
        tiny.sync()
        if undo:
            tiny.undo("S002")
        check_explain_agrees_with_course_access(tiny)


@laws
@given(days=DAYS, limits=LIMITS)
def test_nor_do_they_while_guards_hold_things_back(
    tmp_path_factory: pytest.TempPathFactory, days: list[Any], limits: Limits
) -> None:
    with closing(Guarded(tmp_path_factory.mktemp("law"), limits=limits)) as district:
        for people, classes, source, course in days:
            district.records = records(people, classes)
            district.inputs["sites"] = f"district,site_id,enrollment_source\nd,b,{source}\n"
            rule = f"r,math,,,{course}\n" if course else ""
            district.inputs["mapping_rules"] = "rule_id,subject,grade,clever_course,course_id\n" + rule
            district.sync()
            check_explain_agrees_with_course_access(district)


CATALOG = {"math-6": "math-6,math,Math 6,6,{}\n", "sci-6": "sci-6,science,Science 6,6,{}\n"}
COURSES = st.sampled_from(sorted(CATALOG))
STEPS = st.one_of(
    st.tuples(st.sampled_from(["add", "remove"]), COURSES),
    st.tuples(st.sampled_from(["active", "retired", "gone"]), COURSES),
)


def happens(tiny: Tiny, step: str, course: str) -> None:
    """Somebody decides about the section, or the catalog changes; what is refused does not happen."""
    if step in ("add", "remove"):
        with suppress(RosterError), tiny.connect_anew() as connection:
            tiny.begin(from_clever=False).decide(connection, [Deed("m6", course, "add" if step == "add" else "remove")])
        return
    header, *lines = tiny.inputs["courses"].splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(course)]
    now = [] if step == "gone" else [CATALOG[course].format(str(step == "active").lower())]
    tiny.inputs["courses"] = "".join([header, *kept, *now])
    tiny.sync(from_clever=False)


@laws
@example(steps=[("add", "sci-6"), ("remove", "sci-6"), ("retired", "sci-6")])
@given(steps=st.lists(STEPS, min_size=2, max_size=5))
def test_what_a_remedy_adds_can_be_added(steps: list[tuple[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        tiny = begun(Tiny(Path(folder)))
        tiny.inputs["section_courses"] = "district,section_id,course_id\n"
        for step in steps:
            happens(tiny, *step)
        told = [ask(tiny, who, course, named=False) for who in ("ann", "m6") for course in (None, *_findable(tiny))]
        remedies = " ".join(reason.remedy for answer in told for reason in answer.reasons)
        for section, course in set(re.findall(r"`roster map add (\S+) (\S+)`", remedies)):
            if course != "COURSE_ID":  # nothing is suggested: they choose one
                with tiny.connect_anew() as connection:
                    tiny.begin(from_clever=False).preview(connection, [Deed(section, course, "add")])


def _findable(tiny: Tiny) -> list[str]:
    known = "SELECT course_id FROM mapping.courses UNION SELECT course_id FROM roster.section_courses"
    return sorted(course for (course,) in tiny.rows(known))
