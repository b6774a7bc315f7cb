"""The jobs: the same assets, launched by hand or by the clock."""

import dagster as dg

from roster_pipeline.assets.partitions import district_partitions
from roster_pipeline.jobs import erase_ops, mapping_ops, override_ops
from roster_pipeline.jobs.ops import decide_one_hold, end_one_site, explain_one, undo_one_sync
from roster_pipeline.resources.sync_run import (
    BULK,
    DECISION,
    ERASE,
    EXPLAIN,
    LOOK,
    MAPPING,
    NIGHTLY,
    OVERRIDE,
    START,
    SYNC_NOW,
    TRIGGER,
)

_SYNC = dg.AssetSelection.all()

sync_now = dg.define_asset_job(
    "sync_now",
    selection=_SYNC,
    description="Sync Now: take a district over from Clever and bring its roster up to date.",
    executor_def=dg.in_process_executor,
    tags={TRIGGER: SYNC_NOW},
)
nightly_sync = dg.define_asset_job(
    "nightly_sync",
    selection=_SYNC,
    description="The same sync, as the nightly schedule launches it, one run per district.",
    executor_def=dg.in_process_executor,
    tags={TRIGGER: NIGHTLY},
)
start_sync = dg.define_asset_job(
    "start_sync",
    selection=_SYNC,
    description=(
        "Start the sync of new sites: with `confirm` of resource `sync`, their counts as you have seen them. When "
        "Clever shares others by now, nothing of that site is written, and they are shown again."
    ),
    executor_def=dg.in_process_executor,
    tags={TRIGGER: START},
)
apply_mapping = dg.define_asset_job(
    "apply_mapping",
    selection=dg.AssetSelection.groups("mapping", "roster", "sync"),
    description="Let an edited catalog, file or rule take effect: the mapping and all below it, without asking Clever.",
    executor_def=dg.in_process_executor,
    tags={TRIGGER: MAPPING},
)


@dg.job(
    description="Approve or reject changes that a guard holds back. The check on roster/plan names the hold_id.",
    partitions_def=district_partitions,
    executor_def=dg.in_process_executor,
    tags={TRIGGER: DECISION},
)
def decide_hold() -> None:
    """One decision, in one district."""
    decide_one_hold()


@dg.job(
    description="Take back one sync, as a whole or its removals only. `sync/syncs` names the sync_id.",
    partitions_def=district_partitions,
    executor_def=dg.in_process_executor,
    tags={TRIGGER: "undo"},
)
def undo_sync() -> None:
    """One undo, in one district."""
    undo_one_sync()


@dg.job(
    description="Archive all of a site that data/sites.csv has made `manual`: until then its roster stays as it is.",
    partitions_def=district_partitions,
    executor_def=dg.in_process_executor,
    tags={TRIGGER: "end"},
)
def end_site() -> None:
    """One site, in one district."""
    end_one_site()


@dg.job(
    description=(
        "Erase the personal data of one archived person, or of all whose time is over; ids and counts stay. Cannot be "
        "undone; with `preview`, nothing is changed and it is counted what would be."
    ),
    partitions_def=district_partitions,
    executor_def=dg.in_process_executor,
    tags={TRIGGER: ERASE},
)
def erase_person() -> None:
    """One erasure, in one district."""
    erase_ops.erase_people()


@dg.job(
    description=(
        "Why somebody sees a course or not: the whole way of one person or section, in ids. Changes nothing. "
        "`roster explain` tells names too."
    ),
    partitions_def=district_partitions,
    executor_def=dg.in_process_executor,
    tags={TRIGGER: EXPLAIN},
)
def explain() -> None:
    """One question, in one district."""
    explain_one()


@dg.job(
    description="Hang courses on a section by hand, or take them off; who is in it sees the difference at once.",
    partitions_def=district_partitions,
    executor_def=dg.in_process_executor,
    tags={TRIGGER: MAPPING},
)
def map_section() -> None:
    """One person's decision, in one district."""
    mapping_ops.map_one_section()


@dg.job(
    description="Dry run of data/mapping_rules.csv: what each rule takes, which fight, and all that for last year.",
    partitions_def=district_partitions,
    executor_def=dg.in_process_executor,
    tags={TRIGGER: LOOK},
)
def map_rules() -> None:
    """One question, in one district."""
    mapping_ops.rehearse_rules()


@dg.job(
    description="Hang the best suggestion on many unmapped sections at once; after a preview, which counts the people.",
    partitions_def=district_partitions,
    executor_def=dg.in_process_executor,
    tags={TRIGGER: BULK},
)
def accept_suggestions() -> None:
    """Many decisions, in one district."""
    mapping_ops.accept_many()


@dg.job(
    description="Take off for good what was carried over from last year; after a preview, which counts the people.",
    partitions_def=district_partitions,
    executor_def=dg.in_process_executor,
    tags={TRIGGER: BULK},
)
def refuse_carried() -> None:
    """Many decisions, in one district."""
    mapping_ops.refuse_many()


@dg.job(
    description="Take an edited spreadsheet over, all of it or nothing; after a preview, which counts the people.",
    partitions_def=district_partitions,
    executor_def=dg.in_process_executor,
    tags={TRIGGER: BULK},
)
def import_mapping() -> None:
    """Many decisions, in one district."""
    mapping_ops.import_sheet()


@dg.job(
    description="Write every active section with its courses into a spreadsheet, which import_mapping takes back.",
    partitions_def=district_partitions,
    executor_def=dg.in_process_executor,
    tags={TRIGGER: LOOK},
)
def export_mapping() -> None:
    """One file, of one district."""
    mapping_ops.export_sheet()


@dg.job(
    description=(
        "Override what Clever says: exclude somebody, keep a field, protect or add a membership until a day; or end "
        "such an override. Takes effect at once, and `undo_sync` takes it back."
    ),
    partitions_def=district_partitions,
    executor_def=dg.in_process_executor,
    tags={TRIGGER: OVERRIDE},
)
def override() -> None:
    """One override, in one district."""
    override_ops.override_one()
