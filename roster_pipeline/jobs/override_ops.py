"""What a person overrides on the roster, in Dagster.

Belongs here: the options of this job, and what a run shows: ids and counts. Does not belong here: what an override is
(`plan/override/`), which the terminal shares.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from typing import Any, Literal

import dagster as dg
from pydantic import Field

from roster_pipeline.assets.common import publish_and_tell, roster_counts
from roster_pipeline.errors import RosterError
from roster_pipeline.guards import words
from roster_pipeline.history import report
from roster_pipeline.history.overrides import overrides
from roster_pipeline.jobs.ops import show
from roster_pipeline.model import IMPERSONAL_FIELDS
from roster_pipeline.plan.override.wish import Ending, Wish
from roster_pipeline.resources.sync_run import SyncRun
from roster_pipeline.sync import Guarded

_UNWRITTEN: ContextVar[str] = ContextVar("_UNWRITTEN", default="")


@contextmanager
def unwritten(value: str) -> Iterator[None]:
    """Gives the run that is launched in it a value to keep which may name somebody: Dagster stores every config."""
    token = _UNWRITTEN.set(value)
    try:
        yield
    finally:
        _UNWRITTEN.reset(token)


class Overridden(dg.Config):
    """What is overridden, or which override ends. Dagster keeps what is typed here, so it takes ids alone."""

    kind: Literal["exclude", "keep", "protect", "add", "end"] = Field(
        description=(
            "exclude: somebody is not on the roster, whatever Clever shares; keep: a field keeps its value; protect, "
            "add: a membership in a section or at a site is there until a day; end: an override ends."
        )
    )
    person: str = Field(default="", description="The platform's or Clever's whole id of a person; no e-mail.")
    section: str = Field(default="", description="The same of a section: whose field is kept, or of the membership.")
    site: str = Field(default="", description="The site of the membership, by id or name.")
    role: str = Field(default="", description="Of a membership in a section, for who is both: student or teacher.")
    field: str = Field(default="", description="What is kept, like first_name, sis_id, grade, subject.")
    value: str = Field(
        default="",
        description="The value that is kept, of a grade or a subject alone; empty means as the roster has it now.",
    )
    until: str = Field(default="", description="The last day, like 2027-06-04; a membership needs one.")
    no: int = Field(default=0, description="The number of the override that ends.")
    why: str = Field(description="Why, without anybody's name; kept with it.")
    preview: bool = Field(default=False, description="Only count what would change.")


@dg.op(
    name="overriding", description="Overrides something on the roster, or ends that, at once, without asking Clever."
)
def override_one(context: dg.OpExecutionContext, config: Overridden, sync: SyncRun) -> None:
    """Without a preview, a sync of trigger `override`."""
    with sync.step():
        asked = _asked(config)
        if config.preview:
            with sync.connect() as connection:
                found = _foreseen(sync.run.plan_override(connection, asked, config.why), report.standing(connection))
            sync.found(found)
        else:
            with sync.connect(changes_truth=True) as connection:
                sync.run.plan_override(connection, asked, config.why)
                applied = sync.run.apply_plan(connection)
                counts = roster_counts(connection)
                made = [o for o in overrides(connection) if o["sync_id"] == sync.info.sync_id]
            found = {**_counted(applied.plan.counts), "held": applied.plan.held}
            found |= {name: o[name] for o in made for name in ("no", "state")}
            show(context, sync, counts | publish_and_tell(sync))
    context.add_output_metadata({name: value for name, value in found.items() if not isinstance(value, list)})
    told = "Nothing was changed; %d changes would be made, and %d held." if config.preview else "%d changes, %d held."
    context.log.info(told, sum(n for name, n in found.items() if " " in name), found["held"])


def _asked(config: Overridden) -> Wish | Ending:
    if config.kind == "end":
        return Ending(config.no)
    if config.no:
        raise RosterError("Only an override that ends is named by its number", do="Leave `no` out")
    if config.value and config.field not in IMPERSONAL_FIELDS:
        raise RosterError(
            f"The value may name somebody, and Dagster keeps what it is told ({config.field})",
            do="Leave it out to keep what the roster has now, or use `roster override keep` in a terminal",
        )
    named = {name: getattr(config, name) for name in ("person", "section", "site", "role", "field")}
    return Wish(config.kind, **named, value=config.value or _UNWRITTEN.get(), until=_day(config.until))


def _day(said: str) -> date | None:
    try:
        return date.fromisoformat(said) if said else None
    except ValueError:
        raise RosterError("The day cannot be read", do="Write it like 2027-06-04") from None


def _counted(counts: Any) -> dict[str, int]:
    found: dict[str, int] = {}
    for count in counts:
        name = f"{count.entity} {count.action}"
        found[name] = found.get(name, 0) + count.changes
    return found


def _foreseen(guarded: Guarded, standing: list[dict[str, Any]]) -> dict[str, Any]:
    known = {hold["hold_id"] for hold in standing}
    holds = [h.message if h.hold_id in known else words.foreseen(h.message) for h in guarded.holds]
    return {**_counted(guarded.plan.counts), "held": guarded.plan.held, "holds": holds}
