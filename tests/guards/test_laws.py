"""Laws of guarded syncs, on random districts and random days."""

from __future__ import annotations

from itertools import count
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roster_pipeline import model
from roster_pipeline.guards.limits import Limits
from tests.conftest import Record, section, student, teacher
from tests.guards.guarded import ORPHANS, Guarded, check_held_is_what_was_not_applied, snapshot
from tests.laws import laws

SITES = ("a", "b")
PEOPLE: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "id": st.sampled_from([f"{n}{v}" for n in range(8) for v in ("", "x")]),
        "site": st.sampled_from(SITES),
        "role": st.sampled_from([student, student, student, teacher]),
        "name": st.sampled_from(["", "", "other"]),
        "grade": st.sampled_from(["6", "6", "7"]),
    }
)
CLASSES: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "id": st.sampled_from([f"s{n}{v}" for n in range(4) for v in ("", "x")]),
        "site": st.sampled_from(SITES),
        "members": st.sets(st.sampled_from([f"{n}{v}" for n in range(8) for v in ("", "x")]), max_size=6),
    }
)
DAYS = st.lists(
    st.tuples(
        st.lists(PEOPLE, min_size=5, max_size=12, unique_by=lambda p: str(p["id"])),
        st.lists(CLASSES, min_size=2, max_size=6, unique_by=lambda c: str(c["id"])),
        st.sampled_from(["clever", "clever", "clever", "manual"]),
        st.sampled_from(["math-6", "math-6", "sci-6", None]),
    ),
    min_size=2,
    max_size=4,
)
LIMITS = st.builds(
    Limits,
    minimum_population=st.sampled_from([0, 2, 4]),
    archive_percent=st.sampled_from([10, 50, 100]),
    update_percent=st.sampled_from([25, 75, 100]),
    relink_percent=st.sampled_from([10, 50, 100]),
    contradiction_percent=st.sampled_from([50, 100]),
)


def records(people: list[dict[str, Any]], classes: list[dict[str, Any]]) -> dict[str, list[Record]]:
    """Records in which `1` and `1x` have the SIS id and, unless it is another, the name of the same person."""
    users = []
    for p in people:
        person = p["id"].rstrip("x")
        made = p["role"](p["id"], p["site"], name={"first": person, "last": p["name"] or "Same"})
        next(iter(made["roles"].values())).update(sis_id=person, grade=p["grade"])
        users.append(made)
    teachers = {p["id"] for p in people if p["role"] is teacher}
    sections = []
    for c in classes:
        lead = sorted(c["members"] & teachers)
        students = sorted(c["members"] - teachers)
        sections.append(
            section(c["id"], c["site"], teachers=lead, students=students, name=c["id"].rstrip("x"), subject="math")
        )
    return {
        "schools": [{"id": s, "name": s} for s in SITES],
        "terms": [],
        "courses": [],
        "users": users,
        "sections": sections,
    }


def keys(connection: duckdb.DuckDBPyConnection, entity: model.Entity) -> set[tuple[Any, ...]]:
    rows = connection.execute(f"SELECT {', '.join(entity.table.key)} FROM {entity.table.full_name}").fetchall()
    assert len(rows) == len(set(rows))
    return set(rows)


@laws
@given(days=DAYS, limits=LIMITS, approve=st.booleans())
def test_nothing_disappears_and_what_is_held_is_what_was_not_applied(
    tmp_path_factory: pytest.TempPathFactory, days: list[Any], limits: Limits, approve: bool
) -> None:
    district = Guarded(tmp_path_factory.mktemp("law"), limits=limits, look=snapshot)
    known: dict[str, set[tuple[Any, ...]]] = {}
    for people, classes, source, course in days:
        district.records = records(people, classes)
        district.inputs["sites"] = f"district,site_id,enrollment_source\nd,b,{source}\n"
        rule = f"r,math,,,{course}\n" if course else ""
        district.inputs["mapping_rules"] = "rule_id,subject,grade,clever_course,course_id\n" + rule
        for n in count():
            district.sync()
            with district.connect() as connection:
                check_held_is_what_was_not_applied(connection)
                for orphans in ORPHANS:
                    assert connection.execute(f"FROM {orphans} WHERE e.status = 'active'").fetchall() == []
                for entity in model.ENTITIES:
                    now = keys(connection, entity)
                    if entity.status:
                        assert known.get(entity.name, set()) <= now
                    known[entity.name] = now
                waiting = connection.execute(
                    " UNION ".join(
                        f"SELECT held_by FROM plan.{e.name} WHERE held_by IS NOT NULL" for e in model.ENTITIES
                    )
                ).fetchall()
            assert {h.hold_id for h in district.holds} == {w for (w,) in waiting}
            if not approve or n == 1:
                break
            district.decide()
    district.close()
