"""An installation that many people use: Dagster's instance in PostgreSQL, a backup, and the files of `deploy/`."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml

from roster_pipeline.config import PROJECT_ROOT
from roster_pipeline.warehouse.warehouse import Warehouse
from tests import postgres
from tests.platform import SLUG, Platform

DEPLOY = PROJECT_ROOT / "deploy"
PAGE = PROJECT_ROOT / "docs" / "production.md"
WHO = "SELECT user_id, enrollment_status, since_sync_id FROM roster.users ORDER BY ALL"


@pytest.fixture
def server() -> Iterator[postgres.Postgres]:
    if postgres.programs() is None:
        pytest.skip("no PostgreSQL server is installed here (initdb, pg_ctl, postgres): `apt-get install postgresql`")
    with postgres.serving() as running:
        yield running


@pytest.fixture
def home(platform: Platform) -> Path:
    """The data folder's own instance, with a file that a person has written."""
    home = platform.data / "dagster"
    home.mkdir()
    (home / "dagster.yaml").write_text("# ours\n" + (DEPLOY / "dagster.yaml").read_text())
    return home


def ended(platform: Platform, *arguments: str, **environment: str) -> tuple[int, str]:
    """Runs `roster` in a process of its own: exit code, and all that it said."""
    process = platform.start(*arguments, DAGSTER_HOME="", **environment)
    out, err = process.communicate()
    return process.returncode, out + err


def variables(server: postgres.Postgres) -> dict[str, str]:
    """Of `deploy/dagster.yaml`."""
    return {
        "DAGSTER_PG_HOST": "127.0.0.1",
        "DAGSTER_PG_PORT": str(server.port),
        "DAGSTER_PG_USERNAME": "roster",
        "DAGSTER_PG_PASSWORD": postgres.PASSWORD,
        "DAGSTER_PG_DB": "postgres",
    }


def asked(server: postgres.Postgres, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(server.url) as connection:
        return connection.execute(query).fetchall()


def test_a_sync_with_its_instance_in_postgresql(platform: Platform, home: Path, server: postgres.Postgres) -> None:
    written = (home / "dagster.yaml").read_text()
    code, said = ended(platform, "sync", **variables(server))
    assert code == 0, said
    assert platform.rows("SELECT count(*) FROM sync.syncs WHERE status = 'succeeded'") == [(1,)]
    assert asked(server, "SELECT pipeline_name, status FROM runs") == [("sync_now", "SUCCESS")]
    assert asked(server, "SELECT partition FROM dynamic_partitions") == [(SLUG,)]
    ((materialized,),) = asked(server, "SELECT count(*) FROM asset_keys")
    assert materialized > 10
    assert list(home.rglob("*.db")) == []
    assert (home / "dagster.yaml").read_text() == written
    assert not (home / "dagster.yaml").is_symlink()
    code, said = ended(platform, "doctor", **variables(server))
    assert (code, "daemon: none has ever run on this instance" in said) == (0, True), said


def test_a_database_that_cannot_be_reached_is_told_without_its_password(
    platform: Platform, home: Path, server: postgres.Postgres
) -> None:
    for wrong in ({"DAGSTER_PG_DB": "nowhere"}, {"DAGSTER_PG_PASSWORD": "other"}):
        code, said = ended(platform, "sync", **{**variables(server), **wrong})
        assert code == 1
        assert f"roster: Dagster's instance in {home} cannot be opened (" in said
        assert "Mend its dagster.yaml and the database that it names" in said
        assert postgres.PASSWORD not in said
        assert not (home / "first.part").exists()
    code, said = ended(platform, "doctor", **{**variables(server), "DAGSTER_PG_PASSWORD": "other"})
    assert code == 1
    assert f"WRONG daemon: Dagster's instance in {home} cannot be opened (DagsterPostgresException)" in said


def test_the_instance_in_postgresql_is_else_as_shipped() -> None:
    shipped = yaml.safe_load((PROJECT_ROOT / "dagster.yaml").read_text())
    deployed = yaml.safe_load((DEPLOY / "dagster.yaml").read_text())
    assert list(deployed.pop("storage")) == ["postgres"]
    assert deployed == shipped


def restore(backup: Path, platform: Platform) -> None:
    """By the very commands of the page."""
    commands = re.findall(r"^\$ (cp -a .+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(commands) == 3
    env = {**os.environ, **platform.environment, "BACKUP": str(backup)}
    subprocess.run(["sh", "-euc", "\n".join(commands)], env=env, check=True)


def test_what_was_destroyed_comes_back_from_a_backup(synced: Platform, tmp_path: Path) -> None:
    file = synced.data / "section_courses.csv"
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(lines[:-2]))
    removed = synced.sync()["sync_id"]
    file.write_text("".join(lines[:-60]))
    assert synced.sync(exits=3)["status"] == "held"
    history, holds, who = synced.json("recent"), synced.json("holds"), synced.rows(WHO)
    runs = [run.run_id for run in synced.instance().get_runs()]

    said, _ = synced.roster("backup", str(tmp_path / "kept"))
    (backup,) = (path for path in (tmp_path / "kept").iterdir() if path.is_dir())
    assert said.splitlines()[-1] == f"All of it is in {backup}"
    assert stat.S_IMODE(backup.stat().st_mode) == 0o700
    assert not list(backup.rglob("*.wal"))

    shutil.rmtree(synced.data / "warehouse")
    shutil.rmtree(synced.root / "dagster")
    for path in synced.data.glob("*.*"):
        path.unlink()
    (synced.root / "dagster").mkdir()
    restore(backup, synced)

    synced.roster("publish")
    assert (synced.json("recent"), synced.json("holds"), synced.rows(WHO)) == (history, holds, who)
    assert {run.run_id for run in synced.instance().get_runs()} >= set(runs)
    again = synced.sync(exits=3)
    assert (again["status"], again["created"], again["updated"], again["archived"]) == ("held", 0, 0, 0)
    assert synced.rows(WHO) == who
    (undone,) = synced.json("undo", removed)["syncs"]
    assert (undone["status"], undone["created"]) == ("succeeded", 2)


def test_a_backup_has_what_killed_runs_left_to_do_and_nothing_that_is_made_anew(
    synced: Platform, tmp_path: Path
) -> None:
    folder = synced.published.parent
    (folder / "unpurged").touch()
    (folder / "unrecorded").mkdir()
    (folder / "unrecorded" / "S9.json").write_text("{}")
    (synced.data / "warehouse" / "notices.json").write_text("{}")
    kept = tmp_path / "kept"
    (kept / "2026-01-01T000000Z.part").mkdir(parents=True)  # as a kill leaves it
    done = synced.json("backup", str(kept))
    backup = Path(done["backup"])
    assert sorted(path.name for path in kept.iterdir()) == [backup.name, "backup.lock"]
    found = {str(p.relative_to(backup / "warehouse")) for p in (backup / "warehouse").rglob("*") if p.is_file()}
    names = ("district.json", "roster.duckdb", "unpublished", "unpurged", "unrecorded/S9.json")
    assert found == {"notices.json", *(f"{SLUG}/{name}" for name in names)}
    assert (done["inputs"], done["beside"]) == (len(list(synced.data.glob("*.*"))), 1)
    assert done["dagster"] == len(list((synced.root / "dagster").rglob("*.db"))) > 2
    assert done["districts"][0]["bytes"] > (folder / "roster.duckdb").stat().st_size


def test_a_backup_that_cannot_be_made_leaves_nothing(synced: Platform, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    note = {"sync_id": "S1", "requested_by": "rae"}
    with Warehouse(synced.data / "warehouse").lock(SLUG, note, lambda _: None):
        _, said = synced.roster("backup", str(kept), exits=3, ROSTER_MAX_WAIT_MINUTES="0")
    assert f"Sync S1 (asked for by rae) of {SLUG} was still running" in said
    (synced.published.with_name("roster.duckdb")).write_bytes(b"damaged")
    synced.roster("backup", str(kept), exits=1)
    assert [path.name for path in kept.iterdir()] == ["backup.lock"]


def test_a_backup_is_not_put_into_what_it_is_of(synced: Platform) -> None:
    for place in (synced.data, synced.data / "warehouse" / "b", synced.root / "dagster"):
        _, said = synced.roster("backup", str(place), exits=1)
        assert "of which it would be the backup. Name a folder on another disk." in said


def test_a_link_to_the_releases_settings_is_no_part_of_a_backup(synced: Platform, tmp_path: Path) -> None:
    link = synced.root / "dagster" / "dagster.yaml"
    backup = Path(synced.json("backup", str(tmp_path / "kept"))["backup"])
    assert (backup / "dagster" / "dagster.yaml").read_text() == link.read_text()
    link.unlink()
    link.symlink_to(PROJECT_ROOT / "dagster.yaml")
    shutil.rmtree(backup)
    backup = Path(synced.json("backup", str(tmp_path / "kept"))["backup"])
    assert not (backup / "dagster" / "dagster.yaml").exists()
