"""A sync from the terminal stands where the UI looks for one: the timeline and the job's page go by its origin."""

from __future__ import annotations

from dagster._core.workspace.load_target import WorkspaceFileTarget

from roster_pipeline.config import PROJECT_ROOT
from tests.platform import Platform


def test_a_sync_from_the_terminal_belongs_to_the_code_location_of_the_workspace(synced: Platform) -> None:
    (location,) = WorkspaceFileTarget(paths=[str(PROJECT_ROOT / "workspace.yaml")]).create_origins()
    synced.sync()
    with synced.instance() as instance:
        (run,) = instance.get_runs(limit=1)
    assert run.remote_job_origin is not None
    assert run.remote_job_origin.job_name == "sync_now"
    repository = run.remote_job_origin.repository_origin
    assert repository.repository_name == "__repository__"
    assert repository.code_location_origin.location_name == location.location_name
    assert repository.code_location_origin.loadable_target_origin.module_name == (
        location.loadable_target_origin.module_name
    )
