"""What the words of timetables mean: abbreviations, and words that say nothing of what is taught.

Belongs here: words. Does not belong here: finding them in a text (`reading.py`), and what a district may edit
(`data/subjects.csv`).
"""

from __future__ import annotations

_SHORT = """
accel accelerated | acctg accounting | adv advanced | alg algebra | amer american/us | american american/us
anat anatomy | apush ap us history | asl american sign language | astro astronomy | beg beginning | bio biology
bus business | cal calculus | calc calculus | chem chemistry | chinese chinese/mandarin | civ civilization/civics
civics civics/government | comp computer/composition | cs computer science | csa computer science
csp computer science principle | cult culture | des design | dev development | dig digital | drama drama/theater
econ economics | ed education | ela english language arts | eld english language development
eng english/engineering | env environmental | environ environmental | esl english language development | fin finance
fr french | fren french | fund fundamentals | gen general | geo geometry/geography/geology | geog geography
geom geometry | ger german | gov government | govt government | hist history | hlth health | hum humanities
im integrated math | int integrated/intermediate | integ integrated | interv intervention
intro introduction | jour journalism | journ journalism | kybd keyboarding | la language arts | lang language
lit literature/literacy | macro macroeconomics | mandarin chinese/mandarin | mathematics math | maths math
micro microeconomics | mod modern | orch orchestra | pers personal | phil philosophy | photo photography
phys physics/physical/physiology | prealg prealgebra | precal precalculus | precalc precalculus | prin principle
princ principle | psych psychology | rdg reading | rla reading language arts | sci science | soc social/sociology
span spanish | spn spanish | ss social studies | st studies | stat statistics | stats statistics
stud studies/student | tech technology/technical | theatre theater | trig trigonometry | usa us | wld world
wrld world | wrtg writing
"""

SHORT: dict[str, tuple[frozenset[str], ...]] = {
    short: tuple(frozenset(word.split("/")) for word in meaning.split())
    for short, _, meaning in (
        entry.strip().partition(" ") for line in _SHORT.splitlines() for entry in line.split("|") if entry.strip()
    )
}
"""What a short form stands for: its words, each with what it may mean."""

SILENT = frozenset(
    """
    a an and at for from in of on or the to with accelerated advanced adv ap block blk cap class college
    core cp course day dual enrollment gate gen general gifted h hs hon honor hnrs hn
    i ii iii iv v inclusion level ms pd per period prep reg regular room rm sdc sec section sem semester standard std
    trimester yr year am pm mon tue tues wed thu thurs fri conceptual our human living
    b c d e g m p q s t pltw
    """.split()
)
"""Words that do not tell one course from another: how hard it is, when it meets, and what holds a title together."""

FAINT = frozenset(
    """
    introduction beginning exploring exploration basic foundation fundamentals principle education elective modern
    studies topic
    """.split()
)
"""Words that may be there or not: Health is Health Education."""

OTHER_KIND = frozenset(
    """
    advisory aide aid assistant asst club coaching counseling homeroom hr intervention lab lunch olympiad recess
    resource support ta team therapy tutor tutorial study homework
    """.split()
)
"""Words that make another kind of class of any subject: a math club is no math class."""

_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()
CALLED_GRADES = dict(zip(_ORDINALS, range(1, 13), strict=True)) | {
    "freshman": 9,
    "sophomore": 10,
    "junior": 11,
    "senior": 12,
}
NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5}
KINDERGARTEN = frozenset("k kinder kindergarten kdg kg".split())
GRADE_MARKS = frozenset("grade gr grd".split())
BANDS = {"elementary": (0, 5), "primary": (0, 5), "middle": (6, 8), "secondary": (6, 12), "high": (9, 12)}
LAST_LEVEL = 5
"""The highest number that can be a level; a higher one is a grade."""
