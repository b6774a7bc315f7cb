"""The district in memory on which the cases of a module run, one after the other."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.golden.case import Case


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    made = Case(tmp_path_factory.mktemp("golden"))
    yield made
    made.connection.close()


@pytest.fixture
def case(district: Case) -> Iterator[Case]:
    yield district
    district.end()
