"""Records as a client must survive them: each function spoils one record in place.

Belongs here: bad data. Does not belong here: bad HTTP or bad paging (`table`). Which records are spoiled
depends on their ids only, so that the same sync sees the same district twice.
"""

from __future__ import annotations

from typing import Any

from clever_sandbox.district.ids import clever_id, share
from clever_sandbox.district.tables import Json

# Keys that Clever may leave out, and then may also send as null.
_NULLABLE = {
    "users": ("email", "lms_status"),
    "name": ("first", "middle"),
    "student": ("dob", "legacy_id", "state_id", "graduation_year"),
    "teacher": ("title", "ext"),
    "staff": ("department", "ext"),
    "sections": ("course", "term_id", "period", "ext"),
    "terms": ("name", "start_date", "end_date"),
    "courses": ("number",),
    "schools": ("ext",),
    "districts": ("last_clever_sync",),
}

UNKNOWN_ROLE = "librarian"


def nulls(kind: str, record: Json) -> None:
    """What is missing is null instead of empty or absent; what is there stays as it is."""
    _null_empty(record)
    roles = record.get("roles", {})
    for name, fields in ((kind, record), ("name", record.get("name")), *roles.items()):
        if isinstance(fields, dict):
            for key in _NULLABLE.get(name, ()):
                fields.setdefault(key, None)


def _null_empty(value: Json) -> None:
    for key, inner in value.items():
        if inner == "":
            value[key] = None
        elif isinstance(inner, dict):
            _null_empty(inner)


def unknown_enums(kind: str, record: Json) -> None:
    """Every fourth record has words that Clever does not list yet; newer minor versions may add some."""
    if share(record["id"], 4) != 0 and kind != "districts":
        return
    words: dict[str, Json] = {
        "districts": {"state": "hibernating", "login_methods": ["Telepathy"]},
        "schools": {"low_grade": "Level 1"},
        "sections": {"subject": "alchemy", "grade": "Level 9"},
    }
    record |= words.get(kind, {})
    role_words: dict[str, Json] = {
        "student": {"grade": "Level 9", "gender": "Q", "race": "Unlisted", "ell_status": "P"},
        "staff": {"roles": ["PortalOnly", "Wizard"]},
        "contact": {"phone_type": "Pager"},
    }
    for role, fields in record.get("roles", {}).items():
        fields |= role_words.get(role, {})


def dangling_ids(kind: str, record: Json) -> None:
    """Every fourth record refers to something that nobody can read."""
    if share(record["id"], 4) != 1:
        return
    nobody = clever_id(record["id"], "nobody")
    if kind == "sections":
        record["students"].append(nobody)
        record["teachers"].append(nobody)
        if share(record["id"], 8) == 1:
            record |= {"course": nobody, "term_id": nobody}
    for role, fields in record.get("roles", {}).items():
        if "schools" in fields:
            fields["schools"].append(nobody)
        if role == "contact":
            fields["student_relationships"].append({"student": nobody, "relationship": "", "type": ""})


def unknown_roles(kind: str, record: Json) -> None:
    """Some users have only a role that we do not know, some another one beside it, some none at all."""
    if kind != "users":
        return
    unknown = {UNKNOWN_ROLE: {"shelves": 3}}
    match share(record["id"], 20):
        case 2:
            record["roles"] = unknown
        case 3:
            record["roles"] |= unknown
        case 6:
            record["roles"] = {}


_WRONG: dict[str, tuple[Json, ...]] = {
    "users": ({"name": 17}, {"roles": ["student"]}, {"roles": "teacher"}, {"email": {"at": 1}}, {"created": 5}),
    "sections": ({"students": "everyone"}, {"teachers": None, "teacher": None}, {"name": 8}, {"school": 4}),
    "schools": ({"name": ["A", "B"]}, {"location": "nowhere"}),
    "terms": ({"start_date": 20_260_810}, {"end_date": "soon"}),
    "courses": ({"name": 6.5},),
}


def wrong_types(kind: str, record: Json) -> None:
    """One record in twenty has a field of another type."""
    if share(record["id"], 20) == 5 and kind in _WRONG:
        record |= _WRONG[kind][share(record["id"], 1_000) // 20 % len(_WRONG[kind])]


_GUARANTEED = {
    "users": ("name", "roles", "created"),
    "sections": ("school", "students", "teachers", "name"),
    "schools": ("name", "sis_id"),
    "terms": ("district",),
    "courses": ("district",),
}


def missing_fields(kind: str, record: Json) -> None:
    """One record in twenty lacks a field that Clever guarantees."""
    if share(record["id"], 20) == 10 and kind in _GUARANTEED:
        fields = _GUARANTEED[kind]
        record.pop(fields[share(record["id"], 1_000) // 20 % len(fields)], None)


def hostile(kind: str, record: Json) -> None:
    """All of the above at once."""
    for spoil in (unknown_enums, dangling_ids, unknown_roles, nulls, wrong_types, missing_fields):
        spoil(kind, record)


def unknown_keys(value: Any, *, named_by_data: bool = False) -> Any:
    """The same JSON with a key nobody knows in every object; roles are named by data and get none."""
    if isinstance(value, list):
        return [unknown_keys(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    more = {} if named_by_data else {"unheard_of": {"since": ["v9.9", None]}}
    return {key: unknown_keys(inner, named_by_data=key == "roles") for key, inner in value.items()} | more
