"""What the warehouse itself keeps and upgrades, and the macros that every statement may use."""

from __future__ import annotations

import pytest

from tests.golden.case import NOW, Case, values


def test_a_file_remembers_of_which_model_its_tables_are(case: Case) -> None:
    found = case.change("warehouse/schema_versions", "version, fingerprint", version=4, fingerprint="f4")
    assert values(found) == [(4, "f4")]
    assert values(case.answer("warehouse/last_fingerprint")) == [("f4",)]


def test_syncs_of_the_first_release_are_numbered_by_their_ids(case: Case) -> None:
    case.given("sync.syncs", *({"sync_id": s} for s in ("20261123", "20261121", "20261122")))
    found = case.change("warehouse/migrations/2_sync_no", "sync_id, sync_no")
    assert values(found) == [("20261121", 1), ("20261122", 2), ("20261123", 3)]


def test_a_sync_of_the_first_release_whose_counts_are_gone_was_forgotten(case: Case) -> None:
    for sync_id, created in (("S1", 1), ("S2", 1), ("S3", 0)):
        case.given("sync.syncs", {"sync_id": sync_id, "created": created, "updated": 0, "archived": 0, "restored": 0})
    case.given("sync.change_counts", {"sync_id": "S2"})
    found = case.change("warehouse/migrations/2_pruned_at", "sync_id, pruned_at IS NOT NULL AS is_forgotten")
    assert values(found) == [("S1", True), ("S2", False), ("S3", False)]


def test_what_an_earlier_release_has_synced_is_confirmed(case: Case) -> None:
    for site, source, status, at in (
        ("a", "clever", "new", NOW),
        ("b", "clever", "archived", NOW),
        ("c", "manual", "new", None),
    ):
        row = {"site_id": site, "enrollment_source": source, "status": status, "last_synced_at": at}
        case.given("roster.sites", row)
    found = case.change("warehouse/migrations/5_confirmed", "site_id, status, confirmed_at")
    assert values(found) == [("a", "confirmed", NOW), ("b", "archived", NOW), ("c", "new", None)]


@pytest.mark.parametrize(
    ("called", "gives"),
    [
        ("clean('  ')", None),
        ("clean(' Ann ')", "Ann"),
        ("clean_date('2026-08-10T00:00:00.000Z')::VARCHAR", "2026-08-10"),
        ("clean_date('soon')", None),
        ("main_role(['staff', 'student'])", "student"),
        ("main_role(['district_admin'])", "staff"),
        ("sis_role(['staff', 'teacher'])", "teacher"),
        ("sis_role(['district_admin'])", None),
        ("platform_id('user', 'ann')::VARCHAR", "661ec814-814d-86f4-8934-2f3db6063262"),
        ("taught('Algebra I - Okafor - 3', 'Algebra I', '3')", "Algebra I"),
        ("taught('Algebra I - Okafor - 3', NULL, '3')", "Algebra I"),
        ("taught('Sci 6 - Adv - Okafor - 2(A-B)', NULL, NULL)", "Sci 6 - Adv"),
        ("taught('Algebra I - Okafor', NULL, NULL)", "Algebra I"),
        ("taught('Algebra I - Okafor - Blue', NULL, 'Blue')", "Algebra I"),
        ("taught('Spanish 2 - 4th', NULL, NULL)", "Spanish 2"),
        ("taught('3 - Biology', NULL, NULL)", "3 - Biology"),
        ("taught('Reading - Grade 3', NULL, NULL)", "Reading - Grade 3"),
        ("""without_login('{"enrollment_status":"active","grade":"7"}'::JSON, 'update')""", '{"grade":"7"}'),
        ("""without_login('{"enrollment_status":"pending"}'::JSON, 'restore')""", '{"enrollment_status":"active"}'),
        ("""without_login('{"enrollment_status":"archived"}'::JSON, 'update')""", '{"enrollment_status":"archived"}'),
    ],
)
def test_a_macro(case: Case, called: str, gives: str | None) -> None:
    assert case.rows(f"(SELECT {called} AS given)", "given") == [{"given": gives}]
