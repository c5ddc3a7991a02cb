"""What follows once undiscounted calls are known: every piecewise-linear payoff is a sum of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hedgekit.distributions.lines import Line
from hedgekit.distributions.protocol import FloatArray, SpotFunction
from hedgekit.errors import InputError
from hedgekit.payoff import PiecewiseLinear

NODES = 2001
"""Quantiles between which a function is taken as linear when no spots are given."""

BISECTIONS = 200  # more than a double has bits: the search ends by itself


def fraction_of(name: str, value: float) -> float:
    """Check a probability that lies strictly between 0 and 1."""
    if not 0.0 < value < 1.0:
        raise InputError(f"{name} {value!r}: expected a fraction between 0 and 1")
    return float(value)


def probabilities(p: npt.ArrayLike) -> FloatArray:
    """Check probabilities, both ends allowed."""
    share = np.asarray(p, dtype=np.float64)
    if not ((share >= 0.0) & (share <= 1.0)).all():
        raise InputError(f"probability {p!r}: expected 0 to 1")
    return share


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced(ABC):
    """A distribution told by its undiscounted calls and its cumulative probability.

    Attributes
    ----------
    name, statement : str
    mean : float
        Dollars a share.
    """

    name: str
    statement: str
    mean: float

    @abstractmethod
    def calls(self, strikes: npt.ArrayLike) -> FloatArray:
        """Return ``E[max(S - K, 0)]`` at each strike, dollars a share."""

    @abstractmethod
    def cdf(self, spots: npt.ArrayLike) -> FloatArray:
        """Return ``P(S <= s)`` at each spot."""

    @abstractmethod
    def quantile(self, p: npt.ArrayLike) -> FloatArray:
        """Return the spot that is not passed with probability `p`."""

    def probability(self, low: float = 0.0, high: float = np.inf) -> float:
        """Return ``P(low < S < high)``.

        Parameters
        ----------
        low, high : float
            Dollars a share; infinity is allowed.
        """
        if not low < high:
            return 0.0
        below, above = self.cdf(np.array([low, high]))
        return float(min(max(above - below, 0.0), 1.0))

    def probability_above(self, payoff: PiecewiseLinear, level: float = 0.0) -> float:
        """Return the probability that a payoff ends above a level, from the spots where it crosses it.

        Parameters
        ----------
        payoff : PiecewiseLinear
        level : float
            Dollars.
        """
        return self._above(Line.of(payoff), level)

    def expect(self, payoff: PiecewiseLinear) -> float:
        """Return the expected payoff.

        ``E[g(S)] = g(0) + g'(0) E[S] + sum over knots k of (change of slope at k) E[max(S - k, 0)]``, exact.
        """
        return self._expect(Line.of(payoff))

    def expect_function(self, f: SpotFunction, spots: npt.ArrayLike | None = None) -> float:
        """Return the expectation of a function, taken as linear between some spots and beyond the outermost.

        Parameters
        ----------
        f : callable
            Takes an array of spots (n,), returns as many values.
        spots : array_like, optional
            Ascending, dollars a share. Default: 2,001 quantiles from one in 100,000 to as many from above.
        """
        if spots is None:
            tail = np.geomspace(1e-5, 0.05, NODES // 5)
            body = np.linspace(0.05, 0.95, NODES - 2 * len(tail) + 2)[1:-1]
            spots = np.unique(self.quantile(np.concatenate([tail, body, 1.0 - tail[::-1]])))
        return self._expect(Line.through(f, spots))

    def cvar(self, payoff: PiecewiseLinear, level: float = 0.95) -> float:
        """Return the mean payoff over the worst ``1 - level`` of outcomes.

        Parameters
        ----------
        payoff : PiecewiseLinear
        level : float
            0.95 is the mean of the worst twentieth.

        Returns
        -------
        float
            Dollars, signed as the payoff is: a loss is negative.

        Notes
        -----
        The greatest ``q - E[max(q - X, 0)] / (1 - level)`` over q, reached at the quantile (Rockafellar and Uryasev,
        2000, theorem 1); both terms are exact, as the lesser of q and a piecewise-linear payoff is one again.
        """
        tail = 1.0 - fraction_of("level", level)
        line = Line.of(payoff)
        low, high = self._bracket(line, tail)
        for _ in range(BISECTIONS):
            middle = 0.5 * (low + high)
            if not low < middle < high:
                break
            low, high = (low, middle) if 1.0 - self._above(line, middle) >= tail else (middle, high)
        return high + (self._expect(line.capped(high)) - high) / tail

    def sample(self, n: int, seed: int) -> FloatArray:
        """Return `n` spots drawn at random by inversion, shape (n,).

        Parameters
        ----------
        n : int
        seed : int
            The same seed gives the same spots.
        """
        if n < 1:
            raise InputError(f"sample size {n!r}: expected 1 or more")
        uniform = np.random.default_rng(seed).random(n)
        # 0 and 1 are no outcomes
        return self.quantile(np.clip(uniform, 2.0**-54, 1.0 - 2.0**-53))

    def _expect(self, line: Line) -> float:
        bends = np.diff(line.slopes)
        calls = self.calls(line.knots[1:])
        return float(line.values[0] + line.slopes[0] * self.mean + np.dot(bends, calls))

    def _above(self, line: Line, level: float) -> float:
        low, high = line.above(level)
        return float(min(max(np.sum(self.cdf(high) - self.cdf(low)), 0.0), 1.0))

    def _bracket(self, line: Line, tail: float) -> tuple[float, float]:
        """Return levels that the payoff ends at or below with less than, and with at least, a probability."""
        step = 1.0 + float(np.ptp(line.values)) + abs(float(line.slopes[-1])) * self.mean
        low, high = float(line.values.min()) - step, float(line.values.max())
        while 1.0 - self._above(line, low) >= tail:
            low, step = low - step, 2.0 * step
        while 1.0 - self._above(line, high) < tail:
            high, step = high + step, 2.0 * step
        return low, high
