"""The guards, in the order in which they judge: a change that one of them holds is not counted by the next.

Belongs here: which guards there are, each with what it looks for and its limits; the documentation's table is made from
this page. Does not belong here: how they judge.
"""

from __future__ import annotations

from functools import partial

from roster_pipeline.guards import extract, relinks, retired, undone, words
from roster_pipeline.guards.counting import Counting
from roster_pipeline.guards.guard import Guard

_LEAVING = ("archives", "losses", "moves", "promotion", "broken_extract")
_ANY = (*_LEAVING, "roles", "identity", "conclusions", "mapping", "updates")


def _counting(counting: Counting, actions: tuple[str, ...], looks_for: str) -> Guard:
    limits = tuple(name for name in (counting.limit, counting.count) if name)
    concerns = frozenset((counting.entity, action) for action in actions)
    return Guard(
        counting.guard,
        words.NOUNS[counting.entity],
        counting.breaches,
        counting.marks,
        counting.sentence,
        "holds",
        looks_for,
        limits,
        concerns,
    )


def _archives(entity: str) -> Guard:
    counting = Counting(
        "archives",
        entity,
        f"archives_{entity}",
        "archive_percent",
        "would be archived",
        count="archive_count",
        settled_by=_LEAVING,
    )
    looks_for = "removals at a site or in the district, per role, with the memberships and enrollments that follow"
    return _counting(counting, ("archive",), looks_for)


def _losses(entity: str, days: int) -> Guard:
    counting = Counting(
        "losses",
        entity,
        f"archives_{entity}",
        f"loss_{days}_days_percent",
        "would be archived",
        days=days,
        settled_by=_LEAVING,
    )
    looks_for = "removals that add up over days, less what came; what was approved or expected is not remembered"
    return _counting(counting, ("archive",), looks_for)


def _updates(entity: str) -> Guard:
    counting = Counting("updates", entity, f"updates_{entity}", "update_percent", "would be updated", settled_by=_ANY)
    return _counting(counting, ("update",), "changes of most records of a kind, in anything else")


GUARDS: tuple[Guard, ...] = (
    Guard(
        undone.GUARD,
        "records",
        undone.breaches,
        undone.marks,
        undone.sentence,
        "holds",
        "what an undo took back and Clever still says",
    ),
    Guard(
        extract.GUARD,
        "records",
        extract.breaches,
        extract.marks,
        extract.sentence,
        "blocks",
        "everything: a kind is empty, a site or a running term vanished, people contradict each other, or too many "
        "records cannot be used",
        ("quarantine_percent", "contradiction_percent"),
    ),
    Guard(
        "relink",
        "people or sections",
        partial(relinks.breaches, "held"),
        partial(relinks.marks, "held"),
        relinks.relink_sentence,
        "holds",
        "the same people or sections under new ids, when they are many",
        ("relink_percent",),
    ),
    Guard(
        "relink_ambiguous",
        "people or sections",
        partial(relinks.breaches, "ambiguous"),
        partial(relinks.marks, "ambiguous"),
        relinks.ambiguous_sentence,
        "holds",
        "people or sections that may be known ones under new ids, when it is not certain",
        ("relink_students_percent",),
    ),
    _counting(
        Counting(
            "promotion",
            "users",
            "promotion",
            "promotion_percent",
            "go one grade up, or leave from the top grade: this looks like the promotion to a new school year",
            settled_by=("archives", "losses"),
            tells_limit=False,
        ),
        ("update", "relink"),
        "everybody one grade up, the top grade leaving, and their change of school",
    ),
    _counting(
        Counting("roles", "users", "roles", "role_percent", "would become, or no longer be, students or teachers"),
        ("update", "relink"),
        "students who become teachers, and the like, with their classes",
    ),
    _counting(
        Counting("identity", "users", "identity", "identity_percent", "would get another name, e-mail or SIS id"),
        ("update",),
        "another name, e-mail or SIS id under the same id; what was empty does not count",
    ),
    _counting(
        Counting(
            "conclusions",
            "sections",
            "conclusions",
            "conclude_percent",
            "would be concluded before the last day of their term",
        ),
        ("conclude",),
        "sections concluded before the last day of their term",
    ),
    _counting(
        Counting(
            "moves",
            "user_sites",
            "moves",
            "move_percent",
            "would leave for another site",
            settled_by=("promotion",),
        ),
        ("archive",),
        "people who leave a site for another, with their classes, old and new",
    ),
    *(_archives(e) for e in ("sites", "users", "user_sites", "sections", "enrollments")),
    *(_losses(e, days) for e in ("users", "sections", "enrollments") for days in (7, 30)),
    Guard(
        retired.GUARD,
        words.NOUNS["section_courses"],
        retired.breaches,
        retired.marks,
        retired.sentence,
        "holds",
        "courses taken off sections because `courses.csv` has them no more, or as inactive",
        (),
        frozenset({("section_courses", "archive")}),
    ),
    _counting(
        Counting(
            "mapping",
            "section_courses",
            "mapping",
            "mapping_percent",
            "would be taken away, or replaced by others",
            settled_by=("retired",),
        ),
        ("archive",),
        "courses taken off sections that stay, replaced or not",
    ),
    *(_updates(e) for e in ("sites", "users", "user_sites", "sections", "enrollments")),
)

NAMES: tuple[str, ...] = tuple(dict.fromkeys(guard.name for guard in GUARDS))
BLOCKING = frozenset(guard.name for guard in GUARDS if guard.severity == "blocks")
SHARED_LIMITS = ("minimum_population",)
"""Limits that are no single guard's."""


def markdown() -> str:
    """The table of the documentation: one row per guard."""
    rows = ["| guard | counts | holds | limits (`data/guards.toml`) |", "| --- | --- | --- | --- |"]
    for name in NAMES:
        mine = [g for g in GUARDS if g.name == name]
        limits = dict.fromkeys(limit for g in mine for limit in g.limits)
        told = ", ".join(f"`{limit}`" for limit in limits) or "none is allowed unasked"
        counts = ", ".join(dict.fromkeys(g.noun for g in mine))
        rows.append(f"| `{name}` | {counts} | {mine[0].looks_for} | {told} |")
    return "\n".join(rows)
