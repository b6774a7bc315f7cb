"""Guards that count: how many of the records in force a plan would end, change or rename.

Belongs here: judging by a limit: the changes of a kind against it, per role, at each site and then in the rest of the
district. Does not belong here: which kinds there are (`catalog.py`).

The changes of a kind are found by `changes/<finds>.sql`, as rows of the plan. Sites are judged first; the
district is judged on what they leave, so that one school's accident does not hold back every other school's daily
changes. At a limit changes flow; strictly more is held.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import duckdb
import msgspec

from roster_pipeline import model
from roster_pipeline.guards import words
from roster_pipeline.guards.guard import DistrictLimits, Judging, Part
from roster_pipeline.warehouse.sql import empty, has_rows, make, run

LOSSES = ("loss_7_days_percent", "loss_30_days_percent")


@dataclass(frozen=True)
class Counting:
    """A kind of change that has a limit.

    `finds` names the statement that finds its changes; `limit` and `count` are fields of `Limits`, in percent of the
    records in force and in number. With `days`, what left in the days before counts too. What somebody approved for one
    of the guards `settled_by` is decided, and not judged again here; nor is what an undo took back and somebody let
    through, record by record, after all. `says` completes the sentence "17 of 120 students ..."; `tells_limit` adds the
    limit to it.
    """

    guard: str
    entity: str
    finds: str
    limit: str
    says: str
    count: str = ""
    days: int = 0
    settled_by: tuple[str, ...] = ()
    tells_limit: bool = True
    source: str = ""

    @property
    def key(self) -> str:
        """Marks what it holds until the hold has its id: one for all sites, since one cause is one decision."""
        return f"{self.guard}|{self.entity}"

    def breaches(self, judging: Judging) -> bool:
        """Writes each limit that was passed into `guards.breaches`."""
        make(judging.connection, f"guards/changes/{self.finds}", today=judging.today)
        if judging.decided:
            self._take_out_what_is_decided(judging.connection)
        if "broken_extract" in self.settled_by and has_rows(judging.connection, "guards.signs"):
            run(judging.connection, "guards/explained", entity=self.entity)
        if not has_rows(judging.connection, "guards.judged"):
            return False
        count_in_force(judging.connection, self.entity)
        passed = run(
            judging.connection,
            "guards/measure",
            key=self.key,
            guard=self.guard,
            entity=self.entity,
            limit=self.limit,
            count=self.count,
            since=judging.now - timedelta(days=self.days) if self.days else None,
        ).fetchone()
        return bool(passed and passed[0])

    def marks(self, judging: Judging) -> None:
        """Marks the changes that were judged, where they are too many."""
        make(judging.connection, "guards/breached", key=self.key)
        judging.connection.execute(
            f"UPDATE {self.source or f'plan.{self.entity}'} SET held_by = ? "
            "WHERE rowid IN (SELECT record FROM guards.breached)",
            [self.key],
        )

    def sentence(self, _judging: Judging, _key: str, parts: Sequence[Part]) -> str:
        """How many of whom where, and which limit that passes."""
        counted = words.counted("users" if self.guard == "moves" else self.entity, parts)
        return f"{counted} {self.says}" + (f", {words.passed(parts)}" if self.tells_limit else "")

    def _take_out_what_is_decided(self, connection: duckdb.DuckDBPyConnection) -> None:
        if self.source:
            return
        (entity,) = (e for e in model.ENTITIES if e.name == self.entity)
        connection.execute(
            f"DELETE FROM guards.judged WHERE record IN (SELECT p.rowid FROM plan.{entity.name} AS p "
            f"JOIN guards.decided AS d ON d.entity = '{entity.name}' AND d.entity_id = {entity.id_of()} "
            "WHERE d.status = 'approved' AND list_contains(?, d.guard))",
            [[self.guard, "undone", *self.settled_by]],
        )


def set_limits(connection: duckdb.DuckDBPyConnection, limits: DistrictLimits) -> None:
    """Makes `guards.limits`, one row per site and one for the district, and empties what judging fills."""
    empty(connection, "guards.limits", "guards.breaches", "guards.population")
    make(connection, "guards/grades")
    for site, (limit, expected) in limits.items():
        given = {name: value for name, value in msgspec.structs.asdict(limit).items() if value is not None}
        for name in LOSSES:  # what may leave in one sync may leave in a week
            given[name] = max(given[name], limit.archive_percent)
        run(
            connection,
            "guards/limits",
            site_id=site,
            own_window=site is not None,
            expected=expected,
            names=list(given),
            numbers=list(given.values()),
        )
    run(connection, "guards/limits_of_sites")


def count_in_force(connection: duckdb.DuckDBPyConnection, entity: str) -> None:
    """Adds the entity's records in force, per role and site, to `guards.population`, unless they are there already."""
    if not has_rows(connection, f"guards.population WHERE entity = '{entity}'"):
        run(connection, f"guards/population/{entity}")
