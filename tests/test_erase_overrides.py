"""Of somebody whose data is erased, nothing is left in what people override either."""

from __future__ import annotations

import pytest

from roster_pipeline.errors import SyncRefused
from roster_pipeline.warehouse.warehouse import Warehouse
from tests.conftest import Tiny, section, student, teacher
from tests.overriding import SOON, of, override, states
from tests.test_erase import CANARY, canaries, erase


def leaves(tiny: Tiny) -> None:
    """A student whose names were kept, and their teacher, after whom a class was called, are shared no more."""
    tiny.records["users"] += [
        student("cat", "north", name={"first": "Cat", "last": f"{CANARY} Old"}),
        teacher("tom", "north", name={"first": "Tom", "last": "Roe"}),
    ]
    tiny.records["sections"].append(section("m7", "north", teachers=["tom"], students=["cat"], name="Art - Roe"))
    tiny.sync()
    override(tiny, "keep", person="cat", field="first_name", value=CANARY)
    override(tiny, "keep", person="cat", field="last_name", value="Kept")
    override(tiny, "keep", person="tom", field="last_name", value=CANARY)
    override(tiny, "keep", section="m7", field="name", value=f"Art - {CANARY}")
    override(tiny, "protect", person="cat", section="m7", until=SOON)
    tiny.sync()
    tiny.records["users"] = tiny.records["users"][:-2]
    tiny.records["sections"] = tiny.records["sections"][:-1]
    tiny.sync()


def test_no_file_has_a_value_that_was_kept_or_that_clever_sent_beside_it(tiny: Tiny) -> None:
    leaves(tiny)
    Warehouse(tiny.root).publish_copy("d")
    assert tiny.rows(f"SELECT count(*) FROM roster.overrides WHERE concat(value, clever_value) LIKE '%{CANARY}%'") == [
        (4,)
    ]
    found = erase(tiny, "cat")
    assert found.roster_values == 3 + 2 * 2, "names and SIS id, what was kept and what Clever sent beside it"
    erase(tiny, "tom")
    for made_by_the_test in (tiny.data, tiny.landing):
        for file in made_by_the_test.iterdir():
            file.unlink()
    assert canaries(tiny.root) == []
    assert states(tiny) == [(4, "gone")], "the class is called something still"
    assert tiny.rows("SELECT value FROM roster.overrides WHERE no = 4") == [("Art - …",)]


def test_who_comes_back_has_nothing_kept_and_no_undo_brings_that_back(tiny: Tiny) -> None:
    leaves(tiny)
    erase(tiny, "cat")
    tiny.records["users"].append(student("cat", "north"))
    tiny.sync()
    assert (of(tiny, "cat", "first_name"), of(tiny, "cat", "last_name")) == ("First cat", "Last cat")
    with pytest.raises(SyncRefused, match="erased"):
        tiny.undo("S002")


def test_who_is_excluded_stays_so_when_erased(tiny: Tiny) -> None:
    tiny.sync()
    override(tiny, "exclude", person="ann")
    erase(tiny, "ann")
    tiny.sync()
    assert (of(tiny, "ann", "enrollment_status"), of(tiny, "ann", "first_name")) == ("archived", None)
    assert states(tiny) == [(1, "works")]
