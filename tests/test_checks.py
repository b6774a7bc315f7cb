"""The checks in the UI: what makes each fail, what it says, and where its links lead."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import dagster as dg
import pytest
import yaml

from roster_pipeline.announce import checks
from roster_pipeline.announce.checks import CHECKS
from roster_pipeline.announce.links import launchpad
from roster_pipeline.definitions import defs
from roster_pipeline.jobs import sensors
from roster_pipeline.sync import utc_now
from roster_pipeline.warehouse.warehouse import Warehouse
from tests.platform import SLUG, Platform

NAME = "Alder Elementary School"


def failing(platform: Platform, days: int = 0) -> dict[str, str]:
    """What the checks that fail say, so many days from now."""
    found = checks.states(Warehouse(platform.data / "warehouse"), utc_now() + timedelta(days))
    return {state["check_name"]: state["description"] for state in found if not state["passed"]}


def test_every_check_is_defined_and_evaluated_by_a_sync(synced: Platform) -> None:
    assert {check.name for check in CHECKS} <= {key.name for key in defs.resolve_asset_graph().asset_check_keys}
    assert {name: passed for name, (passed, _) in synced.checks().items() if not passed} == {}


def test_a_night_without_a_sync_is_seen(synced: Platform) -> None:
    assert failing(synced) == {}
    (told,) = failing(synced, days=2).values()
    assert told.count(f"`roster status --district {SLUG}`") == 4, "each school, with its command"
    assert f"({NAME}) has not synced successfully since" in told


def test_a_night_without_a_sync_changes_the_colour_by_itself(synced: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sensor evaluates the checks when they would say something else, and only then."""
    for name, value in synced.environment.items():
        monkeypatch.setenv(name, value)
    cursor, messages = None, []
    for days in (0, 0, 2, 2):
        monkeypatch.setattr(sensors, "utc_now", lambda days=days: utc_now() + timedelta(days))
        with synced.instance() as instance, dg.build_sensor_context(instance, cursor=cursor) as context:
            said = sensors.stale_checks(context)
            assert isinstance(said, dg.SkipReason)
            messages.append(said.skip_message)
            cursor = context.cursor
    assert messages == [
        "The checks were evaluated anew.",
        "The checks say what they said before.",
        "The checks were evaluated anew.",
        "The checks say what they said before.",
    ]
    assert not synced.checks()["synced_last_night"][0]


def test_lines_that_name_nothing_are_seen(synced: Platform) -> None:
    with (synced.data / "section_courses.csv").open("a") as file:
        file.write(f"{SLUG},{'0' * 24},math-6\n")
    synced.sync()
    assert set(failing(synced)) == {"files_are_understood"}
    passed, says = synced.checks()["files_are_understood"]
    assert (passed, says.split(". ")[0]) == (False, f"{SLUG}: 1 line of data/*.csv names nothing that is there")


def test_sites_that_wait_lead_to_the_job_that_starts_them(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    """The link alone is enough: who follows it and launches has confirmed what waits."""
    platform.sync(exits=3, ROSTER_FIRST_SYNC="ask")
    (told,) = failing(platform).values()
    link = told.rpartition(f"\n\n[start_sync, {SLUG}](")[2].removesuffix(")")
    config = yaml.safe_load(parse_qs(urlsplit(link).query)["config"][0])
    columns = ("site_id", "sections", "teachers", "students")
    waiting = platform.rows(f"SELECT {', '.join(columns)} FROM sync.waiting_sites ORDER BY name, site_id")
    confirm = config["resources"]["sync"]["config"]["confirm"]
    assert confirm == [dict(zip(columns, row, strict=True)) for row in waiting]
    for name, value in {**platform.environment, "ROSTER_FIRST_SYNC": "ask"}.items():
        monkeypatch.setenv(name, value)
    with platform.instance() as instance:
        job = defs.resolve_job_def("start_sync")
        assert job.execute_in_process(instance=instance, partition_key=SLUG, run_config=config).success
    query = "SELECT DISTINCT status FROM roster.sites WHERE enrollment_source = 'clever'"
    assert platform.rows(query) == [("confirmed",)]
    assert "no_site_waits" not in failing(platform)


@pytest.mark.parametrize("fields", [{"hold_id": "h1", "reason": "it's & so: yes"}, {"sites": ["a", "b"]}, {}])
def test_a_link_carries_the_fields_and_the_district(fields: dict[str, object]) -> None:
    link = urlsplit(launchpad("decide_hold", "a-usd", **fields))
    asked = parse_qs(link.query)
    assert link.path == "/locations/roster_pipeline/jobs/decide_hold/playground/setup"
    assert yaml.safe_load(asked["config"][0]) == fields
    assert (asked["tags[0][key]"], asked["tags[0][value]"]) == (["dagster/partition"], ["a-usd"])


def test_a_hold_has_a_link_for_either_decision_and_a_name_makes_none() -> None:
    message = "Held: 3 people at [Evil](http://x) <b>School</b>. `roster approve h1`"
    hold = {"district": "a-usd", "hold_id": "h1", "status": "open", "guard": "archives", "message": message}
    _, held = checks.of_holds([hold])
    assert held["description"].startswith(
        "a-usd: Held: 3 people at \\[Evil](http://x) &lt;b>School&lt;/b>. `roster approve"
    )
    links = re.findall(r"(?<!\\)\[([^]]+)\]\(([^)]+)\)", held["description"])
    assert [name for name, _ in links] == ["Approve it and sync", "reject it"]
    for (_, link), decision in zip(links, ("approved", "rejected"), strict=True):
        fields = yaml.safe_load(parse_qs(urlsplit(link).query)["config"][0])
        assert (fields["hold_id"], fields["decision"], fields.get("sync")) == (
            "h1",
            decision,
            decision == "approved" or None,
        )
