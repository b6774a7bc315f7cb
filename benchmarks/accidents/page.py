"""The block of docs/operations.md that tells what the guards did; the rest of the page people write.

Belongs here: tables and the line above each. Does not belong here: measuring, a word that is not true of every result.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from benchmarks.accidents.replay import Outcome, Period
from benchmarks.accidents.scenario import Scenario
from benchmarks.markdown import rewrite, table
from roster_pipeline.config import PROJECT_ROOT

PAGE = PROJECT_ROOT / "docs" / "operations.md"
Measured = Mapping[Scenario, Outcome]

_HEAD = ("what happens", "held", "applied", "in both", "holds", "decisions", "guards")


def write_block(accidents: Measured, incidents: Measured, ordinary: Measured, periods: Sequence[Period]) -> None:
    """Replaces the block. Raises ValueError when the page has lost its marks."""
    rewrite(PAGE, "make accidents", block(accidents, incidents, ordinary, periods))


def block(accidents: Measured, incidents: Measured, ordinary: Measured, periods: Sequence[Period]) -> Iterator[str]:
    yield _summary("**Accidents**", accidents)
    yield _scenarios(accidents)
    yield _summary("**Incidents of others**, by their numbers; what 14 is about, the rollover shows", incidents)
    yield _scenarios(incidents)
    yield _summary("**Right changes, although they are many**", ordinary)
    yield _scenarios(ordinary)
    yield f"**An ordinary school year**. Days with a hold: {sum(p.days_with_a_hold for p in periods)}."
    yield table(
        ("what happens", "days", "held", "applied", "in both", "days with a hold", "decisions", "about"),
        (
            (
                *(period.words, str(period.days), f"{period.held:,}", f"{period.applied:,}", f"{period.in_both:,}"),
                *(str(period.days_with_a_hold), _decisions(period)),
                ", ".join(f"{n} × {what}" for what, n in sorted(period.about.items())),
            )
            for period in periods
        ),
    )


def _summary(what: str, measured: Measured) -> str:
    wrong = [outcome for scenario, outcome in measured.items() if not scenario.right]
    right = [outcome for scenario, outcome in measured.items() if scenario.right]
    said = [f"{what}."]
    if wrong:
        unasked = sum(outcome.applied > 0 for outcome in wrong)
        said.append(f"Of {len(wrong)} accidents, {unasked} had changes applied that nobody was asked about.")
    if right:
        said.append(f"Of {len(right)} right changes, {sum(o.decisions > 0 for o in right)} needed an approval.")
    by_half, decisions = sum(o.in_both > 0 for o in measured.values()), sum(o.decisions for o in measured.values())
    said.append(f"Applied by half: {by_half}. Decisions in all: {decisions}.")
    return " ".join(said)


def _scenarios(measured: Measured) -> str:
    mixed = len({scenario.right for scenario in measured}) > 1
    return table(
        _HEAD,
        (
            (f"{scenario.words} (right)" if mixed and scenario.right else scenario.words, *_numbers(outcome))
            for scenario, outcome in measured.items()
        ),
    )


def _numbers(outcome: Outcome) -> tuple[str, ...]:
    held = "all, the sync fails" if outcome.failed else f"{outcome.held:,}"
    numbers = (held, f"{outcome.applied:,}", f"{outcome.in_both:,}", str(outcome.holds))
    return *numbers, _decisions(outcome), ", ".join(outcome.guards)


def _decisions(of: Outcome | Period) -> str:
    return str(of.decisions) if of.settled else f"{of.decisions}, not settled"
