"""Every way from one status to another, of a person and of a site, as walks through syncs.

Overrides have theirs in `test_overrides.py`, refusals theirs beside each deed (`test_start.py`, `test_erase.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from roster_pipeline.plan.start import Confirmed, Starts
from tests.conftest import Tiny, section, student, teacher

NEVER = "district,user_id,first_login_at\n"


@pytest.mark.parametrize(
    ("walk", "statuses"),
    [
        ("shared", "pending"),
        ("shared login", "pending active"),
        ("login shared", "- active"),
        ("shared left", "pending archived"),
        ("shared left shared", "pending archived pending"),
        ("shared login left shared", "pending active archived active"),
        ("shared left login shared", "pending archived archived active"),
        ("shared login forgotten", "pending active active"),
        ("shared left undo", "pending archived pending"),
        ("shared login left undo", "pending active archived active"),
        ("shared login undo", "pending active pending"),
        ("shared undo", "pending archived"),
    ],
)
def test_a_person(tiny: Tiny, walk: str, statuses: str) -> None:
    """A login that is once known stays, whatever becomes of the file."""
    tiny.records["users"] = [student("ben", "north")]
    found = []
    for event in walk.split():
        if event == "shared":
            tiny.records["users"].append(student("zoe", "north"))
        elif event == "left":
            tiny.records["users"].pop()
        elif event == "login":
            tiny.line("logins", "d", "zoe", "2025-08-18")
        elif event == "forgotten":
            tiny.inputs["logins"] = NEVER
        tiny.undo(f"S{tiny.syncs:03}") if event == "undo" else tiny.sync()
        rows = tiny.rows("SELECT enrollment_status FROM roster.users WHERE clever_id = 'zoe'")
        found.append(rows[0][0] if rows else "-")
    assert found == statuses.split()


def counted(tiny: Tiny) -> Sequence[Confirmed]:
    rows = tiny.rows("SELECT site_id, sections, teachers, students FROM sync.waiting_sites WHERE site_id = 'west'")
    return [Confirmed(*row) for row in rows]


@pytest.mark.parametrize(
    ("walk", "statuses"),
    [
        ("shared", "new"),
        ("shared sync", "new new"),
        ("shared confirm", "new confirmed"),
        ("shared confirm sync", "new confirmed confirmed"),
        ("shared unshared", "new archived"),
        ("shared unshared shared", "new archived new"),
        ("shared confirm unshared shared", "new confirmed archived confirmed"),
        ("shared manual clever", "new new new"),
        ("shared confirm manual", "new confirmed confirmed"),
        ("shared confirm manual unshared", "new confirmed confirmed confirmed"),
        ("shared confirm manual clever", "new confirmed confirmed confirmed"),
        ("shared confirm manual end", "new confirmed confirmed archived"),
        ("shared confirm manual end undo", "new confirmed confirmed archived confirmed"),
        ("shared confirm manual end clever", "new confirmed confirmed archived new"),
        ("shared confirm manual end clever confirm", "new confirmed confirmed archived new confirmed"),
        ("shared confirm undo", "new confirmed new"),
        ("shared confirm undo sync", "new confirmed new new"),
        ("shared confirm undo confirm", "new confirmed new confirmed"),
        ("shared confirm undo sync confirm sync", "new confirmed new new confirmed confirmed"),
        ("shared confirm undo undo sync", "new confirmed new confirmed confirmed"),
        ("shared confirm undo unshared", "new confirmed new archived"),
        ("shared confirm undo manual clever confirm", "new confirmed new new new confirmed"),
    ],
)
def test_a_site(tiny: Tiny, walk: str, statuses: str) -> None:
    """People of the site are on the roster exactly when it is confirmed. What an undo took back, `test_undo_lasts.py`
    says for how long.
    """
    school = {"id": "west", "name": "West"}
    people = [teacher("wes", "west"), student("win", "west")]
    classes = [section("w1", "west", teachers=["wes"], students=["win"])]
    tiny.sync()
    found = []
    for event in walk.split():
        starts: Starts = ()
        if event == "shared":
            tiny.records["schools"].append(school)
            tiny.records["users"] += people
            tiny.records["sections"] += classes
        elif event == "unshared":
            for kind, rows in (("schools", [school]), ("users", people), ("sections", classes)):
                tiny.records[kind] = [r for r in tiny.records[kind] if r not in rows]
        elif event == "manual":
            tiny.line("sites", "d", "west", "manual")
        elif event == "clever":
            tiny.inputs["sites"] = "district,site_id,enrollment_source\n"
        elif event == "confirm":
            starts = counted(tiny)
            assert starts
        if event == "undo":
            tiny.undo(f"S{tiny.syncs:03}")
        elif event == "end":
            end(tiny)
        else:
            tiny.sync(starts=starts)
        found += [status for (status,) in tiny.rows("SELECT status FROM roster.sites WHERE site_id = 'west'")]
        ((there,),) = tiny.rows(
            "SELECT count(*) FROM roster.user_sites AS m JOIN roster.users AS u USING (user_id) "
            "WHERE m.site_id = 'west' AND m.status = 'active' AND u.enrollment_status <> 'archived'"
        )
        assert (there > 0) == (found[-1] == "confirmed"), event
    assert found == statuses.split()


def end(tiny: Tiny) -> None:
    with tiny.connect_anew() as connection:
        run = tiny.begin(from_clever=False)
        run.order = replace(run.order, info=replace(run.order.info, trigger="end"))
        run.end_site(connection, "west", 2)
