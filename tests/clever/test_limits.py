"""The rate limit: staying below it, and waiting when Clever says it was reached."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from roster_pipeline.clever.client import RetryLimits
from roster_pipeline.clever.http import Limiter
from roster_pipeline.errors import CleverUnavailable
from tests.clever.conftest import NOW, Connect, Ticking
from tests.clever.fake import DISTRICT, Answer, Fake, records

PAGE = "/users?limit"
T = int(NOW.timestamp())


def limited(*headers: tuple[str, str]) -> Answer:
    return Answer(429, headers=headers)


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ([("X-RateLimit-Reset", f"{T + 40}")], 40),
        ([("x-ratelimit-reset", f"{T + 40}")], 40),
        ([("X-Ratelimit-Reset", f"{T + 40}"), ("X-Ratelimit-Reset", f"{T + 20}")], 40),
        (
            [
                ("X-RateLimit-Reset", f"{T + 80}"),
                ("X-RateLimit-Remaining", "7"),
                ("X-RateLimit-Reset", f"{T + 40}"),
                ("X-RateLimit-Remaining", "0"),
            ],
            40,
        ),
        ([("X-RateLimit-Reset", f"{T + 3640}"), ("Date", format_datetime(NOW + timedelta(hours=1), usegmt=True))], 40),
        ([("X-RateLimit-Reset", f"{T + 40}"), ("Date", "yesterday")], 40),
        ([("X-RateLimit-Reset", f"{T - 500}")], 1),
        ([("X-RateLimit-Reset", f"{T + 86400}")], 90),
        ([("X-RateLimit-Reset", "soon, nan")], 30),
        ([("X-RateLimit-Reset", f"soon, {T + 40}")], 40),
        ([], 30),
    ],
    ids=[
        "reset",
        "other case",
        "repeated",
        "the used-up one",
        "our clock an hour behind",
        "unreadable date",
        "in the past",
        "a day away",
        "no number",
        "one number",
        "no header",
    ],
)
def test_429_waits_for_the_reset(
    fake: Fake, connect: Connect, landing: Path, ticking: Ticking, headers: list[tuple[str, str]], wait: float
) -> None:
    fake.next(PAGE, limited(*headers))
    connect().extract(DISTRICT, landing)
    # The other lists wait as well when they had something left to ask: the limit is the token's.
    assert ticking.waits[0] == pytest.approx(wait, abs=0.01)
    assert all(w <= wait for w in ticking.waits)
    assert len(fake.asked(PAGE)) == 2


def test_429_for_ever_is_unavailable(fake: Fake, connect: Connect, landing: Path) -> None:
    fake.always(PAGE, limited(("X-RateLimit-Reset", f"{T + 1}")))
    with pytest.raises(CleverUnavailable, match="HTTP 429, over the rate limit, 10 times"):
        connect().extract(DISTRICT, landing)
    assert len(fake.asked(PAGE)) == RetryLimits().limited


def test_429_does_not_use_up_the_tries_of_other_faults(fake: Fake, connect: Connect, landing: Path) -> None:
    over = limited(("X-RateLimit-Reset", f"{T + 1}"))
    fake.next(PAGE, *[over, Answer(503)] * 7)
    connect().extract(DISTRICT, landing)
    assert len(fake.asked(PAGE)) == 15


def test_a_client_stays_below_the_limit(fake: Fake, connect: Connect, landing: Path, ticking: Ticking) -> None:
    fake.lists["users"] = records(90)
    times: list[float] = []
    connect(page_limit=1, requests_a_minute=50).extract(DISTRICT, landing, lambda _: times.append(ticking.seconds))
    bearer = [s for s in fake.seen if s.path != "/oauth/tokens"]
    assert len(bearer) > 100
    assert ticking.seconds >= 62 * 2  # the 51st and the 101st request each waited for a new minute


def test_no_window_holds_more_than_the_limit(ticking: Ticking) -> None:
    limiter = Limiter(ticking.clock(), limit=5, window=60.0)
    left: list[float] = []
    for n in range(40):
        ticking.seconds += n % 7
        limiter.take("token", threading.Event())
        left.append(ticking.seconds)
    assert all(later - first >= 60 for first, later in zip(left, left[5:], strict=False))


def test_each_token_has_its_own_limit(ticking: Ticking) -> None:
    limiter = Limiter(ticking.clock(), limit=1)
    limiter.take("one", threading.Event())
    limiter.hold("one", 30)
    limiter.take("two", threading.Event())
    assert ticking.waits == []
    limiter.take("one", threading.Event())
    assert ticking.waits == [62.0]


def test_threads_do_not_share_a_turn(ticking: Ticking) -> None:
    turns: list[float] = []
    # Time stands still while they queue: each must be told to wait one window longer than the one before.
    frozen = Limiter(replace(ticking.clock(), sleep=turns.append), limit=1, window=1.0)
    threads = [threading.Thread(target=frozen.take, args=("token", threading.Event())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(turns) == [1, 2, 3, 4, 5, 6, 7]
