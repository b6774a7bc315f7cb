"""What is shared too much or too little, statement by statement."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.golden.case import ANN, BEN, CAL, M6, M7, NOW, S6, TIA, TOM, Case, Row, values

KINDS = (
    "school_not_mapped, grade_not_mapped, people_in_no_mapped_section, students_in_no_section, teachers_in_no_section, "
    "sections_without_teachers, sections_without_students, students_not_shared, teachers_not_shared"
)


@pytest.fixture
def school(case: Case) -> Case:
    """North has a section with a course (Tia teaches Ann), one without (Tom teaches Ben); Cal is in none."""
    case.given("roster.sites", synced("north", "North"), {**synced("west", "West"), "enrollment_source": "manual"})
    for who, clever, role, grade in (
        (ANN, "ann", "student", "6"),
        (BEN, "ben", "student", "7"),
        (CAL, "cal", "student", "6"),
        (TIA, "tia", "teacher", None),
        (TOM, "tom", "teacher", None),
    ):
        person: Row = {"user_id": who, "clever_id": clever, "roles": [role], "site_id": "north", "grade": grade}
        case.given("roster.users", {**person, "sis_id": f"8-{clever}", "enrollment_status": "pending"})
    for section, clever, visible in ((M6, "m6", True), (M7, "m7", False)):
        case.given("roster.sections", classroom(section, clever, visible))
    for section, who, role in ((M6, ANN, "student"), (M6, TIA, "teacher"), (M7, BEN, "student"), (M7, TOM, "teacher")):
        case.given("roster.enrollments", {"section_id": section, "user_id": who, "role": role, "status": "active"})
    return case


def synced(site: str, name: str) -> Row:
    return {
        "site_id": site,
        "name": name,
        "enrollment_source": "clever",
        "status": "confirmed",
        "confirmed_at": NOW,
    }


def classroom(section: str, clever: str, visible: bool, students: int = 1, teachers: int = 1) -> Row:
    counts = {"student_count": students, "teacher_count": teachers}
    return {
        "section_id": section,
        "clever_id": clever,
        "site_id": "north",
        "status": "active",
        "visible": visible,
        "sis_id": f"9-{clever}",
        **counts,
    }


def test_findings(school: Case) -> None:
    school.given("roster.sections", classroom(S6, "s6", False, 0, 0))
    school.given("sync.not_shared", {"site_id": "north", "section": "m6", "clever_id": "zoe", "role": "student"})
    columns = "finding, coalesce(clever_id, grade), sis_id, section_sis_id, people, covered"
    assert values(school.view("history/sharing/findings", columns)) == [
        ("grade_not_mapped", "7", None, None, 1, False),
        ("people_in_no_mapped_section", "ben", "8-ben", None, 1, True),
        ("people_in_no_mapped_section", "tom", "8-tom", None, 1, False),
        ("sections_without_students", "s6", "9-s6", None, 0, False),
        ("sections_without_teachers", "s6", "9-s6", None, 0, False),
        ("students_in_no_section", "cal", "8-cal", None, 1, False),
        ("students_not_shared", "zoe", None, "9-m6", 1, False),
    ]


def test_a_lack_is_told_against_the_last_seven_syncs(case: Case) -> None:
    """Not of a manual site, of which nothing is taken."""
    case.given("roster.sites", synced("north", "North"), {"site_id": "west", "enrollment_source": "manual"})
    for n, students in ((1, 100), (2, 10)):
        case.given("sync.sharing", {"sync_id": f"S{n}", "site_id": "west", "students": students})
    for n, students in ((1, 900), (2, 100), (8, 95), (9, 88)):
        case.given("sync.syncs", {"sync_id": f"S{n}", "sync_no": n})
        case.given("sync.sharing", {"sync_id": f"S{n}", "site_id": "north", "students": students, "sections": n})
    for n in (3, 4, 5, 6):
        case.given("sync.syncs", {"sync_id": f"S{n}", "sync_no": n})
        case.given("sync.sharing", {"sync_id": f"S{n}", "site_id": "north", "students": 90, "sections": 9})
    columns = "finding, entity, people"
    assert case.view("history/sharing/findings", columns) == [], "nobody has left"
    for n in range(15):
        who = f"{n:08}-0000-8000-8000-000000000000"
        case.given("roster.users", {"user_id": who, "roles": ["student"]})
        left = ("user_sites",) if n == 14 else ("users", "user_sites")
        for entity in left:
            entity_id, since = (who if entity == "users" else f"{who}/north"), "S2" if n == 13 else "S9"
            row = {"sync_id": since, "entity": entity, "entity_id": entity_id, "site_id": "north", "action": "archive"}
            case.given("sync.change_log", row, {**row, "held_by": "h"})
    assert values(case.view("history/sharing/findings", columns)) == [("sudden_lack", "students", 12)]


def test_a_section_that_is_over_or_elsewhere_is_no_lack(case: Case) -> None:
    case.given("roster.sites", synced("north", "North"))
    for n, sections in ((1, 30), (2, 10)):
        case.given("sync.syncs", {"sync_id": f"S{n}", "sync_no": n})
        case.given("sync.sharing", {"sync_id": f"S{n}", "site_id": "north", "sections": sections})
    log: Row = {"sync_id": "S2", "entity": "sections", "site_id": "north"}
    for n in range(20):
        action = "conclude" if n < 10 else "update" if n < 13 else "archive"
        case.given("sync.change_log", {**log, "entity_id": f"s{n}", "action": action})
    found = case.view("history/sharing/findings", "finding, entity, people")
    assert values(found) == [("sudden_lack", "sections", 7)]


def test_who_is_not_shared_in_several_sections_is_one_person(case: Case) -> None:
    case.given("roster.sites", synced("north", "North"))
    for section in ("m6", "m7"):
        case.given("sync.not_shared", {"site_id": "north", "section": section, "clever_id": "zoe", "role": "student"})
    case.view("history/sharing/findings", "finding")
    counted = case.answer("history/sharing/counts", "finding, found, people", site=None)
    assert values(counted) == [("students_not_shared", 2, 1)]


def test_what_a_sync_found_is_remembered(school: Case) -> None:
    """Of a manual site too: nothing of that is taken."""
    school.given("roster.sites", synced("south", "South"))
    shared = (("student", "north"), ("teacher", "north"), ("student", "south"), ("student", "west"))
    for n, (role, site) in enumerate(shared):
        school.given("staging.users", {"user_n": n, "roles": [role]})
        school.given("staging.user_sites", {"user_n": n, "site_id": site})
    school.given("staging.sections", {"site_id": "north"})
    found = school.change(
        "history/sharing/remember",
        f"sync_id, students, teachers, sections, {KINDS}",
        sync_id="S2",
        sites=["north", "west"],
    )
    assert values(found) == [("S2", 1, 0, 0, *9 * [0]), ("S2", 1, 1, 1, 0, 1, 2, 1, 0, 0, 0, 0, 0)]


def test_what_pruned_syncs_found_is_forgotten(case: Case) -> None:
    case.given("sync.syncs", {"sync_id": "S1", "pruned_at": NOW}, {"sync_id": "S2"})
    case.given("sync.sharing", {"sync_id": "S1"}, {"sync_id": "S2"})
    assert values(case.change("history/forget_sharing", "sync_id")) == [("S2",)]


def test_whom_a_section_lists_and_nobody_shares(case: Case) -> None:
    case.given("staging.users", {"user_n": 1, "clever_id": "ann"})
    # Row numbers of the list are the sections' numbers.
    case.given("staging.section_records", {"students": ["ann", "zoe", "zoe", ""], "teachers": ["zed"]})
    case.given("staging.section_records", {"students": ["ann"], "teachers": ["not looked at"]})
    case.given("staging.memberships", {"section_n": 0, "user_n": None}, {"section_n": 1, "user_n": 1})
    assert values(case.make("staging/not_shared", "section_n, clever_id, role")) == [
        (0, "zed", "teacher"),
        (0, "zoe", "student"),
    ]


def test_who_is_not_shared_is_kept_for_the_sites_of_the_sync(case: Case) -> None:
    case.given("roster.sites", synced("north", "North"), synced("south", "South"), {"site_id": "new"})
    for n, site in enumerate(("north", "south", "new")):
        case.given("staging.sections", {"section_n": n, "clever_id": f"in {site}", "site_id": site})
        case.given("staging.not_shared", {"section_n": n, "clever_id": "zoe", "role": "student"})
    kept = case.change("history/sharing/keep_not_shared", "section, clever_id, role", sites=["north"])
    assert values(kept) == [("in north", "zoe", "student")]
    case.given("sync.not_shared", {"site_id": "south", "section": "old"})
    assert values(case.change("history/sharing/forget_not_shared", "section", sites=["south"])) == [("in north",)]
    assert values(case.change("history/sharing/keep_not_shared", "section", sites=[])) == [
        ("in north",),
        ("in north",),
        ("in south",),
    ]
    assert case.change("history/sharing/forget_not_shared", "section", sites=[]) == []


def test_findings_are_counted_and_listed(school: Case) -> None:
    counted = school.answer("history/sharing/counts", "site, finding, found, people, covered", site="NORTH")
    assert values(counted) == [
        ("North", "grade_not_mapped", 1, 1, 0),
        ("North", "people_in_no_mapped_section", 2, 2, 1),
        ("North", "students_in_no_section", 1, 1, 0),
    ]
    listed = school.answer("history/sharing/list", "finding, clever_id, sis_id", site="north")
    assert values(listed) == [
        ("grade_not_mapped", None, None),
        ("people_in_no_mapped_section", "tom", "8-tom"),
        ("students_in_no_section", "cal", "8-cal"),
    ]
    assert school.answer("history/sharing/list", site="west") == []


def test_the_trend_is_that_of_the_last_syncs_of_each_site(case: Case) -> None:
    case.given("roster.sites", {"site_id": "north", "name": "North"})
    for n in (1, 2, 3):
        case.given("sync.syncs", {"sync_id": f"S{n}", "sync_no": n, "started_at": NOW + timedelta(days=n)})
        case.given("sync.sharing", {"sync_id": f"S{n}", "site_id": "north" if n != 2 else "gone", "students": n})
    columns = "site, site_id, started_at, sync_id, students"
    assert values(case.answer("history/sharing/trend", columns, site=None, limit=1)) == [
        ("North", "north", NOW + timedelta(days=3), "S3", 3),
        (None, "gone", NOW + timedelta(days=2), "S2", 2),
    ]
    assert len(case.answer("history/sharing/trend", site="north", limit=7)) == 2
