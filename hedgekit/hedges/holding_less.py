"""Holding less: the benchmark every hedge must beat.

Israelov (2017), "Pathetic Protection: The Elusive Benefits of Protective Puts": selling some of the
shares often gives the protection a put gave, with less risk and at no premium.
"""

from __future__ import annotations

import math

from hedgekit.hedges.candidate import Candidate, measure
from hedgekit.hedges.problem import Problem
from hedgekit.hedges.put import build as build_put
from hedgekit.units import percent


def build_same_delta(problem: Problem) -> Candidate | None:
    """Return the share count whose delta equals that of the put-hedged position, the rest in cash."""
    put = build_put(problem)
    delta = put.greeks["delta_shares"] if put is not None else None
    if delta is None:
        return None
    sold = min(problem.shares, max(0, problem.shares - round(delta)))
    why = f"same delta as the put hedge today: {percent(sold / problem.shares):.0f}% sold, {{miss}} short at 0"
    return measure(problem, "holding less (same delta)", [], why=why, shares_sold=sold)


def build_cash_floor(problem: Problem) -> Candidate:
    """Return the cash that keeps the floor even if the shares go to zero."""
    sold = math.ceil(problem.target / problem.value * problem.shares)
    why = f"{sold:,} shares sold: the cash alone keeps {{floor}}, even at 0; it earns nothing here"
    return measure(problem, "holding less (cash floor)", [], why=why, shares_sold=sold)
