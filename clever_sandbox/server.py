"""The local Clever on a port of this machine: in a thread for tests, blocking for the terminal.

Belongs here: sockets, threads, and what the terminal shows. Does not belong here: any answer.
"""

from __future__ import annotations

import logging
import shlex
import shutil
import socket
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

import uvicorn
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from starlette.applications import Starlette

from clever_sandbox.advance import Event
from clever_sandbox.app import CLIENT_ID, CLIENT_SECRET, Sandbox, create_app
from clever_sandbox.connections import OpenProtocol
from clever_sandbox.control import Advance, advance_sandbox
from clever_sandbox.district import District
from clever_sandbox.generate import generate
from clever_sandbox.platform_inputs import write_inputs
from clever_sandbox.records import load_district
from clever_sandbox.switchboard import Fault, Switchboard
from roster_pipeline.cli.terminal import print_json, say
from roster_pipeline.config import DEMO, CleverSettings
from roster_pipeline.errors import RosterError

HOST = "127.0.0.1"
DEMO_FOLDER = DEMO / "sandbox"
_BACKLOG = 2048
_READY_WITHIN = 30


@dataclass(frozen=True)
class SandboxServer:
    """A running local Clever; as a context manager it stops at the end of the block."""

    url: str
    sandbox: Sandbox
    _server: uvicorn.Server = field(repr=False)
    _thread: threading.Thread = field(repr=False)

    @property
    def faults(self) -> Switchboard:
        """Faults to switch on and off, in the server's next answers."""
        return self.sandbox.faults

    def advance(self, *, days: int = 1, seed: int = 0, kinds: Sequence[str] | None = None) -> list[Event]:
        """Lets days pass in all districts; see `advance.advance`. Raises ValueError for unknown kinds."""
        return advance_sandbox(self.sandbox, Advance(days, seed, list(kinds) if kinds else None))

    @property
    def settings(self) -> CleverSettings:
        """How to reach this server with client id and secret."""
        return settings_for(self.url)

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


def settings_for(url: str) -> CleverSettings:
    """The settings with which the pipeline finds a local Clever."""
    return CleverSettings(
        api_url=url, tokens_url=f"{url}/oauth/tokens", client_id=CLIENT_ID, client_secret=CLIENT_SECRET
    )


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
        raise RosterError(
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
        raise RosterError(f"The sandbox did not start within {_READY_WITHIN} s", do="Start it again")
    url = f"http://{HOST}:{listening.getsockname()[1]}"
    return SandboxServer(url, app.state.sandbox, server, thread)


def serve(app: Starlette, port: int, ready: Callable[[str], None] = lambda _: None) -> None:
    """Serves until interrupted; `ready` is told the URL when requests are accepted."""
    listening = _listen(port)
    url = f"http://{HOST}:{listening.getsockname()[1]}"
    server = _Server(_config(app), lambda: ready(url))
    with suppress(KeyboardInterrupt):  # of an impatient second Ctrl-C; Uvicorn takes the first
        server.run(sockets=[listening])


def load_sandbox(folder: Path) -> District:
    """The district in a folder of CSV files. Raises InputError with file, line and column."""
    return load_district(folder)


def demo_app() -> Starlette:
    """The local Clever with the demo district."""
    return create_app([load_sandbox(DEMO_FOLDER)])


# --- for the terminal --------------------------------------------------------------------------------


def run_sandbox(
    port: int, students: int | None, world: Path, faults: Sequence[Fault] = (), *, as_json: bool = False
) -> None:
    """Serves the demo district, or a generated one of a size, until interrupted.

    What it prints sends whoever uses it into a world of its own: the demo's, in the folder `world`, or the generated
    district's, kept under `world`/sandbox/generated and used again the next time. Raises ValueError for an unknown
    fault, RosterError for a port in use, InputError for a broken district.
    """
    folder = world / "sandbox"
    if students is not None:
        folder = folder / "generated" / str(students)
        if not folder.exists():
            _generate(folder, students)
    app = create_app([load_sandbox(folder)])
    for fault in faults:
        app.state.sandbox.faults.switch_on(fault)
    own = world if students is None else folder / "inputs"
    serve(app, port, lambda url: _announce_json(url, own) if as_json else _announce(app.state.sandbox, url, own))


def _generate(folder: Path, students: int) -> None:
    """Generates beside the folder and renames at the end, so that half a district is never used again."""
    partial = folder.with_name(f"{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    columns = (TextColumn("Generating students"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task("", total=students)
        generate(
            partial,
            students=students,
            name=f"Lakeshore {students} USD",
            progress=lambda written: bar.advance(task, written),
        )
    write_inputs(partial, partial / "inputs")
    partial.rename(folder)


def _environment(url: str, world: Path) -> dict[str, str]:
    """What a shell must set to use this server, with nothing left of where another account's roster is."""
    settings = settings_for(url)
    return {
        "CLEVER_API_URL": settings.api_url,
        "CLEVER_TOKENS_URL": settings.tokens_url,
        "CLEVER_CLIENT_ID": CLIENT_ID,
        "CLEVER_CLIENT_SECRET": CLIENT_SECRET,
        "ROSTER_DATA": str(world),
        "ROSTER_WAREHOUSE": str(world / "warehouse"),
        "DAGSTER_HOME": str(world / "dagster"),
    }


def _announce_json(url: str, world: Path) -> None:
    print_json({"url": url, "environment": _environment(url, world)})


def _announce(sandbox: Sandbox, url: str, world: Path) -> None:
    for district in sandbox.districts:
        counts = ", ".join(f"{len(table)} {kind}" for kind, table in district.tables.items())
        say(f"{district.name}: {counts}")
    for fault in sandbox.faults.on:
        say(f"Fault switched on: {fault.settings.fault}, rate {fault.settings.rate:g}")
    say(f"A local Clever answers at {url} until Ctrl-C. To use it:")
    exports = [f"{name}={shlex.quote(value)}" for name, value in _environment(url, world).items()]
    for line in (exports[:2], exports[2:4], exports[4:]):
        say(f"  export {' '.join(line)}")
