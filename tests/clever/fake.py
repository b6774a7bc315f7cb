"""A scripted Clever on 127.0.0.1: a healthy one, whose next answers a test can replace.

Belongs here: what is needed to misbehave on purpose, down to the socket. Does not belong here: what a
real district looks like (that is the sandbox).
"""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from roster_pipeline.config import CleverSettings

DISTRICT = "64b0a1c2d3e4f5a6b7c8d901"
TOKEN = "7f76343d50b9e956138169e8cbb4630bb887b18a"
SECRET = "a-client-secret-that-nobody-sees"

Record = dict[str, Any]


def make_id(number: int) -> str:
    return f"64b0a1e0{number:016x}"


def records(count: int, **fields: Any) -> list[Record]:
    return [{"id": make_id(n), "district": DISTRICT, "name": f"record {n}", **fields} for n in range(1, count + 1)]


@dataclass(frozen=True)
class Answer:
    """What to send instead. `cut` announces that many bytes more than come; `reset` sends nothing at all."""

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    cut: int = 0
    reset: bool = False
    before: Callable[[], object] | None = None  # called before the answer leaves
    pieces: tuple[bytes, ...] = ()  # sent one by one, each after `before`


HTML = Answer(200, b"<!DOCTYPE html><html>Clever | Log in</html>", (("Content-Type", "text/html"),))
HTML_404 = Answer(404, b"\n <html>not found</html>", (("Content-Type", "text/html; charset=utf-8"),))


@dataclass(frozen=True)
class Seen:
    """A request as it arrived."""

    path: str
    query: str
    authorization: str

    @property
    def line(self) -> str:
        return f"{self.path}?{self.query}"


@dataclass
class Fake:
    """The state of the server; tests change it between and during requests."""

    lists: dict[str, list[Record]] = field(default_factory=dict)
    district: Record = field(default_factory=lambda: {"id": DISTRICT, "name": "Riverbend USD", "state": "running"})
    tokens: list[Record] = field(default_factory=list)
    valid: set[str] = field(default_factory=lambda: {TOKEN})
    seen: list[Seen] = field(default_factory=list)
    edit: Callable[[str, dict[str, list[str]], Record], Record] | None = None
    date: str | None = None  # what the Date header of the district's record says
    list_date: str | None = None  # and that of the lists
    port: int = 0
    version: str = "v3.1"
    _scripts: list[tuple[str, list[Answer], bool]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.tokens = self.tokens or [token_entry(TOKEN)]
        for name in ("schools", "terms", "courses", "sections", "users"):
            self.lists.setdefault(name, records(3))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def settings(self) -> CleverSettings:
        return CleverSettings(self.url, f"{self.url}/oauth/tokens", "client", SECRET)

    def next(self, part: str, *answers: Answer) -> None:
        """Answer the next requests whose `path?query` contains `part` like this, one after the other."""
        self._scripts.append((part, list(answers), False))

    def always(self, part: str, answer: Answer) -> None:
        """Answer every request whose `path?query` contains `part` like this."""
        self._scripts.append((part, [answer], True))

    def asked(self, part: str) -> list[str]:
        """`path?query` of the requests that contained `part`."""
        return [seen.line for seen in self.seen if part in seen.line]

    def scripted(self, line: str) -> Answer | None:
        with self._lock:
            for part, answers, forever in self._scripts:
                if part in line and answers:
                    return answers[0] if forever else answers.pop(0)
        return None

    def answer(self, seen: Seen) -> Answer:
        query = parse_qs(seen.query)
        if seen.path == "/oauth/tokens":
            wanted = query.get("district", [""])[0]
            found = [t for t in self.tokens if not wanted or t["owner"]["id"] == wanted]
            return _json({"data": found, "links": [{"rel": "self", "uri": f"/oauth/tokens?{seen.query}"}]})
        if seen.authorization.removeprefix("Bearer ") not in self.valid:
            return Answer(401, b'{"message":"unauthorized"}')
        below = seen.path.split("/")[3:]
        if len(below) == 1:
            return self._single(seen.path.split("/")[2], below[0])
        name = seen.path.rpartition("/")[2]
        if len(below) == 2 and not any(r["id"] == below[0] for r in self.lists["schools"]):
            return Answer(404, b'{"message":"Resource not found"}')
        if name == "districts":
            page = {"data": [{"data": self.district, "uri": f"/{self.version}/districts/{DISTRICT}"}]}
            return _json(page, *([("Date", self.date)] if self.date is not None else ()))
        page = self._page(name, query, seen)
        dated = [("Date", self.list_date)] if self.list_date is not None else []
        return _json(self.edit(name, query, page) if self.edit else page, *dated)

    def _single(self, name: str, record_id: str) -> Answer:
        for record in self.lists[name]:
            if record["id"] == record_id:
                return _json({"data": record, "links": []})
        return Answer(404, b'{"message":"Resource not found"}')

    def _page(self, name: str, query: dict[str, list[str]], seen: Seen) -> Record:
        school = seen.path.split("/")[3:-1]
        every = [r for r in self.lists[name] if not school or school[0] in _schools(r)]
        base = seen.path
        if query.get("count") == ["true"]:
            return {"count": len(every), "data": [], "links": [{"rel": "self", "uri": f"{base}?{seen.query}"}]}
        limit = int(query.get("limit", ["100"])[0])
        after = query.get("starting_after", [""])[0]
        rest = [r for r in every if r["id"] > after]
        links = [{"rel": "self", "uri": f"{base}?{seen.query}"}]
        if len(rest) > limit:
            last = rest[limit - 1]["id"]
            links.append({"rel": "next", "uri": f"{base}?limit={limit}&starting_after={last}"})
        return {"data": [{"data": r, "uri": f"{base}/{r['id']}"} for r in rest[:limit]], "links": links}


def _schools(record: Record) -> list[str]:
    """Where a section or a person is."""
    found = [record["school"]] if "school" in record else []
    for role in record.get("roles", {}).values():
        found += [*role.get("schools", ()), *([role["school"]] if "school" in role else [])]
    return found


def token_entry(token: str, district: str = DISTRICT, created: str = "2021-02-24T22:24:55.985Z") -> Record:
    return {"id": "t", "created": created, "owner": {"type": "district", "id": district}, "access_token": token}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else every answer takes the 40 ms of a delayed acknowledgement
    fake: Fake

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        seen = Seen(parts.path, parts.query, self.headers.get("Authorization", ""))
        self.fake.seen.append(seen)
        answer = self.fake.scripted(seen.line) or self.fake.answer(seen)
        if answer.before and not answer.pieces:
            answer.before()
        if answer.reset:
            # Linger 0: the client sees a reset, not an orderly end.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            self.connection.close()
            return
        body = answer.body or b"".join(answer.pieces)
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) + answer.cut))
        self.end_headers()
        for piece in answer.pieces or (body,):
            if answer.before and answer.pieces:
                answer.before()
            self.wfile.write(piece)
            self.wfile.flush()
        if answer.cut:
            self.close_connection = True

    def send_response(self, code: int, message: str | None = None) -> None:
        # Without Server and Date: tests that need a Date send their own.
        self.send_response_only(code, message)

    def log_message(self, format: str, *args: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        pass  # a client that went away is what some tests are about


@contextmanager
def serving(fake: Fake) -> Iterator[Fake]:
    """The fake on a free port of this machine."""
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"fake": fake}))
    fake.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()


def _json(value: Any, *more: tuple[str, str]) -> Answer:
    return Answer(200, json.dumps(value).encode(), (("Content-Type", "application/json"), *more))
