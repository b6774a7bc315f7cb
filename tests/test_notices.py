"""What people are told, once and once more when it is over, by a webhook that may be broken."""

from __future__ import annotations

import io
import json
import logging
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import requests

from roster_pipeline.config import load_settings
from roster_pipeline.errors import RosterError
from roster_pipeline.history.outcome import Failure, put_aside
from roster_pipeline.history.record import Counts, SyncInfo, record_failure, record_success
from roster_pipeline.notices import standing
from roster_pipeline.notices import webhook as webhooks
from roster_pipeline.notices.book import read_book
from roster_pipeline.notices.notify import TEST, Told, notify, send_test
from roster_pipeline.notices.webhook import Webhook
from roster_pipeline.warehouse.sql import insert
from roster_pipeline.warehouse.warehouse import Warehouse
from tests.conftest import NOW
from tests.receiver import SECRET, Receiver, receiver


@dataclass
class Town:
    """Districts whose history is as the test says, and the webhook that hears of it."""

    warehouse: Warehouse
    receiver: Receiver
    now: datetime = NOW

    def district(self, slug: str) -> None:
        self.warehouse.register(slug, slug)
        self.sync(slug, "S0")

    def sync(self, slug: str, sync_id: str, error: str = "", status: str = "failed") -> None:
        info = SyncInfo(sync_id, slug, "nightly", "test", self.now, "run")
        with self.warehouse.connect(slug, changes_truth=True) as connection:
            if error:
                record_failure(connection, info, status=status, error=error, finished_at=self.now)
            else:
                record_success(connection, info, Counts(), "f", self.now)
        self.warehouse.publish_copy(slug)

    def execute(self, slug: str, statement: str, *values: object) -> None:
        with self.warehouse.connect(slug, changes_truth=True) as connection:
            connection.execute(statement, list(values))
        self.warehouse.publish_copy(slug)

    def hold(self, slug: str, hold_id: str, **more: object) -> None:
        usual = {"sync_id": "S0", "guard": "archives", "entity": "users", "changes": 1200, "status": "open"}
        with self.warehouse.connect(slug, changes_truth=True) as connection:
            insert(connection, "sync.holds", hold_id=hold_id, **{**usual, "message": "Ann Archer undid it", **more})
        self.warehouse.publish_copy(slug)

    def site(self, slug: str, site_id: str, name: str, last: datetime | None) -> None:
        usual = {"enrollment_source": "clever", "status": "confirmed", "since_sync_id": "S0"}
        with self.warehouse.connect(slug, changes_truth=True) as connection:
            insert(connection, "roster.sites", site_id=site_id, name=name, last_synced_at=last, **usual)
        self.warehouse.publish_copy(slug)

    def notify(self, minutes: int = 5) -> Told:
        self.now += timedelta(minutes=minutes)
        return notify(self.warehouse, Webhook(self.receiver.url), self.now)

    def lines(self, minutes: int = 5) -> list[str]:
        """What is told now."""
        told = self.notify(minutes)
        assert told.why is None
        return self.receiver.take()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Town]:
    with receiver() as listening:
        found = Town(Warehouse(tmp_path / "warehouse"), listening)
        found.district("pena")
        yield found


def test_a_failed_sync_is_told_once_and_once_more_when_it_is_over(world: Town) -> None:
    assert world.lines() == []
    world.sync("pena", "S1", "Clever did not give users: HTTP 503. Run the sync again.")
    assert world.lines() == [
        "pena: sync S1 (nightly) failed: Clever did not give users: HTTP 503. Run the sync again. "
        "`roster recent --district pena` tells more"
    ]
    assert world.lines() == []
    world.sync("pena", "S2", "Clever did not give users: HTTP 503. Run the sync again.")
    assert world.lines() == []
    world.sync("pena", "S3")
    (line,) = world.lines()
    assert line.startswith("pena: over: sync S1 (nightly) failed: Clever did not give users")
    assert line.endswith("(announced 2026-11-23 10:10 UTC)")
    assert world.lines() == []
    world.sync("pena", "S4", "Another reason.")
    assert world.lines()[0].startswith("pena: sync S4 (nightly) failed: Another reason.")


def test_what_is_over_before_it_could_be_told_is_not_told(world: Town) -> None:
    world.sync("pena", "S1", "Clever did not answer.")
    world.sync("pena", "S2")
    assert world.lines() == []


def test_a_failure_that_waits_to_be_recorded_is_told(world: Town) -> None:
    info = SyncInfo("S1", "pena", "nightly", "nightly", NOW, "run")
    said = "Sync S0 (asked for by rae) of pena was still running after 60 minutes."
    put_aside(world.warehouse.folder("pena"), Failure(info, "refused", said, NOW))
    (line,) = world.lines()
    assert line.startswith("pena: sync S1 (nightly) refused: Sync S0 … of pena was still running after 60 minutes")


def test_a_hold_is_told_until_somebody_decides_it_and_nobody_is_named(world: Town) -> None:
    world.hold("pena", "h1")
    assert world.lines() == [
        "pena: hold h1 of guard archives keeps back 1,200 changes of users. `roster holds h1` shows them; "
        "`roster approve h1` or `roster reject h1` decides"
    ]
    world.execute("pena", "UPDATE sync.holds SET status = 'rejected', decided_by = 'Rae Moss', decided_at = ?", NOW)
    (line,) = world.lines()
    assert line.startswith("pena: over: hold h1 of guard archives")
    assert "Rae" not in line


@pytest.mark.parametrize(
    ("hours", "status", "expected"),
    [
        (23, "approved", ["pena: no sync has used the approval of hold h1, which ends 2026-11-24 09:00 UTC. "]),
        (25, "approved", []),
        (23, "rejected", []),
    ],
)
def test_an_approval_that_is_about_to_expire_is_told(hours: int, status: str, expected: list[str], world: Town) -> None:
    world.hold("pena", "h1", status=status, expires_at=NOW + timedelta(hours=hours))
    assert [line.partition("`")[0] for line in world.lines()] == expected


def test_a_hold_that_nobody_decides_before_it_ends_is_told(world: Town) -> None:
    world.hold("pena", "h1", expires_at=NOW + timedelta(hours=30))
    assert len(world.lines()) == 1
    assert world.lines(minutes=6 * 60) == [
        "pena: nobody has decided hold h1, which ends 2026-11-24 16:00 UTC. `roster holds --district pena`"
    ]
    world.execute("pena", "UPDATE sync.holds SET status = 'cleared', cleared_because = 'expired'")
    assert [line.partition(" hold")[0] for line in world.lines()] == [
        "pena: over: nobody has decided",
        "pena: over:",
    ]


def test_schools_that_wait_for_confirmation_are_told_until_nobody_waits(world: Town) -> None:
    world.execute("pena", "INSERT INTO sync.waiting_sites BY NAME SELECT 's1' AS site_id, 'Fresh' AS name")
    assert world.lines() == [
        "pena: 1 site waits for confirmation: Fresh. "
        "`roster start --district pena` shows their counts, and `--confirm` starts them"
    ]
    assert world.lines() == []
    world.execute("pena", "DELETE FROM sync.waiting_sites")
    assert [line.partition(" site")[0] for line in world.lines()] == ["pena: over: 1"]


def test_a_school_that_joins_those_that_wait_is_told(world: Town) -> None:
    def wait(site: str) -> None:
        world.execute("pena", f"INSERT INTO sync.waiting_sites BY NAME SELECT '{site}' AS site_id, '{site}' AS name")

    wait("s1")
    wait("s2")
    assert len(world.lines()) == 1
    wait("s3")
    (line,) = world.lines()
    assert line.startswith("pena: 3 sites wait for confirmation: s1, s2, s3. ")
    world.execute("pena", "DELETE FROM sync.waiting_sites WHERE site_id = 's3'")
    assert world.lines() == []
    wait("s3")
    assert len(world.lines()) == 1, "it waits again"
    world.execute("pena", "DELETE FROM sync.waiting_sites")
    assert [line.partition(" for")[0] for line in world.lines()] == ["pena: over: 3 sites wait"]
    assert world.lines() == []


def test_a_kind_that_fails_in_one_district_silences_no_other(world: Town) -> None:
    world.district("other")
    world.hold("pena", "h1")

    def broken(district: standing.District) -> Iterator[standing.Notice]:
        if district.slug == "other":
            raise TypeError("an address@example.org")
        return iter(())

    found = standing.standing(world.warehouse, NOW, (broken, standing.held))
    assert [(n.district, n.kind, n.subject) for n in found.notices] == [
        ("other", "unreadable", "broken"),
        ("pena", "held", "h1"),
    ]
    assert found.notices[0].what == "nobody knows what there is to tell of broken (TypeError)"
    assert found.unknown == {"other"}


def test_a_pause_is_told_of_a_district_of_which_clever_never_had_data(world: Town) -> None:
    world.execute(
        "pena", "INSERT INTO sync.issues BY NAME SELECT 'S0' AS sync_id, 'paused' AS code, 'It is paused.' AS message"
    )
    found = standing.standing(world.warehouse, NOW, (standing.old_data,))
    assert [n.what for n in found.notices] == ["Clever has not said of when its data is: It is paused"]


def test_stale_sites_are_told_together_when_they_are_many(world: Town) -> None:
    for n in range(8):
        world.site("pena", f"s{n}", f"School {n}", NOW - timedelta(hours=25))
    world.site("pena", "s9", "Evening", NOW)
    assert world.lines() == []
    lines = world.lines(minutes=90)
    assert lines[0] == (
        "pena: site s0 (School 0) has not synced successfully since 2026-11-22 09:00 UTC. "
        "`roster status --district pena`"
    )
    assert lines[5:] == ["pena: 3 more that are stale"]
    assert world.lines() == []
    world.execute("pena", "UPDATE roster.sites SET last_synced_at = ? WHERE site_id < 's6'", world.now)
    assert [line[:20] for line in world.lines()] == ["pena: over: site s0 "] + [
        f"pena: over: site s{n} " for n in range(1, 5)
    ] + ["pena: 1 more that we"]


def test_a_district_that_left_or_was_forgotten_has_nothing_to_tell_but_that_it_is_over(world: Town) -> None:
    for slug in ("anoka", "boise"):
        world.district(slug)
        world.sync(slug, "S1", "Clever did not answer.")
    assert [line.partition(" ")[0] for line in world.lines()] == ["anoka:", "boise:"]
    world.warehouse.note_listed({"pena", "boise"}, world.now)
    world.warehouse.delete_district("boise")
    assert [line[:12] for line in world.lines()] == ["anoka: over:", "boise: over:"]


def test_a_copy_that_cannot_be_read_is_told_and_hides_nothing(world: Town) -> None:
    world.sync("pena", "S1", "Clever did not answer.")
    world.lines()
    published = world.warehouse.folder("pena").published
    whole = published.read_bytes()
    published.write_bytes(b"no database")
    assert world.lines() == [
        "pena: pena/published.duckdb is damaged and cannot be read. `roster publish --district pena` makes it again"
    ]
    published.write_bytes(whole)
    assert [line[:23] for line in world.lines()] == ["pena: over: pena/publis"]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        ("logins.csv, line 3, column user_id: 'ann@school.example' is nobody.", "column user_id: … is nobody."),
        ("Write to ann@school.example.", "failed: Write to …. `"),
        ("Clever's list of people's names is empty.", "Clever's list of people's names is empty."),
        ("<!channel> & <http://x|y>\nmore.", "&lt;!channel&gt; &amp; &lt;http://x|y&gt; more."),
    ],
)
def test_nothing_that_people_typed_is_told_and_nothing_calls_anybody(error: str, told: str, world: Town) -> None:
    world.sync("pena", "S1", error)
    (line,) = world.lines()
    assert told in line
    assert "ann@" not in line


def test_many_notices_are_several_messages(world: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("roster_pipeline.notices.notify._AT_ONCE", 2)
    for n in range(5):
        world.hold("pena", f"h{n}")
    assert world.notify() == Told(sent=5, standing=5)
    assert [len(text.split("\n")) for text in world.receiver.texts] == [2, 2, 1]


# A webhook that is broken.


@pytest.mark.parametrize(
    ("status", "location", "why"),
    [
        (500, "", "127.0.0.1 answered HTTP 500"),
        (429, "", "127.0.0.1 answered HTTP 429"),
        (404, "", "127.0.0.1 answered HTTP 404"),
        (302, "/elsewhere", "127.0.0.1 answered HTTP 302, a redirect, which is not followed"),
    ],
)
def test_what_does_not_get_through_is_told_the_next_time(status: int, location: str, why: str, world: Town) -> None:
    world.sync("pena", "S1", "Clever did not answer.")
    world.receiver.answers, world.receiver.location = status, location
    assert world.notify() == Told(sent=0, standing=1, why=why)
    assert [path for _, path in world.receiver.asked] == [f"/services/{SECRET}"]
    book = read_book(world.warehouse)
    assert (book.sent, book.failed and book.failed.why, book.is_broken) == (None, why, True)
    world.receiver.answers, world.receiver.location = 200, ""
    assert len(world.lines()) == 1
    book = read_book(world.warehouse)
    assert book.failed
    assert book.sent
    assert (book.failed.why, book.sent.notices, book.is_broken) == (why, 1, False)


def test_nobody_listens(world: Town) -> None:
    world.sync("pena", "S1", "Clever did not answer.")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/{SECRET}"
        told = notify(world.warehouse, Webhook(url), NOW)
    assert told.why == "127.0.0.1 cannot be reached (ConnectionError)"


def test_a_webhook_that_never_ends_its_answer_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "_WHOLE", 0.05)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/{SECRET}"
        assert Webhook(url).post("x") == "127.0.0.1 did not answer within 0.05 seconds"


def test_nothing_is_sent_that_cannot_be_remembered(world: Town) -> None:
    world.sync("pena", "S1", "Clever did not answer.")
    (world.warehouse.root / "notices.json.part").mkdir()
    with pytest.raises(RosterError, match=r"notices\.json in the warehouse cannot be written"):
        world.notify()
    assert world.receiver.asked == []


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"announced": 1}', b"\xff"])
def test_a_damaged_book_is_told_and_nothing_is_sent(content: bytes, world: Town) -> None:
    world.sync("pena", "S1", "Clever did not answer.")
    (world.warehouse.root / "notices.json").write_bytes(content)
    with pytest.raises(RosterError, match="Remove that file; what stands is announced once more"):
        world.notify()
    assert world.receiver.asked == []


def test_the_address_is_a_secret(world: Town, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    world.sync("pena", "S1", "Clever did not answer.")
    world.notify()
    for world.receiver.answers in (500, 200):
        send_test(world.warehouse, Webhook(world.receiver.url), world.now)
    assert len(world.receiver.asked) == 3
    files = (world.warehouse.root / "notices.json").read_text()
    assert json.loads(files)["sent"]["host"] == "127.0.0.1"
    settings = load_settings({"ROSTER_NOTIFY_URL": world.receiver.url})
    assert settings.notify_url == world.receiver.url
    for shown in (files, caplog.text, repr(Webhook(world.receiver.url)), repr(settings)):
        assert SECRET not in shown
    assert logging.getLogger("urllib3.connectionpool").filters == []


def test_what_is_posted_is_json_with_a_text_and_passes_no_proxy(world: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert send_test(world.warehouse, Webhook(world.receiver.url), NOW) is None
    (headers,) = world.receiver.headers
    assert headers["Content-Type"] == "application/json"
    assert world.receiver.texts == [TEST]


def test_the_password_of_a_netrc_goes_to_no_webhook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login ann password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    sent: list[requests.PreparedRequest] = []

    def send(_: requests.Session, request: requests.PreparedRequest, **__: object) -> requests.Response:
        sent.append(request)
        answer = requests.Response()
        answer.status_code, answer.raw = 204, io.BytesIO()
        return answer

    monkeypatch.setattr(requests.Session, "send", send)
    assert Webhook("https://hooks.example/x").post("x") is None
    assert ["Authorization" in request.headers for request in sent] == [False]


def test_who_looks_at_the_same_time_tells_nothing_twice(world: Town) -> None:
    world.sync("pena", "S1", "Clever did not answer.")
    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(lambda _: notify(world.warehouse, Webhook(world.receiver.url), NOW), range(4)))
    assert sorted(t.sent for t in told) == [0, 0, 0, 1]
    assert len(world.receiver.texts) == 1


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://hooks.slack.com/services/T0/B0/x", None),
        ("https://chat.example/v1?key=a&token=b", None),
        ("http://localhost:8080/x", None),
        ("http://[::1]:8080/x", None),
        ("http://hooks.example/secret", "plain http to hooks.example"),
        ("ftp://hooks.example/secret", "not an http"),
        ("hooks.example/secret", "not an http"),
        ("https://", "not an http"),
        ("https://hooks.example:port/secret", "not an http"),
        ("https://[::1/secret", "not an http"),
        ("https://hooks.example/se cret", "not an http"),
        ("https://ann:secret@hooks.example/", "a user name in it"),
    ],
)
def test_an_address_that_cannot_be_used_is_told_without_it_and_fails_no_sync(url: str, why: str | None) -> None:
    settings = load_settings({"ROSTER_NOTIFY_URL": url})
    assert settings.wrong is None
    assert (settings.notify_url, settings.notify_wrong is None) == ((url, True) if why is None else (None, False))
    if why:
        assert why in str(settings.notify_wrong)
        assert "secret" not in str(settings.notify_wrong)
