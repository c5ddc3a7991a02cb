"""Theil-Sen: the median slope between all pairs of days, blind to a few wild ones."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from hedgekit.model import FloatArray
from hedgekit.pairs.ratios.fit import Fit, Unit
from hedgekit.pairs.ratios.inference import quantile
from hedgekit.pairs.sample import Window

LABEL = "Theil-Sen"
UNIT: Unit = "dollars_per_dollar"
LEVELS = False
DAYS: int | None = 0
MOST_POINTS = 1500
"""Beyond it the pairs of days no longer fit in memory comfortably; the last ones are used."""

_FIVE_HALVES, _EIGHTEEN = 5.0, 18.0


def slopes_between(y: FloatArray, x: FloatArray) -> FloatArray:
    """Return the slopes between all pairs of points with different x."""
    first, second = _pairs(len(x))
    dx = x[second] - x[first]
    dy = y[second] - y[first]
    kept = dx != 0.0
    slopes: FloatArray = dy[kept] / dx[kept]
    return slopes


@lru_cache(maxsize=2)
def _pairs(n: int) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    return np.triu_indices(n, 1)


def fit(window: Window, *, interval: bool = True) -> Fit:
    """Return the median slope of log returns, with Sen's (1968) rank interval."""
    ry, rx = (part[-MOST_POINTS:] for part in window.returns())
    slopes = slopes_between(ry, rx)
    ratio = float(np.median(slopes))
    if not interval:
        return Fit(ratio=ratio)
    slopes = np.sort(slopes)
    n, normal = len(ry), quantile(10**9)
    spread = normal * math.sqrt(n * (n - 1) * (2 * n + _FIVE_HALVES) / _EIGHTEEN)
    low_at = max(round((len(slopes) - spread) / 2), 0)
    high_at = min(round((len(slopes) + spread) / 2), len(slopes) - 1)
    low, high = float(slopes[low_at]), float(slopes[high_at])
    return Fit(
        ratio=ratio,
        se=(high - low) / (2.0 * normal),
        low=low,
        high=high,
        intercept=float(np.median(ry) - ratio * np.median(rx)),
    )
