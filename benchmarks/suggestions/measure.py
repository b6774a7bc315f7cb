"""What is suggested for the names, counted against what is right.

Belongs here: the figures. Does not belong here: the names (`names.py`), and how the page tells it (`page.py`).

Only names are compared: no section of these is mapped, so nothing is known of others of its kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchmarks.suggestions.names import CATALOG, Named
from roster_pipeline.mapping.inputs import read_courses, read_subjects
from roster_pipeline.mapping.suggest.catalog import Catalog, CourseText, SubjectText, read_catalog
from roster_pipeline.mapping.suggest.likeness import OFFERED_AT_MOST, OFFERED_FROM, Fit, Kind, fits
from roster_pipeline.warehouse.warehouse import in_memory


@dataclass(frozen=True)
class Offered:
    """A section with all courses that were found like it, the best first, and those of them that are offered."""

    named: Named
    found: Sequence[Fit]

    @property
    def offers(self) -> Sequence[Fit]:
        return [fit for fit in self.found[:OFFERED_AT_MOST] if fit.score >= OFFERED_FROM]

    @property
    def first_is_right(self) -> bool:
        return any(fit.course_id in self.named.right for fit in self.offers[:1])

    @property
    def one_is_right(self) -> bool:
        return any(fit.course_id in self.named.right for fit in self.offers)


@dataclass(frozen=True)
class Figures:
    """Shares from 0 to 1: of the sections with a right course, and of those for which nothing fits."""

    fitting: int
    first_right: float
    one_right: float
    without: int
    false_offers: float


def catalog() -> Catalog:
    courses = (CourseText(c.course_id, c.subject, c.title, c.grade) for c in read_courses(CATALOG) if c.active)
    subjects = [SubjectText(s.clever_subject, s.catalog_subject, s.also_called) for s in read_subjects(CATALOG)]
    return read_catalog(courses, subjects)


def offer(names: Iterable[Named]) -> list[Offered]:
    """What is found for each section, by the statement that takes teacher and period off, and the comparison."""
    known = catalog()
    with in_memory() as connection:
        found = []
        for named in names:
            ((name,),) = connection.execute("SELECT taught(?, ?, NULL)", [named.name, named.course]).fetchall()
            found.append(Offered(named, fits(known, Kind(name, named.course, named.subject, named.grade))))
        return found


def figures(offered: Iterable[Offered]) -> Figures:
    counted = list(offered)
    fitting = [one for one in counted if one.named.right]
    without = [one for one in counted if not one.named.right]
    return Figures(
        len(fitting),
        _share(one.first_is_right for one in fitting),
        _share(one.one_is_right for one in fitting),
        len(without),
        _share(bool(one.offers) for one in without),
    )


def _share(true: Iterable[bool]) -> float:
    answers = list(true)
    return sum(answers) / len(answers)


def calibration(offered: Iterable[Offered]) -> list[tuple[float, float, int, float, float]]:
    """For each band of scores: from, to, how many courses, their mean score, and the share that is right."""
    courses = [(fit.score, fit.course_id in one.named.right) for one in offered for fit in one.found[:OFFERED_AT_MOST]]
    found = []
    for low, high in ((0.0, 0.2), (0.2, 0.5), (0.5, 0.8), (0.8, 0.95), (0.95, 1.0)):
        band = [(score, right) for score, right in courses if low <= score < high]
        if band:
            mean, right = sum(score for score, _ in band) / len(band), sum(right for _, right in band) / len(band)
            found.append((low, high, len(band), mean, right))
    return found


def worst(offered: Iterable[Offered], most: int = 10) -> list[Offered]:
    """False and wrong offers first, the surest first, then sections for which the right course was not offered."""
    missed = [one for one in offered if (one.offers if not one.named.right else not one.first_is_right)]
    return sorted(missed, key=lambda one: (-max((f.score for f in one.offers), default=0.0), one.named.name))[:most]
