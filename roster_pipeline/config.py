"""Where things are and who we are to Clever, read from the environment.

Belongs here: every environment variable the project reads, each with its default. Does not belong
here: opening sockets; a secret is kept out of every `repr`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from roster_pipeline.errors import RosterError

PROJECT_ROOT = Path(__file__).resolve().parent.parent

CLEVER_API_URL = "https://api.clever.com"
CLEVER_TOKENS_URL = "https://clever.com/oauth/tokens"


@dataclass(frozen=True)
class CleverSettings:
    """How to reach Clever: either client id and secret (districts are discovered), or one district token."""

    api_url: str = CLEVER_API_URL
    tokens_url: str = CLEVER_TOKENS_URL
    client_id: str | None = None
    client_secret: str | None = field(default=None, repr=False)
    district_token: str | None = field(default=None, repr=False)

    @property
    def has_credentials(self) -> bool:
        return bool((self.client_id and self.client_secret) or self.district_token)


@dataclass(frozen=True)
class Settings:
    """The project's environment; `data` holds the inputs people edit, `warehouse` a folder per district."""

    data: Path
    warehouse: Path
    clever: CleverSettings
    schedule_timezone: str
    history_days: int | None


def load_settings(env: Mapping[str, str] | None = None) -> Settings:
    """Settings from `env` (default: the process environment); an empty value counts as not set.

    A relative path is relative to the project, so that the terminal and the UI mean the same folder.
    """
    given = {k: v for k, v in (os.environ if env is None else env).items() if v.strip()}
    data = PROJECT_ROOT / given.get("ROSTER_DATA", "data")
    return Settings(
        data=data,
        warehouse=PROJECT_ROOT / given["ROSTER_WAREHOUSE"] if "ROSTER_WAREHOUSE" in given else data / "warehouse",
        clever=CleverSettings(
            api_url=given.get("CLEVER_API_URL", CLEVER_API_URL).rstrip("/"),
            tokens_url=given.get("CLEVER_TOKENS_URL", CLEVER_TOKENS_URL),
            client_id=given.get("CLEVER_CLIENT_ID"),
            client_secret=given.get("CLEVER_CLIENT_SECRET"),
            district_token=given.get("CLEVER_DISTRICT_TOKEN"),
        ),
        schedule_timezone=given.get("ROSTER_TIMEZONE", "America/Los_Angeles"),
        history_days=_days("ROSTER_HISTORY_DAYS", given.get("ROSTER_HISTORY_DAYS")),
    )


def _days(name: str, value: str | None) -> int | None:
    if value is not None and not value.isdigit():
        raise RosterError(f"{name} is {value!r}, not a number of days", do="Set a whole number, or nothing to keep all")
    return int(value) if value else None


def dagster_home() -> Path:
    """The folder of this checkout's Dagster instance, made ready: `data/dagster`, configured by `dagster.yaml`."""
    home = PROJECT_ROOT / "data" / "dagster"
    home.mkdir(parents=True, exist_ok=True)
    link = home / "dagster.yaml"
    if not link.exists():
        link.symlink_to(PROJECT_ROOT / "dagster.yaml")
    return home
