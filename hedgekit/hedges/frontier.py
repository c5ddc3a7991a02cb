"""What protection costs: the cheapest ticket for every floor and cap, beside holding less.

Every point is a ticket that can be traded, found by the exact search. The line to beat is holding fewer shares: beside
each point stand the shares that would have to be sold for the same delta today, and where at expiry the hedge does
better than that; and those that would keep the same floor in cash.
"""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from hedgekit import units
from hedgekit.errors import InfeasibleError, InputError
from hedgekit.fees import DEFAULT_FEE
from hedgekit.hedges.candidate import leg_greeks
from hedgekit.hedges.comparison import problem_inputs, refuse_unfit
from hedgekit.hedges.goal import choose_goal
from hedgekit.hedges.notes import quotes_left_out, stopped_at
from hedgekit.hedges.optimum import DEFAULT_LEGS, HedgeSearch, Ticket, check_legs, preferred
from hedgekit.hedges.problem import WIDEST_SPREAD, Problem, make_problem, pick_expiry
from hedgekit.hedges.tickets import Watch
from hedgekit.market.inputs import Given, resolve
from hedgekit.model import Chain, Leg
from hedgekit.payoff import PiecewiseLinear, carried_exact, exact, expiry_wealth
from hedgekit.results import Result

STANDARD_FLOORS = (0.80, 0.99)
STANDARD_POINTS = 20
MOST_POINTS = 200
STANDARD_CAPS: tuple[float | None, ...] = (None, 1.10, 1.05)
"""No calls sold; calls sold at 110% of the spot or above; at 105%."""

FLOOR_PLACES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class LessHeld:
    """Holding fewer shares in place of a hedge.

    Attributes
    ----------
    same_delta_sold : int or None
        Shares to sell for the delta of the hedged position; None where an option has no vol.
    same_floor_sold : int
        Shares to sell so that cash alone keeps the hedge's floor.
    hedge_better : tuple of (low, high)
        Spots at expiry between which the hedge is worth more than holding less (same delta); a high of None has no end.
    """

    same_delta_sold: int | None
    same_floor_sold: int
    hedge_better: tuple[tuple[float, float | None], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """The cheapest ticket for one floor and cap.

    Attributes
    ----------
    floor : float
        Asked for, fraction of today's value.
    min_cap : float or None
        Calls may be sold at this fraction of the spot or above; None sells none.
    ticket : Ticket or None
        None when no ticket keeps the floor.
    cost_annualised_pct : float or None
        Percent of the position a year, simple, if rolled at the same price.
    delta_per_share : float or None
        Of the hedged position, per share owned.
    dominated : bool
        Whether another point costs no more, keeps no lower a floor under no lower a cap, and is better in one of them.
    less : LessHeld or None
    """

    floor: float
    min_cap: float | None
    ticket: Ticket | None
    cost_annualised_pct: float | None = None
    delta_per_share: float | None = None
    dominated: bool = False
    less: LessHeld | None = None

    def to_dict(self, value_usd: float) -> dict[str, Any]:
        """Return the point as the JSON of the public contract."""
        ticket = self.ticket
        row: dict[str, Any] = {
            "floor": self.floor,
            "min_cap": self.min_cap,
            "status": "infeasible" if ticket is None else "optimal",
            "legs": [],
            "cost_usd": None,
            "floor_usd": None,
            "floor_pct": None,
            "cap_pct": None,
        }
        if ticket is not None:
            row.update(ticket.to_dict())
            row["cost_pct"] = units.percent(ticket.cost_usd / value_usd)
        else:
            row["cost_pct"] = None
        row["cost_annualised_pct"] = self.cost_annualised_pct
        row["delta_per_share"] = self.delta_per_share
        row["dominated"] = self.dominated
        row["holding_less"] = None
        if self.less is not None:
            row["holding_less"] = {name: getattr(self.less, name) for name in LessHeld.__slots__}
        return row


@dataclass(frozen=True, kw_only=True)
class FrontierResult(Result):
    """The cheapest tickets over floors and caps.

    Attributes
    ----------
    problem : Problem
    points : tuple of Point
        Cap by cap, floors ascending.
    seconds : float
        Spent searching.
    """

    schema_name: ClassVar[str] = "frontier"

    problem: Problem
    points: tuple[Point, ...]
    seconds: float

    def body(self) -> dict[str, Any]:
        """Return the fields of the public contract."""
        return {
            "position": {"shares": self.problem.shares, "value_usd": self.problem.value_usd},
            "points": [point.to_dict(self.problem.value_usd) for point in self.points],
            "seconds": self.seconds,
        }

    def records(self) -> list[dict[str, Any]]:
        """Return one flat row a point."""
        rows = []
        for point in self.points:
            row = point.to_dict(self.problem.value_usd)
            row["legs"] = "; ".join(leg.written for leg in (point.ticket.legs if point.ticket is not None else ()))
            less = row.pop("holding_less") or dict.fromkeys(LessHeld.__slots__)
            less["hedge_better"] = " ".join(
                f"{low:g}-{'' if high is None else format(high, 'g')}" for low, high in less["hedge_better"] or ()
            )
            row.update({f"holding_less_{name}": value for name, value in less.items()})
            rows.append(row)
        return rows

    def require(self) -> None:
        """Refuse a frontier without a single ticket.

        Raises
        ------
        InfeasibleError
        """
        if all(point.ticket is None for point in self.points):
            lowest = units.percent(min(point.floor for point in self.points))
            raise InfeasibleError(
                f"no option hedge of {self.problem.expiry} holds even {lowest:g}% at the touch: ask for lower --floors"
            )


def frontier(
    chain: Chain,
    *,
    shares: int,
    floors: tuple[float, float] = STANDARD_FLOORS,
    points: int = STANDARD_POINTS,
    caps: Sequence[float | None] | None = None,
    until: float | None = None,
    by: date | str | None = None,
    expiry: date | str | None = None,
    rate: Given = None,
    dividends: Given = None,
    fee: float = DEFAULT_FEE,
    max_legs: int = DEFAULT_LEGS,
    max_spread: float = WIDEST_SPREAD,
    watch: Watch | None = None,
) -> FrontierResult:
    """Return the least cost of every floor under every cap.

    Parameters
    ----------
    chain : Chain
    shares : int
    floors : tuple of float
        Lowest and highest floor, fractions of today's value.
    points : int
        Floors from the one to the other, evenly spaced.
    caps : sequence of float or None, optional
        Calls may be sold at these fractions of the spot or above; None sells none. By default none, 1.10 and 1.05.
    until, by, expiry, rate, dividends, fee, max_legs, max_spread, watch
        As for `hedgekit.compare`.

    Returns
    -------
    FrontierResult

    Raises
    ------
    InputError
        A bad argument.
    DataError
        A chain that cannot be traded on.
    """
    refuse_unfit(chain)
    check_legs(max_legs)
    day = pick_expiry(chain, by=by, expiry=expiry)
    market = resolve(chain, (day,), rate=rate, dividends=dividends)
    wanted = _floors(floors, points)
    given = tuple(dict.fromkeys(STANDARD_CAPS if caps is None else caps))

    def laid_out(cap: float | None) -> Problem:
        return make_problem(
            chain,
            shares=shares,
            expiry=day,
            floor=wanted[0],
            rate=market.rates[day],
            div_yield=market.div_yields[day],
            dividends=market.cash,
            fee=fee,
            min_cap=cap,
            max_spread=max_spread,
            goal=choose_goal(spot=chain.spot, floor=wanted[0], until=until),
        )

    problems = [laid_out(cap) for cap in given]
    start = time.perf_counter()
    found, proven = [], max_legs
    for problem in problems:
        tickets, legs = _solve(problem, wanted, max_legs, watch)
        found.append(tickets)
        proven = min(proven, legs)
    seconds = time.perf_counter() - start
    made = [
        _measured(problem, cap, floor, ticket)
        for problem, cap, tickets in zip(problems, given, _with_deltas(problems, found), strict=True)
        for floor, ticket in zip(wanted, tickets, strict=True)
    ]
    return FrontierResult(
        problem=problems[0],
        points=_dominated(made),
        seconds=seconds,
        inputs={
            **problem_inputs(chain, problems[0], market),
            "floor": None,
            "floors": list(wanted),
            "caps": list(given),
            "max_legs": proven,
        },
        warnings=(
            *market.warnings,
            *(stopped_at(proven, max_legs) if proven < max_legs else ()),
            *quotes_left_out(chain, day, max_spread),
        ),
    )


def _floors(floors: tuple[float, float], points: int) -> list[float]:
    low, high = floors
    if isinstance(points, bool) or not 1 <= points <= MOST_POINTS:
        raise InputError(f"--points {points}: expected a whole number from 1 to {MOST_POINTS}")
    if not 0.0 < low <= high <= 1.0:
        percents = 1.0 < low <= high <= units.PERCENT
        meant = f" (did you mean {units.fraction(low):g}:{units.fraction(high):g}?)" if percents else ""
        raise InputError(
            f"--floors {low:g}:{high:g}: expected LOW:HIGH, fractions of today's value above 0 and up to 1, ascending"
            f"{meant}"
        )
    step = (high - low) / max(points - 1, 1)
    return [round(low + step * i, FLOOR_PLACES) for i in range(points if high > low else 1)]


def _solve(
    problem: Problem, floors: Sequence[float], max_legs: int, watch: Watch | None
) -> tuple[list[Ticket | None], int]:
    """Search every floor, highest first: what rules tickets out there rules them out below as well.

    Returns the tickets, floors ascending, and for how many legs all of them are proven.
    """
    search = HedgeSearch(problem, watch=watch)
    found, proven = [], max_legs
    for floor in reversed(floors):
        by_legs = search.cheapest(floor=exact(floor), max_legs=max_legs)[1]
        proven = min(proven, len(by_legs))
        found.append(preferred(problem, by_legs))
    return found[::-1], proven


def _with_deltas(
    problems: Sequence[Problem], found: Sequence[Sequence[Ticket | None]]
) -> list[list[tuple[Ticket, float] | None]]:
    """Pair each ticket with the delta of its position in shares; every contract is valued once."""
    legs: dict[str, Leg] = {}
    for tickets in found:
        for ticket in tickets:
            legs.update({leg.option.compact: leg for leg in (() if ticket is None else ticket.legs)})
    deltas: npt.NDArray[np.float64] = (
        leg_greeks(problems[0], list(legs.values()))["delta"] if legs else np.empty(0, dtype=np.float64)
    )
    per_share = dict(zip(legs, deltas.tolist(), strict=True))

    def position(ticket: Ticket) -> float:
        return problems[0].shares + math.fsum(
            leg.contracts * leg.option.multiplier * per_share[leg.option.compact] for leg in ticket.legs
        )

    return [[None if ticket is None else (ticket, position(ticket)) for ticket in tickets] for tickets in found]


def _measured(problem: Problem, cap: float | None, floor: float, found: tuple[Ticket, float] | None) -> Point:
    if found is None:
        return Point(floor=floor, min_cap=cap, ticket=None)
    ticket, delta = found
    known = math.isfinite(delta)
    return Point(
        floor=floor,
        min_cap=cap,
        ticket=ticket,
        cost_annualised_pct=(
            units.annualised_percent(ticket.cost_usd / problem.value_usd, problem.days) if problem.days > 0 else None
        ),
        delta_per_share=delta / problem.shares if known else None,
        less=_less(problem, ticket, delta if known else None),
    )


def _less(problem: Problem, ticket: Ticket, delta: float | None) -> LessHeld:
    same_floor = min(problem.shares, max(0, math.ceil(ticket.floor / exact(problem.spot))))
    if delta is None:
        return LessHeld(same_delta_sold=None, same_floor_sold=same_floor, hedge_better=())
    sold = min(problem.shares, max(0, problem.shares - round(delta)))
    paid = carried_exact(ticket.cost, problem.rate, problem.t_years) + sold * exact(problem.spot)
    gain = expiry_wealth(sold, ticket.legs).minus(paid)  # hedge less holding less
    return LessHeld(same_delta_sold=sold, same_floor_sold=same_floor, hedge_better=_above_zero(gain))


def _above_zero(function: PiecewiseLinear) -> tuple[tuple[float, float | None], ...]:
    """Return the stretches of spots on which a function is positive."""
    zero = Fraction(0)
    ends = sorted({zero, *function.crossings(zero)})
    stretches = [*itertools.pairwise(ends), (ends[-1], None)]
    return tuple(
        (float(low), None if high is None else float(high))
        for low, high in stretches
        if function.at((low + (low + 2 if high is None else high)) / 2) > 0
    )


def _dominated(points: Sequence[Point]) -> tuple[Point, ...]:
    """Mark the points that another one beats in cost, floor or cap and equals in the rest."""

    def key(point: Point) -> tuple[Fraction, Fraction, float]:
        assert point.ticket is not None
        cap = point.ticket.cap_pct
        return -point.ticket.cost, point.ticket.floor, math.inf if cap is None else cap

    known = [key(point) for point in points if point.ticket is not None]
    marked = []
    for point in points:
        if point.ticket is None:
            marked.append(point)
            continue
        mine = key(point)
        beaten = any(
            other != mine and other[0] >= mine[0] and other[1] >= mine[1] and other[2] >= mine[2] for other in known
        )
        marked.append(replace(point, dominated=beaten))
    return tuple(marked)
