"""Expiry wealth of shares and one-expiry options: piecewise linear, so its extremes are exact.

Wealth bends only at strikes. Its minimum and maximum over every spot from zero to infinity are
therefore found at zero, at a strike, or in the slope beyond the last strike: no grid, no simulation.
Kinks and values are kept as fractions, so a floor is a fact about the legs and not about rounding.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hedgekit.model import Leg


def exact(number: float) -> Fraction:
    """Return the decimal number a float was written as: 4.1 means 41/10, not its nearest double.

    Parameters
    ----------
    number : float
        Finite.

    Examples
    --------
    >>> exact(4.1)
    Fraction(41, 10)
    """
    return _decimal(float(number))


@lru_cache(maxsize=4096)
def _decimal(number: float) -> Fraction:
    return Fraction(repr(number))


@dataclass(frozen=True, slots=True)
class Extreme:
    """A smallest or largest value, and a spot where it is reached: of several the highest for a smallest value."""

    value: Fraction
    spot: Fraction


@dataclass(frozen=True, slots=True)
class PiecewiseLinear:
    """A continuous function of the spot on [0, infinity) that bends at knots.

    Attributes
    ----------
    knots : tuple of Fraction
        Ascending, the first is 0. Dollars a share.
    values : tuple of Fraction
        Value at each knot, dollars.
    end_slope : Fraction
        Dollars per dollar of spot beyond the last knot.
    """

    knots: tuple[Fraction, ...]
    values: tuple[Fraction, ...]
    end_slope: Fraction

    def at(self, spot: float | Fraction) -> Fraction:
        """Return the value at one spot, exact.

        Parameters
        ----------
        spot : float or Fraction
            Zero or more, dollars a share.
        """
        s = spot if isinstance(spot, Fraction) else exact(spot)
        i = max(n for n, knot in enumerate(self.knots) if knot <= s)
        return self.values[i] + self._slope(i) * (s - self.knots[i])

    def minimum(self, *, low: float | Fraction = 0) -> Extreme | None:
        """Return the least value over spots at or above `low`; None when it falls without limit."""
        if self.end_slope < 0:
            return None
        start = low if isinstance(low, Fraction) else exact(low)
        points = [
            (self.at(start), -start),
            *((v, -k) for k, v in zip(self.knots, self.values, strict=True) if k > start),
        ]
        value, negative_spot = min(points)
        return Extreme(value, -negative_spot)

    def maximum(self, *, low: float | Fraction = 0) -> Extreme | None:
        """Return the largest value over spots at or above `low`; None when it rises without limit."""
        if self.end_slope > 0:
            return None
        start = low if isinstance(low, Fraction) else exact(low)
        points = [
            (self.at(start), -start),
            *((v, -k) for k, v in zip(self.knots, self.values, strict=True) if k > start),
        ]
        value, negative_spot = max(points)
        return Extreme(value, -negative_spot)

    def crossings(self, level: Fraction) -> tuple[Fraction, ...]:
        """Return the spots where the function passes through `level`, ascending.

        A stretch that lies on the level gives the spots where it begins and ends.
        """
        found: set[Fraction] = {knot for knot, value in zip(self.knots, self.values, strict=True) if value == level}
        above = [value > level for value in self.values]
        for i, knot in enumerate(self.knots):
            value, last = self.values[i], i == len(self.knots) - 1
            if value == level:
                continue
            if last:
                if self.end_slope != 0 and above[i] == (self.end_slope < 0):
                    found.add(knot + (level - value) / self.end_slope)
            elif self.values[i + 1] != level and above[i] != above[i + 1]:
                found.add(knot + (level - value) / self._slope(i))
        return tuple(sorted(found))

    def holds_from(self, level: Fraction) -> Fraction | None:
        """Return the least spot from which on the function never falls below `level`.

        Returns
        -------
        Fraction or None
            0 when it holds everywhere; None when it fails however high the spot.
        """
        if self.end_slope < 0 or (self.end_slope == 0 and self.values[-1] < level):
            return None
        start = self.knots[-1]
        if self.values[-1] < level:
            return start + (level - self.values[-1]) / self.end_slope
        for i in range(len(self.knots) - 2, -1, -1):
            if self.values[i] < level:
                return self.knots[i] + (level - self.values[i]) / self._slope(i)
            start = self.knots[i]
        return start

    def minus(self, amount: Fraction) -> PiecewiseLinear:
        """Return the function lowered by an amount of dollars."""
        return PiecewiseLinear(self.knots, tuple(value - amount for value in self.values), self.end_slope)

    def _slope(self, i: int) -> Fraction:
        if i == len(self.knots) - 1:
            return self.end_slope
        return (self.values[i + 1] - self.values[i]) / (self.knots[i + 1] - self.knots[i])


def expiry_wealth(shares: int, legs: Sequence[Leg]) -> PiecewiseLinear:
    """Return the value at expiry of shares and options that expire together, before what was paid for them.

    ``W(S) = shares S + sum contracts multiplier max(0, sign (S - K))``

    Parameters
    ----------
    shares : int
        Signed, + is long.
    legs : sequence of Leg
        Options of one expiry.

    Raises
    ------
    ValueError
        When the legs expire on different days: a far leg's value then depends on its vol.

    Examples
    --------
    >>> from datetime import date
    >>> from hedgekit.model import Leg, Option
    >>> put = Option(root="IWM", expiry=date(2026, 9, 18), kind="put", strike=270.0)
    >>> wealth = expiry_wealth(100, [Leg(contracts=1, option=put, premium=4.10)])
    >>> float(wealth.minimum().value), float(wealth.at(300.0))
    (27000.0, 30000.0)
    """
    if len({leg.option.expiry for leg in legs}) > 1:
        raise ValueError("the legs expire on different days: their joint wealth is not piecewise linear")
    knots = sorted({Fraction(0), *(exact(leg.option.strike) for leg in legs)})
    values = tuple(sum((_payoff(leg, knot) for leg in legs), start=shares * knot) for knot in knots)
    calls = sum(leg.contracts * leg.option.multiplier for leg in legs if leg.option.sign == 1)
    return PiecewiseLinear(tuple(knots), values, Fraction(shares + calls))


def _payoff(leg: Leg, spot: Fraction) -> Fraction:
    return leg.contracts * leg.option.multiplier * max(Fraction(0), leg.option.sign * (spot - exact(leg.option.strike)))


def net_premium(legs: Sequence[Leg]) -> Fraction:
    """Return what the legs cost before fees, exact dollars: positive when paid, negative when received."""
    return sum((leg.contracts * leg.option.multiplier * exact(leg.premium) for leg in legs), start=Fraction(0))


def total_cost(legs: Sequence[Leg], fee: float) -> Fraction:
    """Return premium and fees, exact dollars.

    Parameters
    ----------
    legs : sequence of Leg
        With the premium paid (bought) or received (sold).
    fee : float
        Dollars a contract, bought or sold.
    """
    return net_premium(legs) + exact(fee) * sum(abs(leg.contracts) for leg in legs)


def carried(cost: float, rate: float, t_years: float) -> float:
    """Return a cost financed to expiry; a credit earns nothing.

    Parameters
    ----------
    cost : float
        Dollars, positive when paid.
    rate : float
        Continuously compounded, decimal a year.
    t_years : float
        Years to expiry.

    Examples
    --------
    >>> round(carried(1000.0, 0.04, 0.5), 2), carried(-1000.0, 0.04, 0.5)
    (1020.2, -1000.0)
    """
    return cost * growth(rate, t_years) if cost > 0 else cost


def growth(rate: float, t_years: float) -> float:
    """Return what a dollar borrowed now has grown to at expiry.

    Parameters
    ----------
    rate : float
        Continuously compounded, decimal a year.
    t_years : float
        Years to expiry.
    """
    return math.exp(rate * t_years)


def carried_exact(cost: Fraction, rate: float, t_years: float) -> Fraction:
    """Return a cost financed to expiry as an exact number; a credit earns nothing.

    The growth is the double that `growth` gives, taken as it is; nothing else is rounded, so that two tickets, or a
    ticket and its floor, compare as their legs do.

    Examples
    --------
    >>> carried_exact(Fraction(1234), 0.0, 0.5)
    Fraction(1234, 1)
    """
    return cost * Fraction(growth(rate, t_years)) if cost > 0 else cost
