"""What Clever knows about a district that no CSV file carries: district.json beside the files.

Belongs here: its fields, and what stands in for it when a folder has none. Does not belong here: the district's own
API record (`district`).
"""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from clever_sandbox.district.ids import clever_id, slug
from clever_sandbox.errors import FileError

DISTRICT_FILE = "district.json"


class Name(msgspec.Struct, frozen=True):
    first: str
    last: str


class Contact(msgspec.Struct, frozen=True):
    """The district's contact person."""

    name: Name
    email: str = ""
    title: str = ""


class Admin(msgspec.Struct, frozen=True):
    """A district administrator; no CSV file carries them any more."""

    email: str
    name: Name
    title: str = ""


class Profile(msgspec.Struct, frozen=True, omit_defaults=True):
    """district.json. `timezone` is where the district's days begin and end; its API record does not have it."""

    id: str
    name: str
    sis_type: str
    launch_date: str
    portal_url: str
    login_methods: list[str]
    state: str = "running"
    error: str = ""
    pause_start: str = ""
    pause_end: str = ""
    last_sync: str = ""
    mdr_number: str = ""
    nces_id: str = ""
    district_contact: Contact | None = None
    admins: list[Admin] = []
    timezone: str = "America/Los_Angeles"


def read_profile(folder: Path) -> Profile:
    """district.json, checked; a folder without one is a district of the folder's name."""
    file = folder / DISTRICT_FILE
    try:
        profile = msgspec.json.decode(file.read_bytes(), type=Profile)
        ZoneInfo(profile.timezone)
    except FileNotFoundError:
        return named(folder.resolve().name)
    except (msgspec.DecodeError, UnicodeDecodeError, KeyError, ValueError) as error:
        raise FileError(file, str(error).strip("'\""), do="Correct the file, or remove it") from None
    return profile


def named(name: str) -> Profile:
    """A district of which nothing but the name is known."""
    return Profile(
        id=clever_id("", "district", name),
        name=name,
        sis_type="sftp",
        launch_date="2026-08-10",
        portal_url=f"https://clever.example.org/in/{slug(name)}",
        login_methods=["Clever Passwords"],
    )
