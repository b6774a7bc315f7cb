"""Terms from one to the next.

Belongs here: what a term is called and when it is, as a function of another. Does not belong here: sections.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from typing import TypeAlias

from clever_sandbox.district.upload import Cells
from clever_sandbox.year.calendar import SchoolYear, school_year_of

Term: TypeAlias = tuple[str, str, str]
"""Name, first and last day (ISO), as far as they are known."""

_FIRST = re.compile(r"(?<!\d)1$")
_SECOND = re.compile(r"(?<!\d)2$")


def year_of(term: Term) -> SchoolYear | None:
    """The school year that a term lies in; a term without dates lies in none."""
    given = term[1] or term[2]
    return school_year_of(date.fromisoformat(given)) if given else None


def is_second(term: Term) -> bool:
    """Whether a term begins when the second semester does, or later."""
    year = year_of(term)
    return year is not None and term[1] > year.first_semester_ends.isoformat()


def is_first(term: Term) -> bool:
    """Whether a term ends before the second semester begins."""
    year = year_of(term)
    return year is not None and "" < term[2] < year.second_semester_begins.isoformat()


def second_after(term: Term) -> Term:
    """S1 -> S2 of the same year."""
    year = year_of(term)
    if year is None:
        return term
    name = _FIRST.sub("2", term[0]) if _FIRST.search(term[0]) else f"{term[0]} 2".strip()
    return name, year.second_semester_begins.isoformat(), year.last_day.isoformat()


@cache
def next_year(term: Term, year: SchoolYear) -> Term:
    """The term of another year that is most like it: S2 -> S1, since a year begins with the first semester."""
    if year_of(term) is None:
        return term
    first, half, last = (day.isoformat() for day in (year.first_day, year.first_semester_ends, year.last_day))
    if is_second(term):
        name = term[0].removesuffix(" 2") if term[0].endswith(" 2") else _SECOND.sub("1", term[0])
        return name, first, half
    return term[0], first, half if is_first(term) else last


def in_term(cells: Cells, term: Term) -> Cells:
    """A section in another term."""
    return {**cells, "Term_name": term[0], "Term_start": term[1], "Term_end": term[2]}
