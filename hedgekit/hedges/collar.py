"""Collar: puts bought, and calls sold against the shares to help pay for them."""

from __future__ import annotations

from hedgekit.hedges.candidate import Candidate, measure
from hedgekit.hedges.problem import Problem
from hedgekit.hedges.sizing import short_call_row, size_puts


def build(problem: Problem) -> Candidate | None:
    """Return the cheapest puts that keep the floor when covered calls are sold at the cap or above."""
    short, calls = short_call_row(problem), problem.most_calls
    sized = size_puts(problem, short_call=short, short_calls=calls) if short is not None and calls else None
    if short is None or sized is None:
        return None
    legs = [problem.puts.bought(sized.row, sized.contracts), problem.calls.sold(short, calls)]
    text = f"{sized.contracts} x {legs[0].option.strike:g} put, {calls} x {legs[1].option.strike:g} call sold"
    given_up = f"keeps {{floor}} at every spot and gives up gains above {legs[1].option.strike:g}"
    miss = "" if sized.meets or problem.goal.kind != "floor" else ", {miss} short"
    why = f"{problem.goal.lead('collar', meets=sized.meets)}: {text} {given_up}{miss}"
    return measure(problem, "collar", legs, why=why)
