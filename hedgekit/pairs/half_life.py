"""A spread's half-life with an interval that holds.

A spread's first-order autocorrelation is estimated too low, the more so when the spread is itself left over from a
fitted ratio, and a bounce of the prices that is gone the next day makes it lower still: a half-life read off it is too
short. And a pair that was picked because its spread looked quick looks quicker than it is. So the half-life told is
read off the unit-root test, whose lags take the bounce away: the simulated distribution of its statistic (both
directions fitted, the better kept) is inverted over how fast the true spread reverts, including not at all, among those
statistics that would have been picked.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np

from hedgekit.errors import InputError
from hedgekit.model import FloatArray
from hedgekit.pairs.ratios.inference import CONFIDENCE, ols
from hedgekit.pairs.stationarity import Criterion, adf

TABLE = Path(__file__).with_name("pulls.csv")
"""Distributions by pull: what a statistic is on average for a long history, with the other sign. From simulation."""

FARTHEST = 60.0
"""Pull beyond which no difference is made: half of a deviation is gone within a day in ten years of days."""

TAIL = 1.5
"""Beyond its outermost score a distribution goes on in a straight line, drawn from this score to the outermost."""

Statistic = Literal["pair", "series"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfLife:
    """How long a deviation takes to halve.

    Parameters
    ----------
    reverting : bool
        Whether the interval ends: no more than 2.5% of spreads that never revert look as quick, among those picked.
    coefficient : float
        lambda of ``dS = a + lambda S``; zero or more means no reversion at all.
    days : float
        The ordinary one, ``ln 2 / -ln(1 + lambda)``: too short. NaN when lambda is not between -1 and 0.
    days_linear : float
        ``ln 2 / -lambda``, the form many pages print.
    unbiased_days : float
        Median-unbiased: the half-life under which a test statistic as low is as likely as not; NaN when that is none.
    low, high : float
        95% interval, days; `high` is infinite when no reversion cannot be ruled out, `low` is when none is seen.
    """

    reverting: bool
    coefficient: float
    days: float
    days_linear: float
    unbiased_days: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfLives:
    """Half-lives of many spreads in days, shape (k,): median-unbiased, and the ends of the 95% interval."""

    middle: FloatArray
    low: FloatArray
    high: FloatArray


def half_lives(statistic: Any, days: Any, *, of: Statistic = "pair", below: Any = math.inf) -> HalfLives:
    """Half-lives under which unit-root statistics are typical, and between which they are possible.

    Parameters
    ----------
    statistic : array_like, shape (k,)
        t statistics; NaN gives NaN.
    days : array_like, shape (k,)
        Levels each was computed from.
    of : {"pair", "series"}
        Engle and Granger's, the lesser of both directions; or Dickey and Fuller's with a constant, of a spread with a
        ratio that was not fitted to the same levels.
    below : array_like
        Statistics were looked at only where they fell below this one: what was picked for being low is lower than it
        will be. Infinite when all were looked at.

    Returns
    -------
    HalfLives
        Infinite where nothing pulls back.

    Notes
    -----
    A spread ``u_t = r u_(t-1) + e_t`` of n days has a statistic near ``-s``, ``s^2 = n (1 - r) / (1 + r)``, and its
    distribution depends on r and n through the pull s alone; that distribution, F_s, is simulated. Told are the pulls
    with ``F_s(t) / F_s(below)`` at 50% (Andrews, 1993, of a statistic as Stock, 1991, has it) and at 2.5% and 97.5%.

    Examples
    --------
    >>> found = half_lives([-5.0, -2.0], 500)
    >>> found.middle.round().tolist(), found.low.round().tolist(), found.high.round().tolist()
    ([8.0, inf], [4.0, 29.0], [16.0, inf])
    >>> picked = half_lives([-5.0], 500, below=-4.0)
    >>> picked.middle.round().tolist(), picked.high.round().tolist()
    ([8.0], [inf])
    """
    from scipy.special import log_ndtr

    t, n, cut = np.broadcast_arrays(*(np.atleast_1d(np.asarray(v, dtype=np.float64)) for v in (statistic, days, below)))
    pulls, scores, points = distributions(of)
    share = log_ndtr(_scores(t, scores, points)) - log_ndtr(_scores(np.maximum(cut, t), scores, points))
    half = CONFIDENCE / 2
    middle, slowest, fastest = (_crossing(pulls, share, math.log(level)) for level in (0.5, 0.5 - half, 0.5 + half))
    known = np.isfinite(t)
    return HalfLives(
        middle=np.where(known, _days(middle, n), np.nan),
        low=np.where(known, _days(fastest, n), np.nan),
        high=np.where(known, _days(slowest, n), np.nan),
    )


def half_life(
    spread: FloatArray,
    *,
    fitted: bool = True,
    statistic: float | None = None,
    lags: int | None = None,
    below: float = math.inf,
) -> HalfLife:
    """Half-life of a spread with an interval that covers.

    Parameters
    ----------
    spread : ndarray, shape (n,)
    fitted : bool
        Whether the spread is the residual of a fitted price regression, which makes it look more mean-reverting than
        it is; False for a spread with a ratio chosen beforehand.
    statistic : float, optional
        The unit-root test it is told by: Engle and Granger's, the better direction. Default: Dickey and Fuller's of
        the spread.
    lags : int, optional
        Of the default test; default by the Akaike criterion.
    below : float
        As in `half_lives`.

    Returns
    -------
    HalfLife

    Examples
    --------
    >>> noise, spread = np.random.default_rng(1).standard_normal(1000), np.zeros(1000)
    >>> for t in range(1, 1000):
    ...     spread[t] = 0.9 * spread[t - 1] + noise[t]
    >>> life = half_life(spread, fitted=False)
    >>> life.reverting, life.low < 6.58 < life.high
    (True, True)
    """
    slope, _, _ = ols(np.diff(spread), spread[:-1])
    if -1.0 < slope < 0.0:
        days, linear = math.log(2.0) / -math.log1p(slope), math.log(2.0) / -slope
    else:
        days = linear = math.nan
    if statistic is None:
        statistic = _unit_root(spread, lags, fitted=fitted)
    told = half_lives(statistic, len(spread), of="pair" if fitted else "series", below=below)
    middle, low, high = (float(ends[0]) for ends in (told.middle, told.low, told.high))
    return HalfLife(
        reverting=high < math.inf,
        coefficient=slope,
        days=days,
        days_linear=linear,
        unbiased_days=middle if middle < math.inf else math.nan,
        low=low,
        high=high,
    )


def _unit_root(spread: FloatArray, lags: int | None, *, fitted: bool) -> float:
    criterion: Criterion | None = "aic" if lags is None else None
    try:
        # a residual has no mean: the constant is in the fit
        if fitted:
            return adf(spread - spread.mean(), trend="n", lags=lags, criterion=criterion).statistic
        return adf(spread, lags=lags, criterion=criterion).statistic
    except InputError:
        return 0.0  # no shocks at all: a line or a curve, which nothing pulls back


def _days(pull: FloatArray, n: FloatArray) -> FloatArray:
    """Return the half-life of each pull: ``r = (1 - s^2 / n) / (1 + s^2 / n)``."""
    share = np.minimum(pull * pull / n, 1.0)
    with np.errstate(divide="ignore"):
        days: FloatArray = math.log(2.0) / (2.0 * np.arctanh(share))
    return days


def _scores(t: FloatArray, scores: FloatArray, points: FloatArray) -> FloatArray:
    """Return the normal score of each statistic in each distribution, shape (pulls, k); NaN counts as the highest."""
    body = np.where(np.isnan(t), np.inf, t)
    left, right = int(np.searchsorted(scores, -TAIL)), int(np.searchsorted(scores, TAIL))
    out = np.empty((len(points), len(t)))
    for row, point in zip(out, points, strict=True):
        row[:] = np.interp(body, point, scores)
        below, above = body < point[0], body > point[-1]
        row[below] = scores[0] + (body[below] - point[0]) * (scores[left] - scores[0]) / (point[left] - point[0])
        row[above] = scores[-1] + (body[above] - point[-1]) * (scores[-1] - scores[right]) / (point[-1] - point[right])
    return out


def _crossing(pulls: FloatArray, share: FloatArray, level: float) -> FloatArray:
    """Return the pull at which a rising share passes a level, shape (k,); 0 where it lies above it at once."""
    above = share >= level
    at = np.where(above.any(axis=0), above.argmax(axis=0), len(pulls) - 1)
    before, column = np.maximum(at - 1, 0), np.arange(share.shape[1])
    low, high = share[before, column], share[at, column]
    with np.errstate(invalid="ignore", divide="ignore"):
        part = np.where(high > low, (level - low) / (high - low), 0.0)
    passed: FloatArray = np.where(at == 0, 0.0, pulls[before] + np.clip(part, 0.0, 1.0) * (pulls[at] - pulls[before]))
    return passed


@lru_cache(maxsize=2)
def distributions(of: Statistic) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return how a statistic of spreads that revert is distributed.

    Returns
    -------
    pulls : ndarray, shape (k,)
        Ascending, from none.
    scores : ndarray, shape (m,)
        Normal scores.
    points : ndarray, shape (k, m)
        The statistic at each score.
    """
    head, *lines = TABLE.read_text(encoding="ascii").splitlines()
    scores = np.array([float(cell) for cell in head.split(",")[2:]])
    rows = np.array([[float(cell) for cell in line.split(",")[1:]] for line in lines if line.startswith(f"{of},")])
    pulls, points = rows[:, 0], rows[:, 1:]
    # a stronger pull moves the statistic and leaves its distribution alone
    more = np.linspace(pulls[-1], FARTHEST, 60)[1:]
    return np.append(pulls, more), scores, np.vstack([points, points[-1] - (more - pulls[-1])[:, None]])
