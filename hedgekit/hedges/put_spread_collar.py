"""Put-spread collar: a put spread paid for by calls sold against the shares."""

from __future__ import annotations

from hedgekit import units
from hedgekit.hedges.candidate import Candidate, measure
from hedgekit.hedges.problem import Problem
from hedgekit.hedges.sizing import short_call_row, short_put_row, size_puts


def build(problem: Problem) -> Candidate | None:
    """Return the cheapest put-spread collar that keeps the floor down to its short put."""
    low, high, calls = short_put_row(problem), short_call_row(problem), problem.most_calls
    if low is None or high is None or not calls:
        return None
    sized = size_puts(problem, short_put=low, short_call=high, short_calls=calls)
    if sized is None:
        return None
    legs = [
        problem.puts.bought(sized.row, sized.contracts),
        problem.puts.sold(low, sized.contracts),
        problem.calls.sold(high, calls),
    ]
    bottom, top = legs[1].option.strike, legs[2].option.strike
    lead = problem.goal.lead("put-spread collar", meets=sized.meets)
    floor = f"{units.percent(problem.floor):.1f}%"
    why = (
        f"{lead} down to {bottom:g}: below it the loss runs on, {{miss}} short of {floor} at 0; gives up "
        f"gains above {top:g}"
    )
    return measure(problem, "put-spread collar", legs, why=why)
