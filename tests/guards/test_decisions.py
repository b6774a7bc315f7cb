"""Holds: bound to their changes, the same from sync to sync, let through when approved, and limited by windows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import duckdb
import msgspec
import pytest

from roster_pipeline.errors import InputError, RosterError
from roster_pipeline.guards import holds
from roster_pipeline.guards.guard import Hold
from roster_pipeline.guards.judge import judge_plan
from roster_pipeline.guards.limits import ExpectedChange, Limits, limits_by_site, load_expected, load_limits
from tests.conftest import NOW, TODAY
from tests.guards.guarded import Guarded, ids, roster


def held(district: Guarded) -> Hold:
    """The one hold of one more sync."""
    district.sync()
    (hold,) = district.holds
    return hold


def test_a_hold_is_the_same_until_its_changes_are_others(district: Guarded) -> None:
    gone = district.drop("users", *ids("north", range(5)))
    first = held(district)
    district.record("sections", "south-s0")["name"] = "Renamed"
    district.drop("users", "south01")
    assert held(district) == first
    district.drop("users", "north05")
    more = held(district)
    assert (more.changes, more.hold_id != first.hold_id, more.fingerprint != first.fingerprint) == (6, True, True)
    district.records["users"].append(next(u for u in gone if u["id"] == "north00"))
    others = held(district)
    assert (others.changes, others.fingerprint not in (first.fingerprint, more.fingerprint)) == (5, True)
    district.records["users"] += gone[1:]
    district.sync()
    assert district.holds == []


def test_a_broken_extract_says_nothing_about_what_was_held_before(district: Guarded) -> None:
    gone = district.drop("users", *ids("north", range(5)))
    archives = held(district)
    sections = district.records["sections"]
    district.records["sections"] = []
    broken = held(district)
    assert broken.blocks
    standing = "SELECT hold_id FROM sync.holds WHERE status = 'open' ORDER BY sync_id"
    assert district.rows(standing) == [(archives.hold_id,), (broken.hold_id,)]
    district.records["sections"] = sections
    district.records["users"] += gone
    district.sync()
    assert district.rows("SELECT hold_id, status, cleared_because FROM sync.holds ORDER BY sync_id") == [
        (archives.hold_id, "cleared", "gone"),
        (broken.hold_id, "cleared", "gone"),
    ]


def test_approved_changes_flow_with_their_memberships_and_nothing_else_does(district: Guarded) -> None:
    district.drop("users", *ids("north", range(5)))
    held(district)
    district.decide()
    district.drop("users", *ids("south", range(5)))
    hold = held(district)
    assert (hold.site_id, hold.changes) == ("south", 5)
    assert district.rows("SELECT applied_sync_id FROM sync.holds ORDER BY sync_id") == [("S003",), (None,)]
    assert (district.in_force("users"), district.in_force("user_sites"), district.in_force("enrollments")) == (
        75,
        75,
        81,
    )


def test_an_approval_survives_what_else_changes(district: Guarded) -> None:
    gone = district.drop("users", *ids("north", range(6)))
    held(district)
    district.decide()
    district.records["users"].append(gone[0])
    district.drop("users", "north06", "south00")
    district.sync()
    assert district.holds == []
    assert district.in_force("users") == 80 - 7


def test_the_same_kind_of_change_at_two_sites_is_one_decision(district: Guarded) -> None:
    for site in ("north", "south"):
        district.drop("users", *ids(site, range(5)))
    hold = held(district)
    assert (hold.site_id, hold.changes, hold.of) == (None, 10, 78)
    assert district.held == [("archives", "users", "north", 5, 39), ("archives", "users", "south", 5, 39)]
    assert district.rows('SELECT site_id, role, changes, "of" FROM sync.hold_parts ORDER BY 1') == [
        ("north", "student", 5, 39),
        ("south", "student", 5, 39),
    ]
    district.decide()
    district.sync()
    assert district.holds == []
    assert district.in_force("users") == 70


def test_one_site_of_a_hold_is_approved_and_the_other_stays_held(district: Guarded) -> None:
    for site in ("north", "south"):
        district.drop("users", *ids(site, range(5)))
    held(district)
    district.decide(sites=["south"])
    hold = held(district)
    assert (hold.site_id, hold.changes) == ("north", 5)
    assert district.rows(
        "SELECT site_id, count(*) FROM roster.users WHERE enrollment_status = 'archived' GROUP BY 1"
    ) == [("south", 5)]


def test_undoing_what_was_approved_at_one_site_decides_nothing_about_the_other(district: Guarded) -> None:
    for site in ("north", "south"):
        district.drop("users", *ids(site, range(5)))
    held(district)
    district.decide(sites=["south"])
    held(district)
    district.undo("S003")
    district.sync()
    assert [(h.guard, h.site_id) for h in district.holds] == [("undone", "south"), ("archives", "north")]
    with district.connect() as connection:
        holds.decide(connection, district.holds[0].hold_id, "approved", by="Rae", reason="", now=NOW)
    district.sync()
    assert [(h.guard, h.site_id) for h in district.holds] == [("archives", "north")]
    assert district.in_force("users") == 75


def test_a_site_of_a_hold_is_called_by_its_name_too(district: Guarded) -> None:
    for site, school in zip(("north", "south"), district.records["schools"], strict=True):
        school["name"] = f"{site.title()} School"
        district.drop("users", *ids(site, range(5)))
    hold = held(district)
    with district.connect() as connection:
        decide = partial(holds.decide, connection, hold.hold_id, "approved", by="Rae", reason="", now=NOW)
        decide(sites=[" south SCHOOL", "south"])
        assert connection.execute("SELECT sites FROM sync.holds").fetchall() == [(["south"],)]
        connection.execute("UPDATE roster.sites SET name = 'Twin'")
        with pytest.raises(RosterError, match="2 sites of the hold are called 'twin'"):
            decide(sites=["twin"])


def test_a_second_site_adds_to_the_first_and_a_strange_one_is_refused(district: Guarded) -> None:
    for site in ("north", "south"):
        district.drop("users", *ids(site, range(5)))
    hold = held(district)
    with district.connect() as connection:
        decide = partial(holds.decide, connection, hold.hold_id, by="Rae", reason="", now=NOW)
        assert decide("approved", sites=["south"]).endswith("is approved at 1 of 2 sites; the next sync acts on it.")
        assert decide("approved", sites=["north"]).endswith("is approved at 2 of 2 sites; the next sync acts on it.")
        with pytest.raises(RosterError, match="keeps nothing back at site west"):
            decide("approved", sites=["west"])
        with pytest.raises(RosterError, match="counts for all sites"):
            decide("rejected", sites=["north"], change=True)
    district.sync()
    assert district.in_force("users") == 70


def test_what_was_rejected_stays_held_when_other_records_change(district: Guarded) -> None:
    gone = district.drop("users", *ids("north", range(6)))
    rejected = held(district)
    district.decide("rejected")
    district.records["users"].append(gone[0])
    district.drop("users", "north06")
    hold = held(district)
    assert (hold.hold_id, hold.changes) == (rejected.hold_id, 3 * 5)
    assert district.in_force("users") == 79
    assert district.rows("SELECT status FROM sync.holds") == [("rejected",)]


def test_who_leaves_is_in_no_class_although_the_end_of_that_was_rejected(district: Guarded) -> None:
    for i in range(6):
        district.record("sections", "north-s0")["students"].remove(f"north0{i}")
    held(district)
    district.decide("rejected")
    district.drop("users", "north00", "north01")
    held(district)
    assert district.rows(
        "SELECT count(*) FROM roster.enrollments AS e JOIN roster.users AS u USING (user_id) "
        "WHERE e.status = 'active' AND u.enrollment_status = 'archived'"
    ) == [(0,)]
    assert district.rows("SELECT count(*) FROM roster.enrollments WHERE status = 'active'") == [(86 - 2,)]


def test_approving_one_guard_does_not_switch_off_another(district: Guarded) -> None:
    for i in ids("north", range(20)):
        district.record("users", i)["name"] = {"first": "Other", "last": i}
    first = held(district)
    for i in ids("north", range(20)):
        record = district.record("users", i)
        record["roles"] = {"teacher": {"school": "north", "schools": ["north"], "sis_id": f"sis-{i}"}}
    held(district)
    district.decide()
    assert (first.guard, [h.guard for h in district.holds]) == ("identity", ["roles"])
    assert held(district).guard == "identity"


def test_judging_again_gives_the_same(district: Guarded) -> None:
    again: list[list[Hold]] = []

    def look(connection: duckdb.DuckDBPyConnection) -> None:
        again.append(
            judge_plan(connection, limits_by_site(district.limits, (), TODAY, {}), sync_id="S", today=TODAY, now=NOW)
        )

    district.look = look
    district.drop("users", *ids("north", range(5)), *ids("south", range(7)))
    district.sync()
    assert again == [district.holds]
    assert [len(h.parts) for h in district.holds] == [2]


def test_a_hold_says_in_one_line_what_why_where_and_how_to_approve(district: Guarded) -> None:
    district.drop("users", *ids("north", range(5)))
    hold = held(district)
    assert hold.message == (
        "Held: 5 of 39 students at site north (North) would be archived, more than 10 %; "
        "10 more changes wait with them. "
        f"If this is right: `roster approve {hold.hold_id}`"
    )
    assert (hold.hold_id[0], len(hold.hold_id), hold.limit, hold.blocks) == ("h", 10, 10.0, False)


# Expected changes ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("starts", "ends", "site", "flows"),
    [
        (0, 0, None, True),
        (0, 0, "north", True),
        (-9, 0, None, True),
        (0, 9, None, True),
        (1, 9, None, False),
        (-9, -1, None, False),
        (0, 0, "south", False),
    ],
)
def test_a_window_counts_from_its_first_to_its_last_day(
    district: Guarded, starts: int, ends: int, site: str | None, flows: bool
) -> None:
    window = ExpectedChange(
        TODAY + timedelta(starts), TODAY + timedelta(ends), "Rae", "rollover", {"archive_percent": 50}, site
    )
    district.expected = [window]
    district.drop("users", *ids("north", range(19)))  # 49 % of the site, 25 % of the district
    district.sync()
    assert district.in_force("users") == (61 if flows else 80)


def test_the_last_window_says_what_counts_and_a_site_may_have_its_own(district: Guarded) -> None:
    day = ExpectedChange(TODAY, TODAY, "Rae", "rollover", {"archive_percent": 100})
    district.expected = [
        replace(day, limits={"archive_percent": 0}, site_id="south"),
        day,
        replace(day, limits={"archive_percent": 13}),
    ]
    district.drop("users", *ids("north", range(5)), "south01")
    district.sync()
    assert [(h.site_id, h.changes, h.limit) for h in district.holds] == [("south", 1, 0.0)]


def test_a_site_may_have_limits_of_its_own(district: Guarded) -> None:
    """The same leave both schools: in one more than may, in the other not."""
    district.inputs["sites"] = "district,site_id,enrollment_source,archive_percent\nd,SOUTH,clever,4\n"
    district.drop("users", *ids("north", range(2)), *ids("south", range(2)))
    district.sync()
    assert [(h.guard, h.site_id, h.changes, h.limit) for h in district.holds] == [("archives", "south", 2, 4.0)]
    assert district.in_force("users") == 78


def test_a_site_may_have_limits_that_last_and_a_window_goes_before_them() -> None:
    window = ExpectedChange(TODAY, TODAY, "Rae", "rollover", {"archive_percent": 60})
    lasting = {"north": {"archive_percent": 1.0, "move_percent": 2.0}}

    def counts(*windows: ExpectedChange) -> dict[str | None, tuple[float, float, bool]]:
        found = limits_by_site(Limits(), windows, TODAY, lasting)
        return {site: (own.archive_percent, own.move_percent, expected) for site, (own, expected) in found.items()}

    assert counts() == {None: (10, 10, False), "north": (1, 2, False)}
    assert counts(window) == {None: (60, 10, True), "north": (60, 2, True)}
    assert counts(replace(window, site_id="North")) == {None: (10, 10, False), "north": (60, 2, True)}


def test_a_window_counts_for_relinks_too(district: Guarded) -> None:
    district.expected = [ExpectedChange(TODAY, TODAY, "Rae", "new SIS", {"relink_percent": 100})]
    for user in district.records["users"]:
        user["id"] = f"new-{user['id']}"
    for section in district.records["sections"]:
        section["students"] = [f"new-{m}" for m in section["students"]]
        section["teachers"] = [f"new-{m}" for m in section["teachers"]]
        section["teacher"] = f"new-{section['teacher']}"
    before = roster(district)
    district.sync()
    assert (district.holds, district.relinks.applied) == ([], 80)
    assert roster(district)["enrollments"] == before["enrollments"]


# data/guards.toml ----------------------------------------------------------------------------------------------------


def test_limits_come_from_the_file_district_over_default(tmp_path: Path) -> None:
    assert load_limits(tmp_path, "d") == Limits()
    assert load_expected(tmp_path, "d") == ()
    (tmp_path / "guards.toml").write_text(
        "[default]\narchive_percent = 20\narchive_count = 7\n"
        "[district.d]\narchive_percent = 15\n"
        '[[district.d.expected]]\nfrom = 2027-08-01\nto = 2027-09-10\nwho = "Rae"\nwhy = "rollover"\n'
        'site_id = "north"\narchive_percent = 60\n'
    )
    assert load_limits(tmp_path, "d") == Limits(archive_percent=15, archive_count=7)
    assert load_limits(tmp_path, "e") == Limits(archive_percent=20, archive_count=7)
    assert load_expected(tmp_path, "d") == (
        ExpectedChange(date(2027, 8, 1), date(2027, 9, 10), "Rae", "rollover", {"archive_percent": 60}, "north"),
    )
    assert load_expected(tmp_path, "e") == ()


def test_the_shipped_file_is_the_defaults() -> None:
    data = Path(__file__).parents[2] / "data"
    assert load_limits(data, "riverbend-usd") == Limits()
    text = (data / "guards.toml").read_text()
    for name, value in msgspec.structs.asdict(Limits()).items():
        assert f"# {name} = {500 if value is None else format(value, 'g')} " in text


WINDOW = (
    '[[district.d.expected]]\nfrom = 2027-08-01\nto = 2027-09-10\nwho = "Rae"\nwhy = "rollover"\nupdate_percent = 90\n'
)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[default]\narchive_precent = 10\n", r"guards\.toml: unknown key 'archive_precent' in \[default\]"),
        ("[district.d]\nlimit = 10\n", r"unknown key 'limit' in \[district\.d\]"),
        ("[distrct.d]\n", "unknown key 'distrct' in the file"),
        ("[default\n", "not valid TOML"),
        ("default = 3\n", "'default' is not a table"),
        ("district = 3\n", "'district' is not a table"),
        ("[district]\nd = 3\n", "'d' is not a table"),
        ("[default]\narchive_percent = 101\n", "archive_percent in .* is 101. Write a number from 0 to 100"),
        ("[default]\narchive_percent = -1\n", "is -1"),
        ("[default]\narchive_percent = true\n", "is True"),
        ('[default]\narchive_percent = "10"\n', "is '10'"),
        ("[default]\narchive_percent = nan\n", "is nan. Write a number from 0 to 100"),
        ("[default]\narchive_count = 1.5\n", "is 1.5. Write a whole number"),
        ("[default]\narchive_count = 100000001\n", "is 100000001. Write a whole number from 0 to 100000000"),
        (WINDOW.replace("2027-09-10", "2027-07-10"), "ends before it starts"),
        (WINDOW.replace("2027-09-10", '"soon"'), "to in .* 1 is 'soon'. Write a day"),
        (WINDOW.replace("2027-09-10", '"2027-09-10"'), "to in .* 1 is '2027-09-10'. Write a day, .* without quotes"),
        (
            WINDOW.replace("2027-08-01", "2027-08-01T00:00:00"),
            "1 is 2027-08-01 00:00:00. Write a day",
        ),
        (WINDOW.replace('who = "Rae"\n', ""), "who is missing in .*. Say who expects the change"),
        (WINDOW.replace("rollover", " "), "why in .* is ' '. Say who"),
        (WINDOW.replace("update_percent = 90\n", ""), "changes no limit"),
        (WINDOW.replace("update_percent", "update_percnt"), "unknown key 'update_percnt' in"),
        (WINDOW.replace("[[", "[").replace("]]", "]"), "expected is not a list"),
    ],
)
def test_a_mistake_in_the_file_is_named(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "guards.toml").write_text(text)
    with pytest.raises(InputError, match=says):
        (load_limits(tmp_path, "d"), load_expected(tmp_path, "d"))
