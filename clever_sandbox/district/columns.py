"""The six files that a district uploads, and the columns of each.

Belongs here: names, which of them must be there, and how their cells are spelled (docs/clever.md#spelling-of-values).
Does not belong here: reading a file (`csv_files`), or what a record is made of (`people`, `sections`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from clever_sandbox.district import values

CO_TEACHERS = tuple(f"Teacher_{n}_id" for n in range(2, 11))


@dataclass(frozen=True)
class Columns:
    """The columns of a file in their usual order. `unused` ones are Clever's too, and never shown by its API.

    `checked` cells have a spelling of their own, which the function knows; it raises ValueError.
    """

    names: tuple[str, ...]
    required: tuple[str, ...]
    unused: tuple[str, ...] = ()
    checked: Mapping[str, Callable[[str], str]] = field(default_factory=dict)

    @cached_property
    def _by_folded(self) -> dict[str, str]:
        return {name.casefold(): name for name in (*self.names, *self.unused)}

    def spelled(self, header: str) -> str:
        """`School id`, `school_id` -> `School_id`; a name that no column has stays as it is."""
        name = header.strip().replace(" ", "_")
        return self._by_folded.get(name.casefold(), name)


SCHOOLS = Columns(
    tuple(
        (
            "School_id School_name School_number State_id Nces_id Low_grade High_grade Principal Principal_email "
            "School_address School_city School_state School_zip School_phone"
        ).split()
    ),
    ("School_id", "School_name"),
    checked={"Low_grade": values.grade, "High_grade": values.grade},
)
STUDENTS = Columns(
    tuple(
        (
            "School_id Student_id Student_number State_id Last_name Middle_name First_name Grade Gender "
            "Graduation_year DOB Race Hispanic_Latino Home_language Ell_status Frl_status IEP_status Student_street "
            "Student_city Student_state Student_zip Student_email Username Contact_relationship Contact_type "
            "Contact_name Contact_phone Contact_phone_type Contact_email Contact_sis_id"
        ).split()
    ),
    ("School_id", "Student_id", "Last_name", "First_name"),
    unused=("Password", "Unweighted_gpa", "Weighted_gpa"),
    checked={
        "Grade": values.grade,
        "Gender": values.gender,
        "Race": values.race,
        "DOB": values.date_of_birth,
        "Hispanic_Latino": values.yes_no,
        "Ell_status": values.yes_no,
        "IEP_status": values.yes_no,
        "Frl_status": values.frl_status,
        "Contact_phone_type": values.phone_type,
    },
)
TEACHERS = Columns(
    tuple(
        (
            "School_id Teacher_id Teacher_number State_teacher_id Teacher_email Last_name Middle_name First_name Title "
            "Username"
        ).split()
    ),
    ("School_id", "Teacher_id", "Last_name", "First_name"),
    unused=("Password",),
)
STAFF = Columns(
    tuple("School_id Staff_id Staff_email First_name Last_name Department Title Username Role".split()),
    ("School_id", "Staff_id", "Staff_email", "First_name", "Last_name"),
    unused=("Password",),
)
SECTIONS = Columns(
    (
        *("School_id", "Section_id", "Teacher_id", *CO_TEACHERS, "Name", "Section_number", "Grade"),
        *("Course_name", "Course_number", "Period", "Subject", "Term_name", "Term_start", "Term_end"),
    ),
    ("School_id", "Section_id", "Teacher_id"),
    unused=("Course_description",),
    checked={
        "Grade": values.grade,
        "Subject": lambda text: values.subject(text, ""),
        "Term_start": values.iso_date,
        "Term_end": values.iso_date,
    },
)
ENROLLMENTS = Columns(("School_id", "Section_id", "Student_id"), ("School_id", "Section_id", "Student_id"))
