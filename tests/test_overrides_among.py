"""Overrides among what else happens: holds, undos, relinks, erasures, sites that are not on Clever, chosen sites."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from roster_pipeline.errors import RosterError, SyncRefused
from roster_pipeline.guards.holds import Decision, decide
from roster_pipeline.history import report
from tests.conftest import NOW, TODAY, Record, Tiny, section, student
from tests.overriding import AFTER, SOON, guarded, members, of, override, people, sites, states
from tests.test_erase import erase


@pytest.fixture
def synced(tiny: Tiny) -> Tiny:
    tiny.sync()
    return tiny


@pytest.fixture
def many(tiny: Tiny) -> Tiny:
    """Forty students more, so that what happens to twenty of them is held."""
    tiny.records["users"] += [student(f"x{n:02}", "north") for n in range(40)]
    tiny.sync()
    return tiny


def twenty(tiny: Tiny) -> list[Record]:
    return [u for u in tiny.records["users"] if u["id"] in {f"x{n:02}" for n in range(20)}]


def decided(tiny: Tiny, decision: Decision, *, after: timedelta = timedelta(0)) -> None:
    with tiny.connect() as connection:
        for hold in report.holds(connection):
            decide(connection, hold["hold_id"], decision, by="Rae", reason="", now=NOW + after)


def codes(tiny: Tiny) -> list[str]:
    found = tiny.rows("SELECT code FROM sync.issues WHERE sync_id = $id AND code ^@ 'override'", id=f"S{tiny.syncs:03}")
    return [code for (code,) in found]


def wrongly_named(tiny: Tiny) -> None:
    for n, user in enumerate(twenty(tiny)):
        user["name"] = {"first": "Wrong", "last": f"Name{n}"}
    guarded(tiny)


def test_a_field_that_is_kept_waits_with_what_was_rejected_of_its_record(many: Tiny) -> None:
    wrongly_named(many)
    decided(many, "rejected")
    override(many, "keep", person="x00", field="grade", value="8", until=SOON)
    for _ in range(2):
        assert (of(many, "x00", "last_name"), of(many, "x00", "grade")) == ("Last x00", "6")
        assert states(many) == [(1, "held")]
        guarded(many)
    override(many, end=1)
    assert of(many, "x00", "last_name") == "Last x00"


def test_who_keeps_all_that_was_rejected_of_a_record_lets_the_rest_of_it_in(many: Tiny) -> None:
    wrongly_named(many)
    decided(many, "rejected")
    override(many, "keep", person="x00", field="grade", value="8")
    override(many, "keep", person="x00", field="first_name", value="Right")
    override(many, "keep", person="x00", field="last_name", value="Named")
    assert states(many) == [(1, "works"), (2, "works"), (3, "works")]
    found = [of(many, "x00", column) for column in ("first_name", "last_name", "grade")]
    assert found == ["Right", "Named", "8"]
    assert of(many, "x01", "last_name") == "Last x01"


def test_a_field_that_is_kept_waits_with_its_record_under_an_open_hold(many: Tiny) -> None:
    wrongly_named(many)
    override(many, "keep", person="x01", field="grade", value="8")
    assert (of(many, "x01", "grade"), states(many)) == ("6", [(1, "held")])
    decided(many, "approved")
    guarded(many)
    assert (of(many, "x01", "grade"), of(many, "x01", "last_name"), states(many)) == ("8", "Name1", [(1, "works")])


def test_who_excludes_somebody_wins_over_the_rejection_that_kept_them(many: Tiny) -> None:
    gone = twenty(many)
    many.records["users"] = [u for u in many.records["users"] if u not in gone]
    guarded(many)
    decided(many, "rejected")
    guarded(many)
    assert len(people(many)) == 43
    override(many, "exclude", person="x00")
    assert ("x00" in people(many), "x01" in people(many)) == (False, True)
    assert states(many) == [(1, "idle")]


def test_what_expires_at_once_for_many_is_held_and_not_said_to_be_over(many: Tiny) -> None:
    for user in twenty(many):
        override(many, "protect", person=user["id"], site="north", until=SOON)
    gone = twenty(many)
    many.records["users"] = [u for u in many.records["users"] if u not in gone]
    guarded(many)
    guarded(many, today=AFTER)
    assert (len(people(many)), {state for _, state in states(many)}, codes(many)) == (43, {"held"}, [])
    decided(many, "approved", after=AFTER - TODAY)
    guarded(many, today=AFTER)
    assert (len(people(many)), {state for _, state in states(many)}) == (23, {"expired"})
    assert codes(many) == ["override_expired"] * 20


def test_the_undo_of_an_end_does_not_hold_the_expiry(synced: Tiny) -> None:
    in_class = members(synced, "m6")
    override(synced, "protect", person="ann", section="m6", until=SOON)
    synced.records["sections"][0]["students"].remove("ann")
    synced.sync()
    synced.undo(override(synced, end=1))
    assert (members(synced, "m6"), synced.rows("FROM sync.undone")) == (in_class, [])
    plan = guarded(synced, today=AFTER)
    assert (plan.held, states(synced)) == (0, [(1, "expired")])
    assert members(synced, "m6") == [m for m in in_class if m[0] != "ann"]


KEPT = [("sis_id", "OTHER"), ("last_name", "Kept"), ("first_name", "Kept"), ("email", "kept@example.org")]


@pytest.mark.parametrize(("field", "value"), KEPT, ids=[field for field, _ in KEPT])
def test_somebody_of_whom_a_field_is_kept_is_recognized_by_what_clever_sent(tiny: Tiny, field: str, value: str) -> None:
    tiny.records["users"].append(student("zed", "north", email="zed@example.org" if field == "email" else None))
    tiny.sync()
    override(tiny, "keep", person="zed", field=field, value=value)
    (before,) = tiny.rows("SELECT user_id FROM roster.users WHERE clever_id = 'zed'")
    tiny.records["users"][-1]["id"] = "zed-again"
    guarded(tiny)
    assert tiny.rows("SELECT user_id FROM roster.users WHERE clever_id ^@ 'zed'") == [before]
    assert (of(tiny, "zed-again", field), states(tiny)) == (value, [(1, "works")])


def test_a_section_whose_name_is_kept_is_recognized_by_what_clever_sent(tiny: Tiny) -> None:
    tiny.records["sections"][0].pop("course", None)
    tiny.sync()
    override(tiny, "keep", section="m6", field="name", value="Kept")
    tiny.records["sections"][0]["id"] = "m6-again"
    guarded(tiny)
    assert tiny.rows("SELECT clever_id, name, status FROM roster.sections") == [("m6-again", "Kept", "active")]


def test_what_clever_sent_last_beside_a_kept_field_stays_known_when_it_sends_nobody(synced: Tiny) -> None:
    override(synced, "keep", person="ann", field="grade", value="9")
    override(synced, "protect", person="ann", site="north", until=SOON)
    left = synced.records["users"].pop(0)
    for _ in range(2):
        synced.sync()
        assert (of(synced, "ann", "grade"), states(synced)) == ("9", [(1, "works"), (2, "works")])
        assert synced.rows("SELECT clever_value FROM roster.overrides WHERE no = 1") == [("6",)]
    synced.records["users"].insert(0, left)


def standing_together(tiny: Tiny, kind: Any, **what: Any) -> list[tuple[int, str]]:
    """One, its end, another about the same, and the undo of the end."""
    override(tiny, kind, **what)
    end = override(tiny, end=1)
    override(tiny, kind, **what | ({"value": "10"} if kind == "keep" else {}))
    tiny.undo(end, winner="later")
    return states(tiny)


def test_when_an_undo_opens_again_what_was_replaced_since_the_newer_stands(synced: Tiny) -> None:
    what: dict[str, Any] = {"person": "ann", "field": "grade", "value": "9"}
    assert standing_together(synced, "keep", **what) == [(2, "works")]
    synced.sync()
    assert of(synced, "ann", "grade") == "10"
    override(synced, end=2)
    assert (of(synced, "ann", "grade"), states(synced)) == ("6", [])


@pytest.mark.parametrize(
    ("kind", "what", "state"),
    [("exclude", {"person": "ann"}, "works"), ("protect", {"person": "ann", "section": "m6", "until": SOON}, "idle")],
)
def test_of_two_that_would_stand_for_the_same_one_does(synced: Tiny, kind: Any, what: Any, state: str) -> None:
    assert standing_together(synced, kind, **what) == [(2, state)]
    override(synced, end=2)
    assert (states(synced), "ann" in people(synced)) == ([], True)


def test_the_undo_of_removals_opens_nothing_that_a_newer_one_has_replaced(synced: Tiny) -> None:
    override(synced, "protect", person="ann", section="m6", until=SOON)
    second = override(synced, "protect", person="ann", section="m6", until=AFTER)
    synced.undo(second, only_removals=True)
    assert states(synced) == [(2, "idle")]


def test_an_override_that_comes_back_leaves_a_newer_one_standing(synced: Tiny) -> None:
    synced.undo(override(synced, "protect", person="ann", section="m6", until=SOON))
    override(synced, "protect", person="ann", section="m6", until=AFTER)
    synced.undo("S003")
    assert states(synced) == [(2, "idle")]


def test_no_undo_of_an_end_brings_back_who_was_erased_since(synced: Tiny) -> None:
    override(synced, "protect", person="ann", site="north", until=SOON)
    end = override(synced, end=1)
    synced.records["users"].pop(0)
    synced.sync()
    erase(synced, "ann")
    synced.undo(end)
    assert ("ann" in people(synced), states(synced)) == (False, [])
    synced.sync()
    assert (of(synced, "ann", "enrollment_status"), of(synced, "ann", "first_name")) == ("archived", None)


def test_the_end_of_an_exclusion_of_who_was_erased_waits_until_clever_is_asked(synced: Tiny) -> None:
    override(synced, "exclude", person="ann")
    erase(synced, "ann")
    override(synced, end=1)
    assert ("ann" in people(synced), of(synced, "ann", "first_name")) == (False, None)
    synced.sync()
    assert ("ann" in people(synced), of(synced, "ann", "first_name")) == (True, "First ann")


@pytest.fixture
def half_manual(tiny: Tiny) -> Tiny:
    """South is not on Clever; Sue is there, Ben both there and at north."""
    tiny.records["users"].append(student("sue", "south"))
    tiny.records["sections"].append(section("s7", "south", students=["ben", "sue"]))
    tiny.sync()
    return tiny


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        ("add", {"person": "ann", "site": "south", "until": SOON}),
        ("protect", {"person": "sue", "site": "south", "until": SOON}),
        ("add", {"person": "ann", "section": "s7", "until": SOON}),
        ("exclude", {"person": "sue"}),
        ("exclude", {"person": "ben"}),
        ("keep", {"person": "sue", "field": "grade", "value": "9"}),
        ("keep", {"section": "s7", "field": "name", "value": "Mine"}),
    ],
)
def test_what_is_of_a_site_that_is_not_on_clever_cannot_be_overridden(half_manual: Tiny, kind: Any, what: Any) -> None:
    half_manual.line("sites", "d", "south", "manual")
    with pytest.raises(SyncRefused, match=r"Site south is not on Clever.*`clever` in data/sites.csv first"):
        override(half_manual, kind, **what)
    assert half_manual.rows("FROM roster.overrides") == []


def test_of_somebody_of_a_site_on_clever_too_what_clever_sends_can_be_overridden(half_manual: Tiny) -> None:
    half_manual.line("sites", "d", "south", "manual")
    half_manual.sync()
    override(half_manual, "keep", person="ben", field="grade", value="9", until=SOON)
    override(half_manual, "add", person="sue", section="m6", until=SOON)
    assert (of(half_manual, "ben", "grade"), ("sue", "student") in members(half_manual, "m6")) == ("9", True)
    half_manual.sync(today=AFTER)
    assert (of(half_manual, "ben", "grade"), ("sue", "student") in members(half_manual, "m6")) == ("6", False)


def test_an_override_says_so_when_its_site_is_not_on_clever_any_more(half_manual: Tiny) -> None:
    override(half_manual, "exclude", person="sue", until=SOON)
    override(half_manual, "add", person="ann", site="south", until=SOON)
    override(half_manual, "add", person="ann", section="s7", until=SOON)
    override(half_manual, "keep", section="s7", field="name", value="Mine", until=SOON)
    half_manual.line("sites", "d", "south", "manual")
    half_manual.sync()
    assert {state for _, state in states(half_manual)} == {"manual"}
    half_manual.sync(today=AFTER)
    assert ({state for _, state in states(half_manual)}, codes(half_manual)) == ({"manual"}, [])
    assert ("south", False) in sites(half_manual, "ann")


def test_a_sync_of_another_site_says_nothing_of_an_override(half_manual: Tiny) -> None:
    override(half_manual, "keep", person="sue", field="grade", value="9", until=SOON)
    override(half_manual, "keep", section="s7", field="name", value="Mine", until=SOON)
    half_manual.sync(sites=["north"], today=AFTER)
    assert (of(half_manual, "sue", "grade"), states(half_manual), codes(half_manual)) == (
        *("9", [(1, "works"), (2, "works")]),
        [],
    )
    half_manual.sync(sites=["south"], today=AFTER)
    assert (of(half_manual, "sue", "grade"), states(half_manual)) == ("6", [(1, "expired"), (2, "expired")])


def test_who_stays_though_clever_shares_them_no_more_is_active_from_their_first_login(synced: Tiny) -> None:
    override(synced, "protect", person="ann", site="north", until=SOON)
    synced.records["users"].pop(0)
    synced.sync()
    assert of(synced, "ann", "enrollment_status") == "pending"
    synced.line("logins", "d", "ann", "2026-11-20T10:00:00Z")
    synced.sync()
    assert (of(synced, "ann", "enrollment_status"), str(of(synced, "ann", "first_login_at"))) == (
        *("active", "2026-11-20 10:00:00"),
    )


def test_who_is_added_to_a_site_without_having_one_has_no_primary_one(tiny: Tiny) -> None:
    admin: Record = {"id": "adm", "name": {"first": "A", "last": "B"}, "roles": {"district_admin": {}}}
    tiny.records["users"].append(admin)
    tiny.sync()
    override(tiny, "add", person="adm", site="north", until=SOON)
    assert sites(tiny, "adm") == [("north", False)]


@pytest.mark.parametrize(
    ("what", "said"),
    [
        (
            {"person": "ann", "field": "grade", "value": "Jane Doe"},
            "no grade that Clever has. Give one of InfantToddler",
        ),
        ({"section": "m6", "field": "grade", "value": "0"}, "no grade that Clever has"),
        ({"section": "m6", "field": "subject", "value": "Ms Roe"}, "no subject that Clever has. Give one of english/"),
    ],
)
def test_a_kept_grade_or_subject_is_one_of_clevers(synced: Tiny, what: dict[str, Any], said: str) -> None:
    with pytest.raises(RosterError, match=said):
        override(synced, "keep", **what)


def test_a_kept_grade_is_written_as_clever_does(synced: Tiny) -> None:
    override(synced, "keep", person="ann", field="grade", value=" kindergarten ")
    override(synced, "keep", section="m6", field="subject", value="pe and health")
    assert of(synced, "ann", "grade") == "Kindergarten"
    assert synced.rows("SELECT subject FROM roster.sections") == [("PE and health",)]
