"""Seagull: a collar whose sold calls are bought back further up, so that gains return beyond."""

from __future__ import annotations

from hedgekit.hedges.candidate import Candidate, measure
from hedgekit.hedges.problem import Problem
from hedgekit.hedges.sizing import short_call_row, size_puts

BACK_UP = 0.05
"""The call is bought this fraction of the spot above the cap, or higher."""


def build(problem: Problem) -> Candidate | None:
    """Return the cheapest puts that keep the floor when a call spread is sold; every sold option is covered."""
    short, calls = short_call_row(problem), problem.most_calls
    long = problem.calls.first_at_or_above(problem.level(problem.cap, BACK_UP))
    if short is None or long is None or long <= short or not calls or problem.goal.kind == "delta":
        return None
    sized = size_puts(problem, short_call=short, short_calls=calls, long_call=long)
    if sized is None:
        return None
    legs = [
        problem.puts.bought(sized.row, sized.contracts),
        problem.calls.sold(short, calls),
        problem.calls.bought(long, calls),
    ]
    low, high = legs[1].option.strike, legs[2].option.strike
    lead = problem.goal.lead("seagull", meets=sized.meets)
    why = f"{lead}: keeps {{floor}} at every spot and gives up the gains from {low:g} to {high:g} only"
    return measure(problem, "seagull", legs, why=why)
