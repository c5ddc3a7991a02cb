"""Profit and loss at the first expiry as a function of the spot, and what is exact about it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from hedgekit.model import Holding
from hedgekit.payoff import PiecewiseLinear, exact, expiry_wealth, net_premium
from hedgekit.structures.setting import options_of, shares_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Extremes and break-evens of a structure over every spot from zero up.

    Attributes
    ----------
    profit : PiecewiseLinear
        Dollars at the first expiry, after what the legs cost: exact, or joined between valued spots.
    low, high : Fraction or None
        Least and greatest profit, dollars; None without limit.
    low_spot, high_spot : Fraction or None
        Where they are reached; None when only in the limit of a spot without bound.
    breakevens : tuple of Fraction
        Spots where profit is zero, ascending.
    gains : tuple of (low, high)
        Open intervals of the spot on which there is a profit, ascending; the last may have no upper end (None).
    error_usd : float
        Bound on the error of `low` and `high`; 0 where they are exact.
    carry_slope : float
        Dollars per dollar of spot by which the dividend yield tilts the value of later calls above `top`: left out of
        `low`, `high` and break-evens, as no loss in reach hangs on it.
    top : float
        Highest spot searched.
    """

    profit: PiecewiseLinear
    low: Fraction | None
    high: Fraction | None
    low_spot: Fraction | None
    high_spot: Fraction | None
    breakevens: tuple[Fraction, ...]
    gains: tuple[tuple[Fraction, Fraction | None], ...]
    error_usd: float = 0.0
    carry_slope: float = 0.0
    top: float = math.inf

    @property
    def is_exact(self) -> bool:
        """Whether extremes and break-evens come from kinks and end slopes alone."""
        return self.error_usd == 0.0


def where(profit: PiecewiseLinear, level: Fraction) -> tuple[tuple[Fraction, Fraction | None], ...]:
    """Return the closed stretches of the spot on which a function has a value: (low, high), high None without end.

    Examples
    --------
    >>> zero, one, five, ten, twenty = map(Fraction, (0, 1, 5, 10, 20))
    >>> flat = PiecewiseLinear((zero, ten, twenty), (one, one, five), zero)
    >>> [(int(low), high and int(high)) for low, high in where(flat, Fraction(1))], where(flat, Fraction(5))
    ([(0, 10)], ((Fraction(20, 1), None),))
    """
    found: list[tuple[Fraction, Fraction | None]] = []
    for i, spot in enumerate(profit.knots):
        if profit.values[i] != level:
            continue
        last = i == len(profit.knots) - 1
        end = (None if profit.end_slope == 0 else spot) if last else spot
        if found and i and profit.values[i - 1] == level:
            found[-1] = (found[-1][0], end)
        else:
            found.append((spot, end))
    return tuple(found)


def outlay(holdings: Sequence[Holding], fee: float) -> Fraction:
    """Return what the whole position costs, exact dollars: options, shares and fees; negative when received.

    Parameters
    ----------
    holdings : sequence of Leg and Shares
    fee : float
        Dollars an option contract.
    """
    legs = options_of(holdings)
    shares = sum((held.shares * exact(held.price) for held in shares_of(holdings)), start=Fraction(0))
    return net_premium(legs) + shares + exact(fee) * sum(abs(leg.contracts) for leg in legs)


def exact_outcome(holdings: Sequence[Holding], fee: float) -> Outcome:
    """Return the outcome of legs that expire together, from kinks and end slopes in rational arithmetic.

    Parameters
    ----------
    holdings : sequence of Leg and Shares
        Options of one expiry.
    fee : float
        Dollars an option contract.
    """
    count = sum(held.shares for held in shares_of(holdings))
    profit = expiry_wealth(count, options_of(holdings)).minus(outlay(holdings, fee))
    low, high = profit.minimum(), profit.maximum()
    return Outcome(
        profit=profit,
        low=None if low is None else low.value,
        high=None if high is None else high.value,
        low_spot=None if low is None else low.spot,
        high_spot=None if high is None else high.spot,
        breakevens=profit.crossings(Fraction(0)),
        gains=gaining(profit),
    )


def gaining(profit: PiecewiseLinear) -> tuple[tuple[Fraction, Fraction | None], ...]:
    """Return the open intervals of the spot on which a function is above zero.

    Examples
    --------
    >>> zero, five, ten, twenty = map(Fraction, (0, 5, 10, 20))
    >>> tent = PiecewiseLinear((zero, ten, twenty), (-five, five, -five), zero)
    >>> [(float(low), float(high)) for low, high in gaining(tent)]
    [(5.0, 15.0)]
    """
    values = dict(zip(profit.knots, profit.values, strict=True))
    values.update(dict.fromkeys(profit.crossings(Fraction(0)), Fraction(0)))
    edges = sorted(values)
    found: list[tuple[Fraction, Fraction | None]] = []
    for start, end in zip(edges, [*edges[1:], None], strict=True):
        # no crossing lies inside: the ends that are not zero have the sign of all between
        sign = values[start] or (profit.end_slope if end is None else values[end])
        if sign <= 0:
            continue
        if found and found[-1][1] == start and values[start] > 0:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return tuple(found)
