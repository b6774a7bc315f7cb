"""The docs name every command, option and environment variable, and no stale ones."""

from __future__ import annotations

import re

import click
import pytest

from roster_pipeline.cli import main
from roster_pipeline.config import PROJECT_ROOT

README = (PROJECT_ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", sorted(main.commands))
def test_command_is_documented(command: str) -> None:
    assert f"`roster {command}" in README
    assert main.commands[command].help


@pytest.mark.parametrize("command", sorted(main.commands))
def test_every_option_has_help(command: str) -> None:
    for parameter in main.commands[command].params:
        assert not isinstance(parameter, click.Option) or parameter.help, parameter.name


def test_every_environment_variable_is_documented_and_read() -> None:
    code = (PROJECT_ROOT / "roster_pipeline" / "config.py").read_text(encoding="utf-8")
    read = set(re.findall(r"\"((?:CLEVER|ROSTER)_[A-Z_]+)\"", code))
    documented = set(re.findall(r"`((?:CLEVER|ROSTER)_[A-Z_]+)`", README))
    assert documented == read


def test_links_lead_somewhere() -> None:
    for page in (PROJECT_ROOT / "README.md", *(PROJECT_ROOT / "docs").glob("*.md")):
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_test_that_the_docs_name_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", (PROJECT_ROOT / "docs" / "clever.md").read_text(encoding="utf-8")))
    tests = "".join(p.read_text(encoding="utf-8") for p in (PROJECT_ROOT / "tests").rglob("test_*.py"))
    assert sorted(name for name in named if f"def {name}(" not in tests) == []


def test_every_reason_code_is_explained() -> None:
    explained = set(re.findall(r"^\| `(\w+)` \|", (PROJECT_ROOT / "docs" / "clever.md").read_text(), re.MULTILINE))
    sql = "".join(p.read_text() for p in (PROJECT_ROOT / "roster_pipeline").rglob("*issues.sql"))
    assert set(re.findall(r"'warning'(?: AS severity)?, '(\w+)'", sql)) <= explained
    client = "".join(p.read_text() for p in (PROJECT_ROOT / "roster_pipeline" / "clever").glob("*.py"))
    assert set(re.findall(r"Notice\(\s*\"(\w+)\"", client)) <= explained
