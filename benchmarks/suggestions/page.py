"""The block of docs/mapping.md that tells how good suggestions are; the rest of the page people write.

Belongs here: tables and the line above each. Does not belong here: measuring.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from benchmarks.markdown import rewrite, table
from benchmarks.suggestions.measure import Figures, Offered, calibration, figures, offer, worst
from benchmarks.suggestions.names import read_names
from roster_pipeline.config import PROJECT_ROOT

PAGE = PROJECT_ROOT / "docs" / "mapping.md"
COMMAND = "make suggestions"


def write_block() -> None:
    """Measures, and replaces the block. Raises ValueError when the page has lost its marks."""
    rewrite(PAGE, COMMAND, block())


def block() -> Iterator[str]:
    names = read_names()
    with_courses, without_courses = offer(names), offer(named.without_course() for named in names)
    held_out = [one for one in with_courses if one.named.held_out]
    yield table(
        ("names", "that have a course", "first is right", "right in three", "for which nothing fits", "false offers"),
        (
            (f"{half}, {shared}", *_cells(figures(of)))
            for half, is_half in _HALVES.items()
            for shared, offered in (("courses shared", with_courses), ("no courses shared", without_courses))
            if (of := [one for one in offered if is_half(one)])
        ),
    )
    yield "What a score means, on the half that is held out; each section's three best count, also those not offered:"
    yield table(
        ("score", "courses", "mean score", "are right"),
        (
            (f"{low:.2f} to {high:.2f}", str(n), f"{mean:.2f}", f"{right:.2f}")
            for low, high, n, mean, right in calibration(held_out)
        ),
    )
    yield "The worst of the half that is held out: wrong offers first, then right courses that are not offered first."
    yield _misses(worst(held_out))


_HALVES: dict[str, Callable[[Offered], bool]] = {
    "for tuning": lambda one: not one.named.held_out,
    "**held out**": lambda one: one.named.held_out,
    "held out, of those written to break it": lambda one: one.named.held_out and one.named.is_fresh,
}


def _cells(of: Figures) -> tuple[str, ...]:
    first, one, false = (f"{100 * share:.1f} %" for share in (of.first_right, of.one_right, of.false_offers))
    return str(of.fitting), first, one, str(of.without), false


def _misses(missed: Sequence[Offered]) -> str:
    lines = ["| section | right | offered | why |", "| --- | --- | --- | --- |"]
    for one in missed:
        offers = ", ".join(f"{fit.course_id} ({fit.score:.2f})" for fit in one.offers)
        right = " or ".join(sorted(one.named.right)) or "none"
        lines.append(f"| {one.named.course or one.named.name} | {right} | {offers or 'nothing'} | {_why(one)} |")
    return "\n".join(lines)


def _why(one: Offered) -> str:
    right = [fit for fit in one.found if fit.course_id in one.named.right]
    if not one.named.right:
        return one.offers[0].reason
    if not right:
        return "no word in common, or another level, grade, AP or kind of class"
    if one.offers:
        return f"the right one has {right[0].score:.2f}; the other: {one.offers[0].reason}"
    return f"found with {right[0].score:.2f}, which is too little: {right[0].reason}"
