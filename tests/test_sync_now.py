"""Sync Now from end to end: a Clever over HTTP, the command, a Dagster instance, the published file."""

from __future__ import annotations

import asyncio
import csv
import json
import threading
from collections.abc import Callable
from pathlib import Path

import dagster as dg
import pytest
from starlette.types import ASGIApp, Receive, Scope, Send
from tenacity import retry, retry_if_result, stop_after_delay, wait_fixed

from clever_sandbox.server import SandboxServer, serve_in_thread
from roster_pipeline.clever.local import DEMO_DISTRICT, settings_for
from roster_pipeline.warehouse.warehouse import Warehouse
from tests.platform import SLUG, Platform, demo_app


def _csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_sync_now_twice(platform: Platform) -> None:
    """The first in a process of its own, as a person starts it."""
    process = platform.start("sync", "--by", "ops", "--json")
    (first,) = json.loads(process.communicate()[0])["syncs"]
    assert process.returncode == 0
    assert (first["trigger"], first["status"], first["requested_by"]) == ("first", "succeeded", "ops")
    manual = {line.split(",")[1] for line in (platform.data / "sites.csv").read_text().splitlines()[1:]}
    assert {s["site_id"] for s in first["sites"] if s["enrollment_source"] == "manual"} == manual
    schools = {row["School_id"]: row["School_name"] for row in _csv(DEMO_DISTRICT / "schools.csv")}
    at_school: dict[str, set[str]] = {name: set() for name in schools.values()}
    for row in _csv(DEMO_DISTRICT / "students.csv"):
        at_school[schools[row["School_id"]]].add(row["Student_id"])
    for site in first["sites"]:
        if site["site_id"] not in manual:
            assert site["students"] == len(at_school[site["name"]])
            assert site["mapped"] + site["unmapped"] == site["sections"] > 0
            assert 0 < site["pending_students"] < site["students"]
            assert site["last_synced_at"] == first["finished_at"]
        else:
            assert site["students"] == site["sections"] == 0
            assert site["last_synced_at"] is None

    second = platform.sync()
    assert (second["trigger"], second["status"]) == ("sync_now", "succeeded")
    assert [second[k] for k in ("created", "updated", "archived", "restored")] == [0, 0, 0, 0]
    assert second["unchanged"] == first["created"]
    recent = platform.json("recent")["districts"][0]["syncs"]
    assert [s["sync_id"] for s in recent] == [second["sync_id"], first["sync_id"]]


def test_the_published_file_answers_in_plain_sql(synced: Platform) -> None:
    lines = _csv(synced.data / "section_courses.csv")
    section, course = lines[0]["section_id"], lines[0]["course_id"]
    members = synced.rows(
        "SELECT u.clever_id, e.role FROM roster.enrollments AS e JOIN roster.users AS u USING (user_id) "
        f"JOIN roster.sections AS s USING (section_id) WHERE s.clever_id = '{section}' AND e.status = 'active'"
    )
    assert {role for _, role in members} == {"student", "teacher"}
    access = synced.rows(
        "SELECT DISTINCT u.clever_id, a.can_be_assigned, u.enrollment_status FROM roster.course_access AS a "
        "JOIN roster.users AS u USING (user_id) JOIN roster.sections AS s USING (section_id) "
        f"WHERE s.clever_id = '{section}' AND a.course_id = '{course}'"
    )
    assert {clever_id for clever_id, _, _ in access} == {clever_id for clever_id, _ in members}
    assert all(can == (status == "active") for _, can, status in access)
    mapped = {line["section_id"] for line in lines}
    unmapped = synced.rows("SELECT s.clever_id FROM mapping.unmapped JOIN roster.sections AS s USING (section_id)")
    assert unmapped
    assert not {u for (u,) in unmapped} & mapped
    assert synced.rows("SELECT count(DISTINCT last_synced_at) FROM roster.sites") == [(1,)]


def test_manual_site_is_absent_and_asking_for_it_is_refused(synced: Platform) -> None:
    manual = (synced.data / "sites.csv").read_text().splitlines()[1].split(",")[1]
    _, err = synced.roster("sync", "--site", manual, exits=3)
    assert "data/sites.csv" in err
    assert synced.rows(f"SELECT count(*) FROM roster.user_sites WHERE site_id = '{manual}'") == [(0,)]
    assert synced.rows("SELECT status FROM sync.syncs ORDER BY sync_id DESC LIMIT 1") == [("refused",)]
    others = synced.rows(f"SELECT site_id FROM roster.sites WHERE site_id <> '{manual}'")
    assert synced.sync("--site", others[0][0])["status"] == "succeeded"


def test_a_site_is_named_as_people_call_it_and_asked_for_alone(synced: Platform) -> None:
    (site, name), *_ = synced.rows(
        "SELECT site_id, name FROM roster.sites WHERE enrollment_source = 'clever' ORDER BY name"
    )
    before = dict(synced.rows("SELECT site_id, last_synced_at FROM roster.sites"))
    done = synced.sync("--site", name.upper())
    assert (done["status"], done["issues"]) == ("succeeded", [])
    assert [done[k] for k in ("created", "updated", "archived", "restored")] == [0, 0, 0, 0]
    after = dict(synced.rows("SELECT site_id, last_synced_at FROM roster.sites"))
    assert {s for s in after if after[s] != before[s]} == {site}
    assert synced.rows("SELECT sites FROM sync.syncs ORDER BY sync_no DESC LIMIT 1") == [([site],)]
    with synced.instance() as instance:
        key = dg.AssetKey(["clever", "users"])
        event = instance.get_latest_materialization_event(key)
    assert event
    assert event.asset_materialization
    shown = {k: v.value for k, v in event.asset_materialization.metadata.items()}
    ((members,),) = synced.rows(
        f"SELECT count(*) FROM roster.user_sites WHERE site_id = '{site}' AND status = 'active'"
    )
    assert (shown["sites"], shown["dagster/row_count"]) == (site, members)


def test_what_is_staged_may_be_lost_and_one_site_is_synced_all_the_same(synced: Platform) -> None:
    (synced.published.parent / "staging.duckdb").unlink()
    ((site,),) = synced.rows("SELECT min(site_id) FROM roster.sites WHERE enrollment_source = 'clever'")
    (issue,) = synced.sync("--site", site)["issues"]
    assert issue["code"] == "whole_district"
    assert "nothing that this release can use was staged before" in issue["message"]


class _CutsOff:
    """Passes requests on until users are asked for; from then on every answer ends in the middle."""

    def __init__(self, app: ASGIApp, begun: threading.Event) -> None:
        self.app, self.begun = app, begun

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self.begun.is_set() and not scope["path"].endswith("/users"):
            await self.app(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1000")]})
        await send({"type": "http.response.body", "body": b'{"data":[', "more_body": True})
        self.begun.set()


@pytest.mark.usefixtures("impatient")
def test_server_stopped_in_the_middle(synced: Platform) -> None:
    before = synced.rows("FROM roster.sites ORDER BY site_id")
    roster = synced.rows("SELECT * FROM roster.users ORDER BY user_id")
    app, begun = demo_app(), threading.Event()
    app.add_middleware(_CutsOff, begun=begun)
    server = serve_in_thread(app)

    def stop() -> None:
        begun.wait(60)
        server.stop()

    stopping = threading.Thread(target=stop)
    stopping.start()
    _, err = synced.roster("sync", exits=1, CLEVER_API_URL=server.url, CLEVER_TOKENS_URL=f"{server.url}/oauth/tokens")
    stopping.join()
    told = [line for line in err.splitlines() if line.startswith(f"{SLUG}: failed")]
    assert len(told) == 1
    assert "Clever" in told[0]
    assert "Traceback" not in err
    assert synced.rows("FROM roster.sites ORDER BY site_id") == before
    assert synced.rows("SELECT * FROM roster.users ORDER BY user_id") == roster
    assert [s["status"] for s in synced.json("recent")["districts"][0]["syncs"]] == ["failed", "succeeded"]
    assert synced.sync()["status"] == "succeeded"


@pytest.mark.usefixtures("impatient")
def test_clever_out_of_reach_is_told_in_one_line(platform: Platform) -> None:
    _, err = platform.roster(
        "sync", exits=1, CLEVER_API_URL="http://127.0.0.1:9", CLEVER_TOKENS_URL="http://127.0.0.1:9/oauth/tokens"
    )
    assert [line for line in err.splitlines() if line.startswith("roster: ")]
    assert "Traceback" not in err


def test_mapping_and_below_works_with_clever_off(synced: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLEVER_API_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("CLEVER_TOKENS_URL", "http://127.0.0.1:9/oauth/tokens")
    query = "SELECT user_id, course_id, section_id FROM roster.course_access ORDER BY ALL"
    before = set(synced.rows(query))
    ((section, clever_id),) = synced.rows(
        "SELECT m.section_id, s.clever_id FROM mapping.unmapped AS m JOIN roster.sections AS s USING (section_id) "
        "WHERE students > 0 ORDER BY 1 LIMIT 1"
    )
    people = {u for (u,) in synced.rows(f"SELECT user_id FROM roster.enrollments WHERE section_id = '{section}'")}
    with (synced.data / "section_courses.csv").open("a") as file:
        file.write(f"{SLUG},{clever_id},math-6\n")
    assert synced.materialize("mapping", "roster", "sync")
    assert set(synced.rows(query)) - before == {(user, "math-6", section) for user in people}
    assert before <= set(synced.rows(query))
    assert synced.rows("SELECT trigger, created FROM sync.syncs ORDER BY sync_id DESC LIMIT 1") == [("mapping", 1)]


def test_a_sync_without_clever_is_a_change_of_the_mapping(synced: Platform) -> None:
    """Part of job sync_now, chosen on its page, moved "last synced" although Clever was not asked."""
    from roster_pipeline.definitions import defs

    before = synced.rows("SELECT site_id, last_synced_at FROM roster.sites ORDER BY 1")
    keys = [s.key for s in defs.resolve_all_asset_specs() if s.group_name in ("mapping", "roster", "sync")]
    with synced.instance() as instance:
        defs.resolve_job_def("sync_now").execute_in_process(instance=instance, partition_key=SLUG, asset_selection=keys)
    assert synced.rows("SELECT trigger FROM sync.syncs ORDER BY sync_no") == [("first",), ("mapping",)]
    assert synced.rows("SELECT site_id, last_synced_at FROM roster.sites ORDER BY 1") == before


def test_what_a_run_has_landed_is_staged_before_it_is_planned(synced: Platform) -> None:
    """Nobody selected `staging`: the old people were planned with the new schools, and the landing was deleted."""
    staged = "SELECT created + updated + archived FROM sync.syncs ORDER BY sync_no DESC LIMIT 1"
    (file,) = (synced.data / "warehouse" / SLUG).glob("staging.duckdb")
    before = file.stat().st_mtime_ns
    assert synced.materialize("clever", "roster", "sync")
    assert file.stat().st_mtime_ns > before
    assert synced.rows(staged) == [(0,)]


def test_an_asset_of_every_step_can_be_materialized_by_hand(synced: Platform) -> None:
    from roster_pipeline.definitions import defs

    for definition in defs.assets or ():
        assert isinstance(definition, dg.AssetsDefinition)
        key = max(definition.keys)
        assert synced.materialize_keys([key]), key.to_user_string()


def test_bad_input_costs_nothing(synced: Platform) -> None:
    """Every kind of mistake has its own test in test_inputs.py; here one of each file goes through a whole sync."""
    queries = ("FROM roster.sites ORDER BY site_id", "FROM roster.course_access ORDER BY ALL")
    before = [synced.rows(query) for query in queries]
    for file, text, says in (
        ("courses.csv", "course_id,subject,title,grade\n", "courses.csv, line 1, column active"),
        ("section_courses.csv", f"district,section_id,course_id\n{SLUG},x,no\n", "section_courses.csv, line 2, column"),
        ("logins.csv", f"district,user_id,first_login_at\n{SLUG},x,yesterday\n", "logins.csv, line 2, column"),
        ("sites.csv", "", "sites.csv"),
    ):
        good = (synced.data / file).read_text()
        (synced.data / file).write_text(text)
        assert not synced.materialize("mapping", "roster", "sync")
        ((status, error),) = synced.rows("SELECT status, error FROM sync.syncs ORDER BY sync_id DESC LIMIT 1")
        assert status == "failed"
        assert says in error
        assert [synced.rows(query) for query in queries] == before
        (synced.data / file).write_text(good)
    assert synced.materialize("mapping", "roster", "sync")
    statuses = [s for (s,) in synced.rows("SELECT status FROM sync.syncs ORDER BY sync_id")]
    assert statuses == ["succeeded", *["failed"] * 4, "succeeded"]


def test_nothing_dagster_keeps_names_a_person_or_a_secret(synced: Platform, clever: SandboxServer) -> None:
    synced.as_shipped()
    synced.roster("sync")
    (synced.data / "courses.csv").write_text("")
    synced.roster("sync", exits=1)
    students = _csv(DEMO_DISTRICT / "students.csv")
    secrets = {row["Student_email"] for row in students} | {f"{r['First_name']} {r['Last_name']}" for r in students}
    secrets |= {clever.client_secret, *(d.token for d in clever.sandbox.districts)}
    kept = [p for p in (synced.root / "dagster").rglob("*") if p.is_file()]
    assert len(kept) > 3
    text = b"\n".join(p.read_bytes() for p in kept)
    assert [s for s in secrets if s and s.encode() in text] == []


class _Stalls:
    """Never answers when users are asked for, until it is told to let go; remembers what was asked."""

    def __init__(self, app: ASGIApp, stalled: threading.Event, let_go: threading.Event, asked: list[str]) -> None:
        self.app, self.stalled, self.let_go, self.asked = app, stalled, let_go, asked

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        counting = b"count=true" in scope["query_string"]
        if not counting:
            self.asked.append(scope["path"].rpartition("/")[2])
        if self.let_go.is_set() or counting or not scope["path"].endswith("/users"):
            await self.app(scope, receive, send)
            return
        while {"schools", "terms", "courses", "sections"} - set(self.asked):
            await asyncio.sleep(0.01)
        self.stalled.set()
        while (await receive())["type"] != "http.disconnect":
            pass


def test_killed_sync_is_recorded_and_the_next_one_goes_on_where_it_stopped(synced: Platform) -> None:
    app, stalled, let_go, asked = demo_app(), threading.Event(), threading.Event(), list[str]()
    app.add_middleware(_Stalls, stalled=stalled, let_go=let_go, asked=asked)
    with serve_in_thread(app) as server:
        there = {"CLEVER_API_URL": server.url, "CLEVER_TOKENS_URL": f"{server.url}/oauth/tokens"}
        process = synced.start("sync", **there)
        assert stalled.wait(60)
        landings = synced.data / "warehouse" / SLUG / "landing"
        _until(lambda: len([*landings.glob("*/*.ndjson")]) >= 4)
        process.kill()
        process.communicate()
        let_go.set()
        asked.clear()
        assert Platform(synced.root, settings_for(server.url)).sync()["status"] == "succeeded"
    assert {"users"} == set(asked) & {"schools", "terms", "courses", "sections", "users"}
    last = synced.json("recent")["districts"][0]["syncs"]
    assert [s["status"] for s in last] == ["succeeded", "failed", "succeeded"]
    assert "killed" in last[1]["error"]
    assert not landings.exists()


def _until(is_so: Callable[[], bool]) -> None:
    retry(retry=retry_if_result(lambda so: not so), wait=wait_fixed(0.02), stop=stop_after_delay(60))(is_so)()


def test_what_clever_says_of_the_district_is_a_warning_on_the_sync(synced: Platform) -> None:
    with serve_in_thread(demo_app()) as server:
        server.sandbox.faults.add("paused")
        server.sandbox.faults.add("district_error")
        done = synced.sync(CLEVER_API_URL=server.url, CLEVER_TOKENS_URL=f"{server.url}/oauth/tokens")
    assert done["status"] == "succeeded"
    told = {issue["code"]: issue["message"] for issue in done["issues"]}
    assert "paused until" in told["paused"]
    assert "Clever" in told["district_error"]


def test_a_district_that_does_not_share_courses_and_terms_still_syncs(tmp_path: Path) -> None:
    with serve_in_thread(demo_app()) as server:
        server.sandbox.faults.add("unshared_html")
        done = Platform.make(tmp_path, settings_for(server.url)).sync()
    assert done["status"] == "succeeded"
    assert sorted(i["entity"] for i in done["issues"] if i["code"] == "not_shared") == ["courses", "terms"]


@pytest.mark.parametrize("fault", ["token_dead", "district_gone"])
def test_a_district_that_left_never_looks_like_everyone_left(synced: Platform, fault: str) -> None:
    before = synced.rows("SELECT user_id, enrollment_status FROM roster.users ORDER BY ALL")
    with serve_in_thread(demo_app()) as server:
        server.sandbox.faults.add(fault)
        _, err = synced.roster(
            "sync", exits=1, CLEVER_API_URL=server.url, CLEVER_TOKENS_URL=f"{server.url}/oauth/tokens"
        )
    assert len([line for line in err.splitlines() if "token" in line or "district" in line.lower()]) >= 1
    assert synced.rows("SELECT user_id, enrollment_status FROM roster.users ORDER BY ALL") == before


def test_unknown_district_is_bad_usage(synced: Platform) -> None:
    _, err = synced.roster("sync", "--district", "nowhere", exits=2)
    assert SLUG in err


def test_details_list_counts_and_records(synced: Platform) -> None:
    (details,) = synced.json("details", "--entity", "sites")["districts"]
    assert {c["entity"] for c in details["counts"]} >= {"sites", "users", "sections", "enrollments", "section_courses"}
    assert {(c["entity"], c["action"]) for c in details["changes"]} == {("sites", "create")}


def test_a_second_sync_waits_for_its_turn_and_says_so(synced: Platform) -> None:
    with Warehouse(synced.data / "warehouse").lock(SLUG, {"sync_id": "x"}, waiting=lambda _: None):
        process = synced.start("sync")
        assert process.stderr
        said = next(line for line in process.stderr if "waits for its turn" in line)
        assert SLUG in said
        assert synced.rows("SELECT count(*) FROM sync.syncs") == [(1,)]
    process.communicate()
    assert process.returncode == 0
    assert synced.rows("SELECT status FROM sync.syncs ORDER BY sync_id") == [("succeeded",), ("succeeded",)]


def test_districts_do_not_wait_for_each_other(synced: Platform) -> None:
    warehouse = Warehouse(synced.data / "warehouse")
    other = warehouse.register("another", "Another USD").slug
    with warehouse.lock(other, {}, waiting=pytest.fail):
        assert synced.sync()["status"] == "succeeded"


def test_history_is_kept_as_long_as_is_configured(synced: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROSTER_HISTORY_DAYS", "0")
    assert synced.materialize("mapping", "roster", "sync")
    assert synced.rows("SELECT count(*) FROM sync.syncs") == [(2,)]
    assert synced.rows("SELECT count(*) FROM sync.change_counts") == [(0,)]
    assert synced.rows("SELECT count(*) > 900 FROM sync.changes WHERE entity = 'users'") == [(True,)]
