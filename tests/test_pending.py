"""The life of an enrollment status: pending, active, archived, restored."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from roster_pipeline.errors import InputError
from roster_pipeline.history.pending import pending
from tests.conftest import NOW, Record, Tiny, student
from tests.platform import SLUG, Platform


def status(tiny: Tiny, who: str = "ann") -> str:
    ((found,),) = tiny.rows("SELECT enrollment_status FROM roster.users WHERE clever_id = $who", who=who)
    return str(found)


def leaves(tiny: Tiny, who: str) -> Record:
    (gone,) = (u for u in tiny.records["users"] if u["id"] == who)
    tiny.records["users"].remove(gone)
    return gone


def test_active_left_and_back_is_active_again(tiny: Tiny) -> None:
    """Also when nobody says any more that they have ever logged in."""
    tiny.sync()
    assert status(tiny) == "pending"
    tiny.line("logins", "d", "ann", "2026-11-20T08:00:00Z")
    tiny.sync()
    assert status(tiny) == "active"
    ann = leaves(tiny, "ann")
    tiny.sync()
    assert status(tiny) == "archived"
    tiny.inputs["logins"] = "district,user_id,first_login_at\n"
    tiny.records["users"].append(ann)
    tiny.sync()
    assert status(tiny) == "active"
    life = "SELECT action FROM sync.changes WHERE entity = 'users' AND entity_id = $id ORDER BY sync_id"
    ((user_id,),) = tiny.rows("SELECT user_id::VARCHAR FROM roster.users WHERE clever_id = 'ann'")
    assert [a for (a,) in tiny.rows(life, id=user_id)] == ["create", "update", "archive", "restore"]


def test_pending_left_and_back_is_pending_since_they_are_back(tiny: Tiny) -> None:
    tiny.sync()
    ben = leaves(tiny, "ben")
    tiny.sync()
    tiny.records["users"].append(ben)
    tiny.sync()
    with tiny.connect() as connection:
        connection.execute("UPDATE roster.users SET first_synced_at = $at", {"at": NOW - timedelta(days=40)})
        found = pending.people(connection, NOW + timedelta(days=3))
        days = dict(connection.execute("SELECT user_id, clever_id FROM roster.users").fetchall())
        assert {days[p["user_id"]]: p["days"] for p in found} == {"ann": 43, "tia": 43, "ben": 3}


def test_a_login_of_who_left_meanwhile_counts_when_they_are_back(tiny: Tiny) -> None:
    tiny.sync()
    ann = leaves(tiny, "ann")
    tiny.line("logins", "d", "ann", "2026-11-20")
    tiny.sync()
    assert status(tiny) == "archived"
    tiny.records["users"].append(ann)
    tiny.sync()
    assert status(tiny) == "active"


def test_a_login_of_somebody_unknown_is_told_and_counts_when_they_appear(tiny: Tiny) -> None:
    tiny.line("logins", "d", "cal", "2026-11-20")
    tiny.sync()
    assert tiny.rows("SELECT record_id FROM sync.issues WHERE code = 'input_unknown_user'") == [("logins.csv, line 2",)]
    tiny.records["users"].append(student("cal", "north"))
    tiny.sync()
    assert status(tiny, "cal") == "active"


def test_a_login_in_the_future_is_refused(tiny: Tiny) -> None:
    tiny.line("logins", "d", "ann", "2999-01-01")
    with pytest.raises(InputError, match="is in the future"):
        tiny.sync()


def test_the_terminal_names_who_is_pending(synced: Platform) -> None:
    shown, _ = synced.roster("pending")
    assert shown.startswith("riverbend-usd: ")
    (row,) = synced.json("pending", "--site", "Cedar Middle School", "--limit", "1000")["districts"]
    (site,) = row["sites"]
    assert (site["pending_students"], len(row["people"])) == (108, site["pending"])
    first = row["people"][0]
    names = "SELECT first_name || ' ' || last_name FROM roster.users"
    ((name,),) = synced.rows(f"{names} WHERE user_id = '{first['user_id']}'")
    assert first["name"] == name
    assert name in synced.roster("pending", "--site", "Cedar Middle School", "--limit", "1000")[0]
    (late,) = synced.json("pending", "--days", "0")["districts"]
    assert (late["people"], late["sections"]) == ([], [])
    ((all_,),) = synced.rows("SELECT count(*) FROM roster.users WHERE enrollment_status = 'pending'")
    out, _ = synced.roster("pending", "--days", "14")
    assert out == f"{SLUG}: {all_:,} people are pending, none of them for more than 14 days\n"
    assert "There is no site 'nowhere'" in synced.roster("pending", "--site", "nowhere", exits=1)[1]


def test_the_ui_counts_each_status_and_names_nobody(synced: Platform) -> None:
    shown = synced.shown("roster/users")
    counted = dict(synced.rows("SELECT enrollment_status, count(*) FROM roster.users GROUP BY ALL"))
    assert {s: shown[s] for s in pending.STATUSES} == {"archived": 0, **counted}
    assert all(isinstance(value, int) for value in json.loads(json.dumps(shown)).values())
