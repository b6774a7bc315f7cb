"""Other people's paging code, as they publish it, reads every list of a served district completely.

Clever sends no Link header as far as is known, so paging by the links in the body is all that can be tried.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import ParseResult, parse_qs

import pytest
import requests
from dlt.sources.helpers.rest_client.paginators import JSONLinkPaginator
from dlt.sources.rest_api import rest_api_source
from singer_sdk import RESTStream, Tap
from singer_sdk.pagination import BaseHATEOASPaginator

from .api import Api, Json, Records, link

LISTS = ("districts", "schools", "courses", "terms", "sections", "users", "resources", "events")
PAGE = 60  # most lists have several, and `users` two dozen


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing leaves this machine, and whatever a client writes goes nowhere else."""
    monkeypatch.setenv("RUNTIME__DLTHUB_TELEMETRY", "false")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    for variable in ("HOME", "DLT_DATA_DIR", "DLT_PROJECT_DIR"):
        monkeypatch.setenv(variable, str(tmp_path))


def paths(api: Api) -> list[str]:
    """Every whole list, and one below each kind of record."""
    student = api.ids("/users", role="student")[0]
    below = {"schools": "users", "courses": "sections", "terms": "sections", "sections": "users"}
    return [
        *LISTS,
        *(f"{kind}/{api.ids(f'/{kind}')[0]}/{more}" for kind, more in below.items()),
        f"users/{student}/myteachers",
    ]


def test_dlts_rest_source_by_the_next_link(api: Api) -> None:
    asked = paths(api)
    source = rest_api_source(
        {
            "client": {
                "base_url": f"{api.server.url}/v3.1/",
                "auth": {"type": "bearer", "token": api.token},
                "paginator": JSONLinkPaginator(next_url_path="links[?(@.rel=='next')].uri"),
            },
            "resources": [
                {
                    "name": f"list_{at}",
                    "endpoint": {"path": path, "params": {"limit": PAGE}, "data_selector": "data[*].data"},
                }
                for at, path in enumerate(asked)
            ],
        }
    )
    for at, path in enumerate(asked):
        assert Records(source.resources[f"list_{at}"]) == api.all(f"/v3.1/{path}"), path


class ByLink(BaseHATEOASPaginator):
    def get_next_url(self, response: requests.Response) -> str | None:
        return link(response.json(), "next")


class Everything(RESTStream[ParseResult | None]):
    """One list of Clever's as a stream; which one, its path says."""

    name = "records"
    records_jsonpath = "$.data[*].data"
    schema: ClassVar[Json] = {"type": "object", "properties": {"id": {"type": "string"}}}

    @property
    def url_base(self) -> str:
        return str(self.config["url"])

    @property
    def http_headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.config['token']}"}

    def get_new_paginator(self) -> ByLink:
        return ByLink()

    def get_url_params(self, context: Any, next_page_token: ParseResult | None) -> dict[str, Any]:  # noqa: ARG002
        return parse_qs(next_page_token.query) if next_page_token else {"limit": PAGE}


class CleverTap(Tap):
    name = "tap-clever"

    def discover_streams(self) -> list[Any]:
        return [Everything(self, path=f"/v3.1/{path}") for path in self.config["paths"]]


def test_singers_rest_stream_by_the_next_link(api: Api) -> None:
    asked = paths(api)
    tap = CleverTap(config={"url": api.server.url, "token": api.token, "paths": asked})
    for path, stream in zip(asked, tap.discover_streams(), strict=True):
        assert Records(stream.get_records(None)) == api.all(f"/v3.1/{path}"), path
