"""Starting and ending schools as a person does it, through the terminal and Dagster."""

from __future__ import annotations

import pytest

from tests.platform import Platform

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
    (confirmed,) = platform.json(
        "start", "--site", NAME.upper(), "--confirm", "--by", "Rae", exits=3, ROSTER_FIRST_SYNC="ask"
    )["syncs"]
    assert confirmed["status"] == "held"  # the other schools wait
    assert NAME not in {site["name"] for site in confirmed["waiting"]}
    assert people(platform) > 200
    assert platform.rows(f"SELECT confirmed_by FROM roster.sites WHERE name = '{NAME}'") == [("Rae",)]


@pytest.mark.usefixtures("impatient")
def test_counts_that_cannot_be_had_are_a_failure(synced: Platform) -> None:
    _, err = synced.roster("start", "--again", exits=1, **AWAY)
    assert "`roster start` tries again" in err


def test_a_school_made_manual_is_ended_when_somebody_confirms_it(synced: Platform) -> None:
    ((site, before),) = [
        (s["site_id"], s["people"]) for s in synced.json("status")["districts"][0]["sites"] if s["name"] == NAME
    ]
    assert people(synced) == before
    _, err = synced.roster("end", NAME, "--confirm", exits=3)
    assert "is on Clever" in err
    with (synced.data / "sites.csv").open("a") as file:
        file.write(f"riverbend-usd,{site},manual\n")
    out, err = synced.roster("end", NAME, exits=3)
    assert f"{before} people" in out
    assert "`--confirm` ends it" in err
    assert people(synced) == before
    synced.roster("end", NAME, "--confirm", "--why", "it has closed")
    assert people(synced) == 0
