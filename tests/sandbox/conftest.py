"""The demo district, loaded and served once for every test that only reads it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from roster_pipeline.sandbox.app import create_app
from roster_pipeline.sandbox.district import District
from roster_pipeline.sandbox.server import DEMO_FOLDER, load_sandbox, serve_in_thread

from .api import Api


@pytest.fixture(scope="session")
def demo() -> District:
    return load_sandbox(DEMO_FOLDER)


@pytest.fixture(scope="session")
def api(demo: District) -> Iterator[Api]:
    with serve_in_thread(create_app([demo], requests_per_minute=1_000_000)) as server, Api(server, demo.token) as api:
        yield api
