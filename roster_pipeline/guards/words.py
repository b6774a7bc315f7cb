"""What a hold says: one line for a person, with ids, names of sites and counts, never of people.

Belongs here: the words of each guard. Does not belong here: what is held, and why.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from roster_pipeline.guards.changes import COUNTING

_LISTED = 3

_NOUNS = {
    "sites": "sites",
    "users": "people",
    "user_sites": "site memberships",
    "sections": "sections",
    "enrollments": "enrollments",
    "section_courses": "section courses",
}
_ROLES = {"student": "students", "teacher": "teachers", "staff": "other people"}


@dataclass(frozen=True)
class Part:
    """What a hold consists of at one site (None: in the rest of the district), in one role; or one sign.

    `gone` is how many left in the days before, where a guard remembers them.
    """

    site_id: str | None
    site: str | None
    role: str | None
    changes: int
    of: int
    limit: float = 0.0
    by_count: bool = True
    gone: int = 0
    sign: str | None = None


def sentence(guard: str, entity: str, parts: Sequence[Part]) -> str:
    """What would happen to whom where, and which limit that passes."""
    counted = _counted("users" if guard in ("moves", "site_setting") else entity, parts)
    passed = f"more than {parts[0].limit:g}" + ("" if parts[0].by_count else " %")
    match guard:
        case "relink":
            return f"{counted} came back under new Clever ids, {passed}; approving keeps them the same {_NOUNS[entity]}"
        case "relink_ambiguous":
            changes = sum(p.changes for p in parts)
            return (
                f"{changes:,} changes of {_NOUNS[entity]} {_places(parts)}: new ones may be known ones, but which is "
                "not clear; approving takes them for new"
            )
        case "site_setting":
            return f"data/sites.csv takes {counted} off Clever, {passed}"
        case "promotion":
            return f"{counted} {_says(guard, entity)}"
        case _:
            return f"{counted} {_says(guard, entity)}, {passed}"


def told(hold_id: str, said: str, dependents: int, sites: int) -> str:
    """The whole message of a hold, with how to let it through; of several sites, also one alone."""
    also = f"; {dependents:,} more changes wait with them" if dependents > 0 else ""
    one = " (with `--site ID` at one site alone)" if sites > 1 else ""
    return f"Held: {said}{also}. If this is right: `roster approve {hold_id}`{one}"


def everything(hold_id: str, changes: int, sentences: Sequence[str]) -> str:
    """The message of a hold over the whole plan."""
    said = "; ".join(sentences[:_LISTED])
    if len(sentences) > _LISTED:
        said += f"; and {len(sentences) - _LISTED:,} more signs"
    return (
        f"Everything is held ({changes:,} changes), the extract looks broken: {said}. "
        f"If that is right after all: `roster approve {hold_id}`; the other guards still judge what comes of it"
    )


def _says(guard: str, entity: str) -> str:
    return next(g.says for g in COUNTING if (g.name, g.entity) == (guard, entity))


def _counted(entity: str, parts: Sequence[Part]) -> str:
    """`5 of 39 students at site north (North), ...`, the largest parts first."""
    shown = [
        f"{p.changes:,} of {p.of:,} {_noun(entity, p.role)} {_place(p, parts)}"
        + (f" (after {p.gone:,} in the days before)" if p.gone else "")
        for p in parts[:_LISTED]
    ]
    return ", ".join(shown) + _more(parts)


def _places(parts: Sequence[Part]) -> str:
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
        return _NOUNS[entity]
    if entity == "users":
        return _ROLES[role]
    return f"{_NOUNS[entity]} of {_ROLES[role]}"
