"""Who is where, from lines written by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from clever_sandbox.district.sharing import Sharing
from clever_sandbox.district.upload import Upload, load_upload
from clever_sandbox.year.truth import who_is_where

from .districts import ENROLLMENT, SCHOOL, SECTION, STUDENT, TEACHER, write_district

DAY = date(2026, 11, 23)


@pytest.fixture
def upload(tmp_path: Path) -> Upload:
    """Two schools; s1 of grade 1 visits the second one, s2 of grade 9 is there. c2 begins in January."""
    second = {"School_id": "2"}
    return load_upload(
        write_district(
            tmp_path,
            schools=[SCHOOL, SCHOOL | second],
            students=[STUDENT | {"Grade": "1"}, STUDENT | second | {"Student_id": "s2", "Grade": "9"}],
            teachers=[TEACHER, TEACHER | second | {"Teacher_id": "t2"}],
            sections=[
                SECTION | {"Teacher_2_id": "t2"},
                SECTION | second | {"Section_id": "c2", "Term_start": "1/4/2027"},
                SECTION | second | {"Section_id": "c3", "Teacher_id": "t2"},
            ],
            enrollments=[
                ENROLLMENT,
                ENROLLMENT | second | {"Section_id": "c2", "Student_id": "s2"},
                ENROLLMENT | second | {"Section_id": "c3"},
            ],
        )
    )


def test_what_is_shared_whole(upload: Upload) -> None:
    truth = who_is_where(upload, Sharing(), DAY)
    assert truth.schools == {"1", "2"}
    assert truth.sections == {"c1", "c3"}
    assert truth.students == {"s1": {"1", "2"}, "s2": {"2"}}
    assert truth.teachers == {"t1": {"1"}, "t2": {"1", "2"}}
    assert truth.attends == {("c1", "s1"), ("c3", "s1")}
    assert truth.teaches == {("c1", "t1"), ("c1", "t2"), ("c3", "t2")}


def test_a_term_that_begins(upload: Upload) -> None:
    assert "c2" not in who_is_where(upload, Sharing(), date(2027, 1, 3)).sections
    truth = who_is_where(upload, Sharing(), date(2027, 1, 4))
    assert ("c2", "s2") in truth.attends
    assert truth.teachers["t1"] == {"1", "2"}


def test_a_hidden_school_takes_those_who_are_nowhere_else(upload: Upload) -> None:
    truth = who_is_where(upload, Sharing(hidden_schools=("2",)), DAY)
    assert truth.schools == {"1"}
    assert truth.sections == {"c1"}
    assert truth.students == {"s1": {"1"}}
    assert truth.teachers == {"t1": {"1"}, "t2": {"1"}}
    assert truth.attends == {("c1", "s1")}


def test_a_hidden_student_is_in_no_class(upload: Upload) -> None:
    truth = who_is_where(upload, Sharing(hidden_students=("s1",)), DAY)
    assert truth.students.keys() == {"s2"}
    assert truth.sections == {"c1", "c3"}
    assert not truth.attends


def test_only_some_grades_and_their_sections(upload: Upload) -> None:
    truth = who_is_where(upload, Sharing(grades=frozenset({"9"})), date(2027, 1, 4))
    assert truth.students == {"s2": {"2"}}
    assert truth.sections == {"c2"}
    assert truth.attends == {("c2", "s2")}
    assert truth.teaches == {("c2", "t1")}
