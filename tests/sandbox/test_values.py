"""One cell at a time: each transformation seen in Clever's own data (docs/clever.md#spelling-of-values)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clever_sandbox.district import values


@pytest.mark.parametrize(
    ("convert", "cell", "api"),
    [
        (values.gender, "Male", "M"),
        (values.gender, "female", "F"),
        (values.gender, "", ""),
        (values.race, "B", "Black or African American"),
        (values.race, "W", "Caucasian"),
        (values.race, "M", "Two or More Races"),
        (values.race, "A", "Asian"),
        (values.race, "I", "American Indian"),
        (values.grade, "0", "Kindergarten"),
        (values.grade, "7", "7"),
        (values.grade, "", ""),
        (values.date_of_birth, "12/27/07", "12/27/2007"),
        (values.date_of_birth, "2/1/2007", "2/1/2007"),
        (values.date_of_birth, "2007-02-01", "2/1/2007"),
        (values.date_of_birth, "1/2/68", "1/2/1968"),
        (values.iso_date, "8/10/2026", "2026-08-10"),
        (values.phone, "343-983-4279", "(343) 983-4279"),
        (values.phone, "343.983.4279", "(343) 983-4279"),
        (values.phone, "1-343-983-4279", "1-(343) 983-4279"),
        (values.phone, "1-343-983-4279 x218", ""),
        (values.phone, "2-343-983-4279", ""),
        (values.phone, "343-983-4279 x218", ""),
        (values.phone, "983-4279 x218", ""),
        (values.phone, "983-4279", ""),
        (values.phone_type, "", "Other"),
        (values.phone_type, "Cell", "Cell"),
    ],
)
def test_a_cell_becomes(convert: Callable[[str], str], cell: str, api: str) -> None:
    assert convert(cell) == api


@pytest.mark.parametrize(
    ("word", "ties"),
    [
        ("Mother", ("Other", "Parent/Guardian")),
        ("Stepfather", ("Other", "Parent/Guardian")),
        ("Aunt", ("Other", "Family")),
        ("Grandmother", ("Other", "Family")),
        ("Family Friend", ("Other", "Family")),
        ("Sister", ("Other", "Other")),
        ("Cousin", ("Other", "Other")),
        ("Landlady", ("Other", "Other")),
    ],
)
def test_a_contact_type_in_words_becomes_relationship_and_type(word: str, ties: tuple[str, str]) -> None:
    assert values.contact_ties("", word) == ties


def test_clevers_own_contact_words_are_kept() -> None:
    assert values.contact_ties("Grandparent", "Emergency") == ("Grandparent", "Emergency")


@pytest.mark.parametrize(
    ("given_subject", "course", "subject"),
    [
        ("Math", "Basket Weaving", "math"),
        ("", "Grade 6 Mathematics", "math"),
        ("", "Computer Science Principles", "technology and engineering"),
        ("", "Grade 5 Science", "science"),
        ("", "Grade 5 Social Studies", "social studies"),
        ("", "Physical Education", "PE and health"),
        ("", "Grade 1 Art", "arts and music"),
        ("", "Party Planning", "other"),
        ("", "", ""),
    ],
)
def test_a_subject_is_taken_or_inferred(given_subject: str, course: str, subject: str) -> None:
    assert values.subject(given_subject, course) == subject


def test_a_section_is_named_after_course_teacher_and_period() -> None:
    assert values.section_name("Algebra I", "Okafor", "3", "Room 12") == "Algebra I - Okafor - 3"
    assert values.section_name("", "Okafor", "3", "Room 12") == "Room 12"


@given(st.dates(date(1950, 1, 1), date(2049, 12, 31)))
def test_a_date_of_birth_keeps_its_day_in_every_spelling(born: date) -> None:
    spellings = (
        f"{born.month}/{born.day}/{born.year}",
        f"{born.month:02}/{born.day:02}/{born.year % 100:02}",
        born.isoformat(),
    )
    assert {values.date_of_birth(text) for text in spellings} == {f"{born.month}/{born.day}/{born.year}"}
    assert {values.iso_date(text) for text in spellings} == {born.isoformat()}


@pytest.mark.parametrize(
    ("convert", "cell"),
    [
        (values.gender, "no idea"),
        (values.race, "Q"),
        (values.grade, "14"),
        (values.date_of_birth, "13/32/07"),
        (values.date_of_birth, "sometime"),
        (values.date_of_birth, "1/2"),
        (values.iso_date, "2026-02-30"),
        (values.yes_no, "maybe"),
        (lambda text: values.subject(text, ""), "Alchemy"),
    ],
)
def test_what_clever_cannot_hold_is_refused_without_repeating_it(convert: Callable[[str], str], cell: str) -> None:
    with pytest.raises(ValueError, match=r"^not a|^not Y") as refused:
        convert(cell)
    assert cell not in str(refused.value)
