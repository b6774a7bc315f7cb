"""`roster map export` and `import`: every section in a spreadsheet, and back.

Belongs here: their arguments. Does not belong here: the file (`mapping/sheet_file.py`), and what in it is a decision
(`mapping/bulk.py`).
"""

from __future__ import annotations

from pathlib import Path

import click

from roster_pipeline.cli.common import DISTRICT, JSON, ask
from roster_pipeline.cli.mapping import BY, WHY
from roster_pipeline.cli.mapping_in_bulk import YES, decide
from roster_pipeline.cli.terminal import print_json, say
from roster_pipeline.config import usable_settings
from roster_pipeline.errors import InputError, RosterError


def _known_kind(_context: click.Context, _parameter: click.Parameter, file: Path) -> Path:
    if file.suffix.lower() not in (".csv", ".xlsx"):
        raise click.UsageError(f"{file.name} is neither .csv nor .xlsx.")
    return file.absolute()


_FILE = click.argument("file", type=click.Path(dir_okay=False, path_type=Path), callback=_known_kind)


@click.command("export")
@_FILE
@DISTRICT
@click.option("--force", is_flag=True, help="Write over a file that is there already.")
@JSON
def export(file: Path, district: str | None, force: bool, as_json: bool) -> None:
    """Write every active section with its courses, what hung them there, and suggestions into FILE (.csv or .xlsx).

    It has the names of sections in it, and so of teachers: keep it where the roster may be.
    """
    from roster_pipeline.history.report import every_section
    from roster_pipeline.mapping.sheet_file import write_sheet

    if file.exists() and not force:
        raise RosterError(f"{file.name} is there already", do="Name another file, or say --force to write over it")
    rows = []
    for found in ask(district, lambda c: {"sections": every_section(c)}):
        if "error" in found:
            raise RosterError(
                f"{found['district']}: {found['error']}", do="Mend that, or export --district by --district"
            )
        rows += [{"district": found["district"], **section} for section in found["sections"]]
    write_sheet(rows, file)
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
    from roster_pipeline.mapping.sheet_file import read_sheet
    from roster_pipeline.warehouse.warehouse import Warehouse

    named = {line.district for line in read_sheet(file)}
    known = [district.slug for district in Warehouse(usable_settings().warehouse).districts()]
    if not (slugs := [slug for slug in known if slug in named]):
        what = "no line is about a district that there is"
        raise InputError(file, what, do=f"Write into the column district one of {', '.join(known) or 'none yet'}")
    decide(slugs, "import_mapping", yes, requested_by, as_json, path=str(file), why=why)
