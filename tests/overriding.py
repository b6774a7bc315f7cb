"""Overrides in a tiny district, as the job makes them, for the tests of what they do."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from roster_pipeline.plan.difference import Plan
from roster_pipeline.plan.override.wish import Ending, Kind, Wish
from tests.conftest import TODAY, Tiny, carry_out

SOON = TODAY + timedelta(days=7)
AFTER = SOON + timedelta(days=1)


def override(tiny: Tiny, kind: Kind | None = None, *, today: date = TODAY, end: int = 0, **what: Any) -> str:
    """One override, or the end of one, as a sync of its own; its sync_id."""
    asked = Wish(kind, **what) if kind else Ending(end)
    with tiny.connect_anew() as connection:
        run = tiny.begin(from_clever=False, today=today)
        run.order = replace(run.order, info=replace(run.order.info, trigger="override", requested_by="Rae"))
        run.plan_override(connection, asked, "because")
        run.apply_plan(connection)
    return run.order.info.sync_id


def guarded(tiny: Tiny, *, from_clever: bool = True, today: date = TODAY) -> Plan:
    """One sync that the guards look at."""
    with tiny.connect_anew() as connection:
        run = tiny.begin(from_clever=from_clever, today=today)
        return carry_out(connection, run, tiny.landing if from_clever else None)


def states(tiny: Tiny) -> list[tuple[int, str]]:
    """The state of each override that stands, by its number."""
    standing = "undone_by IS NULL AND (ended_by IS NULL OR reopened_by IS NOT NULL)"
    return tiny.rows(f"SELECT no, state FROM roster.overrides WHERE {standing} ORDER BY no")


def people(tiny: Tiny) -> list[str]:
    """The Clever ids of who is on the roster."""
    found = tiny.rows("SELECT clever_id FROM roster.users WHERE enrollment_status <> 'archived' ORDER BY 1")
    return [str(clever_id) for (clever_id,) in found]


def of(tiny: Tiny, clever_id: str, column: str) -> Any:
    """A column of somebody's row on the roster."""
    ((value,),) = tiny.rows(f"SELECT {column} FROM roster.users WHERE clever_id = $id", id=clever_id)
    return value


def members(tiny: Tiny, section: str) -> list[tuple[str, str]]:
    """Who is in a section, and as what."""
    query = (
        "SELECT u.clever_id, e.role FROM roster.enrollments AS e JOIN roster.users AS u USING (user_id) "
        "JOIN roster.sections AS s USING (section_id) WHERE s.clever_id = $section AND e.status = 'active' ORDER BY ALL"
    )
    return tiny.rows(query, section=section)


def sites(tiny: Tiny, clever_id: str) -> list[tuple[str, bool]]:
    """The sites that somebody belongs to, each with whether it is their primary one."""
    query = (
        "SELECT m.site_id, m.is_primary FROM roster.user_sites AS m JOIN roster.users AS u USING (user_id) "
        "WHERE u.clever_id = $id AND m.status = 'active' ORDER BY 1"
    )
    return tiny.rows(query, id=clever_id)


def excluded(tiny: Tiny) -> str:
    """Whom somebody has excluded."""
    override(tiny, "exclude", person="ann")
    return "ann"
