"""Goals that start from the money: the highest floor it buys, or the highest cap that pays for a floor.

Both are answered by the exact search. A budget alone looks for the highest floor among all tickets that cost no more,
calls sold only from the cap that the user named. A budget (or nothing) beside a floor looks for the highest cap at
which the floor's least cost is within the money. That least cost never falls as the cap rises, fewer calls being left
to sell, so the strikes are halved until it is found.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from hedgekit.hedges.optimum import (
    DEFAULT_LEGS,
    POINT,
    HedgeSearch,
    Optimum,
    Ticket,
    check_legs,
    least_saving,
    optimise,
    preferred,
)
from hedgekit.hedges.problem import Problem
from hedgekit.hedges.tickets import Watch
from hedgekit.payoff import exact

FLOOR_PLACES = 10
"""Decimals of a floor that was found: less than a cent of any position that fits."""

CAP_PLACES = 8
LOWEST_CAP = 1.0
"""Calls below the spot are shares sold in disguise."""


def highest_floor(
    problem: Problem, *, max_legs: int = DEFAULT_LEGS, watch: Watch | None = None
) -> tuple[Problem, Optimum]:
    """Return the ticket with the highest floor within the budget, and the problem with that floor as its own.

    Parameters
    ----------
    problem : Problem
        With a budget.
    max_legs : int
        Most distinct contracts.
    watch : callable, optional
        As for `hedgekit.hedges.optimum.HedgeSearch`.

    Returns
    -------
    problem : Problem
        Its floor is the one found, rounded down to `FLOOR_PLACES`; as given when nothing can be had for the money.
    optimum : Optimum

    Raises
    ------
    InputError
        `max_legs` out of range.
    """
    check_legs(max_legs)
    start = time.perf_counter()
    search = HedgeSearch(problem, watch=watch)
    by_legs, work = search.highest_floors(max_legs=max_legs, budget_usd=problem.budget)
    asked, max_legs = max_legs, len(by_legs)
    best = _richest(problem, by_legs)
    next_point = None
    if best is not None:
        found = rounded_down(best.floor / problem.value, FLOOR_PLACES)
        problem = replace(problem, floor=found) if 0.0 < found <= 1.0 else problem
        dearer = preferred(problem, search.cheapest(floor=best.floor / problem.value + POINT, max_legs=max_legs)[1])
        next_point = None if dearer is None else float(dearer.cost - best.cost)
    return problem, Optimum(
        status="infeasible" if best is None else "optimal",
        best=best,
        runners_up=(),
        by_legs=tuple(by_legs),
        next_point_usd=next_point,
        highest=None,
        max_legs=max_legs,
        least_saving_usd=float(least_saving(problem)),
        seconds=time.perf_counter() - start,
        work=work,
        goal="budget",
        legs_asked=asked,
    )


def highest_cap(
    problem: Problem, *, min_cap: float | None, max_legs: int = DEFAULT_LEGS, watch: Watch | None = None
) -> tuple[Problem, Optimum]:
    """Return the ticket at the highest cap whose least cost is within the budget, and the problem with that cap.

    Parameters
    ----------
    problem : Problem
        With a budget.
    min_cap : float, optional
        Lowest cap accepted, fraction of the spot; the spot itself when not given.
    max_legs : int
        Most distinct contracts.
    watch : callable, optional
        As for `hedgekit.hedges.optimum.HedgeSearch`.

    Returns
    -------
    problem : Problem
        Its cap is the one found; the lowest accepted when even that costs too much.
    optimum : Optimum
        At that cap; infeasible when even the lowest costs too much, or the floor cannot be kept.

    Raises
    ------
    InputError
        `max_legs` out of range.
    """
    check_legs(max_legs)
    start = time.perf_counter()
    lowest = LOWEST_CAP if min_cap is None else min_cap
    spot = exact(problem.spot)
    strikes = [exact(strike) for strike in problem.calls.strike.tolist() if exact(strike) >= exact(lowest) * spot]
    caps = [max(lowest, rounded_down(strike / spot, CAP_PLACES)) for strike in strikes]

    def at(cap: float) -> Problem:
        return replace(problem, cap=cap, calls_allowed=True)

    def fits(cap: float) -> bool:
        budget = problem.budget
        cheapest = HedgeSearch(at(cap), watch=watch).cheapest(max_legs=max_legs)[1][-1]
        return cheapest is not None and budget is not None and cheapest.cost <= budget

    without = HedgeSearch(replace(problem, calls_allowed=False), watch=watch).cheapest(max_legs=max_legs)[1][-1]
    if without is not None and problem.budget is not None and without.cost <= problem.budget:
        # The money pays for the floor without any call sold: nothing is given up.
        problem = replace(problem, calls_allowed=False)
    elif not caps or not fits(caps[0]):
        problem = at(lowest)
    else:
        low, high = 0, len(caps)  # caps[low] fits, caps[high] does not
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if fits(caps[middle]) else (low, middle)
        problem = at(caps[low])
    optimum = optimise(problem, max_legs=max_legs, watch=watch)
    return problem, replace(optimum, seconds=time.perf_counter() - start)


def _richest(problem: Problem, by_legs: Iterable[Ticket | None]) -> Ticket | None:
    """Return the ticket with the highest floor when every further leg must add what it must save elsewhere."""
    charge = least_saving(problem)
    chosen: Ticket | None = None
    for ticket in by_legs:
        if ticket is None or (chosen is not None and len(ticket.legs) <= len(chosen.legs)):
            continue
        if chosen is None or ticket.floor - charge * (len(ticket.legs) - len(chosen.legs)) >= chosen.floor:
            chosen = ticket
    return chosen


def rounded_down(number: Fraction, places: int) -> float:
    """Return a decimal number of so many places that is not above the fraction."""
    return float(Fraction(math.floor(number * 10**places), 10**places))
