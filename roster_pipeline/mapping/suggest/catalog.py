"""The catalog as suggestions need it: each course's titles, its level and grades, and how much each word tells.

Belongs here: reading the catalog once. Does not belong here: comparing it with sections (`likeness.py`).
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from roster_pipeline.mapping.suggest import vocabulary as v
from roster_pipeline.mapping.suggest.reading import Word, plain, read

FAINT_WEIGHT = 0.15
_UNKNOWN_WEIGHT = 2.0  # as that of a word that a single course has
_TYPO = 0.92


@dataclass(frozen=True)
class CourseText:
    """A course as data/courses.csv describes it."""

    course_id: str
    subject: str
    title: str
    grade: str | None


@dataclass(frozen=True)
class SubjectText:
    """A line of data/subjects.csv: a subject of Clever's, the catalog's word for it, and other words for the whole."""

    clever_subject: str
    catalog_subject: str
    also_called: str | None


@dataclass(frozen=True)
class Course:
    """A course, read. `names` are its title and its id; of a course that is its subject as a whole, `whole` is set.

    `grades` are the first and the last that it is for, `level` is the number in its title that is no grade.
    """

    course_id: str
    names: tuple[tuple[Word, ...], ...]
    level: int | None
    grades: tuple[int, int] | None
    is_ap: bool
    clever_subjects: frozenset[str]
    subject: str
    whole: bool


@dataclass(frozen=True)
class Said:
    """A word of a section's name, and the catalog's words of which it may be a short form or a misspelling."""

    word: Word
    meant: Word


@dataclass(frozen=True)
class Catalog:
    """All courses that can be offered, by the words that lead to them."""

    courses: tuple[Course, ...]
    weights: Mapping[str, float]
    by_word: Mapping[str, frozenset[int]]
    by_first: Mapping[str, tuple[str, ...]]
    """The same words by their first letter."""
    wholes: Mapping[str, tuple[tuple[Word, ...], ...]]
    """The names of each catalog subject as a whole, read."""
    known_subjects: frozenset[str]

    def weight(self, word: Word) -> float:
        """How much a word tells: least when half of the courses have it, most when none has."""
        return min(FAINT_WEIGHT if w in v.FAINT else self.weights.get(w, _UNKNOWN_WEIGHT) for w in word)


def read_catalog(courses: Iterable[CourseText], subjects: Sequence[SubjectText]) -> Catalog:
    """Reads the catalog; the order of the courses does not matter."""
    of_clever: dict[str, set[str]] = defaultdict(set)
    wholes: dict[str, tuple[tuple[Word, ...], ...]] = {}
    for line in subjects:
        catalog_subject = line.catalog_subject.lower()
        of_clever[catalog_subject].add(line.clever_subject.lower())
        names = (line.catalog_subject, *(line.also_called or "").split("/"))
        wholes[catalog_subject] = wholes.get(catalog_subject, ()) + tuple(read(name).words for name in names if name)
    ordered = sorted(courses, key=lambda course: course.course_id)
    for course in ordered:
        wholes.setdefault(course.subject.lower(), (read(course.subject).words,))
    found = tuple(
        _course(course, frozenset(of_clever[course.subject.lower()]), wholes[course.subject.lower()])
        for course in ordered
    )
    return _indexed(found, wholes, frozenset(line.clever_subject.lower() for line in subjects))


def _course(text: CourseText, clever_subjects: frozenset[str], wholes: tuple[tuple[Word, ...], ...]) -> Course:
    title, of_id = read(text.title), read(re.sub(r"[_-]+", " ", text.course_id))
    grades = grades_of(text.grade) or title.band or of_id.band
    level = title.number
    if grades is None and (title.grade is not None or (level or 0) > v.LAST_LEVEL):
        grade = title.grade if title.grade is not None else level
        grades = (grade, grade) if grade is not None else None
    if grades and level is not None and grades == (level, level):
        level = None
    names = tuple(dict.fromkeys(name for name in (title.words, of_id.words, _initials(text.title)) if name))
    return Course(
        text.course_id,
        names,
        level,
        grades,
        title.is_ap,
        clever_subjects or frozenset({text.subject.lower()}),
        text.subject.lower(),
        any(is_whole(name, wholes) for name in names),
    )


def _initials(title: str) -> tuple[Word, ...]:
    """A title of three words and more as its initials: IED is Introduction to Engineering Design."""
    letters = "".join(word[0] for word in re.findall(r"[a-z]{2,}", plain(title)) if word not in _SMALL_WORDS)
    return (frozenset({letters}),) if len(letters) > 2 else ()


_SMALL_WORDS = frozenset("ap and for in of the to ii iii iv".split())


def grades_of(text: str | None) -> tuple[int, int] | None:
    """The first and the last grade that a cell names: `6`, `6-8`, `K-5`, `Kindergarten`, `Middle`."""
    if not text:
        return None
    cleaned = plain(text)
    numbers = [int(n) for n in re.findall(r"\d+", cleaned)]
    if set(re.findall(r"[a-z]+", cleaned)) & v.KINDERGARTEN:
        numbers.insert(0, 0)
    if numbers:
        return min(numbers), max(numbers)
    return next((v.BANDS[word] for word in cleaned.split() if word in v.BANDS), None)


def is_whole(words: Sequence[Word], wholes: Iterable[tuple[Word, ...]]) -> bool:
    """Whether words name a subject as a whole, and nothing in it."""
    telling = [word for word in words if not word <= v.FAINT]
    named = [name for name in wholes if name and all(any(part & word for word in words) for part in name)]
    return bool(telling) and all(any(part & word for name in named for part in name) for word in telling)


def _indexed(
    courses: tuple[Course, ...], wholes: Mapping[str, tuple[tuple[Word, ...], ...]], known: frozenset[str]
) -> Catalog:
    having = Counter(
        word for course in courses for word in {w for name in course.names for alike in name for w in alike}
    )
    by_word: dict[str, set[int]] = defaultdict(set)
    for number, course in enumerate(courses):
        leading = {w for name in course.names for alike in name for w in alike if alike.isdisjoint(v.FAINT)}
        if course.whole:
            leading |= {w for name in wholes[course.subject] for alike in name for w in alike}
        for word in leading - v.FAINT:
            by_word[word].add(number)
    total = max(len(courses), 2)
    weights = {word: 1 + math.log(total / n) / math.log(total) for word, n in having.items()}
    by_first = {letter: tuple(sorted(w for w in by_word if w[0] == letter)) for letter in {w[0] for w in by_word}}
    return Catalog(courses, weights, {w: frozenset(n) for w, n in by_word.items()}, by_first, wholes, known)


def said(catalog: Catalog, words: Iterable[Word]) -> tuple[Said, ...]:
    """The words of a name, each with what it may be short for."""
    return tuple(Said(word, frozenset().union(*(_long_forms(catalog, w) for w in word))) for word in words)


def candidates(catalog: Catalog, words: Iterable[Said]) -> list[Course]:
    """The courses that have one of the words, in an order that does not depend on the catalog's."""
    found = {n for one in words for w in one.word | one.meant for n in catalog.by_word.get(w, ())}
    return [catalog.courses[n] for n in sorted(found)]


def _long_forms(catalog: Catalog, word: str) -> Word:
    if word in catalog.weights or len(word) < 3:
        return frozenset()
    return frozenset(known for known in catalog.by_first.get(word[0], ()) if _is_short_for(word, known))


def _is_short_for(short: str, word: str) -> bool:
    """Whether it is the beginning of a word, its consonants in their order, or the word with a slip of the pen."""
    if len(word) > len(short) and word.startswith(short):
        return True
    letters = iter(word)
    if len(word) > len(short) and not re.search("[aeiou]", short[1:]) and all(letter in letters for letter in short):
        return True
    if min(len(short), len(word)) < 6 or abs(len(short) - len(word)) > 1:
        return False
    return sorted(short) == sorted(word) or SequenceMatcher(None, short, word, autojunk=False).ratio() > _TYPO
