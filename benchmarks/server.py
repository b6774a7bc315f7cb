"""Sends prepared pages and does nothing else, so that what is measured is not this server.

Belongs here: one folder of answers over loopback HTTP. Does not belong here: what is in them (`prepare`),
tokens (whoever asks gets the page).

    python -m benchmarks.server data/bench/1000/day1    prints its URL, serves until killed
"""

from __future__ import annotations

import sys
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

from roster_pipeline.clever.tokens import API_VERSION


class _Pages(BaseHTTPRequestHandler):
    """One connection, kept alive; a body goes from the file to the socket in the kernel."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # the head leaves in one packet

    def __init__(self, files: dict[str, Path], *connection: object) -> None:
        self._files = files
        super().__init__(*connection)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        file = self._files.get(unquote(self.path))
        if file is None:
            self.send_error(404, "not a prepared page")
            return
        with file.open("rb") as body:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(file.stat().st_size))
            self.end_headers()
            self.wfile.flush()
            self.connection.sendfile(body)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing: it would be one more thing that is measured."""


def serve(folder: Path) -> ThreadingHTTPServer:
    """A server of the answers in a folder, on a free port of this machine; the caller runs it."""
    files = {f"/{API_VERSION}/{file.name}": file for file in folder.iterdir()}
    return ThreadingHTTPServer(("127.0.0.1", 0), partial(_Pages, files))


def url_of(server: ThreadingHTTPServer) -> str:
    """Its URL, without a version."""
    return f"http://127.0.0.1:{server.server_port}"


if __name__ == "__main__":
    running = serve(Path(sys.argv[1]))
    print(url_of(running), flush=True)
    running.serve_forever()
