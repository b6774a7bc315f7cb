"""The guards' limits: what they are, where a district changes them, and for how long.

Belongs here: reading and checking `data/guards.toml`. Does not belong here: what is counted against a
limit (the other `guard_*` modules).

A limit is passed by *strictly more* than its number: at the limit, changes flow.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from roster_pipeline.errors import InputError

FILE = "guards.toml"


@dataclass(frozen=True)
class Limits:
    """One district's limits; every percentage is of the records in force now, never of what arrived."""

    minimum_population: int = 20
    """Records in force from which on a percentage, and a term that vanished, say anything."""
    archive_percent: float = 10.0
    """Percent of an entity's records in a role, at a site or in the district, that may be archived in one sync."""
    archive_count: int | None = None
    """Records of an entity, at a site or in the district, that may be archived in one sync; None: no such limit."""
    update_percent: float = 75.0
    """Percent of an entity's records, at a site or in the district, that may be updated in one sync."""
    mapping_percent: float = 10.0
    """Percent of the section courses, at a site or in the district, that may be taken away or replaced."""
    role_percent: float = 5.0
    """Percent of the people in a role who may become, or no longer be, students or teachers in one sync."""
    identity_percent: float = 10.0
    """Percent of the people in a role whose name, e-mail or SIS id may become another in one sync."""
    conclude_percent: float = 10.0
    """Percent of the active sections that may be concluded before the last day of their term."""
    move_percent: float = 10.0
    """Percent of a site's people in a role who may leave it for another site in one sync."""
    promotion_percent: float = 50.0
    """Percent of a site's students who must go one grade up for it to be the promotion to a new school year."""
    loss_7_days_percent: float = 15.0
    """Percent of an entity's records that may be lost over seven days, net of those that came."""
    loss_30_days_percent: float = 20.0
    """Percent of an entity's records that may be lost over thirty days, net of those that came."""
    relink_percent: float = 10.0
    """Percent of the people or sections, at a site or in the district, that are relinked without asking anybody."""
    relink_students_percent: float = 50.0
    """Percent of the larger class: two sections that have more than this in common are the same section."""
    quarantine_percent: float = 5.0
    """Percent of a kind's records that may be left out, beyond those left out in the sync before."""
    contradiction_percent: float = 5.0
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


def load_limits(data: Path, district: str) -> Limits:
    """The district's limits: the defaults, `[default]`, `[district.<slug>]`. No file means the defaults.

    Raises InputError for anything in the file that nobody would read.
    """
    path, default, own = _sections(data, district)
    given = _limits(path, "[default]", default)
    table = {k: v for k, v in own.items() if k != "expected"}
    return Limits(**(given | _limits(path, f"[district.{district}]", table)))


def load_expected(data: Path, district: str) -> tuple[ExpectedChange, ...]:
    """The district's `[[district.<slug>.expected]]` windows, in the order of the file. Raises InputError."""
    path, _, own = _sections(data, district)
    windows = own.get("expected", [])
    if not isinstance(windows, list):
        raise InputError(path, "expected is not a list", do=f"Write [[district.{district}.expected]], in two brackets")
    return tuple(_window(path, f"[[district.{district}.expected]] {n}", w) for n, w in enumerate(windows, 1))


def limits_by_site(
    limits: Limits, expected: Sequence[ExpectedChange], day: date
) -> dict[str | None, tuple[Limits, bool]]:
    """What counts on that day, and whether a change is expected: under None the district's, and each site's own.

    Of two windows that say something else about the same limit, the later in the sequence counts.
    """
    current = [e for e in expected if e.starts <= day <= e.ends]
    by_site: dict[str | None, tuple[Limits, bool]] = {None: (limits, False)}
    for window in sorted(current, key=lambda e: e.site_id is not None):
        known, _ = by_site.get(window.site_id, by_site[None])
        by_site[window.site_id] = (replace(known, **dict(window.limits)), True)  # type: ignore[arg-type]
    return by_site


def _sections(data: Path, district: str) -> tuple[Path, dict[str, Any], dict[str, Any]]:
    path = data / FILE
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(path, f"not valid TOML ({error})", do="Correct it there") from None
    _refuse_unknown(path, "the file", content, ("default", "district"))
    for name in ("default", "district"):
        content.setdefault(name, {})
    for name, table in [*content.items(), *content["district"].items()]:
        if not isinstance(table, dict):
            raise InputError(path, f"{name!r} is not a table", do=f"Write [default] or [district.{district}] above it")
    return path, content["default"], content["district"].get(district, {})


def _refuse_unknown(path: Path, where: str, table: Mapping[str, Any], known: Sequence[str]) -> None:
    for key in table:
        if key not in known:
            raise InputError(path, f"unknown key {key!r} in {where}", do=f"Remove it; known are {', '.join(known)}")


def _limits(path: Path, where: str, table: Mapping[str, Any]) -> dict[str, Any]:
    _refuse_unknown(path, where, table, [f.name for f in fields(Limits)])
    for key, value in table.items():
        percent = key.endswith("_percent")
        number = isinstance(value, (int, float) if percent else int) and not isinstance(value, bool)
        if not number or value < 0 or (percent and value > 100):
            do = "Write a number from 0 to 100" if percent else "Write a whole number, 0 or more"
            raise InputError(path, f"{key} in {where} is {value!r}", do=do)
    return dict(table)


def _window(path: Path, where: str, table: Mapping[str, Any]) -> ExpectedChange:
    own = ("from", "to", "who", "why", "site_id")
    limits = _limits(path, where, {k: v for k, v in table.items() if k not in own})
    for key in own[:2]:
        if not isinstance(table.get(key), date) or isinstance(table[key], datetime):
            raise InputError(path, f"{key!r} in {where} is not a day", do=f"Write it like {key} = 2027-08-01")
    for key in own[2:]:
        if (key in table or key != "site_id") and not str(table.get(key) or "").strip():
            raise InputError(path, f"{key!r} in {where} is missing", do="Say who expects the change, and why")
    if table["to"] < table["from"]:
        raise InputError(path, f"{where} ends before it starts", do="Correct from or to")
    if not limits:
        raise InputError(path, f"{where} changes no limit", do="Add one, like archive_percent = 60")
    site = table.get("site_id")
    return ExpectedChange(
        table["from"], table["to"], str(table["who"]), str(table["why"]), limits, None if site is None else str(site)
    )
