"""The statements as files: each says truly what it needs, and a sync executes them in the order of their needs."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from pathlib import Path
from unittest import mock

import duckdb
import pytest

from roster_pipeline import model
from roster_pipeline.warehouse import sql
from roster_pipeline.warehouse.schema import TRUTH_SCHEMAS
from tests.golden.case import empty_district
from tests.trace import Step, trace

NAMES = sorted(str(f.relative_to(sql.STEPS).with_suffix("")) for f in sql.STEPS.rglob("*.sql"))
_MADE_BEFORE = {
    "plan.changes": "a view that Python derives from the model, of all entities",
    "input.districts": "made with the connection",
}
_ABOUT_AN_EARLIER_RUN = ("staging/known_sites", "staging/api_version")
"""Asked before anything is staged, of what was staged last."""
_FILLED_STEP_BY_STEP = {
    "guards.judged": "each guard counts its own changes",
    "guards.breaches": "each guard adds its own, and marks them",
    "guards.limits": "for the relinks, and once more for the plan",
    "guards.population": "each entity is counted when a guard first asks for it",
    "guards.waiting": "for the relinks that are held, then for the ambiguous ones",
    "identity.candidates": "people first: the pairs of sections are compared by who their people are",
    "mapped.ruled_sections": "a rehearsal looks at today's sections, then at last year's",
    "mapped.rule_matches": "the same",
    "mapped.section_courses": "the weaker sources first: a decision takes the place of what they say",
    "staging.sites": "which sites there are is asked before any is fetched",
    "staging.not_shared": "the same, of whom sections list and we cannot see",
    "staging.origin": "the same, of where what is staged comes from",
    "staging.section_records": "people are looked up for what has landed of one site, then all of it is read",
    "staging.user_records": "the same",
    "staging.users": "those of one site, then those of the others",
    "staging.user_sites": "the same",
    "staging.sections": "the same",
    "staging.memberships": "the same",
}
_TABLES = {t.full_name for t in (*model.SCRATCH, *model.STAGING, *model.PUBLISHED)} | set(_MADE_BEFORE)
_SCHEMAS = "|".join(sorted({name.partition(".")[0] for name in _TABLES}))
_TABLE = re.compile(rf"(?<![\w.])((?:{_SCHEMAS})\.\w+)")
_FILLED = re.compile(rf"^(?:INSERT INTO|CREATE OR REPLACE (?:VIEW|MACRO)) {_TABLE.pattern}", re.MULTILINE)


def is_scratch(table: str) -> bool:
    return table.partition(".")[0] not in TRUTH_SCHEMAS


def text(name: str) -> str:
    return (sql.STEPS / f"{name}.sql").read_text() if name else "\n-- needs: nothing"


@functools.cache
def needs(name: str) -> list[str]:
    """What the statement says on its second line."""
    told = text(name).splitlines()[1].removeprefix("-- needs: ")
    return [] if told == "nothing" else told.split(", ")


def reads(name: str) -> list[str]:
    """What the statement reads; an UPDATE and a DELETE read the rows that stand."""
    return sorted(set(_TABLE.findall(re.sub(r"--.*|'[^']*'", "", _FILLED.sub("", text(name))))))


@functools.cache
def fills(name: str) -> str:
    """The table to which the statement adds rows."""
    found = _FILLED.search(text(name))
    return found[1] if found else ""


def test_a_file_opens_with_what_it_makes_and_what_it_needs() -> None:
    opened = {name: [line[:9] for line in text(name).splitlines()[:4]] for name in NAMES}
    assert [n for n, (grain, needed, *_) in opened.items() if (grain[:3], needed) != ("-- ", "-- needs:")] == []
    first = {n: rest[lines[2] == "-- idle w"] for n, lines in opened.items() for rest in [lines[2:]]}
    assert [n for n, line in first.items() if line.startswith("--")] == []


def test_a_statement_that_may_be_idle_writes_and_is_told_by_what_it_reads() -> None:
    third = {name: text(name).splitlines()[2] for name in NAMES}
    idle = {name: set(re.findall(r"\w+\.\w+", line)) for name, line in third.items() if line.startswith("-- idle")}
    assert idle
    assert [name for name, without in idle.items() if not without or not without <= set(needs(name))] == []
    assert [name for name in idle if not sql.target(name)] == []


def test_an_idle_statement_is_not_run() -> None:
    connection = empty_district()
    with mock.patch.object(sql, "_execute", wraps=sql._execute) as executed:
        sql.run(connection, "mapping/drop_decided")
        assert "mapping/drop_decided" not in [call.args[1] for call in executed.call_args_list]
        connection.execute("INSERT INTO mapped.decisions BY NAME SELECT 'm6' AS clever_id, 'math' AS course_id")
        sql.run(connection, "mapping/drop_decided")
        assert executed.call_args.args[1] == "mapping/drop_decided"


def test_a_statement_needs_what_it_reads() -> None:
    assert {name: needs(name) for name in NAMES} == {name: reads(name) for name in NAMES}
    assert {table for name in NAMES for table in reads(name)} <= _TABLES


def test_a_file_is_one_statement_that_inserts_by_name() -> None:
    assert [name for name in NAMES if len(duckdb.extract_statements(sql.statement(name))) != 1] == []
    inserts = {name: re.findall(r"^INSERT .*", text(name), re.MULTILINE) for name in NAMES}
    assert [name for name, found in inserts.items() if not all(" BY NAME" in line for line in found)] == []


def test_a_sync_executes_every_file_in_the_order_of_their_needs(tmp_path: Path) -> None:
    traced = trace(tmp_path)
    assert set(NAMES) - traced.names == set()
    assert set[tuple[str, str]]().union(*(read_before_made(steps) for steps in traced.runs)) == set()
    assert set[str]().union(*(filled_after_read(steps) for steps in traced.runs)) == set(_FILLED_STEP_BY_STEP)
    assert traced.changed_while_idle == []


def read_before_made(steps: Sequence[Step]) -> set[tuple[str, str]]:
    """What a statement needs and nothing has filled yet, nor emptied because this run has nothing to put there."""
    found = set()
    made = set(_MADE_BEFORE)
    if not any(fills(step.name).startswith("staging.") for step in steps):
        made |= {table for table in _TABLES if table.startswith("staging.")}  # by an earlier run
    for step in steps:
        needed = {n for n in needs(step.name) if is_scratch(n)}
        if step.name in _ABOUT_AN_EARLIER_RUN:
            needed = {n for n in needed if not n.startswith("staging.")}
        found |= {(step.name, need) for need in needed - made}
        made |= {*step.emptied, fills(step.name)}
    return found


def filled_after_read(steps: Sequence[Step]) -> set[str]:
    """Scratch tables to which a statement adds that does not read them, though another has read them before."""
    found = set()
    read: set[str] = set()
    for step in steps:
        found |= {fills(step.name)} & read - set(needs(step.name))
        read |= {need for need in needs(step.name) if is_scratch(need)}
    return found


@pytest.mark.parametrize(
    "name",
    [
        "kinds_in_force",
        "vanished_sites",
        "emptied_sites",
        "vanished_terms",
        "contradictions",
        "quarantine",
        "unaccepted_signs",
        "parts",
    ],
)
def test_what_the_id_of_a_hold_is_made_of_has_an_order(name: str) -> None:
    """Without one, DuckDB gave the same rows in another order one time in twenty, and the hold was another."""
    assert sql.statement(f"guards/{name}").rpartition("\n)")[2].count("ORDER BY") == 1
