"""Calls and cash in place of the shares: all gains above a strike, and the rest in cash.

By put-call parity this is a protective put with other frictions: the dividends are given up, and selling the shares
may be taxed. It is shown beside the hedges and never recommended for them.
"""

from __future__ import annotations

import math

import numpy as np

from hedgekit import units
from hedgekit.hedges.candidate import Candidate, measure
from hedgekit.hedges.problem import Problem


def build(problem: Problem) -> Candidate | None:
    """Return the calls with the lowest strike that leave enough cash to keep the floor; one a hundred shares."""
    calls, contracts = problem.calls, problem.most_calls
    if not contracts or not len(calls) or problem.goal.kind not in ("floor", "cap"):
        return None
    cost = contracts * (units.MULTIPLIER * calls.ask + problem.fee)
    left = problem.value_usd - cost * math.exp(max(problem.rate, 0.0) * problem.t_years)
    enough = np.flatnonzero(left >= problem.target_usd)
    if not len(enough):
        return None
    leg = calls.bought(int(enough[0]), contracts)
    why = (
        f"all shares sold, {contracts} x {leg.option.strike:g} call bought: the cash alone keeps {{floor}}; dividends "
        "are given up, and the sale may be taxed"
    )
    return measure(problem, "calls and cash", [leg], why=why, shares_sold=problem.shares)
