"""One site's Sync Now: it asks Clever for that site alone, and gives for it what a whole sync would."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tests.asked import WITHOUT_SITE, asked, in_force_at, of_other_sites
from tests.conftest import Record, in_force
from tests.laws import MAPPINGS, SCHOOLS, become, districts, laws

Lines = list[tuple[str, str]]


@laws
@given(districts(), MAPPINGS, districts(), MAPPINGS, st.sampled_from(SCHOOLS))
def test_one_sites_sync_gives_for_it_what_a_whole_sync_does(
    before: dict[str, list[Record]],
    mapping_before: Lines,
    after: dict[str, list[Record]],
    mapping_after: Lines,
    site: str,
) -> None:
    for records in (before, after):
        if site not in [s["id"] for s in records["schools"]]:
            records["schools"].append({"id": site, "name": site.title()})
    with tempfile.TemporaryDirectory() as folder, asked(Path(folder) / "a") as one, asked(Path(folder) / "b") as whole:
        for district in (one, whole):
            become(district, before, mapping_before)
            district.ask()
            become(district, after, mapping_after)
        others = of_other_sites(one, site)
        one.ask(site)
        whole.ask()
        assert one.instead is None
        assert {p for p in one.asked if p.count("/") == 2} == {f"schools/{site}/sections", f"schools/{site}/users"}
        assert in_force_at(one, site) == in_force_at(whole, site)
        assert one.rows(WITHOUT_SITE) == []
        assert of_other_sites(one, site) <= others  # one that has moved here is not theirs any more
        one.ask()
        assert in_force(one) == in_force(whole)
