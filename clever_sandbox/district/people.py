"""Users: students, the employees that an e-mail address merges, and contacts.

Belongs here: which rows are one person, and that person's API record. Does not belong here: classes
(`load`), the spelling of a single value (`values`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import msgspec

from clever_sandbox.district import values
from clever_sandbox.district.csv_files import Row
from clever_sandbox.district.ids import clever_id, created_and_modified, share
from clever_sandbox.district.tables import Json, Record, record

STUDENTS = ("School_id", "Student_id", "Last_name", "First_name")
TEACHERS = ("School_id", "Teacher_id", "Last_name", "First_name")
STAFF = ("School_id", "Staff_id", "Staff_email", "First_name", "Last_name")

_TECH_LEAD = ("School Tech Lead", "STL")


class Name(msgspec.Struct, frozen=True):
    first: str
    last: str


class Contact(msgspec.Struct, frozen=True):
    """The district's contact person, as district.json gives it."""

    name: Name
    email: str = ""
    title: str = ""


class Admin(msgspec.Struct, frozen=True):
    """A district administrator; no CSV file carries them any more."""

    email: str
    name: Name
    title: str = ""


@dataclass(frozen=True)
class Teacher:
    """What a section needs of its teacher."""

    id: str
    last_name: str


@dataclass
class People:
    """Everybody in a district, with the sis_ids by which sections and enrollments refer to them."""

    students: dict[str, Record] = field(default_factory=dict)
    teachers: dict[str, Teacher] = field(default_factory=dict)
    others: list[Record] = field(default_factory=list)

    @property
    def records(self) -> Iterable[Record]:
        yield from self.students.values()
        yield from self.others


def load(
    district: str,
    schools: Mapping[str, str],
    *,
    students: Iterable[Row],
    teachers: Iterable[Row],
    staff: Iterable[Row],
    admins: Iterable[Admin],
) -> People:
    """All users of a district. `schools` maps School_id to Clever id."""
    people = People()
    contacts: dict[tuple[str, ...], Json] = {}
    for row in students:
        student = _read_student(district, row, schools, people.students)
        if row["Contact_name"]:
            _add_contact(district, row, student, contacts)
    people.others.extend(_user(contact) for contact in contacts.values())

    employees = _Employees(district)
    by_teacher = _grouped(teachers, "Teacher_id", schools)
    for sis_id, (row, taught_at) in sorted(by_teacher.items()):
        person = employees.add("teacher", sis_id, row["Teacher_email"], _name(row), _teacher(row, taught_at))
        people.teachers[sis_id] = Teacher(person, row["Last_name"])
    for sis_id, (row, works_at) in sorted(_grouped(staff, "Staff_id", schools).items()):
        employees.add("staff", sis_id, row["Staff_email"], _name(row), _staff(row, works_at))
    for admin in admins:
        name = {"first": admin.name.first, "last": admin.name.last}
        employees.add("district_admin", admin.email, admin.email, name, {"title": admin.title})
    people.others.extend(_user(person) for person in employees.found.values())
    return people


def _user(data: Json) -> Record:
    synced = share(data["id"], 4)
    return record("users", data, {"lms_status": {"synced_in_lms": synced == 0}} if synced < 2 else None)


def _common(district: str, user_id: str, email: str, name: Json) -> Json:
    """The part of a user that every role has; who has no e-mail has no key for it."""
    created, modified = created_and_modified(user_id)
    data: Json = {"id": user_id, "district": district, "name": name}
    if email:
        data["email"] = email
    return data | {"created": created, "last_modified": modified, "roles": {}}


def _name(row: Row) -> Json:
    name = {"first": row.given("First_name"), "last": row.given("Last_name")}
    if row["Middle_name"]:
        name["middle"] = row["Middle_name"]
    return name


# --- students and their contacts ---------------------------------------------------------------------


def _read_student(district: str, row: Row, schools: Mapping[str, str], found: dict[str, Record]) -> str:
    """Adds a row to `found`: several rows of one Student_id are one user, the first its primary school."""
    sis_id = row.given("Student_id")
    school = row.known("School_id", schools)
    student = found.get(sis_id)
    if student is None:
        student = found[sis_id] = _student(district, row, sis_id, school)
    elif school not in student.keys["school"]:
        data = student.data()
        data["roles"]["student"]["schools"].append(school)
        again = record("users", data)
        found[sis_id] = Record(again.id, again.body, again.keys, student.more)
    return student.id


def _student(district: str, row: Row, sis_id: str, school: str) -> Record:
    user_id = clever_id(district, "student", sis_id)
    email = row["Student_email"]
    role: Json = {
        "school": school,
        "schools": [school],
        "enrollments": [],
        "sis_id": sis_id,
        "student_number": row["Student_number"],
        "state_id": row["State_id"],
        "grade": row.value("Grade", values.grade),
        "gender": row.value("Gender", values.gender),
        "race": row.value("Race", values.race),
        "hispanic_ethnicity": row.value("Hispanic_Latino", values.yes_no),
        "ell_status": row.value("Ell_status", values.yes_no),
        "graduation_year": row["Graduation_year"],
        "location": {
            "address": row["Student_street"],
            "city": row["Student_city"],
            "state": row["Student_state"],
            "zip": row["Student_zip"],
        },
        "credentials": {"district_username": row["Username"]},
        "ext": {},
    }
    if born := row.value("DOB", values.date_of_birth):
        role["dob"] = born
    if email:
        role["email"] = email  # undocumented, but the captured students carry it twice
    data = _common(district, user_id, email, _name(row))
    data["roles"] = {"student": role}
    return record("users", data, _student_more(row, user_id))


def _student_more(row: Row, user_id: str) -> Json:
    """What v3.1 adds to a student, here as in life for some of them only."""
    role: Json = {
        "frl_status": row.value("Frl_status", values.frl_status),
        "iep_status": row.value("IEP_status", values.yes_no),
    }
    if language := row["Home_language"]:
        role |= {"home_language": language, "home_language_code": values.language_code(language)}
    dice = share(user_id, 32)
    if dice < 2:
        role["preferred_name"] = {"first": row["First_name"], "middle": "", "last": row["Last_name"]}
    if dice == 2:
        role["disability"] = {"disability_status": "Y", "disability_type": "", "disability_code": ""}
    if dice < 8:
        role |= {"gifted_status": "Y" if dice == 3 else "N", "section_504_status": "N"}
    more: Json = {"roles": {"student": role}}
    return more | ({"lms_status": {"synced_in_lms": True}} if dice % 4 == 0 else {})


def _contact_key(row: Row) -> tuple[str, ...]:
    """What makes a contact the same one: its own id, else the first basis that the row allows."""
    name = row["Contact_name"]
    if row["Contact_sis_id"]:
        return ("sis_id", row["Contact_sis_id"])
    if row["Contact_email"]:
        return ("email", name, row["Contact_email"])
    if row["Contact_phone"]:
        return ("phone", name, row["Contact_phone"])
    return ("ties", name, row["Contact_type"], row["Contact_relationship"], row["Contact_phone_type"])


def _add_contact(district: str, row: Row, student: str, found: dict[tuple[str, ...], Json]) -> None:
    key = _contact_key(row)
    if key not in found:
        user_id = clever_id(district, "contact", *key)
        # The full name stands in `last`, as Clever does it.
        found[key] = _common(district, user_id, row["Contact_email"], {"last": row["Contact_name"]})
        found[key]["roles"]["contact"] = {
            "phone": values.phone(row["Contact_phone"]),
            "phone_type": row.value("Contact_phone_type", values.phone_type),
            "sis_id": row["Contact_sis_id"],
            "student_relationships": [],
            "legacy_id": clever_id(district, "legacy contact", *key),
        }
    relationship, kind = values.contact_ties(row["Contact_relationship"], row["Contact_type"])
    tie = {"student": student, "relationship": relationship, "type": kind}
    ties = found[key]["roles"]["contact"]["student_relationships"]
    if all(other["student"] != student for other in ties):
        ties.append(tie)


# --- employees ---------------------------------------------------------------------------------------


def _grouped(rows: Iterable[Row], column: str, schools: Mapping[str, str]) -> dict[str, tuple[Row, list[str]]]:
    """The first row of each id, and the schools of all its rows in their order."""
    found: dict[str, tuple[Row, list[str]]] = {}
    for row in rows:
        school = row.known("School_id", schools)
        _, at = found.setdefault(row.given(column), (row, []))
        if school not in at:
            at.append(school)
    return found


def _teacher(row: Row, schools: list[str]) -> Json:
    return {
        "school": schools[0],
        "schools": schools,
        "sis_id": row["Teacher_id"],
        "teacher_number": row["Teacher_number"],
        "state_id": row["State_teacher_id"],
        "title": row["Title"],
        "credentials": {"district_username": row["Username"]},
    }


def _staff(row: Row, schools: list[str]) -> Json:
    return {
        "schools": schools,
        "staff_id": row["Staff_id"],
        "department": row["Department"],
        "title": row["Title"],
        "roles": ["SchoolTechLead" if row["Role"] in _TECH_LEAD else "PortalOnly"],
        "credentials": {"district_username": row["Username"]},
    }


def employee_key(role: str, sis_id: str, email: str) -> tuple[str, str]:
    """What identifies an employee: the e-mail, which merges roles; without one, the role's own id."""
    return ("employee", email.casefold()) if email else (role, sis_id)


class _Employees:
    """Teachers, staff and district admins: the same e-mail is the same user, as Clever merges them."""

    def __init__(self, district: str) -> None:
        self.district = district
        self.found: dict[tuple[str, str], Json] = {}

    def add(self, role: str, sis_id: str, email: str, name: Json, fields: Json) -> str:
        """Gives a person the role and returns the user's id.

        A user has at most one role of a kind: whoever comes second with a shared mailbox is a user of
        their own, as is whoever has no e-mail.
        """
        key = employee_key(role, sis_id, email)
        if role in self.found.get(key, {"roles": ()})["roles"]:
            key = (role, sis_id)
        user_id = clever_id(self.district, *key)
        person = self.found.setdefault(key, _common(self.district, user_id, email, name))
        legacy_id = clever_id(self.district, f"legacy {role}", sis_id)
        person["roles"][role] = {**fields, "legacy_id": legacy_id}
        return user_id
