"""One site's Sync Now: it asks Clever for that site alone, and gives for it what a whole sync would."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roster_pipeline.clever.client import Extract, RetryLimits
from roster_pipeline.clever.sites import SitesClever, WholeInstead
from roster_pipeline.errors import CleverUnavailable, SyncRefused
from tests.asked import WITHOUT_SITE, Asked, asked, in_force_at, of_other_sites
from tests.clever.fake import DISTRICT, Answer, Fake, serving
from tests.conftest import Record, Tiny, in_force, make_tiny, section, student
from tests.laws import MAPPINGS, SCHOOLS, become, districts, laws
from tests.overriding import members

Lines = list[tuple[str, str]]


@laws
@given(districts(), MAPPINGS, districts(), MAPPINGS, st.sampled_from(SCHOOLS))
def test_one_sites_sync_gives_for_it_what_a_whole_sync_does(
    before: dict[str, list[Record]],
    mapping_before: Lines,
    after: dict[str, list[Record]],
    mapping_after: Lines,
    site: str,
) -> None:
    for records in (before, after):
        if site not in [s["id"] for s in records["schools"]]:
            records["schools"].append({"id": site, "name": site.title()})
    with tempfile.TemporaryDirectory() as folder, asked(Path(folder) / "a") as one, asked(Path(folder) / "b") as whole:
        for district in (one, whole):
            become(district, before, mapping_before)
            district.ask()
            become(district, after, mapping_after)
        others = of_other_sites(one, site)
        one.ask(site)
        whole.ask()
        assert one.instead is None
        assert {p for p in one.asked if p.count("/") == 2} == {f"schools/{site}/sections", f"schools/{site}/users"}
        assert in_force_at(one, site) == in_force_at(whole, site)
        assert one.rows(WITHOUT_SITE) == []
        assert of_other_sites(one, site) <= others  # one that has moved here is not theirs any more
        one.ask()
        assert in_force(one) == in_force(whole)


@pytest.fixture(scope="module")
def north_once(tmp_path_factory: pytest.TempPathFactory) -> Asked:
    """Two sites with sections, synced once: Ann and Tia at north, Ben at both, Sue at south."""
    tiny = make_tiny(tmp_path_factory.mktemp("like"))
    tiny.records["users"].append(student("sue", "south"))
    tiny.records["sections"].append(section("s6", "south", students=["ben", "sue"]))
    with asked(tmp_path_factory.mktemp("asked"), tiny) as district:
        district.ask()
    return district


@pytest.fixture
def north(north_once: Asked, tmp_path: Path) -> Iterator[Asked]:
    with serving(Fake()) as fake:
        fake.lists = north_once.fake.lists
        yield replace(north_once.copy(tmp_path / "asked"), fake=fake)


def sites_of(district: Tiny, clever_id: str) -> list[str]:
    found = district.rows(
        "SELECT m.site_id FROM roster.user_sites AS m JOIN roster.users USING (user_id) "
        "WHERE m.status = 'active' AND enrollment_status <> 'archived' AND clever_id = $who ORDER BY 1",
        who=clever_id,
    )
    return [site for (site,) in found]


SHARED = ["courses", "districts", "schools", "schools", "schools", "terms"]
OF_NORTH = ["schools/north/sections", "schools/north/users"]


def test_one_site_is_eight_requests_and_no_list_of_people_or_sections_of_the_district(north: Asked) -> None:
    north.ask("north")
    assert sorted(north.asked) == sorted(SHARED + OF_NORTH)
    assert north.instead is None


def test_who_left_is_looked_up_and_archived_everywhere_when_clever_has_nobody(north: Asked) -> None:
    north.records["users"] = [u for u in north.records["users"] if u["id"] != "ben"]
    north.ask("north")
    assert [p for p in north.asked if p.startswith("users")] == ["users/ben"]
    assert sites_of(north, "ben") == []
    assert sites_of(north, "ann") == ["north"]


def test_who_has_moved_away_is_where_they_are_now(north: Asked) -> None:
    north.records["users"][0] = student("ann", "south")
    north.ask("north")
    assert [p for p in north.asked if p.startswith("users")] == ["users/ann"]
    assert sites_of(north, "ann") == ["south"]


def test_who_has_moved_here_is_not_where_they_were(north: Asked) -> None:
    north.records["users"][-1] = student("sue", "north")
    north.ask("north")
    assert [p for p in north.asked if p.startswith("users")] == []
    assert sites_of(north, "sue") == ["north"]


def test_a_pupil_of_another_school_in_a_section_here_is_looked_up_once(north: Asked) -> None:
    north.records["users"].append(student("zoe", "south"))
    north.records["sections"][0]["students"] += ["zoe", "ghost"]
    north.ask("north")
    assert sorted(p for p in north.asked if p.startswith("users")) == ["users/ghost", "users/zoe"]
    assert sites_of(north, "zoe") == ["south"]
    assert north.rows("SELECT code FROM staging.issues") == [("unknown_members",)]


def test_a_section_that_has_moved_here_has_neither_the_people_nor_the_course_that_it_left_behind(north: Asked) -> None:
    north.line("section_courses", "d", "m6", "math-6")
    north.ask()
    north.records["sections"][0] |= {"school": "south", "teachers": [], "students": ["ben"], "teacher": None}
    north.inputs["section_courses"] = "district,section_id,course_id\n"
    north.ask("south")
    assert (north.instead, members(north, "m6")) == (None, [("ben", "student")])
    assert north.rows("FROM roster.section_courses") == []
    by_site = "SELECT site_id, status, student_count, teacher_count, course_count FROM roster.sections"
    assert north.rows(f"{by_site} WHERE clever_id = 'm6'") == [("south", "active", 1, 0, 0)]


def test_who_comes_from_another_site_under_another_id_is_the_same_person(north: Asked) -> None:
    (before,) = north.rows("SELECT user_id FROM roster.users WHERE clever_id = 'sue'")
    sue = {**student("sue2", "north"), "name": {"first": "First sue", "last": "Last sue"}}
    sue["roles"]["student"]["sis_id"] = "sis-sue"
    north.records["users"][-1] = sue
    north.ask("north")
    assert [p for p in north.asked if p.startswith("users")] == ["users/sue"]
    assert north.rows("SELECT user_id FROM roster.users WHERE clever_id = 'sue2'") == [before]


def test_two_sites_are_fetched_together(north: Asked) -> None:
    north.records["users"] = north.records["users"][1:]
    north.ask("NORTH", "south", "North")
    assert sorted(north.asked) == sorted(
        [*SHARED, *OF_NORTH, "schools/south/sections", "schools/south/users", "users/ann"]
    )
    assert north.rows("SELECT site_id FROM roster.sites WHERE last_synced_at IS NOT NULL ORDER BY 1") == [
        ("north",),
        ("south",),
    ]


def test_for_many_who_must_be_looked_up_the_whole_district_is_fetched_and_it_is_said_why(north: Asked) -> None:
    north.records["sections"][0]["students"] = [f"ghost{n:03}" for n in range(101)]
    north.ask("north")
    assert north.instead == WholeInstead("101 people would have to be looked up one by one")
    assert "users" in north.asked


def test_what_was_staged_from_another_version_of_the_api_is_not_merged_with(north: Asked) -> None:
    with north.connect_anew() as connection:
        connection.execute("UPDATE staged.staging.origin SET api_version = 'v3.0'")
    north.ask("north")
    assert north.instead
    assert north.instead.why == "what is staged is from version v3.0 of Clever's API, and we ask v3.1 now"


def test_what_an_older_release_staged_is_not_merged_with(north: Asked) -> None:
    with north.connect_anew() as connection:
        connection.execute("ALTER TABLE staged.staging.origin DROP COLUMN api_version")
    north.ask("north")
    assert north.instead == WholeInstead("nothing that this release can use was staged before")


def test_the_first_sync_of_a_site_fetches_the_whole_district_and_knows_its_name_then(
    tiny: Tiny, tmp_path: Path
) -> None:
    with asked(tmp_path / "asked", tiny) as district:
        district.ask("North")
        assert district.instead
        assert district.rows("SELECT site_id FROM roster.sites WHERE last_synced_at IS NOT NULL") == [("north",)]


def test_a_site_that_clever_no_longer_lists_is_for_the_whole_district_to_tell(north: Asked) -> None:
    north.records["schools"] = north.records["schools"][1:]
    north.ask("north")
    assert north.instead == WholeInstead("Clever does not list site north any more")


@pytest.mark.parametrize(
    ("site", "says"),
    [
        ("west", "This district has no site west"),
        ("south", "Site south does not use Clever: its enrollment source is 'manual'. .*data/sites.csv"),
        ("Twin", "2 sites are called Twin. Name one by its id: east, far"),
    ],
)
def test_a_site_that_cannot_be_synced_is_refused_before_clever_is_asked(north: Asked, site: str, says: str) -> None:
    north.records["schools"] += [{"id": i, "name": "Twin"} for i in ("east", "far")]
    north.ask()
    north.line("sites", "d", "south", "manual")
    with pytest.raises(SyncRefused, match=says):
        north.ask(site)
    assert north.asked == []


def test_what_had_landed_when_something_failed_is_not_fetched_again(north: Asked) -> None:
    """The look-up of one person fails; the lists are there."""
    folder = north.root / "landing_of_north"
    clever = SitesClever(north.fake.settings, page_limit=3, retry_limits=RetryLimits(failing=1, first_wait=0.0))
    north.fake.next("users/ann", Answer(500))
    with clever, pytest.raises(CleverUnavailable):
        clever.extract_sites(DISTRICT, ["north"], folder, lambda _: ["ann"])
    north.fake.seen.clear()
    with clever:
        found = clever.extract_sites(DISTRICT, ["north"], folder, lambda _: ["ann"])
    assert sorted(north.asked) == ["districts", "users/ann"]
    assert isinstance(found, Extract)
    assert [e.records for e in found.endpoints] == [1, 2, 1, 1, 1, 4]
