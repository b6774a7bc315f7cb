"""The mapping from the UI: the jobs that the terminal launches too, with previews unless somebody says otherwise."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dagster as dg
import pandas as pd
import pytest

from roster_pipeline.definitions import defs
from tests.platform import Platform

COUNT = "SELECT count(*) FROM sync.syncs"


def launch(platform: Platform, job: str, **config: Any) -> tuple[dg.ExecuteInProcessResult, dict[str, Any]]:
    """Runs a job as the launchpad does; the metadata that its output shows."""
    with platform.instance() as instance:
        result = defs.resolve_job_def(job).execute_in_process(
            instance=instance,
            raise_on_error=False,
            run_config=config,
        )
        shown: dict[str, Any] = {}
        for event in result.all_events:
            if event.is_successful_output:
                shown |= {name: value.value for name, value in event.step_output_data.metadata.items()}
        return result, shown


def failure(result: dg.ExecuteInProcessResult) -> str:
    (failed,) = (event.step_failure_data for event in result.all_events if event.is_step_failure)
    assert failed.user_failure_data
    return failed.user_failure_data.description or ""


def test_suggestions_are_counted_first_and_accepted_then(synced: Platform) -> None:
    result, shown = launch(synced, "accept_suggestions", min_score=0.5)
    assert result.success
    assert shown["decisions"] == shown["section courses added"] == shown["sections with other courses"] > 0
    first = [record.data for record in shown["most students first"].records]
    assert len(first) == min(shown["decisions"], 50)
    assert min(row["score"] for row in first) >= 0.5
    assert {row["decision"] for row in first} == {"add"}
    assert synced.rows(COUNT) == [(1,)]
    assert synced.rows("SELECT count(*) FROM mapping.decisions") == [(0,)]
    result, done = launch(synced, "accept_suggestions", min_score=0.5, preview=False, shown=shown["shown"], why="fall")
    assert result.success
    assert done["people who see other courses"] == shown["people who would see other courses"] > 0
    assert synced.rows('SELECT DISTINCT why, "by", trigger FROM mapping.decisions JOIN sync.syncs USING (sync_id)') == [
        ("fall", "Dagster", "mapping")
    ]
    result, _ = launch(synced, "accept_suggestions", min_score=1.5)
    assert "1.5 is no score. Give one from 0 to 1." in failure(result)


def test_who_says_nothing_gets_a_preview(synced: Platform) -> None:
    with synced.instance() as instance:
        job = defs.resolve_job_def("accept_suggestions")
        result = job.execute_in_process(instance=instance)
        run = instance.get_run_by_id(result.run_id)
    assert run
    assert run.tags["roster/trigger"] == "look"
    assert synced.rows(COUNT) == [(1,)]


def test_what_was_carried_over_is_refused_only_where_there_is_some(synced: Platform) -> None:
    for preview in (True, False):
        result, _ = launch(synced, "refuse_carried", site="Alder Elementary School", preview=preview)
        assert "No course that was carried over hangs on an active section at site Alder" in failure(result)
    assert synced.rows("SELECT status FROM sync.syncs WHERE trigger = 'mapping'") == []


def test_a_spreadsheet_goes_out_and_comes_back(synced: Platform, tmp_path: Path) -> None:
    file = tmp_path / "sections.csv"
    result, shown = launch(synced, "export_mapping", path=str(file))
    assert result.success
    table = pd.read_csv(file, dtype=str, keep_default_na=False)
    assert shown == {"path": str(file), "sections": len(table)}
    free = table.index[table["courses"] == ""][0]
    table.loc[free, "courses"] = "math-7"
    table.to_csv(file, index=False)
    _, shown = launch(synced, "import_mapping", path=str(file))
    assert (shown["decisions"], shown["section courses added"]) == (1, 1)
    assert synced.rows(COUNT) == [(1,)]
    for decisions in (1, 0):  # when it says what is so already, that is a sync which changes nothing
        result, done = launch(synced, "import_mapping", path=str(file), preview=False)
        assert result.success
        assert done["decisions"] == decisions
    assert synced.rows("SELECT count(*) FROM mapping.decisions") == [(1,)]
    assert synced.rows("SELECT created FROM sync.syncs WHERE trigger = 'mapping' ORDER BY sync_id") == [(1,), (0,)]


@pytest.mark.parametrize("job", ["import_mapping", "export_mapping"])
def test_a_path_must_be_whole(synced: Platform, job: str) -> None:
    result, _ = launch(synced, job, path="sections.csv")
    assert "sections.csv is not a whole path. Write it from the root" in failure(result)


def test_rules_are_rehearsed_as_a_table(synced: Platform) -> None:
    rules = synced.data / "mapping_rules.csv"
    first = rules.read_text().splitlines()[0]
    rules.write_text(f"{first},section_name\nr1,science,5,,science-elementary,\nr2,science,5,,math-5,a|b\n")
    result, shown = launch(synced, "map_rules")
    assert result.success
    lines = shown["today"].splitlines()
    counted = "takes | decides | same | others | none | people | overruled"
    assert lines[0] == f"| rule_id | state | {counted} | courses | priority | sites |"
    assert lines[2].startswith("| r1 | on | ")
    assert lines[-1].startswith("- r1 and r2 fight over ") or "r2" in lines[3]
    assert set(shown) == {"today", "last year"}
    assert synced.rows(COUNT) == [(1,)]


def test_nothing_that_dagster_keeps_names_a_section(synced: Platform, tmp_path: Path) -> None:
    """What a run of these jobs logs and shows is ids and counts."""
    names = {name for (name,) in synced.rows("SELECT DISTINCT name FROM roster.sections WHERE status = 'active'")}
    fields: tuple[tuple[str, dict[str, Any]], ...] = (
        ("accept_suggestions", {"min_score": 0.5}),
        ("export_mapping", {"path": str(tmp_path / "s.xlsx")}),
        ("import_mapping", {"path": str(tmp_path / "s.xlsx")}),
        ("map_rules", {}),
    )
    for job, config in fields:
        result, _ = launch(synced, job, **config)
        assert result.success
        with synced.instance() as instance:
            kept = "".join(str(record) for record in instance.all_logs(result.run_id))
        assert [name for name in names if name in kept] == []


@pytest.mark.parametrize(
    "job", ["accept_suggestions", "refuse_carried", "import_mapping", "export_mapping", "map_section"]
)
def test_every_field_is_described(job: str) -> None:
    (node,) = defs.resolve_job_def(job).nodes
    fields = node.definition.config_schema.config_type.fields  # type: ignore[union-attr]
    assert {name for name, field in fields.items() if not field.description} == set()
    assert {name: field.default_value for name, field in fields.items() if name == "preview"} in ({}, {"preview": True})
