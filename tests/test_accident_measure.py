"""What the table of docs/operations.md is measured with: the harness, not the guards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.accidents.__main__ import SCENARIOS
from benchmarks.accidents.page import PAGE, block
from benchmarks.accidents.replay import Outcome, Period, replay
from benchmarks.accidents.scenario import Scenario
from benchmarks.accidents.world import World, caught_in_both, make_template, open_world
from benchmarks.accidents.year import school_days
from benchmarks.markdown import END, begin, rewrite


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("accidents") / "synced"
    make_template(folder)
    return folder


@pytest.fixture
def world(template: Path, tmp_path: Path) -> Iterator[World]:
    with open_world(template, tmp_path / "world", "test") as opened:
        yield opened


def test_an_accident_is_rejected_mended_and_over(world: World) -> None:
    outcome = replay(SCENARIOS["incident_17"], world)
    assert (outcome.applied, outcome.in_both, outcome.settled) == (0, 0, True)
    assert outcome.held > 600
    assert outcome.decisions >= outcome.holds >= len(outcome.guards) >= 1


def test_what_is_right_is_approved_and_applied(world: World) -> None:
    school = world.schools[0]
    outcome = replay(SCENARIOS["incident_02"], world)
    assert (outcome.applied, outcome.decisions >= 1, outcome.settled) == (0, True, True)
    with world.connect() as connection:
        rows = connection.execute(
            "SELECT count(*) FROM sync.change_log WHERE action = 'relink' AND held_by IS NULL AND site_id = ?", [school]
        ).fetchall()
    assert rows == [(sum(s["school"] == school for s in world.records("sections")),)]


def test_an_ordinary_week_passes_without_a_hold(world: World) -> None:
    *_, week = school_days(world, 5)
    assert (week.days, week.held, week.decisions, week.days_with_a_hold, week.settled) == (5, 0, 0, 0, True)
    assert week.applied > 100


def test_a_sync_that_fails_has_applied_nothing(world: World) -> None:
    before = world.in_force()
    world.server.sandbox.faults.add("district_gone")
    assert world.sync().failed
    assert world.in_force() == before


BEFORE = {("a", "ann", "student"), ("b", "ben", "student"), ("a", "tia", "teacher")}


@pytest.mark.parametrize(
    ("now", "ought", "caught"),
    [
        # ann moves from a to b: wholly, not at all, and by half
        ({("b", "ann", "student")}, {("b", "ann", "student")}, set()),
        ({("a", "ann", "student")}, {("b", "ann", "student")}, set()),
        ({("a", "ann", "student"), ("b", "ann", "student")}, {("b", "ann", "student")}, {"ann"}),
        # a's list is cam now, and ann is still on it; a teacher who comes sees no more than they should
        ({("a", "ann", "student"), ("a", "cam", "student")}, {("a", "cam", "student")}, {"cam"}),
        ({("a", "ann", "student"), ("a", "tom", "teacher")}, {("a", "tom", "teacher")}, set()),
    ],
)
def test_who_is_caught_in_both(
    now: set[tuple[str, str, str]], ought: set[tuple[str, str, str]], caught: set[str]
) -> None:
    assert caught_in_both(BEFORE, now, ought) == caught


def test_the_names_of_scenarios_differ_and_every_accident_of_others_is_there() -> None:
    numbers = {name.split("_")[1] for name in SCENARIOS if name.startswith("incident_")}
    assert numbers == {f"{n:02}" for n in range(1, 18)} - {"14"}
    assert len({scenario.words for scenario in SCENARIOS.values()}) == len(SCENARIOS)


def test_the_block_is_rewritten_and_nothing_else(tmp_path: Path) -> None:
    wrong = Scenario("w", "a flood", lambda _: None)
    right = Scenario("r", "a move", lambda _: None, right=True)
    outcome = Outcome(
        applied=3, held=1200, holds=2, in_both=1, decisions=2, guards=("archives",), failed=False, settled=True
    )
    page = tmp_path / "page.md"
    page.write_text(f"before\n{begin('make accidents')}\nof last time\n{END}\nafter\n")
    rewrite(page, "make accidents", block({wrong: outcome}, {wrong: outcome}, {right: outcome}, [Period("a day", 1)]))
    text = page.read_text()
    assert text.startswith("before\n")
    assert text.endswith(f"{END}\nafter\n")
    assert "of last time" not in text
    assert "| a flood | 1,200 | 3 | 1 | 2 | 2 | archives |" in text
    assert "Of 1 right changes, 1 needed an approval. Applied by half: 1. Decisions in all: 2." in text
    assert begin("make accidents") in PAGE.read_text(encoding="utf-8")
