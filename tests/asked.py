"""A tiny district that is asked for over HTTP, as a whole or some sites of it.

Belongs here: one sync of it. Does not belong here: what must come of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from roster_pipeline import sync
from roster_pipeline.clever.sites import SitesClever, WholeInstead
from roster_pipeline.plan.difference import Plan
from tests.clever.fake import DISTRICT, Fake, serving
from tests.conftest import Tiny, carry_out


@dataclass
class Asked(Tiny):
    """A district behind a server; of each sync, what was asked of that, and why it was of the whole district."""

    fake: Fake = field(default_factory=Fake)
    instead: WholeInstead | None = None

    def ask(self, *sites: str) -> Plan:
        """One unguarded sync, of the sites alone when that can be."""
        self.fake.lists = {name: sorted(rows, key=lambda r: str(r["id"])) for name, rows in self.records.items()}
        self.fake.seen.clear()
        with (
            self.connect_anew() as connection,
            SitesClever(self.fake.settings, page_limit=3) as clever,
        ):
            run = self.begin(sites=sites)
            folder = self.root / "landings" / run.order.info.sync_id
            self.instead = run.choose_sites(connection) if sites else None
            if sites and self.instead is None:
                found = clever.extract_sites(
                    DISTRICT,
                    run.order.info.sites,
                    folder / "sites",
                    lambda landing: sync.left_open(connection, run.order, landing),
                )
                if isinstance(found, WholeInstead):
                    self.instead = found
                else:
                    run.of_sites = folder / "sites", found
                    run.take_landing(connection)
            if run.of_sites is None:
                extract = clever.extract(DISTRICT, folder / "whole")
                run.staged = sync.stage(connection, folder / "whole", extract)
            return carry_out(connection, run, None, guarded=False)

    @property
    def asked(self) -> list[str]:
        """What the last sync asked, without its parameters."""
        return [seen.path.removeprefix("/v3.1/") for seen in self.fake.seen if seen.path.startswith("/v3.1/")]


@contextmanager
def asked(root: Path, like: Tiny | None = None) -> Iterator[Asked]:
    """A district of its own server, with the records of another one."""
    with serving(Fake()) as fake:
        root.mkdir(exist_ok=True)
        made = Asked(root, fake=fake)
        if like:
            made.records, made.inputs, made.as_written = like.records, like.inputs, like.as_written
        yield made


def in_force_at(district: Tiny, site: str) -> dict[str, list[tuple[object, ...]]]:
    """All rows of a site that are in force, with everybody who is a member there or in a section."""
    of_site = {
        name: f"SELECT * EXCLUDE (since_sync_id) FROM roster.{name} WHERE site_id = '{site}'"
        for name in ("user_sites", "sections", "enrollments", "section_courses")
    }
    for name in ("user_sites", "sections", "enrollments"):
        of_site[name] += " AND status = 'active'"
    # A section that has moved away is archived with its mapping here until the other site is synced.
    active = "SELECT section_id FROM roster.sections WHERE status = 'active'"
    of_site["section_courses"] += f" AND section_id IN ({active})"
    for name in ("enrollments", "section_courses"):  # what is still told of the site where the section was before
        of_site[name] += (
            f" UNION SELECT * EXCLUDE (since_sync_id) FROM roster.{name} "
            f"WHERE section_id IN ({active} AND site_id = '{site}')"
        )
    of_site["enrollments"] += " AND status = 'active'"
    of_site["users"] = (
        "SELECT * EXCLUDE (since_sync_id) FROM roster.users WHERE user_id IN ("
        + " UNION ALL ".join(
            f"SELECT user_id FROM roster.{name} WHERE status = 'active' AND site_id = '{site}'"
            for name in ("user_sites", "enrollments")
        )
        + ")"
    )
    return {name: district.rows(f"{query} ORDER BY ALL") for name, query in of_site.items()}


WITHOUT_SITE = (
    "SELECT clever_id FROM roster.users "
    "WHERE enrollment_status <> 'archived' AND NOT list_contains(roles, 'district_admin') "
    "AND user_id NOT IN (SELECT user_id FROM roster.user_sites WHERE status = 'active')"
)


def of_other_sites(district: Tiny, site: str) -> set[tuple[object, ...]]:
    """The sections of the other sites; how many are in them may change, with people who leave this one."""
    counted = "EXCLUDE (student_count, teacher_count)"
    return set(district.rows(f"SELECT * {counted} FROM roster.sections WHERE site_id <> '{site}'"))
