"""What commands share: options, which districts, one answer per district, the exit code.

Belongs here: what two modules of commands need. Does not belong here: a command, and how an answer looks.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from roster_pipeline.cli.terminal import Row, print_json, say
from roster_pipeline.config import usable_settings
from roster_pipeline.errors import RosterError

if TYPE_CHECKING:
    import duckdb

    from roster_pipeline.warehouse.warehouse import Warehouse

INTERRUPTED = 130
_LISTED_BY = {"syncs": "recent", "holds": "holds", "sections": "map list"}
"""The command that lists what `find` finds."""

JSON = click.option(
    "as_json",
    "--json",
    is_flag=True,
    help="One JSON document on standard output, all else on standard error.",
)
DISTRICT = click.option("--district", metavar="SLUG", help="This district only; without it, all of them.")
LIMIT = click.IntRange(1, 1_000_000_000)
PORT = click.IntRange(1, 65_535)


def refuse_unknown(district: str | None, known: Sequence[str]) -> None:
    if district is not None and district not in known:
        raise click.UsageError(f"There is no district {district!r}; known: {', '.join(known) or 'none'}.")


def ask(district: str | None, question: Callable[[duckdb.DuckDBPyConnection], Row]) -> Iterator[Row]:
    """The answer of each district that was ever synced, from its published copy, with its slug.

    A setting that will fail the next sync is told beside it.
    """
    warehouse, slugs = readable(district)

    def answer(slug: str) -> Row:
        with warehouse.read(slug) as connection:
            return question(connection)

    return each(slugs, answer)


def readable(district: str | None) -> tuple[Warehouse, list[str]]:
    """The warehouse, and the districts of it that can be asked: the one, or all that were ever synced."""
    from roster_pipeline.warehouse.warehouse import Warehouse

    settings = usable_settings()
    if settings.wrong is not None:
        say(f"roster: {settings.wrong} Until then every sync fails.", err=True)
    warehouse = Warehouse(settings.warehouse)
    known = [d.slug for d in warehouse.districts()]
    refuse_unknown(district, known)
    return warehouse, [district] if district else [s for s in known if warehouse.folder(s).published.exists()]


def each(slugs: Sequence[str], answer: Callable[[str], Row]) -> Iterator[Row]:
    """The answer for each district, with its slug; of several, one that has none does not stop the others.

    Such a one gets a row with `error` and `exit_code`; when only one was asked, its RosterError is raised.
    """
    if not slugs:
        raise RosterError("Nothing has been synced yet", do="Run `roster sync`")
    return (_answer(slug, answer, alone=len(slugs) == 1) for slug in slugs)


def _answer(slug: str, answer: Callable[[str], Row], *, alone: bool) -> Row:
    try:
        return {"district": slug, **answer(slug)}
    except RosterError as error:
        if alone:
            raise
        return {"district": slug, "error": str(error).removeprefix(f"{slug}: "), "exit_code": error.exit_code}


def show(
    rows: Iterable[Row],
    print_row: Callable[[Row], None],
    as_json: bool,
    *,
    name: str = "districts",
    code: Callable[[Row], int] = lambda _: 0,
    beside: Row | None = None,
    print_beside: Callable[[Row], None] = lambda _: None,
) -> None:
    """Prints each answer as it comes, or all in one document called `name`; ends with the gravest exit code.

    What is `beside` them is no single district's: it is printed at the end, and in the document.

    After an interrupt no further answer is asked for.
    """
    shown: list[Row] = []
    codes: set[int] = set()
    for row in rows:
        shown.append(row)
        codes.add(row["exit_code"] if "exit_code" in row else code(row))
        if "exit_code" in row:
            say(f"{row['district']}: {row['error']}", err=True)
        elif not as_json:
            print_row(row)
        if INTERRUPTED in codes:
            break
    if as_json:
        print_json({name: shown, **(beside or {})})
    elif beside:
        print_beside(beside)
    sys.exit(next((c for c in (INTERRUPTED, 1, 3) if c in codes), 0))


def sync_code(row: Row) -> int:
    """Interrupted, failed (or gone wrong after it was applied), held or refused, done."""
    if row["interrupted"]:
        return INTERRUPTED
    return 1 if row["failure"] else {"failed": 1, "held": 3, "refused": 3}.get(row["status"], 0)


def find(table: str, column: str, start: str, district: str | None = None) -> tuple[str, str]:
    """The district and the whole id of the one sync, hold or section that begins with `start`."""

    def matches(connection: Any) -> Row:
        from roster_pipeline.history import report

        return {"ids": report.ids_that_begin(connection, table, start)}

    rows = list(ask(district, matches))
    found = [(row["district"], i) for row in rows for i in row.get("ids", ())]
    if len(found) != 1:
        how_many = f"{len(found)} of them begin" if found else "none begins"
        not_asked = "".join(f"; {row['district']} could not be asked" for row in rows if "ids" not in row)
        raise RosterError(
            f"There is no single {column} {start!r}: {how_many} so{not_asked}",
            do=f"`roster {_LISTED_BY[table]}` lists them",
        )
    return found[0]
