"""What is right although it is much: changes that a school makes on purpose, once or twice a year.

Belongs here: each as a change of the district. Does not belong here: the days in between and the rollover (`year`).
A person approves what is held of them, so every decision about one is a click that teaches them to click.
"""

from __future__ import annotations

import csv
from datetime import date, timedelta

from benchmarks.accidents.attacks import move_students
from benchmarks.accidents.scenario import Scenario
from benchmarks.accidents.world import SLUG, World
from clever_sandbox.district.ids import clever_id
from clever_sandbox.district.tables import Json

GRADES = ("Kindergarten", *map(str, range(1, 13)))


def _promoted(world: World) -> None:
    def promoted(user: Json) -> Json:
        role = user["roles"]["student"]
        grade = GRADES[min(GRADES.index(role["grade"]) + 1, 12)]
        return user | {"roles": {"student": role | {"grade": grade}}}

    world.edit("users", promoted, where=lambda u: "student" in u["roles"])


def _term_a_week_longer(world: World) -> None:
    world.redate("Y1", lambda day: day, lambda day: day + timedelta(days=7))


def _term_ended(world: World) -> None:
    world.advance(["term_ended"])


def second_semester(world: World) -> None:
    """What was taught in the first semester goes on in sections of their own, with the same people."""
    world.day = max(world.day, date(2027, 1, 4))
    (first,) = (t for t in world.records("terms") if t["name"] == "S1")
    new = clever_id("", "term", "S2")
    days = {"start_date": "2027-01-04", "end_date": "2027-06-04"}
    old = [s for s in world.records("sections") if s["term_id"] == first["id"]]
    world.put("terms", [first | {"id": new, "name": "S2"} | days])
    world.put("sections", [s | {"id": clever_id("S2", "section", s["id"]), "term_id": new} for s in old])


def _substitute(world: World) -> None:
    school = world.schools[0]
    teaching = sorted({s["teacher"] for s in world.records("sections") if s["school"] == school})
    _hand_over(world, teaching[0], teaching[1])


def _hand_over(world: World, one: str, other: str) -> None:
    name = world.district.tables["users"][other].data()["name"]["last"]

    def taught(section: Json) -> Json:
        teachers = [other if t == one else t for t in section["teachers"]]
        course = section["name"].split(" - ")[0]
        changed = {"teacher": other, "teachers": list(dict.fromkeys(teachers)), "name": f"{course} - {name}"}
        return section | changed

    world.edit("sections", taught, where=lambda s: s["teacher"] == one)


def _classes_balanced(world: World) -> None:
    """In every third pair of parallel classes, a quarter of the one goes to the other."""
    parallel: dict[tuple[str, ...], list[Json]] = {}
    for section in world.records("sections"):
        parallel.setdefault(tuple(section.get(key, "") for key in ("school", "course", "grade")), []).append(section)
    for one, other, *_ in [sections for sections in parallel.values() if len(sections) > 1][::3]:
        moved = one["students"][: len(one["students"]) // 4]
        one["students"] = one["students"][len(moved) :]
        other["students"] = list(dict.fromkeys([*other["students"], *moved]))
        world.put("sections", [one, other])


def _boundary_moved(world: World) -> None:
    *_, here, there = world.schools
    move_students(world, world.some(world.people("student", school=here), 0.15), here, there)


def _unshared_and_shared_again(world: World) -> None:
    """Two days: on the second the school is back."""
    world.advance(["school_unshared" if world.nth == 1 else "school_shared_again"])


def _everybody_logs_in(world: World) -> None:
    with (world.data / "logins.csv").open("a", encoding="utf-8", newline="") as file:
        known = (world.data / "logins.csv").read_text(encoding="utf-8")
        lines = csv.writer(file, lineterminator="\n")
        for person in world.people():
            if person not in known:
                lines.writerow([SLUG, person, f"{world.day}T08:00:00Z"])


def _teachers_hired(world: World) -> None:
    """Ten more teachers at a school, each beside another one in class."""
    school = world.schools[0]
    known = [world.district.tables["users"][i].data() for i in world.people("teacher", school=school)[:10]]
    hired = {}
    for teacher in known:
        sis_id = f"hired-{teacher['id'][-6:]}"
        role = teacher["roles"]["teacher"] | {"sis_id": sis_id, "teacher_number": sis_id}
        name = {"first": "Nova", "last": teacher["name"]["last"]}
        email = {"email": f"{sis_id}@example.org"}
        hired[teacher["id"]] = (
            teacher | email | {"id": clever_id("hired", sis_id), "name": name} | {"roles": {"teacher": role}}
        )
    world.put("users", hired.values())
    world.edit(
        "sections",
        lambda s: s | {"teachers": [*s["teachers"], hired[s["teacher"]]["id"]]},
        where=lambda s: s["teacher"] in hired,
    )


ORDINARY = (
    Scenario("promoted", "every student is a grade higher", _promoted, right=True),
    Scenario(
        "term_a_week_longer", "the school year is a week longer: one term date moves", _term_a_week_longer, right=True
    ),
    Scenario("term_ended", "a semester ends a month early", _term_ended, right=True),
    Scenario("second_semester", "the second semester begins, with sections of its own", second_semester, right=True),
    Scenario("substitute", "somebody else takes over all classes of a teacher", _substitute, right=True),
    Scenario("teachers_hired", "ten teachers more at a school, beside others in class", _teachers_hired, right=True),
    Scenario(
        "classes_balanced", "classes are balanced: a quarter of some goes to others", _classes_balanced, right=True
    ),
    Scenario("boundary_moved", "15 % of a school's students move to another", _boundary_moved, right=True),
    Scenario(
        "unshared", "a school is no longer shared, and is the day after", _unshared_and_shared_again, right=True, days=2
    ),
    Scenario("everybody_logs_in", "everybody logs in for the first time", _everybody_logs_in, right=True),
)
