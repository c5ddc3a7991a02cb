"""Ratio collar: puts over every share, calls sold against half of them; the other half keeps its gains."""

from __future__ import annotations

from hedgekit import units
from hedgekit.hedges.candidate import Candidate, measure
from hedgekit.hedges.problem import Problem
from hedgekit.hedges.sizing import short_call_row, size_puts

SHARE_OF_CALLS = 2
"""One call is sold for every so many that the shares cover."""


def build(problem: Problem) -> Candidate | None:
    """Return the cheapest puts that keep the floor when calls are sold against half the shares.

    Ratios that sell more than the shares or the puts bought cover have no defined risk and are not built.
    """
    short, calls = short_call_row(problem), problem.most_calls // SHARE_OF_CALLS
    sized = size_puts(problem, short_call=short, short_calls=calls) if short is not None and calls else None
    if short is None or sized is None:
        return None
    legs = [problem.puts.bought(sized.row, sized.contracts), problem.calls.sold(short, calls)]
    covered = calls * units.MULTIPLIER
    lead = problem.goal.lead("ratio collar", meets=sized.meets)
    why = (
        f"{lead}: keeps {{floor}} at every spot and gives up gains above {legs[1].option.strike:g} on {covered:,} of "
        f"{problem.shares:,} shares"
    )
    return measure(problem, "ratio collar", legs, why=why)
