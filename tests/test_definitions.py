"""The code location as a person meets it in the UI, and what loading it costs."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import dagster as dg
import pytest

from roster_pipeline.assets.partitions import district_partitions
from roster_pipeline.definitions import defs
from roster_pipeline.resources.sync_run import SyncRun
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


FIELDS = {
    "sync_districts": {"districts", "by"},
    "decide_hold": {"hold_id", "decision", "sync", "reason", "change", "sites", "district", "by"},
    "undo_sync": {"sync_id", "only_removals", "wins", "reason", "district", "by"},
    "end_site": {"site", "people", "why", "district", "by"},
    "erase_person": {"person", "due", "preview", "why", "district", "by"},
    "explain": {"who", "course", "district", "by"},
    "map_section": {"section", "add", "remove", "lines", "why", "district", "by"},
    "map_rules": {"district", "by"},
    "accept_suggestions": {"min_score", "site", "preview", "shown", "why", "district", "by"},
    "refuse_carried": {"site", "course", "from_section", "preview", "shown", "why", "district", "by"},
    "import_mapping": {"path", "preview", "shown", "why", "district", "by"},
    "export_mapping": {"path", "district", "by"},
    "override": {
        *(
            "kind",
            "person",
            "section",
            "site",
            "role",
            "field",
            "value",
            "until",
            "no",
            "preview",
            "why",
            "district",
            "by",
        ),
    },
}
OF_ASSETS = {"sync_now", "nightly_sync", "start_sync", "apply_mapping", "plan_only"}


def test_columns_lead_back_to_clevers_fields() -> None:
    """Every column that another comes from is one that the UI lists of that asset."""
    lineage = {key: spec.metadata.get("dagster/column_lineage") for key, spec in SPECS.items()}
    assert {key for key, found in lineage.items() if found} == {
        f"{layer}/{name}" for layer in ("staging", "roster") for name in ("users", "sections")
    }
    for found in filter(None, lineage.values()):
        for deps in found.deps_by_column.values():
            for dep in deps:
                columns = SPECS[dep.asset_key.to_user_string()].metadata["dagster/column_schema"].columns
                assert dep.column_name in {column.name for column in columns}


@pytest.mark.parametrize("name", FIELDS)
def test_a_job_of_one_deed_has_its_own_few_fields_each_described(name: str) -> None:
    job = defs.resolve_job_def(name)
    assert job.executor_def == dg.in_process_executor
    fields = cast(Any, job.run_config_schema.config_type).fields
    assert set(fields) == FIELDS[name]
    assert [field for field, about in fields.items() if not about.description] == []


def test_everything_that_the_ui_lists_is_described() -> None:
    repository = defs.get_repository_def()
    jobs = [job for job in repository.get_all_jobs() if not job.name.startswith("__")]
    assert {job.name for job in jobs} == {*FIELDS, *OF_ASSETS}
    listed: list[Any] = [*jobs, *repository.schedule_defs, *repository.sensor_defs]
    assert [thing.name for thing in listed if not thing.description] == []
    graph = defs.resolve_asset_graph()
    assert [key for key in graph.asset_check_keys if not graph.get_check_spec(key).description] == []
    assert [name for name, field in SyncRun.model_fields.items() if not field.description] == []


@pytest.mark.parametrize("name", ["sync_now", "nightly_sync", "start_sync"])
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
