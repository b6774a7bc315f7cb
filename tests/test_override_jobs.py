"""`roster override` and job override, as people use them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from tests.platform import Platform
from tests.test_erase import CANARY, canaries
from tests.test_map_jobs import failure, launch

SOON = (date.today() + timedelta(days=365)).isoformat()
WHY = ("--by", "Rae", "--why", "asked for by the school")


def somebody(platform: Platform) -> tuple[str, str, str]:
    """A student who is in a class: user_id, e-mail, and the class."""
    ((user_id, email, section_id),) = platform.rows(
        "SELECT u.user_id::VARCHAR, email, section_id::VARCHAR FROM roster.users AS u "
        "JOIN roster.enrollments AS e USING (user_id) WHERE roles = ['student'] AND e.status = 'active' "
        "AND u.enrollment_status <> 'archived' ORDER BY 1, 3 LIMIT 1"
    )
    return str(user_id), str(email), str(section_id)


def listed(platform: Platform, *more: str) -> list[dict[str, Any]]:
    (row,) = platform.json("override", "list", *more)["districts"]
    return list(row["overrides"])


def test_somebody_is_excluded_listed_explained_and_the_undo_brings_them_back(synced: Platform) -> None:
    user_id, email, _ = somebody(synced)
    before = synced.rows("SELECT last_synced_at FROM roster.sites ORDER BY site_id")
    said, _ = synced.roster("override", "exclude", email, "--preview", *WHY)
    assert "would change: users archive 1" in said
    assert listed(synced) == []
    (done,) = synced.json("override", "exclude", email, *WHY)["syncs"]
    assert (done["trigger"], done["requested_by"], done["reason"]) == ("override", "Rae", "asked for by the school")
    (stands,) = listed(synced)
    assert (stands["no"], stands["kind"], stands["user_id"], stands["state"]) == (1, "exclude", user_id, "works")
    assert (stands["by"], stands["why"]) == ("Rae", "asked for by the school")
    assert synced.rows("SELECT last_synced_at FROM roster.sites ORDER BY site_id") == before
    (told,) = synced.json("explain", user_id)["districts"]
    assert [r["code"] for r in told["reasons"]] == ["person_excluded"]
    assert "excluded by hand (Rae, " in told["sentence"]
    assert "`roster override end 1`" in told["sentence"]
    assert synced.shown("sync/syncs")["overrides: works"] == 1
    synced.json("undo", done["sync_id"])
    assert listed(synced) == []
    assert [o["state"] for o in listed(synced, "--all")] == ["undone"]
    (told,) = synced.json("explain", user_id)["districts"]
    assert "person_excluded" not in [r["code"] for r in told["reasons"]]


def test_a_kept_name_stands_on_the_roster_and_nowhere_in_dagster(synced: Platform) -> None:
    user_id, _, _ = somebody(synced)
    said, _ = synced.roster("override", "keep", user_id, "last_name", CANARY, *WHY)
    assert "1 change" in said
    assert "override 1 stands; it holds against what Clever says" in said
    assert synced.rows(f"SELECT last_name FROM roster.users WHERE user_id = '{user_id}'") == [(CANARY,)]
    (told,) = synced.json("explain", user_id)["districts"]
    (step,) = (s for s in told["steps"] if s["step"] == "override")
    assert CANARY in step["what"]
    shown, _ = synced.roster("override", "list")
    assert CANARY in shown
    found = {file.rpartition("/")[2] for file in canaries(synced.root)}
    assert found == {"roster.duckdb", "published.duckdb"}
    synced.roster("override", "end", "1", *WHY)
    assert synced.rows(f"SELECT count(*) FROM roster.users WHERE last_name = '{CANARY}'") == [(0,)]


def test_the_job_takes_no_value_that_may_name_somebody(synced: Platform) -> None:
    user_id, _, section_id = somebody(synced)
    said = {"kind": "keep", "person": user_id, "why": "asked for"}
    result, _ = launch(synced, "override", **said, field="email", value=f"{CANARY}@example.org")
    assert "The value may name somebody, and Dagster keeps what it is told (email)" in failure(result)
    assert CANARY not in failure(result)
    assert synced.rows("SELECT status FROM sync.syncs WHERE trigger = 'override'") == []
    result, shown = launch(synced, "override", **said, field="grade", value="Other", preview=True)
    assert (shown["users update"], shown["held"]) == (1, 0)
    assert synced.rows("SELECT count(*) FROM roster.overrides") == [(0,)]
    result, shown = launch(synced, "override", **said, field="grade", value="Other")
    assert (result.success, shown["no"], shown["state"]) == (True, 1, "works")
    result, shown = launch(synced, "override", **said, field="email")
    assert (shown["no"], shown["state"]) == (2, "idle"), "as the roster has it"
    said = {"kind": "protect", "person": user_id, "section": section_id, "why": "asked for"}
    result, shown = launch(synced, "override", **said, until=SOON)
    assert (shown["no"], shown["state"]) == (3, "idle")
    result, _ = launch(synced, "override", **said, until="soon")
    assert "The day cannot be read. Write it like 2027-06-04" in failure(result)
    result, _ = launch(synced, "override", kind="end", no=2, why="over")
    assert synced.rows("SELECT no FROM roster.overrides WHERE ended_by IS NOT NULL") == [(2,)]


@pytest.mark.parametrize(
    ("arguments", "exits", "said"),
    [
        (("exclude", "nobody@example.org", *WHY), 1, "No person is called so"),
        (("keep", "nobody@example.org", "grade", *WHY), 1, "No person or section is called so"),
        (("end", "9", *WHY), 1, "No override 9 stands"),
        (("end", "9"), 2, "Missing option '--why'"),
        (("add", "somebody", "--site", "north", *WHY), 2, "Missing option '--until'"),
        (("add", "somebody", "--until", SOON, *WHY), 2, "Name a section or a site"),
        (("exclude", "somebody", "--until", "soon", *WHY), 2, "does not match the format"),
        (("keep", "somebody", "roles", *WHY), 2, "'roles' is not one of"),
    ],
)
def test_what_cannot_be_overridden_is_refused(
    synced: Platform, arguments: tuple[str, ...], exits: int, said: str
) -> None:
    _, told = synced.roster("override", *arguments, exits=exits)
    assert said in told
    assert synced.rows("SELECT count(*) FROM sync.syncs") == [(1,)]


def test_a_membership_that_is_there_already_cannot_be_added(synced: Platform) -> None:
    user_id, _, section_id = somebody(synced)
    _, said = synced.roster("override", "add", user_id, "--section", section_id, "--until", SOON, *WHY, exits=3)
    assert "as student already. Protect that (`protect`) instead" in said
