"""What a person does in the UI after an edit of section_courses.csv: materialize `mapping` and below, no Clever.

Belongs here: that one run, as a process to be measured. Does not belong here: the edit.

    python -m benchmarks.mapping_change SLUG    in the environment of `roster`
"""

from __future__ import annotations

import sys

import dagster as dg

from roster_pipeline.definitions import defs

GROUPS = ("mapping", "roster", "sync")

if __name__ == "__main__":
    keys = [spec.key for spec in defs.resolve_all_asset_specs() if spec.group_name in GROUPS]
    with dg.DagsterInstance.get() as instance:
        defs.resolve_implicit_global_asset_job_def().execute_in_process(
            instance=instance,
            partition_key=sys.argv[1],
            asset_selection=keys,
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        )
