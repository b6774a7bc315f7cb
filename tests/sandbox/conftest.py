"""The demo district, loaded and served once for every test that only reads it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings

from clever_sandbox.app import create_app
from clever_sandbox.district.district import District
from clever_sandbox.district.load import load_district
from clever_sandbox.server import SandboxServer, serve_in_thread
from roster_pipeline.clever.local import DEMO_DISTRICT

from .api import NOW, Api

# How long an example takes says more about the machine's other work than about the code.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture(scope="session")
def demo() -> District:
    return load_district(DEMO_DISTRICT)


@pytest.fixture(scope="session")
def api(demo: District) -> Iterator[Api]:
    with serve_in_thread(create_app([demo], requests_per_minute=1_000_000)) as server, Api(server, demo.token) as api:
        yield api


@pytest.fixture(scope="session")
def _faulty_server(demo: District) -> Iterator[SandboxServer]:
    own = demo.copy()
    with serve_in_thread(create_app([own], requests_per_minute=1_000_000, clock=lambda: NOW)) as server:
        yield server


@pytest.fixture
def faulty(_faulty_server: SandboxServer) -> Iterator[Api]:
    """A server at a standing clock, without faults before and after; its token may rotate."""
    [district] = _faulty_server.sandbox.districts
    _faulty_server.faults.clear()
    district.token_generation = 0
    with Api(_faulty_server, district.token) as api:
        yield api
    _faulty_server.faults.clear()
