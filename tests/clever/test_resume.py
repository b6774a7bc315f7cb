"""An extract that was killed goes on at its last complete page; one that is too old starts over."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from roster_pipeline.clever import landing as landings
from roster_pipeline.clever.client import Clever, Clock
from roster_pipeline.clever.landing import ListFile, Stopped, is_complete, read_checkpoint, read_receipt
from roster_pipeline.errors import BrokenExtract, CleverRefused, CleverUnavailable
from tests.clever.conftest import NOW, Connect, Ticking, lines
from tests.clever.fake import DISTRICT, Answer, Fake, make_id, records, serving

LISTS = ["schools", "terms", "courses", "sections", "users"]


def page_after(record: int) -> str:
    return f"/v3.1/users?limit=10&starting_after={make_id(record)}"


def stop_at(fake: Fake, record: int, connect: Connect, landing: Path) -> None:
    """An extract that fails at the page of users behind `record`; the server is healthy afterwards."""
    fake.next(page_after(record), *[Answer(503)] * 8)
    with pytest.raises(CleverUnavailable):
        connect().extract(DISTRICT, landing)
    fake.seen.clear()


def test_sigkill_in_the_middle_fetches_only_the_missing_pages(fake: Fake, connect: Connect, landing: Path) -> None:
    fake.lists["users"] = records(95)
    reached, released = threading.Event(), threading.Event()

    def hold() -> None:
        reached.set()
        released.wait(10)

    fake.next(page_after(40), Answer(503, before=hold))
    program = (
        "import sys; from pathlib import Path; from roster_pipeline.config import CleverSettings as S;"
        "from roster_pipeline.clever.client import Clever;"
        "url, landing, district = sys.argv[1:];"
        "Clever(S(url, url + '/oauth/tokens', 'c', 's'), page_limit=10).extract(district, Path(landing))"
    )
    process = subprocess.Popen([sys.executable, "-c", program, fake.url, str(landing), DISTRICT])
    try:
        assert reached.wait(20)
        # All else is done by then, save for the page that is under way.
        while not all((landing / f"{name}.ndjson").exists() for name in LISTS[:-1]):
            assert process.poll() is None
    finally:
        process.kill()
        process.wait()
        released.set()
    assert not is_complete(landing)
    assert not (landing / "users.ndjson").exists()
    fake.seen.clear()

    extract = connect(clock=Clock()).extract(DISTRICT, landing)  # the clock of the killed process
    assert fake.asked("?limit") == [page_after(n) for n in (40, 50, 60, 70, 80, 90)]
    assert lines(landing / "users.ndjson") == fake.lists["users"]
    assert [(e.pages, e.pages_fetched) for e in extract.endpoints] == [(1, 1), (1, 0), (1, 0), (1, 0), (1, 0), (10, 6)]
    assert is_complete(landing)


class Died(BaseException):
    """Stands for SIGKILL at one step of writing."""


def test_death_at_any_step_of_writing_is_safe(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Dies before the first, second, ... time that anything is made durable, and resumes."""
    steps_left = 0
    turn = threading.Lock()

    def dying(real: Any) -> Any:
        def step(*args: Any, **kwargs: Any) -> Any:
            nonlocal steps_left
            with turn:
                steps_left -= 1
                if steps_left < 0:  # and nobody else writes after a death
                    raise Died
            return real(*args, **kwargs)

        return step

    monkeypatch.setattr(os, "fsync", dying(os.fsync))
    monkeypatch.setattr(Path, "replace", dying(Path.replace))
    monkeypatch.setattr(Path, "unlink", dying(Path.unlink))
    lists = {name: records(2) for name in LISTS[1:-1]} | {"schools": [], "users": records(7)}
    died = survived = 0
    with serving(Fake(lists)) as fake, Clever(fake.settings, page_limit=2, clock=Ticking().clock()) as clever:
        while not survived:
            landing = tmp_path / f"landing-{died}"
            fake.seen.clear()
            try:
                steps_left = died
                clever.extract(DISTRICT, landing)
                survived = 1
            except Died:
                died += 1
                assert not is_complete(landing)
                for part in landing.glob("*.part"):  # the page that was just being written
                    state = read_checkpoint(landing, part.name.removesuffix(".ndjson.part"))
                    if state is None or not state.complete:
                        part.write_bytes(part.read_bytes() + b'{"id":"64b0')
                steps_left = 10**9
                clever.extract(DISTRICT, landing)
            assert is_complete(landing)
            assert len(fake.asked("/users?limit")) <= 4 + 1  # at most the page that was being written comes again
            for name in LISTS:
                assert lines(landing / f"{name}.ndjson") == fake.lists[name]
    assert died > 40


def test_a_failed_extract_goes_on_where_it_stopped(fake: Fake, connect: Connect, landing: Path) -> None:
    fake.lists["users"] = records(45)
    stop_at(fake, 20, connect, landing)
    connect().extract(DISTRICT, landing)
    assert fake.asked("/users?limit") == [page_after(20), page_after(30), page_after(40)]
    assert lines(landing / "users.ndjson") == fake.lists["users"]


def test_a_kill_before_the_last_check_does_not_skip_it(fake: Fake, connect: Connect, landing: Path) -> None:
    fake.lists["users"] = records(25)
    fake.next("/users?count", Answer(200, b'{"count":30}'), *[Answer(503)] * 8)
    with pytest.raises(CleverUnavailable, match="the count of users"):
        connect().extract(DISTRICT, landing)
    fake.next("/users?count", *[Answer(200, b'{"count":30}')] * 3)
    with pytest.raises(BrokenExtract, match="25 records arrived, Clever counts 30, twice"):
        connect().extract(DISTRICT, landing)


@pytest.mark.parametrize(("age", "pages"), [(timedelta(hours=1, minutes=59), 1), (timedelta(hours=2, minutes=1), 3)])
def test_an_old_extract_starts_over(
    fake: Fake, connect: Connect, landing: Path, ticking: Ticking, age: timedelta, pages: int
) -> None:
    fake.lists["users"] = records(25)
    stop_at(fake, 20, connect, landing)
    ticking.seconds = age.total_seconds()
    extract = connect().extract(DISTRICT, landing)
    assert len(fake.asked("/users?limit")) == pages
    assert len(fake.asked("/sections?limit")) == (0 if pages == 1 else 1)  # all lists, also the complete ones
    assert lines(landing / "users.ndjson") == fake.lists["users"]
    assert (extract.started_at == ticking.now()) == (pages == 3)


def test_resuming_does_not_make_an_extract_younger(
    fake: Fake, connect: Connect, landing: Path, ticking: Ticking
) -> None:
    fake.lists["users"] = records(25)
    stop_at(fake, 10, connect, landing)
    ticking.seconds = timedelta(minutes=90).total_seconds()
    stop_at(fake, 20, connect, landing)
    ticking.seconds = timedelta(minutes=130).total_seconds()
    connect().extract(DISTRICT, landing)
    assert len(fake.asked("/users?limit")) == 3


def test_a_checkpoint_of_the_future_starts_over(fake: Fake, connect: Connect, landing: Path, ticking: Ticking) -> None:
    fake.lists["users"] = records(25)
    stop_at(fake, 20, connect, landing)
    ticking.seconds = -3600
    connect().extract(DISTRICT, landing)
    assert len(fake.asked("/users?limit")) == 3


def test_another_page_size_starts_over(fake: Fake, connect: Connect, landing: Path) -> None:
    fake.lists["users"] = records(25)
    stop_at(fake, 20, connect, landing)
    connect(page_limit=11).extract(DISTRICT, landing)
    assert len(fake.asked("/users?limit=11")) == 3
    assert lines(landing / "users.ndjson") == fake.lists["users"]


@pytest.mark.parametrize("damage", [b"", b"{", b'{"source":1}', b"\xff"])
def test_an_unreadable_checkpoint_starts_over(fake: Fake, connect: Connect, landing: Path, damage: bytes) -> None:
    fake.lists["users"] = records(25)
    stop_at(fake, 20, connect, landing)
    (landing / "users.checkpoint.json").write_bytes(damage)
    connect().extract(DISTRICT, landing)
    assert len(fake.asked("/users?limit")) == 3
    assert len(fake.asked("/sections?limit")) == 1  # nobody knows from when it is: all lists belong together
    assert lines(landing / "users.ndjson") == fake.lists["users"]


def test_a_part_shorter_than_its_checkpoint_starts_over(fake: Fake, connect: Connect, landing: Path) -> None:
    fake.lists["users"] = records(25)
    stop_at(fake, 20, connect, landing)
    part = landing / "users.ndjson.part"
    part.write_bytes(part.read_bytes()[:-1])
    connect().extract(DISTRICT, landing)
    assert len(fake.asked("/users?limit")) == 3
    assert lines(landing / "users.ndjson") == fake.lists["users"]


def test_a_complete_list_whose_file_is_gone_is_fetched_again(fake: Fake, connect: Connect, landing: Path) -> None:
    fake.lists["users"] = records(25)
    stop_at(fake, 20, connect, landing)
    (landing / "sections.ndjson").unlink()
    connect().extract(DISTRICT, landing)
    assert len(fake.asked("/sections?limit")) == 1
    assert len(fake.asked("/users?limit")) == 1


@pytest.mark.parametrize("status", [400, 404])
def test_a_cursor_that_clever_no_longer_knows_starts_the_list_over(
    fake: Fake, connect: Connect, landing: Path, status: int
) -> None:
    fake.lists["users"] = records(25)
    stop_at(fake, 20, connect, landing)
    fake.next(page_after(20), Answer(status))
    connect().extract(DISTRICT, landing)
    assert len(fake.asked("/users?limit")) == 4
    assert lines(landing / "users.ndjson") == fake.lists["users"]


def test_order_and_repeats_are_known_after_resuming(fake: Fake, connect: Connect, landing: Path) -> None:
    fake.lists["users"] = records(25)
    fake.edit = lambda name, _, page: page | {"data": page["data"][::-1] if name == "users" else page["data"]}
    stop_at(fake, 20, connect, landing)
    fake.edit = None
    assert connect().extract(DISTRICT, landing).endpoint("users").distinct == 25


def test_warnings_of_complete_lists_are_said_again(fake: Fake, connect: Connect, landing: Path) -> None:
    fake.always("/terms?", Answer(404))
    fake.lists["users"] = records(25)
    stop_at(fake, 20, connect, landing)
    extract = connect().extract(DISTRICT, landing)
    assert fake.asked("/terms?") == []
    assert [w.code for w in extract.notices] == ["not_shared"]


def test_a_whole_landing_is_not_fetched_again(fake: Fake, connect: Connect, landing: Path) -> None:
    connect().extract(DISTRICT, landing)
    fake.seen.clear()
    connect().extract(DISTRICT, landing)
    assert fake.asked("limit") == fake.asked("count") == []
    assert is_complete(landing)


def test_a_kill_between_receipt_and_name_is_finished(fake: Fake, connect: Connect, landing: Path) -> None:
    connect().extract(DISTRICT, landing)
    (landing / "users.ndjson").rename(landing / "users.ndjson.part")
    fake.seen.clear()
    connect().extract(DISTRICT, landing)
    assert fake.asked("/users") == []
    assert lines(landing / "users.ndjson") == fake.lists["users"]


def test_a_landing_under_repair_has_no_receipt(fake: Fake, connect: Connect, landing: Path) -> None:
    connect().extract(DISTRICT, landing)
    (landing / "users.ndjson").unlink()
    fake.always("/users?limit", Answer(400))
    with pytest.raises(CleverRefused):
        connect().extract(DISTRICT, landing)
    assert not (landing / "complete.json").exists()


def test_an_abandoned_list_is_not_written_any_more(landing: Path) -> None:
    landing.mkdir()
    file = ListFile(landing, "users", source="x", started_at=NOW)
    file.append(b"{}\n", file.state)
    file.abandon()
    before = sorted((p.name, p.read_bytes()) for p in landing.iterdir())
    with pytest.raises(Stopped):
        file.append(b"{}\n", file.state)
    with pytest.raises(Stopped):
        file.finish(distinct=1, shared=True, counted=True, seconds=0)
    with pytest.raises(Stopped):
        file.restart()
    assert sorted((p.name, p.read_bytes()) for p in landing.iterdir()) == before


def test_a_file_is_replaced_at_once(tmp_path: Path) -> None:
    path = tmp_path / "receipt"
    landings.replace_file(path, b"old")
    with path.open("rb") as reader:
        landings.replace_file(path, b"new")
        assert reader.read() == b"old"
    assert path.read_bytes() == b"new"


def test_an_old_whole_landing_is_not_whole_while_it_is_replaced(
    fake: Fake, connect: Connect, landing: Path, ticking: Ticking
) -> None:
    connect().extract(DISTRICT, landing)
    ticking.seconds = 3 * 3600
    fake.always("/users?limit", Answer(503))
    with pytest.raises(CleverUnavailable):
        connect().extract(DISTRICT, landing)
    assert not is_complete(landing)
    assert not (landing / "users.ndjson").exists()
    with pytest.raises(BrokenExtract):
        read_receipt(landing)


def test_the_checkpoint_says_how_far_the_part_is_good(fake: Fake, connect: Connect, landing: Path) -> None:
    fake.lists["users"] = records(25)
    stop_at(fake, 20, connect, landing)
    state = read_checkpoint(landing, "users")
    assert state is not None
    assert state.bytes == (landing / "users.ndjson.part").stat().st_size
    assert (state.records, state.pages, state.last_id, state.expected) == (20, 2, make_id(20), 25)
    assert state.next == f"limit=10&starting_after={make_id(20)}"
    assert not state.complete


def test_memory_of_repeats_is_small() -> None:
    assert landings._compact(make_id(1)) == bytes.fromhex(make_id(1))
    assert landings._compact("AB") == "AB"  # not the same id as "ab"
    assert landings._compact("ö") == "ö"
