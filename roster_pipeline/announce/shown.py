"""What a materialization shows in the UI: one sentence first, then numbers for the plots, then tables.

Belongs here: tables of Dagster's, the sentences, links into the launchpad. Does not belong here: what is asked of the
warehouse (`history/report.py`), and when.

Ids, counts, names of sites and of those who asked for a sync; nobody of the roster is named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import dagster as dg

from roster_pipeline.announce.links import launchpad
from roster_pipeline.history.report import Row
from roster_pipeline.history.words import counted

SHOWN = 200
"""Rows of a table, at most."""

_SITE_COUNTS = ("students", "teachers", "sections", "mapped", "unmapped", "pending_students")
_CHANGES = ("created", "updated", "archived", "restored", "held", "unchanged")


def table(rows: Sequence[Row], columns: Sequence[str], most: int = SHOWN) -> dg.TableMetadataValue:
    """The first `most` rows, of these columns; a column is of numbers when it has nothing else."""
    shown = [{name: row[name] for name in columns} for row in rows[:most]]
    numbers = {name for name in columns if shown and all(type(row[name]) is int for row in shown)}
    schema = dg.TableSchema([dg.TableColumn(name, "int" if name in numbers else "string") for name in columns])
    return dg.MetadataValue.table(
        [dg.TableRecord({k: v if k in numbers else _text(v) for k, v in row.items()}) for row in shown], schema=schema
    )


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M} UTC"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


def sites(rows: Sequence[Row]) -> dict[str, Any]:
    """Of roster/sites: what `roster status` tells, and the district's totals."""
    gone = [row for row in rows if row["status"] == "archived"]
    manual = [row for row in rows if row["enrollment_source"] == "manual" and row not in gone]
    on_clever = [row for row in rows if row["enrollment_source"] == "clever" and row not in gone]
    never = sum(row["last_synced_at"] is None for row in on_clever)
    waits = sum(row["status"] == "new" for row in on_clever)
    totals = {name: sum(row[name] for row in rows) for name in _SITE_COUNTS}
    sentence = f"{counted(len(on_clever), 'site')} on Clever"
    sentence += f", {counted(len(manual), 'manual site')}" if manual else ""
    sentence += f", {len(gone):,} archived" if gone else ""
    sentence += f"; {never:,} never synced" if never else ""
    sentence += f"; {counted(waits, 'site waits', 'sites wait')} for `start_sync`" if waits else ""
    sentence += f"; {counted(totals['unmapped'], 'section')} without a course."
    renamed = [{**row, "source": row["enrollment_source"], "last success": row["last_synced_at"]} for row in rows]
    attempts = [{**row, "last attempt": _attempt(row)} for row in renamed]
    columns = ("name", "last success", "last attempt", "source", "status", *_SITE_COUNTS)
    return {"summary": sentence, "sites": table(attempts, columns), **totals}


def _attempt(row: Row) -> str:
    return f"{row['last_attempt']} {_text(row['last_attempt_at'])}" if row["last_attempt"] else "never"


def syncs(recent: Sequence[Row], changed: Sequence[Row], waiting: Sequence[Row]) -> dict[str, Any]:
    """Of sync/syncs: the last sync in a sentence, the last seven, what the last changed per site, which sites wait."""
    if not recent:
        return {"summary": "Nothing was synced yet."}
    last = recent[0]
    numbers = {name: last[name] or 0 for name in _CHANGES}
    changes = sum(numbers[name] for name in _CHANGES if name not in ("held", "unchanged"))
    sentence = f"{last['trigger']} {last['sync_id']} {last['status']}: {counted(changes, 'change')}"
    sentence += f", {numbers['held']:,} held." if numbers["held"] else "."
    sentence += f" {last['error']}" if last["error"] else ""
    moved = sum(bool(row["moved"]) for row in waiting)
    sentence += f" Somebody has confirmed other counts of {counted(moved, 'site')} than Clever shares." if moved else ""
    per_site = Counter[tuple[str, str, str]]()
    for row in changed:
        per_site[row["site"] or row["site_id"] or "whole district", row["entity"], row["action"]] += row["changes"]
    this = [{"site": s, "entity": e, "action": a, "changes": n} for (s, e, a), n in sorted(per_site.items())]
    shown = {
        "summary": sentence,
        "status": last["status"],
        "trigger": last["trigger"],
        "sync_id": last["sync_id"],
        "Sync Now": dg.MetadataValue.url(launchpad("sync_now", last["district"])),
        **({"undo it": _undo(last)} if last["can_be_undone"] and not last["undone_by"] else {}),
        "last seven": last_seven(recent),
        "this sync": table(this, ("site", "entity", "action", "changes")),
        **numbers,
        **({} if last["people"] is None else {"people": last["people"]}),
    }
    if waiting:
        columns = ("name", "site_id", "sections", "teachers", "students", "pending", "unmapped", "moved")
        shown["waiting sites"] = table(waiting, columns)
    return shown


def last_seven(recent: Sequence[Row]) -> dg.TableMetadataValue:
    """The syncs that `roster recent` tells, those that failed or were refused too."""
    rows = [{**row, "when": row["started_at"], "by": row["requested_by"]} for row in recent]
    rows = [{**row, "sites": row["site_names"] or "all"} for row in rows]
    return table(rows, ("when", "by", "trigger", "sites", "status", *_CHANGES, "error", "sync_id"))


def _undo(sync: Row) -> dg.UrlMetadataValue:
    return dg.MetadataValue.url(launchpad("undo_sync", sync["district"], sync_id=sync["sync_id"], reason=""))


def plan(counts: Sequence[Row]) -> dict[str, Any]:
    """Of roster/plan: how much is planned and held, and what per site."""
    planned, held = (sum(c["changes"] for c in counts if every or c["held_by"]) for every in (True, False))
    sentence = f"{counted(planned, 'change')} planned, {held:,} of them held." if planned else "Nothing would change."
    rows = [{**c, "site": c["site"] or "whole district", "hold": c["held_by"]} for c in counts]
    return {"summary": sentence, "changes per site": table(rows, ("hold", "site", "entity", "action", "changes"))}


def holds(standing: Sequence[Row]) -> dict[str, Any]:
    """Of sync/holds: what waits, since which sync, and who decided what."""
    states = Counter(row["status"] for row in standing)
    sentence = f"{counted(states['open'], 'hold waits', 'holds wait')} for a decision." if states["open"] else ""
    sentence = sentence or "Nothing waits for a decision."
    columns = ("hold_id", "status", "guard", "entity", "changes", "of", "since", "decided_by", "decided_at", "message")
    rows = [{**row, "since": row["sync_id"]} for row in standing]
    counts = {status: states[status] for status in ("open", "approved", "rejected")}
    return {"summary": sentence, "standing": table(rows, columns), **counts}


def queue(unmapped: Sequence[Row], counts: Row) -> dict[str, Any]:
    """Of mapping/unmapped: the queue without the names of sections, which are made of their teachers'."""
    sections, seats = counted(counts["sections"], "section"), counted(counts["seats"], "student")
    sentence = f"{sections} without a course, with {seats}: nobody sees anything there."
    columns = ("site", "clever_course", "grade", "period", "students", "days", "not_carried", "suggestion")
    rows = [{**row, **ready(str(row["section_id"]), row["suggestion"] or "COURSE_ID")} for row in unmapped]
    return {
        "summary": sentence if counts["sections"] else "Every active section has a course.",
        "most students first": table(rows, (*columns, *ready("", ""))),
        "seats": counts["seats"],
    }


def ready(section_id: str, course_id: str) -> dict[str, str]:
    """What hangs a course on a section: in a terminal, and in job `map_section`."""
    return {"command": f"roster map add {section_id} {course_id}", "line": f"{section_id},{course_id},add"}


def suggestions(unmapped: Sequence[Row], counts: Row) -> dict[str, Any]:
    """Of mapping/suggestions: the best of each section, those with most students first."""
    sentence = f"A course is suggested for {counts['suggested']:,} of {counted(counts['sections'], 'section')} "
    rows = [{**row, "score": f"{row['score']:.2f}"} for row in unmapped if row["suggestion"]]
    columns = ("site", "clever_course", "grade", "students", "suggestion", "score", "section_id")
    return {
        "summary": f"{sentence}without one; `accept_suggestions` hangs many at once.",
        "best of each section": table(rows, columns),
    }


def clever(state: str | None, last_sync: datetime | None, told: Sequence[str]) -> dict[str, Any]:
    """Of clever/districts: the state that Clever tells, how old its data is, and what it warned of."""
    sentence = f"Clever's data is of {_text(last_sync)}." if last_sync else "Clever does not tell how old its data is."
    fresh = {"last new data": dg.MetadataValue.timestamp(last_sync)} if last_sync else {}
    return {"summary": " ".join([sentence, *told]), "state": state or "not told", **fresh}
