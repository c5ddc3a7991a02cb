"""Piecewise-linear payoffs in floats: knots, values and slopes as arrays for the distributions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hedgekit.distributions.protocol import FloatArray, SpotFunction
from hedgekit.errors import InputError
from hedgekit.payoff import PiecewiseLinear

JOINED = 64
"""With more knots than legs have strikes a payoff is a curve joined from floats: slopes in fractions add nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A continuous piecewise-linear function of the spot on [0, infinity), in floats.

    Attributes
    ----------
    knots, values : ndarray of float64, shape (m,)
        Ascending from 0, dollars a share; the value at each, dollars.
    slopes : ndarray of float64, shape (m,)
        Dollars per dollar of spot to the right of each knot.
    """

    knots: FloatArray
    values: FloatArray
    slopes: FloatArray

    @classmethod
    def of(cls, payoff: PiecewiseLinear) -> Line:
        """Round an exact payoff to floats."""
        knots = np.array([float(knot) for knot in payoff.knots])
        values = np.array([float(value) for value in payoff.values])
        if len(knots) > JOINED:
            return cls(knots, values, np.append(np.diff(values) / np.diff(knots), float(payoff.end_slope)))
        pairs = zip(
            zip(payoff.knots, payoff.values, strict=True),
            zip(payoff.knots[1:], payoff.values[1:], strict=True),
            strict=False,
        )
        slopes = [float((right[1] - left[1]) / (right[0] - left[0])) for left, right in pairs]
        return cls(knots, values, np.array([*slopes, float(payoff.end_slope)]))

    @classmethod
    def through(cls, f: SpotFunction, spots: npt.ArrayLike) -> Line:
        """Join a function's values at some spots by straight lines, extended beyond the first and the last.

        Raises
        ------
        InputError
            Fewer than two spots, not ascending, negative, or a value that is not a number.
        """
        nodes = np.asarray(spots, dtype=np.float64)
        if nodes.ndim != 1 or len(nodes) < 2 or not (nodes[0] >= 0.0 and (np.diff(nodes) > 0.0).all()):
            raise InputError("spots: expected two or more ascending dollars a share, zero or above")
        values = np.asarray(f(nodes), dtype=np.float64)
        if values.shape != nodes.shape or not np.isfinite(values).all():
            raise InputError("the function of the spot did not return one finite number for each spot")
        slopes = np.diff(values) / np.diff(nodes)
        if nodes[0] > 0.0:
            nodes = np.concatenate([[0.0], nodes])
            values = np.concatenate([[values[0] - slopes[0] * nodes[1]], values])
            slopes = np.concatenate([slopes[:1], slopes])
        return cls(nodes, values, np.append(slopes, slopes[-1]))

    def at(self, spots: npt.ArrayLike) -> FloatArray:
        """Return the value at each spot."""
        where = np.asarray(spots, dtype=np.float64)
        place = np.searchsorted(self.knots, where, side="right") - 1
        return np.asarray(self.values[place] + self.slopes[place] * (where - self.knots[place]))

    def above(self, level: float) -> tuple[FloatArray, FloatArray]:
        """Return the open intervals of the spot on which the function is above a level.

        Returns
        -------
        low, high : ndarray of float64, shape (k,)
            Their ends, ascending; the last high may be infinite.
        """
        over, last = self.values - level, np.append(self.knots[1:], np.inf)
        with np.errstate(divide="ignore", invalid="ignore"):
            root = np.clip(self.knots - over / self.slopes, self.knots, last)
        low = np.where(over > 0.0, self.knots, np.where(self.slopes > 0.0, root, last))
        high = np.where((over > 0.0) & (self.slopes < 0.0), root, last)
        some = high > low
        low, high = low[some], high[some]
        if not len(low):
            return low, high
        # neighbours that meet at a knot above the level are one interval; at the level itself they are two
        joined = (low[1:] == high[:-1]) & (self.at(low[1:]) > level)
        return low[np.append(True, ~joined)], high[np.append(~joined, True)]

    def capped(self, level: float) -> Line:
        """Return the lesser of the function and a level."""
        low, high = self.above(level)
        ends = np.concatenate([low, high[np.isfinite(high)]])
        knots = np.unique(np.concatenate([self.knots, ends]))
        # a root is on the level by construction, not merely to rounding
        values = np.where(np.isin(knots, ends), level, self.at(knots)).clip(max=level)
        end = 0.0 if len(high) and not np.isfinite(high[-1]) else self.slopes[-1]
        return Line(knots, values, np.append(np.diff(values) / np.diff(knots), end))
