"""The peer `dlt`: its REST source into DuckDB, the way its own documentation does it. Lands the tables, no more.

Runs in the peers' environment, and imports nothing of ours. `tuned` does what its documentation advises for
speed; `plain` is what one gets without.

    python benchmarks/peer_dlt.py URL TOKEN FOLDER tuned|plain
"""

import os
import sys

os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
# Both as they are by default, unless tuned: the step that its documentation says to spread, and into how many files.
os.environ["NORMALIZE__WORKERS"] = str(os.cpu_count() if sys.argv[-1] == "tuned" else 1)
os.environ["DATA_WRITER__FILE_MAX_ITEMS"] = "100000" if sys.argv[-1] == "tuned" else "1000000000"

import dlt
from dlt.sources.helpers.rest_client.paginators import JSONLinkPaginator
from dlt.sources.rest_api import rest_api_source

LISTS = ("schools", "terms", "courses", "sections", "users")


def main(url: str, token: str, folder: str, how: str) -> None:
    source = rest_api_source(
        {
            "client": {
                "base_url": f"{url}/v3.1/",
                "auth": {"type": "bearer", "token": token},
                "paginator": JSONLinkPaginator(next_url_path="links[?(@.rel=='next')].uri"),
            },
            "resource_defaults": {"write_disposition": "replace"},
            "resources": [
                {"name": name, "endpoint": {"path": name, "params": {"limit": 10000}, "data_selector": "data[*].data"}}
                for name in LISTS
            ],
        }
    )
    pipeline = dlt.pipeline(
        pipeline_name="peer",
        pipelines_dir=f"{folder}/pipelines",
        destination=dlt.destinations.duckdb(f"{folder}/dlt.duckdb"),
        dataset_name="clever",
    )
    print(pipeline.run(source, loader_file_format="parquet" if how == "tuned" else None))  # None: INSERTs


if __name__ == "__main__":
    main(*sys.argv[1:])
