"""What the spot would do if the past came again: horizon returns drawn from daily ones, in blocks."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hedgekit.distributions.lines import Line
from hedgekit.distributions.priced import fraction_of, probabilities
from hedgekit.distributions.protocol import FloatArray, SpotFunction
from hedgekit.errors import InputError
from hedgekit.payoff import PiecewiseLinear

LEAST_DRAWS = 1000
DRAWS = 20_000
"""Horizons drawn by the bootstrap: a probability of 5% is then known to about 0.15 points."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Historical:
    """Equally likely spots; every answer is exact over them.

    Attributes
    ----------
    name, statement : str
    spots : ndarray of float64, shape (m,)
        Ascending, dollars a share.
    mean : float
    lows, highs : ndarray of float64, shape (m,)
        Lowest and highest daily close on the way to each outcome, each ascending by itself; empty when the outcomes
        were recentred, because the way was not.
    """

    name: str
    statement: str
    spots: FloatArray
    mean: float
    lows: FloatArray
    highs: FloatArray

    def touch(self, level: float, spot: float) -> float | None:
        """Return the share of ways on which some daily close is at a level or beyond it, seen from today's spot.

        Parameters
        ----------
        level, spot : float
            Dollars a share.

        Returns
        -------
        float or None
            None when the outcomes were recentred.
        """
        if not len(self.highs):
            return None
        if level >= spot:
            passed = len(self.highs) - np.searchsorted(self.highs, level, "left")
        else:
            passed = np.searchsorted(self.lows, level, "right")
        return float(passed / len(self.highs))

    def cdf(self, spots: npt.ArrayLike) -> FloatArray:
        """Return the share of outcomes at or below each spot."""
        return np.asarray(np.searchsorted(self.spots, np.asarray(spots, dtype=np.float64), "right") / len(self.spots))

    def quantile(self, p: npt.ArrayLike) -> FloatArray:
        """Return the least outcome that a share `p` of outcomes does not pass."""
        # a share that is a whole number of outcomes must not become the next by rounding
        rank = np.ceil(probabilities(p) * len(self.spots) * (1.0 - 4.0 * np.finfo(float).eps))
        return np.asarray(self.spots[np.clip(rank.astype(np.intp) - 1, 0, len(self.spots) - 1)])

    def probability(self, low: float = 0.0, high: float = np.inf) -> float:
        """Return the share of outcomes between two spots, neither included."""
        if not low < high:
            return 0.0
        first, last = np.searchsorted(self.spots, low, "right"), np.searchsorted(self.spots, high, "left")
        return float((last - first) / len(self.spots))

    def probability_above(self, payoff: PiecewiseLinear, level: float = 0.0) -> float:
        """Return the share of outcomes in which a payoff ends above a level, from the spots where it crosses it."""
        low, high = Line.of(payoff).above(level)
        return float(sum(self.probability(*ends) for ends in zip(low.tolist(), high.tolist(), strict=True)))

    def expect(self, payoff: PiecewiseLinear) -> float:
        """Return the mean payoff over the outcomes."""
        return float(np.mean(Line.of(payoff).at(self.spots)))

    def expect_function(self, f: SpotFunction, spots: npt.ArrayLike | None = None) -> float:
        """Return the mean of a function over the outcomes; with `spots`, taken as linear between them.

        Parameters
        ----------
        f : callable
            Takes an array of spots (n,), returns as many values.
        spots : array_like, optional
            Ascending, dollars a share; for a function that is dear to evaluate at every outcome.
        """
        if spots is not None:
            return float(np.mean(Line.through(f, spots).at(self.spots)))
        values = np.asarray(f(self.spots), dtype=np.float64)
        if values.shape != self.spots.shape or not np.isfinite(values).all():
            raise InputError("the function of the spot did not return one finite number for each spot")
        return float(np.mean(values))

    def cvar(self, payoff: PiecewiseLinear, level: float = 0.95) -> float:
        """Return the mean payoff over the worst ``1 - level`` of outcomes, signed as the payoff is.

        The outcome at the edge counts by the part of it that belongs to the tail.
        """
        tail = (1.0 - fraction_of("level", level)) * len(self.spots)
        worst = np.sort(Line.of(payoff).at(self.spots))
        weight = np.clip(tail - np.arange(len(worst)), 0.0, 1.0)
        return float(np.dot(weight, worst) / tail)

    def sample(self, n: int, seed: int) -> FloatArray:
        """Return `n` outcomes drawn with replacement, shape (n,)."""
        if n < 1:
            raise InputError(f"sample size {n!r}: expected 1 or more")
        return np.asarray(self.spots[np.random.default_rng(seed).integers(0, len(self.spots), n)])


def historical(
    spot: float,
    log_returns: npt.ArrayLike,
    horizon_days: int,
    *,
    seed: int = 0,
    block: float | None = None,
    draws: int = DRAWS,
    recentre: float | None = None,
) -> Historical:
    """Return the distribution of the spot after some sessions, from daily returns of the past.

    Parameters
    ----------
    spot : float
        Dollars a share.
    log_returns : array_like, shape (n,)
        Daily log returns in order, none missing. Returns of the price, not of dividends, if the payoff is on the price.
    horizon_days : int
        Sessions ahead (not calendar days), at most n.
    seed : int
        Of the bootstrap; without `block` nothing is random.
    block : float, optional
        Mean length in sessions of the blocks of the stationary bootstrap (Politis and Romano, 1994): 1 draws days
        independently, longer ones keep calm and stormy spells together. Default: every overlapping run of
        `horizon_days` sessions once, in which each day's neighbours are the true ones.
    draws : int
        Horizons drawn by the bootstrap.
    recentre : float, optional
        A mean for the spot, such as the forward: every outcome is multiplied by one number so that it is met. Default:
        the drift of the past is kept.

    Raises
    ------
    InputError
        A return that is not a number, a horizon longer than the history, or an argument out of range.

    Examples
    --------
    >>> past = np.log([1.01, 0.99, 1.02, 1.0, 0.98])
    >>> month = historical(100.0, past, 2)
    >>> [round(value, 4) for value in month.spots.tolist()]
    [98.0, 99.99, 100.98, 102.0]
    >>> month.probability(0.0, 100.0)
    0.5
    >>> round(historical(100.0, past, 2, recentre=101.0).mean, 9)
    101.0
    """
    returns = np.asarray(log_returns, dtype=np.float64)
    if returns.ndim != 1 or not len(returns):
        raise InputError(f"log_returns of shape {returns.shape}: expected one row of daily log returns")
    missing = int((~np.isfinite(returns)).sum())
    if missing:
        raise InputError(
            f"log_returns: {missing} of {len(returns)} are not numbers: leave out or fill those days first"
        )
    if isinstance(horizon_days, bool) or not 1 <= horizon_days <= len(returns) or horizon_days != int(horizon_days):
        raise InputError(f"horizon_days {horizon_days!r}: expected 1 to {len(returns)} sessions, those of the history")
    for name, value in {"spot": spot, "recentre": 1.0 if recentre is None else recentre}.items():
        if not 0.0 < value < math.inf:
            raise InputError(f"{name} {value!r}: expected a positive number of dollars a share")
    horizon = int(horizon_days)
    if block is None:
        total = np.concatenate([[0.0], np.cumsum(returns)])
        starts = len(total) - horizon
        drawn, low, high = _ends(total[day : day + starts] - total[:starts] for day in range(1, horizon + 1))
        how = f"{len(drawn):,} overlapping runs of {horizon} sessions ({len(returns) // horizon:,} apart)"
    else:
        drawn, low, high = _ends(_stationary(returns, horizon, block, draws, seed))
        how = f"{draws:,} draws of {horizon} sessions in blocks of {block:g} on average, seed {seed}"
    spots = np.sort(spot * np.exp(drawn))
    centre = "past drift kept"
    if recentre is not None:
        spots *= recentre / np.mean(spots)
        low = high = np.empty(0)
        centre = f"recentred to a mean of {recentre:.2f}"
    mean = float(np.mean(spots))
    spots.flags.writeable = False
    statement = f"historical: {how} from {len(returns):,} daily returns, {centre} (mean {mean:.2f})"
    lows, highs = (np.sort(spot * np.exp(level)) for level in (low, high))
    return Historical(name="historical", statement=statement, spots=spots, mean=mean, lows=lows, highs=highs)


def _ends(closes: Iterable[FloatArray]) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the last, the lowest and the highest of each way's closes."""
    ways = iter(closes)
    last = next(ways)
    low, high = last.copy(), last.copy()
    for last in ways:
        np.minimum(low, last, out=low)
        np.maximum(high, last, out=high)
    return np.array(last), low, high


def _stationary(returns: FloatArray, horizon: int, block: float, draws: int, seed: int) -> Iterator[FloatArray]:
    """Yield summed returns day by day: each next day follows the last, or with 1/block is drawn anew."""
    if not 1.0 <= block <= len(returns):
        raise InputError(f"block {block!r}: expected 1 to {len(returns)} sessions")
    if isinstance(draws, bool) or draws != int(draws) or draws < LEAST_DRAWS:
        raise InputError(f"draws {draws!r}: expected {LEAST_DRAWS} or more")
    rng = np.random.default_rng(seed)
    day = rng.integers(0, len(returns), draws)
    total = returns[day]
    yield total
    for _ in range(horizon - 1):
        # the history is a ring, so that its ends are drawn as often as its middle
        day = np.where(rng.random(draws) * block < 1.0, rng.integers(0, len(returns), draws), (day + 1) % len(returns))
        total += returns[day]
        yield total
