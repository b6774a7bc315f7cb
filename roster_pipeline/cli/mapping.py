"""`roster map`: which courses hang on which sections, and hanging them there by hand.

Belongs here: the arguments, and how an answer looks. Does not belong here: what a decision does (`mapping/decide.py`),
and what is asked (`report.py`).
"""

from __future__ import annotations

from typing import Any

import click

from roster_pipeline.cli.common import DISTRICT, JSON, LIMIT, ask, each, find, refuse_unknown, show, sync_code
from roster_pipeline.cli.telling import print_hold
from roster_pipeline.cli.terminal import Row, print_table, say
from roster_pipeline.config import usable_settings
from roster_pipeline.errors import SyncRefused
from roster_pipeline.history.words import counted

BY = click.option("requested_by", "--by", metavar="NAME", default="terminal", help="Who decides; kept with it.")
WHY = click.option("why", "--why", metavar="TEXT", default="", help="Why; kept with it.")
SITE = click.option("--site", metavar="ID_OR_NAME", help="Sections of this site only.")


@click.group("map")
def mapping() -> None:
    """Which courses hang on which sections: by hand, by rule, as a spreadsheet, many at once, and what hangs where."""


@mapping.command("add")
@click.argument("section")
@click.argument("courses", metavar="COURSE...", nargs=-1, required=True)
@DISTRICT
@BY
@WHY
@JSON
def add(
    section: str, courses: tuple[str, ...], district: str | None, requested_by: str, why: str, as_json: bool
) -> None:
    """Hang courses on a section: who is in it sees them at once, and no file or rule takes them away again.

    SECTION is a section_id, a Clever id, or a unique beginning of one. Exit 0 done, 1 failed, 3 held or refused.
    """
    _decide(section, district, requested_by, why, as_json, add=list(courses))


@mapping.command("remove")
@click.argument("section")
@click.argument("courses", metavar="COURSE...", nargs=-1, required=True)
@DISTRICT
@BY
@WHY
@JSON
def remove(
    section: str, courses: tuple[str, ...], district: str | None, requested_by: str, why: str, as_json: bool
) -> None:
    """Take courses off a section, and keep out what a file, a rule or last year would hang there again.

    Exit 0 done, 1 failed, 3 held or refused.
    """
    _decide(section, district, requested_by, why, as_json, remove=list(courses))


@mapping.command("list")
@DISTRICT
@SITE
@click.option("--unmapped", is_flag=True, help="Only sections without a course.")
@click.option("--course", metavar="COURSE_ID", help="Only sections with this course.")
@click.option(
    "--by",
    type=click.Choice(["manual", "file", "rule", "carried_over"]),
    help="Only sections where this hung a course.",
)
@click.option("--limit", type=LIMIT, default=50, show_default=True, help="How many at most.")
@JSON
def list_sections(
    district: str | None,
    site: str | None,
    unmapped: bool,
    course: str | None,
    by: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """Active sections with their courses and what hung them there, those without one and with most students first."""
    from roster_pipeline.history import report

    def answer(connection: Any) -> Row:
        report.must_know(connection, site=site, course=course)
        rows = report.mapped_sections(connection, site=site, course=course, by=by, unmapped=unmapped, limit=limit)
        found = rows[0]["found"] if rows else 0
        return {"found": found, "sections": [{k: v for k, v in row.items() if k != "found"} for row in rows]}

    rows = list(ask(district, answer))
    known = [row for row in rows if row.get("exit_code") != SyncRefused.exit_code]
    show(known or rows, _print_sections, as_json)


@mapping.command("rules")
@DISTRICT
@JSON
def rehearse_rules(district: str | None, as_json: bool) -> None:
    """Dry run of data/mapping_rules.csv: what each rule takes, which fight, and a replay on last year's sections."""
    from roster_pipeline.mapping.rehearse import rehearse
    from roster_pipeline.warehouse.warehouse import Warehouse

    settings = usable_settings()
    warehouse = Warehouse(settings.warehouse)
    known = [d.slug for d in warehouse.districts()]
    refuse_unknown(district, known)

    def answer(slug: str) -> Row:
        with warehouse.read(slug, scratch=True) as connection:
            return rehearse(connection, settings.data, slug)

    show(each([district] if district else known, answer), _print_rehearsal, as_json)


def _decide(
    section: str, district: str | None, requested_by: str, why: str, as_json: bool, **courses: list[str]
) -> None:
    from roster_pipeline.cli.launch import launch_mapping
    from roster_pipeline.history import report

    slug, section_id = find("sections", "section_id", section, district)
    (meant,) = ask(slug, lambda c: report.section_named(c, section_id))
    say(f"{slug}: section {section_id}, {meant['name'] or 'without a name'}, at {meant['site']}", err=True)
    done = launch_mapping(usable_settings(), slug, requested_by, section=section_id, why=why, **courses)
    show([done], print_mapped, as_json, name="syncs", code=sync_code)


def print_mapped(row: Row) -> None:
    """What a change of the mapping did, and for how many people."""
    if row["failure"] or row["error"]:
        say(f"{row['district']}: {row['failure'] or row['error']}", err=True)
        return
    done = f"{row['district']}: sync {row['sync_id']} {row['status']}"
    changed = any(row[name] for name in ("created", "archived", "updated", "restored"))
    if changed:
        say(
            f"{done}: {counted(row['created'], 'section course')} added, {row['archived']:,} taken away, "
            f"{counted(row['updated'], 'now hangs', 'now hang')} for another reason; "
            f"{counted(row['people'], 'person sees', 'people see')} other courses"
        )
    elif not row["held"]:
        say(f"{done}: nothing changed, since that is so already; the decision is kept")
    if row["held"]:
        say(f"{done}: {counted(row['held'], 'change waits', 'changes wait')} for somebody to approve it")
    for hold in row["holds"]:
        print_hold(hold)
    if changed:
        say(f"  to take it back: `roster undo {row['sync_id']}`")


def _print_sections(row: Row) -> None:
    listed = len(row["sections"])
    more = f"; `--limit {row['found']}` lists all of them" if listed < row["found"] else ""
    of = f"{listed:,} of {counted(row['found'], 'section')}" if more else counted(listed, "section")
    say(f"{row['district']}: {of}{more}")
    rows = [
        {
            "section": s["short"],
            "students": s["students"],
            "grade": s["grade"],
            "courses": [f"{c['course_id']} ({_source(c)})" for c in s["courses"]],
            "suggestion": f"{s['suggestion']} {s['score']:.2f}" if s["suggestion"] else "",
            **{name: s[name] for name in ("name", "clever_course", "site", "period", "clever_id")},
            "whole id": s["section_id"],
        }
        for s in row["sections"]
    ]
    empty = [name for name in ("courses", "suggestion") if not any(r[name] for r in rows)]
    print_table([{name: value for name, value in r.items() if name not in empty} for r in rows])


def _source(course: Row) -> str:
    return f"rule {course['rule_id']}" if course["mapped_by"] == "rule" else str(course["mapped_by"])


def _print_rehearsal(row: Row) -> None:
    from roster_pipeline.mapping.rehearse import listed_rules

    for name, title in (("today", "on today's sections"), ("last_year", "on those that ended in the last year")):
        say(f"{row['district']}: the rules {title}")
        print_table(listed_rules(row[name]))
        for fight in row[name]["fights"]:
            over = counted(fight["sections"], "section")
            say(f"  {fight['one']} and {fight['other']} fight over {over}: give one a priority")
