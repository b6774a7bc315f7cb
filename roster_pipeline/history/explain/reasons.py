"""Why somebody does not see a course: every reason that the rules can produce, once.

Belongs here: its code, its sentence, and what mends it; the table in docs/explain.md is made from this page. Does not
belong here: which of them is true of whom (`people.py`, `sections.py`).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Cause:
    """A reason, said of one person or section; `section_id` is where it is to be found."""

    code: str
    sentence: str
    remedy: str
    section_id: str | None = None
    sync_id: str | None = None
    hold_id: str | None = None


@dataclass(frozen=True)
class Reason:
    """A reason: `sentence` goes on after "because", `remedy` is a sentence of its own; `{...}` is filled in."""

    code: str
    sentence: str
    remedy: str

    def of(
        self, *, section_id: str | None = None, sync_id: str | None = None, hold_id: str | None = None, **facts: object
    ) -> Cause:
        """The reason with its facts in the place of their names."""
        known = {
            **facts,
            "section_id": section_id,
            "sync": sync_id or "before the history begins",
            "hold": hold_id,
        }
        sentence, remedy = self.sentence.format(**known), self.remedy.format(**known)
        return Cause(self.code, sentence, remedy, section_id, sync_id, hold_id)


_SHARE = "Share it in Clever (the district's sharing rules), then `roster sync`."

_CLASS_LIST = "mend the class list in the district's data, then `roster sync`."

_ADD = "Add it with `roster map add {section_id} {course_id}`, or job `map_section`."

USER_WITHOUT_ROLE = Reason(
    "user_without_role",
    "Clever's record of {who} has no role that we know",
    "Give them a role in the district's data (student, teacher, staff), then `roster sync`.",
)
USER_WITHOUT_SITE = Reason(
    "user_without_site",
    "{who} belongs to no school that Clever shares with us",
    "Share their school in Clever, then `roster sync`.",
)
SECTION_WITHOUT_SITE = Reason(
    "section_without_site",
    "{section} is at no school that Clever shares with us",
    "Share its school in Clever, then `roster sync`.",
)
NOT_SHARED = Reason(
    "not_shared", "Clever does not share {who} with us, and no sync has put {who} on the roster", _SHARE
)
PERSON_LEFT = Reason(
    "person_left",
    "Clever does not share {who} any more: archived by sync {sync}",
    f"{_SHARE} They come back with all that they had.",
)
PERSON_ERASED = Reason(
    "person_erased",
    "{who} was archived, and their data was erased by sync {sync}",
    f"{_SHARE} They are restored under the same id, without what was erased.",
)
PERSON_EXCLUDED = Reason(
    "person_excluded",
    "{who} is kept off the roster, excluded by {by}",
    "If they belong there: `roster override end {no}`, or job `override`.",
)
PERSON_SITE_MANUAL = Reason(
    "person_site_manual",
    "{who} belongs to no site that is on Clever ({sites})",
    "Take the site's line out of data/sites.csv, then `roster sync`.",
)
PERSON_SITE_NEW = Reason(
    "person_site_new",
    "nobody has confirmed the counts of {sites} yet, where {who} belongs",
    "See `roster start`, and confirm them with `--confirm`.",
)
SECTION_LEFT = Reason(
    "section_left",
    "Clever does not share {section} any more: archived by sync {sync}",
    f"{_SHARE} It comes back with its people and courses.",
)
SECTION_SITE_MANUAL = Reason(
    "section_site_manual",
    "{section} is at {site}, which is not on Clever",
    "Take the site's line out of data/sites.csv, then `roster sync`.",
)
SECTION_SITE_NEW = Reason(
    "section_site_new",
    "{section} is at {site}, whose counts nobody has confirmed yet",
    "See `roster start`, and confirm them with `--confirm`.",
)
SECTION_CONCLUDED = Reason(
    "section_concluded",
    "the term of {section} is over ({ended})",
    "Nothing, when that is so; else mend the term's last day in the district's data, then `roster sync`.",
)
HELD = Reason(
    "held",
    "{what} is held back by the guard {guard} since sync {sync}",
    "See `roster holds {hold}`; if it is right, `roster approve {hold}` and `roster sync`.",
)
APPROVED = Reason(
    "approved",
    "{what} was held back by the guard {guard} and is approved, and no sync has used that yet",
    "`roster sync` (hold {hold}).",
)
REJECTED = Reason(
    "rejected",
    "somebody rejected, on {decided}, that {what}",
    "If that was wrong, `roster approve {hold} --change` and `roster sync`.",
)
UNDONE = Reason(
    "undone",
    "an undo took back that {what} (sync {sync})",
    "If that was wrong, `roster undo {sync}`; once it is held (`roster holds`), `roster approve` it.",
)
NOT_APPLIED = Reason(
    "not_applied",
    "Clever shares {thing}, and no sync has applied that yet{failed}",
    "`roster sync`; when that fails, it says why.",
)
LEFT_SECTION = Reason(
    "left_section",
    "Clever does not list {who} in {section} any more: ended by sync {sync}",
    "If they belong there, mend the class list in the district's data, then `roster sync`.",
)
NO_SECTION = Reason(
    "no_section",
    "{who} is in no section that Clever shares",
    "Put them into a class in the district's data, or share that class in Clever, then `roster sync`.",
)
ROLE_WITHOUT_SECTIONS = Reason(
    "role_without_sections",
    "{who} is {roles}, and only students and teachers are in sections",
    "Give them the role in the district's data, and a class, then `roster sync`.",
)
SECTION_UNMAPPED = Reason(
    "section_unmapped",
    "{section} has no course{not_carried}{suggested}",
    _ADD,
)
SECTION_UNFIT = Reason(
    "section_unfit",
    "{section} has no course{not_carried}, and nothing says that it teaches {course_id}{suggested}",
    f"If its people belong in a class of that, {_CLASS_LIST} Only if this section teaches it: "
    f"{_ADD[0].lower()}{_ADD[1:]}",
)
SECTION_OTHER_COURSES = Reason(
    "section_other_courses",
    "{section} has other courses ({courses}), and active sections with this one: {hangs}",
    f"If its people belong in one of those, {_CLASS_LIST} Only if this section teaches both: "
    f"{_ADD[0].lower()}{_ADD[1:]}",
)
NO_CLASS_OF_COURSE = Reason(
    "no_class_of_course",
    "{who} is in no class that has it or that it would fit; active sections with it: {hangs}{could}",
    f"If they belong in a class of it, {_CLASS_LIST}{{teaches}}",
)
COURSE_REMOVED = Reason(
    "course_removed",
    "{section} has no {course}: removed by {by}{suggested}",
    f"If it belongs there: {_ADD[0].lower()}{_ADD[1:]}",
)
SECTION_EMPTY = Reason(
    "section_empty",
    "nobody is in {section}",
    "Put people into it in the district's data, or share them in Clever, then `roster sync`.",
)
COURSE_RETIRED = Reason(
    "course_retired",
    "the course {course} is not active",
    "Make it active in data/courses.csv, then map it.",
)
COURSE_GONE = Reason(
    "course_gone",
    "the course {course} is not in the catalog any more",
    "Put it back into data/courses.csv, then map it.",
)
PENDING = Reason(
    "pending",
    "{who} has never logged in, so that nothing can be assigned yet",
    "Have them log in once; data/logins.csv then says so.",
)

REASONS: tuple[Reason, ...] = (
    USER_WITHOUT_ROLE,
    USER_WITHOUT_SITE,
    NOT_SHARED,
    PERSON_LEFT,
    PERSON_ERASED,
    PERSON_EXCLUDED,
    PERSON_SITE_MANUAL,
    PERSON_SITE_NEW,
    HELD,
    APPROVED,
    REJECTED,
    UNDONE,
    NOT_APPLIED,
    ROLE_WITHOUT_SECTIONS,
    NO_SECTION,
    LEFT_SECTION,
    SECTION_WITHOUT_SITE,
    SECTION_LEFT,
    SECTION_SITE_MANUAL,
    SECTION_SITE_NEW,
    SECTION_CONCLUDED,
    SECTION_EMPTY,
    SECTION_UNMAPPED,
    SECTION_UNFIT,
    COURSE_REMOVED,
    SECTION_OTHER_COURSES,
    NO_CLASS_OF_COURSE,
    COURSE_RETIRED,
    COURSE_GONE,
    PENDING,
)
"""In the order in which the documentation lists them."""


def markdown() -> str:
    """The table of the documentation: one row per reason."""
    rows = ["| code | because … | what to do |", "| --- | --- | --- |"]
    rows += [f"| `{r.code}` | {_spoken(r.sentence)} | {_spoken(r.remedy)} |" for r in REASONS]
    return "\n".join(rows)


def _spoken(template: str) -> str:
    """A template as a reader sees it: names in capitals stand for what is filled in."""
    return template.format_map(_Names())


class _Names(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return name.upper()
