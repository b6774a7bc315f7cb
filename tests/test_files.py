"""Files that a full disk, a crash or somebody else left: none blocks a district, and none is lost silently."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from roster_pipeline import sync
from roster_pipeline.config import PROJECT_ROOT
from roster_pipeline.errors import RosterError, SyncRefused
from roster_pipeline.history.record import SyncInfo
from roster_pipeline.warehouse.lock import at_rest, locked
from roster_pipeline.warehouse.warehouse import Warehouse
from tests.conftest import NOW, Tiny

INFO = SyncInfo("S1", "d", "nightly", "Rae", NOW, "run")
OLDEST = PROJECT_ROOT / ".venv" / "oldest-duckdb"


def staged_sections(tiny: Tiny) -> list[tuple[str]]:
    with Warehouse(tiny.root).connect("d") as connection:
        return connection.execute("SELECT clever_id FROM staged.staging.sections").fetchall()


@pytest.mark.parametrize("content", [b"", b"garbage" * 1000, b"DUCK"])
def test_a_damaged_staging_file_is_moved_aside_and_made_anew(
    tiny: Tiny, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    tiny.sync()
    file = tiny.root / "d" / "staging.duckdb"
    file.write_bytes(content)
    tiny.sync()
    assert staged_sections(tiny) == [("m6",)]
    assert file.with_name("staging.duckdb.damaged").read_bytes() == content
    assert "d/staging.duckdb was damaged" in caplog.text


def test_staging_whose_damage_shows_when_it_is_written_is_made_anew(tiny: Tiny) -> None:
    tiny.sync()
    file = tiny.root / "d" / "staging.duckdb"
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2] + bytes(len(whole) // 2))
    with Warehouse(tiny.root).connect("d") as connection:
        sync.stage(connection, tiny.landing)
    assert staged_sections(tiny) == [("m6",)]


def test_an_empty_truth_where_nothing_was_published_is_a_new_district(tiny: Tiny) -> None:
    (tiny.root / "d").mkdir()
    (tiny.root / "d" / "roster.duckdb").touch()
    assert tiny.sync().total("create") > 0


@pytest.mark.parametrize("content", [b"", b"garbage" * 1000])
def test_a_damaged_truth_is_told_with_the_way_back_which_works(tiny: Tiny, content: bytes) -> None:
    tiny.sync()
    people = tiny.rows("SELECT user_id FROM roster.users ORDER BY 1")
    published = Warehouse(tiny.root).publish_copy("d")
    file = tiny.root / "d" / "roster.duckdb"
    file.write_bytes(content)
    with pytest.raises(RosterError, match=r"d/roster.duckdb is damaged.*`cp published.duckdb roster.duckdb`"):
        tiny.sync()
    assert file.read_bytes() == content
    file.write_bytes(published.read_bytes())
    assert tiny.sync().total("create", "update", "archive") == 0
    assert tiny.rows("SELECT user_id FROM roster.users ORDER BY 1") == people


def test_a_truth_that_another_program_has_open_is_told(tiny: Tiny) -> None:
    tiny.sync()
    held = "import duckdb; c = duckdb.connect('roster.duckdb'); print(flush=True); input()"
    folder = tiny.root / "d"
    other = subprocess.Popen(
        [sys.executable, "-c", held], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdin
    assert other.stdout
    other.stdout.readline()
    with pytest.raises(RosterError, match=r"d/roster.duckdb is open in another program"):
        tiny.sync()
    other.communicate("\n")
    tiny.sync()


@pytest.mark.parametrize("content", [b"no json", b"[1, 2]", b'{"sync_id": 5}', b"\xff\x00", b'{"other": "shape"}'])
def test_a_lock_file_with_any_content_is_a_lock(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "lock"
    path.write_bytes(content)
    left = list[dict[str, str]]()
    with locked(path, INFO.note(), seconds=0, waiting=pytest.fail, killed=left.append):
        assert [SyncInfo.from_note(note) for note in left if note] in ([], [None])
        assert SyncInfo.from_note(json.loads(path.read_text())) == INFO
    assert path.read_bytes() == b""


def test_who_waits_says_for_whom_and_gives_up(tmp_path: Path) -> None:
    path, told = tmp_path / "lock", list[str]()
    with path.open("a+") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        other.write(json.dumps(INFO.note()))
        other.flush()
        waiting = locked(path, {}, seconds=0, waiting=told.append, killed=lambda _: None)
        with pytest.raises(SyncRefused, match=r"Sync S1 \(asked for by Rae\).* was still running"), waiting:
            pass
    assert told == [f"Sync S1 (asked for by Rae) of {tmp_path.name} is running; this one waits for its turn."]


def test_an_unexpected_note_does_not_hide_the_note_of_a_killed_sync() -> None:
    assert SyncInfo.from_note(INFO.note()) == INFO
    assert SyncInfo.from_note({**INFO.note(), "started_at": "yesterday"}) is None
    assert SyncInfo.from_note({"sync_id": "S1", "started_at": str(datetime.min)}) is None


@pytest.mark.skipif(not OLDEST.exists(), reason="`make install` puts DuckDB 1.2 into .venv/oldest-duckdb")
def test_the_published_copy_opens_in_the_oldest_duckdb_that_we_promise(tiny: Tiny) -> None:
    tiny.line("section_courses", "d", "m6", "math-6")
    tiny.sync()
    published = Warehouse(tiny.root).publish_copy("d")
    counts = "SELECT (SELECT count(*) FROM roster.course_access), (SELECT count(*) FROM sync.changes)"
    counts += ", (SELECT count(*) FROM roster.course_access_as_of(DATE '2026-11-23'))"
    counts += ", (SELECT count(*) FROM sync.sharing_findings)"
    script = (
        "import duckdb, sys; connection = duckdb.connect(sys.argv[1], read_only=True);"
        "print(duckdb.__version__, *connection.execute(sys.argv[2]).fetchone())"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script, published, counts],
        env={**os.environ, "PYTHONPATH": str(OLDEST)},
        capture_output=True,
        text=True,
        check=True,
    )
    ((changes,),) = tiny.rows("SELECT count(*) FROM sync.changes")
    assert ran.stdout.split() == ["1.2.2", "3", str(changes), "3", "0"]


def test_a_truth_that_only_newer_duckdbs_read_is_rewritten_once(tiny: Tiny) -> None:
    query = "SELECT tags['storage_version'] FROM duckdb_databases() WHERE database_name = 'truth'"
    (tiny.root / "d").mkdir()
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{tiny.root / 'd' / 'roster.duckdb'}' AS truth (STORAGE_VERSION 'latest')")
        ((before,),) = connection.execute(query).fetchall()
    tiny.sync()
    assert not before.startswith("v1.2.0")
    assert tiny.rows(query) == [("v1.2.0+",)]
    assert not (tiny.root / "d" / "roster.duckdb.part").exists()


def test_who_reads_what_was_staged_keeps_a_run_waiting_and_no_other_reader(tiny: Tiny) -> None:
    tiny.sync()
    warehouse = Warehouse(tiny.root)
    warehouse.publish_copy("d")
    (tiny.root / "d" / "district.json").write_text('{"slug": "d", "clever_id": "c", "name": "D"}')
    with warehouse.lock("d", {}, waiting=lambda _: None, seconds=0):
        pass
    with warehouse.read_all("d") as (connection, staged), at_rest(tiny.root / "d" / "lock") as free:
        people = "SELECT (SELECT count(*) FROM staging.users), (SELECT count(*) FROM roster.users)"
        assert (staged, free) == (True, True)
        assert connection.execute(people).fetchone() == (3, 3)
        with pytest.raises(SyncRefused), warehouse.lock("d", {}, waiting=lambda _: None, seconds=0):
            pass


def test_what_was_staged_is_read_beside_a_copy_of_an_older_release_and_need_not_be_there(tiny: Tiny) -> None:
    tiny.sync()
    with tiny.connect() as connection:
        connection.execute("UPDATE sync.schema_versions SET fingerprint = 'older'")
    warehouse = Warehouse(tiny.root)
    published = warehouse.publish_copy("d")
    (tiny.root / "d" / "lock").touch()
    query = "SELECT (SELECT count(*) FROM staging.users), (SELECT count(*) FROM roster.users_as_of('2027-01-01'))"
    with warehouse.read_all("d") as (connection, staged):
        assert (staged, connection.execute(query).fetchone()) == (True, (3, 3))
    (published.parent / "staging.duckdb").unlink()
    with warehouse.read_all("d") as (connection, staged):
        assert (staged, connection.execute(query).fetchone()) == (False, (0, 3))
