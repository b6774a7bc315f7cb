"""`roster sharing`: what the district shares too much or too little, and the sharing rule that mends it.

Belongs here: its arguments, and how its answer is laid out. Does not belong here: what is a finding, and its words
(`history/sharing/`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from roster_pipeline.cli.common import DISTRICT, JSON, LIMIT, ask, show
from roster_pipeline.cli.terminal import Row, print_table, say
from roster_pipeline.errors import RosterError
from roster_pipeline.history.words import counted

_TREND = ("students", "teachers", "sections")


@click.command("sharing")
@DISTRICT
@click.option("--site", metavar="ID", help="Of this site only, by id or name: each finding, and the last seven syncs.")
@click.option(
    "file",
    "--csv",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write every finding into this file, for the district's Clever admin.",
)
@click.option("--limit", type=LIMIT, default=50, show_default=True, help="How many findings of a site to print.")
@JSON
def sharing_now(district: str | None, site: str | None, file: Path | None, limit: int, as_json: bool) -> None:
    """What Clever shares too much or too little, and which of its sharing rules mends that.

    Ids and SIS ids, no names. Exit 0 answered, 1 failed.
    """
    from roster_pipeline.history import report
    from roster_pipeline.history.sharing import sharing

    if file is not None and file.suffix.lower() != ".csv":
        raise click.UsageError(f"{file.name} is no .csv.")

    def answer(connection: Any) -> Row:
        sharing.require_site(report.sites(connection), site)
        wanted = as_json or file or site
        return {
            "counts": sharing.counts(connection, site),
            "findings": sharing.listed(connection, site) if wanted else [],
            "trend": sharing.trend(connection, site) if as_json or site else [],
            "site": site,
        }

    rows = list(ask(district, answer))
    if file is not None:
        written = _write(rows, file)
        if not as_json:
            say(
                f"{counted(written, 'finding is', 'findings are')} in {file}. "
                "There are SIS ids in it: for the district's Clever admin only."
            )
    show(rows, lambda row: _print(row, limit), as_json)


def _write(rows: list[Row], file: Path) -> int:
    """Every district's findings in one file, or none; returns how many."""
    from roster_pipeline.mapping.sheet_file import write_sheet

    for row in rows:
        if "error" in row:
            raise RosterError(f"{row['district']}: {row['error']}", do="Mend that, or name another --district")
    found = [{"district": row["district"], **finding} for row in rows for finding in row["findings"]]
    if not found:
        raise RosterError("There is nothing to hand over: no finding", do="No file was written")
    write_sheet(found, file)
    return len(found)


def _print(row: Row, limit: int) -> None:
    from roster_pipeline.history.sharing.words import RULES

    slug, counts = row["district"], row["counts"]
    if not counts:
        say(f"{slug}: nothing is shared too much or too little, as far as the roster shows")
    else:
        say(f"{slug}: what Clever shares too much or too little")
    print_table(
        [
            {
                "site": c["site"] or c["site_id"],
                **{name: c[name] for name in ("finding", "found", "people", "covered")},
                "share_by": RULES[c["finding"]].by,
            }
            for c in counts
        ]
    )
    if row["site"]:
        names = ("finding", "share_by", "clever_id", "sis_id", "grade", "section", "people")
        print_table([{name: f[name] for name in names} for f in row["findings"][:limit]])
        if len(row["findings"]) > limit:
            say(f"  {len(row['findings']) - limit:,} more: `--limit`, `--csv FILE` or --json has them")
        say("  the last syncs:")
        shown = ("sync_id", "started_at", *_TREND, *(f for f in RULES if f != "sudden_lack"))
        print_table([{name: t[name] for name in shown} for t in row["trend"]])
    for finding in [f for f in RULES if any(c["finding"] == f for c in counts)]:
        say(f"  {finding}: {RULES[finding].what} {RULES[finding].mend}")
    if any(c["covered"] for c in counts):
        say("  What is covered is mended with its school or grade, and listed no more than that.")
    if counts and not row["site"]:
        say(f"  `roster sharing --district {slug} --site NAME` lists one site, `--csv FILE` writes all of it.")
