"""The lines of people and schools that are new.

Belongs here: who they are, drawn. Does not belong here: when they come, and what they attend or teach.
"""

from __future__ import annotations

from collections.abc import Sequence

from clever_sandbox.district.columns import STUDENTS
from clever_sandbox.district.upload import Cells
from clever_sandbox.generator.names import FIRST_NAMES, LAST_NAMES, TREES, ascii_name, pick
from clever_sandbox.year.day import Day

NO_CONTACT = dict.fromkeys((column for column in STUDENTS.names if column.startswith("Contact_")), "")
_WITH_CONTACT = 0.3
_TIES = ("Mother", "Father", "Grandmother", "Aunt")


def new_student(day: Day, like: Cells, student: str, school: str) -> Cells:
    """Somebody of the same grade as `like`, who has a line of students.csv."""
    first, last, username = _named(day, student)
    return {
        **like,
        **(_contact(day, last) if day.dice.random() < _WITH_CONTACT else NO_CONTACT),
        **{"School_id": school, "Student_id": student, "Student_number": student, "State_id": ""},
        **{"Last_name": last, "Middle_name": "", "First_name": first, "Username": username},
        "Student_email": _email(like["Student_email"], username),
    }


def _contact(day: Day, last: str) -> Cells:
    name, number = f"{pick(day.dice, FIRST_NAMES)} {last}", int(day.dice.random() * 1_000_000)
    return {
        **NO_CONTACT,
        **{"Contact_type": pick(day.dice, _TIES), "Contact_name": name, "Contact_phone_type": "Cell"},
        **{
            "Contact_phone": f"343-555-{number % 10_000:04}",
            "Contact_email": f"{ascii_name(name)}{number}@example.org",
        },
    }


def new_teacher(day: Day, like: Sequence[Cells], teacher: str) -> list[Cells]:
    """Somebody with the place of one who has these lines of teachers.csv, at each school."""
    first, last, username = _named(day, teacher)
    who = {
        **{"Teacher_id": teacher, "Teacher_number": teacher, "State_teacher_id": ""},
        **{"Last_name": last, "Middle_name": "", "First_name": first, "Username": username},
        "Teacher_email": _email(like[0]["Teacher_email"], username) or f"{username}@example.org",
    }
    return [{**line, **who} for line in like]


def new_school(day: Day, like: Cells, school: str) -> Cells:
    """A school for the same grades as `like`, with a principal whom nobody knows yet."""
    kind = " ".join(like["School_name"].split()[1:]) or "School"
    return {
        **like,
        **{"School_id": school, "School_number": school, "State_id": "", "Nces_id": ""},
        **{"School_name": f"New {pick(day.dice, TREES)} {kind}", "Principal": "", "Principal_email": ""},
    }


def _named(day: Day, sis_id: str) -> tuple[str, str, str]:
    """First and last name, and a user name that the id makes the only one."""
    first, last = pick(day.dice, FIRST_NAMES), pick(day.dice, LAST_NAMES)
    return first, last, f"{ascii_name(first)}.{ascii_name(last)}.{sis_id.casefold()}"


def _email(like: str, username: str) -> str:
    """An address of the same domain, none where the other has none."""
    return f"{username}@{like.rpartition('@')[2]}" if like else ""
