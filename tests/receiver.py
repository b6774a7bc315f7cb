"""A webhook on this machine, which takes what is sent to it, or does not.

Belongs here: the HTTP side of a receiver of notices. Does not belong here: what must be said.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECRET = "T000SECRET"


@dataclass
class Receiver:
    """`answers` with a status, and where to; `asked` is what came, `texts` what of it was taken."""

    url: str = ""
    answers: int = 200
    location: str = ""
    asked: list[tuple[str, str]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def take(self) -> list[str]:
        """The lines that have come since the last time."""
        lines = [line for text in self.texts for line in text.split("\n")]
        self.texts.clear()
        return lines


@contextmanager
def receiver() -> Iterator[Receiver]:
    found = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.asked.append((self.command, self.path))
            found.headers.append(dict(self.headers))
            if found.answers == 200:
                found.texts.append(json.loads(body)["text"])
            self.send_response(found.answers)
            if found.location:
                self.send_header("Location", found.location)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        do_GET = do_POST  # noqa: N815 - its name is the library's

        def log_message(self, *_: object) -> None:
            """Nothing is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    found.url = f"http://127.0.0.1:{server.server_address[1]}/services/{SECRET}"
    try:
        yield found
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
