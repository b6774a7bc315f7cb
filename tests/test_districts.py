"""Every district that Clever lists has a folder of its own, inside the warehouse, whatever it is called."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from clever_sandbox.district.ids import slug
from roster_pipeline.errors import RosterError
from roster_pipeline.warehouse.warehouse import Warehouse


def test_districts_that_are_named_alike_and_whose_ids_end_alike(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path)
    ids = ["aaaaaa000001", "bbbbbb000001", "cccccc000001"]
    slugs = [warehouse.register(i, "Peña USD").slug for i in ids]
    assert slugs == ["pena-usd", "pena-usd-bbbbbb000001", "pena-usd-cccccc000001"]
    assert [warehouse.register(i, "another name").slug for i in ids] == slugs
    assert {d.clever_id for d in warehouse.districts()} == set(ids)


@pytest.mark.parametrize("name", ["Peña USD", "St. John's & Łódź / R-1", "北京", "Ünified " * 20])
def test_the_sandbox_calls_a_district_in_its_inputs_as_the_warehouse_does(name: str, tmp_path: Path) -> None:
    assert slug(name) == Warehouse(tmp_path).register("id", name).slug


@pytest.mark.parametrize(
    ("clever_id", "name"),
    [("/../../x", ""), ("a" * 400, "n" * 400), ("a\0b", "\0"), ("..", ".."), ("id", "北京"), ("CON", "/etc/passwd")],
)
def test_no_name_and_no_id_leads_out_of_the_warehouse(tmp_path: Path, clever_id: str, name: str) -> None:
    warehouse = Warehouse(tmp_path / "warehouse")
    warehouse.register("first", name)
    slug = warehouse.register(clever_id, name).slug
    assert slug.replace("-", "").isalnum()
    assert len(slug) <= 80
    assert sorted(p.name for p in tmp_path.iterdir()) == ["warehouse"]
    assert len(warehouse.districts()) == 2


def test_a_folder_without_a_name_inside_is_not_used_again(tmp_path: Path) -> None:
    (tmp_path / "pena-usd").mkdir()
    assert Warehouse(tmp_path).register("id1", "Peña USD").slug == "pena-usd-id1"


def test_when_every_name_is_taken_it_is_said(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path)
    for _ in range(3):
        slug = warehouse.register("id1", "Peña USD").slug
        (tmp_path / slug / "district.json").unlink()
    with pytest.raises(RosterError, match="cannot have a folder: pena-usd and pena-usd-id1, pena-usd-"):
        warehouse.register("id1", "Peña USD")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"slug": 1}', b"\xff"])
def test_a_damaged_identity_is_told(tmp_path: Path, content: bytes) -> None:
    warehouse = Warehouse(tmp_path)
    warehouse.register("id1", "Peña USD")
    (tmp_path / "pena-usd" / "district.json").write_bytes(content)
    with pytest.raises(RosterError, match=r"pena-usd/district.json cannot be read"):
        warehouse.districts()


def test_a_folder_that_was_copied_belongs_to_nobody(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path)
    warehouse.register("id1", "Peña USD")
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy" / "district.json").write_text(json.dumps({"slug": "pena-usd", "clever_id": "id1", "name": "P"}))
    with pytest.raises(RosterError, match="The folder copy says that it belongs to district pena-usd"):
        warehouse.districts()
