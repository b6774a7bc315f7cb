"""Districts come and go with Clever, and with nobody else."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

import dagster as dg
import pytest
from click.testing import CliRunner, Result

from clever_sandbox.server import SandboxServer
from roster_pipeline.clever.client import Clever
from roster_pipeline.clever.tokens import Tokens
from roster_pipeline.cli import launch, main
from roster_pipeline.config import load_settings
from roster_pipeline.definitions import defs
from roster_pipeline.errors import CleverRefused, CleverUnavailable, RosterError
from roster_pipeline.warehouse.warehouse import Warehouse
from tests.platform import SLUG, Platform

GONE = "gone-usd"


@pytest.fixture
def instance(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> dg.DagsterInstance:
    """A platform whose warehouse knows the district that Clever lists, and one that it does not list any more."""
    for name, value in platform.environment.items():
        monkeypatch.setenv(name, value)
    instance = dg.DagsterInstance.from_config(str(platform.root / "dagster"))
    monkeypatch.setattr(launch, "_instance", lambda: instance)
    warehouse().register("gone", "Gone USD")
    return instance


def warehouse() -> Warehouse:
    return Warehouse(load_settings().warehouse)


def left() -> list[str]:
    return [d.slug for d in warehouse().districts() if d.left_at]


def roster(*arguments: str, answer: str = "") -> Result:
    return CliRunner().invoke(main, arguments, input=answer)


def launched_tonight(instance: dg.DagsterInstance) -> list[str | None]:
    at = datetime(2026, 11, 24, 2, tzinfo=ZoneInfo("America/Los_Angeles"))
    context = dg.build_schedule_context(instance=instance, scheduled_execution_time=at)
    answers = cast(Iterable[object], defs.resolve_schedule_def("nightly")(context))
    return [a.partition_key for a in answers if isinstance(a, dg.RunRequest)]


def test_a_district_that_left_is_told_once_and_not_launched_any_more(
    instance: dg.DagsterInstance, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            assert [d.slug for d in launch.known_districts(load_settings())] == [GONE, SLUG]
    assert left() == [GONE]
    assert [r.getMessage().split(":")[0] for r in caplog.records if "no longer lists" in r.getMessage()] == [GONE]
    instance.add_dynamic_partitions("district", ["typed-usd"])
    assert launched_tonight(instance) == [SLUG]


@pytest.mark.usefixtures("instance")
def test_a_district_that_left_is_synced_only_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch, "launch_plan", lambda *_: {"counts": [], "changes": []})
    for arguments, slugs in ((), [SLUG]), (("--district", GONE), [GONE]):
        planned = json.loads(roster("plan", "--json", *arguments).stdout)["districts"]
        assert [d["district"] for d in planned] == slugs
    assert roster("plan", "--district", "nowhere").exit_code == 2


def test_the_sensor_notes_who_left(instance: dg.DagsterInstance) -> None:
    sensor = defs.resolve_sensor_def("new_districts")
    said = [sensor(dg.build_sensor_context(instance=instance)) for _ in range(2)]
    assert isinstance(said[0], dg.SensorResult)
    assert [r.partition_keys for r in said[0].dynamic_partitions_requests or ()] == [[SLUG]]
    assert left() == [GONE]
    instance.add_dynamic_partitions("district", [SLUG, GONE])
    said = [sensor(dg.build_sensor_context(instance=instance))]
    assert isinstance(said[0], dg.SkipReason)
    assert f"not synced: {GONE}" in str(said[0].skip_message)


def test_a_district_that_is_listed_again_is_back(tmp_path: Path) -> None:
    here, at = Warehouse(tmp_path), datetime(2026, 11, 24)
    here.register("a", "A"), here.register("b", "B")
    assert [(d.slug, d.left_at) for d in here.note_listed({"a"}, at)] == [("b", at)]
    assert here.note_listed({"a"}, datetime(2026, 11, 25)) == []
    assert here.identity("b").left_at == at
    assert here.note_listed({"a", "b"}, at) == []
    assert [d.left_at for d in here.districts()] == [None, None]


def nobody(_: Clever) -> list[object]:
    return []


def silence(_: Clever) -> list[object]:
    raise CleverUnavailable("Clever is silent", do="Wait")


def refusal(_: Clever) -> list[object]:
    raise CleverRefused("Clever refuses", do="Renew the token")


@pytest.mark.usefixtures("instance")
@pytest.mark.parametrize("answer", [nobody, silence, refusal])
def test_nobody_has_left_when_clever_does_not_say_who_is_there(
    answer: Callable[[Clever], list[object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Clever, "districts", answer)
    assert [d.slug for d in launch.known_districts(load_settings())] == [GONE]
    assert left() == []


@pytest.mark.usefixtures("instance")
def test_the_token_of_one_district_says_nothing_about_others(
    clever: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("CLEVER_CLIENT_ID", "CLEVER_CLIENT_SECRET"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("CLEVER_DISTRICT_TOKEN", clever.sandbox.districts[0].token)
    assert [d.slug for d in launch.known_districts(load_settings())] == [GONE, SLUG]
    assert left() == []


@pytest.mark.usefixtures("instance")
def test_a_sync_of_districts_that_all_have_left_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    warehouse().note_listed({"another"}, datetime(2026, 11, 24))
    monkeypatch.setattr(Clever, "districts", silence)
    done = roster("sync")
    assert (done.exit_code, "lists none of the districts any more" in done.stderr) == (1, True)


@pytest.mark.usefixtures("instance")
def test_sync_and_forget_say_the_same_of_the_last_district(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clever's list is empty, and not believed: neither sends the admin to the other."""
    monkeypatch.setattr(Clever, "districts", nobody)
    monkeypatch.setattr(Clever, "listed", lambda _: frozenset())
    monkeypatch.setattr(Tokens, "_listed", lambda *_: {})
    for command in (("forget", GONE, "--yes"), ("sync", "--district", GONE)):
        done = roster(*command)
        assert done.exit_code != 0
        assert "Clever lists no district at all for this application, and an empty list is not believed" in done.stderr
        assert "roster forget" not in done.stderr
        assert f"Clever lists district {GONE}" not in done.stderr
    assert warehouse().has(GONE)


@pytest.mark.usefixtures("instance")
def test_forget_says_when_clever_could_not_be_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Clever, "districts", silence)
    monkeypatch.setattr(Clever, "listed", silence)
    done = roster("forget", GONE, "--yes")
    assert (done.exit_code, warehouse().has(GONE)) == (3, True)
    assert f"Nobody knows whether Clever still lists {GONE}: Clever is silent" in done.stderr


@pytest.mark.usefixtures("instance")
def test_clever_that_lists_nobody_is_an_error_when_nobody_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    (warehouse().folder(GONE).identity).unlink()
    monkeypatch.setattr(Clever, "districts", nobody)
    done = roster("sync")
    assert done.exit_code == 1
    assert "Clever lists no district at all for this application" in done.stderr


def test_forget_deletes_what_it_says_and_only_after_a_yes(instance: dg.DagsterInstance) -> None:
    folder = warehouse().folder(GONE)
    folder.roster.write_bytes(b"x" * 1000)
    (folder.landings / "S1").mkdir(parents=True)
    (folder.landings / "S1" / "users.ndjson").write_text("{}")
    no = roster("forget", GONE, answer="n\n")
    assert (no.exit_code, folder.roster.exists(), GONE in instance.get_dynamic_partitions("district")) == (
        3,
        True,
        True,
    )
    assert f"{folder.path} with 3 files" in no.stderr
    with warehouse().lock(GONE, {"sync_id": "x"}, waiting=pytest.fail):
        held = roster("forget", GONE, "--yes")
    assert (held.exit_code, folder.roster.exists()) == (3, True)
    assert "under way, so nothing was deleted" in held.stderr
    done = roster("forget", GONE, "--yes", "--by", "Rae", "--why", "the contract ended", "--json")
    assert done.exit_code == 0
    deleted = json.loads(done.stdout)["deleted"]
    receipt = json.loads(Path(json.loads(done.stdout)["receipt"]).read_text())
    assert (receipt["district"], receipt["clever_id"], receipt["by"]) == (GONE, "gone", "Rae")
    assert (receipt["why"], receipt["files"], receipt["people"]) == ("the contract ended", 4, None)
    assert receipt["deleted_at"] == receipt["forgotten_at"]
    assert (deleted["district"], deleted["folder"], deleted["partition"]) == (GONE, str(folder.path), True)
    assert not folder.path.exists()
    assert instance.get_dynamic_partitions("district") == [SLUG]
    assert roster("forget", GONE, "--yes").exit_code == 2


def full(*_: object) -> None:
    raise RosterError("The disk is full", do="Make room")


@pytest.mark.usefixtures("instance")
def test_forgetting_that_broke_off_leaves_one_receipt(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(Warehouse, "delete_district", full)
        assert roster("forget", GONE, "--yes", "--by", "Rae").exit_code == 1
    (begun,) = warehouse().root.glob("forgotten-*.json")
    assert json.loads(begun.read_text())["deleted_at"] is None
    assert roster("forget", GONE, "--yes", "--by", "Kim").exit_code == 0
    (ended,) = warehouse().root.glob("forgotten-*.json")
    receipt = json.loads(ended.read_text())
    assert (ended, receipt["by"], receipt["deleted_at"] is None) == (begun, "Rae", False)


def test_nothing_of_a_forgotten_district_is_in_any_file(synced: Platform) -> None:
    people = synced.rows("SELECT count(*) FROM roster.users")
    ((name,),) = synced.rows("SELECT last_name FROM roster.users WHERE length(last_name) > 6 ORDER BY user_id LIMIT 1")
    left_behind = Warehouse(synced.data / "warehouse")
    left_behind.note_listed({"another"}, datetime(2026, 11, 24))
    with pytest.MonkeyPatch.context() as offline:
        offline.setattr(Clever, "districts", silence)
        said, _ = synced.roster("forget", SLUG, "--yes")
    (receipt,) = left_behind.root.glob("forgotten-*.json")
    assert str(receipt) in said
    assert [(json.loads(receipt.read_text())["people"],)] == people
    files = [f for folder in ("data/warehouse", "dagster") for f in (synced.root / folder).rglob("*") if f.is_file()]
    assert [f for f in files if name.encode() in f.read_bytes()] == []


def test_forget_refuses_a_district_that_clever_lists(instance: dg.DagsterInstance) -> None:
    refused = roster("forget", SLUG, "--yes")
    assert (refused.exit_code, warehouse().has(SLUG)) == (3, True)
    assert f"Clever lists district {SLUG}. Disconnect" in refused.stderr
    assert SLUG in instance.get_dynamic_partitions("district")


def test_a_partition_that_somebody_typed_is_no_district(instance: dg.DagsterInstance) -> None:
    instance.add_dynamic_partitions("district", ["typed-usd"])
    before = sorted(warehouse().root.iterdir())
    with pytest.raises(RosterError):
        launch.launch_sync(load_settings(), "typed-usd", (), "ops")
    (run,) = instance.get_runs()
    said = "".join(str(e.dagster_event and e.dagster_event.event_specific_data) for e in instance.all_logs(run.run_id))
    assert "There is no district 'typed-usd' (known: gone-usd)" in said
    assert sorted(warehouse().root.iterdir()) == before
    assert [tag for tag in run.tags if tag.startswith("roster/")] == ["roster/trigger"]  # of the job
    assert not instance.fetch_observations(dg.AssetKey(["sync", "syncs"]), limit=1).records
    assert roster("forget", "typed-usd", answer="y\n").exit_code == 0
    assert "typed-usd" not in instance.get_dynamic_partitions("district")


def test_a_run_that_waited_while_its_district_was_forgotten_leaves_nothing(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def forgotten_meanwhile(*_: object, **__: object) -> Iterator[dict[str, str]]:
        warehouse().delete_district(GONE)
        yield {}

    monkeypatch.setattr("roster_pipeline.warehouse.warehouse.locked", forgotten_meanwhile)
    instance.add_dynamic_partitions("district", [GONE])
    with pytest.raises(RosterError):
        launch.launch_sync(load_settings(), GONE, (), "ops")
    assert not warehouse().folder(GONE).path.exists()


def test_left_districts_are_shown_by_status(synced: Platform) -> None:
    here = Warehouse(synced.data / "warehouse")
    here.note_listed({"another"}, datetime(2026, 11, 24, 2, 3, tzinfo=UTC).replace(tzinfo=None))
    with (synced.data / "sites.csv").open("a") as file:
        file.write("riverbend-uds,x,manual\n")
    assert synced.materialize("mapping", "roster", "sync")
    told = roster("status").stdout
    assert "has left: not listed by Clever since 2026-11-24 02:03 UTC" in told
    assert "roster forget riverbend-usd" in told
    assert "1 line of data/*.csv names nothing that is there" in told
    (found,) = json.loads(roster("status", "--json").stdout)["districts"]
    assert (found["left_at"], found["lines_that_name_nothing"]["lines"]) == ("2026-11-24T02:03:00", 1)
    assert synced.shown("sync/syncs")["lines that name nothing"] == 1
