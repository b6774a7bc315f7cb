"""How answers look in a terminal.

Belongs here: tables and sentences, and what makes any text safe to print. Does not belong here: asking, and anything
about rosters.
"""

from __future__ import annotations

import codecs
import io
import json
import logging
import os
import shutil
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from roster_pipeline.history.words import counted

if TYPE_CHECKING:
    from rich.table import Table

Row = dict[str, Any]

_JOINERS = "\u200c\u200d"
"""Invisible, but part of how Persian and Indic names, and emoji, are written."""

_PROSE = {"site", "sites", "message", "before", "after", "requested_by", "what", "name", "clever_course", "finding"}
"""Columns that may wrap; the others are ids, times, states and counts."""

_WRAPPED = 12
"""A column that wraps is at least as wide as this."""

_UNBROKEN = 38
"""A word of this length, as an id with a comma after it, is not broken even where prose wraps."""

_STAYS = {
    "sync_id",
    "started_at",
    "last_synced_at",
    "status",
    "entity_id",
    "action",
    "site",
    "message",
    "section_id",
    "why",
    "step",
}
"""Columns that a narrow terminal shows too; of the others, the rightmost is left out first."""

_WHOLE = {"section_id", "sync_id"}
"""Columns that do not wrap at all in a terminal of `_ROOM` characters: people copy what is in them."""

_ROOM = 72
_GAP = 2


class _Log(logging.Handler):
    """Log lines are lines like any other: safe, above the progress bars, and harmless when nobody listens any more."""

    def emit(self, record: logging.LogRecord) -> None:
        say(record.getMessage(), err=True)


def prepare_streams() -> None:
    """Sends what the pipeline logs to standard error; what a stream's encoding lacks will be escaped."""
    logger = logging.getLogger("roster_pipeline")
    logger.handlers = [_Log()]
    logger.setLevel(logging.INFO)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def visible(text: str) -> str:
    """`text` in one line, with all that steers a terminal or hides in it (ESC, bidi marks, ...) as visible escapes."""
    return _escaped(text, lambda c: c.encode("unicode_escape").decode())


def say(line: str = "", *, err: bool = False) -> None:
    """Prints one line, whatever is in it."""
    _write(f"{visible(line)}\n", err=err)


def print_json(document: Row) -> None:
    """Prints the document; what `visible` escapes is escaped here too, in JSON's own way, so that nothing is lost."""
    encoding = codecs.lookup(getattr(sys.stdout, "encoding", None) or "utf-8").name
    text = json.dumps(document, default=_plain, ensure_ascii=encoding != "utf-8", indent=2)
    _write("".join(_escaped(line, lambda c: json.dumps(c)[1:-1]) + "\n" for line in text.split("\n")))


def print_table(rows: list[Row]) -> None:
    """A line per row; where the terminal is too narrow, prose wraps, and columns are left out and named below."""
    from rich.console import Console

    if not rows:
        return
    cells = {name: [_cell(row[name]) for row in rows] for name in rows[0]}
    widths = {name: _least_width(name, column) for name, column in cells.items()}
    limit = _terminal_width()
    left_out = [] if limit is None else _left_out(widths, limit)
    shown = {name: column for name, column in cells.items() if name not in left_out}
    narrow = limit is not None and _total(widths[name] for name in shown) > limit
    wrapped = {n for n in shown if narrow and (n not in _WHOLE or (limit or 0) < _ROOM)}
    numbers = {name for name, value in rows[0].items() if isinstance(value, int)}
    console = Console(width=limit or 1_000_000, highlight=False)
    with console.capture() as printed:
        console.print(_table(shown, numbers, wrapped))
    _write("".join(f"{line.rstrip()}\n" for line in printed.get().splitlines()))
    if left_out:
        say(f"  no room for {', '.join(left_out)}: --json has them, and so has a wider terminal")


def _site_rows(sites: list[Row]) -> list[Row]:
    own_limits = any(s["own_limits"] for s in sites)
    return [
        {
            "site": s["name"],
            "site_id": s["site_id"],
            "source": s["enrollment_source"],
            **{k: s[k] for k in ("students", "teachers", "sections", "mapped", "unmapped", "pending_students")},
            "last_attempt": f"{s['last_attempt']} {_at_site(s, s['last_attempt_at'])}"
            if s["last_attempt"]
            else "never",
            "confirmed": f"{_at_site(s, s['confirmed_at'])} by {s['confirmed_by']}" if s["confirmed_at"] else None,
            **({"own_limits": s["own_limits"]} if own_limits else {}),
            "last_synced_at": _at_site(s, s["last_synced_at"]) if s["last_synced_at"] else _never(s),
        }
        for s in sites
    ]


def _at_site(site: Row, moment: datetime) -> str:
    """The UTC moment as clocks at the site show it."""
    return f"{moment.replace(tzinfo=UTC).astimezone(ZoneInfo(site['time_zone'] or 'UTC')):%Y-%m-%d %H:%M %Z}"


def _never(site: Row) -> str:
    return "waits" if site["status"] == "new" and site["enrollment_source"] == "clever" else "never"


def _print_sites(sites: list[Row]) -> None:
    print_table(_site_rows(sites))
    for site in sites:
        left_out = [(site[f"{kind}_left_out"], kind) for kind in ("students", "teachers", "sections")]
        if any(count for count, _ in left_out):
            listed = ", ".join(f"{count:,} {kind}" for count, kind in left_out)
            say(f"  {site['name']} is manual: what Clever shares of it is left out ({listed})")


def print_sync(row: Row) -> None:
    if row["failure"]:
        say(f"{row['district']}: {row['failure']}", err=True)
        return
    if row["error"]:
        what = f"{row['district']}: {row['status']}, the roster is as it was"
        say(f"{what}. {row['error']} (sync {row['sync_id']})", err=True)
        return
    seconds = (row["finished_at"] - row["started_at"]).total_seconds()
    changed = sum(row[k] for k in ("created", "updated", "archived", "restored"))
    say()
    say(f"{row['district']}: sync {row['sync_id']} {row['status']} in {seconds:.1f} s, {changed} changes")
    say(
        f"  created {row['created']}, updated {row['updated']}, archived {row['archived']}, "
        f"restored {row['restored']}, held {row['held']}, unchanged {row['unchanged']}"
    )
    _print_sites(row["sites"])
    for code, count in sorted(Counter(issue["code"] for issue in row["issues"]).items()):
        say(f"  warning {code}: {count} (`roster details` lists them)")
    for hold in row["holds"]:
        print_hold(hold)
    _print_that_schools_wait(row)
    say(f"  published: {row['published']}")


def print_waiting(row: Row) -> None:
    """What Clever shares of the schools of which nothing is on the roster yet."""
    slug, waiting = row["district"], row["waiting"]
    if not waiting:
        say(f"{slug}: no school waits for confirmation")
        return
    say(f"{slug}: Clever shares this of {_schools(waiting)}, and nothing of it is on the roster yet")
    names = ("sections", "teachers", "students", "pending", "unmapped", "visible_by", "quarantined", "site_id")
    print_table([{"school": w["name"], **{name: w[name] for name in names}} for w in waiting])
    if moved := [w for w in waiting if w["moved"]]:
        say(f"  Somebody has confirmed other counts of {_schools(moved)}: Clever shares these now.")
    say(f"  Are these the counts that the school expects? Then `roster start --district {slug} --confirm`.")


def _schools(waiting: list[Row]) -> str:
    return "1 school" if len(waiting) == 1 else f"{len(waiting):,} schools"


def _print_that_schools_wait(row: Row) -> None:
    if waiting := row["waiting"]:
        verb = "waits" if len(waiting) == 1 else "wait"
        say(f"  {_schools(waiting)} {verb} for confirmation: `roster start --district {row['district']}`")


def print_details(row: Row) -> None:
    for name, none in (("life", "no sync has changed this record"), ("differences", "nothing differs")):
        if name in row:
            say(row["district"] if row[name] else f"{row['district']}: {none}")
            print_table(row[name])
            return
    say(f"{row['district']}: sync {row['sync_id']} {row['status']}")
    say(f"  {row['trigger']}, asked for by {row['requested_by']}, Dagster run {row['dagster_run_id']}")
    say(f"  {row['started_at']:%Y-%m-%d %H:%M:%S} to {row['finished_at']:%H:%M:%S} UTC")
    if row["error"]:
        say(f"  {row['error']}")
    if row["held"]:
        say(f"  {row['held']:,} changes held: `roster holds` says which, why, and what became of it")
    for line in _undo_lines(row):
        say(f"  {line}")
    for title in ("counts", "changes", "issues"):
        if row.get(title):
            say(f"  {title}:")
            print_table(row[title])


def _undo_lines(row: Row) -> list[str]:
    """What a sync took back, who took it back, and whether it can be taken back."""
    lines = []
    if row["undoes"]:
        lines.append(f"takes back sync {row['undoes']}" + (f": {row['reason']}" if row["reason"] else ""))
    if row["undone_by"]:
        lines.append(f"taken back by sync {row['undone_by']}")
    elif row["can_be_undone"]:
        lines.append(f"can be taken back: `roster undo {row['sync_id']}`")
    elif row["pruned_at"]:
        lines.append(f"cannot be taken back: its changes were forgotten on {row['pruned_at']:%Y-%m-%d}")
    return lines


def print_hold(hold: Row) -> None:
    """A hold, what became of it and who decided so, and its whole message."""
    state = hold["status"]
    if hold["decided_by"]:
        why = f" ({hold['reason']})" if hold["reason"] else ""
        state += f"; decided by {hold['decided_by']}{why}"
    if hold["applied_sync_id"]:
        state += f"; applied by sync {hold['applied_sync_id']}"
    elif hold["cleared_because"]:
        state += f", {hold['cleared_because']}"
    elif hold["expires_at"]:
        state += f"; for the next sync, until {hold['expires_at']:%Y-%m-%d %H:%M} UTC"
    say(f"  hold {hold['hold_id']} {state}")
    if hold["sites"]:
        say(f"    decided at {', '.join(hold['sites'])} alone")
    say(f"    {hold['message']}")
    sites = [p for p in hold["parts"] if p["site_id"]]
    for part in sites if len(sites) > 1 else ():
        where = f"{part['site_id']} ({part['site']})" if part["site"] else part["site_id"]
        say(f"      at {where}: {part['changes']:,} of {part['of']:,}{' ' + part['role'] if part['role'] else ''}")


def print_status(row: Row) -> None:
    last = row["last_sync"]
    say(f"{row['district']}: last sync {last['sync_id']} {last['status']}")
    if last["held"]:
        say(f"  {last['held']:,} changes are held: `roster holds`")
    if row["clevers_data_at"]:
        say(f"  Clever's data is of {row['clevers_data_at']:%Y-%m-%d %H:%M} UTC{row['clever_says']}")
    _print_that_schools_wait(row)
    if row["published_is_behind"]:
        say(f"  older than the truth: `roster publish --district {row['district']}` makes this copy again")
    if row["left_at"]:
        say(f"  has left: not listed by Clever since {row['left_at']:%Y-%m-%d %H:%M} UTC, and not synced any more")
        say(f"  `roster forget {row['district']}` takes it off")
    if (without := row["lines_that_name_nothing"])["lines"]:
        lines = (
            "1 line of data/*.csv names" if without["lines"] == 1 else f"{without['lines']:,} lines of data/*.csv name"
        )
        say(f"  {lines} nothing that is there; `roster details {without['sync_id']}` lists them")
    if row["stale"]:
        sites = "1 site has" if len(row["stale"]) == 1 else f"{len(row['stale']):,} sites have"
        say(f"  stale: {sites} not succeeded for 26 hours: {', '.join(row['stale'][:5])}")
    _print_sites(row["sites"])


def print_recent(row: Row) -> None:
    names = ("held", "created", "updated", "archived", "restored", "unchanged", "trigger", "requested_by")
    say(row["district"])
    print_table(
        [
            {
                **{name: s[name] for name in ("sync_id", "started_at", "status")},
                "sites": s["site_names"] or "all",
                **{name: s[name] for name in names},
            }
            for s in row["syncs"]
        ]
    )
    for failed in (s for s in row["syncs"] if s["error"]):
        say(f"  {failed['sync_id']} {failed['status']}: {failed['error']}")


def print_plan(row: Row) -> None:
    planned = sum(c["changes"] for c in row["counts"])
    held = sum(c["changes"] for c in row["counts"] if c["held_by"])
    say(f"{row['district']}: {planned:,} changes planned, {held:,} of them held")
    print_table(row["counts"])
    print_table([{k: c[k] for k in ("entity_id", "action", "entity", "before", "after")} for c in row["changes"]])
    if planned > len(row["changes"]):
        say(f"  {planned - len(row['changes']):,} more: `--limit` lists them")


def print_holds(row: Row) -> None:
    say(f"{row['district']}: {len(row['holds'])} holds")
    for hold in row["holds"]:
        print_hold(hold)
    print_table(row.get("changes", []))


def print_explained(row: Row, *, every: bool = True) -> None:
    """The way of a person or a section, and the sentence at its end; of several that are meant, who they are.

    Without `every`, what is over is only counted.
    """
    if "matches" in row:
        say(f"{row['district']}: {len(row['matches'])} are called so; ask again with the id of one")
        print_table([{k: m[k] for k in ("id", "kind", "label", "by", "status", "site_id")} for m in row["matches"]])
        return
    say(f"{row['district']}: {row['kind']} {row['id']}" + (f", {row['who']}" if row["kind"] == "person" else ""))
    steps = [step for step in row["steps"] if every or not step["over"]]
    now = [place for place in row["sections"] if place["status"] == place["enrollment"] == "active"]
    places = row["sections"] if every else now
    print_table([{name: value for name, value in step.items() if name != "over"} for step in steps])
    same = ("status", "enrollment") if len(now) == len(places) else ()
    print_table([{name: value for name, value in place.items() if name not in same} for place in places])
    changes, ended = len(row["steps"]) - len(steps), len(row["sections"]) - len(places)
    if changes or ended:
        told = [counted(changes, "change")] * bool(changes) + [
            counted(ended, "place in a section", "places in sections")
        ] * bool(ended)
        say(f"  and what is over: {' and '.join(told)}; `--all` lists that too")
    for reason in row["reasons"]:
        say(f"  {reason['code']}: {reason['sentence']}")
    say()
    say(row["sentence"])


def _escaped(text: str, escape: Callable[[str], str]) -> str:
    if text.isprintable():
        return text
    return "".join(
        c if c.isprintable() or c in _JOINERS or unicodedata.category(c) == "Zs" else escape(c) for c in text
    )


def _write(text: str, *, err: bool = False) -> None:
    """To a reader that has gone away (`roster sync | head`) nothing more is written, and the work goes on."""
    try:
        click.echo(text, nl=False, err=err)
    except OSError as error:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, (sys.stderr if err else sys.stdout).fileno())  # what is buffered must not fail again at exit
        os.close(nowhere)
        if not isinstance(error, BrokenPipeError):
            raise


def _plain(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return visible(", ".join(value))
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M} UTC"
    return "" if value is None else visible(str(value))


def _terminal_width() -> int | None:
    """None when no terminal watches: then a row is one line, whatever its length. COLUMNS overrules both."""
    watched = sys.stdout is not None and sys.stdout.isatty()
    return shutil.get_terminal_size().columns if watched or os.environ.get("COLUMNS") else None


def _least_width(name: str, column: list[str]) -> int:
    from rich.cells import cell_len

    widest = max(cell_len(text) for text in (name, *column))
    if name not in _PROSE:
        return widest
    words = (cell_len(word) for text in column for word in text.split() if len(word) <= _UNBROKEN)
    return min(widest, max(_WRAPPED, len(name), *words))


def _left_out(widths: dict[str, int], limit: int) -> list[str]:
    shown = dict(widths)
    for name in reversed(widths):
        if _total(shown.values()) > limit and name not in _STAYS:
            del shown[name]
    return [name for name in widths if name not in shown]


def _total(widths: Iterable[int]) -> int:
    each = list(widths)
    return sum(each) + _GAP * (len(each) - 1)


def _table(columns: dict[str, list[str]], numbers: set[str], wrapped: set[str]) -> Table:
    """Prose wraps, and everything else only when there is no other way (`wrapped`); nothing is ever cut."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, _GAP, 0, 0))
    for name in columns:
        wraps = name in _PROSE or name in wrapped
        table.add_column(name, justify="right" if name in numbers else "left", no_wrap=not wraps, overflow="fold")
    for row in zip(*columns.values(), strict=True):
        table.add_row(*(Text(text) for text in row))
    return table
