"""A spread's half-life with an interval that holds.

A spread's first-order autocorrelation is estimated too low, the more so when the spread is itself left over from a
fitted ratio; a half-life read off it is too short. The interval inverts the simulated distribution of the whole
procedure (fit the ratio, then the autocorrelation) over how fast the true spread reverts, including not at all.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from hedgekit.model import FloatArray
from hedgekit.pairs.ratios.inference import CONFIDENCE, ols, quantile

SIMULATED, DAYS = 1000, 400
"""Spreads simulated for each speed of reversion, and days of each."""

SEED = 20250117


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfLife:
    """How long a deviation takes to halve.

    Parameters
    ----------
    reverting : bool
        Whether 95% of the simulated spreads that never revert look more like a walk than this one.
    coefficient : float
        lambda of ``dS = a + lambda S``; zero or more means no reversion at all.
    days : float
        ``ln 2 / -ln(1 + lambda)``; NaN when lambda is not between -1 and 0.
    days_linear : float
        ``ln 2 / -lambda``, the form many pages print.
    unbiased_days : float
        The half-life whose simulated estimates have this one as their median; NaN when that is none.
    low, high : float
        95% interval, days; `high` is infinite when no reversion cannot be ruled out.
    """

    reverting: bool
    coefficient: float
    days: float
    days_linear: float
    unbiased_days: float
    low: float
    high: float


def half_life(spread: FloatArray, *, fitted: bool = True) -> HalfLife:
    """Half-life of a spread with an interval that covers.

    Parameters
    ----------
    spread : ndarray, shape (n,)
    fitted : bool
        Whether the spread is the residual of a fitted price regression, which makes it look more mean-reverting than
        it is; False for a spread with a ratio chosen beforehand.

    Returns
    -------
    HalfLife

    Notes
    -----
    Interval: all speeds c (with autocorrelation ``1 - c / n``) under which an estimate this far out is not among the
    2.5% outermost on either side (Stock, 1991; median-unbiased as in Andrews, 1993).

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
    n = len(spread) - 1
    if -1.0 < slope < 0.0:
        days, linear = math.log(2.0) / -math.log1p(slope), math.log(2.0) / -slope
    else:
        days = linear = math.nan
    speeds, quantiles = _extended(*simulated_speeds(fitted=fitted), n)
    scaled = n * slope
    # where the simulated quantile passes the estimate; quantiles fall as the speed rises
    slowest = _crossing(speeds, quantiles[0], scaled)
    middle = _crossing(speeds, quantiles[1], scaled)
    fastest = _crossing(speeds, quantiles[2], scaled)
    return HalfLife(
        reverting=slowest > 0.0,
        coefficient=slope,
        days=days,
        days_linear=linear,
        unbiased_days=_days(middle, n) if middle > 0.0 else math.nan,
        low=_days(fastest, n) if fastest > 0.0 else math.nan,
        high=_days(slowest, n),
    )


def _days(speed: float, n: int) -> float:
    """Return the half-life of a spread with autocorrelation 1 - speed / n."""
    if speed <= 0.0:
        return math.inf
    return math.log(2.0) / -math.log1p(-speed / n) if speed < n else 0.0


def _crossing(speeds: FloatArray, bound: FloatArray, scaled: float) -> float:
    """Return the speed at which a falling quantile equals the estimate; 0 when it lies above it at once."""
    if scaled >= bound[0]:
        return 0.0
    if scaled <= bound[-1]:
        return float(speeds[-1])
    return float(np.interp(-scaled, -bound, speeds))


def _extended(speeds: FloatArray, quantiles: FloatArray, n: int) -> tuple[FloatArray, FloatArray]:
    """Go on from the simulated speeds to those of `n` days, where the estimate is normal with variance 2c - c^2 / n."""
    if n <= speeds[-1]:
        return speeds, quantiles
    more = np.geomspace(speeds[-1], n, 200)[1:]
    bias = quantiles[1, -1] + speeds[-1]
    spread = np.sqrt(np.maximum(2.0 * more - more * more / n, 0.0))
    normal = quantile(10**9)
    beyond = np.stack([-more + bias - normal * spread, -more + bias, -more + bias + normal * spread])
    whole: FloatArray = np.minimum.accumulate(np.hstack([quantiles, beyond]), axis=1)
    return np.concatenate([speeds, more]), whole


@lru_cache(maxsize=2)
def simulated_speeds(*, fitted: bool) -> tuple[FloatArray, FloatArray]:
    """Return speeds c and, for each, the 2.5%, 50% and 97.5% points of ``n lambda`` over simulated spreads.

    Returns
    -------
    speeds : ndarray, shape (k,)
    quantiles : ndarray, shape (3, k)
        Rows in the order low, middle, high quantile.
    """
    speeds = np.concatenate([[0.0], np.geomspace(0.5, 0.15 * DAYS, 24)])
    rho = 1.0 - speeds / DAYS
    dice = np.random.default_rng(SEED)
    shocks = dice.standard_normal((DAYS, SIMULATED))
    spreads = np.empty((DAYS, len(speeds), SIMULATED))
    with np.errstate(divide="ignore"):
        first = np.where(speeds > 0.0, 1.0 / np.sqrt(np.maximum(1.0 - rho * rho, 1e-12)), 0.0)
    level = first[:, None] * dice.standard_normal(SIMULATED)
    for day in range(DAYS):
        level = rho[:, None] * level + shocks[day]
        spreads[day] = level
    spreads -= spreads.mean(axis=0)
    if fitted:
        x = np.cumsum(dice.standard_normal((DAYS, SIMULATED)), axis=0)
        x -= x.mean(axis=0)
        spreads -= x[:, None, :] * ((spreads * x[:, None, :]).sum(axis=0) / (x * x).sum(axis=0))
    before, change = spreads[:-1], np.diff(spreads, axis=0)
    before = before - before.mean(axis=0)
    scaled = DAYS * (before * change).sum(axis=0) / (before * before).sum(axis=0)
    half = CONFIDENCE / 2
    quantiles: FloatArray = np.quantile(scaled, [0.5 - half, 0.5, 0.5 + half], axis=1)
    return speeds, np.minimum.accumulate(quantiles, axis=1)
