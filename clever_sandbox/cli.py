"""`clever-sandbox`: serve a local Clever, let days pass in it.

Belongs here: the two commands, and their options for whoever has such commands of their own. Does not belong here: the
server (`server`), and what is done with it. Whatever is slow to import is imported when it is needed.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from clever_sandbox import __version__
from clever_sandbox.errors import SandboxError

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from clever_sandbox.control.routes import Advanced
    from clever_sandbox.district.upload import Upload
    from clever_sandbox.faults.latency import Latency
    from clever_sandbox.faults.switchboard import Fault
    from clever_sandbox.sandbox import Sandbox

Command = TypeVar("Command", bound=Callable[..., object])

PORT = click.IntRange(1, 65_535)
USUAL_PORT = 8765
USUAL_STUDENTS = 1000
MOST_DAYS = 1000
DATE = click.DateTime(["%Y-%m-%d"])
_YEARS = range(2000, 2100)  # those that an event's id has room for


# --- options -----------------------------------------------------------------------------------------


def _faults(_ctx: click.Context, _option: click.Parameter, given: Sequence[str]) -> list[Fault]:
    from clever_sandbox.faults.table import parse_fault

    try:
        return [parse_fault(text) for text in given]
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def _latency(_ctx: click.Context, _option: click.Parameter, given: str) -> Latency:
    from clever_sandbox.faults.latency import parse_latency

    try:
        return parse_latency(given)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def _start(_ctx: click.Context, _option: click.Parameter, given: datetime | None) -> datetime | None:
    if given and given.year not in _YEARS:
        raise click.BadParameter(f"a year from {_YEARS[0]} to {_YEARS[-1]}, please.")
    return given


def _timezone(_ctx: click.Context, _option: click.Parameter, given: str | None) -> str | None:
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(given).key if given else None
    except (KeyError, ValueError, OSError):
        raise click.BadParameter(f"{given!r} is no time zone; write it like America/Chicago.") from None


_SERVE_OPTIONS = (
    click.option("--port", type=PORT, default=USUAL_PORT, show_default=True, help="The port on 127.0.0.1."),
    click.option(
        "--data",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        help="Serve the district whose SFTP files are in this folder.",
    ),
    click.option("--students", type=click.IntRange(min=1), help="Make up a district of this size."),
    click.option(
        "faults",
        "--fault",
        callback=_faults,
        metavar="NAME[:RATE[:COUNT]]",
        multiple=True,
        help="Misbehave in this way; may be repeated.",
    ),
    click.option(
        "--latency",
        callback=_latency,
        metavar="NAME|PAGE_MS[:RECORD_US]",
        default="none",
        show_default=True,
        help="Answer as late as a Clever that is near or far: milliseconds a page, microseconds a record.",
    ),
    click.option(
        "--start",
        type=DATE,
        callback=_start,
        help="Let it be five in the morning of this day there, and go on from then.",
    ),
    click.option("--timezone", callback=_timezone, help="Where the district's days begin, like America/Chicago."),
    click.option("--list-faults", is_flag=True, help="List the faults, and serve nothing."),
)
_ADVANCE_OPTIONS = (
    click.option(
        "--port", type=PORT, default=USUAL_PORT, show_default=True, help="The port of the sandbox that is running."
    ),
    click.option("--days", type=click.IntRange(1, MOST_DAYS), help="How many days pass; one unless you say."),
    click.option("--to", type=DATE, help="Let days pass until this one has come."),
    click.option("kinds", "--kind", multiple=True, help="Let just this happen, whatever day it is; may be repeated."),
    click.option("--seed", default=0, show_default=True, help="The same seed on the same district does the same."),
)


def _with(options: Sequence[Callable[[Command], Command]], command: Command) -> Command:
    for option in reversed(options):
        command = option(command)
    return command


def serve_options(command: Command) -> Command:
    """The options of a command that serves: port, data, students, faults, latency, start, timezone, list_faults."""
    return _with(_SERVE_OPTIONS, command)


def advance_options(command: Command) -> Command:
    """The options of a command that lets days pass: port, days, to, kinds, seed."""
    return _with(_ADVANCE_OPTIONS, command)


# --- what the commands do ----------------------------------------------------------------------------


def one_district(data: Path | None, students: int | None) -> None:
    """Raises UsageError when a district is asked for twice."""
    if data and students:
        raise click.UsageError("--data has its own students: give it, or --students.")


def fault_rows() -> list[dict[str, str]]:
    """Every fault there is, and what it does."""
    from clever_sandbox.faults.table import FAULTS

    return [{"fault": name, "what": kind.what} for name, kind in FAULTS.items()]


def generated_name(students: int) -> str:
    """What a made up district is called; its name decides on all of its ids."""
    return f"Lakeshore {students} USD"


@dataclass(frozen=True)
class Conditions:
    """How a district is served: the options that say nothing about which one."""

    faults: Sequence[Fault] = ()
    latency: Latency | None = None
    start: datetime | None = None
    timezone: str | None = None


def open_app(upload: Upload, conditions: Conditions) -> Starlette:
    """Clever for a district as it is now or on the morning of its start, misbehaving from the first request."""
    import msgspec

    from clever_sandbox.app import create_app
    from clever_sandbox.district.district import District, in_the_morning

    if conditions.timezone:
        upload.profile = msgspec.structs.replace(upload.profile, timezone=conditions.timezone)
    district = District(upload)
    app = create_app([district])
    sandbox: Sandbox = app.state.sandbox
    if conditions.start:
        sandbox.clock.set(in_the_morning(conditions.start.date(), district.zone))
    district.ingest(sandbox.clock.now)
    if conditions.latency:
        sandbox.latency = conditions.latency
    for fault in conditions.faults:
        sandbox.faults.switch_on(fault)
    return app


def described(sandbox: Sandbox) -> Iterator[str]:
    """What is served, and how it misbehaves."""
    for district in sandbox.districts:
        counts = ", ".join(f"{len(table)} {kind}" for kind, table in district.tables.items())
        yield f"{district.name}: {counts}"
        if sandbox.clock.ahead:
            yield f"It is {sandbox.clock.now.astimezone(district.zone):%Y-%m-%d %H:%M %Z} there"
        yield from (f"Warning: {warning}" for warning in (*district.upload.warnings, *district.out_of_season()))
    for fault in sandbox.faults.on:
        times = f", {fault.settings.count} times" if fault.settings.count else ""
        yield f"Fault switched on: {fault.settings.fault}, rate {fault.settings.rate:g}{times}"
    if sandbox.latency.page_ms or sandbox.latency.record_us:
        yield f"Latency: {sandbox.latency.page_ms:g} ms a page, {sandbox.latency.record_us:g} µs a record"


def let_pass(port: int, days: int | None, to: datetime | None, kinds: Sequence[str], seed: int) -> Advanced:
    """Days pass in the sandbox on a port of this machine, with a bar for whoever watches a terminal.

    Raises UsageError, and SandboxError when there is no sandbox.
    """
    from clever_sandbox.control.remote import advance_running, today_there
    from clever_sandbox.control.routes import Advanced

    if days and to:
        raise click.UsageError("Say how many --days pass, or --to which day, not both.")
    if kinds and (to or (days or 1) > 1):
        raise click.UsageError("--kind is for one day: let the others pass first.")
    url = f"http://127.0.0.1:{port}"
    if to:
        days = (to.date() - today_there(url)).days
        if not 0 < days <= MOST_DAYS:
            raise click.UsageError(f"It is {today_there(url)} there; --to takes one of the {MOST_DAYS} days after it.")
    passed = Advanced([], "")
    try:
        for _ in _watched(days or 1):
            day = advance_running(url, kinds=kinds or None, seed=seed)
            passed = Advanced([*passed.events, *day.events], day.now)
    except ValueError as error:
        raise click.UsageError(f"The sandbox refuses: {error}.") from None
    return passed


def _watched(days: int) -> Iterator[int]:
    """So many days, with a bar for whoever watches a terminal."""
    if days == 1 or not sys.stderr.isatty():
        yield from range(days)
        return
    with click.progressbar(range(days), label="Days", file=sys.stderr) as bar:
        yield from bar


# --- the commands ------------------------------------------------------------------------------------


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except SandboxError as error:
        raise click.ClickException(str(error)) from None


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="clever-sandbox")
def main() -> None:
    """A local Clever over HTTP, with synthetic people and with faults on demand."""


@main.command()
@serve_options
def serve(port: int, data: Path | None, students: int | None, list_faults: bool, **conditions: Any) -> None:
    """Serve a district until Ctrl-C; without --data, a made up one of 1,000 students."""
    if list_faults:
        rows = fault_rows()
        width = max(len(row["fault"]) for row in rows)
        click.echo("\n".join(f"{row['fault']:<{width}}  {row['what']}" for row in rows))
        return
    one_district(data, students)
    from clever_sandbox.server import serve as serve_until_interrupted

    with _in_words():
        app = open_app(_upload(data, students or USUAL_STUDENTS), Conditions(**conditions))
        serve_until_interrupted(app, port, lambda url: _announce(app.state.sandbox, url))


def _upload(data: Path | None, students: int) -> Upload:
    from clever_sandbox.district.upload import load_upload
    from clever_sandbox.generator.generate import generated

    return load_upload(data) if data else generated(students=students, name=generated_name(students))


def _announce(sandbox: Sandbox, url: str) -> None:
    from clever_sandbox.app import CLIENT_ID, CLIENT_SECRET, TOKENS_PATH

    for line in described(sandbox):
        click.echo(line)
    click.echo(f"A local Clever answers at {url} until Ctrl-C.")
    click.echo(f"  tokens  {url}{TOKENS_PATH}  with client id {CLIENT_ID}, client secret {CLIENT_SECRET}")
    for district in sandbox.districts:
        click.echo(f"  token   {district.token}")


@main.command()
@advance_options
def advance(port: int, days: int | None, to: datetime | None, kinds: Sequence[str], seed: int) -> None:
    """Let days of a school year pass in the sandbox that is running: people come, leave and move; sections change."""
    with _in_words():
        passed = let_pass(port, days, to, kinds, seed)
    for line in told(passed):
        click.echo(line)


def told(passed: Advanced) -> Iterator[str]:
    """What happened on each day, in numbers, and what time it is; /sandbox/advance has it one by one."""
    days: dict[str, Counter[str]] = {}
    for found in passed.events:
        days.setdefault(found.date, Counter())[found.kind] += 1
    for day, kinds in days.items():
        yield f"{day}  {', '.join(f'{kind} {times}' for kind, times in sorted(kinds.items()))}"
    if not days:
        yield "Nothing happened: on weekends, on holidays and in the summer it does not, nor what cannot."
    yield f"It is {datetime.fromisoformat(passed.now):%A %Y-%m-%d %H:%M} there."
