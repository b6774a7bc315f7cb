"""The local Clever on a port of this machine: in a thread, or blocking until it is interrupted.

Belongs here: sockets and threads. Does not belong here: any answer, and what a terminal shows.
"""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType

import uvicorn
from starlette.applications import Starlette

from clever_sandbox.app import CLIENT_ID, CLIENT_SECRET, TOKENS_PATH
from clever_sandbox.control.routes import Advance, advance_sandbox
from clever_sandbox.errors import SandboxError
from clever_sandbox.faults.connections import OpenProtocol
from clever_sandbox.faults.switchboard import Switchboard
from clever_sandbox.sandbox import Sandbox
from clever_sandbox.year.happening import Happening

HOST = "127.0.0.1"
_BACKLOG = 2048
_READY_WITHIN = 30


@dataclass(frozen=True)
class SandboxServer:
    """A running local Clever; as a context manager it stops at the end of the block."""

    url: str
    sandbox: Sandbox
    _server: uvicorn.Server = field(repr=False)
    _thread: threading.Thread = field(repr=False)
    client_id: str = CLIENT_ID
    client_secret: str = field(default=CLIENT_SECRET, repr=False)

    @property
    def tokens_url(self) -> str:
        """Where client id and secret open the list of tokens."""
        return self.url + TOKENS_PATH

    @property
    def faults(self) -> Switchboard:
        """Faults to switch on and off, in the server's next answers."""
        return self.sandbox.faults

    def advance(self, *, days: int = 1, seed: int = 0, kinds: Sequence[str] | None = None) -> list[Happening]:
        """Lets days pass in all districts; see `advance.advance`. Raises ValueError for unknown kinds."""
        return advance_sandbox(self.sandbox, Advance(days, seed, list(kinds) if kinds else None))

    def stop(self) -> None:
        """Hangs up on everybody, whatever is under way, and frees the port."""
        self._server.should_exit = self._server.force_exit = True
        self._thread.join()

    def __enter__(self) -> SandboxServer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class _Server(uvicorn.Server):
    """Tells when it accepts requests, and really hangs up when it is forced to."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self.force_exit:  # else an answer under way would leave its caller waiting for the rest
            for connection in self.server_state.connections:
                if isinstance(connection, OpenProtocol):
                    connection.transport.abort()
        await super().shutdown(sockets)


def _config(app: Starlette) -> uvicorn.Config:
    logging.getLogger("uvicorn").setLevel(logging.CRITICAL)
    return uvicorn.Config(
        app,
        http=OpenProtocol,
        loop="asyncio",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        date_header=False,  # the app dates its answers: a fault may turn Clever's clock
        timeout_keep_alive=75,
        timeout_graceful_shutdown=1,
    )


def _listen(port: int) -> socket.socket:
    # asyncio turns off Nagle's algorithm only where the protocol is named; else each answer takes 40 ms.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
        listening.listen(_BACKLOG)
    except OSError as error:
        listening.close()
        raise SandboxError(
            f"The sandbox cannot listen on port {port} ({error.strerror})",
            do="Stop what uses the port, or choose another one with --port",
        ) from None
    return listening


def serve_in_thread(app: Starlette, port: int = 0) -> SandboxServer:
    """Serves in a daemon thread, on a free port unless one is given; accepts requests on return."""
    listening = _listen(port)
    ready = threading.Event()
    server = _Server(_config(app), ready.set)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, name="sandbox", daemon=True)
    thread.start()
    if not ready.wait(_READY_WITHIN):
        raise SandboxError(f"The sandbox did not start within {_READY_WITHIN} s", do="Start it again")
    url = f"http://{HOST}:{listening.getsockname()[1]}"
    return SandboxServer(url, app.state.sandbox, server, thread)


def serve(app: Starlette, port: int, ready: Callable[[str], None] = lambda _: None) -> None:
    """Serves until interrupted; `ready` is told the URL when requests are accepted."""
    listening = _listen(port)
    url = f"http://{HOST}:{listening.getsockname()[1]}"
    server = _Server(_config(app), lambda: ready(url))
    with suppress(KeyboardInterrupt):  # of an impatient second Ctrl-C; Uvicorn takes the first
        server.run(sockets=[listening])
