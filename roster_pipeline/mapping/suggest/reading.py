"""A name as a timetable writes it, read: what is taught, on which level, for which grade.

Belongs here: from text to words and numbers. Does not belong here: what the words mean (`vocabulary.py`), comparing.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass

from roster_pipeline.mapping.suggest import vocabulary as v

Word = frozenset[str]
"""A word with all that it may mean."""

_INITIALS = re.compile(r"\b(?:[a-z]\.){2,}")
_PRE = re.compile(r"\bpre[\s-]*(?=alg|calc|cal\b)")
_PRE_AP = re.compile(r"\bpre[\s-]*ap\b")
_UNITED_STATES = re.compile(r"\bunited\s+states\b|\bu\s+s\b")
_GYM = re.compile(r"\bphys(?:ical)?\.?\s+ed(?:ucation)?\b")
_DIRT = re.compile(
    r"""
    ^\s*\d+\s*(?:\([a-z,\s-]+\)|-\s)                               # 3(A) English 9, 3 - Biology
    | \b\d+(?:st|nd|rd|th)\s*(?:per|pd|period|hour)\b
    | \b(?:per|pd|prd|period|p|blk|block|hour)\.?[\s-]*(?:\d+|[a-d])\b
    | \b(?:s|sem|semester|q|qtr|quarter|t|tri|trimester|term)\.?\s*\d\b
    | \b(?:rm|room)\.?\s*\w+
    | \b[a-z]{1,4}\d{3,}[a-z]*(?:-\d+)*\b                          # MA0910-02
    | \b\d{3,}\b
    """,
    re.VERBOSE,
)
_ENDINGS = ("st", "nd", "rd", "th")
_LAST_GRADE = 12
_TOKEN = re.compile(r"[a-z]+|\d+(?:st|nd|rd|th)?(?![a-z])|\d+")


@dataclass(frozen=True)
class Reading:
    """What a name says; `number` is a level or a grade, `grade` is one for certain. Kindergarten is grade 0."""

    words: tuple[Word, ...]
    number: int | None = None
    grade: int | None = None
    band: tuple[int, int] | None = None
    is_ap: bool = False


def plain(text: str) -> str:
    """Small letters without accents, with what is written in several ways written in one."""
    folded = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower().replace("&", " and ")
    folded = _INITIALS.sub(lambda found: found[0].replace(".", "") + " ", folded.replace("'", ""))
    folded = _PRE_AP.sub(" ", folded)
    return _GYM.sub("pe", _UNITED_STATES.sub("us", _PRE.sub("pre", folded)))


@functools.lru_cache(maxsize=65536)
def read(text: str) -> Reading:
    """Reads a name, or a part of it."""
    cleaned = plain(text)
    without_dirt = _DIRT.sub(" ", cleaned)
    tokens = _TOKEN.findall(without_dirt)
    words: list[Word] = []
    numbers: list[int] = []
    grades: list[int] = []
    band: tuple[int, int] | None = None
    for at, token in enumerate(tokens):
        before, after = tokens[at - 1] if at else "", tokens[at + 1] if at + 1 < len(tokens) else ""
        number = _number(token, before)
        if token in v.KINDERGARTEN:
            grades.append(0)
        elif number is not None:
            is_grade = token in v.CALLED_GRADES or token[-2:] in _ENDINGS or {before, after} & v.GRADE_MARKS
            if number <= _LAST_GRADE:
                (grades if is_grade else numbers).append(number)
        elif token in v.BANDS:
            band = v.BANDS[token]
        elif token not in v.GRADE_MARKS:
            words += _words(token)
    is_ap = "ap" in tokens or "apush" in tokens
    return Reading(tuple(dict.fromkeys(words)), next(iter(numbers), None), next(iter(grades), None), band, is_ap)


def _number(token: str, before: str) -> int | None:
    if token[0].isdigit():
        return int(re.sub(r"\D", "", token))
    if token in v.CALLED_GRADES:
        return v.CALLED_GRADES[token]
    return v.NUMBERS.get(token) if before else None


def _words(token: str) -> tuple[Word, ...]:
    """The words that a token stands for; none when it says nothing of what is taught."""
    if token in v.SHORT:
        return tuple(frozenset(map(stem, word)) for word in v.SHORT[token] if not word <= v.SILENT)
    singular = stem(token)
    return () if token in v.SILENT or singular in v.SILENT else (frozenset({singular}),)


def stem(token: str) -> str:
    """A word without the s of the plural."""
    keep = token in v.FAINT or token in v.OTHER_KIND or len(token) < 4 or token.endswith(("ss", "us", "ics", "is"))
    return token if keep or not token.endswith("s") else token[:-1]
