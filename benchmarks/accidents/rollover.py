"""The summer: one school year's district becomes the next one's.

Belongs here: what is different after it. Does not belong here: the days before and after (`year`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from benchmarks.accidents.ordinary import GRADES
from benchmarks.accidents.world import World
from clever_sandbox.district.ids import clever_id
from clever_sandbox.district.tables import Json
from clever_sandbox.generator.names import FIRST_NAMES, LAST_NAMES, pick

FIRST_DAY = date(2027, 8, 9)
_TERMS = {"Y1": ("2027-08-09", "2028-06-02"), "S1": ("2027-08-09", "2027-12-17")}


def roll_over(world: World) -> None:
    """All terms and sections are new, under the old section numbers; students are a grade higher, and at the next
    school after its last grade; seniors are gone, a kindergarten has come; a third of the classes have another teacher.
    """
    leavers = {u["id"] for u in world.records("users") if u["roles"].get("student", {}).get("grade") == "12"}
    kindergarten = [u for u in world.records("users") if u["roles"].get("student", {}).get("grade") == "Kindergarten"]
    world.lose(leavers)
    world.edit("users", lambda u: _promoted(world, u), where=lambda u: "student" in u["roles"])
    world.put("users", (_newcomer(world, one) for one in kindergarten))
    terms = _new_terms(world)
    _new_sections(world, terms)


def _promoted(world: World, user: Json) -> Json:
    role = user["roles"]["student"]
    grade = GRADES[GRADES.index(role["grade"]) + 1]
    high, middle, *_ = world.schools
    school = {"6": middle, "9": high}.get(grade, role["school"]) if role["school"] in world.schools else role["school"]
    return user | {"roles": {"student": role | {"grade": grade, "school": school, "schools": [school]}}}


def _newcomer(world: World, like: Json) -> Json:
    sis_id = f"2027-{like['id'][-6:]}"
    role = like["roles"]["student"]
    role = role | {"sis_id": sis_id, "student_number": sis_id, "state_id": "", "schools": [role["school"]]}
    role["credentials"] = {"district_username": sis_id}
    name = {"first": pick(world.dice, FIRST_NAMES), "last": pick(world.dice, LAST_NAMES)}
    return like | {"id": clever_id(world.district.id, "student", sis_id), "name": name, "roles": {"student": role}}


def _new_terms(world: World) -> dict[str, str]:
    """Replaces the terms; returns the new id of each old one. What was a second semester becomes a first."""
    old = {t["id"]: "Y1" if t["name"] == "Y1" else "S1" for t in world.records("terms")}
    ids = {name: clever_id(world.district.id, "term", name, *days) for name, days in _TERMS.items()}
    world.edit("terms", lambda _: None)
    world.put(
        "terms",
        (
            {"id": ids[name], "district": world.district.id, "name": name, "start_date": start, "end_date": end}
            for name, (start, end) in _TERMS.items()
        ),
    )
    return {term: ids[name] for term, name in old.items()}


def _new_sections(world: World, terms: dict[str, str]) -> None:
    """Every section again under a new id, those of a second semester left out, with the students of its grade."""
    students = _by_class(u for u in world.records("users") if "student" in u["roles"])
    numbers = {s["sis_id"]: s for s in sorted(world.records("sections"), key=lambda s: s["created"], reverse=True)}
    parallel: dict[tuple[str, ...], list[Json]] = {}
    for section in numbers.values():
        parallel.setdefault(tuple(section.get(key, "") for key in ("school", "course", "grade")), []).append(section)
    new = []
    for (school, _, grade), sections in parallel.items():
        teachers = world.people("teacher", school=school)
        for nth, section in enumerate(sections):
            seated = students.get((school, grade), [])[nth :: len(sections)] if grade else section["students"]
            teacher = section.get("teacher") or teachers[0]
            if world.dice.random() < 1 / 3:
                teacher = pick(world.dice, teachers)
            ids = {"id": clever_id("2027", "section", section["id"]), "term_id": terms[section["term_id"]]}
            new.append(section | ids | {"teacher": teacher, "teachers": [teacher], "students": seated})
    world.edit("sections", lambda _: None)
    world.put("sections", new)


def _by_class(students: Iterable[Json]) -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = {}
    for user in students:
        role = user["roles"]["student"]
        found.setdefault((role["school"], role["grade"]), []).append(user["id"])
    return found
