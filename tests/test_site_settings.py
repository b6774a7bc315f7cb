"""A site's settings in data/sites.csv, from the file to what a person sees."""

from __future__ import annotations

import csv
from typing import Any

from tests.platform import SLUG, Platform

NAME = "Alder Elementary School"


def site_of(platform: Platform) -> dict[str, Any]:
    (site,) = [s for s in platform.json("status")["districts"][0]["sites"] if s["name"] == NAME]
    return dict(site)


def say_of_alder(platform: Platform, source: str, zone: str = "", archive: str = "") -> None:
    header = ("district", "site_id", "enrollment_source", "time_zone", "archive_percent")
    with (platform.data / "sites.csv").open("w", newline="") as file:
        csv.writer(file).writerows([header, (SLUG, site_of(platform)["site_id"].upper(), source, zone, archive)])


def test_a_site_is_shown_in_its_time_zone_and_with_its_limits(synced: Platform) -> None:
    say_of_alder(synced, "clever", "Asia/Kolkata", "2.5")
    out, _ = synced.roster("sync", COLUMNS="400")
    assert "IST" in out
    site = site_of(synced)
    assert (site["time_zone"], site["own_limits"]) == ("Asia/Kolkata", "archive_percent 2.5")
    assert synced.rows("SELECT time_zone FROM roster.sites WHERE own_limits IS NOT NULL") == [("Asia/Kolkata",)]


def test_what_a_manual_site_leaves_out_is_said(synced: Platform) -> None:
    assert site_of(synced)["students_left_out"] == 0
    say_of_alder(synced, "manual")
    before = site_of(synced)
    synced.sync()
    site = site_of(synced)
    assert (site["students"], site["sections"]) == (before["students"], before["sections"])
    assert site["students_left_out"] == before["students"]
    assert site["sections_left_out"] > 0
    out, _ = synced.roster("status")
    assert f"{NAME} is manual: what Clever shares of it is left out ({before['students']} students" in out
