"""A day that passes in a district, the way a school year does it, with the truth about what happened.

Belongs here: changing the tables and saying so. Does not belong here: the first state of a district
(`load`), how a day is ordered over HTTP (`control`).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeAlias

import msgspec

from clever_sandbox.district.district import District
from clever_sandbox.district.ids import clever_id
from clever_sandbox.district.tables import Json, Kind, record
from clever_sandbox.district.values import section_name
from clever_sandbox.generator.names import FIRST_NAMES, LAST_NAMES, ascii_name, pick


class Event(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One thing that happened. `id` is what it happened to; ids only, nothing about a person.

    `school` is where it ended up, `before` the id that it replaced or left (a school, a teacher, a term),
    `sections` what it joined or took along.
    """

    kind: str
    id: str
    school: str | None = None
    before: str | None = None
    after: str | None = None
    sections: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Day:
    """One change of a day: the district, its own dice, and the date."""

    district: District
    rng: random.Random
    today: date
    tag: str

    def ids(self, kind: Kind, key: str = "", value: str = "") -> Sequence[str]:
        table = self.district.tables[kind]
        return table.having(key, value) if key else table.ids

    def data(self, kind: Kind, record_id: str) -> Json:
        return self.district.tables[kind][record_id].data()

    def put(self, kind: Kind, changed: Iterable[Json]) -> None:
        """Saves records as changed today; what v3.1 adds to a known one stays."""
        modified = f"{self.today.isoformat()}T03:10:00.000Z"
        saved = []
        for data in changed:
            if "last_modified" in data:
                data["last_modified"] = modified
            old = self.district.tables[kind].get(data["id"])
            saved.append(old.with_data(data) if old else record(data))
        self.district.change(kind, saved)

    def sections_of(self, user: str) -> list[Json]:
        return [self.data("sections", section) for section in self.ids("sections", "user", user)]


Change: TypeAlias = Callable[[_Day], Event | None]

# What happens on every day, how often.
EVERY_DAY: dict[str, int] = {
    "student_new": 3,
    "student_left": 2,
    "student_moved": 2,
    "section_teacher_changed": 2,
    "section_new": 1,
    "student_shared_again": 1,
    "student_unshared": 1,
}
# On every tenth day one of these on top, in turn.
EVERY_TENTH_DAY = ("term_ended", "school_unshared", "term_cleared", "school_shared_again")


def advance(
    district: District, seed: int, *, today: date | None = None, kinds: Sequence[str] | None = None
) -> list[Event]:
    """Lets a day pass and returns what happened; the same seed on the same district does the same.

    With `kinds`, exactly these happen, in this order; raises ValueError for one that does not exist.
    `today` dates the changes. A change for which there is nobody left does not happen.
    """
    unknown = set(kinds or ()) - CHANGES.keys()
    if unknown:
        raise ValueError(f"unknown kinds {', '.join(sorted(unknown))}; known: {', '.join(CHANGES)}")
    district.day += 1
    if kinds is None:
        kinds = [kind for kind, times in EVERY_DAY.items() for _ in range(times)]
        if district.day % 10 == 0:
            kinds.append(EVERY_TENTH_DAY[(district.day // 10 - 1) % len(EVERY_TENTH_DAY)])
    events = []
    for at, kind in enumerate(kinds):
        dice = random.Random(f"{seed}/{district.day}/{at}/{kind}")  # noqa: S311 - reproducible
        day = _Day(district, dice, today or date.today(), f"{district.day}-{at}")
        if event := CHANGES[kind](day):
            events.append(event)
    return events


# --- students ----------------------------------------------------------------------------------------


def _some_student(day: _Day) -> Json | None:
    students = day.ids("users", "role", "student")
    return day.data("users", pick(day.rng, students)) if students else None


def _join(day: _Day, student: str, like: str, school: str) -> tuple[str, ...]:
    """Puts a student into the sections that a classmate attends at a school."""
    joined = [section for section in day.sections_of(like) if section["school"] == school]
    for section in joined:
        section["students"] = list(dict.fromkeys([*section["students"], student]))
    day.put("sections", joined)
    return tuple(section["id"] for section in joined)


def _leave(day: _Day, student: str, school: str | None = None) -> tuple[str, ...]:
    """Takes a student out of all sections, or out of those at one school."""
    left = [section for section in day.sections_of(student) if school in (None, section["school"])]
    for section in left:
        section["students"].remove(student)
    day.put("sections", left)
    return tuple(section["id"] for section in left)


def _student_new(day: _Day) -> Event | None:
    """A newcomer joins the classes of a classmate."""
    user = _some_student(day)
    if user is None:
        return None
    classmate, role = user["id"], user["roles"]["student"]
    school, sis_id = role["school"], f"new-{day.tag}"
    first, last = pick(day.rng, FIRST_NAMES), pick(day.rng, LAST_NAMES)
    username = f"{ascii_name(first)}.{ascii_name(last)}.{day.tag}"
    role |= {"schools": [school], "sis_id": sis_id, "student_number": sis_id, "state_id": ""}
    role["credentials"] = {"district_username": username}
    role.pop("email", None)
    user["id"] = clever_id(day.district.id, "student", sis_id)
    user["name"] = {"first": first, "last": last}
    user["created"] = f"{day.today.isoformat()}T03:10:00.000Z"
    if "email" in user:
        user["email"] = role["email"] = f"{username}@students.example.org"
    day.put("users", [user])
    return Event("student_new", user["id"], school, sections=_join(day, user["id"], classmate, school))


def _student_left(day: _Day) -> Event | None:
    """Somebody leaves the district; contacts who have nobody left go too."""
    user = _some_student(day)
    if user is None:
        return None
    student, gone, kept = user["id"], [user["id"]], []
    for contact_id in day.ids("users", "student", student):
        contact = day.data("users", contact_id)
        ties = contact["roles"]["contact"]["student_relationships"]
        ties[:] = [tie for tie in ties if tie["student"] != student]
        if ties:
            kept.append(contact)
        else:
            gone.append(contact_id)
    sections = _leave(day, student)
    day.put("users", kept)
    day.district.change("users", drop=gone)
    return Event("student_left", student, before=user["roles"]["student"]["school"], sections=sections)


def _student_moved(day: _Day) -> Event | None:
    """Somebody changes the primary school, and with it the classes there."""
    user = _some_student(day)
    if user is None:
        return None
    student, role = user["id"], user["roles"]["student"]
    old = role["school"]
    classmates = [
        other
        for other in day.ids("users", "role", "student")
        if old not in day.district.tables["users"][other].keys["school"]
    ]
    if not classmates:
        return None
    classmate = pick(day.rng, classmates)
    new = day.data("users", classmate)["roles"]["student"]["school"]
    _leave(day, student, old)
    role |= {"school": new, "schools": [new, *(school for school in role["schools"] if school not in (old, new))]}
    day.put("users", [user])
    joined = _join(day, student, classmate, new)
    return Event("student_moved", student, new, before=old, sections=joined)


def _student_unshared(day: _Day) -> Event | None:
    """Clever stops showing a student; sections go on listing the id."""
    user = _some_student(day)
    if user is None:
        return None
    student = user["id"]
    day.district.hidden[student] = {"users": [day.district.tables["users"][student]]}
    day.district.change("users", drop=[student])
    return Event("student_unshared", student, before=user["roles"]["student"]["school"])


def _student_shared_again(day: _Day) -> Event | None:
    """The student who was unshared longest ago is back as before."""
    student = next((found for found, kinds in day.district.hidden.items() if "schools" not in kinds), None)
    return _share_again(day, "student_shared_again", student)


def _share_again(day: _Day, kind: str, hidden: str | None) -> Event | None:
    if hidden is None:
        return None
    back = day.district.hidden.pop(hidden)
    for table, records in back.items():
        day.district.change(table, records)
    return Event(kind, hidden, sections=tuple(section.id for section in back.get("sections", ())))


# --- sections and terms ------------------------------------------------------------------------------


def _name(day: _Day, section: Json, teacher: str) -> str:
    course = day.data("courses", section["course"])["name"] if "course" in section else ""
    last_name = day.data("users", teacher)["name"]["last"]
    return section_name(course, last_name, section["period"], section["name"])


def _teachers_at(day: _Day, school: str) -> list[str]:
    here = day.ids("users", "school", school)
    return [user for user in here if "teacher" in day.district.tables["users"][user].keys["role"]]


def _some_section(day: _Day) -> tuple[Json, str] | None:
    """A section, and a teacher of its school who does not teach it yet."""
    if not day.ids("sections"):
        return None
    section = day.data("sections", pick(day.rng, day.ids("sections")))
    others = [teacher for teacher in _teachers_at(day, section["school"]) if teacher not in section["teachers"]]
    return (section, pick(day.rng, others)) if others else None


def _section_teacher_changed(day: _Day) -> Event | None:
    """Another primary teacher takes over, and the section gets that teacher's name; co-teachers stay."""
    found = _some_section(day)
    if found is None:
        return None
    section, teacher = found
    before = section["teacher"]
    section["teachers"] = [teacher, *section["teachers"][1:]]
    section |= {"teacher": teacher, "name": _name(day, section, teacher)}
    day.put("sections", [section])
    return Event("section_teacher_changed", section["id"], section["school"], before=before, after=teacher)


def _section_new(day: _Day) -> Event | None:
    """A full class is split: every other student goes to the new section."""
    found = _some_section(day)
    if found is None:
        return None
    old, teacher = found
    sis_id = f"new-{day.tag}"
    new = old | {"id": clever_id(day.district.id, "section", sis_id), "sis_id": sis_id, "period": "8"}
    new |= {"teacher": teacher, "teachers": [teacher], "students": old["students"][::2]}
    new |= {"name": _name(day, new, teacher), "created": f"{day.today.isoformat()}T03:10:00.000Z"}
    old["students"] = old["students"][1::2] or old["students"]
    day.put("sections", [old, new])
    return Event("section_new", new["id"], new["school"], before=old["id"], after=teacher)


def _term_ended(day: _Day) -> Event | None:
    """The term that ends first turns out to have ended yesterday; a changed term has a new id."""
    terms = (day.data("terms", term) for term in day.ids("terms"))
    running = [term for term in terms if term["end_date"] >= day.today.isoformat()]
    if not running:
        return None
    term = min(running, key=lambda found: (found["end_date"], found["id"]))
    old, end = term["id"], (day.today - timedelta(days=1)).isoformat()
    start = min(term["start_date"], end)
    new = clever_id(day.district.id, "term", term["name"], start, end)
    day.put("terms", [term | {"id": new, "start_date": start, "end_date": end}])
    sections = [day.data("sections", section) | {"term_id": new} for section in day.ids("sections", "term", old)]
    day.put("sections", sections)
    day.district.change("terms", drop=[old])
    return Event("term_ended", new, before=old, sections=tuple(section["id"] for section in sections))


def _term_cleared(day: _Day) -> Event | None:
    """The district's upload no longer has the sections of a term that is over, nor so the term."""
    terms = [day.data("terms", term) for term in day.ids("terms")]
    over = next((t["id"] for t in terms if "" < t["end_date"] < day.today.isoformat()), None)
    if over is None:
        return None
    sections = tuple(day.ids("sections", "term", over))
    day.district.change("sections", drop=sections)
    day.district.change("terms", drop=[over])
    return Event("term_cleared", over, sections=sections)


# --- schools -----------------------------------------------------------------------------------------


def _school_unshared(day: _Day) -> Event | None:
    """A school goes with its sections and everybody who is nowhere else."""
    if not day.ids("schools"):
        return None
    school = pick(day.rng, day.ids("schools"))
    tables = day.district.tables
    only_here = [u for u in day.ids("users", "school", school) if tables["users"][u].keys["school"] == (school,)]
    going: dict[Kind, Sequence[str]] = {
        "schools": [school],
        "sections": day.ids("sections", "school", school),
        "users": only_here,
    }
    day.district.hidden[school] = {kind: [tables[kind][found] for found in ids] for kind, ids in going.items()}
    for kind, ids in going.items():
        day.district.change(kind, drop=ids)
    return Event("school_unshared", school, sections=tuple(going["sections"]))


def _school_shared_again(day: _Day) -> Event | None:
    """The school that was unshared longest ago is back with everybody."""
    school = next((found for found, kinds in day.district.hidden.items() if "schools" in kinds), None)
    return _share_again(day, "school_shared_again", school)


CHANGES: dict[str, Change] = {
    "student_new": _student_new,
    "student_left": _student_left,
    "student_moved": _student_moved,
    "student_unshared": _student_unshared,
    "student_shared_again": _student_shared_again,
    "section_teacher_changed": _section_teacher_changed,
    "section_new": _section_new,
    "term_ended": _term_ended,
    "term_cleared": _term_cleared,
    "school_unshared": _school_unshared,
    "school_shared_again": _school_shared_again,
}
