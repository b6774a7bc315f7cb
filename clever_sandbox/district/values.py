"""What Clever makes of one cell: the CSV's spelling in, the API's spelling out.

Belongs here: pure functions from text to text, each following a transformation seen in Clever's own data or, where none
was seen, the API's enum (docs/clever.md#spelling-of-values). Does not belong here: rows, records.
An empty cell stays empty; text that the API's enum cannot hold raises ValueError.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from clever_sandbox.district.languages import LANGUAGES, OTHER

_GENDERS = {"male": "M", "female": "F", "m": "M", "f": "F", "x": "X"}

_RACES = {
    "A": "Asian",
    "B": "Black or African American",
    "I": "American Indian",
    "M": "Two or More Races",
    "P": "Hawaiian or Other Pacific Islander",
    "U": "Unknown",
    "W": "Caucasian",
}
_RACES |= {name: name for name in _RACES.values()}

_GRADES = {str(n): str(n) for n in range(1, 14)} | {f"0{n}": str(n) for n in range(1, 10)}
_GRADES |= {"0": "Kindergarten", "K": "Kindergarten", "KG": "Kindergarten", "PK": "PreKindergarten"}
_GRADES |= {
    name: name
    for name in (
        "InfantToddler Preschool PreKindergarten TransitionalKindergarten Kindergarten PostGraduate Ungraded Other"
    ).split()
}

_FRL = {name: name for name in ("Free", "Reduced", "Paid", "Other")}

SUBJECTS = (
    "english/language arts",
    "math",
    "science",
    "social studies",
    "language",
    "homeroom/advisory",
    "interventions/online learning",
    "technology and engineering",
    "PE and health",
    "arts and music",
    "other",
)
_SUBJECT_SPELLINGS = {name.lower(): name for name in SUBJECTS}

# The first line with a word of the course's name decides: "computer science" is no science, "Latin dance" no language.
_SUBJECT_WORDS = (
    ("technology and engineering", r"computer|technology|engineering|coding|programming|robotics|\bweb\b|\bruby\b"),
    ("PE and health", r"physical education|\bpe\b|health|fitness|\bdanc(e|ing)\b"),
    ("math", r"math|algebra|geometry|calculus|statistics|arithmetic"),
    ("english/language arts", r"english|reading|writing|literature|language arts|spelling|newspaper|journalism"),
    ("social studies", r"social studies|history|civics|citizenship|government|economics|geography"),
    ("science", r"science|biology|chemistry|physics|anatomy|astronomy|living environment"),
    ("language", r"spanish|french|german|latin|mandarin|language"),
    (
        "arts and music",
        r"\barts?\b|music|band|choir|chorus|orchestra|drama|theat|drawing|sculpture|\bfilm\b",
    ),
    ("homeroom/advisory", r"homeroom|advisory|guidance"),
    ("interventions/online learning", r"intervention|online|credit recovery"),
)
_SUBJECT_PATTERNS = tuple((name, re.compile(words, re.IGNORECASE)) for name, words in _SUBJECT_WORDS)

# What a district calls a contact -> (relationship, type).
_CONTACT_WORDS = {
    **dict.fromkeys(("mother", "father", "stepmother", "stepfather"), ("Other", "Parent/Guardian")),
    **dict.fromkeys(
        (
            *("aunt", "uncle", "great aunt", "great uncle", "great aunt/uncle"),
            *("grandmother", "grandfather", "family friend"),
        ),
        ("Other", "Family"),
    ),
    **dict.fromkeys(("brother", "sister", "cousin"), ("Other", "Other")),
}
_RELATIONSHIPS = ("Parent", "Grandparent", "Self", "Aunt/Uncle", "Sibling", "Other")
_CONTACT_TYPES = ("Parent/Guardian", "Emergency", "Primary", "Secondary", "Family", "Other")
_PHONE = re.compile(r"(1?)(\d{3})(\d{3})(\d{4})")
_PHONE_TYPES = {name: name for name in ("Cell", "Home", "Work", "Other")}

_LANGUAGES = {name.casefold(): (name, code) for name, code in LANGUAGES.items()}


def _of(choices: Mapping[str, str], text: str, what: str) -> str:
    if not text:
        return ""
    try:
        return choices[text]
    except KeyError:
        raise ValueError(f"not a {what} that Clever knows") from None


def gender(text: str) -> str:
    """male/female -> M/F."""
    return _of(_GENDERS, text.lower(), "gender")


def race(text: str) -> str:
    """W -> Caucasian."""
    return _of(_RACES, text, "race")


def grade(text: str) -> str:
    """0 -> Kindergarten."""
    return _of(_GRADES, text, "grade")


def frl_status(text: str) -> str:
    return _of(_FRL, text, "lunch status")


def yes_no(text: str) -> str:
    return _of({"Y": "Y", "N": "N"}, text.upper(), "Y or N")


def date_of_birth(text: str) -> str:
    """12/27/07 -> 12/27/2007, without padding; 2007-12-27 gives the same."""
    if not text:
        return ""
    year, month, day = _date_parts(text)
    return f"{month}/{day}/{year}"


def iso_date(text: str) -> str:
    """8/10/2026 -> 2026-08-10."""
    if not text:
        return ""
    return date(*_date_parts(text)).isoformat()


_DATE = re.compile(r"[0-9]{1,2}/[0-9]{1,2}/([0-9]{2}|[0-9]{4})|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}")


def _date_parts(text: str) -> tuple[int, int, int]:
    """Year, month, day; two-digit years from 50 on are of the last century, nobody enrolled is older."""
    try:
        if not _DATE.fullmatch(text):
            raise ValueError(text)
        if "/" in text:
            month, day, year = (int(part) for part in text.split("/"))
            if len(text.rsplit("/", 1)[1]) == 2:
                year += 1900 if year >= 50 else 2000
        else:
            year, month, day = (int(part) for part in text.split("-"))
        date(year, month, day)
    except ValueError:
        raise ValueError("not a date; write it like 12/27/2007 or 2007-12-27") from None
    return year, month, day


def phone(text: str) -> str:
    """343-983-4279 -> (343) 983-4279, and 1-343-983-4279 -> 1-(343) 983-4279.

    With an extension, or of another length, it is nothing.
    """
    parts = _PHONE.fullmatch(re.sub(r"\D", "", text))
    if not parts or any(c.isalpha() for c in text):
        return ""
    country, area, exchange, line = parts.groups()
    return f"{'1-' if country else ''}({area}) {exchange}-{line}"


def phone_type(text: str) -> str:
    """Other when not given."""
    return _of(_PHONE_TYPES, text or "Other", "phone type")


def contact_ties(relationship: str, kind: str) -> tuple[str, str]:
    """What the district calls somebody -> Clever's (relationship, type); unknown words are Other."""
    by_word = _CONTACT_WORDS.get(kind.lower(), ("Other", "Other"))
    return (
        relationship if relationship in _RELATIONSHIPS else by_word[0],
        kind if kind in _CONTACT_TYPES else by_word[1],
    )


def subject(text: str, course_name: str) -> str:
    """The subject as given, else inferred from the name of the course, else `other`."""
    if text:
        return _of(_SUBJECT_SPELLINGS, text.lower(), "subject")
    for name, pattern in _SUBJECT_PATTERNS:
        if pattern.search(course_name):
            return name
    return "other" if course_name else ""


def section_name(course_name: str, teacher: str, period: str, own_name: str) -> str:
    """`<course> - <teacher's last name> - <period>`; the district's own name only without a course."""
    if not course_name:
        return own_name
    return " - ".join(part for part in (course_name, teacher, period) if part)


def home_language(text: str) -> tuple[str, str]:
    """spanish -> (Spanish, spa); what the API has no word for is (Other, other)."""
    return _LANGUAGES.get(text.casefold(), OTHER)
