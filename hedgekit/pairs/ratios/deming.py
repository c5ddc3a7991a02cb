"""Deming regression: errors in both legs, those of the long leg with twice the variance of the short leg's."""

from __future__ import annotations

import math

from hedgekit.model import FloatArray
from hedgekit.pairs.ratios.fit import Fit, Unit
from hedgekit.pairs.ratios.inference import between, moment_se
from hedgekit.pairs.sample import Window

LABEL = "Deming (noise 2:1)"
UNIT: Unit = "dollars_per_dollar"
LEVELS = False
DAYS: int | None = 0
NOISE_RATIO = 2.0
"""Variance of the long leg's error over that of the short leg's: a choice, since returns alone cannot tell it."""


def deming_slope(xx: float, yy: float, xy: float, noise_ratio: float) -> float:
    """Return the slope from sums of squares and products.

    ``b = (yy - d xx + sqrt((yy - d xx)^2 + 4 d xy^2)) / (2 xy)`` with d the ratio of error variances (Deming, 1943).

    Parameters
    ----------
    xx, yy, xy : float
        Centred sums (or means) of x^2, y^2 and x y.
    noise_ratio : float
        Error variance of y over that of x.
    """
    gap = yy - noise_ratio * xx
    root = math.sqrt(gap * gap + 4.0 * noise_ratio * xy * xy)
    # for a steep line the plain form is exact; for a flat one its numerator cancels
    return (gap + root) / (2.0 * xy) if gap > 0.0 else 2.0 * noise_ratio * xy / (root - gap)


def slope_of(y: FloatArray, x: FloatArray, noise_ratio: float = NOISE_RATIO) -> float:
    """Return the Deming slope of y on x.

    Examples
    --------
    >>> import numpy as np
    >>> round(slope_of(np.array([2.1, 3.9, 6.2, 7.8, 10.1]), np.arange(1.0, 6.0), 4.0), 12)
    1.992676773269
    """
    dx, dy = x - x.mean(), y - y.mean()
    return deming_slope(float(dx @ dx), float(dy @ dy), float(dx @ dy), noise_ratio)


def fit(window: Window, *, interval: bool = True, noise_ratio: float = NOISE_RATIO) -> Fit:
    """Return the Deming slope of log returns."""
    ry, rx = window.returns()
    slope = slope_of(ry, rx, noise_ratio)
    if not interval:
        return Fit(ratio=slope)
    se = moment_se(ry, rx, lambda xx, yy, xy: deming_slope(xx, yy, xy, noise_ratio))
    low, high = between(slope, se, len(ry) - 2)
    return Fit(ratio=slope, se=se, low=low, high=high)
