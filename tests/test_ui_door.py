"""Who comes into the UI, over real HTTP: other websites do not, viewers look, and a launch bears the person's name."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from urllib.parse import quote

import pytest
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from tests.platform import SLUG, Platform
from tests.webserver import Ui, patiently, serving

PROOF = "the proxy and only it knows"
PROXY = {"X-Roster-Proxy-Secret": PROOF}
RAE, VIC = {**PROXY, "X-Forwarded-User": "Rae"}, {**PROXY, "X-Forwarded-User": "Vic"}
JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}

LITERAL = """launchRun(executionParams: {
  selector: {repositoryName: "__repository__", repositoryLocationName: "roster_pipeline", jobName: "sync_now"},
  runConfigData: {}, executionMetadata: {tags: [{key: "dagster/partition", value: "riverbend-usd"}]}
}) { __typename }"""
MUTATION = f"mutation {{ {LITERAL} }}"
DISGUISED = {
    "plain": {"query": MUTATION},
    "alias": {"query": f"mutation {{ version: {LITERAL} }}"},
    "fragment": {"query": f"mutation {{ ...F }} fragment F on Mutation {{ {LITERAL} }}"},
    "operation name": {"query": f"query A {{ version }} mutation B {{ {LITERAL} }}", "operationName": "B"},
    "comment": {"query": f"# query {{ version }}\n{MUTATION}"},
    "byte order mark": {"query": f"\ufeff{MUTATION}"},
}
RUNS = "{ runsOrError { ... on Runs { count } } }"


@pytest.fixture(scope="module")
def door(synced_once: Platform, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ui]:
    """The UI of a platform that has synced once, in which Rae is the editor; it does not outlive its daemon."""
    root = tmp_path_factory.mktemp("door")
    shutil.copytree(synced_once.root, root, dirs_exist_ok=True)
    rules = {"USER_HEADER": "X-Forwarded-User", "PROXY_SECRET": PROOF, "EDITORS": "Rae, Ann O'Neil", "HOSTS": "a.test"}
    environment = {f"ROSTER_UI_{name}": value for name, value in rules.items()}
    with serving(Platform(root, synced_once.clever), **environment) as ui:
        ui = replace(ui, headers=RAE)
        assert patiently(bool, lambda: ui.ask("{ assetNodes { id } }")["assetNodes"])
        yield ui
        (daemon,) = (pid for pid, what in ui.processes().items() if "dagster._daemon" in what)
        os.kill(daemon, signal.SIGKILL)
        assert ui.process.wait(60) == 1
        assert "roster: Dagster's daemon ended by itself with code -9, so the UI was ended too." in ui.log.read_text()
        assert ui.processes() == {}


def send(ui: Ui, method: str, path: str, headers: dict[str, str], body: str | None = None) -> tuple[int, str]:
    """One request with exactly these headers, and a Host when they have none."""
    answer, text = whole_answer(ui, method, path, headers, body)
    return answer.status, text


def whole_answer(
    ui: Ui, method: str, path: str, headers: dict[str, str], body: str | None = None
) -> tuple[http.client.HTTPResponse, str]:
    with closing(http.client.HTTPConnection("127.0.0.1", ui.port, timeout=60)) as connection:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer, answer.read().decode()


def runs(ui: Ui) -> int:
    return int(ui.ask(RUNS)["runsOrError"]["count"])


BODY = json.dumps(DISGUISED["plain"])
ATTACKS: dict[str, tuple[int, str, str, dict[str, str], str | None]] = {
    "an image": (405, "GET", f"/graphql?query={quote(MUTATION)}", {}, None),
    "a link, opened": (200, "GET", f"/graphql?query={quote(MUTATION)}", {"Accept": "text/html"}, None),
    "a form": (415, "POST", f"/graphql?query={quote(MUTATION)}", FORM, ""),
    "a form as text": (415, "POST", "/graphql", {"Content-Type": "text/plain"}, BODY),
    "a form that says JSON": (415, "POST", "/graphql", {"Content-Type": "text/plain; application/json"}, BODY),
    "graphql as such": (415, "POST", "/graphql", {"Content-Type": "application/graphql"}, MUTATION),
    "no kind at all": (415, "POST", f"/graphql?query={quote(MUTATION)}", {}, None),
    "a script elsewhere": (403, "POST", "/graphql", {**JSON, "Origin": "https://evil.test"}, BODY),
    "a sandboxed frame": (403, "POST", "/graphql", {**JSON, "Origin": "null"}, BODY),
    "another port of this machine": (403, "POST", "/graphql", {**JSON, "Origin": "http://127.0.0.1:1"}, BODY),
    "a name that points here": (421, "POST", "/graphql", {**JSON, "Host": "evil.test"}, BODY),
    "a name that points here, its own origin": (
        421, "POST", "/graphql", {**JSON, "Host": "evil.test:3000", "Origin": "http://evil.test:3000"}, BODY
    ),
    "a name that points here, to read": (421, "GET", "/", {"Host": "evil.test"}, None),
    "a name that begins like ours": (421, "GET", "/", {"Host": "localhost.evil.test"}, None),
    "a preflight": (405, "OPTIONS", "/graphql", {"Access-Control-Request-Method": "POST"}, None),
    "several at once": (400, "POST", "/graphql", JSON, f"[{BODY}]"),
    "persisted": (400, "POST", f"/graphql?query={quote(MUTATION)}", JSON, '{"extensions": {"persistedQuery": {}}}'),
    "an event by hand": (415, "POST", "/report_asset_materialization/sync/syncs", {}, None),
}  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_another_website_launches_nothing_and_reads_nothing(door: Ui, attack: str) -> None:
    status, method, path, headers, body = ATTACKS[attack]
    before = runs(door)
    got, text = send(door, method, path, {**RAE, **headers}, body)
    assert got == status, text
    assert got == 200 or text.rstrip('"}]\n').endswith("."), "no sentence"
    assert "riverbend" not in text
    assert runs(door) == before


@pytest.mark.parametrize("disguise", DISGUISED)
def test_a_viewer_launches_nothing_however_it_is_asked(door: Ui, disguise: str) -> None:
    before = runs(door)
    _, text = send(door, "POST", "/graphql", {**VIC, **JSON}, json.dumps(DISGUISED[disguise]))
    assert "change nothing" in text
    assert runs(door) == before
    got, _ = send(door, "GET", f"/graphql?{'&'.join(f'{k}={quote(v)}' for k, v in DISGUISED[disguise].items())}", RAE)
    assert got == 405
    assert runs(door) == before


CHANGES = {
    "terminateRun": 'terminateRun(runId: "none") { __typename }',
    "deleteRun": 'deleteRun(runId: "none") { __typename }',
    "wipeAssets": 'wipeAssets(assetPartitionRanges: [{assetKey: {path: ["sync", "syncs"]}}]) { __typename }',
    "addDynamicPartition": 'addDynamicPartition(partitionsDefName: "district", partitionKey: "x", repositorySelector: '
    '{repositoryName: "__repository__", repositoryLocationName: "roster_pipeline"}) { __typename }',
    "reloadWorkspace": "reloadWorkspace { __typename }",
    "setConcurrencyLimit": 'setConcurrencyLimit(concurrencyKey: "x", limit: 1)',
    "reportRunlessAssetEvents": "reportRunlessAssetEvents(eventParams: "
    '{eventType: ASSET_OBSERVATION, assetKey: {path: ["sync", "syncs"]}}) { __typename }',
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_viewer_changes_nothing(door: Ui, change: str) -> None:
    status, text = send(
        door, "POST", "/graphql", {**VIC, **JSON}, json.dumps({"query": f"mutation {{ {CHANGES[change]} }}"})
    )
    assert (status, json.loads(text)["data"]) == (400, None)
    assert "change nothing" in text


def test_a_viewer_may_look_and_the_page_may_say_that_it_was_seen(door: Ui) -> None:
    viewer = replace(door, headers=VIC)
    asked = "{ permissions { permission value } assetNodes { hasMaterializePermission } }"
    seen = viewer.ask(asked)
    assert [p["permission"] for p in seen["permissions"] if p["value"]] == []
    assert not any(node["hasMaterializePermission"] for node in seen["assetNodes"])
    assert viewer.ask("mutation { setNuxSeen }") == {"setNuxSeen": True}
    editor = door.ask(asked)
    assert "launch_pipeline_execution" in [p["permission"] for p in editor["permissions"] if p["value"]]
    assert send(door, "POST", "/report_asset_materialization/sync/syncs", {**VIC, **JSON}, "{}")[0] == 401


STRANGERS = {
    "nobody": (PROXY, 401),
    "an empty name": ({**PROXY, "X-Forwarded-User": " "}, 401),
    "no text": ({**PROXY, "X-Forwarded-User": "Rae\xff"}, 401),
    "not by the proxy": ({"X-Forwarded-User": "Rae"}, 403),
    "by another proxy": ({"X-Forwarded-User": "Rae", "X-Roster-Proxy-Secret": f"{PROOF}!"}, 403),
    "says it is this machine": ({"X-Forwarded-User": "Rae", "X-Forwarded-For": "127.0.0.1"}, 403),
}


@pytest.mark.parametrize("stranger", STRANGERS)
def test_who_is_not_signed_in_by_the_proxy_sees_nothing(door: Ui, stranger: str) -> None:
    headers, status = STRANGERS[stranger]
    for path in ("/", "/graphql", "/logs/x.out", "/roster_pipeline/none"):
        assert send(door, "GET", path, headers)[0] == status
    assert send(door, "POST", "/graphql", {**headers, **JSON}, json.dumps({"query": RUNS}))[0] == status


def test_whether_it_is_up_is_told_to_anybody_who_calls_it_by_name(door: Ui) -> None:
    assert send(door, "GET", "/server_info", {})[0] == 200
    assert send(door, "GET", "/server_info", {"Host": "evil.test"})[0] == 421


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("a.test", "https://a.test"),
        ("A.test:80", "http://a.test"),
        ("localhost:3000", "http://localhost:3000"),
        ("[::1]", "http://[::1]"),
    ],
)
def test_by_its_own_names_it_answers_its_own_pages(door: Ui, host: str, origin: str) -> None:
    headers = {**RAE, **JSON, "Host": host, "Origin": origin}
    status, text = send(door, "POST", "/graphql", headers, json.dumps({"query": "{ version }"}))
    assert (status, list(json.loads(text)["data"])) == (200, ["version"])


def test_its_page_can_be_opened_and_not_be_put_into_another_ones(door: Ui) -> None:
    answer, _ = whole_answer(door, "GET", "/runs", RAE)
    assert (answer.status, answer.headers.get_content_type()) == (200, "text/html")
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_a_launch_bears_the_persons_name_whatever_it_says_and_is_followed_as_the_page_does(door: Ui) -> None:
    run = door.launch(
        {"dagster/partition": SLUG, "roster/user": "Vic", "roster/requested_by": "Vic"},
        resources={"sync": {"config": {"requested_by": "Vic"}}},
    )
    subscription = """subscription($run: ID!) { pipelineRunLogs(runId: $run, cursor: null) { ...
      on PipelineRunLogsSubscriptionSuccess { messages { __typename } hasMorePastEvents cursor } } }"""
    url = f"ws://127.0.0.1:{door.port}/graphql"
    kinds: set[str] = set()
    with connect(
        url, origin=Origin(door.url), subprotocols=[Subprotocol("graphql-ws")], additional_headers=VIC
    ) as socket:
        socket.send(json.dumps({"type": "connection_init"}))
        socket.send(
            json.dumps({"type": "start", "id": "1", "payload": {"query": subscription, "variables": {"run": run}}})
        )
        while not kinds & {"RunSuccessEvent", "RunFailureEvent"}:
            message = json.loads(socket.recv(100))
            if message["type"] == "data":
                kinds |= {m["__typename"] for m in message["payload"]["data"]["pipelineRunLogs"]["messages"]}
    assert "RunSuccessEvent" in kinds
    tags = door.ask("query($run: ID!) { runOrError(runId: $run) { ... on Run { tags { key value } } } }", run=run)
    told = {tag["key"]: tag["value"] for tag in tags["runOrError"]["tags"]}
    assert (told["roster/user"], told["roster/requested_by"]) == ("Rae", "Rae")
    _launched_again_by_ann(door, run)


def _launched_again_by_ann(door: Ui, run: str) -> None:
    """Dagster copies the tags of the run that is launched again; the name is not among them."""
    again = """mutation($run: String!) {
      launchRunReexecution(reexecutionParams: {parentRunId: $run, strategy: ALL_STEPS}) {
        ... on LaunchRunSuccess { run { tags { key value } } }
      } }"""
    ann = replace(door, headers={**PROXY, "X-Forwarded-User": "Ann O'Neil"})
    tags = ann.ask(again, run=run)["launchRunReexecution"]["run"]["tags"]
    assert [tag["value"] for tag in tags if tag["key"] == "roster/user"] == ["Ann O'Neil"]


@pytest.mark.parametrize(
    "headers", [{**RAE, "Origin": "http://evil.test"}, {"Origin": "http://127.0.0.1"}, {**RAE, "Host": "evil.test"}]
)
def test_another_website_cannot_listen(door: Ui, headers: dict[str, str]) -> None:
    upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
    upgrade["Sec-WebSocket-Key"] = "dGhlIHNhbXBsZSBub25jZQ=="
    assert send(door, "GET", "/graphql", {**upgrade, **headers})[0] == 403
    assert "ERROR" not in door.log.read_text()


def test_a_socket_changes_nothing(door: Ui) -> None:
    before = runs(door)
    url = f"ws://127.0.0.1:{door.port}/graphql"
    with connect(url, subprotocols=[Subprotocol("graphql-ws")], additional_headers=RAE) as socket:
        for number, payload in enumerate((DISGUISED["plain"], {"query": f"subscription {{ {LITERAL} }}"})):
            socket.send(json.dumps({"type": "start", "id": str(number), "payload": payload}))
            assert json.loads(socket.recv(60))["type"] in ("error", "data")
    assert runs(door) == before
