"""A whole platform in a temporary folder: the demo district's files, its own warehouse, its own Dagster instance."""

from __future__ import annotations

import json
import logging
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast
from unittest import mock

import dagster as dg
import duckdb
from click.testing import CliRunner
from starlette.applications import Starlette

from clever_sandbox.app import create_app
from clever_sandbox.district.district import District
from clever_sandbox.district.upload import load_upload
from roster_pipeline import cli
from roster_pipeline.announce.checks import CHECKS
from roster_pipeline.clever.local import DEMO_DISTRICT
from roster_pipeline.cli import launch
from roster_pipeline.config import DEMO, PROJECT_ROOT, CleverSettings
from roster_pipeline.jobs.origin import belongs_to_the_location

SLUG = "riverbend-usd"

# Else each run starts four processes that copy what it prints.
NO_COPY_OF_OUTPUT = """
compute_logs:
  module: dagster._core.storage.noop_compute_log_manager
  class: NoOpComputeLogManager
"""


def demo_app() -> Starlette:
    """The demo district, its terms a thousand years longer: none is over on whatever day the tests are run."""
    upload = load_upload(DEMO_DISTRICT)
    for section, [line] in upload.sections.items():
        upload.sections.change(section, Term_end=f"3{line['Term_end'][1:]}")
    demo = District(upload)
    demo.ingest(datetime.now(UTC))
    return create_app([demo])


@dataclass(frozen=True)
class Platform:
    """What a person has, and runs: commands with this environment, in this process unless they are `start`ed."""

    root: Path
    clever: CleverSettings

    @classmethod
    def make(cls, root: Path, clever: CleverSettings) -> Platform:
        (root / "data").mkdir()
        for file in DEMO.glob("*.csv"):
            shutil.copy(file, root / "data")
        (root / "dagster").mkdir()
        (root / "dagster" / "dagster.yaml").write_text((PROJECT_ROOT / "dagster.yaml").read_text() + NO_COPY_OF_OUTPUT)
        return cls(root, clever)

    def as_shipped(self) -> None:
        """From here on Dagster keeps what a run prints, as it does for people."""
        shutil.copy(PROJECT_ROOT / "dagster.yaml", self.root / "dagster")

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def published(self) -> Path:
        return self.data / "warehouse" / SLUG / "published.duckdb"

    @property
    def environment(self) -> dict[str, str]:
        return {
            "ROSTER_DATA": str(self.data),
            "DAGSTER_HOME": str(self.root / "dagster"),
            "ROSTER_FIRST_SYNC": "apply",
            "CLEVER_API_URL": self.clever.api_url,
            "CLEVER_TOKENS_URL": self.clever.tokens_url,
            "CLEVER_CLIENT_ID": self.clever.client_id or "",
            "CLEVER_CLIENT_SECRET": self.clever.client_secret or "",
        }

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """Starts `roster ...` in a process of its own, which takes seconds: for what must be waited for or killed."""
        return subprocess.Popen(
            [str(Path(sys.executable).with_name("roster")), *arguments],
            env={**os.environ, **self.environment, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def roster(self, *arguments: str, exits: int = 0, **environment: str) -> tuple[str, str]:
        """Runs `roster ...`; returns standard output and standard error."""
        with (
            self.instance() as instance,
            mock.patch.object(launch, "_instance", return_value=belongs_to_the_location(instance)),
            mock.patch.dict(os.environ, {**self.environment, **environment}),
            _settings_of_the_process_kept(),
        ):
            ran = CliRunner(catch_exceptions=False).invoke(cli.main, arguments)
        assert ran.exit_code == exits, f"exit {ran.exit_code}\n{ran.stdout}\n{ran.stderr}"
        return ran.stdout, ran.stderr

    def json(self, *arguments: str, exits: int = 0, **environment: str) -> dict[str, Any]:
        return cast(dict[str, Any], json.loads(self.roster(*arguments, "--json", exits=exits, **environment)[0]))

    def sync(self, *arguments: str, exits: int = 0, **environment: str) -> dict[str, Any]:
        """`roster sync --json`: the one district's sync."""
        (sync,) = self.json("sync", *arguments, exits=exits, **environment)["syncs"]
        return cast(dict[str, Any], sync)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What anybody sees who opens the published copy."""
        with duckdb.connect(str(self.published), read_only=True) as connection:
            return connection.execute(query).fetchall()

    def instance(self) -> dg.DagsterInstance:
        return dg.DagsterInstance.from_config(str(self.root / "dagster"))

    def run(self, job: str, **fields: Any) -> bool:
        """Runs a job of one op with its fields, as the UI's launchpad does; returns whether it succeeded."""
        from roster_pipeline.definitions import defs

        with self.instance() as instance:
            result = defs.resolve_job_def(job).execute_in_process(
                instance=instance, raise_on_error=False, run_config=fields
            )
            return result.success

    def checks(self) -> dict[str, tuple[bool, str]]:
        """Of the last evaluation of each check that tells of all districts: whether it passed, and what it says."""
        with self.instance() as instance:
            found = {}
            for name, asset in ((check.name, check.asset) for check in CHECKS):
                key = dg.AssetCheckKey(asset, name)
                (record,) = instance.event_log_storage.get_asset_check_execution_history(key, limit=1)
                assert record.event
                assert record.event.dagster_event
                evaluation = record.event.dagster_event.asset_check_evaluation_data
                found[name] = (evaluation.passed, evaluation.description or "")
            return found

    def shown(self, asset: str) -> dict[str, Any]:
        """The metadata of an asset's last materialization, as the UI shows it."""
        with self.instance() as instance:
            event = instance.get_latest_materialization_event(dg.AssetKey(asset.split("/")))
            assert event
            assert event.asset_materialization
            return {name: value.value for name, value in event.asset_materialization.metadata.items()}

    def materialize(self, *groups: str) -> bool:
        """Materializes whole groups by hand, as the UI does; returns whether the run succeeded."""
        from roster_pipeline.definitions import defs

        keys = [s.key for s in defs.resolve_all_asset_specs() if s.group_name in groups]
        return self.materialize_keys(keys)

    def materialize_keys(self, keys: Sequence[dg.AssetKey]) -> bool:
        from roster_pipeline.definitions import defs

        with self.instance() as instance:
            return (
                defs.resolve_implicit_global_asset_job_def()
                .execute_in_process(
                    instance=instance, partition_key=SLUG, asset_selection=list(keys), raise_on_error=False
                )
                .success
            )


@contextmanager
def _settings_of_the_process_kept() -> Iterator[None]:
    """A command may do with its process what it likes; this one is the tests'."""
    logger, on_term = logging.getLogger("roster_pipeline"), signal.getsignal(signal.SIGTERM)
    handlers, level = logger.handlers, logger.level
    try:
        yield
    finally:
        logger.handlers = handlers
        logger.setLevel(level)
        signal.signal(signal.SIGTERM, on_term)
