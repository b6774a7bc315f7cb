"""The local Clever, which stands in for the real one while there are no credentials.

Belongs here: starting it in this process, and how to reach one. Does not belong here: anything that it answers
(`clever_sandbox`, which knows nothing of the pipeline), and serving it to others (`cli/local_clever.py`).
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from roster_pipeline.config import DEMO, CleverSettings, Settings
from roster_pipeline.errors import RosterError

log = logging.getLogger(__name__)

DEMO_DISTRICT = DEMO / "sandbox"
"""The files of the demo district."""


def clever_settings(settings: Settings) -> CleverSettings:
    """The Clever to talk to: the real one if there are credentials, else the local one with the demo district."""
    return _local_clever(settings.data / "sandbox") if settings.is_demo else settings.clever


def settings_for(url: str) -> CleverSettings:
    """The settings with which the pipeline finds the local Clever at `url`."""
    from clever_sandbox.app import CLIENT_ID, CLIENT_SECRET, TOKENS_PATH

    return CleverSettings(url, url + TOKENS_PATH, CLIENT_ID, CLIENT_SECRET)


@contextmanager
def as_roster_errors() -> Iterator[None]:
    """The sandbox's errors as the pipeline's: the same words, the same exit code as of any other."""
    from clever_sandbox.errors import SandboxError

    try:
        yield
    except SandboxError as error:
        raise RosterError(error.what, do=error.do) from None


@functools.cache
def _local_clever(district: Path) -> CleverSettings:
    """Starts the local Clever in this process, once; it ends with the process."""
    from clever_sandbox.app import create_app
    from clever_sandbox.district.load import load_district
    from clever_sandbox.server import serve_in_thread

    log.info(
        "No Clever credentials are set: this is the local Clever with its synthetic demo district. "
        "README.md says how to connect a real account."
    )
    with as_roster_errors():
        return settings_for(serve_in_thread(create_app([load_district(district)])).url)
