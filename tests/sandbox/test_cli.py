"""`clever-sandbox`: what it serves and prints, and the words in which it fails."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner, Result

from clever_sandbox import cli
from clever_sandbox.app import CLIENT_ID, CLIENT_SECRET
from clever_sandbox.cli import Conditions, described, open_app
from clever_sandbox.control import remote
from clever_sandbox.control.routes import Advanced
from clever_sandbox.district.upload import load_upload
from clever_sandbox.faults.table import FAULTS
from clever_sandbox.year.happening import Happening

from .api import Api, link
from .districts import STUDENT, write_district


def run(arguments: str) -> Result:
    return CliRunner().invoke(cli.main, arguments.split())


def served(*arguments: str) -> tuple[list[str], list[str]]:
    """The first lines of a sandbox that serves, and what a client reads there of two pages of users."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-c", "from clever_sandbox.cli import main; main()", "serve", "--port", str(port), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line.rstrip())
        if line.startswith("  token "):
            break
    headers = {"Authorization": f"Bearer {lines[-1].split()[-1]}"}
    body = requests.get(f"http://127.0.0.1:{port}/v3.0/users?limit=2", headers=headers, timeout=20).json()
    more = requests.get(f"http://127.0.0.1:{port}{link(body, 'next')}", headers=headers, timeout=20).json()
    process.send_signal(signal.SIGINT)
    rest, errors = process.communicate(timeout=20)
    assert (process.returncode, rest, errors) == (0, "", "")
    return lines, [element["data"]["id"] for element in (*body["data"], *more["data"])]


def test_any_folder_is_served_and_what_it_says_is_enough_to_use_it(tmp_path: Path) -> None:
    folder = tmp_path / "Hill Valley"
    write_district(folder, students=[STUDENT | {"Student_id": f"s{n}", "Favourite": "x"} for n in range(1, 4)])
    (folder / "district.json").unlink()
    lines, users = served("--data", str(folder), "--latency", "0:3", "--fault", "500:0")
    assert lines[:4] == [
        "Hill Valley: 1 schools, 0 terms, 1 courses, 1 sections, 4 users",
        "Warning: students.csv: the column Favourite is unknown and is left out",
        "Fault switched on: 500, rate 0",
        "Latency: 0 ms a page, 3 µs a record",
    ]
    assert lines[5].endswith(f"with client id {CLIENT_ID}, client secret {CLIENT_SECRET}")
    assert len(set(users)) == 4


def test_a_made_up_district_is_the_same_every_time() -> None:
    one, two = served("--students", "40"), served("--students", "40")
    assert one[0][0] == two[0][0]
    assert one[0][0].startswith("Lakeshore 40 USD: ")
    assert one[1] == two[1]


def test_faults_are_listed() -> None:
    listed = run("serve --list-faults")
    assert listed.exit_code == 0
    assert [line.split("  ", 1)[0] for line in listed.output.splitlines()] == list(FAULTS)
    assert all(kind.what in listed.output for kind in FAULTS.values())


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ("serve --fault nope", 2, "unknown fault 'nope'; known: "),
        ("serve --fault 500:2", 2, "'500:2' is not name, name:rate or name:rate:count"),
        ("serve --latency moon", 2, "'moon' is no latency: none, near, far, or milliseconds a page"),
        ("serve --data / --students 5", 2, "--data has its own students: give it, or --students."),
        ("serve --data /nowhere", 2, "Directory '/nowhere' does not exist."),
        ("serve --timezone Mars/Olympus", 2, "'Mars/Olympus' is no time zone; write it like America/Chicago."),
        ("serve --start tomorrow", 2, "'tomorrow' does not match the format '%Y-%m-%d'."),
        ("advance --days 3 --to 2027-01-04", 2, "Say how many --days pass, or --to which day, not both."),
        ("advance --days 3 --kind rollover", 2, "--kind is for one day: let the others pass first."),
        ("serve --start 1900-01-01", 2, "a year from 2000 to 2099, please."),
        ("advance --days 0", 2, "0 is not in the range 1<=x<=1000."),
    ],
)
def test_what_cannot_be_is_told_in_words(arguments: str, code: int, said: str) -> None:
    told = run(arguments)
    assert (told.exit_code, told.exception.__class__) == (code, SystemExit)
    assert said in told.output


def test_a_folder_that_is_no_district(tmp_path: Path) -> None:
    told = run(f"serve --data {tmp_path}")
    assert told.exit_code == 1
    assert told.output.startswith("Error: schools.csv: there is no such file in ")
    assert told.output.endswith("Upload it with the others.\n")


def test_a_port_in_use(api: Api) -> None:
    port = api.server.url.rsplit(":", 1)[1]
    told = run(f"serve --students 20 --port {port}")
    assert told.exit_code == 1
    assert told.output.startswith(f"Error: The sandbox cannot listen on port {port} (")


def test_days_pass_and_what_happened_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[object, ...]] = []
    left = Happening("student_left", "2026-11-23", "c" * 24)

    def pass_a_day(url: str, *, seed: int, kinds: Sequence[str] | None) -> Advanced:
        asked.append((url, seed, kinds))
        if len(asked) == 1:
            return Advanced([Happening("student_new", "2026-11-23", "a" * 24), left, left], "2026-11-23T05:00:00-08:00")
        return Advanced([], f"2026-11-{22 + len(asked)}T05:00:00-08:00")

    monkeypatch.setattr(remote, "advance_running", pass_a_day)
    monkeypatch.setattr(remote, "today_there", lambda _: date(2027, 8, 13))
    told = run("advance --port 9 --days 3 --seed 4")
    first = "2026-11-23  student_left 2, student_new 1"
    assert (told.exit_code, told.output) == (0, f"{first}\nIt is Wednesday 2026-11-25 05:00 there.\n")
    assert asked == [("http://127.0.0.1:9", 4, None)] * 3
    told = run("advance --to 2027-08-16")
    assert told.output.startswith("Nothing happened: ")
    assert len(asked) == 6
    assert run("advance --kind rollover --kind school_closed").exit_code == 0
    assert asked[6:] == [("http://127.0.0.1:8765", 0, ("rollover", "school_closed"))]
    assert "It is 2027-08-13 there" in run("advance --to 2027-08-13").output


def test_a_district_in_another_time_and_place(tmp_path: Path) -> None:
    upload = load_upload(write_district(tmp_path))
    sandbox = open_app(upload, Conditions(start=datetime(2031, 3, 9), timezone="America/New_York")).state.sandbox
    [district] = sandbox.districts
    # Five in the morning of the day on which summer time begins.
    assert abs(sandbox.clock() - datetime(2031, 3, 9, 9, tzinfo=UTC).timestamp()) < 60
    assert district.last_sync(sandbox.clock()) == "2031-03-09T07:10:00.000Z"
    assert "It is 2031-03-09 05:00 EDT there" in list(described(sandbox))


def test_no_sandbox_answers() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        told = run(f"advance --port {port}")
    assert (told.exit_code, told.output) == (
        1,
        f"Error: No sandbox answers at http://127.0.0.1:{port}. Start one, or name its port.\n",
    )


def test_looking_at_the_commands_imports_no_server() -> None:
    code = "import sys, clever_sandbox.cli; print({'starlette', 'uvicorn', 'msgspec', 'requests'} & sys.modules.keys())"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert run.stdout == "set()\n"
