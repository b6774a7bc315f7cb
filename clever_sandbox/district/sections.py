"""Schools, and sections with the courses and terms that Clever derives from them.

Belongs here: what identifies each, and its API record. Does not belong here: people (`people`), who is shared
(`records`), the spelling of a single value (`values`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

import msgspec

from clever_sandbox.district import columns, values
from clever_sandbox.district.ids import clever_id
from clever_sandbox.district.tables import Json, Keys, Source, lms_status, section_keys
from clever_sandbox.district.upload import Cells, Lines


class School(msgspec.Struct, frozen=True, gc=False):
    """A line of schools.csv."""

    id: str
    district: str
    line: bytes
    dated: ClassVar[bool] = True

    def keys(self) -> Keys:
        return {}

    def build(self, *, whole: bool) -> Json:  # noqa: ARG002 - the same in all versions
        row = Lines.cells(columns.SCHOOLS, self.line)
        data: Json = {
            "id": self.id,
            "district": self.district,
            "name": row["School_name"],
            "sis_id": row["School_id"],
            # Clever guarantees a number; files of older districts have no column for it.
            "school_number": row["School_number"] or row["School_id"],
            "state_id": row["State_id"],
            "nces_id": row["Nces_id"],
            "mdr_number": "",
            "low_grade": values.grade(row["Low_grade"]),
            "high_grade": values.grade(row["High_grade"]),
            "phone": values.phone(row["School_phone"]),
            "location": {
                "address": row["School_address"],
                "city": row["School_city"],
                "state": row["School_state"],
                "zip": row["School_zip"],
            },
            "principal": {"name": row["Principal"], "email": row["Principal_email"]},
        }
        return data


class Course(msgspec.Struct, frozen=True, gc=False):
    """A name and a number, once in the district."""

    id: str
    district: str
    name: str
    number: str
    dated: ClassVar[bool] = False

    def keys(self) -> Keys:
        return {}

    def build(self, *, whole: bool) -> Json:  # noqa: ARG002 - the same in all versions
        data: Json = msgspec.to_builtins(self)
        return data


class Term(msgspec.Struct, frozen=True, gc=False):
    """A name and its days (`YYYY-MM-DD`), once in the district."""

    id: str
    district: str
    name: str
    start_date: str
    end_date: str
    dated: ClassVar[bool] = False

    def keys(self) -> Keys:
        return {}

    def build(self, *, whole: bool) -> Json:  # noqa: ARG002 - the same in all versions
        data: Json = msgspec.to_builtins(self)
        return {key: value for key, value in data.items() if value or not key.endswith("_date")}


class Section(msgspec.Struct, frozen=True, gc=False):
    """A line of sections.csv with the people in it, the primary teacher first."""

    id: str
    district: str
    line: bytes
    school: str
    course: str | None
    term: str | None
    teacher_name: str
    teachers: tuple[str, ...]
    students: tuple[str, ...]
    dated: ClassVar[bool] = True

    def keys(self) -> Keys:
        return section_keys(self.school, self.course, self.term, (*self.teachers, *self.students))

    def build(self, *, whole: bool) -> Json:
        row = Lines.cells(columns.SECTIONS, self.line)
        course = row["Course_name"]
        data: Json = {
            "id": self.id,
            "district": self.district,
            "school": self.school,
            "name": values.section_name(course, self.teacher_name, row["Period"], row["Name"]),
            "sis_id": row["Section_id"],
            "section_number": row["Section_number"],
            "period": row["Period"],
            "subject": values.subject(row["Subject"], course or row["Name"]),
            "grade": values.grade(row["Grade"]),
            "teacher": self.teachers[0],
            "teachers": self.teachers,
            "students": self.students,
        }
        data |= {name: value for name, value in (("course", self.course), ("term_id", self.term)) if value}
        return data | lms_status(self.id) if whole else data


class Sections:
    """Sections with the courses and terms that they name, as they are added."""

    def __init__(self, district: str, schools: Mapping[str, str], teachers: Mapping[str, tuple[str, str]]) -> None:
        self._district, self._schools, self._teachers = district, schools, teachers
        self.sections: dict[str, Source] = {}
        self.courses: dict[tuple[str, str], Course] = {}
        self.terms: dict[tuple[str, str, str], Term] = {}

    def add(self, section_id: str, line: bytes, row: Cells, students: Iterable[str]) -> None:
        """Adds the section of a line; `students` are Clever ids."""
        teachers = [self._teachers[row[column]] for column in TEACHER_COLUMNS if row[column]]
        self.sections[section_id] = Section(
            id=section_id,
            district=self._district,
            line=line,
            school=self._schools[row["School_id"]],
            course=self._course(row),
            term=self._term(row),
            teacher_name=teachers[0][1],
            teachers=tuple(dict.fromkeys(user for user, _ in teachers)),
            students=tuple(sorted(students)),
        )

    def _course(self, row: Cells) -> str | None:
        key = (row["Course_name"], row["Course_number"])
        if not key[0]:
            return None
        if key not in self.courses:
            self.courses[key] = Course(clever_id(self._district, "course", *key), self._district, *key)
        return self.courses[key].id

    def _term(self, row: Cells) -> str | None:
        key = term_of(row)
        if not any(key):
            return None
        if key not in self.terms:
            self.terms[key] = Term(clever_id(self._district, "term", *key), self._district, *key)
        return self.terms[key].id


TEACHER_COLUMNS = ("Teacher_id", *columns.CO_TEACHERS)


def term_of(row: Cells) -> tuple[str, str, str]:
    """Name, first and last day of a section's term, empty where the line does not say."""
    return row["Term_name"], values.iso_date(row["Term_start"]), values.iso_date(row["Term_end"])
