"""Erasing as people ask for it: the command, the job, nightly syncs, a crash; and every file afterwards."""

from __future__ import annotations

import json

import pytest

from roster_pipeline.definitions import defs
from roster_pipeline.warehouse import purge
from roster_pipeline.warehouse.warehouse import Warehouse
from tests.platform import SLUG, Platform
from tests.test_erase import CANARY, canaries

GONE = "a1b2c3d4e5f6a1b2c3d4e5f6"
PERSON = "3f0f4a3e-6b1e-8a3e-9b1e-0123456789ab"


@pytest.fixture
def with_canary(synced: Platform) -> Platform:
    """Somebody who left long ago is on the roster, in its history and in what failed to be applied."""
    warehouse = Warehouse(synced.data / "warehouse")
    with warehouse.connect(SLUG, changes_truth=True) as connection:
        ((sync_id,),) = connection.execute("SELECT sync_id FROM sync.syncs").fetchall()
        connection.execute(
            "INSERT INTO roster.users BY NAME SELECT ?::UUID AS user_id, ? AS clever_id, ['student'] AS roles, "
            "? AS first_name, 'L' AS last_name, ? AS email, ? AS sis_id, 'archived' AS enrollment_status, "
            "TIMESTAMP '2020-01-01' AS archived_at, ? AS since_sync_id",
            [PERSON, GONE, CANARY, f"{CANARY}@example.org", f"{CANARY}-7", sync_id],
        )
        change = json.dumps({"first_name": CANARY}), json.dumps({"first_name": f"{CANARY}s"})
        connection.execute(
            "INSERT INTO sync.change_log BY NAME SELECT ? AS sync_id, 'users' AS entity, ? AS entity_id, "
            "'update' AS action, ?::JSON AS before, ?::JSON AS after",
            [sync_id, PERSON, *change],
        )
    warehouse.publish_copy(SLUG)
    landing = warehouse.folder(SLUG).landings / "failed"
    landing.mkdir(parents=True)
    (landing / "users.ndjson.part").write_text(CANARY)
    assert len(canaries(synced.root)) == 3
    return synced


def test_the_command_counts_first_and_erases_when_it_is_confirmed(with_canary: Platform) -> None:
    (counted,) = with_canary.json("erase", GONE)["districts"]
    assert counted["counts"] == {
        "people": 1,
        "roster_values": 4,
        "logged_changes": 1,
        "undone_changes": 0,
        "staged_records": 0,
        "section_names": 0,
        "shared_section_names": 0,
    }
    said, _ = with_canary.roster("erase", PERSON)
    assert "the data of 1 person would be erased, for good\n  4 names, e-mails and SIS ids" in said
    assert len(canaries(with_canary.root)) == 3
    assert with_canary.rows("SELECT count(*) FROM sync.syncs") == [(1,)]
    said, _ = with_canary.roster("erase", PERSON, "--confirm", "--by", "Rae", "--why", "ticket 7")
    assert "erased the data of 1 person" in said
    assert canaries(with_canary.root) == []
    columns = "trigger, requested_by, reason, status, people"
    assert with_canary.rows(f"SELECT {columns} FROM sync.syncs WHERE sync_no = 2") == [
        ("erase", "Rae", "ticket 7", "succeeded", 1)
    ]
    _, said = with_canary.roster("erase", PERSON, "--confirm", exits=3)
    assert "was erased already" in said
    assert with_canary.sync()["status"] == "succeeded"


def test_whom_nobody_knows_and_who_is_shared_are_refused(synced: Platform) -> None:
    _, said = synced.roster("erase", f"{CANARY}@example.org", exits=1)
    assert "Nobody on a roster has this id" in said
    assert canaries(synced.root) == []
    ((active,),) = synced.rows("SELECT user_id::VARCHAR FROM roster.users WHERE enrollment_status = 'active' LIMIT 1")
    _, said = synced.roster("erase", active, "--confirm", exits=3)
    assert "Clever still shares person" in said
    assert synced.rows("SELECT trigger, status FROM sync.syncs ORDER BY sync_no")[1:] == []
    for wrong in ((), (active, "--due")):
        assert "Name one person by id, or say --due" in synced.roster("erase", *wrong, exits=2)[1]
    assert "There is no district 'nowhere'" in synced.roster("erase", active, "--district", "nowhere", exits=2)[1]
    _, said = synced.roster("erase", "--due", exits=1)
    assert "ROSTER_ERASE_AFTER_DAYS is not set" in said


def test_the_job_previews_unless_told_otherwise(with_canary: Platform) -> None:
    assert with_canary.run("erase_person", person=PERSON)
    assert with_canary.rows("SELECT count(*) FROM sync.syncs") == [(1,)]
    assert not with_canary.run("erase_person")
    assert with_canary.run("erase_person", person=PERSON, preview=False)
    assert with_canary.shown("sync/syncs")["trigger"] == "erase"
    assert canaries(with_canary.root) == []


def nightly(platform: Platform) -> None:
    """The night's sync of what was staged, as the schedule tags it, without asking Clever."""
    with platform.instance() as instance:
        job = defs.resolve_job_def("nightly_sync")
        assert job.execute_in_process(instance=instance, partition_key=SLUG).success


def test_a_night_erases_who_is_due_once_somebody_has_confirmed(
    with_canary: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROSTER_ERASE_AFTER_DAYS", "365")
    nightly(with_canary)
    assert with_canary.rows("SELECT count(*) FROM sync.issues WHERE code = 'retention_unconfirmed'") == [(1,)]
    assert len(canaries(with_canary.root)) == 2, "the landing was applied"
    (counted,) = with_canary.json("erase", "--due", ROSTER_ERASE_AFTER_DAYS="400")["districts"]
    assert counted["counts"]["people"] == 1
    with Warehouse(with_canary.data / "warehouse").connect(SLUG, changes_truth=True) as connection:
        connection.execute("INSERT INTO sync.retention (after_days) VALUES (365)")
    nightly(with_canary)
    assert canaries(with_canary.root) == []
    found = with_canary.rows(
        "SELECT trigger, requested_by, status, people FROM sync.syncs ORDER BY sync_no DESC LIMIT 2"
    )
    assert found == [("erase", "ROSTER_ERASE_AFTER_DAYS", "succeeded", 1), ("nightly", "Dagster", "succeeded", None)]
    nightly(with_canary)
    assert with_canary.rows("SELECT count(*) FROM sync.syncs WHERE trigger = 'erase'") == [(1,)]


def test_all_who_are_due_are_erased_by_hand_and_that_confirms_the_setting(with_canary: Platform) -> None:
    said, _ = with_canary.roster("erase", "--due", "--confirm", "--by", "Rae", ROSTER_ERASE_AFTER_DAYS="365")
    assert "erased the data of 1 person" in said
    nights = "from now on nightly syncs erase everybody who was archived more than 365 days ago, without asking"
    assert f"  {nights}\n" in said
    said, _ = with_canary.roster("erase", "--due", ROSTER_ERASE_AFTER_DAYS="365")
    assert "nobody is due, and nothing would be erased" in said
    assert f"  with `--confirm`, {nights}\n" in said
    said, _ = with_canary.roster("erase", "--due", "--confirm", ROSTER_ERASE_AFTER_DAYS="365")
    assert "nobody was due, and nothing was erased" in said
    assert "erased the data of 0" not in said
    assert with_canary.rows("SELECT after_days, confirmed_by FROM sync.retention") == [(365, "Rae"), (365, "terminal")]
    assert canaries(with_canary.root) == []


@pytest.mark.parametrize("at", ["purge_begun", "erased", "truth_copied", "truth_rewritten", "copied", "published"])
def test_killed_at_any_moment_the_next_run_leaves_it_in_no_file(with_canary: Platform, at: str) -> None:
    died = with_canary.start("erase", PERSON, "--confirm", ROSTER_FAILPOINT=at)
    died.communicate()
    assert died.returncode == -9
    folder = Warehouse(with_canary.data / "warehouse").folder(SLUG)
    assert purge.is_unfinished(folder)
    assert "An erasure in riverbend-usd broke off" in with_canary.roster("doctor", exits=1)[0]
    with_canary.roster("publish")
    assert not purge.is_unfinished(folder)
    if at == "purge_begun":  # nothing was erased
        with_canary.roster("erase", PERSON, "--confirm")
    assert canaries(with_canary.root) == []
