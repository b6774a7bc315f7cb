"""Tables: changing one gives what building it anew would give, indexes included."""

from __future__ import annotations

from typing import ClassVar

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from clever_sandbox.district.tables import Json, Keys, Record, Table

IDS = st.text("abcdef", min_size=1, max_size=2)


class Source(msgspec.Struct, frozen=True):
    """What a test makes records of."""

    id: str
    schools: tuple[str, ...]
    dated: ClassVar[bool] = False

    def build(self, *, whole: bool) -> Json:
        return {"id": self.id, "schools": self.schools, "whole": whole}

    def keys(self) -> Keys:
        return {"school": self.schools}


SCHOOLS = st.lists(st.sampled_from("xyz"), unique=True).map(tuple)
RECORDS = st.builds(Source, id=IDS, schools=SCHOOLS).map(lambda source: Record(source))


@given(before=st.lists(RECORDS, max_size=12), put=st.lists(RECORDS, max_size=6), drop=st.lists(IDS, max_size=6))
def test_a_changed_table_is_like_one_built_anew(before: list[Record], put: list[Record], drop: list[str]) -> None:
    table = Table(before)
    shown = {value: list(table.having("school", value)) for value in "xyz"}
    changed = table.changed(put, drop)

    rows = {r.id: r for r in before}
    gone = rows.keys() & set(drop)
    expected = Table(r for r in (rows | {r.id: r for r in put}).values() if r.id not in gone)
    assert list(changed.ids) == list(expected.ids)
    assert [changed[record_id] for record_id in changed.ids] == [expected[record_id] for record_id in expected.ids]
    for value in "xyz":
        assert list(changed.having("school", value)) == list(expected.having("school", value))
        assert list(table.having("school", value)) == shown[value]
    assert list(table.ids) == sorted(rows)
