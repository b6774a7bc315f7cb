"""Lines of the files people edit that name nothing which is there: a warning each, with the line, counted in whole."""

from __future__ import annotations

from typing import Any

import pytest

from roster_pipeline.history import report
from roster_pipeline.warehouse.warehouse import Warehouse
from tests.conftest import Tiny, student, teacher

ISSUES = "SELECT code, record_id FROM sync.issues WHERE sync_id = $sync ORDER BY ALL"


def issues(tiny: Tiny) -> list[tuple[Any, ...]]:
    return tiny.rows(ISSUES, sync=f"S{tiny.syncs:03}")


def count(tiny: Tiny) -> int:
    with tiny.connect() as connection:
        return int(report.lines_without(connection)["lines"])


def test_each_line_that_names_nothing_is_a_warning(tiny: Tiny) -> None:
    tiny.line("section_courses", "d", "m6", "math-6")
    tiny.line("section_courses", "d", "m7", "math-6")
    tiny.line("sites", "d", "north", "clever")
    tiny.line("sites", "d", "nroth", "manual")
    tiny.line("logins", "d", "ann", "2026-09-01")
    tiny.line("logins", "d", "anne", "2026-09-01T08:00:00Z")
    tiny.sync()
    assert issues(tiny) == [
        ("input_unknown_site", "sites.csv, line 3"),
        ("input_unknown_user", "logins.csv, line 3"),
        ("mapping_unknown_section", "section_courses.csv, line 3"),
    ]
    assert count(tiny) == 3
    tiny.records["users"].append(student("anne", "north"))
    tiny.records["schools"].append({"id": "nroth", "name": "N"})
    tiny.sync()
    assert [code for code, _ in issues(tiny)] == ["mapping_unknown_section"]


def test_blank_lines_do_not_shift_the_line_that_is_named(tiny: Tiny) -> None:
    tiny.inputs["logins"] += "\nd,nobody,2026-09-01T08:00:00Z\n"
    tiny.sync()
    assert issues(tiny) == [("input_unknown_user", "logins.csv, line 3")]


def test_ids_in_capitals_are_the_same_ids(tiny: Tiny) -> None:
    tiny.line("section_courses", "D", "M6", "MATH-6")
    tiny.line("sites", "D", "SOUTH", "manual")
    tiny.line("logins", "D", "ANN", "2026-09-01")
    tiny.line("mapping_rules", "r1", "Science", "", "", "SCI-6")
    tiny.records["sections"].append({**tiny.records["sections"][0], "id": "s6", "subject": "science"})
    tiny.sync()
    assert issues(tiny) == []
    assert tiny.rows("SELECT course_id FROM roster.section_courses ORDER BY 1") == [("math-6",), ("sci-6",)]
    assert tiny.rows("SELECT site_id FROM roster.sites WHERE enrollment_source = 'manual'") == [("south",)]
    assert tiny.rows("SELECT clever_id FROM roster.users WHERE first_login_at IS NOT NULL") == [("ann",)]


def test_who_was_here_once_is_no_typo(tiny: Tiny) -> None:
    tiny.sync()
    ((ben,),) = tiny.rows("SELECT user_id FROM roster.users WHERE clever_id = 'ben'")
    tiny.records["users"] = [teacher("tia", "north"), student("ben", "north"), student("anna", "north")]
    tiny.records["sections"][0]["students"] = ["ben"]
    tiny.rows("UPDATE roster.users SET clever_id = 'anna' WHERE clever_id = 'ann'")  # Clever gave her another id
    tiny.line("logins", "d", "ANN", "2026-09-01")
    tiny.line("logins", "d", str(ben).upper(), "2026-09-01")
    tiny.sync()
    tiny.records["users"].pop(1)
    tiny.records["sections"][0]["students"] = []
    tiny.sync()
    assert issues(tiny) == []
    assert tiny.rows("SELECT enrollment_status, first_login_at IS NULL FROM roster.users WHERE clever_id = 'ben'") == [
        ("archived", False)
    ]


@pytest.mark.parametrize("plain", [True, False])
def test_a_district_that_nobody_knows_is_a_warning_with_the_one_that_may_be_meant(tiny: Tiny, plain: bool) -> None:
    Warehouse(tiny.root).register("id", "Riverbend USD")
    note = "" if plain else " "
    for slug in ("riverbend-uds", "riverbend-usd", "riverbend-uds"):
        tiny.line("logins", slug, f"u{len(tiny.inputs['logins'])}", f"2026-09-01T08:00:00Z{note}")
    tiny.line("section_courses", "zzz", "m6", f"math-6{note}")
    tiny.inputs["mapping_rules"] = "rule_id,subject,grade,clever_course,course_id,district\nr1,math,,,math-6,nowhere\n"
    tiny.sync()
    assert issues(tiny) == [
        ("input_unknown_district", "logins.csv, 2 lines"),
        ("input_unknown_district", "mapping_rules.csv, 1 line"),
        ("input_unknown_district", "section_courses.csv, 1 line"),
    ]
    assert count(tiny) == 4
    assert [
        ("riverbend-uds, which" in m, "Is riverbend-usd meant?" in m)
        for (m,) in tiny.rows("SELECT message FROM sync.issues ORDER BY record_id")
    ] == [(True, True), (False, False), (False, False)]


def test_a_rule_holds_for_the_district_that_it_names(tiny: Tiny) -> None:
    tiny.inputs["mapping_rules"] = (
        "rule_id,district,subject,grade,clever_course,course_id\n"
        "r1,other-usd,math,,,sci-6\nr2,d,math,,,math-6\nr3,,science,,,sci-6\n"
    )
    Warehouse(tiny.root).register("id", "Other USD")
    tiny.sync()
    assert tiny.rows("SELECT course_id, rule_id FROM roster.section_courses") == [("math-6", "r2")]
    assert issues(tiny) == []


@pytest.mark.parametrize("lines", [100, 101, 250])
def test_a_hundred_are_listed_and_all_are_counted(tiny: Tiny, lines: int) -> None:
    for n in range(lines):
        tiny.line("logins", "d", f"nobody{n}", "2026-09-01T08:00:00Z")
    tiny.sync()
    rest = {100: [], 101: [("input_unknown_user", "logins.csv, 1 line")]}
    others = rest.get(lines, [("input_unknown_user", "logins.csv, 150 lines")])
    first = [("input_unknown_user", f"logins.csv, line {n + 2}") for n in range(100)]
    assert issues(tiny) == sorted([*first, *others])
    assert count(tiny) == lines
    tiny.sync(from_clever=False)  # which looks at no people
    assert tiny.rows("FROM plan.untouched") != []
    assert issues(tiny) == sorted([*first, *others])
    assert count(tiny) == lines


def test_a_failed_sync_does_not_hide_what_the_last_one_noted(tiny: Tiny) -> None:
    tiny.line("sites", "d", "nroth", "manual")
    tiny.sync()
    tiny.rows("INSERT INTO sync.syncs BY NAME SELECT 'S9' AS sync_id, 9 AS sync_no, 'failed' AS status")
    with tiny.connect() as connection:
        assert report.lines_without(connection) == {"sync_id": "S001", "lines": 1}


def test_a_misspelled_district_in_guards_toml_is_a_warning(tiny: Tiny) -> None:
    """A declared rollover that does not count is the dearest typo of all."""
    tiny.data.mkdir()
    (tiny.data / "guards.toml").write_text("[district.dd]\narchive_percent = 60\n[district.d]\nupdate_percent = 80\n")
    tiny.sync()
    assert issues(tiny) == [("input_unknown_district", "guards.toml")]
