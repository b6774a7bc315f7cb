"""Many decisions at once: what an edited spreadsheet means, and a preview that says what the sync says afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from roster_pipeline.errors import RosterError, SyncRefused
from roster_pipeline.mapping.bulk import carried, deciding, from_sheet, suggested
from roster_pipeline.mapping.decide import Deed
from roster_pipeline.mapping.sheet_file import write_sheet
from roster_pipeline.plan.preview import Preview
from tests.conftest import Tiny, in_force, make_tiny, section

Line = tuple[str, str, str | None]
"""Of which section (by Clever's id), which courses, and which were exported."""


@pytest.fixture(scope="module")
def synced_once(tmp_path_factory: pytest.TempPathFactory) -> Tiny:
    """m6 has math-6 by a rule; s6 and t6 have nothing. Ann is in m6 and s6, Ben in m6 and t6."""
    tiny = make_tiny(tmp_path_factory.mktemp("synced"))
    tiny.line("mapping_rules", "r1", "math", "", "", "math-6")
    for id_, student in (("s6", "ann"), ("t6", "ben")):
        tiny.records["sections"].append(section(id_, "north", students=[student], subject="science"))
    tiny.sync()
    return tiny


@pytest.fixture
def synced(synced_once: Tiny, tmp_path: Path) -> Tiny:
    return synced_once.copy(tmp_path)


def deeds(tiny: Tiny, file: Path, *lines: Line, district: str = "d") -> list[tuple[str, str, str]]:
    """What the lines of a file mean, with sections by Clever's id again."""
    ids = dict(tiny.rows("SELECT clever_id, section_id::VARCHAR FROM roster.sections"))
    named = {section_id: clever_id for clever_id, section_id in ids.items()}
    rows = [
        {"district": district, "section_id": ids.get(s, s), "courses": c, "courses_exported": e} for s, c, e in lines
    ]
    if all(exported is None for *_, exported in lines):
        rows = [{name: row[name] for name in row if name != "courses_exported"} for row in rows]
    write_sheet(rows, file)
    with tiny.connect_anew() as connection:
        connection.execute("INSERT INTO input.districts VALUES ('d')")
        tiny.begin(from_clever=False).need_inputs(connection)
        return [(named[d.section], d.course, d.decision) for d in from_sheet(connection, file, "d")]


@pytest.mark.parametrize(
    ("lines", "meant"),
    [
        ([("m6", "MATH-6", "math-6"), ("s6", " ", "")], []),
        ([("m6", "sci-6; Math-6", "math-6")], [("m6", "sci-6", "add")]),
        ([("m6", "", "math-6"), ("s6", "sci-6", "")], [("m6", "math-6", "remove"), ("s6", "sci-6", "add")]),
        # not edited: whatever became of the section since the export
        ([("m6", "sci-6", "sci-6"), ("gone", "math-6", "math-6")], []),
        # edited to what is so by now
        ([("m6", "math-6", "")], []),
        # a line that somebody copied
        ([("s6", "sci-6", ""), ("s6", "sci-6", "")], [("s6", "sci-6", "add")]),
        # nobody knows what was exported: whatever differs is an edit
        ([("m6", "sci-6", None)], [("m6", "sci-6", "add"), ("m6", "math-6", "remove")]),
    ],
)
def test_what_was_edited_is_decided(
    synced: Tiny, tmp_path: Path, lines: Sequence[Line], meant: list[tuple[str, str, str]]
) -> None:
    assert sorted(deeds(synced, tmp_path / "s.csv", *lines)) == sorted(meant)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([("m6", "art", "")], "line 2: 'art' is no active course of data/courses.csv"),
        ([("gone", "math-6", "")], "line 2: there is no such section, or it is not active any more (remove the line)"),
        ([("m6", "sci-6", "")], "line 2: the courses of its section have changed since the export (export again"),
        ([("s6", "", ""), ("s6", "sci-6", "")], "line 3: line 2 says something else of its section (remove one"),
        (
            [(f"gone{n}", "math-6", "") for n in range(12)],
            "s.xlsx: 12 lines cannot be used: line 2: there is no such section",
        ),
        (
            [(f"gone{n}", "math-6", "") for n in range(12)],
            "and 2 more, the last of them line 13. Correct them; nothing",
        ),
    ],
)
def test_what_cannot_be_decided_is_told_with_its_line(
    synced: Tiny, tmp_path: Path, lines: Sequence[Line], said: str
) -> None:
    with pytest.raises(RosterError) as caught:
        deeds(synced, tmp_path / "s.xlsx", *lines)
    assert said in str(caught.value)


def test_a_line_of_a_district_that_there_is_not_is_refused(synced: Tiny, tmp_path: Path) -> None:
    with pytest.raises(RosterError, match="line 2: there is no district 'x'"):
        deeds(synced, tmp_path / "s.csv", ("m6", "math-6", "math-6"), district="x")


def preview(tiny: Tiny, *asked: Deed) -> Preview:
    with tiny.connect_anew() as connection:
        return tiny.begin(from_clever=False).preview(connection, asked)


def test_a_preview_changes_nothing_and_counts_people_as_the_sync_does(synced: Tiny) -> None:
    """Ann and Ben lose math-6 with one section and Ann gets it back with another: only Ben and the teacher see less."""
    asked = [Deed("m6", "math-6", "remove"), Deed("s6", "math-6", "add"), Deed("t6", "sci-6", "add")]
    before = in_force(synced), synced.rows("FROM sync.syncs"), synced.rows("FROM mapping.decisions")
    shown = preview(synced, *asked)
    assert (in_force(synced), synced.rows("FROM sync.syncs"), synced.rows("FROM mapping.decisions")) == before
    assert (shown.added, shown.taken_away, shown.sections, shown.people) == (2, 1, 3, 2)
    with synced.connect_anew() as connection:
        run = synced.begin(from_clever=False)
        run.decide(connection, asked, shown=shown.shown)
    assert synced.rows("SELECT people FROM sync.syncs WHERE sync_id = $id", id=run.order.info.sync_id) == [
        (shown.people,)
    ]


def test_what_somebody_else_changed_since_the_preview_is_not_overruled(synced: Tiny) -> None:
    asked = [Deed("s6", "sci-6", "add"), Deed("s6", "math-6", "add")]
    shown = preview(synced, *asked)
    with synced.connect_anew() as connection:
        synced.begin(from_clever=False).decide(connection, asked[:1])
    with synced.connect_anew() as connection, pytest.raises(SyncRefused, match="Something else would change by now"):
        synced.begin(from_clever=False).decide(connection, asked, shown=shown.shown)
    assert synced.rows("SELECT course_id FROM mapping.decisions") == [("sci-6",)]


def test_other_decisions_than_those_of_the_preview_are_refused_though_they_change_nothing_now(synced: Tiny) -> None:
    shown = preview(synced, Deed("m6", "sci-6", "remove"))
    with synced.connect_anew() as connection, pytest.raises(SyncRefused, match="Something else would change by now"):
        synced.begin(from_clever=False).decide(connection, [Deed("s6", "sci-6", "remove")], shown=shown.shown)
    assert synced.rows("FROM mapping.decisions") == []


def test_a_preview_says_what_would_be_held(synced: Tiny) -> None:
    (synced.data / "guards.toml").write_text("[default]\nminimum_population = 1\nmapping_percent = 0\n")
    shown = preview(synced, Deed("m6", "math-6", "remove"))
    assert (shown.taken_away, shown.people) == (0, 0)
    assert shown.held > 0
    (hold,) = shown.holds
    assert hold.guard == "mapping"
    then = f". The hold comes with the sync. If this is right, then: `roster approve {hold.hold_id}`"
    assert hold.message.endswith(then)
    with synced.connect_anew() as connection:
        synced.begin(from_clever=False).decide(connection, [Deed("m6", "math-6", "remove")])
    (hold,) = preview(synced, Deed("m6", "math-6", "remove")).holds
    assert hold.message.endswith(f". If this is right: `roster approve {hold.hold_id}`")


def test_what_is_being_decided_is_listed_with_where_that_is(synced: Tiny) -> None:
    with synced.connect_anew() as connection:
        synced.begin(from_clever=False).preview(connection, [Deed("m6", "sci-6", "add"), Deed("s6", "sci-6", "add")])
        assert [(row["decision"], row["site"], row["students"]) for row in deciding(connection)] == [
            ("add", "North", 2),
            ("add", "North", 1),
        ]


def test_there_must_be_something_to_decide(synced: Tiny) -> None:
    with synced.connect_anew() as connection:
        for asked, said in (
            ({"site": "North"}, "No course that was carried over hangs on an active section at site North"),
            ({"course": "math-6", "origin": "ab"}, "No course math-6 that was carried over from section 'ab' hangs"),
            ({"site": "Nort"}, "There is no site 'Nort'. Name one that there is; close to it: north (North); "),
            ({"course": "math6"}, "There is no course 'math6'. Name one that there is; close to it: math-6 (Math 6); "),
        ):
            with pytest.raises(SyncRefused) as caught:
                carried(connection, **asked)
            assert str(caught.value).startswith(said)
        with pytest.raises(SyncRefused, match="has a suggestion with a score of 1 or more"):
            suggested(connection, 1)
        with pytest.raises(RosterError, match="2 is no score"):
            suggested(connection, 2)


def test_suggestions_of_one_site_are_chosen(synced: Tiny) -> None:
    synced.records["sections"].append(section("a6", "south", students=["ben"], subject="science", name="Science 6"))
    synced.sync()
    with synced.connect_anew() as connection:
        (chosen,) = suggested(connection, 0.0, "SOUTH")
    assert (chosen.course, chosen.decision) == ("sci-6", "add")
