"""The rules at the UI's door, one request at a time: what its settings say, who comes in, whose name a launch bears."""

from __future__ import annotations

from typing import Any

import pytest
from dagster_graphql.schema import create_schema
from graphql import GraphQLInputObjectType, GraphQLSchema, get_named_type
from hypothesis import given
from hypothesis import strategies as st

from roster_pipeline.errors import RosterError
from roster_pipeline.ui.gate import Refusal, Visitor, admit
from roster_pipeline.ui.permissions import SAME_BACKFILL, signed
from roster_pipeline.ui.settings import Access, Host, read_access

SECRET = "0123456789abcdef"
SIGNED_IN = Access(user_header="X-User", editors=frozenset({"Rae"}))
Headers = list[tuple[str, str]]


def ask(access: Access, headers: Headers, *, client: str | None = "127.0.0.1", **scope: Any) -> Visitor:
    raw = [(name.lower().encode(), value.encode()) for name, value in headers]
    request = {"type": "http", "method": "GET", "path": "/", "client": (client, 1) if client else None, **scope}
    return admit({**request, "headers": raw}, access)


def refused(access: Access, headers: Headers, **more: Any) -> int:
    with pytest.raises(Refusal) as raised:
        ask(access, headers, **more)
    return raised.value.status


OURS = [("Host", "localhost:3000")]


def test_without_a_sign_in_whoever_calls_it_by_its_name_may_do_everything_or_nothing() -> None:
    assert ask(Access(), OURS) == Visitor(None, may_edit=True)
    assert ask(Access(read_only=True), OURS) == Visitor(None, may_edit=False)


@given(st.text(st.characters(codec="ascii", min_codepoint=33, max_codepoint=126)))
def test_only_its_own_names_are_its_names(said: str) -> None:
    name = said.lower().rpartition(":")[0] if said.rpartition(":")[2].isdigit() else said.lower()
    if name not in ("localhost", "127.0.0.1", "[::1]"):
        assert refused(Access(), [("Host", said)]) in (400, 421)


@pytest.mark.parametrize(
    "host", ["localhost.", "127.0.0.1.evil.test", "evil.test#localhost", "a@localhost", "[::2]", ""]
)
def test_what_looks_like_its_names_is_not(host: str) -> None:
    assert refused(Access(), [("Host", host)]) in (400, 421)


@pytest.mark.parametrize("headers", [[], [*OURS, ("Host", "localhost:3000")]])
def test_a_request_is_for_one_host(headers: Headers) -> None:
    assert refused(Access(), headers) == 400


def test_a_name_that_was_added_may_be_bound_to_a_port() -> None:
    access = read_access({"ROSTER_UI_HOSTS": "roster.example.org, 10.0.0.5:3000"})
    assert [
        h for h in ("ROSTER.example.org", "roster.example.org:8443", "10.0.0.5:3000", "localhost") if ok(access, h)
    ] == [
        "ROSTER.example.org",
        "roster.example.org:8443",
        "10.0.0.5:3000",
        "localhost",
    ]
    assert not ok(access, "10.0.0.5:3001")
    assert not ok(access, "10.0.0.5")


def ok(access: Access, host: str) -> bool:
    found = Host.read(host)
    return found is not None and access.answers_to(found)


HOSTS = st.sampled_from(["localhost", "127.0.0.1", "evil.test", "[::1]"])
PORTS = st.sampled_from([None, 80, 443, 3000])


@given(host=HOSTS, port=PORTS, scheme=st.sampled_from(["http", "https"]), other=HOSTS, other_port=PORTS)
def test_only_the_same_host_and_port_is_the_same_origin(
    host: str, port: int | None, scheme: str, other: str, other_port: int | None
) -> None:
    access = Access(hosts=frozenset(map(Host, ["localhost", "127.0.0.1", "evil.test", "[::1]"])))
    default = 443 if scheme == "https" else 80
    headers = [("Host", _written(host, port)), ("Origin", f"{scheme}://{_written(other, other_port)}")]
    if (host, port or default) == (other, other_port or default):
        assert ask(access, headers)
    else:
        assert refused(access, headers) == 403


def _written(host: str, port: int | None) -> str:
    return host if port is None else f"{host}:{port}"


@pytest.mark.parametrize(
    "origin", ["null", "", "localhost:3000", "file://", "http://", "http://a@localhost:3000", "http://["]
)
def test_what_is_no_origin_of_a_website_is_another_one(origin: str) -> None:
    assert refused(Access(), [*OURS, ("Origin", origin)]) == 403
    assert refused(Access(), [*OURS, ("Origin", "http://localhost:3000"), ("Origin", origin)]) == 403


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "post"])
def test_other_methods_are_not_answered(method: str) -> None:
    assert refused(Access(), OURS, method=method) == 405


@given(st.text(st.characters(codec="ascii", min_codepoint=32, max_codepoint=126)))
def test_a_post_is_json_and_says_so_once(kind: str) -> None:
    if kind.partition(";")[0].strip().lower() != "application/json":
        assert refused(Access(), [*OURS, ("Content-Type", kind)], method="POST") == 415
    twice = [("Content-Type", "application/json"), ("Content-Type", kind)]
    assert refused(Access(), [*OURS, *twice], method="POST") == 415
    assert ask(Access(), [*OURS, ("Content-Type", "application/json; charset=utf-8")], method="POST")


@pytest.mark.parametrize(("name", "may_edit"), [("Rae", True), ("Vic", False), ("rae", False), ("Zoë", False)])
def test_the_proxy_on_this_machine_says_who_it_is(name: str, may_edit: bool) -> None:
    for client in ("127.0.0.1", "::1"):
        assert ask(SIGNED_IN, [*OURS, ("X-User", name)], client=client) == Visitor(name, may_edit)


@pytest.mark.parametrize("client", ["10.0.0.9", "::2", None])
def test_nobody_elsewhere_says_who_it_is_without_the_secret(client: str | None) -> None:
    rae = [*OURS, ("X-User", "Rae"), ("X-Forwarded-For", "127.0.0.1"), ("X-Roster-Proxy-Secret", SECRET)]
    assert refused(SIGNED_IN, rae, client=client) == 403
    access = Access(user_header="X-User", proxy_secret=SECRET)
    assert ask(access, rae, client=client) == Visitor("Rae", may_edit=True)


@pytest.mark.parametrize("proof", [[], [""], [SECRET[:-1]], [SECRET, SECRET], [f"{SECRET} "], ["é"]])
def test_with_a_secret_this_machine_must_know_it_too(proof: list[str]) -> None:
    headers = [*OURS, ("X-User", "Rae"), *(("X-Roster-Proxy-Secret", p) for p in proof)]
    assert refused(Access(user_header="X-User", proxy_secret=SECRET), headers) == 403


@pytest.mark.parametrize("names", [[], [""], ["Rae", "Vic"], ["Rae\u202e"], ["R" * 201]])
def test_a_name_is_one_that_people_can_read(names: list[str]) -> None:
    assert refused(SIGNED_IN, [*OURS, *(("X-User", name) for name in names)]) == 401


WRONG = {
    "ROSTER_UI_HOSTS": ["*", "*.example.org", "http://a.test", "a.test/x", "a.test:port"],
    "ROSTER_UI_USER_HEADER": ["X User", "X_User", "X-User:", "é"],
    "ROSTER_UI_READ_ONLY": ["yes", "2"],
    "ROSTER_UI_EDITORS": ["Rae"],
    "ROSTER_UI_PROXY_SECRET": [SECRET],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in WRONG.items() for value in values])
def test_a_setting_that_cannot_be_used_is_one_sentence(name: str, value: str) -> None:
    with pytest.raises(RosterError, match=name) as raised:
        read_access({name: value})
    assert "\n" not in str(raised.value)
    assert SECRET not in str(raised.value)


def test_a_short_secret_is_refused_and_none_is_shown() -> None:
    env = {"ROSTER_UI_USER_HEADER": "X-User", "ROSTER_UI_PROXY_SECRET": "short"}
    with pytest.raises(RosterError, match="16 characters") as raised:
        read_access(env)
    assert "short'" not in str(raised.value)
    assert SECRET not in repr(read_access({**env, "ROSTER_UI_PROXY_SECRET": SECRET}))


def test_what_is_empty_is_not_set() -> None:
    empty = {f"ROSTER_UI_{name}": " " for name in ("HOSTS", "USER_HEADER", "PROXY_SECRET", "EDITORS", "READ_ONLY")}
    assert read_access(empty) == Access()
    assert read_access({}, read_only=True).read_only


TAGS = st.none() | st.lists(
    st.fixed_dictionaries({"key": st.sampled_from(["a", "roster/user"]), "value": st.sampled_from(["Rae", "Vic"])})
)


@given(TAGS)
def test_a_launch_has_one_name_and_keeps_its_other_tags(tags: list[dict[str, str]] | None) -> None:
    others = [tag for tag in tags or () if tag["key"] == "a"]
    mine = [*others, {"key": "roster/user", "value": "Ann"}]
    execution = {"mode": "default", "executionMetadata": {"parentRunId": "p", "tags": tags}}
    signed_execution = {"mode": "default", "executionMetadata": {"parentRunId": "p", "tags": mine}}
    args = {
        "executionParams": execution,
        "executionParamsList": [execution, {"mode": "default"}],
        "reexecutionParams": {"extraTags": tags},
        "backfillParams": {"tags": tags},
        "runId": "untouched",
    }
    assert signed(args, "Ann") == {
        "executionParams": signed_execution,
        "executionParamsList": [signed_execution, {"mode": "default", "executionMetadata": {"tags": mine[-1:]}}],
        "reexecutionParams": {"extraTags": mine},
        "backfillParams": {"tags": mine},
        "runId": "untouched",
    }
    assert signed({"executionParams": None, "reexecutionParams": None}, "Ann") == {
        "executionParams": None,
        "reexecutionParams": None,
    }


def test_every_mutation_of_dagster_that_takes_tags_is_known() -> None:
    """One that a new Dagster brings must be signed as well: teach `permissions.signed` its argument."""
    schema: GraphQLSchema = create_schema().graphql_schema
    assert schema.mutation_type
    found = {
        (argument, ".".join(path))
        for field in schema.mutation_type.fields.values()
        for argument, what in field.args.items()
        for path in _tag_lists(get_named_type(what.type))
    }
    assert found == {
        ("executionParams", "executionMetadata.tags"),
        ("executionParamsList", "executionMetadata.tags"),
        ("reexecutionParams", "extraTags"),
        ("backfillParams", "tags"),
    }
    assert SAME_BACKFILL.keys() <= schema.mutation_type.fields.keys()


def _tag_lists(kind: Any) -> list[list[str]]:
    if not isinstance(kind, GraphQLInputObjectType):
        return []
    if kind.name == "ExecutionTag":
        return [[]]
    return [[name, *rest] for name, field in kind.fields.items() for rest in _tag_lists(get_named_type(field.type))]
