"""The sandbox as a package of its own: what it needs is declared, and all of it is taken along."""

from __future__ import annotations

import ast
import sys
import tomllib
from importlib import import_module
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import clever_sandbox

FOLDER = Path(clever_sandbox.__file__).parent
ROOT = FOLDER.parent


def project(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))


def declared(folder: Path) -> dict[str, str]:
    """Which distributions in which versions, from `name>=1.0`."""
    return dict(text.split(">=") for text in project(folder)["project"]["dependencies"])


def imported() -> set[str]:
    """The distributions of everything that a module imports, wherever in it."""
    names = set()
    for module in FOLDER.rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            if isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module.split(".")[0])
    known = packages_distributions()
    return {known[name][0] for name in names - sys.stdlib_module_names - {"clever_sandbox"}}


def test_what_is_imported_is_declared_and_nothing_else() -> None:
    assert declared(FOLDER).keys() == imported()


def test_whoever_installs_the_project_has_what_the_sandbox_needs() -> None:
    assert declared(FOLDER).items() <= declared(ROOT).items()


def test_every_folder_with_a_module_is_a_package_and_there_is_nothing_else_to_take_along() -> None:
    tables = project(FOLDER)["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert tables == {"include": ["**/*.py"], "sources": {"": "clever_sandbox"}}
    assert {module.parent for module in FOLDER.rglob("*.py")} == {found.parent for found in FOLDER.rglob("__init__.py")}
    others = {file.name for file in FOLDER.rglob("*") if file.is_file() and file.suffix not in (".py", ".pyc")}
    assert others == {"README.md", "pyproject.toml"}


def test_its_command_and_its_version_are_where_it_says() -> None:
    module, name = project(FOLDER)["project"]["scripts"]["clever-sandbox"].split(":")
    assert import_module(module).__dict__[name].commands.keys() == {"serve", "advance"}
    assert project(FOLDER)["tool"]["hatch"]["version"] == {"path": "__init__.py"}
    assert clever_sandbox.__version__ == project(ROOT)["project"]["version"]
