"""The district that every test of the guards starts from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.guards.guarded import Guarded, copy_of, fill, save


@pytest.fixture(scope="session")
def synced(tmp_path_factory: pytest.TempPathFactory) -> Guarded:
    """North and south, each 40 people and 43 enrollments, after their first sync, which left one record out."""
    made = Guarded(tmp_path_factory.mktemp("synced"), as_written=True)
    fill(made, "north", "south")
    made.records["users"].append({"id": "useless", "roles": {}})
    made.sync()
    made.drop("users", "useless")
    assert made.holds == []
    save(made)
    return made


@pytest.fixture
def district(synced: Guarded, tmp_path: Path) -> Iterator[Guarded]:
    """A copy of `synced` for one test."""
    made = copy_of(synced, tmp_path / "district")
    yield made
    made.close()
