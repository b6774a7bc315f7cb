"""`roster doctor`: what is wrong with this installation, and what to do.

Belongs here: one check per thing that can be wrong outside of any sync. Does not belong here: what happened to rosters
(`roster status`, `roster recent`).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict

import click

from roster_pipeline.cli import surroundings
from roster_pipeline.cli.common import JSON
from roster_pipeline.cli.finding import Finding
from roster_pipeline.cli.notices import notices_now, notices_sentence
from roster_pipeline.cli.terminal import print_json, say
from roster_pipeline.config import Settings, load_settings
from roster_pipeline.errors import RosterError
from roster_pipeline.history.words import counted


def _settings(settings: Settings) -> Finding:
    if settings.wrong is not None:
        return Finding("settings", False, str(settings.wrong))
    world = "the demo: no Clever credentials are set" if settings.is_demo else "a Clever account"
    return Finding("settings", True, f"can be used; they mean {world}")


def _districts(settings: Settings) -> Finding:
    from roster_pipeline.warehouse import purge
    from roster_pipeline.warehouse.warehouse import Warehouse

    warehouse, read = Warehouse(settings.warehouse), 0
    for slug in (d.slug for d in warehouse.districts()):
        if warehouse.folder(slug).published.exists():
            with warehouse.read(slug):
                read += 1
        if purge.is_unfinished(warehouse.folder(slug)):
            what = f"An erasure in {slug} broke off: its files may still hold what was erased"
            raise RosterError(what, do=f"`roster publish --district {slug}` or the next sync ends it")
        if warehouse.is_behind(slug):
            raise RosterError(f"The copy of {slug} is older than its roster", do=f"`roster publish --district {slug}`")
    return Finding("districts", True, f"{read} can be read")


def _data(settings: Settings) -> Finding:
    from roster_pipeline.mapping.inputs import read_courses

    if not settings.data.is_dir():
        raise RosterError(
            f"ROSTER_DATA is {settings.data}, and there is no such folder", do="Set it to that of courses.csv"
        )
    return Finding("data", True, f"courses.csv has {counted(len(read_courses(settings.data)), 'course')}")


def _notices(settings: Settings) -> Finding:
    found = notices_now(settings)
    sentence = notices_sentence(found) or "nobody is told: no ROSTER_NOTIFY_URL is set"
    wrong = bool(found["wrong"] or (found["host"] and found["broken"]))
    do = ". `roster notify --test` tries now" if wrong and not found["wrong"] else ""
    return Finding("notices", not wrong, f"{sentence}{do}")


def _logins(settings: Settings) -> Finding:
    from roster_pipeline.mapping.platform import source_of

    source = source_of(settings.platform_database_url, settings.platform_logins_query)
    if source is None:
        return Finding("logins", True, "from logins.csv alone: no PLATFORM_DATABASE_URL is set")
    return Finding("logins", True, f"the platform's database tells of {len(source('')):,}")


CHECKS: tuple[Callable[[Settings], Finding | tuple[Finding, ...]], ...] = (
    _settings,
    _districts,
    _data,
    surroundings.schema,
    surroundings.locks,
    surroundings.disk,
    surroundings.daemon,
    surroundings.credentials,
    surroundings.ui,
    _logins,
    _notices,
)
"""In this order; each needs what the ones before it look at."""


def examine(settings: Settings) -> Iterator[Finding]:
    """What each check finds, as far as the settings let it look."""
    for check in CHECKS:
        try:
            found = check(settings)
        except RosterError as error:
            found = Finding(check.__name__.removeprefix("_"), False, str(error))
        yield from found if isinstance(found, tuple) else (found,)
        if not settings.places_known:
            return


@click.command("doctor")
@JSON
def doctor(as_json: bool) -> None:
    """What is wrong with this installation, and what to do.

    Looks at settings, districts, versions, locks, disk, daemon, credentials, clock, the UI's settings and notices.

    Exit 0 nothing, 1 something.
    """
    findings = list(examine(load_settings()))
    if as_json:
        print_json({"checks": [asdict(f) for f in findings]})
    for finding in () if as_json else findings:
        say(f"{'ok   ' if finding.ok else 'WRONG'} {finding.check}: {finding.says}")
    sys.exit(0 if all(f.ok for f in findings) else 1)
