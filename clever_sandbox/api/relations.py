"""Which records belong to which: every list and every single record below another one.

Belongs here: the table of endpoints below a record, and the links that a record shows. Does not belong
here: paging, parameters, encoding. Ids of what is not shared are left out: a section may list students
who cannot be read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from clever_sandbox.district.district import District
from clever_sandbox.district.tables import Json, Kind

ALL_ROLES = frozenset({"contact", "district_admin", "staff", "student", "teacher"})

Ids: TypeAlias = Callable[[District, str], Sequence[str]]


@dataclass(frozen=True)
class Listing:
    """A list below a record: of which kind, which ids, and the filters that it takes."""

    kind: Kind
    ids: Ids
    roles: frozenset[str] = frozenset()
    primary: bool = False


def _shared(district: District, kind: Kind, ids: Iterable[str]) -> Sequence[str]:
    return sorted(found for found in set(ids) if found in district.tables[kind])


def _by(kind: Kind, key: str) -> Ids:
    return lambda district, record_id: district.tables[kind].having(key, record_id)


def _sections(district: District, key: str, record_id: str) -> Iterable[Json]:
    table = district.tables["sections"]
    return (table[section].data() for section in table.having(key, record_id))


def _through_sections(kind: Kind, key: str, field: str) -> Ids:
    """What the sections of a record name in `field`: the terms of a school, the schools of a course."""

    def ids(district: District, record_id: str) -> Sequence[str]:
        named = (section.get(field) for section in _sections(district, key, record_id))
        return _shared(district, kind, (name for name in named if name))

    return ids


def _section_users(district: District, section: str) -> Sequence[str]:
    return _shared(district, "users", district.tables["sections"][section].keys["user"])


def _user_schools(district: District, user: str) -> Sequence[str]:
    return _shared(district, "schools", district.tables["users"][user].keys["school"])


def primary_schools(district: District, user: str) -> Sequence[str]:
    return _shared(district, "schools", district.tables["users"][user].keys["primary"])


def _classmates(mine: str, theirs: str) -> Ids:
    """Users in `theirs` of the sections that have the user in `mine`."""

    def ids(district: District, user: str) -> Sequence[str]:
        together = (s[theirs] for s in _sections(district, "user", user) if user in s[mine])
        return _shared(district, "users", (other for others in together for other in others))

    return ids


LISTS: dict[tuple[str, str], Listing] = {
    ("schools", "courses"): Listing("courses", _through_sections("courses", "school", "course")),
    ("schools", "sections"): Listing("sections", _by("sections", "school")),
    ("schools", "terms"): Listing("terms", _through_sections("terms", "school", "term_id")),
    ("schools", "users"): Listing(
        "users", _by("users", "school"), frozenset({"staff", "student", "teacher"}), primary=True
    ),
    ("courses", "schools"): Listing("schools", _through_sections("schools", "course", "school")),
    ("courses", "sections"): Listing("sections", _by("sections", "course")),
    ("terms", "schools"): Listing("schools", _through_sections("schools", "term", "school")),
    ("terms", "sections"): Listing("sections", _by("sections", "term")),
    ("sections", "users"): Listing("users", _section_users, frozenset({"student", "teacher"})),
    ("users", "schools"): Listing("schools", _user_schools, primary=True),
    ("users", "sections"): Listing("sections", _by("sections", "user")),
    ("users", "mycontacts"): Listing("users", _by("users", "student")),
    ("users", "mystudents"): Listing("users", _classmates("teachers", "students")),
    ("users", "myteachers"): Listing("users", _classmates("students", "teachers")),
}

# Content mapping is not shared by our districts: these lists exist and are empty.
WITHOUT_RESOURCES = frozenset({("courses", "resources"), ("sections", "resources"), ("users", "resources")})

# Single records below a section, with the field that names them.
SINGLES: dict[str, tuple[Kind, str]] = {
    "course": ("courses", "course"),
    "school": ("schools", "school"),
    "term": ("terms", "term_id"),
}

_LINKS: dict[str, tuple[str, ...]] = {
    "districts": (),
    "schools": ("district", "sections", "users", "terms", "courses"),
    "courses": ("district", "sections"),
    "terms": ("district", "sections", "schools"),
    "sections": ("district", "users", "school", "term", "course"),
    "users": ("district", "schools", "sections"),
}
_ROLE_LINKS = {"student": ("myContacts", "myTeachers"), "teacher": ("myStudents",)}


def link_rels(kind: str, roles: Iterable[str] = ()) -> list[str]:
    """What a single record links to besides itself; the paths are the rels in lower case."""
    return [*_LINKS[kind], *(rel for role in roles for rel in _ROLE_LINKS.get(role, ()))]
