"""What a person does about the mapping in Dagster: by hand, many at once, as a spreadsheet, and a dry run of the rules.

Belongs here: the options of these jobs, and what a run shows: ids and counts, no section's name. Does not belong here:
what is chosen (`mapping/bulk.py`) and what becomes of it (`sync.py`), which the terminal shares.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
from pydantic import Field

from roster_pipeline.assets.common import publish_and_tell, roster_counts
from roster_pipeline.assets.mapping import queue_shown
from roster_pipeline.errors import RosterError
from roster_pipeline.history.report import every_section
from roster_pipeline.history.words import counted
from roster_pipeline.jobs.ops import show
from roster_pipeline.mapping import bulk
from roster_pipeline.mapping.decide import Deed, parse_deeds
from roster_pipeline.mapping.rehearse import listed_rules, rehearse
from roster_pipeline.mapping.sheet_file import write_sheet
from roster_pipeline.plan.preview import Preview
from roster_pipeline.resources.sync_run import SyncRun

_SITE = "Sections of this site only (its id or name); empty means all."
_FILE = "The file, .csv or .xlsx, with its whole path on the machine where the code runs."


class ByHand(dg.Config):
    """Which courses hang on a section from now on, and which do not."""

    section: str = Field(default="", description="The section: its section_id, its Clever id, or a unique beginning.")
    add: list[str] = Field(default=[], description="Courses (course_id of data/courses.csv) to hang on it.")
    remove: list[str] = Field(default=[], description="Courses that no file, rule or last year may hang on it.")
    lines: list[str] = Field(
        default=[], description="Many at once: `section_id,course_id,add` or `section_id,course_id,remove`."
    )
    why: str = Field(default="", description="Why; kept with the decision.")


class InBulk(dg.Config):
    """What many decisions at once have in common."""

    preview: bool = Field(default=True, description="Only count what would change, and for how many people.")
    shown: str = Field(
        default="",
        description="`shown` of the preview: when something else would change by now, that is refused; if empty, not.",
    )
    why: str = Field(default="", description="Why; kept with the decisions.")


class Accepted(InBulk):
    """Which suggestions are hung."""

    min_score: float = Field(default=0.9, description="The least score of a suggestion, from 0 to 1.")
    site: str = Field(default="", description=_SITE)


class Refused(InBulk):
    """What of that which was carried over is taken off, for good."""

    site: str = Field(default="", description=_SITE)
    course: str = Field(default="", description="Only this course (course_id); empty means any.")
    from_section: str = Field(default="", description="Only what is from this section (section_id); empty means any.")


class Imported(InBulk):
    """Which spreadsheet is taken over."""

    path: str = Field(description=_FILE)


class Exported(dg.Config):
    """Where the spreadsheet is written."""

    path: str = Field(description=f"{_FILE} It will have the names of sections in it, and so of teachers.")


@dg.op(name="map", description="Hangs courses on a section or takes them off, at once and without asking Clever.")
def map_one_section(context: dg.OpExecutionContext, config: ByHand, sync: SyncRun) -> None:
    """A sync of trigger `mapping`; what it decides outlives syncs, files, rules and new years."""
    _decide(context, sync, lambda _: _by_hand(config), config.why)


@dg.op(name="accept", description="Hangs the best suggestion on each unmapped section where its score is high enough.")
def accept_many(context: dg.OpExecutionContext, config: Accepted, sync: SyncRun) -> None:
    """Without a preview, a sync of trigger `mapping`."""
    _in_bulk(context, sync, config, lambda c: bulk.suggested(c, config.min_score, config.site))


@dg.op(name="refuse", description="Takes off what was carried over from the sections before, for good.")
def refuse_many(context: dg.OpExecutionContext, config: Refused, sync: SyncRun) -> None:
    """Without a preview, a sync of trigger `mapping`."""
    _in_bulk(context, sync, config, lambda c: bulk.carried(c, config.site, config.course, config.from_section))


@dg.op(
    name="import_sheet",
    description="Makes what a spreadsheet says in its column courses true; all of it, or nothing.",
)
def import_sheet(context: dg.OpExecutionContext, config: Imported, sync: SyncRun) -> None:
    """Without a preview, a sync of trigger `mapping`, of the lines about this district."""
    _in_bulk(context, sync, config, lambda c: bulk.from_sheet(c, _whole(config.path), sync.info.district))


@dg.op(name="export_sheet", description="Writes every active section with its courses into a spreadsheet.")
def export_sheet(context: dg.OpExecutionContext, config: Exported, sync: SyncRun) -> None:
    """Shows where the file is and how many sections are in it, and nothing of them."""
    with sync.step(), sync.connect() as connection:
        rows = [{"district": sync.info.district, **section} for section in every_section(connection)]
        write_sheet(rows, _whole(config.path))
    context.add_output_metadata({"path": dg.MetadataValue.path(config.path), "sections": len(rows)})


@dg.op(name="rules", description="Tells what each rule takes, which fight, and what they took of last year's sections.")
def rehearse_rules(context: dg.OpExecutionContext, sync: SyncRun) -> None:
    """Two tables in the output's metadata: of today's sections, and of those that ended in the last year."""
    with sync.step(), sync.connect() as connection:
        found = rehearse(connection, sync.settings.data, sync.info.district)
    context.add_output_metadata({name.replace("_", " "): _markdown(part) for name, part in found.items()})


_Choose = Callable[[duckdb.DuckDBPyConnection], Sequence[Deed]]


def _in_bulk(context: dg.OpExecutionContext, sync: SyncRun, config: InBulk, choose: _Choose) -> None:
    """Decides what `choose` finds, or says what would change then; the terminal gets the first of it too."""
    if not config.preview:
        _decide(context, sync, choose, config.why, config.shown)
        return
    with sync.step(), sync.connect() as connection:
        sync.run.need_inputs(connection)
        deeds = choose(connection)
        preview = sync.run.preview(connection, deeds)
        first = bulk.deciding(connection)
        sync.found({**asdict(preview), "decisions": len(deeds), "first": first})
    _tell_preview(context, len(deeds), preview, first)


def _decide(context: dg.OpExecutionContext, sync: SyncRun, choose: _Choose, why: str, shown: str = "") -> None:
    with sync.step():
        with sync.connect(changes_truth=True) as connection:
            sync.run.need_inputs(connection)
            deeds = choose(connection)
            sync.run.decide(connection, deeds, why, shown=shown)
            counts = roster_counts(connection) | queue_shown(connection)
        states = publish_and_tell(sync)
    show(context, sync, counts | states)
    people, held = (states["sync/syncs"][name] for name in ("people", "held"))
    context.add_output_metadata({"decisions": len(deeds), "people who see other courses": people, "held": held})
    seen = f"{counted(people, 'person sees', 'people see')} other courses"
    waiting = f"; {_waiting(held)} for a decision: see sync/holds" if held else ""
    context.log.info(f"{counted(len(deeds), 'decision')}; {seen}{waiting}.")


def _by_hand(config: ByHand) -> list[Deed]:
    deeds = [Deed(config.section, course, "add") for course in config.add]
    deeds += [Deed(config.section, course, "remove") for course in config.remove]
    deeds += parse_deeds(config.lines)
    if not deeds:
        raise RosterError("No course was named", do="Name the courses to add, or those to remove")
    return deeds


def _tell_preview(
    context: dg.OpExecutionContext, decisions: int, preview: Preview, first: Sequence[dict[str, Any]]
) -> None:
    held = "\n".join(f"- {hold.message}" for hold in preview.holds)
    context.add_output_metadata(
        {
            "decisions": decisions,
            "section courses added": preview.added,
            "taken away": preview.taken_away,
            "hang for another reason": preview.otherwise,
            "sections with other courses": preview.sections,
            "people who would see other courses": preview.people,
            "held": preview.held,
            "would be held": dg.MetadataValue.md(held or "nothing"),
            "shown": preview.shown,
            "most students first": _deciding(first),
        }
    )
    seen = f"{counted(decisions, 'decision')} would change what {counted(preview.people, 'person sees', 'people see')}"
    waiting = f"; {_waiting(preview.held)} then for somebody to approve it" if preview.held else ""
    context.log.info(f"Nothing was changed. {seen}{waiting}. `preview: false` makes them.")


def _waiting(held: int) -> str:
    return counted(held, "change waits", "changes wait")


def _deciding(first: Sequence[dict[str, Any]]) -> dg.TableMetadataValue:
    """What is being decided, without the names of sections."""
    kinds = {"students": "int", "score": "float"}
    columns = [dg.TableColumn(name, kinds.get(name, "string")) for name in bulk.DECIDED]
    records = [
        dg.TableRecord({name: "" if row[name] is None else row[name] for name in bulk.DECIDED if name in row})
        for row in first
    ]
    return dg.MetadataValue.table(records, schema=dg.TableSchema(columns))


def _markdown(part: dict[str, Any]) -> dg.MarkdownMetadataValue:
    rows = listed_rules(part)
    names = list(rows[0]) if rows else []
    lines = [names, ["---"] * len(names), *([_cell(row[name]) for name in names] for row in rows)]
    table = [f"| {' | '.join(line)} |" for line in lines] if rows else ["There is no rule."]
    fights = [f"- {f['one']} and {f['other']} fight over {counted(f['sections'], 'section')}" for f in part["fights"]]
    return dg.MetadataValue.md("\n".join([*table, "", *fights]))


def _cell(value: object) -> str:
    said = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return said.replace("|", "\\|").replace("\n", " ")


def _whole(path: str) -> Path:
    if not (file := Path(path)).is_absolute():
        raise RosterError(f"{file.name} is not a whole path", do="Write it from the root, like /home/rae/sections.xlsx")
    return file
