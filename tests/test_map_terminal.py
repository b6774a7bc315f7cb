"""`roster map` and job map_section, as people use them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.platform import Platform

MOST = "most students first"


def unmapped(platform: Platform) -> dict[str, Any]:
    (found,) = platform.json("map", "list", "--unmapped", "--limit", "1")["districts"]
    (first,) = found["sections"]
    assert first["courses"] == []
    return dict(first)


def test_a_course_is_added_removed_and_the_removal_undone(synced: Platform) -> None:
    section = unmapped(synced)
    (added,) = synced.json("map", "add", section["clever_id"], "math-7", "--by", "Rae", "--why", "asked")["syncs"]
    seen = f"SELECT count(DISTINCT user_id) FROM roster.course_access WHERE section_id = '{section['section_id']}'"
    ((people,),) = synced.rows(seen)
    assert (added["trigger"], added["requested_by"], added["reason"]) == ("mapping", "Rae", "asked")
    assert added["people"] == people > section["students"]
    (removed,) = synced.json("map", "remove", section["section_id"][:13], "MATH-7")["syncs"]
    assert synced.rows(seen) == [(0,)]
    synced.json("undo", removed["sync_id"])
    assert synced.rows(seen) == [(people,)]
    (listed,) = synced.json("map", "list", "--course", "math-7", "--site", section["site"])["districts"]
    (now,) = (s for s in listed["sections"] if s["section_id"] == section["section_id"])
    assert [c["mapped_by"] for c in now["courses"]] == ["manual"]


def test_what_it_did_is_told_in_a_line(synced: Platform) -> None:
    section = unmapped(synced)
    said, meant = synced.roster("map", "add", section["section_id"], "math-7")
    assert f"section {section['section_id']}, {section['name']}, at {section['site']}" in meant
    assert "1 section course added, 0 taken away" in said
    assert "people see other courses" in said
    assert "to take it back: `roster undo" in said
    again, _ = synced.roster("map", "add", section["section_id"], "math-7")
    assert "nothing changed, since that is so already; the decision is kept" in again
    assert "roster undo" not in again
    listed, _ = synced.roster("map", "list", "--course", "math-7", "--site", section["site_id"])
    assert "math-7 (manual)" in listed


def test_a_section_that_nobody_knows_is_refused_before_anything_is_run(synced: Platform) -> None:
    _, said = synced.roster("map", "add", "nothing", "math-7", exits=1)
    assert "There is no single section_id 'nothing': none begins so. `roster map list` lists them." in said


def test_the_job_does_the_same_and_shows_counts(synced: Platform) -> None:
    section = unmapped(synced)["section_id"]
    assert synced.run("map_section", section=section, add=["math-7"], why="asked")
    assert synced.rows("SELECT section_id::VARCHAR, course_id, why FROM mapping.decisions") == [
        (section, "math-7", "asked")
    ]
    ((queue,),) = synced.rows("SELECT count(*) FROM mapping.unmapped")
    assert synced.shown("mapping/unmapped")["dagster/row_count"] == queue
    assert section not in {row.data["line"].partition(",")[0] for row in synced.shown("mapping/unmapped")[MOST].records}
    assert synced.shown("mapping/suggestions")["dagster/row_count"] > 0
    shown = synced.shown("sync/syncs")
    assert shown["trigger"] == "mapping"
    assert shown["people"] > 0
    assert not synced.run("map_section", section=section)


def test_rules_are_rehearsed_without_mapping_anything(synced: Platform) -> None:
    rules = synced.data / "mapping_rules.csv"
    first = rules.read_text().splitlines()[0]
    rules.write_text(
        f"{first},priority,active\nr1,science,5,,science-elementary,,\nr2,science,5,,math-5,,\nr3,nothing,,,math-5,,\n"
    )
    before = synced.rows("FROM roster.section_courses ORDER BY ALL")
    (found,) = synced.json("map", "rules")["districts"]
    takes = {r["rule_id"]: r["takes"] for r in found["today"]["rules"]}
    assert takes["r1"] == takes["r2"] > takes["r3"] == 0
    assert found["today"]["fights"] == [{"one": "r1", "other": "r2", "sections": takes["r1"]}]
    said, _ = synced.roster("map", "rules")
    assert "r1 and r2 fight over" in said
    assert synced.rows("FROM roster.section_courses ORDER BY ALL") == before


def test_a_pattern_that_cannot_be_used_names_its_line(synced: Platform) -> None:
    rules = synced.data / "mapping_rules.csv"
    rules.write_text("rule_id,subject,grade,clever_course,course_id,section_name,match\nr1,,,,math-5,(?=x),regex\n")
    _, said = synced.roster("map", "rules", exits=1)
    assert "mapping_rules.csv, line 2, column section_name: not a regular expression that can be used" in said


def test_suggestions_are_accepted_after_a_preview(synced: Platform) -> None:
    ((least, fit),) = synced.rows(
        "SELECT any_value(best), count(*) FROM (SELECT score, max(score) OVER () AS best FROM mapping.unmapped) "
        "WHERE score >= best"
    )
    _, said = synced.roster("map", "accept", "--min-score", str(least), exits=3)
    counted = (
        f"{fit} section course{'s'[: fit > 1]} would be added and 0 taken away, on {fit} section{'s'[: fit > 1]}; "
    )
    people = int(said.partition(counted)[2].partition(" people would see other courses")[0])
    assert f" (score {least:.2f}, " in said
    assert "Nothing was changed. Answer y, or say --yes." in said
    (done,) = synced.json("map", "accept", "--min-score", str(least), "--yes")["syncs"]
    assert (done["created"], done["people"]) == (fit, people)
    assert synced.rows("SELECT count(*) FROM mapping.decisions WHERE decision = 'add'") == [(fit,)]


def test_there_is_nothing_to_refuse_where_nothing_was_carried_over(synced: Platform) -> None:
    _, said = synced.roster("map", "refuse-carried", "--yes", exits=3)
    assert "No course that was carried over hangs on an active section." in said


def test_sections_are_listed_with_what_helps_to_decide(synced: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    ((queue,),) = synced.rows("SELECT count(*) FROM mapping.unmapped")
    listed, _ = synced.roster("map", "list", "--unmapped", "--limit", "9")
    first, header, *_ = listed.splitlines()
    assert first == f"riverbend-usd: 9 of {queue} sections; `--limit {queue}` lists all of them"
    assert header.split()[:5] == ["section", "students", "grade", "suggestion", "name"]
    assert max(len(line) for line in listed.splitlines()[1:-1]) <= 80
    short = unmapped(synced)["short"]
    assert short in listed
    assert synced.json("map", "add", short, "math-7")["syncs"][0]["status"] == "succeeded"
    _, said = synced.roster("map", "list", "--site", "Alder Elementry School", exits=3)
    assert "There is no site 'Alder Elementry School'" in said
    assert "(Alder Elementary School)" in said
    by_hand, _ = synced.roster("map", "list", "--by", "manual")
    assert by_hand.startswith("riverbend-usd: 1 section\n")
