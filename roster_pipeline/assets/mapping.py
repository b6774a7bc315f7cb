"""Layer 3, `mapping`: which of the platform's courses hang on which section. Needs no Clever."""

from collections.abc import Iterator
from typing import Any

import dagster as dg
import duckdb

from roster_pipeline import model
from roster_pipeline.announce import shown
from roster_pipeline.assets.common import materialized, publish_and_tell, roster_counts, row_count, spec
from roster_pipeline.history import report
from roster_pipeline.history.words import counted
from roster_pipeline.resources.sync_run import SyncRun, maps_alone
from roster_pipeline.warehouse.sql import count_rows

_UNMAPPED = dg.AssetKey(["mapping", "unmapped"])
_SHOWN = 50
_INPUTS = {table.name: table for table in model.INPUTS}


@dg.multi_asset(
    name="inputs",
    specs=[
        spec(
            "mapping",
            "courses",
            "The platform's own courses, from data/courses.csv.",
            table=_INPUTS["courses"],
            kinds=("csv",),
        ),
        spec(
            "mapping",
            "rules",
            "Rules that map sections by what Clever says of them, from data/mapping_rules.csv.",
            table=_INPUTS["rules"],
            deps=["mapping/courses"],
            kinds=("csv",),
        ),
        spec(
            "mapping",
            "site_settings",
            "Which sites are not on Clever, their time zones and limits of their own, from data/sites.csv.",
            table=_INPUTS["site_settings"],
            kinds=("csv",),
        ),
        spec(
            "mapping",
            "logins",
            "Who has logged in to the platform, from data/logins.csv and, where one is set, the platform's "
            "own database; everybody else is pending.",
            table=_INPUTS["logins"],
            kinds=("csv",),
        ),
    ],
    can_subset=True,
)
def inputs(context: dg.AssetExecutionContext, sync: SyncRun) -> Iterator[dg.MaterializeResult[Any]]:
    """A mistake in a file stops here, names file, line and column, and nothing is applied."""
    with sync.step(), sync.connect() as connection:
        sync.run.need_inputs(connection)
        counts = {
            "mapping/courses": row_count(connection, "input.courses"),
            "mapping/rules": row_count(connection, "input.rules"),
            "mapping/site_settings": row_count(connection, "input.site_settings"),
            "mapping/logins": {
                **row_count(connection, "input.logins"),
                "of the database": count_rows(connection, "input.platform_logins"),
            },
        }
    yield from materialized(context, counts)


@dg.multi_asset(
    name="section_courses",
    specs=[
        spec(
            "mapping",
            "section_courses",
            "The courses that should hang on each section: by hand, by file, by rule, or carried over.",
            deps=["mapping/courses", "mapping/rules", "staging/sections"],
        )
    ],
)
def section_courses(context: dg.AssetExecutionContext, sync: SyncRun) -> Iterator[dg.MaterializeResult[Any]]:
    """A file line for a section nobody has ever seen becomes a warning; everything else in the file must be right."""
    with sync.step(), sync.connect() as connection:
        mapped = sync.run.need_mapping(connection)
    counts = {
        "dagster/row_count": mapped.section_courses,
        "by rule": mapped.by_rule,
        "lines without a section": mapped.unknown_lines,
    }
    yield from materialized(context, {"mapping/section_courses": counts})


@dg.multi_asset(
    name="mapping_suggestions",
    specs=[
        spec(
            "mapping",
            "suggestions",
            "Courses that might fit unmapped sections, and how likely each is; offered, never applied. Every sync "
            "makes them anew, with data/subjects.csv.",
            table=model.SUGGESTIONS,
            deps=["roster/sections", "mapping/courses"],
        ),
    ],
)
def suggestions(context: dg.AssetExecutionContext, sync: SyncRun) -> Iterator[dg.MaterializeResult[Any]]:
    """Counts what is suggested."""
    with sync.step(), sync.connect() as connection:
        queue = queue_shown(connection)
    yield from materialized(context, {name: queue[name] for name in ("mapping/suggestions",)})


@dg.multi_asset(
    name="mapping_queue",
    specs=[
        spec(
            "mapping",
            "unmapped",
            "Active sections without a course, most students first: nobody sees them. A view. `command` hangs the "
            "suggestion there in a terminal; `line` is for `lines` of job `map_section`.",
            table=model.UNMAPPED,
            deps=["roster/sections", "roster/section_courses"],
        ),
    ],
    check_specs=[
        dg.AssetCheckSpec(
            "nothing_newly_unmapped",
            asset=_UNMAPPED,
            description="Yellow when the last sync left sections without a course that were not in the queue before.",
        )
    ],
)
def unmapped(context: dg.AssetExecutionContext, sync: SyncRun) -> Iterator[dg.MaterializeResult[Any]]:
    """Shows the queue; when the mapping is materialized as a whole, and nothing below it, it takes effect first."""
    with sync.step():
        alone = maps_alone(context.run.asset_selection or ())
        with sync.connect(changes_truth=alone) as connection:
            roster = {}
            if alone:
                sync.run.apply_plan(connection)
                roster = roster_counts(connection)
            queue = queue_shown(connection)
            new = report.newly_unmapped(connection)
        states = publish_and_tell(sync) if alone else {}
    for name, values in {**roster, **states}.items():
        event = dg.AssetMaterialization(name.split("/"), partition=sync.info.district, metadata=dict(values))
        context.log_event(event)
    sections, seats = counted(new["sections"], "section"), counted(new["students"], "seat")
    fresh = f"{sections} with {seats} {'is' if new['sections'] == 1 else 'are'} new in the queue."
    yield dg.MaterializeResult(
        asset_key=_UNMAPPED,
        metadata={**queue["mapping/unmapped"], "new": new["sections"]},
        check_results=[
            dg.AssetCheckResult(
                asset_key=_UNMAPPED,
                check_name="nothing_newly_unmapped",
                passed=not new["sections"],
                severity=dg.AssetCheckSeverity.WARN,
                description=fresh if new["sections"] else "The last sync left no section newly unmapped.",
                metadata=new,
            )
        ],
    )


def queue_shown(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, Any]]:
    """What these assets show of the queue and the suggestions, keyed by asset; jobs that change them tell it too."""
    counts, first = report.queue_counts(connection), report.unmapped(connection, _SHOWN)
    suggested = shown.suggestions(first, counts) | row_count(connection, model.SUGGESTIONS.full_name)
    return {
        "mapping/suggestions": suggested,
        "mapping/unmapped": shown.queue(first, counts) | {"dagster/row_count": counts["sections"]},
    }
