"""The UI as a person uses it: `make dev`, a real browser, and as few clicks as the tour promises.

Needs Chromium (`apt-get install chromium`); without it, it is skipped. The pictures of the docs are made here, by
`make screenshots`.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest
import requests
from playwright.sync_api import Locator, Page, TimeoutError, expect, sync_playwright
from tenacity import retry, retry_if_result, stop_after_delay, wait_fixed

from clever_sandbox.server import serve_in_thread
from roster_pipeline.clever.local import settings_for
from tests.platform import Platform, demo_app
from tests.webserver import patiently, serving

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: apt-get install chromium")
SETUP = "/locations/roster_pipeline/jobs/{}/playground/setup"
GROUPS = ("clever", "staging", "mapping", "roster", "sync")
PATIENCE = 90_000
"""Milliseconds: a run on a busy machine."""


@dataclass
class Person:
    """Somebody at the UI, who counts their clicks; `pictures` is where what they see is kept."""

    page: Page
    address: str
    platform: Platform
    pictures: Path
    clicks: int = 0

    def goes_to(self, path: str) -> None:
        """Opens a page by its address, as from a bookmark."""
        self.clicks = 0
        self.page.goto(self.address + path)

    def clicks_on(self, what: Locator) -> None:
        what.first.click()
        self.clicks += 1

    def finds(self, link: str) -> Locator:
        """The link whose address begins so, wherever it is on the page: of a long list the page has only a part."""
        found = self.page.locator(f"a[href^='{link}']")
        self.page.mouse.move(700, 500)
        for _ in range(PATIENCE // 1000):
            try:
                found.first.wait_for(timeout=1_000)
                break
            except TimeoutError:
                self.page.mouse.wheel(0, 400)
        found.first.scroll_into_view_if_needed()
        return found

    def follows(self, link: str) -> None:
        """Clicks on that link, and goes on in the tab that it opens."""
        found = self.finds(link)
        if found.first.get_attribute("target") != "_blank":
            self.clicks_on(found)
            return
        with self.page.context.expect_page() as opened:
            self.clicks_on(found)
        self.page = opened.value

    def launches(self) -> None:
        """Presses Launch Run, and waits for success."""
        self.clicks_on(self.page.get_by_role("button", name="Launch Run"))
        expect(self.page.get_by_text("Success", exact=True).first).to_be_visible(timeout=PATIENCE)

    def syncs_in_the_terminal(self) -> None:
        """In a process of its own: the browser has this thread's event loop."""
        self.platform.start("sync").communicate()

    def takes_a_picture(self, name: str) -> None:
        self.page.screenshot(path=self.pictures / f"{name}.jpg", type="jpeg", quality=60)


@pytest.fixture(scope="module")
def somebody(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Person]:
    root = tmp_path_factory.mktemp("browser")
    pictures = Path(os.environ.get("ROSTER_SCREENSHOTS", root))
    with serve_in_thread(demo_app()) as server:
        platform = Platform.make(root, settings_for(server.url))
        platform.as_shipped()
        platform.sync("--by", "Rae")
        with serving(platform) as ui:
            patiently(bool, lambda: requests.get(f"{ui.url}/server_info", timeout=60).ok)
            with sync_playwright() as playwright:  # from here on, this thread has an event loop of its own
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
                page = browser.new_page(viewport={"width": 1500, "height": 900})
                page.set_default_timeout(PATIENCE)
                yield Person(page, ui.url, platform, pictures)
                browser.close()


def test_a_sync_from_the_terminal_is_on_the_landing_page(somebody: Person) -> None:
    somebody.goes_to("/")
    expect(somebody.page.get_by_role("link", name="sync_now")).to_be_visible()
    somebody.takes_a_picture("timeline")


def test_when_did_cedar_last_sync(somebody: Person) -> None:
    somebody.goes_to("/")
    somebody.follows("/assets")
    somebody.follows("/assets/roster/sites")
    row = somebody.page.get_by_role("row").filter(has_text="Cedar Middle School").last
    expect(row).to_contain_text(re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC"))
    row.scroll_into_view_if_needed()
    somebody.takes_a_picture("sites")
    assert somebody.clicks <= 2


def test_sync_now(somebody: Person) -> None:
    before = len(somebody.platform.rows("FROM sync.syncs"))
    somebody.goes_to("/assets")
    somebody.follows("/assets/sync/syncs")
    somebody.finds(SETUP.format("sync_now"))
    somebody.takes_a_picture("syncs")
    somebody.follows(SETUP.format("sync_now"))
    somebody.launches()
    assert somebody.clicks <= 4
    assert len(somebody.platform.rows("FROM sync.syncs")) == before + 1


def test_an_accident_is_held_and_approved_by_its_link_then_undone(somebody: Person) -> None:
    """In four clicks and without typing anything, each."""
    platform, mapping = somebody.platform, somebody.platform.data / "section_courses.csv"
    mapping.write_text("".join(mapping.read_text().splitlines(keepends=True)[:60]))
    count = "SELECT count(*) FROM roster.section_courses"
    somebody.syncs_in_the_terminal()
    assert platform.rows("SELECT count(*) FROM sync.holds WHERE status = 'open'") == [(1,)]
    held = platform.rows(count)
    somebody.goes_to("/assets/roster/plan?view=checks")
    somebody.clicks_on(somebody.page.get_by_text("nothing_held"))
    approve = somebody.page.get_by_role("link", name="Approve it and sync")
    expect(approve).to_be_visible()
    somebody.takes_a_picture("hold")
    somebody.clicks_on(approve)
    somebody.page.get_by_role("button", name="Launch Run").wait_for()
    somebody.takes_a_picture("decide_hold")
    somebody.launches()
    assert somebody.clicks <= 4
    _until(lambda: platform.rows(count)[0][0] < held[0][0] - 100)

    somebody.goes_to("/assets")
    somebody.follows("/assets/sync/syncs")
    somebody.follows(SETUP.format("undo_sync"))
    somebody.launches()
    assert somebody.clicks <= 4
    assert platform.rows(count) == held


def test_a_course_is_added_to_a_section_from_the_queue(somebody: Person) -> None:
    platform = somebody.platform
    somebody.goes_to("/assets")
    somebody.follows("/assets/mapping/unmapped")
    line = somebody.page.get_by_text(re.compile(r"^[0-9a-f-]{36},[\w-]+,add$")).first
    line.scroll_into_view_if_needed()
    somebody.takes_a_picture("unmapped")
    section, course, _ = line.inner_text().split(",")
    fields = urlencode({"config": f"lines: ['{section},{course},add']\nwhy: asked for by the school\n"})
    somebody.goes_to(f"{SETUP.format('map_section')}?{fields}")
    somebody.launches()
    hangs = f"SELECT mapped_by FROM roster.section_courses WHERE section_id = '{section}' AND course_id = '{course}'"
    assert platform.rows(hangs) == [("manual",)]


def test_the_schedule_is_on_and_says_when_it_runs_next(somebody: Person) -> None:
    somebody.goes_to("/locations/roster_pipeline/schedules/nightly")
    expect(somebody.page.get_by_text("At 02:00 AM")).to_be_visible()
    expect(somebody.page.get_by_text("Next tick")).to_be_visible()
    somebody.takes_a_picture("schedule")


def test_the_graph_shows_the_layers_in_the_order_of_the_data(somebody: Person) -> None:
    somebody.goes_to("/asset-groups")
    places = [somebody.page.get_by_text(group, exact=True).first for group in GROUPS]
    expect(places[-1]).to_be_visible()
    boxes = [place.bounding_box() for place in places]
    across = [box["x"] for box in boxes if box]
    somebody.takes_a_picture("graph")
    assert len(across) == len(GROUPS)
    assert across == sorted(across)


@retry(retry=retry_if_result(lambda done: not done), wait=wait_fixed(0.5), stop=stop_after_delay(PATIENCE / 1000))
def _until(done: Callable[[], bool]) -> bool:
    return done()
