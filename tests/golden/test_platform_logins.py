"""The logins that the platform's database tells of, statement by statement."""

from __future__ import annotations

from datetime import timedelta

from tests.golden.case import ANN, NOW, Case, values


def test_they_are_read_from_a_file(case: Case) -> None:
    file = case.file({"who": "Ann@school.example", "first_login_at": NOW.isoformat()})
    assert values(case.make("mapping/input/platform_logins", "*", file=file)) == [("Ann@school.example", NOW)]


def test_they_are_the_logins_of_people_that_the_file_is_silent_about(case: Case) -> None:
    for clever_id, email in (("ann", "A@b.example"), ("ben", "one@b.example"), ("cal", "one@b.example")):
        case.given("staging.users", {"clever_id": clever_id, "email": email})
    case.given("input.logins", {"user_id": "dee", "first_login_at": NOW, "line": 2})
    for who, days in (("a@B.example", 3), ("ANN", 5), ("dee", 9), ("one@b.example", 1), (ANN.upper(), 2)):
        case.given("input.platform_logins", {"who": who, "first_login_at": NOW - timedelta(days=days)})
    columns = "user_id, platform_id IS NOT NULL, first_login_at, line"
    assert values(case.change("mapping/input/logins_of_platform", columns)) == [
        (ANN, True, NOW - timedelta(days=2), None),
        ("ann", False, NOW - timedelta(days=5), None),
        ("dee", False, NOW, 2),
        ("one@b.example", False, NOW - timedelta(days=1), None),
    ]


def test_those_of_nobody_and_of_several_are_counted(case: Case) -> None:
    case.given("roster.users", {"user_id": ANN, "clever_id": "gone"})
    for clever_id in ("ben", "cal"):
        case.given("staging.users", {"clever_id": clever_id, "email": "One@b.example"})
    for who in ("GONE", ANN.upper(), "Ben", "nobody", "nobody@b.example", "one@b.example"):
        case.given("input.platform_logins", {"who": who})
    found = values(case.make("mapping/input/platform_issues", "code, message"))
    assert [(code, message.split()[0]) for code, message in found] == [
        ("platform_logins_ambiguous", "1"),
        ("platform_logins_of_nobody", "2"),
    ]


def test_without_any_nothing_is_told(case: Case) -> None:
    assert case.make("mapping/input/platform_issues", "code") == []
