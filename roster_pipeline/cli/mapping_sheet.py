"""`roster map export` and `import`: every section in a spreadsheet, and back.

Belongs here: writing and reading the file, and what in it is a decision. Does not belong here: making one
(`mapping/decide.py`). Of what comes back only `district`, `section_id` and `courses` are read; the rest is for people.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from roster_pipeline.cli.common import DISTRICT, JSON, ask, show, sync_code
from roster_pipeline.cli.mapping import BY, WHY, print_mapped
from roster_pipeline.cli.mapping_in_bulk import YES, confirmed
from roster_pipeline.cli.terminal import Row, print_json, say
from roster_pipeline.config import usable_settings
from roster_pipeline.errors import InputError, RosterError, SyncRefused

if TYPE_CHECKING:
    import duckdb

_FILE = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
_NEEDED = ("district", "section_id", "courses")
_SHOWN = 20


@dataclass(frozen=True)
class _Line:
    """A line of the file: the courses that a section should have."""

    number: int
    district: str
    section_id: str
    courses: frozenset[str]


@click.command("export")
@_FILE
@DISTRICT
@JSON
def export(file: Path, district: str | None, as_json: bool) -> None:
    """Write every active section with its courses, what hung them there, and suggestions into FILE (.csv or .xlsx).

    It has the names of sections in it, and so of teachers: keep it where the roster may be.
    """
    import pandas as pd

    rows = [{"district": row["district"], **one} for row in ask(district, _known) for one in row.get("sections", ())]
    table = pd.DataFrame(rows, dtype=str).fillna("")
    if _kind(file) == ".xlsx":
        table.to_excel(file, index=False)
    else:
        table.to_csv(file, index=False)
    if as_json:
        print_json({"file": str(file), "sections": len(rows)})
    else:
        say(f"{len(rows):,} sections are in {file}. Edit the column courses (several with `;` between them),")
        say(f"then `roster map import {file}`.")


@click.command("import")
@_FILE
@YES
@BY
@WHY
@JSON
def import_file(file: Path, yes: bool, requested_by: str, why: str, as_json: bool) -> None:
    """Make what FILE says in its column courses of each section true, as decisions; all of it, or nothing.

    Shows first what would change. Exit 0 done or nothing to do, 1 a line cannot be used, 3 held or refused.
    """
    from roster_pipeline.cli.launch import launch_mapping

    lines = _read(file)
    known = {row["district"]: row for row in ask(None, _known)}
    changes = _changes(file, lines, known)
    for slug, decided in changes.items():
        _preview(slug, decided, known[slug]["sections"])
    if not changes:
        say("The file says what is so already; nothing was changed.", err=True)
    elif not yes and not confirmed():
        raise SyncRefused("Nothing was changed", do="Answer y, or say --yes")
    done = (launch_mapping(usable_settings(), s, requested_by, lines=d, why=why) for s, d in changes.items())
    show(done, print_mapped, as_json, name="syncs", code=sync_code)


def _known(connection: duckdb.DuckDBPyConnection) -> Row:
    from roster_pipeline.history import report

    return {"sections": report.every_section(connection), "courses": report.active_courses(connection)}


def _kind(file: Path) -> str:
    if (kind := file.suffix.lower()) not in (".csv", ".xlsx"):
        raise click.UsageError(f"{file.name} is neither .csv nor .xlsx.")
    return kind


def _read(file: Path) -> list[_Line]:
    """The lines of the file, every cell as text: an id is no number, whatever it looks like."""
    import pandas as pd

    read = pd.read_excel if _kind(file) == ".xlsx" else pd.read_csv
    try:
        table = read(file, dtype=str, keep_default_na=False)
    except FileNotFoundError:
        raise InputError(file, "no such file", do="`roster map export` writes one") from None
    except Exception as error:  # whatever is wrong with a spreadsheet, its reader says in its own way
        raise InputError(file, f"cannot be read ({type(error).__name__})", do="Save it as CSV or XLSX") from None
    if missing := [name for name in _NEEDED if name not in table.columns]:
        raise InputError(file, f"without the column {missing[0]}", do="Take the file that `roster map export` wrote")
    cells = zip(*(table[name].str.strip() for name in _NEEDED), strict=True)
    return [
        _Line(n, district, section.lower(), frozenset(c.strip() for c in courses.split(";") if c.strip()))
        for n, (district, section, courses) in enumerate(cells, start=2)
        if district or section
    ]


def _changes(file: Path, lines: list[_Line], known: dict[str, Row]) -> dict[str, list[str]]:
    """Per district the decisions, as job map_section takes them. Raises RosterError that lists every refused line."""
    refused: list[str] = []
    changes: dict[str, list[str]] = {}
    times = Counter((line.district, line.section_id) for line in lines)
    has = {slug: {s["section_id"]: s for s in row.get("sections", ())} for slug, row in known.items()}
    for line in lines:
        section = has.get(line.district, {}).get(line.section_id)
        if section is None:
            what = "no such section" if line.district in has else "no such district"
            refused.append(f"line {line.number}: {what}, or it is not active any more")
            continue
        now = frozenset(filter(None, section["courses"].split(";")))
        catalog = known[line.district]["courses"]
        wanted = frozenset(catalog.get(c.lower(), c) for c in line.courses)
        if unknown := sorted(wanted - now - frozenset(catalog.values())):
            refused.append(f"line {line.number}: {unknown[0]!r} is no active course of data/courses.csv")
        elif times[line.district, line.section_id] > 1:
            refused.append(f"line {line.number}: its section has another line")
        found = [f"{line.section_id},{c},add" for c in sorted(wanted - now)]
        found += [f"{line.section_id},{c},remove" for c in sorted(now - wanted)]
        if found:
            changes.setdefault(line.district, []).extend(found)
    if refused:
        for one in refused[:_SHOWN]:
            say(f"  {one}", err=True)
        what = f"{file.name}: {len(refused)} {'line' if len(refused) == 1 else 'lines'} cannot be used ({refused[0]})"
        raise RosterError(what, do="Correct them; nothing was changed")
    return changes


def _preview(slug: str, decided: list[str], sections: list[Row]) -> None:
    concerned = {line.split(",")[0] for line in decided}
    seats = sum(s["students"] for s in sections if s["section_id"] in concerned)
    added = sum(line.endswith(",add") for line in decided)
    say(
        f"{slug}: {added:,} section courses would be added and {len(decided) - added:,} taken away, "
        f"on {len(concerned):,} sections with {seats:,} seats",
        err=True,
    )
    for line in decided[:_SHOWN]:
        say(f"  {line}", err=True)
    if len(decided) > _SHOWN:
        say(f"  and {len(decided) - _SHOWN:,} more", err=True)
