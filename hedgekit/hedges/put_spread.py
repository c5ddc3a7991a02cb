"""Put spread: puts bought and as many lower puts sold; cheaper, with no floor below the lower strike."""

from __future__ import annotations

from hedgekit import units
from hedgekit.hedges.candidate import Candidate, measure
from hedgekit.hedges.problem import Problem
from hedgekit.hedges.sizing import short_put_row, size_puts


def build(problem: Problem) -> Candidate | None:
    """Return the cheapest put spread that keeps the floor down to its short strike, and what it loses below."""
    short = short_put_row(problem)
    sized = size_puts(problem, short_put=short) if short is not None else None
    if short is None or sized is None:
        return None
    legs = [problem.puts.bought(sized.row, sized.contracts), problem.puts.sold(short, sized.contracts)]
    low = legs[1].option.strike
    lead = problem.goal.lead("put spread", meets=sized.meets)
    why = (
        f"{lead} down to {low:g}: below it the loss runs on, {{miss}} short of {units.percent(problem.floor):.1f}% at 0"
    )
    return measure(problem, "put spread", legs, why=why)
