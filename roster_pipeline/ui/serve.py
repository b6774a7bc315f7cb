"""The app on a port, alone or with the processes that it needs beside it, until it is interrupted.

Belongs here: processes and sockets, and that none of them is left. Does not belong here: who may come in (`gate.py`),
and which instance it is (`cli`).
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from ipaddress import ip_address
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

import dagster as dg
import uvicorn
from dagster._cli.proxy_server_manager import ProxyServerManager
from dagster._core.workspace.load_target import WorkspaceFileTarget
from dagster._utils.log import configure_loggers

from roster_pipeline.errors import RosterError
from roster_pipeline.ui.settings import Access

_LOG_LEVEL = "warning"
_STATEMENT_MILLISECONDS, _RECYCLE_SECONDS, _OVERFLOW = 15_000, 3600, 20
"""How the webserver uses the instance's database: Dagster's own defaults."""

_LAST_ANSWERS_SECONDS = 5
_DAEMON_ENDS_WITHIN = 60


def serve(
    host: str, port: int, access: Access, workspace: Path, tell: Callable[[str], None], *, whole: bool = False
) -> None:
    """Serves the UI of the instance in DAGSTER_HOME; returns after Ctrl-C or SIGTERM.

    Alone it loads the code location for itself, as a daemon elsewhere does. As a `whole`, code server and daemon are
    started, and ended, with it. Raises RosterError when the port cannot be had, and when the daemon ends by itself.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with ExitStack() as stack:
        stack.enter_context(suppress(KeyboardInterrupt))
        listener = stack.enter_context(_listening(host, port))
        configure_loggers(log_level="INFO")
        os.chdir(os.environ["DAGSTER_HOME"])  # nothing of the folder that somebody happens to be in is imported
        instance = stack.enter_context(dg.DagsterInstance.get())
        beside = _Beside()
        if whole:
            workspace = stack.enter_context(beside.started(instance, workspace))
        tell(f"The UI is on http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}")
        if warns_of(host, access):
            tell("Nobody signs in: whoever reaches this port may launch and undo syncs. docs/ui.md says how they do.")
        _serve_app(instance, workspace, access, listener)
    if beside.died_with is not None:
        raise RosterError(
            f"Dagster's daemon ended by itself with code {beside.died_with}, so the UI was ended too",
            do="Its last lines above say why; start anew",
        )


def warns_of(host: str, access: Access) -> bool:
    """Whether others than people of this machine may do what they like."""
    try:
        here = ip_address(host).is_loopback
    except ValueError:
        here = host == "localhost"
    return not (here or access.user_header or access.read_only)


def _serve_app(instance: dg.DagsterInstance, workspace: Path, access: Access, listener: socket.socket) -> None:
    from dagster import __version__  # what follows is slow to import: the code server starts meanwhile
    from dagster._core.workspace.context import WorkspaceProcessContext

    from roster_pipeline.ui.app import create_app

    instance.optimize_for_webserver(_STATEMENT_MILLISECONDS, _RECYCLE_SECONDS, _OVERFLOW)
    with WorkspaceProcessContext(
        instance,
        workspace_load_target=WorkspaceFileTarget([str(workspace)]),
        version=__version__,
        code_server_log_level=_LOG_LEVEL,
    ) as context:
        config = uvicorn.Config(
            create_app(context, access),
            log_level=_LOG_LEVEL,
            proxy_headers=False,  # else a header could say that it comes from this machine
            lifespan="off",
            timeout_graceful_shutdown=_LAST_ANSWERS_SECONDS,
        )
        uvicorn.Server(config).run(sockets=[listener])


class _Beside:
    """Code server and daemon, as `dagster dev` has them; when the daemon ends by itself, so does the server."""

    def __init__(self) -> None:
        self.died_with: int | None = None
        self._ending = False

    @contextmanager
    def started(self, instance: dg.DagsterInstance, workspace: Path) -> Iterator[Path]:
        """Yields the workspace file by which others find the code server."""
        os.environ["DAGSTER_IS_DEV_CLI"] = "1"
        target = WorkspaceFileTarget([str(workspace)])
        with TemporaryDirectory() as folder, ProxyServerManager(instance, target, _LOG_LEVEL) as code_servers:
            file = Path(folder) / "workspace.yaml"
            file.write_text(json.dumps({"load_from": code_servers.get_code_server_specs()}))
            command = [sys.executable, "-m", "dagster._daemon", "run", "--workspace", str(file)]
            daemon = subprocess.Popen([*command, "--code-server-log-level", _LOG_LEVEL])  # noqa: S603 - our own command
            Thread(target=self._watch, args=(daemon,), daemon=True).start()
            try:
                yield file
            finally:
                self._ending = True
                _end(daemon)

    def _watch(self, daemon: subprocess.Popen[bytes]) -> None:
        code = daemon.wait()
        if not self._ending:
            self.died_with = code
            os.kill(os.getpid(), signal.SIGTERM)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_DAEMON_ENDS_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _listening(host: str, port: int) -> socket.socket:
    """Whoever comes before the server is up waits. Raises RosterError when there can be none."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family)
    except (OSError, OverflowError) as error:
        why = str(error.strerror).partition(" (")[0] if isinstance(error, OSError) else "there is no such port"
        raise RosterError(
            f"The UI cannot listen on port {port} of {host}: {why}",
            do="End what listens there, or name another port or host",
        ) from None
