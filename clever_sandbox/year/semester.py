"""The second semester: what was taught in the first goes on in sections of its own.

Belongs here: those sections. Does not belong here: clearing the old ones (`sections.term_cleared`).
"""

from __future__ import annotations

from collections.abc import Sequence

from clever_sandbox.year import terms
from clever_sandbox.year.day import Day
from clever_sandbox.year.happening import Happening
from clever_sandbox.year.timetable import Class

_MOVES_ON = 0.9
_KEEPS_NUMBER = 0.5


def second_semester(day: Day) -> list[Happening]:
    """Every section of a first semester gets a successor in the second one, which Clever shows when it begins.

    The old ones stay in the upload. Half of the new ones have the old section number; one student in ten goes to a
    parallel class.
    """
    classes = day.timetable.classes()
    going_on = {found.taught for found, sections in classes.items() if sections and terms.is_second(found.term)}
    first = [
        (found, list(sections))
        for found, sections in sorted(classes.items())
        if terms.is_first(found.term) and found.taught not in going_on
    ]
    happened: list[Happening] = []
    for found, sections in first:
        happened += _go_on(day, found, sections, len(happened))
    return happened


def _go_on(day: Day, found: Class, sections: Sequence[str], made: int) -> list[Happening]:
    seats: list[list[str]] = [[] for _ in sections]
    for at, section in enumerate(sections):
        for student in day.upload.enrollments[section]:
            stays = day.dice.random() < _MOVES_ON
            seats[at if stays else int(day.dice.random() * len(sections))].append(student)
    happened = []
    for nth, (old, students) in enumerate(zip(sections, seats, strict=True), start=made + 1):
        cells = day.timetable.cells(old)
        section = day.fresh("S-", day.upload.sections, nth)
        number = cells["Section_number"] if day.dice.random() < _KEEPS_NUMBER else f"2{nth:03}"
        new = {**cells, "Section_id": section, "Section_number": number}
        day.timetable.open(terms.in_term(new, terms.second_after(found.term)), students)
        succeeds = (day.section_ids[old],)
        happened.append(day.of_section("section_continued", section, found.school, succeeds=succeeds))
    return happened
