"""What is shared too much or too little, and the rule that mends it."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from roster_pipeline import sync as corridor
from roster_pipeline.history.sharing import sharing
from roster_pipeline.history.sharing.words import RULES
from roster_pipeline.model.sharing import COUNTED
from tests.conftest import NOW, Tiny, carry_out, section, student, teacher
from tests.platform import SLUG, Platform


def findings(
    tiny: Tiny, columns: str = "finding, coalesce(clever_id, grade), people, covered"
) -> list[tuple[Any, ...]]:
    return tiny.rows(f"SELECT {columns} FROM sync.sharing_findings ORDER BY ALL")


def of_site(tiny: Tiny, finding: str) -> list[tuple[Any, ...]]:
    return [row for row in findings(tiny, "finding, site_id, clever_id, covered") if row[0] == finding]


def mapped(tiny: Tiny) -> None:
    tiny.line("section_courses", "d", "m6", "math-6")


def test_who_sees_a_course_is_no_finding(tiny: Tiny) -> None:
    mapped(tiny)
    tiny.sync()
    assert findings(tiny) == []


def test_a_school_that_nobody_mapped_covers_its_grades_and_people(tiny: Tiny) -> None:
    tiny.sync()
    assert findings(tiny) == [
        ("grade_not_mapped", "6", 2, True),
        ("people_in_no_mapped_section", "ann", 1, True),
        ("people_in_no_mapped_section", "ben", 1, True),
        ("people_in_no_mapped_section", "tia", 1, True),
        ("school_not_mapped", "north", 3, False),
    ]


def test_a_grade_that_nobody_mapped_covers_its_students_alone(tiny: Tiny) -> None:
    mapped(tiny)
    pupil = student("cal", "north")
    pupil["roles"]["student"]["grade"] = "9"
    tiny.records["users"] += [pupil, teacher("tom", "north")]
    tiny.records["sections"].append(section("m9", "north", teachers=["tom"], students=["cal"]))
    tiny.sync()
    assert findings(tiny) == [
        ("grade_not_mapped", "9", 1, False),
        ("people_in_no_mapped_section", "cal", 1, True),
        ("people_in_no_mapped_section", "tom", 1, False),
    ]


def test_people_in_no_section_and_sections_without_people(tiny: Tiny) -> None:
    mapped(tiny)
    tiny.records["users"] += [student("cal", "north"), teacher("tom", "north")]
    tiny.records["sections"] += [section("no-t", "north", students=["ann"]), section("no-s", "north", teachers=["tia"])]
    tiny.sync()
    assert findings(tiny, "finding, clever_id, sis_id") == [
        ("sections_without_students", "no-s", None),
        ("sections_without_teachers", "no-t", None),
        ("students_in_no_section", "cal", "sis-cal"),
        ("teachers_in_no_section", "tom", "sis-tom"),
    ]


def test_ids_that_sections_mention_and_nobody_shares(tiny: Tiny) -> None:
    mapped(tiny)
    tiny.records["sections"][0].update(students=["ann", "ben", "zoe"], teachers=["tia", "zed"], sis_id="8-m")
    tiny.sync()
    found = findings(tiny, "finding, clever_id, section, section_sis_id")
    assert found == [("students_not_shared", "zoe", "m6", "8-m"), ("teachers_not_shared", "zed", "m6", "8-m")]
    tiny.records["users"] += [student("zoe", "north"), teacher("zed", "north")]
    tiny.sync()
    assert findings(tiny) == []


def test_a_sync_of_one_site_says_nothing_of_the_others(tiny: Tiny) -> None:
    tiny.records["users"].append(teacher("tom", "south"))
    tiny.records["sections"] += [section("s6", "south", teachers=["tom"], students=["ben", "zoe"])]
    tiny.sync()
    tiny.records["sections"][1]["students"] = ["ben"]
    tiny.sync(sites=["north"])
    assert of_site(tiny, "students_not_shared") == [("students_not_shared", "south", "zoe", False)]
    assert tiny.rows("SELECT sync_id, site_id FROM sync.sharing ORDER BY ALL") == [
        ("S001", "north"),
        ("S001", "south"),
        ("S002", "north"),
    ]


def test_a_sudden_lack_is_told_until_it_is_seven_syncs_old(tiny: Tiny) -> None:
    """Guards or not: the roster has those who left as long as one holds them."""
    tiny.records["users"] += [student(f"s{n}", "north") for n in range(5)]
    tiny.sync()
    del tiny.records["users"][-5:]
    tiny.sync()
    lack = [("sudden_lack", "students", 5)]
    assert [row for row in findings(tiny, "finding, entity, people") if row[0] == "sudden_lack"] == lack
    for _ in range(6):
        tiny.sync()
    assert of_site(tiny, "sudden_lack") == []


def test_who_leaves_is_lacking_while_a_guard_holds_them(tiny: Tiny) -> None:
    tiny.records["users"] += [student(f"s{n}", "north") for n in range(60)]
    tiny.sync()
    del tiny.records["users"][-60:]
    with tiny.connect_anew() as connection:
        carry_out(connection, tiny.begin(), tiny.landing)
    assert tiny.rows("SELECT count(*) FROM roster.users WHERE enrollment_status = 'archived'") == [(0,)]
    assert ("sudden_lack", "students", 60) in findings(tiny, "finding, entity, people")


def test_who_moves_to_another_site_is_not_lacking(tiny: Tiny) -> None:
    tiny.records["users"] += [student(f"s{n}", "north") for n in range(9)]
    tiny.sync()
    for one in tiny.records["users"][-9:]:
        one["roles"]["student"] |= {"school": "south", "schools": ["south"]}
    tiny.sync()
    assert of_site(tiny, "sudden_lack") == []


def test_sections_whose_term_is_over_are_not_lacking(tiny: Tiny) -> None:
    tiny.records["terms"].append({"id": "fall", "start_date": "2026-08-10", "end_date": "2026-12-18"})
    tiny.records["sections"] += [section(f"f{n}", "north", teachers=["tia"], term_id="fall") for n in range(8)]
    tiny.sync()
    tiny.sync(today=date(2027, 1, 10))
    del tiny.records["sections"][-8:]
    tiny.sync(today=date(2027, 1, 10))
    assert of_site(tiny, "sudden_lack") == []
    assert tiny.rows("SELECT status, count(*) FROM roster.sections GROUP BY 1 ORDER BY 2") == [
        ("active", 1),
        ("concluded", 8),
    ]


def test_a_little_less_is_no_lack(tiny: Tiny) -> None:
    tiny.records["users"] += [student(f"s{n}", "north") for n in range(4)]
    tiny.sync()
    del tiny.records["users"][-4:]
    tiny.sync()
    assert of_site(tiny, "sudden_lack") == []


def test_a_site_that_vanishes_lacks_all_of_it(tiny: Tiny) -> None:
    tiny.records["users"] += [student(f"s{n}", "south") for n in range(6)]
    tiny.sync()
    del tiny.records["users"][-6:]
    del tiny.records["schools"][1]
    tiny.sync()
    assert of_site(tiny, "sudden_lack") == [("sudden_lack", "south", None, False)]


def test_manual_sites_are_nobodys_finding(tiny: Tiny) -> None:
    tiny.line("sites", "d", "north", "manual")
    tiny.sync()
    assert {site for (site,) in findings(tiny, "site_id")} == {"south"}, "Ben is there too"
    shared = tiny.rows("SELECT site_id, students > 0, students_in_no_section FROM sync.sharing ORDER BY site_id")
    assert shared == [("north", True, 0), ("south", True, 1)], "what is left out of it is counted"


def test_the_trend_counts_what_the_findings_list(tiny: Tiny) -> None:
    tiny.records["sections"][0]["students"].append("zoe")
    tiny.sync()
    mapped(tiny)
    tiny.sync()
    with tiny.connect() as connection:
        newest, first = sharing.trend(connection, "North")
        assert sharing.trend(connection, "north", limit=1) == [newest]
    kinds = [name for name, _ in COUNTED]
    assert (first["students"], first["teachers"], first["sections"]) == (2, 1, 1)
    assert [first[k] for k in kinds] == [1, 1, 3, 0, 0, 0, 0, 1, 0]
    assert [newest[k] for k in kinds] == [0, 0, 0, 0, 0, 0, 0, 1, 0]


def test_a_change_of_the_mapping_is_no_sync_of_the_trend_but_mends_at_once(tiny: Tiny) -> None:
    tiny.sync()
    mapped(tiny)
    tiny.sync(from_clever=False)
    assert findings(tiny) == []
    assert tiny.rows("SELECT DISTINCT sync_id FROM sync.sharing") == [("S001",)]


def test_the_trend_is_pruned_with_the_history(tiny: Tiny) -> None:
    for _ in range(2):
        tiny.sync()
    run = tiny.begin()
    run.order = corridor.Order(run.order.info, tiny.data, NOW.date(), lambda: NOW + timedelta(days=9))
    with tiny.connect() as connection:
        corridor.forget_history(connection, run.order, 2)
    assert tiny.rows("SELECT DISTINCT sync_id FROM sync.sharing") == [("S002",)]


def test_every_finding_has_words(tiny: Tiny) -> None:
    assert set(RULES) == {*(name for name, _ in COUNTED), "sudden_lack"}
    tiny.sync()
    with tiny.connect() as connection:
        (row,) = sharing.listed(connection, "NORTH")
        assert [c["finding"] for c in sharing.counts(connection)] == [
            "school_not_mapped",
            "grade_not_mapped",
            "people_in_no_mapped_section",
        ]
        assert sharing.listed(connection, "south") == []
    assert (row["direction"], row["share_by"], row["clever_id"], row["people"]) == ("stop", "school", "north", 3)
    assert row["mend"] == RULES["school_not_mapped"].mend


def test_the_terminal_counts_lists_and_writes(synced: Platform) -> None:
    (row,) = synced.json("sharing", "--site", "cedar middle school")["districts"]
    (site,) = {f["site"] for f in row["findings"]}
    assert site == "Cedar Middle School"
    assert row["trend"][0]["students"] == 245
    assert {c["finding"] for c in row["counts"]} <= set(RULES)
    shown, _ = synced.roster("sharing")
    assert f"{SLUG}: what Clever shares too much or too little" in shown
    of_site, _ = synced.roster("sharing", "--site", "Cedar Middle School", "--limit", "1")
    assert f"{len(row['findings']) - 1:,} more: `--limit`" in of_site


def test_the_list_is_a_file_for_the_clever_admin(synced: Platform, tmp_path: Path) -> None:
    file = tmp_path / "for the admin.csv"
    (row,) = synced.json("sharing", "--csv", str(file))["districts"]
    with file.open(encoding="utf-8-sig", newline="") as opened:
        lines = list(csv.DictReader(opened))
    assert list(lines[0]) == ["district", *sharing.COLUMNS]
    assert [line["mend"] for line in lines] == [f["mend"] for f in row["findings"]]
    assert file.stat().st_mode & 0o777 == 0o600
    names = synced.rows("SELECT first_name || ' ' || last_name FROM roster.users WHERE first_name <> ''")
    assert not [name for (name,) in names if name in file.read_text()]


def test_what_cannot_be_answered_is_said(synced: Platform, tmp_path: Path) -> None:
    _, said = synced.roster("sharing", "--site", "nowhere", exits=1)
    assert "There is no site 'nowhere'" in said
    _, said = synced.roster("sharing", "--csv", str(tmp_path / "list.txt"), exits=2)
    assert "list.txt is no .csv" in said
    _, said = synced.roster("sharing", "--csv", str(tmp_path / "none" / "list.csv"), exits=1)
    assert "cannot be written" in said


def test_the_ui_shows_counts_and_no_record(synced: Platform) -> None:
    shown = synced.shown("sync/sharing")
    (row,) = synced.json("sharing")["districts"]
    totals = {f: sum(c["found"] for c in row["counts"] if c["finding"] == f) for f in RULES}
    assert {f: shown[f] for f in RULES} == totals
    told = {tuple(sorted(r.data)) for r in shown["per site"].records}
    assert told == {("finding", "found", "people", "share by", "site", "what mends it")}
