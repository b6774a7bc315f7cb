"""`roster sandbox`: what it serves, what it prints, and the words in which it fails."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
import requests

from clever_sandbox import server
from clever_sandbox.app import create_app
from clever_sandbox.district.load import load_district
from clever_sandbox.faults.table import FAULTS
from clever_sandbox.server import SandboxServer, serve_in_thread
from roster_pipeline import cli
from roster_pipeline.clever.local import DEMO_DISTRICT, clever_settings
from roster_pipeline.cli import local_clever
from roster_pipeline.cli.local_clever import serve_local
from roster_pipeline.config import load_settings
from roster_pipeline.errors import RosterError

from .sandbox.districts import DISTRICT, write_district


def test_serving_generates_once_and_ends_clean_on_ctrl_c(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from roster_pipeline.cli.local_clever import serve_local\n"
        "serve_local(0, 60, Path(sys.argv[1]))"
    )
    seen = []
    for _ in range(2):
        process = subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(6)]
        url = next(word for line in lines for word in line.split() if word.startswith("http://"))
        assert requests.get(f"{url}/v3.0/users", timeout=5).status_code == 401
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=20)
        world = tmp_path / "sandbox" / "generated" / "60" / "inputs"
        assert lines[5] == f"Its first day comes again with every start: remove {world} to begin anew with it.\n"
        assert (process.returncode, rest, errors) == (0, "", "")
        seen.append((tmp_path / "sandbox" / "generated" / "60" / "students.csv").stat().st_mtime_ns)
        assert f"CLEVER_API_URL={url} CLEVER_TOKENS_URL={url}/oauth/tokens" in lines[2]
        assert "CLEVER_CLIENT_ID=sandbox CLEVER_CLIENT_SECRET=sandbox-secret" in lines[3]
        places = f"ROSTER_DATA={world} ROSTER_WAREHOUSE={world}/warehouse DAGSTER_HOME={world}/dagster"
        assert lines[4] == f"  export {places}\n"
    assert seen[0] == seen[1]


def run(arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[object, str, str]:
    """Exit code, standard output and standard error of `roster sandbox ...`."""
    with pytest.raises(SystemExit) as ended:
        cli.main(["sandbox", *arguments.split()])
    said = capsys.readouterr()
    return ended.value.code, said.out, said.err


def test_a_port_in_use(clever: SandboxServer, capsys: pytest.CaptureFixture[str]) -> None:
    port = clever.url.rsplit(":", 1)[1]
    said = (
        f"The sandbox cannot listen on port {port} (Address already in use). "
        "Stop what uses the port, or choose another one with --port."
    )
    assert run(f"--port {port}", capsys) == (1, "", f"roster: {said}\n")
    code, out, _ = run(f"--port {port} --json", capsys)
    assert (code, json.loads(out)) == (1, {"error": said, "exit_code": 1})


def test_faults_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run("--list-faults --json", capsys)
    listed = [{"fault": name, "what": kind.what} for name, kind in FAULTS.items()]
    assert (code, json.loads(out)) == (0, {"faults": listed})
    code, out, _ = run("--list-faults", capsys)
    assert [line.split()[0] for line in out.splitlines()[1:] if not line.startswith(" ")] == list(FAULTS)


def test_a_folder_from_elsewhere_has_a_world_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its files stay as they are; what people edit for it is written once, and kept."""
    folder, world = write_district(tmp_path / "files"), tmp_path / "world"
    said: list[str] = []

    def serve(_app: object, _port: int, ready: Callable[[str], None]) -> None:
        ready("http://here")

    monkeypatch.setattr(server, "serve", serve)
    monkeypatch.setattr(local_clever, "say", said.append)
    files = sorted(path.name for path in folder.iterdir())
    for _ in range(2):
        serve_local(0, None, world, data=folder)
        own = world / "sandbox" / "generated" / str(DISTRICT["id"]) / "inputs"
        assert said[-2] == f"  export ROSTER_DATA={own} ROSTER_WAREHOUSE={own}/warehouse DAGSTER_HOME={own}/dagster"
        assert (own / "courses.csv").read_text().startswith("course_id,")
        for name in ("section_courses", "mapping_rules", "sites"):
            assert len((own / f"{name}.csv").read_text().splitlines()) == 1, name
        (own / "logins.csv").write_text("mine", encoding="utf-8")
    assert (own / "logins.csv").read_text(encoding="utf-8") == "mine"
    assert sorted(path.name for path in folder.iterdir()) == files


def test_the_demo_is_served_into_a_world_that_make_sync_does_not_know(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(server, "serve", lambda _app, _port, ready: ready("http://here"))
    monkeypatch.setattr(local_clever, "say", said.append)
    shutil.copytree(DEMO_DISTRICT, tmp_path / "sandbox", ignore=shutil.ignore_patterns("generated"))
    (tmp_path / "logins.csv").write_text("theirs", encoding="utf-8")
    serve_local(0, None, tmp_path)
    own = tmp_path / "sandbox" / "generated" / "demo" / "inputs"
    assert f"ROSTER_DATA={own} " in said[-2]
    assert (own / "logins.csv").read_text(encoding="utf-8") == "theirs"


def test_no_sandbox_answers(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        said = f"No sandbox answers at http://127.0.0.1:{port}. Start one, or name its port."
        assert run(f"advance --port {port}", capsys) == (1, "", f"roster: {said}\n")


def test_a_day_passes(capsys: pytest.CaptureFixture[str]) -> None:
    with serve_in_thread(create_app([load_district(DEMO_DISTRICT)])) as server:
        server.sandbox.clock.set(datetime(2026, 11, 8, 20, tzinfo=UTC))  # a Sunday
        code, out, _ = run(f"advance --port {server.url.rsplit(':', 1)[1]} --json", capsys)
        passed = json.loads(msgspec.json.encode(server.sandbox.events))
    assert code == 0
    assert passed
    assert json.loads(out) == {"events": passed, "now": "2026-11-09T12:00:00-08:00"}


@pytest.mark.parametrize(
    "serve",
    [
        lambda root: clever_settings(load_settings({"ROSTER_DATA": str(root)})),
        lambda root: serve_local(0, None, root / "demo"),
    ],
    ids=["in this process", "for others"],
)
def test_a_broken_district_is_an_error_of_the_pipeline(tmp_path: Path, serve: Callable[[Path], object]) -> None:
    district = tmp_path / "demo" / "sandbox"
    shutil.copytree(DEMO_DISTRICT, district, ignore=shutil.ignore_patterns("sections.csv", "generated"))
    said = f"sections.csv: there is no such file in {district}. Upload it with the others."
    with pytest.raises(RosterError, match=f"^{re.escape(said)}$"):
        serve(tmp_path)
