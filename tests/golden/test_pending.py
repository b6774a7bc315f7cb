"""Who has never logged in, statement by statement."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.golden.case import ANN, BEN, CAL, DEE, M6, NOW, TIA, Case, values


@pytest.fixture
def school(case: Case) -> Case:
    """Ann and Tia are new, Ben came back two days ago, Cal has logged in, Dee has left."""
    case.given("roster.sites", {"site_id": "north", "name": "North"})
    for who, role, status, days in (
        (ANN, "student", "pending", 9),
        (BEN, "student", "pending", 99),
        (CAL, "student", "active", 9),
        (DEE, "student", "archived", 9),
        (TIA, "teacher", "pending", 1),
    ):
        person = {"user_id": who, "roles": [role], "enrollment_status": status, "first_name": "A", "last_name": "B"}
        case.given("roster.users", {**person, "site_id": "north", "first_synced_at": NOW - timedelta(days=days)})
        case.given(
            "roster.enrollments", {"section_id": M6, "user_id": who, "role": role, "status": "active", "site_id": "n"}
        )
    section = {"section_id": M6, "name": "Math", "site_id": "north", "status": "active", "student_count": 3}
    case.given("roster.sections", section)
    case.given("sync.syncs", {"sync_id": "S2", "started_at": NOW - timedelta(days=2)})
    case.given("sync.syncs", {"sync_id": "S3", "started_at": NOW})
    restored = {"entity": "users", "entity_id": BEN, "action": "restore"}
    case.given("sync.change_log", {**restored, "sync_id": "S2"}, {**restored, "sync_id": "S3", "held_by": "h1"})
    return case


def asked(**more: Any) -> dict[str, Any]:
    return {"now": NOW, "site": None, "days": -1, **more}


def test_sites(school: Case) -> None:
    columns = "site, people, pending, students, pending_students, longest_days"
    assert values(school.answer("history/pending/sites", columns, **asked())) == [("North", 4, 3, 3, 2, 9)]
    assert values(school.answer("history/pending/sites", columns, **asked(days=1))) == [("North", 4, 2, 3, 2, 9)]
    assert school.answer("history/pending/sites", **asked(site="south")) == []


def test_sections(school: Case) -> None:
    found = school.answer("history/pending/sections", "section, students, pending, longest_days", **asked(limit=5))
    assert values(found) == [("Math", 3, 2, 9)]
    assert school.answer("history/pending/sections", **asked(limit=5, days=9)) == []


def test_people(school: Case) -> None:
    columns = "user_id, name, sections, days"
    found = values(school.answer("history/pending/people", columns, **asked(limit=5)))
    assert found == [(ANN, "A B", ["Math"], 9), (BEN, "A B", ["Math"], 2), (TIA, "A B", ["Math"], 1)]
    few = school.answer("history/pending/people", "user_id", **asked(site="NORTH", days=1, limit=1))
    assert values(few) == [(ANN,)]


def test_statuses(school: Case) -> None:
    assert values(school.answer("history/pending/statuses")) == [("active", 1), ("archived", 1), ("pending", 3)]
