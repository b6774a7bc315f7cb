"""The history of a district, as it is published.

Belongs here: the tables of the schema `sync`. Does not belong here: what writes them.
"""

from __future__ import annotations

from roster_pipeline.model.core import Column, Table

SYNCS = Table(
    "sync",
    "syncs",
    "sync, whatever became of it",
    (
        Column("sync_id", "VARCHAR", "UTC time of its start and first part of the Dagster run id"),
        Column("sync_no", "BIGINT", "order in which syncs were applied or ended, from 1; clocks do not matter"),
        Column("district", "VARCHAR", "slug of the district"),
        Column("trigger", "VARCHAR", "`first`, `nightly`, `sync_now`, `undo`, `mapping`, `override`, `end` or `erase`"),
        Column("requested_by", "VARCHAR", "who asked for it"),
        Column("status", "VARCHAR", "`succeeded`, `held`, `failed` or `refused`"),
        Column("started_at", "TIMESTAMP", "UTC"),
        Column("finished_at", "TIMESTAMP", "UTC"),
        Column("dagster_run_id", "VARCHAR", "the run in Dagster"),
        Column("created", "BIGINT", "records created"),
        Column("updated", "BIGINT", "records updated or relinked"),
        Column("archived", "BIGINT", "records archived or concluded"),
        Column("restored", "BIGINT", "records restored"),
        Column("held", "BIGINT", "changes held back"),
        Column("unchanged", "BIGINT", "records in force that stayed as they were"),
        Column("error", "VARCHAR", "why it failed or was refused, in one line"),
        Column("fingerprint", "VARCHAR", "of the applied plan's changes"),
        Column("sites", "VARCHAR[]", "the sites it was asked for; empty for the whole district"),
        Column("undoes", "VARCHAR", "the sync that it took back, for an undo"),
        Column("reason", "VARCHAR", "why it was asked for, as an undo was told"),
        Column(
            "people",
            "BIGINT",
            "people who see other courses since, of trigger `mapping`; people erased, of trigger `erase`",
        ),
        Column("clevers_data_at", "TIMESTAMP", "UTC, when Clever last had new data of the district, as it said then"),
        Column("pruned_at", "TIMESTAMP", "UTC, when its changes were forgotten: it cannot be undone any more"),
    ),
    ("sync_id",),
)
WAITING_SITES = Table(
    "sync",
    "waiting_sites",
    "site that waits for somebody to confirm its counts, as the last sync found it",
    (
        Column("site_id", "VARCHAR", "site"),
        Column("name", "VARCHAR", "name of the school"),
        Column("sections", "BIGINT", "sections that Clever shares of it, of terms that are not over"),
        Column("teachers", "BIGINT", "teachers that Clever shares of it"),
        Column("students", "BIGINT", "students that Clever shares of it"),
        Column("pending", "BIGINT", "of the students, those who have never logged in"),
        Column("unmapped", "BIGINT", "of the sections, those that would have no course"),
        Column("visible_by", "VARCHAR", "what would hang courses on how many of the others"),
        Column("quarantined", "BIGINT", "records that cannot be used"),
        Column("moved", "BOOLEAN", "somebody confirmed other counts than these"),
        Column("sync_id", "VARCHAR", "the sync that found it"),
    ),
    ("site_id",),
)
CHANGE_LOG = Table(
    "sync",
    "change_log",
    "change that cannot be read off the roster itself",
    (
        Column("sync_id", "VARCHAR", "the sync"),
        Column("entity", "VARCHAR", "roster table"),
        Column("entity_id", "VARCHAR", "key of the record, parts joined by `/`"),
        Column("site_id", "VARCHAR", "site of the record"),
        Column("action", "VARCHAR", "`create`, `update`, `archive`, `restore`, `conclude`, `relink` or `erase`"),
        Column("before", "JSON", "the changed fields before; NULL for a creation", pii=True),
        Column("after", "JSON", "the changed fields after; NULL for a creation and for a deletion", pii=True),
        Column("held_by", "VARCHAR", "the hold that keeps it back; NULL when applied"),
    ),
)
CHANGES = Table(
    "sync",
    "changes",
    "change of one record in one sync; creations are read off `since_sync_id`",
    CHANGE_LOG.columns,
    view="history/changes",
)
CHANGE_COUNTS = Table(
    "sync",
    "change_counts",
    "sync, entity, site and action",
    (
        Column("sync_id", "VARCHAR", "the sync"),
        Column("entity", "VARCHAR", "roster table"),
        Column("site_id", "VARCHAR", "site; NULL for people of the whole district"),
        Column("action", "VARCHAR", "as in sync.changes"),
        Column("changes", "BIGINT", "how many records"),
    ),
    ("sync_id", "entity", "site_id", "action"),
)
ISSUES = Table(
    "sync",
    "issues",
    "problem noticed in a sync",
    (
        Column("sync_id", "VARCHAR", "the sync"),
        Column("severity", "VARCHAR", "`error` or `warning`"),
        Column("code", "VARCHAR", "reason code, see docs/clever.md"),
        Column("entity", "VARCHAR", "what kind of record"),
        Column("record_id", "VARCHAR", "Clever id, or file and line"),
        Column("site_id", "VARCHAR", "site, where known"),
        Column("message", "VARCHAR", "what is wrong and what was done about it"),
    ),
)
HOLDS = Table(
    "sync",
    "holds",
    "set of changes kept back by a guard",
    (
        Column("hold_id", "VARCHAR", "id"),
        Column("sync_id", "VARCHAR", "the sync that made it"),
        Column("guard", "VARCHAR", "the guard"),
        Column("entity", "VARCHAR", "roster table"),
        Column("site_id", "VARCHAR", "site, when all is at one; sync.hold_parts has every site"),
        Column("changes", "BIGINT", "how many changes are held"),
        Column("of", "BIGINT", "of how many records in force"),
        Column("limit", "DOUBLE", "the limit that was passed"),
        Column("fingerprint", "VARCHAR", "of exactly these changes"),
        Column("status", "VARCHAR", "`open`, `approved`, `rejected` or `cleared`"),
        Column("decided_by", "VARCHAR", "who decided"),
        Column("decided_at", "TIMESTAMP", "UTC"),
        Column("expires_at", "TIMESTAMP", "UTC, when an approval that was not used ends"),
        Column("reason", "VARCHAR", "why it was decided so"),
        Column("sites", "VARCHAR[]", "the sites that the decision is about; empty for all"),
        Column("applied_sync_id", "VARCHAR", "the sync that applied the approved changes"),
        Column("cleared_sync_id", "VARCHAR", "the sync after which it no longer stood"),
        Column(
            "cleared_because",
            "VARCHAR",
            "`gone`, `changed` (another hold took its place, or keeps its changes back) or `expired`",
        ),
        Column("message", "VARCHAR", "what is held, why, and how to approve it"),
    ),
    ("hold_id", "sync_id"),
)

HOLD_PARTS = Table(
    "sync",
    "hold_parts",
    "hold and site and role, or hold and sign of a broken extract",
    (
        Column("hold_id", "VARCHAR", "the hold"),
        Column("sync_id", "VARCHAR", "the sync that made it"),
        Column("site_id", "VARCHAR", "site; NULL for the rest of the district"),
        Column("role", "VARCHAR", "`student`, `teacher` or `staff` where people are counted"),
        Column("sign", "VARCHAR", "the sign, of a broken extract"),
        Column("changes", "BIGINT", "how many changes are held there"),
        Column("of", "BIGINT", "of how many records in force"),
    ),
)
TURNOVER = Table(
    "sync",
    "turnover",
    "sync, entity, role and site of the last thirty days, for the guards that remember",
    (
        Column("sync_id", "VARCHAR", "the sync"),
        Column("applied_at", "TIMESTAMP", "UTC"),
        Column("entity", "VARCHAR", "roster table"),
        Column("role", "VARCHAR", "`student`, `teacher` or `staff` where people are counted"),
        Column("site_id", "VARCHAR", "site"),
        Column("gone", "BIGINT", "records archived or moved away, unasked"),
        Column("come", "BIGINT", "records created, restored or moved there, unasked"),
    ),
)

UNDONE = Table(
    "sync",
    "undone",
    "change that an undo took back, and that is held from then on",
    (
        Column("entity", "VARCHAR", "roster table"),
        Column("entity_id", "VARCHAR", "key of the record, parts joined by `/`"),
        Column("site_id", "VARCHAR", "site of the record"),
        Column("redo", "VARCHAR", "the action that would do it again, for a section course"),
        Column("refused", "JSON", "the fields as they were before the undo, and shall not be again", pii=True),
        Column("undo_sync_id", "VARCHAR", "the undo; its sync says who and why"),
    ),
    ("entity", "entity_id"),
)

SCHEMA_VERSIONS = Table(
    "sync",
    "schema_versions",
    "version that the tables of this file have had",
    (
        Column("version", "INTEGER", "1 is the first release, which did not write it down"),
        Column("applied_at", "TIMESTAMP", "UTC"),
        Column("fingerprint", "VARCHAR", "of the tables and views of the release; another one brings them up to date"),
    ),
)

SETTLED = Table(
    "sync",
    "settled",
    "roster that is in line with what was staged; no row while something is held or was undone",
    (
        Column("basis", "VARCHAR", "of what people, memberships and enrollments were made"),
        Column("sync_id", "VARCHAR", "the sync that did it"),
    ),
)
