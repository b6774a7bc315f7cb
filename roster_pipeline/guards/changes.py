"""The guards that count: how many of the records in force a plan would end, change or rename.

Belongs here: the guards as rows, and judging one of them: its changes against its limit, per role, at each site
and then in the rest of the district. Does not belong here: what a person is told about it, and what else must wait
with what is held (`guards.py`).

A guard's changes are found by `changes/<finds>.sql`, as rows of the plan. Sites are judged first; the
district is judged on what they leave, so that one school's accident does not hold back every other school's daily
changes. At a limit changes flow; strictly more is held.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import duckdb
import msgspec

from roster_pipeline.guards.limits import Limits
from roster_pipeline.model import tables as model
from roster_pipeline.warehouse.sql import statement


@dataclass(frozen=True)
class Guard:
    """A kind of change that has a limit.

    `finds` names the statement that finds its changes among those of `actions`; `limit` and `count` are fields of
    `Limits`, in percent of the records in force and in number. With `days`, what left in the days before counts too.
    What somebody approved for one of the guards `settled_by` is decided, and not judged again here;
    nor is what an undo took back and somebody let through, record by record, after all. `says` completes
    the sentence "17 of 120 students ...".
    """

    name: str
    entity: str
    actions: tuple[str, ...]
    finds: str
    limit: str
    says: str
    count: str = ""
    days: int = 0
    settled_by: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Marks what it holds until the hold has its id: one for all sites, since one cause is one decision."""
        return f"{self.name}|{self.entity}"

    @property
    def source(self) -> str:
        return "plan.relinks" if self.name == "relink" else f"plan.{self.entity}"


_LOSSES = ("loss_7_days_percent", "loss_30_days_percent")
_LEAVING = ("archives", "losses", "moves", "promotion", "site_setting", "broken_extract")
_ANY = (*_LEAVING, "roles", "identity", "conclusions", "mapping", "updates")


def _archives(entity: str) -> Guard:
    return Guard(
        "archives",
        entity,
        ("archive",),
        f"archives_{entity}",
        "archive_percent",
        "would be archived",
        count="archive_count",
        settled_by=_LEAVING,
    )


def _losses(entity: str, days: int) -> Guard:
    return Guard(
        "losses",
        entity,
        ("archive",),
        f"archives_{entity}",
        f"loss_{days}_days_percent",
        "would be archived",
        days=days,
        settled_by=_LEAVING,
    )


def _updates(entity: str) -> Guard:
    finds = f"updates_{entity}"
    return Guard("updates", entity, ("update",), finds, "update_percent", "would be updated", settled_by=_ANY)


COUNTING: tuple[Guard, ...] = (
    Guard(
        "promotion",
        "users",
        ("update", "relink"),
        "promotion",
        "promotion_percent",
        "go one grade up, or leave from the top grade: this looks like the promotion to a new school year",
        settled_by=("archives", "losses"),
    ),
    Guard(
        "roles",
        "users",
        ("update", "relink"),
        "roles",
        "role_percent",
        "would become, or no longer be, students or teachers",
    ),
    Guard("identity", "users", ("update",), "identity", "identity_percent", "would get another name, e-mail or SIS id"),
    Guard(
        "conclusions",
        "sections",
        ("conclude",),
        "conclusions",
        "conclude_percent",
        "would be concluded before the last day of their term",
    ),
    Guard(
        "moves",
        "user_sites",
        ("archive",),
        "moves",
        "move_percent",
        "would leave for another site",
        settled_by=("promotion",),
    ),
    *(_archives(e) for e in ("sites", "users", "user_sites", "sections", "enrollments")),
    *(_losses(e, days) for e in ("users", "sections", "enrollments") for days in (7, 30)),
    Guard(
        "mapping",
        "section_courses",
        ("archive",),
        "mapping",
        "mapping_percent",
        "would be taken away, or replaced by others",
    ),
    *(_updates(e) for e in ("sites", "users", "user_sites", "sections", "enrollments")),
)
"""In the order in which they judge: a change that one of them holds is not counted by the next."""

RELINKS: tuple[Guard, ...] = tuple(
    Guard("relink", e, ("relink",), f"relink_{e}", "relink_percent", "came back under new Clever ids")
    for e in ("users", "sections")
)


def start(connection: duckdb.DuckDBPyConnection, limits: Mapping[str | None, tuple[Limits, bool]]) -> None:
    """Makes `plan.limits`, one row per site and one for the district, and empties what judging fills.

    `limits` say of each site with limits of its own, and under None of the district, which they are and whether a
    change is expected there today.
    """
    for name in ("limits", "breaches", "population", "grades"):
        connection.execute(statement(f"guards/{name}"))
    for site, (limit, expected) in limits.items():
        given = {name: value for name, value in msgspec.structs.asdict(limit).items() if value is not None}
        for name in _LOSSES:  # what may leave in one sync may leave in a week
            given[name] = max(given[name], limit.archive_percent)
        connection.execute(
            "INSERT INTO plan.limits VALUES (?, ?, ?, map(?::VARCHAR[], ?::DECIMAL(12, 3)[]))",
            [site, site is not None, expected, list(given), list(given.values())],
        )
    connection.execute(statement("guards/limits_of_sites"))


def judge(
    connection: duckdb.DuckDBPyConnection, guard: Guard, *, today: date, now: datetime, decided: bool = False
) -> None:
    """Marks the guard's changes with its key where they are too many, and writes down each limit that was passed.

    `decided` says whether somebody has decided about changes of this plan.
    """
    sql = statement(f"guards/changes/{guard.finds}")
    connection.execute(sql, {"today": today} if "$today" in sql else {})
    if decided:
        _take_out_what_is_decided(connection, guard)
    if connection.execute("SELECT 1 FROM plan.judged LIMIT 1").fetchone() is None:
        return
    count_in_force(connection, guard.entity)
    row = connection.execute(
        statement("guards/measure"),
        {
            "key": guard.key,
            "guard": guard.name,
            "entity": guard.entity,
            "limit": guard.limit,
            "count": guard.count,
            "since": now - timedelta(days=guard.days) if guard.days else None,
        },
    ).fetchone()
    if row and row[0]:
        connection.execute(statement("guards/breached"), {"key": guard.key})
        connection.execute(
            f"UPDATE {guard.source} SET held_by = ? WHERE rowid IN (SELECT record FROM plan.breached)", [guard.key]
        )


def _take_out_what_is_decided(connection: duckdb.DuckDBPyConnection, guard: Guard) -> None:
    if guard.source != "plan.relinks":
        (entity,) = (e for e in model.ENTITIES if e.name == guard.entity)
        key = f"concat_ws('/', {', '.join(entity.table.key)})"
        connection.execute(
            f"DELETE FROM plan.judged WHERE record IN (SELECT p.rowid FROM plan.{entity.name} AS p "
            f"JOIN plan.decided AS d ON d.entity = '{entity.name}' AND d.entity_id = {key} "
            "WHERE d.status = 'approved' AND list_contains(?, d.guard))",
            [[guard.name, "undone", *guard.settled_by]],
        )
    if "broken_extract" in guard.settled_by:
        connection.execute(statement("guards/explained"), {"entity": guard.entity})


def count_in_force(connection: duckdb.DuckDBPyConnection, entity: str) -> None:
    """Adds the entity's records in force, per role and site, to `plan.population`, unless they are there already."""
    if connection.execute("SELECT 1 FROM plan.population WHERE entity = ? LIMIT 1", [entity]).fetchone() is None:
        connection.execute(statement(f"guards/population/{entity}"))
