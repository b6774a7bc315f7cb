"""`roster explain`: why somebody does or does not see a course.

Belongs here: its arguments, and asking one district after the other. Does not belong here: the answer
(`history/explain/`), printing (`terminal.py`).
"""

from __future__ import annotations

from dataclasses import asdict
from functools import partial

import click

from roster_pipeline.cli.common import DISTRICT, JSON, each, readable, show
from roster_pipeline.cli.telling import print_explained
from roster_pipeline.cli.terminal import Row


@click.command("explain")
@click.argument("who", metavar="ID_OR_EMAIL_OR_SIS_ID")
@click.option("--course", metavar="ID_OR_TITLE", help="Why they see this course or not; without it, what they see.")
@click.option("every", "--all", is_flag=True, help="Also changes and sections that are over.")
@DISTRICT
@JSON
def explain_one(who: str, course: str | None, every: bool, district: str | None, as_json: bool) -> None:
    """The whole way of one person or section, and why they do or do not see a course.

    An id of ours may be cut short, as long as it is no other's beginning too.

    Exit 0 answered, 1 nobody is called so or several are.
    """
    from roster_pipeline.history.explain.answer import explain
    from roster_pipeline.history.explain.facts import Context, read_context
    from roster_pipeline.history.explain.find import find, find_course, nobody

    warehouse, slugs = readable(district)
    contexts: list[Context] = []

    def answer(slug: str) -> Row:
        with warehouse.read_all(slug) as (connection, staged):
            context = read_context(connection, slug, named=True, staged=staged)
            contexts.append(context)
            matches = find(connection, context, who)
            if len(matches) != 1:
                return {"matches": [asdict(m) for m in matches]}
            asked = find_course(connection, course) if course else None
            return asdict(explain(connection, context, matches[0], asked))

    rows = [row for row in each(slugs, answer) if row.get("matches", [row])]
    if not rows:
        raise nobody(contexts)
    show(rows, partial(print_explained, every=every), as_json, code=lambda row: int("matches" in row))
