"""Layer 5, `sync`: what the district shares too much or too little.

Belongs here: the counts, as the UI shows them. Does not belong here: the findings, record by record (`roster sharing`
lists them, with SIS ids).
"""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from roster_pipeline import model
from roster_pipeline.announce import checks, shown
from roster_pipeline.assets.common import materialized, row_count, spec
from roster_pipeline.history.sharing.sharing import counts
from roster_pipeline.history.sharing.words import RULES
from roster_pipeline.history.words import counted
from roster_pipeline.resources.sync_run import SyncRun
from roster_pipeline.sync import utc_now


@dg.multi_asset(
    name="sharing",
    specs=[
        spec(
            "sync",
            "sharing",
            "What Clever shares too much or too little, counted per site with every sync; `share by` is the sharing "
            "rule that mends it. `roster sharing` lists the records for the district's Clever admin.",
            table=model.SHARING,
            deps=["sync/syncs"],
        ),
    ],
    check_specs=[check.spec for check in checks.on(checks.SHARING)],
)
def sharing(context: dg.AssetExecutionContext, sync: SyncRun) -> Iterator[dg.MaterializeResult[Any]]:
    """Counts what is found now."""
    with sync.step(), sync.connect() as connection:
        found = counts(connection)
        rows = row_count(connection, model.SHARING.full_name)
    totals = {finding: sum(c["found"] for c in found if c["finding"] == finding) for finding in RULES}
    rules = [{**c, "share by": RULES[c["finding"]].by, "what mends it": RULES[c["finding"]].mend} for c in found]
    columns = ("site", "finding", "found", "people", "share by", "what mends it")
    kinds = sum(count > 0 for count in totals.values())
    summary = {"summary": f"{counted(kinds, 'kind')} of findings; each names the sharing rule that mends it."}
    per_site = {"per site": shown.table(rules, columns)}
    states = list(checks.states(sync.warehouse, utc_now(), checks.SHARING))
    yield from materialized(context, {"sync/sharing": {**summary, **rows, **totals, **per_site}}, states)
