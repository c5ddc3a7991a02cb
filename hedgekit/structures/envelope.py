"""Profit at the first expiry when other legs live on: bounds from convexity, refined until they close.

An option's value is convex in the spot. Between two valued spots it lies below the straight line that joins them, and
above the lines through the neighbouring pairs. Legs bought and sold are then bounded on every interval from both
sides, so that the least and the greatest profit over every spot are known to a stated error, and no peak between two
points of a grid can be missed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from hedgekit.errors import ConvergenceError
from hedgekit.model import Holding, Leg
from hedgekit.payoff import PiecewiseLinear, expiry_wealth
from hedgekit.structures.outcome import Outcome, gaining, outlay
from hedgekit.structures.revaluation import cash_after, option_values, terms_after
from hedgekit.structures.setting import Setting, options_of, shares_of

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
Extremum = tuple[Fraction | None, Fraction | None]

TOLERANCE, SCALE = 0.005, 2.5e-7
"""Extremes are known to so many dollars a contract, or to that part of the shares' value when it is more."""

DEVIATIONS = 8.0
"""The search ends where the farthest leg's spot is this many deviations above; beyond it limits are used."""

ROUNDS = 40
MOST_NODES = 20_000
NARROWEST = 1e-7  # of the spot: the engine's own noise makes narrower intervals meaningless
ROOT_USD = 1e-6  # profit at a break-even, dollars
LOW, HIGH, CURVE = 0.2, 4.0, 4.0  # between these multiples of the spot the curve itself is known to so many tolerances


@dataclass(frozen=True, slots=True)
class _Far:
    """A leg that lives on, with what is known of its value at both ends of the axis."""

    leg: Leg
    count: float  # contracts x multiplier, signed
    first_slope: float  # no value falls faster from a spot of zero
    end_slope: float  # of the value far above every strike
    limit: float  # value less end_slope x spot, as the spot grows without bound


def living_outcome(holdings: Sequence[Holding], setting: Setting, fee: float) -> Outcome:
    """Return the outcome at the first expiry of legs of which some expire later.

    Parameters
    ----------
    holdings : sequence of Leg and Shares
    setting : Setting
        With a vol for every later leg.
    fee : float
        Dollars an option contract.

    Raises
    ------
    ConvergenceError
        A leg could not be valued, or the bounds did not close.

    Notes
    -----
    For a convex ``f`` valued at ``x0 < x1 < x2 < x3``, on ``[x1, x2]``: the chord through ``(x1, x2)`` is above ``f``,
    the extended chords through ``(x0, x1)`` and ``(x2, x3)`` are below it.
    """
    legs = options_of(holdings)
    horizon, elapsed = setting.horizon, setting.t_horizon
    near = tuple(leg for leg in legs if leg.option.expiry == horizon)
    far = tuple(_far(leg, setting, elapsed) for leg in legs if leg.option.expiry != horizon)
    shares = sum(held.shares for held in shares_of(holdings))
    base = expiry_wealth(shares, near).minus(outlay(holdings, fee))
    search = _Search(base, far, setting, elapsed)
    search.refine()
    return search.outcome()


def _far(leg: Leg, setting: Setting, elapsed: float) -> _Far:
    """Bound a leg's value at zero and far above."""
    count = float(leg.contracts * leg.option.multiplier)
    day = leg.option.expiry
    if leg.option.sign == -1:
        (_, div_yield), left = terms_after(setting, day, elapsed), setting.t_years[day] - elapsed
        return _Far(leg, count, -max(1.0, math.exp(-div_yield * left)), 0.0, 0.0)
    slope, limit = far_above(np.array([leg.option.strike]), day, setting, elapsed)
    return _Far(leg, count, 0.0, slope, float(limit[0]))


def far_above(strikes: FloatArray, day: date, setting: Setting, elapsed: float) -> tuple[float, FloatArray]:
    """Return what calls come to as the spot grows without bound: exercised at the best moment for them.

    Parameters
    ----------
    strikes : ndarray of float64, shape (n,)
    day : datetime.date
        Their expiry.
    setting : Setting
    elapsed : float
        Years from now until they are valued.

    Returns
    -------
    slope : float
        Of their value.
    limit : ndarray of float64, shape (n,)
        Value less slope x spot, dollars a share.
    """
    (rate, div_yield), left = terms_after(setting, day, elapsed), setting.t_years[day] - elapsed
    cash = [(when, amount) for when, amount in cash_after(setting, elapsed) if when <= left]

    def held_until(when: float) -> FloatArray:
        missed = sum(amount * math.exp(-rate * paid) for paid, amount in cash if paid < when)
        return np.asarray(-strikes * math.exp(-rate * when) - missed)

    last = held_until(math.nextafter(left, math.inf))
    if setting.exercise == "european" or div_yield < 0.0:
        return math.exp(-div_yield * left), last
    if div_yield > 0.0:
        return 1.0, -strikes
    return 1.0, np.max([-strikes, last, *(held_until(paid) for paid, _ in cash)], axis=0)


class _Search:
    """Nodes on the spot axis with every far leg's value there, split where the bounds are not yet close."""

    def __init__(self, base: PiecewiseLinear, far: Sequence[_Far], setting: Setting, elapsed: float) -> None:
        self.base, self.far, self.setting, self.elapsed = base, far, setting, elapsed
        self.count = np.array([leg.count for leg in far])
        many = max(leg.leg.option.multiplier for leg in far)
        each = max(TOLERANCE, SCALE * setting.spot * many)
        self.tolerance = each * float(np.abs(self.count).sum()) / many
        strikes = [float(knot) for knot in base.knots] + [leg.leg.option.strike for leg in far]
        self.top = self._top(max(*strikes, setting.spot))
        body = np.linspace(0.0, 2.0 * setting.spot, 65)
        tail = np.geomspace(max(2.0 * setting.spot, *strikes), self.top, 17)
        # a put is not convex where the next cash dividends would take a small spot to zero
        due = np.cumsum([amount for _, amount in cash_after(setting, elapsed)])
        nodes = np.unique(np.concatenate([[0.0], due, body, tail, strikes]))
        self.nodes = nodes[nodes <= self.top]
        self.values = self._value(self.nodes)
        calls = sum(leg.leg.contracts * leg.leg.option.multiplier for leg in far if leg.leg.option.sign == 1)
        self.shares = base.end_slope + calls
        self.carry = float(sum(leg.count * (leg.end_slope - 1.0) for leg in far if leg.leg.option.sign == 1))

    def _top(self, highest: float) -> float:
        vol = max(self.setting.vols[leg.leg.option] for leg in self.far)
        longest = max(self.setting.t_years[leg.leg.option.expiry] for leg in self.far)
        carry = max(abs(self.setting.rates[leg.leg.option.expiry]) for leg in self.far) * longest
        return highest * math.exp(min(DEVIATIONS * vol * math.sqrt(longest) + carry, math.log(100.0)))

    def _value(self, spots: FloatArray) -> FloatArray:
        """Value every far leg, shape (legs, n)."""
        return np.array([option_values(leg.leg.option, self.setting, spots, self.elapsed) for leg in self.far])

    def _base(self, spots: FloatArray) -> FloatArray:
        knots = np.array([float(knot) for knot in self.base.knots])
        values = np.array([float(value) for value in self.base.values])
        inside = np.interp(spots, knots, values)
        return np.asarray(inside + float(self.base.end_slope) * np.maximum(spots - knots[-1], 0.0))

    def profit(self) -> FloatArray:
        """Profit at the nodes, dollars."""
        return np.asarray(self._base(self.nodes) + self.count @ self.values)

    def bounds(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return, between neighbouring nodes, what profit cannot be below and above, and how far apart both are."""
        x, width = self.nodes, np.diff(self.nodes)
        chord = np.diff(self.values, axis=1) / width
        first = np.array([[leg.first_slope] for leg in self.far])
        end = np.array([[leg.end_slope] for leg in self.far])
        before = np.concatenate([first, chord[:, :-1]], axis=1)
        after = np.concatenate([chord[:, 1:], end], axis=1)
        start, stop = self.values[:, :-1], self.values[:, 1:]
        # where the two lower lines of one leg meet, measured from the left node; rounding can put it outside
        with np.errstate(divide="ignore", invalid="ignore"):
            meet = (stop - after * width - start) / (before - after)
        meet = np.clip(np.where(np.isfinite(meet), meet, 0.0), 0.0, width)
        spots = np.concatenate([np.zeros((1, len(width))), meet, width[None, :]])
        lower = self._base(x[:-1] + spots)
        upper = lower.copy()
        for i, count in enumerate(self.count):
            under = np.maximum(start[i] + before[i] * spots, stop[i] + after[i] * (spots - width))
            over = start[i] + chord[i] * spots
            under = np.minimum(under, over)
            lower += count * (under if count > 0 else over)
            upper += count * (over if count > 0 else under)
        return lower.min(axis=0), upper.max(axis=0), (upper - lower).max(axis=0)

    def refine(self) -> None:
        """Split intervals until extremes, break-evens and the joined curve are known.

        Raises
        ------
        ConvergenceError
            When the bounds do not close.
        """
        for _ in range(ROUNDS):
            profit = self.profit()
            split = self._open(profit, *self.bounds())
            if not split.any():
                return
            if len(self.nodes) + int(split.sum()) > MOST_NODES:
                break
            middle = 0.5 * (self.nodes[:-1] + self.nodes[1:])[split]
            self._add(middle)
        raise ConvergenceError(
            f"profit at {self.setting.horizon} is not known to ${self.tolerance:.3f} after {len(self.nodes)} spots"
        )

    def _add(self, spots: FloatArray) -> None:
        nodes = np.concatenate([self.nodes, spots])
        values = np.concatenate([self.values, self._value(spots)], axis=1)
        order = np.argsort(nodes, kind="stable")
        self.nodes, self.values = nodes[order], values[:, order]

    def _open(self, profit: FloatArray, lower: FloatArray, upper: FloatArray, gap: FloatArray) -> BoolArray:
        """Mark the intervals where more than the tolerance is unknown."""
        extreme = (lower < profit.min() - self.tolerance) | (upper > profit.max() + self.tolerance)
        # between ends of one sign profit may still touch zero twice: look closer until it cannot, or by how little
        touch = (lower < 0.0) & (upper > 0.0) & (profit[:-1] * profit[1:] >= 0.0) & (gap > self.tolerance)
        nearby = (self.nodes[1:] > LOW * self.setting.spot) & (self.nodes[:-1] < HIGH * self.setting.spot)
        curved = (gap > CURVE * self.tolerance) & nearby
        return np.asarray((extreme | touch | curved) & (np.diff(self.nodes) > NARROWEST * self.setting.spot))

    def outcome(self) -> Outcome:
        """Return extremes, break-evens and the joined curve."""
        roots = self._roots()
        if len(roots):
            self._add(np.array(roots))
        profit = self.profit()
        profit[np.isin(self.nodes, roots)] = 0.0
        nodes = tuple(Fraction(node) for node in self.nodes.tolist())
        values = tuple(Fraction(value) for value in profit.tolist())
        curve = PiecewiseLinear(nodes, values, self.shares + Fraction(self.carry))
        (low, low_spot), (high, high_spot) = min(zip(values, nodes, strict=True)), max(zip(values, nodes, strict=True))
        bottom: Extremum = (low, low_spot) if self.shares >= 0 else (None, None)
        peak: Extremum = (high, high_spot) if self.shares <= 0 else (None, None)
        if self.shares == 0 and self.carry == 0.0:
            least, most = (Fraction(level) for level in self._tail())
            bottom = (least, None) if least < low - Fraction(self.tolerance) else bottom
            peak = (most, None) if most > high + Fraction(self.tolerance) else peak
        # a yield on later calls tilts profit far above every strike: no break-even and no limit hangs on that
        shown = PiecewiseLinear(nodes, values, self.shares) if self.shares == 0 else curve
        return Outcome(
            profit=curve,
            low=bottom[0],
            high=peak[0],
            low_spot=bottom[1],
            high_spot=peak[1],
            breakevens=shown.crossings(Fraction(0)),
            gains=gaining(shown),
            carry_slope=self.carry,
            top=self.top,
            error_usd=self.tolerance,
        )

    def _tail(self) -> tuple[float, float]:
        """Return what profit cannot be below and above beyond the last node, where it has no slope in the end."""
        knot, value, slope = (float(x) for x in (self.base.knots[-1], self.base.values[-1], self.base.end_slope))
        start = [
            float(values[-1]) - leg.end_slope * self.top for leg, values in zip(self.far, self.values, strict=True)
        ]
        ends = [(leg.count * leg.limit, leg.count * here) for leg, here in zip(self.far, start, strict=True)]
        level = value - slope * knot
        return level + sum(min(pair) for pair in ends), level + sum(max(pair) for pair in ends)

    def _roots(self) -> list[float]:
        """Return the spots where profit changes sign, by false position on the legs' own values (Illinois rule)."""
        profit = self.profit()
        found = []
        for i in np.flatnonzero(profit[:-1] * profit[1:] < 0.0):
            (a, b), (fa, fb) = self.nodes[i : i + 2].tolist(), profit[i : i + 2].tolist()
            side = 0
            for _ in range(ROUNDS):
                root = (a * fb - b * fa) / (fb - fa)
                spot = np.array([root])
                f = float(self._base(spot)[0] + self.count @ self._value(spot)[:, 0])
                if abs(f) < ROOT_USD or b - a < NARROWEST * ROOT_USD * self.setting.spot:
                    break
                if f * fa > 0.0:
                    a, fa, fb, side = root, f, fb / 2.0 if side == 1 else fb, 1
                else:
                    b, fb, fa, side = root, f, fa / 2.0 if side == -1 else fa, -1
            if self.nodes[i] < root < self.nodes[i + 1]:
                found.append(root)
        return found
