"""What reaches a terminal: safe whatever is in the data, whole at any width, and in words when something is wrong."""

from __future__ import annotations

import io
import json
import logging
import os
import re
import shutil
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from roster_pipeline.cli import common, launch, main
from roster_pipeline.cli.terminal import say, visible
from roster_pipeline.errors import RosterError
from roster_pipeline.history import report
from roster_pipeline.history.record import SyncInfo, record_failure
from roster_pipeline.warehouse.warehouse import DistrictIdentity, Warehouse
from tests.conftest import NOW, Tiny, section

NASTY = "[/] [red]Ann[/red] \x1b[31m\x07\x9b2J\u202eabc\u2066\u2028\r\n\x00:smile: Zoë 李"
SHOWN = r"[/] [red]Ann[/red] \x1b[31m\x07\x9b2J\u202eabc\u2066\u2028\r\n\x00:smile: Zoë 李"
SYNC = "20261123T100000000-1a2b3c4"

Roster = Callable[..., tuple[int, str, str]]


def make_warehouse(root: Path) -> None:
    """District `d`: two syncs, a failed one, a decided hold, with names and texts that would break a terminal."""
    tiny = Tiny(root)
    tiny.records["schools"] = [{"id": "65909b869342d782a41539e6", "name": NASTY}, {"id": "south", "name": "South"}]
    tiny.records["terms"] = [{"id": "year", "name": "Y1", "start_date": "2026-08-10", "end_date": "2027-06-04"}]
    tiny.records["sections"] = [section("m6", "65909b869342d782a41539e6", name="Math")]
    tiny.sync()
    tiny.records["sections"][0]["name"] = NASTY
    tiny.sync(sites=["65909b869342d782a41539e6"])
    with tiny.connect() as connection:
        for number in (1, 2):
            connection.execute(f"UPDATE sync.syncs SET sync_id = '{SYNC}{number}' WHERE sync_id = 'S00{number}'")
            connection.execute(f"UPDATE sync.change_log SET sync_id = '{SYNC}{number}' WHERE sync_id = 'S00{number}'")
        info = SyncInfo(f"{SYNC}3", "d", "sync_now", NASTY, NOW, "run3")
        record_failure(connection, info, status="failed", error=f"Clever says: {NASTY}", finished_at=NOW)
        connection.execute(
            f"INSERT INTO sync.holds BY NAME SELECT 'h1' AS hold_id, '{SYNC}2' AS sync_id, 'archives' AS guard, "
            "'approved' AS status, 3 AS changes, $1 AS message, $1 AS decided_by, $1 AS reason",
            [NASTY.replace("\x00", "")],
        )
        connection.execute("INSERT INTO sync.change_log SELECT * REPLACE ('h1' AS held_by) FROM sync.change_log")
    (root / "d" / "district.json").write_text('{"slug": "d", "clever_id": "c", "name": "D"}')
    Warehouse(root).publish_copy("d")


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("warehouse")
    make_warehouse(root)
    return root


@pytest.fixture
def warehouse(made_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of one's own of the warehouse, which commands in this process use."""
    shutil.copytree(made_once, tmp_path / "warehouse")
    monkeypatch.setenv("ROSTER_DATA", str(tmp_path))
    monkeypatch.setenv("CLEVER_DISTRICT_TOKEN", "token")
    monkeypatch.delenv("COLUMNS", raising=False)
    return tmp_path / "warehouse"


@pytest.fixture
def roster(warehouse: Path, capsys: pytest.CaptureFixture[str]) -> Roster:
    """Runs `roster ...` in this process; returns exit code, standard output and standard error."""

    with Warehouse(warehouse).read("d") as connection:
        ((section_id,),) = connection.execute("SELECT section_id::VARCHAR FROM roster.sections").fetchall()

    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main([section_id if a == "SECTION" else a for a in arguments])
        return (int(ended.value.code or 0), *capsys.readouterr())

    return run


def unsafe(text: str) -> set[str]:
    """The characters of a text, lines apart, that would steer a terminal."""
    return {c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp") and c != "\n"}


# --- any text ----------------------------------------------------------------------------------------


def test_what_would_steer_a_terminal_is_shown_instead() -> None:
    assert visible(NASTY) == SHOWN
    harmless = "Zoë O’Neil-李 \u3000 نرگس\u200cها \U0001f469\u200d\U0001f3eb [b]"
    assert visible(harmless) == harmless
    assert visible("\udcff\u061c\ufeff\U000e0041") == r"\udcff\u061c\ufeff\U000e0041"


COMMANDS = (
    *("status", "recent", "details", f"details {SYNC}2 --entity sections", f"details {SYNC}2 --since {SYNC}1"),
    *("details --record SECTION", "explain SECTION", "holds", "holds h1", "plan", "sync"),
)
"""Every command that prints what is in the data."""


@pytest.fixture
def dagster_stubbed(warehouse: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`sync` and `plan` answer at once, with what stands in the warehouse."""

    def synced(*_: object) -> dict[str, Any]:
        with Warehouse(warehouse).read("d") as c:
            parts = {"sites": report.sites(c), "issues": report.issues(c, f"{SYNC}3"), "holds": report.holds(c)}
            parts["waiting"] = report.waiting_sites(c)
            return {**report.sync(c, f"{SYNC}2"), **parts, "failure": None, "interrupted": False, "published": NASTY}

    def planned(*_: object) -> dict[str, Any]:
        with Warehouse(warehouse).read("d") as c:
            counts = [{"entity": "users", "action": "update", "site_id": NASTY, "held_by": None, "changes": 2}]
            return {"counts": counts, "changes": report.changes(c, f"{SYNC}2")}

    monkeypatch.setattr(launch, "known_districts", lambda _: [DistrictIdentity("d", "d", "d")])
    monkeypatch.setattr(launch, "launch_sync", synced)
    monkeypatch.setattr(launch, "launch_plan", planned)


@pytest.mark.usefixtures("dagster_stubbed")
@pytest.mark.parametrize("command", COMMANDS)
def test_names_and_texts_of_others_are_printed_as_they_are(
    command: str, roster: Roster, monkeypatch: pytest.MonkeyPatch
) -> None:
    for columns in ("80", "200", ""):
        monkeypatch.setenv("COLUMNS", columns)
        code, out, err = roster(*command.split())
        assert (code, unsafe(out + err)) == (0, set())
    assert "[/] [red]Ann[/red]" in out
    assert r"\u202eabc\u2066\u2028\r\n" in out


@pytest.mark.usefixtures("dagster_stubbed")
@pytest.mark.parametrize("command", COMMANDS)
def test_json_escapes_the_same_and_loses_nothing(command: str, roster: Roster) -> None:
    code, out, err = roster(*command.split(), "--json")
    assert (code, unsafe(out), err) == (0, set(), "")
    document = json.loads(out)
    if command == "status":
        assert NASTY in [site["name"] for site in document["districts"][0]["sites"]]
        assert "Zoë 李" in out


def test_log_lines_and_error_lines_are_safe_too(roster: Roster, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = roster("status", "--district", f"nowhere{NASTY}", "extra\x1b[2J")
    assert (code, unsafe(err)) == (2, set())
    assert r"extra\x1b[2J" in err
    logging.getLogger("roster_pipeline.clever.client").warning("Clever says: %s", NASTY)
    assert capsys.readouterr().err == f"Clever says: {SHOWN}\n"


@pytest.mark.parametrize("encoding", ["latin-1", "ascii", "utf-8"])
def test_every_encoding_prints_every_name(encoding: str, roster: Roster, monkeypatch: pytest.MonkeyPatch) -> None:
    for arguments in (("status",), ("status", "--json")):
        raw = io.BytesIO()
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding=encoding))
        assert roster(*arguments)[0] == 0
        text = raw.getvalue().decode("utf-8" if encoding == "ascii" else encoding)  # click prints UTF-8 for ASCII
        assert "[red]Ann[/red]" in text
        if "--json" in arguments:
            assert json.loads(text)["districts"][0]["sites"][1]["name"] == NASTY


def test_a_reader_that_has_gone_away_does_not_stop_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as nobody:
        monkeypatch.setattr(sys, "stdout", nobody)
        rows = common.each(["a", "b"], lambda slug: {"asked": slug})
        done: list[str] = []

        def tell(row: dict[str, Any]) -> None:
            say(row["asked"])
            done.append(row["asked"])

        with pytest.raises(SystemExit) as ended:
            common.show(rows, tell, as_json=False)
    assert (ended.value.code, done) == (0, ["a", "b"])


def test_without_standard_streams_a_command_does_its_work(roster: Roster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    assert roster("status")[0] == 0


# --- width -------------------------------------------------------------------------------------------


def test_ids_times_and_states_are_whole_at_80_columns(
    warehouse: Path, roster: Roster, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Warehouse(warehouse).connect("d") as connection:
        connection.execute("UPDATE roster.sites SET name = 'Riverbend Evening School of Further Education'")
    Warehouse(warehouse).publish_copy("d")
    monkeypatch.setenv("COLUMNS", "80")
    _, out, _ = roster("status")
    assert "stale: 2 sites have not succeeded" in out
    lines = out.splitlines()
    table = lines[[line.startswith("site ") for line in lines].index(True) :]
    assert table[0].split() == ["site", "site_id", "source", "students", "last_synced_at"]
    assert {w for line in table for w in line.split() if w.startswith("6590")} == {"65909b869342d782a41539e6"}
    assert sum("2026-11-23 10:00 UTC" in line for line in table) == 2
    assert " ".join(line[:14].strip() for line in table[1:6]).startswith("Riverbend Evening School of Further")
    assert "no room for teachers, sections, mapped, unmapped, pending_students, last_attempt" in table[-1]
    _, out, _ = roster("recent")
    lines = out.splitlines()
    assert lines[1].split() == ["sync_id", "started_at", "status", "sites", "held"]
    assert f"{SYNC}1  2026-11-23 10:00 UTC  succeeded  all" in out
    assert all(len(line) <= 80 for line in [*table[:-1], *lines[1:6]])


def test_recent_says_when_and_which_sites(roster: Roster) -> None:
    _, out, _ = roster("recent")
    table = out.splitlines()[2:5]
    assert [[cell.strip() for cell in re.split("  +", line)[:4]] for line in table] == [
        [f"{SYNC}3", "2026-11-23 10:00 UTC", "failed", "all"],
        [f"{SYNC}2", "2026-11-23 10:00 UTC", "succeeded", SHOWN],
        [f"{SYNC}1", "2026-11-23 10:00 UTC", "succeeded", "all"],
    ]
    syncs = json.loads(roster("recent", "--json")[1])["districts"][0]["syncs"]
    assert [(s["sites"], s["site_names"]) for s in syncs] == [
        ([], []),
        (["65909b869342d782a41539e6"], [NASTY]),
        ([], []),
    ]


def test_without_a_terminal_a_row_is_one_line(roster: Roster) -> None:
    _, out, _ = roster("details", f"{SYNC}2", "--entity", "sections")
    rows = [line for line in out.splitlines() if line.startswith("sections ") and '{"name":"Math"}' in line]
    assert [row.endswith('Zoë 李"}  h1') for row in rows] == [False, True]


def test_ids_wrap_when_there_is_no_room_for_them(roster: Roster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    _, out, _ = roster("recent")
    table = out.splitlines()[2 : -[line.startswith("  no room") for line in reversed(out.splitlines())].index(True) - 1]
    first = "".join(line[: table[0].index("  ")].strip() for line in table)
    assert first == f"{SYNC}3{SYNC}2{SYNC}1"
    assert max(len(line) for line in table) <= 40


# --- in words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("recent --limit -5", "-5 is not in the range"),
        ("recent --limit 0", "0 is not in the range"),
        ("details --limit 99999999999999999999", "is not in the range"),
        ("details --entity nope", "'nope' is not one of 'sites', 'users'"),
        ("details --action nope", "'nope' is not one of create, update"),
        ("sandbox advance --days 0", "0 is not in the range"),
        ("sandbox --port 70000", "70000 is not in the range"),
        ("sandbox --fault nope", "unknown fault 'nope'"),
        ("status --district nope", "There is no district 'nope'; known: d."),
        ("details --district ../d", "There is no district '../d'; known: d."),
        ("publish --district nope", "There is no district 'nope'; known: d."),
        ("recent --nope", "No such option '--nope'"),
        ("approve", "Missing argument 'HOLD_ID'"),
        ("nope", "No such command 'nope'"),
    ],
)
def test_bad_usage_is_told_with_exit_2(command: str, says: str, roster: Roster) -> None:
    code, out, err = roster(*command.split())
    assert (code, out) == (2, "")
    assert says in err
    code, out, err = roster(*command.split(), "--json")
    document = json.loads(out)
    assert (code, document["exit_code"]) == (2, 2)
    assert document["error"] in err
    assert says in document["error"]


def overwrite(name: str, content: bytes) -> Callable[[Path], object]:
    return lambda warehouse: (warehouse / "d" / name).write_bytes(content)


def cut_short(warehouse: Path) -> None:
    os.truncate(warehouse / "d" / "published.duckdb", 300_000)


def a_file(warehouse: Path) -> None:
    shutil.rmtree(warehouse)
    warehouse.touch()


@pytest.mark.parametrize("command", ["status", "approve h1"])
@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (overwrite("published.duckdb", b"garbage" * 1000), "`roster publish --district d` makes it again"),
        (overwrite("published.duckdb", b""), "`roster publish --district d` makes it again"),
        (cut_short, "d/published.duckdb is damaged"),
        (overwrite("district.json", b'{"slug": 5}'), "d/district.json cannot be read"),
        (a_file, "is no folder that can be read. Give"),
        (shutil.rmtree, "Nothing has been synced yet. Run `roster sync`."),
    ],
)
def test_what_is_damaged_is_told_with_what_to_do(
    spoil: Callable[[Path], object], says: str, command: str, warehouse: Path, roster: Roster
) -> None:
    spoil(warehouse)
    code, out, err = roster(*command.split(), "--json")
    (line,) = err.splitlines()
    assert (code, json.loads(out)) == (1, {"error": line.removeprefix("roster: "), "exit_code": 1})
    assert says in line


def test_one_damaged_district_does_not_hide_the_others(warehouse: Path, roster: Roster) -> None:
    shutil.copytree(warehouse / "d", warehouse / "e")
    (warehouse / "e" / "district.json").write_text('{"slug": "e", "clever_id": "c2", "name": "E"}')
    (warehouse / "d" / "published.duckdb").write_bytes(b"garbage" * 1000)
    code, out, err = roster("status")
    assert (code, len(err.splitlines())) == (1, 1)
    assert err.startswith("d: d/published.duckdb is damaged")
    assert out.startswith("e: last sync")
    code, out, _ = roster("status", "--json")
    damaged, whole = json.loads(out)["districts"]
    assert (code, damaged["district"], damaged["exit_code"], len(whole["sites"])) == (1, "d", 1, 2)
    assert roster("details", f"{SYNC}2", "--district", "e")[0] == 0
    assert "d could not be asked" in roster("approve", "nope")[2]


def test_a_sync_without_a_record_does_not_stop_the_next_district(
    roster: Roster, monkeypatch: pytest.MonkeyPatch
) -> None:
    def synced(_: object, slug: str, *__: object) -> dict[str, Any]:
        if slug == "a":
            raise RosterError("a: roster.duckdb is damaged", do="Put it back")
        return {"status": "succeeded", "failure": None, "interrupted": False}

    monkeypatch.setattr(launch, "known_districts", lambda _: [DistrictIdentity(s, s, s) for s in ("a", "b")])
    monkeypatch.setattr(launch, "launch_sync", synced)
    code, out, _ = roster("sync", "--json")
    first, second = json.loads(out)["syncs"]
    assert (code, first["error"], first["exit_code"]) == (1, "roster.duckdb is damaged. Put it back.", 1)
    assert (second["district"], second["status"]) == ("b", "succeeded")


@pytest.mark.parametrize(
    ("error", "code", "says"),
    [
        (KeyboardInterrupt(), 130, "interrupted"),
        (PermissionError(13, "Permission denied", "/some/file"), 1, "/some/file: Permission denied. Mend that"),
        (ValueError("Ann Smith"), 1, "Unexpected ValueError in tests/test_terminal.py, line"),
    ],
)
def test_an_error_that_nobody_foresaw_is_one_line_without_values(
    error: BaseException, code: int, says: str, roster: Roster, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_: object) -> list[str]:
        raise error

    monkeypatch.setattr(launch, "known_districts", fails)
    ended, out, err = roster("sync", "--json")
    assert (ended, json.loads(out)["exit_code"]) == (code, code)
    assert says in err
    assert "Ann" not in out + err
    assert len(err.strip().splitlines()) == 1


@pytest.mark.parametrize("command", ["sync", "plan", f"undo {SYNC}2", "approve h1", "publish"])
def test_a_dagster_home_that_is_not_there_is_told(
    command: str, roster: Roster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "nowhere"
    monkeypatch.setenv("DAGSTER_HOME", str(home))
    launch._instance.cache_clear()
    monkeypatch.setattr(launch, "discover_districts", lambda *_: [])
    code, _, err = roster(*command.split())
    assert code == 1
    assert err == f"roster: DAGSTER_HOME is {home}, which is no folder. Make that folder, or unset DAGSTER_HOME.\n"
    home.mkdir()
    (home / "dagster.yaml").write_text("{")
    assert f"Dagster's instance in {home} cannot be opened" in roster("publish")[2]


def test_the_version_is_told_without_loading_anything_slow() -> None:
    heavy = {"dagster", "duckdb", "rich", "requests", "starlette", "msgspec"}
    script = "import sys, roster_pipeline.cli as cli, atexit; atexit.register(lambda: print(*sys.modules)); cli.main()"
    told = subprocess.run(
        [sys.executable, "-c", script, "--version"], capture_output=True, text=True, check=True
    ).stdout
    assert told.startswith("roster, version 0.1.0\n")
    assert not heavy & set(told.split())
