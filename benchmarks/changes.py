"""The second day of a prepared district: one percent of its people and sections is different.

Belongs here: what changes, for districts of a million. Does not belong here: a day as a school year brings
it (`clever_sandbox.year`).
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from clever_sandbox.district.district import District
from clever_sandbox.district.ids import clever_id
from clever_sandbox.district.tables import Json, Record, record
from clever_sandbox.generator.names import LAST_NAMES, pick

_GRADES = ("Kindergarten", *map(str, range(1, 13)))
_TODAY = "2026-11-20T03:10:00.000Z"
# A student sits in seven sections of 25: one in 2,500 who comes, goes or moves changes 1 % of the sections.
_STUDENTS_A_MOVE = 10_000

# Whom one finds on the second day in the seats that a student had on the first.
Seats = dict[str, tuple[str, ...]]


def change_one_percent(district: District, seed: int = 2) -> None:
    """Changes 1 % of the students and teachers (names, grades) and of the sections (names), and of every
    10,000 students lets one leave, one come and two change places; all of these at least once.

    Who comes or moves takes over the seats of another, so that 1 % of the sections get other students.
    """
    rng = random.Random(seed)
    users = district.tables["users"]
    students = [user for user in users.ids if "student" in users[user].keys["role"]]
    teachers = [user for user in users.ids if "teacher" in users[user].keys["role"]]
    moves = max(1, len(students) // _STUDENTS_A_MOVE)
    picked = rng.sample(students, max(len(students) // 100, 1) + 4 * moves)
    leavers, classmates, ones, others = (picked[at * moves : (at + 1) * moves] for at in range(4))
    renamed = [*picked[4 * moves :], *rng.sample(teachers, max(1, len(teachers) // 100))]

    seats: Seats = dict.fromkeys(leavers, ())
    saved = [_changed(rng, users[user]) for user in renamed]
    for number, classmate in enumerate(classmates):
        newcomer = _newcomer(district.id, users[classmate], number)
        seats[classmate] = (classmate, newcomer.id)
        saved.append(newcomer)
    for one, other in zip(ones, others, strict=True):
        seats |= {one: (other,), other: (one,)}
        saved += _at_each_others_schools(users[one], users[other])
    district.change("users", saved, drop=leavers)
    district.change("sections", _sections(rng, district, seats))


def _changed(rng: random.Random, person: Record) -> Record:
    """Somebody with another family name, or a student in the grade above."""
    data = person.data()
    student = data["roles"].get("student")
    if student and rng.random() < 0.5:
        student["grade"] = _GRADES[(_GRADES.index(student["grade"]) + 1) % len(_GRADES)]
    else:
        data["name"]["last"] = pick(rng, LAST_NAMES) + "-" + data["name"]["last"]
    return _saved(person, data)


def _newcomer(district: str, classmate: Record, number: int) -> Record:
    sis_id = f"new-{number}"
    data = classmate.data()
    data |= {"id": clever_id(district, "student", sis_id), "name": {"first": "Nova", "last": f"Newcomer{number}"}}
    data.pop("email", None)
    role = data["roles"]["student"]
    role |= {"sis_id": sis_id, "student_number": sis_id, "state_id": "", "credentials": {"district_username": sis_id}}
    role.pop("email", None)
    return record(data)


def _at_each_others_schools(one: Record, other: Record) -> Iterator[Record]:
    for person, goes_to in ((one, other.data()), (other, one.data())):
        data = person.data()
        role = goes_to["roles"]["student"]
        data["roles"]["student"] |= {"school": role["school"], "schools": role["schools"]}
        yield _saved(person, data)


def _sections(rng: random.Random, district: District, seats: Seats) -> Iterator[Record]:
    sections = district.tables["sections"]
    renamed = set(rng.sample(sections.ids, max(1, len(sections) // 100)))
    for section_id in sections.ids:
        section = sections[section_id]
        reseated = not seats.keys().isdisjoint(section.keys["user"])
        if section_id not in renamed and not reseated:
            continue
        data = section.data()
        if section_id in renamed:
            data["name"] += " (honors)"
        data["students"] = _reseated(data["students"], seats)
        yield _saved(section, data)


def _reseated(students: Sequence[str], seats: Seats) -> list[str]:
    now = (person for student in students for person in seats.get(student, (student,)))
    return list(dict.fromkeys(now))  # of two who change places, both may sit here


def _saved(before: Record, data: Json) -> Record:
    """The record as changed today; what v3.1 adds to it stays."""
    data["last_modified"] = _TODAY
    return before.with_data(data)
