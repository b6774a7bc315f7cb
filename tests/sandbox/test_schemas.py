"""Every endpoint in both versions: what it answers is what Clever describes, to the last field.

docs/clever.md#endpoints, docs/clever.md#records-and-their-fields
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from clever_sandbox.api.relations import LISTS, SINGLES, WITHOUT_RESOURCES
from clever_sandbox.app import create_app
from clever_sandbox.district.district import District
from clever_sandbox.district.tables import KINDS
from clever_sandbox.server import serve_in_thread

from .api import Api, Json, Records
from .schemas import (
    SCHEMAS,
    Counted,
    NotFound,
    Page,
    Single,
    Tokens,
    check_event,
    check_record,
)

VERSIONS = tuple(SCHEMAS)
ALL_ROLES = ("contact", "district_admin", "staff", "student", "teacher")

# Every endpoint that Clever describes: what its records are, and what it takes. `P` pages a list, `C` counts it.
ENDPOINTS: dict[str, tuple[str, str]] = {
    "/districts": ("districts", "C"),
    "/districts/{id}": ("districts", ""),
    "/schools": ("schools", "P C"),
    "/schools/{id}": ("schools", ""),
    "/schools/{id}/district": ("districts", ""),
    "/schools/{id}/courses": ("courses", "P"),
    "/schools/{id}/sections": ("sections", "P"),
    "/schools/{id}/terms": ("terms", "P"),
    "/schools/{id}/users": ("users", "P primary role=staff role=student role=teacher"),
    "/courses": ("courses", "P C"),
    "/courses/{id}": ("courses", ""),
    "/courses/{id}/district": ("districts", ""),
    "/courses/{id}/resources": ("resources", "P"),
    "/courses/{id}/schools": ("schools", "P"),
    "/courses/{id}/sections": ("sections", "P"),
    "/terms": ("terms", "P C"),
    "/terms/{id}": ("terms", ""),
    "/terms/{id}/district": ("districts", ""),
    "/terms/{id}/schools": ("schools", "P"),
    "/terms/{id}/sections": ("sections", "P"),
    "/sections": ("sections", "P C"),
    "/sections/{id}": ("sections", ""),
    "/sections/{id}/course": ("courses", ""),
    "/sections/{id}/district": ("districts", ""),
    "/sections/{id}/school": ("schools", ""),
    "/sections/{id}/term": ("terms", ""),
    "/sections/{id}/resources": ("resources", "P"),
    "/sections/{id}/users": ("users", "P role=student role=teacher"),
    "/users": ("users", f"P C {' '.join(f'role={role}' for role in ALL_ROLES)}"),
    "/users/{id}": ("users", ""),
    "/users/{id}/district": ("districts", ""),
    "/users/{id}/schools": ("schools", "P primary"),
    "/users/{id}/sections": ("sections", "P"),
    "/users/{id}/mycontacts": ("users", "P"),
    "/users/{id}/mystudents": ("users", "P"),
    "/users/{id}/myteachers": ("users", "P"),
    "/users/{id}/resources": ("resources", "P"),
    "/resources": ("resources", "P"),
    "/resources/{id}": ("resources", ""),
    "/resources/{id}/courses": ("courses", "P"),
    "/resources/{id}/sections": ("sections", "P"),
    "/resources/{id}/users": ("users", "P role=student role=teacher"),
    "/events": ("events", "P school record_type"),
    "/events/{id}": ("events", ""),
}
# Nothing of these is in the demo district, so that whatever id is asked for is not there.
EMPTY = ("resources", "events")


def test_the_table_is_whole() -> None:
    assert len(ENDPOINTS) == 44
    below = {tuple(path.strip("/").split("/{id}/")) for path in ENDPOINTS if path.count("/") == 3}
    ours = {
        *LISTS,
        *WITHOUT_RESOURCES,
        *(("sections", one) for one in SINGLES),
        *((kind, "district") for kind in KINDS),
    }
    assert {pair for pair in below if pair[0] != "resources"} == ours
    for kind, below_it in LISTS:
        assert ENDPOINTS[f"/{kind}/{{id}}/{below_it}"][0] == LISTS[kind, below_it].kind


# --- every answer ------------------------------------------------------------------------------------


def questions(takes: str, first: str, school: str) -> Iterator[dict[str, str]]:
    """What an endpoint can be asked for: everything by default, each parameter, pages from either end."""
    yield {}
    for parameter in takes.split():
        if parameter == "P":
            yield from ({"limit": "3"}, {"limit": "10000"}, {"ending_before": "last", "limit": "4"})
            yield from ({"starting_after": first}, {"ending_before": first})
        elif parameter == "C":
            yield from ({"count": word} for word in ("true", "false", "", "undefined"))
        elif parameter.startswith("role="):
            yield {"role": parameter.removeprefix("role="), "limit": "10000"}
        else:
            yield {"primary": {"primary": "true"}, "school": {"school": school}}.get(
                parameter, {"record_type": "users"}
            )


@pytest.fixture(scope="module")
def asked_for(api: Api) -> Callable[[str], list[str]]:
    """Ids of a kind that stand for all: every role, and sections with and without a course and a term."""
    sections, users = api.all("/sections"), api.all("/users")
    of_each = {kind: api.ids(f"/{kind}")[:3] for kind in ("districts", "schools", "courses", "terms")}
    of_each["sections"] = [section["id"] for section in one_of_each(sections, "course", "term_id")]
    of_each["users"] = list({"+".join(sorted(user["roles"])): user["id"] for user in users}.values())
    return lambda kind: of_each.get(kind, ["0" * 24])


def one_of_each(records: Records, *fields: str) -> list[Json]:
    return list({tuple(field in record for field in fields): record for record in records}.values())


@pytest.mark.parametrize("path", ENDPOINTS)
@pytest.mark.parametrize("version", VERSIONS)
def test_an_endpoint_answers_what_clever_describes(
    api: Api, asked_for: Callable[[str], list[str]], version: str, path: str
) -> None:
    kind, takes = ENDPOINTS[path]
    root = path.split("/")[1]
    [school, *_] = asked_for("schools")
    [first, *_] = asked_for(kind)
    for place in [path.replace("{id}", found) for found in asked_for(root)] if "{id}" in path else [path]:
        for query in questions(takes, first, school):
            answer = api.get(f"/{version}{place}", **query)
            if "{id}" in path and root in EMPTY:
                assert answer.status_code == 404
                msgspec.json.decode(answer.content, type=NotFound)
                continue
            assert answer.status_code == 200, (place, query)
            assert b":null" not in answer.content
            check(version, kind, place, answer.content, query, single=not takes)


def check(version: str, kind: str, place: str, body: bytes, query: dict[str, str], *, single: bool) -> None:
    if single:
        one = msgspec.json.decode(body, type=Single)
        check_record(version, kind, one.data)
        assert one.links[0].rel == "self"
        assert one.links[0].uri == f"/{version}/{kind}/{one.data['id']}"
    elif query.get("count") == "true":
        assert msgspec.json.decode(body, type=Counted).links[0].uri == f"/{version}{place}?count=true"
    else:
        page = msgspec.json.decode(body, type=Page)
        for element in page.data:
            check_record(version, kind, element.data)
            assert element.uri == f"/{version}/{kind}/{element.data['id']}"
        ids = [element.data["id"] for element in page.data]
        assert ids == sorted(set(ids))
        assert len(ids) <= int(query.get("limit", "100"))
        assert {link.rel for link in page.links} <= {"self", "next", "prev"}
        assert ids or [link.rel for link in page.links] == ["self"]


@pytest.mark.parametrize("version", VERSIONS)
def test_every_record_of_the_demo_district_is_as_described(api: Api, version: str) -> None:
    for kind in ("districts", *KINDS):
        records = api.all(f"/{version}/{kind}")
        assert records
        for record in records:
            check_record(version, kind, record)
        assert api.body(f"/{version}/{kind}/{records[-1]['id']}")["data"] == records[-1]


# --- the schemas themselves --------------------------------------------------------------------------


def spoiled(user: Json) -> Iterator[Json]:
    role = user["roles"]["student"]

    def other(**fields: object) -> Json:
        return user | {"roles": {"student": role | fields}}

    yield user | {"nickname": "x"}
    yield {k: v for k, v in user.items() if k != "created"}
    yield from (user | {"email": None}, user | {"email": ""}, user | {"id": "short"}, user | {"roles": {}})
    yield from (user | {"created": ""}, user | {"created": "2026-13-01T00:00:00.000Z"}, user | {"name": {"last": "L"}})
    yield from (other(grade="14"), other(schools=[]), other(dob=""), other(school="f" * 24), other(ext={}))
    yield from (other(disability={"disability_code": ""}), other(home_language_code=""), other(home_language="Klingon"))
    yield user | {"roles": user["roles"] | {"district_admin": {"legacy_id": "0" * 24}}}


def test_the_schemas_notice(api: Api) -> None:
    user = api.all("/v3.1/users", role="student")[0]
    check_record("v3.1", "users", user)
    for wrong in spoiled(user):
        with pytest.raises(msgspec.ValidationError):
            check_record("v3.1", "users", wrong)


COURSE = {"id": "a" * 24, "district": "d" * 24, "name": "Math", "number": "1"}


def event(of: str = "courses.updated", **data: Any) -> Json:
    """An element of the feed, as the facts show one."""
    one = {"id": "e" * 24, "type": of, "created": "2026-09-03T03:12:41.010Z", "data": {"object": COURSE, **data}}
    return {"data": one, "uri": f"/v3.0/events/{one['id']}"}


def test_an_event_as_clever_writes_it() -> None:
    check_event("v3.0", event(previous_attributes={"name": "Maths"}))
    check_event("v3.0", event("courses.created"))
    check_event("v3.0", event("courses.deleted"))
    left = {"id": "a" * 24, "district": "d" * 24}
    check_event("v3.0", event("users.updated", object=left, previous_attributes={"name": {"last": "L"}}))


@pytest.mark.parametrize(
    "wrong",
    [
        event("courses.removed"),
        event("students.created"),
        event("courses.updated"),
        event("courses.created", previous_attributes={"name": "Maths"}),
        event(previous_attributes={"name": "Math"}),
        event(previous_attributes={"nickname": "M"}),
        event("courses.created", object={"id": "a" * 24}),
        event("courses.created") | {"uri": "/v3.1/events/" + "e" * 24},
        event("courses.created")["data"],
    ],
)
def test_what_is_no_event(wrong: Json) -> None:
    with pytest.raises((msgspec.ValidationError, AssertionError)):
        check_event("v3.0", wrong)


def test_the_events_of_a_night_are_as_clever_writes_them(demo: District) -> None:
    """People and sections that come, change and go, and a field that was not there before or is not any more."""
    district = demo.copy()
    upload, night = district.upload, datetime.now(UTC) + timedelta(days=1)
    students, sections = list(upload.students), list(upload.sections)
    upload.students.change(students[0], Last_name="Renamed", Middle_name="M", DOB="")
    upload.students.change(students[1], Frl_status="Other", Home_language="Polish")
    upload.remove_student(students[2])
    upload.sections.change(sections[0], Course_name="")
    upload.close_section(sections[1])
    upload.teachers.change(next(iter(upload.teachers)), Teacher_email="")
    district.ingest(night)
    with serve_in_thread(create_app([district])) as server, Api(server, district.token) as api:
        for version in VERSIONS:
            page = api.body(f"/{version}/events", limit=10_000)
            assert {element["data"]["type"].split(".")[1] for element in page["data"]} == {
                *("created", "updated", "deleted"),
            }
            for element in page["data"]:
                check_event(version, element)
            one = page["data"][0]
            assert api.body(one["uri"])["data"] == one["data"]


def test_tokens_are_not_wrapped(api: Api) -> None:
    [token] = msgspec.json.decode(api.tokens().content, type=Tokens).data
    assert token.owner == {"type": "district", "id": api.server.sandbox.districts[0].id}


def test_v31_adds_fields_and_takes_none_away(api: Api) -> None:
    for kind in ("districts", *KINDS):
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
