"""Users: students, the employees that an e-mail address merges, and contacts.

Belongs here: which lines are one person, and that person's API record. Does not belong here: classes (`sections`), who
is shared (`records`), the spelling of a single value (`values`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from sys import intern
from typing import ClassVar

import msgspec

from clever_sandbox.district import columns, values
from clever_sandbox.district.ids import clever_id, share
from clever_sandbox.district.profile import Admin
from clever_sandbox.district.tables import Json, Keys, lms_status, user_keys
from clever_sandbox.district.upload import Cells, Lines, school_of, unpack

_TECH_LEAD = ("School Tech Lead", "STL")
_CONTACT = slice(columns.STUDENTS.names.index("Contact_relationship"), None)
_CONTACT_NAME = columns.STUDENTS.names.index("Contact_name")
_GRADE = columns.STUDENTS.names.index("Grade")

Schools = Mapping[str, str]
"""School_id -> Clever id."""


class Places(msgspec.Struct, frozen=True):
    """Where somebody is: the primary school and all of them, in ascending order of Clever id."""

    primary: str
    schools: tuple[str, ...]


class Student(msgspec.Struct, frozen=True, gc=False):
    """A student: one of the lines at the primary school, and the schools of all lines and sections."""

    id: str
    district: str
    line: bytes
    places: Places
    dated: ClassVar[bool] = True

    @property
    def grade(self) -> str:
        return values.grade(unpack(self.line)[_GRADE])

    def keys(self) -> Keys:
        return user_keys(("student",), self.places.schools, (self.places.primary,))

    def build(self, *, whole: bool) -> Json:
        row = Lines.cells(columns.STUDENTS, self.line)
        email = row["Student_email"]
        role: Json = {
            "school": self.places.primary,
            "schools": self.places.schools,
            "enrollments": [],
            "sis_id": row["Student_id"],
            "student_number": row["Student_number"],
            "state_id": row["State_id"],
            "grade": values.grade(row["Grade"]),
            "gender": values.gender(row["Gender"]),
            "race": values.race(row["Race"]),
            "hispanic_ethnicity": values.yes_no(row["Hispanic_Latino"]),
            "graduation_year": row["Graduation_year"],
            "location": {
                "address": row["Student_street"],
                "city": row["Student_city"],
                "state": row["Student_state"],
                "zip": row["Student_zip"],
            },
            "credentials": {"district_username": row["Username"]},
        }
        if row["Ell_status"]:
            role["ell_status"] = values.yes_no(row["Ell_status"])
        if row["DOB"]:
            role["dob"] = values.date_of_birth(row["DOB"])
        if email:
            role["email"] = email  # undocumented, but the captured students carry it twice
        user = _user(self.id, self.district, email, _name(row), {"student": role})
        return _with_more(user, role, row) if whole else user


def _with_more(user: Json, role: Json, row: Cells) -> Json:
    """The user with what v3.1 adds to a student, here as in life for some of them only."""
    role["frl_status"], role["iep_status"] = values.frl_status(row["Frl_status"]), values.yes_no(row["IEP_status"])
    if language := row["Home_language"]:
        role["home_language"], role["home_language_code"] = values.home_language(language)
    dice = share(user["id"], 32)
    if dice < 2:
        role["preferred_name"] = {"first": row["First_name"], "middle": "", "last": row["Last_name"]}
    if dice == 2:
        role["disability"] = {"disability_status": "Y"}
    if dice < 8:
        role |= {"gifted_status": "Y" if dice == 3 else "N", "section_504_status": "N"}
    if dice % 4 == 0:
        user["lms_status"] = {"synced_in_lms": True}
    return user


class Tie(msgspec.Struct, frozen=True, order=True, gc=False):
    """Whose contact somebody is, and what to the student."""

    student: str
    relationship: str
    type: str


class Contact(msgspec.Struct, frozen=True, gc=False):
    """Somebody to call: lines with the same key are one contact, however many students have them."""

    id: str
    district: str
    name: str
    phone: str
    phone_type: str
    email: str
    sis_id: str
    ties: tuple[Tie, ...]
    dated: ClassVar[bool] = True

    def keys(self) -> Keys:
        return user_keys(("contact",), (), (), tuple(tie.student for tie in self.ties))

    def build(self, *, whole: bool) -> Json:
        role = {
            "phone": values.phone(self.phone),
            "phone_type": values.phone_type(self.phone_type),
            "sis_id": self.sis_id,
            "student_relationships": msgspec.to_builtins(self.ties),
        }
        # The full name stands in `last`, as Clever does it.
        user = _user(self.id, self.district, self.email, {"last": self.name}, {"contact": role})
        return user | lms_status(self.id) if whole else user


class Role(msgspec.Struct, frozen=True, gc=False):
    """One role of an employee, from a line of teachers.csv or staff.csv, or from district.json."""

    name: str
    line: bytes
    places: Places | None = None


class Employee(msgspec.Struct, frozen=True, gc=False):
    """A teacher, staff member or district admin, or several of these in one."""

    id: str
    district: str
    email: str
    roles: tuple[Role, ...]
    dated: ClassVar[bool] = True

    def keys(self) -> Keys:
        places = [role.places for role in self.roles if role.places]
        schools = dict.fromkeys(school for place in places for school in place.schools)
        primary = dict.fromkeys(role.places.primary for role in self.roles if role.places and role.name == "teacher")
        return user_keys(tuple(role.name for role in self.roles), tuple(schools), tuple(primary))

    def build(self, *, whole: bool) -> Json:
        made = [(role, *_ROLES[role.name](role)) for role in self.roles]
        roles = {
            role.name: {**fields, "legacy_id": clever_id(self.district, f"legacy {role.name}", sis_id)}
            for role, sis_id, _, fields in made
        }
        user = _user(self.id, self.district, self.email, made[0][2], roles)
        return user | lms_status(self.id) if whole else user


def _teacher(role: Role) -> tuple[str, Json, Json]:
    """The id in the SIS, the name, the fields."""
    row = Lines.cells(columns.TEACHERS, role.line)
    fields = {
        **_where(role.places),
        "sis_id": row["Teacher_id"],
        "teacher_number": row["Teacher_number"],
        "state_id": row["State_teacher_id"],
        "title": row["Title"],
        "credentials": {"district_username": row["Username"]},
    }
    return row["Teacher_id"], _name(row), fields


def _staff(role: Role) -> tuple[str, Json, Json]:
    row = Lines.cells(columns.STAFF, role.line)
    fields = {
        "schools": role.places.schools if role.places else (),
        "staff_id": row["Staff_id"],
        "department": row["Department"],
        "title": row["Title"],
        "roles": ["SchoolTechLead" if row["Role"] in _TECH_LEAD else "PortalOnly"],
        "credentials": {"district_username": row["Username"]},
    }
    return row["Staff_id"], {"first": row["First_name"], "last": row["Last_name"]}, fields


def _admin(role: Role) -> tuple[str, Json, Json]:
    admin = msgspec.msgpack.decode(role.line, type=Admin)
    return admin.email, {"first": admin.name.first, "last": admin.name.last}, {"title": admin.title}


_ROLES: dict[str, Callable[[Role], tuple[str, Json, Json]]] = {
    "teacher": _teacher,
    "staff": _staff,
    "district_admin": _admin,
}


def _where(places: Places | None) -> Json:
    return {"school": places.primary, "schools": places.schools} if places else {}


def _user(user_id: str, district: str, email: str, name: Json, roles: Json) -> Json:
    """The part of a user that every role has; who has no e-mail has no key for it."""
    with_email = {"email": email} if email else {}
    return {"id": user_id, "district": district, "name": name, **with_email, "roles": roles}


def _name(row: Cells) -> Json:
    name = {"first": row["First_name"], "last": row["Last_name"]}
    return name | ({"middle": row["Middle_name"]} if row["Middle_name"] else {})


# --- which lines are one person ----------------------------------------------------------------------


class Attendance:
    """At which schools the people of a file are: where their lines say, and where their sections are."""

    def __init__(self, lines: Lines, schools: Schools) -> None:
        self._ids = schools
        self._usual = {school: Places(found, (found,)) for school, found in schools.items()}
        self._home: dict[str, str] = {}
        self._homes: dict[str, tuple[str, ...]] = {}
        # Most people sit where their line says: only the others are counted.
        self._elsewhere: dict[str, dict[str, int]] = {}
        for person, packed in lines.packed.items():
            at = sorted({school_of(line) for line in packed})
            if len(at) == 1:
                self._home[person] = intern(at[0])
            else:
                self._homes[person] = tuple(at)

    def add(self, people: Iterable[str], school: str) -> None:
        """These have a section at a school."""
        for person in people:
            if self._home.get(person) != school:
                at = self._elsewhere.setdefault(person, {})
                at[school] = at.get(school, 0) + 1

    def places(self, person: str) -> Places:
        """The primary school is, of those that a person's lines name, the one with most of the person's sections."""
        home, at = self._home.get(person), self._elsewhere.get(person, {})
        if home and not at:
            return self._usual[home]
        homes = (home,) if home else self._homes[person]
        primary = min(homes, key=lambda school: (-at.get(school, 0), school))
        return Places(self._ids[primary], tuple(sorted({self._ids[school] for school in (*homes, *at)})))


def students(
    district: str, lines: Lines, ids: Mapping[str, str], schools: Schools, attendance: Attendance
) -> Iterator[tuple[str, Student]]:
    """Every student with the Student_id."""
    for sis_id, packed in lines.packed.items():
        places = attendance.places(sis_id)
        line = packed[0] if len(packed) == 1 else _first_at(packed, places.primary, schools)
        yield sis_id, Student(ids[sis_id], district, line, places)


def _first_at(packed: Sequence[bytes], school: str, schools: Schools) -> bytes:
    """The first line of a person at a school, whatever contact stands in it; lines have an order of their own."""
    return next(line for line in packed if schools[school_of(line)] == school)


def contacts(district: str, lines: Lines, ids: Mapping[str, str]) -> Iterator[Contact]:
    """Every contact, once."""
    found: dict[tuple[str, ...], list[tuple[str, list[str]]]] = {}
    for sis_id, packed in lines.packed.items():
        for line in packed:
            cells = unpack(line)
            if cells[_CONTACT_NAME]:
                found.setdefault(contact_key(*cells[_CONTACT]), []).append((ids[sis_id], cells[_CONTACT]))
    for key, ties in found.items():
        _, _, name, phone, phone_type, email, contact_id = min(cells for _, cells in ties)
        by_student: dict[str, Tie] = {}
        for student, (relationship, kind, *_) in sorted(ties):
            by_student.setdefault(student, Tie(student, *values.contact_ties(relationship, kind)))
        user_id = clever_id(district, "contact", *key)
        yield Contact(user_id, district, name, phone, phone_type, email, contact_id, tuple(by_student.values()))


def contact_key(
    relationship: str, kind: str, name: str, phone: str, phone_type: str, email: str, sis_id: str
) -> tuple[str, ...]:
    """What makes a contact the same one: its own id, else the first basis that the line allows."""
    if sis_id:
        return ("sis_id", sis_id)
    if email:
        return ("email", name, email)
    if phone:
        return ("phone", name, phone)
    return ("ties", name, kind, relationship, phone_type)


def employee_key(role: str, sis_id: str, email: str) -> tuple[str, str]:
    """What identifies an employee: the e-mail, which merges roles; without one, the role's own id."""
    return ("employee", email.casefold()) if email else (role, sis_id)


class Employees:
    """Teachers, staff and district admins: the same e-mail is the same user, as Clever merges them.

    `teachers` has each Teacher_id's user id and last name, which a section needs.
    """

    def __init__(self, district: str, schools: Schools) -> None:
        self._district, self._schools = district, schools
        self._found: dict[tuple[str, str], tuple[str, tuple[Role, ...]]] = {}
        self.teachers: dict[str, tuple[str, str]] = {}

    def read(self, teachers: Lines, teaching: Attendance, staff: Lines, admins: Iterable[Admin]) -> None:
        for sis_id, packed in sorted(teachers.packed.items()):
            role = self._role("teacher", packed, teaching.places(sis_id))
            row = Lines.cells(columns.TEACHERS, role.line)
            self.teachers[sis_id] = (self._add(role, sis_id, row["Teacher_email"]), row["Last_name"])
        working = Attendance(staff, self._schools)
        for sis_id, packed in sorted(staff.packed.items()):
            role = self._role("staff", packed, working.places(sis_id))
            self._add(role, sis_id, Lines.cells(columns.STAFF, role.line)["Staff_email"])
        for admin in admins:
            self._add(Role("district_admin", msgspec.msgpack.encode(admin)), admin.email, admin.email)

    def sources(self) -> Iterator[Employee]:
        for key, (email, roles) in self._found.items():
            yield Employee(clever_id(self._district, *key), self._district, email, roles)

    def _role(self, name: str, packed: Sequence[bytes], places: Places) -> Role:
        return Role(name, _first_at(packed, places.primary, self._schools), places)

    def _add(self, role: Role, sis_id: str, email: str) -> str:
        """Gives a person the role and returns the user's id.

        A user has at most one role of a kind: whoever comes second with a shared mailbox is a user of their own, as is
        whoever has no e-mail.
        """
        key = employee_key(role.name, sis_id, email)
        first, roles = self._found.get(key, (email, ()))
        if any(held.name == role.name for held in roles):
            key, first, roles = (role.name, sis_id), email, ()
        self._found[key] = (first, (*roles, role))
        return clever_id(self._district, *key)
