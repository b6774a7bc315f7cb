"""Days that pass: what happened is the truth about what the API answers afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest

from clever_sandbox.app import create_app
from clever_sandbox.control.remote import advance_running
from clever_sandbox.control.routes import Advance, advance_sandbox
from clever_sandbox.district.district import District
from clever_sandbox.district.tables import KINDS
from clever_sandbox.server import SandboxServer, serve_in_thread
from clever_sandbox.year.advance import advance
from clever_sandbox.year.happening import Happening

from .api import Api

Json = dict[str, Any]
TODAY = date(2026, 11, 23)


@pytest.fixture
def server(demo: District) -> Iterator[SandboxServer]:
    with serve_in_thread(create_app([demo.copy()], clock=lambda: 1_795_442_400.0)) as server:
        yield server


@pytest.fixture
def api(server: SandboxServer) -> Iterator[Api]:
    with Api(server, server.sandbox.districts[0].token) as api:
        yield api


def one(server: SandboxServer, kind: str, seed: int = 1) -> Happening:
    [event] = server.advance(kinds=[kind], seed=seed)
    assert event.kind == kind
    return event


def listing(api: Api, student: str) -> set[str]:
    """The sections that list a student, whether or not the student can be read."""
    return {section["id"] for section in api.all("/sections") if student in section["students"]}


def students_of(contact: Json) -> set[str]:
    return {tie["student"] for tie in contact["roles"]["contact"]["student_relationships"]}


def test_a_new_student_joins_a_classmates_sections(server: SandboxServer, api: Api) -> None:
    event = one(server, "student_new")
    user = api.body(f"/users/{event.id}")["data"]
    assert user["roles"]["student"]["schools"] == [event.school]
    assert listing(api, event.id) == set(event.sections) != set()
    assert {api.body(f"/sections/{section}")["data"]["school"] for section in event.sections} == {event.school}
    assert user["created"] == user["last_modified"] == "2026-11-24T11:10:00.000Z"


def test_a_leaver_is_nowhere_any_more(server: SandboxServer, api: Api) -> None:
    event = one(server, "student_left")
    assert api.get(f"/users/{event.id}").status_code == 404
    assert event.sections
    assert listing(api, event.id) == set()
    contacts = [students_of(user) for user in api.all("/users", role="contact")]
    assert all(students and event.id not in students for students in contacts)


def test_a_mover_has_another_school_and_classes_there(server: SandboxServer, api: Api) -> None:
    before = {user["id"]: user for user in api.all("/v3.1/users", role="student")}
    event = one(server, "student_moved")
    added = api.body(f"/v3.1/users/{event.id}")["data"]["roles"]["student"].keys()
    assert added == before[event.id]["roles"]["student"].keys()
    student = api.body(f"/users/{event.id}")["data"]["roles"]["student"]
    assert student["school"] == event.school != event.before
    assert event.before not in student["schools"]
    assert set(event.sections) <= listing(api, event.id)
    left = {section["id"] for section in api.all(f"/schools/{event.before}/sections")}
    assert not left & listing(api, event.id)


def test_an_unshared_student_is_still_listed_and_comes_back_unchanged(server: SandboxServer, api: Api) -> None:
    before = {user["id"]: user for user in api.all("/users")}
    event = one(server, "student_unshared")
    assert api.get(f"/users/{event.id}").status_code == 404
    assert event.id not in api.ids("/users")
    in_sections = listing(api, event.id)
    assert in_sections
    assert event.id not in api.ids(f"/sections/{min(in_sections)}/users")
    again = one(server, "student_shared_again")
    assert again.id == event.id
    assert {user["id"]: user for user in api.all("/users")} == before


def test_a_section_changes_its_teacher_and_with_it_its_name(server: SandboxServer, api: Api) -> None:
    before = {section["id"]: section for section in api.all("/sections")}
    event = one(server, "section_teacher_changed")
    section = api.body(f"/sections/{event.id}")["data"]
    old = before[event.id]
    assert (old["teacher"], section["teacher"]) == (event.before, event.after)
    assert section["teachers"] == [event.after, *old["teachers"][1:]]
    assert section["students"] == old["students"]
    last_name = api.body(f"/users/{event.after}")["data"]["name"]["last"]
    assert section["name"].split(" - ")[1] == last_name
    assert event.school in api.body(f"/users/{event.after}")["data"]["roles"]["teacher"]["schools"]


def test_a_new_section_takes_half_of_an_old_one(server: SandboxServer, api: Api) -> None:
    before = {section["id"]: section for section in api.all("/sections")}
    event = one(server, "section_new")
    after = {section["id"]: section for section in api.all("/sections")}
    assert after.keys() - before.keys() == {event.id}
    assert event.before is not None
    new, old = after[event.id], after[event.before]
    assert sorted(new["students"] + old["students"]) == sorted(before[event.before]["students"])
    assert (new["course"], new["teacher"]) == (old["course"], event.after)


def test_a_term_ends_gets_a_new_id_and_later_takes_its_sections_along(server: SandboxServer, api: Api) -> None:
    before = {term["id"]: term for term in api.all("/terms")}
    ended = one(server, "term_ended")
    assert ended.before is not None
    assert before[ended.before]["name"] == "S1"
    assert api.get(f"/terms/{ended.before}").status_code == 404
    term = api.body(f"/terms/{ended.id}")["data"]
    assert (term["name"], term["end_date"]) == ("S1", "2026-11-23")
    assert set(api.ids(f"/terms/{ended.id}/sections")) == set(ended.sections) != set()
    cleared = one(server, "term_cleared")
    assert (cleared.id, set(cleared.sections)) == (ended.id, set(ended.sections))
    assert len(api.ids("/terms")) == 1
    assert len(api.ids("/sections")) == 380 - len(ended.sections)


def test_a_school_is_unshared_with_all_that_is_nowhere_else_and_comes_back(server: SandboxServer, api: Api) -> None:
    before = {kind: api.all(f"/{kind}") for kind in KINDS}
    event = one(server, "school_unshared")
    assert api.get(f"/schools/{event.id}").status_code == 404
    assert {section["id"] for section in before["sections"] if section["school"] == event.id} == set(event.sections)
    assert not set(event.sections) & set(api.ids("/sections"))

    def schools(user: Json) -> set[str]:
        return {school for role in user["roles"].values() for school in role.get("schools", ())}

    gone = {user["id"] for user in before["users"]} - set(api.ids("/users"))
    nowhere_else = {user["id"] for user in before["users"] if schools(user) == {event.id}}
    contacts = [user for user in before["users"] if user["roles"].keys() == {"contact"}]
    theirs = {user["id"] for user in contacts if nowhere_else.issuperset(students_of(user))}
    assert gone == nowhere_else | theirs
    assert one(server, "school_shared_again").id == event.id
    assert {kind: api.all(f"/{kind}") for kind in KINDS} == before


def test_what_happened_is_what_clevers_events_say(server: SandboxServer, api: Api) -> None:
    happened = server.advance(days=1, seed=2)
    events = api.all("/events")
    told = {(event["type"], event["data"]["object"]["id"]) for event in events}
    by_kind = {kind: {found.id for found in happened if found.kind == kind} for kind in {f.kind for f in happened}}
    students = {event["data"]["object"]["id"] for event in events if is_student(event)}
    assert {i for type_, i in told if type_ == "users.created" and i in students} == by_kind["student_new"] != set()
    assert {i for type_, i in told if type_ == "users.deleted" and i in students} == by_kind["student_left"] != set()
    moved = {(found.before, found.after) for found in happened if found.kind == "student_changed_section"}
    assert moved
    assert {("sections.updated", section) for pair in moved for section in pair} <= told
    assert {event["created"] for event in events} == {"2026-11-24T11:10:00.000Z"}


def is_student(event: Json) -> bool:
    return "student" in event["data"]["object"].get("roles", {})


# --- over HTTP ---------------------------------------------------------------------------------------


def test_days_pass_in_a_running_sandbox_and_are_remembered(server: SandboxServer, api: Api) -> None:
    events = advance_running(server.url, days=2, seed=5).events
    assert len(events) > 15
    assert server.sandbox.districts[0].day == 2
    assert server.sandbox.clock() == 1_795_442_400.0 + 2 * 86_400
    assert {event.date for event in events} == {"2026-11-24", "2026-11-25"}
    remembered = api.session.get(f"{server.url}/sandbox/advance", timeout=20).json()["events"]
    assert msgspec.convert(remembered, list[Happening]) == events
    assert len(api.ids("/users", role="student")) == len(
        set(api.server.sandbox.districts[0].tables["users"].having("role", "student"))
    )


def test_orders_without_a_body_and_orders_that_make_no_sense(server: SandboxServer, api: Api) -> None:
    url = f"{server.url}/sandbox/advance"
    assert api.session.post(url, timeout=60).status_code == 200
    for order in (b"[]", b'{"days":0}', b'{"kinds":["eclipse"]}', b'{"district":"x"}', b'{"day":1}'):
        answer = api.session.post(url, data=order, timeout=20)
        assert (answer.status_code, list(answer.json())) == (400, ["message"]), order
    with pytest.raises(ValueError, match="eclipse"):
        advance_running(server.url, kinds=["eclipse"])
    assert server.sandbox.clock() == 1_795_442_400.0 + 86_400


def test_a_web_page_gives_no_orders(server: SandboxServer, api: Api) -> None:
    url = f"{server.url}/sandbox/advance"
    assert api.session.post(url, headers={"Origin": "http://elsewhere.example"}, timeout=60).status_code == 403
    assert server.sandbox.districts[0].day == 0
    assert api.session.post(url, headers={"Origin": server.url}, timeout=60).status_code == 200


def test_time_passes_in_every_district_and_kinds_only_where_they_are_asked_for(demo: District) -> None:
    one, other = demo.copy(), demo.copy()
    other.upload.profile = msgspec.structs.replace(other.profile, id="0" * 24)
    with serve_in_thread(create_app([one, other], clock=lambda: 1_795_442_400.0)) as server:
        order = Advance(kinds=["student_left"], district=one.id, seed=3)
        happened = advance_sandbox(server.sandbox, order)
    assert (one.day, other.day) == (1, 1)
    assert happened[0].kind == "student_left"
    assert len(happened) > 1


def test_a_day_is_a_day_by_the_wall_also_when_the_clocks_are_changed(server: SandboxServer) -> None:
    server.sandbox.clock.set(datetime(2026, 10, 31, 0, 30, tzinfo=server.sandbox.districts[0].zone))
    happened = server.advance(days=3, kinds=["student_left"])
    assert [event.date for event in happened] == ["2026-11-01", "2026-11-02", "2026-11-03"]
    assert server.sandbox.clock.now == datetime(2026, 11, 3, 8, 30, tzinfo=UTC)


def test_events_carry_ids_only(demo: District) -> None:
    for event in advance(demo.copy(), 3, day=TODAY):
        fields = [event.id, event.school, event.before, event.after, *event.sections]
        assert all(len(value) == 24 and int(value, 16) for value in fields if value is not None)


# --- the clock and the feed --------------------------------------------------------------------------


def test_days_pass_until_one_has_come(server: SandboxServer, api: Api) -> None:
    advance_running(server.url, to=date(2026, 11, 27), kinds=["student_new"])
    assert server.sandbox.districts[0].day == 4
    assert server.sandbox.clock.now.astimezone(server.sandbox.districts[0].zone).date() == date(2026, 11, 27)
    assert api.all("/districts")[0]["last_sync"] == "2026-11-27T11:10:00.000Z"
    assert api.get("/schools").headers["Date"] == "Fri, 27 Nov 2026 14:00:00 GMT"
    with pytest.raises(ValueError, match="it is 2026-11-27 there"):
        advance_running(server.url, to=date(2026, 11, 27))
    assert server.sandbox.districts[0].day == 4


def test_a_day_is_a_day_by_the_wall_when_summer_time_ends(demo: District) -> None:
    saturday = datetime(2026, 10, 31, 9, tzinfo=demo.zone)
    with serve_in_thread(create_app([demo.copy()], clock=saturday.timestamp)) as server:
        server.advance(days=1)
        assert server.sandbox.clock.now.astimezone(demo.zone).isoformat() == "2026-11-01T09:00:00-08:00"


def test_every_night_has_its_events_in_the_order_of_their_ids(server: SandboxServer, api: Api) -> None:
    happened = server.advance(days=3, seed=6)
    events = api.all("/events")
    assert [event["id"] for event in events] == sorted({event["id"] for event in events})
    assert sorted({event["created"][:10] for event in events}) == ["2026-11-24", "2026-11-25"]  # the 26th is a holiday
    new = {event["data"]["object"]["id"] for event in events if event["type"] == "users.created"}
    assert {h.id for h in happened if h.kind == "student_new"} <= new
    sections = {event["data"]["object"]["id"] for event in events if event["type"] == "sections.created"}
    assert {h.id for h in happened if h.kind == "section_new"} == sections


def test_replaying_the_events_gives_what_the_lists_say(server: SandboxServer, api: Api) -> None:
    known = {kind: {record["id"]: record for record in api.all(f"/{kind}")} for kind in KINDS}
    for kinds in (None, ["sis_changed"], ["school_unshared"], ["rollover"], ["school_shared_again"], None):
        server.advance(days=2, kinds=kinds)
    for event in api.all("/events"):
        kind, _, action = event["type"].partition(".")
        record, table = event["data"]["object"], known[kind]
        if action == "deleted":
            assert table.pop(record["id"]) == record
        else:
            assert (record["id"] in table) == (action == "updated")
            before = table.get(record["id"], {}) | {"last_modified": None}
            after = record | {"last_modified": None}
            if action == "updated":
                changed = {name for name in {**before, **after} if before.get(name) != after.get(name)}
                assert event["data"]["previous_attributes"] == {name: before.get(name) for name in changed}
            table[record["id"]] = record
    assert known == {kind: {record["id"]: record for record in api.all(f"/{kind}")} for kind in KINDS}


def test_while_the_feed_is_off_a_night_writes_nothing(server: SandboxServer, api: Api) -> None:
    server.faults.add("events_off")
    server.advance(kinds=["student_new"])
    server.faults.clear()
    assert api.all("/events") == []
    server.advance(kinds=["student_new"])
    assert "users.created" in {event["type"] for event in api.all("/events")}


def test_less_may_be_seen_of_a_school(server: SandboxServer, api: Api) -> None:
    before = api.all("/users")
    event = one(server, "scope_reduced")
    reduced = api.all("/events")
    students = api.ids(f"/schools/{event.id}/users", role="student")
    assert {e["type"] for e in reduced} == {"users.updated"}
    assert sorted(e["data"]["object"]["id"] for e in reduced) == students
    assert api.all("/users") == before
