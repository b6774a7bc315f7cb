"""Why somebody does not see a course: every reason, told with what mends it, and never against `course_access`."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from roster_pipeline import sync
from roster_pipeline.errors import RosterError
from roster_pipeline.guards.limits import Limits
from roster_pipeline.history.explain.answer import Answer, explain, explain_by_id
from roster_pipeline.history.explain.facts import read_context
from roster_pipeline.history.explain.find import find, find_course
from roster_pipeline.history.explain.reasons import REASONS
from roster_pipeline.history.record import SyncInfo
from roster_pipeline.mapping.decide import Choice, Deed
from roster_pipeline.sync import Order
from roster_pipeline.warehouse.warehouse import DistrictFolder
from tests.conftest import NOW, TODAY, Tiny, section, student
from tests.guards.guarded import Guarded, fill
from tests.overriding import excluded


def decide(tiny: Tiny, decision: Choice, course: str, section: str = "m6", *, why: str = "") -> None:
    """What somebody called test does by hand."""
    with tiny.connect_anew() as connection:
        tiny.begin(from_clever=False).decide(connection, [Deed(section, course, decision)], why)


def ask(tiny: Tiny, who: str, course: str | None = "math-6", *, named: bool = True) -> Answer:
    with tiny.connect() as connection:
        context = read_context(connection, "d", named=named, staged=True)
        (match,) = find(connection, context, who)
        return explain(connection, context, match, find_course(connection, course) if course else None)


def begun(tiny: Tiny) -> Tiny:
    """North and South, Ann and Ben in M6 with Math 6, taught by Tia; synced once."""
    tiny.records["schools"] = [{"id": "north", "name": "North"}, {"id": "south", "name": "South"}]
    tiny.records["terms"] = [{"id": "year", "name": "Y1", "start_date": "2026-08-10", "end_date": "2027-06-04"}]
    tiny.records["users"] = [student("ann", "north"), student("ben", "north", "south")]
    tiny.records["sections"] = [section("m6", "north", students=["ann", "ben"], subject="math", grade="6")]
    tiny.line("section_courses", "d", "m6", "math-6")
    tiny.sync()
    return tiny


@pytest.fixture(scope="module")
def begun_once(tmp_path_factory: pytest.TempPathFactory) -> Tiny:
    return begun(Tiny(tmp_path_factory.mktemp("begun"), as_written=True))


@pytest.fixture
def tiny(begun_once: Tiny, tmp_path: Path) -> Tiny:
    return begun_once.copy(tmp_path)


def no_role(tiny: Tiny) -> str:
    tiny.records["users"].append({"id": "odd", "name": {"first": "O"}, "roles": {}})
    tiny.sync()
    return "odd"


def no_site(tiny: Tiny) -> str:
    tiny.records["users"].append(student("odd", "west"))
    tiny.sync()
    return "odd"


def never_shared(tiny: Tiny) -> str:
    tiny.records["users"].append(student("odd", "west"))
    tiny.sync()
    tiny.records["users"].pop()
    tiny.sync()
    return "odd"


def left(tiny: Tiny) -> str:
    tiny.records["users"].pop(0)
    tiny.records["sections"][0]["students"] = ["ben"]
    tiny.sync()
    return "ann"


def erased(tiny: Tiny) -> str:
    who = left(tiny)
    order = Order(SyncInfo("S9", "d", "erase", "Rae", NOW, "run"), tiny.data, TODAY, lambda: NOW)
    with tiny.connect_anew() as connection:
        sync.choose_erased(connection, order, who)
        sync.erase(connection, DistrictFolder(tiny.root), order)
    return who


def site_off(tiny: Tiny) -> str:
    tiny.line("sites", "d", "north", "manual")
    tiny.records["users"].append(student("new", "north"))
    tiny.sync()
    return "new"


def not_applied(tiny: Tiny) -> str:
    tiny.records["users"].append(student("new", "north"))
    tiny.begin()
    with tiny.connect_anew() as connection:
        sync.stage(connection, tiny.landing)
    return "new"


def undone(tiny: Tiny) -> str:
    tiny.records["users"].append(student("new", "north"))
    tiny.sync()
    tiny.undo("S002")
    return "new"


def admin(tiny: Tiny) -> str:
    tiny.records["users"].append({"id": "adm", "name": {"last": "A"}, "roles": {"district_admin": {"title": ""}}})
    tiny.sync()
    return "adm"


def in_no_section(tiny: Tiny) -> str:
    tiny.records["users"].append(student("new", "north"))
    tiny.sync()
    return "new"


def left_section(tiny: Tiny) -> str:
    tiny.records["sections"][0]["students"] = ["ben"]
    tiny.sync()
    return "ann"


def section_nowhere(tiny: Tiny) -> str:
    tiny.records["sections"].append(section("lost", "west", students=["ann"]))
    tiny.sync()
    return "lost"


def section_left(tiny: Tiny) -> str:
    tiny.records["sections"] = []
    tiny.sync()
    return "ann"


def section_site_off(tiny: Tiny) -> str:
    """Of a section that came after its school was taken off Clever."""
    tiny.line("sites", "d", "north", "manual")
    tiny.records["users"].append(student("new", "south"))
    tiny.records["sections"] = [section("n9", "north", students=["new"])]
    tiny.sync()
    return "n9"


def site_new(tiny: Tiny) -> str:
    tiny.records["schools"].append({"id": "fresh", "name": "Fresh"})
    tiny.records["users"].append(student("new", "fresh"))
    tiny.sync(starts=())
    return "new"


def section_site_new(tiny: Tiny) -> str:
    tiny.records["schools"].append({"id": "fresh", "name": "Fresh"})
    tiny.records["sections"].append(section("f1", "fresh", students=["ann"]))
    tiny.sync(starts=())
    return "f1"


def concluded(tiny: Tiny) -> str:
    tiny.sync(today=date(2027, 7, 1))
    return "ann"


def empty(tiny: Tiny) -> str:
    tiny.records["sections"][0]["students"] = []
    tiny.sync()
    return "m6"


def unmapped(tiny: Tiny) -> str:
    tiny.records["sections"][0]["name"] = "Math 6 - Tia - 1"
    tiny.inputs["section_courses"] = "district,section_id,course_id\n"
    tiny.sync()
    return "ann"


def removed(tiny: Tiny) -> str:
    decide(tiny, "remove", "math-6")
    return "ann"


def other_course(tiny: Tiny) -> str:
    tiny.inputs["section_courses"] = "district,section_id,course_id\nd,m6,sci-6\n"
    tiny.sync()
    return "ann"


def other_course_there(tiny: Tiny) -> str:
    other_course(tiny)
    return "m6"


def unmapped_and_unlike_it(tiny: Tiny) -> str:
    tiny.inputs["section_courses"] = "district,section_id,course_id\n"
    tiny.sync()
    return "m6"


def retired(tiny: Tiny) -> str:
    unmapped(tiny)
    tiny.inputs["courses"] = tiny.inputs["courses"].replace("Math 6,6,true", "Math 6,6,false")
    tiny.sync()
    return "ann"


def gone(tiny: Tiny) -> str:
    tiny.sync(today=date(2027, 7, 1))
    tiny.inputs["section_courses"] = "district,section_id,course_id\n"
    tiny.inputs["courses"] = "course_id,subject,title,grade,active\nsci-6,science,Science 6,6,true\n"
    tiny.sync(today=date(2027, 7, 1))
    return "ann"


def pending(tiny: Tiny) -> str:
    return "ann" if tiny.syncs else ""


CASES: dict[str, Callable[[Tiny], str]] = {
    "user_without_role": no_role,
    "user_without_site": no_site,
    "not_shared": never_shared,
    "person_left": left,
    "person_erased": erased,
    "person_excluded": excluded,
    "person_site_manual": site_off,
    "person_site_new": site_new,
    "section_site_new": section_site_new,
    "not_applied": not_applied,
    "undone": undone,
    "role_without_sections": admin,
    "no_section": in_no_section,
    "left_section": left_section,
    "section_without_site": section_nowhere,
    "section_left": section_left,
    "section_site_manual": section_site_off,
    "section_concluded": concluded,
    "section_empty": empty,
    "section_unmapped": unmapped,
    "course_removed": removed,
    "section_other_courses": other_course_there,
    "section_unfit": unmapped_and_unlike_it,
    "no_class_of_course": other_course,
    "course_retired": retired,
    "course_gone": gone,
    "pending": pending,
}
"""How each reason comes about, after which it is asked of whom."""

HELD = ("held", "approved", "rejected")


@pytest.mark.parametrize("code", CASES)
def test_a_reason_is_told_with_what_mends_it(tiny: Tiny, code: str) -> None:
    answer = ask(tiny, CASES[code](tiny))
    first = answer.reasons[0]
    assert first.code == code
    assert first.sentence in answer.sentence
    assert first.remedy in answer.sentence
    assert "{" not in answer.sentence


def test_of_a_section_too_it_is_told_that_the_course_is_retired(tiny: Tiny) -> None:
    """No command would add it."""
    retired(tiny)
    assert [r.code for r in ask(tiny, "m6").reasons] == ["course_retired"]


def test_every_reason_has_a_case() -> None:
    assert {*CASES, *HELD} == {r.code for r in REASONS}


@pytest.mark.parametrize("decision", HELD)
def test_what_a_guard_holds_is_told_with_its_hold(tmp_path: Path, decision: str) -> None:
    """An extract without sections is held as a whole, somebody new in it too."""
    district = Guarded(tmp_path, as_written=True)
    with closing(district):
        fill(district, "north")
        district.sync()
        district.records["users"].append(student("new", "north"))
        district.drop("sections", *(s["id"] for s in district.records["sections"]))
        district.sync()
        (hold,) = district.holds
        if decision != "held":
            district.decide("approved" if decision == "approved" else "rejected")
        answer = ask(district, "new")
    assert [(r.code, r.hold_id) for r in answer.reasons] == [(decision, hold.hold_id)]
    assert hold.hold_id in answer.sentence


def test_what_an_undo_took_back_is_told_so_once_it_is_held_too(tmp_path: Path) -> None:
    district = Guarded(tmp_path, as_written=True, limits=Limits(minimum_population=0))
    with closing(district):
        fill(district, "north")
        district.sync()
        district.records["users"].append(student("new", "north"))
        district.sync()
        district.undo("S002")
        district.sync()
        assert [h.guard for h in district.holds] == ["undone"]
        (reason,) = ask(district, "new").reasons
    assert (reason.code, reason.sync_id) == ("undone", "S003")


def test_one_sentence_names_the_section_the_suggestion_and_the_command(tiny: Tiny) -> None:
    tiny.inputs["section_courses"] = "district,section_id,course_id\n"
    tiny.records["courses"] = [{"id": "c1", "name": "Math 6"}]
    tiny.records["sections"][0]["course"] = "c1"
    tiny.sync()
    ((section_id, score),) = tiny.rows("SELECT section_id::VARCHAR, max(score) FROM mapping.suggestions GROUP BY 1")
    answer = ask(tiny, "ann", "Math 6")
    assert answer.sentence == (
        f"First ann Last ann does not see Math 6 (math-6), because section {section_id} (Section m6) has no course; "
        f"the closest suggestion is Math 6 (math-6) (score {score:.2f}). Add it with "
        f"`roster map add {section_id} math-6`, or job `map_section`."
    )


def test_who_sees_the_course_is_told_through_which_section_and_what_mapped_it(tiny: Tiny) -> None:
    tiny.line("logins", "d", "ann", "2026-09-01")
    tiny.sync()
    answer = ask(tiny, "ann")
    ((section_id,),) = tiny.rows("SELECT section_id::VARCHAR FROM roster.sections")
    assert answer.reasons == []
    assert answer.sentence == (
        f"First ann Last ann sees Math 6 (math-6) through section {section_id}, "
        "mapped by data/section_courses.csv (sync S001)."
    )
    assert [(s.step, s.what) for s in answer.steps][:4] == [
        ("shared", "Clever shares it, as of what was fetched last"),
        ("left out", "nothing was wrong with the record"),
        ("roster", "on the roster as student"),
        ("site", "North, on Clever: active"),
    ]


def test_the_way_tells_of_relinks_archives_and_undos_and_the_earlier_id_finds_them(tiny: Tiny) -> None:
    tiny.records["users"][0]["id"] = "ann2"
    tiny.records["sections"][0]["students"] = ["ann2", "ben"]
    tiny.sync()
    left_to = tiny.records["users"].pop(0)
    tiny.sync()
    tiny.undo("S003")
    answer = ask(tiny, "ann")
    own = [s for s in answer.steps if s.step == "change" and s.what.startswith("person")]
    assert [(s.sync_id, s.what.split(": ")[1]) for s in own] == [
        ("S002", "relink"),
        ("S003", "archive"),
        ("S004", "restore, by an undo"),
    ]
    assert answer.id == ask(tiny, left_to["id"]).id


# --- who is meant ---------------------------------------------------------------------------------------


def test_somebody_is_found_by_any_id_and_several_are_all_told(tiny: Tiny) -> None:
    tiny.records["users"] += [
        student("cal", "north", email="X@example.org"),
        student("dee", "north", email="x@example.org"),
    ]
    tiny.sync()
    ((user_id,),) = tiny.rows("SELECT user_id::VARCHAR FROM roster.users WHERE clever_id = 'ann'")
    with tiny.connect() as connection:
        context = read_context(connection, "d", named=True, staged=True)
        for asked, by in ((user_id, "id"), ("ANN", "Clever id"), ("SIS-ann", "SIS id")):
            assert [(m.id, m.by) for m in find(connection, context, asked)] == [(user_id, by)]
        several = find(connection, context, "x@Example.org")
        assert sorted((m.clever_id, m.by) for m in several) == [("cal", "e-mail"), ("dee", "e-mail")]
        assert find(connection, context, "nobody") == []


def test_a_course_is_found_by_id_and_title_and_else_the_most_alike_are_told(tiny: Tiny) -> None:
    with tiny.connect() as connection:
        assert find_course(connection, "MATH-6") == find_course(connection, "math 6")
        with pytest.raises(RosterError, match=r"most alike are: math-6 \(Math 6\)"):
            find_course(connection, "Math 7")


def test_in_dagster_nobody_is_named_and_an_email_is_refused(tiny: Tiny) -> None:
    unmapped(tiny)
    with tiny.connect() as connection:
        for who in ("ann", "m6"):
            found = explain_by_id(connection, "d", who, "math-6")
            assert not any(name in found.sentence + found.markdown() for name in ("First", "Last", "Section"))
        for asked in ("ann@example.org", "sis-ann"):
            with pytest.raises(RosterError, match="`roster explain`") as told:
                explain_by_id(connection, "d", asked, "")
            assert asked not in str(told.value)
