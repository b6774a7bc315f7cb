"""Dagster's own databases are there whole, or not at all."""

from __future__ import annotations

from pathlib import Path

import dagster as dg

from roster_pipeline.cli.dagster_files import make_databases


def partitions(home: Path) -> list[str]:
    with dg.DagsterInstance.from_config(str(home)) as instance:
        instance.add_dynamic_partitions("district", ["a"])
        return list(instance.get_dynamic_partitions("district"))


def test_they_are_made_beside_and_moved_when_they_are_whole(tmp_path: Path) -> None:
    (tmp_path / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    half = tmp_path / "first.part" / "history" / "runs" / "index.db"  # as a kill leaves it
    half.parent.mkdir(parents=True)
    half.write_bytes(b"half")
    make_databases(tmp_path)
    assert partitions(tmp_path) == ["a"]
    assert not (tmp_path / "first.part").exists()


def test_those_that_are_there_stay(tmp_path: Path) -> None:
    (tmp_path / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    assert partitions(tmp_path) == ["a"]
    make_databases(tmp_path)
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        assert list(instance.get_dynamic_partitions("district")) == ["a"]


def test_a_home_without_a_file_of_settings_will_do(tmp_path: Path) -> None:
    make_databases(tmp_path)
    assert (tmp_path / "history").is_dir()
