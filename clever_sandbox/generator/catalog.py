"""What is taught: the platform's course catalog, and what the synthetic schools call the same things.

Belongs here: the 40 platform courses, the offerings of each school level, and which course an offering
means. Does not belong here: sections, people, or how a mapping is applied.
"""

from __future__ import annotations

from dataclasses import dataclass

MATH = "Math"
ELA = "English Language Arts"
SCIENCE = "Science"
SOCIAL = "Social Studies"
LANGUAGES = "World Languages"
COMPUTING = "Computer Science"


@dataclass(frozen=True)
class Course:
    """One line of the platform's catalog."""

    course_id: str
    subject: str
    title: str
    grade: str = ""
    active: bool = True


@dataclass(frozen=True)
class Offering:
    """What a school's timetable says: Clever's course name and number, and its subject."""

    name: str
    number: str
    subject: str


@dataclass(frozen=True)
class Rule:
    """One line of the platform's mapping rules; an empty condition means any."""

    rule_id: str
    subject: str
    grade: str
    clever_course: str
    course_id: str


def _graded(prefix: str, subject: str, title: str, grades: range) -> list[Course]:
    return [Course(f"{prefix}-{g}", subject, f"{title} {g}", str(g)) for g in grades]


COURSES: tuple[Course, ...] = (
    Course("math-k", MATH, "Math K", "Kindergarten"),
    *_graded("math", MATH, "Math", range(1, 9)),
    Course("algebra-1", MATH, "Algebra I"),
    Course("geometry", MATH, "Geometry"),
    Course("algebra-2", MATH, "Algebra II"),
    Course("precalculus", MATH, "Precalculus"),
    Course("ela-k", ELA, "Reading K", "Kindergarten"),
    *_graded("ela", ELA, "Reading and Writing", range(1, 9)),
    *_graded("english", ELA, "English", range(9, 13)),
    Course("science-elementary", SCIENCE, "Exploring Science"),
    Course("science-middle", SCIENCE, "Integrated Science"),
    Course("biology", SCIENCE, "Biology"),
    Course("chemistry", SCIENCE, "Chemistry"),
    Course("physics", SCIENCE, "Physics"),
    Course("social-elementary", SOCIAL, "Our Community"),
    Course("social-middle", SOCIAL, "World Cultures"),
    Course("world-history", SOCIAL, "World History"),
    Course("us-history", SOCIAL, "U.S. History"),
    Course("spanish-1", LANGUAGES, "Spanish I"),
    Course("spanish-2", LANGUAGES, "Spanish II"),
    Course("french-1", LANGUAGES, "French I", active=False),
    Course("computing", COMPUTING, "Computing Basics"),
    Course("cs-principles", COMPUTING, "Computer Science Principles"),
)

RULES: tuple[Rule, ...] = (
    Rule("science-5", "science", "5", "", "science-elementary"),
    Rule("english-12", "english/language arts", "12", "", "english-12"),
    Rule("cs-principles", "", "", "Computer Science Principles", "cs-principles"),
)

# Left to the rules: nobody wrote these into the mapping file.
MAPPED_BY_RULE = frozenset({"Grade 5 Science", "English 12", "Computer Science Principles"})

_HIGH_MATH = ("Algebra I", "Geometry", "Algebra II", "Precalculus")
_HIGH_SCIENCE = ("Biology", "Chemistry", "Physics", "Physics")
_HIGH_SOCIAL = ("World History", "World History", "United States History", "United States History")
_HIGH_SPANISH = ("Spanish I", "Spanish I", "Spanish II", "Spanish II")

EVENING = (
    Offering("Evening English", "EV10", "english/language arts"),
    Offering("Evening Mathematics", "EV20", "math"),
    Offering("Evening Biology", "EV30", "science"),
    Offering("Evening Citizenship", "EV40", "social studies"),
)


def offerings(grade: int) -> tuple[Offering, ...]:
    """The seven things a student of a grade (0 = Kindergarten) attends."""
    if grade >= 9:
        return _high_school(grade)
    called = "Kindergarten" if grade == 0 else f"Grade {grade}"
    core = (
        Offering(f"{called} Mathematics", f"MA{grade:02}", "math"),
        Offering(f"{called} Reading", f"RE{grade:02}", "english/language arts"),
        Offering(f"{called} Science", f"SC{grade:02}", "science"),
        Offering(f"{called} Social Studies", f"SO{grade:02}", "social studies"),
        Offering(f"{called} Technology", f"TE{grade:02}", "technology and engineering"),
    )
    sixth = (
        Offering("Exploring Spanish", "SP00", "language")
        if grade >= 6
        else Offering(f"{called} Art", f"AR{grade:02}", "arts and music")
    )
    return (*core, sixth, Offering("Physical Education", "PE00", "PE and health"))


def _high_school(grade: int) -> tuple[Offering, ...]:
    year = grade - 9
    return (
        Offering(_HIGH_MATH[year], f"MA{grade}", "math"),
        Offering(f"English {grade}", f"EN{grade}", "english/language arts"),
        Offering(_HIGH_SCIENCE[year], f"SC{min(grade, 11)}", "science"),
        Offering(_HIGH_SOCIAL[year], "SO10" if year < 2 else "SO12", "social studies"),
        Offering("Computer Science Principles", "CS10", "technology and engineering"),
        Offering(_HIGH_SPANISH[year], "SP10" if year < 2 else "SP20", "language"),
        Offering("Physical Education", "PE00", "PE and health"),
    )


def _meanings() -> dict[str, tuple[str, ...]]:
    titles: dict[str, tuple[str, ...]] = {c.title: (c.course_id,) for c in COURSES if not c.grade}
    titles |= {c.title: (c.course_id,) for c in COURSES if c.title.startswith("English ")}
    titles |= {"United States History": ("us-history",), "Exploring Spanish": ("spanish-1",)}
    for grade in range(9):
        called, number = ("Kindergarten", "k") if grade == 0 else (f"Grade {grade}", str(grade))
        level = "elementary" if grade < 6 else "middle"
        titles |= {
            f"{called} Mathematics": (f"math-{number}",),
            f"{called} Reading": (f"ela-{number}",),
            f"{called} Science": (f"science-{level}",),
            f"{called} Social Studies": (f"social-{level}",),
            f"{called} Technology": ("computing",),
        }
    return titles


# Clever's course name -> the platform courses that it means; a name that is not here stays unmapped.
MEANS: dict[str, tuple[str, ...]] = _meanings()

# What the stronger classes of an offering get on top.
ALSO: dict[str, str] = {
    "Grade 8 Mathematics": "algebra-1",
    "Algebra II": "precalculus",
    "Grade 8 Science": "biology",
    "Grade 5 Mathematics": "math-6",
}
