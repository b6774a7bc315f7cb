"""The checks in Dagster's UI: what each looks at, what it says, and the link to the job that mends it.

Belongs here: from what stands in all districts to a colour, a text and links. Does not belong here: what stands
(`notices/standing.py`), and the check of what the last sync left unmapped, which is about one sync.

A check belongs to no partition (that is a preview feature of Dagster), so its last result hides every earlier one:
each result therefore tells of all districts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import dagster as dg

from roster_pipeline.announce.links import launchpad
from roster_pipeline.guards.catalog import BLOCKING
from roster_pipeline.history import report
from roster_pipeline.history.report import Row
from roster_pipeline.notices import standing as notices
from roster_pipeline.notices.standing import Kind, Notice
from roster_pipeline.warehouse.warehouse import Warehouse

PLAN = dg.AssetKey(["roster", "plan"])
SYNCS = dg.AssetKey(["sync", "syncs"])
SHARING = dg.AssetKey(["sync", "sharing"])
_WARN, _ERROR = dg.AssetCheckSeverity.WARN, dg.AssetCheckSeverity.ERROR
_SHOWN = 10


@dataclass(frozen=True)
class Check:
    """One check: the asset it stands on, which notices make it fail, and the job that mends these.

    Those of holds have no `kinds`: they also say what was decided (`of_holds`).
    """

    name: str
    asset: dg.AssetKey
    severity: dg.AssetCheckSeverity
    description: str
    kinds: tuple[Kind, ...] = ()
    job: str | None = None

    @property
    def spec(self) -> dg.AssetCheckSpec:
        return dg.AssetCheckSpec(self.name, asset=self.asset, description=self.description)


CHECKS = (
    Check(
        "extract_is_whole",
        PLAN,
        _ERROR,
        "Red while an extract looks broken, in any district: nothing of it is applied until decided.",
    ),
    Check(
        "nothing_held",
        PLAN,
        _WARN,
        "Yellow while changes look like an accident, in any district: they wait for a decision.",
    ),
    Check(
        "synced_last_night",
        SYNCS,
        _WARN,
        "Yellow while a site, in any district, has not succeeded for 26 hours, or a sync failed and none was since.",
        (notices.stale, notices.failed),
        "sync_now",
    ),
    Check(
        "no_site_waits",
        SYNCS,
        _WARN,
        "Yellow while new sites, in any district, wait for somebody to confirm their counts.",
        (notices.waiting,),
        "start_sync",
    ),
    Check(
        "files_are_understood",
        SYNCS,
        _WARN,
        "Yellow while lines of data/*.csv name a section, person, site or district that is not there.",
        (notices.unread_lines,),
        "apply_mapping",
    ),
    Check(
        "clever_is_fresh",
        SYNCS,
        _WARN,
        "Yellow while Clever says that a district is paused or its last upload failed, or has nothing new for days.",
        (notices.old_data,),
    ),
    Check(
        "nothing_suddenly_lacks",
        SHARING,
        _WARN,
        "Yellow while Clever shares far fewer students, teachers or sections of a site than it did in one of the last "
        "seven syncs.",
        (notices.lacking,),
    ),
)


def on(asset: dg.AssetKey) -> list[Check]:
    """The checks that stand on an asset."""
    return [check for check in CHECKS if check.asset == asset]


def states(warehouse: Warehouse, now: datetime, asset: dg.AssetKey | None = None) -> Iterator[dict[str, Any]]:
    """The checks, of one asset or of all, as they are at `now` (naive UTC) in all districts, published copies say.

    Each is what results and evaluations of a check have in common.
    """
    if asset in (PLAN, None):
        yield from of_holds(holds(warehouse))
    kinds = [kind for check in CHECKS if asset in (check.asset, None) for kind in check.kinds]
    found = notices.standing(warehouse, now, kinds).notices if kinds else ()
    for check in CHECKS:
        if check.kinds and asset in (check.asset, None):
            names = {*(kind.__name__ for kind in check.kinds), notices.UNREADABLE}
            yield _of_notices(check, [notice for notice in found if notice.kind in names])


def _of_notices(check: Check, found: Sequence[Notice]) -> dict[str, Any]:
    districts = list(dict.fromkeys(n.district for n in found))
    lines = [_plain(f"{n.district}: {n.what}. {n.do}.") for n in found[:_SHOWN]]
    fields = {n.district: n.fields for n in found}
    links = [f"[{check.job}, {d}]({launchpad(check.job, d, **fields[d])})" for d in districts[:_SHOWN] if check.job]
    return _state(check, lines, links, found=len(found), districts=len(districts))


def _state(check: Check, failing: Sequence[str], told: Sequence[str] = (), **numbers: int) -> dict[str, Any]:
    """A state whose description is a paragraph for each line; Dagster shows it as Markdown."""
    return {
        "asset_key": check.asset,
        "check_name": check.name,
        "passed": not failing,
        "severity": check.severity,
        "description": "\n\n".join([*failing, *told]) or None,
        "metadata": numbers,
    }


def _plain(text: str) -> str:
    """Text in which names of others make no link, picture or tag; our own commands in `...` stay."""
    return text.replace("[", "\\[").replace("<", "&lt;")


def holds(warehouse: Warehouse, *, but_not: str | None = None) -> list[Row]:
    """The holds that are not over in any district, each with its `district`, from the published copies."""
    found: list[Row] = []
    for slug in (d.slug for d in warehouse.districts()):
        if slug == but_not or not warehouse.folder(slug).published.exists():
            continue
        try:
            with warehouse.read(slug) as connection:
                found += [{"district": slug, **hold} for hold in report.standing(connection)]
        except Exception:  # whatever is wrong with one district is no reason to be silent about the others
            what = f"nobody knows, published.duckdb cannot be read. `roster publish --district {slug}` makes it again."
            found.append({"district": slug, "hold_id": "unknown", "status": "open", "guard": None, "message": what})
    return found


def of_holds(standing: Sequence[Row]) -> Iterator[dict[str, Any]]:
    """The checks on roster/plan. One fails as long as a hold of its kind waits for a decision, in whatever district."""
    for check, blocks in zip(on(PLAN), (True, False), strict=True):
        mine = [h for h in standing if (h["guard"] in BLOCKING) == blocks]
        waiting = [h for h in mine if h["status"] == "open"]
        decided = [f"{h['district']}: hold {h['hold_id']} is {h['status']}." for h in mine if h["status"] != "open"]
        lines = [_plain(f"{h['district']}: {h['message']}") + _decide(h) for h in waiting[:_SHOWN]]
        districts = len({h["district"] for h in waiting})
        yield _state(check, lines, decided[:_SHOWN], holds=len(waiting), decided=len(decided), districts=districts)


def _decide(hold: Row) -> str:
    """Links that approve and reject; of what cannot be read there is nothing to decide."""
    if hold["guard"] is None:
        return ""
    approve, reject = (
        launchpad("decide_hold", hold["district"], hold_id=hold["hold_id"], decision=decision, **more)
        for decision, more in (("approved", {"sync": True, "reason": ""}), ("rejected", {"reason": ""}))
    )
    return f" [Approve it and sync]({approve}) or [reject it]({reject})"


def show(instance: dg.DagsterInstance, warehouse: Warehouse, now: datetime) -> None:
    """Evaluates all of them by what stands in all districts now; the last to ask has seen everything."""
    with warehouse.one_at_a_time("checks"):
        for state in states(warehouse, now):
            instance.report_runless_asset_event(dg.AssetCheckEvaluation(**state))
