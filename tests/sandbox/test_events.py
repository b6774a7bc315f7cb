"""Events: what Clever says about the difference between two uploads (docs/clever.md#events)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from clever_sandbox.app import create_app
from clever_sandbox.district.district import District
from clever_sandbox.district.load import load_district
from clever_sandbox.server import SandboxServer, serve_in_thread

from .api import Api
from .districts import DISTRICT, ENROLLMENT, SCHOOL, SECTION, STUDENT, TEACHER, write_district

Json = dict[str, Any]
FIRST = datetime(2026, 9, 1, 10, tzinfo=UTC)
SECOND = FIRST + timedelta(days=1)


@pytest.fixture
def district(tmp_path: Path) -> District:
    """Two students in a class that one of them attends."""
    students = [STUDENT | {"Grade": "7"}, STUDENT | {"Student_id": "s2"}]
    return load_district(write_district(tmp_path, students=students), FIRST)


@pytest.fixture
def server(district: District) -> Iterator[SandboxServer]:
    with serve_in_thread(create_app([district], clock=lambda: SECOND.timestamp() + 3600)) as server:
        yield server


@pytest.fixture
def api(server: SandboxServer, district: District) -> Iterator[Api]:
    with Api(server, district.token) as api:
        yield api


def types(api: Api, **query: object) -> list[str]:
    return [event["type"] for event in api.all("/events", **query)]


def user(district: District, sis_id: str) -> str:
    return str(district._students[sis_id])


def test_the_first_upload_is_no_event(api: Api) -> None:
    assert api.all("/events") == []


def test_an_upload_without_a_difference_is_no_event_but_a_sync(district: District, api: Api) -> None:
    district.ingest(SECOND)
    assert district.last_sync(SECOND.timestamp() + 60) == "2026-09-02T10:00:00.000Z"
    assert api.all("/events") == []
    # By then it has been ten past three in the morning there.
    assert api.all("/districts")[0]["last_sync"] == "2026-09-02T10:10:00.000Z"


def test_a_changed_field_stands_beside_the_whole_record(district: District, api: Api) -> None:
    before = api.body(f"/users/{user(district, 's1')}")["data"]
    district.upload.students.change("s1", Last_name="Renamed")
    district.ingest(SECOND)
    [event] = api.all("/events")
    assert event["type"] == "users.updated"
    assert event["data"]["object"] == api.body(f"/users/{user(district, 's1')}")["data"]
    assert event["data"]["previous_attributes"] == {"name": before["name"]}
    assert event["data"]["object"]["created"] == before["created"]
    assert event["data"]["object"]["last_modified"] == event["created"] == "2026-09-02T10:00:00.000Z"


def test_a_field_that_disappears_is_only_among_what_was_there(district: District, api: Api) -> None:
    district.upload.teachers.change("t1", Teacher_email="")
    district.ingest(SECOND)
    # Without an e-mail the teacher is somebody else: the old user goes, and the class has another teacher.
    assert types(api) == ["users.created", "sections.updated", "users.deleted"]
    district.upload.sections.change("c1", Course_name="")
    district.ingest(SECOND)
    section, course = api.all("/events")[-2:]
    assert (section["type"], course["type"]) == ("sections.updated", "courses.deleted")
    assert "course" not in section["data"]["object"]
    assert section["data"]["previous_attributes"]["course"] == course["data"]["object"]["id"]


def test_an_enrollment_is_a_change_of_the_section(district: District, api: Api) -> None:
    district.upload.enroll("s2", "c1")
    district.ingest(SECOND)
    [event] = api.all("/events")
    assert event["type"] == "sections.updated"
    assert event["data"]["previous_attributes"] == {"students": [user(district, "s1")]}
    assert event["data"]["object"]["students"] == sorted([user(district, "s1"), user(district, "s2")])


def test_parents_come_first_and_go_last(district: District, api: Api) -> None:
    new = {"School_id": "2", "Section_id": "c2", "Teacher_id": "t2", "Course_name": "Art", "Term_name": "S9"}
    district.upload.schools["2"] = [SCHOOL | {"School_id": "2"}]
    district.upload.teachers["t2"] = [TEACHER | {"School_id": "2", "Teacher_id": "t2", "Teacher_email": "n@x"}]
    district.upload.students["s3"] = [STUDENT | {"School_id": "2", "Student_id": "s3", "Contact_name": "P"}]
    district.upload.open_section(new, ["s3"])
    district.ingest(SECOND)
    created = api.all("/events")
    roles = [next(iter(e["data"]["object"].get("roles", {"": 0}))) for e in created]
    assert [(e["type"], role) for e, role in zip(created, roles, strict=True)] == [
        ("schools.created", ""),
        ("terms.created", ""),
        ("courses.created", ""),
        ("users.created", "teacher"),
        ("users.created", "student"),
        ("users.created", "contact"),
        ("sections.created", ""),
    ]
    district.upload.close_section("c2")
    district.upload.remove_student("s3")
    del district.upload.teachers["t2"], district.upload.schools["2"]
    district.ingest(SECOND)
    deleted = api.all("/events")[len(created) :]
    assert [e["type"] for e in deleted] == [
        *("sections.deleted", "users.deleted", "users.deleted", "users.deleted"),
        *("courses.deleted", "terms.deleted", "schools.deleted"),
    ]
    whole = {e["data"]["object"]["id"]: e["data"] for e in created}
    assert all(e["data"] == whole[e["data"]["object"]["id"]] for e in deleted)


def test_unshared_is_deleted_and_shared_again_is_created_as_it_was(district: District, api: Api) -> None:
    before = api.body(f"/users/{user(district, 's1')}")["data"]
    district.sharing = msgspec.structs.replace(district.sharing, hidden_students=("s1",))
    district.ingest(SECOND)
    assert types(api) == ["users.deleted"]
    assert api.get(f"/users/{user(district, 's1')}").status_code == 404
    district.sharing = msgspec.structs.replace(district.sharing, hidden_students=())
    district.ingest(SECOND + timedelta(minutes=1))
    assert types(api) == ["users.deleted", "users.created"]
    back = api.body(f"/users/{user(district, 's1')}")["data"]
    assert back == before


def test_a_term_that_begins_later_is_not_shared_before(tmp_path: Path) -> None:
    term = {"Term_name": "S2", "Term_start": "2027-01-04", "Term_end": "2027-06-04"}
    sections = [SECTION, SECTION | {"Section_id": "later"} | term]
    seats = [ENROLLMENT, ENROLLMENT | {"Section_id": "later"}]
    district = load_district(write_district(tmp_path, sections=sections, enrollments=seats), FIRST)
    assert (len(district.tables["sections"]), len(district.tables["terms"])) == (1, 0)
    # Ten in the evening of the day before, in the district: in Greenwich the day has begun.
    district.ingest(datetime(2027, 1, 4, 6, tzinfo=UTC))
    assert len(district.tables["sections"]) == 1
    district.ingest(datetime(2027, 1, 4, 11, tzinfo=UTC))
    assert (len(district.tables["sections"]), len(district.tables["terms"])) == (2, 1)


# --- the feed ----------------------------------------------------------------------------------------


def renamed(district: District, times: int, at: datetime = SECOND) -> None:
    for n in range(times):
        district.upload.students.change("s1", Last_name=f"Name {n}")
        district.ingest(at)


def test_ids_are_consecutive_and_three_seconds_before(district: District, api: Api) -> None:
    renamed(district, 5)
    ids = [event["id"] for event in api.all("/events")]
    assert ids == sorted(set(ids))
    counters = [int(found[-6:], 16) for found in ids]
    assert counters == list(range(counters[0], counters[0] + 5))
    assert {int(found[:8], 16) for found in ids} == {int(SECOND.timestamp()) - 3}


def test_ids_grow_also_when_a_clock_is_turned_back(district: District, api: Api) -> None:
    renamed(district, 2)
    renamed(district, 2, FIRST + timedelta(hours=1))
    ids = [event["id"] for event in api.all("/events")]
    assert len(ids) == 4
    assert ids == sorted(set(ids))


def test_paging_begins_with_the_oldest_and_last_is_the_newest(district: District, api: Api) -> None:
    renamed(district, 7)
    everything = [event["id"] for event in api.all("/events")]
    assert [event["id"] for event in api.all("/events", limit=3)] == everything
    assert api.body("/events", limit=1)["data"][0]["data"]["id"] == everything[0]
    assert api.body("/events", limit=1, ending_before="last")["data"][0]["data"]["id"] == everything[-1]
    after = api.body("/events", starting_after=everything[4])["data"]
    assert [element["data"]["id"] for element in after] == everything[5:]
    assert after[0]["uri"] == f"/v3.0/events/{everything[5]}"


def test_one_event_is_found_by_its_id(district: District, api: Api) -> None:
    renamed(district, 1)
    [event] = api.all("/events")
    body = api.body(f"/events/{event['id']}")
    assert body["data"] == event
    assert api.get(f"/events/{'0' * 24}").status_code == 404


def test_what_is_older_than_thirty_days_is_gone(district: District, api: Api, server: SandboxServer) -> None:
    renamed(district, 2, FIRST)
    renamed(district, 1)
    assert len(api.all("/events")) == 3
    server.sandbox.clock.set(FIRST + timedelta(days=30, hours=1))
    assert [event["created"] for event in api.all("/events")] == ["2026-09-02T10:00:00.000Z"]


def test_filters(district: District, api: Api) -> None:
    district.upload.sections.change("c1", Course_name="Art")
    district.upload.students.change("s1", Last_name="Other")
    district.ingest(SECOND)
    assert types(api) == ["courses.created", "users.updated", "sections.updated", "courses.deleted"]
    assert types(api, record_type="users") == ["users.updated"]
    assert types(api, record_type=["users", "sections"]) == ["users.updated", "sections.updated"]
    [school] = api.ids("/schools")
    # Courses belong to no school.
    assert types(api, school=school) == ["users.updated", "sections.updated"]
    assert types(api, school="0" * 24) == []
    assert api.get("/events", record_type="students").status_code == 400
    assert api.get("/events", count="true").status_code == 400


def test_what_only_the_newer_version_knows_is_no_event_in_the_older(district: District, api: Api) -> None:
    district.upload.students.change("s1", Frl_status="Free")
    district.ingest(SECOND)
    assert types(api) == []
    [event] = api.all("/v3.1/events")
    assert event["data"]["object"]["roles"]["student"]["frl_status"] == "Free"
    assert event["data"]["previous_attributes"]["roles"]["student"]["frl_status"] == ""
    assert api.get(f"/v3.0/events/{event['id']}").status_code == 404


def test_while_events_are_off_there_is_a_hole_for_ever(district: District, api: Api) -> None:
    district.feed.on = False
    renamed(district, 2)
    district.feed.on = True
    assert types(api) == []
    renamed(district, 1)
    assert types(api) == ["users.updated"]


def test_less_may_be_seen_of_people(district: District, api: Api) -> None:
    users = district.tables["users"]
    district.feed.reduce_scope((users[found] for found in users.having("role", "student")), SECOND.timestamp())
    events = api.all("/events")
    assert [event["type"] for event in events] == ["users.updated"] * 2
    for event in events:
        assert event["data"]["object"].keys() == {"district", "id"}
        assert event["data"]["previous_attributes"].keys() >= {"name", "roles", "created", "last_modified"}


# --- bad feeds ---------------------------------------------------------------------------------------


@pytest.fixture
def events(district: District, api: Api) -> list[str]:
    renamed(district, 10)
    return [event["id"] for event in api.all("/events")]


def shown(api: Api, fault: str, **query: object) -> list[str]:
    api.server.faults.add(fault)
    return [event["id"] for event in api.all("/events", **query)]


def test_a_silent_feed_is_answered_like_a_quiet_one(events: list[str], api: Api) -> None:
    for fault in ("events_off", "events_silent"):
        assert shown(api, fault, limit=3) == []
        api.server.faults.clear()
    assert len(api.all("/events")) == len(events) == 10


def test_events_that_come_twice_or_change_places_are_all_there(events: list[str], api: Api) -> None:
    assert shown(api, "events_out_of_order", limit=4) == [events[n] for n in (1, 0, 3, 2, 5, 4, 7, 6, 9, 8)]
    api.server.faults.clear()
    assert shown(api, "events_repeated", limit=5) == [*events[:5], *events[:5], *events[5:], *events[5:]]


def test_a_dropped_event_is_missing_and_a_late_one_turns_up(events: list[str], api: Api, server: SandboxServer) -> None:
    missing = {found for found in events if int(found, 16) % 5 == 0}
    assert len(missing) == 2
    assert shown(api, "events_dropped") == [found for found in events if found not in missing]
    api.server.faults.clear()
    server.sandbox.clock.set(SECOND + timedelta(minutes=1))
    assert shown(api, "events_late") == [found for found in events if found not in missing]
    server.sandbox.clock.set(SECOND + timedelta(hours=2))
    assert [event["id"] for event in api.all("/events")] == events


def test_a_reduced_event_keeps_two_fields(events: list[str], api: Api) -> None:
    assert shown(api, "events_reduced") == events
    for event in api.all("/events"):
        assert event["data"]["object"].keys() == {"id", "district"}
        assert event["data"]["previous_attributes"]["roles"]["student"]["sis_id"] == "s1"


def test_a_refused_cursor(events: list[str], api: Api) -> None:
    api.server.faults.add("events_refused")
    assert api.get("/events", starting_after=events[3]).status_code == 404
    assert api.get("/events", limit=1).status_code == 200


# --- dates -------------------------------------------------------------------------------------------


def dates(district: District, sis_id: str) -> tuple[str, str]:
    data = district.tables["users"][user(district, sis_id)].data()
    return data["created"], data["last_modified"]


def test_a_cell_that_clever_does_not_show_changes_no_record(district: District, api: Api) -> None:
    before = dates(district, "s1")
    district.upload.students.change("s1", Contact_name="P Q", Contact_email="p@example.org")
    district.ingest(SECOND)
    assert dates(district, "s1") == before
    assert types(api) == ["users.created"]  # the contact


def test_who_comes_back_changed_has_changed_when_coming_back(district: District) -> None:
    created, modified = dates(district, "s1")
    district.sharing = msgspec.structs.replace(district.sharing, hidden_students=("s1",))
    district.ingest(SECOND)
    district.upload.students.change("s1", First_name="Other")
    district.sharing = msgspec.structs.replace(district.sharing, hidden_students=())
    district.ingest(SECOND + timedelta(days=1))
    assert dates(district, "s1") == (created, "2026-09-03T10:00:00.000Z")
    assert modified < created or modified < "2026-09-01"


def test_nothing_is_newer_than_the_first_day(tmp_path: Path) -> None:
    district = load_district(write_district(tmp_path), datetime(2024, 1, 1, 12, tzinfo=UTC))
    for table in (district.tables["users"], district.tables["sections"], district.tables["schools"]):
        for found in table.ids:
            data = table[found].data()
            assert data["created"] <= data["last_modified"] < "2024-01-01T12"


# --- nights ------------------------------------------------------------------------------------------


def test_a_night_that_passes_by_itself_takes_over_what_is_uploaded(
    district: District, api: Api, server: SandboxServer
) -> None:
    district.upload.students.change("s1", Last_name="Renamed")
    server.sandbox.clock.set(datetime(2026, 9, 1, 10, 9, tzinfo=UTC))
    assert types(api) == []
    server.sandbox.clock.set(datetime(2026, 9, 1, 10, 11, tzinfo=UTC))
    [event] = api.all("/events")
    assert event["created"] == api.all("/districts")[0]["last_sync"] == "2026-09-01T10:10:00.000Z"


def test_a_district_that_is_paused_from_the_start_takes_nothing_over(tmp_path: Path) -> None:
    paused = DISTRICT | {"state": "paused", "pause_start": "2026-08-01", "pause_end": "2026-10-01"}
    district = load_district(write_district(tmp_path, district=paused), FIRST)
    district.upload.students.change("s1", Last_name="Renamed")
    district.ingest(SECOND)
    district.wake(SECOND.timestamp() + 86_400)
    assert district.feed.events == []
    assert district.last_sync(SECOND.timestamp()) == "2026-08-31T10:10:00.000Z"


def test_an_event_of_a_school_is_found_by_the_school(district: District, api: Api) -> None:
    district.upload.schools.change("1", School_name="Renamed")
    district.ingest(SECOND)
    [school] = api.ids("/schools")
    assert types(api, school=school) == ["schools.updated"]


def test_a_copy_goes_on_with_the_same_ids(district: District) -> None:
    renamed(district, 2)
    copied = district.copy()
    copied.upload.warnings.append("mine")
    copied.info["login_methods"].append("mine")
    for one in (district, copied):
        one.upload.students.change("s1", First_name="Again")
        one.ingest(SECOND + timedelta(days=1))
    assert [e.id for e in copied.feed.events] == [e.id for e in district.feed.events]
    assert (district.upload.warnings, district.info["login_methods"]) == ([], ["Google"])
