"""The client against the sandbox: a whole demo district over HTTP."""

from __future__ import annotations

from pathlib import Path

from roster_pipeline.resources.clever import Clever, Progress
from roster_pipeline.resources.landing import read_receipt
from roster_pipeline.sandbox.app import create_app
from roster_pipeline.sandbox.district import KINDS
from roster_pipeline.sandbox.server import DEMO_FOLDER, load_sandbox, serve_in_thread
from tests.clever.conftest import lines


def test_the_demo_district_arrives_whole(tmp_path: Path) -> None:
    district = load_sandbox(DEMO_FOLDER)
    steps: list[Progress] = []
    with (
        serve_in_thread(create_app([district])) as server,
        Clever(server.settings, page_limit=300) as clever,
    ):
        assert [(d.id, d.name) for d in clever.districts()] == [(district.id, district.name)]
        extract = clever.extract(district.id, tmp_path, steps.append)
    for name in KINDS:
        table = district.tables[name]
        assert [record["id"] for record in lines(tmp_path / f"{name}.ndjson")] == sorted(table.ids)
        assert extract.endpoint(name).records == len(table.ids)
    assert extract.endpoint("users").pages > 1
    assert extract.warnings == ()
    assert read_receipt(tmp_path) == extract
    assert max(step.records for step in steps if step.endpoint == "users") == len(district.tables["users"].ids)
