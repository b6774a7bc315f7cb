"""Every object as Clever describes it: each guaranteed field there, no unknown key, known values.

docs/clever.md#records-and-their-fields
"""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from .api import Api
from .schemas import SCHEMAS, Tokens, list_of, single_of

EVERY = [(version, kind) for version, kinds in SCHEMAS.items() for kind in kinds]


def check(body: bytes, schema: Any) -> Any:
    """Decodes; a failure names the path and the type, not the value."""
    return msgspec.json.decode(body, type=schema)


@pytest.mark.parametrize(("version", "kind"), EVERY)
def test_a_list_holds_only_what_the_facts_name(api: Api, version: str, kind: str) -> None:
    body = check(api.get(f"/{version}/{kind}", limit=10_000).content, list_of(SCHEMAS[version][kind]))
    assert len(body.data) >= 1
    assert all(element.uri == f"/{version}/{kind}/{element.data.id}" for element in body.data)


@pytest.mark.parametrize(("version", "kind"), EVERY)
def test_a_single_record_is_the_one_of_the_list(api: Api, version: str, kind: str) -> None:
    listed = api.all(f"/{version}/{kind}")[-1]
    answer = api.get(f"/{version}/{kind}/{listed['id']}")
    check(answer.content, single_of(SCHEMAS[version][kind]))
    assert answer.json()["data"] == listed


def test_the_schemas_notice(api: Api) -> None:
    user = api.all("/users", role="student")[0]
    schema = SCHEMAS["v3.0"]["users"]
    for spoiled in (
        user | {"nickname": "x"},
        {k: v for k, v in user.items() if k != "created"},
        user | {"email": None},
        user | {"id": "short"},
    ):
        with pytest.raises(msgspec.ValidationError):
            check(msgspec.json.encode(spoiled), schema)


def test_nothing_is_null_in_the_normal_profile(api: Api) -> None:
    for kind in SCHEMAS["v3.1"]:
        assert b":null" not in api.get(f"/v3.1/{kind}", limit=10_000).content


def test_tokens_are_not_wrapped(api: Api) -> None:
    [token] = check(api.tokens().content, Tokens).data
    assert token.owner == {"type": "district", "id": api.server.sandbox.districts[0].id}


def test_v31_adds_fields_and_takes_none_away(api: Api) -> None:
    for kind in SCHEMAS["v3.0"]:
        pairs = list(zip(api.all(f"/v3.0/{kind}"), api.all(f"/v3.1/{kind}"), strict=True))
        assert all(holds(new, old) for old, new in pairs)
        if kind in ("users", "sections", "districts"):
            assert any(old != new for old, new in pairs)


def holds(new: Any, old: Any) -> bool:
    """Whether everything in `old` is in `new`, at any depth."""
    if isinstance(old, dict):
        return isinstance(new, dict) and all(key in new and holds(new[key], value) for key, value in old.items())
    return bool(new == old)


def test_sparse_fields_of_v31_occur_and_are_sparse(api: Api) -> None:
    students = [user["roles"]["student"] for user in api.all("/v3.1/users", role="student")]
    for field in ("preferred_name", "disability", "gifted_status", "section_504_status", "home_language_code"):
        having = sum(field in student for student in students)
        assert 0 < having < len(students), field
