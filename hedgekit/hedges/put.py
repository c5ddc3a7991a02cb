"""Protective put: the shares and puts below them."""

from __future__ import annotations

from hedgekit.hedges.candidate import Candidate, measure
from hedgekit.hedges.problem import Problem
from hedgekit.hedges.sizing import size_puts


def build(problem: Problem) -> Candidate | None:
    """Return the cheapest puts whose strike, less their financed cost, keeps the floor at every spot."""
    sized = size_puts(problem)
    if sized is None:
        return None
    leg = problem.puts.bought(sized.row, sized.contracts)
    text = f"{sized.contracts} x {leg.option.strike:g} put"
    short = "" if sized.meets or problem.goal.kind != "floor" else ", {miss} short"
    why = f"{problem.goal.lead('put', meets=sized.meets)}: {text} keeps {{floor}} at every spot{short}"
    return measure(problem, "put", [leg], why=why)
