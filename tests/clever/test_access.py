"""Tokens: rotation, districts that disappear, and secrets that stay where they belong."""

from __future__ import annotations

import base64
import json
import logging
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from roster_pipeline.clever.client import Clever
from roster_pipeline.clever.http import Basic, Bearer
from roster_pipeline.clever.landing import is_complete
from roster_pipeline.config import CleverSettings
from roster_pipeline.errors import CleverRefused, CleverUnavailable, RosterError
from tests.clever.conftest import Connect, lines
from tests.clever.fake import DISTRICT, HTML, SECRET, TOKEN, Answer, Fake, Record, make_id, records, token_entry

NEW = "0000111122223333444455556666777788889999"


def rotate(fake: Fake) -> None:
    fake.valid = {NEW}
    fake.tokens = [token_entry(NEW)]


def test_a_rotated_token_is_read_anew_once_for_all_lists(fake: Fake, connect: Connect, landing: Path) -> None:
    fake.lists = {name: records(25) for name in fake.lists}
    # Every list is refused once in its middle; only the first of them asks for the new token.
    fake.next("limit=10&starting_after", Answer(401, before=lambda: rotate(fake)))
    connect().extract(DISTRICT, landing)
    assert len(fake.asked("/oauth/tokens")) == 2
    assert lines(landing / "users.ndjson") == fake.lists["users"]
    assert {s.authorization for s in fake.seen if s.path != "/oauth/tokens"} == {f"Bearer {TOKEN}", f"Bearer {NEW}"}


def test_a_token_rotated_before_the_first_request(fake: Fake, connect: Connect, landing: Path) -> None:
    fake.next("/districts", Answer(401, before=lambda: rotate(fake)))
    whole = connect().extract(DISTRICT, landing)
    assert (whole.endpoint("users").records, len(fake.asked("/oauth/tokens"))) == (len(fake.lists["users"]), 2)


def test_a_new_token_that_is_refused_too_is_final(fake: Fake, connect: Connect, landing: Path) -> None:
    fake.next("/users?limit", Answer(401, before=lambda: rotate(fake)))
    fake.lists["users"] = records(25)
    fake.next("/users?limit=10&", Answer(401))
    with pytest.raises(CleverRefused, match=r"refuses the token of district.*nobody counts as having left") as raised:
        connect().extract(DISTRICT, landing)
    assert not raised.value.retry_helps
    assert len(fake.asked("/oauth/tokens")) == 2


def test_a_dead_token_is_final(fake: Fake, connect: Connect, landing: Path) -> None:
    fake.valid = set()
    with pytest.raises(CleverRefused, match=r"refuses the token.*\(HTTP 401\), and there is no other"):
        connect().extract(DISTRICT, landing)
    assert len(fake.asked("/oauth/tokens")) == 2
    assert len(fake.asked("/districts")) == 1


def test_a_given_token_that_is_dead_is_final(fake: Fake, connect: Connect, landing: Path) -> None:
    given = CleverSettings(fake.url, f"{fake.url}/oauth/tokens", district_token=NEW)
    with pytest.raises(CleverRefused, match="HTTP 401"):
        connect(settings=given).extract(DISTRICT, landing)
    with pytest.raises(CleverRefused, match="in CLEVER_DISTRICT_TOKEN"):
        connect(settings=given).districts()


def test_a_district_that_disappeared_is_final(fake: Fake, connect: Connect, landing: Path) -> None:
    fake.tokens = []
    with pytest.raises(CleverRefused, match=r"lists no district at all.*nobody counts as having left"):
        connect().extract(DISTRICT, landing)
    assert not (landing / "users.ndjson").exists()


def test_a_district_that_disappears_while_it_is_read_is_final(fake: Fake, connect: Connect, landing: Path) -> None:
    def disconnect() -> None:
        fake.tokens, fake.valid = [], set()

    fake.next("/users?limit", Answer(401, before=disconnect))
    with pytest.raises(CleverRefused, match="lists no district at all"):
        connect().extract(DISTRICT, landing)


@pytest.mark.parametrize("body", [b"{}", b'{"data":null}', b"[]", b"", HTML.body])
def test_a_token_list_that_is_none_does_not_mean_that_all_left(
    fake: Fake, connect: Connect, landing: Path, body: bytes
) -> None:
    fake.always("/oauth/tokens", Answer(200, body))
    with pytest.raises(CleverUnavailable, match="did not give the list of districts"):
        connect().districts()
    with pytest.raises(CleverUnavailable, match="did not give the token of district"):
        connect().extract(DISTRICT, landing)


def test_refused_client_credentials(fake: Fake, connect: Connect) -> None:
    fake.always("/oauth/tokens", Answer(401, b'{"error":"x","error_description":"y"}'))
    with pytest.raises(CleverRefused, match=r"list of districts \(HTTP 401\): the credentials are not valid"):
        connect().districts()


def test_without_credentials(fake: Fake, connect: Connect) -> None:
    with pytest.raises(CleverRefused, match="no Clever credentials"):
        connect(settings=replace(fake.settings, client_secret=None)).districts()


def test_the_newest_of_several_tokens_is_used(fake: Fake, connect: Connect, landing: Path) -> None:
    fake.valid = {NEW}
    fake.tokens = [token_entry(TOKEN, created="2020-01-01T00:00:00.000Z"), token_entry(NEW), token_entry("x", "other")]
    connect().extract(DISTRICT, landing)
    assert {s.authorization for s in fake.seen if s.path != "/oauth/tokens"} == {f"Bearer {NEW}"}


def test_odd_tokens_are_left_out(fake: Fake, connect: Connect) -> None:
    odd: list[Record] = [
        {},
        {"owner": None},
        {"owner": {"type": "user", "id": "u"}, "access_token": "il1"},
        token_entry(""),
    ]
    fake.tokens = [*odd, {"owner": {"type": "district", "id": 5}, "access_token": "t"}, token_entry(TOKEN)]
    fake.next("/oauth/tokens", Answer(200, _listing(fake)))
    assert [d.id for d in connect().districts()] == [DISTRICT]


def test_a_second_page_of_tokens_is_read(fake: Fake, connect: Connect) -> None:
    fake.tokens = [token_entry("gone", make_id(9))]
    fake.next("/oauth/tokens", Answer(200, _listing(fake, '[{"rel":"next","uri":"/oauth/tokens?page=2"}]')))
    fake.next("page=2", Answer(200, _listing(Fake())))
    assert [d.id for d in connect().districts()] == [DISTRICT]


def test_a_dead_district_does_not_hide_the_others(
    fake: Fake, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    fake.tokens = [token_entry("dead", make_id(1)), token_entry(TOKEN)]
    assert [d.id for d in connect().districts()] == [DISTRICT]
    assert connect().listed() == {DISTRICT, make_id(1)}, "who is refused has not left"
    assert f"token of district {make_id(1)}" in caplog.text
    fake.valid = set()
    with pytest.raises(CleverRefused, match="refuses the token"):
        connect().districts()


def test_a_token_of_another_district_is_refused(fake: Fake, connect: Connect, landing: Path) -> None:
    given = CleverSettings(fake.url, f"{fake.url}/oauth/tokens", district_token=TOKEN)
    with pytest.raises(CleverRefused, match=f"token for district {make_id(5)} does not open"):
        connect(settings=given).extract(make_id(5), landing)
    assert fake.asked("/users") == []


def test_a_token_that_opens_no_district_is_refused(fake: Fake, connect: Connect, landing: Path) -> None:
    fake.always("/districts", Answer(200, b'{"data":[]}'))
    with pytest.raises(CleverRefused, match="does not open that district"):
        connect().extract(DISTRICT, landing)


@pytest.mark.parametrize(
    "url",
    [
        "http://api.clever.com",
        "http://192.168.0.1:80",
        "http://localhost.evil.example",
        "http://127.0.0.1.evil.example",
        "ftp://api.clever.com",
        "api.clever.com",
        "https://user:secret@api.clever.com",
        "https://api.clever.com?token=secret",
        "https://api.clever.com:port",
        "https://[::1",
        "",
    ],
)
def test_tokens_travel_encrypted_or_not_at_all(url: str) -> None:
    for setting in ("api_url", "tokens_url"):
        with pytest.raises(CleverRefused, match=f"CLEVER_{setting.upper()}") as raised:
            Clever(CleverSettings(**{setting: url}))
        assert "secret" not in str(raised.value)


@pytest.mark.parametrize("url", ["https://api.clever.com", "http://localhost:1", "http://127.9.9.9", "http://[::1]:80"])
def test_https_and_this_machine_are_allowed(url: str) -> None:
    with (
        Clever(CleverSettings(url, url)) as clever,
        pytest.raises(CleverRefused, match="There are no Clever credentials"),
    ):
        clever.districts()


def test_a_redirect_is_not_followed(fake: Fake, connect: Connect, landing: Path) -> None:
    fake.always("/districts", Answer(302, headers=(("Location", "/v3.1/elsewhere"),)))
    with pytest.raises(CleverRefused, match="HTTP 302"):
        connect().extract(DISTRICT, landing)
    assert fake.asked("elsewhere") == []


def test_proxies_and_netrc_do_not_come_between_us_and_this_machine(
    connect: Connect, landing: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    connect().extract(DISTRICT, landing)
    assert is_complete(landing)


@pytest.mark.parametrize("token", ["", "  ", "a b", "a\nb", "a\tb", "schlüssel"])
def test_a_token_that_cannot_be_one_is_not_quoted(fake: Fake, connect: Connect, token: str) -> None:
    given = CleverSettings(fake.url, fake.url, district_token=token or " ")
    with pytest.raises(CleverRefused) as raised:
        connect(settings=given)
    assert "schlüssel" not in _everything(raised.value)
    assert raised.value.__cause__ is None


FAULTS: dict[str, Callable[[Fake], None]] = {
    "dead token": lambda f: setattr(f, "valid", set()),
    "refused secret": lambda f: f.always("/oauth", Answer(401, SECRET.encode())),
    "disappeared": lambda f: setattr(f, "tokens", []),
    "503": lambda f: f.always("/users", Answer(503, b"Jo Lin " + TOKEN.encode())),
    "reset": lambda f: f.always("/users", Answer(reset=True)),
    "cut": lambda f: f.always("/users?limit", Answer(200, b'{"data":[{"data":{"name":"Jo Lin"', cut=9)),
    "400": lambda f: f.always("/users", Answer(400, b'{"message":"Jo Lin"}')),
    "shape": lambda f: f.always("/users?limit", Answer(200, b'{"data":{"name":"Jo Lin"}}')),
    "short": lambda f: f.always("/users?limit", Answer(200, b'{"data":[]}')),
    "other host": lambda f: f.always(
        "/users?limit",
        Answer(
            200,
            b'{"data":[{"data":{"name":"Jo Lin"}}],"links":[{"rel":"next","uri":"http://x/?jo=%s"}]}' % TOKEN.encode(),
        ),
    ),
    "header bomb": lambda f: f.always("/users", Answer(200, headers=tuple(("X", TOKEN) for _ in range(200)))),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_secrets_and_people_are_in_no_error_and_no_log(
    fake: Fake, connect: Connect, landing: Path, caplog: pytest.LogCaptureFixture, fault: str
) -> None:
    caplog.set_level(logging.DEBUG)
    FAULTS[fault](fake)
    with pytest.raises(RosterError) as raised:
        connect().extract(DISTRICT, landing)
    written = _everything(raised.value) + caplog.text
    basic = base64.b64encode(f"client:{SECRET}".encode()).decode()
    assert "Clever" in written
    for secret in (TOKEN, SECRET, basic, "Jo Lin", "Authorization"):
        assert secret not in written


def test_reprs_hold_no_secret(fake: Fake, connect: Connect) -> None:
    clever = connect()
    held = [clever, fake.settings, Bearer(TOKEN), Basic("client", SECRET), *vars(clever).values()]
    for thing in held:
        assert TOKEN not in repr(thing)
        assert SECRET not in repr(thing)


def _listing(fake: Fake, links: str = "[]") -> bytes:
    return f'{{"data":{json.dumps(fake.tokens)},"links":{links}}}'.encode()


def _everything(error: BaseException) -> str:
    """The error as a traceback and, beyond what that prints, all that it was raised from."""
    text = "".join(traceback.format_exception(error))
    cause: BaseException | None = error
    while cause is not None:
        text += f"{cause!r} {cause}"
        cause = cause.__cause__ or cause.__context__
    return text
