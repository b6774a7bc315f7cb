"""A person hangs courses on sections and takes them off: at once, for good, and it can be taken back."""

from __future__ import annotations

from pathlib import Path

import pytest

from roster_pipeline.errors import RosterError, SyncRefused
from roster_pipeline.mapping.decide import Choice, Deed
from roster_pipeline.plan.undo import Winner
from tests.conftest import TODAY, Tiny, carry_out, make_tiny, section

NEXT_YEAR = TODAY.replace(year=TODAY.year + 1)


def decide(tiny: Tiny, decision: Choice, *courses: str, section: str = "m6") -> str:
    """One decision, as the job makes it; returns its sync."""
    with tiny.connect_anew() as connection:
        run = tiny.begin(from_clever=False)
        run.decide(connection, [Deed(section, course, decision) for course in courses], "because")
    return run.order.info.sync_id


def courses(tiny: Tiny) -> list[tuple[str, ...]]:
    return tiny.rows("SELECT course_id, mapped_by FROM roster.section_courses ORDER BY ALL")


@pytest.fixture(scope="module")
def synced_once(tmp_path_factory: pytest.TempPathFactory) -> Tiny:
    tiny = make_tiny(tmp_path_factory.mktemp("synced"))
    tiny.line("mapping_rules", "r1", "math", "", "", "math-6")
    tiny.sync()
    return tiny


@pytest.fixture
def synced(synced_once: Tiny, tmp_path: Path) -> Tiny:
    return synced_once.copy(tmp_path)


def test_an_added_course_is_seen_at_once_by_the_people_of_that_section(synced: Tiny) -> None:
    synced.records["sections"].append(section("s6", "north", students=["ann"], subject="science"))
    synced.sync()
    sync_id = decide(synced, "add", "sci-6", section="S6")
    seen = "SELECT clever_id FROM roster.course_access JOIN roster.users USING (user_id) WHERE course_id = 'sci-6'"
    assert synced.rows(seen) == [("ann",)]
    assert synced.rows("SELECT trigger, people, reason FROM sync.syncs WHERE sync_id = $id", id=sync_id) == [
        ("mapping", 1, "because")
    ]
    assert synced.rows('SELECT course_id, decision, "by", why, sync_id FROM mapping.decisions') == [
        ("sci-6", "add", "test", "because", sync_id)
    ]


def test_who_sees_the_course_through_another_section_already_is_not_counted(synced: Tiny) -> None:
    synced.records["sections"].append(section("s6", "north", students=["ann", "ben"]))
    synced.records["sections"][0]["students"] = ["ann"]
    synced.sync()
    sync_id = decide(synced, "add", "math-6", section="s6")
    assert synced.rows("SELECT people FROM sync.syncs WHERE sync_id = $id", id=sync_id) == [(1,)]


def test_adding_takes_nothing_away(synced: Tiny) -> None:
    decide(synced, "add", "sci-6")
    assert courses(synced) == [("math-6", "rule"), ("sci-6", "manual")]


def test_a_removal_keeps_out_what_rules_and_files_say_and_outlives_syncs_and_relinks(synced: Tiny) -> None:
    decide(synced, "remove", "math-6")
    synced.line("section_courses", "d", "m6", "math-6")
    synced.sync()
    synced.records["sections"][0]["id"] = "m6-again"
    synced.sync()
    assert courses(synced) == []
    assert synced.rows("SELECT count(*) FROM roster.sections") == [(1,)]


def test_an_undo_takes_the_decision_back_and_it_stays_so(synced: Tiny) -> None:
    sync_id = decide(synced, "remove", "math-6")
    synced.undo(sync_id)
    synced.sync()
    assert courses(synced) == [("math-6", "rule")]
    assert synced.rows("SELECT undone_by FROM mapping.decisions") == [("S003",)]
    synced.undo("S003")
    synced.sync()
    assert courses(synced) == []


def test_an_undo_brings_back_the_decision_before(synced: Tiny) -> None:
    decide(synced, "add", "sci-6")
    synced.undo(decide(synced, "remove", "sci-6"))
    synced.sync(from_clever=False)
    assert courses(synced) == [("math-6", "rule"), ("sci-6", "manual")]


def test_the_undo_of_an_older_sync_leaves_what_was_decided_since(synced: Tiny) -> None:
    """Though the decision found nothing there to take away."""
    rule, synced.inputs["mapping_rules"] = (
        synced.inputs["mapping_rules"],
        "rule_id,subject,grade,clever_course,course_id\n",
    )
    synced.sync()
    without = f"S{synced.syncs:03}"
    decide(synced, "remove", "math-6")
    synced.undo(without)
    assert courses(synced) == []
    synced.inputs["mapping_rules"] = rule
    synced.sync()
    assert courses(synced) == []


def test_a_decision_made_twice_outlives_the_undo_of_the_first(synced: Tiny) -> None:
    first = decide(synced, "add", "sci-6")
    decide(synced, "add", "sci-6")
    synced.undo(first)
    for _ in range(2):
        assert courses(synced) == [("math-6", "rule"), ("sci-6", "manual")]
        synced.sync()


def test_the_undo_of_an_undo_leaves_what_was_decided_since(synced: Tiny) -> None:
    synced.undo(decide(synced, "add", "sci-6"))
    undo = f"S{synced.syncs:03}"
    decide(synced, "remove", "sci-6")
    synced.undo(undo)
    assert courses(synced) == [("math-6", "rule")]


def test_the_undo_of_removals_leaves_what_was_added_with_them(synced: Tiny) -> None:
    with synced.connect_anew() as connection:
        run = synced.begin(from_clever=False)
        run.decide(connection, [Deed("m6", "math-6", "remove"), Deed("m6", "sci-6", "add")])
    synced.undo(f"S{synced.syncs:03}", only_removals=True)
    for _ in range(2):
        assert courses(synced) == [("math-6", "rule"), ("sci-6", "manual")]
        synced.sync()


@pytest.mark.parametrize("winner", ["neither", "undo", "later"])
def test_what_was_taken_back_cannot_be_taken_back_again(synced: Tiny, winner: Winner) -> None:
    sync_id = decide(synced, "add", "sci-6")
    synced.undo(sync_id)
    with pytest.raises(SyncRefused, match="taken back already"):
        synced.undo(sync_id, winner=winner)
    assert courses(synced) == [("math-6", "rule")]


def test_where_the_undo_wins_later_decisions_go_with_it(synced: Tiny) -> None:
    first = decide(synced, "add", "sci-6")
    decide(synced, "remove", "sci-6")
    decide(synced, "add", "sci-6")
    synced.undo(first, winner="undo")
    for _ in range(2):
        assert courses(synced) == [("math-6", "rule")]
        synced.sync()


def test_what_an_undo_took_back_can_be_decided_once_more(synced: Tiny) -> None:
    synced.undo(decide(synced, "add", "sci-6"))
    decide(synced, "add", "sci-6")
    assert courses(synced) == [("math-6", "rule"), ("sci-6", "manual")]


@pytest.mark.parametrize(
    ("named", "course", "decision", "said"),
    [
        ("nothing", "sci-6", "add", "There is no section 'nothing'"),
        (
            "m6",
            "Sci 6",
            "add",
            "There is no course 'Sci 6'. .*; close to it: sci-6",
        ),
        ("m6", "old", "add", "Course 'old' is retired"),
        ("m6", "never", "remove", "There is no course 'never'"),
        ("m6", "x" * 99, "add", f"There is no course '{'x' * 60}...'"),
        ("m6", "Jane Doe", "add", "There is no course a text of 8 characters"),
    ],
)
def test_what_cannot_be_decided_says_what_to_do(
    synced: Tiny, named: str, course: str, decision: Choice, said: str
) -> None:
    synced.line("courses", "old", "math", "Old", "6", "false")
    with pytest.raises(RosterError, match=said):
        decide(synced, decision, course, section=named)
    assert synced.rows("FROM mapping.decisions") == []


def test_a_beginning_must_be_of_one_section(synced: Tiny) -> None:
    synced.records["sections"].append(section("m7", "north"))
    synced.sync()
    with pytest.raises(RosterError, match="More than one section begins with 'm'"):
        decide(synced, "add", "sci-6", section="m")
    decide(synced, "add", "sci-6", section="m7")


def test_a_section_that_is_over_keeps_what_it_had(synced: Tiny) -> None:
    synced.sync(today=NEXT_YEAR)
    with pytest.raises(SyncRefused, match="is concluded"):
        decide(synced, "remove", "math-6")


def test_a_course_cannot_be_added_and_removed_at_once(synced: Tiny) -> None:
    with synced.connect_anew() as connection, pytest.raises(RosterError, match="to be added"):
        synced.begin(from_clever=False).decide(connection, [Deed("m6", "sci-6", "add"), Deed("m6", "SCI-6", "remove")])


@pytest.mark.parametrize("said", ["sci-6", "SCI-6", " Sci-6 "])
@pytest.mark.parametrize("hung", [True, False])
def test_what_waits_for_a_course_that_has_gone_can_be_taken_back(synced: Tiny, said: str, hung: bool) -> None:
    decide(synced, "add", "sci-6")
    catalog = synced.inputs["courses"]
    synced.inputs["courses"] = catalog.replace("sci-6,science,Science 6,6,true\n", "")
    if not hung:
        synced.sync()
    decide(synced, "remove", said)
    synced.inputs["courses"] = catalog
    synced.sync()
    assert courses(synced) == [("math-6", "rule")]


def test_a_course_is_the_same_in_capitals(synced: Tiny) -> None:
    """A removal keeps it out, an addition stands, nothing is refused as retired, nothing is taken off and put back."""
    decide(synced, "remove", "math-6")
    decide(synced, "add", "sci-6")
    synced.inputs["courses"] = synced.inputs["courses"].replace("math-6,", "Math-6,").replace("sci-6,", "SCI-6,")
    synced.line("section_courses", "d", "m6", "Sci-6")
    with synced.connect_anew() as connection:
        run = synced.begin()
        carry_out(connection, run, synced.landing)
    assert courses(synced) == [("sci-6", "manual")]
    assert synced.rows("SELECT guard FROM sync.holds WHERE status = 'open'") == []
    assert synced.rows("FROM sync.change_log WHERE sync_id = $id", id=run.order.info.sync_id) == []
    assert synced.rows("SELECT course_id FROM mapping.suggestions") == []
    decide(synced, "remove", "SCI-6")
    assert courses(synced) == []


def test_what_is_carried_over_is_the_same_course_in_capitals(synced: Tiny) -> None:
    synced.records["courses"] = [{"id": "c1", "name": "Drawing"}]
    (m6,) = synced.records["sections"]
    m6.update(course="c1", term_id="year")
    synced.records["terms"] = [
        {"id": "year", "name": "Y1", "start_date": "2026-08-10", "end_date": "2027-06-04"},
        {"id": "next", "name": "Y2", "start_date": "2027-08-10", "end_date": "2028-06-04"},
    ]
    synced.sync()
    synced.sync(today=NEXT_YEAR.replace(month=7))
    synced.records["sections"] = [{**m6, "id": "n6", "term_id": "next", "subject": "other"}]
    synced.inputs["courses"] = synced.inputs["courses"].replace("math-6,", "MATH-6,")
    synced.sync(today=NEXT_YEAR)
    assert ("math-6", "carried_over") in courses(synced)
