"""The sandbox's own page: its session answers what it shows, its example runs, its options are all there are."""

from __future__ import annotations

import re
import shlex
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests

import clever_sandbox
from clever_sandbox import cli
from clever_sandbox.app import create_app
from clever_sandbox.district.district import District
from clever_sandbox.generator.generate import generated
from clever_sandbox.server import SandboxServer, serve_in_thread
from clever_sandbox.year.advance import CHANGES, EVERY_DAY

from .districts import write_district

PAGE = (Path(clever_sandbox.__file__).parent / "README.md").read_text(encoding="utf-8")
ADDRESS = "http://127.0.0.1:8765"


def block(heading: str, language: str) -> str:
    """The first block in a language below a heading."""
    return PAGE.split(f"\n## {heading}\n")[1].split(f"```{language}\n")[1].split("```")[0]


def session() -> Iterator[tuple[str, str]]:
    """Each command with what the page shows of its answer."""
    for part in block("A session", "console").split("$ ")[1:]:
        command, _, shown = part.partition("\n")
        yield command, shown.strip()


@pytest.fixture
def server() -> Iterator[SandboxServer]:
    district = District(generated(students=cli.USUAL_STUDENTS, name=cli.generated_name(cli.USUAL_STUDENTS)))
    district.ingest(datetime.now(UTC))
    with serve_in_thread(create_app([district])) as server:
        yield server


def answer(server: SandboxServer, command: str) -> str:
    """What `curl` would print, with the options that the page uses."""
    curl = ArgumentParser()
    curl.add_argument("-s", action="store_true")
    for option in ("-X", "-u", "-H", "-d"):
        curl.add_argument(option, default="")
    curl.add_argument("url")
    asked = curl.parse_args(shlex.split(command.removeprefix("curl ")))
    name, _, value = asked.H.partition(": ")
    user, _, password = asked.u.partition(":")
    return requests.request(
        asked.X or "GET",
        asked.url.replace(ADDRESS, server.url),
        headers={name: value} if name else {},
        auth=(user, password) if user else None,
        data=asked.d,
        timeout=60,
    ).text


def test_the_session_answers_what_it_shows(server: SandboxServer) -> None:
    for command, shown in session():
        if "/advance" not in command:
            assert_shown(answer(server, command), shown)


def test_a_day_passes_in_the_session(server: SandboxServer) -> None:
    [(command, shown)] = [(command, shown) for command, shown in session() if "/advance" in command]
    assert_shown(answer(server, command), shown)


def assert_shown(answer: str, shown: str) -> None:
    """The page leaves out what stands for `…`, and a line of its own."""
    pattern = ".*".join(re.escape(part) for part in re.split(r"…\n…|…", shown))
    assert re.fullmatch(pattern, answer, re.DOTALL), shown[:80]


def test_the_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_district(tmp_path / "files")
    monkeypatch.chdir(tmp_path)
    read: list[list[int]] = []

    def read_everything(url: str, token: str) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        read.append([requests.get(f"{url}/v3.0/sections", headers=headers, timeout=20).status_code for _ in range(3)])

    exec(block("Another client", "python"), {"read_everything": read_everything})
    assert read == [[503, 503, 200]]


def test_every_kind_of_change_is_named_once() -> None:
    table = PAGE.split("| by itself | kinds |")[1].split("\n\n")[0]
    named = re.findall(r"`([a-z_]+)`", table)
    assert sorted(named) == sorted(CHANGES)
    on_school_days = {
        name for line in table.splitlines() if "school days" in line for name in re.findall(r"`(\w+)`", line)
    }
    assert on_school_days == EVERY_DAY.keys()


def test_every_option_of_serve_is_named() -> None:
    table = PAGE.split("| option of `serve` | does |")[1].split("\n\n")[0]
    options = {name for option in cli.serve.params for name in option.opts}
    assert set(re.findall(r"`(--[a-z-]+)", table)) == options
