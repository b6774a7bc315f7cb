"""Connections whose whole answer has a time limit, from the first byte.

Belongs here: what the HTTP library cannot be told: it limits each read, not the answer. Does not belong here: what
an answer means (`clever_http.py`).
"""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Any

import requests.adapters
import urllib3


class _BoundedHttp(urllib3.connection.HTTPConnection):
    """A connection whose answer has to begin within `whole` seconds, however it trickles."""

    whole = 300.0

    def getresponse(self) -> urllib3.response.HTTPResponse:  # type: ignore[override]
        """A timeout of the socket limits one read; headers a byte a second, or 100 Continue for ever, pass it."""
        sock, expired = self.sock, threading.Event()

        def cut() -> None:
            expired.set()
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

        timer = threading.Timer(self.whole, cut)
        timer.daemon = True
        timer.start()
        try:
            response = super().getresponse()
        except Exception:
            if expired.is_set():
                raise TimeoutError("no whole answer") from None
            raise
        finally:
            timer.cancel()
        if expired.is_set():  # the cut itself can look like the end of the head
            response.close()
            raise TimeoutError("no whole answer")
        return response


class _BoundedHttps(_BoundedHttp, urllib3.connection.HTTPSConnection):
    """The same, encrypted."""


class BoundedAdapter(requests.adapters.HTTPAdapter):
    """Gives every connection, through a proxy or not, the limit for a whole answer."""

    def __init__(self, whole: float) -> None:
        self._whole = whole
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._pools()

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **kwargs)
        manager.pool_classes_by_scheme = self._pools()
        return manager

    def _pools(self) -> dict[str, type]:
        http = type("Http", (_BoundedHttp,), {"whole": self._whole})
        https = type("Https", (_BoundedHttps,), {"whole": self._whole})
        return {
            "http": type("HttpPool", (urllib3.HTTPConnectionPool,), {"ConnectionCls": http}),
            "https": type("HttpsPool", (urllib3.HTTPSConnectionPool,), {"ConnectionCls": https}),
        }
