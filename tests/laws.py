"""What tests of laws share: random districts, and how many of them are tried."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from tests.conftest import Record, Tiny, section, student, teacher

SCHOOLS = ("north", "south")
NAMES = st.sampled_from(["One", "Two", None, ""])
# An example is a handful of whole syncs: shrinking a failing one would take longer than reading it.
laws = settings(
    max_examples=3,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)


@st.composite
def districts(draw: st.DrawFn) -> dict[str, list[Record]]:
    """A small district: any of eight people and four sections, at any schools, with any gaps."""
    users: list[Record] = []
    for n in draw(st.sets(st.integers(0, 7))):
        schools = draw(st.lists(st.sampled_from(SCHOOLS), min_size=1, max_size=2, unique=True))
        make = teacher if n < 2 else student
        users.append(make(f"u{n}", *schools, email=draw(NAMES)))
    people = st.lists(st.sampled_from([f"u{n}" for n in range(8)]), max_size=4, unique=True)
    sections = [
        section(
            f"s{n}",
            draw(st.sampled_from(SCHOOLS)),
            teachers=draw(st.lists(st.sampled_from(["u0", "u1"]), max_size=2, unique=True)),
            students=draw(people),
            name=draw(st.sampled_from(["Algebra", "Biology"])),
            subject=draw(st.sampled_from(["math", "science", ""])),
            term_id=draw(st.sampled_from(["year", "past"])),
        )
        for n in draw(st.sets(st.integers(0, 3)))
    ]
    return {
        "schools": [{"id": s, "name": s.title()} for s in draw(st.sets(st.sampled_from(SCHOOLS), min_size=1))],
        "terms": [
            {"id": "year", "name": "Y1", "start_date": "2026-08-10", "end_date": "2027-06-04"},
            {"id": "past", "name": "S0", "start_date": "2026-01-10", "end_date": "2026-06-04"},
        ],
        "courses": [],
        "sections": sections,
        "users": users,
    }


MAPPINGS = st.lists(
    st.tuples(st.sampled_from(["s0", "s1", "s2", "s3"]), st.sampled_from(["math-6", "sci-6"])), unique=True, max_size=5
)


def become(tiny: Tiny, records: dict[str, list[Record]], lines: list[tuple[str, str]]) -> None:
    tiny.records = records
    tiny.inputs["section_courses"] = "district,section_id,course_id\n"
    for line in lines:
        tiny.line("section_courses", "d", *line)
