"""From a district's CSV files to the records that Clever's API would show.

Belongs here: which rows make which record, and what identifies it (docs/clever.md#records-and-their-fields,
docs/clever.md#who-is-who). Does not belong here: the spelling of a single value (`values`), users (`people`), HTTP.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from clever_sandbox.district import people, values
from clever_sandbox.district.csv_files import Row, read_rows
from clever_sandbox.district.ids import clever_id, created_and_modified, share
from clever_sandbox.district.tables import District, Json, Record, Table, record
from clever_sandbox.errors import FileError

DISTRICT_FILE = "district.json"

SCHOOLS = ("School_id", "School_name", "School_number")
SECTIONS = ("School_id", "Section_id", "Teacher_id")
ENROLLMENTS = ("School_id", "Section_id", "Student_id")
CO_TEACHERS = tuple(f"Teacher_{n}_id" for n in range(2, 11))


class Profile(msgspec.Struct, frozen=True, omit_defaults=True):
    """district.json: what Clever knows about a district that no CSV file carries."""

    id: str
    name: str
    sis_type: str
    launch_date: str
    portal_url: str
    login_methods: list[str]
    state: str = "running"
    error: str = ""
    pause_start: str = ""
    pause_end: str = ""
    last_sync: str = ""
    mdr_number: str = ""
    nces_id: str = ""
    district_contact: people.Contact | None = None
    admins: list[people.Admin] = []


def load_district(folder: Path) -> District:
    """The district in a folder of CSV files; raises FileError with file, line and column."""
    profile = read_profile(folder)
    district = profile.id
    schools = _schools(district, read_rows(folder / "schools.csv", SCHOOLS))
    school_ids = {sis: r.id for sis, r in schools.items()}
    staff_file = folder / "staff.csv"
    users = people.load(
        district,
        school_ids,
        students=read_rows(folder / "students.csv", people.STUDENTS),
        teachers=read_rows(folder / "teachers.csv", people.TEACHERS),
        staff=read_rows(staff_file, people.STAFF) if staff_file.exists() else (),
        admins=profile.admins,
    )
    sections = _Sections(district, school_ids, users)
    sections.read(read_rows(folder / "sections.csv", SECTIONS))
    sections.enroll(read_rows(folder / "enrollments.csv", ENROLLMENTS))
    return District(
        _district_info(profile),
        {
            "schools": Table(schools.values()),
            "terms": Table(sections.terms.values()),
            "courses": Table(sections.courses.values()),
            "sections": Table(sections.records()),
            "users": Table(users.records),
        },
    )


def read_profile(folder: Path) -> Profile:
    """district.json, checked."""
    file = folder / DISTRICT_FILE
    try:
        return msgspec.json.decode(file.read_bytes(), type=Profile)
    except FileNotFoundError:
        raise FileError(file, f"there is no such file in {folder}", do="Generate the district") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise FileError(file, str(error), do="Correct the file, or generate the district again") from None


def _district_info(profile: Profile) -> Json:
    info: Json = msgspec.to_builtins(profile)
    info = {"state": "running", "error": "", "pause_start": "", "pause_end": "", "last_sync": "", **info}
    info.pop("admins", None)
    if contact := info.get("district_contact"):
        contact |= {"id": clever_id(profile.id, "district_contact"), "district": profile.id}
    return info


def _schools(district: str, rows: Iterable[Row]) -> dict[str, Record]:
    found: dict[str, Record] = {}
    for row in rows:
        sis_id = row.given("School_id")
        if sis_id in found:
            raise row.refuse("School_id", "another line has this id", "Remove one of the two")
        school_id = clever_id(district, "school", sis_id)
        created, modified = created_and_modified(school_id)
        found[sis_id] = record(
            "schools",
            {
                "id": school_id,
                "district": district,
                "name": row.given("School_name"),
                "sis_id": sis_id,
                "school_number": row.given("School_number"),
                "state_id": row["State_id"],
                "nces_id": row["Nces_id"],
                "mdr_number": "",
                "low_grade": row.value("Low_grade", values.grade),
                "high_grade": row.value("High_grade", values.grade),
                "phone": values.phone(row["School_phone"]),
                "location": {
                    "address": row["School_address"],
                    "city": row["School_city"],
                    "state": row["School_state"],
                    "zip": row["School_zip"],
                },
                "principal": {"name": row["Principal"], "email": row["Principal_email"]},
                "created": created,
                "last_modified": modified,
            },
        )
    return found


class _Sections:
    """Sections with the courses and terms that Clever derives from them."""

    def __init__(self, district: str, schools: dict[str, str], users: people.People) -> None:
        self.district = district
        self.schools = schools
        self.users = users
        self.courses: dict[tuple[str, str], Record] = {}
        self.terms: dict[tuple[str, str, str], Record] = {}
        self._sections: dict[str, Json] = {}
        self._students: dict[str, dict[str, None]] = {}

    def read(self, rows: Iterable[Row]) -> None:
        for row in rows:
            sis_id = row.given("Section_id")
            if sis_id in self._sections:
                raise row.refuse("Section_id", "another line has this id", "Remove one of the two")
            self._sections[sis_id] = self._section(row, sis_id)
            self._students[sis_id] = {}

    def enroll(self, rows: Iterable[Row]) -> None:
        for row in rows:
            row.known("School_id", self.schools)
            section = row.known("Section_id", self._students)
            section[row.known("Student_id", self.users.students).id] = None

    def records(self) -> Iterable[Record]:
        for sis_id, data in self._sections.items():
            data["students"] = list(self._students[sis_id])
            synced = share(data["id"], 4)
            more = {"lms_status": {"synced_in_lms": synced == 0}} if synced < 2 else None
            yield record("sections", data, more)

    def _section(self, row: Row, sis_id: str) -> Json:
        section_id = clever_id(self.district, "section", sis_id)
        created, modified = created_and_modified(section_id)
        columns = ["Teacher_id", *(c for c in CO_TEACHERS if row[c])]
        teachers = [row.known(c, self.users.teachers) for c in columns]
        course = row["Course_name"]
        data: Json = {
            "id": section_id,
            "district": self.district,
            "school": row.known("School_id", self.schools),
            "name": values.section_name(course, teachers[0].last_name, row["Period"], row["Name"]),
            "sis_id": sis_id,
            "section_number": row["Section_number"],
            "period": row["Period"],
            "subject": row.value("Subject", lambda text: values.subject(text, course or row["Name"])),
            "grade": row.value("Grade", values.grade),
            "teacher": teachers[0].id,
            "teachers": list(dict.fromkeys(t.id for t in teachers)),
            "students": [],
            "created": created,
            "last_modified": modified,
        }
        if course:
            data["course"] = self._course(course, row["Course_number"])
        if term := self._term(row):
            data["term_id"] = term
        return data

    def _course(self, name: str, number: str) -> str:
        key = (name, number)
        if key not in self.courses:
            course_id = clever_id(self.district, "course", *key)
            self.courses[key] = record(
                "courses", {"id": course_id, "district": self.district, "name": name, "number": number}
            )
        return self.courses[key].id

    def _term(self, row: Row) -> str | None:
        name = row["Term_name"]
        start, end = (row.value(column, values.iso_date) for column in ("Term_start", "Term_end"))
        if not (name or start or end):
            return None
        key = (name, start, end)
        if key not in self.terms:
            term_id = clever_id(self.district, "term", *key)
            self.terms[key] = record(
                "terms",
                {
                    **{"id": term_id, "district": self.district},
                    **{"name": name, "start_date": start, "end_date": end},
                },
            )
        return self.terms[key].id
