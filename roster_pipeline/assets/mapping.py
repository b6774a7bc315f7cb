"""Layer 3, `mapping`: which of the platform's courses hang on which section. Needs no Clever."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from roster_pipeline import model
from roster_pipeline.assets.common import materialized, row_count, spec
from roster_pipeline.resources.sync_run import SyncRun

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
            "Rules that map sections by subject, grade or Clever course, from data/mapping_rules.csv.",
            table=_INPUTS["rules"],
            deps=["mapping/courses"],
            kinds=("csv",),
        ),
        spec(
            "mapping",
            "site_settings",
            "Which sites are not on Clever, from data/sites.csv.",
            table=_INPUTS["site_settings"],
            kinds=("csv",),
        ),
        spec(
            "mapping",
            "logins",
            "Who has logged in to the platform, from data/logins.csv; everybody else is pending.",
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
            "mapping/logins": row_count(connection, "input.logins"),
        }
    yield from materialized(context, counts)


@dg.multi_asset(
    name="section_courses",
    specs=[
        spec(
            "mapping",
            "section_courses",
            "The courses that should hang on each section: data/section_courses.csv, else the rules.",
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
    name="mapping_gaps",
    specs=[
        spec(
            "mapping",
            "unmapped",
            "Active sections without a course: nobody in them sees anything. A view, so always as fresh as the roster.",
            table=model.UNMAPPED,
            deps=["roster/sections", "roster/section_courses"],
        ),
        spec(
            "mapping",
            "suggestions",
            "Courses that might fit unmapped sections, and how likely each is; offered, never applied. Every sync "
            "makes them anew, with data/subjects.csv.",
            table=model.SUGGESTIONS,
            deps=["roster/sections", "mapping/courses"],
        ),
    ],
    can_subset=True,
)
def mapping_gaps(context: dg.AssetExecutionContext, sync: SyncRun) -> Iterator[dg.MaterializeResult[Any]]:
    """Counts what is left to map."""
    with sync.step(), sync.connect() as connection:
        counts = {f"mapping/{t.name}": row_count(connection, t.full_name) for t in (model.UNMAPPED, model.SUGGESTIONS)}
    yield from materialized(context, counts)
