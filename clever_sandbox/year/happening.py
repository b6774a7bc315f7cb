"""What happened on a day: the truth that a synced roster is compared with.

Belongs here: the record of one thing. Does not belong here: how it happens, or who keeps the records.
"""

from __future__ import annotations

import msgspec


class Happening(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """One thing that happened. `id` is the Clever id of what it happened to; ids only, nothing about a person.

    `sis_id` is the id in the files, where it has one. `school` is where it ended up, `before` what it replaced or left
    (a school, a section, a teacher, a term, an id of its own), `after` what took its place, `sections` what it joined
    or took along. A section that is new `succeeds` others: the same course at the same school. All Clever ids.
    """

    kind: str
    date: str
    id: str
    sis_id: str = ""
    school: str | None = None
    before: str | None = None
    after: str | None = None
    sections: tuple[str, ...] = ()
    succeeds: tuple[str, ...] = ()
