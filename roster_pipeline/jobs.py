"""The jobs: the same assets, launched by hand or by the clock."""

from __future__ import annotations

import dagster as dg

_SYNC = dg.AssetSelection.all()

sync_now = dg.define_asset_job(
    "sync_now",
    selection=_SYNC,
    description="Sync Now: take a district over from Clever and bring its roster up to date.",
    executor_def=dg.in_process_executor,
)
nightly_sync = dg.define_asset_job(
    "nightly_sync",
    selection=_SYNC,
    description="The same sync, as the nightly schedule launches it, one run per district.",
    executor_def=dg.in_process_executor,
)
