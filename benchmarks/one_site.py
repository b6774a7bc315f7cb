"""`make bench-one-site`: one site's Sync Now beside a whole sync of the same district, in the same run.

Belongs here: a sandbox that takes as long as Clever may, requests counted, the block in docs/performance.md. Does not
belong here: what a sync costs by itself (`benchmarks.run`).

    python -m benchmarks.one_site --size 100000
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click
import duckdb
from starlette.types import ASGIApp, Receive, Scope, Send

from benchmarks.markdown import rewrite, table
from benchmarks.measure import Measured, measure
from clever_sandbox.app import create_app
from clever_sandbox.district.district import District
from clever_sandbox.district.ids import slug
from clever_sandbox.district.tables import KINDS
from clever_sandbox.faults.latency import PROFILES, parse_latency
from clever_sandbox.generator.generate import generated
from clever_sandbox.generator.platform_inputs import write_inputs
from clever_sandbox.server import serve_in_thread
from roster_pipeline.config import PROJECT_ROOT

PAGE = PROJECT_ROOT / "docs" / "performance.md"
COMMAND = "make bench-one-site"
SLOW = "450:455"
"""Five seconds for a page of 10,000, half a second for a short answer: the slow end of what is to be reckoned with."""


class _Counting:
    """Passes requests on, and counts them."""

    def __init__(self, app: ASGIApp, asked: list[str]) -> None:
        self.app, self.asked = app, asked

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            self.asked.append(scope["path"])
        await self.app(scope, receive, send)


@dataclass(frozen=True)
class Seen:
    """A sync: its process, and how often it asked Clever."""

    process: Measured
    requests: int


@click.command()
@click.option("--size", default=1_000, show_default=True, help="How many students.")
@click.option("--latency", default=SLOW, show_default=True, help=f"{', '.join(PROFILES)}, or PAGE_MS:RECORD_US.")
@click.option("--write", is_flag=True, help="Write the numbers into docs/performance.md.")
def main(size: int, latency: str, write: bool) -> None:
    """Sync a district of SIZE students, then one site of it; fails when that changes anything."""
    name = f"Benchmark {size} USD"
    upload = generated(students=size, name=name, contacts=0.0)
    asked: list[str] = []
    with tempfile.TemporaryDirectory(prefix="one-site-") as root:
        platform = Path(root)
        write_inputs(upload, platform / "inputs")
        (platform / "inputs" / "sites.csv").write_text("district,site_id,enrollment_source\n", encoding="utf-8")
        for section in upload.sections:  # on whatever day this is run, none may count as concluded
            upload.sections.change(section, Term_end="2099-06-04")
        (platform / "dagster").mkdir()
        shutil.copy(PROJECT_ROOT / "dagster.yaml", platform / "dagster")
        district = District(upload)
        district.ingest(datetime.now(UTC))
        app = create_app([district], latency=parse_latency(latency), requests_per_minute=1_000_000)
        app.add_middleware(_Counting, asked=asked)
        with serve_in_thread(app) as server:
            seen = _sync_all_then_one(platform, server.url, district, slug(name), asked)
    said = _block(size, latency, {kind: len(district.tables[kind]) for kind in KINDS}, seen)
    click.echo("\n\n".join(said))
    if write:
        rewrite(PAGE, COMMAND, said)


def _sync_all_then_one(platform: Path, url: str, district: District, slug_: str, asked: list[str]) -> dict[str, Seen]:
    command = [Path(sys.executable).with_name("roster"), "sync", "--district", slug_, "--json"]
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("CLEVER_", "ROSTER_"))}
    env = kept | {
        "ROSTER_DATA": str(platform / "inputs"),
        "ROSTER_WAREHOUSE": str(platform / "warehouse"),
        "DAGSTER_HOME": str(platform / "dagster"),
        "ROSTER_FIRST_SYNC": "apply",
        "CLEVER_API_URL": url,
        "CLEVER_DISTRICT_TOKEN": district.token,
    }
    site = district.tables["schools"].ids[0]
    syncs = {"whole, first": (), "whole, nothing changed": (), "one site": ("--site", site)}
    seen = {}
    for name, arguments in syncs.items():
        asked.clear()
        measured = measure([*command, *arguments], log=platform / "log", env=env)
        seen[name] = Seen(measured, len(asked))
    _check(platform / "warehouse" / slug_ / "published.duckdb", site)
    return seen


def _check(published: Path, site: str) -> None:
    """The last sync was of the site alone, and found nothing to change: it saw what the whole sync had seen."""
    with duckdb.connect(str(published), read_only=True) as connection:
        query = (
            "SELECT sites, status, created + updated + archived + restored + held,"
            " (FROM (SELECT count(*) FROM sync.issues AS i WHERE i.sync_id = s.sync_id AND code = 'whole_district'))"
            " FROM sync.syncs AS s ORDER BY sync_no DESC LIMIT 1"
        )
        found = connection.execute(query).fetchone()
    if found != ([site], "succeeded", 0, 0):
        raise click.ClickException(f"one site's sync is not what it should be: {found}")


def _block(size: int, latency: str, counts: dict[str, int], seen: dict[str, Seen]) -> list[str]:
    whole = seen["whole, nothing changed"]
    lines = [
        (
            name,
            f"{s.requests}",
            f"{100 * s.requests / whole.requests:.0f}",
            f"{s.process.wall:.1f}",
            f"{100 * s.process.wall / whole.process.wall:.0f}",
            f"{s.process.peak_mb:,.0f}",
        )
        for name, s in seen.items()
    ]
    head = ("", "requests", "% of whole", "wall s", "% of whole", "peak MB")
    what = (
        f"{size:,} students, {counts['schools']:,} schools, {counts['users']:,} users, {counts['sections']:,} sections"
    )
    how = f"Clever takes {latency} (milliseconds an answer, microseconds a record)"
    return [f"{what}. {how}. {datetime.now(UTC):%Y-%m-%d}; each line is a process of its own.", table(head, lines)]


if __name__ == "__main__":
    main()
