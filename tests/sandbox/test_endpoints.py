"""Every endpoint (docs/clever.md#endpoints), its parameters, links and errors, over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from clever_sandbox.app import CLIENT_ID, CLIENT_SECRET, create_app
from clever_sandbox.district.district import District
from clever_sandbox.district.load import load_district
from clever_sandbox.server import serve_in_thread

from .api import Api, ById, Records, link
from .districts import DISTRICT, write_district

Json = dict[str, Any]


@pytest.fixture(scope="module")
def sections(api: Api) -> Records:
    return api.all("/sections")


@pytest.fixture(scope="module")
def users(api: Api) -> ById:
    return ById((user["id"], user) for user in api.all("/users"))


def roles_of(user: Json) -> set[str]:
    return set(user["roles"])


# --- lists below a record ----------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["v3.0", "v3.1"])
def test_a_schools_lists(api: Api, sections: Records, users: ById, version: str) -> None:
    for school in api.ids("/schools"):
        here = [section for section in sections if section["school"] == school]
        below = f"/{version}/schools/{school}"
        assert api.ids(f"{below}/sections") == [section["id"] for section in here]
        assert api.ids(f"{below}/courses") == sorted({section["course"] for section in here})
        assert api.ids(f"{below}/terms") == sorted({section["term_id"] for section in here})
        enrolled = [u for u in users.values() if any(school in r.get("schools", ()) for r in u["roles"].values())]
        primary = [u for u in enrolled if any(school == r.get("school") for r in u["roles"].values())]
        assert api.ids(f"{below}/users") == [user["id"] for user in enrolled]
        assert api.ids(f"{below}/users", primary="true") == [user["id"] for user in primary]
        for role in ("staff", "student", "teacher"):
            expected = [user["id"] for user in enrolled if role in user["roles"]]
            assert api.ids(f"{below}/users", role=role, limit=50) == expected


def test_a_courses_and_a_terms_lists(api: Api, sections: Records) -> None:
    for kind, field in (("courses", "course"), ("terms", "term_id")):
        for record in api.ids(f"/{kind}")[:10]:
            using = [section for section in sections if section.get(field) == record]
            assert using
            assert api.ids(f"/{kind}/{record}/sections") == [section["id"] for section in using]
            assert api.ids(f"/{kind}/{record}/schools") == sorted({section["school"] for section in using})


def test_a_sections_users_and_single_records(api: Api, sections: Records, users: ById) -> None:
    for section in sections[::40]:
        below = f"/sections/{section['id']}"
        assert api.ids(f"{below}/users", role="student") == sorted(section["students"])
        assert api.ids(f"{below}/users", role="teacher") == sorted(section["teachers"])
        assert api.ids(f"{below}/users") == sorted(section["students"] + section["teachers"])
        for one, field, kind in (
            ("school", "school", "schools"),
            ("course", "course", "courses"),
            ("term", "term_id", "terms"),
        ):
            body = api.body(f"{below}/{one}")
            assert body["data"]["id"] == section[field]
            assert link(body, "self") == f"/v3.0/{kind}/{section[field]}"
        assert api.body(f"{below}/district")["data"]["id"] == section["district"]
    assert users.keys() >= {student for section in sections for student in section["students"]}


def test_a_users_lists(api: Api, sections: Records, users: ById) -> None:
    student = next(u for u in users.values() if len(u["roles"].get("student", {}).get("schools", ())) == 2)
    mine = [section for section in sections if student["id"] in section["students"]]
    below = f"/users/{student['id']}"
    assert api.ids(f"{below}/sections") == [section["id"] for section in mine]
    assert api.ids(f"{below}/schools") == sorted(student["roles"]["student"]["schools"])
    assert api.ids(f"{below}/schools", primary="true") == [student["roles"]["student"]["school"]]
    assert api.ids(f"{below}/myteachers") == sorted({t for section in mine for t in section["teachers"]})
    assert api.ids(f"{below}/mystudents") == []

    teacher = mine[0]["teacher"]
    taught = {s for section in sections if teacher in section["teachers"] for s in section["students"]}
    assert api.ids(f"/users/{teacher}/mystudents") == sorted(taught)

    contact = next(user for user in users.values() if "contact" in user["roles"])
    child = contact["roles"]["contact"]["student_relationships"][0]["student"]
    assert contact["id"] in api.ids(f"/users/{child}/mycontacts")


def test_resources_and_events_are_there_and_empty(api: Api, sections: Records) -> None:
    one = sections[0]
    for path in ("/resources", "/events", f"/sections/{one['id']}/resources", f"/courses/{one['course']}/resources"):
        assert api.body(path, limit=5) == {"data": [], "links": [{"rel": "self", "uri": f"/v3.0{path}?limit=5"}]}
    assert api.body("/events", ending_before="last", limit=1)["data"] == []
    assert api.get(f"/events/{one['id']}").status_code == 404


@pytest.mark.parametrize("kind", ["schools", "courses", "terms", "sections", "users"])
def test_everything_belongs_to_the_district(api: Api, kind: str) -> None:
    record = api.ids(f"/{kind}")[0]
    district = api.all("/districts")[0]
    assert api.body(f"/{kind}/{record}/district")["data"]["id"] == district["id"]


# --- parameters --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["districts", "schools", "courses", "terms", "sections", "users"])
def test_count_counts_all_objects(api: Api, kind: str) -> None:
    body = api.body(f"/{kind}", count="true")
    assert body == {
        "count": len(api.ids(f"/{kind}")),
        "data": [],
        "links": [{"rel": "self", "uri": f"/v3.0/{kind}?count=true"}],
    }
    assert "count" not in api.body(f"/{kind}", count="false")


def test_count_does_not_work_alongside_other_parameters(api: Api) -> None:
    assert api.body("/users", role="teacher", count="true")["count"] == len(api.ids("/users"))


def test_a_role_lists_those_who_have_it_and_repeats_who_has_two(api: Api, users: ById) -> None:
    listed = {
        role: api.ids("/users", role=role) for role in ("contact", "district_admin", "staff", "student", "teacher")
    }
    for role, ids in listed.items():
        assert ids == [user["id"] for user in users.values() if role in user["roles"]]
    assert sum(map(len, listed.values())) == len(users) + sum(len(roles_of(u)) - 1 for u in users.values())
    assert set(listed["staff"]) & set(listed["teacher"])


@pytest.mark.parametrize(
    "path",
    [
        "/users?role=principal",
        "/users?count=maybe",
        "/users?limit=0",
        "/users?limit=-5",
        "/users?limit=many",
        "/users?starting_after=a&ending_before=b",
        "/users?where=x",
        "/sections?role=student",
        "/events?limit=0",
        "/resources?count=true",
        "/districts?limit=0",
    ],
)
def test_bad_parameters_are_400_with_a_message(api: Api, path: str) -> None:
    answer = api.get(path)
    assert answer.status_code == 400
    assert answer.json().keys() == {"message"}


def test_bad_parameters_below_a_record(api: Api) -> None:
    school, section = api.ids("/schools")[0], api.ids("/sections")[0]
    for path in (
        f"/schools/{school}/users?role=contact",
        f"/schools/{school}/users?primary=false",
        f"/schools/{school}/users?count=true",
        f"/sections/{section}/users?role=staff",
        f"/sections/{section}?limit=5",
        f"/sections/{section}/course?limit=5",
    ):
        assert api.get(path).status_code == 400, path


def test_a_limit_over_the_maximum_is_413(api: Api) -> None:
    answer = api.get("/users", limit=10_001)
    assert (answer.status_code, list(answer.json())) == (413, ["message"])


def test_an_unknown_cursor_is_a_plain_bound(api: Api) -> None:
    ids = api.ids("/users")
    assert api.ids("/users", starting_after="000000000000000000000000") == ids
    assert api.ids("/users", starting_after="ffffffffffffffffffffffff") == []
    middle = ids[700][:-1] + "g"
    assert api.ids("/users", starting_after=middle) == ids[701:]


# --- single records, links, names of paths -----------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "query", "rels"),
    [
        ("districts", {}, ["self"]),
        ("schools", {}, ["self", "district", "sections", "users", "terms", "courses"]),
        ("courses", {}, ["self", "district", "sections"]),
        ("terms", {}, ["self", "district", "sections", "schools"]),
        ("sections", {}, ["self", "district", "users", "school", "term", "course"]),
        ("users", {"role": "student"}, ["self", "district", "schools", "sections", "myContacts", "myTeachers"]),
        ("users", {"role": "teacher"}, ["self", "district", "schools", "sections", "myStudents"]),
        ("users", {"role": "contact"}, ["self", "district", "schools", "sections"]),
    ],
)
def test_a_single_record_links_and_every_link_answers(
    api: Api, kind: str, query: dict[str, str], rels: list[str]
) -> None:
    body = api.body(f"/v3.1/{kind}/{api.ids(f'/{kind}', **query)[0]}")
    assert [found["rel"] for found in body["links"]] == rels
    for found in body["links"]:
        assert found["uri"].startswith("/v3.1/")
        assert api.get(found["uri"]).status_code == 200, found["rel"]


def test_paths_are_found_in_any_case(api: Api) -> None:
    student = api.ids("/users", role="student")[0]
    assert api.get(f"/V3.0/Users/{student}/myTeachers").status_code == 200
    assert api.get("/v3.0/SECTIONS").status_code == 200


# --- errors ------------------------------------------------------------------------------------------


def test_an_unknown_id_is_404_json(api: Api) -> None:
    nobody = "0" * 24
    for path in (
        f"/resources/{nobody}",
        f"/v3.1/resources/{nobody}/sections",
        f"/resources/{nobody}/users?role=student",
        f"/resources/{nobody}/courses",
        f"/courses/{nobody}/resources",
        f"/v3.1/events/{nobody}",
        f"/users/{nobody}",
        f"/sections/{nobody}/users",
        f"/schools/{nobody}/district",
        f"/districts/{nobody}",
    ):
        answer = api.get(path)
        assert (answer.status_code, list(answer.json())) == (404, ["message"]), path


@pytest.mark.parametrize(
    "path", ["/classes", "/users/1/friends", "/resources/1/schools", "/v2.1/students", "/", "/schools/1/2/3"]
)
def test_an_unknown_endpoint_is_404_html(api: Api, path: str) -> None:
    answer = api.session.get(f"{api.server.url}{path if path.startswith('/v2') else '/v3.0' + path}", timeout=20)
    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("text/html")
    assert answer.text.startswith("<!DOCTYPE html>")


@pytest.mark.parametrize("path", ["/v3.0/me", "/v3.1/me", "/userinfo"])
def test_what_wants_a_users_token_is_404_html_for_a_districts(api: Api, path: str) -> None:
    answer = api.session.get(f"{api.server.url}{path}", timeout=20)
    assert (answer.status_code, answer.headers["Content-Type"][:9]) == (404, "text/html")
    with Api(api.server, "ilnobody") as user:
        answer = user.session.get(f"{api.server.url}{path}", timeout=20)
        assert (answer.status_code, list(answer.json())) == (401, ["message"])


@pytest.mark.parametrize("kind", ["schools", "sections"])
def test_attendance_is_a_product_that_the_application_does_not_have(api: Api, kind: str) -> None:
    """In v3.1, which has it; v3.0 has no such endpoint."""
    found = api.ids(f"/{kind}")[0]
    answer = api.get(f"/v3.1/attendance/{kind}/{found}")
    assert (answer.status_code, list(answer.json())) == (404, ["message"])
    answer = api.get(f"/v3.0/attendance/{kind}/{found}")
    assert (answer.status_code, answer.headers["Content-Type"][:9]) == (404, "text/html")


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer wrong", "Bearer", "Bearer t\xf8ken", "Basic c2FuZGJveDpzYW5kYm94LXNlY3JldA==", "TEST_TOKEN"],
)
def test_a_wrong_token_is_401_json(api: Api, authorization: str) -> None:
    headers = {"Authorization": authorization.encode("latin-1")}
    answer = api.session.get(f"{api.server.url}/v3.0/users", headers=headers, timeout=20)
    assert (answer.status_code, list(answer.json())) == (401, ["message"])


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_clever_is_read_only(api: Api, method: str) -> None:
    assert api.session.request(method, f"{api.server.url}/v3.0/users", timeout=20).status_code == 501


# --- tokens and districts ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> District:
    folder = tmp_path_factory.mktemp("other")
    return load_district(
        write_district(folder, district=DISTRICT | {"name": "Other USD", "last_sync": "2026-01-02T03:04:05.000Z"})
    )


def test_two_districts_on_one_server_see_only_themselves(demo: District, other: District) -> None:
    app = create_app([demo, other])
    with serve_in_thread(app) as server, Api(server, demo.token) as one, Api(server, other.token) as two:
        tokens = one.session.get(server.tokens_url, auth=(CLIENT_ID, CLIENT_SECRET), timeout=20).json()
        assert {t["owner"]["id"]: t["access_token"] for t in tokens["data"]} == {
            demo.id: demo.token,
            other.id: other.token,
        }
        assert one.ids("/districts") == [demo.id]
        assert two.ids("/districts") == [other.id]
        assert len(two.ids("/users")) == 3
        stranger = two.ids("/users")[0]
        assert one.get(f"/users/{stranger}").status_code == 404
        assert two.all("/districts")[0]["last_sync"] == "2026-01-02T03:04:05.000Z"
        with Api(server, "TEST_TOKEN") as public:
            assert public.ids("/districts") == [demo.id]


def test_tokens_of_one_district_and_of_an_unknown_one(api: Api) -> None:
    def tokens(query: str) -> Json:
        url = f"{api.server.tokens_url}?{query}"
        body: Json = api.session.get(url, auth=(CLIENT_ID, CLIENT_SECRET), timeout=20).json()
        assert link(body, "self") == f"/oauth/tokens?{query}"
        return body

    [district] = api.ids("/districts")
    assert len(tokens(f"owner_type=district&district={district}")["data"]) == 1
    assert len(tokens(f"district={district}")["data"]) == 1
    assert tokens(f"owner_type=district&district={'0' * 24}")["data"] == []


@pytest.mark.parametrize(("client", "secret"), [("sandbox", "wrong"), ("", ""), ("s\xe4ndbox", "x")])
def test_a_wrong_client_is_told_so_in_oauths_way(api: Api, client: str, secret: str) -> None:
    answer = api.session.get(api.server.tokens_url, auth=(client, secret), timeout=20)
    assert (answer.status_code, list(answer.json())) == (401, ["error", "error_description"])


def test_credentials_that_are_not_base64(api: Api) -> None:
    answer = api.session.get(api.server.tokens_url, headers={"Authorization": "Basic ???"}, timeout=20)
    assert answer.status_code == 401


def test_only_districts_own_tokens(api: Api) -> None:
    url = f"{api.server.tokens_url}?owner_type=user"
    assert api.session.get(url, auth=(CLIENT_ID, CLIENT_SECRET), timeout=20).status_code == 400


def test_tokeninfo_knows_the_token(api: Api) -> None:
    assert "read:sections" in api.body("/oauth/tokeninfo")["scopes"]
    with Api(api.server, "wrong") as stranger:
        assert stranger.get("/oauth/tokeninfo").status_code == 401
