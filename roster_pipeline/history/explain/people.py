"""Why a person does not see a course, or no more than they do.

Belongs here: the rules about people and their places in sections, first hit first. Does not belong here: sections by
themselves (`sections.py`), and how it is told (`answer.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from roster_pipeline.history.explain import reasons
from roster_pipeline.history.explain.facts import Context, Membership, Person, Row
from roster_pipeline.history.explain.overridden import exclusion
from roster_pipeline.history.explain.reasons import Cause
from roster_pipeline.history.explain.sections import (
    by_hand,
    ended_by,
    held,
    name_of,
    undone,
    why_not_active,
    why_without_course,
)

_NEXT = (
    "course_retired",
    "course_gone",
    "held",
    "approved",
    "rejected",
    "undone",
    "not_applied",
    "section_without_site",
)
_LATER = (
    "course_removed",
    "left_section",
    "section_left",
    "section_site_manual",
    "not_shared",
    "section_concluded",
)
_OTHER_CLASS = ("section_unfit", "section_other_courses")
"""What keeps a course out of a class that nobody takes for a class of it."""

_ORDER = {code: n for n, code in enumerate((*_NEXT, "section_unmapped", *_LATER, *_OTHER_CLASS))}
"""What is most likely meant comes first: what waits, then a class without a course that the course would fit."""

_TOLD = 3
_OVER = ("section_concluded", "section_left", "section_site_manual", "left_section")


@dataclass(frozen=True)
class Course:
    """The course that is asked about, and on how many active sections it hangs; `active` is None when it is gone."""

    course_id: str
    title: str | None
    active: bool | None
    sections: int

    @property
    def told(self) -> str:
        return f"{self.title} ({self.course_id})" if self.title else self.course_id


def name_of_person(context: Context, person: Person) -> str:
    names = [n for n in (person.row["first_name"], person.row["last_name"]) if n]
    return " ".join(names) if context.named and names else f"person {person.id}"


def why_not_on_roster(context: Context, person: Person) -> Cause | None:
    """Why a person is not in force; None when they are."""
    if person.is_on_roster:
        return None
    who = name_of_person(context, person)
    excluded = exclusion(person.overrides)
    if excluded:
        by = by_hand(context, excluded)
        return reasons.PERSON_EXCLUDED.of(who=who, sync_id=excluded["sync_id"], by=by, no=excluded["no"])
    codes = {i["code"] for i in person.issues}
    for reason in (reasons.USER_WITHOUT_ROLE, reasons.USER_WITHOUT_SITE):
        if reason.code in codes:
            return reason.of(who=who)
    back = held(person.changes, f"{who} comes", ids=[person.id])
    if back:
        return back
    ended = ended_by(person.changes, person.id)
    sync_id = ended["sync_id"] if ended else None
    places = [s for s in person.sites if s["shared"]] or list(person.sites)
    manual = bool(places) and all(s["enrollment_source"] != "clever" for s in places)
    if manual:
        return reasons.PERSON_SITE_MANUAL.of(who=who, sync_id=sync_id, sites=", ".join(s["site"] for s in places))
    if places and all(s["enrollment_source"] != "clever" or s["site_status"] == "new" for s in places):
        waiting = (s["site"] for s in places if s["site_status"] == "new")
        return reasons.PERSON_SITE_NEW.of(who=who, sites=", ".join(waiting))
    back = undone(person.changes, person.id, f"{who} came")
    if back:
        return back
    if person.row["shared"]:
        return reasons.NOT_APPLIED.of(thing=who, failed=context.failed)
    if person.row["erased_by"]:
        return reasons.PERSON_ERASED.of(who=who, sync_id=person.row["erased_by"])
    return (reasons.PERSON_LEFT if person.row["on_roster"] else reasons.NOT_SHARED).of(who=who, sync_id=sync_id)


def why_not_in(context: Context, person: Person, place: Membership) -> Cause | None:
    """Why a person is not in a section that is in force; None when they are."""
    if place.is_active:
        return None
    who, section = name_of_person(context, person), place.section
    name, entity_id = name_of(context, section), f"{section.id}/{person.id}/{place.row['role']}"
    what, came = f"{who} comes to {name}", f"{who} came to {name}"
    back = held(person.changes, what, ids=[entity_id], section=section.id)
    back = back or undone(person.changes, entity_id, came, section.id)
    if back:
        return back
    if place.row["shared_in"]:
        return reasons.NOT_APPLIED.of(section_id=section.id, thing=f"{who} in {name}", failed=context.failed)
    ended = ended_by(person.changes, entity_id)
    sync_id = ended["sync_id"] if ended else None
    return reasons.LEFT_SECTION.of(section_id=section.id, sync_id=sync_id, who=who, section=name)


def seen(person: Person, course: Course | None) -> list[tuple[Membership, Row]]:
    """The courses that a person sees, or the one, each with the membership that gives it."""
    return [
        (place, c)
        for place in person.memberships
        if place.gives_access
        for c in place.section.courses
        if course is None or c["course_id"] == course.course_id
    ]


def why_not(context: Context, person: Person, course: Course | None) -> list[Cause]:
    """All that keeps a person from the course, or from more: the first is the one to mend first.

    Somebody who sees the course is kept from nothing but from being assigned something.
    """
    who = name_of_person(context, person)
    absent = why_not_on_roster(context, person)
    if absent:
        return [absent]
    pending = [reasons.PENDING.of(who=who)] if person.row["status"] == "pending" else []
    if course and seen(person, course):
        return pending
    if course and not course.active:
        return [why_not_in_catalog(course)]
    found = [cause for place in person.memberships if (cause := _why_not_by(context, person, place, course))]
    ordered = [cause for _, _, cause in sorted(found, key=lambda f: (f[0], f[1]))]
    others = [c for c in ordered if c.code in _OTHER_CLASS]
    ordered = [c for c in ordered if c.code not in _OTHER_CLASS]
    if course and others and all(c.code != "section_unmapped" for c in ordered):
        ordered.append(_no_class_of(context, person, course, others))
    if course is None:
        # what is over, or was left, keeps nobody from anything today
        ordered = [c for c in ordered if c.code not in _OVER]
    if not ordered and not seen(person, None):
        ordered = [_without_section(person, who)]
    return [*ordered, *pending]


def why_not_in_catalog(course: Course) -> Cause:
    """Why a course that is not active can be added nowhere."""
    return (reasons.COURSE_GONE if course.active is None else reasons.COURSE_RETIRED).of(course=course.told)


def why_not_by_place(context: Context, person: Person, place: Membership) -> Cause | None:
    """Why one membership of a person in force gives no course at all; None when it gives one."""
    found = _why_not_by(context, person, place, None)
    return found[2] if found else None


def _no_class_of(context: Context, person: Person, course: Course, others: Sequence[Cause]) -> Cause:
    """That none of a person's classes is one of the course, with those of which nothing is known, that could be one."""
    unknown = {c.section_id for c in others if c.code == "section_unfit"}
    could = [
        place.section for place in person.memberships if place.section.id in unknown and not place.section.suggestions
    ]
    told = ", ".join(name_of(context, section) for section in could[:_TOLD])
    more = f" and {len(could) - _TOLD} more" if len(could) > _TOLD else ""
    add = (
        f" If {name_of(context, could[0])} teaches it: `roster map add {could[0].id} {course.course_id}`."
        if could
        else ""
    )
    return reasons.NO_CLASS_OF_COURSE.of(
        section_id=could[0].id if could else None,
        who=name_of_person(context, person),
        hangs=course.sections,
        could=f"; nothing is known of {told}{more}, without a course" if could else "",
        teaches=add,
    )


def _without_section(person: Person, who: str) -> Cause:
    roles = person.row["roles"]
    if not {"student", "teacher"} & set(roles):
        return reasons.ROLE_WITHOUT_SECTIONS.of(who=who, roles=" and ".join(roles))
    return reasons.NO_SECTION.of(who=who)


def _why_not_by(
    context: Context, person: Person, place: Membership, course: Course | None
) -> tuple[int, str, Cause] | None:
    """Why one membership does not give the course, with its place in the order of all."""
    section = place.section
    wanted = course.course_id if course else None
    cause = why_not_active(context, section) or why_not_in(context, person, place)
    if cause is None:
        cause = why_without_course(context, section, wanted, course.sections if course else 0)
    elif wanted and cause.code in _OVER and not section.has(wanted):
        return None  # it would not give it either
    if cause is None:
        return None
    return _ORDER[cause.code], section.id, cause
