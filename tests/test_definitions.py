"""The code location as a person meets it in the UI, and what loading it costs."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

import dagster as dg
import pytest

from roster_pipeline.assets.partitions import district_partitions
from roster_pipeline.definitions import defs
from roster_pipeline.warehouse.warehouse import Warehouse

SPECS = {spec.key.to_user_string(): spec for spec in defs.resolve_all_asset_specs()}

LAYERS = {
    "clever": {"districts", "schools", "terms", "courses", "sections", "users"},
    "staging": {"sites", "terms", "sections", "users", "user_sites", "enrollments", "issues"},
    "mapping": {
        "courses",
        "rules",
        "site_settings",
        "logins",
        "section_courses",
        "unmapped",
        "suggestions",
    },
    "roster": {
        "plan",
        "sites",
        "users",
        "user_sites",
        "sections",
        "enrollments",
        "section_courses",
        "course_access",
    },
    "sync": {"syncs", "holds", "published", "sharing"},
}


MAPPING_JOBS = (
    *("map_section", "map_rules", "accept_suggestions", "refuse_carried", "export_mapping", "import_mapping"),
)


def test_five_layers() -> None:
    assert set(SPECS) == {f"{layer}/{name}" for layer, names in LAYERS.items() for name in names}


@pytest.mark.parametrize("key", sorted(SPECS))
def test_asset_is_described_for_a_person(key: str) -> None:
    spec = SPECS[key]
    assert spec.description
    assert spec.description[0].isupper()
    assert spec.description.endswith(".")
    assert spec.group_name == key.split("/")[0]
    assert spec.kinds
    assert spec.partitions_def == district_partitions
    no_table = {"roster/plan", "mapping/section_courses", "sync/published"}
    assert ("dagster/column_schema" in spec.metadata) == (key not in no_table)


@pytest.mark.parametrize("name", ["decide_hold", "undo_sync", "erase_person", "explain", *MAPPING_JOBS])
def test_a_job_of_one_deed_is_described_and_takes_a_district(name: str) -> None:
    job = defs.resolve_job_def(name)
    assert job.description
    assert job.executor_def == dg.in_process_executor
    assert job.partitions_def == district_partitions


@pytest.mark.parametrize("name", ["sync_now", "nightly_sync"])
def test_job_takes_every_asset_and_runs_in_one_process(name: str) -> None:
    job = defs.resolve_job_def(name)
    assert {key.to_user_string() for key in job.asset_layer.executable_asset_keys} == set(SPECS)
    assert job.description
    assert job.executor_def == dg.in_process_executor
    assert job.partitions_def == district_partitions


def test_by_hand_runs_in_one_process_too() -> None:
    assert defs.executor == dg.in_process_executor


def test_nightly_at_two_pacific_on_by_default_one_run_per_district(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLEVER_DISTRICT_TOKEN", "t")
    monkeypatch.setenv("ROSTER_DATA", str(tmp_path))
    for name in ("a", "b"):
        Warehouse(tmp_path / "warehouse").register(name, name)
    schedule = defs.resolve_schedule_def("nightly")
    assert schedule.cron_schedule == "0 2 * * *"
    assert schedule.execution_timezone == "America/Los_Angeles"
    assert schedule.default_status == dg.DefaultScheduleStatus.RUNNING
    assert schedule.description
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        instance.add_dynamic_partitions("district", ["a", "b"])
        context = dg.build_schedule_context(
            instance=instance,
            scheduled_execution_time=datetime(2026, 11, 24, 2, tzinfo=ZoneInfo("America/Los_Angeles")),
        )
        requests = list(cast(Iterable[dg.RunRequest], schedule(context)))
    assert [(r.partition_key, r.run_key) for r in requests] == [("a", "a-2026-11-24"), ("b", "b-2026-11-24")]


def test_loading_the_code_location_pulls_in_nothing_heavy() -> None:
    heavy = {"pandas", "pyarrow", "numpy", "starlette", "uvicorn", "rich", "polars"}
    script = "import sys, roster_pipeline.definitions; print(','.join(sorted(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert not heavy & set(loaded.strip().split(","))
