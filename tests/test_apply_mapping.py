"""An edited file takes effect by one click, without Clever: the job, or "Materialize all" on the mapping."""

from __future__ import annotations

from typing import Any

import pytest

from roster_pipeline.definitions import defs
from roster_pipeline.mapping.decide import Deed, parse_deeds
from tests.platform import SLUG, Platform


def edit(platform: Platform) -> tuple[str, int]:
    """Maps the largest unmapped section by a line of the file; returns it and its students."""
    ((section, students),) = platform.rows("SELECT section_id, students FROM mapping.unmapped LIMIT 1")
    with (platform.data / "section_courses.csv").open("a") as file:
        file.write(f"{SLUG},{section},math-7\n")
    return str(section), students


def check(platform: Platform) -> Any:
    with platform.instance() as instance:
        key = next(k for k in defs.resolve_asset_graph().asset_check_keys if k.name == "nothing_newly_unmapped")
        (record,) = instance.event_log_storage.get_asset_check_execution_history(key, limit=1)
        assert record.event
        assert record.event.dagster_event
        return record.event.dagster_event.asset_check_evaluation_data


@pytest.mark.parametrize("by", ["apply_mapping", "materialize all"])
def test_an_edited_file_takes_effect(synced: Platform, by: str) -> None:
    section, _ = edit(synced)
    before = synced.rows("SELECT count(*) FROM mapping.unmapped")[0][0]
    if by == "apply_mapping":
        with synced.instance() as instance:
            job = defs.resolve_job_def("apply_mapping")
            assert job.execute_in_process(instance=instance, partition_key=SLUG, raise_on_error=False).success
    else:
        assert synced.materialize("mapping")
    seen = f"SELECT count(*) > 0 FROM roster.course_access WHERE section_id = '{section}' AND course_id = 'math-7'"
    assert synced.rows(seen) == [(True,)]
    assert synced.rows("SELECT trigger, created FROM sync.syncs ORDER BY sync_no DESC LIMIT 1") == [("mapping", 1)]
    assert synced.shown("roster/section_courses")["dagster/row_count"] > 0
    assert synced.shown("mapping/unmapped")["dagster/row_count"] == before - 1
    assert check(synced).passed


def test_the_queue_is_a_table_without_names_and_with_what_to_paste(synced: Platform) -> None:
    shown = synced.shown("mapping/unmapped")
    first = shown["most students first"].records[0].data
    ((section, suggestion, students, name),) = synced.rows(
        "SELECT section_id, suggestion, students, name FROM mapping.unmapped LIMIT 1"
    )
    assert first["command"] == f"roster map add {section} {suggestion or 'COURSE_ID'}"
    assert parse_deeds([first["line"]]) == [Deed(str(section), suggestion or "COURSE_ID", "add")]
    assert first["students"] == students
    assert name not in str(shown)


def test_what_a_sync_leaves_unmapped_for_the_first_time_is_warned_of(synced: Platform) -> None:
    said = check(synced)
    ((sections,),) = synced.rows("SELECT count(*) FROM mapping.unmapped")
    assert not said.passed
    assert said.severity.value == "WARN"
    assert said.description.startswith(f"{sections} sections with ")
