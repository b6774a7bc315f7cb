"""The floor: the least that anybody has to do who wants Clever's records in DuckDB.

Belongs here: fetch the pages one after the other, cut the records out, let DuckDB read them into typed
tables. Does not belong here: anything that makes a roster of them.

    python -m benchmarks.floor URL TOKEN FOLDER
"""

from __future__ import annotations

import sys
from pathlib import Path
from urllib.parse import urljoin

import duckdb
import msgspec
import requests

_NAME = "STRUCT(first VARCHAR, middle VARCHAR, last VARCHAR)"
_CREDENTIALS = "STRUCT(district_username VARCHAR)"
_LOCATION = "STRUCT(address VARCHAR, city VARCHAR, state VARCHAR, zip VARCHAR)"
_STUDENT = f"""STRUCT(school VARCHAR, schools VARCHAR[], sis_id VARCHAR, student_number VARCHAR, state_id VARCHAR,
    grade VARCHAR, gender VARCHAR, dob VARCHAR, race VARCHAR, hispanic_ethnicity VARCHAR, ell_status VARCHAR,
    frl_status VARCHAR, iep_status VARCHAR, home_language VARCHAR, graduation_year VARCHAR, email VARCHAR,
    location {_LOCATION}, credentials {_CREDENTIALS})"""
_TEACHER = f"""STRUCT(school VARCHAR, schools VARCHAR[], sis_id VARCHAR, teacher_number VARCHAR, state_id VARCHAR,
    title VARCHAR, legacy_id VARCHAR, credentials {_CREDENTIALS})"""
_STAFF = """STRUCT(schools VARCHAR[], staff_id VARCHAR, department VARCHAR, title VARCHAR, legacy_id VARCHAR)"""
_ADMIN = "STRUCT(title VARCHAR)"
_TIMES = {"created": "TIMESTAMPTZ", "last_modified": "TIMESTAMPTZ"}

COLUMNS: dict[str, dict[str, str]] = {
    "schools": {
        **dict.fromkeys("id district name sis_id school_number low_grade high_grade phone".split(), "VARCHAR"),
        **{"location": _LOCATION, "principal": "STRUCT(name VARCHAR, email VARCHAR)"},
        **_TIMES,
    },
    "terms": {"id": "VARCHAR", "district": "VARCHAR", "name": "VARCHAR", "start_date": "DATE", "end_date": "DATE"},
    "courses": dict.fromkeys(("id", "district", "name", "number"), "VARCHAR"),
    "sections": {
        **dict.fromkeys("id district school course term_id name sis_id section_number".split(), "VARCHAR"),
        **dict.fromkeys("period subject grade teacher".split(), "VARCHAR"),
        **{"teachers": "VARCHAR[]", "students": "VARCHAR[]"},
        **_TIMES,
    },
    "users": {
        **{"id": "VARCHAR", "district": "VARCHAR", "name": _NAME, "email": "VARCHAR"},
        "roles": f"STRUCT(student {_STUDENT}, teacher {_TEACHER}, staff {_STAFF}, district_admin {_ADMIN})",
        **_TIMES,
    },
}


class _Element(msgspec.Struct):
    data: msgspec.Raw


class _Link(msgspec.Struct):
    rel: str
    uri: str


class _Page(msgspec.Struct):
    data: list[_Element]
    links: list[_Link]


def floor(url: str, token: str, folder: Path) -> None:
    """Lands all lists of the district at `url` as NDJSON and as tables of `folder`/floor.duckdb."""
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {token}"
    page_of = msgspec.json.Decoder(_Page)
    with duckdb.connect(str(folder / "floor.duckdb")) as connection:
        for name, columns in COLUMNS.items():
            landed = folder / f"{name}.ndjson"
            with landed.open("wb") as file:
                page_url: str | None = f"{url}/v3.1/{name}?limit=10000"
                while page_url:
                    page = page_of.decode(session.get(page_url, timeout=60).content)
                    file.writelines(bytes(element.data) + b"\n" for element in page.data)
                    links = [link.uri for link in page.links if link.rel == "next"]
                    page_url = urljoin(url, links[0]) if links else None
            connection.execute(
                f"CREATE TABLE {name} AS FROM read_json($file, format = 'newline_delimited', columns = $columns)",
                {"file": str(landed), "columns": columns},
            )
            landed.unlink()


if __name__ == "__main__":
    floor(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
