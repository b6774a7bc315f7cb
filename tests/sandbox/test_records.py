"""From rows to records: who is one person, what is one course or term, and what keeps its id."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clever_sandbox.district.district import District
from clever_sandbox.district.load import load_district
from clever_sandbox.district.tables import decode

from .districts import ENROLLMENT, SCHOOL, SECTION, STAFF, STUDENT, TEACHER, write_district

Json = dict[str, Any]

TWO_SCHOOLS = [SCHOOL, {"School_id": "2", "School_name": "Two", "School_number": "2"}]


def records(district: District, kind: Any) -> list[Json]:
    return [district.tables[kind][record_id].data() for record_id in district.tables[kind].ids]


def users(district: District, role: str) -> list[Json]:
    return [user for user in records(district, "users") if role in user["roles"]]


def school_ids(district: District) -> dict[str, str]:
    return {school["sis_id"]: school["id"] for school in records(district, "schools")}


# --- students and contacts ---------------------------------------------------------------------------


def test_a_student_copies_and_completes_its_cells(tmp_path: Path) -> None:
    cells = {"Student_number": "17", "State_id": "S9", "Student_zip": "95001", "Student_email": "s@example.org"}
    [user] = users(load_district(write_district(tmp_path, students=[STUDENT | cells])), "student")
    student = user["roles"]["student"]
    assert user["email"] == student["email"] == "s@example.org"
    assert {k: student[k] for k in ("sis_id", "student_number", "state_id")} == {
        "sis_id": "s1",
        "student_number": "17",
        "state_id": "S9",
    }
    assert student["location"] == {"address": "", "city": "", "state": "", "zip": "95001"}
    assert (student["graduation_year"], student["enrollments"]) == ("", [])
    assert not {"dob", "legacy_id", "ext", "ell_status"} & student.keys()
    assert "middle" not in user["name"]


def test_several_rows_of_a_student_are_one_user_whose_first_school_is_where_most_sections_are(tmp_path: Path) -> None:
    there = STUDENT | {"School_id": "2", "Frl_status": "Paid"}
    sections = [SECTION, *(SECTION | {"School_id": "2", "Section_id": f"c{n}"} for n in (2, 3))]
    seats = [ENROLLMENT, *(ENROLLMENT | {"School_id": "2", "Section_id": f"c{n}"} for n in (2, 3))]
    for rows in ([STUDENT, there, there], [there, STUDENT]):
        folder = write_district(tmp_path, schools=TWO_SCHOOLS, students=rows, sections=sections, enrollments=seats)
        district = load_district(folder)
        [user] = users(district, "student")
        assert b'"frl_status":"Paid"' in district.tables["users"][user["id"]].body_with_more()
        ids = school_ids(district)
        assert user["roles"]["student"]["school"] == ids["2"]
        assert user["roles"]["student"]["schools"] == sorted(ids.values())


def test_schools_are_the_primary_one_and_every_one_with_a_section_sorted_by_id(tmp_path: Path) -> None:
    """Also where only sections say so: a line names one school, and people go to more."""
    other = SCHOOL | {"School_id": "2", "School_name": "Two", "School_number": "2"}
    sections = [SECTION, SECTION | {"School_id": "2", "Section_id": "c2"}]
    seats = [ENROLLMENT | {"School_id": "2", "Section_id": "c2"}]
    district = load_district(write_district(tmp_path, schools=[SCHOOL, other], sections=sections, enrollments=seats))
    ids = school_ids(district)
    for role in ("student", "teacher"):
        [user] = users(district, role)
        assert user["roles"][role]["school"] == ids["1"]
        assert user["roles"][role]["schools"] == sorted(ids.values())
        assert district.tables["users"].having("school", ids["2"]).count(user["id"]) == 1


def test_what_clever_does_not_know_is_not_there(tmp_path: Path) -> None:
    parent = {"Contact_name": "P Q", "Contact_email": "p@example.org"}
    lines = [STUDENT | parent | {"Ell_status": "Y"}, STUDENT | {"Student_id": "s2"}]
    district = load_district(write_district(tmp_path, students=lines))
    [contact] = users(district, "contact")
    assert "legacy_id" not in contact["roles"]["contact"]
    ell = {u["roles"]["student"]["sis_id"]: u["roles"]["student"].get("ell_status") for u in users(district, "student")}
    assert ell == {"s1": "Y", "s2": None}
    [teacher] = users(district, "teacher")
    assert "ext" not in teacher["roles"]["teacher"]
    assert not {"pause_start", "pause_end", "last_attendance_sync"} & district.info.keys()


def test_an_unknown_disability_is_no_empty_word(demo: District) -> None:
    merged = (decode(demo.tables["users"][user].body_with_more()) for user in demo.tables["users"].ids)
    students = (user["roles"]["student"] for user in merged if "student" in user["roles"])
    known = [student["disability"] for student in students if "disability" in student]
    assert known
    assert all("" not in disability.values() for disability in known)


def test_identical_contacts_of_two_students_are_one(tmp_path: Path) -> None:
    parent = {"Contact_name": "P Q", "Contact_type": "Mother", "Contact_phone": "343-983-4279"}
    rows = [STUDENT | parent, STUDENT | parent | {"Student_id": "s2"}]
    [user] = users(load_district(write_district(tmp_path, students=rows)), "contact")
    contact = user["roles"]["contact"]
    assert user["name"] == {"last": "P Q"}
    assert (contact["phone"], contact["phone_type"], contact["sis_id"]) == ("(343) 983-4279", "Other", "")
    assert len(contact["student_relationships"]) == 2
    assert {tie["type"] for tie in contact["student_relationships"]} == {"Parent/Guardian"}


def test_a_contacts_id_hangs_on_sis_id_else_email_else_phone(tmp_path: Path) -> None:
    def contact_id(at: str, **cells: str) -> str:
        row = STUDENT | {"Contact_name": "P Q"} | cells
        [user] = users(load_district(write_district(tmp_path / at, students=[row])), "contact")
        return str(user["id"])

    with_id = contact_id("a", Contact_sis_id="c", Contact_email="p@example.org")
    assert contact_id("b", Contact_sis_id="c", Contact_email="other@example.org") == with_id
    by_email = contact_id("c", Contact_email="p@example.org", Contact_phone="343-983-4279")
    assert contact_id("d", Contact_email="p@example.org", Contact_phone="343-983-4280") == by_email
    by_phone = contact_id("e", Contact_phone="343-983-4279", Contact_type="Mother")
    assert contact_id("f", Contact_phone="343-983-4279", Contact_type="Aunt") == by_phone
    by_ties = contact_id("g", Contact_type="Mother")
    assert contact_id("h", Contact_type="Aunt") != by_ties
    assert len({with_id, by_email, by_phone, by_ties}) == 4


# --- employees ---------------------------------------------------------------------------------------


def test_teacher_staff_and_admin_with_one_email_are_one_user(tmp_path: Path) -> None:
    teacher = TEACHER | {"Teacher_email": "Boss@example.org"}
    staff = STAFF | {"Staff_email": "boss@example.org", "Role": "STL"}
    [user] = users(load_district(write_district(tmp_path, teachers=[teacher], staff=[staff])), "staff")
    assert set(user["roles"]) == {"teacher", "staff", "district_admin"}
    assert "school" not in user["roles"]["staff"]
    assert user["roles"]["staff"]["roles"] == ["SchoolTechLead"]
    assert len({role["legacy_id"] for role in user["roles"].values()}) == 3


def test_students_and_contacts_never_merge_with_employees(tmp_path: Path) -> None:
    student = STUDENT | {"Student_email": "t@example.org", "Contact_name": "T", "Contact_email": "t@example.org"}
    district = load_district(write_district(tmp_path, students=[student], staff=[STAFF]))
    assert sorted(list(user["roles"]) for user in records(district, "users")) == [
        ["contact"],
        ["district_admin"],
        ["student"],
        ["teacher", "staff"],
    ]


def test_two_teachers_with_one_mailbox_stay_two(tmp_path: Path) -> None:
    teachers = [TEACHER, TEACHER | {"Teacher_id": "t2"}]
    found = users(load_district(write_district(tmp_path, teachers=teachers)), "teacher")
    assert {user["roles"]["teacher"]["sis_id"] for user in found} == {"t1", "t2"}
    assert len({user["id"] for user in found}) == 2


def test_employees_without_email_do_not_merge(tmp_path: Path) -> None:
    district = load_district(
        write_district(tmp_path, teachers=[TEACHER | {"Teacher_email": ""}], staff=[STAFF | {"Staff_email": ""}])
    )
    [teacher], [staff] = users(district, "teacher"), users(district, "staff")
    assert teacher["id"] != staff["id"]
    assert "email" not in teacher


# --- sections, courses, terms ------------------------------------------------------------------------


def test_a_section_is_named_and_staffed_as_clever_does_it(tmp_path: Path) -> None:
    teachers = [TEACHER, TEACHER | {"Teacher_id": "t2", "Teacher_email": "u@example.org", "Last_name": "Second"}]
    sections = [SECTION | {"Name": "Room 1", "Teacher_id": "t2", "Teacher_2_id": "t1", "Grade": "0"}]
    district = load_district(write_district(tmp_path, teachers=teachers, sections=sections))
    [section] = records(district, "sections")
    by_sis = {user["roles"]["teacher"]["sis_id"]: user["id"] for user in users(district, "teacher")}
    assert section["name"] == "Math - Second - 2"
    assert section["teachers"] == [by_sis["t2"], by_sis["t1"]]
    assert section["teacher"] == by_sis["t2"]
    assert (section["grade"], section["subject"], section["section_number"]) == ("Kindergarten", "math", "")
    assert section["students"] == [users(district, "student")[0]["id"]]
    assert "term_id" not in section


def test_courses_and_terms_are_distinct_in_the_district_not_per_school(tmp_path: Path) -> None:
    year = {"Term_name": "Y1", "Term_start": "2026-08-10", "Term_end": "6/4/2027"}
    sections = [
        SECTION | year | {"Section_id": "a", "Course_number": "1"},
        SECTION | year | {"Section_id": "b", "Course_number": "1", "School_id": "2", "Term_end": "2027-06-04"},
        SECTION | year | {"Section_id": "c", "Course_number": "2", "Term_end": ""},
        SECTION | {"Section_id": "d", "Course_name": "", "Name": "Own name", "Term_name": ""},
    ]
    district = load_district(
        write_district(tmp_path, schools=TWO_SCHOOLS, sections=sections, enrollments=[ENROLLMENT | {"Section_id": "a"}])
    )
    found = {section["sis_id"]: section for section in records(district, "sections")}
    assert found["a"]["course"] == found["b"]["course"] != found["c"]["course"]
    assert found["a"]["term_id"] == found["b"]["term_id"] != found["c"]["term_id"]
    assert not {"course", "term_id"} & found["d"].keys()
    assert found["d"]["name"] == "Own name"
    assert {(c["name"], c["number"]) for c in records(district, "courses")} == {("Math", "1"), ("Math", "2")}
    assert {(t["start_date"], t.get("end_date")) for t in records(district, "terms")} == {
        ("2026-08-10", "2027-06-04"),
        ("2026-08-10", None),
    }


# --- ids ---------------------------------------------------------------------------------------------

SIS_IDS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=90)


def people(count: list[str]) -> dict[str, Any]:
    return {
        "students": [STUDENT | {"Student_id": sis, "Grade": str(n % 13)} for n, sis in enumerate(count)],
        "sections": [SECTION | {"Section_id": sis} for sis in count],
        "enrollments": [
            ENROLLMENT | {"Section_id": a, "Student_id": b} for a in count for b in count if len(a) <= len(b)
        ]
        or [ENROLLMENT | {"Section_id": count[0], "Student_id": count[0]}],
    }


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sis_ids=st.lists(SIS_IDS, min_size=2, max_size=8, unique=True))
def test_nobody_elses_row_changes_an_id(tmp_path: Path, sis_ids: list[str]) -> None:
    whole = load_district(write_district(tmp_path, **people(sis_ids)))
    part = load_district(write_district(tmp_path, **people(sis_ids[: len(sis_ids) // 2 + 1])))
    for kind in ("users", "sections"):
        assert set(part.tables[kind].ids) <= set(whole.tables[kind].ids)
    assert {s["roles"]["student"]["sis_id"] for s in users(whole, "student")} == set(sis_ids)
    assert {s["sis_id"] for s in records(whole, "sections")} == set(sis_ids)
    assert all(len(table) == len(set(table.ids)) for table in whole.tables.values())


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pairs=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=30))
def test_a_section_has_exactly_the_students_that_are_enrolled_each_once(
    tmp_path: Path, pairs: list[tuple[int, int]]
) -> None:
    rows = [ENROLLMENT | {"Section_id": f"c{a}", "Student_id": f"s{b}"} for a, b in pairs]
    district = load_district(
        write_district(
            tmp_path,
            students=[STUDENT | {"Student_id": f"s{n}"} for n in range(5)],
            sections=[SECTION | {"Section_id": f"c{n}"} for n in range(5)],
            enrollments=rows,
        )
    )
    sis = {user["id"]: user["roles"]["student"]["sis_id"] for user in users(district, "student")}
    seen = [(s["sis_id"], sis[student]) for s in records(district, "sections") for student in s["students"]]
    assert len(seen) == len(set(seen))
    assert set(seen) == {(f"c{a}", f"s{b}") for a, b in pairs}
