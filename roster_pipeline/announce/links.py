"""Links into Dagster's launchpad, with a job's fields filled in.

Belongs here: how such a link is made. Does not belong here: who shows it.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import yaml

_JOBS = "/locations/roster_pipeline/jobs"
_PARTITION = "dagster/partition"


def launchpad(job: str, district: str, **fields: Any) -> str:
    """The path of the launchpad of `job` for a district, with these fields; Dagster's page takes it from there."""
    asked = {
        "config": yaml.safe_dump(fields, sort_keys=False) if fields else "{}\n",
        "tags[0][key]": _PARTITION,
        "tags[0][value]": district,
    }
    return f"{_JOBS}/{job}/playground/setup?{urlencode(asked)}"
