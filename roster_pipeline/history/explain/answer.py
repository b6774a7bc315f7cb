"""The answer to "why": the whole way of one person or section, step by step, and one sentence at the end.

Belongs here: putting what is known and what follows from it into an answer. Does not belong here: printing it
(`cli/terminal.py`), and the rules (`people.py`, `sections.py`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import duckdb

from roster_pipeline.errors import RosterError
from roster_pipeline.history.explain import overridden, people
from roster_pipeline.history.explain.facts import (
    Context,
    Membership,
    Person,
    Row,
    Section,
    read_context,
    read_person,
    read_sections,
    rows,
)
from roster_pipeline.history.explain.find import BY_ID, Match, find, find_course
from roster_pipeline.history.explain.people import Course, name_of_person, seen, why_not
from roster_pipeline.history.explain.reasons import Cause
from roster_pipeline.history.explain.sections import by_hand, name_of, title_of, why_nobody_sees


@dataclass(frozen=True)
class Step:
    """One step of the way: what is so, and the sync that decided it, with its start (UTC).

    `over`: it says nothing of today: a hold that has cleared, a place in a section that has ended.
    """

    step: str
    what: str
    sync_id: str | None = None
    at: datetime | None = None
    over: bool = False


@dataclass(frozen=True)
class Place:
    """A section on the way: the person's part in it, and its courses with whom or what mapped them.

    `why` is the code of what keeps its courses from the person; empty when nothing does.
    """

    section_id: str
    status: str
    enrollment: str
    why: str
    role: str
    courses: list[str]
    name: str
    site: str | None
    term: str | None
    since: str | None


@dataclass(frozen=True)
class Answer:
    """All that is known, in the order of the way; `sentence` sums it up. `sees` are course ids."""

    district: str
    kind: str
    id: str
    who: str
    sentence: str
    sees: list[str]
    steps: list[Step]
    sections: list[Place]
    reasons: list[Cause] = field(default_factory=list)

    def markdown(self) -> str:
        """Its steps, sections and reasons as lists."""
        steps = [f"- **{s.step}**: {s.what}{f' (sync `{s.sync_id}`)' if s.sync_id else ''}" for s in self.steps]
        places = [
            f"- **section** `{p.section_id}`: {p.status}, {p.role} {p.enrollment}; "
            f"{', '.join(p.courses) or 'no course'}"
            for p in self.sections
        ]
        return "\n".join([*steps, *places, *(f"- **{r.code}**: {r.sentence}. {r.remedy}" for r in self.reasons)])


def explain(connection: duckdb.DuckDBPyConnection, context: Context, match: Match, course: Course | None) -> Answer:
    """The whole way of one person or section, and why they do or do not see a course; without one, what they see."""
    if match.kind == "person":
        return _of_person(context, read_person(connection, context, match.id, match.clever_id), course)
    (section,) = read_sections(connection, context, {match.id: match.clever_id})
    section = replace(section, overrides=rows(connection, "overrides", id=match.id))
    return _of_section(context, section, course)


def explain_by_id(connection: duckdb.DuckDBPyConnection, district: str, who: str, course: str) -> Answer:
    """An answer in ids alone, to a question of ids alone. Raises RosterError when there is no single answer."""
    context = read_context(connection, district, named=False, staged=True)
    if "@" in who:
        raise RosterError("An e-mail was asked for, and Dagster keeps what it is asked", do=_ASK_THERE)
    matches = [m for m in find(connection, context, who) if m.by in BY_ID]
    if len(matches) != 1:
        found = ", ".join(m.id for m in matches) or "none"
        raise RosterError(f"There is no single person or section of this id ({found})", do=_ASK_THERE)
    return explain(connection, context, matches[0], find_course(connection, course) if course else None)


_ASK_THERE = "Give an id of ours or of Clever's; `roster explain` in a terminal takes e-mails and SIS ids too"


def _of_person(context: Context, person: Person, course: Course | None) -> Answer:
    causes = why_not(context, person, course)
    access = seen(person, course)
    return Answer(
        context.district,
        "person",
        person.id,
        name_of_person(context, person),
        _sentence(context, name_of_person(context, person), access_of(access), causes, course),
        sorted({c["course_id"] for _, c in access}),
        _way_of_person(context, person),
        [_place(context, person, m) for m in person.memberships],
        causes,
    )


def _of_section(context: Context, section: Section, course: Course | None) -> Answer:
    causes = why_nobody_sees(context, section, course.course_id if course else None, course.sections if course else 0)
    if course and not course.active and not section.has(course.course_id):
        causes = [people.why_not_in_catalog(course)]
    visible = section.row["status"] == "active"
    courses = [c for c in section.courses if visible and (course is None or c["course_id"] == course.course_id)]
    name, whoever = name_of(context, section), f"Whoever is in section {section.id} ({_people_in(section)})"
    return Answer(
        context.district,
        "section",
        section.id,
        name,
        _sentence(context, whoever, [(section, c) for c in courses], causes, course),
        [c["course_id"] for c in courses],
        _way_of_section(context, section),
        [],
        causes,
    )


def access_of(access: Iterable[tuple[Membership, Row]]) -> list[tuple[Section, Row]]:
    return [(place.section, course) for place, course in access]


def _sentence(
    context: Context,
    who: str,
    access: Sequence[tuple[Section, Row]],
    causes: Sequence[Cause],
    course: Course | None,
) -> str:
    """What somebody sees, or what keeps them from it and what to do."""
    because = f"because {causes[0].sentence}. {causes[0].remedy}" if causes else ""
    if not access:
        what = course.told if course else "any course"
        others = sum(c.code != "pending" for c in causes[1:])
        more = f" ({others} more {'reason' if others == 1 else 'reasons'} beside it.)" if others else ""
        return f"{who} does not see {what}, {because}{more}"
    through = [f"{title_of(c)} through section {s.id}, mapped by {_mapped_by(context, s, c)}" for s, c in access]
    told = f"{who} sees {'; '.join(through[:3])}{f'; and {len(through) - 3} more' if len(through) > 3 else ''}."
    if not causes:
        return told
    if causes[0].code == "pending":
        return f"{told} But {causes[0].sentence}. {causes[0].remedy}"
    return f"{told} Not more, {because}"


def _mapped_by(context: Context, section: Section, course: Row) -> str:
    """Whom or what hung a course on a section."""
    sync = f"sync {course['since_sync_id']}"
    match course["mapped_by"]:
        case "file":
            return f"data/section_courses.csv ({sync})"
        case "rule":
            return f"rule {course['rule_id']} of data/mapping_rules.csv ({sync})"
        case "carried_over":
            return f"what section {course['from_section_id']} had, {_BEFORE[course['carried_because']]} ({sync})"
    decision = section.added(course["course_id"])
    # without one, it was taken back, and that is held
    return by_hand(context, decision) if decision else f"hand ({sync})"


_BEFORE = {
    "same_students": "the class that most of its students are or were in",
    "last_term": "the same course in the term before",
}


def _place(context: Context, person: Person, place: Membership) -> Place:
    row, section = place.section.row, place.section
    absent = people.why_not_on_roster(context, person)
    cause = absent or people.why_not_by_place(context, person, place)
    return Place(
        section_id=section.id,
        status=row["status"] or "not on the roster",
        enrollment=place.row["enrollment"] or "not on the roster",
        why=cause.code if cause else "",
        role=place.row["role"],
        courses=[f"{title_of(c)} by {_mapped_by(context, section, c)}" for c in section.courses],
        name=row["name"] if context.named and row["name"] else "",
        site=row["site"],
        term=row["term"],
        since=place.row["enrolled_by"],
    )


def _shared(context: Context, shared: bool, issues: Sequence[Row]) -> list[Step]:
    sync_id, at = context.last["sync_id"], context.last["at"]
    if not context.staged:
        steps = [Step("shared", "cannot be looked at: nothing is staged, or a run is at work on this district")]
    else:
        what = "Clever shares it" if shared else "Clever does not share it" if not issues else "Clever has sent it"
        steps = [Step("shared", f"{what}, as of what was fetched last", sync_id, at)]
    noted = [Step("left out", f"{i['code']}: {i['message']}", i["sync_id"] or sync_id) for i in issues]
    return [*steps, *(noted or [Step("left out", "nothing was wrong with the record")] * bool(shared))]


def _overridden(context: Context, overrides: Sequence[Row]) -> list[Step]:
    return [
        Step("override", overridden.told(context, o), o["sync_id"], over=o["state"] == "expired") for o in overrides
    ]


def _way_of_person(context: Context, person: Person) -> list[Step]:
    row = person.row
    ended = {m.section.id for m in person.memberships if m.section.row["status"] != "active"}
    steps = _shared(context, row["shared"], person.issues)
    if not row["on_roster"]:
        return [*steps, Step("roster", "not on the roster"), *_told(person.changes, ended)]
    steps.append(Step("roster", f"on the roster as {' and '.join(row['roles'])}", row["since_sync_id"]))
    for site in person.sites:
        on = "on Clever" if site["enrollment_source"] == "clever" else "not on Clever (data/sites.csv)"
        steps.append(Step("site", f"{site['site']}, {on}: {site['status'] or 'not a member'}", site["since_sync_id"]))
    login = row["first_login_at"]
    first = f"first login {login:%Y-%m-%d %H:%M} UTC" if login else "has never logged in"
    steps.append(Step("status", f"{row['status']}: {first}"))
    steps += _overridden(context, person.overrides)
    return [*steps, *_told(person.changes, ended)]


def _way_of_section(context: Context, section: Section) -> list[Step]:
    row = section.row
    steps = _shared(context, row["shared"], section.issues)
    if not row["on_roster"]:
        return [*steps, Step("roster", "not on the roster"), *_told(section.changes)]
    on = "on Clever" if row["enrollment_source"] == "clever" else "not on Clever (data/sites.csv)"
    steps.append(Step("roster", f"on the roster at {row['site']}, {on}", row["since_sync_id"]))
    ends = f", until {row['term_end']:%Y-%m-%d}" if row["term_end"] else ""
    steps.append(Step("status", f"{row['status']}, term {row['term'] or 'unknown'}{ends}"))
    steps.append(Step("people", _people_in(section)))
    steps += _overridden(context, section.overrides)
    steps += [
        Step("course", f"{title_of(c)} by {_mapped_by(context, section, c)}", c["since_sync_id"])
        for c in section.courses
    ]
    if not section.courses:
        since = f" since {row['unmapped_since']:%Y-%m-%d}" if row["unmapped_since"] else ""
        steps.append(Step("course", f"none{since}"))
    steps += [
        Step("removed", f"{title_of(d)} by {by_hand(context, d)}", d["sync_id"])
        for d in section.decisions
        if d["decision"] == "remove"
    ]
    steps += [Step("suggestion", f"{title_of(s)}: score {s['score']:.2f} ({s['reason']})") for s in section.suggestions]
    return [*steps, *_told(section.changes)]


def _people_in(section: Section) -> str:
    counted = ((section.row[f"{role}_count"] or 0, role) for role in ("student", "teacher"))
    return ", ".join(f"{n} {role}{'' if n == 1 else 's'}" for n, role in counted)


_KINDS = {
    "users": "person",
    "user_sites": "site",
    "sections": "section",
    "enrollments": "enrollment",
    "section_courses": "course",
}


def _told(changes: Iterable[Row], ended: Collection[str] = ()) -> list[Step]:
    """The changes of records over all syncs, each with its fields and, for one that was held, what became of that."""
    return [Step("change", _change(c), c["sync_id"], c["at"], _is_over(c, ended)) for c in changes]


def _is_over(change: Row, ended: Collection[str]) -> bool:
    cleared = change["hold_id"] is not None and not change["stands"]
    return cleared or (change["entity"] == "enrollments" and change["entity_id"].partition("/")[0] in ended)


def _change(change: Row) -> str:
    """An id stands for itself: those of the person or the section that is asked about are not told once more."""
    first, *others = change["entity_id"].split("/")
    match change["entity"], others:
        case "enrollments", [_, role]:
            told = f"in {first} as {role}"
        case _, [other]:
            told = other
        case _:
            told = first
    fields = f" ({', '.join(change['fields'])})" if change["action"] == "update" else ""
    what = f"{_KINDS[change['entity']]} {told}: {change['action']}{fields}"
    undo = ", by an undo" if change["trigger"] == "undo" else ""
    if change["hold_id"] is None:
        return what + undo
    state = change["hold_status"] if change["stands"] else "over"
    return f"{what}, held by {change['guard'] or 'a guard'}, hold {change['hold_id']} ({state})"
