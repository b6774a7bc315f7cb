"""The files of `deploy/` fit the project, as far as that can be said without systemd as init and without containers."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from roster_pipeline.cli import main
from roster_pipeline.config import PROJECT_ROOT, load_settings
from roster_pipeline.ui.settings import read_access

DEPLOY = PROJECT_ROOT / "deploy"
UNITS = ("roster-ui.service", "roster-daemon.service")
IN_YAML = re.compile(r"\$\{(\w+)")


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return found


def example() -> dict[str, str]:
    lines = (DEPLOY / "roster.env.example").read_text().splitlines()
    pairs = [(line.split("=", 1)[0], line.split("=", 1)[1]) for line in lines if line and not line.startswith("#")]
    return dict(pairs)


def parsed(arguments: list[str]) -> None:
    """As `roster` reads them, without doing anything; raises for a command or an option that is not there."""
    command = main.commands[arguments[0]]
    command.make_context(arguments[0], arguments[1:])


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_starts_a_command_that_is_there(name: str) -> None:
    (line,) = re.findall(r"^ExecStart=/opt/roster/\.venv/bin/roster (.+)$", (DEPLOY / name).read_text(), re.MULTILINE)
    parsed(shlex.split(line))


@pytest.mark.parametrize("name", UNITS)
def test_systemd_finds_nothing_wrong_with_a_unit(name: str, tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("there is no systemd-analyze here: `apt-get install systemd`")
    program = tmp_path / ".venv" / "bin" / "roster"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    unit = tmp_path / name
    unit.write_text((DEPLOY / name).read_text().replace("/opt/roster", str(tmp_path)))
    ran = subprocess.run(["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


def test_the_variables_of_the_example_are_ours_and_can_be_used() -> None:
    readme = (PROJECT_ROOT / "README.md").read_text(encoding="utf-8")
    storage = yaml.safe_load((DEPLOY / "dagster.yaml").read_text())["storage"]["postgres"]["postgres_db"]
    database = {value["env"] for value in storage.values() if isinstance(value, dict)}
    assert {name for name in example() if not name.startswith("DAGSTER_PG_")} <= set(re.findall(r"`(\w+)`", readme))
    assert {name for name in example() if name.startswith("DAGSTER_PG_")} == database
    filled = {name: value or "a-secret-of-some-length" for name, value in example().items()}
    filled |= {"ROSTER_NOTIFY_URL": "https://hooks.example/x", "PLATFORM_DATABASE_URL": "postgresql://u:p@db/x"}
    settings = load_settings(filled)
    assert settings.wrong is None
    assert settings.notify_wrong is None
    assert read_access(filled).user_header == "X-Forwarded-User"


@pytest.mark.parametrize("service", ["ui", "daemon"])
def test_a_container_starts_a_command_that_is_there(service: str) -> None:
    parsed(compose()["services"][service]["command"])
    assert compose()["services"][service]["build"] == {"context": "..", "dockerfile": "deploy/Dockerfile"}


def test_containers_have_what_the_instance_and_the_code_read() -> None:
    services = compose()["services"]
    storage = yaml.safe_load((DEPLOY / "dagster.yaml").read_text())["storage"]["postgres"]["postgres_db"]
    wanted = {value["env"] for value in storage.values() if isinstance(value, dict)}
    for name in ("ui", "daemon"):
        assert wanted | {"ROSTER_DATA", "DAGSTER_HOME", "TINI_KILL_PROCESS_GROUP"} == set(services[name]["environment"])
    assert services["ui"]["environment"]["DAGSTER_PG_HOST"] in services
    assert services["ui"]["environment"]["DAGSTER_PG_DB"] == services["postgres"]["environment"]["POSTGRES_DB"]
    asked = set(IN_YAML.findall((DEPLOY / "compose.yaml").read_text()))
    assert asked == {"DAGSTER_PG_PASSWORD", "ROSTER_FOLDER"}
    named = {volume.split(":")[0] for s in services.values() for volume in s["volumes"] if volume[0] != "$"}
    assert named == set(compose()["volumes"])


def test_the_ui_of_a_container_is_open_to_this_machine_alone() -> None:
    assert compose()["services"]["ui"]["ports"] == ["127.0.0.1:3000:3000"]
    assert "ports" not in compose()["services"]["postgres"]


def test_an_image_has_all_that_the_code_reads_beside_itself_and_no_data() -> None:
    recipe = (DEPLOY / "Dockerfile").read_text()
    sources = [w for line in re.findall(r"^COPY (?:--\S+ )?(.+)$", recipe, re.MULTILINE) for w in line.split()[:-1]]
    assert {"pyproject.toml", "constraints.txt", "workspace.yaml", "dagster.yaml", "roster_pipeline"} <= set(sources)
    assert all((PROJECT_ROOT / source).exists() for source in sources)
    allowed = re.findall(r"^!(.+)$", (DEPLOY / "Dockerfile.dockerignore").read_text(), re.MULTILINE)
    assert set(allowed) == set(sources)
    assert "\n*\n" in (DEPLOY / "Dockerfile.dockerignore").read_text()
