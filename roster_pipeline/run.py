"""One way through the corridor (`sync.py`): what its steps have made so far.

Belongs here: what a step needs before it, and what somebody asks for that is more than one step. Does not belong
here: the steps, and Dagster.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb

from roster_pipeline import sync
from roster_pipeline.clever.client import Endpoint, Extract
from roster_pipeline.clever.sites import WholeInstead
from roster_pipeline.errors import SyncRefused
from roster_pipeline.mapping.decide import Deed
from roster_pipeline.plan.override import wish
from roster_pipeline.plan.preview import Preview, preview_plan, shown_as
from roster_pipeline.plan.start import find_ending
from roster_pipeline.staging import one_site
from roster_pipeline.staging import stage as staging
from roster_pipeline.sync import Applied, Guarded, Inputs, Mapped, Order, Staged
from roster_pipeline.warehouse.warehouse import DistrictFolder


@dataclass
class Run:
    """One way through the corridor: what its steps have made so far. A step that needs more makes it first.

    So any asset can be materialized by itself, and nothing is made twice.
    """

    order: Order
    folder: DistrictFolder | None = None
    """Where landings are; without one, only what was staged before can be planned."""
    read: list[str] = field(default_factory=list)
    """The lists that were read for staging while others were still being fetched."""
    of_sites: tuple[Path, Extract] | None = None
    """What this run has landed of the chosen sites alone."""
    staged: Staged | None = None
    inputs: Inputs | None = None
    mapped: Mapped | None = None
    guarded: Guarded | None = None
    applied: Applied | None = None

    def read_early(self, connection: duckdb.DuckDBPyConnection, endpoint: Endpoint) -> None:
        sync.read_list(connection, endpoint)
        self.read.append(endpoint.name)

    def forget_what_was_read(self, connection: duckdb.DuckDBPyConnection) -> None:
        staging.forget_lists(connection)
        self.read.clear()

    def take_landing(self, connection: duckdb.DuckDBPyConnection) -> Staged:
        if self.of_sites:
            self.staged = sync.merge(connection, self.order, *self.of_sites)
        elif self.folder:
            self.staged = sync.stage_newest(connection, self.folder, self.read)
        else:
            self.staged = sync.staged_before(connection)
        return self.staged

    def choose_sites(self, connection: duckdb.DuckDBPyConnection) -> WholeInstead | None:
        """Makes ids of the chosen sites, unless none is known yet; why they cannot be fetched alone, if they cannot.

        Raises SyncRefused for one that cannot be synced.
        """
        self.need_inputs(connection)
        chosen = one_site.choose(connection, self.order.info.sites, asks_first=self.order.starts != "all")
        self.order = replace(self.order, info=replace(self.order.info, sites=chosen or self.order.info.sites))
        return one_site.why_whole(connection)

    def need_inputs(self, connection: duckdb.DuckDBPyConnection) -> Inputs:
        self.inputs = self.inputs or sync.read_inputs(connection, self.order)
        return self.inputs

    def need_mapping(self, connection: duckdb.DuckDBPyConnection) -> Mapped:
        if self.mapped is None:
            # What this run has landed is staged before it is planned, also when nobody selected that.
            landed = self.read or self.of_sites
            staged = self.staged or (self.take_landing(connection) if landed else sync.staged_before(connection))
            if self.order.info.sites:
                self.choose_sites(connection)
            self.order = sync.on_clevers_day(self.order, staged)
            identified = sync.identify(connection, self.order, staged, self.need_inputs(connection))
            self.mapped = sync.map_sections(connection, identified)
        return self.mapped

    def need_plan(self, connection: duckdb.DuckDBPyConnection) -> Guarded:
        if self.guarded is None:
            mapped = self.need_mapping(connection)
            planned = sync.plan(connection, self.order, sync.desire(connection, self.order, mapped))
            self.guarded = sync.guard(connection, self.order, planned, self.need_inputs(connection))
        return self.guarded

    def preview(self, connection: duckdb.DuckDBPyConnection, deeds: Sequence[Deed]) -> Preview:
        """What would change if somebody decided so; nothing is applied."""
        sync.decide_mapping(connection, self.order, deeds, self.need_inputs(connection))
        guarded = self.need_plan(connection)
        return preview_plan(connection, self.order.info, guarded.plan, guarded.holds, now=self.order.now())

    def decide(
        self, connection: duckdb.DuckDBPyConnection, deeds: Sequence[Deed], why: str = "", *, shown: str = ""
    ) -> Applied:
        """Puts into effect what somebody decides about sections and their courses, without asking Clever.

        Raises SyncRefused when something else would change than what a preview has `shown`.
        """
        self.order = replace(self.order, info=replace(self.order.info, reason=why))
        sync.decide_mapping(connection, self.order, deeds, self.need_inputs(connection))
        if shown and shown != shown_as(connection, self.need_plan(connection).plan):
            raise SyncRefused("Something else would change by now than the preview showed", do="Look at it once more")
        return self.apply_plan(connection)

    def plan_override(
        self, connection: duckdb.DuckDBPyConnection, asked: wish.Wish | wish.Ending, why: str = ""
    ) -> Guarded:
        """What changes when somebody overrides this, without asking Clever; `apply_plan` puts it into effect."""
        self.order = replace(self.order, info=replace(self.order.info, reason=why))
        inputs, staged = self.need_inputs(connection), sync.staged_before(connection)
        sync.override(connection, sync.on_clevers_day(self.order, staged), asked, inputs)
        return self.need_plan(connection)

    def end_site(self, connection: duckdb.DuckDBPyConnection, said: str, people: int, why: str = "") -> Applied:
        """Archives all of a site that is not on Clever, as somebody has confirmed it; nothing of it is held.

        Raises SyncRefused, see `find_ending`.
        """
        self.need_inputs(connection)
        site_id = find_ending(connection, said, people)
        self.order = replace(self.order, info=replace(self.order.info, reason=why), ends=site_id, starts=())
        mapped = self.need_mapping(connection)
        self.order = replace(self.order, info=replace(self.order.info, sites=(site_id,)))
        desired = sync.desire(connection, self.order, mapped)
        self.guarded = sync.let_pass(connection, sync.plan(connection, self.order, desired))
        return self.apply_plan(connection)

    def apply_plan(self, connection: duckdb.DuckDBPyConnection) -> Applied:
        self.applied = sync.apply(connection, self.order, self.need_plan(connection))
        return self.applied
