"""Notices from the terminal and from Dagster's sensor, to a receiver on this machine, of a real sync."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from clever_sandbox.server import serve_in_thread
from tests.daemon import daemon
from tests.platform import SLUG, Platform, demo_app
from tests.receiver import SECRET, Receiver, receiver


@pytest.fixture
def webhook(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    with receiver() as listening:
        monkeypatch.setenv("ROSTER_NOTIFY_URL", listening.url)
        yield listening


def fail(platform: Platform) -> None:
    """A sync from the terminal that Clever refuses."""
    with serve_in_thread(demo_app()) as server:
        server.sandbox.faults.add("token_dead")
        urls = {"CLEVER_API_URL": server.url, "CLEVER_TOKENS_URL": f"{server.url}/oauth/tokens"}
        assert platform.sync(exits=1, **urls)["status"] == "failed"


@pytest.mark.usefixtures("impatient")
@pytest.mark.filterwarnings("ignore:Property `ScheduleDefinition.environment_vars`:DeprecationWarning")
def test_the_sensor_tells_of_a_sync_from_the_terminal_and_of_its_end(synced: Platform, webhook: Receiver) -> None:
    fail(synced)
    now = datetime.now(UTC)
    with daemon(synced.root / "dagster") as found:
        webhook.answers = 500
        found.look_at_sensors(now)
        assert found.last_word("notices") == (
            "0 sent, then 127.0.0.1 answered HTTP 500; the rest is tried again at the next look."
        )
        webhook.answers = 200
        for minutes in (6, 12):
            found.look_at_sensors(datetime.fromtimestamp(now.timestamp() + 60 * minutes, UTC))
        assert found.last_word("notices") == "0 sent to 127.0.0.1; 1 stand."
    (line,) = webhook.take()
    assert line.startswith(f"{SLUG}: sync 2")
    assert "(sync_now) failed: " in line
    assert line.endswith(f"`roster recent --district {SLUG}` tells more")
    assert synced.sync()["status"] == "succeeded"
    assert synced.json("notify") == {"host": "127.0.0.1", "sent": 1, "standing": 0, "why": None}
    assert webhook.take()[0].startswith(f"{SLUG}: over: sync 2")
    for file in (f for f in synced.root.rglob("*") if f.is_file()):
        assert SECRET.encode() not in file.read_bytes(), file


@pytest.mark.filterwarnings("ignore:Property `ScheduleDefinition.environment_vars`:DeprecationWarning")
def test_the_sensor_says_why_nobody_is_told(synced: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    for at, (url, said) in enumerate(
        [
            ("", "Nobody is told: ROSTER_NOTIFY_URL is not set."),
            ("ftp://x", "ROSTER_NOTIFY_URL is not an http(s) address. Set the address of the webhook, or unset it."),
        ]
    ):
        monkeypatch.setenv("ROSTER_NOTIFY_URL", url)
        with daemon(synced.root / "dagster") as found:
            found.look_at_sensors(datetime.fromtimestamp(datetime.now(UTC).timestamp() + 600 * at, UTC))
            assert found.last_word("notices") == said


def test_a_test_is_sent_now_and_status_and_doctor_say_when(synced: Platform, webhook: Receiver) -> None:
    assert synced.json("status")["notices"]["sent"] is None
    assert synced.roster("notify", "--test")[0] == "127.0.0.1 took the test\n"
    assert webhook.take() == ["roster: this is a test. Notices about syncs that fail, are held or stale come here."]
    assert synced.roster("status")[0].splitlines()[-1].startswith("notices: the last got through to 127.0.0.1 on 20")
    (notices,) = (c for c in synced.json("doctor")["checks"] if c["check"] == "notices")
    assert notices["ok"]
    webhook.answers = 403
    _, said = synced.roster("notify", "--test", exits=1)
    assert said.startswith("roster: The test did not get through: 127.0.0.1 answered HTTP 403. Mend that")
    found = synced.json("status")["notices"]
    assert (found["failed"]["why"], found["broken"], found["sent"]["host"]) == (
        "127.0.0.1 answered HTTP 403",
        True,
        "127.0.0.1",
    )
    (line,) = (line for line in synced.roster("doctor", exits=1)[0].splitlines() if "notices" in line)
    assert line.startswith("WRONG notices: the last got through to 127.0.0.1 on 20")
    assert line.endswith(
        "127.0.0.1 answered HTTP 403; the sensor `notices` tries again. `roster notify --test` tries now"
    )
    assert synced.sync()["status"] == "succeeded"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "roster: No ROSTER_NOTIFY_URL is set. Set it to the address of a webhook, such as Slack's.\n"),
        ("http://hooks.example/", "plain http to hooks.example"),
    ],
)
def test_without_a_usable_webhook_notify_refuses_and_syncs_go_on(url: str, said: str, synced: Platform) -> None:
    assert said in synced.roster("notify", exits=1, ROSTER_NOTIFY_URL=url)[1]
    (finding,) = (
        c
        for c in synced.json("doctor", exits=1 if url else 0, ROSTER_NOTIFY_URL=url)["checks"]
        if c["check"] == "notices"
    )
    assert finding["ok"] is not bool(url)
    assert said.removeprefix("roster: ")[:20] in finding["says"] or not url
    assert synced.sync(ROSTER_NOTIFY_URL=url)["status"] == "succeeded"


def test_doctor_says_what_is_wrong(synced: Platform) -> None:
    (synced.published.parent / "unpublished").touch()
    said = synced.roster("doctor", exits=1)[0].splitlines()
    assert (
        said[1] == f"WRONG districts: The copy of {SLUG} is older than its roster. `roster publish --district {SLUG}`."
    )
    synced.published.write_bytes(b"damaged")
    said = synced.roster("doctor", exits=1)[0].splitlines()
    assert said[1].startswith(f"WRONG districts: {SLUG}/published.duckdb is damaged")
    (synced.data / "courses.csv").rename(synced.data / "gone.csv")
    said = synced.roster("doctor", exits=1)[0].splitlines()
    assert said[2].startswith("WRONG data: ")
    assert "courses.csv" in said[2]
    (synced.data / "gone.csv").rename(synced.data / "courses.csv")
    said = synced.roster("doctor", exits=1, ROSTER_DATA=str(synced.data / "none"))[0].splitlines()
    assert any(line.startswith("WRONG data: ROSTER_DATA is ") for line in said)
    shutil.rmtree(synced.data / "warehouse")
    assert synced.roster("doctor")[0].splitlines()[1] == "ok    districts: 0 can be read"
    said = synced.roster("doctor", exits=1, CLEVER_CLIENT_SECRET="")[0].splitlines()
    assert [line.partition(":")[0] for line in said] == ["WRONG settings"]


def test_nothing_was_ever_synced(platform: Platform, webhook: Receiver) -> None:
    assert platform.json("notify") == {"host": "127.0.0.1", "sent": 0, "standing": 0, "why": None}
    assert platform.json("notify", "--test")["why"] is None
    assert len(webhook.take()) == 1
