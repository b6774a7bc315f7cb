"""Sections that are split, merged and handed over, and the second semester."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from clever_sandbox.district.district import District
from clever_sandbox.district.ids import clever_id
from clever_sandbox.year import terms
from clever_sandbox.year.advance import advance
from clever_sandbox.year.calendar import SchoolYear

from .years import TODAY, night, of_kind, one

S1 = ("S1", "2026-08-10", "2026-12-18")
S2 = ("S2", "2027-01-04", "2027-06-04")
Y1 = ("Y1", "2026-08-10", "2027-06-04")


@pytest.fixture
def district(demo: District) -> District:
    return demo.copy()


def in_term(district: District, term: str) -> dict[str, dict[str, str]]:
    return {section: line for section, [line] in district.upload.sections.items() if line["Term_name"] == term}


def test_a_class_is_split_in_two(demo: District, district: District) -> None:
    [new] = one(district, "section_new")
    assert district.upload.sections.keys() - demo.upload.sections.keys() == {new.sis_id}
    seats, before = district.upload.enrollments, demo.upload.enrollments
    [old] = [section for section in before if seats[section] != before[section]]
    assert (new.before,) == new.succeeds == (clever_id(demo.id, "section", old),)
    assert sorted((*seats[old], *seats[new.sis_id])) == list(before[old])
    assert abs(len(seats[old]) - len(seats[new.sis_id])) <= 1


def test_two_parallel_classes_become_one(demo: District, district: District) -> None:
    [merged] = one(district, "section_merged")
    [closed] = demo.upload.sections.keys() - district.upload.sections.keys()
    assert merged.before == clever_id(demo.id, "section", closed)
    before, now = demo.upload.enrollments, district.upload.enrollments
    assert now[merged.sis_id] == tuple(sorted({*before[closed], *before[merged.sis_id]}))
    stays, goes = demo.upload.sections[merged.sis_id][0], demo.upload.sections[closed][0]
    assert (stays["School_id"], stays["Course_name"]) == (goes["School_id"], goes["Course_name"])
    assert len(before[closed]) <= len(before[merged.sis_id])


def test_every_section_of_the_first_semester_has_a_successor(demo: District, district: District) -> None:
    happened = advance(district, 1, day=date(2026, 12, 18))
    new = of_kind(happened, "section_continued")
    old, now = in_term(demo, "S1"), in_term(district, "S2")
    assert len(new) == len(old) == len(now) == 32
    assert in_term(district, "S1").keys() == old.keys()
    assert {found.sis_id for found in new} == now.keys()
    by_id = {clever_id(demo.id, "section", section): section for section in old}
    assert {by_id[found.succeeds[0]] for found in new} == old.keys()
    for found in new:
        before, after = old[by_id[found.succeeds[0]]], now[found.sis_id]
        assert (after["Term_start"], after["Term_end"]) == S2[1:]
        same = ("School_id", "Teacher_id", "Course_name", "Course_number", "Grade", "Period")
        assert [before[column] for column in same] == [after[column] for column in same]
    numbers = [now[found.sis_id]["Section_number"] == old[by_id[found.succeeds[0]]]["Section_number"] for found in new]
    assert Counter(numbers).keys() == {True, False}
    together = {student for section in old for student in district.upload.enrollments[section]}
    assert together == {student for section in now for student in district.upload.enrollments[section]}


def test_a_second_semester_is_shown_when_it_begins_and_the_first_is_cleared_two_weeks_later(
    district: District,
) -> None:
    def sections(day: date) -> set[str]:
        advance(district, 1, day=day)
        district.ingest(night(day))
        return {term["name"] for term in (district.tables["terms"][i].data() for i in district.tables["terms"].ids)}

    assert sections(date(2026, 12, 18)) == {"S1", "Y1"}
    assert sections(date(2027, 1, 3)) == {"S1", "Y1"}
    assert sections(date(2027, 1, 4)) == {"S1", "S2", "Y1"}
    assert sections(date(2027, 1, 17)) == {"S1", "S2", "Y1"}
    assert sections(date(2027, 1, 18)) == {"S2", "Y1"}


def test_a_second_semester_comes_once(district: District) -> None:
    one(district, "second_semester")
    assert one(district, "second_semester") == []
    assert len(in_term(district, "S2")) == 32


def test_a_term_that_has_not_begun_has_one_day_when_it_has_ended(district: District) -> None:
    for section in district.upload.sections:
        district.upload.sections.change(section, Term_name="Z", Term_start="2027-01-04", Term_end="2027-06-04")
    [ended] = one(district, "term_ended")
    assert ended.id == clever_id(district.id, "term", "Z", "2026-11-22", "2026-11-22")


def test_a_term_without_an_end_never_ends(demo: District, district: District) -> None:
    for section in demo.upload.sections:
        district.upload.sections.change(section, Term_end="")
    assert one(district, "term_ended") == one(district, "term_cleared") == []


@pytest.mark.parametrize(
    ("term", "second", "next_year"),
    [
        (S1, S2, ("S1", "2027-08-09", "2027-12-17")),
        (S2, None, ("S1", "2027-08-09", "2027-12-17")),
        (Y1, None, ("Y1", "2027-08-09", "2028-06-02")),
        (("Fall", *S1[1:]), ("Fall 2", *S2[1:]), ("Fall", "2027-08-09", "2027-12-17")),
        (("Fall 2", *S2[1:]), None, ("Fall", "2027-08-09", "2027-12-17")),
        (("2026-2027", *Y1[1:]), None, ("2026-2027", "2027-08-09", "2028-06-02")),
        (("", "2026-08-10", "2026-11-22"), ("2", *S2[1:]), ("", "2027-08-09", "2027-12-17")),
        (("Always", "", ""), None, ("Always", "", "")),
    ],
)
def test_terms_follow_each_other(term: terms.Term, second: terms.Term | None, next_year: terms.Term) -> None:
    assert terms.is_first(term) == (second is not None)
    if second:
        assert terms.second_after(term) == second
    assert terms.next_year(term, SchoolYear(2027)) == next_year


def test_a_teacher_who_takes_over_did_not_teach_there(demo: District, district: District) -> None:
    [changed] = one(district, "section_teacher_changed", TODAY)
    before, now = (upload.sections[changed.sis_id][0] for upload in (demo.upload, district.upload))
    assert now["Teacher_id"] not in {before["Teacher_id"], before["Teacher_2_id"], before["Teacher_3_id"]}
    assert [now[column] for column in ("Teacher_2_id", "Teacher_3_id")] == [
        before[column] for column in ("Teacher_2_id", "Teacher_3_id")
    ]
