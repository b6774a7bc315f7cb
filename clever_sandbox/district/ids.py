"""Ids and timestamps as Clever hands them out, but computed.

Belongs here: the one rule that turns (district, kind, key) into a 24-hex id, and what follows from an
id alone. Does not belong here: deciding what identifies a person or a section.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from hashlib import blake2b

from slugify import slugify

_FIRST_ID = int(datetime(2023, 7, 1, tzinfo=UTC).timestamp())
_THREE_YEARS = 3 * 365 * 86_400
LAST_CHANGE = datetime(2026, 11, 20, tzinfo=UTC).timestamp()
"""When a district was last changed before anybody looked at it, unless that was earlier."""


def clever_id(district: str, kind: str, *key: str) -> str:
    """A 24-hex id in the shape of Clever's, depending on nothing but its arguments."""
    digest = blake2b("\0".join((district, kind, *key)).encode(), digest_size=12).digest()
    seconds = _FIRST_ID + int.from_bytes(digest[:4], "big") % _THREE_YEARS
    return f"{seconds:08x}{digest[4:].hex()}"


def district_token(district: str, generation: int = 0) -> str:
    """The bearer token of a district; each rotation makes another one."""
    return blake2b(f"token\0{district}\0{generation}".encode(), digest_size=20).hexdigest()


def share(of: str, parts: int) -> int:
    """A number below `parts` that depends on the id only: a stable dice for one record."""
    return int(of[12:20], 16) % parts


def created_and_modified(of: str, until: float = LAST_CHANGE) -> tuple[str, str]:
    """When Clever first saw and last changed a record that was there before anybody looked, at `until` at the latest.

    Unrelated to the order of ids on purpose: in the captured district it is unrelated too.
    """
    age = int(of[16:24], 16) / 0xFFFFFFFF
    first = min(_FIRST_ID, until - _THREE_YEARS)
    created = first + age * _THREE_YEARS
    modified = created + (until - created) * (int(of[8:16], 16) / 0xFFFFFFFF)
    return clever_time(created), clever_time(modified)


def clever_time(epoch: float) -> str:
    """`2026-11-20T03:12:44.120Z`."""
    milliseconds = int(epoch * 1000)
    day, rest = divmod(milliseconds, 86_400_000)
    hours, rest = divmod(rest, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    return f"{_day(day)}T{hours:02}:{minutes:02}:{rest // 1000:02}.{rest % 1000:03}Z"


@lru_cache(maxsize=8192)
def _day(since_1970: int) -> str:
    return (date(1970, 1, 1) + timedelta(days=since_1970)).isoformat()


def slug(name: str) -> str:
    """`Peña USD` -> `pena-usd`: what a platform is likely to call a district in its own files."""
    return slugify(name, max_length=80)
