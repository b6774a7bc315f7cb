"""The accidents on our own list: whoever wanted to harm a roster through its source would try these.

Belongs here: each as a change of the district. Does not belong here: what happened to others (`incidents`).
None of them is right: nothing of it should reach the roster before somebody was asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import cycle

from benchmarks.accidents.scenario import Scenario
from benchmarks.accidents.world import World
from clever_sandbox.district.ids import share
from clever_sandbox.district.tables import Json
from clever_sandbox.generator.names import FIRST_NAMES, LAST_NAMES, pick


def _sections_without_teachers(world: World) -> None:
    world.edit("sections", lambda s: {k: v for k, v in s.items() if k != "teacher"} | {"teachers": []})


def _teachers_gone(world: World) -> None:
    _sections_without_teachers(world)
    world.edit("users", lambda _: None, where=lambda u: set(u["roles"]) == {"teacher"})


def _one_teacher_everywhere(world: World) -> None:
    one = world.people("teacher")[0]
    world.edit("sections", lambda s: s | {"teacher": one, "teachers": [one]})


def _students_turned_teachers(world: World) -> None:
    turned = world.some(world.people("student"), 0.5)

    def teacher(user: Json) -> Json:
        role = user["roles"]["student"]
        return user | {"roles": {"teacher": {key: role[key] for key in ("school", "schools", "sis_id")}}}

    def taught(section: Json) -> Json:
        students = [i for i in section["students"] if i not in turned]
        teachers = [*section["teachers"], *(i for i in section["students"] if i in turned)]
        return section | {"students": students, "teachers": teachers}

    world.edit("users", teacher, where=lambda u: u["id"] in turned)
    world.edit("sections", taught)


def _students_turned_staff(world: World) -> None:
    turned = world.some(world.people("student"), 0.5)
    world.edit("users", lambda u: u | {"roles": {"staff": {}}}, where=lambda u: u["id"] in turned)


def _years(day: date, years: int) -> date:
    return day.replace(year=day.year + years)


def _terms_back(world: World) -> None:
    world.redate(None, lambda day: _years(day, -2), lambda day: _years(day, -2))


def _terms_ahead(world: World) -> None:
    world.redate(None, lambda day: _years(day, 2), lambda day: _years(day, 2))


# --- identities --------------------------------------------------------------------------------------


def _rotate_names(world: World, people: Sequence[str]) -> None:
    names = {user["id"]: user["name"] for user in world.records("users")}
    new = {one: names[next_] for one, next_ in zip(people, [*people[1:], *people[:1]], strict=True)}
    world.edit("users", lambda u: u | {"name": new[u["id"]]}, where=lambda u: u["id"] in new)


def _names_rotated(world: World) -> None:
    _rotate_names(world, sorted(world.some(world.people(), 0.7)))


def _names_bleed(world: World) -> None:
    _rotate_names(world, [i for i in world.people() if share(i, 14) == world.nth])


def _replaced(world: World) -> None:
    replaced = world.some(world.people(), 0.5)

    def another(user: Json) -> Json:
        new = f"other-{user['id'][-8:]}"
        name = {"first": pick(world.dice, FIRST_NAMES), "last": pick(world.dice, LAST_NAMES)}
        roles = {kind: role | {"sis_id": new} for kind, role in user["roles"].items()}
        return user | {"name": name, "email": f"{new}@example.org", "roles": roles}

    world.edit("users", another, where=lambda u: u["id"] in replaced)


def _new_domain(world: World) -> None:
    def moved(user: Json) -> Json:
        return user | {"email": user["email"].partition("@")[0] + "@elsewhere.example.org"}

    world.edit("users", moved, where=lambda u: "email" in u)


def _sis_ids_rotated(world: World) -> None:
    students = [user for user in world.records("users") if "student" in user["roles"]]
    ids = [user["roles"]["student"]["sis_id"] for user in students]
    new = {user["id"]: sis_id for user, sis_id in zip(students, [*ids[1:], ids[0]], strict=True)}

    def other(user: Json) -> Json:
        return user | {"roles": {"student": user["roles"]["student"] | {"sis_id": new[user["id"]]}}}

    world.edit("users", other, where=lambda u: u["id"] in new)


# --- class lists and schools -------------------------------------------------------------------------


def _lists(world: World) -> dict[str, list[tuple[str, list[str]]]]:
    """Section and students, per school."""
    found: dict[str, list[tuple[str, list[str]]]] = {school: [] for school in world.schools}
    for section in world.records("sections"):
        if section["school"] in found:
            found[section["school"]].append((section["id"], section["students"]))
    return found


def _lists_rotated(world: World) -> None:
    new: dict[str, list[str]] = {}
    for lists in _lists(world).values():
        sections, students = zip(*lists, strict=True)
        new |= zip(sections, [*students[1:], students[0]], strict=True)
    world.edit("sections", lambda s: s | {"students": new[s["id"]]}, where=lambda s: s["id"] in new)


def _lists_swapped(world: World) -> None:
    new: dict[str, list[str]] = {}
    for lists in _lists(world).values():
        for (one, its), (other, theirs) in zip(lists[::4], lists[1::4], strict=False):
            new |= {one: theirs, other: its}
    world.edit("sections", lambda s: s | {"students": new[s["id"]]}, where=lambda s: s["id"] in new)


def move_students(world: World, moved: set[str], here: str, there: str) -> None:
    """Moves students from one school's classes into those of classmates at another, as a SIS writes it."""
    hosts = dict(zip(sorted(moved), cycle(world.people("student", school=there))))

    def at_school(user: Json) -> Json:
        return user | {"roles": {"student": user["roles"]["student"] | {"school": there, "schools": [there]}}}

    def seats(section: Json) -> Json:
        kept = [i for i in section["students"] if i not in moved]
        joined = [one for one, host in hosts.items() if host in section["students"] and section["school"] == there]
        return section | {"students": [*kept, *joined]}

    world.edit("users", at_school, where=lambda u: u["id"] in moved)
    world.edit("sections", seats, where=lambda s: s["school"] in (here, there))


def _students_moved(world: World) -> None:
    *_, here, there = world.schools
    move_students(world, world.some(world.people("student", school=here), 0.5), here, there)


def _school_into_another(world: World) -> None:
    *_, gone, into = world.schools

    def moved(user: Json) -> Json:
        for role in user["roles"].values():
            if gone in role.get("schools", ()):
                schools = list(dict.fromkeys(into if school == gone else school for school in role["schools"]))
                role |= {"school": schools[0], "schools": schools}
        return user

    world.edit("users", moved)
    world.edit("sections", lambda s: s | {"school": into}, where=lambda s: s["school"] == gone)


# --- mapping -----------------------------------------------------------------------------------------


def _exchange_courses(world: World, name: str) -> None:
    """In a file that people edit, every course stands where another one did."""
    file = world.data / name
    head, *lines = file.read_text(encoding="utf-8").splitlines()
    rows = [line.rsplit(",", 1) for line in lines]
    courses = list(dict.fromkeys(course for _, course in rows))
    other = dict(zip(courses, [*courses[1:], courses[0]], strict=True))
    file.write_text("\n".join([head, *(f"{rest},{other[course]}" for rest, course in rows), ""]), encoding="utf-8")


def _rules_replaced(world: World) -> None:
    _exchange_courses(world, "mapping_rules.csv")


def _courses_replaced(world: World) -> None:
    _exchange_courses(world, "section_courses.csv")


# --- bleeding ----------------------------------------------------------------------------------------


def _students_bleed(world: World) -> None:
    world.lose(world.some(world.people("student"), 0.09))


def _lists_bleed(world: World) -> None:
    world.edit("sections", lambda s: s | {"students": [i for i in s["students"] if world.dice.random() >= 0.09]})


def _teachers_bleed(world: World) -> None:
    def untaught(section: Json) -> Json:
        return {k: v for k, v in section.items() if k != "teacher"} | {"teachers": []}

    world.edit("sections", untaught, where=lambda s: share(s["id"], 11) == world.nth)


ATTACKS = (
    Scenario("sections_without_teachers", "every section loses its teachers", _sections_without_teachers),
    Scenario("teachers_gone", "all teachers are gone, as people and from their sections", _teachers_gone),
    Scenario("one_teacher_everywhere", "one teacher stands in every section", _one_teacher_everywhere),
    Scenario("students_turned_teachers", "half of the students teach their own classes", _students_turned_teachers),
    Scenario("students_turned_staff", "half of the students are staff without a school", _students_turned_staff),
    Scenario("terms_back", "all terms are two years earlier: every section is over", _terms_back),
    Scenario("terms_ahead", "all terms are two years later", _terms_ahead),
    Scenario("names_rotated", "70 % of the people have somebody else's name", _names_rotated),
    Scenario("replaced", "half of the people are others under the same ids", _replaced),
    Scenario("new_domain", "every e-mail address is of another domain", _new_domain),
    Scenario("sis_ids_rotated", "every student has another student's SIS id", _sis_ids_rotated),
    Scenario("lists_rotated", "every class has the class list of another", _lists_rotated),
    Scenario("lists_swapped", "half of the classes have swapped lists in pairs", _lists_swapped),
    Scenario("students_moved", "half of a school's students are at another school", _students_moved),
    Scenario("school_into_another", "everybody and everything of a school is at another", _school_into_another),
    Scenario("rules_replaced", "every mapping rule names another course", _rules_replaced),
    Scenario("courses_replaced", "every line of section_courses.csv names another course", _courses_replaced),
    Scenario("students_bleed", "9 % of the students are lost, ten days in a row", _students_bleed, days=10),
    Scenario("lists_bleed", "9 % of the places in class are lost, ten days in a row", _lists_bleed, days=10),
    Scenario("teachers_bleed", "9 % of the sections lose their teachers, ten days in a row", _teachers_bleed, days=10),
    Scenario("names_bleed", "7 % of the people get another's name, ten days in a row", _names_bleed, days=10),
)
