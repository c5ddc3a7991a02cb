"""Put spread: puts bought and as many lower puts sold; cheaper, with no floor below the lower strike."""

from __future__ import annotations

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
    why = (
        f"holds down to {low:g} only: below it the loss runs on, {{miss}} short of the floor at 0"
        if sized.meets
        else f"holds nowhere near the floor down to {low:g}, and {{miss}} short of it at 0"
    )
    return measure(problem, "put spread", legs, why=why)
