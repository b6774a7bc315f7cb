"""Who was signed in to the UI has asked for a run, and for those that it queues, whatever its fields say."""

from __future__ import annotations

from typing import Any

import pytest

from roster_pipeline.definitions import defs
from roster_pipeline.history.record import USER_TAG
from tests.platform import SLUG, Platform


def run(platform: Platform, job: str, tags: dict[str, str], **fields: Any) -> None:
    with platform.instance() as instance:
        defs.resolve_job_def(job).execute_in_process(instance=instance, tags=tags, run_config=fields)


@pytest.mark.parametrize(("tags", "by"), [({USER_TAG: "Rae"}, "Rae"), ({}, "Vic")])
def test_a_run_is_asked_for_by_who_was_signed_in(tags: dict[str, str], by: str, synced: Platform) -> None:
    run(synced, "map_section", tags, by="Vic", section=_a_section(synced), add=[_a_course(synced)])
    assert synced.rows("SELECT requested_by FROM sync.syncs ORDER BY started_at DESC LIMIT 1") == [(by,)]


@pytest.mark.parametrize("tags", [{USER_TAG: "Rae"}, {}])
def test_what_a_run_queues_is_asked_for_by_who_was_signed_in(tags: dict[str, str], synced: Platform) -> None:
    run(synced, "sync_districts", tags, districts=[SLUG], by="Vic")
    with synced.instance() as instance:
        (backfill,) = instance.get_backfills()
    assert {name: value for name, value in backfill.tags.items() if name == USER_TAG} == tags


def _a_section(platform: Platform) -> str:
    return str(platform.rows("SELECT section_id FROM mapping.unmapped ORDER BY ALL LIMIT 1")[0][0])


def _a_course(platform: Platform) -> str:
    return str(platform.rows("SELECT course_id FROM mapping.courses WHERE active ORDER BY ALL LIMIT 1")[0][0])
