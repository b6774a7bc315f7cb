"""Why a section gives nobody a course, or not this one.

Belongs here: the rules about sections and held changes, first hit first. Does not belong here: people (`people.py`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from roster_pipeline.history.explain import reasons
from roster_pipeline.history.explain.facts import Context, Row, Section
from roster_pipeline.history.explain.reasons import Cause

BACK = ("create", "restore", "update", "relink")
"""What puts a record into force, or back."""


def name_of(context: Context, section: Section) -> str:
    """Its id, and its name where names may be told: it has a teacher's."""
    name = section.row["name"]
    return f"section {section.id}" + (f" ({name})" if context.named and name else "")


def held(
    changes: Iterable[Row],
    what: str,
    *,
    ids: Collection[str],
    actions: Collection[str] = BACK,
    section: str | None = None,
) -> Cause | None:
    """Why changes of these records wait, when a hold that stands keeps one of them back."""
    waiting = [c for c in changes if c["stands"] and c["entity_id"] in ids and c["action"] in actions]
    if not waiting:
        return None
    last = waiting[-1]
    facts = {"section_id": section, "sync_id": last["sync_id"], "hold_id": last["hold_id"], "what": what}
    if last["guard"] == "undone" and last["hold_status"] == "open":
        return reasons.UNDONE.of(**{**facts, "sync_id": _undo_of(changes, ids) or last["sync_id"]})
    if last["hold_status"] == "rejected":
        return reasons.REJECTED.of(**facts, decided=f"{last['decided_at']:%Y-%m-%d}" if last["decided_at"] else "?")
    reason = reasons.APPROVED if last["hold_status"] == "approved" else reasons.HELD
    return reason.of(**facts, guard=last["guard"])


def applied(changes: Iterable[Row], entity_id: str) -> list[Row]:
    """The changes of a record that were made, the last one last."""
    return [c for c in changes if c["entity_id"] == entity_id and c["hold_id"] is None]


def ended_by(changes: Iterable[Row], entity_id: str) -> Row | None:
    """The change that last took a record out of force."""
    made = [c for c in applied(changes, entity_id) if c["action"] in ("archive", "conclude")]
    return made[-1] if made else None


def undone(changes: Sequence[Row], entity_id: str, what: str, section: str | None = None) -> Cause | None:
    """When it was an undo that ended a record."""
    ended = ended_by(changes, entity_id)
    if ended is None or ended["trigger"] != "undo":
        return None
    return reasons.UNDONE.of(section_id=section, sync_id=ended["sync_id"], what=what)


def why_not_active(context: Context, section: Section) -> Cause | None:
    """Why a section is not in force; None when it is."""
    row, about = section.row, {"section_id": section.id, "section": name_of(context, section)}
    if row["status"] == "active":
        return None
    if any(i["code"] == "section_without_site" for i in section.issues):
        return reasons.SECTION_WITHOUT_SITE.of(**about)
    back = held(section.changes, f"{about['section']} comes", ids=[section.id], section=section.id)
    if back:
        return back
    ended = ended_by(section.changes, section.id)
    sync_id = ended["sync_id"] if ended else None
    if row["status"] == "concluded":
        when = f"{row['term_end']:%Y-%m-%d}" if row["term_end"] else "no last day"
        return reasons.SECTION_CONCLUDED.of(**about, sync_id=sync_id, ended=when)
    if row["enrollment_source"] != "clever":
        site = row["site"]
        return reasons.SECTION_SITE_MANUAL.of(**about, sync_id=sync_id, site=site)
    if row["site_status"] == "new":
        return reasons.SECTION_SITE_NEW.of(**about, site=row["site"])
    back = undone(section.changes, section.id, f"{about['section']} came", section.id)
    if back:
        return back
    if row["shared"]:
        return reasons.NOT_APPLIED.of(section_id=section.id, thing=about["section"], failed=context.failed)
    if row["on_roster"]:
        return reasons.SECTION_LEFT.of(**about, sync_id=sync_id)
    return reasons.NOT_SHARED.of(section_id=section.id, who=about["section"])


def why_without_course(context: Context, section: Section, course_id: str | None, hangs: int) -> Cause | None:
    """Why the course, or any, does not hang on an active section; None when it does.

    `hangs` is on how many active sections it does.
    """
    if section.has(course_id):
        return None
    name = name_of(context, section)
    waiting = [c["entity_id"] for c in section.changes if c["entity"] == "section_courses"]
    ids = [i for i in waiting if course_id is None or i == f"{section.id}/{course_id}"]
    back = held(section.changes, f"the course comes to {name}", ids=ids, actions=("create",), section=section.id)
    if back:
        return back
    best = section.suggestions[0] if section.suggestions else None
    suggested = f"; the closest suggestion is {title_of(best)} (score {best['score']:.2f})" if best else ""
    removed = section.removed(course_id)
    if removed:
        return _removed(context, section, removed, suggested)
    about = {"section_id": section.id, "section": name}
    wanted = course_id or (best["course_id"] if best else "COURSE_ID")
    if section.courses:
        told = ", ".join(title_of(c) for c in section.courses)
        return reasons.SECTION_OTHER_COURSES.of(**about, courses=told, hangs=hangs, course_id=wanted)
    fits = course_id is None or any(s["course_id"] == course_id for s in section.suggestions)
    reason = reasons.SECTION_UNMAPPED if fits else reasons.SECTION_UNFIT
    return reason.of(**about, not_carried=_not_carried(section.row), suggested=suggested, course_id=wanted)


def _removed(context: Context, section: Section, decision: Row, suggested: str) -> Cause:
    """That a person took a course off a section."""
    return reasons.COURSE_REMOVED.of(
        section_id=section.id,
        sync_id=decision["sync_id"],
        section=name_of(context, section),
        course=title_of(decision),
        course_id=decision["course_id"],
        by=by_hand(context, decision),
        suggested=suggested,
    )


def _not_carried(row: Row) -> str:
    """Why nothing was carried over from the sections before it, where there are some."""
    told = {
        None: "",
        "disagree": f"; the {row['sections_before']} sections before it had different courses",
        "refused": "; a person took off what the sections before it had",
        "retired": "; the sections before it had no course that is active",
    }
    return told[row["not_carried"]]


def why_nobody_sees(context: Context, section: Section, course_id: str | None, hangs: int) -> list[Cause]:
    """All that keeps the people of a section from the course, or from any: the first is the one to mend first."""
    inactive = why_not_active(context, section)
    if inactive:
        return [inactive]
    found = [why_without_course(context, section, course_id, hangs)]
    if not section.row["student_count"] and not section.row["teacher_count"]:
        found.append(reasons.SECTION_EMPTY.of(section_id=section.id, section=name_of(context, section)))
    return [cause for cause in found if cause]


def _undo_of(changes: Iterable[Row], ids: Collection[str]) -> str | None:
    made = [c["sync_id"] for c in changes if c["entity_id"] in ids and c["hold_id"] is None and c["trigger"] == "undo"]
    return made[-1] if made else None


def by_hand(context: Context, decision: Row) -> str:
    """What a person did, and when; who it was and what they said only where names may be told."""
    who, why = (decision["by"], decision["why"]) if context.named else (None, None)
    told = ", ".join(filter(None, (who, f"{decision['at']:%Y-%m-%d}", f"sync {decision['sync_id']}")))
    return f"hand ({told}{f': {why}' if why else ''})"


def title_of(course: Row) -> str:
    """A course as people call it, with its id."""
    return f"{course['title']} ({course['course_id']})" if course["title"] else str(course["course_id"])
