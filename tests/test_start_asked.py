"""Starting and ending schools as a person does it, through the terminal and Dagster."""

from __future__ import annotations

import pytest

from roster_pipeline.announce import shown
from roster_pipeline.cli import launch
from roster_pipeline.config import load_settings
from roster_pipeline.history import report
from roster_pipeline.warehouse.warehouse import Warehouse
from tests.platform import SLUG, Platform

AWAY = {"CLEVER_API_URL": "http://127.0.0.1:9", "CLEVER_TOKENS_URL": "http://127.0.0.1:9/oauth/tokens"}
NAME = "Alder Elementary School"


def people(platform: Platform) -> int:
    ((found,),) = platform.rows(
        "SELECT count(*) FROM roster.user_sites AS m JOIN roster.sites AS s USING (site_id) "
        f"WHERE s.name = '{NAME}' AND m.status = 'active'"
    )
    return int(found)


def test_one_school_is_shown_and_confirmed(platform: Platform) -> None:
    (shown,) = platform.json("start", ROSTER_FIRST_SYNC="ask")["districts"]
    assert NAME in {site["name"] for site in shown["waiting"]}
    assert people(platform) == 0
    (confirmed,) = platform.json("start", "--site", NAME.upper(), "--confirm", "--by", "Rae", ROSTER_FIRST_SYNC="ask")[
        "syncs"
    ]
    assert confirmed["status"] == "held"  # the other schools wait
    assert NAME not in {site["name"] for site in confirmed["waiting"]}
    assert people(platform) > 200
    assert platform.rows(f"SELECT confirmed_by FROM roster.sites WHERE name = '{NAME}'") == [("Rae",)]
    other = confirmed["waiting"][0]["name"]
    out, _ = platform.roster("start", "--site", other, "--site", other.upper(), "--confirm", ROSTER_FIRST_SYNC="ask")
    assert f"  started: {other}; 2 more sites wait\n" in out
    _, err = platform.roster("start", "--site", other, "--confirm", exits=3, ROSTER_FIRST_SYNC="ask")
    assert "No site" in err


def test_after_a_first_sync_that_failed_clever_is_asked_again(platform: Platform) -> None:
    file = platform.data / "sites.csv"
    whole = file.read_text()
    file.write_text(whole + "no,line,of,this,file\n")
    for _ in range(2):
        _, err = platform.roster("start", exits=1, ROSTER_FIRST_SYNC="ask")
        assert "`roster start` tries again" in err
    file.write_text(whole)
    (shown,) = platform.json("start", ROSTER_FIRST_SYNC="ask")["districts"]
    assert len(shown["waiting"]) == 4


def test_other_counts_by_now_are_shown_at_once(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    (shown,) = platform.json("start", ROSTER_FIRST_SYNC="ask")["districts"]
    ((district,),) = platform.rows("SELECT DISTINCT district FROM sync.syncs")
    stale = [{**site, "students": 9_999} for site in shown["waiting"] if site["name"] == NAME]
    monkeypatch.setattr(launch, "waiting_sites", lambda *_: stale)
    out, _ = platform.roster("start", "--confirm", exits=3, ROSTER_FIRST_SYNC="ask")
    (now,) = platform.rows(f"SELECT site_id, students FROM sync.waiting_sites WHERE name = '{NAME}'")
    assert f"{now[1]:,}" in out
    assert "Somebody has confirmed other counts of 1 site: Clever shares these now." in out
    assert f"`roster start --district {district} --site {now[0]} --confirm`" in out
    assert "started" not in out
    assert "confirmed other counts of 1 site" in platform.shown("sync/syncs")["summary"]


def test_an_undone_start_is_offered_again(platform: Platform) -> None:
    platform.roster("start", ROSTER_FIRST_SYNC="ask")
    (done,) = platform.json("start", "--confirm", ROSTER_FIRST_SYNC="ask")["syncs"]
    settings = load_settings(platform.environment)
    assert not launch.was_undone(settings, SLUG)
    platform.roster("undo", done["sync_id"])
    assert launch.was_undone(settings, SLUG), "so the demo does not start it again by itself"
    assert people(platform) == 0
    waits = platform.shown("sync/syncs")["waiting sites"]
    assert len(waits.records) == 4
    (shown,) = platform.json("start", ROSTER_FIRST_SYNC="ask")["districts"]
    assert all(site["pending"] > 0 for site in shown["waiting"])
    platform.roster("start", "--confirm", ROSTER_FIRST_SYNC="ask")
    assert people(platform) > 200


@pytest.mark.usefixtures("impatient")
def test_counts_that_cannot_be_had_are_a_failure(synced: Platform) -> None:
    _, err = synced.roster("start", "--again", exits=1, **AWAY)
    assert "`roster start` tries again" in err


def test_a_school_made_manual_is_ended_when_somebody_confirms_it(synced: Platform) -> None:
    ((site, before),) = [
        (s["site_id"], s["people"]) for s in synced.json("status")["districts"][0]["sites"] if s["name"] == NAME
    ]
    assert people(synced) == before
    for confirm in ((), ("--confirm",)):
        out, err = synced.roster("end", NAME, *confirm, exits=3)
        assert "is on Clever" in err
        assert "--confirm" not in out + err
    with (synced.data / "sites.csv").open("a") as file:
        file.write(f"riverbend-usd,{site},manual\n")
    out, err = synced.roster("end", NAME, exits=3)
    assert f"{before} people" in out
    assert "`--confirm` ends it" in err
    assert people(synced) == before
    out, _ = synced.roster("end", NAME, "--confirm", "--why", "it has closed")
    assert people(synced) == 0
    (undo,) = (line for line in out.splitlines() if "taken back" in line)
    synced.roster("undo", undo.split("`")[1].removeprefix("roster undo "))
    assert people(synced) == before


def test_only_sites_that_wait_are_not_fresh(platform: Platform) -> None:
    platform.roster("start", ROSTER_FIRST_SYNC="ask")
    out, _ = platform.roster("status", "--check", exits=1)
    assert "nothing of it is fresh: no site is confirmed yet" in out
    platform.roster("start", "--site", NAME, "--confirm", ROSTER_FIRST_SYNC="ask")
    platform.roster("status", "--check")


def test_a_site_that_clever_dropped_is_shown_as_archived(synced: Platform) -> None:
    with Warehouse(synced.data / "warehouse").connect(SLUG, changes_truth=True) as connection:
        connection.execute("UPDATE roster.sites SET status = 'archived' WHERE name = $name", {"name": NAME})
        shown_now = shown.sites(report.sites(connection))["summary"]
    assert shown_now.startswith("3 sites on Clever, 1 manual site, 1 archived; ")
    synced.roster("publish")
    out, _ = synced.roster("status")
    assert out.count("archived") == 1
