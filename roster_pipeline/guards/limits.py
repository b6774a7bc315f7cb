"""The guards' limits: what they are, where a district changes them, and for how long.

Belongs here: reading and checking `data/guards.toml`. Does not belong here: what is counted against a
limit (the modules beside this one).

A limit is passed by *strictly more* than its number: at the limit, changes flow.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import msgspec

from roster_pipeline.errors import InputError

FILE = "guards.toml"


_MOST = 100_000_000
Percent = Annotated[float, msgspec.Meta(ge=0, le=100)]
Count = Annotated[int, msgspec.Meta(ge=0, le=_MOST)]
Words = Annotated[str, msgspec.Meta(pattern=r"\S")]


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One district's limits; every percentage is of the records in force now, never of what arrived."""

    minimum_population: Count = 20
    """Records in force from which on a percentage, and a term that vanished, say anything."""
    archive_percent: Percent = 10.0
    """Percent of an entity's records in a role, at a site or in the district, that may be archived in one sync."""
    archive_count: Count | None = None
    """Records of an entity, at a site or in the district, that may be archived in one sync; None: no such limit."""
    update_percent: Percent = 75.0
    """Percent of an entity's records, at a site or in the district, that may be updated in one sync."""
    mapping_percent: Percent = 10.0
    """Percent of the section courses, at a site or in the district, that may be taken away or replaced."""
    role_percent: Percent = 5.0
    """Percent of the people in a role who may become, or no longer be, students or teachers in one sync."""
    identity_percent: Percent = 10.0
    """Percent of the people in a role whose name, e-mail or SIS id may become another in one sync."""
    conclude_percent: Percent = 10.0
    """Percent of the active sections that may be concluded before the last day of their term."""
    move_percent: Percent = 10.0
    """Percent of a site's people in a role who may leave it for another site in one sync."""
    promotion_percent: Percent = 50.0
    """Percent of a site's students who must go one grade up for it to be the promotion to a new school year."""
    loss_7_days_percent: Percent = 15.0
    """Percent of an entity's records that may be lost over seven days, net of those that came."""
    loss_30_days_percent: Percent = 20.0
    """Percent of an entity's records that may be lost over thirty days, net of those that came."""
    relink_percent: Percent = 10.0
    """Percent of the people or sections, at a site or in the district, that are relinked without asking anybody."""
    relink_students_percent: Percent = 50.0
    """Percent of the larger class: two sections that have more than this in common are the same section."""
    quarantine_percent: Percent = 5.0
    """Percent of a kind's records that may be left out, beyond those left out in the sync before."""
    contradiction_percent: Percent = 5.0
    """Percent of the people in one role who may come with an SIS id that somebody else in that role has too."""


@dataclass(frozen=True)
class ExpectedChange:
    """A window, first and last day included, in which other limits count; it ends by itself.

    `limits` are fields of `Limits`. With `site_id` they count at that site alone, and what happens there
    does not count against the district's limits.
    """

    starts: date
    ends: date
    who: str
    why: str
    limits: Mapping[str, float]
    site_id: str | None = None


class _File(msgspec.Struct, forbid_unknown_fields=True):
    """What may stand at the top of the file."""

    default: dict[str, Any] = {}
    district: dict[str, dict[str, Any]] = {}


class _Window(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What a window says beside its limits."""

    starts: date = msgspec.field(name="from")
    ends: date = msgspec.field(name="to")
    who: Words
    why: Words
    site_id: Words | None = None


_TYPES: dict[str, Any] = {f.encode_name: f.type for table in (Limits, _Window) for f in msgspec.structs.fields(table)}
LIMITS = Limits.__struct_fields__
"""The names of all limits, as they may stand in the file."""
_WINDOW = _Window.__struct_encode_fields__

_DO: dict[Any, str] = {
    Percent: "Write a number from 0 to 100",
    Count: f"Write a whole number from 0 to {_MOST}",
    Count | None: f"Write a whole number from 0 to {_MOST}, or leave it out",
    date: "Write a day, like 2027-08-01, without quotes",
    Words: "Say who expects the change, and why, in quotes",
    Words | None: "Write the site's id in quotes, or leave it out",
}
"""What to do about a value that is not of its type, or missing."""


def load_limits(data: Path, district: str) -> Limits:
    """The district's limits: the defaults, `[default]`, `[district.<slug>]`. No file means the defaults.

    Raises InputError for anything in the file that nobody would read.
    """
    path, default, own = _sections(data, district)
    _check(path, "[default]", default, LIMITS)
    table = {k: v for k, v in own.items() if k != "expected"}
    _check(path, f"[district.{district}]", table, LIMITS)
    return msgspec.convert(default | table, Limits)


def load_expected(data: Path, district: str) -> tuple[ExpectedChange, ...]:
    """The district's `[[district.<slug>.expected]]` windows, in the order of the file. Raises InputError."""
    path, _, own = _sections(data, district)
    windows = own.get("expected", [])
    if not isinstance(windows, list):
        raise InputError(path, "expected is not a list", do=f"Write [[district.{district}.expected]], in two brackets")
    return tuple(_window(path, f"[[district.{district}.expected]] {n}", w) for n, w in enumerate(windows, 1))


def other_districts(data: Path, district: str) -> dict[str, int]:
    """The other districts that the file names, each with the number of its settings. Raises InputError."""
    _, content = _content(data, district)
    return {slug: len(table) for slug, table in content.district.items() if slug != district}


def limits_by_site(
    limits: Limits, expected: Sequence[ExpectedChange], day: date, lasting: Mapping[str, Mapping[str, float]]
) -> dict[str | None, tuple[Limits, bool]]:
    """What counts on that day, and whether a change is expected: under None the district's, and each site's own.

    `lasting` are those that a site always has. A window goes before them, one of the site before one of the district;
    of two that say something else about the same limit, the later in the sequence counts.
    """
    current = [e for e in expected if e.starts <= day <= e.ends]
    by_site: dict[str | None, tuple[Limits, bool]] = {None: (limits, False)}
    by_site |= {site: (msgspec.structs.replace(limits, **own), False) for site, own in lasting.items()}
    for window in sorted(current, key=lambda e: e.site_id is not None):
        for site in by_site.copy() if window.site_id is None else (window.site_id.lower(),):
            known, _ = by_site.get(site, by_site[None])
            by_site[site] = (msgspec.structs.replace(known, **window.limits), True)
    return by_site


def _sections(data: Path, district: str) -> tuple[Path, dict[str, Any], dict[str, Any]]:
    path, content = _content(data, district)
    return path, content.default, content.district.get(district, {})


def _content(data: Path, district: str) -> tuple[Path, _File]:
    path = data / FILE
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(path, f"not valid TOML ({error})", do="Correct it there") from None
    _refuse_unknown(path, "the file", content, _File.__struct_fields__)
    districts = content.get("district", {})
    for name, table in [*content.items(), *(districts.items() if isinstance(districts, dict) else ())]:
        if not isinstance(table, dict):
            raise InputError(path, f"{name!r} is not a table", do=f"Write [default] or [district.{district}] above it")
    return path, msgspec.convert(content, _File)


def _refuse_unknown(path: Path, where: str, table: Iterable[str], known: Sequence[str]) -> None:
    for key in table:
        if key not in known:
            raise InputError(path, f"unknown key {key!r} in {where}", do=f"Remove it; known are {', '.join(known)}")


def _check(path: Path, where: str, table: Mapping[str, Any], known: Sequence[str]) -> None:
    """InputError for the first key that is not `known`, or whose value is not of its type."""
    _refuse_unknown(path, where, table, known)
    for key, value in table.items():
        kind = _TYPES[key]
        try:
            msgspec.convert(value, kind, builtin_types=(date,))  # a day in quotes is none
        except msgspec.ValidationError:
            told = repr(value) if isinstance(value, str) else value
            raise InputError(path, f"{key} in {where} is {told}", do=_DO[kind]) from None


def _window(path: Path, where: str, table: Mapping[str, Any]) -> ExpectedChange:
    _check(path, where, table, (*LIMITS, *_WINDOW))
    for field in msgspec.structs.fields(_Window):
        if field.required and field.encode_name not in table:
            raise InputError(path, f"{field.encode_name} is missing in {where}", do=_DO[field.type])
    window = msgspec.convert({k: v for k, v in table.items() if k in _WINDOW}, _Window)
    limits = {k: v for k, v in table.items() if k in LIMITS}
    if window.ends < window.starts:
        raise InputError(path, f"{where} ends before it starts", do="Correct from or to")
    if not limits:
        raise InputError(path, f"{where} changes no limit", do="Add one, like archive_percent = 60")
    return ExpectedChange(window.starts, window.ends, window.who, window.why, limits, window.site_id)
