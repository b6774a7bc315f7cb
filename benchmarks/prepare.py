"""A generated district as the exact answers that Clever would give, in files, for two days.

Belongs here: which answers are prepared, and the truth about what is in them. Does not belong here: how a
district is generated (`clever_sandbox`), what happens on the second day (`changes`), sending.

    python -m benchmarks.prepare 1000 data/bench/1000
"""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import zip_longest
from pathlib import Path

import msgspec

from benchmarks.changes import change_one_percent
from clever_sandbox.api.answers import Asked, answer
from clever_sandbox.api.paging import MAX_LIMIT
from clever_sandbox.district.district import District
from clever_sandbox.district.ids import slug
from clever_sandbox.generator.generate import generated
from clever_sandbox.generator.platform_inputs import write_inputs
from roster_pipeline.clever.tokens import API_VERSION

VERSION = 1  # raised when the same size makes other pages than before: what is prepared is then made again
DAYS = ("day1", "day2")


class Truth(msgspec.Struct, frozen=True):
    """What a prepared day holds, counted while its pages were made; `enrollments` are those of students."""

    students: int
    teachers: int
    users: int
    schools: int
    terms: int
    courses: int
    sections: int
    enrollments: int
    page_bytes: int


class Prepared(msgspec.Struct, frozen=True):
    """prepared.json, written last: the district's slug and token, and the truth about each of `DAYS`."""

    version: int
    size: int
    slug: str
    token: str
    days: dict[str, Truth]


def prepared(folder: Path) -> Prepared | None:
    """What is in a folder, None when nothing whole of this version is."""
    file = folder / "prepared.json"
    if not file.exists():
        return None
    found = msgspec.json.decode(file.read_bytes(), type=Prepared)
    return found if found.version == VERSION else None


def prepare(size: int, folder: Path) -> Prepared:
    """Makes `folder`: `day1/` and `day2/` with an answer per file, `inputs/` for ROSTER_DATA, prepared.json."""
    shutil.rmtree(folder, ignore_errors=True)
    name, inputs = f"Benchmark {size} USD", folder / "inputs"
    # No contacts: the pipeline leaves them out, and the counts are without them.
    upload = generated(students=size, name=name, contacts=0.0)
    write_inputs(upload, inputs)
    # All schools are on Clever, so that the roster must hold what the pages hold.
    (inputs / "sites.csv").write_text("district,site_id,enrollment_source\n", encoding="utf-8")
    # On whatever day this is run, no section may count as concluded.
    for section in upload.sections:
        upload.sections.change(section, Term_end="2099-06-04")
    district = District(upload)
    district.ingest(datetime.now(UTC))
    before = replace(district, tables=dict(district.tables))
    change_one_percent(district)
    # Page by page in turn: most records of a page are those of the other day, and are made once.
    written = [_write_day(day, folder / name, MAX_LIMIT) for name, day in zip(DAYS, (before, district), strict=True)]
    for _ in zip_longest(*written):
        pass
    days = {name: truth(day, folder / name) for name, day in zip(DAYS, (before, district), strict=True)}
    made = Prepared(VERSION, size, slug(name), district.token, days)
    (folder / "prepared.json").write_bytes(msgspec.json.format(msgspec.json.encode(made)))
    return made


def write_day(district: District, folder: Path, limit: int = MAX_LIMIT) -> Truth:
    """Writes every answer that is asked for, each in a file with the name of its request."""
    for _ in _write_day(district, folder, limit):
        pass
    return truth(district, folder)


def _write_day(district: District, folder: Path, limit: int) -> Iterator[None]:
    folder.mkdir(parents=True)
    now = time.time()
    for name, query in _requests(district, limit):
        path = f"/{API_VERSION}/{name}"
        parameters = dict(pair.split("=") for pair in query.split("&") if pair)
        body = answer(Asked(district, path, query, parameters, now))
        (folder / (f"{name}?{query}" if query else name)).write_bytes(body)
        yield


def truth(district: District, folder: Path) -> Truth:
    """What the written pages hold, counted from what they were made of."""
    tables = district.tables
    users = tables["users"]
    students, teachers = frozenset(users.having("role", "student")), users.having("role", "teacher")
    seated = (tables["sections"][section].keys["user"] for section in tables["sections"].ids)
    return Truth(
        students=len(students),
        teachers=len(teachers),
        users=len(users),
        schools=len(tables["schools"]),
        terms=len(tables["terms"]),
        courses=len(tables["courses"]),
        sections=len(tables["sections"]),
        enrollments=sum(user in students for found in seated for user in found),
        page_bytes=sum(file.stat().st_size for file in folder.iterdir()),
    )


def _requests(district: District, limit: int) -> list[tuple[str, str]]:
    """Name and query of each request of a client that pages with a limit, and of the counts."""
    asked = [("districts", "")]
    for name, table in district.tables.items():
        asked += [(name, "count=true"), (name, f"limit={limit}")]
        cursors = table.ids[limit - 1 : -1 : limit]  # the last id of each page that has another one after it
        asked += [(name, f"limit={limit}&starting_after={cursor}") for cursor in cursors]
    return asked


if __name__ == "__main__":
    prepare(int(sys.argv[1]), Path(sys.argv[2]))
