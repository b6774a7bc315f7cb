"""The fields of a job in the launchpad: its own few, which district, and who asks; nothing of Dagster's plumbing.

Belongs here: how fields become the run config of an op and of the run. Does not belong here: any job's own fields.

Dagster lets no job have both partitions and fields of its own (a config mapping), so these jobs have no partitions:
the district is a field. Where it is empty, the tag of a partition counts, which a run from a link has.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import dagster as dg
from pydantic import Field

from roster_pipeline.resources.sync_run import SyncRun

_QUIET: ContextVar[bool] = ContextVar("_QUIET", default=False)


@contextmanager
def quiet() -> Iterator[None]:
    """What is launched in it logs nothing to the console; the event log has it all the same."""
    token = _QUIET.set(True)
    try:
        yield
    finally:
        _QUIET.reset(token)


class Asked(dg.Config):
    """What every one of these jobs asks."""

    district: str = Field(default="", description="The district's slug; may be empty where there is only one.")
    by: str = Field(default="", description="Who asks, as the history shows it; empty: whoever is signed in.")


class OneDistrict(SyncRun):
    """The run of such a job."""

    district: str = Field(default="", description="The district's slug; may be empty where there is only one.")

    @property
    def is_of_a_deed(self) -> bool:
        return True

    def district_of(self, run: dg.DagsterRun) -> str:
        """The field, or else the tag, or else the only district there is."""
        known = [d.slug for d in self.warehouse.districts()] if self.settings.places_known else []
        return self.district.strip().lower() or super().district_of(run) or (known[0] if len(known) == 1 else "")


def fields(op: str, config: type[dg.Config] | None) -> dg.ConfigMapping:
    """The fields of `config`, which the op takes, and those of `Asked`, as one flat list."""
    bases = (config, Asked) if config else (Asked,)
    flat = type(f"{bases[0].__name__}Fields", bases, {"__doc__": bases[0].__doc__})

    def to_run_config(asked: dg.Config) -> dict[str, Any]:
        given = {name: getattr(asked, name) for name in type(asked).model_fields}
        run = {"district": given.pop("district"), "requested_by": given.pop("by")}
        loggers = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}} if _QUIET.get() else {}
        ops = {"ops": {op: {"config": given}}} if config else {}
        return {"resources": {"sync": {"config": run}}, **ops, **loggers}

    to_run_config.__annotations__ = {"asked": flat}
    return dg.config_mapping(to_run_config)
