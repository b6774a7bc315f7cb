"""The docs name every command, option and variable, and no stale ones; what is made from the code is fresh."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from msgspec.structs import fields

from docs import dictionary, faults, guards, picture, reasons
from roster_pipeline.cli import main
from roster_pipeline.config import PROJECT_ROOT
from roster_pipeline.guards import catalog
from roster_pipeline.guards.limits import Limits

README = (PROJECT_ROOT / "README.md").read_text(encoding="utf-8")
PAGES = (PROJECT_ROOT / "README.md", faults.PAGE, *sorted((PROJECT_ROOT / "docs").glob("*.md")))
MADE = {
    dictionary.FILE: dictionary.markdown,
    faults.PAGE: faults.page,
    guards.PAGE: guards.page,
    reasons.PAGE: reasons.page,
    picture.FILE: picture.svg,
}


@pytest.mark.parametrize("page", MADE, ids=lambda page: str(page.name))
def test_what_is_made_from_the_code_is_fresh(page: Path) -> None:
    assert page.read_text(encoding="utf-8") == MADE[page](), "run `make docs`"


def test_what_others_imply_is_no_arrow() -> None:
    edges = {"a": frozenset("bcd"), "b": frozenset("c"), "c": frozenset("d"), "d": frozenset[str]()}
    assert picture.needed(edges) == [("a", "b"), ("b", "c"), ("c", "d")]


def test_every_limit_is_in_guards_toml() -> None:
    text = (PROJECT_ROOT / "data" / "guards.toml").read_text(encoding="utf-8")
    block = text[text.index("[default]") :].split("\n\n")[0]
    written = tomllib.loads(re.sub(r"^# (?=\w+ = )", "", block, flags=re.MULTILINE))["default"]
    assert list(written) == [f.name for f in fields(Limits)]


def test_every_limit_is_some_guards_or_shared() -> None:
    used = {limit for guard in catalog.GUARDS for limit in guard.limits}
    assert used | set(catalog.SHARED_LIMITS) == {f.name for f in fields(Limits)}
    assert not used & set(catalog.SHARED_LIMITS)


@pytest.mark.parametrize("command", sorted(main.commands))
def test_command_is_documented(command: str) -> None:
    assert f"`roster {command}" in README
    assert main.commands[command].help


@pytest.mark.parametrize("command", sorted(main.commands))
def test_every_option_has_help(command: str) -> None:
    for parameter in main.commands[command].params:
        assert not isinstance(parameter, click.Option) or parameter.help, parameter.name


def test_every_environment_variable_is_documented_and_read() -> None:
    files = ("config.py", "ui/settings.py")
    code = "".join((PROJECT_ROOT / "roster_pipeline" / name).read_text(encoding="utf-8") for name in files)
    read = set(re.findall(r"\"((?:CLEVER|ROSTER|PLATFORM)_[A-Z_]+)\"", code))
    documented = set(re.findall(r"`((?:CLEVER|ROSTER|PLATFORM)_[A-Z_]+)`", README))
    assert documented == read


def anchors(page: Path) -> set[str]:
    """The headings of a page, as links name them."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def links() -> Iterator[tuple[str, Path, str]]:
    """Of each link in a page, and each page that the code names with an anchor: where it stands, and its target."""
    for page in PAGES:
        for target, anchor in re.findall(r"\]\(([^)#:]*)#?([^):]*)\)", page.read_text(encoding="utf-8")):
            yield page.name, page.parent / target if target else page, anchor
    for folder in ("roster_pipeline", "clever_sandbox", "tests", "benchmarks"):
        for module in (PROJECT_ROOT / folder).rglob("*.py"):
            for target, anchor in re.findall(r"(docs/\w+\.md)#([\w-]+)", module.read_text(encoding="utf-8")):
                yield module.name, PROJECT_ROOT / target, anchor


def test_links_lead_somewhere() -> None:
    found = list(links())
    assert len(found) > 20
    for where, page, anchor in found:
        assert page.exists(), f"{where}: {page.name}"
        assert not anchor or anchor in anchors(page), f"{where}: {page.name}#{anchor}"


def test_every_path_that_the_docs_name_exists() -> None:
    for page in PAGES:
        if page.name == "upgrading.md":  # names what is no more
            continue
        text = page.read_text(encoding="utf-8")
        for path in re.findall(r"`((?:roster_pipeline|clever_sandbox|benchmarks|deploy|docs|tests)/[\w/.]+)`", text):
            assert (PROJECT_ROOT / path).exists(), f"{page.name}: {path}"


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
