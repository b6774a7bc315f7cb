"""Whatever happens in a district, in whatever order: its upload hangs together, and Clever shows what is true."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clever_sandbox.district.district import District
from clever_sandbox.district.load import load_district
from clever_sandbox.district.upload import Upload, load_upload, write_upload
from clever_sandbox.year.advance import CHANGES, advance
from clever_sandbox.year.happening import Happening
from clever_sandbox.year.truth import who_is_where

from .districts import ENROLLMENT, SCHOOL, SECTION, STUDENT, TEACHER, write_district
from .shown import as_shown
from .years import TODAY, days, files_of, hangs_together, night

KINDS = st.lists(st.sampled_from(sorted(CHANGES)), min_size=1, max_size=8)
DAY = st.integers(0, 420).map(lambda days: date(2026, 8, 1) + timedelta(days=days))


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> District:
    """Two schools with three students, a few classes and contacts: nothing can happen often."""
    two = {"School_id": "2", "Low_grade": "6", "High_grade": "8"}
    contact = {"Contact_name": "Mum L", "Contact_email": "m@example.org", "Contact_type": "Mother"}
    folder = write_district(
        tmp_path_factory.mktemp("tiny"),
        schools=[SCHOOL, SCHOOL | two],
        students=[
            STUDENT | {"Grade": "12", **contact},
            STUDENT | {"Grade": "12", "School_id": "2"},
            STUDENT | {"Student_id": "s2", "Grade": "6", "School_id": "2", **contact},
            STUDENT | {"Student_id": "s3", "Grade": "K", **contact, "Contact_email": ""},
        ],
        teachers=[TEACHER, TEACHER | {"Teacher_id": "t2", "School_id": "2"}],
        sections=[
            SECTION | {"Term_name": "S1", "Term_start": "8/10/2026", "Term_end": "12/18/2026"},
            SECTION | {"Section_id": "c2", "Term_name": "Y", "Term_start": "2026-08-10", "Term_end": "2027-06-04"},
            SECTION | {"Section_id": "c3", "School_id": "2", "Teacher_id": "t2"},
        ],
        enrollments=[
            ENROLLMENT,
            ENROLLMENT | {"Section_id": "c2"},
            ENROLLMENT | {"Section_id": "c2", "Student_id": "s3"},
        ],
    )
    return load_district(folder, night(TODAY))


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 1000), kinds=KINDS, day=DAY, small=st.booleans())
def test_any_kinds_in_any_order_leave_an_upload_that_hangs_together_and_shows_the_truth(
    demo: District, tiny: District, seed: int, kinds: list[str], day: date, small: bool
) -> None:
    district = (tiny if small else demo).copy()
    happened: list[Happening] = []
    for at, kind in enumerate(kinds):
        happened += advance(district, seed, day=day + timedelta(days=at), kinds=[kind])
        assert hangs_together(district.upload)
    after = day + timedelta(days=len(kinds))
    district.ingest(night(after))
    assert as_shown(district) == who_is_where(district.held, district.sharing, after)
    ids = [value for found in happened for value in (found.id, found.school, found.before, found.after)]
    ids += [value for found in happened for value in (*found.sections, *found.succeeds)]
    assert all(len(value) == 24 and int(value, 16) for value in ids if value is not None)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 1000), kinds=KINDS, day=DAY)
def test_the_same_seed_does_the_same(demo: District, seed: int, kinds: list[str], day: date) -> None:
    one, two = demo.copy(), demo.copy()
    assert advance(one, seed, day=day, kinds=kinds) == advance(two, seed, day=day, kinds=kinds)
    assert files_of(one.upload) == files_of(two.upload)
    assert one.sharing == two.sharing


def test_the_order_of_lines_says_nothing(demo: District) -> None:
    one = demo.copy()
    two = District(_reversed(demo.upload))
    for day in days(date(2026, 11, 18), date(2026, 11, 25)):
        assert advance(one, 3, day=day) == advance(two, 3, day=day)
    assert files_of(one.upload) == files_of(two.upload)


def _reversed(upload: Upload) -> Upload:
    turned = upload.copy()
    for lines in (turned.schools, turned.students, turned.teachers, turned.staff, turned.sections):
        lines.packed = dict(reversed(lines.packed.items()))
    turned.enrollments = dict(reversed(turned.enrollments.items()))
    return turned


def test_another_seed_is_another_day(demo: District) -> None:
    assert advance(demo.copy(), 1, day=TODAY) != advance(demo.copy(), 2, day=TODAY)


@pytest.mark.parametrize("kind", sorted(CHANGES))
def test_where_nobody_is_left_nothing_happens_to_anybody(kind: str, demo: District) -> None:
    empty = District(Upload(demo.profile))
    happened = advance(empty, 0, day=TODAY, kinds=[kind])
    assert [found.id for found in happened] in ([], [demo.id])
    assert hangs_together(empty.upload)
    assert not empty.upload.students


@pytest.mark.parametrize("kind", sorted(CHANGES))
def test_a_district_of_one_student_survives_everything_twice(kind: str, tmp_path: Path) -> None:
    district = load_district(write_district(tmp_path), night(TODAY))
    for _ in range(2):
        advance(district, 0, day=TODAY, kinds=[kind])
        assert hangs_together(district.upload)


def test_a_kind_that_does_not_exist_changes_nothing(demo: District) -> None:
    district = demo.copy()
    with pytest.raises(ValueError, match="unknown kinds eclipse"):
        advance(district, 0, day=TODAY, kinds=["student_left", "eclipse"])
    assert district.day == 0
    assert files_of(district.upload) == files_of(demo.upload)


_EVENTFUL = {
    *(date(2026, month, 14) for month in range(8, 13)),
    *(date(2027, month, 14) for month in range(1, 9)),
    *(date(2026, 10, 15), date(2026, 12, 31), date(2027, 1, 4), date(2027, 1, 18), date(2027, 6, 2), date(2027, 6, 7)),
    *(date(2027, 7, 25), date(2027, 7, 26), date(2027, 8, 8), date(2027, 8, 9)),
}


def test_a_year_shows_the_truth_and_its_files_are_read_back_as_they_are(demo: District, tmp_path: Path) -> None:
    district = demo.copy()
    for day in days(date(2026, 8, 3), date(2027, 8, 13)):
        advance(district, 1, day=day)
        if day in _EVENTFUL:
            district.ingest(night(day))
            assert hangs_together(district.upload)
            assert as_shown(district) == who_is_where(district.held, district.sharing, day), day
    write_upload(district.upload, tmp_path)
    assert files_of(load_upload(tmp_path)) == files_of(district.upload)
