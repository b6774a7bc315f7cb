"""The end of a school year: seniors leave, and the district's connection to Clever rests.

Belongs here: graduation, and the pause. Does not belong here: the year after (`rollover`).
"""

from __future__ import annotations

from clever_sandbox.year.day import Day
from clever_sandbox.year.happening import Happening
from clever_sandbox.year.students import leave

_LAST_GRADE = "12"


def graduation(day: Day) -> list[Happening]:
    """Seniors leave."""
    seniors = [student for student in day.students if day.grade(student) == _LAST_GRADE]
    return [leave(day, "student_graduated", student) for student in seniors]


def pause_began(day: Day) -> list[Happening]:
    """Clever takes over no upload until two weeks before the first day of school; what is shared can change."""
    if day.district.paused:
        return []
    day.district.pause(day.today, day.year.after.rolls_over)
    return [day.of_district("pause_began")]


def pause_ended(day: Day) -> list[Happening]:
    """The next night takes over all that was uploaded meanwhile."""
    if not day.district.paused:
        return []
    day.district.resume()
    return [day.of_district("pause_ended")]
