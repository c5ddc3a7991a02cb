"""The hedge problem as whole numbers for the exact search, and its tickets back as legs.

Every amount is a multiple of one unit of money: one over the least common multiple of the denominators of all
contract costs (100 x premium plus or minus the fee) and strikes, read as the decimal numbers they were written as.
Cents are then whole numbers and so are half cents or a fee of 0.655. A premium with more decimals than can be carried
is rounded against the hedger to a millionth of a dollar a contract.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np

from hedgekit import units
from hedgekit.core import _optimum
from hedgekit.errors import InputError
from hedgekit.hedges.problem import Problem
from hedgekit.model import Leg, Option
from hedgekit.payoff import exact, growth

MAX_LEGS = _optimum.MAX_LEGS
"""Most distinct legs of a ticket that the search knows."""

COARSEST = 1_000_000
"""Units in a dollar where the quotes have more decimals than whole numbers can carry."""

LARGEST = 2**61
"""Amounts in units of money stay below this."""

DOUBLE_BITS = 53

Watch: TypeAlias = Callable[[int, float], bool | None]
"""Told how far a search is: legs of the tickets looked at, and the share of them done; False stops it."""


@dataclass(frozen=True, slots=True)
class CandidateLeg:
    """One contract that may be bought or sold.

    Attributes
    ----------
    option : Option
    side : int
        +1 bought at the ask, -1 sold at the bid.
    premium : float
        Dollars a share.
    cost : Fraction
        Dollars a contract, fee included; negative when it brings money.
    limit : int
        Most contracts.
    """

    option: Option
    side: int
    premium: float
    cost: Fraction
    limit: int

    def leg(self, contracts: int) -> Leg:
        """Return that many contracts as a leg."""
        return Leg(contracts=self.side * contracts, option=self.option, premium=self.premium)


def candidate_legs(problem: Problem, *, within_display: bool = False) -> list[CandidateLeg]:
    """Return what may be bought and sold under the rules of the goal.

    Puts are bought at any strike the problem lists and sold below the spot; calls only when the user named a cap: sold
    at the cap or above, bought at the spot or above. At most as many contracts of each as cover the shares.

    Parameters
    ----------
    problem : Problem
    within_display : bool
        Also at most the displayed size, where the file says it.
    """
    found: list[CandidateLeg] = []
    spot = exact(problem.spot)
    sides = [
        (problem.puts, 1, problem.most_puts, Fraction(0), None),
        (problem.puts, -1, problem.most_puts, Fraction(0), spot),
    ]
    if problem.calls_allowed:
        sides.append((problem.calls, 1, problem.most_calls, spot, None))
        sides.append((problem.calls, -1, problem.most_calls, exact(problem.cap) * spot, None))
    for quotes, side, most, low, below in sides:
        prices, sizes = (quotes.ask, quotes.ask_size) if side > 0 else (quotes.bid, quotes.bid_size)
        for row, option in enumerate(quotes.options):
            strike = exact(option.strike)
            if strike < low or (below is not None and strike >= below):
                continue
            shown = float(sizes[row])
            limit = min(most, int(shown)) if within_display and math.isfinite(shown) else most
            if limit < 1:
                continue
            premium = float(prices[row])
            cost = side * option.multiplier * exact(premium) + exact(problem.fee)
            found.append(CandidateLeg(option, side, premium, cost, limit))
    return found


class WholeNumbers:
    """A problem in units of money, bound to the compiled search.

    Parameters
    ----------
    problem : Problem
    legs : iterable of CandidateLeg
    lowest_spot : Fraction
        The floor is to hold from this spot up.

    Raises
    ------
    InputError
        When the position is too large to be counted exactly.
    """

    def __init__(self, problem: Problem, legs: Iterable[CandidateLeg], *, lowest_spot: Fraction = Fraction(0)) -> None:
        self.problem = problem
        self.legs = list(legs)
        strikes = [exact(leg.option.strike) for leg in self.legs]
        costs = [leg.cost for leg in self.legs]
        places = [number.denominator for number in (*costs, *strikes, lowest_spot)]
        highest = max([*strikes, lowest_spot], default=Fraction(1))
        contracts = 2 * MAX_LEGS * max((leg.limit for leg in self.legs), default=1)
        dollars = (problem.shares + units.MULTIPLIER * contracts) * (highest + 1)
        dollars = max(dollars, contracts * max(map(abs, costs), default=Fraction(0)))
        self.per_dollar = math.lcm(*places)
        self.exact = self.per_dollar * dollars < LARGEST
        if not self.exact:
            self.per_dollar = COARSEST
            lowest_spot = Fraction(math.ceil(lowest_spot * COARSEST), COARSEST)
        mantissa, power = math.frexp(growth(problem.rate, problem.t_years))
        self.exponent = DOUBLE_BITS - power
        if not (self.per_dollar * dollars < LARGEST and 0 < self.exponent <= DOUBLE_BITS + 8):
            raise InputError(
                f"{problem.shares:,} shares at {problem.spot:g} with growth {math.ldexp(mantissa, power):g} to expiry "
                "are too much to be counted to the cent: split the position"
            )
        self.mantissa = int(math.ldexp(mantissa, DOUBLE_BITS))
        self.lowest_spot = self._units(lowest_spot)
        self.strikes = [self._units(strike) for strike in strikes]
        self.costs = [self._units(cost) for cost in costs]
        self.search = _optimum.Search(
            np.array([leg.option.sign for leg in self.legs], dtype=np.int8),
            np.array([leg.side for leg in self.legs], dtype=np.int8),
            np.array(self.strikes, dtype=np.int64),
            np.array(self.costs, dtype=np.int64),
            np.array([leg.limit for leg in self.legs], dtype=np.int64),
            shares=problem.shares,
            multiplier=units.MULTIPLIER,
            most_puts=problem.most_puts,
            most_calls=problem.most_calls,
            lowest_spot=self.lowest_spot,
            mantissa=self.mantissa,
            exponent=self.exponent,
        )

    def _units(self, dollars: Fraction) -> int:
        return -(-dollars.numerator * self.per_dollar // dollars.denominator)

    def target(self, dollars: Fraction) -> int:
        """Return wealth to keep as the search takes it: units of money times ``2**exponent``, rounded up."""
        return math.ceil(dollars * (self.per_dollar << self.exponent))

    def stated(self) -> dict[str, Any]:
        """Return everything the search was given but its target, as whole numbers for a certificate."""
        return {
            "shares": self.problem.shares,
            "most_puts": self.problem.most_puts,
            "most_calls": self.problem.most_calls,
            "lowest_spot": self.lowest_spot,
            "growth": [self.mantissa, self.exponent],
            "legs": [
                {
                    "symbol": leg.option.compact,
                    "kind": leg.option.sign,
                    "side": leg.side,
                    "premium": leg.premium,
                    "strike": strike,
                    "cost": cost,
                    "limit": leg.limit,
                }
                for leg, strike, cost in zip(self.legs, self.strikes, self.costs, strict=True)
            ],
        }

    def _as_legs(self, found: Any) -> tuple[Leg, ...] | None:
        if found is None:
            return None
        rows, contracts, _, _ = found
        return tuple(self.legs[row].leg(count) for row, count in zip(rows, contracts, strict=True))

    def run(
        self,
        *,
        target: Fraction | None,
        max_legs: int,
        keep: int = 1,
        margin: Fraction = Fraction(0),
        budget: Fraction | None = None,
        watch: Watch | None = None,
    ) -> tuple[list[tuple[Leg, ...]], list[tuple[Leg, ...] | None], dict[str, int]]:
        """Search, and return the legs of the best tickets.

        Parameters
        ----------
        target : Fraction or None
            Dollars of wealth to keep at the least cost; None looks for the highest floor.
        max_legs, keep : int
        margin : Fraction
            How much dearer than the best a kept ticket may be, dollars.
        budget : Fraction or None
            Most to pay, dollars.
        watch : callable, optional
            Told the legs being searched and the share of them done; stops the search by returning False.

        Returns
        -------
        tickets, by_legs, work
            Legs best first; the best of at most 1, 2, ... legs (None when there is none); counts of the search.
        """
        tickets, by_legs, work = self.search.run(
            target=None if target is None else self.target(target),
            max_legs=max_legs,
            keep=keep,
            margin=math.floor(margin * self.per_dollar),
            budget=None if budget is None else math.floor(budget * self.per_dollar),
            watch=watch,
        )
        legs = [self._as_legs(found) for found in tickets]
        return [found for found in legs if found is not None], [self._as_legs(found) for found in by_legs], work
