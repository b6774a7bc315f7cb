"""A course that leaves the catalog takes nobody's access away unasked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from roster_pipeline.mapping.decide import Deed
from tests.guards.guarded import Guarded, fill

CATALOG = "course_id,subject,title,grade,active\nmath-6,math,Math 6,6,{}\nsci-6,science,Science 6,6,true\n"


@pytest.fixture
def district(tmp_path: Path) -> Iterator[Guarded]:
    """One section of which a person says that it has math-6."""
    made = Guarded(tmp_path, as_written=True)
    fill(made, "north")
    made.sync()
    decide(made, Deed("north-s0", "math-6", "add"))
    yield made
    made.close()


def decide(district: Guarded, *deeds: Deed) -> None:
    run = district.begin(from_clever=False)
    with district.connect() as connection:
        run.decide(connection, deeds)


def courses(district: Guarded) -> list[tuple[str, ...]]:
    return district.rows("SELECT course_id FROM roster.section_courses ORDER BY ALL")


@pytest.mark.parametrize("catalog", [CATALOG.format("false"), CATALOG.replace("math-6,", "math-six,").format("true")])
def test_who_would_lose_access_is_held_until_somebody_approves(district: Guarded, catalog: str) -> None:
    district.inputs["courses"] = catalog
    district.sync(from_clever=False)
    assert courses(district) == [("math-6",)]
    (hold,) = district.holds
    assert (hold.guard, hold.changes) == ("retired", 1)
    assert hold.message.startswith(
        "Held: data/courses.csv has retired, renamed or lost courses, and 1 of 1 section courses"
    )
    district.decide()
    district.sync(from_clever=False)
    assert (courses(district), district.holds) == ([], [])


def test_a_course_that_comes_back_hangs_again(district: Guarded) -> None:
    district.inputs["courses"] = CATALOG.format("false")
    district.sync()
    district.decide()
    district.sync()
    district.inputs["courses"] = CATALOG.format("true")
    district.sync()
    assert courses(district) == [("math-6",)]


def test_what_takes_the_place_of_a_renamed_course_waits_with_it(district: Guarded) -> None:
    district.inputs["courses"] = CATALOG.replace("math-6,", "math-six,").format("true")
    district.line("section_courses", "d", "north-s0", "math-six")
    district.sync()
    assert courses(district) == [("math-6",)]
    district.decide()
    district.sync()
    assert courses(district) == [("math-six",)]


def test_a_person_may_take_it_off_unasked(district: Guarded) -> None:
    district.inputs["courses"] = CATALOG.format("false")
    decide(district, Deed("north-s0", "math-6", "remove"))
    assert courses(district) == []


def test_another_title_changes_nothing_for_anybody(district: Guarded) -> None:
    district.inputs["courses"] = CATALOG.replace("Math 6", "Mathematics").format("true")
    district.sync()
    assert (courses(district), district.holds) == ([("math-6",)], [])
    assert district.rows("SELECT title FROM mapping.courses WHERE course_id = 'math-6'") == [("Mathematics",)]
