"""The accidents that happened to others, replayed over the sandbox: what the guards did.

Numbers are those of the list of known incidents that the project was started from; 14 (a new year's profile
without history) cannot happen here, since state is keyed to Clever's ids, which the law over a year of days shows.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from clever_sandbox.app import create_app
from clever_sandbox.district.ids import clever_id
from clever_sandbox.district.load import load_district
from clever_sandbox.district.tables import Json, Kind, record
from clever_sandbox.server import SandboxServer, serve_in_thread
from roster_pipeline import sync
from roster_pipeline.clever.client import Clever, Clock
from roster_pipeline.clever.local import DEMO_DISTRICT, settings_for
from roster_pipeline.config import DEMO, PROJECT_ROOT
from roster_pipeline.errors import BrokenExtract, CleverUnavailable
from roster_pipeline.guards import holds
from roster_pipeline.guards.guard import Hold
from roster_pipeline.history.record import SyncInfo
from roster_pipeline.run import Run
from roster_pipeline.sync import Order
from roster_pipeline.warehouse.warehouse import Warehouse
from tests.platform import SLUG

START = datetime(2026, 11, 23, 10, 0)
PEOPLE = "SELECT user_id, enrollment_status FROM roster.users ORDER BY ALL"
IN_CLASS = "SELECT section_id, user_id, role FROM roster.enrollments WHERE status = 'active' ORDER BY ALL"
SEES = "SELECT user_id, course_id, section_id FROM roster.course_access ORDER BY ALL"


@dataclass
class Story:
    """A district that has synced once, and what happens to it next."""

    root: Path
    server: SandboxServer
    day: date = date(2026, 11, 23)
    syncs: int = 0

    def sync(self) -> list[Hold]:
        """One sync with guards, a minute after the one before; returns what was held."""
        self.syncs += 1
        started = datetime.combine(self.day, START.time()) + timedelta(minutes=self.syncs)
        info = SyncInfo(f"S{self.syncs:03}", SLUG, "nightly", "test", started, "run")
        landing = self.root / f"landing-{self.syncs}"
        clock = Clock(sleep=lambda _: None, now=lambda: datetime(2026, 11, 23, tzinfo=UTC))
        with Clever(settings_for(self.server.url), clock=clock, requests_a_minute=1_000_000) as clever:
            extract = clever.extract(self.server.sandbox.districts[0].id, landing, lambda _: None)
        with Warehouse(self.root).connect(SLUG) as connection:
            run = Run(Order(info, self.root / "data", self.day, lambda: started))
            run.staged = sync.stage(connection, landing, extract)
            run.apply_plan(connection)
            return list(run.need_plan(connection).holds)

    def approve(self, hold: Hold) -> None:
        with Warehouse(self.root).connect(SLUG) as connection:
            holds.decide(connection, hold.hold_id, "approved", by="test", reason="", now=START)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with Warehouse(self.root).connect(SLUG) as connection:
            return connection.execute(query).fetchall()

    def edit(
        self, kind: Kind, change: Callable[[Json], Json | None], *, where: Callable[[Json], bool] = lambda _: True
    ) -> int:
        """Replaces or, with None, drops the records that match; a changed id replaces the old one. Returns how many."""
        district = self.server.sandbox.districts[0]
        table = district.tables[kind]
        matching = [data for data in (table[i].data() for i in table.ids) if where(data)]
        old = [data["id"] for data in matching]
        new = [record(data) for data in map(change, matching) if data is not None]
        district.change(kind, put=new, drop=[i for i in old if i not in {r.id for r in new}])
        return len(old)

    @property
    def school(self) -> str:
        """A school with a few hundred students that is on Clever."""
        ((site,),) = self.rows("SELECT min(site_id) FROM roster.sites WHERE enrollment_source = 'clever'")
        return str(site)


@pytest.fixture(scope="module")
def synced_story(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a district that has synced once, to be copied."""
    root = tmp_path_factory.mktemp("story")
    (root / "data").mkdir()
    for file in [*DEMO.glob("*.csv"), PROJECT_ROOT / "data" / "guards.toml"]:
        shutil.copy(file, root / "data")
    with serve_in_thread(create_app([load_district(DEMO_DISTRICT)])) as server:
        assert Story(root, server).sync() == []
    return root


@pytest.fixture
def story(synced_story: Path, tmp_path: Path) -> Iterator[Story]:
    shutil.copytree(synced_story, tmp_path, dirs_exist_ok=True)
    with serve_in_thread(create_app([load_district(DEMO_DISTRICT)])) as server:
        yield Story(tmp_path, server, syncs=1)


def renumbered(data: Json) -> Json:
    return data | {"id": clever_id("renumbered", "x", data["id"])}


def guards(held: list[Hold]) -> set[str]:
    return {hold.guard for hold in held}


def test_01_a_few_sections_come_under_new_ids_and_are_relinked(story: Story) -> None:
    before, sees = story.rows(IN_CLASS), story.rows(SEES)
    mapped = {
        i for (i,) in story.rows("SELECT clever_id FROM roster.sections WHERE course_count > 0 ORDER BY 1 LIMIT 3")
    }
    assert story.edit("sections", renumbered, where=lambda s: s["id"] in mapped) == 3
    assert story.sync() == []
    assert (story.rows(IN_CLASS), story.rows(SEES)) == (before, sees)
    assert story.rows("SELECT count(*) FROM sync.change_log WHERE action = 'relink' AND held_by IS NULL") == [(3,)]


def test_02_a_school_renumbers_all_sections_and_nothing_moves_until_somebody_says_so(story: Story) -> None:
    before, sees, school = story.rows(IN_CLASS), story.rows(SEES), story.school
    story.edit("sections", renumbered, where=lambda s: s["school"] == school)
    held = story.sync()
    assert guards(held) == {"relink"}
    assert (story.rows(IN_CLASS), story.rows(SEES)) == (before, sees)
    for hold in held:
        story.approve(hold)
    assert story.sync() == []
    assert (story.rows(IN_CLASS), story.rows(SEES)) == (before, sees)
    assert story.rows("SELECT count(*) > 80 FROM sync.change_log WHERE action = 'relink' AND held_by IS NULL") == [
        (True,)
    ]


def test_03_an_ended_term_dropped_from_the_export_is_concluded_not_removed(story: Story) -> None:
    people = story.rows(PEOPLE)
    story.day = date(2027, 1, 4)
    ended = {i for (i,) in story.rows("SELECT clever_id FROM roster.sections WHERE term_end < DATE '2027-01-04'")}
    assert ended
    story.edit("sections", lambda _: None, where=lambda s: s["id"] in ended)
    assert story.sync() == []
    assert story.rows("SELECT count(*) FROM roster.sections WHERE status = 'concluded'") == [(len(ended),)]
    assert story.rows(PEOPLE) == people


def test_04_a_term_deleted_upstream_while_its_sections_were_active_blocks_everything(story: Story) -> None:
    before = story.rows(PEOPLE), story.rows(IN_CLASS)
    ((term,),) = story.rows("SELECT term_name FROM roster.sections GROUP BY 1 ORDER BY count(*) LIMIT 1")
    gone: list[str] = []
    story.edit("terms", lambda t: gone.append(t["id"]), where=lambda t: t["name"] == term)
    story.edit("sections", lambda _: None, where=lambda s: s.get("term_id") in gone)
    held = story.sync()
    assert [hold.blocks for hold in held] == [True]
    assert (story.rows(PEOPLE), story.rows(IN_CLASS)) == before


def test_05_a_student_without_any_section_stays(story: Story) -> None:
    ((user, clever),) = story.rows(
        "SELECT user_id, any_value(clever_id) FROM roster.enrollments JOIN roster.users USING (user_id) "
        "WHERE role = 'student' GROUP BY 1 ORDER BY 1 LIMIT 1"
    )
    story.edit("sections", lambda s: s | {"students": [i for i in s["students"] if i != clever]})
    assert story.sync() == []
    assert story.rows(f"SELECT enrollment_status <> 'archived' FROM roster.users WHERE user_id = '{user}'") == [(True,)]
    assert story.rows(f"SELECT count(*) FROM roster.enrollments WHERE user_id = '{user}' AND status = 'active'") == [
        (0,)
    ]


def test_07_records_nobody_can_read_block_everything(story: Story) -> None:
    before = story.rows(PEOPLE), story.rows(IN_CLASS)
    story.edit(
        "users", lambda u: u | {"roles": {"Student": u["roles"].get("student", {})}}, where=lambda u: u["id"] < "68"
    )
    held = story.sync()
    assert [hold.blocks for hold in held] == [True]
    assert (story.rows(PEOPLE), story.rows(IN_CLASS)) == before


@pytest.mark.parametrize("kind", ["users", "sections"])
def test_08_an_empty_list_blocks_everything(story: Story, kind: Kind) -> None:
    before = story.rows(PEOPLE), story.rows(IN_CLASS)
    story.edit(kind, lambda _: None)
    held = story.sync()
    assert [hold.blocks for hold in held] == [True]
    assert (story.rows(PEOPLE), story.rows(IN_CLASS)) == before


def test_09_enrollments_of_people_who_are_not_shared_make_no_rows(story: Story) -> None:
    story.edit("sections", lambda s: s | {"students": [*s["students"], "f" * 24]}, where=lambda s: s["id"] < "68")
    assert story.sync() == []
    assert story.rows("SELECT count(*) FROM roster.enrollments ANTI JOIN roster.users USING (user_id)") == [(0,)]
    assert story.rows("SELECT DISTINCT code FROM sync.issues WHERE sync_id = 'S002'") == [("unknown_members",)]


def test_11_a_student_who_returns_under_a_new_id_is_the_same_user(story: Story) -> None:
    left: list[Json] = []
    student = _a_student(story)
    story.edit("users", lambda u: left.append(u), where=lambda u: u["id"] == student)
    ((user,),) = story.rows(f"SELECT user_id FROM roster.users WHERE clever_id = '{left[0]['id']}'")
    assert story.sync() == []
    assert story.rows(f"SELECT enrollment_status FROM roster.users WHERE user_id = '{user}'") == [("archived",)]
    back = renumbered(left[0])
    story.server.sandbox.districts[0].change("users", put=[record(back)])
    assert story.sync() == []
    assert story.rows(f"SELECT user_id, archived_at FROM roster.users WHERE clever_id = '{back['id']}'") == [
        (user, None)
    ]


def test_12_staff_get_new_ids_with_new_addresses_and_stay_who_they_are(story: Story) -> None:
    before = story.rows(IN_CLASS)
    few = {i for (i,) in story.rows("SELECT clever_id FROM roster.users WHERE roles = ['teacher'] ORDER BY 1 LIMIT 2")}
    new = {i: clever_id("renumbered", "x", i) for i in few}
    story.edit(
        "users", lambda u: renumbered(u) | {"email": f"{u['id']}@new.example.org"}, where=lambda u: u["id"] in few
    )
    story.edit(
        "sections",
        lambda s: (
            s | {"teacher": new.get(s["teacher"], s["teacher"]), "teachers": [new.get(t, t) for t in s["teachers"]]}
        ),
    )
    assert story.sync() == []
    assert story.rows(IN_CLASS) == before


def test_13_a_list_that_ends_early_is_a_broken_extract(story: Story) -> None:
    before = story.rows(PEOPLE)
    story.server.sandbox.faults.add("early_end", path="/users")
    with pytest.raises(BrokenExtract):
        story.sync()
    assert story.rows(PEOPLE) == before


def test_15_while_clever_is_down_the_last_good_roster_stays(story: Story) -> None:
    before = story.rows(PEOPLE)
    story.server.sandbox.faults.add("503")
    with pytest.raises(CleverUnavailable):
        story.sync()
    assert story.rows(PEOPLE) == before


def test_16_two_people_with_one_address_are_never_merged(story: Story) -> None:
    story.edit(
        "users",
        lambda u: u | {"email": "shared@example.org"},
        where=lambda u: "student" in u["roles"] and u["id"] < "66",
    )
    (hold,) = story.sync()
    assert hold.guard == "identity"
    story.approve(hold)
    assert story.sync() == []
    ((people, ids),) = story.rows("SELECT count(*), count(DISTINCT clever_id) FROM roster.users")
    assert people == ids
    assert story.rows("SELECT count(*) FROM sync.change_log WHERE action = 'relink'") == [(0,)]


def test_17_a_third_of_a_school_missing_is_held_and_the_rest_flows(story: Story) -> None:
    school, before = story.school, story.rows(PEOPLE)
    gone = {
        i
        for (i,) in story.rows(
            f"SELECT clever_id FROM roster.users WHERE site_id = '{school}' AND grade IS NOT NULL ORDER BY 1 LIMIT 80"
        )
    }
    story.edit("users", lambda _: None, where=lambda u: u["id"] in gone)
    story.edit("sections", lambda s: s | {"students": [i for i in s["students"] if i not in gone]})
    student = _a_student(story)
    story.edit("users", lambda u: u | {"email": "changed@example.org"}, where=lambda u: u["id"] == student)
    held = story.sync()
    assert "archives" in guards(held)
    assert not any(hold.blocks for hold in held)
    assert story.rows(PEOPLE) == before
    assert story.rows("SELECT count(*) FROM roster.users WHERE email = 'changed@example.org'") == [(1,)]


def _a_student(story: Story) -> str:
    ((student,),) = story.rows("SELECT max(clever_id) FROM roster.users WHERE grade IS NOT NULL")
    return str(student)
