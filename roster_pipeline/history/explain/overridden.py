"""What somebody overrides, on the way of a person or a section.

Belongs here: the words for it. Does not belong here: whether it keeps them from a course (`people.py`).
"""

from __future__ import annotations

from collections.abc import Sequence

from roster_pipeline.history.explain.facts import Context, Row
from roster_pipeline.history.explain.sections import by_hand

_WORTH = {
    "works": "",
    "idle": "; Clever says the same now",
    "held": "; waits, since what it changes is held",
    "manual": "; the site is not on Clever, and its roster stays as it is",
    "gone": "; without effect, since who or what it is about is not on the roster",
    "expired": "; expired",
}


def exclusion(overrides: Sequence[Row]) -> Row | None:
    """The override by which somebody keeps a person off the roster."""
    return next((o for o in overrides if o["kind"] == "exclude" and o["state"] != "expired"), None)


def told(context: Context, override: Row) -> str:
    """An override in a line; values that may name somebody only where names may be told."""
    until = f" until {override['until']}" if override["until"] else ""
    what = f"{override['kind']}{_what(context, override)}{until}, number {override['no']}"
    return f"{what}, by {by_hand(context, override)}{_WORTH[override['state'] or 'works']}"


def _what(context: Context, override: Row) -> str:
    if override["kind"] == "exclude":
        return ""
    if override["kind"] != "keep":
        section, site = override["section_id"], override["site_id"]
        return f" in section {section} as {override['role']}" if section else f" at site {site}"
    if not context.named:
        return f" {override['field']}"
    sends = override["clever_value"]
    beside = f" (Clever sends {sends})" if sends not in (None, override["value"]) else ""
    return f" {override['field']} as {override['value']}{beside}"
