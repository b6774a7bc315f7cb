"""The benchmark's pages, sent by its server, are a whole district for our client."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from benchmarks.changes import change_one_percent
from benchmarks.prepare import DAYS, Truth, write_day
from benchmarks.server import serve, url_of
from clever_sandbox.district.district import District
from clever_sandbox.district.load import load_district
from clever_sandbox.generator.generate import generate
from roster_pipeline.clever.client import Clever
from roster_pipeline.config import CleverSettings

LIMIT = 30


@pytest.fixture
def district(tmp_path: Path) -> District:
    generate(tmp_path / "csv", students=50, contacts=0.0)
    return load_district(tmp_path / "csv")


def fetched(district: District, folder: Path, landing: Path) -> dict[str, int]:
    """Records by list, as our client gets them from a day's prepared pages."""
    with serve(folder) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings = CleverSettings(api_url=url_of(server), district_token=district.token)
        with Clever(settings, page_limit=LIMIT) as clever:
            extract = clever.extract(district.id, landing)
        server.shutdown()
    assert all(endpoint.pages == -(-endpoint.distinct // LIMIT) for endpoint in extract.endpoints)
    return {endpoint.name: endpoint.distinct for endpoint in extract.endpoints}


def lists(truth: Truth) -> dict[str, int]:
    counts = {name: getattr(truth, name) for name in ("schools", "terms", "courses", "sections", "users")}
    return {"districts": 1, **counts}


def test_client_reads_both_days_whole(district: District, tmp_path: Path) -> None:
    for day in DAYS:
        truth = write_day(district, tmp_path / day, LIMIT)
        assert (truth.students, truth.schools, truth.sections) == (50, 1, 76)
        assert fetched(district, tmp_path / day, tmp_path / f"landed-{day}") == lists(truth)
        change_one_percent(district)


def test_second_day_differs_where_it_should(district: District) -> None:
    before = {kind: {i: table[i].body for i in table.ids} for kind, table in district.tables.items()}
    change_one_percent(district)
    different = {
        kind: sum(before[kind].get(i) != table[i].body for i in table.ids) for kind, table in district.tables.items()
    }
    # One renamed, one new, two who changed schools; a teacher renamed.
    assert different["users"] == 5
    assert 1 <= different["sections"] <= 1 + 4 * 7
    assert (different["schools"], different["terms"], different["courses"]) == (0, 0, 0)
    assert len(before["users"].keys() - district.tables["users"].ids) == 1
    known = set(district.tables["users"].ids)
    listed = {s for i in district.tables["sections"].ids for s in district.tables["sections"][i].data()["students"]}
    assert listed <= known
