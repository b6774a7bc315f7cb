"""The demo district looks like life: each oddity that it must have, asserted on the API's answers."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable
from itertools import combinations
from typing import Any

import pytest

from clever_sandbox.district.ids import slug
from roster_pipeline.config import DEMO

from .api import Api, Records

Json = dict[str, Any]
TODAY = "2026-11-23"


@pytest.fixture(scope="module")
def users(api: Api) -> Records:
    return api.all("/users")


@pytest.fixture(scope="module")
def sections(api: Api) -> Records:
    return api.all("/sections")


def having(users: Iterable[Json], role: str) -> Records:
    return Records(user for user in users if role in user["roles"])


def test_its_size(api: Api, users: Records, sections: Records) -> None:
    assert len(api.all("/schools")) == 5
    assert (len(having(users, "student")), len(having(users, "teacher")), len(sections)) == (1000, 80, 380)
    assert len(having(users, "contact")) > 200
    assert len(having(users, "district_admin")) == 1
    [district] = api.all("/districts")
    assert slug(district["name"]) == "riverbend-usd"


def test_two_terms_and_neither_is_over(api: Api) -> None:
    terms = {term["name"]: term for term in api.all("/terms")}
    assert terms.keys() == {"Y1", "S1"}
    assert all(term["start_date"] < TODAY < term["end_date"] for term in terms.values())


def test_every_section_has_students_a_term_and_a_course(sections: Records) -> None:
    assert all(section["students"] and section["course"] and section["term_id"] for section in sections)
    assert 5 <= sum(len(section["students"]) for section in sections) / len(sections) <= 30


def test_co_teachers_up_to_three(sections: Records) -> None:
    number = Counter(len(section["teachers"]) for section in sections)
    assert number[2] >= 10
    assert number[3] >= 1
    assert all(section["teachers"][0] == section["teacher"] for section in sections)


def test_students_in_two_schools_have_sections_in_both(users: Records, sections: Records) -> None:
    twice = {
        u["id"]: u["roles"]["student"] for u in having(users, "student") if len(u["roles"]["student"]["schools"]) == 2
    }
    assert len(twice) >= 20
    assert all(student["school"] in student["schools"] == sorted(student["schools"]) for student in twice.values())
    attended: dict[str, set[str]] = {}
    for section in sections:
        for student in section["students"]:
            attended.setdefault(student, set()).add(section["school"])
    assert all(attended[student] == set(role["schools"]) for student, role in twice.items())


def test_somebody_teaches_and_is_staff_and_is_one_user(users: Records) -> None:
    assert sum({"teacher", "staff"} <= user["roles"].keys() for user in users) == 1


def test_a_teacher_and_a_staff_member_work_at_two_schools(users: Records) -> None:
    for role in ("teacher", "staff"):
        assert any(len(user["roles"][role]["schools"]) == 2 for user in having(users, role))


def test_people_without_email(users: Records) -> None:
    without = Records(user for user in users if "email" not in user)
    assert len(having(without, "student")) >= 100
    assert len(having(without, "teacher")) == 1
    assert having(without, "contact")


def test_a_parent_who_teaches_is_two_users_with_one_email(users: Records) -> None:
    emails = {user["email"] for user in having(users, "teacher") if "email" in user}
    assert sum(user.get("email") in emails for user in having(users, "contact")) == 1


def test_teachers_without_a_section(users: Records, sections: Records) -> None:
    teaching = {teacher for section in sections for teacher in section["teachers"]}
    assert 1 <= sum(user["id"] not in teaching for user in having(users, "teacher")) <= 8


def test_two_students_of_one_grade_and_school_have_one_name(users: Records) -> None:
    students = having(users, "student")
    same = Counter(
        (u["name"]["first"], u["name"]["last"], u["roles"]["student"]["school"], u["roles"]["student"]["grade"])
        for u in students
    )
    assert max(same.values()) >= 2


def test_sections_with_the_same_name(sections: Records) -> None:
    assert len({section["name"] for section in sections}) < len(sections)


def test_names_beyond_ascii(users: Records) -> None:
    assert sum(not "".join(user["name"].values()).isascii() for user in users) >= 20


@pytest.mark.parametrize("length", [1, 78])
def test_very_short_and_very_long_sis_ids(users: Records, sections: Records, length: int) -> None:
    assert any(len(section["sis_id"]) == length and section["sis_id"].isdigit() for section in sections)
    assert any(len(user["roles"]["student"]["sis_id"]) == length for user in having(users, "student"))


def test_contacts_have_no_first_name_and_siblings_share_one(users: Records) -> None:
    contacts = having(users, "contact")
    assert all(user["name"].keys() == {"last"} for user in contacts)
    assert any(len(user["roles"]["contact"]["student_relationships"]) > 1 for user in contacts)
    assert any(user["roles"]["contact"]["phone"] == "" for user in contacts)


def rows(name: str) -> list[dict[str, str]]:
    with (DEMO / name).open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def test_the_school_that_is_not_on_clever_has_people_of_its_own_and_shares_some(users: Records) -> None:
    [site] = rows("sites.csv")
    assert (site["district"], site["enrollment_source"]) == ("riverbend-usd", "manual")
    students = [user["roles"]["student"] for user in having(users, "student")]
    assert sum(student["schools"] == [site["site_id"]] for student in students) >= 10
    assert any(site["site_id"] in student["schools"][1:] for student in students)
    teachers = [user["roles"]["teacher"] for user in having(users, "teacher")]
    assert any(teacher["schools"] == [site["site_id"]] for teacher in teachers)


def test_the_catalog() -> None:
    courses = rows("courses.csv")
    assert len(courses) == len({course["course_id"] for course in courses}) == 40
    assert len({course["subject"] for course in courses}) == 6
    assert {course["active"] for course in courses} == {"true", "false"}
    assert {"course_id": "math-6", "subject": "Math", "title": "Math 6", "grade": "6", "active": "true"} in courses


def test_most_sections_are_mapped_some_twice_some_by_a_rule_some_not(api: Api, sections: Records) -> None:
    courses = {course["course_id"]: course for course in rows("courses.csv")}
    clever_courses = {course["id"]: course["name"] for course in api.all("/courses")}
    [manual] = [row["site_id"] for row in rows("sites.csv")]
    here = {section["id"]: section for section in sections if section["school"] != manual}
    mapped: dict[str, list[str]] = {}
    for row in rows("section_courses.csv"):
        mapped.setdefault(row["section_id"], []).append(row["course_id"])
        assert courses[row["course_id"]]["active"] == "true"
    assert mapped.keys() <= here.keys()
    assert all(len(set(found)) == len(found) for found in mapped.values())
    assert sum(len(found) == 2 for found in mapped.values()) >= 3

    def matches(rule: dict[str, str], section: Json) -> bool:
        seen = {
            "subject": section["subject"],
            "grade": section["grade"],
            "clever_course": clever_courses[section["course"]],
        }
        return all(not rule[field] or rule[field].lower() == value.lower() for field, value in seen.items())

    by_rule = {
        rule["rule_id"]: [i for i, section in here.items() if i not in mapped and matches(rule, section)]
        for rule in rows("mapping_rules.csv")
    }
    assert len(by_rule) == 3
    assert all(by_rule.values())
    assert not any(set(a) & set(b) for a, b in combinations(by_rule.values(), 2))
    reached = len(mapped) + sum(map(len, by_rule.values()))
    assert 0.6 < len(mapped) / len(here) < reached / len(here) < 0.95


def test_the_mapping_means_the_same_grade(sections: Records) -> None:
    grades = {section["id"]: section["grade"] for section in sections}
    courses = {course["course_id"]: course["grade"] for course in rows("courses.csv")}
    pairs = [(grades[row["section_id"]], courses[row["course_id"]]) for row in rows("section_courses.csv")]
    graded = [(section, course) for section, course in pairs if course]
    assert sum(section == course for section, course in graded) > 0.9 * len(graded) > 80


def test_who_has_logged_in(users: Records) -> None:
    [manual] = [row["site_id"] for row in rows("sites.csv")]
    logins = {row["user_id"]: row["first_login_at"] for row in rows("logins.csv")}
    students = {u["id"] for u in having(users, "student") if u["roles"]["student"]["school"] != manual}
    teachers = {u["id"] for u in having(users, "teacher") if u["roles"]["teacher"]["school"] != manual}
    assert logins.keys() <= students | teachers
    assert 0.55 < len(logins.keys() & students) / len(students) < 0.65
    assert 0.8 < len(logins.keys() & teachers) / len(teachers) < 1
    assert all("2026-08-10T" <= moment < TODAY for moment in logins.values())
