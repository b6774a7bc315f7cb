"""Who may come into the UI and what they may do there, read from the environment.

Belongs here: every ROSTER_UI_ variable, with a sentence for each that cannot be used. Does not belong here: the
settings of a sync (`config.py`): none of these makes one fail. The secret is kept out of every `repr`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from roster_pipeline.errors import RosterError

_LOCAL = ("127.0.0.1", "localhost", "[::1]")
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::([0-9]{1,5}))?")
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_SECRET_LENGTH = 16


@dataclass(frozen=True)
class Host:
    """A name or an address by which the UI is called, as browsers write it; without a port, on any."""

    name: str
    port: int | None = None

    @classmethod
    def read(cls, text: str) -> Host | None:
        """What a Host header or a setting says, in small letters; None when it is neither name nor address."""
        found = _HOST.fullmatch(text.lower())
        return cls(found[1], int(found[2]) if found[2] else None) if found else None


@dataclass(frozen=True)
class Access:
    """The rules at the door.

    Without `user_header` nobody signs in, and whoever reaches the port may do everything (or nothing: `read_only`).
    With it, a reverse proxy has signed the person in, and proves that it is the proxy by `proxy_secret`, or by
    calling from this machine. Of these people the `editors` may change something; without such a list, all may.
    """

    hosts: frozenset[Host] = frozenset(map(Host, _LOCAL))
    user_header: str | None = None
    proxy_secret: str | None = field(default=None, repr=False)
    editors: frozenset[str] | None = None
    read_only: bool = False

    def answers_to(self, host: Host) -> bool:
        """Whether this is one of our names."""
        return Host(host.name) in self.hosts or host in self.hosts

    def may_edit(self, user: str | None) -> bool:
        """Whether this person may change anything."""
        return not self.read_only and (self.editors is None or user in self.editors)


def read_access(env: Mapping[str, str], *, read_only: bool = False) -> Access:
    """The rules that `env` sets; an empty value counts as not set. Raises RosterError for one that cannot be used."""
    given = {k: v.strip() for k, v in env.items() if v.strip()}
    header = _user_header(given)
    editors = given.get("ROSTER_UI_EDITORS")
    return Access(
        hosts=Access.hosts | _hosts(given.get("ROSTER_UI_HOSTS", "")),
        user_header=header,
        proxy_secret=_secret(given),
        editors=None if editors is None else frozenset(filter(None, map(str.strip, editors.split(",")))),
        read_only=read_only or _read_only(given),
    )


def _hosts(text: str) -> frozenset[Host]:
    found = {name: Host.read(name) for name in re.split(r"[\s,]+", text) if name}
    for name, host in found.items():
        if host is None:
            raise RosterError(
                f"ROSTER_UI_HOSTS has {name!r}, which is no host name",
                do="Set names as they stand in the browser's address, such as roster.example.org or 10.0.0.5:3000, "
                "with commas between them",
            )
    return frozenset(host for host in found.values() if host)


def _user_header(given: Mapping[str, str]) -> str | None:
    header = given.get("ROSTER_UI_USER_HEADER")
    if header is None:
        for name in ("ROSTER_UI_EDITORS", "ROSTER_UI_PROXY_SECRET"):
            if name in given:
                raise RosterError(
                    f"{name} is set, and no ROSTER_UI_USER_HEADER, so nobody signs in",
                    do=f"Set ROSTER_UI_USER_HEADER to the header in which the proxy names the person, or unset {name}",
                )
    elif not _HEADER.fullmatch(header):
        raise RosterError(
            f"ROSTER_UI_USER_HEADER is {header!r}, which is no name of a header",
            do="Set the header in which the proxy names the person, such as X-Forwarded-User",
        )
    return header


def _secret(given: Mapping[str, str]) -> str | None:
    secret = given.get("ROSTER_UI_PROXY_SECRET")
    if secret is not None and (len(secret) < _SECRET_LENGTH or not secret.isascii()):
        raise RosterError(
            f"ROSTER_UI_PROXY_SECRET is shorter than {_SECRET_LENGTH} characters, or not plain ASCII",
            do="Set a random one, as `openssl rand -hex 24` makes",
        )
    return secret


def _read_only(given: Mapping[str, str]) -> bool:
    value = given.get("ROSTER_UI_READ_ONLY", "0")
    if value not in ("0", "1"):
        raise RosterError(f"ROSTER_UI_READ_ONLY is {value!r}", do="Set 1 for viewers only, or leave it unset")
    return value == "1"
