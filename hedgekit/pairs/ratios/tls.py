"""Total least squares: the line nearest to the returns at right angles, both legs taken to be equally noisy."""

from __future__ import annotations

from hedgekit.model import FloatArray
from hedgekit.pairs.ratios.deming import deming_slope
from hedgekit.pairs.ratios.fit import Fit, Unit
from hedgekit.pairs.ratios.inference import between, moment_se
from hedgekit.pairs.sample import Window

LABEL = "TLS"
UNIT: Unit = "dollars_per_dollar"
LEVELS = False
DAYS: int | None = 0


def slope_of(y: FloatArray, x: FloatArray) -> float:
    """Return the orthogonal slope of y on x.

    Examples
    --------
    >>> import numpy as np
    >>> round(slope_of(np.array([2.1, 3.9, 6.2, 7.8, 10.1]), np.arange(1.0, 6.0)), 12)
    1.994294721619
    """
    dx, dy = x - x.mean(), y - y.mean()
    return deming_slope(float(dx @ dx), float(dy @ dy), float(dx @ dy), 1.0)


def fit(window: Window, *, interval: bool = True) -> Fit:
    """Return the orthogonal slope of log returns."""
    ry, rx = window.returns()
    slope = slope_of(ry, rx)
    if not interval:
        return Fit(ratio=slope)
    se = moment_se(ry, rx, lambda xx, yy, xy: deming_slope(xx, yy, xy, 1.0))
    low, high = between(slope, se, len(ry) - 2)
    return Fit(ratio=slope, se=se, low=low, high=high)
