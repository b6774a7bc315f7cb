"""The jobs: what people want to do, each with its few fields; and the same assets, launched by hand or by the clock.

Belongs here: which jobs there are. Does not belong here: what an op does (the `ops` modules), and how fields become run
config (`fields.py`).
"""

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from roster_pipeline.announce.checks import PLAN as PLAN_ASSET
from roster_pipeline.jobs import erase_ops, mapping_ops, ops, override_ops
from roster_pipeline.jobs.fields import OneDistrict, fields
from roster_pipeline.jobs.queue import many_districts, sync_districts
from roster_pipeline.resources import sync_run as triggers


def _assets(name: str, trigger: str, selection: dg.AssetSelection, description: str) -> UnresolvedAssetJobDefinition:
    """A job that materializes assets of one district, its partition."""
    return dg.define_asset_job(
        name,
        selection=selection,
        description=description,
        executor_def=dg.in_process_executor,
        tags={triggers.TRIGGER: trigger},
    )


def _deed(
    name: str, trigger: str, op: dg.OpDefinition, config: type[dg.Config] | None, description: str
) -> dg.JobDefinition:
    """A job of one op in one district; its fields are those of `config`."""
    return dg.GraphDefinition(name=name, node_defs=[op]).to_job(
        description=description,
        config=fields(op.name, config),
        resource_defs={"sync": OneDistrict.configure_at_launch()},
        executor_def=dg.in_process_executor,
        tags={triggers.TRIGGER: trigger},
    )


_ALL = dg.AssetSelection.all()
sync_now = _assets(
    "sync_now",
    triggers.SYNC_NOW,
    _ALL,
    "Sync Now: take a district over from Clever and bring its roster up to date. With `sites`, one site or several.",
)
nightly_sync = _assets(
    "nightly_sync",
    triggers.NIGHTLY,
    _ALL,
    "The same sync, as the nightly schedule launches it, one run per district.",
)
start_sync = _assets(
    "start_sync",
    triggers.START,
    _ALL,
    "Start the sync of new sites: with `confirm` of resource `sync`, their counts as you have seen them. When Clever "
    "shares others by now, nothing of that site is written, and they are shown again.",
)
apply_mapping = _assets(
    "apply_mapping",
    triggers.MAPPING,
    dg.AssetSelection.groups("mapping", "roster", "sync"),
    "Let an edited catalog, file or rule take effect: the mapping and all below it, without asking Clever.",
)
plan_only = _assets(
    "plan_only",
    triggers.PLAN,
    dg.AssetSelection.assets(PLAN_ASSET).upstream(),
    "See what a sync would change, and what of it would be held: `roster/plan` shows it, and nothing is changed.",
)

JOBS = (
    sync_now,
    nightly_sync,
    start_sync,
    apply_mapping,
    plan_only,
    sync_districts.to_job(
        description=(
            "Sync several districts, or all that Clever lists: queues a run of `sync_now` for each, which Dagster's "
            "daemon starts (`make dev` has one)."
        ),
        config=dg.config_mapping(many_districts),
        executor_def=dg.in_process_executor,
    ),
    _deed(
        "decide_hold",
        triggers.DECISION,
        ops.decide_one_hold,
        ops.Decision,
        "Approve or reject changes that a guard holds back. The check on roster/plan links here, with all filled in.",
    ),
    _deed(
        "undo_sync",
        "undo",
        ops.undo_one_sync,
        ops.Undo,
        "Take back one sync, as a whole or its removals only. `sync/syncs` names the sync_id.",
    ),
    _deed(
        "end_site",
        "end",
        ops.end_one_site,
        ops.End,
        "Archive all of a site that data/sites.csv has made `manual`: until then its roster stays as it is.",
    ),
    _deed(
        "erase_person",
        triggers.ERASE,
        erase_ops.erase_people,
        erase_ops.Erased,
        "Erase the personal data of one archived person, or of all whose time is over; ids and counts stay. Cannot be "
        "undone; with `preview`, nothing is changed and it is counted what would be.",
    ),
    _deed(
        "explain",
        triggers.EXPLAIN,
        ops.explain_one,
        ops.Question,
        "Why somebody sees a course or not: the whole way of one person or section, in ids. Changes nothing. "
        "`roster explain` tells names too.",
    ),
    _deed(
        "map_section",
        triggers.MAPPING,
        mapping_ops.map_one_section,
        mapping_ops.ByHand,
        "Hang courses on a section by hand, or take them off; who is in it sees the difference at once.",
    ),
    _deed(
        "map_rules",
        triggers.LOOK,
        mapping_ops.rehearse_rules,
        None,
        "Dry run of data/mapping_rules.csv: what each rule takes, which fight, and all that for last year.",
    ),
    _deed(
        "accept_suggestions",
        triggers.BULK,
        mapping_ops.accept_many,
        mapping_ops.Accepted,
        "Hang the best suggestion on many unmapped sections at once; after a preview, which counts the people.",
    ),
    _deed(
        "refuse_carried",
        triggers.BULK,
        mapping_ops.refuse_many,
        mapping_ops.Refused,
        "Take off for good what was carried over from last year; after a preview, which counts the people.",
    ),
    _deed(
        "import_mapping",
        triggers.BULK,
        mapping_ops.import_sheet,
        mapping_ops.Imported,
        "Take an edited spreadsheet over, all of it or nothing; after a preview, which counts the people.",
    ),
    _deed(
        "export_mapping",
        triggers.LOOK,
        mapping_ops.export_sheet,
        mapping_ops.Exported,
        "Write every active section with its courses into a spreadsheet, which import_mapping takes back.",
    ),
    _deed(
        "override",
        triggers.OVERRIDE,
        override_ops.override_one,
        override_ops.Overridden,
        "Override what Clever says: exclude somebody, keep a field, protect or add a membership until a day; or end "
        "such an override. Takes effect at once, and `undo_sync` takes it back.",
    ),
)
