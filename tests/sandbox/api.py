"""Asking the local Clever over HTTP, in as few words as tests want."""

from __future__ import annotations

from types import TracebackType
from typing import Any
from urllib.parse import urlencode

import requests

from clever_sandbox.server import SandboxServer

Json = dict[str, Any]
NOW = 1_795_442_400.0  # 2026-11-23 14:00 UTC


class Records(list[Json]):
    """Records whose `repr` keeps people out of the output of a failing test."""

    def __repr__(self) -> str:
        return f"<{len(self)} records>"


class ById(dict[str, Json]):
    """The same, by id."""

    def __repr__(self) -> str:
        return f"<{len(self)} records by id>"


class Api:
    """One token at one server. Paths without a version are asked of v3.0."""

    def __init__(self, server: SandboxServer, token: str) -> None:
        self.server = server
        self.token = token
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers["Authorization"] = f"Bearer {token}"

    def get(self, path: str, **query: object) -> requests.Response:
        versioned = path if path.lower().startswith(("/v3.", "/oauth", "/sandbox")) else f"/v3.0{path}"
        question = f"?{urlencode(query, doseq=True)}" if query else ""
        return self.session.get(self.server.url + versioned + question, timeout=20)

    def tokens(self) -> requests.Response:
        """What /oauth/tokens answers to client id and secret."""
        credentials = (self.server.client_id, self.server.client_secret)
        return self.session.get(self.server.tokens_url, auth=credentials, timeout=20)

    def body(self, path: str, **query: object) -> Json:
        answer = self.get(path, **query)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        body: Json = answer.json()
        return body

    def all(self, path: str, **query: object) -> Records:
        """Every record of a list, following `next`."""
        body = self.body(path, **{"limit": 10_000, **query})
        records = Records(element["data"] for element in body["data"])
        while uri := link(body, "next"):
            body = self.body(uri)
            records.extend(element["data"] for element in body["data"])
        return records

    def ids(self, path: str, **query: object) -> list[str]:
        return [record["id"] for record in self.all(path, **query)]

    def __enter__(self) -> Api:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.session.close()


def link(body: Json, rel: str) -> str | None:
    """The URI of one of the links, None when there is none."""
    return next((found["uri"] for found in body["links"] if found["rel"] == rel), None)
