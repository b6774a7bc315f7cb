"""How well a section's names fit each course of the catalog, and why.

Belongs here: comparing, what excludes a course, the score. Does not belong here: reading names and the catalog, and
what the roster knows about other sections (the `.sql` files).

The figures below were found on one half of `benchmarks/suggestions`, and are measured on the other.
"""

from __future__ import annotations

import bisect
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from roster_pipeline.mapping.suggest import vocabulary as v
from roster_pipeline.mapping.suggest.catalog import Catalog, Course, Said, candidates, grades_of, is_whole, said
from roster_pipeline.mapping.suggest.reading import Reading, Word, read

OFFERED_FROM = 0.3
"""The score from which a course is offered: on the half for tuning, nothing that fits nowhere comes near it."""
OFFERED_AT_MOST = 3
_KEPT = 8
"""How many courses of a kind go on: what other sections are mapped to may put any of them first."""

_CALIBRATION = (
    (0.0, 0.0),
    (0.45, 0.02),
    (0.55, 0.12),
    (0.65, 0.45),
    (0.75, 0.68),
    (0.85, 0.8),
    (0.95, 0.98),
    (1.0, 0.99),
)
"""Likenesses, and the share of courses of that likeness that were right; straight lines between them."""

_SHORTENED = 0.9  # of a word that is there only as a short form
_PART = 0.8  # of a name that joins several
_WHOLE = 0.9  # a subject as a whole, in other words than the course's
_UNSAID_KIND = 0.5  # nothing is said of the intervention that the course is
_UNSAID_FIRST, _UNSAID_LEVEL, _UNSAID_GRADE = 0.75, 0.5, 0.6
_BY_GRADE, _NO_BAND, _BESIDE_BAND, _OUTSIDE_BAND = 0.97, 0.95, 0.8, 0.5
_SUBJECT_UNKNOWN, _SUBJECT_DIFFERS = 0.95, 0.7

_JOINTS = re.compile(r"[/&()]|\band\b", re.IGNORECASE)


@dataclass(frozen=True)
class Kind:
    """What sections of one kind have in common; `name` is the section's own, less teacher and period."""

    name: str | None
    clever_course: str | None = None
    subject: str | None = None
    grade: str | None = None


@dataclass(frozen=True)
class Fit:
    """A course that may be right for a kind of section, the share of such offers that are, and why."""

    course_id: str
    score: float
    reason: str


@dataclass(frozen=True)
class _Agreement:
    """How well one thing agrees, from 0 to 1, and what the reason says about it."""

    share: float
    words: str = ""


def fits(catalog: Catalog, kind: Kind) -> list[Fit]:
    """The courses that may fit a kind of section, the best first; none when nothing in the catalog is like it."""
    best: dict[str, _Agreement] = {}
    for reading, share in _readings(kind):
        words = said(catalog, reading.words)
        for course in candidates(catalog, words):
            found = _fit(catalog, course, reading, words, kind)
            if found and found.share * share > best.get(course.course_id, _Agreement(0)).share:
                best[course.course_id] = replace(found, share=found.share * share)
    ranked = sorted(best.items(), key=lambda item: (-item[1].share, item[0]))
    return [Fit(course_id, calibrated(found.share), found.words) for course_id, found in ranked[:_KEPT]]


def calibrated(likeness: float) -> float:
    """The share of courses of this likeness that are right; a greater likeness never has a smaller one."""
    at = min(bisect.bisect_right(_CALIBRATION, (likeness, math.inf)), len(_CALIBRATION) - 1)
    (low, low_share), (high, high_share) = _CALIBRATION[at - 1], _CALIBRATION[at]
    return round(low_share + (likeness - low) / (high - low) * (high_share - low_share), 3)


def _readings(kind: Kind) -> Iterator[tuple[Reading, float]]:
    """What the names say: each as a whole, and each part of one that joins several; a number holds for all parts."""
    for text in dict.fromkeys(filter(None, (kind.clever_course, kind.name))):
        whole = read(text)
        yield whole, 1.0
        parts = [part for part in _JOINTS.split(text) if part.strip()]
        for part in map(read, parts) if len(parts) > 1 else ():
            numbers = part if (part.number, part.grade) != (None, None) else whole
            yield replace(part, number=numbers.number, grade=numbers.grade, is_ap=whole.is_ap), _PART


def _fit(catalog: Catalog, course: Course, reading: Reading, words: Sequence[Said], kind: Kind) -> _Agreement | None:
    """How alike a course is, before calibration; None when something says that it is another course."""
    said_kinds = {meaning for word in reading.words for meaning in word} & v.OTHER_KIND
    own_kinds = {meaning for name in course.names for word in name for meaning in word} & v.OTHER_KIND
    level = _level(course, reading, kind)
    if reading.is_ap != course.is_ap or not said_kinds <= own_kinds or level is None:
        return None
    title = max((_alike(catalog, words, name) for name in course.names), key=lambda found: found.share)
    if course.whole and title.share < _WHOLE and is_whole(reading.words, catalog.wholes[course.subject]):
        title = _Agreement(_WHOLE, f"it is {course.subject} as a whole")
    if not title.words:
        return None
    subject = _subject(catalog, course, kind)
    share = title.share * level.share * subject.share * (1 if own_kinds <= said_kinds else _UNSAID_KIND)
    return _Agreement(share, "; ".join(filter(None, (title.words, level.words, subject.words))))


def _alike(catalog: Catalog, words: Sequence[Said], name: Sequence[Word]) -> _Agreement:
    """How much of what the section says the course says too, and the other way round."""
    matched: dict[int, float] = {}
    common = all_said = 0.0
    for one in words:
        strength, at = max(((_same(one, word), -n) for n, word in enumerate(name)), default=(0.0, 0))
        weight = catalog.weight(name[-at] if strength else one.word)
        all_said += weight
        common += weight * strength
        if strength:
            matched[-at] = max(strength, matched.get(-at, 0.0))
    telling = sorted(min(name[at]) for at in matched if not name[at] <= v.FAINT)
    if not telling:
        return _Agreement(0.0)
    covered = sum(catalog.weight(name[at]) * strength for at, strength in matched.items())
    share = common / all_said * math.sqrt(covered / sum(map(catalog.weight, name)))
    return _Agreement(share, f"title alike: {', '.join(telling)}")


def _same(one: Said, word: Word) -> float:
    return 1.0 if one.word & word else _SHORTENED if one.meant & word else 0.0


def _level(course: Course, reading: Reading, kind: Kind) -> _Agreement | None:
    """How well level and grade agree; None when they say that it is another course."""
    first, last = grades_of(kind.grade) or (None, None)
    grade = first if first == last else None
    number, stated = reading.number, reading.grade
    if course.grades and course.grades[0] == course.grades[1] and course.level is None:
        return _of_one_grade(course.grades[0], number, stated, grade)
    if number is not None and stated is None and (number > v.LAST_LEVEL or (number == grade and course.level is None)):
        number, stated = None, number
    if course.level is not None and number is None and stated is not None and stated <= v.LAST_LEVEL:
        number = stated  # so low, the number in a title without a grade is one as well
    if number is not None and number != (course.level or 1):
        return None
    if course.level is None:
        level = _Agreement(1.0)
    elif number is None and (reading.number or 0) > v.LAST_LEVEL:
        level = _Agreement(_UNSAID_LEVEL)  # 11 may be a grade, and may be the second level
    elif number is None:
        level = _Agreement(_UNSAID_FIRST if course.level == 1 else _UNSAID_LEVEL)
    else:
        level = _Agreement(1.0, f"level {number}")
    return _in_band(course, level, stated, grade)


def _of_one_grade(of: int, number: int | None, stated: int | None, grade: int | None) -> _Agreement | None:
    """For a course of one grade; English II is the one of grade 10."""
    if stated is None and number is not None:
        stated = number + 8 if of >= 9 and number <= 4 else number
    if stated is not None:
        is_another = stated != of or (grade is not None and abs(grade - of) > 2)
        return None if is_another else _Agreement(1.0, _called(of))
    if grade is None:
        return _Agreement(_UNSAID_GRADE)
    return _Agreement(_BY_GRADE, _called(of)) if grade == of else None


def _in_band(course: Course, level: _Agreement, stated: int | None, grade: int | None) -> _Agreement | None:
    """For a course of several grades, or of none in particular."""
    where = stated if stated is not None else grade
    if course.grades is None or where is None:
        return replace(level, share=level.share * _NO_BAND)
    first, last = course.grades
    if first <= where <= last:
        return replace(level, words="; ".join(filter(None, (level.words, _called(where)))))
    if first - 1 <= where <= last + 1:
        return replace(level, share=level.share * _BESIDE_BAND)
    return None if stated is not None else replace(level, share=level.share * _OUTSIDE_BAND)


def _called(grade: int) -> str:
    return f"grade {grade}" if grade else "kindergarten"


def _subject(catalog: Catalog, course: Course, kind: Kind) -> _Agreement:
    subject = (kind.subject or "").lower()
    if subject and subject in (*course.clever_subjects, course.subject):
        return _Agreement(1.0, f"subject {subject}")
    return _Agreement(_SUBJECT_DIFFERS if subject in catalog.known_subjects else _SUBJECT_UNKNOWN)
