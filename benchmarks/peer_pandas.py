"""The peer `pandas`: requests, json_normalize, explode, and the frames into DuckDB, as one writes it by hand.

Runs in the peers' environment, and imports nothing of ours.

    python benchmarks/peer_pandas.py URL TOKEN FOLDER
"""

import sys
from urllib.parse import urljoin

import duckdb
import pandas as pd
import requests

LISTS = ("schools", "terms", "courses", "sections", "users")


def fetch(session, url, name):
    records, page_url = [], f"{url}/v3.1/{name}?limit=10000"
    while page_url:
        response = session.get(page_url, timeout=60)
        response.raise_for_status()
        page = response.json()
        records += [element["data"] for element in page["data"]]
        following = [link["uri"] for link in page["links"] if link["rel"] == "next"]
        page_url = urljoin(url, following[0]) if following else None
    return records


def main(url, token, folder):
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {token}"
    frames = {name: pd.json_normalize(fetch(session, url, name), sep="_") for name in LISTS}
    sections = frames["sections"]
    frames["section_students"] = sections[["id", "students"]].explode("students").rename(columns={"students": "user"})
    frames["section_teachers"] = sections[["id", "teachers"]].explode("teachers").rename(columns={"teachers": "user"})
    frames["sections"] = sections.drop(columns=["students", "teachers"])
    with duckdb.connect(f"{folder}/pandas.duckdb") as connection:
        for name, frame in frames.items():
            connection.register("frame", frame)
            connection.execute(f"CREATE TABLE {name} AS SELECT * FROM frame")
            connection.unregister("frame")


if __name__ == "__main__":
    main(*sys.argv[1:])
