"""`roster explain` and the job of the same name, as people ask them."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime

import duckdb
import pytest

from roster_pipeline.cli.telling import print_explained
from roster_pipeline.history.explain.answer import Answer, Place, Step
from roster_pipeline.warehouse.warehouse import Warehouse
from tests.golden.case import M6, M7, S6, TIA
from tests.platform import SLUG, Platform


def test_one_command_explains_a_person_of_the_demo(synced: Platform) -> None:
    ((user_id, section_id),) = synced.rows(
        "SELECT user_id::VARCHAR, section_id::VARCHAR FROM roster.enrollments JOIN mapping.unmapped USING (section_id) "
        "WHERE role = 'student' ORDER BY ALL LIMIT 1"
    )
    ((email, last_name),) = synced.rows(f"SELECT email, last_name FROM roster.users WHERE user_id = '{user_id}'")
    told, errors = synced.roster("explain", email)
    assert last_name in told
    assert f"section {section_id}" in told
    assert errors == ""
    (answer,) = synced.json("explain", user_id)["districts"]
    assert "section_unmapped" in [r["code"] for r in answer["reasons"]]
    assert answer["steps"][0]["what"] == "Clever shares it, as of what was fetched last"
    assert answer["sentence"] == told.splitlines()[-1]


def test_a_unique_beginning_of_our_id_is_enough(synced: Platform) -> None:
    ((user_id,),) = synced.rows("SELECT user_id::VARCHAR FROM roster.users ORDER BY 1 LIMIT 1")
    ((section_id,),) = synced.rows("SELECT section_id::VARCHAR FROM roster.sections ORDER BY 1 LIMIT 1")
    for whole in (user_id, section_id):
        (answer,) = synced.json("explain", whole[:13])["districts"]
        assert answer["id"] == whole
        assert synced.run("explain", who=whole[:13])


@pytest.mark.parametrize("every", [False, True])
def test_what_is_over_is_counted_and_no_id_is_broken(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], every: bool
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    sync_id, at = "20261125T141548435-ed7d55b2", datetime(2026, 11, 25, 14, 15)
    waits = f"enrollment in {M6} as student: create, held by promotion, hold h6f26f0932 (open)"
    cleared = f"enrollment in {M7} as student: create, held by promotion, hold h000000001 (over)"
    steps = [Step("change", waits, sync_id, at), Step("change", cleared, sync_id, at, over=True)]
    place = Place(
        M6, "active", "active", "section_without_site", "student", [], "Math", "Alder Elementary School", "Y1", None
    )
    places = [place, replace(place, section_id=S6, status="concluded")]
    print_explained(asdict(Answer("d", "person", TIA, "Tia", "Tia sees nothing.", [], steps, places)), every=every)
    told = capsys.readouterr().out
    assert M6 in told
    assert sync_id in told
    assert (S6 in told, M7 in told) == (every, every)
    assert ("over: 1 change and 1 place in a section; `--all`" in told) == (not every)
    assert max(len(line) for line in told.splitlines() if not line.startswith("  ")) <= 80


def test_nobody_and_several_are_told_and_the_email_is_not_repeated(synced: Platform) -> None:
    _, errors = synced.roster("explain", "nobody@example.org", exits=1)
    assert "Nobody is called so" in errors
    assert "nobody@example.org" not in errors
    with duckdb.connect(str(synced.published)) as connection:
        connection.execute(
            "UPDATE roster.users SET email = 'Two@example.org' WHERE user_id <= (SELECT max(user_id) FROM "
            "(SELECT user_id FROM roster.users ORDER BY user_id LIMIT 2))"
        )
    told, _ = synced.roster("explain", "two@example.org", exits=1)
    assert "2 are called so; ask again with the id of one" in told


def test_while_a_run_holds_the_district_the_staging_is_left_alone(synced: Platform) -> None:
    ((user_id,),) = synced.rows("SELECT user_id::VARCHAR FROM roster.users ORDER BY 1 LIMIT 1")
    with Warehouse(synced.data / "warehouse").lock(SLUG, {}, waiting=lambda _: None, seconds=0):
        (answer,) = synced.json("explain", user_id)["districts"]
    assert answer["steps"][0]["what"].startswith("cannot be looked at")


def test_the_job_answers_in_ids_and_dagster_keeps_no_name(synced: Platform) -> None:
    synced.as_shipped()
    ((user_id, email, last_name),) = synced.rows(
        "SELECT user_id::VARCHAR, email, last_name FROM roster.users WHERE len(last_name) > 5 ORDER BY 1 LIMIT 1"
    )
    syncs = synced.rows("FROM sync.syncs")
    assert synced.run("explain", who=user_id, course="math-6")
    assert not synced.run("explain", who="somebody@example.org")
    kept = b"\n".join(p.read_bytes() for p in (synced.root / "dagster").rglob("*") if p.is_file())
    assert f"person {user_id}".encode() in kept
    assert [secret for secret in (email, last_name) if secret.encode() in kept] == []
    assert synced.rows("FROM sync.syncs") == syncs
