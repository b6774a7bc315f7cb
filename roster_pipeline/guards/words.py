"""What a hold says: one line for a person, with ids, names of sites and counts, never of people.

Belongs here: the words that guards have in common. Does not belong here: what one guard says (`sentence` of each).
"""

from __future__ import annotations

from collections.abc import Sequence

from roster_pipeline.guards.guard import Part
from roster_pipeline.history.words import counted as number_of

_LISTED = 3
_IF_RIGHT = "If this is right: "
_AFTER_ALL = "If that is right after all: "

NOUNS = {
    "sites": "sites",
    "users": "people",
    "user_sites": "site memberships",
    "sections": "sections",
    "enrollments": "enrollments",
    "section_courses": "section courses",
}
_ROLES = {"student": "students", "teacher": "teachers", "staff": "other people"}


def told(hold_id: str, said: str, dependents: int, sites: int) -> str:
    """The whole message of a hold, with how to let it through; of several sites, also one alone."""
    also = f"; {dependents:,} more changes wait with them" if dependents > 0 else ""
    one = " (with `--site ID` at one site alone)" if sites > 1 else ""
    return f"Held: {said}{also}. {_IF_RIGHT}`roster approve {hold_id}`{one}"


def everything(hold_id: str, changes: int, sentences: Sequence[str]) -> str:
    """The message of a hold over the whole plan."""
    said = "; ".join(sentences[:_LISTED])
    if len(sentences) > _LISTED:
        said += f"; and {len(sentences) - _LISTED:,} more signs"
    return (
        f"Everything is held ({number_of(changes, 'change')}), the extract looks broken: {said}. "
        f"{_AFTER_ALL}`roster approve {hold_id}`; the other guards still judge what comes of it"
    )


def foreseen(message: str) -> str:
    """The message of a hold that no sync has opened yet: nobody can decide about it before that."""
    for asked in (_IF_RIGHT, _AFTER_ALL):
        message = message.replace(asked, f"The hold comes with the sync. {asked.removesuffix(': ')}, then: ")
    return message


def passed(parts: Sequence[Part]) -> str:
    """`more than 10 %`: the limit of the largest part."""
    return f"more than {parts[0].limit:g}" + ("" if parts[0].by_count else " %")


def counted(entity: str, parts: Sequence[Part]) -> str:
    """`5 of 39 students at site north (North), ...`, the largest parts first."""
    shown = [
        f"{p.changes:,} of {p.of:,} {_noun(entity, p.role)} {_place(p, parts)}"
        + (f" (after {p.gone:,} in the days before)" if p.gone else "")
        for p in parts[:_LISTED]
    ]
    return ", ".join(shown) + _more(parts)


def places(parts: Sequence[Part]) -> str:
    """Where the parts are, the largest first."""
    return ", ".join(_place(p, parts) for p in parts[:_LISTED]) + _more(parts)


def _more(parts: Sequence[Part]) -> str:
    rest = parts[_LISTED:]
    if not rest:
        return ""
    sites = len({p.site_id for p in rest})
    return f" and {sum(p.changes for p in rest):,} more at {sites} {'site' if sites == 1 else 'sites'}"


def _place(part: Part, parts: Sequence[Part]) -> str:
    if part.site_id is not None:
        return f"at site {part.site_id} ({part.site})" if part.site else f"at site {part.site_id}"
    return "in the district" if len(parts) == 1 else "in the rest of the district"


def _noun(entity: str, role: str | None) -> str:
    if role is None or entity == "section_courses":
        return NOUNS[entity]
    if entity == "users":
        return _ROLES[role]
    return f"{NOUNS[entity]} of {_ROLES[role]}"
