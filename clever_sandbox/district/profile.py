"""What Clever knows about a district that no CSV file carries: district.json beside the files.

Belongs here: its fields, and what stands in for it when a folder has none. Does not belong here: the district's own
API record (`district`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
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


class Profile(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """district.json, of which nothing must be there. `timezone` is where the district's days begin and end."""

    id: Annotated[str, msgspec.Meta(pattern="^([0-9a-f]{24})?$")] = ""
    name: str = ""
    sis_type: str = "sftp"
    launch_date: str = "2026-08-10"
    portal_url: str = ""
    login_methods: list[str] = msgspec.field(default_factory=lambda: ["Clever Passwords"])
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
    """district.json, checked; a district that does not say so has the folder's name, and its id of the name."""
    file = folder / DISTRICT_FILE
    try:
        profile = msgspec.json.decode(file.read_bytes(), type=Profile)
        ZoneInfo(profile.timezone)
    except FileNotFoundError:
        profile = Profile()
    except (msgspec.DecodeError, UnicodeDecodeError, KeyError, ValueError, OSError, RecursionError) as error:
        raise FileError(file, str(error).strip("'\""), do="Correct the file, or remove it") from None
    name = profile.name or folder.resolve().name
    return msgspec.structs.replace(
        profile,
        name=name,
        id=profile.id or clever_id("", "district", name),
        portal_url=profile.portal_url or f"https://clever.example.org/in/{slug(name)}",
    )
