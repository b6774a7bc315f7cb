"""Each fault in the data alone: records, the district itself, its token."""

from __future__ import annotations

from typing import Any

import pytest

from clever_sandbox.app import create_app
from clever_sandbox.district.district import District
from clever_sandbox.district.load import load_district
from clever_sandbox.district.tables import KINDS
from clever_sandbox.server import serve_in_thread

from .api import Api, Records
from .districts import DISTRICT, write_district

Json = dict[str, Any]


@pytest.fixture
def api(faulty: Api) -> Api:
    """A server whose faults are this test's own."""
    return faulty


def every_record(api: Api) -> dict[str, dict[str, Json]]:
    return {kind: {record["id"]: record for record in api.all(f"/v3.1/{kind}")} for kind in (*KINDS, "districts")}


def without_missing(value: Any) -> Any:
    """The same with everything dropped that is a way of being missing."""
    if isinstance(value, dict):
        return {k: without_missing(v) for k, v in value.items() if v not in (None, "", {})}
    return value


def changed(api: Api, fault: str) -> dict[str, list[tuple[Json, Json]]]:
    """Records before and after, where they differ; a single record is spoiled like the listed one."""
    before = every_record(api)
    api.server.faults.add(fault)
    after = every_record(api)
    assert {kind: list(found) for kind, found in before.items()} == {kind: list(found) for kind, found in after.items()}
    pairs = {
        kind: [(old, after[kind][i]) for i, old in found.items() if old != after[kind][i]]
        for kind, found in before.items()
    }
    for kind, found in pairs.items():
        if found:
            record = found[0][1]
            assert api.body(f"/v3.1/{kind}/{record['id']}")["data"] == record
    return pairs


def test_nulls_stand_for_everything_missing_and_change_nothing_else(api: Api) -> None:
    pairs = changed(api, "nulls")
    assert all(pairs[kind] for kind in ("users", "sections", "districts"))
    assert all(without_missing(new) == without_missing(old) for found in pairs.values() for old, new in found)
    users = Records(new for _, new in pairs["users"])
    assert any("email" in user and user["email"] is None for user in users)
    assert all(user["name"].get("first", 0) is None for user in users if "contact" in user["roles"])
    assert b'""' not in api.get("/sections", limit=10_000).content


def test_unknown_enums_occur_everywhere(api: Api) -> None:
    pairs = changed(api, "unknown_enums")
    assert {new["subject"] for _, new in pairs["sections"]} == {"alchemy"}
    assert pairs["districts"][0][1]["state"] == "hibernating"
    students = [new["roles"]["student"] for _, new in pairs["users"] if "student" in new["roles"]]
    assert {student["grade"] for student in students} == {"Level 9"}
    assert 0.2 < len(students) / 1000 < 0.3


def test_dangling_ids_cannot_be_read(api: Api) -> None:
    pairs = changed(api, "dangling_ids")
    old, new = pairs["sections"][0]
    [nobody] = set(new["students"]) - set(old["students"])
    assert api.get(f"/users/{nobody}").status_code == 404
    assert new["teachers"][:-1] == old["teachers"]
    assert any(new["course"] != old["course"] for old, new in pairs["sections"])
    assert any(len(new["roles"].get("student", {}).get("schools", ())) > 1 for _, new in pairs["users"])


def test_unknown_roles_alone_beside_known_ones_and_none_at_all(api: Api) -> None:
    found = [(set(old["roles"]), set(new["roles"])) for old, new in changed(api, "unknown_roles")["users"]]
    assert any(new == {"librarian"} for _, new in found)
    assert any(new == old | {"librarian"} for old, new in found)
    assert any(new == set() for _, new in found)
    assert len(found) < 0.25 * 1452


def test_wrong_types_in_one_record_of_twenty(api: Api) -> None:
    pairs = changed(api, "wrong_types")
    for kind in ("users", "sections"):
        spoiled = {key for old, new in pairs[kind] for key in new if type(old.get(key)) is not type(new[key])}
        assert len(spoiled) >= 3, kind
    assert 0.02 < len(pairs["users"]) / 1452 < 0.1


def test_missing_fields_in_one_record_of_twenty(api: Api) -> None:
    pairs = changed(api, "missing_fields")
    assert {key for old, new in pairs["users"] for key in old.keys() - new.keys()} == {"name", "roles", "created"}
    gone = {key for old, new in pairs["sections"] for key in old.keys() - new.keys()}
    assert gone == {"school", "students", "teachers", "name"}


def test_hostile_is_all_of_it_and_still_json_with_ids(api: Api) -> None:
    pairs = changed(api, "hostile")
    assert len(pairs["users"]) == 1452
    text = api.get("/v3.1/sections", limit=10_000).text
    assert "alchemy" in text
    assert ":null" in text


def test_unknown_keys_are_in_every_object(api: Api) -> None:
    before = api.body("/users", limit=50)
    api.server.faults.add("unknown_keys")
    after = api.body("/users", limit=50)
    assert all("unheard_of" in part for part in (after, after["data"][0], after["links"][0]))
    for old, new in zip(before["data"], after["data"], strict=True):
        assert "unheard_of" in new["data"]["name"]
        assert old["data"]["roles"].keys() == new["data"]["roles"].keys()
    assert "unheard_of" in api.tokens().json()["data"][0]


# --- districts and tokens ----------------------------------------------------------------------------


def test_paused_until(api: Api) -> None:
    [district] = api.ids("/districts")
    api.server.faults.add("paused")
    for found in (*api.all("/districts"), api.body(f"/districts/{district}")["data"]):
        assert (found["state"], found["pause_start"], found["pause_end"]) == ("paused", "2026-11-16", "2026-12-07")
    user = api.ids("/users")[0]
    assert api.body(f"/users/{user}/district")["data"]["state"] == "paused"


def test_district_error(api: Api) -> None:
    api.server.faults.add("district_error")
    [district] = api.all("/districts")
    assert district["state"] == "error"
    assert district["error"]
    assert len(api.ids("/users")) == 1452


def test_stale_for_days(api: Api) -> None:
    assert (
        api.all("/districts")[0]["last_sync"] == "2026-11-23T11:10:00.000Z"
    )  # the night before, in the district's time zone
    api.server.faults.add("stale", seconds=5 * 86_400)
    assert api.all("/districts")[0]["last_sync"] == "2026-11-18T14:00:00.000Z"


def test_token_rotation_refuses_the_old_token_and_lists_the_new_one(api: Api) -> None:
    api.server.faults.add("token_rotation", after=1)
    assert api.get("/schools").status_code == 200
    assert [api.get("/schools").status_code for _ in range(2)] == [401, 401]
    [token] = api.tokens().json()["data"]
    with Api(api.server, token["access_token"]) as renewed:
        assert len(renewed.ids("/schools")) == 5
        assert len(renewed.ids("/terms")) == 2


def test_token_dead_is_refused_though_listed(api: Api) -> None:
    api.server.faults.add("token_dead")
    assert api.get("/schools").status_code == 401
    assert len(api.tokens().json()["data"]) == 1


def test_district_gone_is_neither_listed_nor_let_in(api: Api) -> None:
    api.server.faults.add("district_gone")
    assert api.tokens().json()["data"] == []
    assert api.get("/schools").status_code == 401


def test_a_fault_of_one_district_leaves_the_other_alone(
    demo: District, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = load_district(write_district(tmp_path_factory.mktemp("other"), district=DISTRICT | {"name": "Other USD"}))
    with (
        serve_in_thread(create_app([demo, other])) as server,
        Api(server, demo.token) as one,
        Api(server, other.token) as two,
    ):
        server.faults.add("500", district=other.id)
        assert [one.get("/users").status_code, two.get("/users").status_code] == [200, 500]
        assert len(one.tokens().json()["data"]) == 2
        server.faults.clear()
        server.faults.add("district_gone", district=other.id)
        assert [one.get("/users").status_code, two.get("/users").status_code] == [200, 401]
        assert [token["owner"]["id"] for token in one.tokens().json()["data"]] == [demo.id]
