"""The rate limit: a fixed window per token, told in headers, 429 with an empty body."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from clever_sandbox.api.limiter import Limiter
from clever_sandbox.app import create_app
from clever_sandbox.district.district import District
from clever_sandbox.server import serve_in_thread

from .api import Api


def test_the_limit_holds_for_a_token_and_ends_with_the_minute(demo: District) -> None:
    now = [1_000_000_010.0]
    app = create_app([demo], requests_per_minute=3, clock=lambda: now[0])
    with serve_in_thread(app) as server, Api(server, demo.token) as api, Api(server, "TEST_TOKEN") as other:
        left = [api.get("/schools").headers["X-RateLimit-Remaining"] for _ in range(3)]
        assert left == ["2", "1", "0"]

        refused = api.get("/schools")
        assert (refused.status_code, refused.content) == (429, b"")
        assert refused.headers["X-RateLimit-Limit"] == "3"
        assert refused.headers["X-RateLimit-Remaining"] == "0"
        assert refused.headers["X-RateLimit-Reset"] == "1000000020"
        assert refused.headers["X-RateLimit-Bucket"]
        assert "Retry-After" not in refused.headers

        assert other.get("/schools").status_code == 200
        now[0] = 1_000_000_019.9
        assert api.get("/schools").status_code == 429
        now[0] = 1_000_000_020.0
        assert api.get("/schools").headers["X-RateLimit-Remaining"] == "2"


def test_errors_count_too_and_strangers_have_no_allowance(api: Api) -> None:
    assert "X-RateLimit-Remaining" in api.get("/users/unknown").headers
    with Api(api.server, "wrong") as stranger:
        assert "X-RateLimit-Remaining" not in stranger.get("/users").headers


@given(moments=st.lists(st.floats(0, 600), max_size=80).map(sorted), limit=st.integers(1, 5))
def test_no_window_ever_allows_more_than_the_limit(moments: list[float], limit: int) -> None:
    now = [0.0]
    limiter = Limiter(limit, lambda: now[0])
    allowed: dict[int, int] = {}
    asked: dict[int, int] = {}
    for now[0] in moments:
        minute = int(now[0] // 60)
        asked[minute] = asked.get(minute, 0) + 1
        answer = limiter.take("token")
        allowed[minute] = allowed.get(minute, 0) + answer.allowed
        assert answer.remaining == limit - allowed[minute]
        assert answer.reset == (minute + 1) * 60
    assert allowed == {minute: min(limit, number) for minute, number in asked.items()}
