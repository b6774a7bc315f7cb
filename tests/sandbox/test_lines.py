"""One line as a district sends it, and what Clever makes of its cells (docs/clever.md#spelling-of-values)."""

from __future__ import annotations

from pathlib import Path

import pytest

from clever_sandbox.district.district import District
from clever_sandbox.district.load import load_district
from clever_sandbox.district.tables import Json, Kind, decode

from .districts import SCHOOL, SECTION, STUDENT, write_district


def records(district: District, kind: Kind) -> list[Json]:
    return [district.tables[kind][found].data() for found in district.tables[kind].ids]


@pytest.mark.parametrize(
    ("course", "subject"),
    [
        ("Group Guidance", "homeroom/advisory"),
        ("Sixth Grade Advisory", "homeroom/advisory"),
        ("Drawing", "arts and music"),
        ("Chorus 11", "arts and music"),
        ("Film Elective", "arts and music"),
        ("Sculpture", "arts and music"),
        ("Set Design Elective", "other"),
        ("Web Design Elective", "technology and engineering"),
        ("Introduction to Programming", "technology and engineering"),
        ("Introduction to Ruby on Rails", "technology and engineering"),
        ("Lego Robotics Elective", "technology and engineering"),
        ("Living Environment (Honors)", "science"),
        ("Environmental Science", "science"),
        ("Newspaper Publishing 12", "english/language arts"),
        ("Journalism Elective", "english/language arts"),
        ("AP Spanish Language", "language"),
        ("AP English Language and Composition", "english/language arts"),
        ("Latin Dance Elective", "PE and health"),
        ("Latin II", "language"),
        ("Fitness Elective", "PE and health"),
        ("AP Art History", "social studies"),
        ("Yearbook", "other"),
    ],
)
def test_a_section_without_a_subject_has_the_one_of_its_course(tmp_path: Path, course: str, subject: str) -> None:
    district = load_district(write_district(tmp_path, sections=[SECTION | {"Course_name": course}]))
    [section] = records(district, "sections")
    assert section["subject"] == subject


@pytest.mark.parametrize(
    ("cell", "phone"),
    [
        ("343-983-4279", "(343) 983-4279"),
        ("1-343-983-4279", "1-(343) 983-4279"),
        ("1-343-983-4279 x1178", ""),
        ("(343)983-4279", "(343) 983-4279"),
    ],
)
def test_a_phone_keeps_its_leading_one(tmp_path: Path, cell: str, phone: str) -> None:
    with_contact = STUDENT | {"Contact_name": "C D", "Contact_type": "Mother", "Contact_phone": cell}
    school = SCHOOL | {"School_phone": cell}
    district = load_district(write_district(tmp_path, schools=[school], students=[with_contact]))
    [contact] = [user for user in records(district, "users") if "contact" in user["roles"]]
    assert contact["roles"]["contact"]["phone"] == phone
    assert records(district, "schools")[0]["phone"] == phone


@pytest.mark.parametrize(
    ("cell", "language"),
    [
        ("Spanish", ("Spanish", "spa")),
        ("vietnamese", ("Vietnamese", "vie")),
        ("Chinese (Mandarin)", ("Chinese (Mandarin)", "cmn")),
        ("Haitian Creole", ("Haitian Creole", "hat")),
        ("Klingon", ("Other", "other")),
        ("", None),
    ],
)
def test_a_language_is_the_apis_word_and_code(tmp_path: Path, cell: str, language: tuple[str, str] | None) -> None:
    district = load_district(write_district(tmp_path, students=[STUDENT | {"Home_language": cell}]))
    [student] = district.tables["users"].having("role", "student")
    role = decode(district.tables["users"][student].body_with_more())["roles"]["student"]
    assert ("home_language" in role) == ("home_language_code" in role) == bool(language)
    assert language is None or (role["home_language"], role["home_language_code"]) == language
