"""What somebody overrides on the roster holds through syncs, until it expires, is ended or is undone."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roster_pipeline.errors import RosterError, SyncRefused
from roster_pipeline.guards.holds import decide
from roster_pipeline.history import report
from roster_pipeline.history.explain.facts import read_context
from tests.conftest import NOW, Record, Tiny, in_force, section, student
from tests.laws import MAPPINGS, become, districts, laws
from tests.overriding import AFTER, SOON, guarded, members, of, override, people, sites, states
from tests.test_explain import ask


@pytest.fixture
def synced(tiny: Tiny) -> Tiny:
    """A district of two schools that has been synced once."""
    tiny.sync()
    return tiny


def issues(tiny: Tiny) -> list[str]:
    """What the last sync said of overrides."""
    query = "SELECT code FROM sync.issues WHERE sync_id = $id AND code LIKE 'override%' ORDER BY code"
    return [str(code) for (code,) in tiny.rows(query, id=f"S{tiny.syncs:03}")]


def test_whoever_is_excluded_is_not_there_though_clever_shares_them(synced: Tiny) -> None:
    first_name, in_class = of(synced, "ann", "first_name"), members(synced, "m6")
    override(synced, "exclude", person="ANN")
    for _ in range(2):
        assert "ann" not in people(synced)
        assert sites(synced, "ann") == []
        assert members(synced, "m6") == [m for m in in_class if m[0] != "ann"]
        assert states(synced) == [(1, "works")]
        synced.records["users"][0]["name"] = {"first": "Anna", "last": "New"}
        synced.sync()
    assert of(synced, "ann", "first_name") == first_name, "as they were"
    override(synced, end=1)
    assert of(synced, "ann", "first_name") == "Anna"
    assert members(synced, "m6") == in_class
    assert synced.rows("SELECT ended_by FROM roster.overrides") == [(f"S{synced.syncs:03}",)]


def asked(tiny: Tiny) -> list[object]:
    """When Clever was last asked, as people are told."""
    with tiny.connect() as connection:
        sites_ = [{k: v for k, v in row.items() if k.startswith("last_")} for row in report.sites(connection)]
        last = read_context(connection, "d", named=True, staged=True).last["sync_id"]
        return [sites_, report.clevers_data(connection), last]


def test_it_is_a_sync_that_asks_clever_nothing(synced: Tiny) -> None:
    before = asked(synced)
    override(synced, "exclude", person="ann", today=SOON)
    assert synced.rows("SELECT trigger, requested_by, reason FROM sync.syncs ORDER BY sync_no DESC LIMIT 1") == [
        ("override", "Rae", "because")
    ]
    assert asked(synced) == before
    assert synced.rows('SELECT no, kind, "by", why, sync_id FROM roster.overrides') == [
        (1, "exclude", "Rae", "because", "S002")
    ]


def test_a_field_is_kept_with_what_clever_sends_beside_it_and_is_idle_once_that_is_the_same(synced: Tiny) -> None:
    override(synced, "keep", person="ann", field="grade", value=" 7 ")
    for _ in range(2):
        assert of(synced, "ann", "grade") == "7"
        assert synced.rows("SELECT value, clever_value, state FROM roster.overrides") == [("7", "6", "works")]
        synced.sync()
        assert issues(synced) == []
    synced.records["users"][0]["roles"]["student"]["grade"] = "7"
    assert synced.sync().counts == ()
    assert issues(synced) == ["override_idle"]
    assert states(synced) == [(1, "idle")]
    synced.sync()
    assert issues(synced) == [], "it is said once"
    synced.records["users"][0]["roles"]["student"]["grade"] = "8"
    synced.sync()
    assert (of(synced, "ann", "grade"), states(synced)) == ("7", [(1, "works")])
    override(synced, end=1)
    assert of(synced, "ann", "grade") == "8"


def test_without_a_value_a_field_is_kept_as_it_is(synced: Tiny) -> None:
    name = of(synced, "ann", "last_name")
    override(synced, "keep", person="ann", field="last_name")
    assert issues(synced) == []
    synced.records["users"][0]["name"] = {"first": "Anna", "last": "New"}
    synced.sync()
    assert (of(synced, "ann", "last_name"), of(synced, "ann", "first_name")) == (name, "Anna")


def test_a_field_of_a_section_is_kept_though_nobody_looks_at_people(synced: Tiny) -> None:
    override(synced, "keep", section="m6", field="subject", value="science")
    for from_clever in (False, True, False):
        assert synced.rows("SELECT subject FROM roster.sections WHERE clever_id = 'm6'") == [("science",)]
        assert states(synced) == [(1, "works")]
        synced.sync(from_clever=from_clever)


def test_the_later_override_of_the_same_takes_the_place_of_the_first(synced: Tiny) -> None:
    override(synced, "keep", person="ann", field="grade", value="7")
    second = override(synced, "keep", person="ann", field="grade", value="8")
    assert (of(synced, "ann", "grade"), states(synced)) == ("8", [(2, "works")])
    synced.undo(second)
    assert (of(synced, "ann", "grade"), states(synced)) == ("7", [(1, "works")])
    synced.sync()
    assert of(synced, "ann", "grade") == "7"


def test_a_membership_of_a_section_is_protected_until_its_day(synced: Tiny) -> None:
    in_class = members(synced, "m6")
    override(synced, "protect", person="ann", section="m6", until=SOON)
    assert states(synced) == [(1, "idle")]
    synced.records["sections"][0]["students"].remove("ann")
    synced.sync(today=SOON)
    assert (members(synced, "m6"), states(synced)) == (in_class, [(1, "works")])
    synced.sync(today=AFTER, from_clever=False)
    assert members(synced, "m6") == [m for m in in_class if m[0] != "ann"]
    assert (issues(synced), states(synced)) == (["override_expired"], [(1, "expired")])
    synced.sync(today=AFTER)
    assert issues(synced) == [], "it is said once"


def test_a_membership_of_a_section_is_added_until_its_day(synced: Tiny) -> None:
    in_class = members(synced, "m6")
    synced.records["users"].append(student("guest", "north"))
    synced.sync()
    override(synced, "add", person="guest", section="m6", until=SOON)
    assert members(synced, "m6") == sorted([*in_class, ("guest", "student")])
    synced.records["sections"][0]["students"].append("guest")
    synced.sync()
    assert issues(synced) == ["override_idle"]
    synced.records["sections"][0]["students"].remove("guest")
    synced.sync()
    assert ("guest", "student") in members(synced, "m6")
    synced.sync(today=AFTER)
    assert members(synced, "m6") == in_class


def test_who_belongs_to_a_site_until_a_day_stays_though_clever_shares_them_no_more(synced: Tiny) -> None:
    override(synced, "protect", person="ann", site="North", until=SOON)
    left = synced.records["users"].pop(0)
    synced.sync()
    assert (sites(synced, "ann"), states(synced)) == ([("north", True)], [(1, "works")])
    assert "ann" not in [who for who, _ in members(synced, "m6")]
    synced.sync(today=AFTER)
    assert ("ann" in people(synced), sites(synced, "ann")) == (False, [])
    synced.records["users"].insert(0, left)
    synced.sync()
    assert "ann" in people(synced)


def test_somebody_is_added_to_another_site_beside_their_own(synced: Tiny) -> None:
    override(synced, "add", person="ann", site="south", until=SOON)
    synced.sync()
    assert sites(synced, "ann") == [("north", True), ("south", False)]
    synced.sync(today=AFTER)
    assert sites(synced, "ann") == [("north", True)]


def test_exclusion_is_stronger_than_memberships_and_kept_fields(synced: Tiny) -> None:
    override(synced, "add", person="ann", site="south", until=SOON)
    override(synced, "keep", person="ann", field="grade", value="7")
    override(synced, "exclude", person="ann")
    assert "ann" not in people(synced)
    assert states(synced) == [(1, "gone"), (2, "gone"), (3, "works")]


def test_an_override_goes_by_our_own_id_and_so_outlives_a_relink(synced: Tiny) -> None:
    override(synced, "exclude", person="ann")
    override(synced, "keep", person="ben", field="grade", value="9")
    known = synced.rows("SELECT count(*) FROM roster.users")
    for old in ("ann", "ben"):
        (record,) = (u for u in synced.records["users"] if u["id"] == old)
        record["id"] = f"{old}-again"
    for _ in range(2):
        synced.sync()
        assert synced.rows("SELECT count(*) FROM roster.users") == known
        assert [p for p in people(synced) if p.startswith(("ann", "ben"))] == ["ben-again"]
        assert (of(synced, "ben-again", "grade"), of(synced, "ann-again", "enrollment_status")) == ("9", "archived")
    assert synced.sync().counts == ()


def test_an_undo_takes_an_override_back_and_another_undo_gives_it_back(synced: Tiny) -> None:
    before = in_force(synced)
    synced.undo(override(synced, "exclude", person="ann"))
    for _ in range(2):
        assert in_force(synced) == before
        assert states(synced) == []
        guarded(synced)
    synced.undo("S003")
    for _ in range(2):
        assert "ann" not in people(synced)
        synced.sync()
    assert states(synced) == [(1, "works")]


def test_an_undo_takes_an_end_back_and_another_undo_ends_it_again(synced: Tiny) -> None:
    override(synced, "exclude", person="ann")
    synced.undo(override(synced, end=1))
    for _ in range(2):
        assert ("ann" in people(synced), states(synced)) == (False, [(1, "works")])
        guarded(synced)
    synced.undo("S004")
    for _ in range(2):
        assert ("ann" in people(synced), states(synced)) == (True, [])
        guarded(synced)


def test_the_undo_of_removals_gives_back_who_was_excluded_and_keeps_what_was_kept(synced: Tiny) -> None:
    synced.undo(override(synced, "exclude", person="ann"), only_removals=True)
    assert ("ann" in people(synced), states(synced)) == (True, [])
    synced.undo(override(synced, "keep", person="ann", field="grade", value="7"), only_removals=True)
    guarded(synced)
    assert (of(synced, "ann", "grade"), states(synced)) == ("7", [(2, "works")])


def test_what_an_undo_took_back_can_be_overridden_once_more(synced: Tiny) -> None:
    for _ in range(2):
        last = override(synced, "keep", person="ann", field="grade", value="7")
        assert of(synced, "ann", "grade") == "7"
        synced.undo(last)
    for _ in range(2):
        last = override(synced, "exclude", person="ann")
        assert "ann" not in people(synced)
        synced.undo(last)
    assert synced.rows("SELECT count(*) FROM sync.holds") == [(0,)]


def test_the_undo_of_an_older_sync_leaves_what_was_overridden_since(synced: Tiny) -> None:
    """Though the override changed nothing: she had left already."""
    left = synced.records["users"].pop(0)
    synced.sync()
    override(synced, "exclude", person="ann")
    synced.undo("S002")
    assert "ann" not in people(synced)
    synced.records["users"].insert(0, left)
    synced.sync()
    assert "ann" not in people(synced)


def test_where_the_undo_wins_later_overrides_go_with_it(synced: Tiny) -> None:
    synced.records["users"][0]["roles"]["student"]["grade"] = "7"
    synced.sync()
    override(synced, "keep", person="ann", field="grade", value="8")
    with pytest.raises(SyncRefused, match="Later syncs changed records"):
        synced.undo("S002")
    synced.undo("S002", winner="undo")
    assert (of(synced, "ann", "grade"), states(synced)) == ("6", [])
    synced.sync()
    assert of(synced, "ann", "grade") == "7", "as Clever has it"


def test_the_guards_look_at_an_override_as_at_any_change(synced: Tiny) -> None:
    (synced.data / "guards.toml").write_text("[default]\nminimum_population = 1\narchive_percent = 0\n")
    override(synced, "exclude", person="ann")
    assert synced.rows("SELECT status, created, archived FROM sync.syncs WHERE sync_id = 'S002'") == [("held", 0, 0)]
    assert "ann" in people(synced)
    with synced.connect() as connection:
        (hold,) = report.holds(connection)
        decide(connection, hold["hold_id"], "approved", by="Rae", reason="", now=NOW)
    guarded(synced)
    assert "ann" not in people(synced)


@pytest.mark.parametrize(
    ("kind", "what", "said"),
    [
        ("exclude", {"person": "nobody"}, "No person on the roster is 'nobody'"),
        ("exclude", {"person": "Jane Doe"}, "No person on the roster is a text of 8 characters"),
        ("exclude", {}, "No person was named"),
        ("exclude", {"person": "ann", "field": "grade"}, "`exclude` takes no field"),
        ("keep", {"person": "ann", "field": "roles"}, "'roles' cannot be kept. Name one of first_name"),
        ("keep", {"section": "m6", "field": "email"}, "'email' cannot be kept. Name one of name"),
        ("keep", {"field": "name"}, "of a person or of a section"),
        ("keep", {"person": "ann", "field": "email"}, "no email there to keep. Give the value"),
        ("keep", {"person": "ann", "field": "grade", "value": "x" * 201}, "one line of at most 200"),
        ("keep", {"person": "ann", "field": "grade", "value": "a\nb"}, "one line of at most 200"),
        ("keep", {"section": "m9", "field": "name"}, "No section on the roster is 'm9'"),
        ("protect", {"person": "ann", "section": "m6"}, "until a day. Name the last one"),
        ("protect", {"person": "ann", "until": SOON}, "in a section or at a site"),
        ("protect", {"person": "ann", "section": "m6", "until": SOON, "role": "teacher"}, "is no 'teacher'"),
        ("protect", {"person": "ann", "site": "south", "until": SOON}, "is not at site south"),
        ("protect", {"person": "ann", "site": "mars", "until": SOON}, "No site on the roster is 'mars'"),
        ("add", {"person": "ann", "section": "m6", "until": SOON}, "as student already"),
        ("add", {"person": "ann", "site": "south", "until": SOON.replace(year=2020)}, "is over, today is 2026-11-23"),
        (None, {"end": 7}, "No override 7 stands"),
    ],
)
def test_what_cannot_be_overridden_says_what_to_do(synced: Tiny, kind: Any, what: dict[str, Any], said: str) -> None:
    with pytest.raises(RosterError, match=said):
        override(synced, kind, **what)
    assert synced.rows("FROM roster.overrides") == []


def test_who_is_archived_can_only_be_excluded(synced: Tiny) -> None:
    synced.records["users"].pop(0)
    synced.sync()
    with pytest.raises(SyncRefused, match="is archived"):
        override(synced, "keep", person="ann", field="grade", value="7")
    override(synced, "exclude", person="ann")
    assert states(synced) == [(1, "idle")]


def test_a_section_that_is_over_has_no_memberships_to_add(synced: Tiny) -> None:
    synced.records["sections"].append(section("m7", "north"))
    synced.sync()
    override(synced, "add", person="ann", section="m7", until=SOON)
    synced.records["sections"].pop()
    synced.sync()
    assert states(synced) == [(1, "gone")]
    with pytest.raises(SyncRefused, match="is archived"):
        override(synced, "add", person="ben", section="m7", until=SOON)


def test_an_answer_in_ids_tells_no_value_that_is_kept_and_not_who_keeps_it(synced: Tiny) -> None:
    override(synced, "keep", person="ann", field="last_name", value="Kept")
    for named in (True, False):
        (step,) = (s for s in ask(synced, "ann", named=named).steps if s.step == "override")
        assert ("Kept (Clever sends Last ann)" in step.what, "Rae" in step.what, "because" in step.what) == (named,) * 3
        assert "keep last_name" in step.what
    override(synced, "keep", section="m6", field="subject", value="science")
    (step,) = (s for s in ask(synced, "m6").steps if s.step == "override")
    assert step.what.startswith("keep subject as science (Clever sends math), number 2, by hand (Rae")


_OVERRIDES = st.sampled_from(
    [
        ("exclude", {}),
        ("keep", {"field": "grade", "value": "12"}),
        ("keep", {"field": "last_name", "value": "Kept"}),
        ("add", {"site": "south", "until": SOON}),
        ("add", {"site": "north", "until": SOON}),
        ("protect", {"section": "s0", "until": SOON}),
        ("add", {"section": "s1", "until": SOON}),
    ]
)


@laws
@given(districts(), MAPPINGS, districts(), MAPPINGS, _OVERRIDES, st.sampled_from([f"u{n}" for n in range(8)]))
def test_an_override_changes_only_what_is_of_its_person_and_nothing_once_it_has_ended(
    one: dict[str, list[Record]],
    mapping_one: list[tuple[str, str]],
    two: dict[str, list[Record]],
    mapping_two: list[tuple[str, str]],
    asked: tuple[Any, dict[str, Any]],
    who: str,
) -> None:
    """Beside a district that lives through the same without it."""
    with tempfile.TemporaryDirectory() as a, tempfile.TemporaryDirectory() as b:
        with_it, without = Tiny(Path(a)), Tiny(Path(b))
        for tiny in (with_it, without):
            become(tiny, one, mapping_one)
            tiny.sync()
        made = True
        try:
            override(with_it, asked[0], person=who, **asked[1])
        except RosterError:
            made = False  # there is nothing to override
        without.sync(from_clever=False)
        for tiny in (with_it, without):
            become(tiny, two, mapping_two)
            tiny.sync()
        of_others = [_but(in_force(tiny), _id(tiny, who)) for tiny in (with_it, without)]
        assert of_others[0] == of_others[1]
        if made:
            override(with_it, end=1)
            without.sync(from_clever=False)
        assert in_force(with_it) == in_force(without)


def _id(tiny: Tiny, clever_id: str) -> object:
    found = tiny.rows("SELECT user_id FROM roster.users WHERE clever_id = $id", id=clever_id)
    return found[0][0] if found else None


def _but(rows: dict[str, list[tuple[Any, ...]]], who: object) -> dict[str, list[tuple[Any, ...]]]:
    """All rows but those of one person; of sections, without the counts of who is in them."""
    of_others = {name: [row for row in found if who not in row] for name, found in rows.items()}
    return {**of_others, "sections": [row[:2] for row in of_others["sections"]]}
