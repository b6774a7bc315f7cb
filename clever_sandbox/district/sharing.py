"""Which part of its upload a district shares with an application.

Belongs here: the rules. Does not belong here: what Clever makes of what they leave over (`records`).
Ids are those of the files.
"""

from __future__ import annotations

import msgspec


class Sharing(msgspec.Struct, frozen=True, omit_defaults=True):
    """Everything, unless a rule says otherwise; whoever was hidden first stands first.

    A hidden school goes with its sections and with everybody who is nowhere else. A hidden student is still listed by
    sections. With `grades` only students of these are shared, and sections that have at least one of them.
    """

    hidden_schools: tuple[str, ...] = ()
    hidden_students: tuple[str, ...] = ()
    grades: frozenset[str] | None = None
    contacts: bool = True
