"""One POST to the webhook of ROSTER_NOTIFY_URL.

Belongs here: how a text is delivered, and why it was not. Does not belong here: what is said. The address is a secret,
as it has a token in its path: nothing that leaves this module has more of it than the host.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import requests

_TIMEOUT = (5.0, 10.0)
"""Seconds to connect, and between two pieces of the answer."""

_WHOLE = 20.0
"""Seconds for the whole of it, however the answer trickles: a sensor has a minute."""

_HTTP_LOG = logging.getLogger("urllib3.connectionpool")


@dataclass(frozen=True)
class Webhook:
    """Where notices go."""

    url: str = field(repr=False)

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or "?"

    def post(self, text: str) -> str | None:
        """Delivers `{"text": ...}`; returns why it did not get through, or None. Never raises, never follows."""
        answers: list[str | None] = []
        thread = threading.Thread(target=lambda: answers.append(self._post(text)), daemon=True)
        thread.start()
        thread.join(_WHOLE)
        return answers[0] if answers else f"{self.host} did not answer within {_WHOLE:g} seconds"

    def _post(self, text: str) -> str | None:
        try:
            with _unlogged(), requests.Session() as session:
                # Plain http leads to our own machine (config.py), where a proxy has no business.
                session.trust_env = self.url.startswith("https:")
                with session.post(
                    self.url,
                    json={"text": text},
                    auth=lambda request: request,  # else ~/.netrc is looked into
                    timeout=_TIMEOUT,
                    allow_redirects=False,
                    stream=True,  # what it answers beside the status is of no interest, however long
                ) as response:
                    status = response.status_code
        except requests.exceptions.SSLError:
            return f"{self.host} has no certificate that is trusted here"
        except requests.Timeout:
            return f"{self.host} did not answer in time"
        except Exception as error:  # its text quotes the address
            return f"{self.host} cannot be reached ({type(error).__name__})"
        if 300 <= status < 400:
            return f"{self.host} answered HTTP {status}, a redirect, which is not followed"
        return None if 200 <= status < 300 else f"{self.host} answered HTTP {status}"


@contextmanager
def _unlogged() -> Iterator[None]:
    """Keeps the HTTP library from logging the address, of what this thread asks."""
    mine = threading.get_ident()

    def of_others(record: logging.LogRecord) -> bool:
        return record.thread != mine

    _HTTP_LOG.addFilter(of_others)
    try:
        yield
    finally:
        _HTTP_LOG.removeFilter(of_others)
