"""A real PostgreSQL that the tests start: on a free port of this machine, with a password, gone afterwards.

Belongs here: finding its programs, starting and stopping it. Does not belong here: what is in it.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PASSWORD = "hush-hush-42"
_PROGRAMS = ("initdb", "pg_ctl", "postgres")
_ACCOUNTS = ("postgres", "nobody")
"""Who runs it where the tests are run by root, as whom it refuses to run."""


@dataclass
class Postgres:
    """A server and how to reach it; `url` has the password in it."""

    folder: Path
    programs: Path
    port: int
    account: str | None

    @property
    def url(self) -> str:
        return f"postgresql://roster:{PASSWORD}@127.0.0.1:{self.port}/postgres"

    def call(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [str(self.programs / program), *arguments],
            user=self.account,
            cwd=self.folder,
            check=True,
            stdout=subprocess.DEVNULL,  # a server that goes on would keep a pipe open
            stderr=subprocess.DEVNULL,
        )

    def start(self) -> None:
        options = f"-p {self.port} -h 127.0.0.1 -k {self.folder} -c fsync=off"
        self.call("pg_ctl", "-D", str(self.folder / "db"), "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        self.call("pg_ctl", "-D", str(self.folder / "db"), "-w", "-m", "immediate", "stop")


def programs() -> Path | None:
    """Where the server's programs are, the newest first."""
    folders = [Path(found).resolve().parent for found in [shutil.which("initdb")] if found]
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((f for f in folders if all((f / name).exists() for name in _PROGRAMS)), None)


def account() -> str | None:
    """The account that runs it; None for our own."""
    if os.geteuid() != 0:
        return None
    return next(name for name in _ACCOUNTS if name in {entry.pw_name for entry in pwd.getpwall()})


@contextmanager
def serving() -> Iterator[Postgres]:
    found = programs()
    assert found
    with tempfile.TemporaryDirectory(prefix="roster-postgres-") as name, socket.socket() as free:
        folder = Path(name)
        free.bind(("127.0.0.1", 0))
        server = Postgres(folder, found, free.getsockname()[1], account())
        free.close()
        password = folder / "password"
        password.write_text(PASSWORD)
        if server.account:
            for path in (folder, password):
                shutil.chown(path, server.account)
        how = ("-A", "scram-sha-256", "-U", "roster", "--pwfile", str(password), "-E", "UTF8", "--no-sync")
        server.call("initdb", "-D", str(folder / "db"), *how)
        server.start()
        try:
            yield server
        finally:
            server.stop()
