"""Connections that can be broken off in the middle of an answer.

Belongs here: the one place that reaches below HTTP. Does not belong here: when and why (`table`).
"""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

_TRANSPORT = "sandbox.transport"


class OpenProtocol(H11Protocol):
    """HTTP as Uvicorn speaks it, but the application gets at the connection."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        app = self.app

        async def with_transport(scope: Any, receive: Any, send: Any) -> None:
            scope.setdefault("extensions", {})[_TRANSPORT] = transport
            await app(scope, receive, send)

        self.app = with_transport


class BrokenOff(Response):
    """Sends `part` of an answer that was promised longer, stays silent for `seconds`, then hangs up."""

    def __init__(self, part: bytes | None, promised: int = 0, *, seconds: float = 0, reset: bool = False) -> None:
        super().__init__(media_type="application/json", headers={"content-length": str(promised)})
        self.part, self.seconds, self.reset = part, seconds, reset

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        transport: asyncio.Transport = scope["extensions"][_TRANSPORT]
        if self.part is not None:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            await send({"type": "http.response.body", "body": self.part, "more_body": True})
        gone = asyncio.ensure_future(_until_gone(receive))
        await asyncio.wait([gone], timeout=self.seconds)
        if self.reset:
            # Lingering for no time at all makes the kernel send a reset instead of a farewell.
            linger = struct.pack("ii", 1, 0)
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            transport.abort()
        else:
            transport.close()
        await gone


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
