"""What a check of `roster doctor` says.

Belongs here: the record that all checks share. Does not belong here: any check.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One check: whether all is well, and a sentence, which says what to do when it is not."""

    check: str
    ok: bool
    says: str
