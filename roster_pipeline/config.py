"""Where things are and who we are to Clever, read from the environment.

Belongs here: every environment variable the project reads, each with its default, which world they mean (a real
account's, or the demo's), and a sentence for each that cannot be used. Does not belong here: opening sockets, and who
may come into the UI (`ui/settings.py`); a secret is kept out of every `repr`.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import overload
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from roster_pipeline.errors import CleverRefused, RosterError

PROJECT_ROOT = Path(__file__).resolve().parent.parent

DEMO = PROJECT_ROOT / "data" / "demo"
"""The demo's own world as it is shipped: its people (`sandbox/`) and its inputs."""

CLEVER_API_URL = "https://api.clever.com"
CLEVER_TOKENS_URL = "https://clever.com/oauth/tokens"
TIMEZONE = "America/Los_Angeles"

LOGINS_QUERY = "SELECT user_id, first_login_at FROM logins"
"""Of the platform's database, unless PLATFORM_LOGINS_QUERY is another."""

_MOST = 100_000
"""Of days and of minutes; a date so long ago still is one."""


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
    """The project's environment. All of one world is below `data`, unless warehouse or home were put elsewhere.

    `data` holds the inputs people edit, `warehouse` a folder per district, `dagster_home` Dagster's instance with the
    districts' partitions. A setting that cannot be used has its default here and is `wrong`: the code location loads
    all the same, and each sync fails with that sentence. Its history keeps it, unless nobody can know whose places
    these are (`places_known`): then nothing may be read or written there. A webhook that cannot be used is another
    matter, `notify_wrong`, and fails no sync.
    """

    data: Path
    warehouse: Path
    dagster_home: Path
    clever: CleverSettings
    schedule_timezone: str
    history_days: int | None
    max_wait_minutes: int = 60
    max_sync_minutes: int = 120
    notify_url: str | None = field(default=None, repr=False)
    notify_wrong: RosterError | None = None
    asks_first: bool = True
    erase_after_days: int | None = None
    platform_database_url: str | None = field(default=None, repr=False)
    platform_logins_query: str = LOGINS_QUERY
    wrong: RosterError | None = None
    places_known: bool = True

    @property
    def is_demo(self) -> bool:
        """Without credentials there is only the demo's world."""
        return not self.clever.has_credentials


def load_settings(env: Mapping[str, str] | None = None) -> Settings:
    """Settings from `env` (default: the process environment); an empty value counts as not set. Never raises.

    A relative path is relative to the project, so that the terminal and the UI mean the same folder. The places are
    not known when credentials are half set, and when the demo and a real account would meet.
    """
    given = _given(env)
    wrong: list[RosterError] = []
    clever = CleverSettings(
        api_url=given.get("CLEVER_API_URL", CLEVER_API_URL).rstrip("/"),
        tokens_url=given.get("CLEVER_TOKENS_URL", CLEVER_TOKENS_URL),
        client_id=given.get("CLEVER_CLIENT_ID"),
        client_secret=given.get("CLEVER_CLIENT_SECRET"),
        district_token=given.get("CLEVER_DISTRICT_TOKEN"),
    )
    account = PROJECT_ROOT / given.get("ROSTER_DATA", "data")
    data = account if clever.has_credentials else account / "demo"
    notify_url, notify_wrong = _webhook(given)
    settings = Settings(
        data=data,
        warehouse=PROJECT_ROOT / given["ROSTER_WAREHOUSE"] if "ROSTER_WAREHOUSE" in given else data / "warehouse",
        dagster_home=PROJECT_ROOT / given["DAGSTER_HOME"] if "DAGSTER_HOME" in given else data / "dagster",
        clever=clever,
        schedule_timezone=_timezone(given, wrong),
        history_days=_number(given, wrong, "ROSTER_HISTORY_DAYS", "days"),
        max_wait_minutes=_number(given, wrong, "ROSTER_MAX_WAIT_MINUTES", "minutes", 60),
        max_sync_minutes=_number(given, wrong, "ROSTER_MAX_SYNC_MINUTES", "minutes", 120),
        notify_url=notify_url,
        notify_wrong=notify_wrong,
        erase_after_days=_number(given, wrong, "ROSTER_ERASE_AFTER_DAYS", "days"),
        platform_database_url=_database(given, wrong),
        platform_logins_query=given.get("PLATFORM_LOGINS_QUERY", LOGINS_QUERY),
        asks_first=_choice(given, wrong, "ROSTER_FIRST_SYNC", ("ask", "apply")) == "ask",
    )
    for name, url in (("CLEVER_API_URL", clever.api_url), ("CLEVER_TOKENS_URL", clever.tokens_url)):
        try:
            check_host(url, name)
        except CleverRefused as error:
            wrong.append(error)
    try:
        _refuse_half_set(given, clever)
        _refuse_places(settings, account)
    except RosterError as error:
        return replace(settings, wrong=error, places_known=False)
    return replace(settings, wrong=next(iter(wrong), None))


def usable_settings(env: Mapping[str, str] | None = None) -> Settings:
    """The settings, for who reads or writes in their places. Raises RosterError when these are not known."""
    settings = load_settings(env)
    if settings.wrong is not None and not settings.places_known:
        raise settings.wrong
    return settings


def schedule_timezone(env: Mapping[str, str] | None = None) -> str:
    """The time zone of the nightly schedule; asked when the code location loads, so nothing else may fail here."""
    return _timezone(_given(env), [])


def prepare_dagster_home(settings: Settings) -> Path:
    """The folder of the Dagster instance; the world's own is made ready, configured by `dagster.yaml`.

    Raises RosterError when there is no such folder, or nothing can be written into it.
    """
    home = settings.dagster_home
    if home.resolve() == (settings.data / "dagster").resolve():
        with suppress(OSError):  # which is told below
            home.mkdir(parents=True, exist_ok=True)
            link = home / "dagster.yaml"
            if not link.exists():
                link.unlink(missing_ok=True)  # of a checkout that has moved
                link.symlink_to(PROJECT_ROOT / "dagster.yaml")
    if not home.is_dir():
        raise RosterError(f"DAGSTER_HOME is {home}, which is no folder", do="Make that folder, or unset DAGSTER_HOME")
    if not os.access(home, os.W_OK | os.X_OK):
        raise RosterError(
            f"Dagster's folder {home} cannot be written",
            do="Give this account the right, or set another DAGSTER_HOME",
        )
    return home


def _given(env: Mapping[str, str] | None) -> dict[str, str]:
    return {k: v for k, v in (os.environ if env is None else env).items() if v.strip()}


def check_host(url: str, setting: str) -> None:
    """CleverRefused unless credentials may travel to `url`: https, or http to this very machine."""
    try:
        parts = urlsplit(url)
        host = parts.hostname if parts.scheme in ("http", "https") and parts.port != 0 else None
    except ValueError:  # a port that is no number, a broken IPv6 address
        host = None
    if not host:
        raise CleverRefused(f"{setting} is not an http(s) address", do=f"Correct {setting}")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise CleverRefused(
            f"{setting} contains more than scheme, host, port and path",
            do=f"Give the plain address in {setting}; credentials have settings of their own",
        )
    if parts.scheme == "http" and not is_this_machine(url):
        raise CleverRefused(
            f"{setting} is plain http to {host}, which would send the token unencrypted",
            do="Use https; plain http is allowed to this machine only",
        )


def _webhook(given: Mapping[str, str]) -> tuple[str | None, RosterError | None]:
    """The address for notices, or why it cannot be used; it is a secret, so no error quotes it."""
    name = "ROSTER_NOTIFY_URL"
    url = given.get(name, "").strip()
    try:
        parts = urlsplit(url)
        usable = bool(parts.hostname) and parts.scheme in ("http", "https") and parts.port != 0
        alone = not (parts.username or parts.password)
    except ValueError:  # a port that is no number, a broken IPv6 address
        usable = alone = False
    if not url:
        return None, None
    if not usable or not url.isascii() or not url.isprintable() or " " in url:
        return None, RosterError(f"{name} is not an http(s) address", do="Set the address of the webhook, or unset it")
    if not alone:
        return None, RosterError(f"{name} has a user name in it", do="Set the plain address of the webhook")
    if parts.scheme == "http" and not is_this_machine(url):
        return None, RosterError(
            f"{name} is plain http to {parts.hostname}, which would send notices and its token unencrypted",
            do="Use https; plain http is allowed to this machine only",
        )
    return url, None


def _database(given: Mapping[str, str], wrong: list[RosterError]) -> str | None:
    """The address of the platform's database; it has a password in it, so no error quotes it."""
    name, url = "PLATFORM_DATABASE_URL", given.get("PLATFORM_DATABASE_URL", "").strip()
    if not url and "PLATFORM_LOGINS_QUERY" in given:
        wrong.append(RosterError(f"PLATFORM_LOGINS_QUERY is set, and no {name}", do=f"Set {name} too, or unset it"))
    elif url and not url.startswith(("postgresql://", "postgres://")):
        wrong.append(
            RosterError(f"{name} is no address of a PostgreSQL", do="Set postgresql://USER:PASSWORD@HOST/DATABASE")
        )
        return None
    return url or None


def is_this_machine(url: str) -> bool:
    """Whether an address leads nowhere else."""
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _refuse_half_set(given: Mapping[str, str], settings: CleverSettings) -> None:
    application = [name for name in ("CLEVER_CLIENT_ID", "CLEVER_CLIENT_SECRET") if name in given]
    places = [name for name in ("CLEVER_API_URL", "CLEVER_TOKENS_URL") if name in given]
    if application and settings.district_token:
        raise _half_set(f"{application[0]} stands beside CLEVER_DISTRICT_TOKEN")
    if len(application) == 1:
        raise _half_set(f"{application[0]} stands alone")
    if places and not settings.has_credentials:
        raise _half_set(f"{places[0]} stands alone")


def _half_set(what: str) -> RosterError:
    return RosterError(
        f"The Clever credentials are half set: {what}",
        do="Set CLEVER_CLIENT_ID and CLEVER_CLIENT_SECRET, or CLEVER_DISTRICT_TOKEN alone; for the demo, none of them",
    )


def _refuse_places(settings: Settings, account: Path) -> None:
    try:
        if account.exists() and not account.is_dir():
            raise RosterError(
                f"ROSTER_DATA is {account}, which is no folder",
                do="Name the folder that has the files people edit, or unset ROSTER_DATA",
            )
        warehouse = settings.warehouse
        if warehouse.exists() and not (warehouse.is_dir() and os.access(warehouse, os.R_OK | os.X_OK)):
            raise RosterError(
                f"The warehouse {warehouse} is no folder that can be read",
                do="Give this account the right to, or set ROSTER_WAREHOUSE to another folder",
            )
        if settings.is_demo:
            _refuse_demo_elsewhere(settings)
        elif not is_this_machine(settings.clever.api_url):
            _refuse_account_in_demo((settings.data, warehouse.parent, settings.dagster_home.parent))
    except (OSError, RuntimeError) as error:  # no right to look, a name that is too long, links in a circle
        why = error.strerror if isinstance(error, OSError) else type(error).__name__
        raise RosterError(
            f"ROSTER_DATA, ROSTER_WAREHOUSE or DAGSTER_HOME is no folder that can be looked at ({why})",
            do="Correct it, or give this account the right to",
        ) from None


def _refuse_demo_elsewhere(settings: Settings) -> None:
    """Whoever has named a place for a real account, and then lacks its credentials, did not mean the demo."""
    if not (settings.data / "sandbox" / "district.json").exists():
        raise RosterError(
            f"No Clever credentials are set, and there is no demo in {settings.data}",
            do="Set the credentials, or unset ROSTER_DATA",
        )
    own = settings.data.resolve()
    for name, place in (("ROSTER_WAREHOUSE", settings.warehouse), ("DAGSTER_HOME", settings.dagster_home)):
        if place.resolve().parent != own:
            raise RosterError(
                f"{name} is set, but no Clever credentials: the demo keeps to its own folder {own}",
                do=f"Set the credentials, or unset {name}",
            )


def _refuse_account_in_demo(places: Iterable[Path]) -> None:
    for place in places:
        if any((folder / "sandbox" / "district.json").exists() for folder in (place, *place.parents)):
            raise RosterError(
                f"Real Clever credentials are set, but {place} belongs to a local Clever",
                do="Unset ROSTER_DATA, ROSTER_WAREHOUSE and DAGSTER_HOME, or point them outside of it",
            )


def _timezone(given: Mapping[str, str], wrong: list[RosterError]) -> str:
    name = given.get("ROSTER_TIMEZONE", TIMEZONE)
    try:
        return ZoneInfo(name).key
    except (KeyError, ValueError, OSError):  # not found, not a name, a folder
        wrong.append(
            RosterError(f"ROSTER_TIMEZONE is {name!r}, which is no time zone", do=f"Set a name such as {TIMEZONE}")
        )
        return TIMEZONE


def _choice(given: Mapping[str, str], wrong: list[RosterError], name: str, choices: Sequence[str]) -> str:
    """The first of the choices where nothing is said, or nothing that can be used."""
    value = given.get(name, choices[0])
    if value in choices:
        return value
    wrong.append(RosterError(f"{name} is {value!r}", do=f"Set {' or '.join(choices)}, or leave it unset"))
    return choices[0]


@overload
def _number(given: Mapping[str, str], wrong: list[RosterError], name: str, unit: str) -> int | None: ...
@overload
def _number(given: Mapping[str, str], wrong: list[RosterError], name: str, unit: str, default: int) -> int: ...
def _number(
    given: Mapping[str, str], wrong: list[RosterError], name: str, unit: str, default: int | None = None
) -> int | None:
    value = given.get(name)
    if value is None:
        return default
    if value.isascii() and value.isdigit() and len(value.lstrip("0")) <= len(str(_MOST)) and int(value) <= _MOST:
        return int(value)
    do = f"Set a whole number up to {_MOST}, or leave it unset"
    wrong.append(RosterError(f"{name} is {value!r}, not a number of {unit}", do=do))
    return default
