"""Identifier churn: the same people and sections under new Clever ids.

Belongs here: whether the candidates that `identity/` found apply by themselves, and what waits when they do not. Does
not belong here: recognizing them.

A relink applies by itself when it is unambiguous and few come back that way; many are held as a whole; what is
ambiguous (two candidates, or only the SIS id agrees) waits for a person and is never merged here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import duckdb

from roster_pipeline.guards import words
from roster_pipeline.guards.counting import Counting, set_limits
from roster_pipeline.guards.guard import Judging, Part
from roster_pipeline.history.words import counted as number_of
from roster_pipeline.warehouse.sql import empty, has_rows, make, run

COUNTED = tuple(
    Counting("relink", e, f"relink_{e}", "relink_percent", "came back under new Clever ids", source="guards.relinks")
    for e in ("users", "sections")
)


def judge_candidates(judging: Judging) -> None:
    """Fills `guards.relinks` from `identity.candidates`: which apply, which are held, which nobody can tell.

    What somebody has decided about a relink stands: approved it applies, rejected it is held.
    """
    connection = judging.connection
    empty(connection, "guards.relinks", "guards.relink_breaches")
    if not has_rows(connection, "identity.candidates"):
        return
    set_limits(connection, judging.limits)
    run(connection, "guards/relinks")
    run(connection, "guards/decided_relinks", now=judging.now)
    for counted in COUNTED:
        if counted.breaches(judging):
            counted.marks(judging)
            run(connection, "guards/hold_relinks", key=counted.key)
    run(connection, "guards/queue_breaches")
    make(connection, "guards/relink_breaches")


def breaches(verdict: Literal["held", "ambiguous"], judging: Judging) -> bool:
    """Whether relinks of that verdict wait."""
    return has_rows(judging.connection, f"guards.relinks WHERE verdict = '{verdict}'")


def marks(verdict: Literal["held", "ambiguous"], judging: Judging) -> None:
    """Marks what comes and what goes of the relinks that wait; of those, only what this plan would change counts."""
    make(judging.connection, "guards/waiting", verdict=verdict)
    for name in ("hold_waiting_people", "hold_waiting_sections", "relinks_that_count"):
        run(judging.connection, f"guards/{name}", verdict=verdict)


def relink_sentence(_judging: Judging, key: str, parts: Sequence[Part]) -> str:
    """How many came back under which limit."""
    (counted,) = (c for c in COUNTED if c.key == key)
    told = f"{words.counted(counted.entity, parts)} {counted.says}, {words.passed(parts)}"
    return f"{told}; approving keeps them the same {words.NOUNS[counted.entity]}"


def ambiguous_sentence(_judging: Judging, key: str, parts: Sequence[Part]) -> str:
    """What waits because nobody can tell who is who."""
    noun = words.NOUNS[key.partition("|")[2]]
    return (
        f"{number_of(sum(p.changes for p in parts), 'change')} of {noun} {words.places(parts)}: "
        "new ones may be known ones, but which is not clear; approving takes them for new"
    )


def count(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """How many candidates there are by verdict: `relink`, `held`, `ambiguous`."""
    return dict(run(connection, "guards/relink_counts").fetchall())
