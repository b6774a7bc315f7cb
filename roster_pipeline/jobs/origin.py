"""A run that the terminal launches belongs to the code location, as one from the UI does.

Belongs here: saying so to Dagster. Does not belong here: launching. Dagster's `execute_in_process` has no word for
it, and a run without it is on no job's page and not on the timeline, and cannot be launched again from the UI.
"""

from __future__ import annotations

from typing import Any

import dagster as dg
from dagster._core.remote_origin import (
    ManagedGrpcPythonEnvCodeLocationOrigin,
    RemoteJobOrigin,
    RemoteRepositoryOrigin,
)
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin

LOCATION = "roster_pipeline"
"""The name of the code location, as in workspace.yaml."""

REPOSITORY = "__repository__"
"""The name that Dagster gives to the definitions of a module."""


def belongs_to_the_location(instance: dg.DagsterInstance) -> dg.DagsterInstance:
    """The instance, which from now on says of the runs it makes to which code location they belong."""
    make = instance.create_run_for_job

    def create_run_for_job(job_def: dg.JobDefinition, **given: Any) -> dg.DagsterRun:
        return make(job_def=job_def, **{**given, "remote_job_origin": job_origin(job_def.name)})

    instance.create_run_for_job = create_run_for_job  # type: ignore[method-assign, assignment]
    return instance


def job_origin(job: str) -> RemoteJobOrigin:
    """Where the UI finds a job of ours."""
    module = LoadableTargetOrigin(module_name="roster_pipeline.definitions")
    location = ManagedGrpcPythonEnvCodeLocationOrigin(module, location_name=LOCATION)
    return RemoteJobOrigin(RemoteRepositoryOrigin(location, REPOSITORY), job)
