"""The generator: the committed demo district byte for byte, and districts of other sizes."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from clever_sandbox.district.load import load_district
from clever_sandbox.district.upload import load_upload
from clever_sandbox.generator.generate import generate, generate_whole, generated, main
from roster_pipeline.config import DEMO
from roster_pipeline.mapping.inputs import (
    read_courses,
    read_logins,
    read_section_courses,
    read_site_settings,
)
from roster_pipeline.mapping.rules import read_rules

DATA = DEMO
INPUTS = ("courses.csv", "section_courses.csv", "mapping_rules.csv", "logins.csv", "sites.csv")
DISTRICT = (
    *("schools.csv", "students.csv", "teachers.csv", "staff.csv", "sections.csv", "enrollments.csv"),
    "district.json",
)


def test_the_demo_is_reproduced_byte_for_byte(tmp_path: Path) -> None:
    arguments = ["--district", str(tmp_path / "sandbox"), "--inputs", str(tmp_path)]
    assert CliRunner().invoke(main, arguments).exit_code == 0
    for name in (*INPUTS, *(f"sandbox/{name}" for name in DISTRICT)):
        assert (tmp_path / name).read_bytes() == (DATA / name).read_bytes(), name
    assert {file.name for file in (tmp_path / "sandbox").iterdir()} == set(DISTRICT)


def test_another_seed_is_another_district(tmp_path: Path) -> None:
    generate(tmp_path, seed=1)
    assert (tmp_path / "students.csv").read_bytes() != (DATA / "sandbox" / "students.csv").read_bytes()


@pytest.mark.parametrize("students", [1, 40, 120, 251, 6_000])
def test_a_district_of_any_size(tmp_path: Path, students: int) -> None:
    written: list[int] = []
    generate(tmp_path, students=students, name="Some USD", progress=written.append)
    tables = load_district(tmp_path).tables
    enrolled = tables["users"].having("role", "student")
    assert len(enrolled) == sum(written) == students
    if students == 6_000:
        assert len(tables["schools"]) == 10
        assert len(tables["users"].having("role", "teacher")) == 400
        assert len(tables["sections"]) == 1_680
        sections = [tables["sections"][i].data() for i in tables["sections"].ids]
        assert all(section["students"] for section in sections)
        assert 6.9 < sum(len(section["students"]) for section in sections) / students <= 7


def test_the_inputs_are_ones_that_the_pipeline_accepts() -> None:
    courses = read_courses(DATA)
    assert len(courses) == 40
    assert len(read_rules(DATA, "riverbend-usd", courses).rows) == 3
    assert len(read_section_courses(DATA, "riverbend-usd", courses).rows) > 200
    assert len(read_logins(DATA, "riverbend-usd", datetime(2026, 11, 24)).rows) > 500
    assert [s.enrollment_source for s in read_site_settings(DATA, "riverbend-usd").rows] == ["manual"]


def test_half_a_generated_district_is_never_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("clever_sandbox.generator.generate.write_inputs", interrupted)
    with pytest.raises(KeyboardInterrupt):
        generate_whole(tmp_path / "60", students=60, name="Some USD", progress=lambda _: None)
    assert not (tmp_path / "60").exists()


def test_what_is_generated_in_memory_is_what_the_files_say(tmp_path: Path) -> None:
    generate(tmp_path, students=70, name="Twice USD")
    read, made = load_upload(tmp_path), generated(students=70, name="Twice USD")
    for name in ("schools", "students", "teachers", "staff", "sections"):
        assert dict(getattr(made, name)) == dict(getattr(read, name)), name
    assert (made.enrollments, made.profile) == (read.enrollments, read.profile)
