"""What happened to others: the seventeen incidents that the project was started from, by their numbers.

Belongs here: each as a change of the district. Does not belong here: 14 (a new year's profile without history): it
cannot happen, state is keyed to Clever's ids; the rollover of `year` shows it.
"""

from __future__ import annotations

from datetime import date

from benchmarks.accidents.scenario import Scenario
from benchmarks.accidents.world import World
from clever_sandbox.district.ids import clever_id, share
from clever_sandbox.district.tables import Json, Kind, record


def renumbered(data: Json) -> Json:
    """The record under an id that Clever never gave before."""
    return data | {"id": clever_id("renumbered", "x", data["id"])}


def _few_new_ids(world: World) -> None:
    few = [s["id"] for s in world.records("sections") if s["school"] == world.schools[0]][:3]
    world.edit("sections", renumbered, where=lambda s: s["id"] in few)


def _school_renumbered(world: World) -> None:
    school = world.schools[0]
    world.edit("sections", renumbered, where=lambda s: s["school"] == school)


def _drop_term(world: World, name: str) -> None:
    gone = {t["id"] for t in world.records("terms") if t["name"] == name}
    world.edit("sections", lambda _: None, where=lambda s: s["term_id"] in gone)
    world.edit("terms", lambda _: None, where=lambda t: t["id"] in gone)


def _ended_term_dropped(world: World) -> None:
    world.day = date(2027, 1, 4)
    _drop_term(world, "S1")


def _only_course_dropped(world: World) -> None:
    student = world.people("student", school=world.schools[0])[0]
    world.edit("sections", lambda s: s | {"students": [i for i in s["students"] if i != student]})


def _unreadable(world: World) -> None:
    def header_in_capitals(user: Json) -> Json:
        return user | {"roles": {name.title(): role for name, role in user["roles"].items()}}

    world.edit("users", header_in_capitals)


def _empty(world: World, kind: Kind) -> None:
    world.edit(kind, lambda _: None)


def _strangers_in_class(world: World) -> None:
    world.edit(
        "sections", lambda s: s | {"students": [*s["students"], "f" * 24]}, where=lambda s: share(s["id"], 2) == 0
    )


def _another_order(world: World) -> None:
    def shuffled(section: Json) -> Json:
        others = [t for t in section["teachers"] if t != section["teacher"]]
        students = world.dice.sample(section["students"], len(section["students"]))
        return section | {"students": students, "teachers": [*others, section["teacher"]]}

    world.edit("sections", shuffled)


def _another_primary_teacher(world: World) -> None:
    def primary(section: Json) -> Json:
        teacher = section["teachers"][-1]
        name = world.district.tables["users"][teacher].data()["name"]["last"]
        return section | {"teacher": teacher, "name": f"{section['name']} ({name})"}

    world.edit("sections", primary)


def _leaves_and_returns(world: World) -> None:
    """Two days; on the second the student is back under another id, in no class yet."""
    users = world.original["users"]
    student = next(i for i in users.ids if "student" in users[i].keys["role"])
    if world.nth == 1:
        world.lose([student])
    else:
        world.district.change("users", put=[record(renumbered(users[student].data()))])


def _staff_new_ids(world: World) -> None:
    new = {i: clever_id("renumbered", "x", i) for i in world.people("teacher", school=world.schools[0])}

    def taught(section: Json) -> Json:
        teachers = [new.get(i, i) for i in section["teachers"]]
        return section | {"teacher": new.get(section["teacher"], section["teacher"]), "teachers": teachers}

    world.edit(
        "users", lambda u: renumbered(u) | {"email": f"{u['id']}@new.example.org"}, where=lambda u: u["id"] in new
    )
    world.edit("sections", taught)


def _shared_address(world: World) -> None:
    some = world.some(world.people("student"), 0.1)
    world.edit("users", lambda u: u | {"email": "shared@example.org"}, where=lambda u: u["id"] in some)


def _third_of_school(world: World) -> None:
    world.lose(world.some(world.people("student", school=world.schools[0]), 1 / 3))


def _fault(world: World, name: str, path: str | None = None) -> None:
    world.server.sandbox.faults.add(name, path=path)


INCIDENTS = (
    Scenario("incident_01", "1: a few sections come under new ids", _few_new_ids, right=True),
    Scenario(
        "incident_02",
        "2: a school's calendar is rebuilt, all its sections have new ids",
        _school_renumbered,
        right=True,
    ),
    Scenario(
        "incident_03", "3: the term is over, and its sections drop out of the export", _ended_term_dropped, right=True
    ),
    Scenario("incident_04", "4: a running term is deleted in the SIS", lambda world: _drop_term(world, "S1")),
    Scenario("incident_05", "5: a student is in no class any more", _only_course_dropped, right=True),
    Scenario("incident_06", "6: sharing is switched off", lambda world: _fault(world, "district_gone")),
    Scenario("incident_07", "7: another spelling of a header, no record can be read", _unreadable),
    Scenario("incident_08_users", "8: the list of people is empty", lambda world: _empty(world, "users")),
    Scenario("incident_08_sections", "8: the list of sections is empty", lambda world: _empty(world, "sections")),
    Scenario("incident_09", "9: classes list people who are not shared", _strangers_in_class, right=True),
    Scenario("incident_10_order", "10: the same records in another order", _another_order, right=True),
    Scenario(
        "incident_10_primary",
        "10: another primary teacher, and with it every section's name",
        _another_primary_teacher,
        right=True,
    ),
    Scenario(
        "incident_11", "11: a student leaves, and returns under another id", _leaves_and_returns, right=True, days=2
    ),
    Scenario("incident_12", "12: a school's teachers have new addresses and new ids", _staff_new_ids, right=True),
    Scenario("incident_13", "13: the list of people ends early", lambda world: _fault(world, "early_end", "/users")),
    Scenario("incident_15", "15: Clever is down", lambda world: _fault(world, "503")),
    Scenario("incident_16", "16: a tenth of the students share one address", _shared_address, right=True),
    Scenario("incident_17", "17: a third of a school's students is missing", _third_of_school),
)
